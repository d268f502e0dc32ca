/* SPDX-License-Identifier: Apache-2.0 */
/* How many files we may have open. */
#include "files.h"

#include <sys/resource.h>

#include "base.h"
#include "known.h"
#include "psi.h"

#define OTHERS (KNOWN_MAX + TRIGGERS_MAX + 256)
#define WANTED 65536

size_t files_limit(void)
{
	struct rlimit lim = { .rlim_cur = WANTED, .rlim_max = WANTED };
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) < 0)
		return OTHERS;

	/* Only the privileged may raise what they may raise it to. */
	if (now.rlim_max >= WANTED || setrlimit(RLIMIT_NOFILE, &lim) < 0) {
		lim = now;
		lim.rlim_cur = lim.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &lim);
	}
	(void)getrlimit(RLIMIT_NOFILE, &now);
	return max_u64(sub_floor(now.rlim_cur, OTHERS), now.rlim_cur / 2);
}
