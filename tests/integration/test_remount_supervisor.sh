#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Once it serves, a supervisor without a service manager starts resview-remount,
# which holds nothing of it and cannot hold it up. Most of the time a script is
# in its place.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

own_programs
remount=$bin/resview-remount

# stand_in LINE...: a resview-remount that does this; $said is its first file.
said=$work/said
stand_in() {
	rm -f "$remount" "$said"
	[ $# = 0 ] || printf '%s\n' '#!/bin/bash' "$@" >"$remount"
	[ $# = 0 ] || chmod +x "$remount"
}

# start: a daemon with a run directory of its own that serves, whatever becomes
# of its child.
start() {
	run=$(mktemp -d "$work/run.XXXX")
	fs=$run/fs
	"$resviewd" --foreground --run-dir "$run" >"$run.log" 2>&1 &
	daemon=$!
	pids+=("$daemon")
	wait_for 10 grep -q 'serving ' "$run.log" || fail "it does not serve"
}

# served_by_other PID: does a worker serve that is not PID?
served_by_other() {
	[ "$(worker_of "$run")" != "$1" ] && serves "$fs"
}

nice_of() {
	awk '{ sub(/.*\) /, ""); print $17 }' "/proc/$1/stat"
}

step "what it is given"
# shellcheck disable=SC2016
stand_in 'echo $$ "$@" >"$0.said"' 'mv "$0.said" '"$said" 'echo out' \
	'echo err >&2' 'exec sleep 900'
start
wait_for 5 test -e "$said" || fail "it is not started"
wait_for 5 grep -q err "$run.log" || fail "nobody hears what it says"
read -r child arguments <"$said"
wait_for 5 grep -q sleep "/proc/$child/comm" || fail "no sleep"
assert_equal "arguments" "--run-dir=$run" "$arguments"
assert_equal "parent" "$daemon" "$(awk '/^PPid:/ { print $2 }' \
	"/proc/$child/status")"
assert_equal "files" "0 1 2" "$(find "/proc/$child/fd" -type l \
	-printf '%f\n' | sort -n | xargs)"
assert_equal "stdin" /dev/null "$(readlink "/proc/$child/fd/0")"
assert_equal "directory" / "$(readlink "/proc/$child/cwd")"
assert_equal "what it says" "out err" "$(grep -E '^(out|err)$' "$run.log" |
	xargs)"
assert_equal "nice" "$(nice_of self)" "$(nice_of "$child")"
assert_equal "signals blocked and ignored" "0000000000000000" \
	"$(awk '/^Sig(Blk|Ign):/ { print $2 }' "/proc/$child/status" | sort -u)"

step "it hangs, and is left alone"
for _ in 1 2 3; do
	kill -KILL "$(worker_of "$run")"
	serves "$fs" || fail "no service"
	sleep 1
done
worker=$(worker_of "$run")
kill -HUP "$daemon"
wait_for 10 served_by_other "$worker" || fail "no upgrade from $worker"
[ -e "/proc/$child" ] || fail "it was killed"

step "but ends with us, who do not wait for it"
started=$(date +%s%N)
stop_pid "$daemon"
assert_between "ms until the end" 0 60000 \
	$((($(date +%s%N) - started) / 1000000))
wait_for 5 test ! -e "/proc/$child" || fail "it is still there"
assert_equal "lines about it" 0 "$(grep -c resview-remount "$run.log" || true)"

step "what it could not do"
stand_in 'echo failed >&2' 'exit 1'
start
wait_for 5 grep -q 'remount has ended with 1; .*run resview-remount' \
	"$run.log" || fail "nobody says so"
serves "$fs" || fail "no service"
stop_pid "$daemon"
# shellcheck disable=SC2016
stand_in 'kill -SEGV $$'
start
wait_for 5 grep -q 'killed by signal 11 (SEGV); .*run resview-remount' \
	"$run.log" || fail "nobody says so"
stop_pid "$daemon"

step "when all is well, there is nothing to say, and it is run once"
stand_in "echo x >>$said"
start
wait_for 5 test -e "$said" || fail "it is not started"
sleep 7
kill -KILL "$(worker_of "$run")"
serves "$fs" || fail "no service"
assert_equal "runs" 1 "$(wc -l <"$said")"
assert_equal "lines about it" 0 "$(grep -c resview-remount "$run.log" || true)"

step "the next supervisor, which takes over, runs it again"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
start_again
wait_for 5 sh -c "[ \$(wc -l <'$said') = 2 ]" || fail "it does not"
stop_pid "$daemon"

step "there is none"
stand_in
start
wait_for 5 grep -q 'execute resview-remount: No such file.*run resview-rem' \
	"$run.log" || fail "nobody says so"
serves "$fs" || fail "no service"
stop_pid "$daemon"
assert_equal "lines about it" 1 "$(grep -c resview-remount "$run.log")"

step "into the background: its lines are in the log, and nobody waits for it"
# shellcheck disable=SC2016
stand_in 'echo $$ >'"$said" 'echo out' 'exec sleep 900'
run=$(mktemp -d "$work/run.XXXX")
fs=$run/fs
timeout 60 "$resviewd" --run-dir "$run" >"$work/out" 2>&1 || fail "exit code $?"
daemon=$(cat "$run/lock")
pids+=("$daemon")
wait_for 5 grep -qx out "$run/resviewd.log" || fail "nobody hears it"
serves "$fs" || fail "no service"
child=$(cat "$said")
kill "$daemon"
wait_for 5 test ! -e "/proc/$child" || fail "it is still there"

step "a service manager runs it itself"
need python3
stand_in "echo x >>$said"
run=$(mktemp -d "$work/run.XXXX")
fs=$run/fs
touch "$work/manager.log"
"$here/store.py" --pid "$work/pid" --log "$work/manager.log" \
	-- "$resviewd" --foreground --run-dir "$run" >"$run.log" 2>&1 &
pids+=("$!")
wait_for 10 grep -q READY=1 "$work/manager.log" || fail "it does not start"
sleep 1
[ ! -e "$said" ] || fail "it is run all the same"
