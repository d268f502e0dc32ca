#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# LXC with the configuration and the hook of LXCFS's package, as they are there.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/parity.sh
. "$(dirname "$0")/parity.sh"

include=/usr/share/lxc/config/common.conf.d/00-lxcfs.conf
script=/usr/share/lxcfs/lxc.mount.hook
[ -x "$script" ] || skip "LXCFS is not installed"
[ -e "$include" ] ||
	skip "the hook of LXCFS's package is not here"
need_unpacked lxc-start lxc
in_its_place
# shellcheck disable=SC2119
start_lxcfs_named

lxc() {
	LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu \
		"lxc-$1" -P "$work/lxc" -n box "${@:2}"
}

make_busybox_rootfs "$work/root"
mkdir -p "$work/root$place" "$work/root/run" "$work/lxc/box" "$work/mounted"
cat >"$work/lxc/box/config" <<END
lxc.include = $include
lxc.uts.name = box
lxc.rootfs.path = dir:$work/root
lxc.rootfs.mount = $work/mounted
lxc.net.0.type = empty
lxc.mount.auto = proc:mixed sys:mixed
lxc.apparmor.profile = unconfined
lxc.init.cmd = /bin/sleep 900
lxc.cgroup.dir.container = $group/box
lxc.cgroup.dir.monitor = $group/monitor
lxc.cgroup.dir.monitor.pivot = $group/pivot
END
if on_v2; then
	echo 'lxc.cgroup2.memory.max = 67108864'
	echo 'lxc.cgroup2.cpu.max = 50000 100000'
else
	echo 'lxc.cgroup.memory.limit_in_bytes = 67108864'
	echo 'lxc.cgroup.cpu.cfs_quota_us = 50000'
fi >>"$work/lxc/box/config"

# begin: the container, which is gone at the latest with the test.
begin() {
	LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu \
		setpriv --pdeathsig TERM lxc-start -F -P "$work/lxc" -n box \
		-l INFO -o "$work/lxc.log" >"$work/start.log" 2>&1 &
	pids+=("$!")
	wait_for 20 inside true || fail "lxc-start: $(cat "$work/start.log")"
}

inside() {
	lxc attach --clear-env -v PATH=/bin -- "$@" </dev/null
}

lxc_end() {
	local status=$?

	set +e
	lxc stop --kill >/dev/null 2>&1
	(exit "$status")
	cleanup
}
trap lxc_end EXIT

# assert_figures: in the files that the hook has mounted.
assert_figures() {
	# shellcheck disable=SC2016
	assert_equal "meminfo" 65536 \
		"$(inside awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
	assert_equal "cpuinfo" 1 "$(inside grep -c ^processor /proc/cpuinfo)"
	assert_equal "CPUs online" 0 \
		"$(inside cat /sys/devices/system/cpu/online)"
	assert_between "uptime" 0 900 "$(inside cut -d ' ' -f 1 /proc/uptime)"
}

step "lxc.include = $include"
begin
assert_figures
for path in "$place"/proc/*; do
	[ -e "/proc/$(basename "$path")" ] || continue
	inside grep -q " /proc/$(basename "$path") .* fuse.resview " \
		/proc/self/mountinfo || fail "${path##*/} is not mounted"
done
[ ! -d /proc/pressure ] || inside cat /proc/pressure/memory >/dev/null ||
	fail "pressure cannot be read"
assert_equal "LXCFS's own tree, for a container within" 65536 "$(inside \
	sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' "$place/proc/meminfo")"

step "a reload, and a killed worker, while it runs"
kill -USR1 "$daemon"
assert_figures
kill -KILL "$(worker_of /run/resview)"
assert_figures

step "it is stopped and started"
lxc stop --kill
wait "${pids[-1]}" 2>/dev/null || true
begin
assert_figures
lxc stop --kill

step "the hook by hand, on a host without cgroup namespaces: no $place/cgroup"
# shellcheck disable=SC2016
unshare --mount sh -euc 'mount -t proc proc "$1/proc"
	mount -t sysfs sysfs "$1/sys"
	mount -t tmpfs tmpfs "$1/sys/fs/cgroup"
	LXC_ROOTFS_MOUNT=$1 "$2"
	grep -q " $1/proc/meminfo .* fuse.resview " /proc/self/mountinfo' sh \
	"$work/root" "$script" || fail "the hook"
