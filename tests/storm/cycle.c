/* SPDX-License-Identifier: Apache-2.0 */
/* One process that reads and checks until the end. */
#include "cycle.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "base.h"

#define SIGNAL_US 1000
#define SHORT_NS  1000000 /* not worth another look */
/* Now and then a kept file rests: what is then served of before would be old.
 */
#define REST_EACH 64
#define REST_US   20000

static const size_t sizes[KINDS] = {
	[KIND_OPEN] = 8192,
	[KIND_SEEK] = 8192,
	[KIND_17] = 17,
	[KIND_300] = 300,
};

static void on_signal(int sig)
{
	(void)sig;
}

static void storm_of_signals(void)
{
	const struct sigaction action = { .sa_handler = on_signal };
	const struct itimerval each = {
		.it_interval = { .tv_usec = SIGNAL_US },
		.it_value = { .tv_usec = SIGNAL_US },
	};

	(void)sigaction(SIGALRM, &action, NULL);
	(void)setitimer(ITIMER_REAL, &each, NULL);
}

/* When a call begins. */
struct moment {
	uint64_t now;
	uint64_t ready; /* ns that we have been ready to run, without a CPU */
};

/* Documentation/scheduler/sched-stats.rst: time on a CPU, time waiting for one,
 * in ns. */
static uint64_t ready_ns(const struct cycle *c)
{
	char text[64] = "";
	const char *second;

	if (c->schedstat < 0 ||
	    pread(c->schedstat, text, sizeof(text) - 1, 0) <= 0)
		return 0;

	second = strchr(text, ' ');
	return second ? strtoull(second, NULL, 10) : 0;
}

static struct moment call_begins(const struct cycle *c)
{
	return (struct moment){
		.ready = ready_ns(c),
		.now = clock_ns(CLOCK_MONOTONIC),
	};
}

/* What a busy machine takes before a reader runs again that has its answer, is
 * not the server's. */
static void call_ends(struct cycle *c, const struct moment *m)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	uint64_t ns = now - m->now;
	uint64_t ready = ns < SHORT_NS ? 0 : ready_ns(c) - m->ready;

	waits_add(&c->tally->queued, ns);
	waits_add(&c->tally->calls, sub_floor(ns, ready));
	atomic_store(&c->tally->beat, now);
}

int cycle_slurp(struct cycle *c, int fd, size_t size)
{
	struct text *t = &c->text;
	ssize_t n;

	t->len = 0;
	do {
		struct moment m = call_begins(c);

		n = read(fd, t->data + t->len,
			 min_u64(size, TEXT_MAX - t->len));
		if (n < 0)
			n = -errno;
		call_ends(c, &m);
		if (n < 0)
			return (int)n;
		t->len += (size_t)n;
	} while (n > 0);

	text_parse(t);
	return 0;
}

static void show(struct cycle *c, const char *why)
{
	struct tally *t = c->tally;
	size_t len = min_u64(c->text.len, SHOWN_MAX - 1);

	if (atomic_load(&t->shown))
		return;

	(void)snprintf(t->what, sizeof(t->what), "%s: %s",
		       c->reading.view->path, why);
	memcpy(t->text, c->text.data, len);
	t->text[len] = '\0';
	atomic_store(&t->shown, true);
}

static void note_error(struct cycle *c, int r)
{
	c->text.len = 0;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
	show(c, strerror(-r));
	atomic_fetch_add(&c->tally->errors[min_u64(-r, ERRNO_MAX - 1)], 1);
}

static int begin_at(struct cycle *c, unsigned i)
{
	struct moment m = call_begins(c);
	int fd = c->kept[i];
	int r = 0;

	if (fd < 0) {
		fd = openat(c->root, c->view[i]->path, O_RDONLY | O_CLOEXEC);
		r = fd < 0 ? -errno : 0;
	} else if (lseek(fd, 0, SEEK_SET) < 0) {
		r = -errno;
	}
	call_ends(c, &m);

	return r < 0 ? r : fd;
}

static int read_one(struct cycle *c, unsigned i)
{
	enum kind kind = c->tally->kind;
	int fd = begin_at(c, i);
	int r;

	if (fd < 0)
		return fd;

	r = cycle_slurp(c, fd, sizes[kind]);
	if (kind == KIND_SEEK)
		c->kept[i] = fd;
	else if (close(fd) < 0 && r == 0)
		r = -errno;

	return r;
}

static void cycle_one(struct cycle *c, unsigned i)
{
	uint64_t before = clock_ns(CLOCK_MONOTONIC);
	enum verdict verdict;
	int r;

	c->reading.view = c->view[i];
	c->reading.known = &c->known[i];
	check_begin(&c->reading, clock_ns(CLOCK_BOOTTIME));
	r = read_one(c, i);
	waits_add(&c->tally->whole, clock_ns(CLOCK_MONOTONIC) - before);
	atomic_fetch_add(&c->tally->cycles, 1);
	if (r < 0) {
		note_error(c, r);
		return;
	}

	verdict = check_text(&c->reading, &c->text, clock_ns(CLOCK_BOOTTIME));
	atomic_fetch_add(&c->tally->verdicts[verdict], 1);
	if (verdict != RIGHT)
		show(c, c->reading.why);
}

/* xorshift: cheap, and another sequence for each process. */
static uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

void cycle_run(struct cycle *c)
{
	uint64_t dice = (uint64_t)getpid() * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t n = 0;

	for (unsigned i = 0; i < c->n; i++)
		c->kept[i] = -1;
	c->schedstat = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	if (c->tally->signals)
		storm_of_signals();

	while (c->n && clock_ns(CLOCK_MONOTONIC) < c->end) {
		cycle_one(c, (unsigned)(random_next(&dice) % c->n));
		if (c->tally->kind == KIND_SEEK && ++n % REST_EACH == 0)
			(void)usleep(REST_US);
		if (c->pause)
			(void)usleep(c->pause);
	}

	atomic_store(&c->tally->done, true);
}
