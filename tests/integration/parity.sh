# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# resviewd in LXCFS's place: at its mount point, by its name, in a /run and a
# /var/lib/lxcfs that nobody else sees. Sourced after lib.sh.
# shellcheck disable=SC2154

place=/var/lib/lxcfs

[ -c /dev/fuse ] || skip "no /dev/fuse here"
[ -x "$hook" ] || fail "$hook is not built"
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
mkdir "$place"
own_programs
ln -s resviewd "$bin/lxcfs"

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

# program FILE PACKAGE: is it there? It may be in $programs, unpacked.
programs=${RESVIEW_PROGRAMS:-$top/build/programs}
PATH=$PATH:$programs/usr/sbin:$programs/usr/bin
export PATH LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu

program() {
	command -v "$1" >/dev/null || skip "$1 is missing"
}
