#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The integration tests on a machine with another kernel, systemd and another
# cgroup layout: a Debian guest, on an emulated CPU.

usage() {
	cat <<'END'
usage: tests/vm/qemu.sh LAYOUT [NAME]

LAYOUT is one of

  v2-trixie        Debian 13, Linux 6.12, systemd 257, cgroup v2
  v2-bookworm      Debian 12, Linux 6.1, systemd 252, cgroup v2
  hybrid-bookworm  the same, cgroup v1 and systemd's v2 tree beside it
  legacy-bookworm  the same, cgroup v1 alone

NAME is a regular expression for the tests to run; without it those that
tests/vm/left_out has a reason for are left out. What the guest has said is in
build/guests: LAYOUT.log, and the output of each test in LAYOUT.logs. Needs
root, an x86_64 with mmdebstrap, mkfs.ext4, cpio and jq and, the first time, a
Debian mirror.

  RESVIEW_BUILD     what to test (default: build/dev)
  RESVIEW_GUESTS    where guests and their emulator are kept (default:
                    build/guests)
  RESVIEW_RECORD    not empty: tests that can leave fixtures in LAYOUT.logs
  RESVIEW_DEADLINE  seconds that a guest has for all tests (default: 3000)

Exit code: 0 nothing failed, 1 something failed, 2 wrong usage, 77 no guest can
be had here.
END
}

# What the kernel is told. None of Debian 13: its kernel has no memory.* files
# of cgroup v1 any more.
declare -A arguments=(
	["v2-trixie"]=''
	["v2-bookworm"]=''
	["hybrid-bookworm"]='systemd.unified_cgroup_hierarchy=0'
	["legacy-bookworm"]='systemd.unified_cgroup_hierarchy=0'`
		`' systemd.legacy_systemd_cgroup_controller=1'
)

