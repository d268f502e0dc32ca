#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nothing that a container or an image can prepare makes the hook mount in a
# wrong place, and what is not ours stays.

# Expanded inside the stand-in:
# shellcheck disable=SC2016

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq
# shellcheck disable=SC2119
start_resviewd
before=$(mounts_here)

step "/proc is a symbolic link"
mkdir -p "$work/link/rootfs/real"
ln -s real "$work/link/rootfs/proc"
stand_in link 'mount -t proc proc "$root/real" &&
	mount -t sysfs sysfs "$root/sys"'
assert_equal "the link is still one" real "$(readlink "$work/link/rootfs/proc")"
run_hook --mode=required < <(state link "$init")
assert_equal "exit code" 1 "$status"
assert_match "says why" 'proc/meminfo.*is not the kernel' "$error"
assert_equal "views in the real one" 0 \
	"$(grep -c 'rootfs/real/.*fuse.resview' "/proc/$init/mountinfo")"
assert_equal "records" '' "$(records)"

step "/proc is a link to the host's"
rm "$work/link/rootfs/proc"
ln -s /proc "$work/link/rootfs/proc"
run_hook --mode=required < <(state link "$init")
assert_equal "exit code" 1 "$status"
assert_match "says why" 'is not the kernel' "$error"

step "/proc is a plain directory with the right names"
mkdir -p "$work/fake/rootfs/proc"
touch "$work/fake/rootfs/proc/meminfo"
stand_in fake true
assert_refused fake "$init" '/proc/meminfo.*is not the kernel'

step "/proc is a tmpfs, and a bind of a part of procfs"
stand_in fake 'mount -t tmpfs proc "$root/proc" && touch "$root/proc/meminfo"'
assert_refused fake "$init" '/proc/meminfo.*is not the kernel'
stand_in fake 'mount --bind /proc/sys "$root/proc"'
assert_refused fake "$init" '/proc/cpuinfo.*is not the kernel'

step "the container has no /sys"
stand_in nosys 'mount -t proc proc "$root/proc"'
run_hook --mode=required < <(state nosys "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views of /sys" 0 "$(jq '[.views[] | select(startswith("sys"))]
	| length' "$run/containers/nosys.json")"
run_hook < <(state nosys 0 '.status = "stopped"')

step "somebody else's mounts stay"
echo mine >"$work/text"
stand_in mine 'mount -t proc proc "$root/proc" &&
	mount -t sysfs sysfs "$root/sys" &&
	mount --bind '"$work"'/text "$root/proc/meminfo" &&
	mount -t tmpfs tmpfs "$root/proc/pressure"'
run_hook --mode=required < <(state mine "$init")
assert_equal "exit code ($error)" 0 "$status"
over='/proc/meminfo, /proc/pressure/cpu, .*/memory'
assert_match "names it" "something else is mounted on $over, left as it is" \
	"$error"
inside() {
	nsenter --target "$init" --mount "$@"
}
assert_equal "meminfo" mine "$(inside cat "$work/mine/rootfs/proc/meminfo")"
assert_equal "the tmpfs" '' "$(inside ls "$work/mine/rootfs/proc/pressure")"
assert_equal "recorded" 0 "$(jq '[.views[] | select(test("^proc/(meminfo|pressure)"))]
	| length' "$run/containers/mine.json")"
assert_match "stat" fuse.resview \
	"$(grep "mine/rootfs/proc/stat " "/proc/$init/mountinfo")"

step "a second time: nothing to do"
views=$(views_in "$init")
run_hook --mode=required < <(state mine "$init")
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "$views" "$(views_in "$init")"
run_hook < <(state mine 0 '.status = "stopped"')

step "a file system over a directory, which never answers"
without=$build/tests/integration/try_without
[ -c /dev/fuse ] || skip "no /dev/fuse here"
stand_in hung 'mount -t proc proc "$root/proc" &&
	mount -t sysfs sysfs "$root/sys" && exec 5<>/dev/fuse &&
	mount -i -t fuse -o fd=5,rootmode=40555,user_id=0,group_id=0 \
		resview "$root/proc/pressure"'
for prefix in '' "$without openat2 --"; do
	# shellcheck disable=SC2086
	timeout 5 $prefix "$hook" --run-dir "$run" --mode=required --timeout=4 \
		2>"$work/error" < <(state hung "$init") ||
		fail "the hook is held up: $(cat "$work/error")"
	assert_match "names them" 'something else is mounted on /proc/pressure' \
		"$(cat "$work/error")"
done
assert_match "stat" fuse.resview \
	"$(grep "hung/rootfs/proc/stat " "/proc/$init/mountinfo")"
run_hook < <(state hung 0 '.status = "stopped"')

step "a /proc whose mounts show up in the engine's namespace"
mkdir -p "$work/peer/rootfs"
mount -t tmpfs tmpfs "$work/peer"
mount --make-shared "$work/peer"
mkdir -p "$work/peer/rootfs"
stand_in peer 'mount -t proc proc "$root/proc"' unchanged
assert_refused peer "$init" \
	'/proc/meminfo.*a mount there would show up on the host'
umount -R "$work/peer"

step "no mount namespace of its own"
sleep 900 &
pids+=("$!")
mkdir -p "$work/host"
echo '{"root": {"path": "/"}}' >"$work/host/config.json"
assert_refused host $! 'has no mount namespace of its own|no mount namespace'
if [ "$(cat /proc/2/comm)" = kthreadd ]; then
	assert_refused host 2 'no mount namespace'
fi

step "a process that is gone, or a thread"
sleep 0 &
gone=$!
wait $gone
run_hook --mode=required < <(state mine $gone)
assert_equal "exit code" 1 "$status"
assert_match "says so" "process $gone: No such process" "$error"
assert_equal "records" '' "$(records)"

step "a root that is not in its mount namespace"
stand_in moved
mkdir "$work/elsewhere"
mount -t tmpfs tmpfs "$work/elsewhere"
mkdir "$work/elsewhere/proc"
jq --arg path "$work/elsewhere" '.root.path = $path' \
	"$work/moved/config.json" >"$work/moved/new"
mv "$work/moved/new" "$work/moved/config.json"
assert_refused moved "$init" 'root is not in its mount namespace'

step "nothing of it on the host"
assert_equal "mounts here" $((before + 1)) "$(mounts_here)"
