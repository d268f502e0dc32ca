#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Containers with a FUSE file system that never answers and calls itself ours or
# LXCFS's: nobody waits for them.

# Expanded inside containers:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours

for who in admin owner; do
	for type in resview lxcfs; do
		step "$who, $type: our files below it, it over our files"
		name=$who-$type
		hostile "$name" $who
		in_container "$name" mkdir -p /tmp/h /tmp/h2
		hang "$name" /tmp/h $type
		in_container "$name" sh -c '
			mount --move /proc/stat /tmp/h/dir/stat
			mount --bind /tmp/h/proc/meminfo /proc/swaps
			mount --bind /tmp/h/proc/meminfo /proc/meminfo
			mount --bind /tmp/h/proc /proc/pressure'
		silence "$name"
		all_killed
		for way in --list --check --dry-run; do
			repair $way
			assert_between "ms, $way" 0 $quick "$ms"
		done
		repair
		assert_between "ms" 0 $quick "$ms"
		assert_equal "exit code" 1 "$status"
		assert_match "what lies in it" \
			"$name: /tmp/h/dir/stat: not replaced: it lies in" \
			"$error"
		assert_match "what it lies over" \
			"$name: (/proc/meminfo, )?/proc/pressure/cpu, .*left" \
			"$error"
		assert_innocent
		assert_host

		repair --adopt-lxcfs
		assert_between "ms, adopting" 0 $quick "$ms"
		case $name in
		*-resview)
			assert_equal "ours is not LXCFS's" '' \
				"$(grep adopted <<<"$error" || true)"
			;;
		admin-lxcfs)
			assert_match "it says that it is LXCFS's" \
				' /proc/meminfo .*fuse.resview' "$(grep \
				' /proc/meminfo ' "/proc/$(container_pid \
				"$name")/mountinfo" | tail -n 1)"
			;;
		owner-lxcfs)
			assert_match "what is its own" '/proc/meminfo.*: not '`
				`'adopted: .* does not let us look' "$error"
			;;
		esac
		assert_innocent
		assert_host
		stop_container "$name"
		repair
		assert_equal "exit code without it ($error)" 0 "$status"
	done
done

# rooted NAME COUNT: its /proc is moved into FUSE, which becomes its root, and
# then COUNT more namespaces like that are made.
rooted() {
	in_container "$1" mkdir -p /tmp/h
	hang "$1" /tmp/h resview
	in_container "$1" python3 /test/integration/hostile.py root /tmp/h "$2" \
		>"$work/$1.root" 2>&1 &
	pids+=("$!")
	wait_for 10 grep -q ready "$work/$1.root" ||
		fail "no root in $1: $(cat "$work/$1.root")"
	silence "$1"
}

# hanging: how many of ours are left behind.
hanging() {
	pgrep -c -f "^$remount .*--run-dir=$run" || true
}

step "its root is FUSE: what is in it has to be asked for"
hostile rooted admin
rooted rooted 0
all_killed
for way in --list --check --dry-run; do
	repair $way
	assert_between "ms, $way" 0 $quick "$ms"
done
repair
assert_between "ms" $((900 * deadline)) $late "$ms"
assert_equal "exit code" 1 "$status"
assert_match "what is said" 'container rooted: .*: no answer in time' "$error"
assert_equal "lines ($error)" 1 "$(wc -l <<<"$error")"
assert_innocent
assert_host

step "who hangs there holds nothing that others wait for"
all_killed
repair good small
assert_between "ms" 0 $quick "$ms"
assert_equal "exit code ($error)" 0 "$status"
assert_innocent
repair rooted
assert_between "ms" 0 $quick "$ms"
assert_match "what is said" 'rooted: .*: somebody else is at work in it' \
	"$error"
assert_equal "left behind" 1 "$(hanging)"
stop_container rooted
wait_for 5 test "$(hanging)" = 0 || fail "$(hanging) are left behind"

step "20 namespaces more of that kind: one of them is enough"
hostile many admin
rooted many 20
all_killed
repair
assert_between "ms" $((900 * deadline)) $late "$ms"
assert_match "what is said" 'many: .*: no answer in time' "$error"
assert_match "of the others" 'many, mount namespace .*: it was not tried' \
	"$error"
assert_equal "left behind" 1 "$(hanging)"
repair
assert_between "ms" 0 $quick "$ms"
assert_equal "left behind" 1 "$(hanging)"
assert_innocent
stop_container many
wait_for 5 test "$(hanging)" = 0 || fail "$(hanging) are left behind"

step "100 that nobody has recorded, in one cgroup"
hostile unknown admin 'del(.hooks)' ".mounts += [{source: \"$fs/proc/meminfo\",
	destination: \"/proc/meminfo\", type: \"bind\", options: [\"bind\"]}]"
rooted unknown 100
all_killed
repair
assert_between "ms" $((900 * deadline)) $late "$ms"
assert_match "what is said" 'mnt-[0-9]*: .*: no answer in time' "$error"
assert_match "of the others" 'mnt-[0-9]*, .*: it was not tried' "$error"
assert_equal "left behind" 1 "$(hanging)"
repair
assert_between "ms" 0 $quick "$ms"
assert_match "what is said" 'mnt-[0-9]*: .*: somebody else is at work in it' \
	"$error"
assert_equal "left behind" 1 "$(hanging)"
assert_innocent
all_killed
repair good small
assert_between "ms" 0 $quick "$ms"
assert_innocent
assert_host
stop_container unknown
