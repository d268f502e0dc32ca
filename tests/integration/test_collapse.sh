#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Layers are taken from beneath a live one while readers, here and in a namespace
# that has but one layer, read on; whatever propagates where, and also when the
# one who does it is killed.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/without.sh
. "$here/without.sh"

try=$build/tests/integration/try_collapse
[ -x "$try" ] || fail "$try is not built"
[ -c /dev/fuse ] || skip "no /dev/fuse here"

for kind in private layers shared slave; do
	step "1 to 4 layers: $kind"
	for layers in 1 2 3 4; do
		lacking "$try" '' $kind $layers
	done
done

step "killed"
lacking "$try" '' killed 3

step "before Linux 5.15: what is shared stays"
old='openat2 mount_setattr move_mount_beneath move_mount_set_group'
lacking "$try" "$old" private 4
lacking "$try" "$old" slave 4
lacking "$try" "$old" old_place 4
lacking "$try" "$old" old_layers 4
lacking "$try" move_mount_set_group old_place 4

if unshare --user true 2>/dev/null; then
	step "a namespace of another user namespace, and a copy of it"
	lacking "$try" '' owner 2
	lacking "$try" '' locked 2
else
	echo "SKIP: no user namespaces here"
fi
