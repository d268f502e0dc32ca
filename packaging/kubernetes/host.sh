# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What is run, read and written on the host, from the pod. Sourced by node.sh.
#
# shellcheck disable=SC2154 # init: of node.sh

# host COMMAND...: in the host's namespaces, and with nothing of our
# environment. Its programs, not ours: ours may need libraries of the image.
host() {
	nsenter --target "$init" --mount --uts --ipc --net --pid --cgroup -- \
		/usr/bin/env -i LC_ALL=C \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"$@"
}

# put MODE PATH [SIZE]: standard input, in one step for who looks at the file;
# what is there keeps its mode and its owner. SIZE is for a writer that may be
# killed: half of it is not put there.
put() {
	# shellcheck disable=SC2016 # the host's shell
	host sh -c 'mkdir -p "${2%/*}" && rm -f "$2.new" &&
		if [ -e "$2" ]; then cp -p "$2" "$2.new"; fi &&
		cat >"$2.new" && { [ -e "$2" ] || chmod "$1" "$2.new"; } &&
		{ [ -z "$3" ] || [ "$(wc -c <"$2.new")" -eq "$3" ]; } &&
		mv -f "$2.new" "$2"' sh "$1" "$2" "${3:-}" ||
		die "cannot write $2 on the host"
}

# put_text MODE PATH TEXT
put_text() {
	printf '%s\n' "$3" | put "$1" "$2" "$(printf '%s\n' "$3" | wc -c)"
}

# had PATH: what the host has there, nothing if there is none. It fails if that
# cannot be said.
had() {
	# shellcheck disable=SC2016 # the host's shell
	host sh -c '[ ! -e "$1" ] || cat "$1"' sh "$1"
}

is_active() {
	host systemctl is-active --quiet "$1"
}
