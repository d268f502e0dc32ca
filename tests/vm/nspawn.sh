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
# shellcheck source=tests/vm/machine.sh
. "$here/../vm/machine.sh"

suite=${1:-bookworm}
storm=${2:-10} # seconds

# --- what is in it ---------------------------------------------------------

install_build() {
	DESTDIR=$root cmake --install "$build" >"$work/install.log"
	copy_libraries "$root/usr/local/libexec/resview/resview-worker"
	chroot "$root" /usr/local/libexec/resview/resview-worker \
		--help >/dev/null ||
		skip "what is built here does not run on $suite"
	cp "$here"/../vm/guest*.sh "$build/tests/storm/reader" \
		"$root/usr/local/bin/"
	echo "$storm" >"$share/storm"
}

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
	sysfs_unit >"$units/resview-sysfs.service"
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

[ -x "$build/tests/storm/reader" ] || fail "the reader is not built"
make_root "$suite"
install_build
install_units
run_guest "$suite"
down=$(($(date +%s) - $(stat --format %Y "$share/end")))
echo "shut down in $down s"
[ "$down" -lt 20 ] || fail "a shutdown of $down s"
