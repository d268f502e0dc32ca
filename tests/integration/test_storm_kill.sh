#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The worker is killed again and again; no reader in any container sees it.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=6 . "$here/storm.sh"

need runc jq python3
# shellcheck disable=SC2119
start_resviewd
storm_container one '.linux.resources.memory.limit = 67108864'
storm_container two '.linux.resources.memory.limit = 134217728
	| .linux.resources.cpu = {quota: 200000, period: 100000}'
storm_container three

step "$storm_seconds s of readers, and kill -9 every 50 to 200 ms"
storm_start one open=6 seek=3 small=1+1
storm_start two open=6 seek=3 large=1+1
storm_start three open=4+2 seek=2+1
"$here/killer.py" "$run" "$daemon" "$storm_seconds" worker=50-200
storm_end

step "nothing is left of it"
serves "$fs" || fail "$fs is not served any more"
storm_clean "$daemon"
only_killed
