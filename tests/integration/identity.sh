# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of who is who begin with. Sourced.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need jq python3
engine=crun
command -v crun >/dev/null || engine=runc
need "$engine"
# A hook that takes longer leaves the host's files; here it may take its time.
export RESVIEW_HOOK="--mode=required --timeout=60"
# shellcheck disable=SC2119
start_resviewd
# shellcheck disable=SC2034 # used by tests
on_v2 && limit_file=memory.max || limit_file=memory.limit_in_bytes

# box NAME MEBIBYTES [JQ-EDIT...]: a running container with the hook's files,
# and the top of the tree at /top.
box() {
	make_bundle "$1" ".linux.resources.memory.limit = $2 * 1048576
		| .mounts += [{source: \"$fs\", destination: \"/top\",
			type: \"bind\", options: [\"bind\"]}]" "${@:3}"
	start_container "$engine" "$1" || fail "$(cat "$work/$1.log")"
}
