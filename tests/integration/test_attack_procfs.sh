#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Attack: what we read of procfs, and do through it, is led astray by mounts on
# /proc/self, /proc/thread-self and all of /proc where we work (CVE-2025-52881).
# Only the host's procfs is used, opened before anything is entered.

# Expanded inside:
# shellcheck disable=SC2016,SC2119

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/hook.sh
. "$(dirname "$0")/hook.sh"
# shellcheck source=tests/integration/hostile.sh
. "$(dirname "$0")/hostile.sh"
start_resviewd
# shellcheck source=tests/integration/attack.sh
. "$(dirname "$0")/attack.sh"
without=$build/tests/integration/try_without

# What a /proc looks like in which every fd is a file of the host, and in which
# there is nothing but what is fake.
cat >"$work/faker" <<'END'
#!/bin/sh -eu
mount -t tmpfs none "$1"
mkdir -p "$1/1/ns" "$1/1/fd" "$1/pressure"
ln -s 1 "$1/self"
ln -s 1 "$1/thread-self"
i=0
while [ $i -lt 64 ]; do
	ln -s /etc/passwd "$1/1/fd/$i"
	i=$((i + 1))
done
ln -s /etc/passwd "$1/1/ns/mnt"
echo "1 0 0:1 / / rw - proc proc rw" >"$1/1/mountinfo"
echo "1 (init) S 0 0" >"$1/1/stat"
ln -s /etc/passwd "$1/meminfo"
END
chmod +x "$work/faker"

# restart_dead: another daemon, the old one having died with its connection.
restart_dead() {
	kill_serving
	start_again
}

# live_views: where they are in the stand-in.
live_views() {
	awk -v dev="$(mountpoint -d "$fs")" '$3 == dev { print $4, $5 }' \
		"/proc/$init/mountinfo" | grep ^/containers/ | sort
}

for calls in '' 'mount_setattr openat2' move_mount_beneath; do
	step "the hook, where /proc is fake; without ${calls:-nothing}"
	real=$hook
	printf '#!/bin/sh\nexec %s "$@"\n' \
		"${calls:+$without $calls -- }$real" >"$work/hook"
	chmod +x "$work/hook"
	hook=$work/hook
	stand_in fake 'mount -t proc proc "$root/proc" &&
		mount -t sysfs -o ro sysfs "$root/sys" && '"$work/faker /proc"
	attack fake "$init"
	assert_equal "exit code ($error)" 0 "$status"
	assert_between "views" 10 9999 "$views"
	live_views >"$work/first"

	restart_dead
	host_before
	run_hook --mode=required < <(state fake "$init")
	assert_equal "exit code, replacing ($error)" 0 "$status"
	assert_equal "views, replaced" "$(cat "$work/first")" "$(live_views)"
	assert_host
	forget fake
	stop_pid "$init"
	hook=$real
done

step "all that is looked up in there"
strace -e trace=getpid true 2>/dev/null || skip "cannot trace"
stand_in traced
state traced "$init" | strace -f -y -o "$work/trace" \
	"$hook" --run-dir "$run" --mode=required "$patient"
child=$(awk '/setns\(/ { print $1; exit }' "$work/trace")
sed -n '/setns(/,$p' "$work/trace" | grep "^$child " >"$work/inside"
opened=$(grep -E '^[0-9]+ +open(at)?\(' "$work/inside" |
	grep -vE 'openat\([0-9]+</proc>, "(self|[0-9]+)/(mountinfo|fdinfo/[0-9]+)"|'`
	`'openat\(AT_FDCWD[^"]*, "/", O_RDONLY\|O_CLOEXEC\|O_PATH\|O_DIRECTORY'`
	`"|openat\([0-9]+<$run/containers>" || true)
assert_equal "opened in there" '' "$opened"
assert_equal "looked up in there, but with O_PATH" '' \
	"$(grep 'openat2(' "$work/inside" | grep -v O_PATH || true)"
assert_equal "executed or asked in there" '' "$(grep -E \
	'execve|connect|socket|statfs|ioctl|getdents|mmap\(.*[0-9]<' \
	"$work/inside" || true)"
forget traced
stop_pid "$init"

step "resview-remount, where the container has mounts on its own processes"
neighbours
for who in admin owner; do
	hostile liar-$who $who ".mounts += [{source: \"$work/faker\",
		destination: \"/run/fake\", type: \"bind\",
		options: [\"bind\"]}]"
	in_container liar-$who sh -c '
		for dir in /proc/1 /proc/sys /proc/irq /proc/fs; do
			sh /run/fake $dir || mount -t tmpfs none $dir
		done
		mount --bind /etc/passwd /proc/mounts || true' 2>/dev/null
	assert_match "what it has mounted" ' /proc/1 .* - tmpfs ' \
		"$(cat "/proc/$(container_pid liar-$who)/mountinfo")"
	again
	assert_equal "ours" "$(wanted liar-$who .)" "$(live_at liar-$who .)"
	assert_equal "ours anywhere else" 0 \
		"$(live_at liar-$who '^/(proc/(1|sys|irq|fs)|etc|run)/')"
	stop_container liar-$who
done
