#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A reader in a tight loop while files are swapped under it, 1,000 times and
# more, by resview-remount: it sees the old one or the new one, never the host's,
# never an error.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=6 . "$here/storm.sh"

need runc jq nsenter
remount=$build/remount/resview-remount
swaps=1000

# Two daemons, each of which takes what the other one has mounted for what a
# dead one has left of its own. But it is alive: no reader has a reason to fail.
# shellcheck disable=SC2119
start_resviewd
a=$run
storm_container one '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
# shellcheck disable=SC2119
start_resviewd
b=$run
cp -p "$a/containers/one.json" "$b/containers"
line_a=$(cat "$a/devices")
line_b=$(cat "$b/devices")
printf '%s\n' "$line_b" "$line_a" >"$a/devices"
printf '%s\n' "$line_a" "$line_b" >"$b/devices"
files=$(jq '.views | length' "$a/containers/one.json")

# mounted: the file systems at the container's places.
mounted() {
	awk '/ - fuse.resview / { print $3 }' \
		"/proc/$(container_pid one)/mountinfo" | sort | uniq -c |
		awk '{ print $1, $2 }'
}

# swap RUN_DIR: all files are this one's then.
swap() {
	local said

	said=$("$remount" --run-dir="$1" 2>&1) || fail "$1: $said"
	assert_match "what was done" " $files replaced, 0 failed" "$said"
	assert_equal "files and file systems" \
		"$files $(mountpoint -d "$1/fs")" "$(mounted)"
}

done=0
while [ "$done" -lt "$swaps" ]; do
	step "readers, and swaps under them, for $storm_seconds s"
	storm_start one --several open=2+1 seek=1 small=1
	while kill -0 "${storming[0]}" 2>/dev/null; do
		swap "$b"
		swap "$a"
		done=$((done + 2 * files))
	done
	storm_end
	echo "$done swaps"
done

step "the kernel's own file would not have gone unseen"
# reading: it, what it checks in, and what churns are there beside init.
reading() {
	[ "$(wc -l <"$(cgroup_file one memory cgroup.procs)")" -ge 4 ]
}

storm_seconds=4
storm_start one --several open=1
wait_for 5 reading || fail "there is no reader"
nsenter --target "$(container_pid one)" --mount --pid -- \
	umount --lazy /proc/meminfo # somebody has it open
! wait "${storming[0]}" || fail "the reader has seen nothing"
assert_match "what it saw" 'proc/meminfo: ' "$(cat "$work/one.wrong")"
