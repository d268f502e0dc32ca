#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The files that have to be asked for: a disk's own counters, which iostat(1)
# reads, and the list of disks.
# Runtimes: runc crun

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

runtime=${1:-runc}
need jq "$runtime" iostat nsenter

# disk_of DIR: the disk that its file system is on.
disk_of() {
	local folder

	folder=$(readlink -f "/sys/dev/block/$(stat -c %Hd:%Ld "$1")")
	[ ! -e "$folder/partition" ] || folder=$(dirname "$folder")
	[ -e "$folder/stat" ] || return 0
	basename "$folder"
}

disk=$(disk_of "$work")
[ -n "$disk" ] || skip "temporary files are on no disk"
number=$(cat "/sys/block/$disk/dev")
place=$(readlink -f "/sys/block/$disk")/stat
other=$(find /sys/block -mindepth 1 -not -name "$disk" -printf '%f\n' |
	sort | head -n 1)

# counted NAME: bytes and operations written to the disk, by the cgroup.
counted() {
	local file

	if on_v2; then
		awk -v d="$number" '$1 == d' "$(cgroup_file "$1" io io.stat)" |
			tr ' ' '\n' | awk -F= '/^w/ { v[$1] = $2 }
				END { print v["wbytes"] + 0, v["wios"] + 0 }'
		return
	fi
	for file in io_service_bytes io_serviced; do
		awk -v d="$number" '$1 == d && $2 == "Write" { n = $3 }
			END { print n + 0 }' "$(cgroup_file "$1" blkio \
				"blkio.throttle.${file}_recursive")"
	done | xargs
}

# places PID: where our files are mounted.
places() {
	awk '/ - fuse.resview / { print $5 }' "/proc/$1/mountinfo" | sort
}

# write_direct NAME: 8 MiB, past the page cache.
write_direct() {
	in_container "$1" dd if=/dev/zero of=/data/file bs=1M count=8 \
		oflag=direct conv=notrunc status=none ||
		skip "no direct writes here"
}

# assert_shown NAME: three files and iostat say what the cgroup says.
assert_shown() {
	local want

	want=$(counted "$1")
	assert_equal "stat of $1" "$want" \
		"$(in_container "$1" cat "/sys/block/$disk/stat" |
			awk '{ print 512 * $7, $5 }')"
	assert_equal "diskstats of $1" "$want" \
		"$(in_container "$1" cat /proc/diskstats |
			awk -v d="$disk" '$3 == d { print 512 * $10, $8 }')"
	assert_equal "iostat of $1" "$((${want% *} / 1024))" \
		"$(in_container "$1" iostat -d -k -o JSON "$disk" |
			jq ".sysstat.hosts[0].statistics[0].disk[0].kB_wrtn")"
}

# loop_control ADD|REMOVE: a loop device that nobody else has, to be plugged in
# and taken out; linux/loop.h.
spare=47110
loop_control() {
	python3 - "$1" "$spare" 2>/dev/null <<-'EOF'
		import fcntl, sys
		code = {"ADD": 0x4C80, "REMOVE": 0x4C81}[sys.argv[1]]
		with open("/dev/loop-control") as control:
		    fcntl.ioctl(control, code, int(sys.argv[2]))
	EOF
}

mkdir "$work/data"
data='.mounts += [{source: "'$work/data'", destination: "/data", type: "bind",
	options: ["bind", "rw"]}]'
# v1 counts for those that have a rule.
rule='.linux.resources.blockIO = {throttleWriteBpsDevice: [
	{major: '${number%:*}', minor: '${number#*:}', rate: 1000000000000}]}'
! on_v2 || rule=.
repairing
# shellcheck disable=SC2119
start_resviewd
export RESVIEW_HOOK=--mode=required
make_bundle plain
make_bundle asks "$data" "$rule" \
	'.annotations = {"io.resview.views": "all,block,partitions"}'
make_bundle short '.annotations = {"io.resview.views": "block"}'
start_container "$runtime" plain
start_container "$runtime" asks
pid=$(container_pid asks)

step "only who asks has them"
assert_equal "places in plain" '' "$(places "$(container_pid plain)" |
	grep -E '/stat$|/partitions' | grep -v '^/proc/stat$' || true)"
assert_equal "the disk's" "$place" "$(places "$pid" | grep -Fx "$place")"
assert_equal "files of disks" \
	"$(find /sys/block -mindepth 1 | wc -l)" \
	"$(places "$pid" | grep -c '^/sys/devices/.*/stat$')"
