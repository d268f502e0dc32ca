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

#include "tree.h"

#include "area.h"
#include "base.h"
#include "cgroup.h"
#include "containers.h"
#include "handles.h"
#include "members.h"
#include "nodeid.h"
#include "pidns.h"
#include "view.h"

#define PID   100
#define START 4242

/* A v2 host with the cgroups /box and /other. */
struct machine {
	struct tree tree;
	struct host *host;
	struct area *area;
	struct containers *cs;
	int registry;
};

static int open_at(const struct machine *m, const char *name)
{
	return openat(m->tree.fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* As a worker that takes over does it, or one that serves beside it. */
static struct containers *containers_of_worker(const struct machine *m)
{
	struct containers *cs = NULL;
	const struct containers_config config = {
		.area = m->area,
		.host = m->host,
		.registry = m->registry,
		.triggers = -1,
		.policy = { .swap = true, .loadavg = true },
		.fds = 1000,
	};

	assert_int_equal(containers_open(&config, &cs), 0);
	return cs;
}

static int setup(void **state)
{
	static struct machine m;
	autoclose int fd =
		memfd_create("area", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	*state = &m;
	tree_make(&m.tree);
	tree_write(&m.tree, "proc/meminfo", "MemTotal: 1 kB\n");
	tree_write(&m.tree, "sys/x", "\n");
	tree_write(&m.tree, "cgroup/cgroup.controllers", "memory\n");
	tree_write(&m.tree, "cgroup/cgroup.procs", "\n");
	tree_write(&m.tree, "cgroup/box/cgroup.procs", "\n");
	tree_write(&m.tree, "cgroup/other/cgroup.procs", "\n");
	tree_write(&m.tree, "containers/.x", "\n");
	m.registry = open_at(&m, "containers");
	assert_int_equal(host_open(open_at(&m, "proc"), open_at(&m, "sys"),
				   open_at(&m, "cgroup"), &m.host),
			 0);
	assert_int_equal(area_open(fd, 2, containers_stride(2), &m.area), 0);
	m.cs = containers_of_worker(&m);
	return 0;
}

static int teardown(void **state)
{
	struct machine *m = *state;

	containers_close(m->cs);
	area_close(m->area);
	host_close(m->host);
	close(m->registry);
	tree_remove(&m->tree);
	return 0;
}

static int find(struct machine *m, const char *path, uint64_t *ret)
{
	const struct container_info info = { .init = PID, .start_ns = 5 };
	autopaths struct cgroup_paths paths = { 0 };

	paths.path[CG_UNIFIED] = strdup(path);
	return containers_of(m->cs, &paths, &info, ret);
}

static void record(struct machine *m, const char *id, const char *path)
{
	autorecord struct record rec = {
		.pid = PID,
		.start_ticks = START,
		.bundle = strdup("/b"),
		.views = strdup("proc/meminfo"),
	};

	(void)memccpy(rec.id, id, '\0', sizeof(rec.id));
	rec.cgroups.path[CG_UNIFIED] = strdup(path);
	assert_int_equal(registry_write(m->registry, &rec), 0);
}

static int gather(struct machine *m, uint64_t serial)
{
	struct snapshot s = { 0 };
	int r = containers_gather(m->cs, serial, NEED_HOST_MEMINFO, &s);

	snapshot_free(&s);
	return r;
}

static void a_cgroup_is_one_container(void **state)
{
	struct machine *m = *state;
	uint64_t box;
	uint64_t again;
	uint64_t other;
	uint64_t host;

	assert_int_equal(find(m, "/box", &box), 0);
	assert_int_equal(find(m, "/box", &again), 0);
	assert_int_equal(find(m, "/other", &other), 0);
	assert_int_equal(containers_host(m->cs, &host), 0);
	assert_true(box == again);
	assert_true(box != other && other != host && box != host);
	assert_int_equal(find(m, "/none", &again), -ENOENT);
	assert_int_equal(find(m, "/box/../../etc", &again), -ENOENT);
	assert_int_equal(gather(m, box), 0);
}

static void a_record_and_its_callers_share(void **state)
{
	struct machine *m = *state;
	uint64_t called;
	uint64_t pinned;
	char name[RECORD_ID_MAX + 1];

	assert_int_equal(containers_pinned(m->cs, "c1", &pinned), -ENOENT);
	assert_int_equal(containers_pinned(m->cs, "../c1", &pinned), -ENOENT);
	assert_int_equal(find(m, "/box", &called), 0);
	record(m, "c1", "/box");
	assert_int_equal(containers_pinned(m->cs, "c1", &pinned), 0);
	assert_true(pinned == called);
	containers_name(m->cs, pinned, name, sizeof(name));
	assert_string_equal(name, "c1");

	/* Another container in the same cgroup is another container. */
	record(m, "c2", "/box");
	assert_int_equal(containers_pinned(m->cs, "c2", &pinned), 0);
	assert_true(pinned != called);

	/* A record that outlived its cgroup names none of its ancestors. */
	record(m, "c3", "/gone");
	assert_int_equal(containers_pinned(m->cs, "c3", &pinned), -ENOENT);
	assert_int_equal(registry_remove(m->registry, "c1"), 0);
	assert_int_equal(registry_remove(m->registry, "c2"), 0);
	assert_int_equal(registry_remove(m->registry, "c3"), 0);
}

static void a_successor_finds_the_container(void **state)
{
	struct machine *m = *state;
	uint64_t box;
	uint64_t again;

	assert_int_equal(find(m, "/box", &box), 0);
	containers_close(m->cs);
	m->cs = containers_of_worker(m);
	assert_true(containers_has(m->cs, box));
	assert_int_equal(gather(m, box), 0);
	assert_int_equal(find(m, "/box", &again), 0);
	assert_true(again == box);
}

static int gather_as(struct machine *m, struct containers *cs, uint64_t serial)
{
	struct containers *own = m->cs;
	int r;

	m->cs = cs;
	r = gather(m, serial);
	m->cs = own;
	return r;
}

/* What one worker learns of a container, the other knows. */
static void neighbours_agree(void **state)
{
	struct machine *m = *state;
	struct containers *other = containers_of_worker(m);
	const struct member *theirs;
	uint64_t box;
	uint64_t pinned;

	assert_int_equal(find(m, "/box", &box), 0);
	theirs = &other->members[serial_slot(box)];
	assert_int_equal(gather_as(m, other, box), 0);
	assert_int_equal(theirs->container->info.start_ns, 5);

	record(m, "c1", "/box");
	assert_int_equal(containers_pinned(m->cs, "c1", &pinned), 0);
	assert_true(pinned == box);
	assert_int_equal(gather_as(m, other, box), 0);
	assert_int_equal(theirs->container->info.start_ns,
			 START * (NSEC_PER_SEC / 100));
	assert_int_equal(registry_remove(m->registry, "c1"), 0);
	containers_close(other);
}

/* What one worker has forgotten, the other does not keep open. */
static void neighbours_close_what_is_gone(void **state)
{
	struct machine *m = *state;
	struct containers *other = containers_of_worker(m);
	uint64_t box;

	assert_int_equal(find(m, "/box", &box), 0);
	assert_int_equal(gather_as(m, other, box), 0);
	tree_unlink(&m->tree, "cgroup/box/cgroup.procs");
	containers_tick(m->cs, 1);
	assert_false(containers_has(other, box));
	assert_int_equal(gather_as(m, other, box), -ESRCH);

	assert_non_null(other->members[serial_slot(box)].container);
	containers_tick(other, 1);
	assert_null(other->members[serial_slot(box)].container);
	assert_int_equal(other->fds, 0);
	containers_close(other);
}

/* Killed while it wrote the id of a caller's container down. */
static void half_an_id_is_none(void **state)
{
	struct machine *m = *state;
	uint64_t box;
	uint64_t pinned;

	assert_int_equal(find(m, "/box", &box), 0);
	memcpy(slot_at(m->cs, serial_slot(box))->id + 1, "on", 3);
	record(m, "container", "/box");
	assert_int_equal(containers_pinned(m->cs, "container", &pinned), 0);
	assert_true(pinned == box);
	assert_string_equal(slot_at(m->cs, serial_slot(box))->id, "container");
	assert_int_equal(registry_remove(m->registry, "container"), 0);
}

/* A reload: who comes next brings what the operator wants now. */
static void a_new_policy_holds_for_old_containers(void **state)
{
	struct machine *m = *state;
	const struct container_info new = { .init = PID, .no_swap = true };
	const struct container_info guest = { .init = PID + 1 };
	autopaths struct cgroup_paths paths = { 0 };
	const struct container_info *info;
	uint64_t box;
	uint64_t again;

	assert_int_equal(find(m, "/box", &box), 0);
	paths.path[CG_UNIFIED] = strdup("/box");
	info = &slot_at(m->cs, serial_slot(box))->info;
	assert_false(info->no_swap);
	assert_int_equal(containers_of(m->cs, &paths, &new, &again), 0);
	assert_true(again == box);
	assert_true(info->no_swap);

	/* Another init in the same cgroup has nothing to say. */
	assert_int_equal(containers_of(m->cs, &paths, &guest, &again), 0);
	assert_true(again == box);
	assert_true(info->no_swap);
}

static uint64_t load_of(struct machine *m, uint64_t serial)
{
	struct snapshot s = { 0 };
	uint64_t load;

	assert_int_equal(containers_gather(m->cs, serial, NEED_LOAD, &s), 0);
	load = s.load.avg[0];
	snapshot_free(&s);
	return load;
}

/* Likewise: what was counted until then does not stay for ever. */
static void a_load_that_nobody_counts_is_none(void **state)
{
	struct machine *m = *state;
	struct member *of;
	uint64_t box;

	assert_int_equal(find(m, "/box", &box), 0);
	of = member_lock(m->cs, box);
	assert_non_null(of);
	for (size_t i = 0; i < 2; i++)
		of->container->state->load.copy[i].avg[0] = 2048;
	member_unlock(m->cs, of);

	assert_int_equal(load_of(m, box), 2048);
	m->cs->policy.loadavg = false;
	assert_int_equal(load_of(m, box), 0);
}

static void another_cgroup_of_that_name_is_not_it(void **state)
{
	struct machine *m = *state;
	uint64_t box;
	uint64_t again;

	assert_int_equal(find(m, "/box", &box), 0);
	containers_close(m->cs);

	/* Its inode number stays taken while the old one is held. */
	{
		autoclose int old = open_at(m, "cgroup/box");

		assert_true(old >= 0);

		tree_unlink(&m->tree, "cgroup/box/cgroup.procs");
		assert_int_equal(
			unlinkat(m->tree.fd, "cgroup/box", AT_REMOVEDIR), 0);
		tree_write(&m->tree, "cgroup/box/cgroup.procs", "\n");
	}

	m->cs = containers_of_worker(m);
	assert_int_equal(gather(m, box), -ESRCH);
	assert_int_equal(find(m, "/box", &again), 0);
	assert_true(again != box);
	assert_int_equal(gather(m, again), 0);
}

static void who_is_gone_is_forgotten(void **state)
{
	struct machine *m = *state;
	_Atomic uint64_t note = 0;
	uint64_t serial;
	struct stat st;
	uint64_t fh;

	record(m, "c1", "/box");
	assert_int_equal(containers_pinned(m->cs, "c1", &serial), 0);
	containers_tick(m->cs, 1);
	assert_true(containers_has(m->cs, serial));

	/* While a file is open, its reader gets the last figures. */
	fh = handle_open(m->area, node_id(serial, 5), serial, &note);
	tree_unlink(&m->tree, "cgroup/box/cgroup.procs");
	containers_tick(m->cs, 2);
	assert_int_equal(gather(m, serial), 0);

	handle_release(m->area, fh);
	containers_tick(m->cs, 3);
	assert_false(containers_has(m->cs, serial));
	assert_int_equal(gather(m, serial), -ESRCH);
	assert_int_equal(fstatat(m->registry, "c1.json", &st, 0), -1);
}

static void a_living_init_keeps_it(void **state)
{
	struct machine *m = *state;
	uint64_t serial;

	record(m, "c1", "/box");
	assert_int_equal(containers_pinned(m->cs, "c1", &serial), 0);
	tree_unlink(&m->tree, "cgroup/box/cgroup.procs");
	tree_write(&m->tree, "proc/100/stat",
		   "100 (a b) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %d 0\n",
		   START);
	containers_tick(m->cs, 1);
	assert_true(containers_has(m->cs, serial));

	/* The pid is somebody else's now. */
	tree_write(&m->tree, "proc/100/stat",
		   "100 (a b) S 1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 %d 0\n",
		   START + 1);
	containers_tick(m->cs, 2);
	assert_false(containers_has(m->cs, serial));
}

static void the_tick_learns_of_records(void **state)
{
	struct machine *m = *state;
	uint64_t serial;
	struct stat st;

	record(m, "c1", "/box");
	record(m, "dead", "/gone");
	containers_tick(m->cs, 12);
	assert_int_equal(find(m, "/box", &serial), 0);
	assert_int_equal(m->area->tenancies, 1);
	assert_int_equal(fstatat(m->registry, "dead.json", &st, 0), -1);
	assert_int_equal(registry_remove(m->registry, "c1"), 0);
}

static void slots_of_idle_callers_are_used_again(void **state)
{
	struct machine *m = *state;
	uint64_t box;
	uint64_t other;

	/* All other slots are taken by containers with open files. */
	assert_int_equal(find(m, "/box", &box), 0);
	for (uint32_t i = 0; i < CONTAINERS_MAX; i++) {
		if (i == serial_slot(box))
			continue;
		m->area->tenants[i].serial = i | UINT64_C(1) << 30;
		m->area->shares[i].handles = 1;
	}

	assert_int_equal(find(m, "/other", &other), 0);
	assert_int_equal(serial_slot(other), serial_slot(box));
	assert_false(containers_has(m->cs, box));
	assert_int_equal(gather(m, other), 0);

	/* Files that are open do not lock others out, but records do. */
	m->area->shares[serial_slot(other)].handles = 1;
	for (uint32_t i = 0; i < CONTAINERS_MAX; i++)
		if (i != serial_slot(other))
			slot_at(m->cs, i)->id[0] = 'x';
	assert_int_equal(find(m, "/box", &box), 0);
	assert_int_equal(serial_slot(box), serial_slot(other));
	assert_false(containers_has(m->cs, other));
	slot_at(m->cs, serial_slot(box))->id[0] = 'x';
	assert_int_equal(find(m, "/other", &other), -ENFILE);
}

static void a_cgroup_has_a_mark(void **state)
{
	struct machine *m = *state;
	uint64_t box;
	uint64_t again;
	uint64_t other;
	uint32_t mark;

	assert_int_equal(find(m, "/box", &box), 0);
	assert_int_equal(find(m, "/other", &other), 0);
	mark = containers_mark(m->cs, box);
	assert_int_not_equal(mark, 0);
	assert_int_not_equal(mark, containers_mark(m->cs, other));
	assert_int_equal(serial_plain(serial_marked(box, mark)), box);

	member_drop(m->cs, serial_slot(box));
	assert_int_equal(containers_mark(m->cs, box), 0);
	assert_int_equal(find(m, "/box", &again), 0);
	assert_int_not_equal(again, box);
	assert_int_equal(containers_mark(m->cs, again), mark);
}

/* Process PID of a fixture, in the pid namespace that FILE stands for. */
static void process(const struct tree *t, int pid, int ppid, const char *ids,
		    const char *file)
{
	char name[64];
	char target[64];

	(void)snprintf(name, sizeof(name), "proc/%d/stat", pid);
	tree_write(t, name,
		   "%d (x) S %d 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 9 0\n", pid,
		   ppid);
	(void)snprintf(name, sizeof(name), "proc/%d/status", pid);
	tree_write(t, name, "Name:\tx\nNSpid:\t%s\n", ids);
	(void)snprintf(name, sizeof(name), "proc/%d/ns/x", pid);
	tree_write(t, name, "\n");
	(void)snprintf(name, sizeof(name), "proc/%d/ns/pid", pid);
	(void)snprintf(target, sizeof(target), "../../../%s", file);
	assert_int_equal(symlinkat(target, t->fd, name), 0);
}

static void an_old_kernel_is_asked_for_parents(void **state)
{
	struct machine *m = *state;
	const struct tree *t = &m->tree;
	autoclose int proc = open_at(m, "proc");
	autoclose int nsfd = -1;
	struct ns_id ns;

	tree_write(t, "ns-host", "\n");
	tree_write(t, "ns-box", "\n");
	process(t, 1, 0, "1", "ns-host");
	process(t, 50, 1, "50\t1", "ns-box");
	process(t, 60, 50, "60\t7", "ns-box");
	process(t, 70, 1, "70\t9", "ns-box"); /* entered from outside */

	nsfd = openat(t->fd, "ns-box", O_RDONLY | O_CLOEXEC);
	assert_int_equal(proc_ns_read(proc, 60, "pid", &ns), 0);
	assert_int_equal(pidns_init(proc, nsfd, ns, 60), 50);
	assert_int_equal(pidns_init(proc, nsfd, ns, 50), 50);
	assert_int_equal(pidns_init(proc, nsfd, ns, 70), 50);
	ns.ino = 0; /* no file has it */
	assert_int_equal(pidns_init(proc, nsfd, ns, 60), -ESRCH);
}

#define ON_MACHINE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_MACHINE(a_cgroup_is_one_container),
		ON_MACHINE(a_record_and_its_callers_share),
		ON_MACHINE(a_successor_finds_the_container),
		ON_MACHINE(neighbours_agree),
		ON_MACHINE(neighbours_close_what_is_gone),
		ON_MACHINE(half_an_id_is_none),
		ON_MACHINE(a_new_policy_holds_for_old_containers),
		ON_MACHINE(a_load_that_nobody_counts_is_none),
		ON_MACHINE(another_cgroup_of_that_name_is_not_it),
		ON_MACHINE(who_is_gone_is_forgotten),
		ON_MACHINE(a_living_init_keeps_it),
		ON_MACHINE(the_tick_learns_of_records),
		ON_MACHINE(slots_of_idle_callers_are_used_again),
		ON_MACHINE(a_cgroup_has_a_mark),
		ON_MACHINE(an_old_kernel_is_asked_for_parents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
