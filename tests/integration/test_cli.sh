#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every program says how it is used, and a wrong option is one line and exit 2.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

for program in "$resviewd" "$hook" "$remount"; do
	name=$(basename "$program")
	[ -x "$program" ] || fail "$program is not built"

	step "$name --help"
	"$program" --help >"$work/out" 2>"$work/error" </dev/null ||
		fail "$name --help exits with $?"
	[ -s "$work/out" ] || fail "$name --help prints nothing"
	[ ! -s "$work/error" ] || fail "$name --help writes to stderr"
	assert_between "$name: lines" 1 24 "$(wc -l <"$work/out")"
	assert_equal "$name: lines of 80 columns or more" '' \
		"$(expand "$work/out" | grep -E '.{80}' || true)"

	step "$name --no-such-option"
	assert_fails 2 "$program" --no-such-option
	assert_match "$name" 'no-such-option' "$error"
done

step "resview-runtime --help" # all other options are the real runtime's
"$build/hook/resview-runtime" --help >"$work/out" || fail "it exits with $?"
assert_between "lines" 1 24 "$(wc -l <"$work/out")"
assert_equal "lines of 80 columns or more" '' \
	"$(expand "$work/out" | grep -E '.{80}' || true)"

# marks PROGRAM OPTION...: its error has "<3>" for the journal, and for nobody
# else who is given a service's environment.
marks() {
	local name

	name=$(basename "$1")
	JOURNAL_STREAM=1:2 assert_fails 1 "$@"
	assert_match "$name, not to the journal" "^$name: " "$error"
	JOURNAL_STREAM=$(stat --format %d:%i "$work/error") assert_fails 1 "$@"
	assert_match "$name, to the journal" "^<3>$name: " "$error"
}

step "the journal's marks are for the journal"
marks "$resviewd" --foreground --run-dir "$work/run" --config "$work/none"
marks "$remount" --run-dir "$work/run" nobody

step "resview-worker passes over what only a later resviewd knows"
status=0
"$build/daemon/resview-worker" --generation=1 --run-dir="$work" --later=1 \
	>"$work/out" 2>"$work/error" </dev/null || status=$?
assert_equal "exit code" 4 "$status"
assert_match "it has gone on" 'take the connection over' "$(cat "$work/error")"

step "every script of ours"
for script in "$top/tests/run.sh" "$top/tests/bench/run.sh" \
	"$top/tests/bench/start.sh" "$top/tests/vm/nspawn.sh" \
	"$top/tests/vm/qemu.sh" "$top/tests/vm/node.sh" "$top/packaging/try.sh" \
	"$top/packaging/kubernetes/node.sh"; do
	assert_equal "$script --help: long lines" '' \
		"$("$script" --help | expand | grep -E '.{80}' || true)"
	assert_fails 2 "$script" --no-such-option
done
