#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What starts, watches and ends LXCFS does so with resviewd in its place: its
# command line, its name, its pid file, its signals.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/parity.sh
. "$(dirname "$0")/parity.sh"

in_its_place

step "ExecStart=/usr/bin/lxcfs /var/lib/lxcfs: it stays in the foreground"
start_lxcfs_named
sleep 0.5
kill -0 "$daemon" || fail "it has gone into the background"
assert_equal "its pid file" "$daemon" "$(tr -d '[:space:]' </run/lxcfs.pid)"
assert_equal "its name" lxcfs "$(cat "/proc/$daemon/comm")"
mountpoint -q "$place" || fail "$place is no mount point"
assert_match "scripts that look for lxcfs in the list of mounts" \
	" $place fuse.resview " "$(grep lxcfs /proc/mounts)"

step "a second one is refused"
assert_fails 1 "$bin/lxcfs" "$place"
kill -0 "$daemon" || fail "and the first one has ended"
assert_equal "the pid file" "$daemon" "$(tr -d '[:space:]' </run/lxcfs.pid)"

step "ExecReload=/bin/kill -USR1: readers go on"
exec 9<"$place/proc/meminfo"
before=$(worker_of /run/resview)
kill -USR1 "$daemon"
replaced() {
	[ "$(worker_of /run/resview)" != "$before" ]
}
wait_for 10 replaced || fail "no new worker"
assert_match "an open file" MemTotal "$(cat <&9)"
exec 9<&-

step "SIGUSR2, which turns LXCFS's figures off, does nothing"
kill -USR2 "$daemon"
sleep 0.2
serves "$place" || fail "it does not serve any more"

step "SIGTERM: unmounted, no pid file"
status=0
kill "$daemon"
wait "$daemon" || status=$?
assert_equal "exit code" 0 "$status"
! mountpoint -q "$place" || fail "still mounted"
[ ! -e /run/lxcfs.pid ] || fail "the pid file is left"

step "each option of LXCFS"
while read -r options; do
	# shellcheck disable=SC2086
	start_lxcfs_named $options
	kill -0 "$daemon" || fail "$options: in the background"
	stop_pid "$daemon"
	! mountpoint -q "$place" || fail "$options: still mounted"
done <<END
-f -l -u -p $work/pid -o allow_other
-d -s --enable-cfs --enable-pidfd --enable-psi-poll --enable-cgroup
-o allow_other,direct_io,entry_timeout=0.5,attr_timeout=0.5,nonempty
--foreground --enable-loadavg --disable-swap --disable-zswap --debug
--pidfile=$work/pid --runtime-dir=$work/instance
END
[ ! -e "$work/pid" ] || fail "a pid file is left"
assert_equal "complaints" '' "$(grep 'not known' "$work/resviewd.log" || true)"

step "two of them, by --runtime-dir"
start_lxcfs_named --runtime-dir "$work/first"
first=$daemon
mkdir "$work/second" "$work/other"
setpriv --pdeathsig TERM "$bin/lxcfs" --runtime-dir "$work/second" \
	"$work/other" >>"$work/resviewd.log" 2>&1 &
pids+=("$!")
wait_for 10 serves "$work/other" || fail "the second does not serve"
assert_equal "pid files" "$first $!" "$(cat "$work/first/lxcfs.pid" \
	"$work/second/lxcfs.pid" | paste -sd ' ')"
stop_pid "$first"
stop_pid "$!"

step "what scripts ask it"
for option in -h --help -v --version; do
	[ -n "$("$bin/lxcfs" $option 2>&1)" ] || fail "$option says nothing"
done

if [ ! -e /etc/init.d/lxcfs ] || [ ! -e /lib/lsb/init-functions ]; then
	echo "SKIP: the init script of LXCFS's package is not here"
	exit
fi
step "the init script of LXCFS's package"
# To be protected from the kernel's choice needs a right that not all have.
sed "s|^DAEMON=.*|DAEMON=$bin/lxcfs|; s|^OOM_SCORE_ADJ=.*|OOM_SCORE_ADJ=10|" \
	/etc/init.d/lxcfs >"$work/init"

# init_script ACTION: as at the boot of a machine without systemd.
init_script() {
	_SYSTEMCTL_SKIP_REDIRECT=1 sh "$work/init" "$1"
}

status=0
init_script start || status=$?
wait_for 5 test -s /run/lxcfs.pid || fail "no pid file"
daemon=$(tr -d '[:space:]' </run/lxcfs.pid)
pids+=("$daemon")
assert_equal "exit code of start" 0 "$status"
wait_for 10 serves "$place" || fail "nobody serves $place"
assert_equal "who is in its pid file" lxcfs "$(cat "/proc/$daemon/comm")"
assert_equal "what it writes of that" 10 "$(cat "/proc/$daemon/oom_score_adj")"
init_script status || fail "status: it is not there"
init_script stop || fail "it does not stop"
! mountpoint -q "$place" || fail "still mounted"
