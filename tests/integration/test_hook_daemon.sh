#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A daemon that is not there, dead, or hanging: the hook ends in time, says
# which, and leaves a record of what should be there if the container starts; a
# later daemon's views replace those of a dead one.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq
# shellcheck disable=SC2119
start_resviewd

step "a mount point without a daemon, and none at all"
stand_in a
mkdir "$work/empty"
run_hook --mode=required --mountpoint="$work/empty" < <(state a "$init")
assert_equal "exit code" 1 "$status"
assert_match "says so" "nothing is mounted there, is resviewd" "$error"
assert_untouched "$init"
run_hook --mountpoint="$work/empty" < <(state a "$init")
assert_equal "exit code" 0 "$status"
assert_match "says so" "nothing is mounted there, is resviewd" "$error"
assert_waiting a "$init"
before=$(cat "$run/containers/a.json")
run_hook --mode=required --mountpoint="$work/empty" < <(state a "$init")
assert_equal "exit code" 1 "$status"
assert_equal "record of the run before" "$before" \
	"$(cat "$run/containers/a.json")"
forget a
assert_equal "records after poststop" '' "$(records)"
run_hook --mode=required --mountpoint="$work/none" < <(state a "$init")
assert_match "says so" "$work/none: nothing is mounted there" "$error"
run_hook --mode=required --mountpoint=/proc < <(state a "$init")
assert_match "says so" "/proc: nothing is mounted there" "$error"
own=$run
run=$work/none
run_hook --mode=required < <(state a "$init")
assert_match "says so" "$work/none: no such directory, is resviewd" "$error"
[ ! -e "$run" ] || fail "required makes a run directory"
run=$work/none/none
run_hook < <(state a "$init")
assert_match "says so" "$run: no such directory, is resviewd" "$error"
[ ! -e "$work/none" ] || fail "more than the run directory is made"

step "a daemon that has not been there yet"
run=$work/none
(umask 077 && run_hook < <(state a "$init") && echo "$status") >"$work/status"
error=$(cat "$work/error")
assert_equal "exit code" 0 "$(cat "$work/status")"
assert_match "says so" "$run/fs: nothing is mounted there" "$error"
assert_waiting a "$init"
assert_equal "modes" "755 700 600" "$(stat -c %a "$run" "$run/containers" \
	"$run/containers/a.json" | xargs)"
forget a
run=$own

# Starting programs takes a busy machine a while.
more=6000

# timed NAME PID OPTION...: run_hook, and how long it took in ms, in $took.
timed() {
	local name=$1 pid=$2 started

	shift 2
	started=$(date +%s%N)
	run_hook "$@" < <(state "$name" "$pid")
	took=$((($(date +%s%N) - started) / 1000000))
}

step "a daemon that hangs"
kill -STOP "$daemon"
for child in $(pgrep -P "$daemon" || true); do kill -STOP "$child"; done
for mode in besteffort required; do
	timed a "$init" --mode=$mode --timeout=1
	assert_equal "exit code" "$([ $mode = required ] && echo 1 || echo 0)" \
		"$status"
	assert_match "says so" 'open its views: timed out' "$error"
	assert_between "ms" 950 $((2900 + more)) "$took"
	if [ $mode = required ]; then
		assert_untouched "$init"
	else
		assert_waiting a "$init"
		forget a
	fi
done
patient='' timed a "$init" --mode=required
assert_between "ms, by default" 1950 $((3900 + more)) "$took"
wait_for 5 no_hook_left || fail "the hook is left"
for child in $(pgrep -P "$daemon" || true); do kill -CONT "$child"; done
kill -CONT "$daemon"
wait_for 5 serves "$fs" || fail "the daemon does not come back"

step "then it works"
timed a "$init" --mode=required
assert_equal "exit code ($error)" 0 "$status"
views=$(views_in "$init")
assert_equal "views" "$(jq '.views | length' "$run/containers/a.json")" "$views"

step "a daemon that died"
kill_serving
stand_in b
run_hook --mode=required < <(state b "$init")
assert_equal "exit code" 1 "$status"
assert_match "says so" 'stale mount, the daemon that served it is gone' "$error"
assert_equal "records" a.json "$(records)"
assert_equal "views" 0 "$(views_in "$init")"
run_hook < <(state b "$init")
assert_equal "exit code" 0 "$status"
assert_match "says so" \
	'stale mount.*host.s files until resview-remount is run' "$error"
assert_equal "wanted" "$views" "$(jq '.views | length' "$run/containers/b.json")"
assert_equal "views" 0 "$(views_in "$init")"
forget b

# assert_one_layer PID: of each view; before Linux 6.5 they lie on each other.
assert_one_layer() {
	! since 6.5 || assert_equal "views, one layer each" "$views" \
		"$(views_in "$1")"
}

step "the views of the next one replace those of the dead one"
start_again
init=$(jq .pid "$run/containers/a.json")
run_hook --mode=required < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_one_layer "$init"

# assert_live PID FILE: in its namespace, that is the living daemon's.
assert_live() {
	nsenter --target "$1" --mount grep -q ^MemTotal: "$2" ||
		fail "the view is not served"
	assert_equal "file system" "$(stat -c %d "$fs")" \
		"$(nsenter --target "$1" --mount stat -c %d "$2")"
}
assert_live "$init" "$work/a/rootfs/proc/meminfo"

step "and it repairs by itself what was stale or not there when it started"
repairing
kill_serving
stand_in b
run_hook < <(state b "$init")
assert_match "says so" 'until resview-remount is run' "$error"
start_again
assert_equal "views" "$views" "$(views_in "$init")"
assert_live "$init" /proc/meminfo # where it is after pivot_root
init=$(jq .pid "$run/containers/a.json")
assert_one_layer "$init"
assert_live "$init" "$work/a/rootfs/proc/meminfo"
