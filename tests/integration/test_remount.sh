#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# resview-remount: whatever happened, afterwards there is one live file at each
# place, with its attributes.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq nsenter
remount=$build/remount/resview-remount

# repair [OPTION...]: exit code in $status, lines in $said and $error.
repair() {
	status=0
	said=$("$remount" --run-dir="$run" "$@" 2>"$work/error") || status=$?
	error=$(cat "$work/error")
}

# inside NAME COMMAND...: in its mount namespace, with the host's programs.
inside() {
	local pid

	pid=$(container_pid "$1")
	shift
	nsenter --target "$pid" --mount --pid -- "$@"
}

# views PID: place, attributes and type of what is mounted of ours, a line each;
# before Linux 6.5 dead layers stay beneath, and are not meant.
views() {
	awk -v live="$(since 6.5 || mountpoint -d "$fs")" '
		/ - fuse.resview / && (live == "" || $3 == live) {
			print $5, $6, $3 }' "/proc/$1/mountinfo" | sort
}

memory() {
	awk '/^MemTotal:/ { print $2 }'
}

total() {
	in_container "$1" cat /proc/meminfo | memory
}

# all_killed: nobody holds the connection any more, and there is a new one.
all_killed() {
	kill -KILL "$daemon" "$(worker_of "$run")"
	wait "$daemon" 2>/dev/null || true
	# shellcheck disable=SC2119
	start_again
}

# assert_whole NAME KB: one live file at each place, as at its start.
assert_whole() {
	local dev places

	dev=$(mountpoint -d "$fs")
	places=$(views "$(container_pid "$1")")
	assert_equal "places of $1" "${shape[$1]}" \
		"$(awk '{ print $1, $2 }' <<<"$places")"
	assert_equal "file systems of $1" "$dev" \
		"$(awk '{ print $3 }' <<<"$places" | sort -u)"
	assert_equal "total of $1" "$2" "$(total "$1")"
}

declare -A shape
# shellcheck disable=SC2119
start_resviewd
make_bundle one '.linux.resources.memory.limit = 67108864'
make_bundle two '.linux.resources.memory.limit = 134217728' '
	.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'
chmod 711 "$work"
start_container runc one
start_container runc two
for name in one two; do
	shape[$name]=$(views "$(container_pid "$name")" |
		awk '{ print $1, $2 }')
done
pid=$(container_pid one)

step "nothing to do"
before=$(cat "/proc/$pid/mountinfo")
repair
assert_equal "exit code ($error)" 0 "$status"
assert_equal "mounts" "$before" "$(cat "/proc/$pid/mountinfo")"

step "all stale"
all_killed
! total one 2>/dev/null || fail "it is not stale"
repair --check
assert_equal "check" 1 "$status"
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536
assert_whole two 131072
repair --check
assert_equal "check" 0 "$status"

step "once more: nothing to do"
before=$(cat "/proc/$pid/mountinfo")
repair
assert_equal "exit code ($error)" 0 "$status"
assert_equal "mounts" "$before" "$(cat "/proc/$pid/mountinfo")"

step "missing ones"
inside one umount /proc/meminfo /proc/stat
repair --check
assert_equal "check" 1 "$status"
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536

step "three layers, the lower ones stale, and two live ones"
all_killed
for view in meminfo stat; do
	inside one sh -c "mount --bind /proc/$view /proc/$view" 2>/dev/null ||
		skip "mount(8) cannot mount what is stale here"
done
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536
inside one mount --bind /proc/meminfo /proc/meminfo
inside one mount --bind /proc/meminfo /proc/meminfo
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536

step "attributes"
inside one mount -o remount,bind,rw,suid,exec /proc/stat
! views "$pid" | grep -q '^/proc/stat ro,nosuid' || fail "they are as before"
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536

step "somebody else's mount"
echo mine >"$work/rootfs/tmp/mine"
inside one mount --bind /tmp/mine /proc/swaps
repair
assert_equal "exit code" 0 "$status"
assert_match "is told of" 'one: /proc/swaps: .*left' "$error"
assert_equal "and stays" mine "$(in_container one cat /proc/swaps)"
all_killed
repair
assert_equal "exit code" 0 "$status"
assert_equal "and stays" mine "$(in_container one cat /proc/swaps)"
inside one umount /proc/swaps
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536

