# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# LXC: a container whose root is nobody on the host. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/lxc.sh
. "$here/engines/lxc.sh"
# shellcheck disable=SC2034 # of lxc.sh
idmap=(100000)
