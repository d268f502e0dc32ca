#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# See for yourself: one container with limits, and what programs in it find.

set -eu

usage() {
	cat <<'END'
usage: packaging/try.sh

Installs what is missing (apt-get), builds resview, starts a container with
64 MiB and half a CPU, shows what unmodified programs say on the host and in
the container, and kills the server while they read. Nothing is left running or
mounted. Needs root.
END
}

case ${1:-} in
'') ;;
--help | -h) usage && exit 0 ;;
*)
	echo "try.sh: unknown option '$1', see --help" >&2
	exit 2
	;;
esac
if [ "$(id -u)" != 0 ]; then
	echo "try.sh: mounting and containers need root: sudo $0" >&2
	exit 1
fi

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../tests/integration/lib.sh"

build=$top/build/try
resviewd=$build/daemon/resviewd
hook=$build/hook/resview-hook

say() {
	echo "== $*"
}

# --- install and build -----------------------------------------------------

install_missing() {
	local package missing=()

	command -v apt-get >/dev/null || return 0
	for package in gcc libc6-dev make cmake pkg-config libfuse3-dev \
		libjson-c-dev libseccomp-dev busybox-static jq procps; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q 'install ok installed' || missing+=("$package")
	done
	command -v runc >/dev/null || command -v crun >/dev/null ||
		missing+=(runc)
	[ ${#missing[@]} != 0 ] || return 0
	say "installing ${missing[*]}"
	if ! (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get \
		install -q -y --no-install-recommends "${missing[@]}") \
		>"$work/apt.log" 2>&1; then
		echo "try.sh: apt-get cannot install ${missing[*]}" >&2
		exit 1
	fi
}

build_resview() {
	say "building"
	if ! (cd "$top" && cmake --preset release -B build/try \
		-DBUILD_TESTING=OFF && cmake --build build/try -j "$(nproc)") \
		>"$work/build.log" 2>&1; then
		echo "try.sh: the build failed" >&2
		exit 1
	fi
}

# --- the container ---------------------------------------------------------

# A busybox rootfs, and beside it the host's programs, which read /proc as they
# do everywhere.
start_demo() {
	local engine=runc name

	command -v runc >/dev/null || engine=crun
	say "starting a container ($engine, 64 MiB, 0.5 CPU)"
	make_busybox_rootfs "$work/rootfs"
	mkdir -p "$work/rootfs/usr" "$work/rootfs/test"
	for name in lib lib64; do
		if [ -L "/$name" ]; then
			ln -s "$(readlink "/$name")" "$work/rootfs/$name"
		else
			mkdir -p "$work/rootfs/$name"
		fi
	done
	# shellcheck disable=SC2119
	start_resviewd
	make_bundle demo '.linux.resources.memory.limit = 67108864
		| .linux.resources.cpu = {quota: 50000, period: 100000}
		| .mounts |= map(select(.destination | IN("/bin", "/sbin",
			"/lib32", "/libx32", "/etc/alternatives", "/test") | not))'
	start_container "$engine" demo
	in_container demo sh -c 'while :; do :; done' &
	pids+=("$!")
	sleep 6
}

# What to show of each program's output.
whole() { cat; }
free_line() { awk '/^Mem:/ { print $2, "MiB,", $7, "available" }'; }
load_line() { cut -d' ' -f1-4; }
top_line() { sed -n 's/^MiB Mem : *//p' | cut -d, -f1-2 | tr -s ' '; }
vmstat_line() { awk 'END { print $13 + $14, "busy,", $15, "idle,", $17, "steal" }'; }
total_line() { awk '/^Mem:/ { print $2, "MiB" }'; }

# row NAME PICK SENTENCE COMMAND...: host and container side by side.
row() {
	local name=$1 pick=$2 sentence=$3

	shift 3
	printf '%-8s %-33s %s\n' "$name" "$("$@" | "$pick")" \
		"$(in_container demo "$@" | "$pick")"
	printf '%-8s %s\n\n' '' "$sentence"
}

show() {
	printf '\n%-8s %-33s %s\n' '' 'ON THE HOST' 'IN THE CONTAINER'
	row free free_line 'Its memory is the limit of its cgroup.' \
		/usr/bin/free -m
	row CPUs whole 'Half a CPU of quota is one CPU to count.' \
		/usr/bin/getconf _NPROCESSORS_ONLN
	row uptime whole 'It is as old as its first process.' \
		/usr/bin/uptime -p
	row load load_line 'Its own tasks only; running/all at the end.' \
		cat /proc/loadavg
	row top top_line "The memory line of top's header." \
		/usr/bin/top -b -n1
	row vmstat vmstat_line \
		'A loop runs in it; what its quota takes away is "steal".' \
		/usr/bin/vmstat 1 2
	row busybox total_line \
		"busybox's free asks sysinfo(2), which no file reaches: README." \
		busybox free -m
}

# One program in the container keeps meminfo open and reads it all the time,
# another opens it each time; what serves them is killed ten times.
survive() {
	local program="n=0; end=\$((\$(date +%s) + 3)); exec 3</proc/meminfo
		while [ \$(date +%s) -lt \$end ]; do
			head -n1 /proc/meminfo | grep -q '^MemTotal:  *65536 kB' ||
				{ echo 'a read failed'; exit 1; }
			n=\$((n + 1))
		done
		grep -q MemTotal <&3 && echo \"\$n reads, each of them right\""

	say "killing what serves it (kill -9) ten times, while it reads"
	in_container demo sh -c "$program" >"$work/survive" &
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.25
		kill -KILL "$(worker_of "$run")"
	done
	wait "$!" || true
	printf '%-8s %s\n\n' '' "$(cat "$work/survive")"
}

install_missing
build_resview
start_demo
show
survive
say "done; nothing is left running or mounted"
