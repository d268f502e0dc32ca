#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# NUMA nodes: their files agree with each other, with what the kernel allows,
# and with the container's other files; and so do the programs that read them.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq
nodes=/sys/devices/system/node
[ -d $nodes/node0 ] || skip "the kernel has no NUMA nodes"
online=$(cat $nodes/online)

# shellcheck disable=SC2119
start_resviewd
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
start_container runc box
make_bundle free
start_container runc free
root=/proc/$(container_pid box)/root

# line FILE KEY: the number in a node's meminfo, or in that of the machine.
line() {
	sed -nE "s/^(Node [0-9]+ )?$2: +([0-9]+).*/\\2/p" "$1"
}

# shape FILE...: its names and spacing, and how long its numbers may be.
shape() {
	cat "$@" | sed -E ':a; s/ [0-9]/ ./; s/\.[0-9]/ ./; ta'
}

# each_of LIST: "0-2,4" as "0 1 2 4".
each_of() {
	tr , '\n' <<<"$1" | awk -F- '{ for (i = $1; i <= $NF; i++) print i }' |
		xargs
}

step "modes, sizes and spacing are the kernel's"
for file in online has_cpu has_memory has_normal_memory \
	node0/{cpulist,cpumap,meminfo,numastat}; do
	assert_equal "mode and size of $file" "$(stat -c '%a %s' "$nodes/$file")" \
		"$(stat -c '%a %s' "$root$nodes/$file")"
	assert_match "$file is ours" fuse \
		"$(in_container box findmnt -no FSTYPE "$nodes/$file")"
done
assert_equal meminfo "$(shape $nodes/node0/meminfo)" \
	"$(shape "$root$nodes/node0/meminfo")"
assert_equal numastat "$(sed 's/ .*/ 0/' $nodes/node0/numastat)" \
	"$(cat "$root$nodes/node0/numastat")"
assert_equal "length of cpumap" "$(wc -c <$nodes/node0/cpumap)" \
	"$(wc -c <"$root$nodes/node0/cpumap")"

step "where nothing limits, they are the host's"
free=/proc/$(container_pid free)/root
for file in online has_cpu has_memory has_normal_memory \
	$(cd $nodes && echo node*/cpulist node*/cpumap); do
	assert_equal "$file" "$(cat $nodes/"$file")" "$(cat "$free$nodes/$file")"
done
# A kernel that makes its memory ready by and by counts it later for the node.
if [ "$(cat $nodes/has_memory)" != 0 ]; then
	assert_equal MemTotal "$(line $nodes/node0/meminfo MemTotal)" \
		"$(line "$free$nodes/node0/meminfo" MemTotal)"
else
	assert_equal MemTotal "$(line /proc/meminfo MemTotal)" \
		"$(line "$free$nodes/node0/meminfo" MemTotal)"
fi

step "the files of the container agree"
total=$(line "$root/proc/meminfo" MemTotal)
assert_equal "MemTotal" 65536 "$total"
for key in MemTotal MemFree MemUsed; do
	printf -v "$key" %s "$(line "$root$nodes/node0/meminfo" $key)"
done
# shellcheck disable=SC2154 # set by printf
assert_equal "MemUsed" "$((MemTotal - MemFree))" "$MemUsed"
assert_between "MemTotal of a node" 1 "$total" "$MemTotal"
assert_between "MemFree of a node" 0 "$total" "$MemFree"
if [ "$(cat $nodes/has_memory)" = 0 ]; then
	assert_equal "the only node has all memory" "$total" "$MemTotal"
	read -r -d '' one two < <(line "$root/proc/meminfo" MemFree
		line "$root$nodes/node0/meminfo" MemFree && printf '\0')
	assert_between "and all that is free" $((one - 256)) $((one + 256)) \
		"$two"
fi
assert_equal "mems" \
	"$(sed -n 's/^Mems_allowed_list:\t//p' "/proc/$(container_pid box)/status")" \
	"$(cat "$root$nodes/has_memory")"
assert_equal "CPUs of all nodes" \
	"$(cat "$root/sys/devices/system/cpu/online")" \
	"$(cat "$root$nodes"/node*/cpulist | xargs | tr ' ' ,)"

step "used memory is used on its node"
before=$(line "$root$nodes/node0/meminfo" MemUsed)
in_container box sh -c 'head -c 20971520 /dev/zero >/dev/shm/fill'
used=$(awk '/MemUsed/ { n += $4 } END { print n }' \
	"$root$nodes"/node*/meminfo)
assert_between "MemUsed of all nodes" $((before + 18000)) 65536 "$used"
in_container box rm /dev/shm/fill

step "programs"
cpus=$(cat "$root/sys/devices/system/cpu/online")
if command -v numactl >/dev/null; then
	said=$(in_container box numactl -H)
	assert_match "numactl -H" "node 0 size: $((MemTotal / 1024)) MB" "$said"
	assert_equal "numactl -s" "$(in_container box numactl -s |
		sed -n 's/^membind: //p' | xargs)" \
		"$(each_of "$(cat "$root$nodes/has_memory")")"
else
	echo "   numactl is missing"
fi
if command -v numastat >/dev/null; then
	assert_match "numastat -m" "MemTotal +$((MemTotal / 1024))\\.00" \
		"$(in_container box numastat -m 2>/dev/null)"
else
	echo "   numastat is missing"
fi
if command -v lscpu >/dev/null; then
	assert_equal lscpu "$cpus" "$(in_container box lscpu |
		sed -nE 's/^NUMA node[0-9]+ CPU\(s\): *([0-9,-]+)$/\1/p' |
		xargs | tr ' ' ,)"
else
	echo "   lscpu is missing"
fi
if command -v lstopo-no-graphics >/dev/null; then
	said=$(in_container box lstopo-no-graphics --of console)
	assert_match lstopo "NUMANode L#0 \\(P#0 .*$((MemTotal / 1024))MB" "$said"
	assert_equal "PUs of lstopo" "$(grep -c ^processor "$root/proc/cpuinfo")" \
		"$(grep -o 'PU L#' <<<"$said" | wc -l)"
else
	echo "   lstopo is missing"
fi

step "the nodes of a cpuset"
if [ "$online" = 0 ]; then
	echo "   there is only one node here"
	exit 0
fi
last=${online##*[-,]}
make_bundle last ".linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {mems: \"$last\"}"
start_container runc last
root=/proc/$(container_pid last)/root
for file in online has_memory; do
	assert_equal "$file" "$last" "$(cat "$root$nodes/$file")"
done
assert_equal "MemTotal of the last" 65536 \
	"$(line "$root$nodes/node$last/meminfo" MemTotal)"
assert_equal "MemTotal of the first" 0 \
	"$(line "$root$nodes/node0/meminfo" MemTotal)"
assert_equal "mems" "$last" \
	"$(sed -n 's/^Mems_allowed_list:\t//p' "/proc/$(container_pid last)/status")"
