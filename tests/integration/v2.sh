# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What tests begin with that compare a container's files with those of its
# cgroup on a pure v2 host. Sourced after lib.sh.
# shellcheck disable=SC2154

# cgroup_of NAME: the cgroup of its init.
cgroup_of() {
	echo "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(container_pid "$1")/cgroup")"
}

# beside NAME CHECK...: the checks of beside.py hold.
beside() {
	"$here/beside.py" "/proc/$(container_pid "$1")/root" "$(cgroup_of "$1")" \
		"${@:2}" || fail "$1: not what its cgroup says"
}

# recorded NAME FIXTURE: keep it as a fixture, if somebody wants some.
recorded() {
	[ -z "${RESVIEW_RECORD:-}" ] ||
		"$top/tests/record.sh" "$(container_pid "$1")" "$RESVIEW_RECORD/$2"
}

# total ROOT: MemTotal in kB below ROOT.
total() {
	sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' "$1/proc/meminfo"
}

on_v2 || skip "cgroup v1 here"
