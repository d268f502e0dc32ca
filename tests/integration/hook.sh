# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of the hook share: a process that looks like a container to it
# just before pivot_root, and the hook run on it as a runtime would.
# Sourced after lib.sh, which sets work, hook and run.
# shellcheck disable=SC2154

# stand_in NAME [COMMAND [PROPAGATION]]: a bundle $work/NAME and a process,
# $init, in a mount namespace in which $work/NAME/rootfs has /proc and /sys.
# COMMAND, if any, is run there instead of mounting those two; $root is the root
# directory.
stand_in() {
	local bundle=$work/$1
	# shellcheck disable=SC2016
	local mounts='mount -t proc proc "$root/proc" &&
		mount -t sysfs -o ro sysfs "$root/sys"'

	mkdir -p "$bundle/rootfs/proc" "$bundle/rootfs/sys"
	echo '{"root": {"path": "rootfs"}}' >"$bundle/config.json"
	rm -f "$bundle/ready"
	root=$bundle/rootfs unshare --mount --propagation "${3:-private}" sh -c "
		mount --bind \"\$root\" \"\$root\" && ${2:-$mounts} &&
		touch '$bundle/ready' && exec sleep 900" &
	init=$!
	pids+=("$init")
	wait_for 5 test -e "$bundle/ready" || fail "no stand-in container"
}

# state NAME PID [JQ-EDIT]: what a runtime says of it at createRuntime.
state() {
	jq -n --arg id "$1" --arg bundle "$work/$1" --argjson pid "$2" '
		{ociVersion: "1.0.2", id: $id, status: "creating", pid: $pid,
		 bundle: $bundle} | '"${3:-.}"
}

# run_hook OPTION...: the hook on the state on stdin; sets $status, $error. Its
# time begins when the state is there, which takes an emulated CPU a while.
run_hook() {
	local tries=100

	until read -r -t 0 || [ $((tries -= 1)) = 0 ]; do sleep 0.05; done
	status=0
	"$hook" --run-dir "$run" ${patient:+"$patient"} "$@" \
		>"$work/out" 2>"$work/error" || status=$?
	error=$(cat "$work/error")
}

# no_hook_left: have all hooks of this test ended, with what they started?
no_hook_left() {
	! pgrep -f "^$hook .*--run-dir $run"
}

# views_in PID: how many mounts of our daemon its namespace has.
views_in() {
	grep -c ' /containers/.* - fuse.resview ' "/proc/$1/mountinfo" || true
}

# mounts_here: how many mounts of the test, and views of anybody, there are in
# its own namespace. Not all mounts: a copy of somebody else's goes when he
# removes the directory that it is on.
mounts_here() {
	grep -cE " $work/|/containers/.* - fuse.resview " /proc/self/mountinfo
}

# records: the names in the registry.
records() {
	ls "$run/containers"
}

# assert_untouched PID: no views, no record, one line that ends as it should.
assert_untouched() {
	assert_equal "views mounted" 0 "$(views_in "$1")"
	assert_equal "records" '' "$(records)"
	assert_equal "lines on stderr ($error)" 1 "$(wc -l <"$work/error")"
}

# assert_waiting NAME PID: no views, but a record that says which there should
# be, and a line that says how to get them.
assert_waiting() {
	assert_equal "views mounted" 0 "$(views_in "$2")"
	assert_equal "records" "$1.json" "$(records)"
	assert_equal "init" "$2" "$(jq .pid "$run/containers/$1.json")"
	assert_match "views wanted" '"proc/meminfo".*"sys/devices/system/cpu/' \
		"$(jq -c .views "$run/containers/$1.json")"
	assert_match "besteffort" \
		'; the container starts with the host.s files until '`
		`'resview-remount is run$' "$error"
	assert_equal "lines on stderr ($error)" 1 "$(wc -l <"$work/error")"
}

# forget NAME: its poststop.
forget() {
	run_hook < <(state "$1" 0 '.status = "stopped"')
	assert_equal "exit code ($error)" 0 "$status"
}

# assert_refused NAME PID REGEX [JQ-EDIT]: besteffort lets the container start,
# required does not; both say why, and neither leaves anything.
assert_refused() {
	run_hook --mode=besteffort < <(state "$1" "$2" "${4:-.}")
	assert_equal "exit code, besteffort" 0 "$status"
	assert_match "besteffort" "$3.*starts with the host's files" "$error"
	assert_untouched "$2"

	run_hook --mode=required < <(state "$1" "$2" "${4:-.}")
	assert_equal "exit code, required" 1 "$status"
	assert_match "required" "$3.*does not start" "$error"
	assert_untouched "$2"
}
