#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One mount takes another's place under the eyes of a reader who never sees what
# is beneath, on this kernel and as on older ones.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

try=$build/tests/integration/try_swap
without=$build/tests/integration/try_without
[ -x "$try" ] || fail "$try is not built"
[ -c /dev/fuse ] || skip "no /dev/fuse here"

# lacking CALLS ARGUMENT...: try_swap in a new place, on a kernel without CALLS.
lacking() {
	local dir prefix=()

	dir=$(mktemp -d "$work/place.XXXX")
	# shellcheck disable=SC2206
	[ -z "$1" ] || prefix=("$without" $1 --)
	shift
	unshare --mount ${prefix[@]+"${prefix[@]}"} "$try" "$dir" "$@" ||
		fail "try_swap $*"
}

step "1,000 swaps"
lacking '' 1000 1

step "1,000 swaps, before Linux 5.6, and 5.12"
lacking openat2 1000 1
lacking mount_setattr 1000 1

step "1,000 swaps, before Linux 6.5: all stay beneath"
lacking move_mount_beneath 1000 1001

step "all of it, on Linux 5.2"
lacking 'openat2 mount_setattr move_mount_beneath' 100 101
