/* SPDX-License-Identifier: Apache-2.0 */
/* Disks by the thousand, on the machine and in a container. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "file.h"
#include "fixture.h"
#include "snapshot.h"
#include "str.h"

#define ON_HOST 10000

/* A fixture that is written as the test goes on: d0, d1, ... */
struct box {
	char path[32];
	int dir;
	bool v1;
	struct fixture f;
};

static unsigned major_of(unsigned disk)
{
	return 8 + disk / 256;
}

static unsigned minor_of(unsigned disk)
{
	return disk % 256;
}

static void put(const struct box *b, const char *path, const struct str *text)
{
	assert_int_equal(text->err, 0);
	assert_int_equal(
		file_replace(b->dir, path, str_text(text), text->len, 0644), 0);
}

/* Like the kernel's files: the same inode gets other content. */
static void change(const struct box *b, const char *path, const struct str *s)
{
	autoclose int fd = openat(b->dir, path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, str_text(s), s->len), (ssize_t)s->len);
}

/* Disk I has written 512 * (I + MORE) bytes by as many operations. */
struct row {
	unsigned disk;
	unsigned more;
};

static uint64_t written(const struct row *r)
{
	return (uint64_t)r->disk + r->more;
}

static void v2_add(const struct row *rows, size_t n, struct str *out)
{
	for (const struct row *r = rows; r < rows + n; r++)
		str_addf(out,
			 "%u:%u rbytes=0 wbytes=%" PRIu64
			 " rios=0 wios=%" PRIu64 " dbytes=0 dios=0\n",
			 major_of(r->disk), minor_of(r->disk), 512 * written(r),
			 written(r));
}

static void v1_add(const struct row *rows, size_t n, unsigned unit,
		   struct str *out)
{
	for (const struct row *r = rows; r < rows + n; r++)
		str_addf(out, "%u:%u Read 0\n%u:%u Write %" PRIu64 "\n",
			 major_of(r->disk), minor_of(r->disk),
			 major_of(r->disk), minor_of(r->disk),
			 unit * written(r));
	str_adds(out, "Total 1\n");
}

static void use(const struct box *b, const struct row *rows, size_t n)
{
	autostr struct str bytes = { 0 };
	autostr struct str operations = { 0 };

	if (!b->v1) {
		v2_add(rows, n, &bytes);
		change(b, "cgroup/box/io.stat", &bytes);
		return;
	}

	v1_add(rows, n, 512, &bytes);
	v1_add(rows, n, 1, &operations);
	change(b, "cgroup/blkio/box/blkio.throttle.io_service_bytes_recursive",
	       &bytes);
	change(b, "cgroup/blkio/box/blkio.throttle.io_serviced_recursive",
	       &operations);
}

