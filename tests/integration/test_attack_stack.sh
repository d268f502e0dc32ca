#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: mounts of a container that make whoever repairs it slow, or have it
# take away the wrong one: hundreds on one file, locked ones, peers, and ours
# made writable (CVE-2014-5206, CVE-2014-5207). Others do not wait, theirs
# stays, and who serves decides what may be written.

# Expanded inside containers:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours

# mounts_on NAME PATH DEV: how many there are, of one file system.
mounts_on() {
	awk -v at="$2" -v dev="$3" '$5 == at && $3 == dev { n++ }
		END { print n + 0 }' "/proc/$(container_pid "$1")/mountinfo"
}

for who in admin owner; do
	step "$who: hundreds of its own, and of ours, on one file"
	name=stack-$who
	hostile "$name" $who
	own=$(in_container "$name" sh -c 'echo mine >/tmp/mine
		mountpoint -d /tmp')
	for source in /tmp/mine /proc/uptime; do
		in_container "$name" python3 /test/integration/hostile.py \
			stack /proc/meminfo $source 200 >/dev/null
	done
	in_container "$name" python3 /test/integration/hostile.py \
		stack /proc/stat /tmp/mine 200 >/dev/null
	in_time
	for _ in 1 2 3; do
		repair
		assert_between "ms" 0 $late "$ms"
		[ "$status" != 0 ] || break
	done
	echo "ok: exit code $status: $(tail -c 100 <<<"$error")"
	assert_equal "its own on stat" 200 "$(mounts_on "$name" /proc/stat "$own")"
	assert_equal "its own on meminfo" 200 \
		"$(mounts_on "$name" /proc/meminfo "$own")"
	assert_equal "what it reads" mine "$(in_container "$name" cat /proc/stat)"
	assert_innocent
	assert_host
	stop_container "$name"

	step "$who: a namespace in which ours are locked"
	name=locked-$who
	hostile "$name" $who
	inside "$name" unshare --user --map-root-user --mount sleep 900 \
		>"$work/locked" 2>&1 &
	pids+=("$!")
	outer=$!
	locked() {
		nested=$(pgrep -P "$(pgrep -P "$outer")" -x sleep) &&
			! [ "/proc/$nested/ns/mnt" -ef \
				"/proc/$(container_pid "$name")/ns/mnt" ]
	}
	if wait_for 5 locked; then
		in_time
		repair
		dev=$(mountpoint -d "$fs")
		echo "ok: exit code $status: $(grep -c " $dev .* - fuse.resview" \
			"/proc/$nested/mountinfo") live in there"
		assert_equal "live in there" "$(wanted "$name" .)" "$(awk \
			-v dev="$dev" '$3 == dev { print $5 }' \
			"/proc/$nested/mountinfo" | sort -u | wc -l)"
		assert_innocent
		assert_host
		kill "$nested"
	else
		echo "not here: no user namespace within: $(cat "$work/locked")"
	fi
	stop_container "$name"

	step "$who: its mounts are those of a peer, and nobody's on the host"
	name=peers-$who
	hostile "$name" $who
	in_container "$name" sh -c 'mount --make-rshared /proc
		mount --make-rshared /sys
		mkdir /tmp/copy && mount --rbind /proc /tmp/copy'
	again
	assert_equal "ours in it" "$(wanted "$name" ^proc)" \
		"$(live_at "$name" ^/proc/)"

	step "$who: ours made writable, and written to"
	for at in /proc/meminfo /proc/stat; do
		inside "$name" mount -o remount,bind,rw,suid,dev,exec $at ||
			echo "not here: it may not change $at"
		! inside "$name" sh -c "echo 1 >$at" 2>/dev/null ||
			fail "it can write to $at"
		! inside "$name" chmod 777 $at 2>/dev/null || fail "and chmod"
	done
	again
	stop_container "$name"
done
