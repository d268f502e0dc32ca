/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "printable.h"
#include "show.h"
#include "str.h"

#define HEX "9687bac58d5c4d1606aa46af33d1a21c1d1652e0ac9fb3fc0fc86e3495f42869"
#define NOW 1800000000

#define PLACE(path, state_, ...)                                               \
	{                                                                      \
		.target = path, .source = source, .state = PLACE_##state_,     \
		.err = -EINPROGRESS, __VA_ARGS__                               \
	}

/* A survey of three containers, the last of which is not named. */
struct made {
	struct place web[4];
	struct place old[2];
	struct space spaces[4];
	struct scene scenes[4];
	struct record record;
	struct container containers[3];
	char mountpoint[64];
	struct survey survey;
};

static char source[] = "containers/web/proc/stat";
static char paths[][32] = { "/proc/meminfo", "/proc/stat", "/proc/swaps",
			    "/tmp/a\nb\x1b[2J\xff", "/proc/uptime" };

static void make(struct made *m)
{
	*m = (struct made){
		.web = {
			PLACE(paths[0], LIVE, .beneath = 2),
			PLACE(paths[1], STALE),
			PLACE(paths[2], FOREIGN),
			PLACE(paths[3], MISSING),
		},
		.old = {
			PLACE(paths[4], STALE),
			PLACE(paths[0], LXCFS),
		},
		.spaces = {
			{ .id = { 4, 4026532001 }, .pid = 1234 },
			{ .id = { 4, 4026532002 } },
			{ .id = { 4, 4026532003 }, .pid = 77 },
			{ .id = { 4, 4026532004 }, .pid = 78 },
		},
		.scenes = {
			{ &m->spaces[0], m->web, 4, 0, false },
			{ &m->spaces[1], &m->old[0], 1, -ETIMEDOUT, false },
			{ &m->spaces[2], &m->old[1], 1, 0, false },
			{ &m->spaces[3], NULL, 0, 0, false },
		},
		.containers = {
			{ .id = HEX, .runtime = "docker", .pid = 1234,
			  .record = &m->record, .named = true,
			  .scenes = &m->scenes[0], .count = 2,
			  .memory = 64 << 20, .cpus = 2 },
			{ .id = "mnt-4026532003", .runtime = "-",
			  .named = true, .scenes = &m->scenes[2],
			  .count = 1 },
			{ .id = "other", .runtime = "lxc",
			  .scenes = &m->scenes[3], .count = 1 },
		},
		.mountpoint = "/run/resview/fs",
		.survey = {
			.mountpoint = m->mountpoint,
			.devices = { .list = { { .since = NOW - 3 * 3600 } },
				     .count = 1 },
			.list = m->containers,
			.count = 3,
		},
	};
}

static void assert_table(const struct made *m, const char *want)
{
	autostr struct str got = { 0 };

	show_table(&m->survey, NOW, &got);
	assert_int_equal(got.err, 0);
	assert_string_equal(got.text, want);
}

