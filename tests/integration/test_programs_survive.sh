#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs that keep their files open for hours see no worker die.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=8 . "$here/storm.sh"

need runc jq python3 top vmstat
# shellcheck disable=SC2119
start_resviewd
storm_container one '.linux.resources.memory.limit = 134217728
	| .linux.resources.cpu = {quota: 100000, period: 100000}'
out=$work/printed
mkdir "$out"
declare -A running=()

# watch_it NAME COMMAND...: in the container, for the whole time. Detached: runc
# exec, a Go program, hands on the SIGURGs that Go sends to itself, and top ends
# on one.
watch_it() {
	local name=$1

	shift
	runtime runc exec --detach --pid-file "$work/$name.pid" one "$@" \
		>"$out/$name" 2>"$work/$name.log" </dev/null
	running[$name]=$(cat "$work/$name.pid")
}

step "top, vmstat, htop, a python reader, and kill -9 every 50 to 200 ms"
watch_it top env TERM=dumb top -b -d 0.5
watch_it vmstat stdbuf -oL vmstat 1
! command -v htop >/dev/null ||
	watch_it htop /test/integration/survivors.py pty htop -d 5
watch_it keep /test/integration/survivors.py keep
sleep 1
storm_start one open=1
"$here/killer.py" "$run" "$daemon" "$storm_seconds" worker=50-200

step "all of them are still there"
for name in "${!running[@]}"; do
	grep -qs '^State:.*[RSD] ' "/proc/${running[$name]}/status" ||
		fail "$name has ended: $(tail -n 12 "$out/$name" \
			"$work/$name.log")"
done
storm_end
stop_container one

step "and have printed no nonsense"
"$here/survivors.py" check "$out"
