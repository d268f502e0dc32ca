#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Containers that mount, exchange and move things in a tight loop while they are
# repaired.

# Expanded inside containers:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours

# race NAME ATTACK...: all of them at once.
race() {
	local name=$1 attack

	shift
	rm -f "$(root_of "$name")/run/stop"
	for attack; do
		in_container "$name" python3 /test/integration/hostile.py \
			"$attack" >"$work/$name.$attack" 2>&1 &
		racing+=("$!")
	done
	for attack; do
		wait_for 5 grep -q ready "$work/$name.$attack" ||
			fail "$(cat "$work/$name.$attack")"
	done
}

race_end() {
	local name

	for name; do
		touch "$(root_of "$name")/run/stop"
	done
	wait "${racing[@]}" || fail "$(cat "$work"/*.cover "$work"/*.move)"
	racing=()
}
racing=()

# repair_slowly: with 1 ms more before each thing it does, for the container to
# be in between.
repair_slowly() {
	local real=$remount

	strace -e inject=getpid:error=ENOSYS true 2>/dev/null || return 0
	printf '#!/bin/sh\nexec strace -f -o /dev/null -e trace=%s %s%s "$@"\n' \
		openat2,move_mount,umount2 \
		'-e inject=openat2,move_mount,umount2:delay_enter=1000 ' \
		"$real" >"$work/slow"
	chmod +x "$work/slow"
	remount=$work/slow
	repair
	remount=$real
}

# Nothing is said that no words were found for.
said_well() {
	local line did='(mounted|replaced|tidied up)'

	while read -r line; do
		[ -z "$line" ] || assert_match "what is said" \
			"^resview-remount: container $1.*: (not $did: `
			`.*|somebody else's mount, left as it is)\$" "$line"
	done <<<"$error"
}

for who in admin owner; do
	for attack in cover links move; do
		step "$who: $attack"
		name=$who-$attack
		hostile "$name" $who
		race "$name" $attack
		for _ in 1 2; do
			all_killed
			repair
			assert_between "ms" 0 $quick "$ms"
			said_well "$name"
			assert_innocent
			assert_host

			all_killed
			repair_slowly
			assert_between "ms" 0 $late "$ms"
			said_well "$name"
			assert_innocent
			assert_host
		done
		race_end "$name"
		tail -n 1 "$work/$name.$attack"
		repair
		assert_equal "exit code after it ($error)" 0 "$status"
		repair --check
		assert_equal "check" 0 "$status"
		stop_container "$name"
	done
done
