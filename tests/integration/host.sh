# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What no container may change of the host. Sourced after lib.sh, which sets
# work.
# shellcheck disable=SC2154

# host_mounts_now: what no container may change: our mounts, and the host's. Of
# what is the daemon's own there is another after each accident, and mounts of
# other programs come and go.
host_mounts_now() {
	awk -v run="$work/run." -v work="$work" '
		index($5, run) == 1 || / - fuse.resview / &&
			index($4, "/containers/") != 1 { next }
		index($5, work) == 1 || / - fuse/ ||
			$5 ~ /^\/(proc|sys|etc|tmp)?$/ { print }' \
		/proc/self/mountinfo /proc/1/mountinfo
}

host_before() {
	host_mounts=$(host_mounts_now)
	passwd=$(stat -c '%i %Y %s' /etc/passwd)
}

assert_host() {
	assert_equal "mounts of the host" "$host_mounts" "$(host_mounts_now)"
	assert_equal "a file of the host" "$passwd" \
		"$(stat -c '%i %Y %s' /etc/passwd)"
}
