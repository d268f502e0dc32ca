/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/vmstat: every name the host has, with the container's value or 0. */
#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* Search from *NEXT on and around: most lines come in the order of EVENTS. */
static uint64_t value_of(const struct vmevents *events, struct slice name,
			 size_t *next)
{
	for (size_t i = 0; i < events->n; i++) {
		const struct vmevent *e =
			&events->event[(*next + i) % events->n];

		if (*e->name == *name.p && slice_is(name, e->name)) {
			*next = (*next + i + 1) % events->n;
			return e->value;
		}
	}

	return 0;
}

void vmstat_render(const struct snapshot *in, struct str *out)
{
	struct slice rest = slice_of(str_text(&in->host_vmstat));
	struct slice line;
	size_t next = 0;

	if (in->vmevents.host) {
		str_add(out, rest.p, rest.len);
		return;
	}

	while (slice_line(&rest, &line)) {
		struct slice name;

		if (!slice_word(&line, &name))
			continue;

		str_add(out, name.p, name.len);
		str_add(out, " ", 1);
		str_addu(out, value_of(&in->vmevents, name, &next));
		str_add(out, "\n", 1);
	}
}
