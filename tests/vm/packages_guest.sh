#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# packages_guest.sh DIR FORMAT...: what an operator does with a package, by the
# real package manager, on a machine with systemd that can be thrown away: from
# its installation to its end, with a container of podman's that reads all the
# time. DIR has this.FORMAT and next.FORMAT, of deb or rpm, and `reader`. Exits
# with the number of failed checks.
# shellcheck disable=SC2317 # functions are called by their format

# shellcheck source=tests/vm/guest_lib.sh
. "$(dirname "$0")/guest_lib.sh"

packages=$1
shift
hooks=/usr/share/containers/oci/hooks.d
lxc=/usr/share/lxc/config/common.conf.d
conf=/etc/resview/resview.conf
rootfs=/srv/rootfs
said=/run/said
export DEBIAN_FRONTEND=noninteractive
seconds=8
patience=5000 # ms, of a reader
[ -z "${RESVIEW_EMULATED:-}" ] || seconds=50 patience=20000

# --- package managers ------------------------------------------------------

# Debian's essential packages have no apt-get. Without it, who runs this has seen
# to it that there are the libraries of the release that the package is for.
deb_install() {
	if command -v apt-get; then
		apt-get install -q -y "$1"
	else
		dpkg --install --force-depends "$1"
	fi
}

deb_remove() {
	if command -v apt-get; then
		apt-get remove -q -y resview
	else
		dpkg --remove resview
	fi
}

deb_purge() {
	dpkg --purge resview
}

rpm_install() {
	rpm --upgrade --nodeps "$1"
}

rpm_remove() {
	rpm --erase resview
}

# What is in the package: what is essential of Debian may come without pages.
deb_page() {
	dpkg --fsys-tarfile "$packages/this.deb" |
		tar --extract --to-stdout "./usr/share/man/man8/$1.gz" | gunzip
}

rpm_page() {
	zcat --force "/usr/share/man/man8/$1"*
}

# manage ACTION [FILE]: what it says is left in $said.
manage() {
	"${format}_$1" "${@:2}" >"$said" 2>&1
}

must_manage() {
	manage "$@" || fail "$format: $1: $(cat "$said")"
}

# --- containers ------------------------------------------------------------

p() {
	podman --cgroup-manager=cgroupfs --events-backend=file \
		--log-level=error --storage-driver=vfs "$@"
}

# Limits, where this machine has them. In systemd-nspawn crun may not have as much
# locked memory as it wants for a cgroup's devices.
limits=(--cgroups disabled)
! grep -qw memory /sys/fs/cgroup/cgroup.controllers ||
	limits=(--memory 64m --cpus 0.5)

make_rootfs() {
	local name

	mkdir -p $rootfs/{proc,sys,dev,etc,tmp,run,usr}
	for name in bin lib lib64; do
		ln -sfn usr/$name $rootfs/$name
	done
	cp "$packages/reader" /usr/local/bin/
}

# run_container: another one, whose first process is $container from then on.
run_container() {
	local name

	name=c$((++containers))
	p run --detach --name $name --network none "${limits[@]}" \
		--ulimit nofile=1024:1024 --ulimit nproc=1024:1024 \
		--volume /usr:/usr:ro --rootfs $rootfs sleep 900 \
		>/run/podman.log 2>&1 ||
		fail "no container: $(cat /run/podman.log)"
	container=$(p inspect --format '{{.State.Pid}}' $name)
}
containers=0

# sees_itself: its own age, and where it has one its limit.
sees_itself() {
	local age total

	has_live_views "$container"
	age=$(inside "$container" sed 's/\..*//' /proc/uptime)
	[ "$age" -lt 600 ] || fail "its uptime is $age"
	[ "${limits[0]}" = --memory ] || return 0
	total=$(inside "$container" sed -n 's/^MemTotal: *//p' /proc/meminfo)
	check 'its memory' '65536 kB' "$total"
}

# --- the steps -------------------------------------------------------------

# A template that starts containers is ordered after us by a drop-in.
check_order() {
	local template=/etc/systemd/system/lxc@.service

	printf '[Service]\nExecStart=/bin/true\n' >$template
	systemctl daemon-reload
	show After lxc@any.service | grep -qw resviewd.service ||
		fail 'lxc@.service does not wait for us'
	show Before | grep -qw docker.service ||
		fail 'docker.service does not wait for us'
	systemd-analyze verify --man=no $unit >"$said" 2>&1 ||
		fail "verify: $(cat "$said")"
	rm $template
}

# A page names what is installed.
check_page() {
	local named

	"${format}_page" resview-hook.8 >/run/page
	named=$(grep -o '/usr/[a-z/]*/resview\>' /run/page | sort -u | xargs)
	check 'paths of a page' /usr/share/resview "$named"
	"${format}_page" resview-runtime.8 >/run/page
	grep -q '"/usr/libexec/resview/resview-runtime"' /run/page ||
		fail 'resview-runtime(8) has no such path'
}

check_install() {
	must_manage install "$packages/this.$format"
	check_order
	check_page
	check 'once installed' 'disabled inactive' \
		"$(systemctl is-enabled $unit) $(systemctl is-active $unit)"
	systemctl enable --quiet --now $unit || fail "enable: $?"
	wait_for $seconds settled '' || fail "after enable: $(describe)"
	mkdir -p $hooks
	/usr/libexec/resview/resview-hook --default=on --timeout=60 \
		--print-config podman >$hooks/50-resview.json ||
		fail 'it prints no hook'
	run_container
	sees_itself
}

# What the worker runs, not what is on disk.
version_of() {
	"/proc/$1/exe" --version
}

