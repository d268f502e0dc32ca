#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Runs in the guest of nspawn.sh, as a unit of its systemd: does to
# resviewd.service what happens to services, while readers in a mount namespace
# of their own check what they read. Prints a row for each step, and leaves the
# number of failed checks in /share/end.

# shellcheck source=tests/vm/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"

seconds=$(cat /share/storm)
version=$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p')

# --- what happens to services ----------------------------------------------

# kill_all_of PIDS: a list in one word; 0 is a supervisor that is not there.
kill_all_of() {
	local pid

	for pid in $1; do
		[ "$pid" = 0 ] || kill -KILL "$pid" 2>/dev/null
	done
}

kill_workers() {
	local old

	for _ in $(seq 10); do
		old=$(workers)
		kill_all_of "$old"
		wait_for 3 settled '' "$old" || fail "after worker $old: $(describe)"
	done
}

kill_supervisors() {
	local old

	for _ in $(seq 5); do
		old=$(supervisor)
		kill -KILL "$old"
		wait_for 3 settled "$old" || fail "after $old: $(describe)"
	done
}

# By cgroup.kill, if systemd knows that. From Linux 6.14 on what is cloned into a
# cgroup after that is killed too (kill_seq, cgroup_css_set_fork()), for as long
# as the dying worker is in it: there may be some starts that fail.
kill_all() {
	local old

	for _ in $(seq 5); do
		old=$(supervisor)
		systemctl kill --signal KILL "$unit"
		wait_for 3 settled "$old" || fail "after $old: $(describe)"
	done
}

# Whoever is there is killed each 50 to 200 ms, most often a worker; now and then
# both, and an upgrade or a restart meanwhile.
storm() {
	local end=$(($(now_ms) + $1 * 1000))

	while [ "$(now_ms)" -lt "$end" ]; do
		case $((RANDOM % 16)) in
		[0-3]) kill_all_of "$(supervisor)" ;;
		4) systemctl kill --signal KILL "$unit" ;;
		5) systemctl reload --no-block "$unit" ;;
		6) systemctl restart --no-block "$unit" ;;
		*) kill_all_of "$(workers)" ;;
		esac 2>/dev/null # there may be nobody to be told
		sleep "0.$(printf %03d $((RANDOM % 150 + 50)))"
	done
}

restart() {
	for _ in $(seq 5); do
		systemctl restart "$unit" || fail "restart: $?"
	done
}

reload() {
	local old

	for _ in $(seq 5); do
		old=$(workers)
		systemctl reload "$unit" || fail "reload: $?"
		wait_for 3 settled '' "$old" || fail "after reload: $(describe)"
	done
}

reexec() {
	systemctl daemon-reload
	systemctl daemon-reexec
	kill_supervisors
}

stop_supervisor() {
	local old

	old=$(supervisor)
	kill -STOP "$old"
	wait_for 18 settled "$old" || fail "watchdog: $(describe)"
	check 'restarts by the watchdog' 1 "$(show NRestarts)"
}

stop_worker() {
	local old

	old=$(workers)
	# shellcheck disable=SC2086
	kill -STOP $old
	wait_for 15 settled '' "$old" || fail "hung worker: $(describe)"
}

stop_start() {
	systemctl stop "$unit" || fail "stop: $?"
	sleep 1
	systemctl start "$unit" || fail "start: $?"
}

# Nobody has the connection any more. Before 254 a stop is enough.
stop_for_good() {
	systemctl stop "$unit"
	[ "$version" -lt 254 ] || systemctl clean --what=fdstore "$unit"
}

unmount() {
	umount --lazy "$fs"
	wait_for 8 mountpoint -q "$fs" || fail 'it is not mounted again'
	umount --lazy "$fs"
	systemctl restart "$unit"
}

# Nothing on disk is any good: what was before serves on.
restart_bad() {
	local worker=/usr/local/libexec/resview/resview-worker

	mkdir -p /etc/resview
	echo nonsense >/etc/resview/resview.conf
	mv "$worker" "$worker.good"
	cp /bin/false "$worker"
	systemctl restart "$unit" || fail "restart: $?"
	mv "$worker.good" "$worker"
	rm /etc/resview/resview.conf
}

# --- the checks ------------------------------------------------------------

check_start() {
	# docker.service is started beside it and reads a file of ours.
	check 'an engine at boot' success "$(show Result docker.service)"
	settled '' || fail "after boot: $(describe)"
	check 'its mount namespace' "$(readlink /proc/1/ns/mnt)" \
		"$(readlink "/proc/$(supervisor)/ns/mnt")"
	check 'its priority' -10 "$(awk '{ print $19 }' "/proc/$(supervisor)/stat")"
	systemd-analyze verify --man=no "$unit" || fail "verify: $?"
	stop_for_good
	systemctl start "$unit"
	grep -q ^MemTotal "$fs/proc/meminfo" || fail 'it does not serve'
}

