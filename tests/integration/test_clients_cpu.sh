#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs say of CPU time what was used, what the quota denied, and the rest.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc jq
[ "$(getconf _NPROCESSORS_ONLN)" -ge 2 ] || skip "one CPU is not enough"

# weigh WEIGHT: what all containers of this test get of a busy machine.
weigh() {
	local parent

	parent=$(dirname "$(cgroup_file box cpu x)")
	parent=${parent%/*}
	if on_v2; then
		echo "$1" >"$parent/cpu.weight"
	else
		echo $(($1 * 1024 / 100)) >"$parent/cpu.shares"
	fi
}

# quota US: of each 100 ms.
quota() {
	if on_v2; then
		echo "$1 100000" >"$(cgroup_file box cpu cpu.max)"
	else
		echo "$1" >"$(cgroup_file box cpu cpu.cfs_quota_us)"
	fi
}

# shellcheck disable=SC2119
start_resviewd
make_client_bundle box '.linux.resources.cpu =
	{quota: 50000, period: 100000}'
start_container runc box
weigh 10000

step "a quota of 0.5, and all of it used"
patient_client box cpu 0 50 50 1

step "a quota of 1.5, and all of it used"
quota 150000
patient_client box cpu 0,1 75 25 2

# An emulated CPU takes minutes for each, and has no time to be idle in.
[ -z "${RESVIEW_EMULATED:-}" ] || exit 0

step "a quota of 1.5, and half of it used"
patient_client box cpu 0,1 37 0 2 37.5

step "a quota of 0.5, and half of it used"
quota 50000
patient_client box cpu 0 25 0 1 25

step "nothing used, beside another container that uses all of the machine"
weigh 100
make_bundle noisy '.process.args = ["sh", "-c",
	"while :; do :; done & while :; do :; done"]'
start_container runc noisy
patient_client box cpu 0 0 0 0
