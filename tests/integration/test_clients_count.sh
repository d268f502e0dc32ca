#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs find as many CPUs as the container has, and those that it has.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc jq
[ "$(getconf _NPROCESSORS_ONLN)" -ge 2 ] || skip "one CPU is not enough"
# shellcheck disable=SC2119
start_resviewd
make_client_bundle box '.linux.resources.cpu =
	{quota: 100000, period: 100000}'
start_container runc box

step "a quota of 1"
client box count 0

step "the second CPU alone"
echo 1 >"$(cgroup_file box cpuset cpuset.cpus)"
sleep 1 # what a change of limits may take to be seen
client box count 1
