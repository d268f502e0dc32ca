#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# A node of a cluster: packaging/kubernetes/node.sh, as the pod of the DaemonSet
# runs it, against a Debian with systemd and containerd in systemd-nspawn, which
# has none of our libraries, and whose /opt is a link, as ostree has it.

usage() {
	cat <<'END'
usage: tests/vm/node.sh

Installs resview on a node, finds it in a container there, brings it a newer
version, which no reader notices, one that is broken, and takes it away again;
and is killed half way.
Needs root, mmdebstrap, systemd-nspawn and, the first time, a Debian mirror.

  RESVIEW_ROOTS  where root directories are kept (default: build/roots)
END
}

case ${1:-} in
--help | -h) usage && exit 0 ;;
?*)
	echo "node.sh: unknown option '$1', see --help" >&2
	exit 2
	;;
esac

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/../integration/lib.sh"
# shellcheck source=tests/vm/debian.sh
. "$here/../vm/debian.sh"
deadline=600
# shellcheck source=tests/vm/machine.sh
. "$here/../vm/machine.sh"

# shellcheck disable=SC2154 # of machine.sh
node=$root
image=$work/image/opt/resview
config=/etc/containerd/config.toml
init=''

# --- the node --------------------------------------------------------------

make_debian_node() {
	make_debian bookworm "$1" \
		systemd,systemd-sysv,dbus,runc,containerd,busybox-static \
		"$roots/node.log"
	: >"$1/etc/fstab"
}

# Not the root directory of the other tests, which has our libraries.
make_node() {
	mkdir -p "$work"/{upper,overlay} "$node" "$share"
	keep "$roots/node" "making a node, in a minute" make_debian_node ||
		skip "mmdebstrap: $(grep -m 1 '^E:' "$roots/node.log")"
	mount -t overlay overlay -o "lowerdir=$roots/node" \
		-o "upperdir=$work/upper,workdir=$work/overlay" "$node" ||
		skip "no overlay file system here"
	: >"$node/etc/$group"
	sysfs_unit >"$node/etc/systemd/system/resview-sysfs.service"
	cat >"$node/etc/systemd/system/resview-test.target" <<'END'
[Unit]
Requires=basic.target
Wants=resview-sysfs.service containerd.service
After=basic.target
AllowIsolate=yes
END
	rmdir "$node/opt"
	ln -s var/opt "$node/opt"
	# As kubeadm has it.
	mkdir -p "$node/etc/containerd"
	printf '%s\n%s\n  %s\n' 'version = 2' \
		'[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]' \
		'SystemdCgroup = true' >"$node$config"
	chmod 600 "$node$config"
	cp "$node$config" "$work/config.toml"
}

# What Containerfile makes, but for its distribution.
make_image() {
	step "building static programs"
	if ! (cmake --preset release -S "$top" -B "$top/build/static" \
		-DSTATIC=ON -DBUILD_TESTING=OFF \
		-DCMAKE_INSTALL_PREFIX=/opt/resview &&
		cmake --build "$top/build/static" -j "$(nproc)") \
		>"$work/build.log" 2>&1; then
		fail "the build"
	fi
	DESTDIR=$work/image cmake --install "$top/build/static" --strip \
		>"$work/install.log"
}

# find_init: as seen from here. By a file of ours: there may be other machines.
find_init() {
	for init in $(pgrep -x systemd); do
		[ ! -e "/proc/$init/root/etc/$group" ] ||
			! grep -q '^NSpid:.*\s1$' "/proc/$init/status" ||
			return 0
	done
	return 1
}

# join: this shell is in a cgroup of the node from now on, as its pods are: what
# nobody there has a name for, resviewd cannot tell whose it is.
join() {
	local names path tree

	while IFS=: read -r _ names path; do
		case $names in
		'') tree=/sys/fs/cgroup/unified ;;
		name=systemd) tree=/sys/fs/cgroup/systemd ;;
		*) continue ;;
		esac
		[ -d "$tree" ] || tree=/sys/fs/cgroup
		echo "$BASHPID" >"$tree$path/cgroup.procs"
	done <"/proc/$init/cgroup"
}

# on_node COMMAND...
on_node() {
	(join && exec nsenter --target "$init" --all -- "$@")
}

start_node() {
	(boot) &
	pids+=("$!")
	trap 'kill_guest; cleanup' EXIT
	wait_for 20 find_init || fail "it does not boot"
	wait_for 30 on_node systemctl is-active containerd.service ||
		fail "containerd does not start"
}

# --- what is done to it ----------------------------------------------------

# in_pod [VARIABLE=VALUE...] COMMAND: what the pod does; its words are in $said.
in_pod() {
	local r=0

	said=$(join && env RESVIEW_INIT="$init" RESVIEW_IMAGE="$image" \
		"${@:1:$#-1}" "$top/packaging/kubernetes/node.sh" "${*: -1}" \
		2>&1) || r=$?
	printf '%s\n' "$said"
	return "$r"
}

