#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One mount takes another's place under the eyes of a reader who never sees what
# is beneath, on this kernel and as on older ones.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/without.sh
. "$here/without.sh"

try=$build/tests/integration/try_swap
[ -x "$try" ] || fail "$try is not built"
[ -c /dev/fuse ] || skip "no /dev/fuse here"

# What lies at the place after 1,000 swaps.
since 6.5 && layers=1 || layers=1001

step "1,000 swaps"
lacking "$try" '' 1000 "$layers"

step "1,000 swaps, before Linux 5.6, and 5.12"
lacking "$try" openat2 1000 "$layers"
lacking "$try" mount_setattr 1000 "$layers"

step "1,000 swaps, before Linux 6.5: all stay beneath"
lacking "$try" move_mount_beneath 1000 1001

step "all of it, on Linux 5.2"
lacking "$try" 'openat2 mount_setattr move_mount_beneath' 100 101
