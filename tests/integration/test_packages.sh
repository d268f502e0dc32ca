#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The .deb on a machine with a kernel, systemd and cgroups of its own: what
# tests/run.sh packages does, and limits. qemu.sh brings the packages along.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

[ -n "${RESVIEW_EMULATED:-}" ] ||
	skip "only where nothing is to be kept: tests/run.sh packages, or --vm"
on_v2 || skip "the worker is looked for in cgroup v2"
need dpkg systemctl podman
[ -e "$build/packages/this.deb" ] || skip "no packages"

# In the mount namespace of the machine, where the service is.
cp "$build/tests/storm/reader" "$build/packages/"
status=0
nsenter --target 1 --mount bash "$here/../vm/packages_guest.sh" \
	"$build/packages" deb || status=$?
[ "$status" = 0 ] || fail "$status checks"
