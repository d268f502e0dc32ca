#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Thousands of samples of a container under load, and not one makes no sense.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq python3 stress-ng
# shellcheck disable=SC2119
start_resviewd

step "memory, page cache, shared memory and CPU, in 128 MiB and half a CPU"
make_bundle load '.linux.resources.memory.limit = 134217728
	| .linux.resources.cpu = {quota: 50000, period: 100000}'
start_container runc load
in_container load stress-ng --quiet --temp-path /tmp --timeout 900 \
	--cpu 1 --vm 1 --vm-bytes 96M --hdd 1 --hdd-bytes 64M --shm 1 \
	--shm-bytes 8M --fork 1 --switch 1 >"$work/stress.log" 2>&1 &
stress=$!
pid=$(container_pid load)
"$here/sampler.py" "/proc/$pid/root" 5000 20
"$here/sampler.py" "$fs/containers/load" 1000 10
kill -0 "$stress" || fail "there was no load: stress-ng has ended"
stop_container load

step "the same without limits"
make_bundle free
start_container runc free
in_container free stress-ng --quiet --temp-path /tmp --timeout 900 \
	--cpu 1 --vm 1 --vm-bytes 64M --shm 1 >"$work/stress.log" 2>&1 &
stress=$!
"$here/sampler.py" "/proc/$(container_pid free)/root" 2000 20
kill -0 "$stress" || fail "there was no load: stress-ng has ended"
stop_container free
