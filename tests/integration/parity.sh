# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# resviewd in LXCFS's place: at its mount point, by its name, in a /run and a
# /var/lib/lxcfs that nobody else sees. Sourced after lib.sh.
# shellcheck disable=SC2154,SC2034

place=/var/lib/lxcfs

[ -c /dev/fuse ] || skip "no /dev/fuse here"
[ -x "$hook" ] || fail "$hook is not built"

# in_its_place: what has to be called once; what is fetched is fetched before,
# for what packages need is in /var/lib.
in_its_place() {
	mount -t tmpfs tmpfs /run
	mount -t tmpfs tmpfs /var/lib
	mkdir "$place"
	own_programs
	ln -s resviewd "$bin/lxcfs"
}

# start_lxcfs_named [OPTION...]: as LXCFS's units do; sets $daemon and $fs.
start_lxcfs_named() {
	setpriv --pdeathsig TERM "$bin/lxcfs" "$@" "$place" \
		>>"$work/resviewd.log" 2>&1 &
	daemon=$!
	pids+=("$daemon")
	fs=$place
	wait_for 10 serves "$place" || fail "nobody serves $place"
	wait_for 10 repaired || fail "resview-remount does not end"
}

# need_unpacked PROGRAM PACKAGE: installed, or unpacked in $programs where it
# stays, for installing it would start services.
programs=${RESVIEW_PROGRAMS:-$top/build/programs}
PATH=$PATH:$programs/usr/sbin:$programs/usr/bin
need_unpacked() {
	command -v "$1" >/dev/null || fetch "$2" >"$work/why" ||
		skip "$1 is missing: $(cat "$work/why")"
	command -v "$1" >/dev/null || skip "$1 is not in $2"
}

# fetch PACKAGE: it and what it needs; its reason is printed where that cannot
# be.
fetch() {
	local package wanted

	command -v apt-get >/dev/null || { echo "no apt-get here" && return 1; }
	wanted=$(apt-get -q --no-install-recommends --simulate install "$1" \
		2>&1) || { sed -n 's/^E: //p' <<<"$wanted" && return 1; }
	mkdir -p "$programs/packages"
	(cd "$programs/packages" && awk '$1 == "Inst" { print $2 }' \
		<<<"$wanted" | xargs -r timeout 120 apt-get -q download \
		-o APT::Sandbox::User=root) >/dev/null 2>&1 ||
		{ echo "$1 cannot be downloaded" && return 1; }
	for package in "$programs"/packages/*.deb; do
		dpkg -x "$package" "$programs"
	done
	rm -rf "$programs/packages"
}
