#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# LXC without a hook on the host: lxc.hook.mount, which is run within, and mounts
# by hand; with a user namespace and without. test_engine.sh has the rest.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"
# shellcheck source=tests/integration/lxc.sh
. "$here/lxc.sh"

lxc_need
# shellcheck disable=SC2119
start_resviewd
make_busybox_rootfs "$work/rootfs"
others_may_pass

ended() {
	local status=$?

	set +e
	lxc_end >/dev/null 2>&1
	(exit "$status")
	cleanup
}
trap ended EXIT

# uncommented PATTERN: the lines of lxc.conf that stand in it as comments.
uncommented() {
	echo 'lxc.hook.version = 1'
	"$hook" --run-dir="$run" "$patient" ${options[@]+"${options[@]}"} \
		--print-config lxc | sed -n "s/^#\(lxc.$1 = \)/\1/p"
}
options=()

# assert_sees NAME: its own files, mounted once each, read-only, and no record.
assert_sees() {
	# shellcheck disable=SC2016
	assert_equal "$1: MemTotal" 65536 \
		"$(lxc_exec "$1" awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
	assert_equal "$1: cpuinfo" 1 \
		"$(lxc_exec "$1" grep -c ^processor /proc/cpuinfo)"
	assert_equal "$1: CPUs online" 0 \
		"$(lxc_exec "$1" cat /sys/devices/system/cpu/online)"
	assert_between "$1: uptime" 0 900 \
		"$(lxc_exec "$1" cut -d ' ' -f 1 /proc/uptime)"
	assert_equal "$1: mounts on a file" 1 \
		"$(lxc_exec "$1" grep -c ' /proc/meminfo ' /proc/self/mountinfo)"
	assert_match "$1: how" ' ro,nosuid,nodev,noexec,' \
		"$(lxc_exec "$1" grep ' /proc/meminfo ' /proc/self/mountinfo)"
	[ ! -d /proc/pressure ] ||
		lxc_exec "$1" cat /proc/pressure/memory >/dev/null ||
		fail "$1: pressure cannot be read"
	assert_equal "records" '' "$(ls "$run/containers")"
}

# mounts NAME: how many of ours.
mounts() {
	lxc_exec "$1" grep -c ' - fuse.resview ' /proc/self/mountinfo || true
}

for how in hook.mount mount.entry; do
	for idmap in '' 100000; do
		name=box-$how${idmap:+-user}
		step "$name: lxc.$how${idmap:+, user namespace}"
		uncommented "$how" | lxc_make "$name" $idmap
		lxc_start "$name" || fail "it does not start"
		assert_sees "$name"
		mounts "$name" >"$work/$name.mounts"
		echo "   $(cat "$work/$name.mounts") views"
	done
done
[ "$(cat "$work/box-hook.mount.mounts")" -ge \
	"$(cat "$work/box-mount.entry.mounts")" ] ||
	fail "the hook mounts less than one does by hand"
assert_equal "with a user namespace" "$(cat "$work/box-hook.mount.mounts")" \
	"$(cat "$work/box-hook.mount-user.mounts")"

step "all that serve are killed: resview-remount finds and repairs them"
worker=$(worker_of "$run")
kill -KILL "$daemon" "$worker"
wait "$daemon" 2>/dev/null || true
for name in "${!lxc_pid[@]}"; do
	! lxc_exec "$name" cat /proc/meminfo >/dev/null ||
		fail "$name can read what nobody serves"
done
start_again
"$remount" --run-dir "$run" --list >"$work/list" || true
sed 's/^/   /' "$work/list"
assert_equal "containers in the list, none live, all stale" \
	"$(sed 's/^/0 /' "$work"/*.mounts | sort | paste -sd,)" \
	"$(awk '/^mnt-/ { print $5, $6 }' "$work/list" | sort | paste -sd,)"
"$remount" --run-dir "$run" || fail "resview-remount"
for name in "${!lxc_pid[@]}"; do
	assert_sees "$name"
	assert_equal "$name: mounts" "$(cat "$work/$name.mounts")" \
		"$(mounts "$name")"
done

step "they are stopped and started"
for name in "${!lxc_pid[@]}"; do
	lxc_stop "$name"
	lxc_start "$name"
	assert_sees "$name"
done

step "while resviewd is down they start, and see the host"
stop_pid "$daemon"
for name in "${!lxc_pid[@]}"; do
	lxc_stop "$name"
	lxc_start "$name" || fail "$name does not start"
	assert_equal "$name: views" 0 "$(mounts "$name")"
	lxc_stop "$name"
done

step "unless they must not"
options=(--mode=required)
uncommented hook.mount | lxc_make must
! lxc_start must || fail "it starts"
start_again
lxc_start must || fail "it does not start"
assert_sees must
lxc_stop must

