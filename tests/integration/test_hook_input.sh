#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Whatever the hook is given, it says what is wrong in one line, and the mode
# decides whether the container starts.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"

need jq
# shellcheck disable=SC2119
start_resviewd
stand_in a

# refused WHAT REGEX: the state on stdin is refused in both modes.
refused() {
	local input

	step "$1"
	input=$(cat; echo x)
	for mode in besteffort required; do
		run_hook --mode=$mode < <(printf %s "${input%x}")
		assert_equal "exit code, $mode" "$([ $mode = required ] &&
			echo 1 || echo 0)" "$status"
		assert_match "$mode" "^resview-hook: .*$2" "$error"
		assert_untouched "$init"
	done
}

refused "an empty state" 'state on stdin: malformed' </dev/null
echo '{"id": "a", "pid": ' | refused "a state cut off" 'malformed'
echo '[]' | refused "a state that is no object" 'malformed'
state a "$init" 'del(.id)' | refused "no id" '"id": missing'
state a "$init" 'del(.bundle)' | refused "no bundle" '"bundle": missing'
state a "$init" '.bundle = "a"' |
	refused "a relative bundle" '"bundle": malformed'
state a "$init" ".bundle = \"$work/none\"" |
	refused "a bundle that is not there" 'none/config.json: No such file'
state a "$init" '.pid = "7"' | refused "a pid that is text" '"pid": malformed'
state a "$init" '.annotations = {a: 1}' |
	refused "an annotation that is a number" 'annotations: malformed'
step "a state that never ends"
started=$(date +%s%N)
run_hook --mode=required --timeout=1 < <(printf '{'; exec sleep 20)
took=$((($(date +%s%N) - started) / 1000000))
assert_equal "exit code" 1 "$status"
assert_match "says why" 'state on stdin: timed out' "$error"
assert_between "ms until it gave up" 950 9900 "$took"

step "no stdin, stdout, stderr at all"
for mode in besteffort required; do
	status=0
	timeout 60 "$hook" --run-dir "$run" --mode=$mode 2>"$work/error" <&- ||
		status=$?
	assert_equal "exit code" "$([ $mode = required ] && echo 1 || echo 0)" \
		"$status"
	assert_match "says so" 'state on stdin: malformed' "$(cat "$work/error")"
done
status=0
timeout 60 "$hook" --run-dir "$run" --mode=required <&- >&- 2>&- || status=$?
assert_equal "exit code" 1 "$status"

step "a runtime that does not read what is said"
mkfifo "$work/full"
exec 9<>"$work/full"
dd if=/dev/zero of="$work/full" bs=4096 oflag=nonblock 2>/dev/null || true
status=0
timeout 60 "$hook" --run-dir "$run" --mode=required </dev/null \
	2>"$work/full" || status=$?
exec 9<&-
assert_equal "exit code" 1 "$status"

step "no permission"
stand_in b
chmod 711 "$work" "$run"
status=0
setpriv --reuid=65534 --regid=65534 --clear-groups "$hook" --run-dir "$run" \
	--mode=required < <(state b "$init") 2>"$work/error" || status=$?
assert_equal "exit code" 1 "$status"
assert_match "says so" "open $run: Permission denied; .*does not start" \
	"$(cat "$work/error")"
assert_untouched "$init"

step "config.json"
for edit in 'del(.root):"root": missing' \
	'.root = {}:"root.path": missing' \
	'.root.path = 7:"root.path": malformed' \
	'.root.path = "none":root.path none: No such file'; do
	stand_in b
	jq "${edit%%:*}" "$work/b/config.json" >"$work/b/new"
	mv "$work/b/new" "$work/b/config.json"
	assert_refused b "$init" "${edit#*:}"
done
stand_in b
echo '{"root": {' >"$work/b/config.json"
assert_refused b "$init" 'config.json: malformed'
rm "$work/b/config.json"
assert_refused b "$init" 'config.json: No such file'
mkdir "$work/b/config.json"
assert_refused b "$init" 'config.json: Is a directory'
rmdir "$work/b/config.json"

step "unknown and bad annotations"
stand_in c
edit='.annotations = {"io.resview.colour": "red", "io.resview.cpu": "fast"}'
run_hook --mode=required < <(state c "$init" "$edit")
assert_equal "exit code" 1 "$status"
assert_match "names it" 'io.resview.cpu=fast: malformed' "$error"
assert_equal "records" '' "$(records)"
run_hook < <(state c "$init" "$edit")
assert_equal "exit code" 0 "$status"
assert_match "names the unknown" \
	'unknown annotations io.resview.colour, ignoring' "$error"
assert_match "names the bad" 'io.resview.cpu=fast: malformed, ign' "$error"
assert_equal "record" quota "$(jq -r .cpu "$run/containers/c.json")"
run_hook < <(state c 0 '.status = "stopped"')

stand_in d
assert_equal "records" '' "$(records)"
edit='.annotations = {"io.resview.views": "meminfo,nothing"}'
run_hook --mode=required < <(state d "$init" "$edit")
assert_equal "exit code" 1 "$status"
assert_match "names it" 'view "nothing": there is no such view' "$error"
run_hook --views=uptime < <(state d "$init" "$edit")
assert_match "names it" 'io.resview.views: no view "nothing", ign' "$error"
assert_equal "views" '["proc/uptime"]' "$(jq -c .views "$run/containers/d.json")"
run_hook < <(state d 0 '.status = "stopped"')

step "options"
for option in --mode=maybe --default=yes --timeout=0 --timeout=x --timeout=-1 \
	--run-dir=relative --mountpoint=relative word; do
	assert_fails 2 "$hook" "$option"
done
run_hook --mode=required --views=none < <(state a "$init")
assert_equal "exit code" 1 "$status"
assert_match "a view of no name" 'view "none": there is no such view' "$error"

step "poststop of a container without a record, and without a daemon"
run_hook --mode=required < <(state nobody 0 '.status = "stopped" | del(.pid)')
assert_equal "exit code ($error)" 0 "$status"
run=$work/nowhere
run_hook --mode=required < <(state nobody 0 '.status = "stopped" | del(.pid)')
assert_equal "exit code ($error)" 0 "$status"

step "poststop that cannot"
run=$work/nowhere
mkdir -p "$run"
echo >"$run/containers"
run_hook --mode=required < <(state a 0 '.status = "stopped" | del(.pid)')
assert_equal "exit code" 1 "$status"
assert_match "says so" "container a: remove the record in $run/containers: Not\
 a directory; it stays until resviewd finds the container gone" "$error"
