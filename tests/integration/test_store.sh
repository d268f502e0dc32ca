#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Under a service manager that keeps open files: its restarts and the death of
# everything of ours are seen by no reader. store.py is the manager.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/metrics.sh
. "$here/metrics.sh"

need python3
run=$work/run
fs=$run/fs
own_programs

# logged TEXT: what the manager has heard since the last forget().
logged() {
	tail -n "+$((heard + 1))" "$work/manager.log" | grep -F "$1" >/dev/null
}

forget() {
	heard=$(wc -l <"$work/manager.log")
}

# still_good: the same mount, the file that was opened first can be read, and
# what was counted goes on.
reads=1
still_good() {
	local before=$reads

	assert_equal "device" "$device" "$(stat -c %d "$fs")"
	serves "$fs" || fail "no service"
	python3 -c 'import os
os.lseek(7, 0, 0)
assert b"MemTotal:" in os.read(7, 65536)' || fail "an open file is lost"
	reads=$(metric 'resview_requests_total{view="proc/meminfo",result="ok"}')
	assert_between "reads" "$((before + 1))" 1000000000 "$reads"
}

# restarted: has the manager a new process, which is ready?
restarted() {
	[ "$(cat "$work/pid")" != "$daemon" ] && logged 'READY=1'
}

[ -c /dev/fuse ] || skip "no /dev/fuse here"
mkdir "$run"
touch "$work/manager.log" "$work/conf"
forget
"$here/store.py" --pid "$work/pid" --log "$work/manager.log" --mixed \
	--watchdog-s 3 --probe "$fs/proc/meminfo" -- \
	"$resviewd" --foreground --run-dir "$run" --config "$work/conf" \
	>"$run.log" 2>&1 &
manager=$!
pids+=("$manager")
wait_for 10 logged 'READY=1' || fail "it does not start"
device=$(stat -c %d "$fs")
exec 7<"$fs/proc/meminfo"

for signal in KILL TERM SEGV; do
	step "a restart after SIG$signal"
	forget
	daemon=$(cat "$work/pid")
	kill "-$signal" "$daemon"
	wait_for 10 restarted || fail "it does not start again"
	still_good
done
logged 'with 5 fds' || fail "the store does not have five fds"

step "a restart, and neither program nor configuration on disk are any good"
forget
daemon=$(cat "$work/pid")
cp "$build/tests/integration/try_worker" "$bin/bad"
mv "$bin/bad" "$bin/resview-worker"
echo refuse >"$run/manner"
echo "cpu = nonsense" >"$work/conf"
kill "$daemon"
wait_for 10 restarted || fail "readers wait for them"
still_good
grep -q 'upgrade refused: .*; the program of before is started' "$run.log" ||
	fail "the log does not say so"
cp "$build/daemon/resview-worker" "$bin/good"
mv "$bin/good" "$bin/resview-worker"
echo >"$work/conf"

step "a restart, with a program that can serve again"
forget
worker=$(readlink "/proc/$(worker_of "$run")/exe")
assert_match "the program that serves" 'deleted' "$worker"
daemon=$(cat "$work/pid")
kill "$daemon"
wait_for 10 restarted || fail "it does not start again"
still_good
assert_equal "the program that serves" "$bin/resview-worker" \
	"$(readlink "/proc/$(worker_of "$run")/exe")"

step "a reload"
forget
kill -HUP "$(cat "$work/pid")"
wait_for 5 logged 'READY=1' || fail "it does not end"
logged 'RELOADING=1 MONOTONIC_USEC=' || fail "it does not begin"
still_good

# stands_still: a worker is stopped, and the watchdog does not hear of it. On a
# busy machine what was under way may be heard late, or another worker already.
stands_still() {
	local worker r=0

	worker=$(worker_of "$run")
	kill -STOP "$worker"
	sleep 1.2 # what is under way may still be answered
	forget
	sleep 1.5
	! logged 'WATCHDOG=1' || r=1
	kill -CONT "$worker" 2>/dev/null || true
	return $r
}

step "the watchdog hears of us only while we can read ourselves"
forget
wait_for 5 logged 'WATCHDOG=1' || fail "it does not"
stands_still || stands_still || stands_still ||
	fail "a worker that stands still is alive"
still_good

step "it is unmounted while nobody is there, but a container has its files"
forget
touch "$work/bound"
mount --bind "$fs/proc/meminfo" "$work/bound"
daemon=$(cat "$work/pid")
kill -STOP "$daemon"
umount --lazy "$fs"
kill -KILL "$daemon"
wait_for 10 restarted || fail "it does not start again"
still_good
timeout 60 grep -q MemTotal: "$work/bound" || fail "they are lost"
umount "$work/bound"

step "the mount is taken away while nobody is there"
forget
exec 7<&-
daemon=$(cat "$work/pid")
kill -STOP "$daemon"
umount "$fs"
kill -KILL "$daemon"
wait_for 10 restarted || fail "it does not start again"
serves "$fs" || fail "no service"
grep -q 'not mounted there any more' "$run.log" ||
	fail "the log does not say so"

step "the manager stops it, and keeps what it has"
stop_pid "$manager" || true
assert_equal "what the manager says" '0 wrong' \
	"$(tail -n 1 "$run.log" | grep -o '[0-9]* wrong')"
! logged FDSTOREREMOVE=1 || true
umount --lazy "$fs"

step "one that keeps nothing: the mount ends with us"
run=$work/other
fs=$run/fs
mkdir "$run"
NOTIFY_SOCKET=@resview-nobody start_again
kill "$daemon"
wait "$daemon" || fail "exit code $?"
assert_equal "mounts" 0 "$(grep -c "$fs" /proc/self/mountinfo || true)"
