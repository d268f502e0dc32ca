#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A request that kills each worker, and one that is never done: their readers
# get EIO, in the end; nobody else gets anything but what he asked for.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=6 . "$here/storm.sh"
# shellcheck source=tests/integration/metrics.sh
. "$here/metrics.sh"

need runc jq
grep -q -e __asan_init -e __tsan_init "$build/daemon/resview-worker" &&
	skip "nothing can be preloaded before a sanitizer"

# poisoned SECONDS [TOP]: ask for it, below TOP; it must end with EIO, in that
# time: it takes a moment, or 2 s for each worker that hangs.
poisoned() {
	local start=$SECONDS out

	out=$(in_container poison cat "${2:-}/proc/pressure/io" 2>&1) &&
		fail "a poisoned request is answered: $out"
	assert_match "the answer" 'Input/output error' "$out"
	assert_between "seconds that took" 0 "$1" $((SECONDS - start))
}

# start_poisoned abort|hang
start_poisoned() {
	export RESVIEW_FAULT=$1
	# shellcheck disable=SC2119
	LD_PRELOAD=$build/tests/storm/libfault.so start_resviewd
	storm_container poison ".mounts += [{source: \"$fs\",
		destination: \"/top\", type: \"bind\", options: [\"bind\"]}]"
	storm_container other
	in_container poison cat /proc/meminfo >"$work/meminfo" ||
		fail "it is poisoned before it should be"
}

step "six requests, each of which kills three workers"
start_poisoned abort
storm_start other open=4 seek=2
for _ in 1 2 3 4 5; do
	poisoned 60
	in_container poison cat /proc/meminfo >"$work/meminfo" ||
		fail "the container's other files are poisoned too"
done
# What names no container by its path is named by who has opened it.
poisoned 60 /top
storm_end
storm_clean "$daemon"

step "the log names them"
assert_equal "workers that were killed" 18 \
	"$(grep -c 'was killed by signal 6 (ABRT)' "$run.log")"
assert_equal "lines" 6 "$(grep -cE \
	'container poison: request [0-9]+ of pid [0-9]+ for /proc/pressure/io .*EIO' \
	"$run.log")"

step "they are counted"
is_soon resview_requests_poisoned_total 6
is_soon 'resview_worker_restarts_total{reason="crashed"}' 18
stop_container poison
stop_container other
stop_pid "$daemon"

step "one that is never done"
start_poisoned hang
storm_start other open=4 seek=2
poisoned 60
is_soon resview_requests_poisoned_total 1
is_soon 'resview_worker_restarts_total{reason="hung"}' 3
assert_equal "lines about pids" 3 "$(grep -cE \
	'worker [0-9]+ hangs in a request of pid [0-9]+; the next starts' \
	"$run.log")"
in_container poison cat /proc/meminfo >"$work/meminfo" ||
	fail "the container's other files are poisoned too"
storm_end
storm_clean "$daemon"
