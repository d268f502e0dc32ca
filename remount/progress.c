/* SPDX-License-Identifier: Apache-2.0 */
/* How far we are, for somebody who looks on and has begun to wonder. */
#include <stdio.h>
#include <unistd.h>

#include "base.h"
#include "show.h"

#define PATIENCE 1.0 /* seconds */

static double now(void)
{
	return (double)clock_ns(CLOCK_MONOTONIC) / (double)NSEC_PER_SEC;
}

void progress_show(struct progress *p, size_t done, size_t all)
{
	if (p->begun == 0)
		p->begun = now();
	if (now() - p->begun < PATIENCE || !isatty(STDERR_FILENO))
		return;

	(void)fprintf(stderr, "\r\033[K%s %zu of %zu ...", p->what, done, all);
	(void)fflush(stderr);
	p->shown = true;
}

void progress_clear(struct progress *p)
{
	if (!p->shown)
		return;

	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	p->shown = false;
}
