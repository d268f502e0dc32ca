#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Limits that are another cgroup's than the container's own: of a slice, of a
# scope, of the nearest that has the controller.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/v2.sh
. "$here/v2.sh"

need runc crun jq python3
scopes=()

end_scopes() {
	local status=$? scope

	set +e
	for scope in ${scopes[@]+"${scopes[@]}"}; do
		systemctl stop "$scope" 2>/dev/null
	done
	(exit "$status")
	cleanup
}
trap end_scopes EXIT

# root NAME: where its files are.
root() {
	echo "/proc/$(container_pid "$1")/root"
}

# total_is NAME KB: within the second that a limit may take.
total_is() {
	[ "$(total "$(root "$1")")" = "$2" ]
}

# in_cgroup DIR COMMAND...: in that cgroup.
in_cgroup() {
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@"
}

# scoped RUNTIME NAME EDIT: a container that systemd makes the cgroup of, in a
# slice of its own.
scoped() {
	local scope=resview-$2.scope

	scopes+=("$scope" "resviewtest$$.slice")
	make_bundle "$2" ".linux.cgroupsPath = \"resviewtest$$.slice:resview:$2\"
		| $3"
	runtime_of[$2]=$1
	"$1" --root "$work/state-$1" --systemd-cgroup run --detach \
		--pid-file "$work/$2.pid" --bundle "$work/$2" "$2" \
		</dev/null >"$work/$2.log" 2>&1 ||
		fail "$1 --systemd-cgroup: $(cat "$work/$2.log")"
}

# shellcheck disable=SC2119
start_resviewd

step "limits of a slice alone"
make_bundle box ".linux.cgroupsPath = \"/$group/pod/box\""
start_container runc box
pod=/sys/fs/cgroup/$group/pod
echo 134217728 >"$pod/memory.max"
echo 67108864 >"$pod/memory.swap.max"
echo 50000 100000 >"$pod/cpu.max"
wait_for 2 total_is box 131072 || fail "$(total "$(root box)") of the slice"
beside box memory swap shares
recorded box v2-slice

step "the tightest, wherever it is"
echo 33554432 >"$pod/box/memory.max"
wait_for 2 total_is box 32768 || fail "$(total "$(root box)"), own"
beside box memory shares
echo 268435456 >"$pod/box/memory.max"
wait_for 2 total_is box 131072 || fail "$(total "$(root box)"), the slice's"

step "a cgroup without controllers"
mkdir "$pod/box/leaf"
[ ! -e "$pod/box/leaf/memory.current" ] || fail "it has some"
assert_equal "a plain process in it" 131072 \
	"$(in_cgroup "$pod/box/leaf" cat "$fs/proc/meminfo" |
		sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p')"
assert_equal "its CPUs" 1 \
	"$(in_cgroup "$pod/box/leaf" grep -c '^cpu[0-9]' "$fs/proc/stat")"
container_pid box >"$pod/box/leaf/cgroup.procs"
total_is box 131072 || fail "init in it: $(total "$(root box)")"
recorded box v2-leaf

step "an init.scope"
mkdir "$pod/box/init.scope"
container_pid box >"$pod/box/init.scope/cgroup.procs"
total_is box 131072 || fail "init in it: $(total "$(root box)")"
assert_equal "as its caller" 131072 \
	"$(nsenter --target "$(container_pid box)" --pid \
		cat "$fs/proc/meminfo" | sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p')"
recorded box v2-init-scope
stop_container box

step "scopes of systemd"
[ -S /run/dbus/system_bus_socket ] || { echo "no systemd to ask" && exit 0; }
for engine in runc crun; do
	scoped $engine "in-$engine" '.linux.resources.memory.limit = 67108864
		| .linux.resources.cpu = {quota: 50000, period: 100000}'
	echo "$engine: $(cgroup_of "in-$engine")"
	total_is "in-$engine" 65536 || fail "$(total "$(root "in-$engine")")"
	beside "in-$engine" memory shares
	recorded "in-$engine" "v2-scope-$engine"
done
assert_match "cgroup of crun" '\.scope/container$' "$(cgroup_of in-crun)"
assert_equal "a service's process" 65536 \
	"$(systemd-run --quiet --scope -p MemoryMax=64M cat "$fs/proc/meminfo" |
		sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p')"
