#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: symbolic links and plain files in place of /proc and /sys
# (CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2026-41579,
# CVE-2026-47766). No link is followed, and only the kernel's own is a /proc.

# Expanded inside the stand-in:
# shellcheck disable=SC2016

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

step "what was mounted where it should not be would be seen"
stand_in seen
attack seen "$init"
cp "$work/seen.after" "$work/truth"
for forge in 's, /tmp/[^ ]*/rootfs/proc/meminfo , /etc/passwd ,' \
	's,/containers/seen/,/containers/other/,' 's, ro\,nosuid, rw\,nosuid,' \
	's, - fuse.resview, shared:9 - fuse.resview,' \
	's,/containers/seen/proc/stat,/proc/stat,' \
	"/ - fuse.resview /s, $work/seen/rootfs/proc/, $work/seen/rootfs/sys/," \
	"/rootfs\/proc .* - proc /s, - proc , - fuse ,"; do
	sed "$forge" "$work/truth" >"$work/seen.after"
	[ -n "$(wrong_mounts seen "$work/seen/rootfs")" ] ||
		fail "not seen: $forge"
done
forget seen

# linked NAME LINK [COMMAND]: a stand-in whose /proc is a link.
linked() {
	mkdir -p "$work/$1/rootfs/real/pressure"
	ln -s "$2" "$work/$1/rootfs/proc"
	stand_in "$1" "${3:-true}"
	assert_equal "the link is still one" "$2" \
		"$(readlink "$work/$1/rootfs/proc")"
}

step "/proc is a link to where procfs is"
linked real real 'mount -t proc proc "$root/real"'
assert_no_views real "$init" 'proc/meminfo.*is not the kernel'

step "/proc is a link to the host's"
for to in /proc ../../../../../../proc /proc/self/root/proc; do
	rm -rf "$work/host"
	linked host "$to"
	assert_no_views host "$init" 'proc/meminfo.*is not the kernel'
done

step "/proc is a link to a directory with the right names"
linked fake real
touch "$work"/fake/rootfs/real/{meminfo,stat,uptime,pressure/cpu}
assert_no_views fake "$init" 'proc/meminfo.*is not the kernel'

step "/proc is a plain directory with the right names, a file, a device"
mkdir -p "$work/plain/rootfs/proc"
touch "$work/plain/rootfs/proc/meminfo"
stand_in plain true
assert_no_views plain "$init" 'proc/meminfo.*is not the kernel'
for make in 'touch' 'mkfifo' 'ln -s proc'; do
	rm -rf "$work/plain/rootfs/proc"
	$make "$work/plain/rootfs/proc"
	assert_no_views plain "$init" 'proc/meminfo.*is not the kernel'
done

step "/sys is a link to where sysfs is, and to the host's"
for to in real /sys; do
	rm -rf "$work/sys"
	mkdir -p "$work/sys/rootfs/real"
	ln -s "$to" "$work/sys/rootfs/sys"
	stand_in sys 'mount -t proc proc "$root/proc" &&
		mount -t sysfs sysfs "$root/real"'
	attack sys "$init"
	assert_equal "exit code" 1 "$status"
	assert_match "says why" 'sys/devices/.*is not the kernel' "$error"
	assert_equal "views of sysfs" '' \
		"$(grep ' /containers/sys/sys/' "$work/sys.after" || true)"
	assert_equal "records" '' "$(records)"
done

step "the container has no /sys"
stand_in nosys 'mount -t proc proc "$root/proc"'
attack nosys "$init"
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views of /sys" 0 "$(jq '[.views[] | select(startswith("sys"))]
	| length' "$run/containers/nosys.json")"
forget nosys

step "links on the way to our files"
stand_in deep 'mount -t proc proc "$root/proc" &&
	mount -t sysfs sysfs "$root/sys" &&
	mount -t tmpfs none "$root/proc/pressure" &&
	mount -t tmpfs none "$root/sys/devices/system/cpu" &&
	for file in cpu io memory; do
		ln -s /etc/passwd "$root/proc/pressure/$file" || exit
	done &&
	ln -s /etc "$root/sys/devices/system/cpu/cpu0" &&
	ln -s /etc/passwd "$root/sys/devices/system/cpu/online"'
assert_views deep "$init"
assert_match "names them" 'something else is mounted on /proc/pressure/cpu' \
	"$said"
assert_equal "ours there" '' "$(grep -E \
	'/containers/deep/(proc/pressure|sys/devices/system/cpu)/' \
	"$work/deep.after" || true)"

# in_root NAME COMMAND: in the stand-in's namespace, $bundle is that of NAME.
in_root() {
	bundle=$work/$1 nsenter --target "$init" --mount sh -euc "$2"
}

step "the root is a link in its namespace, another directory, not there"
for there in 'ln -s / "$bundle/rootfs"' \
	'mkdir -p "$bundle/rootfs/proc" &&
		mount -t proc proc "$bundle/rootfs/proc"' true; do
	stand_in top
	in_root top 'umount -R "$bundle/rootfs"
		mount -t tmpfs none "$bundle"; '"$there"
	assert_no_views top "$init" 'root is not in its mount namespace'
done

step "a root that its namespace does not have"
stand_in moved
mkdir "$work/elsewhere"
mount -t tmpfs tmpfs "$work/elsewhere"
mkdir "$work/elsewhere/proc"
jq --arg path "$work/elsewhere" '.root.path = $path' \
	"$work/moved/config.json" >"$work/moved/new"
mv "$work/moved/new" "$work/moved/config.json"
assert_no_views moved "$init" 'root is not in its mount namespace'

# image RUNTIME ATTACK JQ-EDIT...: an image in which ATTACK was run, in a
# container that is looked at.
image() {
	local runtime=$1 attack=$2

	shift 2
	rm -rf --one-file-system "$work/image"
	make_rootfs "$work/image"
	rmdir "$work/image/proc" "$work/image/sys"
	mkdir "$work/image/real"
	(cd "$work/image" && eval "$attack")
	make_bundle image ".root.path = \"$work/image\"" "$@"
	real "$runtime" image "$work/image"
	says_real "$runtime" "$attack"
}

# As from an engine that mounts neither for the container.
bare='.mounts |= map(select(.destination | test("^/(proc|sys)") | not))
	| del(.linux.maskedPaths, .linux.readonlyPaths)'
for runtime in "${runtimes[@]}"; do
	step "$runtime: an image"
	image "$runtime" 'mkdir proc sys'
	assert_between "views" 10 9999 "$views"
	real_end image

	for attack in 'ln -s real proc' 'ln -s /proc proc' 'touch proc' \
		'mkdir proc; ln -s proc sys'; do
		image "$runtime" "$attack; mkdir -p sys"
		real_end image
		image "$runtime" "$attack; mkdir -p sys" "$bare"
		assert_equal "views" 0 "$views"
		real_end image
	done
done
