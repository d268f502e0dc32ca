#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What we add to the start of a container, engine by engine.

set -eu

usage() {
	cat <<'END'
usage: tests/bench/engines.sh [--pairs=N] [ENGINE...]

Starts containers of each ENGINE (tests/integration/engines, default: all) N
times (default 20) without us and with us, in turn, and prints the medians and
the median difference in milliseconds, from the engine's command until it says
that the container runs. Needs root.
END
}

export pairs=${pairs:-20}
while [ $# -gt 0 ]; do
	case $1 in
	--help | -h) usage && exit 0 ;;
	--pairs=[1-9]*) pairs=${1#*=} ;;
	--one) break ;;
	-*)
		echo "engines.sh: unknown option '$1', see --help" >&2
		exit 2
		;;
	*) break ;;
	esac
	shift
done

top=$(readlink -f "$(dirname "$0")/../..")
if [ "${1:-}" != --one ]; then
	[ $# != 0 ] || set -- "$top"/tests/integration/engines/*.sh
	if [ -z "${RESVIEW_BUILD:-}" ]; then
		echo "== building (release)" >&2
		(cd "$top" && cmake --preset release &&
			cmake --build build/release -j "$(nproc)") >/dev/null
		export RESVIEW_BUILD=$top/build/release
	fi
	printf '%-40s %9s %9s %9s  %s\n' 'engine, wiring' without with \
		difference 'at most'
	for name; do
		"$0" --one "$(basename "$name" .sh)" || true
	done
	exit 0
fi

# shellcheck source=tests/integration/lib.sh
. "$top/tests/integration/lib.sh"
# shellcheck source=tests/integration/engines.sh
. "$top/tests/integration/engines.sh" "$2"

engine_need
start_resviewd_in_memory
engine_begin

# run_once HOW: nanoseconds until it says that the container runs. No name comes
# twice: some engines make ids of them, and of those that it knows the kernel
# would first have to forget the files.
run_once() {
	local box=box-$i-$1 before after

	before=$(date +%s%N)
	engine_run "$box" "$1" >/dev/null 2>&1 || fail "it does not start $1 us"
	after=$(date +%s%N)
	[ "$1" = without ] || ! sees_host "$box" || fail "it has no views"
	engine_remove "$box" >/dev/null 2>&1
	echo $((after - before))
}

i=0
run_once without >/dev/null
run_once with >/dev/null
for i in $(seq "$pairs"); do
	# Whoever goes second finds warmer caches: take turns.
	if [ $((i % 2)) = 0 ]; then
		a=$(run_once without) b=$(run_once with)
	else
		b=$(run_once with) a=$(run_once without)
	fi
	echo "$a $b $((b - a))" >>"$work/times"
done

# median COLUMN: in milliseconds.
median() {
	awk -v c="$1" '{ print $c / 1e6 }' "$work/times" | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

case $(engine_wiring) in
*resview-runtime* | --runc-binary) most=15 ;; # it is a program more
*) most=5 ;;
esac
d=$(median 3)
verdict=met
awk -v d="$d" -v m=$most 'BEGIN { exit !(d <= m) }' || verdict=MISSED
printf '%-40s %9.1f %9.1f %9.1f  %d ms: %s\n' \
	"$(engine_version), $(engine_wiring)" "$(median 1)" "$(median 2)" "$d" \
	$most $verdict