# An ordinary user, who was given a cgroup of every hierarchy, and ids. What the
# container sees it writes down itself: to be let in again he would have to be
# logged in as systemd does it. On cgroup v2 that goes for the start, too.
user=7777
of_user() {
	local dir

	for dir in /sys/fs/cgroup/*/; do
		[ ! -e "$dir/$group/user/cgroup.procs" ] ||
			echo "$BASHPID" >"$dir/$group/user/cgroup.procs"
	done
	HOME=$work/home XDG_RUNTIME_DIR=$work/home \
		LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu \
		exec setpriv --pdeathsig TERM --reuid $user --regid $user \
		--clear-groups "$@"
}

user_cgroups() {
	local dir file

	for dir in /sys/fs/cgroup/*/; do
		[ -e "$dir/cgroup.procs" ] || continue
		mkdir -p "$dir/$group/user"
		for file in cpuset.cpus cpuset.mems; do
			[ ! -e "$dir/$file" ] ||
				tee "$dir/$group/$file" "$dir/$group/user/$file" \
					<"$dir/$file" >/dev/null
		done
		chown -R $user:$user "$dir/$group/user"
	done
	echo 67108864 \
		>"/sys/fs/cgroup/memory/$group/user/memory.limit_in_bytes"
}

user_box() {
	uncommented hook.mount | lxc_make user 100000
	sed -i -e '/^lxc.cgroup/d' -e '/^lxc.init.cmd/d' "$work/lxc/user/config"
	cat >"$work/lxc/user/root/see" <<-END
		#!/bin/sh
		export PATH=/bin
		exec >/tmp/seen 2>&1
		grep MemTotal /proc/meminfo
		grep -c ' - fuse.resview ' /proc/self/mountinfo
		cat /proc/self/uid_map
		exec sleep 900
	END
	chmod 755 "$work/lxc/user/root/see"
	echo 'lxc.init.cmd = /see' >>"$work/lxc/user/config"
	mkdir "$work/home"
	echo "user:x:$user:$user::/:/bin/sh" >>/etc/passwd
	echo "user:x:$user:" >>/etc/group
	echo "user:100000:65536" | tee -a /etc/subuid >>/etc/subgid
	chown $user "$work/home" "$work/lxc" "$work/lxc/user" "$work/mounted"
}

step "started by an ordinary user"
options=(--mode=required)
command -v newuidmap >/dev/null || fetch uidmap >"$work/said" || true
if on_v2 || ! command -v newuidmap >/dev/null; then
	echo "   not here: cgroup v2, or no newuidmap"
else
	user_cgroups
	user_box
	of_user lxc-start -F -P "$work/lxc" -n user >"$work/start.log" 2>&1 &
	pids+=("$!")
	seen=$work/lxc/user/root/tmp/seen
	wait_for 20 grep -q 100000 "$seen" ||
		fail "it does not start: $(cat "$work/start.log")"
	assert_equal "it sees" "MemTotal: 65536 kB $(
		cat "$work/box-hook.mount.mounts")" \
		"$(head -n 2 "$seen" | xargs)"
	lxc_pid[user]=${pids[-1]}
	lxc_stop user
	unset "lxc_pid[user]"
fi

# within MOUNT-COMMAND: how much the hook mounts where /proc of the root directory
# is what the command makes of it in $1.
within() {
	rm -rf "$work/root"
	mkdir -p "$work/root/proc" "$work/root/tmp"
	# shellcheck disable=SC2016
	unshare --mount sh -c 'mount --bind "$1" "$1" && eval "$2"
		before=$(grep -c " $1/" /proc/self/mountinfo)
		LXC_HOOK_TYPE=mount LXC_NAME=box LXC_CONFIG_FILE=/none \
			LXC_ROOTFS_MOUNT=$1 "$3" --run-dir="$4" "$5" --lxc
		echo $(($(grep -c " $1/" /proc/self/mountinfo) - before))' sh \
		"$work/root" "$1" "$hook" "$run" "$patient" 2>"$work/error" ||
		fail "$1: exit $?"
}

step "hostile: what the root directory has for /proc"
# shellcheck disable=SC2016
{
	assert_between "the kernel's" 10 30 "$(within 'mount -t proc proc "$1/proc"')"
	for what in 'rmdir "$1/proc"; ln -s /proc "$1/proc"' \
		'rmdir "$1/proc"; ln -s tmp "$1/proc"; mount -t proc proc "$1/tmp"' \
		'mount -t tmpfs tmpfs "$1/proc"; echo >"$1/proc/meminfo"' \
		'mount --bind /proc/self "$1/proc"' \
		'mount -t proc proc "$1/tmp"; mount --bind "$1/tmp/1" "$1/proc"' \
		'mount --bind "$4/fs/proc" "$1/proc"' :; do
		assert_equal "$what" 0 "$(within "$what")"
		assert_match "$what" "what the container has there is not the kernel's" \
			"$(cat "$work/error")"
	done
}

step "LXC's variables"
options=(--mode=required --run-dir="$run" --lxc)
LXC_HOOK_TYPE=mount assert_fails 1 "$hook" "${options[@]}"
assert_match "no name" 'LXC_NAME: missing' "$error"
assert_fails 1 "$hook" "${options[@]}"
assert_match "no kind of hook" 'LXC_HOOK_TYPE: missing' "$error"
LXC_HOOK_TYPE=clone assert_fails 1 "$hook" "${options[@]}"
assert_match "another hook" 'LXC_HOOK_TYPE: not understood' "$error"
LXC_HOOK_TYPE=mount LXC_NAME=../x LXC_CONFIG_FILE=/c assert_fails 1 "$hook" \
	"${options[@]}"
assert_match "no name for a record" 'LXC_NAME: not understood' "$error"
