#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# While somebody else mounts into the container, the hook waits for its turn,
# which it then has until all is mounted and recorded.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq python3
# shellcheck disable=SC2119
start_resviewd
stand_in a

# held ID [SECONDS]: holds the turn of ID for so long, once it is free; without
# SECONDS, fails when it is not.
held() {
	exec python3 -c 'import fcntl, os, sys, time
file, name, seconds = (sys.argv[1:] + [None])[:3]
h = 14695981039346656037
for byte in name.encode():
    h = (h ^ byte) * 1099511628211 % 2**64
fd = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
fcntl.lockf(fd, fcntl.LOCK_EX | (0 if seconds else fcntl.LOCK_NB), 1, h >> 1)
print("held", flush=True)
time.sleep(float(seconds or 0))' "$run/turns" "$@" 2>"$work/python"
}

step "it waits"
held a 600 >"$work/held" &
holder=$!
pids+=("$holder")
wait_for 5 grep -q held "$work/held" || fail "cannot take the turn"
run_hook --timeout=1 < <(state a "$init")
assert_equal "exit code" 0 "$status"
assert_match "says so" 'wait for its turn: timed out; .*host.s files$' "$error"
assert_untouched "$init"
{
	run_hook --mode=required --timeout=300 < <(state a "$init")
	echo "$status" >"$work/status"
} &
waiter=$!
sleep 0.3
assert_equal "views and records" 0 "$(views_in "$init")$(records)"

step "but not for another container's"
stand_in b
run_hook --mode=required < <(state b "$init")
assert_equal "exit code ($error)" 0 "$status"
forget b

step "until it has it"
stop_pid "$holder"
wait "$waiter"
assert_equal "exit code" 0 "$(cat "$work/status")"
assert_equal "records" a.json "$(records)"
assert_equal "mode" 600 "$(stat -c %a "$run/turns")"
(held a >/dev/null) || fail "it has not given it back"

step "poststop needs none"
rm "$work/held"
held a 600 >"$work/held" &
pids+=("$!")
wait_for 5 grep -q held "$work/held" || fail "cannot take the turn"
forget a
assert_equal "records" '' "$(records)"

step "it has its turn while it waits for the daemon"
stand_in c
for pid in "$daemon" $(pgrep -P "$daemon"); do kill -STOP "$pid"; done
run_hook --mode=required --timeout=300 < <(state c "$init") &
waiter=$!
wait_for 5 test -e "$run/containers/c.json" || fail "no record"
(held c >/dev/null) && fail "the turn is free"
for pid in "$daemon" $(pgrep -P "$daemon"); do kill -CONT "$pid"; done
wait "$waiter"
(held c >/dev/null) || fail "it has not given it back"
forget c