assert_equal "mounts" "$(jq -r '.views[]' "$run/containers/asks.json" | sort)" \
	"$(places "$pid" | cut -c2-)"
RESVIEW_HOOK='--mode=required --views=block' make_bundle alone "$rule"
start_container "$runtime" alone
assert_equal "places" "$(places "$pid" | grep '^/sys/devices/.*/stat$')" \
	"$(places "$(container_pid alone)")"
stop_container alone

step "what is written is counted, and nothing else"
write_direct asks
assert_between "bytes counted" $((8 << 20)) $((16 << 20)) \
	"$(counted asks | cut -d' ' -f1)"
assert_shown asks
assert_equal "columns" "$(printf '%8d ' 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0)" \
	"$(in_container asks cat "/sys/block/$other/stat") "
head -n 2 /proc/partitions >"$work/partitions"
awk -v n="${number#*:}" -v d="$disk" '$2 == n && $4 == d' /proc/partitions \
	>>"$work/partitions"
assert_equal "partitions" "$(cat "$work/partitions")" \
	"$(in_container asks cat /proc/partitions)"

step "the tree has the host's disks"
assert_equal "disks" "$(find /sys/block -mindepth 1 -printf '%f\n' | sort)" \
	"$(find "$fs/sys/block" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' |
		sort)"
assert_equal "files" stat "$(find "$fs/sys/block/$disk" -mindepth 1 \
	-printf '%f\n')"
[ -r "$fs/proc/partitions" ] || fail "no partitions"
assert_equal "listed" '' "$(find "$fs/proc" "$fs/sys" \
	"$fs/containers/asks/proc" -maxdepth 1 -name partitions -o \
	-maxdepth 1 -name block)"
! stat "$fs/sys/block/none" "$fs/sys/block/$disk/none" "$fs/sys/none" \
	>/dev/null 2>&1 || fail "there is more than there is"

step "resview-remount repairs them"
before=$(places "$pid")
kill_serving
! in_container asks cat "$place" 2>/dev/null || fail "it is not stale"
"$remount" --run-dir="$run" --list | grep -q asks || fail "not listed"
# shellcheck disable=SC2119
start_again
assert_equal "places" "$before" "$(places "$pid")"
assert_equal "file systems" "$(mountpoint -d "$fs")" \
	"$(awk '/ - fuse.resview / { print $3 }' "/proc/$pid/mountinfo" |
		sort -u)"
write_direct asks
assert_shown asks
"$remount" --run-dir="$run" --check || fail "not all is well"

step "and mounts those that are missing"
nsenter --target "$pid" --mount --pid -- umount "$place" /proc/partitions
! "$remount" --run-dir="$run" --check 2>/dev/null || fail "nothing is missing"
assert_equal "missing" "/proc/partitions missing $place missing" \
	"$("$remount" --run-dir="$run" --list --json asks |
		jq -r '.. | select(.state? == "missing") | "\(.path) \(.state)"' |
		sort | xargs)"
"$remount" --run-dir="$run" >/dev/null || fail "not repaired"
assert_equal "places" "$before" "$(places "$pid")"
assert_shown asks

step "or takes them out"
"$remount" --run-dir="$run" --detach asks >/dev/null || fail "not detached"
assert_equal "places" '' "$(places "$pid")"
"$remount" --run-dir="$run" asks >/dev/null || fail "not attached again"
assert_equal "places" "$before" "$(places "$pid")"

step "a disk that is gone holds up nobody"
if ! loop_control ADD; then
	echo "(no loop device can be added here)"
else
	start_container "$runtime" short
	assert_match "places" "/loop$spare/stat" \
		"$(places "$(container_pid short)")"
	loop_control REMOVE || fail "cannot remove loop$spare"
	"$remount" --run-dir="$run" --check || fail "one that is gone is missed"
	kill_serving
	# shellcheck disable=SC2119
	start_again
	"$remount" --run-dir="$run" --check || fail "one that is gone is stale"
	assert_equal "places" "$before" "$(places "$pid")"
fi

step "a name of nothing"
assert_equal "views" 0 "$(RESVIEW_HOOK='--mode=required --views=blocks' \
	make_bundle wrong && start_container "$runtime" wrong 2>/dev/null &&
	echo started || echo 0)"
unset "runtime_of[wrong]"