case ${1:-} in
--help | -h) usage && exit 0 ;;
esac
if [ $# = 0 ] || [ $# -gt 2 ] || [ -z "${arguments[$1]+x}" ]; then
	echo "qemu.sh: no such layout: '$*', see --help" >&2
	exit 2
fi

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"

layout=$1
suite=${layout#*-}
guests=${RESVIEW_GUESTS:-$top/build/guests}
said=$top/build/guests
log=$said/$layout.log
deadline=${RESVIEW_DEADLINE:-3000} # seconds, of all tests of a guest

# --- what goes in ----------------------------------------------------------

# list NAME: the tests, one a line, with their commands; it is ctest that knows
# them. The tree is in ./tree there, and what is built in ./tree/build.
list() {
	ctest --test-dir "$build" -L '^integration$' -R "$1" \
		--show-only=json-v1 |
		jq -r --arg here "$here/" '.tests[]
			| select(.command[0] | startswith($here))
			| .command[0] |= ltrimstr($here)
			| "\(.name) tree/tests/integration/\(.command | join(" "))"'
}

# left_out: what the guest is not given, and why.
left_out() {
	grep -v '^#' "$here/../vm/left_out"
}

# pick [NAME]: what is to run to $work/in/list, and what is left out to the log.
pick() {
	local name command reason

	list "${1:-.}" >"$work/all"
	: >"$work/in/list"
	while read -r name command; do
		reason=''
		[ -n "${1:-}" ] || reason=$(left_out | awk -v name="$name" \
			'name ~ "^" $1 "$" { $1 = ""; print; exit }')
		if [ -n "$reason" ]; then
			echo "@ skip $name 0 not in a guest:$reason"
		else
			echo "$name $command" >>"$work/in/list"
		fi
	done <"$work/all" >"$work/without"
	[ -s "$work/in/list" ] || fail "no test is named ${1:-}"
}

make_packages() {
	"$here/../vm/make_packages.sh" "$build/packages" \
		>"$work/packages.log" 2>&1 ||
		step "no packages: they cannot be made"
}

# The tree, what is built of it, and the libraries that this takes.
pack() {
	local in=$work/in

	mkdir -p "$in"/{tree/build,libraries}
	(cd "$top" && git ls-files -co --exclude-standard \
		':!tests/fixtures' ':!tests/fuzz' ':!tests/unit' |
		tar -cf - --files-from=-) | tar -C "$in/tree" -xf -
	! grep -q '^test_packages ' "$in/list" || make_packages
	(cd "$build" && find . -type f ! -path '*/CMakeFiles/*' \
		! -path './tests/test_*' \( -perm -u+x -o -name '*.so' \
		-o -path './packages/*.deb' \) -print0 |
		tar -cf - --null --files-from=-) | tar -C "$in/tree/build" -xf -
	ldd "$build/daemon/resview-worker" | awk '$2 == "=>" { print $3 }' |
		grep -v '/libc\.so' | xargs -I '{}' cp -L '{}' "$in/libraries/"
	cp "$here/../vm/suite.sh" "$in/start"
	[ -z "${RESVIEW_RECORD:-}" ] || touch "$in/record"
	tar -C "$in" -cf "$work/in.tar" .
	truncate --size %1M "$work/in.tar"
}

# --- the guest -------------------------------------------------------------

# drive FILE OPTION
drive() {
	drives=$((${drives:-0} + 1))
	machine+=(-drive "if=none,id=d$drives,format=raw,file=$1,$2")
	machine+=(-device "virtio-blk-pci,drive=d$drives,addr=0x1$drives")
}

# node: a CPU with half of the memory.
node() {
	local n=$((nodes++))

	machine+=(-object "memory-backend-ram,id=m$n,size=1536M")
	machine+=(-numa "node,nodeid=$n,cpus=$n,memdev=m$n")
}

# The disks are vda to vde, in this order: the system, what goes in and out, swap
# and one for tests to write to.
boot() {
	local machine=() nodes=0

	truncate --size 64M "$work/out.tar"
	truncate --size 256M "$work"/{swap,disk}
	mkswap "$work/swap" >/dev/null 2>&1
	drive "$guests/$suite/disk" snapshot=on,cache=unsafe
	drive "$work/in.tar" readonly=on
	drive "$work/out.tar" cache=unsafe
	drive "$work/swap" cache=unsafe
	drive "$work/disk" cache=unsafe
	node
	node
	exec timeout --kill-after=10 "$deadline" "$guests/qemu/qemu" \
		-machine q35 -accel tcg,tb-size=512 -cpu max \
		-smp 2 -m 3072 -nodefaults -no-user-config \
		-no-reboot -display none "${machine[@]}" \
		-kernel "$guests/$suite/kernel" \
		-initrd "$guests/$suite/initrd" -append "console=ttyS0 \
		quiet panic=-1 mitigations=off nokaslr audit=0 \
		apparmor=0 selinux=0 tsc=reliable systemd.show_status=0 \
		numa_balancing=disable hugepages=8 \
		systemd.unit=guest.target ${arguments[$layout]}" \
		-serial "file:$said/$layout.console" -serial "file:$log" \
		</dev/null >"$work/qemu.log" 2>&1
}

begun() {
	grep -aq '^@ begin ' "$log"
}

# end_if_hung PID: a guest whose emulator hangs before its first line.
end_if_hung() {
	for _ in $(seq 400); do
		sleep 1
		! begun && kill -0 "$1" 2>/dev/null || return 0
	done
	kill "$1"
}

# run_guest: shows what it says; 1 if it did not come to its end.
run_guest() {
	local guest

	: >"$log"
	(boot) &
	guest=$!
	pids+=("$guest")
	end_if_hung "$guest" &
	tail --pid="$guest" --follow --lines=+1 --sleep-interval=0.5 "$log" &
	pids+=("$!")
	wait "$guest" || true
	wait "$!" || true
	grep -aq '^@ end' "$log"
}

why() {
	cat "$work/qemu.log"
	tail -n 20 "$said/$layout.console"
}

# Those that a guest which died has left are failures.
missing() {
	local name rest

	while read -r name rest; do
		grep -aq "^@ [a-z]* $name " "$log" ||
			echo "@ fail $name 0 the guest died or ran out of time"
	done <"$work/in/list"
}

need mmdebstrap mkfs.ext4 cpio jq ctest
[ "$(uname -m)" = x86_64 ] || skip "the guests are x86_64"
[ -x "$build/daemon/resviewd" ] || fail "$build is not built"
mkdir -p "$guests" "$said" "$work/in"
"$here/../vm/emulator.sh" "$guests/qemu" ||
	skip "no emulator: $(grep -m 1 '^E:' "$guests/qemu.log")"
"$here/../vm/image.sh" "$suite" "$guests/$suite" ||
	skip "no $suite: $(grep -m 1 '^E:' "$guests/$suite.log")"
pick "${2:-}"
pack
if ! run_guest; then
	why
	if ! begun; then
		step "the guest died before its first line, once more"
		run_guest || why
	fi
fi
{ missing && cat "$work/without"; } | tee -a "$log"
rm -rf "$said/$layout.logs"
mkdir "$said/$layout.logs"
tar -C "$said/$layout.logs" -xf "$work/out.tar" 2>/dev/null ||
	echo "no logs of the guest's"
grep -aq "^@ begin ${layout%-*} " "$log" || fail "the guest is no $layout"
! grep -aq '^@ fail ' "$log" || exit 1
