# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the storms share: containers full of readers that check what they read,
# and the length of it all. Sourced after lib.sh.
#
# RESVIEW_STORM=SECONDS makes each storm that long, instead of $storm_short (8),
# and holds it to what is promised: no wait of 100 ms, for each $storm_plagues.
# shellcheck disable=SC2154

storm_seconds=${RESVIEW_STORM:-${storm_short:-8}}
storm_wait=5000 # ms, the longest that is let pass: other things run here too
[ -z "${RESVIEW_STORM:-}" ] || storm_wait=100
[ -z "${RESVIEW_SANITIZED:-}" ] || storm_wait=20000
reader=$build/tests/storm/reader
peek=$build/tests/storm/peek
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
# wrong, or somebody has waited too long. The last column has also what a busy
# machine took to let a reader run again that had its answer, which is not ours.
# Where $storm_plagues come together, so may the waits for each.
storm_end() {
	local i name wrong=0 worst longest=0

	for i in "${!storms[@]}"; do
		name=${storms[$i]}
		wait "${storming[$i]}" || wrong=1
		echo "container $name:"
		cat "$work/$name.storm" "$work/$name.wrong"
		worst=$(awk '$1 == "all" { print $(NF - 1) }' \
			"$work/$name.storm")
		longest=$(printf '%s\n' "$longest" "${worst:-none}" |
			sort -g | tail -n 1)
	done
	storms=()
	storming=()
	[ "$wrong" = 0 ] || fail "readers were served wrong"
	assert_between "longest wait, ms" 0 \
		$((storm_wait * ${storm_plagues:-1})) "$longest"
}

# only_killed: no worker has died but by our hand.
only_killed() {
	! grep -E 'has ended with|killed by signal' "$run.log" |
		grep -v 'killed by signal 9 (KILL)' || fail "by itself"
}

# requests: how many the kernel has sent that are not answered.
requests() {
	local id

	id=$(mountpoint -d "$fs")
	cat "$work/fusectl/${id#*:}/waiting"
}

all_answered() {
	[ "$(requests)" = 0 ]
}

all_closed() {
	[ "$("$peek" "$1")" = "0 0" ]
}

# storm_clean SUPERVISOR: every request is answered, and what was open is
# closed: no crash has lost any.
storm_clean() {
	mkdir -p "$work/fusectl"
	mount -t fusectl fusectl "$work/fusectl"
	wait_for 5 all_answered || fail "$(requests) requests are lost"
	wait_for 5 all_closed "$1" ||
		fail "open files, and blocks of texts: $("$peek" "$1")"
	umount "$work/fusectl"
}
