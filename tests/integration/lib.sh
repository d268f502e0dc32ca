#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What every integration test starts with: a place of its own, and a clean end.
#
# A test sources this file first. It then runs as root in a mount namespace of
# its own, with an empty directory $work, and everything that the helpers below
# start, mount or make is gone when it exits. Exit codes: 0 passed, 77 skipped
# with its reason on stdout, anything else failed.

set -eu -o pipefail

skip() {
	echo "SKIP: $*"
	exit 77
}

fail() {
	echo "FAIL: $*"
	exit 1
}

step() {
	echo "-- $*"
}

need() {
	local program

	for program; do
		command -v "$program" >/dev/null || skip "$program is missing"
	done
}

[ "$(id -u)" = 0 ] || skip "needs root"
if [ "${RESVIEW_TEST_NAMESPACE:-}" != "$0" ]; then
	export RESVIEW_TEST_NAMESPACE="$0"
	exec unshare --mount --propagation private "$0" "$@" </dev/null
fi

PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
top=$(readlink -f "$here/../..")
build=${RESVIEW_BUILD:-$top/build/dev}
resviewd=$build/daemon/resviewd
hook=$build/hook/resview-hook
# shellcheck disable=SC2034 # used by tests
remount=$build/remount/resview-remount
work=$(mktemp -d /tmp/resview-test.XXXXXX)
group=resview-test-$$ # our cgroup in each hierarchy
pids=()
declare -A runtime_of=()
asked_runtime=${1:-} # of a test that takes one
run='' # the last daemon's --run-dir, mount point and pid
fs=''
daemon=''
bin='' # where its programs are
# Of a hook: by itself it gives up after 2 s, and the container has the host's
# files. What is tested is seldom that, and a busy machine may take as long.
patient=--timeout=30

# --- the end ---------------------------------------------------------------

remove_cgroups() {
	local dir

	for dir in /sys/fs/cgroup/"$group" /sys/fs/cgroup/*/"$group"; do
		[ -d "$dir" ] || continue
		# A task that was just killed holds its cgroup for a moment.
		for _ in $(seq 200); do
			find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null
			[ -d "$dir" ] || break
			sleep 0.05
		done
	done
}

remove_mounts() {
	awk -v top="$work/" 'index($5, top) == 1 { print $5 }' \
		/proc/self/mountinfo | sort -r |
		while read -r target; do umount --lazy "$target" || true; done
}

kill_all() {
	local name pid

	for name in "${!runtime_of[@]}"; do
		runtime "${runtime_of[$name]}" delete --force "$name" \
			>/dev/null 2>&1 || true
	done
	for pid in ${pids[@]+"${pids[@]}"}; do
		kill "$pid" 2>/dev/null || continue
		ends_soon "$pid" || kill -KILL "$pid" 2>/dev/null || continue
		ends_soon "$pid"
	done
}

# ends_soon PID: within five seconds.
ends_soon() {
	for _ in $(seq 50); do
		kill -0 "$1" 2>/dev/null || return 0
		sleep 0.1
	done
	return 1
}

# kill_orphans: the workers of supervisors that were killed.
kill_orphans() {
	local file pid ticks

	for file in "$work"/*/worker; do
		[ -e "$file" ] || continue
		while read -r pid ticks; do
			[ "$(start_ticks "$pid")" != "$ticks" ] ||
				kill -KILL "$pid" || true
		done <"$file"
	done
}

