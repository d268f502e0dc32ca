#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# On kernels from 5.2 on the hook does what it does on this one; but before 6.5
# a stale view stays beneath the live one.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq
without=$build/tests/integration/try_without
[ -x "$without" ] || fail "$without is not built"
# shellcheck disable=SC2119
start_resviewd

# hook_without CALL...: from now on it runs on a kernel without these.
real=$hook
hook_without() {
	hook=$work/hook
	printf '#!/bin/sh\nexec %s %s -- %s "$@"\n' "$without" "$*" "$real" \
		>"$hook"
	chmod +x "$hook"
}

# restart_dead: another daemon, the old one having died with its connection.
restart_dead() {
	kill_serving
	# shellcheck disable=SC2119
	start_again
}

# views: mount point and options of our mounts in the container, in order.
views() {
	awk '/ \/containers\/.* - fuse.resview / { print $5, $6, $7 }' \
		"/proc/$init/mountinfo"
}

# assert_live WHAT: each view is there, and is as on this kernel.
assert_live() {
	assert_equal "views, $1" "$want" "$(views | sort -u)"
	for file in meminfo pressure/cpu uptime; do
		nsenter --target "$init" --mount \
			cat "$root/proc/$file" >"$work/text" ||
			fail "$file, $1"
	done
}

step "this kernel"
stand_in a
root=$work/a/rootfs
run_hook --mode=required < <(state a "$init")
assert_equal "exit code ($error)" 0 "$status"
want=$(views | sort -u)
all=$(views | wc -l)
assert_between "views" 10 999 "$all"
assert_live "this kernel"
stop_pid "$init"
run_hook < <(state a 0 '.status = "stopped"')

later='openat2 mount_setattr pidfd_open close_range move_mount_beneath statmount'
for calls in $later "$later"; do
	step "without $calls"
	# shellcheck disable=SC2086
	hook_without $calls
	stand_in a
	run_hook --mode=required < <(state a "$init")
	assert_equal "exit code ($error)" 0 "$status"
	assert_live "new"

	restart_dead
	run_hook --mode=required < <(state a "$init")
	assert_equal "exit code ($error)" 0 "$status"
	assert_live "replaced"
	layers=$all
	[[ $calls != *beneath* ]] || layers=$((2 * all))
	assert_equal "with stale ones" "$layers" "$(views | wc -l)"

	run_hook --mode=required < <(state a "$init")
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "again" "$layers" "$(views | wc -l)"

	stop_pid "$init"
	run_hook < <(state a 0 '.status = "stopped"')
	assert_equal "records" '' "$(records)"
done

step "without open_tree"
hook_without open_tree
stand_in a
assert_refused a "$init" \
	'open its views: this kernel is too old, Linux 5.2 is needed'
