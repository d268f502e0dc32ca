#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Who is who where that is not plain: shared pid namespaces, the host's,
# processes in sub-cgroups, systemd and containers within a container. What the
# hook has mounted knows by its path; the top of the tree goes by the init of the
# caller's pid namespace.

# shellcheck source=tests/integration/identity.sh
. "$(dirname "$0")/identity.sh"

# shellcheck disable=SC2016
mebibytes='/^MemTotal:/ { print $2 / 1024 }'

# shown NAME: MiB by the hook's file, and by the top of the tree.
shown() {
	in_container "$1" awk "$mebibytes" /proc/meminfo /top/proc/meminfo |
		paste -sd ' '
}

# shown_in NAME CGROUP: the same to a process that is in CGROUP, and in all
# namespaces of container NAME.
shown_in() {
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$1" && exec nsenter --all --target "$2" awk "$3" \
		/proc/meminfo /top/proc/meminfo' sh \
		"$(cgroup_file "$2" memory cgroup.procs)" \
		"$(container_pid "$1")" "$mebibytes" | paste -sd ' '
}

# limit MEBIBYTES CGROUP: of one that there is already. Limits are kept for 0.2 s.
limit() {
	echo $(($1 * 1048576)) >"$(cgroup_file "$2" memory "$limit_file")"
	sleep 0.3
}

# sub_cgroups NAME CHILD...: with a memory limit of their own to set. On v2 all
# processes of NAME have to be in the first of them, then.
sub_cgroups() {
	local name=$1 child pid

	shift
	for child; do
		mkdir "$(dirname "$(cgroup_file "$name/$child" memory x)")"
	done
	while read -r pid; do
		enter "$pid" "$name/$1"
	done <"$(cgroup_file "$name" memory cgroup.procs)"
	! on_v2 || echo +memory >"$(cgroup_file "$name" '' cgroup.subtree_control)"
}

# enter PID CGROUP
enter() {
	echo "$1" >"$(cgroup_file "$2" memory cgroup.procs)"
}

# --- pid namespaces --------------------------------------------------------

step "a pod whose containers share a pid namespace"
box pause 100 '.linux.cgroupsPath = "/'"$group"'/pod/pause"' \
	'.annotations = {"io.kubernetes.cri.container-type": "sandbox"}'
shared='.linux.namespaces |= map(if .type == "pid" then
	.path = "/proc/'$(container_pid pause)'/ns/pid" else . end)'
box one 64 "$shared" '.linux.cgroupsPath = "/'"$group"'/pod/one"'
box two 128 "$shared" '.linux.cgroupsPath = "/'"$group"'/pod/two"'
assert_equal "pid namespace" "$(readlink "/proc/$(container_pid one)/ns/pid")" \
	"$(readlink "/proc/$(container_pid two)/ns/pid")"
# Its init is that of the pause container: nothing tells the two apart for who
# goes by the pid namespace. Engines give that one no limit but the pod's.
assert_equal "the first: its own, pause's" "64 100" "$(shown one)"
assert_equal "the second" "128 100" "$(shown two)"
limit 48 pod
assert_equal "a tighter limit of the pod" "48 48" "$(shown one)"
limit 80 pod
assert_equal "one between them" "64 80" "$(shown one)"
assert_equal "one between them" "80 80" "$(shown two)"
stop_container two
stop_container one
stop_container pause

step "a container in the host's pid namespace"
box hostpid 64 '.linux.namespaces |= map(select(.type != "pid"))'
assert_equal "its own, the caller's own" "64 64" "$(shown hostpid)"
assert_between "its own uptime" 0 900 \
	"$(in_container hostpid cut -d ' ' -f 1 /proc/uptime)"
sub_cgroups hostpid rest service
limit 32 hostpid/service
mkdir "$(dirname "$(cgroup_file outside memory x)")"
limit 96 outside
assert_equal "from a cgroup within it" "64 32" \
	"$(shown_in hostpid hostpid/service)"
assert_equal "from one outside" "64 96" "$(shown_in hostpid outside)"
stop_container hostpid

# --- cgroups ---------------------------------------------------------------

# used NAME: MiB in use, by both.
used() {
	# shellcheck disable=SC2016
	in_container "$1" awk '/^MemTotal:/ { total = $2 }
		/^MemFree:/ { print (total - $2) / 1024 }' \
		/proc/meminfo /top/proc/meminfo | paste -sd ' '
}

# hog PID CGROUP: 20 MiB, in the namespaces of PID.
hog() {
	rm -f "$work/rootfs/tmp/hogs"
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$1" && exec nsenter --all --target "$2" python3 -c "
import time
hog = b\"x\" * (20 << 20)
open(\"/tmp/hogs\", \"w\").close()
time.sleep(900)"' sh "$(cgroup_file "$2" memory cgroup.procs)" "$1" &
	pids+=("$!")
	disown # bash would tell of its end
	wait_for 10 test -e "$work/rootfs/tmp/hogs" || fail "no hog"
}

step "systemd in the container: init.scope, and services beside it"
box systemd 64
sub_cgroups systemd init.scope system.slice
mkdir "$(dirname "$(cgroup_file systemd/system.slice/a.service memory x)")"
limit 16 systemd/init.scope
limit 40 systemd/system.slice
init=$(container_pid systemd)
hog "$init" systemd/system.slice/a.service
assert_equal "to init, and to exec" "64 64" "$(shown systemd)"
assert_equal "to a service" "64 64" \
	"$(shown_in systemd systemd/system.slice/a.service)"
for mib in $(used systemd); do
	assert_between "the use of all services" 20 63 "$mib"
done
stop_container systemd

step "init in a sub-cgroup, as below crun's scope, and its ancestors"
box scope 64
sub_cgroups scope container rest
limit 24 scope/rest
assert_equal "limit of the scope" "64 64" "$(shown scope)"
assert_equal "from another cgroup of its own" "64 64" \
	"$(shown_in scope scope/rest)"
limit 40 scope/container
# The hook found the container where it began, and there it is.
assert_equal "a limit on the sub-cgroup" "64 40" "$(shown scope)"
limit 32 scope
assert_equal "a tighter one above" "32 32" "$(shown scope)"
stop_container scope

# --- a container in a container --------------------------------------------

step "a container in a container"
box outer 64
sub_cgroups outer rest inner
limit 32 outer/inner
# shellcheck disable=SC2016
sh -c 'echo $$ >"$1" && exec nsenter --all --target "$2" unshare --pid \
	--fork --mount --propagation private --kill-child sleep 900' sh \
	"$(cgroup_file outer/inner memory cgroup.procs)" \
	"$(container_pid outer)" &
pids+=("$!")
disown # bash would tell of its end

# inner_init: of its pid namespace.
inner_init() {
	local pid

	while read -r pid; do
		[ "$(cat "/proc/$pid/comm")" = sleep ] && echo "$pid" && return
	done <"$(cgroup_file outer/inner memory cgroup.procs)"
	return 1
}

wait_for 5 inner_init || fail "no inner container"
inner=$(inner_init)
total() {
	nsenter --all --target "$inner" awk "$mebibytes" "$1"
}

assert_equal "the top of the tree: its own" 32 "$(total /top/proc/meminfo)"
assert_equal "what the outer one has mounted: the outer one's" 64 \
	"$(total /proc/meminfo)"
assert_equal "the outer one" "64 64" "$(shown outer)"
limit 48 outer
assert_equal "a tighter limit outside" "32 48" \
	"$(total /top/proc/meminfo) $(total /proc/meminfo)"
stop_container outer
