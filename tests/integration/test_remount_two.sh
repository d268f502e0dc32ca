#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two instances: the kernel gives a dead one's device number to the next file
# system, and that is none of the first one's business.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

remount=$build/remount/resview-remount
[ -x "$remount" ] || fail "$remount is not built"

# In other namespaces than ours numbers are used, too: it may need some tries.
step "a number that was the first one's is the second one's"
for _ in $(seq 20); do
	# shellcheck disable=SC2119
	start_resviewd
	first=$run
	number=$(stat -c %d "$fs")
	stop_pid "$daemon"
	# shellcheck disable=SC2119
	start_resviewd
	second=$fs
	[ "$(stat -c %d "$second")" != "$number" ] || break
	number=''
	stop_pid "$daemon"
done
[ -n "$number" ] || skip "no number is used twice here"
assert_equal "number" "$(cut -d' ' -f1 "$first/devices")" \
	"$(cut -d' ' -f1 "$run/devices")"

step "the first one's repair leaves it alone"
touch "$work/meminfo"
unshare --mount --propagation private sh -c "
	mount --bind '$second/proc/meminfo' '$work/meminfo' &&
	touch '$work/ready' && exec sleep 900" &
container=$!
pids+=("$container")
wait_for 5 test -e "$work/ready" || fail "no container"
before=$(cat "/proc/$container/mountinfo")
run=$first
fs=$first/fs
start_again
"$remount" --run-dir="$first" >"$work/out" || fail "exit code $?"
assert_match "what it says" '^0 containers' "$(cat "$work/out")"
assert_equal "mounts" "$before" "$(cat "/proc/$container/mountinfo")"

step "also while it does not serve itself"
stop_pid "$daemon"
"$remount" --run-dir="$first" >"$work/out" 2>&1 && fail "nothing is wrong"
assert_match "what it says" 'does not answer' "$(cat "$work/out")"
assert_equal "mounts" "$before" "$(cat "/proc/$container/mountinfo")"
serves "$second" || fail "the second one does not serve"
