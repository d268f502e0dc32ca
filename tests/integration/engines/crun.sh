# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# crun by hand, as runc. See engines.sh.
# shellcheck disable=SC2154

# shellcheck source=tests/integration/engines/runc.sh
. "$here/engines/runc.sh"
# shellcheck disable=SC2034 # of runc.sh
by_hand=crun
