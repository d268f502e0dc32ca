#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The worker's sandbox: each thing that it must be able to do is done, each that
# it must not is tried.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"

unified=/sys/fs/cgroup
[ -e $unified/cgroup.controllers ] || unified=/sys/fs/cgroup/unified

step "in a process of its own"
mkdir -p "$work"/run/{containers,empty}
chmod 0500 "$work/run/empty"
echo '{}' >"$work/run/containers/r.json"
[ ! -e "$unified/cgroup.controllers" ] || mkdir "$unified/$group"
"$build/tests/integration/try_sandbox" "$work/run" "$group" ||
	fail "the sandbox is not as it should be"
"$build/tests/integration/try_sandbox" --time

step "as on an old kernel"
echo '{}' >"$work/run/containers/r.json"
touch "$work/run/written" "$work/run/empty/x"
"$build/tests/integration/try_sandbox" --old "$work/run" ||
	fail "the sandbox is not as it should be"
[ -e "$work/run/empty/x" ] || fail "a file elsewhere was removed"

engine=runc
need "$engine" jq python3
# shellcheck disable=SC2119
start_resviewd
worker=$(pgrep -P "$daemon" -x resview-worker) || fail "there is no worker"

step "what the worker of a daemon has"
# assert_status FIELD WANTED
assert_status() {
	assert_equal "$1" "$2" \
		"$(awk -v f="$1:" '$1 == f { print $2 }' "/proc/$worker/status")"
}
ptrace=$(printf %016x $((1 << 19)))
assert_status Seccomp 2
assert_status NoNewPrivs 1
assert_status CapEff "$ptrace"
assert_status CapPrm "$ptrace"
assert_status CapInh 0000000000000000
assert_status CapBnd 0000000000000000
assert_status CapAmb 0000000000000000
assert_equal root "$run/empty" "$(readlink "/proc/$worker/root")"
assert_equal "working directory" "$run/empty" "$(readlink "/proc/$worker/cwd")"
assert_equal "files in its root" "" "$(ls -A "/proc/$worker/root")"
for task in "/proc/$worker/task/"*; do
	assert_equal "filter of thread $task" 2 \
		"$(awk '$1 == "Seccomp:" { print $2 }' "$task/status")"
done

not_there() {
	[ ! -e "$1" ]
}

total() {
	awk '/^MemTotal:/ { print $2 }' "$1"
}

step "what it can do with that"
make_bundle box '.linux.resources.memory.limit = 67108864
	| .linux.resources.cpu = {quota: 20000, period: 100000}
	| .hooks.poststop = []'
start_container "$engine" box
pid=$(container_pid box)
assert_equal "pinned" 65536 "$(total "/proc/$pid/root/proc/meminfo")"
assert_equal "by caller" 65536 "$(nsenter --pid --target "$pid" \
	cat "$fs/proc/meminfo" | total /dev/stdin)"
assert_equal "by caller on the host" "$(total /proc/meminfo)" \
	"$(total "$fs/proc/meminfo")"
limit=$(cgroup_file box memory memory.max)
[ -e "$limit" ] || limit=$(cgroup_file box memory memory.limit_in_bytes)
echo 134217728 >"$limit"
sleep 0.3
assert_equal "resized" 131072 "$(total "/proc/$pid/root/proc/meminfo")"

step "a container with user ids of its own"
make_bundle ids '.linux.resources.memory.limit = 67108864
	| .linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = .linux.uidMappings'
chmod 0755 "$work" "$run"
if start_container "$engine" ids; then
	own=$(container_pid ids)
	assert_equal "pinned" 65536 "$(total "/proc/$own/root/proc/meminfo")"
	assert_equal "by caller" 65536 "$(nsenter --pid --target "$own" \
		cat "$fs/proc/meminfo" | total /dev/stdin)"
else
	echo "not here: $(tail -n 1 "$work/ids.log")"
fi

step "a PSI trigger"
got=0
in_container box python3 /test/integration/pressure.py /proc/pressure/cpu 30 \
	>"$work/events" 2>&1 &
poller=$!
pids+=("$poller")
if wait_for 10 grep -q 'waiting\|no pressure' "$work/events"; then
	for _ in 1 2 3; do
		in_container box timeout 20 sh -c 'while :; do :; done' &
		pids+=("$!")
	done
fi
wait "$poller" || got=$?
[ "$got" = 77 ] || assert_equal "poller: $(cat "$work/events")" 0 "$got"
cat "$work/events"

step "a record whose container is gone"
record=$run/containers/box.json
[ -e "$record" ] || fail "$record is missing"
runtime "$engine" kill box KILL
wait_for 10 not_there "/proc/$pid/root/bin" || true
stop_container box
wait_for 20 not_there "$record" || fail "$record is still there"
assert_status Seccomp 2
serves "$fs" || fail "resviewd does not serve any more"

step "where not all of it can be had"
stop_pid "$daemon"
cat >"$work/less" <<END
#!/bin/sh
exec setpriv --bounding-set -sys_chroot "$resviewd" "\$@"
END
chmod +x "$work/less"
# shellcheck disable=SC2119
resviewd=$work/less start_resviewd
worker=$(pgrep -P "$daemon" -x resview-worker)
assert_status Seccomp 2
assert_status CapEff "$ptrace"
assert_match "log" "sandbox: change the root directory: .*serving" \
	"$(cat "$run.log")"
assert_equal "lines of that" 1 "$(grep -c 'sandbox:' "$run.log")"

step "without the right to look at the namespaces of others"
stop_pid "$daemon"
sed -i 's/-sys_chroot/-sys_ptrace/' "$work/less"
# shellcheck disable=SC2119
resviewd=$work/less start_resviewd
worker=$(pgrep -P "$daemon" -x resview-worker)
assert_status CapEff 0000000000000000
make_bundle seen '.linux.resources.memory.limit = 67108864'
start_container "$engine" seen
assert_match "its memory" '^MemTotal: *65536 kB' \
	"$(in_container seen cat /proc/meminfo)"
assert_equal "names in containers/" seen "$(ls "$fs/containers")"
stop_container seen

step "switched off"
echo 'sandbox = off' >"$work/off.conf"
start_resviewd --config "$work/off.conf"
worker=$(pgrep -P "$daemon" -x resview-worker)
assert_status Seccomp "$(awk '/^Seccomp:/ { print $2 }' /proc/self/status)"
