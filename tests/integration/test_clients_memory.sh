#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Programs say of memory what the limit is, and what of it is used by whom.

# shellcheck source=tests/integration/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/integration/programs.sh
. "$here/programs.sh"

need runc jq
limit=$((256 << 20))
# shellcheck disable=SC2119
start_resviewd
make_client_bundle box ".linux.resources.memory.limit = $limit"
start_container runc box
client box memory "$limit"
