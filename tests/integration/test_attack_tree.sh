#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: a container that has our whole tree mounted, as LXCFS's users do, looks
# for its neighbours in it (the class of GHSA-6fw5-f8r9-fgfm: what a shared /proc
# tells of others). It finds its own figures at the top; those of others are as
# private as their records, for all but the host's root.

# Expanded inside:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours
roots_of() {
	awk '/ - fuse.resview / { print $4, $5 }' \
		"/proc/$(container_pid "$1")/mountinfo" | sort
}
roots=$(roots_of good)

# look NAME UID: what it finds of others in the tree at /run.
look() {
	runtime runc exec --user "$2" "$1" sh -c '
		ls /run/containers
		for id in good small .. . ""; do
			cat "/run/containers/$id/proc/meminfo"
			head -c 100 "/run/containers/$id/proc/stat"
			ls "/run/containers/$id/"
			cd -P "/run/containers/$id" && ls
		done' 2>/dev/null </dev/null || true
	runtime runc exec --user "$2" "$1" python3 -c '
import os
top = os.open("/run", os.O_RDONLY)
for name in ("containers", "containers/good", "proc/../containers",
             "sys/../containers/good/proc"):
    for flags in (os.O_RDONLY, os.O_RDONLY | os.O_DIRECTORY, os.O_PATH):
        try:
            print(name, os.listdir(os.open(name, flags, dir_fd=top)))
        except OSError:
            pass' 2>/dev/null </dev/null || true
}

for who in admin owner; do
	step "$who: what it finds"
	name=looks-$who
	hostile "$name" $who '.linux.resources.memory = {limit: 134217728}' \
		".mounts += [{source: \"$fs\", destination: \"/run\",
			type: \"bind\", options: [\"rbind\"]}]" 'del(.hooks)'
	assert_equal "its own total" 131072 "$(in_container "$name" \
		awk '/^MemTotal:/ { print $2 }' /run/proc/meminfo)"
	assert_equal "what user 1000 finds" '' "$(look "$name" 1000)"
	if [ $who = owner ]; then
		assert_equal "what its root finds" '' "$(look "$name" 0)"
	else
		echo "known: who is the host's root finds" \
			"$(look "$name" 0 | grep -c .) lines of its neighbours"
	fi

	step "$who: it looks all the time, and its neighbours come and go"
	in_container "$name" sh -c 'while :; do
		ls /run/containers /run/containers/good/proc
		cat /run/containers/small/proc/meminfo; done' >/dev/null 2>&1 &
	pids+=("$!")
	for _ in 1 2 3; do
		RESVIEW_HOOK=--mode=required make_bundle guest \
			'.linux.resources.memory.limit = 16777216'
		start_container runc guest || fail "$(cat "$work/guest.log")"
		assert_equal "total of a guest" 16777216 "$(total guest)"
		stop_container guest
		assert_innocent
	done
	assert_equal "what was mounted" "$roots" "$(roots_of good)"
	again
	assert_equal "what was mounted, again" "$roots" "$(roots_of good)"
	stop_container "$name"
done
