# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# containerd on a node: a runtime handler named resview, for the RuntimeClass of
# that name. Sourced by node.sh. containerd 1.x does not merge tables of files
# that it imports, so ours goes to the end of config.toml, between two lines by
# which it is found again; the rest of the file stays as it is.
#
# shellcheck disable=SC2154 # hook: of node.sh

config=/etc/containerd/config.toml
base=/etc/containerd/resview.json
first='# resview: begin, added by its DaemonSet'
last='# resview: end'

# The file without what we have added.
config_rest() {
	had "$config" | sed "/^$first\$/,/^$last\$/d"
}

# config_block: of what the hook prints, the table as the version of the file
# names it, with the cgroup driver that the other handlers have.
config_block() {
	table='[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.resview]'
	! config_rest | grep -q '^version *= *3' ||
		table="[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.resview]"
	driver='/^$/d'
	! config_rest | grep -q '^[^#]*SystemdCgroup *= *true' ||
		driver='s/^  # *\(\[plugins.*\)/\1/; s/^  # *\(SystemdCgroup\)/  \1/'
	echo "$first"
	host "$hook" --print-config containerd |
		awk -v table="$table" '$0 == table { on = 1 } /^$/ { on = 0 } on' |
		sed -e "$driver" -e '/^  #/d'
	echo "$last"
}

# Without a file containerd has defaults, and a file needs a version.
config_text() {
	config_rest | awk 1
	[ -n "$(config_rest)" ] || echo 'version = 2'
	config_block
}

# Containers go on while containerd is restarted: their shims are processes of
# their own.
restart_containerd() {
	say 'restarting containerd'
	host systemctl restart containerd.service
}

# A file that containerd cannot read would be the end of it at its next start.
check_config() {
	if config_rest | grep -q 'runtimes\.resview\]'; then
		die "$config has a handler \"resview\" that is not ours"
	fi
	config_text | put 644 "$config.resview"
	# shellcheck disable=SC2016 # the host's shell
	host sh -c '! command -v containerd >/dev/null ||
		containerd --config "$1" config dump >/dev/null' sh \
		"$config.resview" || bad=yes
	host rm -f "$config.resview"
	[ -z "${bad:-}" ] || die "containerd refuses $config with our handler"
}

# The same text twice is no change, and no restart.
add_containerd() {
	# shellcheck disable=SC2016 # the host's shell
	text=$(host sh -c 'ctr oci spec | "$1" --add-hooks' sh "$hook") ||
		die 'no base spec can be made by "ctr oci spec" and' \
			'"resview-hook --add-hooks"'
	if [ "$(had "$base")" = "$text" ] &&
		[ "$(had "$config")" = "$(config_text)" ]; then
		return
	fi
	say "adding the handler \"resview\" to $config"
	printf '%s\n' "$text" | put 644 "$base"
	check_config
	config_text | put 644 "$config"
	restart_containerd && return
	forget_handler
	restart_containerd || true
	die "containerd does not start with our handler: taken out again"
}

# forget_handler: the file as it was; none, if we have made it.
forget_handler() {
	if [ "$(config_rest)" = 'version = 2' ]; then
		host rm -f "$config"
	else
		config_rest | put 644 "$config"
	fi
}

# The handler before what it names.
remove_containerd() {
	if had "$config" | grep -qxF "$first"; then
		forget_handler
		! is_active containerd.service || restart_containerd ||
			die 'containerd does not start: see its log'
	fi
	host rm -f "$base"
}
