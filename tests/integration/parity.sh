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

# start_named PROGRAM [OPTION...]: resviewd by that name; sets $daemon and $fs.
# Its own word is waited for: there may be a worker that serves already.
start_named() {
	local log=$work/resviewd.log said

	touch "$log"
	said=$(wc -l <"$log")
	setpriv --pdeathsig TERM "$@" >>"$log" 2>&1 &
	daemon=$!
	pids+=("$daemon")
	fs=$place
	wait_for 10 sh -c "tail -n '+$((said + 1))' '$log' |
		grep -q 'serving '" || fail "${1##*/} does not serve"
	wait_for 10 serves "$place" || fail "nobody serves $place"
	wait_for 10 repaired || fail "resview-remount does not end"
}

# start_lxcfs_named [OPTION...]: as LXCFS's units do.
start_lxcfs_named() {
	start_named "$bin/lxcfs" "$@" "$place"
}

# shellcheck source=tests/integration/programs.sh
. "$(dirname "$0")/programs.sh"
