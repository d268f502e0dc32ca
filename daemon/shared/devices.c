/* SPDX-License-Identifier: Apache-2.0 */
/* The device numbers that our file systems have had. */
#include "devices.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define NAME     "devices"
#define TEXT_MAX 65536

static bool number_parse(struct slice text, dev_t *ret)
{
	struct slice first;
	uint64_t major;
	uint64_t minor;

	if (!slice_until(&text, ':', &first) || slice_u64(first, &major) < 0 ||
	    slice_u64(text, &minor) < 0 || major > UINT_MAX || minor > UINT_MAX)
		return false;

	*ret = makedev((unsigned)major, (unsigned)minor);
	return true;
}

/* Lines had no time at first. */
static bool device_parse(struct slice line, struct device *ret)
{
	struct slice number;
	int r;

	if (!slice_word(&line, &number) || !number_parse(number, &ret->dev))
		return false;

	r = slice_next_u64(&line, &ret->since);
	if (r == -ENODATA)
		ret->since = 0;
	return r == 0 || r == -ENODATA;
}

/* Returns its time, 0 when it was not there. */
static uint64_t take_out(struct devices *d, dev_t dev)
{
	uint64_t since = 0;
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].dev == dev)
			since = d->list[i].since;
		else
			d->list[kept++] = d->list[i];

	d->count = kept;
	return since;
}

static void add(struct devices *d, struct device new)
{
	if (d->count == DEVICES_MAX) {
		d->count--;
		memmove(d->list, d->list + 1, d->count * sizeof(*d->list));
	}
	d->list[d->count++] = new;
}

int devices_read(int run_dir, struct devices *ret)
{
	autostr struct str text = { 0 };
	struct slice rest;
	struct slice line;
	struct device device;
	int r = file_read(run_dir, NAME, TEXT_MAX, &text);

	if (r < 0 && r != -ENOENT)
		return r;

	ret->count = 0;
	rest = slice_of(str_text(&text));
	while (slice_line(&rest, &line))
		if (device_parse(line, &device))
			add(ret, device);

	return 0;
}

/* Device numbers are used again, so it may be there already. */
int devices_note(int run_dir, dev_t dev, bool keep)
{
	struct device new = { .dev = dev };
	autostr struct str text = { 0 };
	struct devices d;
	uint64_t since;
	int r = devices_read(run_dir, &d);

	if (r < 0)
		return r;

	since = take_out(&d, dev);
	new.since = keep ? since : clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC;
	add(&d, new);
	for (size_t i = 0; i < d.count; i++)
		str_addf(&text, "%u:%u %" PRIu64 "\n", major(d.list[i].dev),
			 minor(d.list[i].dev), d.list[i].since);
	if (text.err)
		return text.err;

	return file_replace(run_dir, NAME, text.text, text.len, 0644);
}

bool devices_have(const struct devices *d, dev_t dev)
{
	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].dev == dev)
			return true;

	return false;
}
