#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# PouchContainer, which is not to be had here, by what it asks of others: the
# files of its LXCFS, bind-mounted as pouchd --enable-lxcfs does it, and the
# calls of containerd 1.0 to a runc that knows no hook but prestart.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/parity.sh
. "$(dirname "$0")/parity.sh"

need runc jq
in_its_place
mount --make-shared /var/lib
place=/var/lib/pouch-lxcfs
mkdir "$place"
ln -s resviewd "$bin/pouch-lxcfs"

# start_pouch_lxcfs: as pouch-lxcfs.service did.
start_pouch_lxcfs() {
	start_named "$bin/pouch-lxcfs" "$place/"
}

# binds: what pouchd adds to a container with EnableLxcfs.
binds() {
	local file

	echo "$(dirname "$place") /var/lib/lxc rbind rw shared"
	for file in uptime swaps stat diskstats meminfo cpuinfo; do
		echo "$place/proc/$file /proc/$file rbind rw rprivate"
	done
}

# box NAME JQ-EDIT...: a bundle of 64 MiB and half a CPU.
box() {
	make_bundle "$1" 'del(.hooks) | .linux.rootfsPropagation = "shared"
		| .linux.resources.memory.limit = 67108864
		| .linux.resources.cpu = {quota: 50000, period: 100000}' \
		"${@:2}"
}

assert_figures() {
	# shellcheck disable=SC2016
	assert_equal "$1" "65536 1 1" "$(in_container "$1" sh -c '
		awk "/^MemTotal:/ { print \$2 }" /proc/meminfo
		grep -c ^processor /proc/cpuinfo
		grep -c ^cpu[0-9] /proc/stat' | paste -sd ' ')"
	assert_between "$1: uptime" 0 300 \
		"$(in_container "$1" cut -d ' ' -f 1 /proc/uptime)"
	in_container "$1" cat /proc/swaps /proc/diskstats >/dev/null ||
		fail "$1: not all can be read"
}

step "--enable-lxcfs: six files, and the directory that the mount is in"
start_pouch_lxcfs
# What pouchd looks for when it starts.
grep -q " $place " /proc/self/mountinfo || fail "pouchd would not start"
box volumes ".mounts += $(binds | jq -Rnc '[inputs | split(" ") | {
	source: .[0], destination: .[1], type: "bind", options: .[2:]}]')"
start_container runc volumes || fail "$(cat "$work/volumes.log")"
assert_figures volumes

step "a restart of pouch-lxcfs"
kill -KILL "$daemon"
wait "$daemon" 2>/dev/null || true
assert_figures volumes
start_pouch_lxcfs
assert_figures volumes

step "all of it killed: what pouch remount-lxcfs was to do"
kill -KILL "$daemon" "$(worker_of /run/resview)"
wait "$daemon" 2>/dev/null || true
umount --lazy "$place"
repairing
start_pouch_lxcfs
assert_figures volumes
stop_container volumes

# An engine's runc of before 1.0: of the hooks it knows prestart, poststart and
# poststop, and its state has bundlePath and no status.
mkdir "$work/old" "$work/own"
cp "$build/hook/resview-runtime" "$build/hook/resview-hook" "$work/own"
cat >"$work/old/hook" <<END
#!/bin/sh
jq -c '{ociVersion, id, pid, bundlePath: .bundle}' |
	tee -a "$work/old/states" | "$work/own/resview-hook" "\$@" 2>>"$work/hook.log"
END
cat >"$work/old/runc" <<END
#!/bin/sh
case " \$* " in
*' create '*)
	b=$work/old/box/config.json
	jq '.hooks |= (del(.createRuntime)
		| (.prestart[]?, .poststop[]?).path = "$work/old/hook")' \
		<\$b >\$b.new && mv \$b.new \$b
esac
exec runc "\$@"
END
chmod +x "$work/old/hook" "$work/old/runc"

# called ARGUMENT...: as containerd 1.0 does.
called() {
	"$work/own/resview-runtime" --resview-config="$work/conf" \
		--root "$work/runc" --log "$work/runc.log" --log-format json "$@"
}

# settings HOOK-OPTION SETTING...: of resview-runtime.
settings() {
	printf '%s\n' "runtime = $work/old/runc" \
		"hook = --mountpoint=$place $patient $1" "${@:2}" >"$work/conf"
}

# old_box SETTING: a container through resview-runtime and that runc.
old_box() {
	settings '' "$1"
	rm -rf "$work/old/box"
	box old/box
	called create --bundle "$work/old/box" --pid-file "$work/pid" \
		--no-new-keyring old </dev/null >"$work/create.log" 2>&1 ||
		fail "create: $(cat "$work/create.log" "$work/runc.log")"
	called start old
}

remove_old() {
	called delete --force old
}

ended() {
	local status=$?

	set +e
	remove_old >/dev/null 2>&1
	(exit "$status")
	cleanup
}
trap ended EXIT

views() {
	called exec old grep -c fuse.resview /proc/mounts || true
}

step "--add-runtime: a runc of before 1.0 passes over createRuntime"
old_box ''
assert_equal "views" 0 "$(views)"
remove_old

step "and is served by stage = prestart"
old_box 'stage = prestart'
assert_match "the state" 'bundlePath' "$(cat "$work/old/states")"
[ "$(views)" -ge 6 ] || fail "$(views) views"
# shellcheck disable=SC2016
assert_equal "memory" 65536 "$(called exec old \
	awk '/^MemTotal:/ { print $2 }' /proc/meminfo)"
assert_equal "records" old.json "$(ls /run/resview/containers)"
remove_old
assert_equal "records" '' "$(ls /run/resview/containers)"

step "a pod's annotation is asked before anything else"
settings --default=off 'stage = prestart'
for asked in true false; do
	rm -rf "$work/old/box"
	box old/box '.annotations = {
		"io.kubernetes.lxcfs.enabled": "'$asked'"}'
	called create --bundle "$work/old/box" old </dev/null \
		>"$work/create.log" 2>&1 || fail "$(cat "$work/create.log")"
	called start old
	assert_equal "$asked" "$asked" \
		"$([ "$(views)" -ge 6 ] && echo true || echo false)"
	remove_old
done
