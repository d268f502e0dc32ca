#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: the hook where it does not belong: in a stage that runs inside the
# container, on somebody else's process or bundle, on none, twice
# (CVE-2025-23266 began with a stage that was wrong). It is refused.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need python3
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# wrong WHAT REGEX JQ-EDIT: the state of "a", so edited, is refused.
wrong() {
	step "$1"
	assert_refused a "$init" "$2" "$3"
	assert_host
}

host_before
stand_in a
inside='createRuntime, not createContainer'
wrong "createContainer of crun" "$inside" '.status = "created" | .pid = 0'
wrong "createContainer of runc" "$inside" '.pid = 1'
wrong "startContainer of crun" "$inside" '.status = "starting" | .pid = 0'
wrong "startContainer of runc" "$inside" '.status = "created" | .pid = 1'
wrong "poststart" 'createRuntime' '.status = "running"'
wrong "a stage of its own" 'createRuntime' '.status = "creating "'
wrong "a pid below 0" '"pid": malformed' '.pid = -1'
wrong "a pid beyond all" '"pid": malformed' '.pid = 4294967297'
wrong "a pid with a fraction" '"pid": malformed' ".pid = $init.5"
wrong "a pid that nobody has" 'No such process' '.pid = 4194304'

step "no mount namespace of its own"
sleep 900 &
pids+=("$!")
mkdir -p "$work/host"
echo '{"root": {"path": "/"}}' >"$work/host/config.json"
assert_refused host $! 'has no mount namespace of its own|no mount namespace'
if [ "$(cat /proc/2/comm)" = kthreadd ]; then
	assert_refused host 2 'no mount namespace'
fi
assert_host

# nobody PID: which is no process that could be entered.
nobody() {
	local mode

	for mode in besteffort required; do
		run_hook --mode=$mode < <(state a "$1")
		assert_equal "exit code" \
			"$([ $mode = required ] && echo 1 || echo 0)" "$status"
		assert_match "says so" "process $1: No such process" "$error"
		assert_equal "records" '' "$(records)"
	done
}

step "a process that is gone, one that nobody waits for, a thread"
sleep 0 &
gone=$!
wait $gone
nobody $gone
python3 -c '
import os, threading, time
zombie = os.fork() or os._exit(0)
threading.Thread(target=time.sleep, args=(900,), daemon=True).start()
os.waitid(os.P_PID, zombie, os.WEXITED | os.WNOWAIT)
print(zombie, threading.enumerate()[1].native_id, flush=True)
time.sleep(900)' >"$work/odd" &
pids+=("$!")
wait_for 5 test -s "$work/odd" || fail "no thread"
read -r zombie thread <"$work/odd"
nobody "$zombie"
nobody "$thread"

step "the process of another container, the bundle of another"
a=$init
stand_in b
assert_refused a "$init" '/proc/meminfo.*is not the kernel'
assert_refused b "$a" '/proc/meminfo.*is not the kernel'
assert_refused a "$a" '/proc/meminfo.*is not the kernel' \
	".bundle = \"$work/b\""
assert_host

step "twice, and under a name that another has"
assert_views a "$a"
run_hook --mode=required < <(state a "$a")
first=$(cat "$run/containers/a.json")
attack a "$a"
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" 0 "$views"
run_hook --mode=required < <(state b "$init" '.id = "a"')
assert_equal "exit code" 1 "$status"
assert_match "says why" 'another container that runs has this id' "$error"
assert_equal "record" "$first" "$(cat "$run/containers/a.json")"
assert_equal "views of b" 0 "$(views_in "$init")"

step "the end of another container, by its name, in another bundle"
run_hook < <(state b 0 '.id = "a" | .status = "stopped"')
assert_equal "record" "$first" "$(cat "$run/containers/a.json")"
forget a
assert_equal "records" '' "$(records)"

# misplaced RUNTIME STAGE JQ-EDIT...: our hook as that alone, which the
# container can run, too.
misplaced() {
	local runtime=$1 stage=$2

	shift 2
	make_bundle misplaced ".hooks.createRuntime[0] as \$ours
		| .hooks = {\"$stage\": [\$ours]}
		| .mounts += [{source: \"$hook\", destination: \"$hook\",
			type: \"bind\", options: [\"bind\", \"ro\"]}]" "$@"
	real "$runtime" misplaced "$work/rootfs"
	says_real "$runtime" "$stage"
	# Old runc says of a container that runs that it is created; its views
	# are right then, only late.
	[ "$started" = no ] || [ "$(records)" = misplaced.json ] ||
		assert_equal "views" 0 "$(views_in "$(container_pid misplaced)")"
	[ "$stage" = poststart ] || assert_equal "records" '' "$(records)"
	! [ -e "$run/containers/misplaced.json" ] || forget misplaced
	real_end misplaced
	assert_equal "made in its root" '' "$(find "$work/rootfs/run" -mindepth 1)"
}

for runtime in "${runtimes[@]}"; do
	step "$runtime: our hook in stages that run inside the container"
	for stage in createContainer startContainer poststart; do
		misplaced "$runtime" $stage
	done
	step "$runtime: and one that shares the host's processes"
	for stage in createContainer startContainer; do
		misplaced "$runtime" $stage \
			'.linux.namespaces |= map(select(.type != "pid"))'
	done
done
