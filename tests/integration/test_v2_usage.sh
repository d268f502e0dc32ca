#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# CPU time, pressure and disks of a container beside its cgroup's files.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/v2.sh
. "$here/v2.sh"

need runc jq python3
# shellcheck disable=SC2119
start_resviewd

step "CPU time and pressure, two loops on half a CPU"
make_bundle busy '.linux.resources.cpu = {quota: 50000, period: 100000}
	| .process.args = ["sh", "-c",
		"(while :; do :; done) & while :; do ls / >/dev/null; done"]'
start_container runc busy
for _ in 1 2 3; do
	sleep 1
	beside busy shares cpu pressure
done
recorded busy v2-busy
stop_container busy

step "CPU time without a limit"
# shellcheck disable=SC2016
make_bundle free '.process.args = ["sh", "-c",
	"for i in $(seq 2000); do :; done; exec sleep 900"]'
start_container runc free
sleep 1
beside free shares cpu
stop_container free

step "a disk"
disk=${RESVIEW_DISK:-}
[ -b "$disk" ] || { echo "no RESVIEW_DISK" && exit 0; }
major=$((0x$(stat --format %t "$disk")))
minor=$((0x$(stat --format %T "$disk")))
make_bundle writer ".linux.devices = [{path: \"/dev/disk\", type: \"b\",
		major: $major, minor: $minor}]
	| .linux.resources.devices += [{allow: true, type: \"b\", access: \"rwm\",
		major: $major, minor: $minor}]"
start_container runc writer
before=$(cat "/proc/$(container_pid writer)/root/proc/diskstats")
! grep -q " ${disk##*/} " <<<"$before" || fail "not used yet: $before"
in_container writer dd if=/dev/zero of=/dev/disk bs=64k count=48 \
	oflag=direct status=none
beside writer disks
in_container writer dd if=/dev/disk of=/dev/null bs=4k count=32 iflag=direct \
	status=none
beside writer disks pressure
assert_match "writes" " 48 0 6144 " \
	"$(cat "/proc/$(container_pid writer)/root/proc/diskstats")"
recorded writer v2-disk
