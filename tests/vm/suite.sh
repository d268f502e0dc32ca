#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What a guest of qemu.sh runs: the tests named in ./list, one after the other.
# A line on stdout that begins with @ is for qemu.sh.

set -u
cd "$(dirname "$(readlink -f "$0")")" || exit 1
export RESVIEW_BUILD=$PWD/tree/build LC_ALL=C
export RESVIEW_EMULATED=1 # so many in a second means nothing
export RESVIEW_DISK=/dev/vde # with nothing on it
logs=$PWD/logs
[ ! -e record ] || export RESVIEW_RECORD=$logs/recorded
limit=600 # seconds, of one test

# layout: as this machine has been booted.
layout() {
	if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
		echo v2
	elif [ -d /sys/fs/cgroup/unified ]; then
		echo hybrid
	else
		echo legacy
	fi
}

# Libraries of the release that this was built on, where this one has others.
add_libraries() {
	local library

	for library in libraries/*; do
		ldconfig -p | grep -q "$(basename "$library") " ||
			cp "$library" /usr/local/lib/
	done
	ldconfig
}

# run NAME COMMAND...: all that it says is kept, the end of it is shown where it
# failed.
run() {
	local log=$logs/$1.log start=$SECONDS status=0 verdict=fail reason=''

	timeout --kill-after=20 "$limit" "${@:2}" </dev/null >"$log" 2>&1 ||
		status=$?
	case $status in
	0) verdict=pass ;;
	77)
		verdict=skip
		reason=$(sed -n 's/^SKIP: //p' "$log" | tail -n 1)
		;;
	124) reason="more than $limit s" ;;
	*) reason=$(grep '^FAIL: ' "$log" | head -n 1) ;;
	esac
	[ $verdict != fail ] || tail -n 60 "$log"
	echo "@ $verdict $1 $((SECONDS - start)) $reason"
}

mkdir -p "$logs"
echo "@ begin $(layout) $(uname -r) systemd" \
	"$(systemctl --version | awk 'NR == 1 { print $2 }')" \
	"up $(cut -d' ' -f1 /proc/uptime) s"
add_libraries
swapon /dev/vdd
while read -r name command; do
	# shellcheck disable=SC2086
	run "$name" $command
done <list
tar -C "$logs" -cf /dev/vdc .
echo "@ end"
sync
systemctl poweroff --force --force
