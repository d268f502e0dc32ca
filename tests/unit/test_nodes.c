/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "area.h"
#include "base.h"
#include "nodeid.h"
#include "nodes.h"
#include "paths.h"
#include "size.h"
#include "str.h"
#include "sysfs.h"
#include "view.h"

static int setup(void **state)
{
	static struct area *a;
	autoclose int fd =
		memfd_create("area", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	*state = &a;
	return area_open(fd, 1, 64, &a);
}

static int teardown(void **state)
{
	area_close(*(struct area **)*state);
	return 0;
}

static struct nodes *index_of(void **state)
{
	struct nodes *n = NULL;

	assert_int_equal(nodes_open(*(struct area **)*state, &n), 0);
	return n;
}

static void ids_come_apart(void **state)
{
	uint64_t serial = UINT64_C(0xabcdef) << SERIAL_SLOT_BITS | 0x123;
	uint64_t id = node_id(serial, 77);

	(void)state;
	assert_true(node_serial(id) == serial);
	assert_int_equal(node_index(id), 77);
	assert_int_equal(serial_slot(serial), 0x123);
	assert_true(node_id(0, NODE_ROOT) == 1); /* FUSE_ROOT_ID */
}

static void a_name_keeps_its_number(void **state)
{
	struct nodes *n = index_of(state);
	long proc = nodes_get(n, NODE_ROOT, "proc");
	long stat = nodes_get(n, (uint32_t)proc, "stat");
	autostr struct str path = { 0 };
	struct nodes *other;

	assert_true(proc > NODE_ROOT && stat > proc);
	assert_int_equal(nodes_get(n, NODE_ROOT, "proc"), proc);
	assert_int_not_equal(nodes_get(n, NODE_ROOT, "stat"), stat);
	assert_int_equal(nodes_path(n, (uint32_t)stat, &path), 0);
	assert_string_equal(str_text(&path), "proc/stat");
	assert_string_equal(nodes_info(n, (uint32_t)stat)->view->path,
			    "proc/stat");
	assert_null(nodes_info(n, (uint32_t)proc)->view);

	/* A successor finds what was there, and we what it has added. */
	other = index_of(state);
	assert_int_equal(nodes_get(other, (uint32_t)proc, "stat"), stat);
	proc = nodes_get(other, (uint32_t)proc, "uptime");
	assert_string_equal(nodes_info(n, (uint32_t)proc)->view->path,
			    "proc/uptime");
	nodes_close(other);
	nodes_close(n);
}

static void a_cpu_is_part_of_the_path(void **state)
{
	struct nodes *n = index_of(state);
	long at = NODE_ROOT;
	static const char *const names[] = { "sys", "devices", "system",
					     "cpu", "cpu511",  "online" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		at = nodes_get(n, (uint32_t)at, names[i]);
	assert_non_null(nodes_info(n, (uint32_t)at)->view);
	assert_int_equal(nodes_info(n, (uint32_t)at)->star.number, 511);
	nodes_close(n);
}

static void unknown_numbers_are_nothing(void **state)
{
	static const uint32_t numbers[] = { 0, 3, NODES_MAX - 1, NODES_MAX,
					    (1 << NODE_BITS) - 1 };
	struct nodes *n = index_of(state);
	autostr struct str path = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		assert_int_equal(nodes_path(n, numbers[i], &path), -ENOENT);
		assert_null(nodes_info(n, numbers[i])->view);
	}
	assert_int_equal(nodes_path(n, NODE_ROOT, &path), 0);
	assert_string_equal(str_text(&path), "");
	nodes_close(n);
}

static void the_table_has_an_end(void **state)
{
	struct nodes *n = index_of(state);
	char name[80];
	long r = 1;

	for (unsigned i = 0; i < NODES_MAX && r > 0; i++) {
		(void)snprintf(name, sizeof(name), "n%u", i);
		r = nodes_get(n, NODE_ROOT, name);
	}
	assert_int_equal(r, -ENOSPC);
	assert_true(nodes_get(n, NODE_ROOT, "n5") > 0);

	memset(name, 'x', NODE_NAME);
	name[NODE_NAME] = '\0';
	assert_int_equal(nodes_get(n, NODE_ROOT, name), -ENAMETOOLONG);
	nodes_close(n);
}

static const char *const files_of_host[] = {
	"proc/meminfo",
	"proc/partitions",
	"proc/pressure/io",
	"sys/devices/system/cpu/online",
	"sys/devices/system/cpu/possible",
	"sys/devices/system/node/node0/distance",
};

/* A host: TOP/proc and TOP/sys. */
static int make_host(char *top)
{
	static const char *const dirs[] = {
		"proc",
		"proc/pressure",
		"sys",
		"sys/block",
		"sys/devices",
		"sys/devices/system",
		"sys/devices/system/cpu",
		"sys/devices/system/cpu/cpu0",
		"sys/devices/system/cpu/cpu0/thermal_throttle",
		"sys/devices/system/node",
		"sys/devices/system/node/node0",
	};
	int fd;

	assert_non_null(mkdtemp(top));
	fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		assert_int_equal(mkdirat(fd, dirs[i], 0755), 0);

	for (size_t i = 0; i < ARRAY_SIZE(files_of_host); i++)
		close(openat(fd, files_of_host[i],
			     O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	assert_int_equal(
		symlinkat("/etc", fd, "sys/devices/system/cpu/cpu0/out"), 0);
	assert_int_equal(symlinkat("../../cpu/cpu0", fd,
				   "sys/devices/system/node/node0/cpu0"),
			 0);
	assert_int_equal(symlinkat("../devices/vda", fd, "sys/block/vda"), 0);
	return fd;
}

static void remove_host(int fd, const char *top)
{
	static const char *const links[] = {
		"sys/devices/system/cpu/cpu0/out",
		"sys/block/vda",
		"sys/devices/system/node/node0/cpu0",
	};
	static const char *const dirs[] = {
		"sys/devices/system/node/node0",
		"sys/devices/system/node",
		"sys/devices/system/cpu/cpu0/thermal_throttle",
		"sys/devices/system/cpu/cpu0",
		"sys/devices/system/cpu",
		"sys/devices/system",
		"sys/devices",
		"sys/block",
		"sys",
		"proc/pressure",
		"proc",
	};

	for (size_t i = 0; i < ARRAY_SIZE(files_of_host); i++)
		assert_int_equal(unlinkat(fd, files_of_host[i], 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		assert_int_equal(unlinkat(fd, links[i], 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		assert_int_equal(unlinkat(fd, dirs[i], AT_REMOVEDIR), 0);
	assert_int_equal(rmdir(top), 0);
}

static void add_name(void *data, const char *name, mode_t mode)
{
	str_addf(data, "%s%s ", name, S_ISDIR(mode) ? "/" : "");
}

static void assert_lists(struct roots host, const char *path, const char *want)
{
	autostr struct str got = { 0 };

	assert_int_equal(path_list(host, path, add_name, &got), 0);
	assert_string_equal(str_text(&got), want);
}

static void assert_does_not_list(struct roots host, const char *path,
				 const char *name)
{
	autostr struct str got = { 0 };

	assert_int_equal(path_list(host, path, add_name, &got), 0);
	assert_non_null(strstr(str_text(&got), "meminfo "));
	assert_null(strstr(str_text(&got), name));
}

static void assert_is(struct roots host, const char *path, int want)
{
	struct place p = { 0 };
	int r = path_stat(host, path, &p);

	assert_int_equal(r < 0 ? r : (int)(p.mode & S_IFMT), want);
	if (r == 0 && !S_ISLNK(p.mode) &&
	    strncmp(path, "proc/pressure/", 14) != 0)
		assert_int_equal(p.mode & 0222, 0);
}

static void sizes_are_above_all_texts(void **state)
{
	static const struct {
		const char *path;
		unsigned cpus;
		off_t want;
	} rows[] = {
		{ "proc/meminfo", 4096, 8192 },
		{ "proc/cpuinfo", 1, 8192 },
		{ "proc/cpuinfo", 2, 8192 },
		{ "proc/cpuinfo", 3, 16384 },
		{ "proc/cpuinfo", 512, 2 << 20 },
		{ "proc/stat", 32, 8192 },
		{ "proc/stat", 512, 128 << 10 },
		{ "proc/diskstats", 2, 32 << 10 },
		{ "proc/interrupts", 8, 128 << 10 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(size_of_view(view_find(rows[i].path, NULL),
					      rows[i].cpus),
				 rows[i].want);
}

static void paths_follow_the_views(void **state)
{
	char top[] = "/tmp/test_nodes.XXXXXX";
	autoclose int fd = make_host(top);
	autoclose int proc = openat(fd, "proc", O_PATH | O_CLOEXEC);
	autoclose int sys = openat(fd, "sys", O_PATH | O_CLOEXEC);
	const struct roots host = { proc, sys };
	autostr struct str text = { 0 };

	(void)state;
	assert_is(host, "", S_IFDIR);
	assert_is(host, "proc", S_IFDIR);
	assert_is(host, "proc/pressure", S_IFDIR);
	assert_is(host, "proc/meminfo", S_IFREG);
	assert_is(host, "proc/partitions", S_IFREG);
	assert_is(host, "proc/pressure/io", S_IFREG);
	assert_is(host, "proc/pressure/cpu", -ENOENT);
	assert_is(host, "proc/schedstat", -ENOENT);
	assert_is(host, "proc/mem", -ENOENT);
	assert_is(host, "proc/meminfo/x", -ENOENT);
	assert_is(host, "etc", -ENOENT);
	assert_is(host, "sys/kernel", -ENOENT);
	assert_is(host, "sys/devices/system/cpu", S_IFDIR);
	assert_is(host, "sys/devices/system/cpu/possible", S_IFREG);
	assert_is(host, "sys/devices/system/cpu/cpu0/online", S_IFREG);
	assert_is(host, "sys/devices/system/cpu/cpu1/online", -ENOENT);
	assert_is(host, "sys/devices/system/cpu/cpu0/out", S_IFLNK);
	assert_true(path_stat(host, "sys/devices/system/cpu/cpu0/out/passwd",
			      &(struct place){ 0 }) < 0);
	assert_is(host, "sys/devices/system/cpu/cpu0/thermal_throttle",
		  -ENOENT);
	assert_is(host, "sys/devices/system/cpu/cpu00/online", -ENOENT);
	assert_is(host, "sys/devices/system/cpus", -ENOENT);
	assert_int_equal(
		sysfs_readlink(sys, "sys/devices/system/cpu/cpu0/out", &text),
		0);
	assert_string_equal(str_text(&text), "/etc");
	assert_true(sysfs_read(sys, "sys/devices/system/cpu/cpu0/out", &text) <
		    0);
	assert_true(sysfs_read(sys, "sys/devices/system/cpu/../cpu", &text) <
		    0);
	remove_host(fd, top);
}

static void nodes_and_disks_follow_the_views(void **state)
{
	char top[] = "/tmp/test_nodes.XXXXXX";
	autoclose int fd = make_host(top);
	autoclose int proc = openat(fd, "proc", O_PATH | O_CLOEXEC);
	autoclose int sys = openat(fd, "sys", O_PATH | O_CLOEXEC);
	const struct roots host = { proc, sys };

	(void)state;
	assert_is(host, "sys/devices/system/node", S_IFDIR);
	assert_is(host, "sys/devices/system/node/node0", S_IFDIR);
	assert_is(host, "sys/devices/system/node/node0/distance", S_IFREG);
	assert_is(host, "sys/devices/system/node/node0/cpu0", S_IFLNK);
	assert_is(host, "sys/devices/system/node/node0/meminfo", S_IFREG);
	assert_is(host, "sys/devices/system/node/online", S_IFREG);
	assert_is(host, "sys/devices/system/node/node1", -ENOENT);
	assert_is(host, "sys/devices/system/node/node1/meminfo", -ENOENT);
	assert_is(host, "sys/devices/system/node/node00/meminfo", -ENOENT);

	assert_is(host, "sys/block", S_IFDIR);
	assert_is(host, "sys/block/vda", S_IFDIR);
	assert_is(host, "sys/block/vda/stat", S_IFREG);
	assert_is(host, "sys/block/vda/size", -ENOENT);
	assert_is(host, "sys/block/vdb", -ENOENT);
	assert_is(host, "sys/block/vdb/stat", -ENOENT);
	assert_is(host, "sys/block/..", -ENOENT);
	assert_is(host, "sys/block/*", -ENOENT);

	assert_lists(host, "", "proc/ sys/ ");
	assert_lists(host, "sys", "devices/ ");
	assert_lists(host, "sys/block", "vda/ ");
	assert_lists(host, "sys/block/vda", "stat ");
	assert_lists(host, "sys/devices/system", "cpu/ node/ ");
	assert_does_not_list(host, "proc", "partitions");
	assert_does_not_list(host, "proc", "schedstat");
	assert_lists(host, "proc/pressure", "io ");
	assert_lists(host, "sys/devices/system/cpu/cpu0", "online out ");
	remove_host(fd, top);
}

/* Neither CONFIG_NUMA nor CPUs that can be taken offline. */
static void a_host_without_nodes_shows_none(void **state)
{
	char top[] = "/tmp/test_nodes.XXXXXX";
	autoclose int fd = make_host(top);
	autoclose int proc = openat(fd, "proc", O_PATH | O_CLOEXEC);
	autoclose int sys = openat(fd, "sys", O_PATH | O_CLOEXEC);
	const struct roots host = { proc, sys };

	(void)state;
	assert_int_equal(renameat(fd, "sys/devices/system/node", fd, "gone"),
			 0);
	assert_is(host, "sys/devices/system/node", -ENOENT);
	assert_is(host, "sys/devices/system/node/online", -ENOENT);
	assert_is(host, "sys/devices/system/node/node0", -ENOENT);
	assert_is(host, "sys/devices/system/node/node0/meminfo", -ENOENT);
	assert_lists(host, "sys/devices/system", "cpu/ ");
	assert_int_equal(renameat(fd, "gone", fd, "sys/devices/system/node"),
			 0);
	remove_host(fd, top);
}

#define IN_AREA(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_come_apart),
		IN_AREA(a_name_keeps_its_number),
		IN_AREA(a_cpu_is_part_of_the_path),
		IN_AREA(unknown_numbers_are_nothing),
		IN_AREA(the_table_has_an_end),
		cmocka_unit_test(sizes_are_above_all_texts),
		cmocka_unit_test(paths_follow_the_views),
		cmocka_unit_test(nodes_and_disks_follow_the_views),
		cmocka_unit_test(a_host_without_nodes_shows_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
