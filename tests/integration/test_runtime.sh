#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# resview-runtime between an engine and its runtime: the bundle's config.json
# gets our hooks and nothing else changes, neither there nor in how the runtime
# is called; whatever goes wrong, one line where the engine looks for it.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need jq python3
try=$build/tests/integration/try_runtime
[ -x "$try" ] || fail "$try is not built"
mkdir "$work/real" "$work/own" "$work/bundle"
cp "$try" "$work/real/real"
cp "$build/hook/resview-runtime" "$build/hook/resview-hook" "$work/own"
ours=$work/own/resview-runtime
spec=$work/bundle/config.json
log=$work/log

# conf LINE...: the settings.
conf() {
	printf '%s\n' "$@" >"$work/conf"
}

# What no JSON library would give back as it is.
original='{ "unknown" : {"n":18446744073709551616, "e":1.0e400},
	"process":{"env":["A=\"hooks\":{\"createRuntime\":[", "é\u00e9\/"],
	"args" : [ ]}, "hooks":{"prestart":[{"path":"/bin/true"}] } ,"z":-0.0}  '

# make_spec: the bundle's config.json.
make_spec() {
	rm -rf "$spec"
	printf '%s\n' "$original" >"$spec"
	cp "$spec" "$work/before"
}

# called ARGUMENT...: as an engine does, from the bundle, with files of its own;
# sets $status and $said.
called() {
	status=0
	rm -f "$work/real/real.said" "$log"
	(cd "$work/bundle" && exec env -i "A=b" "C= d" "LISTEN_FDS=1" \
		"$ours" --resview-config="$work/conf" "$@" 7<"$work/conf" \
		9</etc/passwd >"$work/out" 2>"$work/error") || status=$?
	error=$(cat "$work/error")
	said=$(cat "$work/real/real.said" 2>/dev/null || true)
}

# assert_passed ARGUMENT...: the real runtime was called with these, and with all
# else as it was, and its exit code is ours.
assert_passed() {
	local direct

	assert_equal "exit code of $* ($error)" 42 "$status"
	(cd "$work/bundle" && exec env -i "A=b" "C= d" "LISTEN_FDS=1" \
		"$work/real/real" "$@" 7<"$work/conf" 9</etc/passwd \
		>"$work/out" 2>"$work/error") || true
	direct=$(grep -v ^pid "$work/real/real.said")
	assert_equal "how $* was called" "$direct" "$(grep -v ^pid <<<"$said")"
}

assert_same() {
	cmp "$work/before" "$spec" || fail "$*: config.json has changed"
	assert_equal "$*: files in the bundle" config.json \
		"$(ls "$work/bundle")"
}

# assert_added: our entry is in both stages once, behind what was there, and
# without these config.json is what it was, byte for byte.
assert_added() {
	jq -e --arg hook "$work/own/resview-hook" '
		(.hooks.createRuntime, .hooks.poststop)
		| length == 1 and .[0].path == $hook
			and .[0].args == ["resview-hook", "--default=off"]
			and (.[0].env | length) == 1 and .[0].timeout == 10' \
		"$spec" >"$work/out" || fail "no hooks: $(cat "$spec")"
	python3 - "$work/before" "$spec" <<'END' || fail "$*: more than that"
import os, sys
old, new = (open(name, "rb").read() for name in sys.argv[1:])
first = len(os.path.commonprefix([old, new]))
last = len(os.path.commonprefix([old[::-1], new[::-1]]))
sys.exit(first + last < len(old) or b"resview-hook" in old)
END
	assert_equal "$*: files in the bundle" config.json \
		"$(ls "$work/bundle")"
}

conf "runtime = $work/real/real" "hook = --default=off"
make_spec

step "verbs that make nothing: the runtime gets them as they are"
for verb in 'exec -t id create' 'state id' 'kill id 9' 'delete --force id' \
	'start id' 'ps id' 'features' 'events id' '--version' '-v' 'spec' \
	'update id' 'pause id' 'resume id' 'checkpoint id' 'list' \
	'--root create kill id' '--help --help' '--log l state create' ''; do
	# shellcheck disable=SC2086
	called $verb
	# shellcheck disable=SC2086
	assert_passed $verb
	assert_same "$verb"
