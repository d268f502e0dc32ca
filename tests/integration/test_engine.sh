#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A container of an engine as its user has it: started, looked into, stopped,
# started again and removed; with us, without us, and while we are down.
# Runtimes: podman ctr ctr_runtime cri cri_runtime lxc lxc_unprivileged docker runc crun podman_cdi docker_cdi

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$(dirname "$0")/engines.sh" "${1:-podman}"

need free uptime
engine_need
# shellcheck disable=SC2119
start_resviewd
engine_begin

# mounts_of_host: views in our own namespace, where none belongs.
mounts_of_host() {
	grep -c '/containers/.* - fuse.resview ' /proc/self/mountinfo || true
}

records() {
	ls "$run/containers"
}

step "$(engine_version), by $(engine_wiring)"
engine_run box with || fail "it does not start"
assert_sees box 65536 1
assert_equal "mounts on the host" 0 "$(mounts_of_host)"
code=0
engine_exec box sh -c 'exit 7' || code=$?
assert_equal "exit code of a command" 7 "$code"

step "stopped, and started again"
engine_stop box
assert_equal "records" '' "$(records)"
engine_start box
assert_sees box 65536 1

step "without us beside it"
engine_run plain without || fail "it does not start"
sees_host plain || fail "it has views"
engine_remove plain

step "removed"
engine_remove box
assert_equal "records" '' "$(records)"

step "while resviewd is down it starts, and is repaired later"
stop_pid "$daemon"
engine_run late with || fail "it does not start"
sees_host late || fail "it has views"
start_again
"$remount" --run-dir "$run" || fail "resview-remount"
assert_sees late 65536 1
engine_remove late
assert_equal "records" '' "$(records)"
