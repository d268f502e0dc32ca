/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager hears of us. It may be deaf for a moment, or for
 * good: we serve all the same. */
#include "tell.h"

#include <inttypes.h>
#include <stdio.h>

#include "base.h"
#include "supervisor.h"

#define START_US 30000000

static void tell(const struct supervisor *s, const char *text)
{
	(void)notify_send(&s->notify, -1, text);
}

/* We may have read a file before we hear that its worker serves. */
static void tell_serving(const struct supervisor *s, const char *what)
{
	char text[128];
	int pid = (int)workers_serving(&s->workers);

	if (pid)
		(void)snprintf(text, sizeof(text),
			       "%s=1\nSTATUS=Serving, worker %d", what, pid);
	else
		(void)snprintf(text, sizeof(text), "%s=1\nSTATUS=Serving",
			       what);
	tell(s, text);
}

void tell_ready(const struct supervisor *s)
{
	tell_serving(s, "READY");
}

void tell_alive(const struct supervisor *s)
{
	tell_serving(s, "WATCHDOG");
}

void tell_starting(const struct supervisor *s)
{
	char text[128];

	(void)snprintf(text, sizeof(text),
		       "EXTEND_TIMEOUT_USEC=%d\nSTATUS=Starting a worker",
		       START_US);
	tell(s, text);
}

void tell_stopping(const struct supervisor *s)
{
	tell(s, "STOPPING=1\nSTATUS=Ending");
}

void tell_reloading(struct supervisor *s)
{
	char text[128];

	if (!s->proven || s->ending)
		return;

	s->reloading = true;
	(void)snprintf(text, sizeof(text),
		       "RELOADING=1\nMONOTONIC_USEC=%" PRIu64
		       "\nSTATUS=Changing workers",
		       clock_ns(CLOCK_MONOTONIC) / 1000);
	tell(s, text);
}

void tell_reloaded(struct supervisor *s)
{
	if (!s->reloading || s->workers.reloading || s->workers.reload)
		return;

	s->reloading = false;
	if (!s->ending)
		tell_ready(s);
}
