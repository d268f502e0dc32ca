#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Upgrade upon upgrade, and crashes in between; no reader sees it.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=5 . "$here/storm.sh"

need runc jq python3
# shellcheck disable=SC2119
start_resviewd
storm_container one '.linux.resources.memory.limit = 67108864'
storm_container two '.linux.resources.memory.limit = 134217728
	| .linux.resources.cpu = {quota: 200000, period: 100000}'

# readers: in both containers, 16 + 8.
readers() {
	storm_start one open=7+1 seek=3+1 small=1+1
	storm_start two open=7+1 seek=3+1 large=1+1
}

step "$storm_seconds s of readers, and an upgrade every 200 ms"
readers
"$here/killer.py" "$run" "$daemon" "$storm_seconds" reload=200
storm_end
storm_clean "$daemon"
echo "$(grep -c ' serves in place of ' "$run.log") upgrades"

step "the same, and kill -9 of any worker every 100 to 300 ms"
readers
"$here/killer.py" "$run" "$daemon" "$storm_seconds" reload=200 worker=100-300
storm_plagues=2 storm_end
storm_clean "$daemon"
only_killed
