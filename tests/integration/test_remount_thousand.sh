#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A thousand containers after everybody who served them was killed: repaired in
# one run, each as quickly as if there were few.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/stand_ins.sh
. "$here/stand_ins.sh"

# What is not ours may take the machine at any time: the best one of two, or of
# as many as it takes.
best='' # ms
most=0  # times as fast
tell() {
	echo "   $1 containers: $repair_ms ms each, $ratio times as fast as a" \
		"loop of mount -B ($loop_ms ms)"
	best=$(printf '%s\n' "$repair_ms" ${best:+"$best"} | sort -g | head -n 1)
	most=$(printf '%s\n' "$ratio" "$most" | sort -g | tail -n 1)
}

# mounts: of all stand-ins, a line for each of ours: process, place, attributes,
# file system.
mounts() {
	(cd /proc && awk '/ - fuse.resview / {
		print FILENAME, $5, $6, $3 }' \
		"${stand_in_pids[@]/%//mountinfo}") | sort
}

stand_ins_begin
step "few"
stand_ins_start 250
for _ in 1 2; do
	race 250
	tell 250
done
stand_ins_end
few=$best
best='' most=0

step "a thousand"
stand_ins_start 1000
fresh=$(mounts)
linear() {
	awk -v few="$few" -v many="$best" 'BEGIN { exit !(many <= 3 * few) }'
}

fast() {
	awk -v ratio="$most" 'BEGIN { exit !(ratio >= 10) }'
}

for i in $(seq 8); do
	race 1000
	tell 1000
	[ "$i" = 1 ] || ! linear || ! fast || break
done
linear || fail "not linear: $few ms each, then $best ms"
fast || fail "not fast: $most times"

step "one live layer at each place, in every namespace"
repaired=$(mounts)
assert_equal "places" "$((997 * ${#views[@]}))" "$(wc -l <<<"$repaired")"
assert_equal "places and attributes" "$(cut -d' ' -f1-3 <<<"$fresh" | cksum)" \
	"$(cut -d' ' -f1-3 <<<"$repaired" | cksum)"
assert_equal "file systems" "$(mountpoint -d "$fs")" \
	"$(cut -d' ' -f4 <<<"$repaired" | sort -u)"
assert_equal "total of a real one" 65536 "$(in_container real-2 cat \
	/proc/meminfo | awk '/^MemTotal:/ { print $2 }')"

step "once more: nothing to do"
ids() {
	(cd /proc && cat "${stand_in_pids[@]/%//mountinfo}") | cksum
}
before=$(ids)
repair
assert_equal "mounts" "$before" "$(ids)"
echo "   $said"
stand_ins_end
