# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# runc by hand: what we print for it goes into config.json. See engines.sh.
# shellcheck disable=SC2154

by_hand=runc

engine_need() {
	need jq "$(stand_in_for "$by_hand")"
}

engine_version() {
	"$(stand_in_for "$by_hand")" --version | head -n 1 | sed 's/ version//'
}

engine_wiring() {
	echo "hooks in config.json"
}

engine_begin() {
	make_engine_rootfs "$work/rootfs"
}

engine_run() {
	make_bundle "$1" 'del(.hooks)
		| .mounts |= map(select(.type != "bind"))
		| .process.args = ["/bin/sleep", "900"]
		| .process.env = ["PATH=/bin"]
		| .linux.resources.memory.limit = 67108864
		| .linux.resources.cpu = {quota: 50000, period: 100000}'
	# Without us, too: the bench measures all that is done here.
	"$hook" --run-dir="$run" "$patient" --print-config runc |
		jq -s '.[0] * .[1]' "$work/$1/config.json" - >"$work/with.json"
	[ "$2" = without ] || mv "$work/with.json" "$work/$1/config.json"
	start_container "$by_hand" "$1"
}

engine_exec() {
	in_container "$@"
}

engine_stop() {
	stop_container "$1"
}

engine_start() {
	start_container "$by_hand" "$1"
}

engine_remove() {
	stop_container "$1"
}

engine_end() {
	:
}
