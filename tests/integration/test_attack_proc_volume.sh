#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: something else mounted on /proc, /sys and in them: volumes, tmpfs, a
# part of procfs, FUSE that lies or never answers (CVE-2019-16884). What it is
# comes from the kernel's list of mounts, never from an answer.

# Expanded inside the stand-in:
# shellcheck disable=SC2016

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need python3
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# in_root COMMAND...: in the stand-in's mount namespace.
in_root() {
	nsenter --target "$init" --mount -- "$@"
}

# FUSE of the container's: which of hang.py's names are files does not matter.
# lie NAME WHERE SUBTYPE: mounted there in the stand-in; it answers until it is
# told to be silent.
lie() {
	rm -f "$work/$1/silent" "$work/$1/lie"
	in_root python3 "$here/hang.py" "$work/$1/rootfs/$2" "$3" \
		"$work/$1/silent" >"$work/$1/lie" 2>&1 &
	pids+=("$!")
	wait_for 5 grep -q ready "$work/$1/lie" ||
		fail "no FUSE: $(cat "$work/$1/lie")"
}

# quickly COMMAND...: what FUSE never answers does not hold it up: it takes less
# than the time that the hook has here.
quickly() {
	local begun=${EPOCHREALTIME/./}

	"$@"
	assert_between "ms" 0 25000 $(((${EPOCHREALTIME/./} - begun) / 1000))
}

step "a tmpfs, a volume, parts of procfs and sysfs on /proc"
mkdir -p "$work/volume/pressure"
touch "$work"/volume/{meminfo,stat,cpuinfo,pressure/cpu}
for on in 'mount -t tmpfs proc "$root/proc" && touch "$root/proc/meminfo"' \
	"mount --bind $work/volume \"\$root/proc\"" \
	'mount --bind /proc/sys "$root/proc"' \
	'mount --bind /proc/$$/fd "$root/proc"' \
	'mount --bind /proc/1 "$root/proc"' \
	'mount -t sysfs sysfs "$root/proc"' \
	"mount -t overlay proc -o lowerdir=/proc:$work/volume \"\$root/proc\" \
			2>/dev/null ||
		mount -t tmpfs proc \"\$root/proc\""; do
	stand_in fake "$on"
	assert_no_views fake "$init" '/proc/.*is not the kernel'
	stop_pid "$init"
done

step "parts of sysfs and procfs on /sys"
for on in 'mount --bind /sys/devices "$root/sys"' \
	'mount -t tmpfs sysfs "$root/sys"' 'mount -t proc proc "$root/sys"'; do
	stand_in fake "$on"'&& rmdir "$root/proc"'
	assert_no_views fake "$init" 'sys/devices/.*is not the kernel'
	stop_pid "$init"
	mkdir "$work/fake/rootfs/proc"
done

step "the host's procfs, and that of another pid namespace, as a volume"
stand_in other 'unshare --pid --fork --mount-proc="$root/proc" sleep 0.1;
	unshare --pid --fork mount -t proc proc "$root/proc"'
assert_views other "$init"
stop_pid "$init"
stand_in other 'mount --bind /proc "$root/proc"'
assert_views other "$init"
stop_pid "$init"

step "procfs with nothing but processes: there is nothing to mount"
stand_in subset 'mount -t proc -o subset=pid proc "$root/proc"'
attack subset "$init"
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" 0 "$views"
forget subset
stop_pid "$init"

step "somebody else's mounts stay"
echo mine >"$work/text"
stand_in mine 'mount -t proc proc "$root/proc" &&
	mount -t sysfs sysfs "$root/sys" &&
	mount --bind '"$work"'/text "$root/proc/meminfo" &&
	mount --bind /proc/uptime "$root/proc/stat" &&
	mount -t tmpfs tmpfs "$root/proc/pressure"'
attack mine "$init"
assert_equal "exit code ($error)" 0 "$status"
for name in /proc/meminfo /proc/stat /proc/pressure/cpu; do
	assert_match "names it" "something else is mounted on.* ${name}[,]" "$error"
done
assert_equal "meminfo" mine "$(in_root cat "$work/mine/rootfs/proc/meminfo")"
assert_equal "the tmpfs" '' "$(in_root ls "$work/mine/rootfs/proc/pressure")"
assert_equal "recorded" 0 "$(jq '[.views[]
	| select(test("^proc/(meminfo|pressure|stat$)"))] | length' \
	"$run/containers/mine.json")"
assert_match "uptime" fuse.resview \
	"$(grep "mine/rootfs/proc/uptime " "/proc/$init/mountinfo")"

step "a second time: nothing to do"
attack mine "$init"
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" 0 "$views"
forget mine
stop_pid "$init"

