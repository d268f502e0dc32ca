#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An open file in the hands of another container: it goes on telling about the
# one that it was opened in, and when that is no more, about nobody else. And a
# plain process in a cgroup of its own.

# shellcheck source=tests/integration/identity.sh
. "$(dirname "$0")/identity.sh"

# handed NAME WHAT...: handed.py in a container, in this process's place.
handed() {
	exec nsenter --all --target "$(container_pid "$1")" \
		python3 /test/integration/handed.py "$2" /tmp/socket "${@:3}"
}

# ask FILE...: what those say.
ask() {
	local said=''

	echo "$*" >&"${taker[1]}"
	read -r -t 100 said <&"${taker[0]}" || fail "the reader is gone"
	echo "$said"
}

says() {
	[ "$(ask "${@:2}")" = "$1" ]
}

step "files of the hook and of the top of the tree, opened in another container"
box giver 64
box taker 128
handed giver give /proc/meminfo /proc/meminfo /top/proc/meminfo \
	/top/proc/meminfo &
giver=$!
pids+=("$giver")
wait_for 10 test -S "$work/rootfs/tmp/socket" || fail "nobody gives files"
coproc taker { handed taker take; }
pids+=("$taker_PID")
disown "$taker_PID" # bash would tell of its end
# The process that opened them is gone by now.
assert_equal "those that were opened there" "64 64" "$(ask 0 2)"
wait "$giver"
echo $((48 << 20)) >"$(cgroup_file giver memory "$limit_file")"
wait_for 2 says "48 48" 0 2 || fail "a new limit is not seen: $(ask 0 2)"

# none_else WHEN: the figures of before or an error, but those of nobody else.
none_else() {
	local said

	for said in $(ask 0 1 2 3); do
		[[ $said =~ ^(48|E[A-Z]+)$ ]] || fail "$1: $said MiB"
	done
}

step "when that container has ended"
stop_container giver
none_else "at once"
# Within two rounds of 5 s it is forgotten.
sleep 6
none_else "after a round"
sleep 5
none_else "when it is forgotten"

step "to a worker that has never seen it"
kill -KILL "$(worker_of "$run")"
none_else "after the worker"

step "when there is another one of its name"
box giver 96
none_else "by the name"
stop_container giver
stop_container taker

# --- a plain process -------------------------------------------------------

# plain_begin: sets $plain, what runs a command with 48 MiB and half a CPU.
plain_begin() {
	local controllers=memory,cpu:$group/plain

	cgcreate -g "$controllers"
	if on_v2; then
		cgset -r memory.max=48M -r cpu.max='50000 100000' "$group/plain"
	else
		cgset -r memory.limit_in_bytes=48M -r cpu.cfs_quota_us=50000 \
			"$group/plain"
	fi
	plain=(cgexec -g "$controllers")
}

if ! command -v cgexec >/dev/null; then
	echo "SKIP: a cgroup of cgcreate: cgroup-tools is missing"
	exit
fi
step "a process in a cgroup of cgcreate and cgexec, at the top of the tree"
plain_begin
# shellcheck disable=SC2016
kib='/^MemTotal:/ { print $2 }'
host_uptime=$(cut -d . -f 1 /proc/uptime)
assert_equal "memory" 49152 "$("${plain[@]}" awk "$kib" \
	"$fs/proc/meminfo")"
for file in cpuinfo:^processor stat:^cpu[0-9]; do
	assert_equal "CPUs in ${file%:*}" 1 \
		"$("${plain[@]}" grep -c "${file#*:}" "$fs/proc/${file%:*}")"
done
assert_equal "CPUs online" 0 \
	"$("${plain[@]}" cat "$fs/sys/devices/system/cpu/online")"
assert_between "uptime: the machine's, there is no init" "$host_uptime" \
	$((host_uptime + 900)) \
	"$("${plain[@]}" cut -d ' ' -f 1 "$fs/proc/uptime")"
assert_equal "and in a pid namespace of its own" 49152 "$("${plain[@]}" unshare \
	--pid --fork awk "$kib" "$fs/proc/meminfo")"
cgdelete -g "memory,cpu:$group/plain"
