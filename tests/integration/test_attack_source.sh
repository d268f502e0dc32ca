#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: what is mounted comes from the container: links for /dev/null and
# /dev/console, FUSE with our name where our tree is (CVE-2025-31133,
# CVE-2025-52565). What we mount comes from our own superblock, by its number.

# Expanded inside the stand-in:
# shellcheck disable=SC2016

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need python3
[ -c /dev/fuse ] || skip "no /dev/fuse here"
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# lies WHERE SUBTYPE [PREFIX...]: FUSE that has any name, and its own answers.
lies() {
	local where=$1 subtype=$2

	shift 2
	rm -f "$work/lie"
	"$@" python3 "$here/hang.py" "$where" "$subtype" "$work/silent" \
		>"$work/lie" 2>&1 &
	pids+=("$!")
	wait_for 5 grep -q ready "$work/lie" || fail "$(cat "$work/lie")"
}

step "links for all that a runtime takes from /dev"
mkdir -p "$work/dev/rootfs/dev/pts"
for name in null zero full console tty pts/0 ptmx fuse; do
	ln -s /proc/sys/kernel/core_pattern "$work/dev/rootfs/dev/$name"
done
pattern=$(cat /proc/sys/kernel/core_pattern)
stand_in dev
assert_views dev "$init"
assert_equal "core_pattern" "$pattern" "$(cat /proc/sys/kernel/core_pattern)"
stop_pid "$init"

step "our own files in the image, and links to ours"
mkdir -p "$work/image/rootfs/$fs/containers/image/proc"
ln -s /etc/passwd "$work/image/rootfs/$fs/containers/image/proc/meminfo"
ln -s "$fs" "$work/image/rootfs/views"
stand_in image
assert_views image "$init"
stop_pid "$init"

step "where our tree is, there is FUSE with our name, in its namespace"
stand_in faked
lies "$fs" resview nsenter --target "$init" --mount
assert_match "it is there" 'fuse.resview resview ' \
	"$(grep " $fs " "/proc/$init/mountinfo" | tail -n 1)"
assert_views faked "$init"
touch "$work/silent"
stop_pid "$init"
stand_in faked
assert_views faked "$init"
stop_pid "$init"
rm "$work/silent"

step "where our tree should be, there is none of ours"
stand_in none
mkdir -p "$work/plain/containers/none/proc" "$work/sub"
touch "$work/plain/containers/none/proc/meminfo"
mount --bind "$fs/proc" "$work/sub"
for there in plain sub none; do
	attack none "$init" --mountpoint="$work/$there"
	assert_equal "exit code, $there" 1 "$status"
	assert_match "says why, $there" 'is resviewd running' "$error"
	assert_untouched "$init"
done
umount "$work/sub"

step "another container's views in the place of its own"
stand_in other
run_hook --mode=required < <(state other "$init")
assert_equal "exit code ($error)" 0 "$status"
other=$init
stand_in taken
nsenter --target "$init" --mount mount --bind \
	"$fs/containers/other/proc/meminfo" "$work/taken/rootfs/proc/meminfo"
attack taken "$init"
assert_equal "exit code ($error)" 0 "$status"
assert_match "names it" 'something else is mounted on /proc/meminfo, left' \
	"$error"
assert_equal "meminfo in the record" false "$(jq '.views
	| index("proc/meminfo") != null' "$run/containers/taken.json")"
forget taken
stop_pid "$init"
init=$other
forget other

for runtime in "${runtimes[@]}"; do
	step "$runtime: an image with links in /dev"
	rm -rf --one-file-system "$work/real"
	make_rootfs "$work/real"
	for name in null zero console ptmx; do
		ln -s /proc/sys/kernel/core_pattern "$work/real/dev/$name"
	done
	for edit in . '.mounts |= map(select(.destination
		| startswith("/dev") | not))'; do
		make_bundle links ".root.path = \"$work/real\"" "$edit"
		real "$runtime" links "$work/real"
		says_real "$runtime" "links in /dev"
		real_end links
		assert_equal "core_pattern" "$pattern" \
			"$(cat /proc/sys/kernel/core_pattern)"
	done
done
