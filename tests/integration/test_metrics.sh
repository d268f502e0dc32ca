#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is counted: each read, each restart, each repair, and for nobody to see
# but the host.

# shellcheck source=tests/integration/identity.sh
. "$(dirname "$0")/identity.sh"
# shellcheck source=tests/integration/metrics.sh
. "$here/metrics.sh"

# The supervisor asks for meminfo itself, to see whether it is answered.
view='resview_requests_total{view="proc/loadavg",result="ok"}'

# read_loadavg NAME TIMES: one read(2) each.
read_loadavg() {
	in_container "$1" sh -c "for i in \$(seq $2); do
		dd if=/proc/loadavg of=/dev/null bs=64k count=1 2>/dev/null ||
			exit; done" || fail "loadavg cannot be read"
}

box teak 64
box oak 64
# Mounted by somebody of the host, who may look it up.
nsenter --mount --target "$(container_pid oak)" sh -c \
	'touch /tmp/metrics && mount --bind /top/metrics /tmp/metrics'

step "each read of each container"
assert_equal "before" 0 "$(metric "$view")"
read_loadavg teak 7
read_loadavg oak 5
is_soon "$view" 12
is_soon 'resview_request_duration_seconds_count{view="proc/loadavg"}' 12
is_soon 'resview_request_duration_seconds_bucket{view="proc/loadavg",le="+Inf"}' 12
assert_equal "records" 2 "$(metric resview_containers_recorded)"
assert_equal "errors" 0 \
	"$(metric 'resview_requests_total{view="proc/loadavg",result="error"}')"
in_container teak cat /top/proc/loadavg >"$work/out" # two: the end of file
is_soon "$view" 14

step "files that are open"
open=$(metric resview_open_files)
exec 8<"$fs/proc/stat" 9<"$fs/proc/stat"
is_soon resview_open_files $((open + 2))
exec 8<&- 9<&-
is_soon resview_open_files "$open"

step "what a container sees of it: nothing"
for name in teak oak; do
	assert_equal "names" "containers proc sys" \
		"$(in_container "$name" ls /top | paste -sd ' ')"
	in_container "$name" cat /top/metrics >"$work/out" 2>&1 &&
		fail "the whole tree is there, and metrics can be read"
	assert_match "the error" 'No such file' "$(cat "$work/out")"
	in_container "$name" ls -l /top/metrics >"$work/out" 2>&1 &&
		fail "there is a file"
done
in_container oak cat /tmp/metrics >"$work/out" 2>&1 &&
	fail "the file itself is there, and can be read"
assert_match "the error" 'Permission denied' "$(cat "$work/out")"
# The kernel has the name now, from a look-up of ours, or it has lost it.
metric "$view" >"$work/out"
in_container teak cat /top/metrics >"$work/out" 2>&1 &&
	fail "what we have looked up can be read"
for name in metrics proc/metrics; do
	[ ! -e "$fs/containers/teak/$name" ] || fail "it is there for teak, too"
done
! metrics | grep -qE 'teak|oak|[0-9a-f]{12}' || fail "there is a name in it"

step "it is not written"
! (: >"$fs/metrics") 2>/dev/null || fail "it can be written"

step "kill -9 of the worker"
kill -KILL "$(worker_of "$run")"
is_soon 'resview_worker_restarts_total{reason="crashed"}' 1
assert_equal "reads" 14 "$(metric "$view")"
read_loadavg teak 6
is_soon "$view" 20
assert_equal "generation" 2 "$(metric resview_worker_generation)"

step "another worker"
kill -HUP "$daemon"
is_soon 'resview_worker_restarts_total{reason="reloaded"}' 1
is_soon resview_worker_generation 3
assert_equal "reads" 20 "$(metric "$view")"

step "a worker that cannot be started"
mv "$bin/resview-worker" "$bin/good"
echo "nothing" >"$bin/resview-worker"
chmod +x "$bin/resview-worker"
kill -HUP "$daemon"
is_soon 'resview_worker_restarts_total{reason="refused"}' 1
mv "$bin/good" "$bin/resview-worker"

step "another supervisor"
disown "$daemon"
kill -KILL "$daemon"
# shellcheck disable=SC2119
start_again
is_soon 'resview_worker_restarts_total{reason="reloaded"}' 2
assert_equal "crashes" 1 \
	"$(metric 'resview_worker_restarts_total{reason="crashed"}')"
assert_equal "reads" 20 "$(metric "$view")"
read_loadavg oak 2
is_soon "$view" 22

step "resview-remount"
assert_equal "runs" 0 "$(metric resview_remount_runs_total)"
assert_equal "the last" 0 \
	"$(metric resview_remount_last_run_timestamp_seconds)"
nsenter --mount --pid --target "$(container_pid teak)" umount /proc/loadavg
"$remount" --run-dir "$run" >"$work/out" 2>&1 || fail "$(cat "$work/out")"
is_soon 'resview_remount_views_total{result="repaired"}' 1
assert_equal "runs" 1 "$(metric resview_remount_runs_total)"
assert_equal "failed" 0 \
	"$(metric 'resview_remount_views_total{result="failed"}')"
assert_between "seconds since" 0 600 \
	"$(($(date +%s) - $(metric resview_remount_last_run_timestamp_seconds)))"
"$remount" --run-dir "$run" --list >"$work/out"
"$remount" --run-dir "$run" --dry-run >"$work/out"
assert_equal "runs, after two that only look" 1 \
	"$(metric resview_remount_runs_total)"
