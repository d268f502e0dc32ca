#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the hook adds to the start of a container: with and without it, in turn.

set -eu

usage() {
	cat <<'END'
usage: tests/bench/start.sh [--json] [PAIRS]

Starts a container PAIRS times (default 40) without the hook and with it, and
prints the medians and the median difference in milliseconds, from the call of
the runtime until the container's process runs. Needs root, and runc or crun.
END
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
--json | '' | [1-9]*) ;;
*)
	echo "start.sh: unknown option '$1', see --help" >&2
	exit 2
	;;
esac

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

json=''
if [ "${1:-}" = --json ]; then
	json=yes
	shift
fi
pairs=${1:-40}
build=${RESVIEW_BUILD:-$top/build/release}
resviewd=$build/daemon/resviewd
hook=$build/hook/resview-hook

if [ -z "${RESVIEW_BUILD:-}" ]; then
	echo "== building (release)" >&2
	(cd "$top" && cmake --preset release &&
		cmake --build build/release -j "$(nproc)") \
		>"$work/build.log" 2>&1 || fail "the release build failed"
fi
need jq
engine=runc
command -v runc >/dev/null || engine=crun

start_resviewd_in_memory
make_busybox_rootfs "$work/rootfs"
limit='.linux.resources.memory.limit = 67108864
	| .process.args = ["/bin/sleep", "60"]
	| .mounts |= map(select(.type != "bind"))'
make_bundle with "$limit"
make_bundle without "$limit" 'del(.hooks)'

# run_once BUNDLE: milliseconds until its process runs. No id comes twice: else
# the kernel would first have to forget the files of the container before.
run_once() {
	local id=$group-$1-$i before after

	before=$(date +%s%N)
	runtime "$engine" run --detach --bundle "$work/$1" "$id" >/dev/null ||
		fail "$engine cannot run a container $1 the hook"
	after=$(date +%s%N)
	total=$(awk '/^MemTotal:/ { print $2 }' \
		"/proc/$(runtime "$engine" state "$id" | jq .pid)/root/proc/meminfo")
	[ "$1" = without ] || [ "$total" = 65536 ] ||
		fail "the hook did not mount its views"
	runtime "$engine" delete --force "$id"
	awk -v ns=$((after - before)) 'BEGIN { printf "%.3f\n", ns / 1e6 }'
}

i=0
run_once without >/dev/null
run_once with >/dev/null
for i in $(seq "$pairs"); do
	# Whoever goes second finds warmer caches: take turns.
	if [ $((i % 2)) = 0 ]; then
		a=$(run_once without)
		b=$(run_once with)
	else
		b=$(run_once with)
		a=$(run_once without)
	fi
	echo "$a $b" >>"$work/times"
done

# median COLUMNS-EXPRESSION
median() {
	awk "{ print $1 }" "$work/times" | sort -n |
		awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

# shellcheck disable=SC2016
a=$(median '$1') b=$(median '$2') d=$(median '$2 - $1')
if [ -n "$json" ]; then
	printf '{"engine":"%s","pairs":%d,"without_ms":%s,"with_ms":%s,' \
		"$engine" "$pairs" "$a" "$b"
	printf '"difference_ms":%s}\n' "$d"
	exit 0
fi
echo "start of a container, $engine, $pairs pairs, medians:"
echo "  without the hook  $a ms"
echo "  with the hook     $b ms"
echo "  difference        $d ms (of each pair; the median)"
if awk -v d="$d" 'BEGIN { exit !(d <= 5) }'; then
	echo "met    at most 5 ms"
else
	echo "MISSED at most 5 ms"
fi
