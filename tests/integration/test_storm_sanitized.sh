#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The storms, with supervisor and workers under a sanitizer that has nothing to
# report. Takes what is in build/asan or build/tsan: tests/run.sh asan, or
# cmake --preset asan && cmake --build build/asan. (Not container runtimes, but
# it is the same: one test for each.)
# Runtimes: asan tsan

# ASLR of new kernels and the sanitizers of gcc 12 do not go together.
[ $((0x$(cat /proc/self/personality) & 0x40000)) != 0 ] ||
	exec setarch -R "$0" "$@"

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/storm.sh
storm_short=4 . "$here/storm.sh"

need runc jq python3
resviewd=$top/build/$1/daemon/resviewd
peek=$top/build/$1/tests/storm/peek
[ -x "$resviewd" ] || skip "build/$1 is not built"
storm_wait=30000 # it is many times slower
# A worker that needs a while to start has to be left that.
case $1 in
tsan) each=300-600 ;;
*) each=200-400 ;;
esac

export ASAN_OPTIONS=log_path=$work/report
export UBSAN_OPTIONS=log_path=$work/report:print_stacktrace=1
export TSAN_OPTIONS=log_path=$work/report:second_deadlock_stack=1

readers() {
	storm_start one open=5+1 seek=2+1 small=1
	storm_start two open=5+1 seek=2+1 large=1
}

# no_report: the sanitizer has found nothing. UBSan knows no other log than
# stderr. A worker that is killed while it looks for leaks complains, too.
no_report() {
	! grep -A 60 -E '(ERROR|WARNING): ' "$work"/report.* 2>/dev/null ||
		fail "a report"
	! grep -A 8 'runtime error:' "$run.log" || fail "a report"
	only_killed
}

# Its shadow memory does not live in a sandbox.
echo "sandbox = off" >"$work/conf"
start_resviewd --config "$work/conf"
grep -q sanitizer "/proc/$(worker_of "$run")/maps" ||
	grep -qE 'libasan|libtsan' "/proc/$(worker_of "$run")/maps" ||
	fail "the worker is not sanitized"
storm_container one '.linux.resources.memory.limit = 67108864'
storm_container two

step "$storm_seconds s of readers, and kill -9 every $each ms"
readers
"$here/killer.py" "$run" "$daemon" "$storm_seconds" worker="$each"
storm_end
no_report

step "upgrades every $each ms"
readers
"$here/killer.py" "$run" "$daemon" "$storm_seconds" reload="$each"
storm_end
no_report

step "both"
readers
"$here/killer.py" "$run" "$daemon" "$storm_seconds" reload="$each" \
	worker="$each"
storm_end
storm_clean "$daemon"
stop_pid "$daemon"
no_report
