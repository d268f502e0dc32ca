# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the storms share: containers full of readers that check what they read,
# and the length of it all. Sourced after lib.sh.
#
# RESVIEW_STORM=SECONDS makes each storm that long, instead of a few seconds,
# and holds it to what is promised: no wait of 100 ms.
# shellcheck disable=SC2154

storm_seconds=${RESVIEW_STORM:-${1:-8}}
storm_wait=500 # ms, the longest that is let pass
[ -z "${RESVIEW_STORM:-}" ] || storm_wait=100
[ -z "${RESVIEW_SANITIZED:-}" ] || storm_wait=5000
reader=$build/tests/storm/reader
storms=() # containers in which there is one
storming=()

# storm_container NAME [JQ-EDIT...]: a container with the reader at /storm.
storm_container() {
	local name=$1

	shift
	[ -x "$reader" ] || fail "$reader is not built"
	make_bundle "$name" ".mounts += [{source: \"$(dirname "$reader")\",
		destination: \"/storm\", type: \"bind\",
		options: [\"bind\", \"ro\"]}]" "$@"
	start_container runc "$name"
}

# storm_start NAME READER-ARGUMENT...: storm_seconds of it, in the background.
storm_start() {
	local name=$1

	shift
	storms+=("$name")
	in_container "$name" /storm/reader --churn "$storm_seconds" "$@" \
		>"$work/$name.storm" 2>"$work/$name.wrong" &
	storming+=("$!")
}

# storm_end: wait for all; print what they have seen. Fails if anything was
# wrong, or somebody has waited too long.
storm_end() {
	local i name wrong=0 worst

	for i in "${!storms[@]}"; do
		name=${storms[$i]}
		wait "${storming[$i]}" || wrong=1
		echo "container $name:"
		cat "$work/$name.storm" "$work/$name.wrong"
		worst=$(awk '$1 == "all" { print $(NF - 1) }' \
			"$work/$name.storm")
		assert_between "longest wait, ms" 0 "$storm_wait" "$worst"
	done
	storms=()
	storming=()
	[ "$wrong" = 0 ] || fail "readers were served wrong"
}
