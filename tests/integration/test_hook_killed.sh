#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The hook's worker is killed, or refused by the kernel, at each thing that it
# changes: the mode decides, the registry stays readable, and a later run puts
# everything right.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq strace
strace -e inject=getpid:error=ENOSYS true 2>/dev/null || skip "cannot trace"
# shellcheck disable=SC2119
start_resviewd

# run_injected SYSCALL ACTION OPTION...: run_hook on a, with ACTION done to it
# at a system call.
run_injected() {
	local inject=$1:$2 real=$hook

	shift 2
	hook=$work/injected
	printf '#!/bin/sh\nexec strace -f -o %s -e trace=%s -e inject=%s %s "$@"\n' \
		"$work/trace" "${inject%%:*}" "$inject" "$real" >"$hook"
	chmod +x "$hook"
	run_hook "$@" < <(state a "$init")
	hook=$real
}

# assert_whole: the container has no view twice, the registry no half record.
assert_whole() {
	local file

	assert_equal "mounted twice, $1" '' "$(awk '/ - fuse.resview / {
		print $5 }' "/proc/$init/mountinfo" | sort | uniq -d)"
	for file in "$run"/containers/*.json; do
		[ ! -e "$file" ] || jq -e .views "$file" >/dev/null ||
			fail "half a record, $1"
	done
	assert_match "one line, $1" "^resview-hook: .*container a: .*$" "$error"
}

all=''
for call in renameat:1 open_tree:1 open_tree:5 mount_setattr:1 setns:1 \
	openat2:3 move_mount:1 move_mount:4; do
	step "killed at $call"
	for mode in besteffort required; do
		stand_in a
		run_injected "${call%:*}" "signal=KILL:when=${call#*:}" \
			--mode=$mode
		assert_match "$call" 'crashed' "$error"
		assert_equal "exit code, $mode" "$([ $mode = required ] &&
			echo 1 || echo 0)" "$status"
		assert_whole "$call"
		[ $mode = besteffort ] || [ ! -e "$run/containers/a.json" ] ||
			fail "a record of a container that does not start"

		run_hook --mode=required < <(state a "$init")
		assert_equal "exit code, again ($error)" 0 "$status"
		error="resview-hook: container a: "
		assert_whole "after $call"
		all=${all:-$(views_in "$init")}
		assert_equal "views, again" "$all" "$(views_in "$init")"
		assert_equal "recorded" "$all" \
			"$(jq '.views | length' "$run/containers/a.json")"
		stop_pid "$init"
		run_hook < <(state a 0 '.status = "stopped"')
		rm -f "$run"/containers/*.tmp
	done
done

step "the hook itself is killed"
stand_in a
kill -STOP "$daemon"
for child in $(pgrep -P "$daemon" || true); do kill -STOP "$child"; done
state a "$init" >"$work/state"
"$hook" --run-dir "$run" --timeout=60 <"$work/state" 2>/dev/null &
parent=$!
wait_for 5 test -e "$run/containers/a.json" || fail "no record"
worker=$(pgrep -P "$parent")
{
	kill -KILL "$parent"
	wait "$parent" || true
} 2>/dev/null
for child in $(pgrep -P "$daemon" || true); do kill -CONT "$child"; done
kill -CONT "$daemon"
wait_for 5 test ! -e "/proc/$worker/ns/mnt" || fail "its worker lives on"
assert_equal "views" 0 "$(views_in "$init")"
run_hook < <(state a 0 '.status = "stopped"')

step "a kernel that is too old"
stand_in a
for mode in besteffort required; do
	run_injected open_tree error=ENOSYS --mode=$mode
	assert_match "says so" \
		'open its views: this kernel is too old, Linux 5.2 is needed; ' \
		"$error"
	assert_equal "exit code, $mode" "$([ $mode = required ] &&
		echo 1 || echo 0)" "$status"
	assert_untouched "$init"
done
