#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# More cgroups with open files than there are places for: everybody is served.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need python3
ulimit -n "$(ulimit -H -n)"
[ "$(ulimit -n)" -ge 4500 ] || skip "only $(ulimit -n) files may be open"
# shellcheck disable=SC2119
start_resviewd

step "files open from 4200 cgroups"
python3 "$top/tests/integration/flood.py" "$fs" "$group" 4200 ||
	fail "a file could not be opened or read"

step "and after it"
serves "$fs" || fail "$fs is not served any more"
few_files() {
	[ "$(find "/proc/$daemon/fd" | wc -l)" -lt 1000 ]
}
wait_for 15 few_files || fail "files of removed cgroups are kept"
