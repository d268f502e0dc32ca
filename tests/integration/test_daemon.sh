#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A daemon that cannot work says so in one line; one that can leaves no trace.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

[ -c /dev/fuse ] || skip "no /dev/fuse here"
there=$work/there
mkdir "$there"

# mounts DIR: how many mounts there are at DIR.
mounts() {
	awk -v at="$1" '$5 == at' /proc/self/mountinfo | wc -l
}

# replaced PID: is the worker of $run another one now, and PID gone?
replaced() {
	[ "$(worker_of "$run")" != "$1" ] && [ ! -e "/proc/$1" ]
}

step "no permission"
chmod 755 "$work"
assert_fails 1 setpriv --reuid 65534 --regid 65534 --clear-groups \
	"$resviewd" --foreground --run-dir "$work/nobody"
assert_match "names what" "$work/nobody|permi" "$error"

step "wrong usage"
assert_fails 2 "$resviewd" --foreground --run-dir "$work/a" one two
assert_fails 2 "$resviewd" --run-dir

step "a configuration that is not there"
assert_fails 1 "$resviewd" --foreground --run-dir "$work/a" \
	--config "$work/missing.conf"
assert_match "names the file" 'missing.conf' "$error"
assert_match "says why" 'No such file' "$error"

step "a mount point that is a file, or is not there"
touch "$work/file"
assert_fails 1 "$resviewd" --foreground --run-dir "$work/a" "$work/file"
assert_match "names it" "$work/file" "$error"
assert_fails 1 "$resviewd" --foreground --run-dir "$work/a" "$work/none/none"
assert_match "names it" "$work/none" "$error"

step "no cgroup mounted"
mount -t tmpfs tmpfs /sys/fs/cgroup
assert_fails 1 "$resviewd" --foreground --run-dir "$work/a"
umount /sys/fs/cgroup
assert_match "names it" 'cgroup' "$error"

step "none of them left anything mounted"
assert_equal "mounts" 0 "$(grep -c "$work" /proc/self/mountinfo || true)"

step "a mount point that is in use"
# shellcheck disable=SC2119
start_resviewd
first=$daemon
assert_fails 1 "$resviewd" --foreground --run-dir "$run"
assert_match "names it" "$run" "$error"
assert_fails 1 "$resviewd" --foreground --run-dir "$work/a" "$fs"
assert_match "names it" "$fs" "$error"
serves "$fs" || fail "the first daemon serves no more"

step "the worker of a supervisor that was killed serves on"
device=$(stat -c %d "$fs")
worker=$(worker_of "$run")
exec 7<"$fs/proc/uptime"
read -r before _ <&7
kill -KILL "$first"
wait "$first" 2>/dev/null || true
serves "$fs" || fail "$fs is not served"

step "a new supervisor goes on with it"
start_again
wait_for 5 replaced "$worker" || fail "worker $worker was not replaced"
assert_equal "device" "$device" "$(stat -c %d "$fs")"
after=$(python3 -c 'import os
os.lseek(7, 0, 0)
print(os.read(7, 100).split()[0].decode())')
exec 7<&-
assert_between "uptime of an open file" "$before" 1e9 "$after"

step "a stale mount, of a supervisor that was killed with its worker"
kill -STOP "$daemon"
kill -KILL "$(worker_of "$run")" "$daemon"
wait "$daemon" 2>/dev/null || true
! serves "$fs" 2>/dev/null || fail "$fs is not stale"
start_again
assert_equal "mounts at $fs" 1 "$(mounts "$fs")"

step "the end"
stop_pid "${pids[-1]}"
assert_equal "mounts at $fs" 0 "$(mounts "$fs")"

step "in the background"
"$resviewd" --run-dir "$work/back" -p "$work/back.pid" </dev/null ||
	fail "resviewd does not start in the background"
wait_for 10 test -s "$work/back.pid" || fail "no pid file"
pids+=("$(tr -d '[:space:]' <"$work/back.pid")")
wait_for 10 serves "$work/back/fs" || fail "no service in the background"
kill "${pids[-1]}"
wait_for 10 sh -c "! mountpoint -q '$work/back/fs'" ||
	fail "still mounted after SIGTERM"

# mount_fuse TYPE DIR: without anybody who ever answers; file 5 is the
# connection. By mount(2): with fsopen(2), mount(8) drops what follows "fuse.".
mount_fuse() {
	exec 5<>/dev/fuse
	LIBMOUNT_FORCE_MOUNT2=always mount -i -t "$1" \
		-o fd=5,rootmode=40000,user_id=0,group_id=0,`
		`allow_other,default_permissions none "$2"
}

step "somebody else's file system that does not answer"
mount_fuse fuse.other "$there"
status=0
timeout -s KILL 60 "$resviewd" --foreground --run-dir "$work/b" "$there" \
	2>"$work/error" 5>&- || status=$?
exec 5>&-
umount --lazy "$there"
assert_equal "exit code" 1 "$status"
assert_match "names it" 'fuse.other is mounted there' "$(cat "$work/error")"

step "a stale mount, of a supervisor that was killed before it served"
mount_fuse fuse.resview "$fs"
exec 5>&-
start_again
assert_equal "mounts at $fs" 1 "$(mounts "$fs")"
