#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Docker with resview-runtime, beyond what test_engine.sh has: every way to
# configure it, and what an engine's user sees of its runtime as it was.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$(dirname "$0")/engines.sh" docker

engine_need
# shellcheck disable=SC2119
start_resviewd

# box NAME OPTION... -- COMMAND...: of 64 MiB and half a CPU.
box() {
	local name=$1 options=()

	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	d run --name "$name" --network none --memory 64m --cpus 0.5 \
		${options[@]+"${options[@]}"} box "$@"
}

memory() {
	# shellcheck disable=SC2016
	d exec "$1" awk '/^MemTotal:/ { print $2 }' /proc/meminfo
}

# spec_of NAME: the config.json that its runtime had.
spec_of() {
	cat "$work"/exec/containerd/daemon/*/moby/"$(d inspect \
		--format '{{.Id}}' "$1")"/config.json
}

# reload JQ-EDIT: daemon.json, by SIGHUP.
reload() {
	dockerd_settings "$1"
	kill -HUP "$(cat "$work/docker.pid")"
}

# runtime_users: what keeps the package, see packaging/package/functions.sh.
runtime_users() {
	# shellcheck disable=SC2016
	sh -c '. "$1"; libexec=$2 states=$3; runtime_users' - \
		"$top/packaging/package/functions.sh" "$build/hook" "$work"
}

id_of() {
	d inspect --format '{{.Id}}' "$1"
}

has_runtime() {
	d info --format '{{json .Runtimes}}' | jq -e --arg name "$1" 'has($name)'
}

step "added while dockerd runs, by SIGHUP"
own_settings "hook = --run-dir=$run $patient"
dockerd_begin 'del(.runtimes)'
dockerd_image
! has_runtime resview >/dev/null || fail "it has the runtime already"
reload .
wait_for 10 has_runtime resview || fail "docker info does not show it"
box one --detach --runtime resview -- sleep 900 >/dev/null
assert_equal "memory" 65536 "$(memory one)"
box other --detach -- sleep 900 >/dev/null
assert_equal "what keeps the package" " $(id_of one)" "$(runtime_users)"
d stop --time 0 one >/dev/null
assert_equal "what keeps the package" '' "$(runtime_users)"
d rm --force one other >/dev/null

step "with arguments: Docker writes a shell script that has them"
echo "hook = --run-dir=$run $patient --views=uptime" >"$work/conf"
# shellcheck disable=SC2016
reload '.runtimes.wrapped = {path: .runtimes.resview.path,
	runtimeArgs: ["--resview-config=\($work)/conf"]}'
wait_for 10 has_runtime wrapped || fail "docker info does not show it"
box two --detach --runtime wrapped -- sleep 900 >/dev/null
assert_equal "views" 1 "$(d exec two grep -c fuse.resview /proc/mounts)"
assert_equal "what keeps the package" " $(id_of two)" "$(runtime_users)"
d rm --force two >/dev/null
assert_equal "records" '' "$(ls "$run/containers")"

is_default() {
	[ "$(d info --format '{{.DefaultRuntime}}')" = "$1" ]
}

step "as the default runtime, by SIGHUP and from the beginning"
reload '.["default-runtime"] = "resview"'
wait_for 10 is_default resview || fail "SIGHUP does not change the default"
box zero --detach -- sleep 900 >/dev/null
assert_equal "memory" 65536 "$(memory zero)"
d rm --force zero >/dev/null
stop_pid "$(cat "$work/docker.pid")"
dockerd_begin '.["default-runtime"] = "resview"'
is_default resview || fail "docker info does not show it"
box three --detach -- sh -c 'trap "exit 5" TERM; sleep 900 & wait' >/dev/null
assert_equal "memory" 65536 "$(memory three)"
assert_equal "hooks" '[1,1]' "$(spec_of three |
	jq -c '[.hooks.createRuntime, .hooks.poststop | length]')"

step "exec, pause, update, restart, stop and kill"
code=0
d exec three sh -c 'exit 7' || code=$?
assert_equal "exit code of docker exec" 7 "$code"
assert_equal "a terminal" yes "$(d exec --tty three sh -c \
	'test -t 1 && echo yes' | tr -d '\r')"
assert_equal "its standard input" word \
	"$(echo word | d exec --interactive three cat)"
d pause three >/dev/null
d unpause three >/dev/null
d update --memory 96m --memory-swap -1 three >/dev/null
has_more() {
	[ "$(memory three)" = 98304 ]
}
wait_for 2 has_more || fail "$(memory three) kB after docker update"
d restart --time 60 three >/dev/null
assert_equal "memory after docker restart" 98304 "$(memory three)"
assert_equal "hooks" '[1,1]' "$(spec_of three |
	jq -c '[.hooks.createRuntime, .hooks.poststop | length]')"
d stop --time 60 three >/dev/null
assert_equal "exit code after docker stop" 5 \
	"$(d inspect --format '{{.State.ExitCode}}' three)"
d start three >/dev/null
d kill three >/dev/null
assert_equal "exit code after docker kill" 137 "$(d wait three)"
d rm three >/dev/null
assert_equal "records" '' "$(ls "$run/containers")"

step "output, exit code and terminal of docker run"
code=0
said=$(box four --rm -- sh -c 'echo out; echo err >&2; exit 9' \
	2>"$work/error") || code=$?
assert_equal "exit code" 9 "$code"
assert_equal "output" out "$said"
assert_equal "errors" err "$(cat "$work/error")"
assert_equal "a terminal" yes "$(box four --rm --tty -- \
	sh -c 'test -t 0 && echo yes' | tr -d '\r')"

step "what an image may say is not read as hooks"
box five --detach --env 'A="hooks":{"createRuntime":[' --env 'B=]}}}' \
	--label 'hooks={"prestart":[' --workdir '/"],"hooks":{' -- \
	sh -c 'sleep 900 & wait' '"}],"hooks":null' >/dev/null
assert_equal "hooks" '[1,1]' "$(spec_of five | jq -c \
	'[.hooks.createRuntime, .hooks.poststop | length]')"
assert_equal "memory" 65536 "$(memory five)"
d rm --force five >/dev/null

step "whoever wants no views by default"
own_settings "hook = --run-dir=$run $patient --default=off"
box six --detach -- sleep 900 >/dev/null
sees_host six || fail "it has views"
d rm --force six >/dev/null
if d run --help | grep -q -e --annotation; then
	box six --detach --annotation io.resview.enable=true -- sleep 900 \
		>/dev/null
	assert_equal "memory of who asks" 65536 "$(memory six)"
	d rm --force six >/dev/null
else
	echo "   this Docker has no annotations"
fi

step "required: docker run says why it does not start"
for wrong in "--views=nothing-such" "--no-such-option"; do
	own_settings "hook = --mode=required --run-dir=$run $wrong"
	if said=$(box seven -- true 2>&1); then
		fail "it starts with $wrong"
	fi
	assert_match "docker run with $wrong" 'does not start' "$said"
	d rm --force seven >/dev/null
done
own_settings "hook = --run-dir=$run --no-such-option"
said=$(box eight --rm -- echo started 2>&1) || fail "it does not start: $said"
assert_match "besteffort" 'started' "$said"

command -v crun >/dev/null || exit 0
step "with crun as the real runtime, by a script"
cat >"$work/crun" <<'END'
#!/bin/sh
grep -qs . /sys/fs/cgroup/unified/cgroup.controllers || exec crun "$@"
exec unshare --mount --propagation slave sh -c \
	'mount -t tmpfs none /sys/fs/cgroup/unified && exec crun "$@"' crun "$@"
END
chmod +x "$work/crun"
own_settings "runtime = $work/crun" "hook = --run-dir=$run $patient"
box nine --detach -- sleep 900 >/dev/null
assert_equal "memory" 65536 "$(memory nine)"
d restart --time 0 nine >/dev/null
assert_equal "memory after docker restart" 65536 "$(memory nine)"
d rm --force nine >/dev/null
assert_equal "records" '' "$(ls "$run/containers")"
