#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# buildah: what a build runs sees its own limits, by the hooks directory that
# podman has, too, and by one that is named.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc
need_unpacked buildah buildah

# b COMMAND ARGUMENT...: with a store of its own. Limits of processes: more than a
# container without CAP_SYS_RESOURCE may set.
b() {
	LD_LIBRARY_PATH=$programs/usr/lib/$(uname -m)-linux-gnu \
		TMPDIR=$work/tmp XDG_RUNTIME_DIR=$work/run \
		buildah --root "$work/root" --runroot "$work/runroot" \
		--storage-driver vfs --log-level error "$@"
}
limits=(--memory 64m --cpu-period 100000 --cpu-quota 50000 --isolation oci
	--network none --cgroup-parent "/$group"
	--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)

# asked NAME COMMAND...: in the working container NAME.
asked() {
	b run --runtime "$(command -v runc)" --network none "$1" -- "${@:2}" \
		2>"$work/buildah.log"
}

# shellcheck disable=SC2119
start_resviewd
mkdir "$work/tmp" "$work/run"
make_busybox_rootfs "$work/rootfs"
own_etc
mkdir -p /etc/containers
echo '{"default": [{"type": "insecureAcceptAnything"}]}' \
	>/etc/containers/policy.json
b from --name box "${limits[@]}" scratch >/dev/null 2>"$work/buildah.log" ||
	skip "buildah does not work here: $(tail -n 1 "$work/buildah.log")"
b copy --quiet box "$work/rootfs" / >/dev/null
total=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)

step "$(b --version | cut -d ' ' -f 1,3), without us"
asked box true || skip "buildah cannot run here: $(tail -n 1 "$work/buildah.log")"
# shellcheck disable=SC2016
ask=(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
assert_equal MemTotal "$total" "$(asked box "${ask[@]}")"

step "buildah run, by /etc/containers/oci/hooks.d"
mkdir -p /etc/containers/oci/hooks.d
"$hook" --run-dir="$run" "$patient" --print-config podman \
	>/etc/containers/oci/hooks.d/50-resview.json
assert_equal MemTotal 65536 "$(asked box "${ask[@]}")"
assert_equal cpuinfo 1 "$(asked box grep -c ^processor /proc/cpuinfo)"
code=0
asked box sh -c 'exit 7' || code=$?
assert_equal "exit code of a command" 7 "$code"
assert_equal records '' "$(ls "$run/containers")"
rm /etc/containers/oci/hooks.d/50-resview.json

step "buildah build --hooks-dir"
mkdir "$work/hooks.d"
"$hook" --run-dir="$run" "$patient" --print-config podman \
	>"$work/hooks.d/50-resview.json"
cat >"$work/Containerfile" <<'END'
FROM scratch
COPY / /
RUN awk '/^MemTotal:/ { print "it is", $2 }' /proc/meminfo
END
b build --runtime "$(command -v runc)" --hooks-dir "$work/hooks.d" \
	"${limits[@]}" --file "$work/Containerfile" "$work/rootfs" \
	>"$work/built" 2>"$work/buildah.log" || fail "it does not build"
assert_match "what it says" 'it is 65536' "$(cat "$work/built")"
assert_equal records '' "$(ls "$run/containers")"
