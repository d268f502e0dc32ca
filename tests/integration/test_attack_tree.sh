#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: a container that has our whole tree mounted, as LXCFS's users do, looks
# for its neighbours in it (the class of GHSA-6fw5-f8r9-fgfm: what a shared /proc
# tells of others). It finds its own figures at the top, and of others not even a
# name; and its looking takes nothing from anybody.

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

# A name that the kernel drops for what a container has asked shows where its
# directory is mounted.
mkdir "$work/held"
hold() {
	mount --bind "$fs/containers/good" "$work/held"
}
assert_held() {
	assert_equal "what is mounted" "/containers/good" "$(awk -v at="$work/held" \
		'$5 == at { print $4 }' /proc/self/mountinfo)"
	assert_equal "what is mounted in good" "$roots" "$(roots_of good)"
}

# look NAME UID: what it finds of others in the tree at /run, and how a name that
# is there differs from one that is not.
look() {
	runtime runc exec --user "$2" "$1" sh -c '
		for at in "" . ./. ../containers good/..; do
			ls "/run/containers/$at"
		done
		for id in good small ./good ../containers/small; do
			cat "/run/containers/$id/proc/meminfo"
			head -c 100 "/run/containers/$id/proc/stat"
			ls "/run/containers/$id/"
			cd -P "/run/containers/$id" && ls
		done' 2>/dev/null </dev/null || true
	runtime runc exec --user "$2" "$1" python3 -c '
import os

def error(f, *args, **kwargs):
    try:
        print(f.__name__, args, f(*args, **kwargs))
    except OSError as e:
        return e.errno

tops = [os.open("/run", flags) for flags in (os.O_RDONLY, os.O_PATH)]
try:
    tops.append(os.open("/run/containers", os.O_PATH))
except OSError:
    pass
for top in tops:
    for name in ("containers", "containers/good", "proc/../containers",
                 "sys/../containers/good/proc", ".", "good", "good/proc"):
        for flags in (os.O_RDONLY, os.O_RDONLY | os.O_DIRECTORY, os.O_PATH):
            try:
                fd = os.open(name, flags, dir_fd=top)
                names = os.listdir(fd)
            except OSError:
                continue
            if sorted(names) != ["containers", "proc", "sys"]:
                print(name, names)

for f in (os.stat, os.mkdir, os.rmdir, os.unlink, os.listdir, os.mkfifo):
    errors = [error(f, "/run/containers/" + name) for name in ("good", "bad")]
    if errors[0] != errors[1]:
        print(f.__name__, errors)
for other in ("good", "bad"):
    error(os.rename, "/run/containers/good", "/run/containers/" + other)
    error(os.link, "/run/proc/stat", "/run/containers/" + other)
' </dev/null 2>&1 || true
}

# beside NAME: its root looks for others all the time from now on. At first the
# host does so too, one of them reads, and guests come and go.
rounds=${RESVIEW_EMULATED:+1}
beside() {
	local reader lister

	in_container "$1" sh -c 'while sleep 0.02; do
		ls /run/containers
		ls /run/containers/good/proc
		cat /run/containers/small/proc/meminfo \
			/run/containers/guest/proc/meminfo
		done' >"$work/found" 2>/dev/null &
	pids+=("$!")
	while sleep 0.2; do
		ls -l "$fs"/containers "$fs"/containers/*/proc || true
	done >/dev/null 2>&1 &
	lister=$!
	in_container good sh -c 'until [ -e /root/enough ]; do
		grep -qx "MemTotal: *65536 kB" /proc/meminfo || echo wrong
		sleep 0.05; done' >"$work/wrong" 2>&1 &
	reader=$!
	pids+=("$lister" "$reader")
	for _ in $(seq "${rounds:-3}"); do
		RESVIEW_HOOK=--mode=required make_bundle guest \
			'.linux.resources.memory.limit = 16777216'
		start_container runc guest || fail "$(cat "$work/guest.log")"
		assert_equal "total of a guest" 16777216 "$(total guest)"
		repair --check
		assert_equal "exit code of --check ($error)" 0 "$status"
		repair --list
		assert_match "rows" $'\ngood .*\nguest .*\nsmall ' "$said"
		stop_container guest
		assert_innocent
		assert_held
	done
	touch "$work/rootfs/root/enough"
	wait "$reader"
	rm "$work/rootfs/root/enough"
	stop_pid "$lister"
	assert_equal "what it has found" '' "$(cat "$work/found")"
	assert_equal "what good has read" '' "$(cat "$work/wrong")"
}

tree='.mounts += [{source: "'$fs'", destination: "/run", type: "bind",
	options: ["rbind"]}]'

for who in admin owner; do
	step "$who: what it finds"
	hold
	name=looks-$who
	hostile "$name" $who '.linux.resources.memory = {limit: 134217728}' \
		"$tree" 'del(.hooks)'
	assert_equal "its own total" 131072 "$(in_container "$name" \
		awk '/^MemTotal:/ { print $2 }' /run/proc/meminfo)"
	assert_equal "what user 1000 finds" '' "$(look "$name" 1000)"
	assert_equal "what its root finds" '' "$(look "$name" 0)"
	assert_held

	step "$who: it looks all the time, and its neighbours come and go"
	beside "$name"
	umount "$work/held"
	# All views in two seconds beside one who looks: not on an emulated CPU.
	[ -n "${RESVIEW_EMULATED:-}" ] || again
	assert_equal "what was mounted, again" "$roots" "$(roots_of good)"
	assert_equal "what it has found, again" '' "$(cat "$work/found")"
	assert_equal "what its root finds, again" '' "$(look "$name" 0)"
	stop_container "$name"
done

step "a directory that was opened on the host, read in a pid namespace"
exec 8<"$fs/containers" 9<"$fs/containers/good"
there() {
	python3 -c 'import os
for fd, name in (8, "good/proc/meminfo"), (9, "proc/meminfo"):
    for f in os.listdir, lambda fd: os.open(name, os.O_RDONLY, dir_fd=fd):
        try:
            f(fd)
            print("done")
        except OSError as e:
            print(e.strerror)' | paste -sd ,
}
export -f there
assert_equal "on the host" "done,done,done,done" "$(there)"
assert_equal "in a namespace" \
	"Permission denied,Cannot allocate memory,done,done" \
	"$(unshare --pid --fork bash -c there)"
exec 8<&- 9<&-

step "a container in the host's pid namespace is trusted"
hostile trusted admin "$tree" 'del(.hooks)' \
	'.linux.namespaces |= map(select(.type != "pid"))'
assert_equal "its neighbours" "good small" \
	"$(in_container trusted ls /run/containers | paste -sd ' ')"
assert_equal "total of one" 65536 "$(in_container trusted \
	awk '/^MemTotal:/ { print $2 }' /run/containers/good/proc/meminfo)"
stop_container trusted
assert_innocent
