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

/* What stands before the fields of a line; what is not a field is always 0 in a
 * container: iowait, irq and softirq, guest and guest_nice. */
static const struct {
	char before[8];
	size_t len;
	enum cpu_field field;
} columns[] = {
	{ " ", 1, CPU_USER },        { " ", 1, CPU_NICE },
	{ " ", 1, CPU_SYSTEM },      { " ", 1, CPU_IDLE },
	{ " 0 0 0 ", 7, CPU_STEAL },
};
static const char end_of_line[] = " 0 0\n";

/* The columns after a line's name; there are some hundred lines, so no printf
 * here. AT has room for LINE_MAX. */
static char *put_columns(char *at, const uint64_t *ticks)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		memcpy(at, columns[i].before, sizeof(columns[i].before));
		at = u64_put(at + columns[i].len, ticks[columns[i].field]);
	}
	memcpy(at, end_of_line, sizeof(end_of_line));

	return at + sizeof(end_of_line) - 1;
}

static void add_up(const struct cputime *t, uint64_t *ticks)
{
	for (size_t i = 0; i < t->n; i++)
		for (int f = 0; f < CPU_FIELDS; f++)
			ticks[f] += t->lines[i].time[f] / USEC_PER_TICK;
}

static void cpus_render(const struct cputime *t, struct str *out)
{
	char *start = str_reserve(out, (t->n + 1) * LINE_MAX);
	uint64_t ticks[CPU_FIELDS] = { 0 };
	char *at = start;

	if (!start)
		return;

	add_up(t, ticks);
	memcpy(at, "cpu ", 4);
	at = put_columns(at + 4, ticks);

	for (size_t i = 0; i < t->n; i++) {
		const struct cpu_line *line = &t->lines[i];

		for (int f = 0; f < CPU_FIELDS; f++)
			ticks[f] = line->time[f] / USEC_PER_TICK;
		memcpy(at, "cpu", 3);
		at = put_columns(u64_put(at + 3, line->cpu), ticks);
	}

	*at = '\0';
	out->len += (size_t)(at - start);
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
