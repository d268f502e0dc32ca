# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Pods on a containerd of the test's own, by the interface that kubelet uses.
# Sourced after lib.sh and programs.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/containerd.sh
. "$here/containerd.sh"

cri_need() {
	need python3 curl
	containerd_need
}

cri() {
	python3 "$here/cri.py" "$containerd_dir/socket" "$@"
}

# containerd_answers: its part that pods are asked of is ready some time after
# the rest.
containerd_answers() {
	cri Status
}

# cri_plugin: what containerd calls it.
cri_plugin() {
	if containerd_is 2; then
		echo io.containerd.cri.v1.runtime
	else
		echo io.containerd.grpc.v1.cri
	fi
}

# handler_of NAME LINE...: a table for it, of the plain kind; and LINEs.
handler_of() {
	echo "[plugins.\"$(cri_plugin)\".containerd.runtimes.$1]"
	printf '%s\n' 'runtime_type = "io.containerd.runc.v2"' "${@:2}"
}

# Without CAP_SYS_RESOURCE the score of no process can be lowered.
cri_config_2() {
	cat <<-END
		[plugins."io.containerd.grpc.v1.cri"]
		  sandbox_image = "localhost/box:1"
		  disable_tcp_service = true
		  restrict_oom_score_adj = true
		  [plugins."io.containerd.grpc.v1.cri".containerd]
		    snapshotter = "native"
		    default_runtime_name = "runc"
		  [plugins."io.containerd.grpc.v1.cri".cni]
		    bin_dir = "$containerd_dir/cni/bin"
		    conf_dir = "$containerd_dir/cni/net.d"
	END
}

cri_config_3() {
	cat <<-END
		[plugins."io.containerd.grpc.v1.cri"]
		  disable_tcp_service = true
		[plugins."io.containerd.cri.v1.images"]
		  snapshotter = "native"
		  pinned_images = {sandbox = "localhost/box:1"}
		[plugins."io.containerd.cri.v1.runtime"]
		  restrict_oom_score_adj = true
		  [plugins."io.containerd.cri.v1.runtime".containerd]
		    default_runtime_name = "runc"
		  [plugins."io.containerd.cri.v1.runtime".cni]
		    bin_dirs = ["$containerd_dir/cni/bin"]
		    conf_dir = "$containerd_dir/cni/net.d"
	END
}

# cri_begin TOML: that containerd, with TOML, and an image of busybox.
cri_begin() {
	local config=cri_config_2

	! containerd_is 2 || config=cri_config_3
	make_engine_rootfs "$work/rootfs"
	containerd_begin "$($config && handler_of runc && echo "$1")"
	make_image "$work/rootfs" localhost/box:1 "$work/image.tar"
	ctr_in k8s.io images import --snapshotter native --no-unpack \
		"$work/image.tar" >/dev/null
}

# pod_config NAME [JQ-EDIT]: in the host's network, which needs no plugins.
pod_config() {
	jq -n --arg name "$1" --arg group "/$group" --arg logs "$work" '{
		metadata: {$name, uid: "uid-\($name)", namespace: "test"},
		log_directory: $logs,
		linux: {
			cgroup_parent: $group,
			security_context: {
				namespace_options: {network: 2, pid: 1}
			}
		}
	} | '"${2:-.}"
}

# run_pod NAME HANDLER [JQ-EDIT]: leaves its id in $work/NAME.pod.
run_pod() {
	pod_config "$1" "${3:-.}" >"$work/$1.pod-config"
	cri RunPodSandbox "$(jq --arg handler "$2" '{config: .,
		runtime_handler: $handler}' "$work/$1.pod-config")" |
		jq -r .pod_sandbox_id >"$work/$1.pod"
}

# create POD NAME [JQ-EDIT]: a container that sleeps, of 64 MiB and half a CPU;
# leaves its id in $work/NAME.id.
create() {
	cri CreateContainer "$(jq --arg pod "$(cat "$work/$1.pod")" \
		--arg name "$2" '. as $config | {
			metadata: {$name},
			image: {image: "localhost/box:1"},
			command: ["/bin/sleep", "900"],
			log_path: "\($name).container.log",
			linux: {
				resources: {
					cpu_period: 100000,
					cpu_quota: 50000,
					memory_limit_in_bytes: 67108864
				},
				security_context: {
					namespace_options: {network: 2, pid: 1}
				}
			}
		} | '"${3:-.}"' | {
			pod_sandbox_id: $pod,
			config: .,
			sandbox_config: $config
		}' "$work/$1.pod-config")" | jq -r .container_id >"$work/$2.id"
}

id_of() {
	cat "$work/$1.id"
}

start() {
	cri StartContainer "{\"container_id\": \"$(id_of "$1")\"}" >/dev/null
}

# exec_sync NAME COMMAND...: as its exit code, and what it says on stdout.
exec_sync() {
	local name=$1 out

	shift
	out=$(cri ExecSync "$(jq -n --arg id "$(id_of "$name")" \
		'{container_id: $id, cmd: $ARGS.positional, timeout: 60}' \
		--args -- "$@")")
	jq -j '.stdout // ""' <<<"$out"
	return "$(jq '.exit_code // 0' <<<"$out")"
}

stop() {
	cri StopContainer "{\"container_id\": \"$(id_of "$1")\"}" >/dev/null
}

remove() {
	cri RemoveContainer "{\"container_id\": \"$(id_of "$1")\"}" >/dev/null
}

remove_pod() {
	local id

	id="{\"pod_sandbox_id\": \"$(cat "$work/$1.pod")\"}"
	cri StopPodSandbox "$id" >/dev/null
	cri RemovePodSandbox "$id" >/dev/null
}

# spec_of_container NAME: the config.json that its runtime was given.
spec_of_container() {
	cat "$containerd_dir/state/io.containerd.runtime.v2.task/k8s.io/$(
		id_of "$1")/config.json"
}
