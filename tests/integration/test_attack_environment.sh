#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: libraries and settings planted in the environment and the working
# directory (CVE-2025-23266, CVE-2023-4911). Our programs read neither.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
need strace
strace -e trace=getpid true 2>/dev/null || skip "cannot trace"
! readelf -l "$hook" 2>/dev/null | grep -q INTERP ||
	skip "this build is linked dynamically, for a sanitizer"
# shellcheck disable=SC2119
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"

# What is planted: each is no library, so that whoever loads it fails.
stand_in planted
image=$work/planted/rootfs
mkdir -p "$image"/{lib,gconv,locale/xx,etc}
for name in libc.so.6 libjson-c.so.5 libjson-c.so libcap.so.2 libnss_files.so.2 \
	ld.so.cache gconv/gconv-modules gconv/UTF-16.so locale/xx/LC_MESSAGES \
	etc/ld.so.preload etc/nsswitch.conf evil.so; do
	echo planted >"$image/$name"
	[[ $name == */* ]] || cp "$image/$name" "$image/lib/"
done

environment=(
	LD_PRELOAD="$image/evil.so" LD_LIBRARY_PATH="$image:$image/lib:."
	LD_AUDIT="$image/evil.so" LD_DEBUG=all LD_DEBUG_OUTPUT="$image/out"
	LD_PROFILE=libc.so.6 LD_PROFILE_OUTPUT="$image" LD_BIND_NOW=1
	LD_ORIGIN_PATH="$image" LD_SHOW_AUXV=1
	GCONV_PATH="$image/gconv" LOCPATH="$image/locale" NLSPATH="$image/%N"
	LANG=xx LC_ALL=xx LANGUAGE=xx CHARSET=UTF-16 OUTPUT_CHARSET=UTF-16
	MALLOC_TRACE="$image/out" MALLOC_CHECK_=3 MALLOC_ARENA_MAX=0
	MALLOC_PERTURB_=85 MALLOC_MMAP_THRESHOLD_=1
	GLIBC_TUNABLES="glibc.malloc.mxfast=glibc.malloc.mxfast=$(
		printf 'A%.0s' {1..3000})"
	TZ=":$image/evil.so" TZDIR="$image" HOSTALIASES="$image/evil.so"
	RES_OPTIONS=debug LOCALDOMAIN=evil NIS_PATH="$image"
	GETCONF_DIR="$image" POSIXLY_CORRECT=1 TMPDIR="$image" HOME="$image"
	PATH="$image" SHELL="$image/evil.so" ENV="$image/evil.so"
	BASH_ENV="$image/evil.so" IFS=/ NOTIFY_SOCKET="$image/notify"
	XDG_RUNTIME_DIR="$image" CONTAINER=evil
)

# opened TRACE: the files whose names were looked up.
opened() {
	sed -nE 's/^[^"]*"(([^"\\]|\\.)*)".*/\1/p' "$1" | sort -u
}

# assert_unread WHAT: nothing planted was opened, nothing was written, and no
# name was looked up where the program was started.
assert_unread() {
	local planted

	planted=$(opened "$work/trace" | grep -E \
		"evil|gconv|locale|ld\.so|\.so(\.|\$)|nsswitch|/etc/|zoneinfo" ||
		true)
	assert_equal "what $1 looked up" '' "$planted"
	assert_equal "written there" '' "$(find "$image" -newer "$work/now" -type f)"
	assert_equal "files there" "$files" "$(find "$image" -xdev | sort)"
	assert_equal "what $1 looked up where it was started" '' "$(grep -E \
		'AT_FDCWD, "[^/]|[0-9]+ +[a-z]+\("[^/]' "$work/trace" || true)"
}

# planted COMMAND...: COMMAND with all of that, in that directory.
planted() {
	touch "$work/now"
	files=$(find "$image" -xdev | sort)
	status=0
	(cd "$image" && exec strace -f -o "$work/trace" -e trace=%file,execve \
		env --ignore-environment "${environment[@]}" "$@") \
		>"$work/out" 2>"$work/error" </dev/stdin || status=$?
	# What strace and env themselves look up comes before the last execve.
	sed -i "0,/execve(\"${1//\//\\/}\"/d" "$work/trace"
	error=$(cat "$work/error")
	[ -s "$work/trace" ] || fail "nothing traced: $error"
}

step "resview-hook"
host_before
cat "/proc/$init/mountinfo" >"$work/planted.before"
planted "$hook" --run-dir "$run" "$patient" --mode=required < <(state planted "$init")
cat "/proc/$init/mountinfo" >"$work/planted.after"
assert_equal "exit code ($error)" 0 "$status"
assert_equal "said" '' "$error"
assert_equal "mounts" '' "$(wrong_mounts planted "$image")"
assert_between "views" 10 9999 "$(new_views planted)"
assert_unread resview-hook
assert_host

step "resview-remount"
for option in --list --check ''; do
	# shellcheck disable=SC2086
	planted "$remount" --run-dir "$run" $option </dev/null
	assert_unread "resview-remount $option"
done
assert_equal "exit code ($error)" 0 "$status"

step "resview-runtime, which passes all of it on to the real one"
runtime=$(dirname "$hook")/resview-runtime
echo "runtime = $remount" >"$work/conf"
mkdir "$work/made"
for spec in '{"root": {"path": "rootfs"}, "process": {"env": ["LD_PRELOAD=x"]}}' \
	'{"root": '; do
	echo "$spec" >"$work/made/config.json"
	planted "$runtime" --resview-config="$work/conf" --log "$work/said" \
		create --bundle "$work/made" made </dev/null
	assert_match "it became the other" resview-remount \
		"$(grep 'execve(' "$work/trace")"
	sed -i '/execve(/,$d' "$work/trace"
	assert_unread resview-runtime
	[[ $spec != *process* ]] ||
		assert_equal "environment of our hooks" '["PATH"]' "$(jq -c '
			[.hooks[][].env[] | split("=")[0]] | unique' \
			"$work/made/config.json")"
done
assert_match "what is wrong" "Invalid argument" "$(cat "$work/said")"

step "resview-hook, at the end"
planted "$hook" --run-dir "$run" < <(state planted 0 '.status = "stopped"')
assert_equal "exit code ($error)" 0 "$status"
assert_unread resview-hook
assert_equal "records" '' "$(records)"
