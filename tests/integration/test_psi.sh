#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# PSI triggers of a container wake it, whichever worker has to.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

engine=${1:-runc}
need "$engine" jq python3

worker() {
	pgrep -P "$daemon" -x resview-worker
}

# listen NAME EVENTS: poll for a trigger in the container, until the output
# says that it waits.
listen() {
	local got=0

	in_container box python3 /test/integration/pressure.py \
		/proc/pressure/cpu 120 "$2" >"$work/$1" 2>&1 &
	poller=$!
	pids+=("$poller")
	wait_for 10 grep -q . "$work/$1" || fail "no answer to a trigger"
	if ! grep -q waiting "$work/$1"; then
		wait "$poller" || got=$?
		[ "$got" != 77 ] || skip "no cgroup v2 with PSI for $engine"
		fail "$(cat "$work/$1")"
	fi
}

# stalled: ms so far, as the kernel has it.
stalled() {
	awk '$1 == "some" { sub(/.*total=/, ""); print int($0 / 1000) }' "$own"
}

# assert_unheard NAME SINCE: no event, if the container has not stalled since
# SINCE; which it may have for want of a CPU.
assert_unheard() {
	local ms

	! heard "$1" 1 || {
		ms=$(($(stalled) - $2))
		[ $ms -ge 500 ] || fail "an event, and it has stalled for $ms ms"
		echo "   it has stalled for $ms ms by itself"
	}
}

# heard NAME N: it has heard of N events.
heard() {
	[ "$(grep -c event "$work/$1")" -ge "$2" ]
}

# quota US: of each 100 ms; or none.
quota() {
	if on_v2; then
		echo "${1:-max} 100000" >"$(cgroup_file box cpu cpu.max)"
	else
		echo "${1:--1}" >"$(cgroup_file box cpu cpu.cfs_quota_us)"
	fi
}

# Three loops on a fifth of a CPU. Only they: an interpreter that starts would
# stall there, too, where the CPU is slow.
stall() {
	quota 20000
	# shellcheck disable=SC2016
	in_container box timeout "$1" sh -c \
		'for i in 1 2 3; do (while :; do :; done) & done; wait' || true
	quota
}

# another_worker PID: is it not that any more?
another_worker() {
	local now

	now=$(worker) && [ -n "$now" ] && [ "$now" != "$1" ] && serves "$fs"
}

uptime_ms() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# event_time NAME SINCE: of the first since then, in ms.
event_time() {
	awk -v since="$2" '$1 == "event" && $2 >= since { print $2; exit }' \
		"$work/$1"
}

# shellcheck disable=SC2119
start_resviewd
make_bundle box
start_container "$engine" box

if on_v2; then
	own=$(cgroup_file box cpu cpu.pressure)
else
	own=/sys/fs/cgroup/unified/$group/box/cpu.pressure
fi
[ -e "$own" ] || skip "no cgroup v2 with PSI for $engine"

step "set by one worker, waited for by the next"
before=$(stalled)
listen first 2
old=$(worker)
sleep 1
assert_unheard first "$before"
kill -KILL "$old"
wait_for 10 another_worker "$old" || fail "no other worker"
stall 5
heard first 1 || fail "a stall was not told: $(cat "$work/first")"

step "and by the one after that, which is killed in the middle of it"
stall 12 &
stalling=$!
for _ in 1 2 3; do
	old=$(worker)
	kill -KILL "$old"
	wait_for 10 another_worker "$old" || fail "no other worker"
	sleep 0.2
done
got=0
wait "$poller" || got=$?
assert_equal "poller: $(cat "$work/first")" 0 "$got"
wait "$stalling"

step "an upgrade"
listen second 1
old=$(worker)
kill -HUP "$daemon"
wait_for 10 another_worker "$old" || fail "no other worker"
stall 5
got=0
wait "$poller" || got=$?
assert_equal "poller: $(cat "$work/second")" 0 "$got"

# The kernel adds up every two seconds: what has just stalled would be told to
# the next trigger.
sleep 5

step "a trigger whose container is gone"
before=$(stalled)
listen third 1
old=$(worker)
sleep 1
assert_unheard third "$before"
heard=$(grep -c event "$work/third" || true)
stop_container box
kill -KILL "$old"
wait_for 10 another_worker "$old" || fail "no other worker"
wait "$poller" || true
assert_equal "events of a dead container" "$heard" \
	"$(grep -c event "$work/third" || true)"
serves "$fs" || fail "resviewd does not serve"

# Last, for what stalls here is told to triggers that are set soon after, too.
start_container "$engine" box

step "nothing else is waited for"
# shellcheck disable=SC2046
in_container box python3 /test/integration/polled.py \
	$(awk '/ - fuse.resview / && $5 !~ /pressure/ { print $5 }' \
		"/proc/$(container_pid box)/mountinfo") ||
	fail "not as a file of procfs"

# together: ms from the first event of the cgroup's own file to ours, and 3000.
together() {
	local own_poller begun got pid

	listen ours 3
	python3 "$here/pressure.py" "$own" 120 3 >"$work/own" 2>&1 &
	own_poller=$!
	pids+=("$own_poller")
	wait_for 10 grep -q waiting "$work/own" ||
		fail "$own: $(cat "$work/own")"
	begun=$(uptime_ms)
	stall 12
	for pid in "$poller" "$own_poller"; do
		got=0
		wait "$pid" || got=$?
		assert_equal "pollers: $(cat "$work/ours" "$work/own")" 0 "$got"
	done
	apart=$(($(event_time ours "$begun") - $(event_time own "$begun") + 3000))
}

step "as the cgroup's own file"
for _ in 1 2 3; do # a poller may have to wait for a CPU
	together
	[ "$apart" -lt 0 ] || [ "$apart" -gt 6000 ] || break
done
assert_between "ms from one event to the other, and 3000" 0 6000 "$apart"
