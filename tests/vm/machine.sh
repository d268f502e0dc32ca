# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A Debian in systemd-nspawn: its root directory, its cgroup, its boot and its
# end. Sourced after lib.sh. What a guest has to say is in $share, its /share.
# shellcheck disable=SC2154

roots=${RESVIEW_ROOTS:-$top/build/roots}
root=$work/root
share=$work/share
deadline=${deadline:-600}

# make_root SUITE: $root, of which nothing is kept.
make_root() {
	need mmdebstrap systemd-nspawn
	[ -c /dev/fuse ] || skip "no /dev/fuse here"
	mkdir -p "$roots" "$work"/{upper,overlay,root,share}
	"$here/../vm/root.sh" "$1" "$roots/$1" ||
		skip "mmdebstrap: $(grep -m 1 '^E:' "$roots/$1.log")"
	mount -t overlay overlay -o "lowerdir=$roots/$1" \
		-o "upperdir=$work/upper,workdir=$work/overlay" "$root" ||
		skip "no overlay file system here"
}

# copy_libraries PROGRAM: those that the guest does not have, or has of another
# release.
copy_libraries() {
	local library

	ldd "$1" | awk '$2 == "=>" { print $3 }' | sort -u |
		while read -r library; do
			[ -e "$root/$library" ] ||
				cp -L "$library" "$root/usr/local/lib/"
		done
	chroot "$root" ldconfig
}

# resviewd wants a sysfs on /sys, nspawn has only parts of it there.
sysfs_unit() {
	cat <<'END'
[Unit]
Before=resviewd.service
[Service]
Type=oneshot
ExecStart=/bin/mkdir /run/sys
ExecStart=/bin/mount -t sysfs sysfs /run/sys
ExecStart=/bin/mount --bind /sys/fs/cgroup /run/sys/fs/cgroup
ExecStart=/bin/mount --rbind /run/sys /sys
RemainAfterExit=yes
END
}

# A systemd on the host gives the guest a scope; without one it needs a cgroup
# of its own.
enter_cgroup() {
	local tree

	options=(--register=no --keep-unit)
	if [ -d /run/systemd/system ]; then
		options=(--register=no)
		return
	fi
	for tree in /sys/fs/cgroup /sys/fs/cgroup/systemd \
		/sys/fs/cgroup/unified; do
		[ -e "$tree/cgroup.procs" ] || continue
		mkdir -p "$tree/$group"
		echo "$BASHPID" >"$tree/$group/cgroup.procs"
	done
}

# A guest outlives its nspawn, if that is killed.
kill_guest() {
	local status=$? tree pid

	set +e
	for tree in /sys/fs/cgroup/"$group" /sys/fs/cgroup/*/"$group"; do
		find "$tree" -name cgroup.procs -exec cat {} + 2>/dev/null |
			while read -r pid; do kill -KILL "$pid"; done
	done
	return "$status"
}

# bpf(2) is what systemd enforces DeviceAllow= with, and crun's containers have
# session keyrings.
boot() {
	enter_cgroup
	export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
	exec timeout --kill-after 10 "$deadline" systemd-nspawn --quiet \
		"${options[@]}" --directory "$root" --private-network \
		--bind "$share:/share" --bind /dev/fuse \
		--capability=CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN \
		--system-call-filter='bpf add_key keyctl' \
		--boot systemd.unit=resview-test.target \
		</dev/null >"$work/console.log" 2>&1
}

# A machine that is a container itself may not allow it.
try_nspawn() {
	(enter_cgroup && exec systemd-nspawn --quiet "${options[@]}" \
		--directory "$root" true) >"$work/try.log" 2>&1 ||
		skip "systemd-nspawn: $(tail -n 1 "$work/try.log")"
}

# run_guest SUITE: until it is shut down; it leaves the number of failed checks
# in /share/end.
run_guest() {
	local status=0

	trap 'kill_guest; cleanup' EXIT
	try_nspawn
	step "booting $1"
	(boot) &
	pids+=("$!")
	wait "$!" || status=$?
	cat "$share/log" 2>/dev/null || true
	[ -e "$share/end" ] ||
		fail "the guest did not come to its end: $status"
	[ ! -e "$share/journal" ] || cp "$share/journal" "$roots/$1.journal"
	[ "$(cat "$share/end")" = 0 ] ||
		fail "$(cat "$share/end") checks in the guest"
}
