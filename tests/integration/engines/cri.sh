# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# containerd by kubelet's interface: a handler whose containers begin with a spec
# that has our hook. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/cri.sh
. "$here/cri.sh"

engine_need() {
	cri_need
}

engine_version() {
	echo "containerd $(containerd_version) (CRI), $(
		runc --version | head -n 1)"
}

engine_wiring() {
	echo "base_runtime_spec"
}

engine_begin() {
	mkdir -p "$containerd_dir"
	base_spec >"$containerd_dir/resview.json"
	cri_begin "$(
		cat <<-END
			[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.resview]
			  runtime_type = "io.containerd.runc.v2"
			  base_runtime_spec = "$containerd_dir/resview.json"
			  pod_annotations = ["io.resview.*"]
		END
	)"
}

base_spec() {
	ctr oci spec | jq --arg hook "$hook" --arg run "$run" '
		{path: $hook, args: [$hook, "--run-dir", $run]} as $h
		| .hooks = {createRuntime: [$h], poststop: [$h]}'
}

engine_run() {
	local handler=resview

	[ "$2" = with ] || handler=runc
	run_pod "$1" $handler
	create "$1" "$1"
	start "$1"
}

engine_exec() {
	exec_sync "$@"
}

engine_stop() {
	stop "$1"
}

# A container of a pod is never started again: kubelet replaces it by another
# attempt.
engine_start() {
	create "$1" "$1" '.metadata.attempt = 1'
	start "$1"
}

engine_remove() {
	remove_pod "$1"
}

engine_end() {
	containerd_end
}
