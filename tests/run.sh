#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Everything that is checked before a change is good, in one command.

set -eu -o pipefail

usage() {
	cat <<'END'
usage: tests/run.sh [STEP [NAME]]
       tests/run.sh --vm [GUEST [NAME]]
       tests/run.sh --matrix

Installs what is missing (apt-get), builds, tests, and prints a summary. As
root, to get the integration tests too. STEP runs one step alone:

  format       clang-format agrees with every C file
  scripts      shellcheck on the scripts
  man          mandoc -Tlint on the manual pages
  gcc, clang   build without a warning
  unit         unit tests (no root, no live kernel)
  asan, tsan   unit tests under the sanitizers
  tidy         clang-tidy
  fuzz         every parser, 30 s or less each
  integration  real FUSE, cgroups, runc and crun; NAME is a regular
               expression for the tests to run
  packages     the .deb and the .rpm are made, installed, upgraded and removed
               by the real package managers, in systemd-nspawn; the first time
               it makes a root directory
  guest        the shortest of those in a Debian guest, v2-trixie, see below:
               two minutes, and two more to make it the first time

The storms among them are short. Run by hand they may be as long as you like,
and then no reader may wait for 100 ms, or 200 where two plagues come together:

  RESVIEW_STORM=60 tests/integration/test_storm_kill.sh

Not run unless it is named:

  systemd      resviewd.service under the systemd of Debian 12 and of 13, in
               systemd-nspawn, the packages under that of 13, and a node of a
               cluster; the first time it makes their root directories
  --vm         the integration tests in Debian guests under qemu, without KVM:
               other kernels, systemd, other cgroup layouts; two guests at a
               time. GUEST and NAME are regular expressions for v2-trixie,
               v2-bookworm, hybrid-bookworm and legacy-bookworm, and for the
               tests, all of those that are meant for a guest if there is none.
               Half an hour on two CPUs
  --matrix     nothing is run: what became of each test on each cgroup layout
               when it was run last goes to tests/README.md

Exit code: 0 nothing failed, 1 something failed, 2 wrong usage.
END
}

all='format scripts man gcc clang unit asan tsan tidy fuzz integration packages guest'
named='systemd vm'
guests='v2-trixie v2-bookworm hybrid-bookworm legacy-bookworm'
guest=.
# What the guest step takes: where the kernel, systemd and the layout matter most.
short='^test_(format|resize_runc|lxcfs_style_crun|steal|hook_daemon)$'
case ${1:-} in
--help | -h) usage && exit 0 ;;
--matrix) exec python3 "$(dirname "$0")/matrix.py" "$(dirname "$0")/README.md" ;;
--vm)
	guest=${2:-.}
	set -- vm "${@:3}"
	# shellcheck disable=SC2086
	guests=$(printf '%s\n' $guests | grep -E -e "$guest") || {
		echo "run.sh: no guest '$guest', see --help" >&2
		exit 2
	}
	;;
