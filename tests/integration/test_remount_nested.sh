#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A container with hundreds of mount namespaces, each of which takes long to
# look at: the others are repaired before, and there is an end to it.

# shellcheck disable=SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

# Nothing is begun after 4 times the deadline, and what is begun may take as
# long as that, ms. A second is spent on namespaces that nobody has recorded.
deadline=$((load < 4 ? load : 4))
end=$((5000 * deadline + 2 * quick))
start_resviewd
innocent good 67108864
innocent small 33554432 owner
host_before

for who in admin owner; do
	step "$who: 100 namespaces, of each a megabyte to read"
	hostile nested-$who $who
	in_container nested-$who python3 /test/integration/hostile.py many \
		/tmp/many 240 /etc/passwd 1 >/dev/null
	in_container nested-$who python3 /test/integration/hostile.py copies \
		100 >"$work/copies" 2>&1 &
	wait_for 20 grep -q ready "$work/copies" ||
		fail "no copies: $(cat "$work/copies")"
	in_time
	repair
	assert_between "ms" 0 $end "$ms"
	why='no answer in time|it was not tried|there was no time to look'
	while read -r line; do
		assert_match "what is said" \
			"nested-${who}[:,] mount namespace .*: ($why)" "$line"
	done < <(grep "nested-$who" <<<"$error")
	for way in --list --check; do
		repair $way
		assert_between "ms, $way" 0 $end "$ms"
	done
	assert_innocent
	assert_host
	stop_container nested-$who
done
repair
assert_equal "exit code without them ($error)" 0 "$status"
