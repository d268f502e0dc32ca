#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: annotations, names and variables that the image or its user chooses
# (CVE-2022-0811, CVE-2026-53492). They may ask for views or for
# none; they choose no path, no policy of the operator's, and nothing of others.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# said PID JQ-EDIT OPTION...: the hook on the state of "a", so edited; and only
# views of it were mounted.
said() {
	local pid=$1 edit=$2

	shift 2
	cat "/proc/$pid/mountinfo" >"$work/a.before"
	run_hook "$@" < <(state a "$pid" "$edit")
	cat "/proc/$pid/mountinfo" >"$work/a.after"
	assert_equal "mounts" '' "$(wrong_mounts a "$work/a/rootfs")"
	assert_between "lines ($error)" 0 3 "$(wc -l <"$work/error")"
	assert_host
	views=$(new_views a)
}

# again: a new "a", without views.
again() {
	[ ! -e "$run/containers/a.json" ] || forget a
	stop_pid "$init"
	stand_in a
}

host_before
stand_in a
said "$init" . --mode=required
assert_equal "exit code ($error)" 0 "$status"
all=$views
again

step "the operator's options are not the container's"
policy='.annotations = {
	"io.resview.mode": "besteffort", "io.resview.required": "false",
	"io.resview.run-dir": "/tmp", "io.resview.mountpoint": "/proc",
	"io.resview.timeout": "3600", "io.resview.default": "off",
	"io.resview.root": "/", "io.resview.path": "/etc",
	"io.resview.config": "/etc/passwd", "io.resview.hook": "--mode=required"}'
fs_was=$fs
said "$init" "$policy" --mode=required
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "$all" "$views"
assert_match "names them" 'unknown annotations io.resview.*, ignoring' "$error"
again
said "$init" "$policy" --mode=required --mountpoint="$work/none"
assert_equal "exit code, required" 1 "$status"
assert_equal "records" '' "$(records)"
said "$init" "$policy | .annotations[\"io.resview.mode\"] = \"required\"" \
	--mode=besteffort --mountpoint="$work/none"
assert_equal "exit code, besteffort" 0 "$status"
again

step "it may ask for none, and for its own way to count"
for annotation in '"io.resview.enable": "false"' \
	'"io.kubernetes.lxcfs.enabled": "no"' \
	'"io.kubernetes.cri.container-type": "sandbox"'; do
	said "$init" ".annotations = {$annotation}" --mode=required
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "views" 0 "$views"
	assert_equal "records" '' "$(records)"
done
said "$init" '.annotations = {"io.resview.cpu": "host",
	"io.resview.uptime": "host", "io.resview.views": "proc/uptime"}' \
	--mode=required
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" 1 "$views"
again

step "names that are nearly ours say nothing"
said "$init" '.annotations = {"io.resview.enable\u0000": "false",
	" io.resview.enable": "false", "IO.RESVIEW.ENABLE": "false",
	"io.resview.enable ": "false", "io_resview_enable": "false",
	"io.resview": "false", "xio.resview.enable": "false"}' --mode=required
assert_equal "exit code" 1 "$status"
assert_match "says why" 'state on stdin: malformed' "$error"
said "$init" '.annotations = {
	" io.resview.enable": "false", "IO.RESVIEW.ENABLE": "false",
	"io.resview.enable ": "false", "io_resview_enable": "false",
	"io.resview": "false", "xio.resview.enable": "false"}' --mode=required
assert_equal "exit code ($error)" 0 "$status"
assert_equal "views" "$all" "$views"
again

step "lists of views that are paths"
# shellcheck disable=SC2016
for list in / ../.. /etc/passwd proc/../../../etc/passwd proc/1/environ \
	'*' 'sys/block/../../../etc/stat' containers/b/proc/meminfo \
	proc/meminfo/ //proc/meminfo 'meminfo\nstat' '' 'meminfo,,stat' \
	'%s%n' '$(id)'; do
	said "$init" ".annotations = {\"io.resview.views\": \"$list\"}" \
		--mode=required
	assert_equal "exit code, views=$list ($error)" 1 "$status"
	assert_match "views=$list" 'there is no such view' "$error"
	assert_equal "records" '' "$(records)"
done
said "$init" '.annotations = {"io.resview.views": "../../etc"}' \
	--views=proc/stat
