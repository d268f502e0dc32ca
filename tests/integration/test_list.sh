#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What resview-remount says without changing anything: --list, --json, --check
# and --dry-run, of containers that are well, damaged, and served by nobody.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq
[ -x "$remount" ] || fail "$remount is not built"
# A daemon that has no resview-remount to run at its start.
own_programs
rm -f "$bin/resview-remount"
# shellcheck disable=SC2119
start_resviewd
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
make_bundle bag
start_container runc box
start_container runc bag

# ask OPTION...: leaves the exit code in $status, stdout in $work/out and stderr
# in $work/error.
ask() {
	status=0
	"$remount" --run-dir="$run" "$@" >"$work/out" 2>"$work/error" \
		</dev/null || status=$?
}

# row NAME: its line of the list, with single blanks.
row() {
	ask --list box bag
	assert_equal "exit code" 0 "$status"
	awk -v name="$1" '$1 == name { $1 = $1; print }' "$work/out"
}

# json FILTER: of the containers of this test.
json() {
	ask --list --json box bag
	assert_equal "exit code" 0 "$status"
	jq -er "$1" "$work/out"
}

inode() {
	stat -Lc %i "/proc/$(container_pid "$1")/ns/mnt"
}

mounts_of() {
	cat "/proc/$(container_pid box)/mountinfo" \
		"/proc/$(container_pid bag)/mountinfo"
}

# in_namespace NAME COMMAND...: with the host's rights and programs.
in_namespace() {
	nsenter -t "$(container_pid "$1")" -m -p -- "${@:2}"
}

# plan OPTION...: what --dry-run says, which changes nothing.
plan() {
	local before

	before=$(mounts_of)
	ask --dry-run "$@"
	assert_equal "exit code" 0 "$status"
	assert_equal "on stderr" '' "$(cat "$work/error")"
	assert_equal "mounts after --dry-run" "$before" "$(mounts_of)"
	cat "$work/out"
}

views=$(jq '.views | length' "$run/containers/box.json")

step "two containers that are well"
host=$(awk '/^MemTotal:/ { print $2 * 1024 }' /proc/meminfo)
assert_equal box "box - $(container_pid box) $(inode box) $views 0 0 0 64M 1" \
	"$(row box)"
assert_match bag "^bag - $(container_pid bag) $(inode bag) $views 0 0 0 [0-9.]+[MGT] [0-9]+$" \
	"$(row bag)"
assert_match "last line" "^connection: $fs, alive, [0-9]+ (s|min) old$" \
	"$(tail -n 1 "$work/out")"
assert_match "what was served" \
	'^served: [1-9][0-9]* reads, 0 failed, p50 within [0-9]+ (us|ms|s), p99 ' \
	"$(tail -n 3 "$work/out" | head -n 1)"
assert_match "by whom" '^workers: 0 crashed, 0 hung, 0 reloaded; 0 poisoned' \
	"$(tail -n 2 "$work/out" | head -n 1)"
assert_equal "on stderr" '' "$(cat "$work/error")"
assert_equal "long lines" '' "$(grep -E '.{100}' "$work/out" || true)"
ask --list bo
assert_equal "the beginning of an id" "CONTAINER box served: workers: connection:" \
	"$(awk '{ print $1 }' "$work/out" | xargs)"

step "as JSON"
assert_equal box "64 true false $((64 << 20)) 1 $(container_pid box)" \
	"$(json '.containers[] | select(.id == "box") | [.id, .recorded,
		.detached, .memory_limit, .cpus, .pid] | .[0] = 64
		| join(" ")')"
assert_between "memory of bag" 1 "$host" \
	"$(json '.containers[] | select(.id == "bag") | .memory_limit')"
assert_equal views "live $views,stale 0,missing 0,foreign 0,lxcfs 0" \
	"$(json '.containers[0].views | to_entries
		| map("\(.key) \(.value)") | join(",")')"
assert_equal connection "$fs true null number" \
	"$(json '[.mountpoint, .alive, .error // "null",
		(.connection_age | type)] | join(" ")')"
assert_equal metrics "number true 0" \
	"$(json '.metrics | [(.reads | type), .read_p99_ns >= .read_p50_ns,
		.workers_crashed] | join(" ")')"
assert_equal namespace "$(inode box) $views" \
	"$(json '.containers[] | select(.id == "box") | .namespaces[0]
		| "\(.inode) \(.places | length)"')"
assert_equal "members of a place" \
	"path state beneath loose action done error" \
	"$(json '.containers[0].namespaces[0].places[0]
		| keys_unsorted | join(" ")')"
json '.containers[0].namespaces[0].places | map(.path)
	| index("/proc/meminfo")' >/dev/null || fail "no /proc/meminfo"

step "nothing is to be done"
ask --check
assert_equal "exit code of --check" 0 "$status"
assert_equal "what it says" '' "$(cat "$work/out" "$work/error")"
assert_equal "--dry-run" '' "$(plan)"

step "nor for a CPU that is not there any more"
cp "$run/containers/box.json" "$work/record"
jq '.views += ["sys/devices/system/cpu/cpu777/online"]' "$work/record" \
	>"$run/containers/box.json"
