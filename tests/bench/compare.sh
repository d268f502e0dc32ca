#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The same checks on resview and on LXCFS, in the same containers: what the
# README says of the two is what this prints.

set -eu

usage() {
	cat <<'END'
usage: tests/bench/compare.sh

Runs each check in a container with resview and in one with LXCFS (Debian's
package, with -l --enable-cfs --enable-pidfd), and prints which hold. Needs
root, runc, python3 and lxcfs.
END
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
'') ;;
*)
	echo "compare.sh: unknown option '$1', see --help" >&2
	exit 2
	;;
esac

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

need runc jq python3 lxcfs

lxcfs_fs=$work/lxcfs
mkdir "$lxcfs_fs"
setpriv --pdeathsig TERM lxcfs -f -l --enable-cfs --enable-pidfd \
	-p "$work/lxcfs.pid" "$lxcfs_fs" >"$work/lxcfs.log" 2>&1 &
pids+=("$!")
# shellcheck disable=SC2119
start_resviewd
wait_for 10 serves "$lxcfs_fs" || fail "LXCFS does not serve"

# LXCFS is mounted by the runtime: what it has and runc lets pass.
lxcfs_binds=$({
	for view in cpuinfo diskstats loadavg meminfo slabinfo stat swaps \
		uptime; do
		echo "proc/$view"
	done
	echo sys/devices/system/cpu/online
} | jq -R --arg fs "$lxcfs_fs" '{source: ($fs + "/" + .), type: "bind",
	destination: ("/" + .), options: ["bind"]}' | jq -sc .)

# pair NAME JQ-EDIT: a container of each kind, resview-NAME and lxcfs-NAME.
pair() {
	make_bundle "resview-$1" "$2"
	make_bundle "lxcfs-$1" "$2" "del(.hooks) | .mounts += $lxcfs_binds"
	start_container runc "resview-$1" || fail "cannot start resview-$1"
	start_container runc "lxcfs-$1" || fail "cannot start lxcfs-$1"
}

end_pair() {
	stop_container "resview-$1"
	stop_container "lxcfs-$1"
}

# holds KIND PAIR CHECK...: yes or no
holds() {
	local kind=$1 name=$2

	shift 2
	if in_container "$kind-$name" /usr/bin/python3 \
		/test/bench/checks.py "$@" >/dev/null 2>&1; then
		echo yes
	else
		echo no
	fi
}

# check TEXT PAIR CHECK...: one row.
check() {
	local text=$1

	shift
	printf '%-52s %-8s %s\n' "$text" "$(holds resview "$@")" \
		"$(holds lxcfs "$@")"
}

printf '%-52s %-8s %s\n' '' resview "LXCFS $(lxcfs --version 2>&1 |
	tr -d '"')"

pair small '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
check "MemTotal is the limit" small total 65536
check "as many CPUs as the quota, rounded up" small cpu_count 1
check "a read at an offset, and past the end" small offsets
check "8 threads read one fd, no torn text" small threads
check "slabinfo is not readable to everybody" small slabinfo
check "vmstat is the container's" small own /proc/vmstat
check "pressure/cpu is the container's" small own /proc/pressure/cpu
[ ! -e /sys/devices/system/cpu/cpu1/online ] ||
	check "cpu1/online is 0 with one CPU" small offline 1
end_pair small

if [ "$(getconf _NPROCESSORS_ONLN)" -ge 2 ]; then
	pair second '.linux.resources.cpu = {cpus: "1"}'
	check "cpuset 1: cpuinfo, stat and online agree" second cpu_ids
	end_pair second
fi

pair busy '.linux.resources.cpu = {quota: 50000, period: 100000}
	| .process.args = ["sh", "-c", "while :; do :; done"]'
sleep 1
check "the first reading of stat has what was used" busy used_time
check "stat never goes back, under a quota" busy counters
end_pair busy

if ! on_v2; then
	mkdir -p "/sys/fs/cgroup/cpu/$group/parent"
	echo 50000 >"/sys/fs/cgroup/cpu/$group/parent/cpu.cfs_quota_us"
	pair child '.linux.cgroupsPath |= sub("/(?<name>[^/]*)$";
			"/parent/\(.name)")'
	check "a quota of the parent cgroup counts" child cpu_count 1
	end_pair child
fi

pair pause '.linux.resources.memory.limit = 33554432'
for kind in resview lxcfs; do
	pid=$(container_pid "$kind-pause")
	make_bundle "$kind-shared" \
		".linux.namespaces |= map(if .type == \"pid\" then
			.path = \"/proc/$pid/ns/pid\" else . end)
		| .linux.resources.memory.limit = 100663296" \
		"$([ $kind = resview ] && echo . ||
			echo "del(.hooks) | .mounts += $lxcfs_binds")"
	start_container runc "$kind-shared" || fail "cannot start $kind-shared"
done
check "own limits with a shared pid namespace" shared total 98304
# The process that serves: LXCFS's one, and resviewd's worker.
lxcfs_pid=${pids[0]}
worker=$(worker_of "$run")
# The shell reports a killed job on its own stderr, when it waits for it.
exec 3>&2 2>/dev/null
kill -KILL "$lxcfs_pid" "$worker" || true
wait "$lxcfs_pid" || true
exec 2>&3 3>&-
check "readable after its server was killed" shared total 98304
