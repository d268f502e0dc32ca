# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# podman: a hooks directory. See engines.sh.
# shellcheck disable=SC2154

engine_need() {
	need podman "$(stand_in_for runc)"
}

engine_version() {
	podman --version | sed 's/ version//'
}

engine_wiring() {
	echo "hooks.d"
}

p() {
	podman --root "$work/podman/root" --runroot "$work/podman/run" \
		--tmpdir "$work/podman/tmp" --cgroup-manager=cgroupfs \
		--events-backend=file --log-level=error --storage-driver=vfs \
		--runtime "$(command -v "$(stand_in_for runc)")" \
		${hooks[@]+"${hooks[@]}"} "$@"
}
hooks=()

engine_begin() {
	make_engine_rootfs "$work/rootfs"
	mkdir "$work/hooks.d"
	"$hook" --run-dir="$run" "$patient" --print-config podman \
		>"$work/hooks.d/50-resview-all.json"
}

# podman_run NAME OPTION...: a container. Limits of processes: more than one
# without CAP_SYS_RESOURCE may set.
podman_run() {
	p run --detach --name "$1" --network none --memory 64m --cpus 0.5 \
		--cgroup-parent "/$group" --ulimit nofile=1024:1024 \
		--ulimit nproc=1024:1024 "${@:2}" --rootfs "$work/rootfs" \
		sleep 900 >/dev/null
}

# with_hooks HOW: for each podman from now on.
with_hooks() {
	hooks=()
	[ "$1" = without ] || hooks=(--hooks-dir "$work/hooks.d")
}

engine_run() {
	with_hooks "$2"
	podman_run "$1"
}

engine_exec() {
	p exec "$@"
}

engine_stop() {
	p stop --time 0 "$1" >/dev/null
}

engine_start() {
	with_hooks with
	p start "$1" >/dev/null
}

engine_remove() {
	p rm --force --time 0 "$1" >/dev/null
}

# Of a container that has ended podman leaves a process that tidies up.
podman_gone() {
	! pgrep -f "$work/podman/root"
}

engine_end() {
	p rm --force --all --time 0
	wait_for 20 podman_gone
}
