#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Records that are none, are old, or name somebody else: nobody gets what is not
# his, and nothing outside of containers is touched.

# shellcheck disable=SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"

neighbours

# write_record NAME JQ-EDIT: a record like that of good, but for the edit.
write_record() {
	jq --arg id "$1" ".id = \$id | $2" "$run/containers/good.json" \
		>"$run/containers/$1.json"
}

step "records that are no records"
printf '{"version": 1, "id": "torn", "pi' >"$run/containers/torn.json"
: >"$run/containers/empty.json"
head -c 300000 /dev/zero | tr '\0' '[' >"$run/containers/deep.json"
head -c 20000000 /dev/urandom >"$run/containers/huge.json"
mkdir "$run/containers/directory.json"
ln -s /etc/passwd "$run/containers/link.json"
ln -s /dev/zero "$run/containers/endless.json"
write_record future '.version = 2'
write_record negative '.pid = -1'
cp "$run/containers/good.json" "$work/good.json"
write_record good.new '.id = "good" | .views += ["../../etc/passwd", "/etc/passwd",
	"etc/passwd", "proc/../etc/passwd", "proc/1/environ", "proc"]'
mv "$run/containers/good.new.json" "$run/containers/good.json"
again
assert_equal "what they are" $'good\nsmall' \
	"$("$remount" --run-dir="$run" --json --list | jq -r .containers[].id)"
rm -r "$run"/containers/{torn,empty,deep,huge,directory,link,endless}.json
rm "$run"/containers/{future,negative}.json
mv "$work/good.json" "$run/containers/good.json"

step "records that name somebody else"
sleep 900 &
other=$!
pids+=("$other")
nsenter --mount=/proc/2/ns/mnt -- sleep 900 &
host=$!
pids+=("$host")
small=$(container_pid small)
write_record reused ".pid = $small"
write_record other ".pid = $other | .start_ticks = $(start_ticks "$other")"
for pid in "$host" "$$"; do
	write_record "host$pid" ".pid = $pid
		| .start_ticks = $(start_ticks "$pid")
		| .mntns.ino = $(stat -L -c %i "/proc/$pid/ns/mnt")"
done
again
for name in reused other "host$host" "host$$"; do
	rm "$run/containers/$name.json"
done
assert_equal "what they are" $'good\nsmall' \
	"$("$remount" --run-dir="$run" --json --list | jq -r .containers[].id)"

step "a second record of the same container"
write_record good2 '.'
again
rm "$run/containers/good2.json"
again

step "a process of its in the host's mount namespace"
hostile outside admin
inside outside true
pid=$(container_pid outside)
nsenter --target "$pid" --pid --root=/ --wd=/ sleep 901 &
pids+=("$!")
again
stop_container outside
