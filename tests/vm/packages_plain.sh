#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# packages_plain.sh DIR: the .deb in a root directory without a service manager,
# where resviewd was started by hand. Runs there as the first process of a pid
# namespace. Exits with the number of failed checks.

# shellcheck source=tests/vm/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"

packages=$1
said=/run/said
export DEBIAN_FRONTEND=noninteractive

must() {
	"$@" >$said 2>&1 || fail "$*: $(cat $said)"
}

worker() {
	cut -d' ' -f1 /run/resview/worker | head -n 1
}

# another WORKER: does another one serve?
# shellcheck disable=SC2317 # called by wait_for
another() {
	[ "$(worker)" != "$1" ]
}

mount -t proc proc /proc
mount -t tmpfs tmpfs /run
must dpkg --install "$packages/this.deb"
must /usr/sbin/resviewd
old=$(worker)
supervisor=$(cat /run/resview/lock)
must dpkg --install "$packages/next.deb"
wait_for 10 another "$old" || fail 'the worker still is the same'
check 'supervisor' "$supervisor" "$(cat /run/resview/lock)"
must grep ^MemTotal $fs/proc/meminfo

start_container
must dpkg --purge resview
check 'views' '' "$(views_of "$container")"
check 'mounts' '' "$(grep fuse.resview /proc/self/mountinfo)"
wait_for 5 test ! -e "/proc/$supervisor" || fail 'it still runs'
[ ! -e /run/resview ] || fail '/run/resview is still there'
[ ! -e /etc/resview ] || fail '/etc/resview is still there'
[ "$failed" != 0 ] || echo 'without systemd: nothing is left'
exit "$failed"
