# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The file "metrics", for tests. Sourced after lib.sh.
# shellcheck disable=SC2154

# metrics: all of it. It is read once: a pipe that ends would stop it.
metrics() {
	cat "$fs/metrics" >"$work/metrics" || fail "metrics cannot be read"
	cat "$work/metrics"
}

# metric NAME: its value; NAME with labels, as it is there.
metric() {
	metrics | awk -v name="$1" '{ at = length($0) - length($NF) }
		substr($0, 1, at - 1) == name { print $NF }'
}

has_value() {
	[ "$(metric "$1")" = "$2" ]
}

# is_soon NAME VALUE: a request is counted when it has been answered, which is
# when its reader goes on.
is_soon() {
	wait_for 5 has_value "$1" "$2" ||
		fail "$1: wanted '$2', got '$(metric "$1")'"
}
