#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Containers that die, or stand still, while resview-remount works on them: the
# others are repaired in time.

# Expanded inside containers:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours

# slowly: repair, with 0.6 s between entering a container and working
# in it, for things to happen in.
slowly() {
	strace -f -o "$work/trace" -e trace=setns,move_mount \
		-e inject=setns:delay_exit=600000 \
		"$remount" --run-dir="$run" --timeout="$deadline" \
		>"$work/slow" 2>"$work/slow.error"
}

step "one dies while it is worked on, and one before"
for name in dying dead; do
	make_bundle $name
	start_container runc $name
done
all_killed
if strace -e inject=getpid:error=ENOSYS true 2>/dev/null; then
	slowly &
	slow=$!
	sleep 0.3
	kill -KILL "$(container_pid dying)"
	# strace itself may stumble over one that is killed.
	wait "$slow" || grep -q '^strace: ' "$work/slow.error" ||
		fail "exit code: $(cat "$work/slow.error")"
	repair
	assert_innocent
else
	echo "not here: cannot trace"
	kill -KILL "$(container_pid dying)"
fi
kill -KILL "$(container_pid dead)"
again
stop_container dying
stop_container dead

step "containers that live for moments"
touch "$work/moments"
for i in 1 2; do
	make_bundle "brief$i" ".process.args = [\"sleep\", \"0.0$i\"]"
	while [ -e "$work/moments" ]; do
		start_container runc "brief$i" || true
		stop_container "brief$i" 2>/dev/null || true
	done &
	brief[i]=$!
done
for _ in 1 2 3 4 5; do
	all_killed
	repair
	assert_equal "exit code ($error)" 0 "$status"
	assert_between "ms" 0 $quick "$ms"
	assert_innocent
done
rm "$work/moments"
wait "${brief[@]}"
assert_host

step "a stopped one, in a frozen cgroup, and in FUSE that is frozen with it"
hostile frozen admin
in_container frozen mkdir /tmp/h
hang frozen /tmp/h resview
in_container frozen sh -c 'mount --move /proc/stat /tmp/h/dir/stat'
runtime runc pause frozen
again 1
assert_match "what is said" 'frozen: /tmp/h/dir/stat: .* may hang$' "$error"
assert_equal "ours" "$(wanted frozen '^(?!proc/stat)')" "$(live_at frozen .)"
runtime runc resume frozen
stop_container frozen