esac
if [ $# -gt 2 ] || [[ " $all $named " != *" ${1:-unit} "* ]]; then
	echo "run.sh: unknown step '$*', see --help" >&2
	exit 2
fi
steps=${1:-$all}
name=${2:-}
only=${name:-.}

exec </dev/null
cd "$(dirname "$0")/.."
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
jobs=$(nproc)
logs=$PWD/build/logs
mkdir -p "$logs"
table=''
skips=''
passed=0
failed=0
skipped=0

# --- results ---------------------------------------------------------------

# result STEP PASSED FAILED SKIPPED SECONDS
result() {
	table+=$(printf '%-15s %7d %7d %7d %6d s' "$@")$'\n'
	passed=$((passed + $2))
	failed=$((failed + $3))
	skipped=$((skipped + $4))
}

summary() {
	printf '\n%-15s %7s %7s %7s %8s\n' step passed failed skipped time
	printf '%s' "$table"
	[ -z "$skips" ] || printf '\nskipped:\n%s' "$skips"
	printf '\n%d passed, %d failed, %d skipped\n' \
		"$passed" "$failed" "$skipped"
	[ "$failed" = 0 ]
}

# skip_step STEP REASON
skip_step() {
	echo "== $1: skipped: $2"
	skips+="  $1: $2"$'\n'
	result "$1" 0 0 1 0
}

# --- packages --------------------------------------------------------------

needed='gcc libc6-dev make cmake pkg-config libfuse3-dev fuse3 libjson-c-dev
	libseccomp-dev libcmocka-dev clang libclang-rt-14-dev clang-format clang-tidy
	shellcheck mandoc python3 util-linux'
wanted='runc crun podman busybox-static jq curl stress-ng sysstat procps strace
	python3-psutil'
[[ " $steps " != *" packages "* && $steps != systemd ]] ||
	wanted+=' mmdebstrap systemd-container'
[[ " $steps " != *" packages "* && $steps != systemd && $steps != vm ]] ||
	wanted+=' dpkg-dev file rpm'
[[ " $steps " != *" guest "* && $steps != vm ]] ||
	wanted+=' mmdebstrap e2fsprogs cpio'

# missing PACKAGE...: those that are not installed.
missing() {
	local package

	for package; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
			grep -q 'install ok installed' || echo "$package"
	done
}

# apt_install PACKAGE...: or one line that says why not.
apt_install() {
	echo "== install: $*"
	if [ "$(id -u)" != 0 ]; then
		echo "run.sh: cannot install $*: not root" >&2
		return 1
	fi
	if ! apt-get update -q >"$logs/apt.log" 2>&1 ||
		! apt-get install -q -y --no-install-recommends "$@" \
			>>"$logs/apt.log" 2>&1; then
		echo "run.sh: apt-get cannot install $*:" \
			"$(grep -m1 '^E:' "$logs/apt.log" || tail -n1 "$logs/apt.log")" >&2
		return 1
	fi
}

install_packages() {
	local packages

	if ! command -v apt-get >/dev/null; then
		skip_step install 'no apt-get here, using what there is'
		return
	fi
	# shellcheck disable=SC2086
	packages=$(missing $needed)
	# shellcheck disable=SC2086
	if [ -n "$packages" ] && ! apt_install $packages; then
		result install 0 1 0 "$SECONDS"
		summary || exit 1
	fi
	# Without these, tests skip with their reason.
	# shellcheck disable=SC2086
	packages=$(missing $wanted)
	# shellcheck disable=SC2086
	[ -z "$packages" ] || apt_install $packages ||
		skip_step install "not all of the test programs could be installed"
}

# --- steps -----------------------------------------------------------------

scripts() {
	git ls-files '*.sh' .ci/run
}

check_format() {
	git ls-files '*.c' '*.h' |
		xargs clang-format --dry-run --Werror
}

check_scripts() {
	scripts | xargs -P "$jobs" -n 12 shellcheck -x
}

check_man() {
	local pages

	pages=$(git ls-files 'packaging/man/*.[0-9]')
	[ -n "$pages" ] || { echo 'no manual pages' && return 1; }
	# shellcheck disable=SC2086
	mandoc -Tlint -W warning $pages
}

build_preset() {
	cmake --preset "$1" && cmake --build "build/$1" -j "$jobs"
}

check_gcc() {
	build_preset dev
}

check_clang() {
	build_preset clang
}

# tidy FILE...: clang-tidy on those that it has not passed as they are, with
# headers and rules as they are.
tidy() {
	local file key rules r=0

	rules=$(git ls-files -co --exclude-standard '*.h' .clang-tidy |
		xargs sha256sum | sha256sum)
	for file; do
		key=$({ echo "$rules" && cat "$file"; } | sha256sum)
		key=build/tidy/${key%% *}
		[ ! -e "$key" ] || continue
		if clang-tidy -p build/clang --quiet "$file"; then
			touch "$key"
		else
			r=1
		fi
	done
	return $r
}

check_tidy() {
	build_preset clang >/dev/null || return 1
	mkdir -p build/tidy
	export -f tidy
	git ls-files '*.c' ':!tests/fuzz' |
		xargs -P "$jobs" -n 8 bash -c 'tidy "$@"' tidy
}

# ctest_step STEP PRESET LABEL [OPTION...]: count every test.
ctest_step() {
	local step=$1 preset=$2 label=$3 start=$SECONDS counts line

	shift 3
	if ! build_preset "$preset" >"$logs/$step.log" 2>&1; then
		tail -n 40 "$logs/$step.log"
		result "$step" 0 1 0 $((SECONDS - start))
		return
	fi
	rm -f "$logs/$step.xml"
	# ASLR of new kernels and the sanitizers of gcc 12 do not go together.
	setarch -R ctest --test-dir "build/$preset" -L "^$label\$" \
		--output-junit "$logs/$step.xml" --output-on-failure \
		--test-output-size-passed 65536 "$@" 2>&1 |
		tee -a "$logs/$step.log" | grep -v '^ *Start ' || true
	if ! counts=$(python3 tests/junit.py "$logs/$step.xml"); then
		counts='0 1 0'
	fi
	while read -r line; do
		skips+="  $step: $line"$'\n'
	done < <(tail -n +2 <<<"$counts")
	# shellcheck disable=SC2046
	result "$step" $(head -n 1 <<<"$counts") $((SECONDS - start))
}

# run_guest LAYOUT [NAME]: shows what it says, and leaves its exit status and
# how long it took.
run_guest() {
	local start=$SECONDS r=0

	tests/vm/qemu.sh "$@" 2>&1 | tee "$logs/$1.log" | sed -u "s/^/$1: /" ||
		r=$?
	echo "$r $((SECONDS - start))" >"$logs/$1.status"
}

# count_guest LAYOUT: its lines "@ VERDICT TEST SECONDS REASON" are what is
# counted. A guest that could not say what is wrong is a failure, too.
count_guest() {
	local log=build/guests/$1.log status seconds counts name reason

	read -r status seconds <"$logs/$1.status"
	if [ "$status" = 77 ]; then
		skip_step "$1" "$(sed -n 's/^SKIP: //p' "$logs/$1.log")"
		return
	fi
	counts=$(awk -v r="$status" '$1 == "@" { n[$2]++ }
		END { if (r && !n["fail"]) n["fail"] = 1
		print n["pass"] + 0, n["fail"] + 0, n["skip"] + 0 }' "$log")
	while read -r name reason; do
		skips+="  $1: $name: $reason"$'\n'
	done < <(sed -n 's/^@ skip \([^ ]*\) [0-9]*/\1/p' "$log" |
		grep -v ' not in a guest: ')
	# shellcheck disable=SC2086
	result "$1" $counts "$seconds"
}

# guest_steps LAYOUTS [NAME]: two at a time. Those that are made of the same
# image wait for who makes it.
guest_steps() {
	local layouts=$1 layout

	shift
	if [ "$(id -u)" != 0 ]; then
		skip_step guest 'needs root'
		return
	fi
	if ! build_preset dev >"$logs/guest.log" 2>&1; then
		tail -n 40 "$logs/guest.log"
		result guest 0 1 0 0
		return
	fi
	export -f run_guest
	export logs
	# shellcheck disable=SC2086
	printf '%s\n' $layouts | xargs -P 2 -I '{}' \
		bash -o pipefail -c 'run_guest "$@"' run_guest '{}' "$@"
	for layout in $layouts; do
		count_guest "$layout"
	done
}

# simple_step STEP: one thing that passes or fails.
simple_step() {
	local start=$SECONDS

	if "check_$1" >"$logs/$1.log" 2>&1; then
		result "$1" 1 0 0 $((SECONDS - start))
	else
		tail -n 40 "$logs/$1.log"
		echo "== $1: FAILED"
		result "$1" 0 1 0 $((SECONDS - start))
	fi
}

run_step() {
	echo "== $1"
	case $1 in
	unit) ctest_step unit dev unit -R "$only" ;;
	asan | tsan) ctest_step "$1" "$1" unit -R "$only" ;;
	fuzz) ctest_step fuzz fuzz fuzz -R "$only" -j "$jobs" ;;
	integration)
		if [ "$(id -u)" = 0 ]; then
			# test_storm_sanitized takes these.
			{ build_preset asan && build_preset tsan; } \
				>"$logs/sanitized.log" 2>&1 || true
			ctest_step integration dev integration -R "$only" -j 3
		else
			skip_step integration 'needs root'
		fi
		;;
	systemd | packages)
		if [ "$(id -u)" = 0 ]; then
			ctest_step "$1" dev "$1" -R "$only"
		else
			skip_step "$1" 'needs root'
		fi
		;;
	guest) RESVIEW_DEADLINE=${RESVIEW_DEADLINE:-1200} guest_steps v2-trixie "${name:-$short}" ;;
	vm) guest_steps "$guests" ${name:+"$name"} ;;
	*) simple_step "$1" ;;
	esac
}

install_packages
for step in $steps; do
	run_step "$step"
done
case " $steps " in
*' integration '* | *' guest '* | ' vm ') echo && tests/matrix.py ;;
esac
summary