make_broken() {
	mkdir "$work/broken"
	cat >"$work/broken/nsenter" <<END
#!/bin/sh
case "\$*" in
*"\$WORDS"*)
	[ "\$HOW" = fails ] || kill -KILL "\$PPID"
	exit 1
	;;
esac
exec $(command -v nsenter) "\$@"
END
	chmod +x "$work/broken/nsenter"
}

# broken HOW WORDS COMMAND: as in_pod, but where WORDS are run on the node, that
# fails, or node.sh is killed.
broken() {
	in_pod PATH="$work/broken:$PATH" HOW="$1" WORDS="$2" "$3"
}

# has_handler: does the file of containerd have it?
has_handler() {
	grep -q 'runtimes.resview\]' "$node$config"
}

# put_unit PATH: a service that is not ours.
put_unit() {
	# shellcheck disable=SC2016 # the node's shell
	on_node sh -c 'mkdir -p "${1%/*}"
		printf "%s\n" "[Service]" "ExecStart=/bin/sleep 1000" >"$1"
		systemctl daemon-reload && systemctl start "${1##*/}"' sh "$1"
}

show() {
	on_node systemctl show --value --property "$1" "${2:-resviewd.service}"
}

worker() {
	on_node cut -d' ' -f1 /run/resview/worker | head -n 1
}

# Files that may be ours.
files() {
	on_node sh -c 'find /etc /var/opt /usr/local /usr/share/containers \
		/run/resview \
		! -type d -exec ls -lin --time-style=+ {} + 2>/dev/null |
		sed "s/^ *[0-9]* //"; cat '"$config" | sort
}

# start_box: a container by the spec that the handler "resview" gives it.
start_box() {
	on_node sh -ec 'mkdir -p /root/box/rootfs/bin
		cp /bin/busybox /root/box/rootfs/bin'
	jq '.process.args = ["/bin/busybox", "sleep", "1000"]
		| .process.terminal = false | .root = {path: "rootfs"}
		| .linux.cgroupsPath = "/box" | del(.linux.seccomp)
		| .linux.resources = {}' \
		"$node/etc/containerd/resview-node.json" >"$node/root/box/config.json"
	on_node runc run --detach --bundle /root/box box >"$work/runc.log" \
		2>&1 </dev/null || fail "runc: $(cat "$work/runc.log")"
}

in_box() {
	on_node runc exec box /bin/busybox "$@"
}

views() {
	in_box cat /proc/self/mountinfo | grep -c ' - fuse.resview ' || true
}

# read_on: in the container, until it ends; an error is a line.
read_on() {
	local pid

	pid=$(on_node runc state box | jq .pid)
	on_node nsenter --target "$pid" --mount /bin/busybox sh -c '
		while /bin/busybox grep -q ^MemTotal /proc/meminfo; do
			:; done; echo failed' >"$work/readers" 2>&1 &
	pids+=("$!")
}

need mmdebstrap systemd-nspawn cmake jq
[ -c /dev/fuse ] || skip "no /dev/fuse here"
make_node
make_image
make_broken
step "booting"
start_node
before=$(files)

step "a file that cannot be read is not an empty one"
! broken fails " sh $config" install || fail "it is"
cmp "$node$config" "$work/config.toml" || fail "it was changed"

step "nor is a handler put where containerd does not see it"
sed 1d "$work/config.toml" >"$node$config"
! in_pod install || fail "it is"
assert_match "it says so" 'version 1' "$said"
cmp "$node$config" <(sed 1d "$work/config.toml") || fail "it was changed"
cat "$work/config.toml" >"$node$config"

step "install, once killed when containerd would be restarted"
engine=$(show MainPID containerd.service)
! broken kill 'restart containerd' install || fail "it was not killed"
has_handler || fail "not at that place"
assert_equal containerd "$engine" "$(show MainPID containerd.service)"
in_pod install || fail "install: $?"
[ "$(show MainPID containerd.service)" != "$engine" ] ||
	fail "containerd does not know it"
cmp "$node$config.before-resview" "$work/config.toml" || fail "no copy"
assert_equal "resviewd" active "$(show ActiveState)"
assert_equal "its place" "$(on_node readlink "/proc/$(show MainPID)/exe")" \
	/var/opt/resview/sbin/resviewd
! on_node sh -c 'ls /usr/lib/*/libfuse3*' 2>/dev/null || fail "it has libfuse3"
on_node containerd config dump | grep -A 12 'runtimes.resview\]' \
	>"$work/handler" || fail "containerd has no handler"
grep -q resview-node.json "$work/handler" || fail "it has no base spec"
on_node containerd config dump | grep -c 'SystemdCgroup = true' \
	>"$work/drivers" || true
assert_equal "handlers with the cgroup driver of systemd" 2 \
	"$(cat "$work/drivers")"
in_pod status || fail "status: $?"

step "a container of that handler sees itself"
start_box
assert_between views 10 1000 "$(views)"
assert_between "its age" 0 60 "$(in_box cut -d. -f1 /proc/uptime)"

