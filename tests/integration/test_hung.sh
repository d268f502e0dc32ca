#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A worker that hangs is found out; its readers wait, and go on.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=10 . "$here/storm.sh"

need runc jq python3
# It takes 2 s by a request, 5 s by a read that gets no answer.
storm_wait=30000
# shellcheck disable=SC2119
start_resviewd
storm_container one '.linux.resources.memory.limit = 67108864'
storm_container two

step "$storm_seconds s of readers; the worker is stopped, not killed"
storm_start one open=7+1 seek=3+1 small=1
storm_start two open=7+1 seek=3+1 large=1
"$here/killer.py" "$run" "$daemon" $((storm_seconds - 6)) stop=1000-3000
storm_end
storm_clean "$daemon"
grep -qE 'hangs in a request|does not answer, for 5 s' "$run.log" || fail "nobody has noticed"
