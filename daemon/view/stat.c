/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/stat: the container's CPU time and tasks, in the kernel's order. */
#include <string.h>

#include "base.h"
#include "parse.h"
#include "snapshot.h"
#include "view.h"

/* The most numbers after the total of intr; some readers take lines of 8 KiB.
 * The host may have many thousand interrupts, all 0 here. */
#define NUMBERS_MAX 1024

/* "cpu4294967295" and ten numbers of 20 digits. */
#define LINE_MAX 256

/* In the order of a line; what is not a field is always 0 in a container. */
#define ZERO CPU_FIELDS
static const enum cpu_field columns[] = {
	CPU_USER,
	CPU_NICE,
	CPU_SYSTEM,
	CPU_IDLE,
	/* iowait */ ZERO,
	/* irq */ ZERO,
	/* softirq */ ZERO,
	CPU_STEAL,
	/* guest */ ZERO,
	/* guest_nice */ ZERO,
};

static char *put_number(char *at, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[n++] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	while (n)
		*at++ = digits[--n];

	return at;
}

/* The columns after a line's name; there are some hundred lines, so no printf
 * here. AT has room for LINE_MAX. */
static char *put_columns(char *at, const uint64_t *ticks)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		*at++ = ' ';
		if (columns[i] == ZERO)
			*at++ = '0';
		else
			at = put_number(at, ticks[columns[i]]);
	}
	*at++ = '\n';

	return at;
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
		at = put_columns(put_number(at + 3, line->cpu), ticks);
	}

	*at = '\0';
	out->len += (size_t)(at - start);
}

/* A total and as many numbers as the host's line has, all 0. */
static void zeros_render(const char *name, struct slice numbers,
			 struct str *out)
{
	struct slice word;

	str_adds(out, name);
	for (size_t i = 0; i <= NUMBERS_MAX && slice_word(&numbers, &word); i++)
		str_add(out, " 0", 2);
	str_add(out, "\n", 1);
}

static void row_render(const char *name, uint64_t value, struct str *out)
{
	str_adds(out, name);
	str_addu(out, value);
	str_add(out, "\n", 1);
}

/* What the host's file says that we go by. */
struct host_stat {
	struct slice intr; /* the numbers, total first */
	struct slice softirq;
	uint64_t btime;
};

static struct host_stat host_parse(const char *text)
{
	struct host_stat h = { { "0", 1 }, { "0", 1 }, 0 };
	struct slice rest = slice_of(text);
	struct slice line;
	struct slice name;

	while (slice_line(&rest, &line)) {
		if (line.len && *line.p == 'c')
			continue; /* cpu, ctxt */
		if (!slice_word(&line, &name))
			continue;

		if (slice_is(name, "intr"))
			h.intr = line;
		else if (slice_is(name, "softirq"))
			h.softirq = line;
		else if (slice_is(name, "btime"))
			(void)slice_next_u64(&line, &h.btime);
	}

	return h;
}

void stat_render(const struct snapshot *in, struct str *out)
{
	struct host_stat h = host_parse(str_text(&in->host_stat));

	cpus_render(&in->cputime, out);
	zeros_render("intr", h.intr, out);
	row_render("ctxt ", 0, out);
	row_render("btime ", in->btime ? in->btime : h.btime, out);
	row_render("processes ", in->tasks.forks, out);
	row_render("procs_running ", max_u64(in->tasks.running, 1), out);
	row_render("procs_blocked ", in->tasks.blocked, out);
	zeros_render("softirq", h.softirq, out);
}
