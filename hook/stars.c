/* SPDX-License-Identifier: Apache-2.0 */
/* The CPUs, NUMA nodes and disks of the host. */
#include "stars.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "cpus.h"
#include "dir.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define CPUS_PRESENT "devices/system/cpu/present"
#define TEXT_MAX     65536

/* A directory of sysfs, and how it calls what is meant. */
struct folder {
	const char *path;
	const char *prefix;
	int (*order)(const void *, const void *);
};

struct names {
	char **list;
	size_t count;
};

static void names_free(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->list[i]);
	free(n->list);
}

static int names_add(struct names *n, const char *name)
{
	char **more = reallocarray(n->list, n->count + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;

	n->list = more;
	n->list[n->count] = strdup(name);
	if (!n->list[n->count])
		return -ENOMEM;

	n->count++;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Without leading zeros the longer one is the greater. */
static int by_number(const void *a, const void *b)
{
	size_t x = strlen(*(char *const *)a);
	size_t y = strlen(*(char *const *)b);

	return x == y ? by_name(a, b) : x < y ? -1 : 1;
}

static const struct folder nodes = { "devices/system/node", "node", by_number };
static const struct folder disks = { "block", "", by_name };

static int names_read(int sys, const struct folder *f, struct names *ret)
{
	autodir DIR *dir = NULL;
	int fd = openat(sys, f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t len = strlen(f->prefix);
	const struct dirent *e;
	int r = dir_stream(fd, &dir);

	while (r == 0 && (e = dir_next(dir)))
		if (strncmp(e->d_name, f->prefix, len) == 0 &&
		    e->d_name[len] != '\0' && e->d_name[len] != '.')
			r = names_add(ret, e->d_name + len);

	return r;
}

static int each_name(int sys, const struct folder *f, star_each *each,
		     void *arg)
{
	__attribute__((cleanup(names_free))) struct names names = { 0 };
	int r = names_read(sys, f, &names);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (names.count)
		qsort(names.list, names.count, sizeof(*names.list), f->order);

	for (size_t i = 0; r == 0 && i < names.count; i++)
		r = each(arg, names.list[i]);

	return r;
}

static int each_cpu(int sys, star_each *each, void *arg)
{
	autostr struct str text = { 0 };
	struct cpus present;
	char number[16];
	int r = file_read(sys, CPUS_PRESENT, TEXT_MAX, &text);

	if (r == 0)
		r = cpus_parse(str_text(&text), &present);

	for (unsigned i = 0; r == 0; i++) {
		i = cpus_next(&present, i);
		if (i == CPUS_MAX)
			break;
		(void)snprintf(number, sizeof(number), "%u", i);
		r = each(arg, number);
	}

	return r;
}

int stars_each(enum star_kind kind, int sys, star_each *each, void *arg)
{
	switch (kind) {
	case STAR_CPU:
		return each_cpu(sys, each, arg);
	case STAR_NODE:
		return each_name(sys, &nodes, each, arg);
	case STAR_DISK:
		return each_name(sys, &disks, each, arg);
	case STAR_NONE:
		break;
	}

	return 0;
}
