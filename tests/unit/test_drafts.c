/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "drafts.h"
#include "machine.h"
#include "tree.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct world {
	struct tree tree;
	struct machine machine;
	struct survey survey;
	struct draft list[4];
	struct space spaces[4];
	struct drafts drafts;
	const char *unified; /* the cgroup v2 of all; NULL: the root */
};

static void begin(struct world *w)
{
	*w = (struct world){ .machine = MACHINE_NONE };
	tree_make(&w->tree);
	w->machine.proc = w->tree.fd;
	w->survey.machine = &w->machine;
	w->survey.origin.root = -1;
	w->drafts.survey = &w->survey;
	w->drafts.list = w->list;
}

static void end(struct world *w)
{
	for (size_t i = 0; i < w->drafts.count; i++)
		free(w->list[i].cgroup);
	survey_free(&w->survey);
	tree_remove(&w->tree);
}

/* A namespace with the process PID, in CGROUP. Returns the id it gets. */
static const char *add(struct world *w, int pid, const char *cgroup)
{
	struct draft *d = &w->list[w->drafts.count];
	struct space *space = &w->spaces[w->drafts.count];
	char name[64];

	(void)snprintf(name, sizeof(name), "%d/cgroup", pid);
	tree_write(&w->tree, name, "4:memory:%s\n0::%s\n", cgroup,
		   w->unified ? w->unified : "/");
	*space = (struct space){ .pid = pid, .fd = -1 };
	space->id.ino = (ino_t)pid;
	d->scene.space = space;
	draft_name(&w->drafts, d);
	w->drafts.count++;
	return d->id;
}

static void record(struct world *w, const char *cgroup)
{
	struct record rec = { .id = ID };

	rec.cgroups.path[CG_MEMORY] = strdup(cgroup);
	assert_non_null(survey_record(&w->survey, &rec));
}

/* On a hybrid host containers may have the engine's cgroup v2. */
static void what_is_the_engines_is_nobodys(void **state)
{
	struct record rec = { .id = "a" };
	struct world w;

	(void)state;
	begin(&w);
	w.unified = "/system.slice/engine.service";
	rec.cgroups.path[CG_MEMORY] = strdup("/own/a");
	rec.cgroups.path[CG_UNIFIED] = strdup(w.unified);
	assert_non_null(survey_record(&w.survey, &rec));
	assert_string_equal(add(&w, 7, "/own/a/deeper"), "a");
	assert_string_equal(add(&w, 8, "/own/b"), "mnt-8");
	assert_string_equal(add(&w, 9, "/own/c"), "mnt-9");
	end(&w);
}

static void an_engine_has_a_name_for_it(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	assert_string_equal(add(&w, 7, "/docker/" ID), ID);
	assert_string_equal(w.list[0].runtime, "docker");
	assert_string_equal(add(&w, 8, "/docker/" ID "/init.scope"), ID);
	assert_string_equal(add(&w, 9, "/user.slice"), "mnt-9");
	end(&w);
}

static void a_name_that_is_taken_is_not_believed(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	record(&w, "/docker/" ID);
	assert_string_equal(add(&w, 7, "/own/docker-" ID ".scope"), "mnt-7");
	assert_string_equal(add(&w, 8, "/docker/" ID "/deeper"), ID);
	end(&w);

	begin(&w);
	assert_string_equal(add(&w, 7, "/docker/" ID), ID);
	assert_string_equal(add(&w, 8, "/own/docker/" ID), "mnt-8");
	end(&w);
}

static void one_cgroup_is_one_container(void **state)
{
	struct world w;

	(void)state;
	begin(&w);
	assert_string_equal(add(&w, 7, "/own/x"), "mnt-7");
	assert_string_equal(add(&w, 8, "/own/x"), "mnt-7");
	assert_string_equal(add(&w, 9, "/own/xy"), "mnt-9");
	end(&w);

	begin(&w);
	assert_string_equal(add(&w, 7, "/"), "mnt-7");
	assert_string_equal(add(&w, 8, "/"), "mnt-8");
	end(&w);
}

static void our_files_say_whose_it_is(void **state)
{
	char target[] = "/proc/stat";
	char source[] = "containers/web/proc/stat";
	struct place place = { .target = target, .source = source };
	struct world w;

	(void)state;
	begin(&w);
	w.list[0].scene.places = &place;
	w.list[0].scene.count = 1;
	assert_string_equal(add(&w, 7, "/docker/" ID), "web");
	assert_string_equal(w.list[0].runtime, "docker");
	end(&w);

	begin(&w);
	w.list[0].scene.places = &place;
	w.list[0].scene.count = 1;
	assert_string_equal(add(&w, 7, "/user.slice"), "web");
	assert_string_equal(w.list[0].runtime, "-");
	end(&w);
}

static void a_recorded_cgroup_says_so_too(void **state)
{
	struct record top = { .id = "top" };
	struct world w;

	(void)state;
	begin(&w);
	record(&w, "/pods/a");
	top.cgroups.path[CG_MEMORY] = strdup("/");
	assert_non_null(survey_record(&w.survey, &top));
	assert_string_equal(add(&w, 7, "/pods/a/deeper"), ID);
	assert_string_equal(add(&w, 8, "/pods/ab"), "mnt-8");
	assert_string_equal(add(&w, 9, "/pods"), "mnt-9");
	end(&w);

	/* The inner one of two; and names that a container can make up. */
	begin(&w);
	record(&w, "/pods/a/b");
	top = (struct record){ .id = "top" };
	top.cgroups.path[CG_MEMORY] = strdup("/pods/a");
	assert_non_null(survey_record(&w.survey, &top));
	assert_string_equal(add(&w, 7, "/pods/a/b"), ID);
	assert_string_equal(add(&w, 8, "/pods/a/c"), "top");
	assert_string_equal(add(&w, 9, "/pods/a/docker/" ID), "top");
	end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_engine_has_a_name_for_it),
		cmocka_unit_test(a_name_that_is_taken_is_not_believed),
		cmocka_unit_test(what_is_the_engines_is_nobodys),
		cmocka_unit_test(one_cgroup_is_one_container),
		cmocka_unit_test(our_files_say_whose_it_is),
		cmocka_unit_test(a_recorded_cgroup_says_so_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
