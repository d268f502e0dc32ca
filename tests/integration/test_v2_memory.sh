#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Memory, swap and huge pages of a container beside its cgroup's files.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/v2.sh
. "$here/v2.sh"

need runc jq python3

# filled NAME: it has as much as it wants.
filled() {
	grep -q filled "$work/$1.log"
}

# host_has LINE KB
host_has() {
	[ "$(awk -v line="$1:" '$1 == line { print $2 }' /proc/meminfo)" -ge "$2" ]
}

# fill NAME CODE EDIT: a container that runs CODE and waits.
fill() {
	make_bundle "$1" ".process.args = [\"python3\", \"-uc\",
		\"import mmap, time; $2; print('filled'); time.sleep(900)\"]
		| $3"
	start_container runc "$1"
	wait_for 60 filled "$1" || fail "$(cat "$work/$1.log")"
}

# shellcheck disable=SC2119
start_resviewd

step "memory"
fill roomy "a = bytearray(20 << 20); b = mmap.mmap(-1, 8 << 20); b.write(b' ' * (8 << 20))" \
	'.linux.resources.memory = {limit: 134217728}'
beside roomy memory shares
stop_container roomy

step "swap"
if host_has SwapTotal 200000; then
	fill swapped "a = bytearray(b'x') * (100 << 20)" \
		'.linux.resources.memory = {limit: 67108864, swap: 201326592}
		| .linux.resources.cpu = {quota: 150000, period: 100000}'
	beside swapped swap memory shares
	[ "$(cat "$(cgroup_of swapped)/memory.swap.current")" -gt 1000000 ] ||
		fail "nothing was swapped"
	recorded swapped v2-swap
	echo max >"$(cgroup_of swapped)/memory.swap.max"
	sleep 0.3
	beside swapped swap
	stop_container swapped
else
	echo "no swap here"
fi

step "huge pages"
if host_has HugePages_Total 4 && host_has HugePages_Free 2 &&
	grep -q hugetlb /sys/fs/cgroup/cgroup.controllers; then
	fill huge "a = mmap.mmap(-1, 4 << 20, flags=0x40022); a[0] = a[3 << 20] = 1" \
		'.linux.resources.hugepageLimits =
			[{pageSize: "2MB", limit: 8388608}]
		| .linux.resources.memory = {limit: 268435456}'
	beside huge hugetlb memory
	recorded huge v2-hugetlb
else
	echo "no huge pages, or not in cgroups"
fi
