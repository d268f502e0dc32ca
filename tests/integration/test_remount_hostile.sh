#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whatever a container does with links, mounts, namespaces and its own end: its
# neighbours are repaired, the host is as it was, and it is said what became of
# it.

# Expanded inside containers:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours

for who in admin owner; do
	step "$who: /proc is moved away, and one with links is in its place"
	hostile moved-$who $who
	in_container moved-$who sh -c '
		mkdir /tmp/p
		mount --move /proc /tmp/p
		mount -t tmpfs tmpfs /proc
		for file in meminfo stat uptime; do
			ln -s /etc/passwd /proc/$file
		done
		ln -s /etc /proc/pressure'
	again
	assert_equal "ours where they are" "$(wanted moved-$who ^proc/)" \
		"$(live_at moved-$who ^/tmp/p/)"
	assert_equal "anywhere else" 0 "$(live_at moved-$who '^/(proc|etc)')"

	step "$who: and ours are away, too"
	inside moved-$who python3 /test/integration/hostile.py umount /tmp/p
	again 1
	assert_match "what is said" \
		"moved-$who: /proc/.*: not mounted: .* is not the kernel's" \
		"$error"
	assert_equal "ours there" 0 "$(live_at moved-$who '^/(proc|etc|tmp)')"
	stop_container moved-$who

	step "$who: /proc is a link, and so are directories on the way"
	hostile links-$who $who
	in_container links-$who sh -c '
		mkdir -p /tmp/a/b /tmp/p
		touch /tmp/a/b/stat
		mount --move /proc/stat /tmp/a/b/stat
		mount --move /proc /tmp/p
		mv /tmp/a /tmp/c
		ln -s /etc /tmp/a
		rmdir /proc
		ln -s /etc /proc'
	again
	assert_equal "ours where they are" "$(wanted links-$who ^proc/)" \
		"$(live_at links-$who '^/tmp/(p/|c/b/stat$)')"
	inside links-$who python3 /test/integration/hostile.py umount \
		/tmp/p /tmp/c/b/stat
	again 1
	assert_match "what is said" \
		"links-$who: /proc/.*: not mounted: .* is not the kernel's" \
		"$error"
	assert_equal "ours there" 0 "$(live_at links-$who '^/(proc|etc|tmp)')"
	stop_container links-$who
done

step "one leaves its namespace, whose number a neighbour gets"
make_bundle leaver '.process.args = ["python3", "-c", "
import ctypes, os, time
while not os.path.exists(\"/tmp/leave\"): time.sleep(0.05)
ctypes.CDLL(None).unshare(0x10020000)
time.sleep(900)"]'
start_container runc leaver
number=$(readlink "/proc/$(container_pid leaver)/ns/mnt")
touch "$work/rootfs/tmp/leave"
kill -KILL "$daemon" "$(worker_of "$run")"
wait "$daemon" 2>/dev/null || true
has_left() {
	[ "$(readlink "/proc/$(container_pid leaver)/ns/mnt")" != "$number" ]
}
wait_for 5 has_left || fail "it has not left"
for i in 1 2 3 4 5 6; do
	make_bundle "heir$i" ".linux.resources.memory.limit = $((i << 24))"
	start_container runc "heir$i"
	heir=heir$i
	[ "$(readlink "/proc/$(container_pid "heir$i")/ns/mnt")" != \
		"$number" ] || break
done
[ "$(readlink "/proc/$(container_pid "$heir")/ns/mnt")" = "$number" ] ||
	echo "not here: nobody got it"
start_again
repair
assert_equal "exit code ($error)" 0 "$status"
for i in $(seq "${heir#heir}"); do
	assert_equal "total of heir$i" $((i << 24)) "$(total "heir$i")"
done
again
stop_container leaver
for i in $(seq "${heir#heir}"); do
	stop_container "heir$i"
done

step "its first process has another root"
hostile chrooted admin '.process.args = ["python3", "-c", "
import os, time
os.makedirs(\"/tmp/jail/proc\", exist_ok=True)
while not os.path.exists(\"/tmp/go\"): time.sleep(0.05)
os.chroot(\"/tmp/jail\")
time.sleep(900)"]'
in_container chrooted sh -c '
	mkdir -p /tmp/jail/proc; touch /tmp/jail/proc/meminfo
	mount --bind /proc/stat /tmp/jail/proc/meminfo; touch /tmp/go'
is_elsewhere() {
	[ "$(readlink "/proc/$(container_pid chrooted)/root")" = /tmp/jail ]
}
wait_for 5 is_elsewhere || fail "it has not"
again
if [ "$(uname -r | awk -F. '{ print ($1 * 100 + $2 >= 611) }')" = 1 ]; then
	assert_equal "ours where it cannot see them" "$(wanted chrooted .)" \
		"$(inside chrooted grep -Ec ' /(proc|sys)/.* - fuse.resview ' \
			/proc/self/mountinfo)"
else
	echo "not here: what it cannot see, we can since Linux 6.11"
fi
stop_container chrooted

step "what is mounted in it shows up on the host: it is refused"
mkdir "$work/volume"
mount -t tmpfs tmpfs "$work/volume"
mount --make-shared "$work/volume"
mkdir "$work/volume/proc"
touch "$work/volume/stat"
hostile peer admin '.linux.rootfsPropagation = "rshared"' ".mounts += [
	{source: \"$work/volume\", destination: \"/root\", type: \"bind\",
	options: [\"rbind\", \"rshared\"]}]"
in_container peer sh -c '
	mount --move /proc/stat /root/stat
	mount --make-shared /proc
	mount --bind /proc /root/proc'
grep -q " $work/volume/proc .* shared:" /proc/self/mountinfo ||
	fail "it is not shared with us"
host_before
again 1
repair --json
assert_equal "what is said" \
	'"/root/stat" "a change there would be seen on the host"' \
	"$(jq -r '.containers[].namespaces[].places[]
		| select(.path == "/root/stat")
		| "\"\(.path)\" \"\(.error)\""' <<<"$said")"
assert_equal "ours in it" "$(wanted peer ^sys)" "$(live_at peer .)"
in_container peer umount /proc/meminfo
repair
assert_match "what is said" "peer: /proc/meminfo: not mounted: `
	`a change there would be seen on the host" "$error"
assert_host
stop_container peer
umount -R "$work/volume"
