#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What resview-hook --print-config prints is well-formed, says what it was told
# to, and is what is installed.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

need jq
[ -x "$hook" ] || fail "$hook is not built"
json='podman crio docker cdi runc pouch'

# printed OPTION...: it, with nothing on stderr.
printed() {
	"$hook" "$@" >"$work/printed" 2>"$work/error" </dev/null ||
		fail "$* exits with $?: $(cat "$work/error")"
	assert_equal "stderr of $*" '' "$(cat "$work/error")"
	cat "$work/printed"
}

# every_hook ENGINE OPTION...: the hooks in it, each as {path, args, timeout}.
every_hook() {
	printed "${@:2}" --print-config "$1" | jq -c \
		'.. | objects | select(.path? and .args?) | {path, args, timeout}'
}

step "JSON is nothing but JSON"
for engine in $json; do
	printed --print-config "$engine" | jq -e 'type == "object"' >/dev/null ||
		fail "$engine"
done

step "the options go in it, if they say anything"
plain="{\"path\":\"$hook\",\"args\":[\"resview-hook\"],\"timeout\":10}"
assert_equal "podman" "$plain" "$(every_hook podman --mode=besteffort \
	--default=on --timeout=2 --run-dir=/run/resview \
	--mountpoint=/run/resview/fs)"
for engine in cdi runc; do
	assert_equal "$engine" "$plain $plain" "$(every_hook $engine | xargs -d '\n')"
done
assert_equal "all of them" "$(jq -cn --arg path "$hook" '{path: $path, args: [
	"resview-hook", "--mode=required", "--default=off", "--views=proc,cpu",
	"--timeout=30", "--run-dir=/run/x", "--mountpoint=/mnt"],
	timeout: 35}')" "$(every_hook cdi --mode=required --default=off \
	--views=proc,cpu --timeout=30 --run-dir=/run/x --mountpoint=/mnt |
	head -n 1)"
assert_match "LXC" "lxc.hook.start-host = $hook --lxc --views=proc"$'\n' \
	"$(printed --views=proc --print-config lxc)"
assert_match "LXC, by hand" '= /mnt/proc/meminfo proc/meminfo none' \
	"$(printed --mountpoint=/mnt --print-config lxc)"
for engine in docker pouch; do
	assert_equal "$engine" "$(dirname "$hook")/resview-runtime" "$(printed \
		--print-config $engine | jq -r '.[].resview?.path // empty')"
done

step "options of which there are none in daemon.json go to resview.conf"
"$hook" --default=off --print-config docker >"$work/printed" 2>"$work/error"
jq -e . "$work/printed" >/dev/null || fail "docker"
assert_match "docker" 'add to .*resview.conf: hook = --default=off$' \
	"$(cat "$work/error")"

step "podman: all containers, or those that ask"
assert_equal "all" '{"always":true}' \
	"$(printed --print-config podman | jq -c .when)"
assert_equal "those that ask" '["annotations"]' \
	"$(printed --default=off --print-config podman | jq -c '.when | keys')"
assert_equal "the hook does not look again" "$plain" \
	"$(every_hook podman --default=off)"

step "containerd: TOML, for both of its versions"
printed --print-config containerd >"$work/containerd.toml"
if python3 -c 'import tomllib' 2>/dev/null; then
	python3 - "$work/containerd.toml" <<'END' || fail "containerd"
import sys, tomllib
plugins = tomllib.load(open(sys.argv[1], "rb"))["plugins"]
for name in "io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime":
    handler = plugins[name]["containerd"]["runtimes"]["resview"]
    assert handler["runtime_type"] == "io.containerd.runc.v2"
    assert handler["base_runtime_spec"] == "/etc/containerd/resview.json"
    assert "io.resview.*" in handler["pod_annotations"]
END
else
	echo "   not read: python3 has no tomllib"
fi

step "LXC, by hand: every file that all containers get"
(cd "$top/daemon/view" && sed -n 's/^\t{ "\([^"*]*\)", .*/\1/p' views.c) |
	grep -v -e interrupts -e partitions | sort >"$work/served"
[ -s "$work/served" ] || fail "views.c was not understood"
printed --print-config lxc | awk '/^#lxc.mount.entry/ { print $4 }' | sort \
	>"$work/entries"
diff "$work/served" "$work/entries" || fail "lxc.conf does not have them"

step "what cannot be printed"
assert_fails 2 "$hook" --print-config xen
assert_match "says which" 'print-config=xen' "$error"
assert_fails 2 "$hook" --views=proc,memory --print-config podman
assert_match "says which" 'no view "memory"' "$error"
for value in '/a b' '/a"b' "/a'b" '/a#b' '/a\b' "/a"$'\n'"b"; do
	assert_fails 2 "$hook" --run-dir="$value" --print-config runc
done

step "what is installed"
need cmake
DESTDIR=$work/image cmake --install "$build" >"$work/install.log" 2>&1 ||
	fail "cmake --install: $(tail -n 3 "$work/install.log")"
installed=$(find "$work/image" -name resview-hook -type f)
share=$(find "$work/image" -path '*/share/resview' -type d)

# same FILE OPTION...: is FILE what the installed hook prints?
same() {
	"$installed" "${@:2}" | sed "s|$work/image||g" | diff "$share/$1" - ||
		fail "$1 is another than $*"
}

same hooks.d/50-resview-all.json --print-config podman
same hooks.d/50-resview.json --default=off --print-config podman
for file in "$share"/engines/*; do
	file=$(basename "$file")
	same "engines/$file" --print-config "${file%.*}"
done
