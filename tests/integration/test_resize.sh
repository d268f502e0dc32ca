#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A limit that is changed while a container runs is seen within a second.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

engine=${1:-runc}
need "$engine" jq

# within_a_second WHAT WANTED COMMAND...: prints WANTED before it is over.
within_a_second() {
	local what=$1 want=$2 end now got

	shift 2
	end=$(($(date +%s%N) + 1000000000))
	while now=$(date +%s%N) && { got=$("$@") || got=; } &&
		[ "$got" != "$want" ]; do
		# A reading that was begun later does not show it.
		[ "$now" -lt "$end" ] ||
			fail "$what: wanted $want, got $got after a second"
		sleep 0.02
	done
}

root() {
	echo "/proc/$(container_pid box)/root"
}

total() {
	sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' "$top_dir/proc/meminfo"
}

online() {
	cat "$top_dir/sys/devices/system/cpu/online"
}

# shellcheck disable=SC2119
start_resviewd
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
start_container "$engine" box
top_dir=$(root)
assert_equal "before" 65536 "$(total)"
assert_equal "before" 0 "$(online)"

step "memory"
if on_v2; then
	echo 134217728 >"$(cgroup_file box memory memory.max)"
else
	echo 134217728 >"$(cgroup_file box memory memory.limit_in_bytes)"
fi
within_a_second memory 131072 total

if [ "$(getconf _NPROCESSORS_ONLN)" -ge 2 ]; then
	step "quota"
	if on_v2; then
		echo "200000 100000" >"$(cgroup_file box cpu cpu.max)"
	else
		echo 200000 >"$(cgroup_file box cpu cpu.cfs_quota_us)"
	fi
	within_a_second quota 0-1 online

	step "cpuset"
	echo 1 >"$(cgroup_file box cpuset cpuset.cpus)"
	within_a_second cpuset 1 online
	assert_equal "stat" cpu1 \
		"$(grep -o '^cpu[0-9]' "$top_dir/proc/stat")"
fi

step "memory, back"
if on_v2; then
	echo 67108864 >"$(cgroup_file box memory memory.max)"
else
	echo 67108864 >"$(cgroup_file box memory memory.limit_in_bytes)"
fi
within_a_second memory 65536 total
