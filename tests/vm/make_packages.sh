#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# make_packages.sh DIR: the packages of this tree, DIR/this.deb and DIR/this.rpm,
# and as if it were the next version, DIR/next.deb and DIR/next.rpm. The .rpm are
# not there where rpmbuild is not.

set -eu -o pipefail
top=$(readlink -f "$(dirname "$0")/../..")
out=$(readlink -m "$1")

# make NAME BUILD-DIR OPTION...
make() {
	local name=$1 build=$2

	cmake --preset package -S "$top" -B "$build" "${@:3}"
	cmake --build "$build" -j "$(nproc)"
	rm -f "$build"/*.deb "$build"/*.rpm
	(cd "$build" && cpack -G DEB)
	mv "$build"/*.deb "$out/$name.deb"
	command -v rpmbuild >/dev/null || return 0
	(cd "$build" && cpack -G RPM)
	mv "$build"/*.rpm "$out/$name.rpm"
}

mkdir -p "$out"
cd "$top"
make this build/package
# Not optimised as a whole: it takes half as long.
make next build/package-next -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF \
	-DCMAKE_PROJECT_INCLUDE="$top/tests/vm/next_version.cmake"