[ -c /dev/fuse ] || skip "no /dev/fuse here"
without=$build/tests/integration/try_without

for type in resview proc; do
	step "FUSE on /proc that calls itself $type, and lies, and is silent"
	stand_in lies true
	lie lies proc $type
	assert_no_views lies "$init" '/proc/.*is not the kernel'
	touch "$work/lies/silent"
	quickly assert_no_views lies "$init" '/proc/.*is not the kernel'
	stop_pid "$init"
done

step "FUSE over a directory on the way, which never answers"
for prefix in '' "$without openat2 --"; do
	stand_in hung
	lie hung proc/pressure resview
	lie hung sys/devices/system/cpu fuse
	touch "$work/hung/silent"
	real=$hook
	printf '#!/bin/sh\nexec %s %s "$@"\n' "$prefix" "$real" >"$work/hook"
	chmod +x "$work/hook"
	hook=$work/hook
	quickly assert_views hung "$init"
	hook=$real
	assert_match "names them" \
		'something else is mounted on .*/proc/pressure/cpu' "$said"
	stop_pid "$init"
done

step "FUSE on our files, with our name"
stand_in ours
for file in meminfo stat; do
	lie ours proc/$file resview
done
touch "$work/ours/silent"
quickly assert_views ours "$init"
assert_match "names them" \
	'something else is mounted on /proc/meminfo, .*/proc/stat' "$said"
stop_pid "$init"

step "a root directory in FUSE, which never answers: until the deadline"
mkdir -p "$work/deep/rootfs" "$work/deep/fuse"
python3 "$here/hang.py" "$work/deep/fuse" overlay "$work/deep/silent" \
	>"$work/deep/lie" 2>&1 &
fuse=$!
pids+=("$fuse")
wait_for 5 grep -q ready "$work/deep/lie" || fail "$(cat "$work/deep/lie")"
echo '{"root": {"path": "fuse/root"}}' >"$work/deep/config.json"
unshare --mount sleep 900 &
init=$!
pids+=("$init")
touch "$work/deep/silent"
for mode in besteffort required; do
	quickly run_hook --mode=$mode --timeout=1 < <(state deep "$init")
	assert_equal "exit code" "$([ $mode = required ] && echo 1 || echo 0)" \
		"$status"
	assert_match "says so" 'container deep: .*timed out; the container' \
		"$error"
done
kill -KILL "$fuse"
wait "$fuse" 2>/dev/null || true
umount --lazy "$work/deep/fuse"
# As is a process that has to wait for it: there is none left.
wait_for 5 no_hook_left || fail "the hook is left"
assert_equal "records" '' "$(records)"

step "a /proc whose mounts show up in the engine's namespace"
mkdir -p "$work/peer/rootfs"
mount -t tmpfs tmpfs "$work/peer"
mount --make-shared "$work/peer"
mkdir -p "$work/peer/rootfs"
stand_in peer 'mount -t proc proc "$root/proc"' unchanged
assert_no_views peer "$init" \
	'/proc/meminfo.*a mount there would show up on the host'
umount -R "$work/peer"

# volume RUNTIME WHAT JQ-EDIT: a container that is looked at.
volume() {
	make_bundle volume "$3"
	real "$1" volume "$work/rootfs"
	says_real "$1" "$2"
}
assert_no_proc() {
	assert_equal "views of procfs" '' \
		"$(grep -s ' /containers/volume/proc/' "$work/volume.after" ||
			true)"
}
on_proc='.mounts |= map(if .destination == "/proc" then'
for runtime in "${runtimes[@]}"; do
	step "$runtime: volumes"
	volume "$runtime" "a directory on /proc" \
		"$on_proc .source = \"$work/volume\" | .type = \"bind\"
		| .options = [\"bind\"] else . end)"
	assert_no_proc
	real_end volume
	volume "$runtime" "a tmpfs on /proc" \
		"$on_proc .type = \"tmpfs\" else . end)"
	assert_no_proc
	real_end volume
	volume "$runtime" "the host's procfs on /proc" \
		"$on_proc .source = \"/proc\" | .type = \"bind\"
		| .options = [\"bind\"] else . end)"
	real_end volume
	volume "$runtime" "a file on /proc/meminfo" ".mounts += [{source:
		\"$work/text\", destination: \"/proc/meminfo\", type: \"bind\",
		options: [\"bind\"]}]"
	[ "$started" = no ] || assert_equal "meminfo" mine \
		"$(in_container volume cat /proc/meminfo)"
	real_end volume
	volume "$runtime" "a directory on /proc/pressure" ".mounts += [{source:
		\"$work/volume\", destination: \"/proc/pressure\",
		type: \"bind\", options: [\"bind\"]}]"
	real_end volume
done
