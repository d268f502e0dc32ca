#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs say of disks what the container itself has read and written.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc jq

# The disk that containers have at /disk, whole.
make_disk
device=$(stat --format '%Hd:%Ld' "$work/disk")
at=/sys/dev/block/$device
[ -e "$at" ] || skip "$work/disk is not on a disk"
[ ! -e "$at/partition" ] || at=$at/..
number=$(cat "$at/dev")
disk=$(basename "$(readlink -f "$at")")

# A limit that nothing reaches: v1 counts what has one.
rule="[{major: ${number%:*}, minor: ${number#*:}, rate: 1000000000000}]"
# shellcheck disable=SC2119
start_resviewd
make_client_bundle box ".linux.resources.blockIO =
	{throttleReadBpsDevice: $rule, throttleWriteBpsDevice: $rule}"
start_container runc box
step "$disk, $number"
client box disk "$disk" "$number"