step "a container that the daemon does not know keeps what is wanted"
cp "$run/containers/one.json" "$work/record"
jq '.cgroups |= map_values("/none")' "$work/record" >"$run/containers/one.json"
inside one umount /proc/stat
repair
assert_equal "exit code" 1 "$status"
assert_match "says so" 'one: /proc/stat: .*does not know the' "$error"
assert_equal "views wanted" "$(jq .views "$work/record")" \
	"$(jq .views "$run/containers/one.json")"
cp "$work/record" "$run/containers/one.json"
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536

step "a frozen container"
all_killed
runtime runc pause one
repair
assert_equal "exit code ($error)" 0 "$status"
runtime runc resume one
assert_whole one 65536

# nested PROPAGATION SECONDS: a process in a copy of the namespace of one, found
# by how long it sleeps; its pid is in $nested.
nested() {
	inside one unshare --mount --propagation "$1" sleep "$2" &
	pids+=("$!")
	wait_for 5 pgrep -f "^sleep $2\$" || fail "it does not run"
	nested=$(pgrep -f "^sleep $2\$")
}

step "namespaces in it: a private copy, and one that follows"
nested private "$((RANDOM + 4000))1"
private=$nested
inside one mount --make-shared /proc
nested slave "$((RANDOM + 4000))2"
slave=$nested
all_killed
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536
for nested in "$private" "$slave"; do
	assert_equal "places in $nested" "${shape[one]}" \
		"$(views "$nested" | awk '{ print $1, $2 }' |
			grep -v "$work")"
	assert_equal "total in $nested" 65536 "$(nsenter --target "$nested" \
		--mount cat /proc/meminfo | memory)"
done
inside one mount --make-private /proc

step "a namespace that no process is in, only a file stands for it"
touch "$work/kept"
if [ "$(uname -r | awk -F. '{ print ($1 * 100 + $2 >= 612) }')" = 0 ]; then
	echo "not here: namespaces can be listed since Linux 6.12"
elif ! mount --bind "/proc/$private/ns/mnt" "$work/kept"; then
	# Only a younger one can be mounted, by numbers that each CPU has its
	# own range of.
	echo "not here: the kernel takes it for an older one than ours"
else
	kill "$private"
	all_killed
	repair
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "total in it" 65536 "$(nsenter --mount="$work/kept" \
		cat /proc/meminfo | memory)"
	umount "$work/kept"
fi

step "two at once, and with containers that come and go"
all_killed
for i in 1 2 3; do
	make_bundle "short$i"
	(for _ in 1 2 3 4; do
		start_container runc "short$i"
		stop_container "short$i"
	done) &
	starting[i]=$!
done
for i in 1 2 3 4; do
	"$remount" --run-dir="$run" >"$work/at-once.$i" 2>&1 &
	running[i]=$!
done
for i in 1 2 3 4; do
	wait "${running[i]}" || fail "$(cat "$work/at-once.$i")"
done
for i in 1 2 3; do
	wait "${starting[i]}" || fail "a container did not start"
done
repair
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536
assert_whole two 131072

# detached NAME: what its record says.
detached() {
	jq .detached "$run/containers/$1.json"
}

step "out of one, and back"
repair --detach one
assert_equal "exit code ($error)" 0 "$status"
assert_equal "ours in it" '' "$(views "$pid")"
assert_equal "total" "$(memory </proc/meminfo)" \
	"$(total one)"
assert_equal "detached" true "$(detached one)"
assert_whole two 131072
assert_equal "nobody else is" null "$(detached two)"
all_killed
repair
assert_equal "still ours in it" '' "$(views "$pid")"
repair --detach two
repair one
assert_equal "exit code ($error)" 0 "$status"
assert_whole one 65536
assert_equal "the other stays out" true "$(detached two)"
repair --check two
assert_equal "check of the other" 0 "$status"
repair two
assert_whole two 131072

step "out of all, when the daemon is dead"
kill -KILL "$daemon" "$(worker_of "$run")"
wait "$daemon" 2>/dev/null || true
repair
assert_equal "exit code" 1 "$status"
assert_match "says why" 'does not answer' "$error"
repair --detach
assert_equal "exit code ($error)" 0 "$status"
assert_equal "ours in it" '' "$(views "$pid")"
total two >/dev/null || fail "it cannot read its own file"
