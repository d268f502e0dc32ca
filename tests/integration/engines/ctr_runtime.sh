# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# containerd by its own command, with resview-runtime in the place of runc. See
# engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/ctr.sh
. "$here/engines/ctr.sh"

engine_wiring() {
	echo "--runc-binary"
}

engine_begin() {
	make_engine_rootfs "$work/rootfs"
	make_wrapper
	containerd_begin 'disabled_plugins = ["io.containerd.grpc.v1.cri"]'
}

engine_run() {
	local program=runc

	[ "$2" = without ] || program=$work/resview-runtime
	spec_of "$1" | start_with "$1" --runc-binary "$program"
}
