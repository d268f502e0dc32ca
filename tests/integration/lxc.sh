# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# LXC's own commands. Sourced after lib.sh and programs.sh.
# shellcheck disable=SC2154

lxc_need() {
	need_unpacked lxc-start lxc
	lxc start --version >/dev/null 2>&1 ||
		skip "lxc-start does not run here"
}

# lxc COMMAND ARGUMENT...: lxc-COMMAND, with its libraries.
lxc() {
	LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu \
		"lxc-$1" -P "$work/lxc" "${@:2}"
}

lxc_version() {
	lxc start --version
}

# others_may_pass: a container with a user namespace is nobody here, and has to
# find its root directory and our files. LXC gives it ids by newuidmap where that
# is installed, which looks into /etc: one that nobody else sees.
others_may_pass() {
	chmod 711 "$work" "$run"
	own_etc
	echo 'root:100000:65536' | tee /etc/subuid >/etc/subgid
}

# lxc_make NAME [IDMAP]: a container of 64 MiB and half a CPU that sleeps, with a
# root directory of its own. Further configuration is on stdin. IDMAP: the first
# of the 65536 ids that its users have on the host.
lxc_make() {
	local dir=$work/lxc/$1

	mkdir -p "$dir" "$work/mounted"
	cp -a "$work/rootfs" "$dir/root"
	{
		cat <<-END
			lxc.uts.name = $1
			lxc.rootfs.path = dir:$dir/root
			lxc.rootfs.mount = $work/mounted
			lxc.net.0.type = empty
			lxc.mount.auto = proc:mixed sys:mixed
			lxc.apparmor.profile = unconfined
			lxc.init.cmd = /bin/sleep 900
			lxc.cgroup.dir.container = $group/$1
			lxc.cgroup.dir.monitor = $group/monitor-$1
			lxc.cgroup.dir.monitor.pivot = $group/pivot-$1
		END
		if on_v2; then
			echo 'lxc.cgroup2.memory.max = 67108864'
			echo 'lxc.cgroup2.cpu.max = 50000 100000'
		else
			echo 'lxc.cgroup.memory.limit_in_bytes = 67108864'
			echo 'lxc.cgroup.cpu.cfs_quota_us = 50000'
		fi
		cat
	} >"$dir/config"
	[ -n "${2:-}" ] || return 0
	printf 'lxc.idmap = %s 0 %s 65536\n' u "$2" g "$2" >>"$dir/config"
	chown -R "$2:$2" "$dir/root"
}

# lxc_start NAME: it is gone at the latest with the test.
lxc_start() {
	LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu \
		setpriv --pdeathsig TERM lxc-start -F -P "$work/lxc" -n "$1" \
		-l INFO -o "$work/lxc.log" >"$work/start.log" 2>&1 &
	pids+=("$!")
	lxc_pid[$1]=$!
	wait_for 20 up_or_gone "$1" && lxc_exec "$1" true
}

up_or_gone() {
	lxc_exec "$1" true || ! kill -0 "${lxc_pid[$1]}" 2>/dev/null
}
declare -A lxc_pid=()

lxc_exec() {
	lxc attach -n "$1" --clear-env -v PATH=/bin -- "${@:2}" </dev/null \
		2>"$work/attach.log"
}

lxc_stop() {
	lxc stop -n "$1" --kill || return
	wait "${lxc_pid[$1]}" 2>/dev/null || true
}

lxc_end() {
	local name

	for name in "${!lxc_pid[@]}"; do
		lxc stop -n "$name" --kill
	done
}