# What is still there of this test; nothing, if all is well.
leftovers() {
	local dir pid

	for dir in "$work" /sys/fs/cgroup/"$group" /sys/fs/cgroup/*/"$group"; do
		[ ! -e "$dir" ] || echo "$dir"
	done
	for pid in ${pids[@]+"${pids[@]}"}; do
		! kill -0 "$pid" 2>/dev/null || echo "process $pid"
	done
}

cleanup() {
	local status=$? log left

	trap - EXIT
	set +e
	if [ "$status" != 0 ] && [ "$status" != 77 ]; then
		for log in "$work"/*.log; do
			[ -s "$log" ] || continue
			echo "== $(basename "$log")"
			tail -n 30 "$log"
		done
	fi
	kill_all
	kill_orphans
	remove_mounts
	remove_cgroups
	rm -rf --one-file-system "$work"
	left=$(leftovers)
	if [ -n "$left" ]; then
		echo "FAIL: left behind:" "$left"
		[ "$status" != 0 ] || status=1
	fi
	exit "$status"
}

trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# start_ticks PID: when it was started, as in /proc/PID/stat; "" if it is gone.
start_ticks() {
	sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
}

# since MAJOR.MINOR: is this kernel that old, or younger?
since() {
	printf '%s\n' "$1" "$(uname -r)" | sort --check=quiet --version-sort
}

# --- assertions ------------------------------------------------------------

# wait_for SECONDS COMMAND...: until COMMAND succeeds. It may take eight times as
# long: other tests run beside this one, and who knows what else.
wait_for() {
	local tries=$(($1 * 160))

	shift
	while [ "$tries" -gt 0 ]; do
		"$@" >/dev/null 2>&1 && return 0
		tries=$((tries - 1))
		sleep 0.05
	done
	return 1
}

# assert_equal WHAT WANTED GOT
assert_equal() {
	[ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}

# assert_between WHAT LOW HIGH GOT (numbers, decimals allowed)
assert_between() {
	awk -v l="$2" -v h="$3" -v g="$4" \
		'BEGIN { exit !(g ~ /^[0-9.]+$/ && g + 0 >= l && g + 0 <= h) }' ||
		fail "$1: wanted $2 to $3, got '$4'"
}

# assert_match WHAT REGEX GOT
assert_match() {
	[[ $3 =~ $2 ]] || fail "$1: wanted /$2/, got '$3'"
}

# assert_fails CODE COMMAND...: exits with CODE, and says so in one line on
# stderr, which is left in $error.
assert_fails() {
	local want=$1 got=0

	shift
	"$@" >"$work/out" 2>"$work/error" </dev/null || got=$?
	error=$(cat "$work/error")
	assert_equal "exit code of $*" "$want" "$got"
	assert_equal "lines on stderr of $* ($error)" 1 \
		"$(wc -l <"$work/error")"
}

# own_etc: an /etc that nobody else sees, and that may be written to.
own_etc() {
	[ ! -d "$work/etc" ] || return 0
	cp -a /etc "$work/etc"
	mount --bind "$work/etc" /etc
}

# --- the daemon ------------------------------------------------------------

# serves MOUNTPOINT: does a daemon answer there?
serves() {
	timeout 60 grep -q '^MemTotal:' "$1/proc/meminfo"
}

# start_resviewd [OPTION...]: a daemon with a run directory of its own; sets
# $run, $fs and $daemon once it serves.
start_resviewd() {
	run=$(mktemp -d "$work/run.XXXX")
	fs=$run/fs
	start_again "$@"
}

# repaired: has the daemon's resview-remount ended?
repaired() {
	! pgrep -P "$daemon" -x resview-remount
}

# start_resviewd_in_memory: the same with the run directory on a tmpfs, as /run
# is, which the bench measures.
start_resviewd_in_memory() {
	run=$work/run
	fs=$run/fs
	mkdir "$run"
	mount -t tmpfs tmpfs "$run"
	# shellcheck disable=SC2119
	start_again
}

# start_again [OPTION...]: another daemon for $run; what it says is added to the
# log, which is $run.log. It is run by the words of $daemon_prefix.
daemon_prefix=()
start_again() {
	local said

	[ -c /dev/fuse ] || skip "no /dev/fuse here"
	own_programs
	touch "$run.log"
	said=$(wc -l <"$run.log")
	setpriv --pdeathsig TERM ${daemon_prefix[@]+"${daemon_prefix[@]}"} \
		"$resviewd" --foreground --run-dir "$run" "$@" \
		>>"$run.log" 2>&1 &
	daemon=$!
	pids+=("$daemon")
	wait_for 10 sh -c "tail -n '+$((said + 1))' '$run.log' |
		grep -q 'serving '" || fail "resviewd does not serve"
	wait_for 10 serves "$fs" || fail "resviewd does not serve $fs"
	wait_for 10 repaired || fail "resview-remount does not end"
}

# own_programs: resviewd and what it starts in a directory $bin of this test's
# own, for their files to be replaced; $resviewd is the one there from then on.
# Containers it does not repair by itself, as it would with the resview-remount
# that repairing puts there.
own_programs() {
	[ -z "$bin" ] || return 0
	[ -x "$resviewd" ] || fail "$resviewd is not built"
	bin=$work/bin
	mkdir "$bin"
	cp "$resviewd" "$(dirname "$resviewd")/resview-worker" "$bin"
	printf '#!/bin/sh\n' >"$bin/resview-remount"
	chmod +x "$bin/resview-remount"
	resviewd=$bin/resviewd
}

repairing() {
	own_programs
	cp "$build/remount/resview-remount" "$bin"
}

# worker_of RUN_DIR: the pid of the worker that serves, or of the one that is
# about to.
worker_of() {
	head -n 1 "$1/worker" | cut -d' ' -f1
}

# kill_serving: the daemon and the worker that serves, and with them their
# connection. The daemon first: it would start another worker.
kill_serving() {
	kill -KILL "$daemon" "$(worker_of "$run")"
	wait "$daemon" 2>/dev/null || true
}

# stop_pid PID: end a process of ours and wait for it.
stop_pid() {
	kill "$1"
	wait "$1" 2>/dev/null || true
}

# shellcheck source=tests/integration/containers.sh
. "$here/containers.sh"
