#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Containers that were started with LXCFS's files go on with ours, without a
# restart: while it runs, and after it has crashed.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq lxcfs free
remount=$build/remount/resview-remount
lxcfs_fs=$work/lxcfs

start_lxcfs() {
	setpriv --pdeathsig TERM lxcfs -f -l --enable-cfs --enable-pidfd \
		-p "$work/lxcfs.pid" "$lxcfs_fs" >>"$work/lxcfs.log" 2>&1 &
	lxcfs=$!
	pids+=("$lxcfs")
	wait_for 10 serves "$lxcfs_fs" || fail "LXCFS does not serve"
}

# lxcfs_bundle NAME JQ-EDIT...: no hook, and LXCFS's files as engines mount
# them: files, a directory, and the tree itself for nested containers.
lxcfs_bundle() {
	local name=$1 binds

	shift
	binds=$({
		printf '%s\n' proc/{cpuinfo,meminfo,stat,uptime,swaps,diskstats}
		printf '%s\n' proc/loadavg sys/devices/system/cpu
	} | jq -R --arg fs "$lxcfs_fs" '{source: ($fs + "/" + .), type: "bind",
		destination: ("/" + .), options: ["bind", "ro"]}' | jq -s .)
	make_bundle "$name" 'del(.hooks)' ".mounts += $binds" \
		".mounts += [{source: \"$lxcfs_fs\", type: \"bind\",
			destination: \"/var/lib/lxcfs\", options: [\"bind\"]}]" \
		"$@"
}

total() {
	in_container "$1" free --kibi | awk '/^Mem:/ { print $2 }'
}

mkdir "$lxcfs_fs"
start_lxcfs
half='.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
lxcfs_bundle alive "$half"
lxcfs_bundle other '.linux.resources.memory.limit = 134217728'
start_container runc alive
start_container runc other
assert_equal "LXCFS's total" 65536 "$(total alive)"

step "without --adopt-lxcfs they are somebody else's"
# shellcheck disable=SC2119
start_resviewd
"$remount" --run-dir="$run"
assert_equal "records" '' "$(ls "$run/containers")"
assert_match "still LXCFS's" 'fuse.lxcfs' \
	"$(grep ' /proc/meminfo ' "/proc/$(container_pid alive)/mountinfo")"

step "a plan changes nothing"
plan=$("$remount" --run-dir="$run" --adopt-lxcfs --dry-run)
assert_match "plan" '/proc/meminfo.*LXCFS' "$plan"
assert_equal "records" '' "$(ls "$run/containers")"

step "while LXCFS runs: no read fails, and none sees the host"
cat >"$work/rootfs/tmp/read" <<'END'
n=0
while [ ! -e /tmp/stop ]; do
	grep -q '^MemTotal:  *65536 kB' /proc/meminfo || exit 1
	n=$((n + 1))
done
echo "$n reads"
END
in_container alive sh /tmp/read >"$work/reads" &
reader=$!
sleep 0.5
"$remount" --run-dir="$run" --adopt-lxcfs
sleep 0.5
touch "$work/rootfs/tmp/stop"
wait "$reader" || fail "a read failed, or saw something else"
step "$(cat "$work/reads")"

# adopted NAME: all that was LXCFS's is ours.
adopted() {
	local mounts

	mounts=$(cat "/proc/$(container_pid "$1")/mountinfo")
	# The tree is always mounted over what was there: resview-remount(8).
	since 6.5 || mounts=$(grep -v " /var/lib/lxcfs .* fuse.lxcfs " \
		<<<"$mounts" | sort -u -k 5,5)
	assert_equal "LXCFS's mounts in $1" '' "$(grep fuse.lxcfs <<<"$mounts")"
	assert_equal "mounts of ours in $1" 9 \
		"$(grep -c ' - fuse.resview ' <<<"$mounts")"
}
adopted alive
adopted other
assert_equal "total" 65536 "$(total alive)"
assert_equal "total of the other" 131072 "$(total other)"
assert_equal "CPUs" 1 "$(in_container alive grep -c ^processor /proc/cpuinfo)"
assert_equal "CPUs online" 0 \
	"$(in_container alive cat /sys/devices/system/cpu/online)"
assert_equal "the tree, for nested containers" 65536 \
	"$(in_container alive cat /var/lib/lxcfs/proc/meminfo |
		awk '/^MemTotal:/ { print $2 }')"

step "its cgroup is recorded"
on_v2 && tree=unified || tree=memory
assert_equal "records" 2 "$(find "$run/containers" -name '*.json' | wc -l)"
assert_equal "its first process" "$(container_pid alive)" \
	"$(jq -s "[.[] | select(.cgroups.$tree == \"/$group/alive\") | .pid][0]" \
		"$run/containers"/*.json)"

step "LXCFS is killed: nobody here notices"
kill -KILL "$lxcfs"
wait "$lxcfs" 2>/dev/null || true
umount --lazy "$lxcfs_fs"
assert_equal "total" 65536 "$(total alive)"

step "a container whose LXCFS has crashed"
start_lxcfs
lxcfs_bundle dead '.linux.resources.memory.limit = 201326592'
start_container runc dead
assert_equal "LXCFS's total" 196608 "$(total dead)"
kill -KILL "$lxcfs"
wait "$lxcfs" 2>/dev/null || true
umount --lazy "$lxcfs_fs"
! total dead >/dev/null 2>"$work/said" || fail "LXCFS is dead and answers"
assert_match "what LXCFS's users know" 'not connected|free:' \
	"$(in_container dead cat /proc/meminfo 2>&1)$(cat "$work/said")"
"$remount" --run-dir="$run" --adopt-lxcfs
adopted dead
assert_equal "total" 196608 "$(total dead)"

step "adopted is as good as hooked: all of ours killed, and repaired"
kill -KILL "$daemon" "$(worker_of "$run")"
wait "$daemon" 2>/dev/null || true
# shellcheck disable=SC2119
start_again
"$remount" --run-dir="$run"
for name in alive other dead; do
	adopted "$name"
done
assert_equal "total" 196608 "$(total dead)"
assert_equal "total" 65536 "$(total alive)"
