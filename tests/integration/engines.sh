# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A container engine as test_engine.sh and the bench know it. Sourced after
# lib.sh, with the name of the engine: engines/NAME.sh, which has
#
#   engine_need           skips where the engine is not to be had
#   engine_version        prints "podman 4.3.1, runc 1.1.5"
#   engine_wiring         prints how it is wired, in a word or two
#   engine_begin          its daemon, if it has one, with our wiring beside it,
#                         and an image or root directory of busybox
#   engine_run NAME HOW   a container in the background that sleeps, of 64 MiB
#                         and half a CPU: HOW is "with" us or "without"
#   engine_exec NAME COMMAND...
#   engine_stop NAME, engine_start NAME, engine_remove NAME
#   engine_end            all of it is gone; may be called at any time
#
# All files are below $work, all cgroups below $group, and what it starts ends
# with the test.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/programs.sh
. "$(dirname "${BASH_SOURCE[0]}")/programs.sh"
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/engines/$1.sh"

# make_engine_rootfs DIR: busybox, and what asks /proc where busybox asks the
# kernel: free and uptime of procps, with their libraries.
make_engine_rootfs() {
	local program file

	make_busybox_rootfs "$1"
	for program in free uptime; do
		rm -f "$1/bin/$program"
		cp "$(command -v $program)" "$1/bin/"
		for file in $(ldd "$1/bin/$program" | grep -o '/[^ ]*'); do
			mkdir -p "$1/$(dirname "$file")"
			cp -L "$file" "$1/$file"
		done
	done
}

ended() {
	local status=$?

	set +e
	engine_end >/dev/null 2>&1
	(exit "$status")
	cleanup
}
trap ended EXIT

# figure NAME COMMAND...: what COMMAND says in it, without blanks around it.
figure() {
	engine_exec "$@" | xargs
}

# assert_sees NAME KIBIBYTES CPUS: these, and an age of its own. Shows what
# programs say.
assert_sees() {
	# shellcheck disable=SC2016
	assert_equal "$1: MemTotal" "$2" \
		"$(figure "$1" awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
	assert_equal "$1: cpuinfo" "$3" \
		"$(figure "$1" grep -c ^processor /proc/cpuinfo)"
	assert_equal "$1: stat" "$3" \
		"$(figure "$1" grep -c '^cpu[0-9]' /proc/stat)"
	assert_between "$1: uptime" 0 600 \
		"$(figure "$1" cut -d ' ' -f 1 /proc/uptime)"
	for command in 'free -m' 'uptime' 'grep -c ^processor /proc/cpuinfo'; do
		echo "   $1 \$ $command"
		# shellcheck disable=SC2086
		engine_exec "$1" $command | sed "s/^/   /"
	done
}

# sees_host NAME: does it see the host's files?
sees_host() {
	# shellcheck disable=SC2016
	[ "$(figure "$1" awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" = \
		"$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" ]
}
