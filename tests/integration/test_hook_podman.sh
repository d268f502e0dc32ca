#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The hooks.d files that we install, under a real podman: an annotation asks for
# views with the one, and refuses them with the other.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need podman runc
# shellcheck disable=SC2119
start_resviewd
make_busybox_rootfs "$work/rootfs"

step "what is installed"
mkdir "$work/50-resview.d" "$work/50-resview-all.d"
"$hook" --run-dir="$run" "$patient" --print-config podman \
	>"$work/50-resview-all.d/50-resview-all.json"
"$hook" --run-dir="$run" "$patient" --default=off --print-config podman \
	>"$work/50-resview.d/50-resview.json"

# podman_run HOOKS OPTION... -- COMMAND...: a container of 64 MiB.
podman_run() {
	local hooks=$1 options=()

	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	podman --root "$work/podman/root" --runroot "$work/podman/run" \
		--tmpdir "$work/podman/tmp" --cgroup-manager=cgroupfs \
		--events-backend=file --log-level=error --storage-driver=vfs \
		--runtime "$(stand_in_for runc)" --hooks-dir "$work/$hooks.d" \
		run --rm --network=none --memory 64m --cgroup-parent "/$group" \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
		${options[@]+"${options[@]}"} --rootfs "$work/rootfs" "$@"
}

total() {
	# shellcheck disable=SC2016
	podman_run "$@" -- awk '/^MemTotal:/ { print $2 }' /proc/meminfo \
		2>"$work/podman.log"
}

all=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
out=$(total 50-resview-all) || skip "podman cannot run here: $(
	tail -n 1 "$work/podman.log")"

step "all containers"
assert_equal "MemTotal" 65536 "$out"
assert_equal "records" '' "$(records)"
assert_equal "not this one" "$all" "$(total 50-resview-all \
	--annotation io.resview.enable=false)"

step "those that ask"
assert_equal "does not ask" "$all" "$(total 50-resview)"
assert_equal "asks" 65536 "$(total 50-resview \
	--annotation io.resview.enable=true)"
assert_equal "asks, as YAML would" 65536 "$(total 50-resview \
	--annotation io.resview.enable=True)"
assert_equal "asks as for LXCFS" 65536 "$(total 50-resview \
	--annotation io.kubernetes.lxcfs.enabled=true)"
assert_equal "asks, and says no" "$all" "$(total 50-resview \
	--annotation io.resview.enable=false)"
assert_equal "asks as for LXCFS, and says no to us" "$all" "$(total 50-resview \
	--annotation io.kubernetes.lxcfs.enabled=true \
	--annotation io.resview.enable=false)"

# CRI-O is in no release of Debian. It takes these files by the same library,
# and gives a pod's annotations to all its containers.
step "as CRI-O has them: the pause container of a pod that asks"
assert_equal "pause, asks" "$all" "$(total 50-resview \
	--annotation io.resview.enable=true \
	--annotation io.kubernetes.cri-o.ContainerType=sandbox)"
assert_equal "pause, all" "$all" "$(total 50-resview-all \
	--annotation io.kubernetes.cri-o.ContainerType=sandbox)"
assert_equal "container, asks" 65536 "$(total 50-resview \
	--annotation io.resview.enable=true \
	--annotation io.kubernetes.cri-o.ContainerType=container)"
assert_equal "records" '' "$(records)"

# Of a container that has ended podman leaves a process that tidies up.
tidy() {
	! pgrep -f "$work/podman/root"
}

wait_for 20 tidy || fail "podman does not end"
