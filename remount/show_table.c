/* SPDX-License-Identifier: Apache-2.0 */
/* --list: containers, a row each, and the connection that serves them. */
#include "show.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base.h"
#include "columns.h"
#include "printable.h"
#include "str.h"
#include "words.h"

#define ID_LEN  64 /* of engines that make ids up */
#define ID_SHOW 12 /* of these, as they do themselves */
#define ID_MAX  24
#define DOTS    "..."

/* Columns that are there only if somebody has something in them. */
struct extra {
	bool lxcfs;
	bool note;
};

static void id_put(const char *id, struct str *out)
{
	size_t len = strlen(id);

	if (len == ID_LEN && strspn(id, "0123456789abcdef") == len)
		str_add(out, id, ID_SHOW);
	else if (len > ID_MAX)
		str_addf(out, "%.*s" DOTS, (int)(ID_MAX - strlen(DOTS)), id);
	else
		str_adds(out, id);
}

static void namespace_put(const struct container *c, struct str *out)
{
	if (c->count == 0) {
		str_adds(out, "\t-");
		return;
	}

	str_addf(out, "\t%" PRIu64, (uint64_t)c->scenes[0].space->id.ino);
	if (c->count > 1)
		str_addf(out, "+%zu", c->count - 1);
}

/* "64M", "1.5G" */
static void bytes_put(uint64_t bytes, struct str *out)
{
	static const char units[] = "BKMGTPE";
	uint64_t unit = 1;
	uint64_t tenths;
	size_t i = 0;

	for (; units[i + 1] && bytes / unit >= 1024; i++)
		unit *= 1024;

	tenths = mul_div(bytes, 10, unit);
	str_addf(out, "\t%" PRIu64, tenths / 10);
	if (tenths % 10)
		str_addf(out, ".%" PRIu64, tenths % 10);
	str_add(out, &units[i], 1);
}

static void number_put(uint64_t n, struct str *out)
{
	if (n)
		str_addf(out, "\t%" PRIu64, n);
	else
		str_adds(out, "\t-");
}

/* Why there is less to say of C than of others; NULL: there is not. */
static const char *note_of(const struct container *c)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->scenes[i].err)
			return why_not(ACTION_NONE, c->scenes[i].err);

	return c->record && c->record->detached ? "detached" : NULL;
}

static void row_put(const struct container *c, const struct extra *extra,
		    struct str *out)
{
	const char *note = note_of(c);

	id_put(c->id, out);
	str_addf(out, "\t%s", c->runtime);
	number_put((uint64_t)c->pid, out);
	namespace_put(c, out);
	for (int s = PLACE_LIVE; s <= PLACE_FOREIGN; s++)
		str_addf(out, "\t%zu", survey_count(c, (enum place_state)s));
	if (extra->lxcfs)
		str_addf(out, "\t%zu", survey_count(c, PLACE_LXCFS));
	if (c->memory)
		bytes_put(c->memory, out);
	else
		number_put(0, out);
	number_put(c->cpus, out);
	if (note)
		str_addf(out, "\t%s", note);
	str_adds(out, "\n");
}

static void head_put(const struct extra *extra, struct str *out)
{
	str_addf(out,
		 "CONTAINER\tRUNTIME\tPID\tNAMESPACE\tLIVE\tSTALE\tMISSING\t"
		 "FOREIGN%s\tMEMORY\tCPUS%s\n",
		 extra->lxcfs ? "\tLXCFS" : "", extra->note ? "\tNOTE" : "");
}

/* All but the first two and the note are numbers. */
static uint32_t right_columns(const struct extra *extra)
{
	unsigned note = extra->lxcfs ? 11 : 10;

	return (UINT32_C(1) << note) - 4;
}

static const struct {
	uint64_t seconds;
	const char *unit;
} ages[] = {
	{ 86400, "d" },
	{ 3600, "h" },
	{ 60, "min" },
	{ 1, "s" },
};

static void age_put(uint64_t age, struct str *out)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(ages) - 1 && age < ages[i].seconds)
		i++;

	str_addf(out, ", %" PRIu64 " %s old", mul_div(age, 1, ages[i].seconds),
		 ages[i].unit);
}

static void connection_put(const struct survey *s, uint64_t now,
			   struct str *out)
{
	const struct devices *d = &s->devices;
	const char *how = "alive";

	if (!s->mountpoint) {
		str_adds(out, "connection: nothing is mounted\n");
		return;
	}

	if (s->answer == -ENOTCONN)
		how = "dead";
	else if (s->answer)
		how = why_not(ACTION_NONE, s->answer);

	str_adds(out, "connection: ");
	printable_line(s->mountpoint, out);
	str_addf(out, ", %s", how);
	if (d->count && d->list[d->count - 1].since)
		age_put(sub_floor(now, d->list[d->count - 1].since), out);
	str_adds(out, "\n");
}

void show_table(const struct survey *s, uint64_t now, struct str *out)
{
	autostr struct str rows = { 0 };
	struct extra extra = { 0 };

	for (size_t i = 0; i < s->count; i++) {
		const struct container *c = &s->list[i];

		if (!c->named)
			continue;
		extra.lxcfs |= survey_count(c, PLACE_LXCFS) > 0;
		extra.note |= note_of(c) != NULL;
	}

	head_put(&extra, &rows);
	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].named)
			row_put(&s->list[i], &extra, &rows);

	columns_set(str_text(&rows), right_columns(&extra), out);
	figures_show(&s->figures, out);
	connection_put(s, now, out);
	if (rows.err)
		out->err = rows.err;
}