ask --check
assert_equal "exit code of --check" 0 "$status"
assert_equal "missing" 0 "$(json '.containers[] | select(.id == "box")
	| .views.missing')"
cp "$work/record" "$run/containers/box.json"

step "ids that are none, or not one"
for id in nobody b; do
	assert_fails 1 "$remount" --run-dir="$run" --list $id
	assert_match "$id" "^resview-remount: $id: " "$error"
done

step "a file taken away, one covered, and one in a place with a strange name"
in_namespace box umount /proc/uptime
in_namespace box mount --bind /etc/passwd /proc/loadavg
strange=$'/tmp/a\nb\e[2J \\040\xff'
in_namespace box touch "$strange"
in_namespace box mount --bind /proc/stat "$strange"
assert_equal box "box - $(container_pid box) $(inode box) $((views - 1)) 0 1 1 64M 1" \
	"$(row box)"
assert_equal "missing" /proc/uptime \
	"$(json '.containers[] | select(.id == "box") | .namespaces[].places[]
		| select(.state == "missing") | .path')"
assert_equal "foreign" /proc/loadavg \
	"$(json '.containers[] | select(.id == "box") | .namespaces[].places[]
		| select(.state == "foreign") | .path')"
assert_equal "strange" '"/tmp/a\nb\u001b[2J \\040�"' \
	"$(json '.containers[] | select(.id == "box") | .namespaces[].places[]
		| select(.path | startswith("/tmp")) | .path | tojson')"
ask --check
assert_equal "exit code of --check" 1 "$status"
ask --check bag
assert_equal "exit code of --check bag" 0 "$status"
assert_equal "--dry-run" \
	"container box: /proc/uptime: missing, would be mounted" "$(plan)"
assert_equal "--dry-run of another" '' "$(plan bag)"
assert_equal "--dry-run --detach" $((2 * views - 1)) \
	"$(plan --detach | grep -c ': live, would be taken out$')"
assert_equal "it names the strange one" \
	'container box: /tmp/a\x0ab\x1b[2J \040\xff: live, would be taken out' \
	"$(plan --detach | grep tmp)"

step "a daemon that does not answer"
worker=$(worker_of "$run")
kill -STOP "$daemon" "$worker"
begun=$SECONDS
ask --check --timeout=4
assert_equal "exit code of --check" 1 "$status"
ask --list --timeout=4 box
assert_equal "exit code of --list" 0 "$status"
assert_match "last line" "^connection: $fs, no answer in time" \
	"$(tail -n 1 "$work/out")"
assert_match "its files are not stale" \
	"^box +- +[0-9]+ +[0-9]+ +$((views - 1)) +0 +1 +1 +- +-$" \
	"$(grep ^box "$work/out")"
assert_equal "lines about what was served" 0 \
	"$(grep -cE '^(served|workers):' "$work/out" || true)"
assert_between "seconds for both" 0 60 $((SECONDS - begun))

step "a daemon that is dead"
{
	kill -KILL "$daemon" "$worker"
	wait "$daemon" || true
} 2>/dev/null
wait_for 5 sh -c "! cat '$fs/proc/uptime'" || fail "$fs is not stale"
ask --check
assert_equal "exit code of --check" 1 "$status"
assert_equal box "box - $(container_pid box) $(inode box) 0 $((views - 1)) 1 1 - -" \
	"$(row box)"
assert_match "last line" "^connection: $fs, dead, " "$(tail -n 1 "$work/out")"
assert_equal connection "false" "$(json '.alive | tostring')"
assert_fails 1 "$remount" --run-dir="$run"
assert_match "says so" 'resviewd does not answer' "$error"

step "another daemon"
start_again
ask --check bag
assert_equal "exit code of --check" 1 "$status"
assert_equal "--dry-run" "$views" \
	"$(plan bag | grep -c '^container bag: /.*: stale, would be replaced$')"
assert_equal "--dry-run --json" "$views replace false" \
	"$(plan --json bag | jq -r '.containers[].namespaces[].places
		| map(select(.state == "stale")) | "\(length) " +
		(map("\(.action) \(.done)") | unique | join(","))')"

step "who cannot look does not say that all is well"
for n in $(seq 4 20); do
	! prlimit --nofile="$n:$n" "$remount" --run-dir="$run" --check \
		2>/dev/null || fail "it does, with $n files"
done

step "repaired"
ask
assert_equal "exit code ($(cat "$work/error"))" 0 "$status"
assert_match "what was done" \
	"^2 containers: $((2 * views)) views live, 1 mounted, $((2 * views - 1)) replaced, 1 left to its owner, 0 failed$" \
	"$(cat "$work/out")"
assert_equal "what was left" "resview-remount: container box: /proc/loadavg: \
somebody else's mount, left as it is" "$(cat "$work/error")"
ask --check
assert_equal "exit code of --check" 0 "$status"
assert_equal box "box - $(container_pid box) $(inode box) $views 0 0 1 64M 1" \
	"$(row box)"

step "a container whose record is lost"
rm "$run/containers/bag.json"
assert_equal bag "bag - $(container_pid bag) $(inode bag) $views 0 0 0 - -" \
	"$(row bag)"
assert_equal "as JSON" "false null" \
	"$(json '.containers[] | select(.id == "bag")
		| "\(.recorded) \(.runtime)"')"
