#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What else podman does with a container: restart, user namespaces, pods of a
# Kubernetes file; and what it does with a hook file that is wrong.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$here/engines.sh" podman

need free uptime
engine_need
need_unpacked catatonit catatonit
# shellcheck disable=SC2119
start_resviewd
engine_begin
with_hooks with

# total NAME: what it sees.
total() {
	# shellcheck disable=SC2016
	figure "$1" awk '/^MemTotal:/ { print $2 }' /proc/meminfo
}
host=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)

step "podman restart"
podman_run box
assert_equal "MemTotal" 65536 "$(total box)"
p restart --time 0 box >/dev/null
assert_equal "MemTotal" 65536 "$(total box)"
assert_between "uptime" 0 60 "$(figure box cut -d ' ' -f 1 /proc/uptime)"
assert_equal "records" 1 "$(find "$run/containers" -name '*.json' | wc -l)"
engine_remove box

step "a user namespace"
others_pass() {
	chmod 711 "$work" "$work"/podman* "$run"
	chmod -R a+rX "$work/podman" "$work/rootfs"
}
others_pass
if podman_run mapped --uidmap 0:100000:65536 --gidmap 0:100000:65536 \
	2>"$work/said"; then
	assert_equal "root is" 100000 "$(figure mapped \
		cut -c 12-22 /proc/self/uid_map)"
	assert_equal "MemTotal" 65536 "$(total mapped)"
	engine_remove mapped
else
	echo "   not here: $(tail -n 1 "$work/said")"
fi
assert_equal "records" '' "$(ls "$run/containers")"

step "one that asks, by --annotation and in a Kubernetes file"
"$hook" --run-dir="$run" "$patient" --default=off --print-config podman \
	>"$work/hooks.d/50-resview-all.json"
podman_run plain
assert_equal "does not ask" "$host" "$(total plain)"
podman_run asks --annotation io.resview.enable=true
assert_equal "asks" 65536 "$(total asks)"
engine_remove plain
engine_remove asks

play() {
	sed "s/VALUE/$1/" >"$work/pod.yaml" <<-END
		apiVersion: v1
		kind: Pod
		metadata:
		  name: pod
		  annotations:
		    io.resview.enable: "VALUE"
		spec:
		  hostNetwork: true
		  containers:
		  - name: box
		    image: localhost/busybox:1
		    command: [sleep, "900"]
		    env:
		    - name: PATH
		      value: /bin
		    resources:
		      limits:
		        memory: 64Mi
	END
	CONTAINERS_CONF=$work/containers.conf p play kube "$work/pod.yaml" \
		>"$work/said" 2>&1
}

cat >"$work/containers.conf" <<-END
	[containers]
	default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
END

tar -C "$work/rootfs" -cf - . | p import - localhost/busybox:1 >/dev/null 2>&1 ||
	fail "podman import"
if play true; then
	assert_equal "asks" 65536 "$(total pod-box)"
	p pod rm --force --time 0 pod >/dev/null
	play false
	assert_equal "asks not" "$host" "$(total pod-box)"
	p pod rm --force --time 0 pod >/dev/null
	assert_equal "records" '' "$(ls "$run/containers")"
else
	echo "   podman play kube: not here: $(tail -n 1 "$work/said")"
fi

step "a hook file that is malformed: podman starts nothing, ours or not"
cp "$work/hooks.d/50-resview-all.json" "$work/good.json"
head -c 100 "$work/good.json" >"$work/hooks.d/50-resview-all.json"
! podman_run box 2>"$work/said" || fail "it starts"
assert_match "it says why" '50-resview-all.json' "$(cat "$work/said")"
p rm --force box >/dev/null 2>&1 || true

step "one whose program is gone is passed over"
"$hook" --print-config podman | sed 's|"path": ".*"|"path": "/none/hook"|' \
	>"$work/hooks.d/50-resview-all.json"
podman_run box || fail "it does not start"
sees_host box || fail "it has views"
engine_remove box