static void lists_containers(void **state)
{
	struct made m;

	(void)state;
	make(&m);
	assert_table(
		&m, "CONTAINER       RUNTIME   PID     NAMESPACE  LIVE  STALE  "
		    "MISSING  FOREIGN  LXCFS  MEMORY  CPUS  NOTE\n"
		    "9687bac58d5c    docker   1234  4026532001+1     1      2  "
		    "      1        1      0     64M     2  no answer in time\n"
		    "mnt-4026532003  -           -    4026532003     0      0  "
		    "      0        0      1       -     -\n"
		    "connection: /run/resview/fs, alive, 3 h old\n");

	m.containers[1].named = false;
	m.scenes[1].err = 0;
	m.containers[0].memory = 1536 << 20;
	m.survey.answer = -ENOTCONN;
	assert_table(&m,
		     "CONTAINER     RUNTIME   PID     NAMESPACE  LIVE  STALE  "
		     "MISSING  FOREIGN  MEMORY  CPUS\n"
		     "9687bac58d5c  docker   1234  4026532001+1     1      2  "
		     "      1        1    1.5G     2\n"
		     "connection: /run/resview/fs, dead, 3 h old\n");

	m.record.detached = true;
	m.survey.devices.list[0].since = 0;
	m.survey.answer = -ETIMEDOUT;
	assert_table(&m,
		     "CONTAINER     RUNTIME   PID     NAMESPACE  LIVE  STALE  "
		     "MISSING  FOREIGN  MEMORY  CPUS  NOTE\n"
		     "9687bac58d5c  docker   1234  4026532001+1     1      2  "
		     "      1        1    1.5G     2  detached\n"
		     "connection: /run/resview/fs, no answer in time\n");

	m.survey = (struct survey){ .answer = -ENODEV };
	assert_table(&m, "CONTAINER  RUNTIME  PID  NAMESPACE  LIVE  STALE  "
			 "MISSING  FOREIGN  MEMORY  CPUS\n"
			 "connection: nothing is mounted\n");
}

static void shortens_what_is_long(void **state)
{
	struct made m;

	(void)state;
	make(&m);
	m.containers[0].named = false;
	m.scenes[2].count = 0;
	m.containers[1].count = 0;
	(void)snprintf(m.containers[1].id, sizeof(m.containers[1].id), "%s",
		       "a-name-that-is-too-long-to-be-shown");
	assert_table(&m, "CONTAINER                 RUNTIME  PID  NAMESPACE  "
			 "LIVE  STALE  MISSING  FOREIGN  MEMORY  CPUS\n"
			 "a-name-that-is-too-lo...  -          -          -  "
			 "   0      0        0        0       -     -\n"
			 "connection: /run/resview/fs, alive, 3 h old\n");
}

static void is_json(void **state)
{
	autojson struct json_object *json = NULL;
	autostr struct str got = { 0 };
	struct made m;

	(void)state;
	make(&m);
	m.web[1].action = ACTION_SWAP;
	m.web[3].action = ACTION_ATTACH;
	m.web[3].err = -EPERM;
	m.web[0].action = ACTION_TIDY;
	m.web[0].err = 0;
	show_json(&m.survey, NOW, &got);

	assert_int_equal(got.err, 0);
	assert_int_equal(json_parse(got.text, got.len, &json), 0);
	assert_string_equal(
		got.text,
		"{\"mountpoint\":\"/run/resview/fs\",\"alive\":true,"
		"\"error\":null,\"connection_age\":10800,\"metrics\":null,"
		"\"containers\":["
		"{\"id\":\"" HEX "\",\"runtime\":\"docker\",\"pid\":1234,"
		"\"recorded\":true,\"detached\":false,"
		"\"memory_limit\":67108864,\"cpus\":2,"
		"\"views\":{\"live\":1,\"stale\":2,\"missing\":1,"
		"\"foreign\":1,\"lxcfs\":0},\"namespaces\":["
		"{\"inode\":4026532001,\"pid\":1234,\"error\":null,"
		"\"places\":["
		"{\"path\":\"/proc/meminfo\",\"state\":\"live\",\"beneath\":2,"
		"\"loose\":false,\"action\":\"tidy\",\"done\":true,"
		"\"error\":null},"
		"{\"path\":\"/proc/stat\",\"state\":\"stale\",\"beneath\":0,"
		"\"loose\":false,\"action\":\"replace\",\"done\":false,"
		"\"error\":null},"
		"{\"path\":\"/proc/swaps\",\"state\":\"foreign\","
		"\"beneath\":0,\"loose\":false,\"action\":null,"
		"\"done\":false,\"error\":null},"
		"{\"path\":\"/tmp/a\\u000ab\\u001b[2J\xef\xbf\xbd\","
		"\"state\":\"missing\",\"beneath\":0,\"loose\":false,"
		"\"action\":\"mount\",\"done\":false,\"error\":"
		"\"what the container has there is not the kernel's\"}]},"
		"{\"inode\":4026532002,\"pid\":null,"
		"\"error\":\"no answer in time\",\"places\":["
		"{\"path\":\"/proc/uptime\",\"state\":\"stale\",\"beneath\":0,"
		"\"loose\":false,\"action\":null,\"done\":false,"
		"\"error\":null}]}]},"
		"{\"id\":\"mnt-4026532003\",\"runtime\":null,\"pid\":null,"
		"\"recorded\":false,\"detached\":false,\"memory_limit\":null,"
		"\"cpus\":null,\"views\":{\"live\":0,\"stale\":0,"
		"\"missing\":0,\"foreign\":0,\"lxcfs\":1},\"namespaces\":["
		"{\"inode\":4026532003,\"pid\":77,\"error\":null,\"places\":["
		"{\"path\":\"/proc/meminfo\",\"state\":\"lxcfs\","
		"\"beneath\":0,\"loose\":false,\"action\":null,"
		"\"done\":false,\"error\":null}]}]}]}\n");

	str_reset(&got);
	m.survey = (struct survey){ .answer = -ENODEV };
	show_json(&m.survey, NOW, &got);
	assert_string_equal(got.text,
			    "{\"mountpoint\":null,\"alive\":false,\"error\":"
			    "\"the daemon has nothing mounted\","
			    "\"connection_age\":null,\"metrics\":null,"
			    "\"containers\":[]}\n");
}

