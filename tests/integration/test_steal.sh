#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A container that wants more than its quota is half busy and half robbed.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq
# shellcheck disable=SC2119
start_resviewd
# The many shares let it have its quota on a machine that is busy elsewhere.
make_bundle busy '.linux.resources.cpu =
		{quota: 50000, period: 100000, shares: 262144}
	| .process.args = ["sh", "-c", "while :; do :; done"]'
begin=$SECONDS
start_container runc busy
parent=$(dirname "$(cgroup_file "" cpu x)")
if on_v2; then
	echo 10000 >"$parent/cpu.weight"
else
	echo 262144 >"$parent/cpu.shares"
fi
stat=/proc/$(container_pid busy)/root/proc/stat

# window: per cent of user + system, idle and steal in three seconds.
window() {
	local before after

	before=$(head -n1 "$stat")
	sleep 3
	after=$(head -n1 "$stat")
	printf '%s\n%s\n' "$before" "$after" | awk '
		NR == 1 { for (i = 2; i <= 9; i++) old[i] = $i }
		NR == 2 { for (i = 2; i <= 9; i++) sum += d[i] = $i - old[i]
			printf "%d %d %d\n", 100 * (d[2] + d[4]) / sum,
				100 * d[5] / sum, 100 * d[9] / sum }'
}

# Some it has had by then, and half of all the time that there was, at most.
for _ in $(seq 30); do
	sleep 1
	first=$(awk '{ print $2 + $4; exit }' "$stat")
	[ "$first" -lt 20 ] || break
done
assert_between "CPU time in the first reading" 20 \
	$((100 + 60 * (SECONDS - begin))) "$first"

# A window can be bad where others take the CPUs; not all of them.
for _ in $(seq 20); do
	read -r used idle steal <<<"$(window)"
	echo "used $used %, idle $idle %, steal $steal %"
	[ "$used" -ge 40 ] && [ "$used" -le 60 ] && [ "$steal" -ge 40 ] &&
		[ "$idle" -le 10 ] && exit 0
done
fail "wanted 50 % used and 50 % steal"
