#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: a hostile root directory, and variables that lie, for the hooks of LXC,
# one of which is run within the container's namespaces (CVE-2015-1335,
# CVE-2019-19921). The rules are the same, and the root is LXC's word alone.

# Expanded inside the stand-in:
# shellcheck disable=SC2016

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need nsenter
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"
touch "$work/conf"

# within NAME [VARIABLE=VALUE...]: lxc.hook.mount in the stand-in; only views at
# the top of our tree were mounted, each in its place. Sets $status, $error and
# $views.
within() {
	local name=$1

	shift
	host_before
	cat "/proc/$init/mountinfo" >"$work/$name.before"
	status=0
	nsenter --target "$init" --mount env LXC_HOOK_TYPE=mount \
		LXC_NAME="$name" LXC_CONFIG_FILE="$work/conf" \
		LXC_ROOTFS_MOUNT="$work/$name/rootfs" "$@" \
		"$hook" --lxc --mode=required --run-dir "$run" "$patient" \
		</dev/null >"$work/out" 2>"$work/error" || status=$?
	error=$(cat "$work/error")
	cat "/proc/$init/mountinfo" >"$work/$name.after"
	assert_equal "mounts" '' "$(wrong_mounts "$name" "$work/$name/rootfs" '')"
	assert_host
	assert_equal "records" '' "$(records)"
	views=$(new_views "$name")
}

# nothing NAME REGEX [VARIABLE=VALUE...]
nothing() {
	local name=$1 why=$2

	shift 2
	within "$name" "$@"
	assert_equal "exit code ($error)" 1 "$status"
	assert_match "says why" "$why" "$error"
	assert_equal "views" 0 "$views"
}

step "a root directory as it should be"
stand_in good
within good
assert_equal "exit code ($error)" 0 "$status"
assert_between "views" 10 9999 "$views"
stop_pid "$init"

step "links and other things for /proc"
kernels='is not the kernel'
for make in 'ln -s /proc' 'ln -s ../../../../../proc' 'touch' 'mkfifo'; do
	stand_in bad true
	rmdir "$work/bad/rootfs/proc"
	$make "$work/bad/rootfs/proc"
	nothing bad "$kernels"
	stop_pid "$init"
	rm -rf --one-file-system "$work/bad"
done
for on in 'mount -t tmpfs none "$root/proc" && touch "$root/proc/meminfo"' \
	'mount --bind /proc/sys "$root/proc"' \
	'mount --bind /etc "$root/proc"'; do
	stand_in bad "$on"
	nothing bad "$kernels"
	stop_pid "$init"
done

step "variables that lie"
stand_in lies
nothing lies 'not understood' LXC_ROOTFS_MOUNT=proc
nothing lies '.' LXC_ROOTFS_MOUNT=/etc/passwd
nothing lies '.' LXC_ROOTFS_MOUNT="$work/none"
for name in ../lies a/b . '' 'a b' $'a\nb'; do
	nothing lies 'LXC_NAME' LXC_NAME="$name"
done
for type in clone destroy pre-start autodev start Mount '' 'mount '; do
	nothing lies 'LXC_HOOK_TYPE' LXC_HOOK_TYPE="$type"
done
ln -s / "$work/lies/up"
within lies LXC_ROOTFS_MOUNT="$work/lies/up/$work/lies/rootfs"
assert_match "exit code, by a link of LXC's own ($error)" '[01]' "$status"
stop_pid "$init"

# outside PID [VARIABLE=VALUE...]: lxc.hook.start-host.
outside() {
	local pid=$1

	shift
	host_before
	status=0
	env LXC_HOOK_TYPE=start-host LXC_NAME=outer LXC_PID="$pid" \
		LXC_CONFIG_FILE="$work/conf" "$@" \
		"$hook" --lxc --mode=required --run-dir "$run" "$patient" \
		</dev/null >"$work/out" 2>"$work/error" || status=$?
	error=$(cat "$work/error")
	assert_host
}

step "lxc.hook.start-host on who is no container"
stand_in outer
for pid in 0 1 2 -1 $$ 4194304 99999999999 '' '7 8' 0x10; do
	outside "$pid"
	assert_equal "exit code, pid '$pid' ($error)" 1 "$status"
	assert_equal "lines ($error)" 1 "$(wc -l <"$work/error")"
	assert_untouched "$init"
done
