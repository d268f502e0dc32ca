#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Pods as kubelet has them, by what --print-config prints: who gets views and
# who does not; and containerd is killed beside them.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$(dirname "$0")/engines.sh" cri

need free uptime
engine_need
# shellcheck disable=SC2119
start_resviewd
engine_begin

records() {
	ls "$run/containers"
}

# pid_of FILE: of the container, or the pod's pause container, whose id is there.
pid_of() {
	ctr_in k8s.io tasks ls | awk -v id="$(cat "$1")" '$1 == id { print $2 }'
}

views_in() {
	grep -c ' - fuse.resview ' "/proc/$(pid_of "$1")/mountinfo" || true
}

# assert_host NAME WHY
assert_host() {
	assert_equal "views: $2" 0 "$(views_in "$work/$1.id")"
	sees_host "$1" || fail "it does not see the host: $2"
}

step "$(engine_version): a pod of two"
run_pod pod resview
assert_equal "records of a pause container" '' "$(records)"
assert_equal "its views" 0 "$(views_in "$work/pod.pod")"
create pod one
create pod two '.linux.resources.memory_limit_in_bytes = 134217728'
start one
start two
assert_sees one 65536 1
assert_sees two 131072 1
assert_equal "records" "$(printf '%s.json\n' "$(id_of one)" "$(id_of two)" |
	sort)" "$(records)"

step "one has another limit, and another life"
cri UpdateContainerResources "$(jq -n --arg id "$(id_of one)" '{
	container_id: $id,
	linux: {memory_limit_in_bytes: 100663296, cpu_quota: 200000,
		cpu_period: 100000}}')" >/dev/null
assert_sees one 98304 2
code=0
exec_sync one sh -c 'exit 3' || code=$?
assert_equal "exit code of a command" 3 "$code"
stop one
remove one
assert_equal "records" "$(id_of two).json" "$(records)"
create pod one '.metadata.attempt = 1'
start one
assert_sees one 65536 1

step "containerd is killed, and comes back"
# shellcheck disable=SC2154 # of containerd.sh
kill -KILL "$containerd_pid"
wait "$containerd_pid" 2>/dev/null || true
pid=$(jq .pid "$run/containers/$(id_of two).json")
assert_match "two" '^MemTotal: *131072 kB' "$(cat "/proc/$pid/root/proc/meminfo")"
containerd_start
assert_sees one 65536 1
assert_sees two 131072 1
create pod three
start three
assert_sees three 65536 1

step "the pod is removed with all that runs in it"
remove_pod pod
assert_equal "records" '' "$(records)"

# A pid namespace of the pod is that of its pause container.
step "processes shared with the pod, and with the host"
for pid in 0 2; do
	edit=".linux.security_context.namespace_options.pid = $pid"
	run_pod "pids-$pid" resview "$edit"
	create "pids-$pid" "pids-$pid" "$edit"
	start "pids-$pid"
	assert_sees "pids-$pid" 65536 1
	assert_equal "views of the pause container" 0 \
		"$(views_in "$work/pids-$pid.pod")"
	remove_pod "pids-$pid"
done
assert_equal "records" '' "$(records)"

step "other handlers are left alone, and pods that do not want it"
run_pod other runc '.annotations = {"io.resview.enable": "true"}'
create other other
start other
assert_host other "another handler"
run_pod not resview '.annotations = {"io.resview.enable": "false"}'
create not not
start not
assert_host not "an annotation says no"

step "a handler for those that ask"
run_pod silent asked
create silent silent
start silent
assert_host silent "it did not ask"
run_pod pouch asked '.annotations = {"io.kubernetes.lxcfs.enabled": "true"}'
create pouch pouch
start pouch
assert_sees pouch 65536 1
remove_pod pouch
run_pod asking asked '.annotations = {"io.resview.enable": "true",
	"io.resview.cpu": "host", "example.com/other": "x"}'
create asking asking
start asking
assert_sees asking 65536 "$(grep -c ^processor /proc/cpuinfo)"
assert_equal "records" "$(id_of asking).json" "$(records)"
for pod in other not silent asking; do
	remove_pod $pod
done
assert_equal "records" '' "$(records)"
