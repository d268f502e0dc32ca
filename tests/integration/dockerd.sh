# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A dockerd of the test's own, with resview-runtime among its runtimes. Sourced
# after programs.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/containerd.sh
. "$here/containerd.sh"

dockerd_need() {
	need runc jq
	need_unpacked dockerd docker.io
	need_unpacked containerd containerd
}

# own_settings LINE...: /etc/resview/resview.conf, in an /etc of our own.
own_settings() {
	own_etc
	mkdir -p /etc/resview
	printf '%s\n' "$@" >/etc/resview/resview.conf
}

# dockerd_settings [JQ-EDIT]: its daemon.json.
dockerd_settings() {
	jq -n --arg work "$work" --arg group "/$group/docker" \
		--arg runtime "$build/hook/resview-runtime" '{
		"data-root": "\($work)/data", "exec-root": "\($work)/exec",
		"pidfile": "\($work)/docker.pid",
		"hosts": ["unix://\($work)/socket"], "cgroup-parent": $group,
		"exec-opts": ["native.cgroupdriver=cgroupfs"],
		"bridge": "none", "iptables": false, "ip6tables": false,
		"ip-forward": false, "ip-masq": false, "userland-proxy": false,
		"live-restore": false,
		"runtimes": {"resview": {"path": $runtime}}} | '"${1:-.}" \
		>"$work/docker.json"
}

# listens PID: it does, or has given up. Whoever asks then waits until it is
# ready.
listens() {
	[ -S "$work/socket" ] || ! kill -0 "$1" 2>/dev/null
}

# dockerd_begin [JQ-EDIT]: it is started with these settings. It gives the
# containerd that it starts up after 15 s: too soon for an emulated CPU, where we
# start that.
dockerd_begin() {
	local edit=${1:-.}

	if [ -n "${RESVIEW_EMULATED:-}" ]; then
		[ -n "$containerd_pid" ] || containerd_begin \
			'disabled_plugins = ["io.containerd.grpc.v1.cri"]'
		edit="($edit) | .containerd = \"$containerd_dir/socket\""
	fi
	dockerd_settings "$edit"
	rm -f "$work/socket"
	# It ends its own children when it is ended.
	setpriv --pdeathsig TERM dockerd --config-file "$work/docker.json" \
		>>"$work/dockerd.log" 2>&1 &
	pids+=("$!")
	wait_for 60 listens "$!" || skip "dockerd does not listen"
	d version >"$work/version" 2>&1 && return
	stop_pid "$!" 2>/dev/null || true # its last line says why
	skip "dockerd does not start: $(tail -n 1 "$work/dockerd.log")"
}

d() {
	docker --host "unix://$work/socket" "$@"
}

# dockerd_image: "box", of busybox, free and uptime.
dockerd_image() {
	make_engine_rootfs "$work/root"
	tar -C "$work/root" -c . | d import - box >/dev/null
}

# Its containers outlive it, and it waits for a containerd that is gone.
dockerd_end() {
	d ps --all --quiet | xargs -r docker --host "unix://$work/socket" \
		rm --force --volumes >/dev/null 2>&1
	[ ! -e "$work/docker.pid" ] || stop_pid "$(cat "$work/docker.pid")"
	containerd_end
}
