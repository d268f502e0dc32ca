#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# On older kernels, which lack a call each: repaired is repaired.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq
remount=$build/remount/resview-remount
without=$build/tests/integration/try_without
[ -x "$without" ] || fail "$without is not built"

views() {
	awk '/ - fuse.resview / { print $5, $6 }' \
		"/proc/$(container_pid "$1")/mountinfo" | sort
}

total() {
	in_container "$1" cat /proc/meminfo | awk '/^MemTotal:/ { print $2 }'
}

all_killed() {
	kill -KILL "$daemon" "$(worker_of "$run")"
	wait "$daemon" 2>/dev/null || true
	# shellcheck disable=SC2119
	start_again
}

# A reader that sees the host's file, or nothing, while layers are changed.
cat_all() {
	in_container one sh -c 'while [ ! -e /tmp/stop ]; do
			head -n 1 /proc/meminfo 2>/dev/null
		done' | sort | uniq -c >"$work/seen"
}

# shellcheck disable=SC2119
start_resviewd
make_bundle one '.linux.resources.memory.limit = 67108864'
start_container runc one
shape=$(views one)

for calls in move_mount_beneath openat2 mount_setattr pidfd_open \
	"move_mount_beneath openat2 mount_setattr pidfd_open close_range \
	listmount"; do
	step "without $calls"
	all_killed
	rm -f "$work/rootfs/tmp/stop"
	cat_all &
	reader=$!
	# shellcheck disable=SC2086
	"$without" $calls -- "$remount" --run-dir="$run" 2>"$work/error" ||
		fail "$(cat "$work/error")"
	sleep 0.1
	touch "$work/rootfs/tmp/stop"
	wait "$reader"
	assert_equal "views" "$shape" "$(views one)"
	assert_equal "total" 65536 "$(total one)"
	assert_equal "what a reader saw" 'MemTotal: 65536 kB' \
		"$(awk '{ print $2, $3, $4 }' "$work/seen")"
	"$remount" --run-dir="$run" --check || fail "it is not whole"

	# shellcheck disable=SC2086
	"$without" $calls -- "$remount" --run-dir="$run" --detach >/dev/null
	assert_equal "views" '' "$(views one)"
	# shellcheck disable=SC2086
	"$without" $calls -- "$remount" --run-dir="$run" one >/dev/null
	assert_equal "views" "$shape" "$(views one)"
done

step "before Linux 5.2"
all_killed
status=0
"$without" open_tree move_mount -- "$remount" --run-dir="$run" \
	>/dev/null 2>"$work/error" || status=$?
assert_equal "exit code" 1 "$status"
assert_match "says what it cannot" 'one: .*Linux 5\.2' "$(cat "$work/error")"
"$without" open_tree move_mount -- "$remount" --run-dir="$run" --list ||
	fail "it can list"
"$without" open_tree move_mount -- "$remount" --run-dir="$run" --detach ||
	fail "it can take out what is there"
assert_equal "views" '' "$(views one)"
