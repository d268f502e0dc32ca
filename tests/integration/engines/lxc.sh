# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# LXC: two hooks of a container that root starts. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/lxc.sh
. "$here/lxc.sh"
idmap=()

engine_need() {
	lxc_need
}

engine_version() {
	echo "LXC $(lxc_version)${idmap[0]:+, user namespace}"
}

engine_wiring() {
	echo "lxc.hook.start-host"
}

engine_begin() {
	make_engine_rootfs "$work/rootfs"
	others_may_pass
}

engine_run() {
	# Without us, too: the bench measures all that is done here.
	"$hook" --run-dir="$run" "$patient" --print-config lxc >"$work/with.conf"
	[ "$2" = with ] || : >"$work/with.conf"
	lxc_make "$1" ${idmap[@]+"${idmap[@]}"} <"$work/with.conf"
	lxc_start "$1"
}

engine_exec() {
	lxc_exec "$@"
}

engine_stop() {
	lxc_stop "$1"
}

engine_start() {
	lxc_start "$1"
}

engine_remove() {
	lxc_stop "$1"
}

engine_end() {
	lxc_end
}
