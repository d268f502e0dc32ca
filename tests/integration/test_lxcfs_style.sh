#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# In LXCFS's place: its command line, its tree, plain bind mounts, no hook.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

engine=${1:-runc}
need "$engine" jq free python3
[ -c /dev/fuse ] || skip "no /dev/fuse here"

# As in LXCFS's unit file there is no --run-dir: /run is a private one.
mount -t tmpfs tmpfs /run
fs=$work/lxcfs
mkdir "$fs"
setpriv --pdeathsig TERM "$resviewd" -f -l -u -p "$work/pid" -o allow_other \
	--enable-cfs --enable-pidfd "$fs" >"$work/resviewd.log" 2>&1 &
daemon=$!
pids+=("$daemon")
wait_for 10 serves "$fs" || fail "resviewd does not serve $fs"
assert_equal "pid file" "$daemon" "$(tr -d '[:space:]' <"$work/pid")"
assert_equal "-u: no swap" 0 \
	"$(awk '/^SwapTotal:/ { print $2 }' "$fs/proc/meminfo")"

step "binds of a runtime's configuration"
binds=$(for view in meminfo cpuinfo stat uptime loadavg swaps diskstats; do
	echo "proc/$view"
done | jq -R --arg fs "$fs" '{source: ($fs + "/" + .), type: "bind",
	destination: ("/" + .), options: ["bind", "ro"]}' | jq -sc .)
make_bundle box ".linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}
	| del(.hooks) | .mounts += $binds"
start_container "$engine" box || fail "$(cat "$work/box.log")"
assert_equal free 67108864 \
	"$(in_container box free -b | awk '/^Mem:/ { print $2 }')"
assert_equal cpuinfo 1 "$(in_container box grep -c ^processor /proc/cpuinfo)"
assert_between uptime 0 600 "$(in_container box cut -d' ' -f1 /proc/uptime)"
assert_equal "a process that exec brought" 65536 "$(in_container box sh -c \
	'sh -c "cat /proc/meminfo"' | awk '/^MemTotal:/ { print $2 }')"

step "the rest of its layout"
for path in proc/slabinfo proc/pressure/cpu sys/devices/system/cpu/online \
	sys/devices/system/cpu/cpu0/online sys/devices/system/cpu/possible; do
	[ -e "/$path" ] || continue
	cat "$fs/$path" >/dev/null || fail "cannot read $path"
done
assert_equal "names listed twice" '' \
	"$(find "$fs/sys/devices/system/cpu" -maxdepth 1 | sort | uniq -d)"
for path in "$fs"/proc/*; do
	[ -e "/proc/$(basename "$path")" ] || fail "$path is not the kernel's"
done

step "a caller of the host is served from its own cgroup"
on_v2 && limit=memory.max || limit=memory.limit_in_bytes
mkdir "$(dirname "$(cgroup_file own memory x)")"
echo 50331648 >"$(cgroup_file own memory "$limit")"
# shellcheck disable=SC2016
assert_equal "own cgroup" 49152 "$(sh -c 'echo $$ >"$1"; cat "$2"' sh \
	"$(cgroup_file own memory cgroup.procs)" "$fs/proc/meminfo" |
	awk '/^MemTotal:/ { print $2 }')"

# shellcheck disable=SC2016
assert_equal "own pid namespace" 49152 "$(sh -c 'echo $$ >"$1"
	exec unshare --pid --fork cat "$2"' sh \
	"$(cgroup_file own memory cgroup.procs)" "$fs/proc/meminfo" |
	awk '/^MemTotal:/ { print $2 }')"

step "the end"
stop_container box
stop_pid "$daemon"
! mountpoint -q "$fs" || fail "$fs is still mounted"
