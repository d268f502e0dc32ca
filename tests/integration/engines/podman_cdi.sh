# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# podman: a device of CDI, for the containers that are given it. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/podman.sh
. "$here/engines/podman.sh"

engine_wiring() {
	echo "--device resview.org/view=all"
}

engine_begin() {
	make_engine_rootfs "$work/rootfs"
	own_etc
	mkdir -p /etc/cdi
	"$hook" --run-dir="$run" "$patient" --print-config cdi \
		>/etc/cdi/resview.json
}

engine_run() {
	local device=()

	[ "$2" = without ] || device=(--device resview.org/view=all)
	podman_run "$1" ${device[@]+"${device[@]}"}
}

engine_start() {
	p start "$1" >/dev/null
}
