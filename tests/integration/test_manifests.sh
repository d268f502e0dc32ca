#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The Kubernetes manifests are what its API takes, by its schema, without a
# cluster; and what is wrong in one is found. The tools come from npm, and stay in
# build/programs/npm.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need node npm
manifests=$top/packaging/kubernetes
tools=$programs/npm

fetch_tools() {
	[ ! -x "$tools/node_modules/.bin/tsc" ] || return 0
	mkdir -p "$tools"
	timeout 150 npm install --prefix "$tools" --no-audit --no-fund \
		--ignore-scripts kubernetes-models@4 typescript@7 yaml@2 \
		>"$work/npm" 2>&1 ||
		skip "npm: $(grep -m 1 'error' "$work/npm" || echo 'no answer')"
}

# check FILE...: from beside the tools, where node looks for them.
check() {
	cp "$here/manifests.mjs" "$tools"
	(cd "$tools" && timeout 600 node manifests.mjs "$@")
}

# is_found WHAT SED-SCRIPT: in daemonset.yaml.
is_found() {
	sed "$2" "$manifests/daemonset.yaml" >"$work/daemonset.yaml"
	! cmp -s "$work/daemonset.yaml" "$manifests/daemonset.yaml" ||
		fail "$1: nothing to be found"
	! check "$work/daemonset.yaml" >"$work/said" || fail "$1: not found"
	grep -q "$3" "$work/said" || fail "$1: found otherwise: $(cat "$work/said")"
	echo "$1: $(grep -c . "$work/said") lines"
}

fetch_tools

step "every manifest"
files=()
for file in "$manifests"/*.yaml; do
	case $file in
	*/kustomization.yaml) ;;
	*) files+=("$file") ;;
	esac
done
check "${files[@]}"

step "what is wrong is found"
is_found 'a field that there is not' 's/hostPID:/hostPid:/' hostPid
is_found 'a value of another type' 's/privileged: true/privileged: "yes"/' \
	'privileged must be boolean'
is_found 'a field that is missing' '/^  selector:/,/name: resview$/d' \
	"required property selector"
is_found 'a value that there is not' 's/type: RollingUpdate/type: Rolling/' \
	Rolling

step "kustomization.yaml names files that there are"
sed -n 's/^  - \(.*\.yaml\)$/\1/p' "$manifests/kustomization.yaml" |
	while read -r file; do
		[ -e "$manifests/$file" ] || fail "$file does not exist"
	done

step "all nodes are left as they were entered: the same directory and image"
assert_equal "RESVIEW_DIR" 2 "$(grep -h -A 1 'name: RESVIEW_DIR' \
	"$manifests"/{daemonset,remove}.yaml | grep -c 'value: /opt/resview$')"
image=$(sed -n 's/^    newName: //p' "$manifests/kustomization.yaml"):$(
	sed -n 's/^    newTag: //p' "$manifests/kustomization.yaml")
assert_equal "image of remove.yaml" "$image" \
	"$(sed -n 's/^          image: //p' "$manifests/remove.yaml")"

step "containerd.sh takes what the hook prints"
"$hook" --print-config containerd >"$work/containerd"
grep -oE "\[plugins\..*\.resview\]" "$manifests/containerd.sh" |
	while read -r table; do
		grep -qxF "$table" "$work/containerd" ||
			fail "$table: not printed"
		echo "$table"
	done
