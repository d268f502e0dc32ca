# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# containerd by kubelet's interface: a handler with resview-runtime in the place
# of runc. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/cri.sh
. "$here/engines/cri.sh"

engine_wiring() {
	echo "BinaryName"
}

engine_begin() {
	make_wrapper
	cri_begin "$(
		handler_of resview 'pod_annotations = ["io.resview.*"]' \
			"options = {BinaryName = \"$work/resview-runtime\"}"
	)"
}