done

step "verbs that make a container, however the bundle is given"
for verb in 'create id' "create --bundle $work/bundle id" \
	"create --bundle=$work/bundle id" "create -b $work/bundle id" \
	"create -b=$work/bundle id" "create -bundle $work/bundle id" \
	"create id -b $work/bundle" "run -d -b / --bundle ../bundle id" \
	"restore --image-path / id" \
	"--root run --systemd-cgroup create --pid-file p --no-pivot id"; do
	make_spec
	# shellcheck disable=SC2086
	called $verb
	# shellcheck disable=SC2086
	assert_passed $verb
	assert_added "$verb"
done

step "owner and mode stay, and a second time changes nothing"
make_spec
chown 12:34 "$spec"
chmod 640 "$spec"
called create id
assert_equal "owner and mode" "12:34 640" "$(stat -c '%u:%g %a' "$spec")"
cp "$spec" "$work/before"
was=$(stat -c '%i %Y' "$spec")
called create id
assert_passed create id
assert_same "a second time"
assert_equal "the file" "$was" "$(stat -c '%i %Y' "$spec")"

step "it becomes the runtime: same process"
(cd "$work/bundle" && exec "$ours" --resview-config="$work/conf" state) &
pid=$!
wait "$pid" || true
assert_equal "pid" "pid $pid" "$(grep ^pid "$work/real/real.said")"

step "an old runtime's stage"
make_spec
conf "runtime = $work/real/real" "stage = prestart"
called create id
assert_equal "prestart" '["/bin/true","'"$work"'/own/resview-hook"]' \
	"$(jq -c '.hooks.prestart | map(.path)' "$spec")"
assert_equal "createRuntime" null "$(jq -c .hooks.createRuntime "$spec")"

# What config.json may be other than that.
bad_specs() {
	rm -rf "$spec"
	case $1 in
	none) ;;
	link) echo {} >"$work/target" && ln -s "$work/target" "$spec" ;;
	pipe) mkfifo "$spec" ;;
	directory) mkdir "$spec" ;;
	text) echo '{"hooks": {},}' >"$spec" ;;
	list) echo '{"hooks": []}' >"$spec" ;;
	deep) python3 -c 'print("{\"a\":" * 9999 + "1" + "}" * 9999)' >"$spec" ;;
	large) (echo '{"a":"' && head -c 17M /dev/zero | tr '\0' x &&
		echo '"}') >"$spec" ;;
	esac
}

