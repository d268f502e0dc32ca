# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What is made of Debian by mmdebstrap, and kept. Sourced.

# The Debian mirror of this machine; without one mmdebstrap knows where to ask.
mirror() {
	apt-get indextargets --format "\$(REPO_URI)" \
		'Identifier: Packages' 'Origin: Debian' 2>/dev/null |
		grep -v security | head -n 1 || true
}

# make_debian SUITE DIR PACKAGE,... LOG: a root directory, without what nobody
# reads there.
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

# keep DIR WORDS COMMAND...: DIR, as COMMAND makes it, which is given the name of
# a directory to make; unless it is there as the very scripts that we run now
# have made it. One at a time makes it, and says WORDS.
keep() {
	local dir=$1 words=$2 key

	shift 2
	mkdir -p "$(dirname "$dir")"
	exec 8>"$dir.lock"
	flock 8
	key=$(cat "$0" "${BASH_SOURCE[0]}" | sha256sum)
	[ "$(cat "$dir/key" 2>/dev/null)" != "$key" ] || return 0
	echo "-- $words"
	rm -rf "$dir" "$dir.new"
	"$@" "$dir.new"
	echo "$key" >"$dir.new/key"
	mv "$dir.new" "$dir"
}
