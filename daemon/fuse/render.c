/* SPDX-License-Identifier: Apache-2.0 */
/* From a node and a container to the text of the file. */
#include "render.h"

#include <errno.h>
#include <stdbool.h>

#include "base.h"
#include "catalog.h"
#include "containers.h"
#include "log.h"
#include "metrics.h"
#include "service.h"
#include "slots.h"
#include "view.h"

/* Who reads in a loop what cannot be read must not fill the log. */
#define COMPLAIN_NS (10 * NSEC_PER_SEC)

static bool may_complain(struct service *s)
{
	uint64_t last = atomic_load(&s->complained);
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	return (last == 0 || now - last > COMPLAIN_NS) &&
	       atomic_compare_exchange_strong(&s->complained, &last, now);
}

static int complain(struct thread *t, int r, uint64_t serial, const char *path)
{
	char name[RECORD_ID_MAX + 1];

	if (!may_complain(t->service))
		return r;

	containers_name(t->service->containers, serial, name, sizeof(name));
	return log_warning(r, "the last figures are shown",
			   "container %s: render %s for pid %d", name, path,
			   (int)slot_caller(t->slot));
}

int render(struct thread *t, uint64_t id, uint64_t serial)
{
	struct service *s = t->service;
	struct star star;
	const struct view *view = catalog_view(s->catalog, id, &star);
	int r;

	str_reset(&t->text);
	if (catalog_is_metrics(s->catalog, id))
		return metrics_write(s, &t->text);
	if (!view)
		return catalog_read(s->catalog, id, &t->text);

	snapshot_reset(&t->snapshot);
	t->snapshot.star = star;
	r = containers_gather(s->containers, serial, view->needs, &t->snapshot);
	if (r == 0) {
		view->render(&t->snapshot, &t->text);
		r = t->text.err;
	}
	if (r < 0 && r != -ESRCH) {
		counters_event(t->slot, EVENT_GATHER_FAILED);
		complain(t, r, serial, view->path);
	}

	return r;
}