status_is_right() {
	[ "$(show StatusText)" = "Serving, worker $(workers)" ]
}

# Each request would wake PID 1, were it to poll.
check_store() {
	local watched fd

	watched=$(sed -n 's/^tfd: *\([0-9]*\) .*/\1/p' /proc/1/fdinfo/*)
	for fd in $watched; do
		[ "$(readlink "/proc/1/fd/$fd")" != /dev/fuse ] ||
			fail 'PID 1 polls /dev/fuse'
	done
}

check_survival() {
	start_container
	survives 3 100 'nothing' sleep 1
	survives 5 500 'kill -9 of 10 workers' kill_workers
	survives 5 500 'kill -9 of 5 supervisors' kill_supervisors
	survives 4 500 '5 restarts' restart
	survives 5 500 '5 reloads' reload
	survives 5 2000 '5 times systemctl kill -s KILL' kill_all
	survives 5 1000 'daemon-reexec, 5 supervisors' reexec
	systemctl restart "$unit"
	survives 20 500 'SIGSTOP of the supervisor' stop_supervisor
	survives 12 11000 'SIGSTOP of the worker' stop_worker
	survives 4 500 'restart, worker and settings bad' restart_bad
	survives $((seconds + 2)) 3000 "$seconds s of all that" storm "$seconds"
	check_store
	wait_for 8 status_is_right || fail "the status is '$(show StatusText)'"
	survives 10 500 'umount --lazy; again, and restart' unmount
}

# Before systemd 254 a stop empties the store, so nothing is left of the
# connection: what is mounted in containers is dead, and the next start makes a
# new one.
check_stop() {
	if [ "$version" -ge 254 ]; then
		survives 5 2500 'stop, 1 s, start' stop_start
		systemctl stop "$unit"
		check 'fds after a stop' $stored "$(show NFileDescriptorStore)"
		systemctl clean --what=fdstore "$unit"
		check 'fds after clean' 0 "$(show NFileDescriptorStore)"
		systemctl start "$unit"
	else
		during 5 'stop, 1 s, start (errors expected)' stop_start
		[ "$errors" != 0 ] || fail 'no error, after all?'
	fi
	start_container
	survives 3 100 'a new container' sleep 1
}

# Where nobody waits for us a wrong configuration is an error, for which no
# engine waits, and which ends when it is put right.
check_broken() {
	local start

	stop_for_good
	echo nonsense >/etc/resview/resview.conf
	! systemctl start "$unit" 2>/dev/null || fail 'a wrong configuration'
	start=$(now_ms)
	systemctl restart engine.service || fail 'an engine does not start'
	[ $(($(now_ms) - start)) -lt 3000 ] || fail 'an engine waits for us'
	rm /etc/resview/resview.conf
	wait_for 5 settled '' || fail "put right: $(describe)"
	start_container
}

# A container that has what a dead connection has left, and one that was started
# while nobody served: both have live files once the service has started.
check_repair() {
	local start

	start_container
	stop_for_good
	! inside "$container" cat /proc/meminfo >/dev/null 2>&1 ||
		fail 'stale files can be read'
	start_late
	check 'views of the late one' '' "$(views_of "$late")"

	start=$(now_ms)
	systemctl start "$unit" || fail "start: $?"
	printf '%-36s %7d\n' 'start, with the repair of two' \
		$(($(now_ms) - start))
	has_live_views "$container"
	has_live_views "$late"
	check 'the repair' 'exited 0' "$(post_start)"
	end_late
}

# What cannot be repaired is no reason not to serve.
check_no_repair() {
	local remount=/usr/local/sbin/resview-remount

	mv "$remount" "$remount.good"
	cp /bin/false "$remount"
	systemctl restart "$unit" || fail "restart: $?"
	settled '' || fail "without a repair: $(describe)"
	check 'the repair' 'exited 1' "$(post_start)"
	mv "$remount.good" "$remount"
}

# Readers may wait with nobody there: the machine goes down all the same.
leave_readers() {
	nsenter --target "$container" --mount reader --json 300 open=2 seek=2 \
		>/dev/null 2>&1 </dev/null &
	sleep 0.5
	systemctl stop "$unit"
}

uname -rs
systemctl --version | head -n 1
printf '%-36s %7s %8s %7s %9s %9s\n' '' 'took ms' cycles errors 'worst ms' \
	NRestarts
check_start
check_survival
check_stop
check_broken
check_repair
check_no_repair
leave_readers
journalctl --unit "$unit" --output short-monotonic >/share/journal
echo "$failed" >/share/end
systemctl exit 0
