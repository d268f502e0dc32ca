#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# NRI, of containerd 1.7 and later: its plugin hook-injector takes the hooks.d
# files of podman. No release of Debian has it built; it is in the source of
# golang-github-containerd-nri, and this test takes one that is installed.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$(dirname "$0")/engines.sh" cri

need free uptime
engine_need
command -v hook-injector >/dev/null ||
	skip "hook-injector is missing, and in no package of Debian"
containerd_is 1.7 || skip "containerd is older than 1.7"
[ -d /etc/containers ] || skip "no /etc/containers here, to mount ours on"
# shellcheck disable=SC2119
start_resviewd

records() {
	ls "$run/containers"
}

views_in_pod() {
	grep -c ' - fuse.resview ' "/proc/$(ctr_in k8s.io tasks ls |
		awk -v id="$(cat "$work/$1.pod")" '$1 == id { print $2 }')/mountinfo" ||
		true
}

# pod NAME HANDLER [JQ-EDIT]: a pod of that name, and a container in it.
pod() {
	run_pod "$1" "$2" "${3:-.}"
	create "$1" "$1"
	start "$1"
}

# It looks in two directories, of which only one needs to be there; since it can
# watch them it would make the other. Its environment is empty.
injector=$(command -v hook-injector)
! "$injector" -help 2>&1 | grep -q disableWatch || injector+=' -disableWatch'
mkdir -p "$work/etc/oci/hooks.d" "$work/nri"
mount --bind "$work/etc" /etc/containers
printf '#!/bin/sh\nexec %s "$@"\n' "$injector" >"$work/nri/10-hook-injector"
chmod +x "$work/nri/10-hook-injector"

step "the hook of those that ask"
"$hook" --run-dir="$run" "$patient" --default=off --print-config=podman \
	>"$work/etc/oci/hooks.d/50-resview.json"
cri_begin "[plugins.\"io.containerd.nri.v1.nri\"]
disable = false
disable_connections = true
plugin_path = \"$work/nri\"
plugin_config_path = \"$work/nri/conf.d\"
socket_path = \"$work/nri/socket\"
plugin_registration_timeout = \"30s\"
plugin_request_timeout = \"30s\"
$(handler_of told 'pod_annotations = ["io.resview.*"]')"
pod silent runc
sees_host silent || fail "it has views, and did not ask"
assert_equal "records" '' "$(records)"
pod asking runc '.annotations = {"io.resview.enable": "true"}'
assert_sees asking 65536 1
assert_equal "views of the pause container" 0 "$(views_in_pod asking)"
assert_equal "records" "$(id_of asking).json" "$(records)"
stop asking
remove asking
assert_equal "records" '' "$(records)"

step "the hook of all"
# shellcheck disable=SC2154 # of containerd.sh
stop_pid "$containerd_pid"
"$hook" --run-dir="$run" "$patient" --print-config=podman \
	>"$work/etc/oci/hooks.d/50-resview.json"
containerd_start
pod plain runc
assert_sees plain 65536 1
assert_equal "views of the pause container" 0 "$(views_in_pod plain)"
pod not told '.annotations = {"io.resview.enable": "false"}'
sees_host not || fail "it has views, and did not want them"
pod host told '.annotations = {"io.resview.cpu": "host"}'
assert_sees host 65536 "$(grep -c ^processor /proc/cpuinfo)"
for name in silent asking plain not host; do
	remove_pod $name
done
assert_equal "records" '' "$(records)"