assert_equal "the operator's, in besteffort" '["proc/stat"]' \
	"$(jq -c .views "$run/containers/a.json")"
again

step "values of megabytes, and values that are none"
for value in 'cpu="y" * 2000000' 'views="meminfo," * 250000' \
	'views="\n" * 3000' 'enable="\n" * 300000' 'other="y" * 2000000' \
	'uptime="\u001b[2J\n"' 'views="\u001b[2J\"}, {\""'; do
	said "$init" ".annotations = {\"io.resview.${value%%=*}\":
		(${value#*=})}" --mode=besteffort
	assert_equal "exit code ($error)" 0 "$status"
	assert_between "bytes said" 0 700 "${#error}"
	[[ ${error//$'\n'} != *[[:cntrl:]]* ]] || fail "it is said raw: $error"
	[ ! -e "$run/containers/a.json" ] || forget a
done
said "$init" '.annotations = {"io.resview.views": "a\u0000b"}' --mode=required
assert_equal "exit code" 1 "$status"
assert_equal "records" '' "$(records)"

step "ids that are paths"
again
echo '{}' >"$run/victim.json"
touch "$work/victim.json"
victims=$(stat -c '%n %i %Y %s' "$run/victim.json" "$work/victim.json")
long=$(printf 'a%.0s' {1..129})
for id in a/b ../victim ../../victim . .. '' 'a b' /etc/passwd "$long" \
	'a\nb' 'a\u0000b' 'é' '*'; do
	for stage in . '.status = "stopped" | .pid = 0'; do
		run_hook --mode=required < <(state a "$init" "$stage
			| .id = \"$id\"")
		assert_equal "exit code, id $id" 1 "$status"
		assert_match "id $id" '"id": malformed' "$error"
		assert_untouched "$init"
	done
done
for id in ... --help a..b; do
	run_hook --mode=required < <(state a "$init" ".id = \"$id\"")
	assert_equal "exit code, id $id ($error)" 0 "$status"
	assert_equal "record" "$id" "$(jq -r .id "$run/containers/$id.json")"
	run_hook --mode=required < <(state a 0 ".status = \"stopped\"
		| .id = \"$id\"")
	assert_equal "records" '' "$(records)"
	stop_pid "$init"
	stand_in a
done
assert_equal "files beside the records" "$victims" \
	"$(stat -c '%n %i %Y %s' "$run/victim.json" "$work/victim.json")"

step "a bundle whose name would break out of a record"
odd=$work/$'q"uote\n\\\x1b, "pid": 1'
mkdir -p "$odd"
cp "$work/a/config.json" "$odd"
jq --arg root "$work/a/rootfs" '.root.path = $root' "$work/a/config.json" \
	>"$odd/config.json"
said "$init" ".bundle = $(jq -n --arg path "$odd" '$path')" --mode=required
assert_equal "exit code ($error)" 0 "$status"
assert_equal "pid" "$init" "$(jq .pid "$run/containers/a.json")"
assert_equal "bundle" "$odd" "$(jq -r .bundle "$run/containers/a.json")"
run_hook < <(state a 0 ".status = \"stopped\"
	| .bundle = $(jq -n --arg path "$odd" '$path')")
assert_equal "records" '' "$(records)"

step "real runtimes: annotations and environment of an image"
assert_equal "where we serve" "$fs_was" "$fs"
for runtime in "${runtimes[@]}"; do
	RESVIEW_HOOK=--mode=required make_bundle image "$policy
		| .annotations[\"run.oci.hooks.stderr\"] = \"$work/crun.stderr\"
		| .process.env += [\"RESVIEW=0\", \"RESVIEW_MODE=besteffort\",
			\"io.resview.enable=false\", \"RESVIEW_RUN_DIR=/tmp\"]"
	real "$runtime" image "$work/rootfs"
	says_real "$runtime" "options of the hook"
	assert_equal "views" "$all" "$views"
	real_end image
	RESVIEW_HOOK=--mode=required make_bundle image \
		'.annotations = {"io.resview.views": "../../../etc/passwd"}'
	real "$runtime" image "$work/rootfs"
	says_real "$runtime" "a list that is a path"
	assert_equal "started" no "$started"
	real_end image
done
