#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# resview on a node of a Kubernetes cluster. What serves containers is a service
# of the host: it does not end with the pod that has brought it there.
#
# Who chooses what is done: the environment is that of the manifest, which only
# an administrator of the cluster can apply. Nothing of another pod is read.

set -eu

usage() {
	cat <<'END'
usage: node.sh install|remove|status [--wait]

install  put the programs and the service on the host, or a newer version in
         place of what runs there, and tell the container engine
remove   tell it to forget them, and take all of it away
status   by the exit code: is the service up, and have all containers what
         they should have?

--wait   stay when done, as the pod of a DaemonSet must

  RESVIEW_DIR        where on the host (/opt/resview)
  RESVIEW_ENGINE     crio, containerd, none, or auto: the one that runs
  RESVIEW_HOOKS_DIR  where CRI-O looks (/usr/share/containers/oci/hooks.d, or
                     the same in /etc if its configuration names that)
  RESVIEW_OPTIONS    of resview-hook, for CRI-O (--default=off)
  RESVIEW_IMAGE      where they are here (/opt/resview)
  RESVIEW_INIT       the host's init, as seen from here (1)
END
}

dir=${RESVIEW_DIR:-/opt/resview}
engine=${RESVIEW_ENGINE:-auto}
hooks_dir=${RESVIEW_HOOKS_DIR:-}
options=${RESVIEW_OPTIONS---default=off}
image=${RESVIEW_IMAGE:-/opt/resview}
init=${RESVIEW_INIT:-1}

programs='sbin/resviewd sbin/resview-remount
	libexec/resview/resview-worker libexec/resview/resview-hook'
unit=/etc/systemd/system/resviewd.service
run=/run/resview

say() {
	echo "node.sh: $*"
}

die() {
	echo "node.sh: $*" >&2
	exit 1
}

# --- the host --------------------------------------------------------------

here=$(dirname "$0")
# shellcheck source=packaging/kubernetes/host.sh
. "$here/host.sh"

# resolve_dir: $dir as the kernel and the hook name it, for /opt may be a link.
resolve_dir() {
	is_plain "$dir"
	dir=$(host readlink -m "$dir") || die "RESVIEW_DIR: cannot resolve '$dir'"
	is_plain "$dir"
	hook=$dir/libexec/resview/resview-hook
	stamp=$dir/libexec/resview/node  # what was installed by us
	due=$dir/libexec/resview/restart # an engine has to be restarted
}

is_plain() {
	case $1 in
	*[!a-zA-Z0-9_./-]* | [!/]* | '' | /)
		die "RESVIEW_DIR: '$1' is not a plain path"
		;;
	esac
}

# --- the service -----------------------------------------------------------

# The unit of the image, with the host's paths in it.
unit_text() {
	sed "s|/[^ =]*/sbin/resview|$dir/sbin/resview|" \
		"$image/lib/systemd/system/resviewd.service"
}

# Of all that we install: another one is another version.
version() {
	# shellcheck disable=SC2086 # a list
	(cd "$image" && echo "$dir" && unit_text && cat $programs) | sha256sum
}

# read_unit: $unit_had. One by hand has the same place as ours.
read_unit() {
	unit_had=$(had "$unit") || die "cannot read $unit on the host"
}

is_our_unit() {
	case $unit_had in
	*"=$dir/sbin/resviewd "*) ;;
	*) return 1 ;;
	esac
}

# A package's unit is another installation, that is not ours to replace.
refuse_other() {
	other=$(host systemctl show --value --property FragmentPath \
		resviewd.service)
	case $other in
	'' | "$unit") ;;
	*) die "the host has resview already: $other" ;;
	esac
	read_unit
	[ -z "$unit_had" ] || is_our_unit ||
		die "the host has resview already: $unit, which does not" \
			"name $dir/sbin/resviewd"
}

# The stamp is away until what it stands for serves.
install_programs() {
	host rm -f "$stamp"
	for program in $programs; do
		put 755 "$dir/$program" <"$image/$program"
	done
	! host sh -c 'command -v restorecon' >/dev/null ||
		host restorecon -R "$dir" || true
	host "$dir/sbin/resviewd" --version >/dev/null ||
		die "$dir/sbin/resviewd does not run on this host:" \
			"is it mounted noexec? See RESVIEW_DIR"
	put_text 644 "$unit" "$(unit_text)"
	host systemctl daemon-reload
}

