#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The hook under a real runtime: every kind of container gets its views, and
# the operator's and the container's word decide who gets which.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

runtime=${1:-runc}
need jq "$runtime"
# shellcheck disable=SC2119
start_resviewd
limit='.linux.resources.memory = {limit: 67108864}'
export RESVIEW_HOOK=--mode=required

# assert_views NAME: meminfo is the container's, and every view recorded is
# mounted exactly once, without rights that it does not need.
assert_views() {
	local pid flags

	pid=$(container_pid "$1")
	# shellcheck disable=SC2016
	assert_equal "MemTotal" 65536 "$(in_container "$1" \
		awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
	assert_equal "mounts" \
		"$(jq -r '.views[]' "$run/containers/$1.json" | sort)" \
		"$(awk '/ - fuse.resview / { print substr($5, 2) }' \
			"/proc/$pid/mountinfo" | sort)"
	flags=$(awk '/ - fuse.resview / && $5 !~ "/pressure/" { print $6 }' \
		"/proc/$pid/mountinfo" | sort -u)
	assert_equal "flags" ro,nosuid,nodev,noexec,relatime "$flags"
	assert_equal "shared" '' \
		"$(grep fuse.resview "/proc/$pid/mountinfo" | grep shared: ||
			true)"
}

step "a plain container"
host=$(mounts_here)
make_bundle plain "$limit"
start_container "$runtime" plain
assert_views plain
assert_equal "mode of the record" 600 "$(stat -c %a "$run/containers/plain.json")"
assert_equal "mounts on the host" "$host" "$(mounts_here)"
stop_container plain
assert_equal "records after poststop" '' "$(records)"

step "a read-only root, below the bundle"
make_bundle fixed "$limit" '.root.readonly = true | .root.path = "../rootfs"'
start_container "$runtime" fixed
assert_views fixed
in_container fixed sh -c '! touch /here 2>/dev/null' || fail "not read-only"
stop_container fixed

step "a user namespace"
make_bundle user "$limit" '.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'
chmod 711 "$work"
start_container "$runtime" user || skip "no user namespaces: $(cat "$work"/*.log)"
assert_views user
stop_container user

step "off, on, and what kind of container"
RESVIEW_HOOK='--mode=required --default=off' make_bundle off "$limit"
start_container "$runtime" off
assert_equal "views" 0 "$(views_in "$(container_pid off)")"
assert_equal "records" '' "$(records)"
stop_container off
RESVIEW_HOOK='--mode=required --default=off' make_bundle on "$limit" \
	'.annotations = {"io.kubernetes.lxcfs.enabled": "true"}'
start_container "$runtime" on
assert_views on
stop_container on
make_bundle pause "$limit" \
	'.annotations = {"io.kubernetes.cri.container-type": "sandbox"}'
start_container "$runtime" pause
assert_equal "views" 0 "$(views_in "$(container_pid pause)")"
stop_container pause

step "a choice of views"
RESVIEW_HOOK='--mode=required --views=meminfo,cpu' make_bundle few "$limit"
start_container "$runtime" few
assert_views few
assert_equal "those of /proc" 1 "$(jq '[.views[] | select(test("^proc"))]
	| length' "$run/containers/few.json")"
stop_container few
make_bundle own "$limit" '.annotations = {"io.resview.cpu": "host",
	"io.resview.uptime": "host", "io.resview.views": "/proc/meminfo"}'
start_container "$runtime" own
assert_views own
assert_equal "policy" 'host host ["proc/meminfo"]' "$(jq -rj \
	'.cpu, " ", .uptime, " ", (.views | tojson)' "$run/containers/own.json")"
stop_container own

step "prestart"
make_bundle old "$limit" '.hooks.prestart = .hooks.createRuntime
	| del(.hooks.createRuntime)'
start_container "$runtime" old
assert_views old
stop_container old

step "prestart and createRuntime"
make_bundle both "$limit" '.hooks.prestart = .hooks.createRuntime'
start_container "$runtime" both
assert_views both
stop_container both
assert_equal "records after poststop" '' "$(records)"

step "createContainer is refused"
make_bundle inside "$limit" '.hooks.createContainer = .hooks.createRuntime
	| del(.hooks.createRuntime)'
start_container "$runtime" inside && fail "a hook in a wrong stage succeeds"
unset 'runtime_of[inside]'
runtime "$runtime" delete --force inside >/dev/null 2>&1 || true

step "no mount namespace"
make_bundle shared "$limit" '.linux.namespaces |=
	map(select(.type != "mount")) | .linux.maskedPaths = []
	| .linux.readonlyPaths = [] | .mounts = []'
start_container "$runtime" shared 2>/dev/null && fail "it should not start"
unset 'runtime_of[shared]'
runtime "$runtime" delete --force shared >/dev/null 2>&1 || true
assert_equal "mounts on the host" 0 \
	"$(grep -c '/containers/.* - fuse.resview ' /proc/self/mountinfo)"

step "without a daemon"
stop_pid "$daemon"
make_bundle without "$limit"
start_container "$runtime" without && fail "required, and it starts"
unset 'runtime_of[without]'
runtime "$runtime" delete --force without >/dev/null 2>&1 || true
RESVIEW_HOOK=--mode=besteffort make_bundle anyway "$limit"
start_container "$runtime" anyway
assert_equal "views" 0 "$(views_in "$(container_pid anyway)")"
assert_equal "records" anyway.json "$(records)"
assert_equal "init" "$(container_pid anyway)" \
	"$(jq .pid "$run/containers/anyway.json")"
assert_between "views wanted" 10 999 \
	"$(jq '.views | length' "$run/containers/anyway.json")"

step "which comes back"
start_again
assert_equal "containers/" anyway "$(ls "$fs/containers")"
# It looks every 5 s who is gone.
for _ in 1 2; do
	assert_equal "MemTotal" 65536 "$(awk '/^MemTotal:/ { print $2 }' \
		"$fs/containers/anyway/proc/meminfo")"
	sleep 6
done
stop_container anyway
assert_equal "records after poststop" '' "$(records)"
