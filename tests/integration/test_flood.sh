#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# More cgroups with open files than there are places for: everybody is served.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/metrics.sh
. "$here/metrics.sh"

need python3
ulimit -n "$(ulimit -H -n)"
[ "$(ulimit -n)" -ge 4500 ] || skip "only $(ulimit -n) files may be open"
# shellcheck disable=SC2119
start_resviewd

step "files open from 4200 cgroups"
python3 "$top/tests/integration/flood.py" "$fs" "$group" 4200 ||
	fail "a file could not be opened or read"

step "1100 files open from one, whose share is 1024"
before=$(metric 'resview_share_refusals_total{resource="file"}')
python3 -c 'import os, sys
fds = [os.open(sys.argv[1], os.O_RDONLY) for _ in range(1100)]
assert all(os.read(fd, 100) for fd in fds)' "$fs/proc/uptime" ||
	fail "a file could not be opened or read"
after=$(metric 'resview_share_refusals_total{resource="file"}')
assert_between "files without an entry" 76 1100 $((after - before))
assert_between "cgroups" 1 "$(metric resview_containers_limit)" \
	"$(metric resview_containers)"

step "and after it"
serves "$fs" || fail "$fs is not served any more"
few_files() {
	[ "$(find "/proc/$daemon/fd" | wc -l)" -lt 1000 ]
}
wait_for 15 few_files || fail "files of removed cgroups are kept"
