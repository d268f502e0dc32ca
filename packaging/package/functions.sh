#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the maintainer scripts of the .deb and of the .rpm do: this text is put
# before each of them. Nothing is switched on by installing: that is the
# operator's "systemctl enable --now resviewd".

set -eu
unit=resviewd.service
run=/run/resview
libexec=/usr/libexec/resview
states=/run # of engines

say() {
	echo "resview: $*" >&2
}

with_systemd() {
	[ -d /run/systemd/system ]
}

# supervisor: the pid of the resviewd of $run, if it runs without systemd. A pid
# in a file may be another's by now, so it is asked what it runs.
supervisor() {
	[ -e $run/lock ] || return 1
	pid=$(tr -cd 0-9 <$run/lock)
	case $(readlink "/proc/$pid/exe") in
	/usr/sbin/resviewd | '/usr/sbin/resviewd (deleted)') echo "$pid" ;;
	*) return 1 ;;
	esac
}

# --- install and upgrade ---------------------------------------------------

# A reload is the live upgrade: the worker that is now on disk takes the place of
# the one that serves, and no reader notices. The supervisor of before goes on
# until somebody restarts it.
installed() {
	if with_systemd; then
		systemctl daemon-reload || true
		! systemctl --quiet is-active $unit ||
			systemctl reload $unit ||
			say "cannot reload $unit: what ran before goes on"
	elif pid=$(supervisor); then
		kill -HUP "$pid"
	fi
}

# --- remove ----------------------------------------------------------------

detach() {
	[ ! -d $run ] || /usr/sbin/resview-remount --detach
}

# What runs, and the connection that systemd would keep for the next start (254
# and later; before, a stop gives it up). Containers that were started after the
# first detach are looked for once more, when nobody mounts into them any more.
stop() {
	if with_systemd; then
		systemctl --quiet disable --now $unit ||
			say "cannot stop $unit"
		detach || true
		systemctl clean --what=fdstore $unit 2>/dev/null || true
	elif pid=$(supervisor); then
		kill "$pid"
		detach || true
	fi
}

# runtime_users: containers that run, and whose engine calls our runtime to stop
# them, by itself or by a script that Docker has made of its arguments. Only root
# writes these files of containerd's, which are gone when a container is stopped.
runtime_users() {
	for file in "$states"/containerd/io.containerd.*/*/*/runtime \
		"$states"/*/containerd/io.containerd.*/*/*/runtime \
		"$states"/*/containerd/*/io.containerd.*/*/*/runtime; do
		[ -e "$file" ] || continue
		bundle=${file%/runtime}
		pid=$(cat "$bundle/init.pid" 2>/dev/null) || continue
		[ ! -d "/proc/$pid" ] ||
			! grep -qsI "$libexec/resview-runtime" "$file" \
				"$(cat "$file")" ||
			printf ' %s' "${bundle##*/}"
	done
}

# Containers that need the runtime could be neither stopped nor entered from here
# on, and those that have our files would read errors. So they keep the package
# unless they can be freed: they have to be stopped first.
removing() {
	users=$(runtime_users)
	if [ -n "$users" ]; then
		say "not removed: without its resview-runtime nobody could" \
			"stop these containers of Docker's or containerd's." \
			"Stop them, then remove it again:$users"
		exit 1
	fi
	if ! detach; then
		say "not removed: the containers above still have its files," \
			"and could not read them any more. Stop these" \
			"containers, then remove it again"
		exit 1
	fi
	stop
	unwire
}

# bare FILE: without what options of "resview-hook --print-config" change.
bare() {
	grep -vs -e '"args":' -e '"timeout":' -e '^#lxc\.mount\.entry =' \
		-e '^#*lxc\.hook\.[a-z-]* = [^ ]*/resview-hook --lxc' "$1"
}

# ours FILE: is it as we have installed or printed it, or a link to that?
ours() {
	for example in /usr/share/resview/*/*; do
		[ "$(bare "$1")" != "$(bare "$example")" ] || return 0
	done
	return 1
}

# An engine that is told of a hook which is gone starts no container at all. So
# hook files that are as we made them go; others are put aside, as they may have
# the operator's own work in them. The rest is one line among many of others.
unwire() {
	for file in /etc/containers/oci/hooks.d/*.json \
		/usr/share/containers/oci/hooks.d/*.json /etc/cdi/*.json \
		/usr/share/lxc/config/common.conf.d/*.conf; do
		! grep -qs "^[^#]*$libexec/" "$file" || unwire_file "$file"
	done
	grep -rlsI "^[^#]*$libexec/" /etc/docker /etc/containerd /etc/crio \
		/etc/containers /etc/lxc /var/lib/lxc/*/config \
		/etc/systemd/system |
		while read -r file; do
			[ "${file%.removed}" != "$file" ] ||
				say "$file still names $libexec, which is" \
					"gone now: change it, and restart" \
					"the engine"
		done
}

unwire_file() {
	if ours "$1"; then
		rm -f "$1"
		say "$1 removed"
	else
		mv "$1" "$1.removed"
		say "$1 is not as installed: put aside as $1.removed"
	fi
}

# our_mounts: where the host has file systems of ours, by their numbers; as
# mountinfo writes it, "\040" for a blank.
our_mounts() {
	[ ! -e $run/devices ] ||
		awk 'NR == FNR { ours[$1]; next }
			$3 in ours && / - fuse\.resview / { print $5 }' \
			$run/devices /proc/self/mountinfo
}

# The programs are gone: nobody makes any of this again. "\0040" is what printf
# knows, whatever digit follows.
removed() {
	our_mounts | sed 's/\\\([0-7]\{3\}\)/\\0\1/g' | while read -r place; do
		umount -l "$(printf '%b' "$place")" || true
	done
	rm -rf $run
	with_systemd || return 0
	systemctl daemon-reload || true
	systemctl reset-failed $unit 2>/dev/null || true
}
