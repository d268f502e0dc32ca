#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# docker run -v, with each file that LXCFS's README.md lists.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/parity.sh
. "$(dirname "$0")/parity.sh"

need runc jq
need_unpacked dockerd docker.io
in_its_place
start_lxcfs_named -l --enable-cfs --enable-pidfd

jq -n --arg work "$work" --arg group "/$group/docker" '{
	"data-root": "\($work)/data", "exec-root": "\($work)/exec",
	"pidfile": "\($work)/docker.pid", "hosts": ["unix://\($work)/socket"],
	"cgroup-parent": $group, "exec-opts": ["native.cgroupdriver=cgroupfs"],
	"bridge": "none", "iptables": false, "ip6tables": false,
	"ip-forward": false, "ip-masq": false, "userland-proxy": false,
	"live-restore": false}' >"$work/docker.json"

# docker ends its own children when it is ended.
setpriv --pdeathsig TERM dockerd --config-file "$work/docker.json" \
	>"$work/dockerd.log" 2>&1 &
pids+=("$!")
d() {
	docker --host "unix://$work/socket" "$@"
}
wait_for 60 d version || skip "dockerd does not start: $(tail -n 1 \
	"$work/dockerd.log")"
make_busybox_rootfs "$work/root"
tar -C "$work/root" -c . | d import - box >/dev/null

binds=()
for file in cpuinfo diskstats meminfo stat swaps uptime loadavg slabinfo; do
	[ ! -e "/proc/$file" ] || binds+=(-v "$place/proc/$file:/proc/$file:rw")
done
binds+=(-v "$place/sys/devices/system/cpu:/sys/devices/system/cpu:rw")

# box NAME OPTION...: in the background, with those binds.
box() {
	d run --detach --name "$1" --network none "${binds[@]}" "${@:2}" box \
		sleep 900 >/dev/null || fail "docker run $1"
}

# assert_figures NAME KIBIBYTES CPUS: in all files.
assert_figures() {
	# shellcheck disable=SC2016
	assert_equal "$1: meminfo" "$2" "$(d exec "$1" \
		awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
	assert_equal "$1: cpuinfo" "$3" \
		"$(d exec "$1" grep -c ^processor /proc/cpuinfo)"
	assert_equal "$1: stat" "$3" \
		"$(d exec "$1" grep -c '^cpu[0-9]' /proc/stat)"
	assert_equal "$1: CPUs online" "$3" "$(d exec "$1" sh -c \
		'cat /sys/devices/system/cpu/cpu[0-9]*/online | grep -c 1')"
	assert_between "$1: uptime" 0 900 \
		"$(d exec "$1" cut -d ' ' -f 1 /proc/uptime)"
	assert_match "$1: loadavg" '^[0-9.]+ [0-9.]+ [0-9.]+ [0-9]+/[0-9]+ ' \
		"$(d exec "$1" cat /proc/loadavg)"
	assert_match "$1: swaps" '^Filename' "$(d exec "$1" cat /proc/swaps)"
	d exec "$1" cat /proc/diskstats >/dev/null ||
		fail "$1: diskstats cannot be read"
}

# Its containers outlive it.
docker_end() {
	local status=$?

	set +e
	d ps --quiet | xargs -r docker --host "unix://$work/socket" rm --force --volumes \
		>/dev/null 2>&1
	(exit "$status")
	cleanup
}
trap docker_end EXIT

step "docker run -v, docker exec"
box one -m 64m --cpus 0.5
box two -m 128m --cpus 1
assert_figures one 65536 1
assert_figures two 131072 1
assert_equal "slabinfo: nothing of the host" '' "$(d exec one \
	tail -n +3 /proc/slabinfo)"

step "a restart of the container"
d restart --time 0 one >/dev/null
assert_figures one 65536 1

step "a restart of resviewd in between: LXCFS's would need the containers' too"
# Without a service manager the worker serves on, and the next one takes over.
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
assert_figures two 131072 1
start_lxcfs_named -l --enable-cfs --enable-pidfd
assert_figures one 65536 1
assert_figures two 131072 1
d stop --time 0 two >/dev/null
d start two >/dev/null
assert_figures two 131072 1

step "docker update"
d update --memory 96m --memory-swap -1 two >/dev/null
has_more() {
	d exec two grep -q '^MemTotal: *98304 kB' /proc/meminfo
}
wait_for 2 has_more || fail "it does not see it"
assert_figures two 98304 1