step "the same once more changes nothing"
supervisor=$(show MainPID)
engine=$(show MainPID containerd.service)
first=$(worker)
in_pod RESVIEW_DIR=/opt//resview/ install || fail "install: $?"
assert_equal supervisor "$supervisor" "$(show MainPID)"
assert_equal worker "$first" "$(worker)"
assert_equal containerd "$engine" "$(show MainPID containerd.service)"

step "the pod ends by its signal"
rm -f /tmp/resview-node-done
RESVIEW_INIT=$init RESVIEW_IMAGE=$image \
	"$top/packaging/kubernetes/node.sh" install --wait >"$work/pod.log" &
pod=$!
pids+=("$pod")
wait_for 10 test -e /tmp/resview-node-done || fail "it is not done"
kill "$pod"
wait "$pod" || fail "exit code $?"
rm -f /tmp/resview-node-done
assert_equal worker "$first" "$(worker)"

step "a newer version: no reader notices"
read_on
printf ' ' >>"$image/libexec/resview/resview-worker"
in_pod install || fail "upgrade: $?"
assert_equal supervisor "$supervisor" "$(show MainPID)"
[ "$(worker)" != "$first" ] || fail "the old worker serves"

step "one that is broken is refused, and the one of before serves"
first=$(worker)
cp "$image/libexec/resview/resview-worker" "$work/good"
cp /bin/false "$image/libexec/resview/resview-worker"
! in_pod install || fail "it was taken"
assert_equal worker "$first" "$(worker)"
cp "$work/good" "$image/libexec/resview/resview-worker"
in_pod install || fail "put right: $?"
in_pod status || fail "status: $?"
assert_equal "what readers say" '' "$(cat "$work/readers")"

step "CRI-O's way, where /usr can be written, and where it cannot"
# hooked DIR: is the file in DIR, and its hook on the node?
hooked() {
	local json

	in_pod RESVIEW_ENGINE=crio install || fail "install: $?"
	json=$(on_node cat "$1/50-resview.json") || fail "nothing in $1"
	on_node test -x "$(jq -r .hook.path <<<"$json")" || fail "no hook: $json"
}
put_unit /run/systemd/system/crio.service
crio=$(show MainPID crio.service)
hooked /usr/share/containers/oci/hooks.d
[ "$(show MainPID crio.service)" != "$crio" ] ||
	fail "CRI-O does not watch a directory that is new"
crio=$(show MainPID crio.service)
on_node sh -c 'mkdir -p /etc/crio
	echo "# hooks_dir = [ \"/etc/containers/oci/hooks.d\" ]" >/etc/crio/crio.conf'
hooked /usr/share/containers/oci/hooks.d
assert_equal CRI-O "$crio" "$(show MainPID crio.service)"
! on_node test -e /etc/containers/oci/hooks.d/50-resview.json ||
	fail "a comment was followed"
on_node sh -c '
	echo "hooks_dir = [ \"/etc/containers/oci/hooks.d\" ]" >/etc/crio/crio.conf'
hooked /etc/containers/oci/hooks.d
on_node rm -r /etc/crio
on_node systemctl stop crio.service

step "remove, once killed when containerd would be restarted"
engine=$(show MainPID containerd.service)
! broken kill 'restart containerd' remove || fail "it was not killed"
! has_handler || fail "not at that place"
assert_equal containerd "$engine" "$(show MainPID containerd.service)"

step "a container that cannot be left is served on"
! broken fails 'resview-remount --detach' remove || fail "it was removed"
[ "$(show MainPID containerd.service)" != "$engine" ] ||
	fail "containerd has the handler still"
assert_equal resviewd active "$(show ActiveState)"
assert_between views 10 1000 "$(views)"

step "remove: the container goes on, and no file is left"
in_pod remove || fail "remove: $?"
assert_equal views 0 "$(views)"
assert_equal "what readers say" '' "$(cat "$work/readers")"
assert_equal containerd active "$(show ActiveState containerd.service)"
! on_node grep 'fuse.resview' /proc/self/mountinfo || fail "a mount is left"
assert_equal resviewd inactive "$(show ActiveState)"
diff <(echo "$before") <(files) || fail "files are left"
in_pod remove || fail "once more: $?"

step "one by hand is not replaced, and not removed"
put_unit /etc/systemd/system/resviewd.service
! in_pod install || fail "it is"
assert_match "it says so" 'has resview already' "$said"
in_pod remove || fail "remove: $?"
assert_equal "that one" active "$(show ActiveState)"
on_node sh -c 'systemctl stop resviewd.service
	rm /etc/systemd/system/resviewd.service'

step "a package's service is not replaced"
on_node sh -c 'mkdir -p /usr/lib/systemd/system
	echo "[Service]" >/usr/lib/systemd/system/resviewd.service
	echo "ExecStart=/bin/true" >>/usr/lib/systemd/system/resviewd.service
	systemctl daemon-reload'
! in_pod install || fail "it is"
assert_match "it says so" 'has resview already' "$said"
on_node runc delete --force box
on_node systemctl exit 0 || true