step "what cannot be changed starts all the same, unless views are required"
for kind in none link pipe directory text list deep large; do
	conf "runtime = $work/real/real"
	bad_specs $kind
	called create id
	assert_passed create id
	called --log "$log" create id
	assert_equal "$kind: exit code" 42 "$status"
	assert_equal "$kind: stderr" '' "$error"
	assert_match "$kind" "^time=\"[^\"]+\" level=warning msg=\"container id: `
		`add hooks to \\./config.json: .*starts with the host's files\"$" \
		"$(cat "$log")"

	conf "runtime = $work/real/real" "hook = --mode=required"
	called --log "$log" --log-format json create id
	assert_equal "$kind: exit code" 1 "$status"
	assert_equal "$kind: the runtime" '' "$said"
	assert_equal "$kind: level" error "$(jq -r .level "$log")"
	assert_match "$kind: msg" 'container id: .*does not start$' \
		"$(jq -r .msg "$log")"
	[ -n "$(jq -r '.time | fromdate' "$log")" ] || fail "no time"
	called create id
	assert_match "$kind" '^resview-runtime: .*does not start$' "$error"
	called state id
	assert_equal "$kind: of others: exit code" 42 "$status"
done
[ "$(cat "$work/target")" = {} ] || fail "a link was followed"

step "settings that are wrong"
make_spec
conf "threads = 99" "runtime = $work/real/real" "hook = --default=off"
called create id
assert_equal "exit code" 42 "$status"
assert_match "the line" "conf, line 1: .*, ignoring$" "$error"
assert_added "a bad line"
called state id
assert_equal "stderr" '' "$error"
for words in --views --help --add-hooks --no-such word; do
	make_spec
	conf "runtime = $work/real/real" "hook = $words"
	called --log "$log" create id
	assert_equal "$words: exit code" 42 "$status"
	assert_same "$words"
	assert_match "$words" 'level=warning' "$(cat "$log")"
	conf "runtime = $work/real/real" "hook = --mode=required $words"
	called --log "$log" create id
	assert_equal "$words: exit code, required" 1 "$status"
	assert_match "$words, required" 'level=error' "$(cat "$log")"
done

step "it never calls itself"
ln -s "$ours" "$work/real/link"
ln "$ours" "$work/real/hard"
printf '#!/bin/sh\nexec %s --resview-config=%s "$@"\n' "$ours" "$work/conf" \
	>"$work/real/script"
printf '#!/bin/sh\n%s --resview-config=%s "$@"\n' "$ours" "$work/conf" \
	>"$work/real/child"
chmod +x "$work/real/script" "$work/real/child"
for runtime in "$ours" "$work/real/link" "$work/real/hard" "$work/real/script" \
	"$work/real/child"; do
	conf "runtime = $runtime"
	called state id
	assert_equal "$runtime: exit code" 1 "$status"
	assert_match "$runtime" "leads back to resview-runtime$" "$error"
done
for runtime in "$work/real/none" "$work/real"; do
	conf "runtime = $runtime"
	called --log "$log" --log-format json state id
	assert_equal "$runtime: exit code" 1 "$status"
	assert_match "$runtime" "run the runtime $runtime: " \
		"$(jq -r .msg "$log")"
done

step "a script as the runtime"
printf '#!/bin/sh\nexec %s "$@"\n' "$work/real/real" >"$work/real/script"
conf "runtime = $work/real/script"
called state id
assert_equal "exit code ($error)" 42 "$status"

# killed CALL [WHICH]: at that system call of ours; config.json is what it was, or
# has our hooks.
killed() {
	make_spec
	(strace -o "$work/trace" -e trace="$1" \
		-e inject="$1:signal=KILL:when=${2:-1}" \
		"$ours" --resview-config="$work/conf" create \
		--bundle "$work/bundle" id || true) >"$work/out" 2>&1
	grep -q 'killed by SIGKILL' "$work/trace" ||
		fail "not killed at $1: $(tail -n 3 "$work/trace")"
	rm -f "$work"/bundle/config.json.*.tmp
	if ! cmp -s "$work/before" "$spec"; then
		jq -e '.hooks.createRuntime | length == 1' "$spec" >"$work/out" ||
			fail "killed at $1: $(cat "$spec")"
	fi
}

step "killed anywhere, it leaves the old file or the new one"
conf "runtime = $work/real/real"
if command -v strace >/dev/null && strace -o "$work/trace" true; then
	for which in $(seq 2 5); do
		killed openat "$which"
	done
	for call in write fchown fchmod renameat; do
		killed "$call"
	done
	killed execve
else
	echo "   no strace here"
fi

step "a container of a real runtime"
need runc
# shellcheck disable=SC2119
start_resviewd
make_bundle box '.hooks = null'
cp "$work/box/config.json" "$work/before"
echo "hook = --run-dir=$run $patient" >"$work/conf"
box() {
	"$ours" --resview-config="$work/conf" --root "$work/runc" "$@"
}
remove_box() {
	local status=$?

	set +e
	box delete --force box >/dev/null 2>&1
	(exit "$status")
	cleanup
}
trap remove_box EXIT
box run --detach --bundle "$work/box" box </dev/null >"$work/box.log" 2>&1 ||
	fail "it does not start"
assert_between "its uptime" 0 600 "$(box exec box cut -d ' ' -f 1 /proc/uptime)"
assert_equal "views" "$(box exec box grep -c 'fuse.resview' /proc/mounts)" \
	"$(jq '.views | length' "$run/containers/box.json")"
code=0
box exec box sh -c 'exit 7' || code=$?
assert_equal "exit code of a command" 7 "$code"
box kill box KILL
wait_for 10 sh -c "'$ours' --root '$work/runc' state box | grep -q stopped" ||
	fail "it is not killed"
box delete box
assert_equal "records" '' "$(ls "$run/containers")"
