#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The unit under a real systemd: boots a Debian in systemd-nspawn, with this
# build installed in it, and runs guest.sh there.

usage() {
	cat <<'END'
usage: tests/vm/nspawn.sh [SUITE [SECONDS]]

SUITE is a Debian release: bookworm (systemd 252, the default) or trixie (257).
SECONDS is how long everything is killed in no order (default: 10). Prints what
became of the readers at each step. Needs root, mmdebstrap, systemd-nspawn and,
the first time, a Debian mirror.

  RESVIEW_BUILD  what to install (default: build/dev)
  RESVIEW_ROOTS  where root directories, and what the service has said at the
                 last run, are kept (default: build/roots)
END
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
-*)
	echo "nspawn.sh: unknown option '$1', see --help" >&2
	exit 2
	;;
esac

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=tests/vm/debian.sh
. "$here/../vm/debian.sh"

suite=${1:-bookworm}
storm=${2:-10} # seconds
roots=${RESVIEW_ROOTS:-$top/build/roots}
root=$work/root
share=$work/share
deadline=240

# --- the root directory ----------------------------------------------------

# Kept, for it takes half a minute; what a run changes is not.
make_root() {
	[ ! -d "$roots/$suite" ] || return 0
	step "making $roots/$suite"
	mkdir -p "$roots"
	make_debian "$suite" "$roots/$suite.new" systemd,systemd-sysv,dbus \
		"$work/mmdebstrap.log" ||
		skip "mmdebstrap: $(grep -m 1 '^E:' "$work/mmdebstrap.log")"
	mv "$roots/$suite.new" "$roots/$suite"
}

# Libraries that the guest does not have, or has of another release.
copy_libraries() {
	local library

	ldd "$root/usr/local/libexec/resview/resview-worker" |
		awk '$2 == "=>" { print $3 }' | sort -u |
		while read -r library; do
			[ -e "$root/$library" ] ||
				cp -L "$library" "$root/usr/local/lib/"
		done
	chroot "$root" ldconfig
}

install_build() {
	mkdir -p "$work"/{upper,overlay,root,share}
	mount -t overlay overlay -o "lowerdir=$roots/$suite" \
		-o "upperdir=$work/upper,workdir=$work/overlay" "$root" ||
		skip "no overlay file system here"
	DESTDIR=$root cmake --install "$build" >"$work/install.log"
	copy_libraries
	chroot "$root" /usr/local/libexec/resview/resview-worker \
		--help >/dev/null ||
		skip "what is built here does not run on $suite"
	cp "$here"/../vm/guest*.sh "$build/tests/storm/reader" \
		"$root/usr/local/bin/"
	: >"$root/etc/fstab"
	echo "$storm" >"$share/storm"
}

# --- the guest -------------------------------------------------------------

# The target to boot to: our unit as it is installed, an engine's name for
# what must come after it, and guest.sh.
install_units() {
	local units=$root/etc/systemd/system

	mkdir -p "$units/resviewd.service.d"
	cat >"$units/resviewd.service.d/test.conf" <<'END'
[Service]
WatchdogSec=12s
TimeoutStopSec=3s
END
	# resviewd wants a sysfs on /sys, nspawn has only parts of it there.
	cat >"$units/resview-sysfs.service" <<'END'
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
	cat >"$units/docker.service" <<'END'
[Service]
Type=oneshot
ExecStart=/bin/grep -q MemTotal /run/resview/fs/proc/meminfo
RemainAfterExit=yes
END
	printf '[Unit]\nAfter=resviewd.service\n[Service]\n%s\n' \
		'ExecStart=/bin/sleep infinity' >"$units/engine.service"
	cat >"$units/resview-test.service" <<'END'
[Unit]
After=resviewd.service docker.service
[Service]
Type=oneshot
ExecStart=/bin/bash /usr/local/bin/guest.sh
StandardOutput=file:/share/log
StandardError=file:/share/log
END
	cat >"$units/resview-test.target" <<'END'
[Unit]
Requires=basic.target
Wants=resview-sysfs.service resviewd.service docker.service
Wants=resview-test.service
After=basic.target
AllowIsolate=yes
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

# bpf(2) is what systemd enforces DeviceAllow= with.
boot() {
	enter_cgroup
	export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
	exec timeout --kill-after 10 "$deadline" systemd-nspawn --quiet \
		"${options[@]}" --directory "$root" --private-network \
		--bind "$share:/share" --bind /dev/fuse \
		--capability=CAP_BPF,CAP_PERFMON,CAP_NET_ADMIN \
		--system-call-filter=bpf \
		--boot systemd.unit=resview-test.target \
		</dev/null >"$work/console.log" 2>&1
}

need mmdebstrap systemd-nspawn
[ -c /dev/fuse ] || skip "no /dev/fuse here"
[ -x "$build/tests/storm/reader" ] || fail "the reader is not built"
make_root
install_build
install_units
step "booting $suite"
trap 'kill_guest; cleanup' EXIT
status=0
(boot) &
pids+=("$!")
wait "$!" || status=$?
cat "$share/log" 2>/dev/null || true
[ -e "$share/end" ] || fail "the guest did not come to its end: $status"
cp "$share/journal" "$roots/$suite.journal"
down=$(($(date +%s) - $(stat --format %Y "$share/end")))
echo "shut down in $down s"
[ "$(cat "$share/end")" = 0 ] || fail "$(cat "$share/end") checks in the guest"
[ "$down" -lt 20 ] || fail "a shutdown of $down s"
