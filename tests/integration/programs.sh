# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Programs for containers to run, without installing them. Sourced after lib.sh,
# which sets work, top and what containers have.
#
# What is installed is taken as it is. The rest is fetched with what it needs
# and unpacked in build/programs, where it stays: installing it would start
# services. Containers have that tree at /programs; a program that cannot be had
# is a line in /programs/why, and the tests that ask for it say so.

# shellcheck disable=SC2154 # work: of lib.sh

programs=${RESVIEW_PROGRAMS:-$top/build/programs}
programs_path=/programs/usr/sbin:/programs/usr/bin:/programs/bin
programs_libraries=/programs/usr/lib/$(uname -m)-linux-gnu
programs_libraries+=:/programs/lib/$(uname -m)-linux-gnu

# The file by which one knows that a package is there, and the package. Not in
# the list, as they are large: java and node, whose tests take what there is.
programs_wanted='
/usr/bin/free procps
/usr/bin/htop htop
/usr/bin/atop atop
/usr/bin/mpstat sysstat
/usr/bin/stress-ng stress-ng
/usr/bin/numactl numactl
/usr/bin/lstopo-no-graphics hwloc-nox
/usr/sbin/nginx nginx
/usr/bin/prometheus-node-exporter prometheus-node-exporter
/usr/lib/python3/dist-packages/psutil python3-psutil
/bin/busybox busybox-static
'

# apt COMMAND...: without waiting long for a network that is not there.
apt() {
	timeout 60 apt-get -q -o Acquire::Retries=0 -o APT::Sandbox::User=root \
		-o Acquire::http::Timeout=10 --no-install-recommends "$@"
}

# fetch PACKAGE: it and what it needs, unpacked in $programs; its reason is
# printed where that cannot be. What is there already is left alone: another test
# may be running it.
fetch() {
	local verb package there=$programs/unpacked packages=$work/packages

	command -v apt-get >/dev/null || { echo "no apt-get here" && return 1; }
	if ! apt --simulate install "$1" >"$work/wanted" 2>"$work/why"; then
		sed -n 's/^E: //p' "$work/why" | head -n 1
		return 1
	fi
	mkdir -p "$packages" "$there"
	while read -r verb package _; do
		[ "$verb" = Inst ] || continue
		[ ! -e "$there/$package" ] || continue
		(cd "$packages" && apt download "$package") \
			</dev/null >/dev/null 2>"$work/why" ||
			{ sed -n 's/^E: //p' "$work/why" | head -n 1 && return 1; }
		dpkg -x "$packages/${package}_"*.deb "$programs"
		touch "$there/$package"
	done <"$work/wanted"
	rm -r "$packages"
}

# need_unpacked PROGRAM PACKAGE: installed, or unpacked in $programs and then in
# our PATH, with its libraries in LD_LIBRARY_PATH of who asks for them.
need_unpacked() {
	PATH=$PATH:$programs/usr/sbin:$programs/usr/bin
	mkdir -p "$programs"
	# Another test may be about to fetch the same.
	(
		flock 9
		command -v "$1" >/dev/null || fetch "$2" >"$work/said" 9>&- ||
			skip "$1 is missing: $(cat "$work/said")"
	) 9>"$programs/lock" || exit
	command -v "$1" >/dev/null || skip "$1 is not in $2"
}

# fetch_programs: whatever of the list is not there.
fetch_programs() {
	local file package why

	mkdir -p "$programs/why"
	while read -r file package; do
		[ -n "$file" ] || continue
		why=$programs/why/$(basename "$file")
		rm -f "$why"
		[ ! -e "$file" ] || continue
		[ ! -e "$programs$file" ] || continue
		fetch "$package" >"$work/said" || cp "$work/said" "$why"
	done <<<"$programs_wanted"
}

# client_mounts: that tree, and what the java of Debian has in /etc.
client_mounts() {
	{
		echo "$programs /programs"
		find /etc -maxdepth 1 -name 'java-*-openjdk' -printf '%p %p\n'
	} | jq -Rn '[inputs | split(" ") | {source: .[0], destination: .[1],
		type: "bind", options: ["rbind", "ro"]}]'
}

# make_disk: a directory $work/disk, on a disk if there is one; containers have
# it at /disk.
make_disk() {
	mkdir -p "$work/disk"
	[ -n "${RESVIEW_DISK:-}" ] || return 0
	mkfs.ext4 -q -F "$RESVIEW_DISK"
	mount "$RESVIEW_DISK" "$work/disk"
}

# make_client_bundle NAME [JQ-EDIT...]: as make_bundle, with those programs
# behind the installed ones.
make_client_bundle() {
	local name=$1

	shift
	fetch_programs
	[ -d "$work/disk" ] || make_disk
	make_bundle "$name" "
		.mounts += $(client_mounts)"'
		| .mounts += [{source: "'"$work"'/disk", destination: "/disk",
			type: "bind", options: ["bind", "rw"]}]
		| .process.env = [
			"PATH='"$PATH:$programs_path"'",
			"LD_LIBRARY_PATH='"$programs_libraries"'",
			"PYTHONPATH=/programs/usr/lib/python3/dist-packages",
			"PYTHONDONTWRITEBYTECODE=1", "LC_ALL=C", "HOME=/root",
			"RESVIEW_EMULATED='"${RESVIEW_EMULATED:-}"'"]' "$@"
}

# patient_client NAME SCRIPT [ARGUMENT...]: as client, for what others who take the
# CPUs disturb: what is wrong is wrong four times.
patient_client() {
	local r

	for _ in 1 2 3; do
		r=0
		(client "$@") || r=$?
		[ $r != 77 ] || exit 77
		[ $r != 0 ] || return 0
		echo "-- once more"
	done
	client "$@"
}

# client NAME SCRIPT [ARGUMENT...]: clients/SCRIPT.py in the container. It says
# what it compares; 77, and why, if there is nothing to compare.
client() {
	local name=$1 script=$2 limit=600 r=0

	shift 2
	in_container "$name" timeout --kill-after=5 "$limit" /usr/bin/python3 \
		"/test/integration/clients/$script.py" "$@" 2>&1 || r=$?
	[ $r != 77 ] || exit 77
	[ $r = 0 ] || fail "$script: exit $r"
}
