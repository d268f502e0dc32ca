/* SPDX-License-Identifier: Apache-2.0 */
/* How many files we may have open. */
#include "files.h"

#include "base.h"
#include "known.h"
#include "psi.h"
#include "sandbox.h"

#define OTHERS (KNOWN_MAX + TRIGGERS_MAX + 256)

size_t files_limit(void)
{
	size_t most = sandbox_limit_files();

	return max_u64(sub_floor(most, OTHERS), most / 2);
}
