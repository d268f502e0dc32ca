# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of resview-remount against hostile containers share.
# Sourced after lib.sh, which sets work, run, fs, daemon, top and remount.
# shellcheck disable=SC2034,SC2119,SC2120,SC2154

# shellcheck source=tests/integration/host.sh
. "$here/host.sh"

need runc jq nsenter python3

# root_of NAME: the root directory that a hostile container does not share.
root_of() {
	echo "$work/$1-root"
}

# owner_edit: for a user namespace of its own.
owner_edit='.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'

# hostile NAME admin|owner [JQ-EDIT...]: start a container that may mount: as
# root with CAP_SYS_ADMIN, or with a user namespace of its own, to which its
# mount namespace then belongs. It may use FUSE, and has a /tmp of its own.
hostile() {
	local name=$1 who=. root

	root=$(root_of "$name")
	make_rootfs "$root"
	if [ "$2" = owner ]; then
		chown -R 100000:100000 "$root"
		who=$owner_edit
	fi
	shift 2
	make_bundle "$name" "
		.process.capabilities[] |= (. + [\"CAP_SYS_ADMIN\",
			\"CAP_SYS_CHROOT\", \"CAP_DAC_OVERRIDE\"] | unique)
		| .linux.resources.devices += [{allow: true, type: \"c\",
			major: 10, minor: 229, access: \"rwm\"}]
		| .root.path = \"$root\"
		| .mounts += [{source: \"tmpfs\", destination: \"/tmp\",
				type: \"tmpfs\", options: [\"mode=1777\"]},
			{source: \"$work/fuse\", destination: \"/dev/fuse\",
				type: \"bind\", options: [\"bind\"]}]" \
		"$who" "$@"
	start_container runc "$name" || fail "$(cat "$work/$name.log")"
}

# inside NAME COMMAND...: in its namespaces, also when it has no /proc any more,
# which a runtime needs.
inside() {
	local pid user=()

	pid=$(container_pid "$1")
	shift
	[ "/proc/$pid/ns/user" -ef /proc/self/ns/user ] || user=(--user)
	nsenter --target "$pid" --mount --pid ${user[@]+"${user[@]}"} -- "$@"
}

# innocent NAME MEMORY [owner]: start one whose views are to be whole, whatever
# its neighbours do.
declare -A memory_of=() shape_of=() pid_of=()
innocent() {
	local who=.

	[ -z "${3:-}" ] || who=$owner_edit
	make_bundle "$1" ".linux.resources.memory.limit = $2" "$who"
	start_container runc "$1" || fail "$(cat "$work/$1.log")"
	memory_of[$1]=$2
	pid_of[$1]=$(container_pid "$1")
	shape_of[$1]=$(views "$1" | awk '{ print $1, $2 }')
}

# views NAME: place, attributes and device of what is mounted of ours, a line
# each.
views() {
	awk '/ - fuse.resview / { print $5, $6, $3 }' \
		"/proc/$(container_pid "$1")/mountinfo" | sort
}

total() {
	echo $(($(in_container "$1" cat /proc/meminfo |
		awk '/^MemTotal:/ { print $2 }') * 1024))
}

# assert_innocent: one live file at each place of those, as at their start.
assert_innocent() {
	local dev name places

	dev=$(mountpoint -d "$fs")
	for name in "${!memory_of[@]}"; do
		places=$(views "$name")
		assert_equal "places of $name" "${shape_of[$name]}" \
			"$(awk '{ print $1, $2 }' <<<"$places")"
		assert_equal "file systems of $name" "$dev" \
			"$(awk '{ print $3 }' <<<"$places" | sort -u)"
		assert_equal "total of $name" "${memory_of[$name]}" \
			"$(total "$name")"
	done
}

# all_killed: nobody holds the connection any more, and there is a new one.
all_killed() {
	kill_serving
	start_again
}

now_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# repair [OPTION...]: with $deadline; exit code in $status, lines in $said and
# $error, and how long it took in $ms. What it says comes through pipes, and these
# end with it.
repair() {
	local begun

	begun=$(now_ms)
	status=0
	said=$({ timeout 300 "$remount" --run-dir="$run" \
		--timeout="$deadline" "$@" \
		2>&3 | cat; exit "${PIPESTATUS[0]}"; } 3>"$work/error") ||
		status=$?
	ms=$(($(now_ms) - begun))
	error=$(cat "$work/error")
}

# hang NAME MOUNTPOINT SUBTYPE: a FUSE file system of the container's, which
# answers until silence NAME.
hang() {
	local out=$work/$1.hang

	in_container "$1" python3 /test/integration/hang.py "$2" "$3" \
		/run/silent >"$out" 2>&1 &
	pids+=("$!")
	wait_for 5 grep -q ready "$out" || fail "no FUSE in $1: $(cat "$out")"
}

silence() {
	touch "$(root_of "$1")/run/silent"
}

# neighbours: a daemon, and who must not suffer.
neighbours() {
	start_resviewd
	innocent good 67108864
	innocent small 33554432
	host_before
}

# What something may take that hangs, in seconds; and, less than that, what
# nobody may hold up, in ms. A busy machine takes its time.
load=$(awk -v n="$(nproc)" '{ n = int(2 * $1 / n); print n < 4 ? 2 + n : 6 }' \
	/proc/loadavg)
deadline=$((3 * load))
quick=$((2500 * load))
late=$((1000 * deadline + quick)) # if something hangs

# again [EXIT-CODE]: after an accident, once, and once more to the same end.
again() {
	local first

	all_killed
	repair
	first=$error
	assert_equal "exit code ($error)" "${1:-0}" "$status"
	assert_between "ms" 0 $quick "$ms"
	assert_innocent
	assert_host
	repair
	assert_equal "exit code, again ($error)" "${1:-0}" "$status"
	assert_match "nothing done again" '^[^,]* live(, [0-9]* left[^,]*)*, '`
		`'[0-9]* failed$' "$said"
	assert_innocent
	error=$first
}

# innocent_are_live: has each of them as many live mounts as at its start?
innocent_are_live() {
	local dev name

	dev=$(mountpoint -d "$fs")
	for name in "${!pid_of[@]}"; do
		[ "$(grep -c " $dev .* - fuse.resview " \
			"/proc/${pid_of[$name]}/mountinfo")" = \
			"$(wc -l <<<"${shape_of[$name]}")" ] || return
	done
}

# in_time [OPTION...]: after an accident, the innocent ones are whole before anybody waits,
# how long ever the others take.
in_time() {
	local begun limit=60000

	all_killed
	begun=$(now_ms)
	repair "$@" >"$work/repaired" &
	while ! innocent_are_live; do
		[ $(($(now_ms) - begun)) -lt $limit ] || break
		sleep 0.02
	done
	assert_between "ms for the innocent" 0 $quick $(($(now_ms) - begun))
	wait "$!"
	assert_innocent
	assert_host
}

# wanted NAME PATTERN: how many of the views that are to be in it match PATTERN.
wanted() {
	jq --arg at "$2" '[.views[] | select(test($at))] | length' \
		"$run/containers/$1.json"
}

# live_at NAME PATTERN: how many live mounts of ours are where PATTERN matches.
live_at() {
	awk -v dev="$(mountpoint -d "$fs")" -v at="$2" \
		'/ - fuse.resview / && $3 == dev && $5 ~ at { n++ }
		END { print n + 0 }' \
		"/proc/$(container_pid "$1")/mountinfo"
}

# A user namespace may not make what is missing.
make_rootfs "$work/rootfs"
mkdir -p "$work/rootfs/etc/alternatives"
mknod -m 666 "$work/fuse" c 10 229
chmod 711 "$work"
