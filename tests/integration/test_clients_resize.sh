#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Limits change while top, vmstat and others run: they see it, and nothing else.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc jq top vmstat
[ "$(getconf _NPROCESSORS_ONLN)" -ge 2 ] || skip "one CPU is not enough"
seconds=14
[ -z "${RESVIEW_EMULATED:-}" ] || seconds=60
events=$work/rootfs/events # /events in the container

# happened NAME VALUE: from now on.
happened() {
	echo "$(date +%s.%N) $1 $2" >>"$events"
}

# memory MIB: by the cgroup's own file.
memory() {
	if on_v2; then
		echo $(($1 << 20)) >"$(cgroup_file box memory memory.max)"
	else
		echo $(($1 << 20)) >"$(cgroup_file box memory \
			memory.limit_in_bytes)"
	fi
	happened memory $(($1 << 10))
}

# quota US CPUS: of each 100 ms, and the CPUs that are then shown.
quota() {
	if on_v2; then
		echo "$1 100000" >"$(cgroup_file box cpu cpu.max)"
	else
		echo "$1" >"$(cgroup_file box cpu cpu.cfs_quota_us)"
	fi
	happened cpus "$2"
}

# update MIB US CPUS: both, by the runtime.
update() {
	runtime runc update --memory $(($1 << 20)) --cpu-quota "$2" box
	happened memory $(($1 << 10))
	happened cpus "$3"
}

# pause: as long as a change is allowed to take, and more.
pause() {
	sleep "$((seconds / 14)).3"
}

# shellcheck disable=SC2119
start_resviewd
make_client_bundle box '.linux.resources.memory.limit = 268435456
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
start_container runc box
(
	wait_for 300 test -e "$work/rootfs/started"
	happened memory 262144 && pause
	memory 384 && pause
	quota 150000 0-1 && pause
	update 320 100000 0 && pause
	quota 200000 0-1 && pause
	memory 256 && pause
	update 512 50000 0
) &
changes=$!
pids+=("$changes")
client box resize "$seconds" /started /events
wait "$changes" || fail "limits could not be changed"
