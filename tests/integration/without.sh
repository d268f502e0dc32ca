# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A program of ours on a kernel that lacks a call. Sourced after lib.sh.
# shellcheck disable=SC2154

without=$build/tests/integration/try_without
[ -x "$without" ] || fail "$without is not built"

# lacking TRY CALLS ARGUMENT...: the program TRY in a new place, on a kernel
# without CALLS.
lacking() {
	local try=$1 dir prefix=()

	dir=$(mktemp -d "$work/place.XXXX")
	# shellcheck disable=SC2206
	[ -z "$2" ] || prefix=("$without" $2 --)
	shift 2
	unshare --mount ${prefix[@]+"${prefix[@]}"} "$try" "$dir" "$@" ||
		fail "$(basename "$try") $*"
}
