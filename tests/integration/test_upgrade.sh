#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What an upgrade takes over, and what it leaves as it was: settings, open
# files, memory of another version.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
. "$here/storm.sh"

need runc jq python3
own_programs

# logged REGEX: does the daemon's log say so, after its first $said lines?
logged() {
	tail -n "+$((said + 1))" "$run.log" | grep -E "$1" >/dev/null
}

# reload_refused: nothing comes of it but a line, and all go on.
reload_refused() {
	local worker

	worker=$(worker_of "$run")
	said=$(wc -l <"$run.log")
	kill -HUP "$daemon"
	wait_for 5 logged 'upgrade refused: ' ||
		fail "the log does not say so: $(tail -n 3 "$run.log")"
	assert_equal "worker" "$worker" "$(worker_of "$run")"
}

# reload_taken: there is another worker.
reload_taken() {
	local worker

	worker=$(worker_of "$run")
	said=$(wc -l <"$run.log")
	kill -HUP "$daemon"
	wait_for 5 logged "serves in place of worker $worker" ||
		fail "no upgrade: $(tail -n 3 "$run.log")"
}

# threads: as many as the worker has.
threads() {
	find "/proc/$(worker_of "$run")/task" -mindepth 1 -maxdepth 1 | wc -l
}

# has_threads N: does it, soon?
has_threads() {
	[ "$(threads)" = "$1" ]
}

echo "threads = 2" >"$work/conf"
start_resviewd --config "$work/conf"
storm_container one '.linux.resources.memory.limit = 67108864'
storm_start one open=2 seek=2 small=1 large=1

step "another configuration"
two=$(threads)
echo "threads = 5" >"$work/conf"
reload_taken
wait_for 5 has_threads $((two + 3)) ||
	fail "2 and 5 threads that serve, but $two and $(threads) in all"

step "a wrong one, and a crash with it on disk"
echo "threads = many" >"$work/conf"
reload_refused
logged 'conf, line 1' || fail "the line is not named"
kill -KILL "$(worker_of "$run")"
serves "$fs" || fail "a wrong configuration makes a crash an outage"
wait_for 5 has_threads $((two + 3)) || fail "the settings of before are lost"
reload_refused
echo >"$work/conf"
reload_taken

step "a program that is none"
mv "$bin/resview-worker" "$bin/good"
echo "nothing" >"$bin/resview-worker"
chmod +x "$bin/resview-worker"
reload_refused
logged 'Exec format error' || fail "the log does not say why"
cp "$bin/good" "$bin/resview-worker"
chmod -x "$bin/resview-worker"
reload_refused
logged 'Permission denied' || fail "the log does not say why"
mv "$bin/good" "$bin/resview-worker"
reload_taken

step "memory of another version"
layout=$("$peek" "$daemon" 99)
reload_refused
logged 'another version of resview' || fail "the log does not say why"
"$peek" "$daemon" "$layout" >/dev/null
reload_taken

step "nobody has seen anything of all this"
storm_end
storm_clean "$daemon"