static void says_what_it_would_do(void **state)
{
	autostr struct str got = { 0 };
	struct made m;

	(void)state;
	make(&m);
	assert_int_equal(show_plan(&m.survey, &got), 0);
	assert_string_equal(str_text(&got), "");

	m.web[0].action = ACTION_TIDY;
	m.web[0].loose = true;
	m.web[1].action = ACTION_SWAP;
	m.web[3].action = ACTION_ATTACH;
	m.old[0].action = ACTION_DETACH;
	m.old[1].action = ACTION_ADOPT;
	assert_int_equal(show_plan(&m.survey, &got), 5);
	assert_string_equal(
		str_text(&got),
		"container " HEX ": /proc/meminfo: live, would be tidied up "
		"(with 2 layers beneath) (its attributes)\n"
		"container " HEX ": /proc/stat: stale, would be replaced\n"
		"container " HEX ": /tmp/a\\x0ab\\x1b[2J\\xff: missing, would "
		"be mounted\n"
		"container " HEX ", mount namespace 4026532002: /proc/uptime: "
		"stale, would be taken out\n"
		"container mnt-4026532003: /proc/meminfo: LXCFS's, would be "
		"adopted\n");
}

static void assert_summary(const struct made *m, const char *want)
{
	autostr struct str got = { 0 };

	show_summary(&m->survey, &got);
	assert_string_equal(str_text(&got), want);
}

