#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A pod's containers have the rights and limits that they have without us:
# nothing of what their runtime is told is different but the hooks.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$(dirname "$0")/engines.sh" cri

need free uptime
engine_need
# shellcheck disable=SC2119
start_resviewd
engine_begin

# spec HANDLER POD-EDIT CONTAINER-EDIT: of a container of a pod of always the
# same name, without what is different in each pod.
spec() {
	run_pod same "$1" "$2"
	create same same "$3"
	start same
	jq --sort-keys "${4:-.}" < <(spec_of_container same) |
		sed -E 's/[0-9a-f]{64}/ID/g; s|/proc/[0-9]+/|/proc/PID/|'
	remove_pod same
}

# assert_same WORD POD-EDIT CONTAINER-EDIT: as without us, but for the hooks; and
# WORD is in it, by which one knows that the edits have done something.
assert_same() {
	spec runc "$2" "$3" >"$work/without.json"
	spec resview "$2" "$3" 'del(.hooks)' >"$work/with.json"
	diff "$work/without.json" "$work/with.json" || fail "differs: $1"
	grep -q "$1" "$work/with.json" || fail "no $1"
}

step "$(engine_version)"
assert_same '"CAP_KILL"' . .
assert_same '"/proc/asound"' . '.linux.security_context += {
	masked_paths: ["/proc/asound"], readonly_paths: ["/proc/bus"]}'
assert_same '"seccomp"' . '.linux.security_context.seccomp = {profile_type: 0}'
assert_same '"CAP_SYS_TIME"' . '.linux.security_context.capabilities = {
	add_capabilities: ["SYS_TIME"], drop_capabilities: ["KILL"]}'
assert_same '"CAP_SYS_ADMIN"' '.linux.security_context.privileged = 1' \
	'.linux.security_context.privileged = 1'
