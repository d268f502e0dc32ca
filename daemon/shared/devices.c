/* SPDX-License-Identifier: Apache-2.0 */
/* The device numbers that our file systems have had. */
#include "devices.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define NAME     "devices"
#define TEXT_MAX 65536

/* Lines had no time at first, and no name. */
static bool device_parse(struct slice line, struct device *ret)
{
	struct slice number;
	struct slice name = { "", 0 };
	int r;

	if (!slice_word(&line, &number) || slice_dev(number, &ret->dev) < 0)
		return false;

	r = slice_next_u64(&line, &ret->since);
	if (r == -ENODATA)
		ret->since = 0;
	else if (r < 0)
		return false;

	(void)slice_word(&line, &name);
	if (name.len > DEVICE_NAME_MAX)
		return false;

	(void)snprintf(ret->name, sizeof(ret->name), "%.*s", (int)name.len,
		       name.p);
	return true;
}

static void take_out(struct devices *d, dev_t dev)
{
	size_t kept = 0;

	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].dev != dev)
			d->list[kept++] = d->list[i];

	d->count = kept;
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

static int write_all(int run_dir, const struct devices *d)
{
	autostr struct str text = { 0 };

	for (size_t i = 0; i < d->count; i++) {
		const struct device *one = &d->list[i];

		str_addf(&text, "%u:%u %" PRIu64, major(one->dev),
			 minor(one->dev), one->since);
		if (*one->name)
			str_addf(&text, " %s", one->name);
		str_adds(&text, "\n");
	}
	if (text.err)
		return text.err;

	return file_replace(run_dir, NAME, text.text, text.len, 0644);
}

/* Device numbers are used again, so it may be there already. */
int devices_note(int run_dir, dev_t dev, const char *name)
{
	struct device new = { .dev = dev };
	const struct device *old;
	struct devices d;
	int r = devices_read(run_dir, &d);

	if (r < 0)
		return r;

	old = devices_find(&d, dev);
	if (name) {
		new.since = clock_ns(CLOCK_REALTIME) / NSEC_PER_SEC;
		(void)snprintf(new.name, sizeof(new.name), "%s", name);
	} else if (old) {
		new = *old;
	}

	take_out(&d, dev);
	add(&d, new);
	return write_all(run_dir, &d);
}

const struct device *devices_find(const struct devices *d, dev_t dev)
{
	for (size_t i = d->count; i-- > 0;)
		if (d->list[i].dev == dev)
			return &d->list[i];

	return NULL;
}

bool device_is(const struct device *d, dev_t dev, struct slice source)
{
	return d->dev == dev &&
	       (!*d->name || !source.len || slice_is(source, d->name));
}

bool devices_have(const struct devices *d, dev_t dev, struct slice source)
{
	for (size_t i = 0; i < d->count; i++)
		if (device_is(&d->list[i], dev, source))
			return true;

	return false;
}