static void sums_up(void **state)
{
	struct made m;

	(void)state;
	make(&m);
	m.scenes[1].err = -ESRCH;
	assert_summary(&m, "2 containers: 1 view live, 1 left to its owner, "
			   "0 failed\n");

	m.web[1].action = ACTION_SWAP;
	m.web[1].err = 0;
	m.web[3].action = ACTION_ATTACH;
	m.web[3].err = 0;
	m.old[1].action = ACTION_ADOPT;
	m.old[1].err = -EXDEV;
	m.scenes[1].err = -ETIMEDOUT;
	assert_summary(&m, "2 containers: 3 views live, 1 mounted, 1 replaced, "
			   "1 left to its owner, 2 failed\n");

	/* The same after they were looked at again. */
	m.web[1].state = m.web[3].state = PLACE_LIVE;
	assert_summary(&m, "2 containers: 3 views live, 1 mounted, 1 replaced, "
			   "1 left to its owner, 2 failed\n");

	/* Layers that the kernel keeps are no failure, anything else is. */
	m.web[0].action = ACTION_TIDY;
	m.web[0].err = -EPERM;
	assert_summary(&m, "2 containers: 3 views live, 1 mounted, 1 replaced, "
			   "1 left to its owner, 2 failed\n");
	m.web[0].err = -EXDEV;
	assert_summary(&m, "2 containers: 3 views live, 1 mounted, 1 replaced, "
			   "1 left to its owner, 3 failed\n");

	make(&m);
	m.scenes[1].err = 0;
	m.web[0].action = m.web[1].action = m.old[0].action = ACTION_DETACH;
	m.web[0].err = m.web[1].err = 0;
	m.old[0].err = -ESRCH;
	m.containers[1].named = false;
	m.web[2].state = PLACE_MISSING;
	assert_summary(&m, "1 container: 0 views live, 2 taken out, "
			   "0 failed\n");
}

/* What show_failures() writes to stderr, and returns. */
static size_t failures(const struct made *m, struct str *out)
{
	autoclose int file = memfd_create("stderr", MFD_CLOEXEC);
	autoclose int old = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	size_t n;

	(void)fflush(stderr);
	assert_true(dup2(file, STDERR_FILENO) >= 0);
	n = show_failures(&m->survey);
	assert_true(dup2(old, STDERR_FILENO) >= 0);
	assert_int_equal(file_pread_all(file, out), 0);
	return n;
}

static void says_what_failed(void **state)
{
	autostr struct str got = { 0 };
	struct made m;

	(void)state;
	log_open("resview-remount", LOG_INFO, false);
	make(&m);
	m.web[0].action = m.web[1].action = ACTION_SWAP;
	m.web[0].err = m.web[1].err = -ETIMEDOUT;
	m.web[3].action = ACTION_ATTACH;
	m.web[3].err = -EPERM;
	m.old[1].action = ACTION_ADOPT;
	m.old[1].err = -ESRCH;
	assert_int_equal(failures(&m, &got), 4);
	assert_string_equal(
		str_text(&got),
		"resview-remount: container " HEX ": /proc/meminfo, "
		"/proc/stat: not replaced: no answer in time\n"
		"resview-remount: container " HEX ": /proc/swaps: somebody "
		"else's mount, left as it is\n"
		"resview-remount: container " HEX
		": /tmp/a\\x0ab\\x1b[2J\\xff: not mounted: what the container "
		"has there is not the kernel's\n"
		"resview-remount: container " HEX ": mount namespace "
		"4026532002: no answer in time; left as it is\n"
		"resview-remount: container mnt-4026532003: /proc/meminfo: "
		"not adopted: it has ended\n");
}

static void does_not_list_thousands(void **state)
{
	static struct place many[1000];
	autostr struct str got = { 0 };
	struct made m;

	(void)state;
	make(&m);
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = (struct place){ .target = paths[1],
					  .action = ACTION_SWAP,
					  .err = -ENOSPC };
	m.scenes[0].places = many;
	m.scenes[0].count = ARRAY_SIZE(many);
	m.containers[0].count = 1;
	m.containers[1].named = false;
	assert_int_equal(failures(&m, &got), 1000);
	assert_non_null(strstr(got.text,
			       "/proc/stat and 992 more: not "
			       "replaced: No space left on device\n"));
	assert_true(got.len < 300);
}

