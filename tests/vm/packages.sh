#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The packages, by the real package managers, under a real systemd: a Debian in
# systemd-nspawn, where packages_guest.sh runs.

usage() {
	cat <<'END'
usage: tests/vm/packages.sh [SUITE]

SUITE is the Debian release to install in: bookworm (the default) or trixie. The
.deb is tested in the release that this machine has, the .rpm in all. Needs
root, mmdebstrap, systemd-nspawn, dpkg-dev, file and, the first time, a Debian
mirror; for the .rpm rpmbuild.

  RESVIEW_BUILD     where the tests' programs are (default: build/dev)
  RESVIEW_ROOTS     where root directories are kept (default: build/roots)
  RESVIEW_PACKAGES  packages that are made already, by make_packages.sh
END
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
-*)
	echo "packages.sh: unknown option '$1', see --help" >&2
	exit 2
	;;
esac

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=tests/vm/machine.sh
. "$here/../vm/machine.sh"

suite=${1:-bookworm}
packages=${RESVIEW_PACKAGES:-$build/packages}
formats=''

make_packages() {
	[ -z "${RESVIEW_PACKAGES:-}" ] || return 0
	step "making the packages"
	"$here/../vm/make_packages.sh" "$packages" >"$work/packages.log" 2>&1 ||
		fail "the packages cannot be made"
}

# A .deb depends on packages of the release that it was made on.
pick_formats() {
	! grep -qs "^VERSION_CODENAME=$suite$" /etc/os-release || formats+=' deb'
	[ ! -e "$packages/this.rpm" ] || formats+=' rpm'
	[ -n "$formats" ] || skip "no rpmbuild, and this is no $suite"
	step "formats:$formats"
}

fill_root() {
	local units=$root/etc/systemd/system

	cp "$packages"/* "$build/tests/storm/reader" "$share/"
	cp "$here"/../vm/{guest_lib,packages_guest,packages_plain}.sh \
		"$root/usr/local/bin/"
	case $formats in
	*deb*) ;;
	*) copy_libraries "$build/daemon/resview-worker" ;;
	esac
	sysfs_unit >"$units/resview-sysfs.service"
	cat >"$units/resview-test.service" <<END
[Unit]
After=resview-sysfs.service
[Service]
Type=oneshot
ExecStart=/bin/bash /usr/local/bin/packages_guest.sh /share$formats
ExecStopPost=/bin/sh -c 'echo \$EXIT_STATUS >/share/end'
ExecStopPost=/bin/systemctl exit 0
StandardOutput=file:/share/log
StandardError=file:/share/log
END
	cat >"$units/resview-test.target" <<'END'
[Unit]
Requires=basic.target
Wants=resview-sysfs.service resview-test.service
After=basic.target
AllowIsolate=yes
END
}

# What the packages do where no systemd runs.
without_systemd() {
	local dir

	[[ $formats = *deb* ]] || return 0
	mkdir -p "$root/share"
	mount --bind "$share" "$root/share"
	mount --rbind /sys "$root/sys"
	mount --bind /dev "$root/dev"
	unshare --mount --propagation private --pid --fork --kill-child \
		chroot "$root" bash /usr/local/bin/packages_plain.sh /share ||
		fail "$? checks without systemd"
	for dir in share sys dev; do
		umount --lazy "$root/$dir"
	done
}

[ -x "$build/tests/storm/reader" ] || fail "the reader is not built"
need cpack dpkg-shlibdeps file mmdebstrap
make_packages &
made=$!
pids+=("$made")
make_root "$suite" # half of that is waiting for the network
wait "$made" || fail "no packages"
pick_formats
fill_root
without_systemd
run_guest "$suite"
