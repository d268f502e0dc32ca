# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Containers for lib.sh: bundles with the host's programs and our hook, and the
# runtimes that run them. Sourced by lib.sh, which sets what it takes.
# shellcheck disable=SC2154

# make_rootfs DIR: a root directory whose programs are the host's own: its
# /usr and the like are bind-mounted by host_mounts below.
make_rootfs() {
	local name

	mkdir -p "$1"/{proc,sys,dev,etc,tmp,run,root,usr,test}
	for name in bin sbin lib lib32 lib64 libx32; do
		if [ -L "/$name" ]; then
			ln -sfn "$(readlink "/$name")" "$1/$name"
		elif [ -d "/$name" ]; then
			mkdir -p "$1/$name"
		fi
	done
	echo 'root:x:0:0:root:/root:/bin/sh' >"$1/etc/passwd"
	echo 'root:x:0:' >"$1/etc/group"
	[ ! -e /etc/ld.so.cache ] || cp /etc/ld.so.cache "$1/etc/"
}

# make_busybox_rootfs DIR: a root directory that needs nothing of the host.
make_busybox_rootfs() {
	local busybox applet

	busybox=$(command -v busybox) || skip "busybox is missing"
	mkdir -p "$1"/{bin,proc,sys,dev,etc,tmp,root}
	cp "$busybox" "$1/bin/busybox"
	for applet in $("$busybox" --list); do
		[ "$applet" = busybox ] || ln -sf busybox "$1/bin/$applet"
	done
}

# The config.json mounts that make_rootfs needs, and the tests at /test.
host_mounts() {
	local name

	for name in usr bin sbin lib lib32 lib64 libx32; do
		[ -d "/$name" ] && [ ! -L "/$name" ] && echo "/$name /$name"
	done
	[ ! -d /etc/alternatives ] || echo "/etc/alternatives /etc/alternatives"
	echo "$top/tests /test"
}

# make_bundle NAME [JQ-EDIT...]: $work/NAME, a bundle with the host's programs,
# our hook at createRuntime and poststop, and a cgroup of its own. RESVIEW_HOOK
# has further options of the hook; each JQ-EDIT is applied last, in order.
make_bundle() {
	local name=$1 bundle=$work/$1 program edit v2=''

	shift
	! on_v2 || v2=yes
	mkdir -p "$bundle"
	[ -d "$work/rootfs" ] || make_rootfs "$work/rootfs"
	program=$(cat "$here/bundle.jq")
	for edit; do
		program+=$'\n'"| ($edit)"
	done
	jq -n --arg rootfs "$work/rootfs" --arg cgroup "/$group/$name" \
		--arg hook "$hook" --arg run "$run" --arg v2 "$v2" \
		--arg options "$patient ${RESVIEW_HOOK:-}" \
		--arg binds "$(host_mounts)" "$program" >"$bundle/config.json"
	[ -x "$hook" ] || ! grep -q '"hooks"' "$bundle/config.json" ||
		fail "$hook is not built"
}

# A hybrid host whose v2 tree still has controllers is refused by crun: show it
# one without. Such a container then has no cgroup of its own in the v2 tree.
crun_here() {
	if grep -qs . /sys/fs/cgroup/unified/cgroup.controllers; then
		unshare --mount --propagation slave sh -c 'mount -t tmpfs none \
			/sys/fs/cgroup/unified && exec crun "$@"' crun "$@"
	else
		crun "$@"
	fi
}

# stand_in_for RUNTIME: itself. But an emulated CPU takes seconds for each command
# of runc, which runs from a new copy of itself: there crun does its work in
# tests that were not told to take runc.
stand_in_for() {
	if [ "$1" = runc ] && [ "$asked_runtime" != runc ] &&
		[ -n "${RESVIEW_EMULATED:-}" ]; then
		echo crun
	else
		echo "$1"
	fi
}

# runtime RUNTIME ARGUMENT...: runc or crun with a state directory of its own.
runtime() {
	local name

	name=$(stand_in_for "$1")
	shift
	case $name in
	crun) crun_here --root "$work/state-crun" "$@" ;;
	*) "$name" --root "$work/state-$name" "$@" ;;
	esac
}

# start_container RUNTIME NAME: run the bundle $work/NAME in the background.
start_container() {
	runtime_of[$2]=$1
	runtime "$1" run --detach --pid-file "$work/$2.pid" \
		--bundle "$work/$2" "$2" </dev/null >"$work/$2.log" 2>&1
}

# in_container NAME COMMAND...: run it inside.
in_container() {
	local name=$1

	shift
	runtime "${runtime_of[$name]}" exec "$name" "$@" </dev/null
}

# container_pid NAME: of its init, as seen from the host.
container_pid() {
	cat "$work/$1.pid"
}

stop_container() {
	runtime "${runtime_of[$1]}" delete --force "$1"
	unset "runtime_of[$1]"
}

# cgroup_file NAME CONTROLLER FILE: the path of a container's cgroup file.
cgroup_file() {
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		echo "/sys/fs/cgroup/$group/$1/$3"
	else
		echo "/sys/fs/cgroup/$2/$group/$1/$3"
	fi
}

# on_v2: is the host's memory controller cgroup v2?
on_v2() {
	[ -e /sys/fs/cgroup/cgroup.controllers ]
}
