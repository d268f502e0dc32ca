#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A thousand containers in 16 MiB; 24 MiB, whatever one of them does.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
. "$here/storm.sh"

need python3
length=short # 200,000 calls, not 10 million
[ -z "${RESVIEW_STORM:-}" ] || length=long
ulimit -n "$(ulimit -H -n)"
[ "$(ulimit -n)" -ge 5100 ] || skip "only $(ulimit -n) files may be open"
# shellcheck disable=SC2119
start_resviewd

step "a thousand containers, and one that is hostile, $length"
"$here/memory.py" "$run" "$daemon" "$group" "$reader" "$length"
storm_clean "$daemon"
