#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What one read costs: the kernel's own file, a FUSE file of constant content
# (the floor), resview pinned and caller-identified, and LXCFS, in one run.

set -eu

usage() {
	cat <<'END'
usage: tests/bench/run.sh [--json] [--free] [--ops N] [--rounds N]
                          [--views LIST]

Prints p50, p99 and CPU time of open+read+close and of lseek+read, and the
servers' system calls per read, for a reader in a container with a memory
limit. The servers take turns. Needs root, runc or crun, and strace; LXCFS is
measured if its package is installed.

  --json       figures for programs
  --free       let the scheduler place reader and servers (default: all on
               one CPU, where a wake-up costs the same for all of them)
  --ops N      operations a round (default 500)
  --rounds N   rounds (default 5)
  --views LIST comma-separated (default meminfo,stat,cpuinfo,uptime,online)
END
}

json=''
place=one
ops=500
rounds=5
views='meminfo stat cpuinfo uptime online'
arguments=("$@")
while [ $# -gt 0 ]; do
	case $1 in
	--help | -h) usage && exit 0 ;;
	--json) json=--json ;;
	--free) place=free ;;
	--ops) ops=${2:?--ops needs a number} && shift ;;
	--rounds) rounds=${2:?--rounds needs a number} && shift ;;
	--views) views=${2:?--views needs a list} && views=${views//,/ } && shift ;;
	*)
		echo "run.sh: unknown option '$1', see --help" >&2
		exit 2
		;;
	esac
	shift
done
set -- ${arguments[@]+"${arguments[@]}"}

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

build=${RESVIEW_BUILD:-$top/build/release}
resviewd=$build/daemon/resviewd
hook=$build/hook/resview-hook
name=bench-$$

say() {
	echo "== $*" >&2
}

build_release() {
	[ -z "${RESVIEW_BUILD:-}" ] || return 0
	say "building (release)"
	(cd "$top" && cmake --preset release &&
		cmake --build build/release -j "$(nproc)") \
		>"$work/build.log" 2>&1 || fail "the release build failed"
}

# path_of VIEW: where it is below /.
path_of() {
	case $1 in
	online) echo sys/devices/system/cpu/online ;;
	*) echo "proc/$1" ;;
	esac
}

# The views of a tree in one flat directory, each a bind mount as in a
# container: no look-up of the directories above it.
flatten() {
	local view

	mkdir "$work/$1"
	for view in $views; do
		touch "$work/$1/$view"
		mount --bind "$2/$(path_of "$view")" "$work/$1/$view"
	done
}

start_floor() {
	local view

	mkdir "$work/content" "$work/floor-fs" "$work/floor"
	for view in $views; do
		cat "/$(path_of "$view")" >"$work/content/$view"
	done
	setpriv --pdeathsig TERM "$build/tests/bench/floor" "$work/content" \
		"$work/floor-fs" &
	floor=$!
	pids+=("$floor")
	wait_for 5 test -e "$work/floor-fs/${views%% *}" ||
		fail "the floor server does not serve"
	for view in $views; do
		touch "$work/floor/$view"
		mount --bind "$work/floor-fs/$view" "$work/floor/$view"
	done
}

# Debian's package: an instance of our own beside any that runs.
start_lxcfs() {
	lxcfs=''
	if ! command -v lxcfs >/dev/null; then
		say "LXCFS is not installed (apt-get install lxcfs): not measured"
		return 0
	fi
	mkdir "$work/lxcfs-fs"
	setpriv --pdeathsig TERM lxcfs -f -l --enable-cfs --enable-pidfd \
		-p "$work/lxcfs.pid" "$work/lxcfs-fs" >"$work/lxcfs.log" 2>&1 &
	lxcfs=$!
	pids+=("$lxcfs")
	wait_for 10 grep -q MemTotal "$work/lxcfs-fs/proc/meminfo" ||
		fail "LXCFS does not serve"
	flatten lxcfs "$work/lxcfs-fs"
}

# inside COMMAND...: in the container's cgroups and pid namespace, with the
# host's files.
inside() {
	sh -c '
		pid=$1
		shift
		while IFS=: read -r _ controllers path; do
			case $controllers in
			"") dir=unified ;;
			name=*) dir=${controllers#name=} ;;
			*) dir=$controllers ;;
			esac
			[ -d "/sys/fs/cgroup/$dir" ] || dir=
			echo $$ >"/sys/fs/cgroup/$dir$path/cgroup.procs"
		done <"/proc/$pid/cgroup"
		exec nsenter --target "$pid" --pid "$@"
	' sh "$init" "$@"
}

# traced PID: is somebody tracing all its threads?
traced() {
	! grep -q '^TracerPid:[[:space:]]*0$' /proc/"$1"/task/*/status
}

# calls VIEW SERVER PID: system calls of PID for one read of the file.
calls() {
	local n=300 tracer

	strace -f -c -S calls -U calls -o "$work/strace" -p "$3" 2>/dev/null &
	tracer=$!
	wait_for 5 traced "$3" || fail "strace cannot trace $2"
	inside "$build/tests/bench/bench" -n "$n" -o "$work/$2/$1"
	kill -INT "$tracer"
	wait "$tracer" || true
	awk -v n="$n" -v view="$1" -v server="$2" '
		$NF == "total" || $2 == "total" { print view, server, $1 / n }
		' "$work/strace" >>"$work/calls"
}

build_release
need strace jq nsenter
[ "$place" = free ] || taskset -p -c "$(taskset -p -c $$ |
	sed 's/.*: *\([0-9]*\).*/\1/')" $$ >/dev/null
# shellcheck disable=SC2119
start_resviewd
make_bundle "$name" '.linux.resources.memory.limit = 268435456'
if command -v runc >/dev/null; then
	start_container runc "$name" || fail "runc cannot start a container"
else
	start_container crun "$name" || fail "crun cannot start a container"
fi
init=$(container_pid "$name")
flatten kernel /
flatten pinned "$fs/containers/$name"
flatten caller "$fs"
start_floor
start_lxcfs

servers=("kernel=$work/kernel" "floor=$work/floor=$floor"
	"pinned=$work/pinned=$daemon" "caller=$work/caller=$daemon")
[ -z "$lxcfs" ] || servers+=("lxcfs=$work/lxcfs=$lxcfs")

say "timing: $rounds rounds of $ops operations"
# shellcheck disable=SC2086
inside "$build/tests/bench/bench" -n "$ops" -r "$rounds" $views \
	"${servers[@]}" >"$work/times"

say "counting system calls"
: >"$work/calls"
for view in $views; do
	calls "$view" floor "$floor"
	calls "$view" pinned "$daemon"
	calls "$view" caller "$daemon"
	[ -z "$lxcfs" ] || calls "$view" lxcfs "$lxcfs"
done

"$here/../bench/report.py" "$work/times" "$work/calls" $json
