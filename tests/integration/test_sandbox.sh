#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The worker's sandbox: each thing that it must be able to do is done, each that
# it must not is tried.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

unified=/sys/fs/cgroup
[ -e $unified/cgroup.controllers ] || unified=/sys/fs/cgroup/unified

step "in a process of its own"
mkdir -p "$work"/run/{containers,empty}
chmod 0500 "$work/run/empty"
echo '{}' >"$work/run/containers/r.json"
[ ! -e "$unified/cgroup.controllers" ] || mkdir "$unified/$group"
"$build/tests/integration/try_sandbox" "$work/run" "$group" ||
	fail "the sandbox is not as it should be"
"$build/tests/integration/try_sandbox" --time
