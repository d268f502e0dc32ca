#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# resview-remount is killed a hundred times, at any moment: who reads meanwhile
# sees his own file or that it is dead, never the host's, and one run more makes
# everything right.

# shellcheck disable=SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

start_resviewd
innocent good 67108864
innocent owner 134217728 owner

cat >"$work/rootfs/tmp/read.py" <<'END'
import os, sys, time
mine, stop = int(sys.argv[1]), "/tmp/stop"
reads = dead = 0
while not os.path.exists(stop):
    try:
        with open("/proc/meminfo", "rb", buffering=0) as file:
            text = file.read(65536)
    except OSError:
        dead += 1
        time.sleep(0.0001)
        continue
    if int(text.split()[1]) != mine:
        sys.exit(f"another's: {text[:60]}")
    reads += 1
    time.sleep(0.0001)
print(reads, "reads,", dead, "of a dead one")
END
readers=()
for name in good owner; do
	in_container $name python3 /tmp/read.py \
		$((memory_of[$name] / 1024)) >"$work/$name.reads" 2>&1 &
	readers+=("$!")
done

step "a hundred times, from 0 to 20 ms after its start"
killed=0
for i in $(seq 25); do
	all_killed
	if [ $((i % 2)) = 0 ]; then
		for name in good owner; do
			inside $name mount --bind /proc/meminfo /proc/meminfo \
				2>/dev/null || true
		done
	fi
	for _ in 1 2 3 4; do
		after=$((RANDOM * 200 / 32768)) # in 0.1 ms
		{
			timeout --signal=KILL "0.0$(printf %03d $after)" \
				"$remount" --run-dir="$run" >/dev/null ||
				killed=$((killed + 1))
		} 2>/dev/null
	done
	repair
	assert_equal "exit code ($error)" 0 "$status"
	assert_innocent
done
echo "killed before its end: $killed"
assert_between "killed" 20 100 "$killed"

touch "$work/rootfs/tmp/stop"
for i in 0 1; do
	wait "${readers[i]}" || fail "$(cat "$work"/*.reads)"
done
cat "$work"/*.reads
