# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# podman: a device of CDI, for the containers that are given it. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/podman.sh
. "$here/engines/podman.sh"

engine_wiring() {
	echo "--device resview.org/view=all"
}

# The specification in an /etc that nobody else sees.
engine_begin() {
	make_engine_rootfs "$work/rootfs"
	cp -a /etc "$work/etc"
	mkdir -p "$work/etc/cdi"
	"$hook" --run-dir="$run" "$patient" --print-config cdi \
		>"$work/etc/cdi/resview.json"
	mount --bind "$work/etc" /etc
}

engine_run() {
	local device=()

	[ "$2" = without ] || device=(--device resview.org/view=all)
	podman_run "$1" ${device[@]+"${device[@]}"}
}

engine_start() {
	p start "$1" >/dev/null
}
