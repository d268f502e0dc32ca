#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The supervisor and workers that crash, hang, refuse, lie: readers go on, and
# the log says what has happened.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

bad_worker=$build/tests/integration/try_worker
own_programs

# install_worker FILE: the program on disk, replaced as an installation does.
install_worker() {
	cp "$1" "$bin/new"
	mv "$bin/new" "$bin/resview-worker"
}

# logged REGEX: does the daemon's log say so, after its first $said lines?
logged() {
	tail -n "+$((said + 1))" "$run.log" | grep -E "$1" >/dev/null
}
said=0

# served_by_other PID: does a worker serve that is not PID?
served_by_other() {
	[ "$(worker_of "$run")" != "$1" ] && serves "$fs"
}

# alone: has the supervisor one worker?
alone() {
	[ "$(pgrep -c -P "$daemon" -x resview-worker)" = 1 ]
}

# still_open: is the file that was opened first still good?
still_open() {
	python3 -c 'import os
os.lseek(7, 0, 0)
assert b"MemTotal:" in os.read(7, 65536)'
}

# shellcheck disable=SC2119
start_resviewd
exec 7<"$fs/proc/meminfo"

step "what it is: static, small, and alone"
if ! ldd "$resviewd" 2>/dev/null | grep -q 'lib[at]san'; then
	assert_equal "libraries" '' "$(ldd "$resviewd" 2>/dev/null |
		grep -v 'not a dynamic' || true)"
	assert_between "resident kB" 1 2048 \
		"$(awk '$1 == "VmRSS:" { print $2 }' "/proc/$daemon/status")"
fi
assert_equal "threads" 1 "$(find "/proc/$daemon/task" -mindepth 1 \
	-maxdepth 1 | wc -l)"

step "in haste until it serves, and no longer"
nice_of() {
	awk '{ sub(/.*\) /, ""); print $17 }' "$1"
}
mine=$(nice_of /proc/self/stat)
assert_equal "nice, supervisor" $((mine - 10)) \
	"$(nice_of "/proc/$daemon/stat")"
