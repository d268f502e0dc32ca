# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# containerd by its own command: a spec with our hook in it. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/containerd.sh
. "$here/containerd.sh"

engine_need() {
	containerd_need
}

engine_version() {
	echo "containerd $(containerd_version), $(
		"$(stand_in_for runc)" --version | head -n 1)"
}

engine_wiring() {
	echo "a spec"
}

# In a namespace by the name of our cgroup, which is where containerd puts its
# containers' cgroups.
c() {
	ctr_in "$group" "$@"
}

engine_begin() {
	make_engine_rootfs "$work/rootfs"
	containerd_begin 'disabled_plugins = ["io.containerd.grpc.v1.cri"]'
}

# spec_of NAME: ctr's own, and what ctr's options would do to it.
spec_of() {
	c oci spec | jq --arg rootfs "$work/rootfs" --arg group "/$group/$1" '
		.root.path = $rootfs
		| .process.args = ["/bin/sleep", "900"]
		| .process.env = ["PATH=/bin"]
		| .linux.cgroupsPath = $group
		| .linux.resources.memory = {limit: 67108864}
		| .linux.resources.cpu = {quota: 50000, period: 100000}'
}

# start_with NAME [OPTION...]: a container of the spec on stdin.
start_with() {
	local name=$1

	shift
	cat >"$work/$name.json"
	c run --detach --null-io "$@" --config "$work/$name.json" "$name"
}

engine_run() {
	if [ "$2" = with ]; then
		spec_of "$1" | "$hook" --add-hooks --run-dir="$run" "$patient"
	else
		spec_of "$1"
	fi | start_with "$1" --runc-binary "$(command -v "$(stand_in_for runc)")"
}

engine_exec() {
	local name=$1

	shift
	c tasks exec --fifo-dir "$containerd_dir/fifos" \
		--exec-id "exec-$BASHPID-$RANDOM" "$name" "$@"
}

engine_stop() {
	c tasks kill --signal KILL "$1"
	wait_for 20 stopped "$1" || fail "it does not stop"
	c tasks delete "$1" >/dev/null 2>&1
}

# A task that was killed has the exit code 137, of which ctr makes an error.
stopped() {
	c tasks ls | grep -q "^$1 .*STOPPED"
}

engine_start() {
	c tasks start --detach --null-io "$1"
}

engine_remove() {
	c tasks delete --force "$1" >/dev/null 2>&1 || true
	c containers delete "$1"
}

engine_end() {
	containerd_end
}