static void names_do_no_harm(void **state)
{
	static const struct {
		const char *text;
		const char *shown;
		const char *unicode;
	} rows[] = {
		{ "", "", "" },
		{ "a b", "a b", "a b" },
		{ "\t\x7f", "\\x09\\x7f", "\t\x7f" },
		{ "\xc3\xa4", "\xc3\xa4", "\xc3\xa4" },
		{ "\xe2\x82\xac", "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7" },
		/* CSI */
		{ "\xc2\x9b"
		  "2J",
		  "\\xc2\\x9b2J",
		  "\xc2\x9b"
		  "2J" },
		{ "\x9b", "\\x9b", "\xef\xbf\xbd" },
		/* from right to left, end of a line, no width; a dash */
		{ "\xe2\x80\x8fgnp", "\\xe2\\x80\\x8fgnp", "\xe2\x80\x8fgnp" },
		{ "\xe2\x80\xa8", "\\xe2\\x80\\xa8", "\xe2\x80\xa8" },
		{ "\xef\xbb\xbf", "\\xef\\xbb\\xbf", "\xef\xbb\xbf" },
		{ "\xe2\x80\x93", "\xe2\x80\x93", "\xe2\x80\x93" },
		/* cut off, too long, a surrogate, beyond Unicode */
		{ "a\xe2\x82", "a\\xe2\\x82", "a\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xc0\xaf", "\\xc0\\xaf", "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe0\x80\x80", "\\xe0\\x80\\x80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autostr struct str shown = { 0 };
		autostr struct str unicode = { 0 };

		printable_line(rows[i].text, &shown);
		assert_string_equal(str_text(&shown), rows[i].shown);
		printable_json(rows[i].text, &unicode);
		assert_string_equal(str_text(&unicode), rows[i].unicode);
	}
}

static void names_have_an_end(void **state)
{
	autostr struct str name = { 0 };
	autostr struct str shown = { 0 };

	(void)state;
	for (int i = 0; i < PRINTABLE_MAX; i++)
		str_adds(&name, "n");
	printable_line(name.text, &shown);
	assert_string_equal(shown.text, name.text);

	str_reset(&shown);
	str_adds(&name, "n");
	printable_line(name.text, &shown);
	assert_int_equal(shown.len, PRINTABLE_MAX + 3);
	assert_string_equal(shown.text + PRINTABLE_MAX, "...");
}

/* The other end of a new terminal that is stderr now; *OLD is what was. */
static int terminal(int *old)
{
	autoclose int other = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	autoclose int ours = -1;
	char name[64];

	if (other < 0 || unlockpt(other) < 0 ||
	    ptsname_r(other, name, sizeof(name)) != 0)
		return -1;
	ours = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (ours < 0)
		return -1;

	(void)fflush(stderr);
	*old = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_true(dup2(ours, STDERR_FILENO) >= 0);
	return take_fd(&other);
}

static void shows_progress_to_who_waits(void **state)
{
	autoclose int old = -1;
	autoclose int screen = terminal(&old);
	struct progress late = { .what = "repairing", .begun = 0.001 };
	struct progress soon = { .what = "repairing" };
	static const char want[] = "\r\033[Krepairing 1 of 2 ...\r\033[K";
	struct pollfd p = { .fd = screen, .events = POLLIN };
	char text[256] = "";
	size_t len = 0;
	ssize_t n;

	(void)state;
	if (screen < 0)
		skip();

	progress_show(&soon, 1, 2);
	progress_clear(&soon);
	progress_show(&late, 1, 2);
	assert_true(late.shown);
	progress_clear(&late);
	progress_clear(&late);
	while (len < strlen(want) && poll(&p, 1, 60000) > 0) {
		n = read(screen, text + len, sizeof(text) - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	assert_true(dup2(old, STDERR_FILENO) >= 0);

	assert_string_equal(text, want);
	assert_false(soon.shown || late.shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_containers),
		cmocka_unit_test(shortens_what_is_long),
		cmocka_unit_test(is_json),
		cmocka_unit_test(says_what_it_would_do),
		cmocka_unit_test(sums_up),
		cmocka_unit_test(says_what_failed),
		cmocka_unit_test(does_not_list_thousands),
		cmocka_unit_test(names_do_no_harm),
		cmocka_unit_test(names_have_an_end),
		cmocka_unit_test(shows_progress_to_who_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
