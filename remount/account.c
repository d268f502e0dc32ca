/* SPDX-License-Identifier: Apache-2.0 */
/* A run is added to what the worker shows in its file "metrics". */
#include "account.h"

#include "base.h"
#include "log.h"
#include "machine.h"
#include "outcome.h"
#include "remounts.h"

/* The lock of the run directory is ours (alone.h): nobody else adds. */
void account(const struct survey *s, size_t unwritten)
{
	struct remounts done = {
		.runs = 1,
		.last = clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC,
	};
	struct tally t;
	int r;

	tally(s, &t);
	done.repaired = t.done[ACTION_ATTACH] + t.done[ACTION_SWAP] +
			t.done[ACTION_ADOPT];
	done.failed = t.failed + unwritten;
	r = remounts_add(s->machine->run, REMOUNTS_FILE, &done);
	if (r < 0)
		(void)log_warning(r, "the metrics lack this run",
				  "write " REMOUNTS_FILE);
}
