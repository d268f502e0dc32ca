# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# CRI-O on a node: a file in its directory of hooks. Sourced by node.sh.
#
# shellcheck disable=SC2154 # hook, hooks_dir, options: of node.sh

hooks_dirs='/usr/share/containers/oci/hooks.d /etc/containers/oci/hooks.d'
json=50-resview.json

# CRI-O reads /usr/share alone unless its configuration says otherwise, which is
# so where /usr is read-only.
find_hooks_dir() {
	[ -z "$hooks_dir" ] || return 0
	hooks_dir=${hooks_dirs%% *}
	! host grep -rqs "^[^#]*${hooks_dirs##* }" /etc/crio ||
		hooks_dir=${hooks_dirs##* }
}

# CRI-O starts no container at all while a file of that directory names a hook
# that is not there: it comes last, and goes first. A directory that was not there
# when CRI-O was started is not watched.
add_crio() {
	find_hooks_dir
	# shellcheck disable=SC2086 # a list
	text=$(host "$hook" $options --print-config crio) ||
		die "$hook prints no configuration"
	old=$(had "$hooks_dir/$json") || die "cannot read $hooks_dir/$json"
	host test -d "$hooks_dir" || ! is_active crio.service || restart_is_due
	if [ "$old" != "$text" ]; then
		say "adding $hooks_dir/$json"
		put_text 644 "$hooks_dir/$json" "$text"
	fi
	restart crio || die 'CRI-O does not start: see its log'
}

# Wherever one is that names our hook, by whatever name; a package's stays.
remove_crio() {
	for one in $hooks_dirs $hooks_dir; do
		old=$(had "$one/$json") || die "cannot read $one/$json"
		named=$(printf '%s\n' "$old" | sed -n \
			's|.*"\(/[^"]*/libexec/resview/resview-hook\)".*|\1|p')
		[ -z "$named" ] || [ "$(host readlink -m "$named")" != "$hook" ] ||
			host rm -f "$one/$json"
	done
}
