#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: through what our process brings along when it is in a container:
# files that the runtime left open, the working directory, its own program
# (CVE-2024-21626, CVE-2019-5736). It brings nothing, and cannot be seen.

# Expanded inside:
# shellcheck disable=SC2016

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need runc python3 strace nsenter
strace -e inject=getpid:error=ENOSYS true 2>/dev/null || skip "cannot trace"
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

without=$build/tests/integration/try_without

# in_there: is our process, $ours, in the namespace of $init?
in_there() {
	ours=$(awk '/setns\(/ { print $1; exit }' "$work/trace" 2>/dev/null) &&
		[ -n "$ours" ] &&
		[ "/proc/$ours/ns/mnt" -ef "/proc/$init/ns/mnt" ]
}

# enter NAME PROGRAM...: PROGRAM, started with files of the host open and on
# stdin the state of NAME, is stopped once it is in there; sets $ours.
enter() {
	local name=$1

	shift
	rm -f "$work/trace"
	state "$name" "$init" >"$work/state"
	(
		for fd in {3..20}; do
			eval "exec $fd</etc"
		done
		exec 21</sys/fs/cgroup 22<>/dev/null 1000</root
		cd /etc
		exec strace -f -o "$work/trace" -e trace=setns \
			-e inject=setns:signal=STOP:when=1 "$@" \
			<"$work/state" >"$work/out" 2>"$work/error"
	) &
	entering=$!
	wait_for 10 in_there || fail "it does not enter: $(cat "$work/error")"
}

# assert_clean: it has nothing of what it was started with, but its stdin.
assert_clean() {
	local own left

	own="/proc|/sys|/dev/null|$run(/[a-z.]*)?|$fs|/(containers/.*)?"
	own+='|(mnt|pipe|socket):\[[0-9]*\]|anon_inode:\[[a-z]*\]|pidfd:.*'
	left=$(find "/proc/$ours/fd" -mindepth 1 -printf '%f %l\n' |
		grep -vE "^[0-9]* ($own)( \(deleted\))?\$" || true)
	assert_equal "files that it has" '' "$left"
	assert_equal "working directory" / "$(readlink "/proc/$ours/cwd")"
	[ "/proc/$ours/cwd" -ef "/proc/$init/root" ] ||
		fail "it works in another directory than the container's root"
	assert_equal "namespaces that it has entered" mnt "$(for name in cgroup \
		ipc mnt net pid user uts; do
		[ "/proc/$ours/ns/$name" -ef "/proc/self/ns/$name" ] ||
			echo $name
	done)"
	assert_equal "what it may" "$(printf '%016x' \
		$((1 << 21 | 1 << 18 | 1 << 19 | 1 << 2)))" \
		"$(awk '/^CapPrm/ { print $2 }' "/proc/$ours/status")"
}

# gone: it goes on, and the container has it behind it.
gone() {
	status=0
	kill -CONT "$ours"
	wait "$entering" || status=$?
	assert_equal "exit code ($(cat "$work/error"))" 0 "$status"
}

# whole NAME JQ-EDIT...: a container with our hook removed, for it to be run by
# hand.
whole() {
	local name=$1

	shift
	make_bundle "$name" 'del(.hooks)' "$@"
	start_container runc "$name" || fail "$(cat "$work/$name.log")"
	init=$(container_pid "$name")
}

step "resview-hook, with twenty directories of the host open"
host_before
for prefix in '' "$without close_range --"; do
	whole open
	# shellcheck disable=SC2086
	enter open $prefix "$hook" --run-dir "$run" --mode=required \
		--timeout=120
	assert_clean
	gone
	forget open
	stop_container open
done
assert_host

step "what the container sees of it"
whole seen
enter seen "$hook" --run-dir "$run" --mode=required --timeout=120
assert_equal "processes in there" '' "$(in_container seen sh -c '
	for dir in /proc/[0-9]*; do
		cat $dir/cmdline 2>/dev/null; done | tr "\0" " "' |
	grep -o 'resview[^ ]*' || true)"
assert_equal "its mounts seen from in there" '' "$(in_container seen sh -c '
	ls -l /proc/[0-9]*/exe /proc/[0-9]*/fd 2>/dev/null' |
	grep -o 'resview-hook' || true)"
in_there || fail "it has left"
gone
forget seen
stop_container seen

# A user namespace may not make what is missing, nor mount procfs of a pid
# namespace that is not its own.
chmod 711 "$work"
mkdir -p "$work/rootfs/etc/alternatives"
step "a container that shares the host's processes, and may trace its own"
for who in root user; do
	edit='.'
	[ $who = root ] || edit='.linux.namespaces += [{type: "user"}]
		| .linux.uidMappings = [{containerID: 0, hostID: 100000,
			size: 65536}]
		| .linux.gidMappings = .linux.uidMappings
		| .mounts |= map(if .destination == "/proc" then .source = "/proc"
			| .type = "bind" | .options = ["rbind"] else . end)
		| .process.capabilities[] |= (. + ["CAP_SYS_PTRACE"] | unique)'
	whole shared '.linux.namespaces |= map(select(.type != "pid"))' "$edit"
	enter shared "$hook" --run-dir "$run" --mode=required --timeout=120
	got=$(in_container shared sh -c "
		for name in exe fd/0 fd/1 cwd root mem maps environ ns/mnt; do
			readlink /proc/$ours/\$name
			head -c 1 /proc/$ours/\$name >/tmp/got && echo read \$name
			(: >>/proc/$ours/\$name) && echo write \$name
		done 2>/dev/null
		cat /proc/$ours/comm" || true)
	[ "/proc/$ours/ns/mnt" -ef "/proc/$init/ns/mnt" ] || fail "it has left"
	assert_equal "what it can have of it" resview-hook "$got"
	gone
	forget shared
	stop_container shared
done