static void make(struct box *b, const char *const *dirs, size_t ndirs,
		 const char *const *files, size_t nfiles)
{
	static const struct str empty = { 0 };

	(void)snprintf(b->path, sizeof(b->path), "/tmp/resview-test.XXXXXX");
	assert_non_null(mkdtemp(b->path));
	b->dir = open(b->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(b->dir >= 0);
	for (size_t i = 0; i < ndirs; i++)
		assert_int_equal(mkdirat(b->dir, dirs[i], 0755), 0);
	for (size_t i = 0; i < nfiles; i++)
		put(b, files[i], &empty);
}

static void make_host(struct box *b)
{
	autostr struct str diskstats = { 0 };
	autostr struct str partitions = { 0 };

	str_adds(&partitions, "major minor  #blocks  name\n\n");
	for (unsigned i = 0; i < ON_HOST; i++) {
		str_addf(&diskstats,
			 "%4u %7u d%u 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9\n",
			 major_of(i), minor_of(i), i);
		str_addf(&partitions, "%4u  %7u %10u d%u\n", major_of(i),
			 minor_of(i), i + 1, i);
	}
	put(b, "proc/diskstats", &diskstats);
	put(b, "proc/partitions", &partitions);
}

/* What sysfs has of a disk. */
static void make_disk(struct box *b, unsigned disk)
{
	autostr struct str dev = { 0 };
	char path[64];

	(void)snprintf(path, sizeof(path), "sys/block/d%u", disk);
	assert_int_equal(mkdirat(b->dir, path, 0755), 0);
	(void)snprintf(path, sizeof(path), "sys/block/d%u/dev", disk);
	str_addf(&dev, "%u:%u\n", major_of(disk), minor_of(disk));
	put(b, path, &dev);
}

static int setup_v2(void **state)
{
	static const char *const dirs[] = { "proc",   "sys",  "sys/block",
					    "cgroup", "init", "cgroup/box" };
	static const char *const files[] = { "cgroup/cgroup.controllers",
					     "cgroup/box/cgroup.procs",
					     "cgroup/box/io.stat" };
	struct str init = { .text = (char[]){ "0::/box\n" }, .len = 8 };
	struct str controllers = { .text = (char[]){ "io\n" }, .len = 3 };
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	make(b, dirs, ARRAY_SIZE(dirs), files, ARRAY_SIZE(files));
	make_host(b);
	put(b, "init/cgroup", &init);
	put(b, "cgroup/cgroup.controllers", &controllers);
	assert_int_equal(fixture_open(b->path, &b->f), 0);
	*state = b;
	return 0;
}

static int setup_v1(void **state)
{
	static const char *const dirs[] = {
		"proc", "sys",          "sys/block",        "cgroup",
		"init", "cgroup/blkio", "cgroup/blkio/box",
	};
	static const char *const files[] = {
		"cgroup/blkio/cgroup.procs",
		"cgroup/blkio/box/cgroup.procs",
		"cgroup/blkio/box/blkio.throttle.io_service_bytes_recursive",
		"cgroup/blkio/box/blkio.throttle.io_serviced_recursive",
	};
	struct str init = { .text = (char[]){ "3:blkio:/box\n" }, .len = 13 };
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->v1 = true;
	make(b, dirs, ARRAY_SIZE(dirs), files, ARRAY_SIZE(files));
	make_host(b);
	put(b, "init/cgroup", &init);
	assert_int_equal(fixture_open(b->path, &b->f), 0);
	*state = b;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int teardown(void **state)
{
	struct box *b = *state;

	fixture_close(&b->f);
	close(b->dir);
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): no threads */
	assert_int_equal(nftw(b->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	free(b);
	return 0;
}

static void assert_shows(struct box *b, const char *view, const char *want)
{
	autostr struct str got = { 0 };

	assert_int_equal(fixture_render(&b->f, view, &got), 0);
	assert_string_equal(str_text(&got), want);
}

static void diskstats_add(const struct row *r, struct str *out)
{
	str_addf(out,
		 "%4u %7u d%u 0 0 0 0 %" PRIu64 " 0 %" PRIu64
		 " 0 0 0 0 0 0 0 0 0 0\n",
		 major_of(r->disk), minor_of(r->disk), r->disk, written(r),
		 written(r));
}

static void few_of_many_are_found(void **state)
{
	static const struct row rows[] = {
		{ 9999, 1 },
		{ 0, 77 },
		{ 4711, 5 },
		{ 256, 8 },
	};
	static const size_t order[] = { 1, 3, 2, 0 };
	autostr struct str want = { 0 };
	struct box *b = *state;

	use(b, rows, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		diskstats_add(&rows[order[i]], &want);
	assert_shows(b, "proc/diskstats", want.text);
	assert_shows(b, "proc/partitions",
		     "major minor  #blocks  name\n\n"
		     "   8        0          1 d0\n"
		     "   9        0        257 d256\n"
		     "  26      103       4712 d4711\n"
		     "  47       15      10000 d9999\n");
}

#define MANY (DISKS_MAX + 44)

/* Whatever the kernel's order, and however many come later: the disks that are
 * shown are those of before, and each has its own figures. */
static void those_that_appeared_first_stay(void **state)
{
	autostr struct str want = { 0 };
	struct box *b = *state;
	struct row rows[MANY];

	for (unsigned i = 0; i < DISKS_MAX - 1; i++)
		rows[i] = (struct row){ 100 + 2 * i, 1 };
	use(b, rows, DISKS_MAX - 1);
	for (unsigned i = 0; i < DISKS_MAX - 1; i++)
		diskstats_add(&rows[i], &want);
	assert_shows(b, "proc/diskstats", want.text);

	/* One more fits; those before it are found behind the new ones. */
	for (unsigned i = 0; i < MANY; i++)
		rows[MANY - 1 - i] = (struct row){
			i < DISKS_MAX - 1 ? 100 + 2 * i : 2000 + i, 1000
		};
	use(b, rows, MANY);
	str_reset(&want);
	for (unsigned i = 0; i < DISKS_MAX; i++)
		diskstats_add(&rows[MANY - 1 - i], &want);
	assert_shows(b, "proc/diskstats", want.text);

	/* It uses none any more; what was shown last stays. */
	use(b, rows, 0);
	assert_shows(b, "proc/diskstats", want.text);
}

/* Of a disk that the list has no room for: the cgroup's figure. */
static void every_disk_has_its_figures(void **state)
{
	static const unsigned disks[] = { 0, DISKS_MAX, MANY - 1, MANY };
	struct box *b = *state;
	struct row rows[MANY];

	for (unsigned i = 0; i < MANY; i++)
		rows[i] = (struct row){ i, 1 };
	use(b, rows, MANY);

	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		autostr struct str want = { 0 };
		uint64_t n = disks[i] < MANY ? disks[i] + 1 : 0;
		char path[64];

		make_disk(b, disks[i]);
		str_adds(&want, "       0        0        0        0");
		str_addf(&want, " %8" PRIu64 "        0 %8" PRIu64, n, n);
		for (int k = 7; k < 17; k++)
			str_adds(&want, "        0");
		str_adds(&want, "\n");
		(void)snprintf(path, sizeof(path), "sys/block/d%u/stat",
			       disks[i]);
		assert_shows(b, path, want.text);
	}
}

static void a_disk_that_is_gone_has_none(void **state)
{
	struct box *b = *state;
	autostr struct str got = { 0 };

	assert_int_equal(fixture_render(&b->f, "sys/block/d1/stat", &got),
			 -ENODEV);
	assert_int_equal(fixture_render(&b->f, "sys/block/../stat", &got),
			 -ENOENT);
}

#define ON(f, version)                                                         \
	{                                                                      \
#f ", " #version, f, setup_##version, teardown, NULL           \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON(few_of_many_are_found, v1),
		ON(few_of_many_are_found, v2),
		ON(those_that_appeared_first_stay, v1),
		ON(those_that_appeared_first_stay, v2),
		ON(every_disk_has_its_figures, v1),
		ON(every_disk_has_its_figures, v2),
		ON(a_disk_that_is_gone_has_none, v2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
