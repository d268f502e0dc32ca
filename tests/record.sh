#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A container and its host as a directory of files: for a bug report, and for
# tests/fixtures.
set -eu -o pipefail
export LC_ALL=C

usage() {
	cat <<'END'
usage: tests/record.sh PID DIR

Writes to the new directory DIR what resviewd reads of the container that the
process PID is the init of: files of the host, of its cgroups and of those they
are in, and which of its threads run. The layout is that of
tests/unit/fixture.h; what the views say of it is not in it.

Names of processes and of swap files, and serial numbers, are left out. Names of
cgroups and disks, and process ids, are in it. Run it as root on the host.
END
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
esac
if [ $# != 2 ] || [ ! -d "/proc/$1" ] || [ -e "$2" ]; then
	usage >&2
	exit 2
fi
pid=$1 out=$2 cgroupfs=/sys/fs/cgroup

# What is read of a cgroup, by what its name begins with.
cgroup_files=(
	memory.{max,current,swap.max,swap.current,stat,numa_stat,events}
	memory.{limit_in_bytes,usage_in_bytes,memsw.limit_in_bytes,oom_control}
	cpu.{max,stat,stat.local,cfs_quota_us,cfs_period_us}
	cpuacct.{stat,usage,usage_all,usage_percpu_user,usage_percpu_sys}
	cpuset.{cpus,cpus.effective,effective_cpus}
	cpuset.{mems,mems.effective,effective_mems}
	hugetlb.{2MB,1GB}.{max,current,limit_in_bytes,usage_in_bytes}
	io.stat pids.current {cpu,io,memory}.pressure
	blkio.{throttle,bfq}.io_service{_bytes,d}{,_recursive}
)

# keep FILE NAME: a copy of FILE as NAME, if it can be read.
keep() {
	[ -r "$1" ] || return 0
	mkdir -p "$(dirname "$out/$2")"
	cat "$1" >"$out/$2" 2>/dev/null || rm "$out/$2"
}

# --- the host --------------------------------------------------------------

record_host() {
	local file system=/sys/devices/system

	for file in cpuinfo diskstats interrupts loadavg meminfo partitions \
		schedstat softirqs stat swaps sys/vm/overcommit_ratio uptime \
		vmstat; do
		keep "/proc/$file" "proc/$file"
	done
	sed -i 's/^\(Serial[\t ]*: \).*/\10/' "$out/proc/cpuinfo"
	sed -i 's/^\/[^ ]* /\/swap /' "$out/proc/swaps"
	for file in "$system"/cpu/{online,offline,present,possible} \
		"$system"/cpu/cpu[0-9]*/online "$system"/node/{online,possible,has_memory,has_normal_memory} \
		"$system"/node/node[0-9]*/{cpulist,cpumap,meminfo,numastat} \
		/sys/block/*/{dev,stat} /sys/block/*/*/{dev,stat}; do
		keep "$file" "${file#/}"
	done
}

# --- the container ---------------------------------------------------------

# record_level DIR NAME [PREFIX]: a cgroup, but for the processes in it.
record_level() {
	local file

	mkdir -p "$out/$2"
	: >"$out/$2/cgroup.procs"
	for file in "${cgroup_files[@]}"; do
		[[ $file != "${3:-}"* ]] || keep "$1/$file" "$2/$file"
	done
}

# record_threads DIR NAME: who is in the cgroup, and in those below it.
record_threads() {
	local dir file

	find "$1" -type d -printf '%P\n' | while read -r dir; do
		for file in cgroup.procs cgroup.threads tasks; do
			keep "$1/$dir/$file" "$2/$dir/$file"
		done
	done
}

# record_hierarchy TOP NAME PATH [PREFIX]
record_hierarchy() {
	local path=$3

	mkdir -p "$out/$2"
	keep "$1/cgroup.controllers" "$2/cgroup.controllers"
	while [ "$path" != / ]; do
		record_level "$1$path" "$2$path" "${4:-}"
		path=$(dirname "$path")
	done
	[ "$3" = / ] || record_threads "$1${3%/init.scope}" "$2${3%/init.scope}"
}

record_cgroups() {
	local names path name

	while IFS=: read -r _ names path; do
		if [ -z "$names" ]; then
			[ ! -e $cgroupfs/cgroup.controllers ] ||
				record_hierarchy $cgroupfs cgroup "$path"
			[ ! -e $cgroupfs/unified ] || record_hierarchy \
				$cgroupfs/unified cgroup/unified "$path"
		fi
		for name in ${names//,/ }; do
			case $name in
			cpu | cpuacct | cpuset | memory | blkio | hugetlb | pids)
				record_hierarchy "$cgroupfs/$name" \
					"cgroup/$name" "$path" "$name."
				;;
			esac
		done
	done <"/proc/$pid/cgroup"
	keep "/proc/$pid/cgroup" init/cgroup
}

# The state of each thread, and its ids.
record_states() {
	local tid

	find "$out/cgroup" \( -name cgroup.threads -o -name tasks \) \
		-exec cat {} + | sort -u | while read -r tid; do
		mkdir -p "$out/proc/$tid/task/$tid"
		(
			cd "$out/proc/$tid/task/$tid"
			sed 's/ (.*) / (x) /' "/proc/$tid/task/$tid/stat" >stat
			grep NSpid "/proc/$tid/task/$tid/status" >status
		) 2>/dev/null || rm -r "$out/proc/$tid"
	done
}

# The clock that containers are counted by, and when this one began.
record_info() {
	local ticks offset nanoseconds

	ticks=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
	echo "pid $pid"
	awk '{ printf "now_ns %d0000000\n", $1 * 100 }' "$out/proc/uptime"
	echo "start_ns $((ticks * 1000000000 / $(getconf CLK_TCK)))"
	[ "$(readlink "/proc/$pid/ns/time")" != "$(readlink /proc/self/ns/time)" ] ||
		return 0
	read -r _ offset nanoseconds < <(grep boottime \
		"/proc/$pid/timens_offsets")
	echo "time_namespace 1"
	echo "boottime_offset $((offset * 1000000000 + nanoseconds))"
}

mkdir -p "$out/init"
record_cgroups
record_states
record_host
record_info >"$out/init/info"
