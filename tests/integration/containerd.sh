# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A containerd of a test's own, with all it writes below $work, beside one that
# the machine may have. Sourced after lib.sh and programs.sh.
# shellcheck disable=SC2154

containerd_dir=$work/containerd
containerd_pid=''
run_containerd_is_ours=''

containerd_need() {
	need jq "$(stand_in_for runc)"
	need_unpacked containerd containerd
}

# containerd_version: "1.6.20", without what its package adds.
containerd_version() {
	containerd --version | grep -o '[0-9]*\.[0-9]*\.[0-9]*' | head -n 1
}

# containerd_is MAJOR[.MINOR]: or later?
containerd_is() {
	printf '%s\n' "$1" "$(containerd_version)" |
		sort --check=quiet --version-sort
}

# ctr_in NAMESPACE ARGUMENT...
ctr_in() {
	ctr --address "$containerd_dir/socket" --namespace "$@" </dev/null
}

# containerd_begin [TOML]: it is started, with TOML added to its configuration.
# What has a default that is not below root or state is named.
containerd_begin() {
	local version=2

	! containerd_is 2 || version=3
	mkdir -p "$containerd_dir"
	cat >"$containerd_dir/config.toml" <<-END
		version = $version
		root = "$containerd_dir/root"
		state = "$containerd_dir/state"
		${1:-}
		[grpc]
		  address = "$containerd_dir/socket"
		[plugins."io.containerd.internal.v1.opt"]
		  path = "$containerd_dir/opt"
	END
	[ -e /run/containerd ] || run_containerd_is_ours=yes
	containerd_start
}

containerd_start() {
	setpriv --pdeathsig KILL containerd --config "$containerd_dir/config.toml" \
		>>"$containerd_dir.log" 2>&1 &
	containerd_pid=$!
	pids+=("$containerd_pid")
	wait_for 20 containerd_answers ||
		fail "containerd does not answer: $(tail -n 3 "$containerd_dir.log")"
}

containerd_answers() {
	ctr_in default version
}

containerd_shims() {
	pgrep -f "^[^ ]*containerd-shim-runc-v2 .*-address $containerd_dir/socket"
}

# containerd_ask_end: its containers, where it still answers.
containerd_ask_end() {
	local namespace name

	for namespace in $(ctr_in default namespaces ls -q); do
		for name in $(ctr_in "$namespace" tasks ls -q); do
			ctr_in "$namespace" tasks delete --force "$name"
		done
		for name in $(ctr_in "$namespace" containers ls -q); do
			ctr_in "$namespace" containers delete "$name"
		done
	done
}

# containerd_end: they, its shims, itself. Sockets of shims, and what runc keeps,
# are where those of all containerds are.
containerd_end() {
	local pid file

	[ -n "$containerd_pid" ] || return 0
	containerd_ask_end
	for pid in $(cat /sys/fs/cgroup/{,*/}"$group"{,/*}/cgroup.procs) \
		$(containerd_shims); do
		kill -KILL "$pid"
	done
	stop_pid "$containerd_pid"
	rm -rf "/run/containerd/runc/$group"
	for file in "$work"/*.id "$work"/*.pod; do
		[ ! -e "$file" ] ||
			rm -rf "/run/containerd/runc/k8s.io/$(cat "$file")"
	done
	[ -z "$run_containerd_is_ours" ] ||
		rmdir /run/containerd/{s,runc/k8s.io,runc,}
}

# make_wrapper: resview-runtime as $work/resview-runtime. containerd passes no
# options to it; installed, it has those of its own file.
make_wrapper() {
	echo "hook = --run-dir=$run $patient" >"$work/resview.conf"
	cat >"$work/resview-runtime" <<-END
		#!/bin/sh
		exec $build/hook/resview-runtime --resview-config=$work/resview.conf "\$@"
	END
	chmod +x "$work/resview-runtime"
}

# make_image DIR NAME FILE: an image of the directory, as "docker save" writes
# them; without a registry, and without a program that makes images.
make_image() {
	local image=$work/image layer config

	mkdir "$image"
	tar -C "$1" --numeric-owner -cf "$image/layer.tar" .
	layer=$(sha256sum "$image/layer.tar" | cut -d ' ' -f 1)
	jq -n --arg layer "sha256:$layer" --arg machine "$(uname -m)" '{
		architecture: ({x86_64: "amd64", aarch64: "arm64"}[$machine]
			// $machine),
		os: "linux",
		config: {Env: ["PATH=/bin"], Entrypoint: ["/bin/sleep", "900"]},
		rootfs: {type: "layers", diff_ids: [$layer]}
	}' >"$image/config"
	config=$(sha256sum "$image/config" | cut -d ' ' -f 1).json
	mv "$image/config" "$image/$config"
	jq -n --arg config "$config" --arg name "$2" '[{Config: $config,
		RepoTags: [$name], Layers: ["layer.tar"]}]' >"$image/manifest.json"
	tar -C "$image" -cf "$3" manifest.json "$config" layer.tar
	rm -r "$image"
}
