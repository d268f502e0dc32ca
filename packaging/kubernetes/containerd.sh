# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# containerd on a node: a runtime handler named resview, for the RuntimeClass of
# that name. Sourced by node.sh. containerd 1.x does not merge tables of files
# that it imports, so ours goes to the end of config.toml, between two lines by
# which it is found again; the rest of the file stays as it is.
#
# shellcheck disable=SC2154 # hook: of node.sh

config=/etc/containerd/config.toml
copy=$config.before-resview
base=/etc/containerd/resview-node.json # resview.json: who wires by hand
first='# resview: begin, added by its DaemonSet'
last='# resview: end'

# The file, and what of it is not ours. What could not be read is not empty: it
# would be written back as that. Without our last line all that follows would
# seem ours.
read_config() {
	old=$(had "$config") || die "cannot read $config on the host"
	rest=$(printf '%s\n' "$old" | sed "/^$first\$/,/^$last\$/d") ||
		die "cannot read $config"
	! is_ours || printf '%s\n' "$old" | grep -qxF "$last" ||
		die "$config has the line \"$first\", and no \"$last\""
}

is_ours() {
	printf '%s\n' "$old" | grep -qxF "$first"
}

# make_block: of what the hook prints, the table as the version of the file names
# it, with the cgroup driver that the other handlers have.
make_block() {
	table='[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.resview]'
	! printf '%s\n' "$rest" | grep -q '^version *= *3' ||
		table="[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.resview]"
	driver='/^$/d'
	! printf '%s\n' "$rest" | grep -q '^[^#]*SystemdCgroup *= *true' ||
		driver='s/^  # *\(\[plugins.*\)/\1/; s/^  # *\(SystemdCgroup\)/  \1/'
	block=$(host "$hook" --print-config containerd |
		awk -v table="$table" '$0 == table { on = 1 } /^$/ { on = 0 } on' |
		sed -e "$driver" -e '/^  #/d' \
			-e "s|\"/etc/containerd/resview\.json\"|\"$base\"|")
	case $block in
	"$table"*"\"$base\""*) ;;
	*) die "\"$hook --print-config containerd\" prints no such handler" ;;
	esac
}

# make_config: $new. Without a file containerd has defaults, and a file needs a
# version.
make_config() {
	make_block
	new="${rest:-version = 2}
$first
$block
$last"
}

# Containers go on while containerd is restarted: their shims are processes of
# their own. A file that containerd cannot read would be the end of it at its next
# start; and in one of version 1, which is one that does not say its version, our
# table is not seen.
check_config() {
	case $rest in
	*'runtimes.resview]'*)
		die "$config has a handler \"resview\" that is not ours"
		;;
	esac
	host sh -c 'command -v containerd' >/dev/null || return 0
	put_text 644 "$config.resview" "$new"
	dump=$(host containerd --config "$config.resview" config dump) || dump=''
	host rm -f "$config.resview"
	case $dump in
	*'runtimes.resview]'*) ;;
	'') die "containerd refuses $config with our handler" ;;
	*) die "containerd does not see our handler in $config: is the" \
		"file one of version 1, or the plugin of CRI disabled?" ;;
	esac
}

# The operator's file, as it was before we have changed it first.
keep_copy() {
	# shellcheck disable=SC2016 # the host's shell
	is_ours || host sh -c '[ ! -e "$1" ] || cp -p "$1" "$2"' sh \
		"$config" "$copy" || die "cannot write $copy on the host"
}

# The same text twice is no change, and no restart, unless one is still due.
add_containerd() {
	# shellcheck disable=SC2016 # the host's shell
	spec=$(host sh -c 'ctr oci spec | "$1" --add-hooks' sh "$hook") ||
		die 'no base spec can be made by "ctr oci spec" and' \
			'"resview-hook --add-hooks"'
	read_config
	make_config
	old_spec=$(had "$base") || die "cannot read $base on the host"
	if [ "$old_spec" != "$spec" ] || [ "$old" != "$new" ]; then
		say "adding the handler \"resview\" to $config"
		check_config
		keep_copy
		restart_is_due
		put_text 644 "$base" "$spec"
		put_text 644 "$config" "$new"
	fi
	restart containerd && return
	forget_handler
	restart containerd || true
	die "containerd does not start with our handler: taken out again"
}

# forget_handler: the file as it was; none, if we have made it.
forget_handler() {
	if [ "$rest" = 'version = 2' ] && ! host test -e "$copy"; then
		host rm -f "$config"
	else
		put_text 644 "$config" "$rest"
	fi
}

# The handler before what it names.
remove_containerd() {
	read_config
	if is_ours; then
		restart_is_due
		forget_handler
	fi
	is_restart_due || return 0
	host rm -f "$base" "$copy"
	! is_active containerd.service || restart containerd ||
		die 'containerd does not start: see its log'
}
