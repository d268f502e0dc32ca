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

# What --print-config prints, and what it says is to be done before.
engine_begin() {
	mkdir -p "$containerd_dir"
	cri_begin "$(handler resview)
$(handler asked --default=off)"
}

# handler NAME [OPTION...]: of the hook.
handler() {
	local name=$1 text

	shift
	text=$("$hook" --run-dir="$run" "$patient" "$@" --print-config=containerd |
		sed "s|/etc/containerd/resview.json|$containerd_dir/$name.json|
			s|runtimes\.resview|runtimes.$name|")
	eval "$(sed -n 's/^#   //p' <<<"$text")"
	echo "$text"
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
