# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Containers by the hundred whose files are all dead: how long resview-remount
# takes to repair them, and how long the loop that scripts have always run does.
# Sourced after lib.sh.
# shellcheck disable=SC2154,SC2034

remount=$build/remount/resview-remount
real=(real-1 real-2 real-3)
views=()         # as a hook records them
stand_in_pids=() # as they were started
sample_size=20

# stand_ins_begin: a daemon, and a few containers of runc's with the views that
# all will have.
stand_ins_begin() {
	local name

	need runc jq nsenter
	ulimit -n "$(ulimit -H -n)"
	[ "$(ulimit -n)" -ge 5100 ] ||
		skip "only $(ulimit -n) files may be open"
	echo plain >"$work/plain"
	# shellcheck disable=SC2119
	start_resviewd
	for name in "${real[@]}"; do
		make_bundle "$name" '.linux.resources.memory.limit = 67108864'
		start_container runc "$name" || fail "cannot start a container"
	done
	mapfile -t views < <(jq -r '.views[]' "$run/containers/real-1.json")
}

# all_killed: nobody holds the connection any more.
all_killed() {
	kill_serving
	umount --lazy "$fs"
}

# all_stale: that, and there is a new one.
all_stale() {
	all_killed
	# shellcheck disable=SC2119
	start_again
}

# stand_ins_start COUNT: as many as make it COUNT containers with the real ones.
# They are recorded as by a hook that found no daemon, which only then is there
# again; all have their views then. By their records they are in the cgroup of a
# real one: in their own there are all other processes, whom a daemon would count
# for each of them.
stand_ins_start() {
	local said='' list cgroup n=$(($1 - ${#real[@]}))

	list=$(IFS=, && echo "${views[*]}")
	all_killed
	coproc stand_ins {
		exec "$build/tests/integration/try_namespaces" "$run" "$n" \
			"$list" 2>"$work/said"
	}
	pids+=("$stand_ins_PID")
	read -r said <&"${stand_ins[0]}" ||
		skip "$n containers: $(cat "$work/said")"
	assert_equal "stand-ins" ready "$said"
	cgroup=$(jq -c .cgroups "$run/containers/real-1.json")
	sed -i "s|\"cgroups\":{[^}]*}|\"cgroups\":$cgroup|" \
		"$run"/containers/stand-in-*.json
	mapfile -t stand_in_pids < <(jq .pid "$run"/containers/stand-in-*.json)
	# shellcheck disable=SC2119
	start_again
	repair
}

stand_ins_end() {
	stop_pid "$stand_ins_PID"
	rm -f "$run"/containers/stand-in-*.json
}

# repair: all of them; leaves the milliseconds it took in $ms, and in $said what
# it said.
repair() {
	local begun=${EPOCHREALTIME/./}

	said=$("$remount" --run-dir="$run" 2>&1) ||
		fail "not all is repaired: $said"
	ms=$(awk -v us=$((${EPOCHREALTIME/./} - begun)) \
		'BEGIN { printf "%.3f", us / 1000 }')
}

# The loop. What it mounts has to be in the container: such scripts have the
# server's directory shared into it, here it is a file that is there anyhow.
mount_each() {
	local view

	for view in "${views[@]}"; do
		nsenter --target "$1" --mount -- \
			mount -B "$work/plain" "/$view"
	done
}

# With that, what is dead stays beneath. So some scripts first unmount it.
replace_each() {
	local view

	for view in "${views[@]}"; do
		nsenter --target "$1" --mount --pid -- umount "/$view"
		nsenter --target "$1" --mount -- \
			mount -B "$work/plain" "/$view"
	done
}

# take_away PID: what mount_each has mounted.
take_away() {
	nsenter --target "$1" --mount --pid -- umount --lazy "${views[@]/#//}"
}

# loop EACH AFTER: for a sample of the stand-ins, from the first to the last;
# leaves the milliseconds that EACH takes for one container in $ms. AFTER does
# not count.
loop() {
	local i pid begun us=0 n=${#stand_in_pids[@]}

	for ((i = 0; i < sample_size; i++)); do
		pid=${stand_in_pids[$((i * n / sample_size))]}
		begun=${EPOCHREALTIME/./}
		"$1" "$pid"
		us=$((us + ${EPOCHREALTIME/./} - begun))
		"$2" "$pid"
	done
	ms=$(awk -v us="$us" -v n="$sample_size" \
		'BEGIN { printf "%.3f", us / 1000 / n }')
}

# race COUNT: the loop, the repair of all COUNT containers, all stale, and the
# loop again. Leaves the milliseconds for one container in $repair_ms and
# $loop_ms, and in $ratio how many times as fast the repair is.
race() {
	local first

	all_stale
	loop mount_each take_away
	first=$ms
	repair
	repair_ms=$(awk -v ms="$ms" -v n="$1" 'BEGIN { printf "%.3f", ms / n }')
	loop mount_each take_away
	loop_ms=$(awk -v a="$first" -v b="$ms" \
		'BEGIN { printf "%.3f", (a + b) / 2 }')
	ratio=$(awk -v a="$loop_ms" -v b="$repair_ms" \
		'BEGIN { printf "%.1f", a / b }')
}
