#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The supervisor is killed, too, and lives on in a store of fds.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=5 . "$here/storm.sh"

need runc jq python3
run=$(mktemp -d "$work/run.XXXX")
fs=$run/fs

# start_store OPTION...: a service manager, and the daemon as its service.
start_store() {
	setpriv --pdeathsig TERM "$here/store.py" --pid "$work/pid" \
		--log "$work/store.log" --probe "$fs/proc/uptime" "$@" -- \
		"$resviewd" --foreground --run-dir "$run" \
		>>"$work/store.out" 2>>"$run.log" &
	store=$!
	pids+=("$store")
	wait_for 10 serves "$fs" || fail "resviewd does not serve $fs"
}

# end_store: it must have had no reason to complain.
end_store() {
	kill "$store"
	wait "$store" || fail "$(grep WRONG "$work/store.log")"
	tail -n 1 "$work/store.out"
}

readers() {
	storm_start one open=7+1 seek=3+1 small=1+1
	storm_start two open=7+1 seek=3+1 large=1+1
}

start_store --watchdog-s 10
storm_container one '.linux.resources.memory.limit = 67108864'
storm_container two

step "$storm_seconds s of readers, and kill -9 of supervisor and worker"
readers
"$here/killer.py" "$run" "$work/pid" "$storm_seconds" supervisor=300-700 \
	worker=100-300
storm_end
storm_clean "$(cat "$work/pid")"

step "the same, and upgrades"
readers
"$here/killer.py" "$run" "$work/pid" "$storm_seconds" supervisor=300-700 \
	worker=200-400 reload=200-400
storm_plagues=2 storm_end
storm_clean "$(cat "$work/pid")"

step "the mount is the same one, and the only one"
assert_equal "mounts" 1 "$(grep -c " $fs " /proc/self/mountinfo)"
assert_equal "connections" 1 "$(wc -l <"$run/devices")"
end_store
only_killed
