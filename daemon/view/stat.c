/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/stat: the container's CPU time and tasks, in the kernel's order. */
#include <string.h>

#include "base.h"
#include "snapshot.h"
#include "view.h"

/* The most numbers after the total of intr; some readers take lines of 8 KiB.
 * The host may have many thousand interrupts, all 0 here. */
#define NUMBERS_MAX 1024

/* "cpu4294967295" and ten numbers of 20 digits. */
#define LINE_MAX 256

static char *put_before(char *at, const char *text, size_t len)
{
	return memcpy(at - len, text, len);
}

/* The columns after a line's name, before AT; there are some hundred lines, so
 * no printf here. What has no field is always 0 in a container: iowait, irq and
 * softirq, guest and guest_nice. */
static char *put_columns(char *at, const uint64_t *ticks)
{
	at = put_before(at, " 0 0\n", 5);
	at = u64_put_before(at, ticks[CPU_STEAL]);
	at = put_before(at, " 0 0 0 ", 7);
	at = u64_put_before(at, ticks[CPU_IDLE]);
	*--at = ' ';
	at = u64_put_before(at, ticks[CPU_SYSTEM]);
	*--at = ' ';
	at = u64_put_before(at, ticks[CPU_NICE]);
	*--at = ' ';
	at = u64_put_before(at, ticks[CPU_USER]);
	*--at = ' ';

	return at;
}

/* Written from its end: so a number's digits come, and the sum, which stands
 * above all lines, is known when they are done. */
static void cpus_render(const struct cputime *t, struct str *out)
{
	size_t room = (t->n + 1) * LINE_MAX;
	char *start = str_reserve(out, room);
	uint64_t sum[CPU_FIELDS] = { 0 };
	char *end;
	char *at;

	if (!start)
		return;

	end = at = start + room;
	for (size_t i = t->n; i-- > 0;) {
		const struct cpu_line *line = &t->lines[i];
		uint64_t ticks[CPU_FIELDS];

		for (int f = 0; f < CPU_FIELDS; f++) {
			ticks[f] = line->time[f] / USEC_PER_TICK;
			sum[f] += ticks[f];
		}
		at = u64_put_before(put_columns(at, ticks), line->cpu);
		at = put_before(at, "cpu", 3);
	}
	at = put_before(put_columns(at, sum), "cpu ", 4);

	memmove(start, at, (size_t)(end - at));
	out->len += (size_t)(end - at);
	out->text[out->len] = '\0';
}

/* A total and as many numbers as the host's line has, N in all and at least the
 * total, all 0. */
static void zeros_render(const char *name, uint32_t n, struct str *out)
{
	static const char zeros[] = " 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
	size_t len = 2 * max_u64(min_u64(n, NUMBERS_MAX + 1), 1);

	str_adds(out, name);
	while (len) {
		size_t part = min_u64(len, sizeof(zeros) - 1);

		str_add(out, zeros, part);
		len -= part;
	}
	str_add(out, "\n", 1);
}

static void row_render(const char *name, uint64_t value, struct str *out)
{
	str_adds(out, name);
	str_addu(out, value);
	str_add(out, "\n", 1);
}

void stat_render(const struct snapshot *in, struct str *out)
{
	const struct host_stat *h = &in->host_stat;

	cpus_render(&in->cputime, out);
	zeros_render("intr", h->intr, out);
	row_render("ctxt ", 0, out);
	row_render("btime ", in->btime ? in->btime : h->btime, out);
	row_render("processes ", in->tasks.forks, out);
	row_render("procs_running ", max_u64(in->tasks.running, 1), out);
	row_render("procs_blocked ", in->tasks.blocked, out);
	zeros_render("softirq", h->softirq, out);
}
