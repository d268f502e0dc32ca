# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of attacks share: a look at all mounts before and after, and
# containers of real runtimes whose mounts are looked at around our hook.
# Sourced after lib.sh, which sets work and fs, and after hook.sh.
# shellcheck disable=SC2034,SC2154

# shellcheck source=tests/integration/host.sh
. "$here/host.sh"

need jq
runtimes=()
for name in runc crun; do
	! command -v $name >/dev/null || runtimes+=("$name")
done

# wrong_mounts NAME ROOT [TOP]: of the mounts $work/NAME.before and .after, those
# that went, and those that came but are no views of the container NAME in the
# procfs and sysfs at ROOT/proc and ROOT/sys: a line each. What race.py calls
# proc.N is /proc, under the name that it had at that moment.
# TOP: what has them in our tree.
wrong_mounts() {
	awk -v top="${3-/containers/$1}" -v at="$2" -v dev="$(mountpoint -d "$fs")" '
	function served_at(served, path) {
		return served == path || served ~ "^/sys/block/[^/]*/[^/]*$" &&
			path ~ "^/sys/devices/.*" substr(served, 5) "$"
	}
	function is_view(line,    n, f, above, path, right) {
		n = split(line, f, " ")
		split(row[f[2]], above, " ")
		path = substr(f[5], length(at) + 1)
		right = path ~ "/pressure/" ? "^rw,nosuid,nodev,noexec," \
			: "^ro,nosuid,nodev,noexec,"
		return f[3] == dev && f[7] == "-" && f[8] == "fuse.resview" &&
			f[6] ~ right &&
			index(f[4], top "/") == 1 && index(f[5], at "/") == 1 &&
			served_at(substr(f[4], length(top) + 1), path) &&
			above[4] == "/" && (kind[f[2]] == "proc" &&
				above[5] == at "/proc" && path ~ "^/proc/" ||
				kind[f[2]] == "sysfs" && above[5] == at "/sys" &&
				path ~ "^/sys/")
	}
	{ gsub(at "/proc[.][0-9]+", at "/proc") }
	FILENAME ~ /before$/ { before[$0]; next }
	{
		after[$0]
		row[$1] = $0
		for (i = 7; $i != "-"; i++) {}
		kind[$1] = $(i + 1)
	}
	END {
		for (line in before)
			if (!(line in after)) print "gone:", line
		for (line in after)
			if (!(line in before) && !is_view(line))
				print "wrong:", line
	}' "$work/$1.before" "$work/$1.after"
}

# new_views NAME: how many mounts there are after that were not there before.
new_views() {
	grep -vcxFf "$work/$1.before" "$work/$1.after" || true
}

# attack NAME PID OPTION...: the hook on a stand-in, and nothing but views was
# mounted, each in its place. Sets $status, $error and $views, their number.
attack() {
	local name=$1 pid=$2

	shift 2
	host_before
	cat "/proc/$pid/mountinfo" >"$work/$name.before"
	run_hook --mode=required "$@" < <(state "$name" "$pid")
	cat "/proc/$pid/mountinfo" >"$work/$name.after"
	assert_equal "mounts" '' "$(wrong_mounts "$name" "$work/$name/rootfs")"
	assert_host
	views=$(new_views "$name")
}

# assert_no_views NAME PID REGEX: an attack that ends with nothing mounted, and
# a line that says why; and without "required" it is the same.
assert_no_views() {
	attack "$1" "$2"
	assert_equal "exit code" 1 "$status"
	assert_match "says why" "$3.*does not start" "$error"
	assert_untouched "$2"

	attack "$1" "$2" --mode=besteffort
	assert_equal "exit code, besteffort" 0 "$status"
	assert_match "besteffort" "$3.*starts with the host's files" "$error"
	assert_untouched "$2"
}

# assert_views NAME PID: an attack in spite of which the views are there; sets
# $said.
assert_views() {
	attack "$1" "$2"
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "views, as recorded" "$views" \
		"$(jq '.views | length' "$run/containers/$1.json")"
	assert_between "views" 1 9999 "$views"
	said=$error
	forget "$1"
}

# What a real runtime runs before our hook, and after it.
cat >"$work/look" <<'END'
#!/bin/sh
pid=$(jq .pid)
cat "/proc/$pid/mountinfo" >"$1"
END
chmod +x "$work/look"

# real RUNTIME NAME ROOT: run the bundle NAME, whose root is ROOT, if the
# runtime lets it through. Nothing but views was mounted, each in its place.
# Sets $started, $views and, of what the runtime or our hook said, $error.
real() {
	local edit=".hooks.createRuntime |=
		[{path: \"$work/look\", args: [\"look\", \"$work/$2.before\"],
			env: [\"PATH=/usr/bin:/bin\"]}] + .
		+ [{path: \"$work/look\", args: [\"look\", \"$work/$2.after\"],
			env: [\"PATH=/usr/bin:/bin\"]}]"

	jq "$edit" "$work/$2/config.json" >"$work/$2/new"
	mv "$work/$2/new" "$work/$2/config.json"
	rm -f "$work/$2.before" "$work/$2.after"
	host_before
	started=yes
	start_container "$1" "$2" || started=no
	error=$(cat "$work/$2.log")
	views=0
	if [ -e "$work/$2.before" ] && [ -e "$work/$2.after" ]; then
		assert_equal "mounts" '' "$(wrong_mounts "$2" "$3")"
		views=$(new_views "$2")
	elif [ -e "$work/$2.before" ]; then
		assert_equal "started without the second look" no "$started"
	fi
	assert_host
}

# real_end NAME: it is gone, and so is all that was of it. A runtime that gives
# up a container after createRuntime need not call poststop.
real_end() {
	[ "$started" = no ] || stop_container "$1"
	unset "runtime_of[$1]"
	[ "$started" = yes ] || [ ! -e "$run/containers/$1.json" ] || forget "$1"
	assert_equal "records" '' "$(records)"
	assert_host
}

# says_real RUNTIME WHAT: how it went, for who reads the output.
says_real() {
	local line=${error%$'\n'}

	line=${line##*$'\n'}
	if [ "$started" = yes ]; then
		echo "ok: $1: $2: starts, $views views"
	else
		echo "ok: $1: $2: does not start: $(tail -c 100 <<<"$line")"
	fi
}
