#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Containers with thousands of mounts, at names of all kinds: nobody waits for
# them, and what is said of them is a line each, and JSON.

# shellcheck disable=SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

# What may be said of them takes two deadlines, and reading, ms.
late=$((2000 * deadline + 4 * quick))
neighbours

# many NAME COUNT SOURCE EVERY: as in hostile.py.
many() {
	in_container "$1" python3 /test/integration/hostile.py many /tmp/many \
		"$2" "$3" "$4" >"$work/$1.many" || fail "$(cat "$work/$1.many")"
}

# said_well: one line each, with nothing in them that is no text.
said_well() {
	local line

	iconv --from-code UTF-8 <<<"$error" >/dev/null || fail "no UTF-8"
	! grep -qP '[\x00-\x08\x0b-\x1f\x7f]' <<<"$error" || fail "no text"
	while read -r line; do
		[ -z "$line" ] || assert_match "what is said" "^resview-remount: `
			`container [a-z]*-(admin|owner): .*" "$line"
	done <<<"$error"
	assert_between "lines" 1 4 "$(wc -l <<<"$error")"
}

for who in admin owner; do
	step "$who: 10,000 mounts of its own"
	hostile own-$who $who
	many own-$who 10000 /etc/passwd 10
	in_time
	repair
	assert_between "ms" 0 $quick "$ms"
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "ours in it" "$(wanted own-$who .)" "$(live_at own-$who .)"

	step "$who: and 2,000 of ours"
	hostile ours-$who $who
	many ours-$who 2000 /proc/uptime 10
	views=$(wanted ours-$who .)
	in_time
	all_killed
	repair --dry-run
	assert_between "ms, plan" 0 $late "$ms"
	# There are three other containers.
	assert_equal "lines" $((2000 + 4 * views)) "$(wc -l <<<"$said")"
	iconv --from-code UTF-8 <<<"$said" >/dev/null || fail "no UTF-8"
	! grep -vE "^container [-a-z]*: /.*: stale, would be replaced\$" \
		<<<"$said" || fail "not a line for each"
	for way in '--list --json' '--dry-run --json' --json; do
		# shellcheck disable=SC2086
		repair $way
		assert_between "ms, $way" 0 $late "$ms"
		assert_equal "places, $way" $((2000 + views)) "$(jq '[.containers[]
			| select(.id | startswith("ours-"))
			| .namespaces[].places[]] | length' <<<"$said")"
	done
	said_well
	for i in $(seq 20); do
		repair
		assert_between "ms" 0 $late "$ms"
		said_well
		[ "$status" != 0 ] || break
	done
	echo "done after $((i + 1)) runs"
	assert_equal "exit code in the end" 0 "$status"
	assert_equal "ours in it" $((2000 + views)) "$(live_at ours-$who .)"
	stop_container own-$who
	stop_container ours-$who
done

step "more than anybody wants to read"
hostile huge-owner owner
many huge-owner 9000 /etc/passwd 1
in_time
repair
assert_equal "exit code" 1 "$status"
assert_between "ms" 0 $late "$ms"
assert_match "what is said" 'huge-owner: .* too many mounts' "$error"
