#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# root.sh SUITE DIR: the root directory of a Debian for systemd-nspawn, in DIR,
# unless it is there. Nothing of resview is in it. What went wrong is in DIR.log.

set -eu -o pipefail
# shellcheck source=tests/vm/debian.sh
. "$(dirname "$0")/debian.sh"

# The service manager, both package managers, an engine with a runtime; and what
# our package depends on.
root_packages() {
	local packages=systemd,systemd-sysv,dbus,apt,rpm,podman,crun,procps

	packages+=,libfuse3-3,libjson-c5,libseccomp2
	[ "$suite" != trixie ] || packages=${packages/fuse3-3/fuse3-4}
	echo "$packages"
}

make_root() {
	make_debian "$suite" "$1" "$(root_packages)" "$log"
	rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*
	: >"$1/etc/fstab"
}

suite=$1 log=$2.log
keep "$2" "making a root directory of $suite, in a minute" make_root
