#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What it takes to repair all containers of a machine after everybody who served
# them was killed: resview-remount, and the loop of nsenter and mount.

set -eu

usage() {
	cat <<'END'
usage: tests/bench/remount.sh [--json] [COUNT]...

Starts COUNT containers (default 125 250 500 1000, one after the other), most
of which are bare processes in namespaces of their own and three are runc's,
kills all of resviewd, starts it anew and lets resview-remount repair all of
them at once. Before and after that, the classic loop of nsenter and mount -B
for each file is run for 20 of them; it mounts a plain file. Of three such runs
the median counts. Another loop, at the end, unmounts what was there as well,
which is what resview-remount does. Prints milliseconds for one container, the
ratios, and the system calls for one container (in a run of its own, if strace
is installed). Needs root and runc.
END
}

json=''
counts=()
for argument; do
	case $argument in
	--help | -h) usage && exit 0 ;;
	--json) json=yes ;;
	[1-9]*) counts+=("$argument") ;;
	*)
		echo "remount.sh: unknown option '$argument', see --help" >&2
		exit 2
		;;
	esac
done
[ ${#counts[@]} -gt 0 ] || counts=(125 250 500 1000)

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

build=${RESVIEW_BUILD:-$top/build/release}
resviewd=$build/daemon/resviewd
hook=$build/hook/resview-hook
# shellcheck source=tests/integration/stand_ins.sh
. "$here/stand_ins.sh"

if [ -z "${RESVIEW_BUILD:-}" ]; then
	echo "== building (release)" >&2
	(cd "$top" && cmake --preset release &&
		cmake --build build/release -j "$(nproc)") \
		>"$work/build.log" 2>&1 || fail "the release build failed"
fi

# count_calls COUNT: leaves in $calls the system calls of one repair for one
# container, "-" without strace.
count_calls() {
	calls=-
	command -v strace >/dev/null || return 0

	all_stale
	strace -f -c -U calls,name -o "$work/strace" "$remount" --timeout 60 \
		--run-dir="$run" >/dev/null || fail "strace resview-remount"
	calls=$(awk -v n="$1" '$NF == "total" { printf "%.0f\n", $1 / n }' \
		"$work/strace")
}

# median_race COUNT: three races; what that with the median ratio leaves.
median_race() {
	: >"$work/races"
	for _ in 1 2 3; do
		race "$1"
		echo "$ratio $repair_ms $loop_ms" >>"$work/races"
	done
	read -r ratio repair_ms loop_ms < <(sort -g "$work/races" | sed -n 2p)
}

# row CONTAINERS SECONDS MS CALLS MOUNT-MS RATIO UNMOUNT-MS RATIO
row() {
	printf '%10s  %8s  %7s  %5s  %9s %5s  %11s %5s\n' "$@"
}

stand_ins_begin
if [ -z "$json" ]; then
	echo "${#views[@]} files of each container, all stale; loops in ms each:"
	echo
	row containers 'repair s' 'ms each' calls 'mount -B' ratio \
		'with umount' ratio
fi

for count in "${counts[@]}"; do
	stand_ins_start "$count"
	median_race "$count"
	all=$(awk -v n="$count" -v ms="$repair_ms" \
		'BEGIN { printf "%.3f", n * ms / 1000 }')
	count_calls "$count"
	loop replace_each true
	stand_ins_end
	list=("$count" "$all" "$repair_ms" "$calls" "$loop_ms" "$ratio" "$ms"
		"$(awk -v a="$ms" -v b="$repair_ms" \
			'BEGIN { printf "%.1f", a / b }')")
	echo "${list[*]}" >>"$work/rows"
	[ -n "$json" ] || row "${list[@]}"
done

if [ -n "$json" ]; then
	jq -Rn --argjson files "${#views[@]}" '{files: $files, rows: [inputs
		| split(" ") | map(tonumber? // null)
		| {containers: .[0], repair_s: .[1], repair_ms: .[2],
		   calls: .[3], mount_ms: .[4], mount_ratio: .[5],
		   umount_ms: .[6], umount_ratio: .[7]}]}' "$work/rows"
	exit 0
fi

# verdict TEXT AWK-CONDITION: over the rows' ratio r and first and last ms.
verdict() {
	awk -v text="$1" '
		NR == 1 { first = $3 }
		NR == 1 || $6 < least { least = $6 }
		{ last = $3 }
		END { print('"$2"' ? "met   " : "MISSED", text) }
		' "$work/rows"
}
echo
verdict "at least 50 times as fast as the loop of mount -B" 'least >= 50'
verdict "as long for each of many as for each of a few" 'last <= 1.5 * first'
