# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A root directory of Debian, made by mmdebstrap. Sourced.

# The Debian mirror of this machine; without one mmdebstrap knows where to ask.
mirror() {
	apt-get indextargets --format "\$(REPO_URI)" \
		'Identifier: Packages' 'Origin: Debian' 2>/dev/null |
		grep -v security | head -n 1 || true
}

# make_debian SUITE DIR PACKAGE,... LOG: without what nobody reads there.
make_debian() {
	rm -rf "$2"
	# shellcheck disable=SC2046
	mmdebstrap --quiet --variant=essential --mode=root --include="$3" \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt=force-unsafe-io \
		"$1" "$2" $(mirror) >"$4" 2>&1
}
