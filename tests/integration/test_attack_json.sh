#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: a state or config.json that is giant, deep, malformed or ambiguous
# (CVE-2022-1708, CVE-2022-31030: readers without a limit). It costs neither
# time nor memory, and what is not understood is not guessed.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need python3
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# Sanitizers take a multiple of both.
memory=192
readelf -l "$hook" 2>/dev/null | grep -q INTERP && memory=4096

# costs WHAT: the hook in required mode on $work/state; sets $status and $error.
# Its time is that of the CPU: how long it takes is up to what else is running.
costs() {
	local ms mib

	read -r status ms mib < <(python3 "$here/giant.py" run "$work/state" \
		"$hook" --run-dir "$run" "$patient" --mode=required \
		2>"$work/error")
	error=$(cat "$work/error")
	echo "ok: $1: $ms ms, $mib MiB: ${error:0:100}"
	assert_between "ms" 0 1500 "$ms"
	assert_between "MiB" 0 $memory "$mib"
	assert_between "bytes of stderr" 0 2000 "${#error}"
}

# refused WHAT REGEX
refused() {
	costs "$1"
	assert_equal "exit code" 1 "$status"
	assert_match "says why" "^resview-hook: .*$2" "$error"
	assert_untouched "$init"
	assert_host
}

# taken WHAT: and the views are there.
taken() {
	costs "$1"
	assert_equal "exit code ($error)" 0 "$status"
	assert_equal "views" "$(jq '.views | length' "$run/containers/a.json")" \
		"$(views_in "$init")"
	forget a
	stop_pid "$init"
	stand_in a
}

make_it() {
	python3 "$here/giant.py" make "$@"
}

host_before
stand_in a

step "a state within 8 MiB, and beyond"
limit=$((8 << 20))
for kind in objects strings members keys; do
	state a "$init" | make_it $kind $limit >"$work/state"
	refused "$kind" 'state on stdin: (File too large|malformed)'
done
for kind in text digits; do
	state a "$init" | make_it $kind $((limit + 100)) >"$work/state"
	refused "$kind beyond" 'state on stdin: File too large'
done
for kind in objects members; do
	state a "$init" | make_it $kind 130000 >"$work/state"
	taken "$kind, few"
done
for kind in deep unclosed; do
	state a "$init" | make_it $kind 9000 >"$work/state"
	refused "$kind, little" 'state on stdin: malformed'
done
state a "$init" | make_it text $limit >"$work/state"
taken "text"
state a "$init" | make_it annotations $((2 << 20)) >"$work/state"
refused "annotations" 'File too large'
state a "$init" | make_it annotations $((1 << 20)) >"$work/state"
taken "annotations"

step "a config.json within 16 MiB, and beyond"
limit=$((16 << 20))
state a "$init" >"$work/small"
cp "$work/a/config.json" "$work/config"
for kind in objects deep; do
	make_it $kind $limit <"$work/config" >"$work/a/config.json"
	state a "$init" >"$work/state"
	refused "$kind" 'a/config.json: (File too large|malformed)'
done
make_it text $((limit + 100)) <"$work/config" >"$work/a/config.json"
refused "text beyond" 'a/config.json: File too large'
make_it text $limit <"$work/config" >"$work/a/config.json"
taken "text"

step "a config.json for resview-runtime"
runtime=$(dirname "$hook")/resview-runtime
echo "runtime = $remount" >"$work/conf"
for kind in objects unclosed same; do
	make_it $kind $limit <"$work/config" >"$work/a/config.json"
	cp "$work/a/config.json" "$work/as_it_was"
	read -r _ ms mib < <(python3 "$here/giant.py" run /dev/null "$runtime" \
		--resview-config="$work/conf" --log "$work/said" \
		create --bundle "$work/a" a 2>"$work/error")
	echo "ok: $kind: $ms ms, $mib MiB"
	assert_between "ms" 0 1500 "$ms"
	assert_between "MiB" 0 $memory "$mib"
	cmp -s "$work/a/config.json" "$work/as_it_was" ||
		jq -e .hooks.createRuntime[0].path "$work/a/config.json" \
			>/dev/null || fail "config.json is broken"
	rm -f "$work/a/config.json"
done

step "a config.json that never ends, or is no file"
patient=--timeout=2
for make in 'mkfifo' 'ln -s /dev/zero' 'ln -s /dev/tty' 'mkdir'; do
	rm -rf "$work/a/config.json"
	$make "$work/a/config.json"
	state a "$init" >"$work/state"
	refused "$make" 'a.*; the container does not start'
done
patient=--timeout=30
rm -rf "$work/a/config.json"
cp "$work/config" "$work/a/config.json"

# malformed WHAT SED-EDIT: of the state.
malformed() {
	state a "$init" | jq -c . | sed "$2" >"$work/state"
	refused "$1" 'state on stdin.*: malformed'
}

step "what no JSON is, or not for us"
malformed "no UTF-8 in a name" 's,"id":"a","id":"\xff\xfe",'
malformed "half of a character in the bundle" 's,"bundle":"/,"bundle":"\xc3/,'
malformed "NaN" 's,"pid":[0-9]*,"pid":NaN,'
malformed "infinity" 's,"pid":[0-9]*,"pid":-Infinity,'
malformed "a comment" 's,{,{/* "*/,'
malformed "single quotes" "s,\"id\":\"a\",'id':'a',"
malformed "a comma too many" 's,}$,\,},'
malformed "a name twice, the second is none" 's,}$,\,"id":"../a"},'
malformed "a NUL in a path" 's,"bundle":"/,"bundle":"\\u0000/,'
malformed "two states" 's,$,{},'
malformed "a byte order mark" 's,^,\xef\xbb\xbf,'
malformed "a pid as text" 's,"pid":\([0-9]*\),"pid":"\1",'
malformed "a pid of twenty digits" 's,"pid":[0-9]*,"pid":18446744073709551617,'
