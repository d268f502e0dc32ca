/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot's memory is kept from one rendering to the next. */
#include "snapshot.h"

#include <stdlib.h>

#include "base.h"

#define KEPT_MAX (4 << 20) /* bytes of a text that are kept */

static void each_text(struct snapshot *s, void (*f)(struct str *))
{
	struct str *const texts[] = {
		&s->host_meminfo,    &s->host_cpuinfo,    &s->host_vmstat,
		&s->host_diskstats,  &s->host_schedstat,  &s->host_softirqs,
		&s->host_interrupts, &s->host_partitions, &s->host_disk,
		&s->host_node,       &s->pressure,        &s->slabinfo,
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		f(texts[i]);
}

/* One reader of a large file, and each thread would hold a copy for good. */
static void renew(struct str *text)
{
	if (text->cap > KEPT_MAX)
		str_free(text);
	else
		str_reset(text);
}

void snapshot_reset(struct snapshot *s)
{
	each_text(s, renew);
	s->cpuinfo.n = 0;
	s->memory = (struct memory){ 0 };
	s->node_memory = (struct memory){ 0 };
	s->numa = (struct numa){ 0 };
	s->cputime.n = 0;
	s->disks.n = 0;
	s->disks.host = false;
	s->disk = (struct io_device){ 0 };
	s->vmevents.n = 0;
	s->vmevents.host = false;
}

void snapshot_free(struct snapshot *s)
{
	each_text(s, str_free);
	cpuinfo_free(&s->cpuinfo);
	free(s->cputime.lines);
	*s = (struct snapshot){ 0 };
}
