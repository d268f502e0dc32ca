#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What unmodified programs see in a container is what its limits say.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

engine=${1:-runc}
need "$engine" jq free getconf uptime top vmstat mpstat python3 lscpu
host_cpus=$(getconf _NPROCESSORS_ONLN)
host_online=$(cat /sys/devices/system/cpu/online)
host_total=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)

# cpus_of NAME COMMAND...: ids, one on a line, as the list "0,1".
ids() {
	paste -sd,
}

# check_cpus NAME LIST: every program finds the CPUs of LIST ("0" or "0,1").
check_cpus() {
	local name=$1 list=$2 n

	n=$(tr , '\n' <<<"$list" | wc -l)
	assert_equal "$name: getconf" "$n" \
		"$(in_container "$name" getconf _NPROCESSORS_ONLN)"
	assert_equal "$name: os.cpu_count" "$n" "$(in_container "$name" \
		python3 -c 'import os; print(os.cpu_count())')"
	assert_equal "$name: cpuinfo" "$list" "$(in_container "$name" \
		cat /proc/cpuinfo | sed -n 's/^processor\t: //p' | ids)"
	assert_equal "$name: stat" "$list" "$(in_container "$name" \
		cat /proc/stat | sed -n 's/^cpu\([0-9]\{1,\}\) .*/\1/p' | ids)"
	assert_equal "$name: mpstat" "$list" "$(in_container "$name" \
		mpstat -P ALL 1 1 | awk '$1 == "Average:" && $2 ~ /^[0-9]+$/ {
			print $2 }' | ids)"
	assert_equal "$name: lscpu" "$list" "$(in_container "$name" lscpu |
		sed -n 's/^On-line CPU(s) list: *//p' | expand_list)"
}

# expand_list: "0-2" as "0,1,2".
expand_list() {
	tr , '\n' | awk -F- '{ for (i = $1; i <= $NF; i++) print i }' | ids
}

check_memory() {
	local name=$1 want=$2

	assert_equal "$name: free" "$want" \
		"$(in_container "$name" free -b | awk '/^Mem:/ { print $2 }')"
	assert_equal "$name: top" \
		"$(awk -v b="$want" 'BEGIN { printf "%.1f", b / 1048576 }')" \
		"$(in_container "$name" top -b -n1 |
			sed -n 's/^MiB Mem : *\([0-9.]*\) total.*/\1/p')"
	in_container "$name" python3 -c 'import psutil' 2>/dev/null || return 0
	assert_equal "$name: psutil" "$want" "$(in_container "$name" python3 -c \
		'import psutil; print(psutil.virtual_memory().total)')"
}

# The figures of a program that shows CPU time sum up to a whole.
check_cpu_time() {
	local name=$1

	assert_between "$name: top's sum of CPU time" 98 102 \
		"$(in_container "$name" top -b -n1 | awk '/^%Cpu/ {
			gsub(/[^0-9.,]/, ""); n = split($0, v, ",")
			for (i = 1; i <= n; i++) s += v[i]; print s }')"
	assert_between "$name: vmstat's sum of CPU time" 98 102 \
		"$(in_container "$name" vmstat 1 2 | awk 'END {
			print $13 + $14 + $15 + $16 + $17 }')"
}

check_uptime() {
	local name=$1

	assert_between "$name: uptime" 0 $((SECONDS - begun + 1)) \
		"$(in_container "$name" cut -d' ' -f1 /proc/uptime)"
	assert_match "$name: uptime" ' up [0-9] min' \
		"$(in_container "$name" uptime)"
	assert_match "$name: loadavg" \
		'^[0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2} [0-9]+\.[0-9]{2} [0-9]+/[0-9]+ [0-9]+$' \
		"$(in_container "$name" cat /proc/loadavg)"
	assert_between "$name: threads in loadavg" 1 9 "$(in_container "$name" \
		cat /proc/loadavg | sed 's,.*/\([0-9]*\) .*,\1,')"
}

# shellcheck disable=SC2119
start_resviewd

step "64 MiB, half a CPU"
begun=$SECONDS
make_bundle half '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
start_container "$engine" half
check_memory half 67108864
check_cpus half 0
check_cpu_time half
check_uptime half
assert_between "half: vmstat free, kB" 1 65536 \
	"$(in_container half vmstat | awk 'END { print $4 }')"

step "one and a half CPUs"
make_bundle more '.linux.resources.cpu = {quota: 150000, period: 100000}'
start_container "$engine" more
check_cpus more "$([ "$host_cpus" = 1 ] && echo 0 || echo 0,1)"
stop_container more

if [ "$host_cpus" -ge 2 ]; then
	step "the second CPU alone"
	make_bundle second '.linux.resources.cpu = {cpus: "1"}'
	start_container "$engine" second
	check_cpus second 1
	stop_container second
fi

step "no limit"
make_bundle free
start_container "$engine" free
check_memory free $((host_total * 1024))
check_cpus free "$(expand_list <<<"$host_online")"
stop_container free

step "the first one is as it was"
check_memory half 67108864