for task in "/proc/$(worker_of "$run")/task"/*; do
	assert_equal "nice, worker" "$mine" "$(nice_of "$task/stat")"
done

step "a worker that is killed, fifty times"
for _ in $(seq 50); do
	kill -KILL "$(worker_of "$run")" 2>/dev/null || true
	serves "$fs" || fail "no service after a kill"
	sleep 0.05
done
still_open || fail "an open file is lost"
logged 'was killed by signal 9 \(KILL\); the next starts' ||
	fail "the log does not say so"

step "a worker that hangs"
worker=$(worker_of "$run")
kill -STOP "$worker"
wait_for 15 served_by_other "$worker" || fail "it is not replaced"
logged "worker $worker does not answer, for 5 s" ||
	fail "the log does not say so"
[ ! -e "/proc/$worker" ] || fail "it is still there"

step "a request that hangs"
mkfifo "$run/containers/stuck.json"
timeout 120 stat "$fs/containers/stuck" >"$work/stuck" 2>&1 &
stuck=$!
until [ ! -e "/proc/$stuck" ]; do
	serves "$fs" || fail "others are not served"
	sleep 0.1
done
rm "$run/containers/stuck.json"
grep -q 'Input/output error' "$work/stuck" || fail "$(cat "$work/stuck")"
assert_equal "workers that hung" 3 "$(grep -c 'hangs in a request of pid' "$run.log")"
logged 'request 1 of pid [0-9]+ for /containers/stuck has ended three' ||
	fail "the log does not say which"

step "an upgrade"
worker=$(worker_of "$run")
kill -HUP "$daemon"
wait_for 5 served_by_other "$worker" || fail "no new worker"
wait_for 5 test ! -e "/proc/$worker" || fail "the old one does not end"
still_open || fail "an open file is lost"
worker=$(worker_of "$run")
# As LXCFS's units reload; all of them before the first has an effect.
python3 -c 'import os, signal, sys
for _ in range(10):
    os.kill(int(sys.argv[1]), signal.SIGUSR1)' "$daemon"
wait_for 5 served_by_other "$worker" || fail "no new worker by SIGUSR1"
sleep 2
wait_for 5 alone || fail "there is more than one worker"
assert_between "upgrades" 2 5 "$(grep -c 'in place of' "$run.log")"
still_open || fail "an open file is lost"

# refused MANNER REGEX [SECONDS]: the worker on disk, bad in this MANNER, is
# not taken, and the log says why.
refused() {
	local worker

	echo "$1" >"$run/manner"
	worker=$(worker_of "$run")
	said=$(wc -l <"$run.log")
	kill -HUP "$daemon"
	wait_for "${3:-5}" logged \
		"upgrade refused: worker [0-9]+ $2; the worker of before" ||
		fail "$1: the log does not say so"
	[ -e "/proc/$worker" ] || fail "$1: worker $worker is gone"
	serves "$fs" || fail "$1: no service"
}

step "an upgrade to a program that cannot serve"
install_worker "$bad_worker"
refused check 'has ended with 11'
refused refuse 'has ended with 4'
refused crash 'was killed by signal 6 \(ABRT\)'
refused drain 'has ended with 0'
refused mute 'was killed by signal 9 \(KILL\)'
refused wait 'is not ready after 10 s' 15
still_open || fail "an open file is lost"

step "it still crashes, and the program on disk still cannot serve"
for _ in 1 2 3; do
	kill -KILL "$(worker_of "$run")" 2>/dev/null || true
	serves "$fs" || fail "no service after a kill"
	sleep 0.05
done

step "an upgrade to nothing"
rm "$bin/resview-worker"
kill -HUP "$daemon"
wait_for 5 logged 'upgrade refused: .*No such file' ||
	fail "the log does not say so"
serves "$fs" || fail "no service"

step "one that lies: it says that it serves, and does not"
install_worker "$bad_worker"
echo lie >"$run/manner"
kill -HUP "$daemon"
wait_for 20 logged 'does not answer, for 5 s' || fail "it is believed"
install_worker "$build/daemon/resview-worker"
kill -HUP "$daemon"
wait_for 5 serves "$fs" || fail "no service with a good one again"
still_open || fail "an open file is lost"

step "a configuration that is wrong, at an upgrade and after"
exec 7<&-
stop_pid "$daemon"
echo "cpu = quota" >"$work/conf"
said=0
start_resviewd --config "$work/conf"
echo "cpu = nonsense" >"$work/conf"
kill -HUP "$daemon"
wait_for 5 logged 'conf, line 1' || fail "the line is not named"
wait_for 5 logged 'upgrade refused' || fail "it is not refused"
kill -KILL "$(worker_of "$run")"
serves "$fs" || fail "a wrong configuration makes a crash an outage"

step "a kernel before 5.3: without pidfds, a new supervisor kills the worker"
install_worker "$build/daemon/resview-worker"
exec 7<"$fs/proc/meminfo"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
serves "$fs" || fail "an orphan does not serve"
daemon_prefix=("$build/tests/integration/try_without" close_range
	pidfd_getfd pidfd_open pidfd_send_signal --)
echo "cpu = quota" >"$work/conf"
start_again --config "$work/conf"
logged 'take the connection from worker .* Function not implemented' ||
	fail "the log does not say so"
exec 7<&-
kill -KILL "$(worker_of "$run")"
serves "$fs" || fail "no service after a kill"
worker=$(worker_of "$run")
kill -HUP "$daemon"
wait_for 5 served_by_other "$worker" || fail "no new worker"
daemon_prefix=()

step "unmounted from outside, while a container has its files"
said=$(wc -l <"$run.log")
device=$(stat -c %d "$fs")
touch "$work/bound"
mount --bind "$fs/proc/meminfo" "$work/bound"
umount "$fs"
wait_for 10 logged 'but in use: mounted again' || fail "the log does not say so"
assert_equal "device" "$device" "$(stat -c %d "$fs")"
serves "$fs" || fail "no service"

step "unmounted from outside, and something else is mounted there"
umount "$fs"
mount -t tmpfs tmpfs "$fs"
wait_for 10 logged 'unmounted from outside; containers' ||
	fail "the log does not say so"
kill -KILL "$(worker_of "$run")"
timeout 60 grep -q MemTotal: "$work/bound" || fail "they are not served"
umount "$fs"
wait_for 10 serves "$fs" || fail "it is not mounted again"
umount "$fs"

step "unmounted from outside"
umount "$work/bound"
wait_for 5 logged 'unmounted from outside, ending' ||
	fail "the log does not say so"
wait "$daemon" || fail "exit code $?"
[ ! -e "$run/worker" ] || fail "$run/worker is still there"

step "the first worker cannot start"
run=$work/first
mkdir "$run"
echo refuse >"$run/manner"
install_worker "$bad_worker"
"$resviewd" --foreground --run-dir "$run" 2>"$work/error" </dev/null &&
	fail "it starts"
assert_equal "lines for what the worker has said" 0 "$(wc -l <"$work/error")"
echo crash >"$run/manner"
"$resviewd" --foreground --run-dir "$run" 2>"$work/error" </dev/null &&
	fail "it starts"
assert_match "says why" 'signal 6 \(ABRT\) before it served; giving up' \
	"$(cat "$work/error")"
echo "cpu = nonsense" >"$work/conf"
assert_fails 1 "$resviewd" --run-dir "$work/none" --config "$work/conf"
assert_match "names the line" 'conf, line 1' "$error"
"$resviewd" --run-dir "$run" 2>"$work/error" </dev/null &&
	fail "it starts in the background"
assert_match "names the log" "see also $run/resviewd.log" \
	"$(cat "$work/error")"
rm "$bin/resview-worker"
assert_fails 1 "$resviewd" --foreground --run-dir "$run"
assert_match "says why" 'start a worker.*No such file' "$error"
assert_equal "mounts" 0 "$(grep -c "$work/first" /proc/self/mountinfo || true)"
