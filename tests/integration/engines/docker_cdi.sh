# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Docker from 25 on: a device of CDI, for the containers that are given it. See
# engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/docker.sh
. "$here/engines/docker.sh"

# Both, for it is docker that knows a path from the name of a device.
engine_need() {
	local program version

	dockerd_need
	for program in docker dockerd; do
		version=$("$program" --version | sed 's/.*version //; s/,.*//')
		[ "${version%%.*}" -ge 25 ] ||
			skip "CDI is of Docker 25, $program is $version"
	done
}

engine_wiring() {
	echo "--device resview.org/view=all"
}

# Switched on, as from 28.2 on it is anyway. The specification comes later: it
# takes no restart.
engine_begin() {
	own_etc
	dockerd_begin 'del(.runtimes) | .features.cdi = true'
	mkdir -p /etc/cdi
	"$hook" --run-dir="$run" "$patient" --print-config cdi \
		>/etc/cdi/resview.json
	dockerd_image
}

engine_run() {
	local device=()

	[ "$2" = without ] || device=(--device resview.org/view=all)
	docker_run "$1" ${device[@]+"${device[@]}"}
}
