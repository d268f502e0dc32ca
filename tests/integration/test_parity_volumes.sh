#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The volumes that the Kubernetes webhooks made for LXCFS add to pods, as a
# container runtime is given them in the end.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/parity.sh
. "$(dirname "$0")/parity.sh"

engine=${1:-runc}
need "$engine" jq
in_its_place
# As where kubelet runs: what is mounted later is seen in the pods.
mount --make-shared /var/lib
start_lxcfs_named -l --enable-cfs --enable-pidfd

# binds: lines "SOURCE DESTINATION OPTION..." as the mounts of a config.json.
binds() {
	jq -Rnc '[inputs | split(" ") | {source: .[0], destination: .[1],
		type: "bind", options: .[2:]}]'
}

files() {
	local file

	for file in cpuinfo meminfo diskstats stat swaps uptime loadavg; do
		echo "$1/proc/$file /proc/$file rbind rprivate ro"
	done
}

# box NAME: with the binds on stdin.
box() {
	make_bundle "$1" 'del(.hooks)
		| .linux.resources.memory.limit = 67108864
		| .linux.resources.cpu = {quota: 50000, period: 100000}' \
		".mounts += $(binds)"
	start_container "$engine" "$1" || fail "$(cat "$work/$1.log")"
}

assert_figures() {
	# shellcheck disable=SC2016
	assert_equal "$1" "65536 1 1 0" "$(in_container "$1" sh -c '
		awk "/^MemTotal:/ { print \$2 }" /proc/meminfo
		grep -c ^processor /proc/cpuinfo
		grep -c ^cpu[0-9] /proc/stat
		cat /sys/devices/system/cpu/online' | paste -sd ' ')"
	in_container "$1" sh -c 'cat /proc/diskstats /proc/swaps /proc/uptime \
		/proc/loadavg' >/dev/null || fail "$1: not all can be read"
}

step "seven files, and online (lxcfs-admission-webhook of denverdino)"
box denverdino < <(
	files "$place"
	cpu=sys/devices/system/cpu/online
	echo "$place/$cpu /$cpu rbind rprivate ro"
)
assert_figures denverdino
stop_container denverdino

step "by subPath, and their directory (lxcfs-admission-webhook of ymping)"
# kubelet binds each to a file of its own first.
subpaths=$work/subpaths
mkdir -p "$subpaths/proc"
for file in cpuinfo meminfo diskstats stat swaps uptime loadavg online; do
	path=$place/proc/$file
	[ -e "$path" ] || path=$place/sys/devices/system/cpu/$file
	touch "$subpaths/proc/$file"
	mount --bind "$path" "$subpaths/proc/$file"
done
box ymping < <(
	files "$subpaths"
	echo "$subpaths/proc/online /sys/devices/system/cpu/online rbind ro"
	echo "/var/lib /var/lib rbind rslave ro"
)
assert_figures ymping
stop_container ymping

step "with the directory of CPUs, and the mount's parent (lxcfs-on-kubernetes)"
box parent < <(
	files "$place"
	cpu=sys/devices/system/cpu
	echo "$place/$cpu /$cpu rbind rprivate ro"
	echo "/var/lib /var/lib rbind rslave ro"
)
assert_figures parent
assert_equal "CPUs that are online" 1 "$(in_container parent sh -c \
	'cat /sys/devices/system/cpu/cpu[0-9]*/online | grep -c 1')"
assert_equal "no name twice" '' "$(in_container parent sh -c \
	'ls /sys/devices/system/cpu | sort | uniq -d')"

step "an upgrade by its DaemonSet: killed, and another one started"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
assert_figures parent
start_lxcfs_named -l --enable-cfs --enable-pidfd
assert_figures parent

step "all of it killed: a new mount is seen by HostToContainer, as before"
kill -KILL "$daemon" "$(worker_of /run/resview)"
wait "$daemon" 2>/dev/null || true
umount --lazy "$place"
repairing
start_lxcfs_named -l --enable-cfs --enable-pidfd
assert_equal "in the mount's parent" 65536 "$(in_container parent \
	sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' "$place/proc/meminfo")"
step "and their remount script is not needed: resview-remount has done it"
assert_figures parent
stop_container parent
