#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs say of processes, loads and times what is in the container.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc jq
# shellcheck disable=SC2119
start_resviewd
make_client_bundle box '.linux.resources.cpu =
	{quota: 50000, period: 100000}'
start_container runc box
booted=$(awk '$1 == "btime" { print $2 }' /proc/stat)
ticks=$(start_ticks "$(container_pid box)")
client box tasks $((booted + ticks / $(getconf CLK_TCK)))
