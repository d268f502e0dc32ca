#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Every mount namespace is found once, and statmount(2) says of its mounts what
# mountinfo says.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

spaces=$build/tests/integration/try_spaces
[ -x "$spaces" ] || fail "$spaces is not built"

inode_of() {
	stat -L -c %i "$1"
}

# rows INODE: "PID FD" of that namespace, a line each time it was found.
rows() {
	"$spaces" | awk -v inode="$1" '$1 == inode { print $2, $3 }'
}

# inside COMMAND...: a process in a namespace of its own, which runs COMMAND
# there and waits; sets $pid.
inside() {
	local ready

	ready=$(mktemp -u "$work/ready.XXXX")
	mkfifo "$ready"
	# shellcheck disable=SC2016
	unshare --mount --propagation unchanged bash -eu -c 'exec 7>"$1"
		"${@:2}"; echo done >&7; exec 7>&-; exec sleep 900' - \
		"$ready" "$@" &
	pid=$!
	pids+=("$pid")
	assert_equal "what it made" 'done' "$(cat "$ready")"
}

# --- where a process is ----------------------------------------------------

step 'a namespace with processes is found once, by the lowest pid'
inside true
first=$pid
nsenter --mount --target "$first" sleep 900 &
second=$!
pids+=("$second")
wait_for 5 test "/proc/$first/ns/mnt" -ef "/proc/$second/ns/mnt" ||
	fail 'the second process is elsewhere'
assert_equal 'rows' "$((first < second ? first : second)) -" \
	"$(rows "$(inode_of "/proc/$first/ns/mnt")")"

step 'one within another is found once, too'
nsenter --mount --target "$first" unshare --mount sleep 900 &
nested=$!
pids+=("$nested")
wait_for 5 sh -c "! test /proc/$nested/ns/mnt -ef /proc/self/ns/mnt &&
	! test /proc/$nested/ns/mnt -ef /proc/$first/ns/mnt" ||
	fail 'there is none within'
assert_equal 'rows' "$nested -" "$(rows "$(inode_of "/proc/$nested/ns/mnt")")"

step 'our own and that of the host are never found'
assert_equal 'our own' '' "$(rows "$(inode_of /proc/self/ns/mnt)")"
host=$(inode_of /proc/1/ns/mnt 2>/dev/null || inode_of /proc/2/ns/mnt)
assert_equal 'that of the host' '' "$(rows "$host")"
assert_equal 'doubles' '' "$("$spaces" | cut -d' ' -f1 | sort | uniq -d)"

# --- where no process is ---------------------------------------------------

since 6.12 || skip "Linux 6.12 is needed to list namespaces without processes"

step 'one that is only mounted, or only open, is found'
touch "$work/held"
# Only a younger one than ours can be mounted, by numbers that each CPU has its
# own range of: on that which made ours it is.
for cpu in $(seq 0 $(($(nproc --all) - 1))); do
	! taskset --cpu-list "$cpu" unshare --mount="$work/held" \
		--propagation unchanged true 2>/dev/null || break
done
mountpoint -q "$work/held" || fail 'it cannot be mounted'
assert_equal 'mounted' '0 fd' "$(rows "$(inode_of "$work/held")")"
inside true
exec 9<"/proc/$pid/ns/mnt"
stop_pid "$pid"
assert_equal 'open' '0 fd' "$(rows "$(inode_of /proc/self/fd/9)")"
assert_equal 'order' '' "$("$spaces" | awk '$2 == 0 { none = 1 }
	$2 != 0 && none { print }')"

step 'a thread that is in one alone is found'
"$spaces" thread >"$work/rows"
inode=$(awk '$1 == "thread" { print $2 }' "$work/rows")
assert_match 'its namespace' '^[0-9]+$' "$inode"
assert_equal 'rows' '0 fd' \
	"$(awk -v inode="$inode" '$1 == inode { print $2, $3 }' "$work/rows")"

step 'a detached mount is in none that counts'
without_process() {
	"$spaces" "$@" | awk '$2 == 0' | sort
}

# Others on this machine may come and go meanwhile.
none_more() {
	without_process >"$work/before"
	without_process detached >"$work/beside"
	without_process >>"$work/before"
	[ -z "$(sort -u "$work/before" | comm -13 - "$work/beside")" ]
}

wait_for 5 none_more || fail 'found a detached mount'

# --- what is mounted there -------------------------------------------------

# fields: of mountinfo, those that are compared; the source, and what follows
# "fuse.", since 6.13.
fields() {
	local compared='[^ .]*'

	! since 6.13 || compared='[^ ]* [^ ]*'
	sed -E "s/ (propagate_from:[0-9]+|unbindable)//g;
		s/ - ($compared).*/ - \\1/" | sort
}

# compare WHAT PID: both ways.
compare() {
	local how="$work/$1"

	fields <"/proc/$2/mountinfo" >"$how.mountinfo"
	"$spaces" mounts "/proc/$2/ns/mnt" >"$how.lines"
	sort "$how.lines" >"$how.statmount"
	diff -u "$how.mountinfo" "$how.statmount" || fail "$1: they differ"
}

odd_mounts() {
	local name

	mount -t tmpfs odd "$1"
	for name in 'a b' $'new\nline' 'back\slash' '\040' $'tab\t' 'ha#sh' \
		'ä' '31 22 0:53 x y rw - proc'; do
		mkdir "$1/$name"
		mount -t tmpfs -o noexec,nosuid,noatime odd "$1/$name"
		mkdir "$1/$name/$name" "$1/$name/target"
		mount --bind "$1/$name/$name" "$1/$name/target"
	done
	mount -o remount,bind,ro,nodev,strictatime "$1/a b"
	mount --make-shared "$1/\\040"
	mount --make-shared "$1/ha#sh"
	mount --bind "$1/ha#sh" "$1/a b/target"
	mount --make-slave "$1/a b/target"
	mount --make-unbindable "$1/ä"
}

pivoted() {
	mount -t tmpfs root "$1"
	make_rootfs "$1"
	mkdir "$1/old"
	mount --bind /usr "$1/usr"
	mount -t proc proc "$1/proc"
	cd "$1" || return
	pivot_root . old
	umount --lazy /old
}

export -f odd_mounts pivoted make_rootfs
mkdir "$work/odd" "$work/root"

step 'the mounts of a namespace: odd names, flags, groups'
# shellcheck disable=SC2119
start_resviewd
inside odd_mounts "$work/odd"
odd=$pid
compare odd "$odd"
assert_match 'ours' ' - fuse' "$(cat "$work/odd.lines")"

step 'after pivot_root'
inside pivoted "$work/root"
compare pivoted "$pid"

step 'and of one that no process is in any more'
exec 8<"/proc/$odd/ns/mnt"
stop_pid "$odd"
"$spaces" mounts /proc/self/fd/8 | sort >"$work/left"
cmp "$work/odd.statmount" "$work/left" || fail 'its mounts are others now'

step 'on an older kernel it says so'
assert_fails 1 "$build/tests/integration/try_without" listmount -- \
	"$spaces" mounts /proc/self/ns/mnt
assert_match 'why' 'Function not implemented' "$error"
