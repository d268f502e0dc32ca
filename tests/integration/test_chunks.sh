#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Small reads, offsets, many threads on one fd: always one consistent text.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq python3
views='proc/meminfo proc/stat proc/cpuinfo proc/uptime proc/loadavg proc/swaps
	proc/vmstat proc/diskstats proc/pressure/cpu proc/pressure/io
	proc/pressure/memory proc/slabinfo sys/devices/system/cpu/online'
# shellcheck disable=SC2119
start_resviewd
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
start_container runc box
pid=$(container_pid box)

step "in the container"
# shellcheck disable=SC2086
"$here/chunks.py" "/proc/$pid/root" $views
step "pinned"
# shellcheck disable=SC2086
"$here/chunks.py" "$fs/containers/box" $views
step "identified by caller"
# shellcheck disable=SC2086
"$here/chunks.py" "$fs" $views
