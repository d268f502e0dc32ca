#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A container that is met more than once: what one run has done stays, whatever
# becomes of the next.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq
# shellcheck disable=SC2119
start_resviewd
stand_in a
record=$run/containers/a.json

recorded() {
	jq -r '.views[]' "$record" | wc -l
}

step "one view, then all: one layer each, all recorded"
run_hook --mode=required --views=meminfo < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "1 1" "$(views_in "$init") $(recorded)"
run_hook --mode=required < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
views=$(views_in "$init")
assert_between "views" 10 999 "$views"
assert_equal "mounted twice" '' "$(awk '/ - fuse.resview / { print $5 }' \
	"/proc/$init/mountinfo" | sort | uniq -d)"
assert_equal "recorded" "$views" "$(recorded)"
run_hook --mode=required --views=stat < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "$views $views" "$(views_in "$init") $(recorded)"

# assert_fails_again REGEX OPTION...: this run fails, and changes nothing.
assert_fails_again() {
	local regex=$1 before

	shift
	before=$(cat "$record")
	for mode in besteffort required; do
		run_hook --mode=$mode "$@" < <(state a "$init")
		assert_match "says why" "$regex" "$error"
		assert_equal "record, $mode" "$before" "$(cat "$record")"
		assert_equal "views, $mode" "$views" "$(views_in "$init")"
	done
	assert_equal "exit code" 1 "$status"
}

step "a failing run leaves what was there"
kill -STOP "$daemon"
for child in $(pgrep -P "$daemon" || true); do kill -STOP "$child"; done
assert_fails_again 'open its views: timed out' --timeout=1
for child in $(pgrep -P "$daemon" || true); do kill -CONT "$child"; done
kill -CONT "$daemon"
wait_for 5 serves "$fs" || fail "the daemon does not come back"
assert_fails_again 'nothing is mounted there' --mountpoint="$work"

step "the operator has taken one out"
jq -c '.detached = true' "$record" >"$work/new"
mv "$work/new" "$record"
before=$(cat "$record")
nsenter --target "$init" --mount umount --lazy \
	"$work/a/rootfs/proc/meminfo"
run_hook --mode=required < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" $((views - 1)) "$(views_in "$init")"
assert_equal "record" "$before" "$(cat "$record")"
jq -c 'del(.detached)' "$record" >"$work/new"
mv "$work/new" "$record"
run_hook --mode=required < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "$views $views" "$(views_in "$init") $(recorded)"

step "another container of this name"
first=$init
mkdir "$work/other"
stand_in other
init_of_other=$init
edit=".id = \"a\""
before=$(cat "$record")
run_hook --mode=required < <(state other "$init_of_other" "$edit")
assert_equal "exit code" 1 "$status"
assert_match "says why" \
	'record it: another container that runs has this id; .*not start' "$error"
assert_equal "views" 0 "$(views_in "$init_of_other")"
assert_equal "record" "$before" "$(cat "$record")"
run_hook --mode=required < <(state other 0 "$edit | .status = \"stopped\"")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "record, its own poststop" "$before" "$(cat "$record")"

step "and once the first has ended"
stop_pid "$first"
run_hook --mode=required < <(state other "$init_of_other" "$edit")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "$views" "$(views_in "$init_of_other")"
assert_equal "pid" "$init_of_other" "$(jq .pid "$record")"
run_hook --mode=required < <(state other 0 "$edit | .status = \"stopped\"")
assert_equal "records" '' "$(records)"

step "a time namespace"
mkdir -p "$work/timed/rootfs"
stand_in timed
away=$init
if unshare --time --boottime 86400 true 2>/dev/null; then
	nsenter --target "$away" --mount unshare --time --boottime 86400 \
		sleep 900 &
	init=$!
	pids+=("$init")
	wait_for 5 grep -q sleep "/proc/$init/comm" || fail "no sleep"
	run_hook --mode=required < <(state timed "$init")
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "record" "true 86400000000000" "$(jq -rj \
		'.time_namespace, " ", .boottime_offset' \
		"$run/containers/timed.json")"
	run_hook < <(state timed 0 '.status = "stopped"')
else
	echo "no time namespaces here"
fi
run_hook --mode=required < <(state timed "$away")
assert_equal "none" "false 0" "$(jq -rj \
	'.time_namespace, " ", .boottime_offset' "$run/containers/timed.json")"