check_upgrade() {
	local supervisor worker version

	echo 'loadavg = off # ours' >>"$conf"
	supervisor=$(supervisor)
	worker=$(workers)
	version=$(version_of "$worker")
	survives $seconds $patience "$format: upgrade" \
		manage install "$packages/next.$format"
	wait_for $seconds settled '' "$worker" || fail "upgraded: $(cat "$said")"
	check 'supervisor' "$supervisor" "$(supervisor)"
	[ "$(version_of "$(workers)")" != "$version" ] ||
		fail "the worker still is $version"
	check 'a change of the settings' 'loadavg = off # ours' \
		"$(tail -n 1 "$conf")"
	check 'its load' '0.00 0.00 0.00' \
		"$(inside "$container" cut -d' ' -f1-3 /proc/loadavg)"
	sees_itself
}

# A container that cannot be freed of our files keeps the package.
check_refusal() {
	mv /usr/sbin/resview-remount /usr/sbin/resview-remount.good
	cp /bin/false /usr/sbin/resview-remount
	! manage remove || fail 'it is removed with containers that need it'
	grep -q 'Stop these containers' "$said" || fail "it says $(cat "$said")"
	mv /usr/sbin/resview-remount.good /usr/sbin/resview-remount
	settled '' || fail "not removed: $(describe)"
	sees_itself
}

# Nor is it removed while containers run that are ended by our runtime; it does
# nothing at all then. A container that has ended, and its pid is nobody's, is no
# matter.
check_runtime() {
	local tasks=/run/containerd/io.containerd.runtime.v2.task/moby
	local runtime=/usr/libexec/resview/resview-runtime

	mkdir -p $tasks/lives $tasks/ended $tasks/other
	printf %s $runtime | tee $tasks/lives/runtime >$tasks/ended/runtime
	printf %s /usr/sbin/runc >$tasks/other/runtime
	printf %s $$ | tee $tasks/other/init.pid >$tasks/lives/init.pid
	printf %s 4194305 >$tasks/ended/init.pid
	! manage remove || fail 'it is removed while a container needs it'
	check 'containers that need it' lives \
		"$(tr -d '\r' <"$said" | sed -n 's/.*not removed: .*again: //p')"
	settled '' || fail "not removed: $(describe)"
	sees_itself
	rm -r $tasks
	rmdir --parents --ignore-fail-on-non-empty ${tasks%/*}
}

# Wiring as it is done otherwise: a link, a change by the operator, and a file
# that is nobody's to remove.
add_wiring() {
	ln -s /usr/share/resview/hooks.d/50-resview.json $hooks/51-link.json
	sed 's/createRuntime/prestart/' $hooks/50-resview.json \
		>$hooks/52-own.json
	echo '{"hook": {"path": "/bin/true"}}' >$hooks/99-other.json
	mkdir -p /etc/docker
	/usr/libexec/resview/resview-hook --print-config docker \
		>/etc/docker/daemon.json
	mkdir -p $lxc
	/usr/libexec/resview/resview-hook --default=off --timeout=7 \
		--print-config lxc >$lxc/50-resview.conf
	sed 's/=off/=on/; $s/#//' $lxc/50-resview.conf >$lxc/51-own.conf
}

# read_on: opens files of the container again and again; a line for each failure.
read_on() {
	inside "$container" bash -c 'while :; do
		cat /proc/{meminfo,stat,uptime} >/dev/null; done'
}

check_remove() {
	local reader

	add_wiring
	mkdir -p '/srv/x 1\x'
	mount --bind $fs '/srv/x 1\x'
	read_on 2>/run/errors &
	reader=$!
	must_manage remove
	sleep 0.2
	kill "$reader"
	check 'errors of a reader' '' "$(head -n 3 /run/errors)"
	check 'hooks' '52-own.json.removed 99-other.json' \
		"$(cd $hooks && echo *)"
	check 'hooks of LXC' 51-own.conf.removed "$(cd $lxc && echo *)"
	grep -q '/etc/docker/daemon.json still names' "$said" ||
		fail "not a word on Docker: $(cat "$said")"
	check_gone
	rm -r "${hooks:?}"/* /etc/docker /usr/share/lxc '/srv/x 1\x'
	run_container
	check 'views of a new container' '' "$(views_of "$container")"
}

check_gone() {
	check 'views' '' "$(views_of "$container")"
	inside "$container" grep -q ^MemTotal /proc/meminfo ||
		fail 'it reads nothing'
	check 'mounts' '' "$(grep fuse.resview /proc/self/mountinfo)"
	check 'processes' '' "$(pgrep -a '^resview')"
	check 'unit' 'not-found inactive' "$(show LoadState) $(show ActiveState)"
	check 'files' '' "$(find / -xdev -name '*resview*' \
		! -path '/usr/share/doc/*' ! -path '/etc/resview*' \
		! -path '/var/lib/*' ! -path '/srv/*' ! -path '/tmp/*' \
		! -name 'resview-*.service' ! -name 'resview-*.target')"
	[ ! -e /run/resview ] || fail '/run/resview is still there'
}

# What is the operator's stays, until it is purged.
check_settings_deb() {
	check 'settings' 'loadavg = off # ours' "$(tail -n 1 "$conf")"
	must_manage purge
	check 'settings' '' "$(find /etc -name 'resview*.conf*')"
	[ ! -e /etc/resview ] || fail '/etc/resview is still there'
}

check_settings_rpm() {
	check 'settings' 'loadavg = off # ours' "$(tail -n 1 "$conf.rpmsave")"
	rm -r /etc/resview
}

make_rootfs
printf '%-36s %7s %8s %7s %9s %9s\n' '' 'took ms' cycles errors 'worst ms' \
	NRestarts
for format; do
	check_install
	check_upgrade
	check_refusal
	check_runtime
	check_remove
	"check_settings_$format"
done
p rm --force --all --time 0 >/dev/null
exit "$failed"
