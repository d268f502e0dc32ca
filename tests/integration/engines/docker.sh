# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Docker: resview-runtime in daemon.json. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/dockerd.sh
. "$here/dockerd.sh"

engine_need() {
	dockerd_need
}

engine_version() {
	echo "$(dockerd --version | sed 's/ version//; s/,.*//')," \
		"$(runc --version | head -n 1)"
}

engine_wiring() {
	echo "resview-runtime"
}

engine_begin() {
	own_settings "hook = --run-dir=$run $patient"
	dockerd_begin .
	dockerd_image
}

# docker_run NAME OPTION...: a container.
docker_run() {
	d run --detach --name "$1" --network none --memory 64m --cpus 0.5 \
		"${@:2}" box sleep 900 >/dev/null
}

engine_run() {
	local runtime=()

	[ "$2" = without ] || runtime=(--runtime resview)
	docker_run "$1" ${runtime[@]+"${runtime[@]}"}
}

engine_exec() {
	d exec "$@"
}

engine_stop() {
	d stop --time 0 "$1" >/dev/null
}

engine_start() {
	d start "$1" >/dev/null
}

engine_remove() {
	d rm --force "$1" >/dev/null
}

engine_end() {
	dockerd_end
}
