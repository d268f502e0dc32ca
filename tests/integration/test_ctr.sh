#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# containerd is killed beside its containers, and comes back: they keep their
# views, and ctr does with them what it did before.

# shellcheck disable=SC2154 # of engines/ctr.sh

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$(dirname "$0")/engines.sh" ctr

need free uptime
engine_need
# shellcheck disable=SC2119
start_resviewd
engine_begin

records() {
	ls "$run/containers"
}

# total: what a container that runs sees, asked without containerd.
total() {
	awk '/^MemTotal:/ { print $2 }' "/proc/$1/root/proc/meminfo"
}

step "$(engine_version) is killed"
engine_run box with
pid=$(jq .pid "$run/containers/box.json")
kill -KILL "$containerd_pid"
wait "$containerd_pid" 2>/dev/null || true
assert_equal "MemTotal" 65536 "$(total "$pid")"

step "it comes back"
containerd_start
assert_sees box 65536 1
code=0
engine_exec box sh -c 'exit 7' || code=$?
assert_equal "exit code of a command" 7 "$code"
c tasks pause box
assert_equal "MemTotal of one that is frozen" 65536 "$(total "$pid")"
"$remount" --run-dir="$run" --check || fail "resview-remount --check"
c tasks resume box
engine_stop box
assert_equal "records" '' "$(records)"
engine_start box
assert_sees box 65536 1

step "it ends by itself"
spec_of short | "$hook" --add-hooks --run-dir="$run" "$patient" |
	jq '.process.args = ["sh", "-c", "grep MemTotal /proc/meminfo; exit 5"]' \
		>"$work/short.json"
code=0
out=$(c run --rm --fifo-dir "$containerd_dir/fifos" \
	--runc-binary "$(command -v "$(stand_in_for runc)")" \
	--config "$work/short.json" short 2>"$work/error") || code=$?
assert_equal "exit code" 5 "$code"
assert_match "what it saw" '65536 kB' "$out"
assert_equal "records" 'box.json' "$(records)"
engine_remove box
assert_equal "records" '' "$(records)"
