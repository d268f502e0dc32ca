#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What guest.sh begins with: questions to the service, and readers.

set -u
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin
unit=resviewd.service
fs=/run/resview/fs
stored=5 # fds in the store
container=''
late=''
failed=0

fail() {
	echo "FAIL: $*"
	failed=$((failed + 1))
}

# check WHAT WANTED GOT
check() {
	[ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}

# show PROPERTY [UNIT]
show() {
	systemctl show --value --property "$1" "${2:-$unit}"
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds. It may take eight times as
# long: who knows what else the machine does.
wait_for() {
	local end=$(($(now_ms) + $1 * 8000))

	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(now_ms)" -lt "$end" ] || return 1
		sleep 0.02
	done
}

# --- the service -----------------------------------------------------------

supervisor() {
	show MainPID
}

# workers: their pids, in one line.
workers() {
	local pid found=''

	while read -r pid; do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != resview-worker ] ||
			found+=" $pid"
	done <"/sys/fs/cgroup$(show ControlGroup)/cgroup.procs"
	echo "${found# }"
}

device() {
	stat --format %d "$fs"
}

# settled [OLD-SUPERVISOR [OLD-WORKER]]: are both there once, none of them the
# old one, and the connection in the store?
settled() {
	local worker

	worker=$(workers)
	[ "$(show ActiveState)" = active ] &&
		[ "$(show NFileDescriptorStore)" = $stored ] &&
		[ "$(supervisor)" != "${1:-}" ] &&
		[ "$(wc -w <<<"$worker")" = 1 ] && [ "$worker" != "${2:-}" ]
}

describe() {
	echo "$(show ActiveState), supervisor $(supervisor), worker" \
		"$(workers), $(show NFileDescriptorStore) fds in the store"
}

# --- readers ---------------------------------------------------------------

# A mount namespace with our files, as a container has it.
start_container() {
	[ -z "$container" ] || kill "$container"
	rm -f /run/container
	# shellcheck disable=SC2016
	unshare --mount --propagation private sh -c '
		cd /run/resview/fs || exit 1
		for f in proc/* proc/pressure/* sys/devices/system/cpu/online; do
			[ ! -f "$f" ] || mount --bind "$f" "/$f" || exit 1
		done
		touch /run/container
		exec sleep infinity' &
	container=$!
	wait_for 5 test -e /run/container || fail 'no container'
}

# inside PID COMMAND...: in its mount namespace.
inside() {
	nsenter --target "$1" --mount "${@:2}"
}

# start_late: a container, $late, as a runtime starts it, and what our hook does
# about it.
start_late() {
	unshare --mount --propagation private sleep infinity &
	late=$!
	mkdir -p /run/bundle
	echo '{"root": {"path": "/"}}' >/run/bundle/config.json
	wait_for 5 other_namespace "$late"
	hook creating
	[ -e /run/resview/containers/late.json ] || fail 'it is not recorded'
}

end_late() {
	kill "$late"
	hook stopped
	[ ! -e /run/resview/containers/late.json ] || fail 'it stays recorded'
}

other_namespace() {
	[ "$(readlink "/proc/$1/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]
}

# hook STATUS: for $late.
hook() {
	printf '{"id": "late", "status": "%s", "pid": %d, "bundle": "%s"}' \
		"$1" "$late" /run/bundle |
		/usr/local/libexec/resview/resview-hook || fail "hook: $?"
}

# views_of PID: where its namespace has files of ours.
views_of() {
	awk '/ - fuse.resview / && $4 != "/" { print $5 }' "/proc/$1/mountinfo"
}

# has_live_views PID: more than a few, one layer each, of our mount.
has_live_views() {
	check "views twice in $1" '' "$(views_of "$1" | sort | uniq -d)"
	[ "$(views_of "$1" | wc -l)" -gt 10 ] ||
		fail "$1 has $(views_of "$1" | wc -l) views"
	check "device in $1" "$(device)" \
		"$(inside "$1" stat --format %d /proc/meminfo)"
	inside "$1" grep -q ^MemTotal /proc/meminfo || fail "$1 reads nothing"
}

# post_start: how ExecStartPost= ended.
post_start() {
	systemctl show --property ExecStartPostEx "$unit" |
		sed 's/.*code=\([a-z]*\) ; status=\([0-9]*\).*/\1 \2/'
}

# figure NAME: of the readers.
figure() {
	sed -n "s/^{[^{]*\"$1\": \([0-9]*\).*/\1/p" /run/figures
}

# The longest wait of one system call.
worst_ms() {
	sed -n 's/.*"calls": {[^}]*"worst": \([0-9]*\.[0-9]\).*/\1/p' \
		/run/figures
}

# during SECONDS STEP COMMAND...: run COMMAND while readers read. Prints a row,
# and sets $errors and $worst.
during() {
	local seconds=$1 step=$2 readers start took

	shift 2
	nsenter --target "$container" --mount reader --json --pause 300 \
		"$seconds" open=4 seek=4 small=1 \
		>/run/figures 2>/run/wrong </dev/null &
	readers=$!
	sleep 0.5
	start=$(now_ms)
	"$@"
	took=$(($(now_ms) - start))
	wait "$readers"
	errors=$(($(figure errors) + $(figure torn) + $(figure stale) + \
		$(figure backwards) + $(figure hung)))
	worst=$(worst_ms)
	printf '%-36s %7d %8d %7d %9s %9s\n' "$step" "$took" \
		"$(figure cycles)" "$errors" "$worst" "$(show NRestarts)"
}

# survives SECONDS LIMIT-MS STEP COMMAND...: no reader sees an error, or waits
# longer than LIMIT, and in the end it all is there again, on the same mount.
survives() {
	local limit=$2 step=$3 before
	before=$(device)

	during "$1" "${@:3}"
	wait_for 5 settled '' || fail "$step: $(describe)"
	check "$step: device of the mount" "$before" "$(device)"
	check "$step: errors" 0 "$errors"
	[ "$errors" = 0 ] || head -n 20 /run/wrong
	[ "${worst%.*}" -lt "$limit" ] || fail "$step: a wait of $worst ms"
}
