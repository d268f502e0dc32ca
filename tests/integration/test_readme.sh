#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What README.md says works when it is pasted: install, start, hooks.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need runc jq free cmake
[ -c /dev/fuse ] || skip "no /dev/fuse here"

# Our own /usr/local and /run, which nobody else sees.
cmake --install "$build" --prefix "$work/local" >"$work/install.log"
mount --bind "$work/local" /usr/local
mount -t tmpfs tmpfs /run

step "the programs and their pages are where README.md and the pages say"
for path in sbin/resviewd sbin/resview-remount libexec/resview/resview-hook \
	share/man/man8/resviewd.8 share/man/man8/resview-hook.8 \
	share/man/man8/resview-remount.8; do
	[ -e "/usr/local/$path" ] || fail "/usr/local/$path is not installed"
done

for path in /usr/local/share/resview/hooks.d/*.json; do
	[ -x "$(jq -r .hook.path "$path")" ] ||
		fail "$path: its hook is not installed"
done

program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' \
	/usr/local/lib/systemd/system/resviewd.service)
[ -x "$program" ] || fail "resviewd.service: $program is not installed"

step "resviewd --foreground"
setpriv --pdeathsig TERM resviewd --foreground >"$work/resviewd.log" 2>&1 &
pids+=("$!")
run=/run/resview
wait_for 10 serves "$run/fs" || fail "resviewd does not serve $run/fs"

step "the hooks of README.md in config.json"
awk '/^```json$/ { on = 1; next } /^```$/ { on = 0 } on' "$top/README.md" \
	>"$work/snippet.json"
make_bundle box '.linux.resources.memory.limit = 67108864 | del(.hooks)'
jq --slurpfile snippet "$work/snippet.json" '. * $snippet[0]' \
	"$work/box/config.json" >"$work/new.json"
mv "$work/new.json" "$work/box/config.json"
assert_equal "hooks" createRuntime,poststop \
	"$(jq -r '.hooks | keys | join(",")' "$work/box/config.json")"
start_container runc box
assert_equal free 67108864 \
	"$(in_container box free -b | awk '/^Mem:/ { print $2 }')"
[ -e "$run/containers/box.json" ] || fail "no record of the container"
stop_container box
wait_for 2 test ! -e "$run/containers/box.json" || fail "the record stays"

step "README.md names only files that exist"
grep -oE '\b(daemon|hook|remount|tests|packaging|include)/[a-z_./]*[a-z]' \
	"$top/README.md" | sort -u | while read -r path; do
	[ -e "$top/$path" ] || fail "README.md: $path does not exist"
done
