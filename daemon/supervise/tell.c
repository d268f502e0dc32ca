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

void tell_ready(const struct supervisor *s)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "READY=1\nSTATUS=Serving, worker %d",
		       (int)workers_serving(&s->workers));
	tell(s, text);
}

void tell_alive(const struct supervisor *s)
{
	tell(s, "WATCHDOG=1");
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
