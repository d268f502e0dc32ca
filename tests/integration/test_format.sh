#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A program that can read the kernel's files can read ours.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq python3
# shellcheck disable=SC2119
start_resviewd
every='.annotations["io.resview.views"] = "all,interrupts"'
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}' "$every"
start_container runc box
make_bundle free "$every"
start_container runc free

step "limited"
"$here/format.py" "/proc/$(container_pid box)/root"
step "unlimited"
"$here/format.py" "/proc/$(container_pid free)/root"
step "identified by caller"
"$here/format.py" "$fs"

step "modes as the host's"
root=/proc/$(container_pid box)/root
for view in proc/meminfo proc/stat proc/slabinfo proc/uptime proc/cpuinfo \
	proc/vmstat proc/diskstats proc/softirqs proc/interrupts sys/devices/system/cpu/online; do
	assert_equal "mode of $view" "$(stat -c %a "/$view")" \
		"$(stat -c %a "$root/$view")"
done

# The kernel takes from a listing what it would have to look up. A daemon where
# nothing has been listed must say the same of each name.
step "a listing tells what a look-up tells"
listed=$(cd "$fs" && find proc sys -printf '%p %M %s\n')
# shellcheck disable=SC2119
start_resviewd
looked_up=$(cd "$fs" && cut -d' ' -f1 <<<"$listed" |
	xargs stat --printf '%n %A %s\n')
assert_equal "names, modes and sizes" "$looked_up" "$listed"
