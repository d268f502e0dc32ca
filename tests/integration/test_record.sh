#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What tests/record.sh writes of a container is all that there is to know.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq
# shellcheck disable=SC2119
start_resviewd
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}
	| .process.args = ["sh", "-c", "sleep 900 & exec sleep 900"]'
start_container runc box
wait_for 5 pgrep -P "$(container_pid box)" || fail "no second process"
dir=${RESVIEW_RECORD:-$work}/limited
"$top/tests/record.sh" "$(container_pid box)" "$dir"

for file in proc/{cpuinfo,diskstats,loadavg,meminfo,stat,uptime,vmstat} \
	sys/devices/system/cpu/{online,present,possible} init/{cgroup,info}; do
	[ -s "$dir/$file" ] || fail "no $file"
done
assert_equal "limit" 67108864 "$(cat "$dir$(cgroup_file box memory \
	"$(on_v2 && echo memory.max || echo memory.limit_in_bytes)" |
	sed 's/.sys.fs//')")"
assert_equal "threads" 2 "$(cat "$dir"/proc/*/task/*/stat | wc -l)"
assert_equal "their names" 2 "$(grep -l ' (x) ' "$dir"/proc/*/task/*/stat | wc -l)"
assert_equal "init" "pid $(container_pid box)" "$(head -n 1 "$dir/init/info")"
! grep -rq sleep "$dir" || fail "a name: $(grep -rl sleep "$dir")"
[ "$(du -s --apparent-size "$dir" | cut -f1)" -lt 1024 ] || fail "a MiB"

step "wrong usage"
got=0
"$top/tests/record.sh" 1 "$dir" 2>/dev/null || got=$?
assert_equal "a directory that is there" 2 "$got"
