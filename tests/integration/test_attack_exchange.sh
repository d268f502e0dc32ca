#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: /proc is exchanged, by names or by mounts, in a tight loop while the
# hook looks and mounts (CVE-2021-30465, CVE-2024-0132, CVE-2025-23359). What
# was looked at is what is mounted on: an fd, not a name.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need python3
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# racer ROOT KIND [PREFIX...]: somebody who exchanges things while he is told to.
racer() {
	local root=$1 kind=$2

	shift 2
	mkdir -p "$root/real"
	rm -f "$work/to" "$work/from"
	mkfifo "$work/to" "$work/from"
	"$@" python3 "$here/race.py" "$root" "$kind" <"$work/to" \
		>"$work/from" 2>"$work/race.log" &
	pids+=("$!")
	exec 7>"$work/to" 8<"$work/from"
	read -r -t 60 _ <&8 || fail "$(cat "$work/race.log")"
}

racer_go() {
	echo -n g >&7
}

# racer_stop: all is where it belongs; adds to $exchanges.
exchanges=0
racer_stop() {
	local count

	echo -n s >&7
	read -r -t 60 count <&8 || fail "$(cat "$work/race.log")"
	exchanges=$((exchanges + count))
}

racer_end() {
	exec 7>&- 8<&-
}

# strip PID: no views any more, and no record.
strip() {
	local places=() line

	while read -r -a line; do
		[[ ${line[3]} != /containers/raced/* ]] || places+=("${line[4]}")
	done <"/proc/$1/mountinfo"
	[ ${#places[@]} = 0 ] ||
		nsenter --target "$1" --mount umount --lazy "${places[@]}"
	[ ! -e "$run/containers/raced.json" ] || rm "$run/containers/raced.json"
}

# judge KIND: every view, each in its place, or a line; never anything else.
judge() {
	# Who unmounts and mounts has other mounts, but ours are ours.
	[ "$1" = names ] || grep -v ' /containers/raced/.* - fuse.resview ' \
		"$work/raced.after" >"$work/raced.before"
	assert_equal "mounts" '' "$(wrong_mounts raced "$work/raced/rootfs")"
	error=$(<"$work/error")
	if [ "$status" = 0 ]; then
		[ "$1" != names ] ||
			assert_equal "views" "$all" "$(new_views raced)"
		right=$((right + 1))
	else
		assert_match "why" 'container raced: .*; the container does' \
			"$error"
		[ "$1" != names ] || assert_match "why" "not the kernel" "$error"
		refused=$((refused + 1))
	fi
}

# raced SECONDS KIND: the hook, over and over; longer where that is not enough
# for it to win once.
raced() {
	local end=$((${EPOCHREALTIME%.*} + $1)) rounds=0 right=0 refused=0

	exchanges=0
	host_before
	cat "/proc/$init/mountinfo" >"$work/raced.before"
	while [ "${EPOCHREALTIME%.*}" -lt $end ] ||
		{ [ $right = 0 ] && [ $rounds -lt 100 ]; }; do
		racer_go
		status=0
		"$hook" --run-dir "$run" "$patient" --mode=required \
			--views=proc,cpu <"$work/state" \
			2>"$work/error" || status=$?
		racer_stop
		echo "$(<"/proc/$init/mountinfo")" >"$work/raced.after"
		judge "$2"
		rounds=$((rounds + 1))
		strip "$init"
	done
	assert_host
	echo "ok: $2: $rounds rounds, $exchanges exchanges: $right times" \
		"views, $refused times a line"
	[ "$refused" -gt 0 ] || echo "not here: nothing was refused"
	assert_between "rounds with views" 1 9999 $right
}

stand_in raced
state raced "$init" >"$work/state"
attack raced "$init" --views=proc,cpu
assert_equal "exit code ($error)" 0 "$status"
all=$views
strip "$init"

step "by names, from outside"
racer "$work/raced/rootfs" names
raced 5 names
racer_end

step "by mounts, from within"
racer "$work/raced/rootfs" mounts nsenter --target "$init" --mount --
raced 5 mounts
racer_end
stop_pid "$init"

for runtime in "${runtimes[@]}"; do
	step "$runtime: by names, from outside"
	make_rootfs "$work/image"
	racer "$work/image" names
	started=0
	exchanges=0
	end=$((${EPOCHREALTIME%.*} + 2))
	while [ "${EPOCHREALTIME%.*}" -lt $end ]; do
		make_bundle image ".root.path = \"$work/image\""
		racer_go
		real "$runtime" image "$work/image"
		racer_stop
		says_real "$runtime" "raced"
		real_end image
	done
	racer_end
	rm -rf --one-file-system "$work/image"
done