# serves_new: is the worker that serves of the program that is on disk now? The
# kernel says of a file that was replaced that it is deleted.
serves_new() {
	# shellcheck disable=SC2016 # the host's shell
	host sh -c 'read -r pid rest <"$2" &&
		[ "$(readlink "/proc/$pid/exe")" = "$1" ]' sh \
		"$dir/libexec/resview/resview-worker" "$run/worker"
}

# A reload is seen by no reader: a worker from the new program takes over, within
# 10 s, or the old one serves on.
upgrade_service() {
	say 'upgrading resviewd'
	host systemctl reload resviewd.service
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		! serves_new || return 0
		sleep 1
	done
	die 'the new version does not serve, so the old one does: see the log'
}

start_service() {
	host systemctl --quiet enable resviewd.service
	if ! is_active resviewd.service; then
		say 'starting resviewd'
		host systemctl start resviewd.service ||
			die 'resviewd does not start: see its log on the host'
	elif ! serves_new; then
		upgrade_service
	fi
}

install_service() {
	refuse_other
	if [ "$(had "$stamp")" = "$(version)" ] &&
		[ "$unit_had" = "$(unit_text)" ]; then
		say 'this version is installed'
	else
		say "installing in $dir"
		install_programs
	fi
	start_service
	put_text 644 "$stamp" "$(version)"
}

# Containers get the kernel's files back before there is nobody who serves ours:
# those that cannot have them would read errors from here on.
remove_service() {
	read_unit
	is_our_unit || return 0
	host "$dir/sbin/resview-remount" --detach ||
		die 'not removed: the containers above still have its files.' \
			'Stop them, then remove it again'
	host systemctl --quiet disable --now resviewd.service || true
	host systemctl clean --what=fdstore resviewd.service 2>/dev/null || true
	host umount --lazy "$run/fs" 2>/dev/null || true
	host rm -rf "$unit" "$run"
	host systemctl daemon-reload
	host systemctl reset-failed resviewd.service 2>/dev/null || true
}

# Files by name: the directory may be one of the host's, say /usr/local.
remove_programs() {
	for program in $programs; do
		host rm -f "$dir/$program"
	done
	host rm -f "$stamp" "$due"
	host rmdir "$dir/libexec/resview" 2>/dev/null || true
	case $dir in
	*/resview)
		host rmdir "$dir/libexec" "$dir/sbin" "$dir" 2>/dev/null || true
		;;
	esac
}

# --- the engines -----------------------------------------------------------

# An engine is told by files first and restarted then. Whoever is killed between
# the two leaves this word to the next.
restart_is_due() {
	put_text 644 "$due" due
}

is_restart_due() {
	host test -e "$due"
}

# restart ENGINE: if that is due.
restart() {
	is_restart_due || return 0
	say "restarting $1"
	host systemctl restart "$1.service" && host rm -f "$due"
}

# shellcheck source=packaging/kubernetes/containerd.sh
. "$here/containerd.sh"
# shellcheck source=packaging/kubernetes/crio.sh
. "$here/crio.sh"

find_engine() {
	[ "$engine" = auto ] || return 0
	for engine in crio containerd none; do
		[ "$engine" = none ] || ! is_active "$engine.service" || break
	done
	say "container engine: $engine"
}

# --- the commands ----------------------------------------------------------

do_install() {
	find_engine
	install_service
	case $engine in
	crio) add_crio ;;
	containerd) add_containerd ;;
	none) ;;
	*) die "RESVIEW_ENGINE: '$engine' is none that we know" ;;
	esac
	say 'done'
}

do_remove() {
	remove_crio
	remove_containerd
	remove_service
	remove_programs
	say 'nothing is left'
}

do_status() {
	is_active resviewd.service || die 'resviewd does not run'
	host "$dir/sbin/resview-remount" --check
}

# Ended by a signal, the pod has not failed, and no sleep stays behind among the
# host's processes.
stay() {
	sleep 3600 &
	trap 'kill "$!"; exit 0' TERM INT
	: >/tmp/resview-node-done
	while wait "$!"; do
		sleep 3600 &
	done
}

verb=${1:-}
case $verb in
install | remove | status) ;;
--help | -h) usage && exit 0 ;;
*)
	echo "node.sh: unknown command '$verb', see --help" >&2
	exit 2
	;;
esac
case ${2:-} in
'' | --wait) ;;
*)
	echo "node.sh: unknown option '$2', see --help" >&2
	exit 2
	;;
esac

# A pod that is deleted ends between two steps, not in one.
trap 'exit 143' TERM INT
resolve_dir
"do_$verb"
[ "${2:-}" != --wait ] || stay
