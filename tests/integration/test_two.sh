#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Two containers that are read at the same time see their own limits each.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq
# shellcheck disable=SC2119
start_resviewd
make_bundle small '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
make_bundle large '.linux.resources.memory.limit = 268435456'
start_container runc small
start_container runc large
large_cpus=$(getconf _NPROCESSORS_ONLN)

times=${RESVIEW_EMULATED:+30}

# read_many NAME: what 300 readings of the two files say, each once.
read_many() {
	# shellcheck disable=SC2016
	in_container "$1" sh -c 'i=0
		while [ $i -lt '"${times:-300}"' ]; do
			sed -n "s/^MemTotal: *//p" /proc/meminfo
			grep -c ^processor /proc/cpuinfo
			i=$((i + 1))
		done' | sort -u >"$work/$1.seen"
}

read_many small &
one=$!
read_many large &
two=$!
wait "$one"
wait "$two"
assert_equal small "$(printf '1\n65536 kB')" "$(cat "$work/small.seen")"
assert_equal large "$(printf '%s\n262144 kB' "$large_cpus")" \
	"$(cat "$work/large.seen")"
