/* SPDX-License-Identifier: Apache-2.0 */
/* A storm of readers in a container, each of which checks what it reads. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base.h"
#include "churn.h"
#include "cycle.h"
#include "report.h"

#define PROCESSES_MAX 256
#define SECONDS_MAX   86400
#define HUNG_NS       (60 * NSEC_PER_SEC)
#define WATCH_US      50000
#define WRONG_SHOWN   8

struct storm {
	struct cycle cycle; /* of each process; here: what they share */
	struct tally *tallies;
	unsigned n;
	pid_t pids[PROCESSES_MAX];
	const char *root;
	bool churn;
	bool json;
	bool several; /* servers, each of which counts by itself */
};

static const char *const names[KINDS] = {
	[KIND_OPEN] = "open",
	[KIND_SEEK] = "seek",
	[KIND_17] = "small",
	[KIND_300] = "large",
};

static void help(void)
{
	puts("usage: reader [OPTION...] SECONDS KIND=N[+S]...\n"
	     "\n"
	     "N processes, and S more with a signal each ms, of each KIND:\n"
	     "  open    open a file, read it, close it\n"
	     "  seek    keep all files open; lseek to 0 and read\n"
	     "  small   open, read 17 bytes at once, close\n"
	     "  large   open, read 300 bytes at once, close\n"
	     "\n"
	     "  --root DIR   where proc and sys are, default /\n"
	     "  --churn      and one that takes memory and writes to /tmp\n"
	     "  --pause US   after each file\n"
	     "  --several    servers take turns: counters are not compared\n"
	     "  --json       one object instead of a table\n"
	     "\n"
	     "Exit code: 0 all was right, 1 something was not, 2 usage.");
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* KIND=N[+S] */
static bool add_kind(struct storm *s, const char *arg)
{
	const char *equals = strchr(arg, '=');
	char *end;
	unsigned long n;
	unsigned long more;

	if (!equals)
		return false;

	n = strtoul(equals + 1, &end, 10);
	more = *end == '+' ? strtoul(end + 1, &end, 10) : 0;
	if (*end || n > PROCESSES_MAX || more > PROCESSES_MAX ||
	    s->n + n + more > PROCESSES_MAX)
		return false;

	for (int k = 0; k < KINDS; k++) {
		if (strncmp(arg, names[k], (size_t)(equals - arg)) != 0)
			continue;
		for (unsigned long i = 0; i < n + more; i++) {
			s->tallies[s->n].kind = (enum kind)k;
			s->tallies[s->n++].signals = i >= n;
		}
		return true;
	}

	return false;
}

/* Files that the container does not have are left out. */
static int learn_one(struct cycle *c, const struct view *v)
{
	autoclose int fd = openat(c->root, v->path, O_RDONLY | O_CLOEXEC);
	const char *why;
	int r;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;

	r = cycle_slurp(c, fd, TEXT_MAX);
	if (r < 0)
		return r;

	why = check_learn(v, &c->text, &c->known[c->n]);
	if (why) {
		fprintf(stderr, "reader: %s: %s\n%s", v->path, why,
			c->text.data);
		return -EPROTO;
	}

	c->view[c->n++] = v;
	return 0;
}

static int learn(struct storm *s)
{
	static struct tally not_counted;
	struct cycle *c = &s->cycle;

	c->tally = &not_counted;
	c->root = open(s->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->root < 0)
		return -errno;

	for (int i = 0; i < VIEWS; i++) {
		int r = learn_one(c, &views[i]);

		if (r < 0) {
			errno = -r;
			fprintf(stderr, "reader: %s: %m\n", views[i].path);
			return r;
		}
	}
	for (unsigned i = 0; s->several && i < c->n; i++)
		c->known[i].n_counters = 0;

	return c->n ? 0 : -ENOENT;
}

static void start(struct storm *s, pid_t *churn)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	for (unsigned i = 0; i < s->n; i++) {
		atomic_store(&s->tallies[i].beat, now);
		s->cycle.tally = &s->tallies[i];
		s->pids[i] = fork();
		if (s->pids[i] == 0) {
			cycle_run(&s->cycle);
			_exit(0);
		}
	}
	*churn = s->churn ? fork() : -1;
	if (*churn == 0) {
		churn_run(s->cycle.end);
		_exit(0);
	}
}

/* Returns how many have not come to their end. */
static unsigned look(struct storm *s)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	unsigned left = 0;

	for (unsigned i = 0; i < s->n; i++) {
		struct tally *t = &s->tallies[i];

		if (atomic_load(&t->done))
			continue;
		left++;
		if (sub_floor(now, atomic_load(&t->beat)) > HUNG_NS)
			t->hung = true;
	}

	return left;
}

/* A process that is killed, or that cannot be, has hung. */
static void watch(struct storm *s, pid_t churn)
{
	while (look(s) && clock_ns(CLOCK_MONOTONIC) < s->cycle.end + HUNG_NS)
		(void)usleep(WATCH_US);

	for (unsigned i = 0; i < s->n; i++) {
		if (!atomic_load(&s->tallies[i].done)) {
			s->tallies[i].hung = true;
			(void)kill(s->pids[i], SIGKILL);
		} else {
			(void)waitpid(s->pids[i], NULL, 0);
		}
	}
	if (churn > 0)
		(void)waitpid(churn, NULL, 0);
}

static int run(struct storm *s, unsigned seconds)
{
	bool wrong = false;
	pid_t churn;

	s->cycle.known = shared(sizeof(struct known[VIEWS]));
	if (!s->cycle.known)
		return -ENOMEM;
	if (s->churn)
		churn_disk();
	if (learn(s) < 0)
		return -EPROTO;

	s->cycle.end = clock_ns(CLOCK_MONOTONIC) + seconds * NSEC_PER_SEC;
	start(s, &churn);
	watch(s, churn);
	for (unsigned i = 0; i < s->n; i++)
		wrong |= tally_wrong(&s->tallies[i]);

	report_wrong(s->tallies, s->n, WRONG_SHOWN);
	(s->json ? report_json : report_table)(s->tallies, s->n);
	return wrong;
}

static bool parse(struct storm *s, int argc, char **argv)
{
	static const struct option options[] = {
		{ "root", required_argument, NULL, 'r' },
		{ "churn", no_argument, NULL, 'c' },
		{ "pause", required_argument, NULL, 'p' },
		{ "json", no_argument, NULL, 'j' },
		{ "several", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'r')
			s->root = optarg;
		else if (c == 'c')
			s->churn = true;
		else if (c == 'p')
			s->cycle.pause = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'j')
			s->json = true;
		else if (c == 's')
			s->several = true;
		else
			return false;
	}

	for (int i = optind + 1; i < argc; i++)
		if (!add_kind(s, argv[i]))
			return false;

	return s->n > 0;
}

int main(int argc, char **argv)
{
	static struct storm s = { .root = "/", .cycle.schedstat = -1 };
	unsigned long seconds;

	s.tallies = shared(sizeof(struct tally[PROCESSES_MAX]));
	if (!s.tallies || !parse(&s, argc, argv)) {
		help();
		return 2;
	}

	seconds = strtoul(argv[optind], NULL, 10);
	if (seconds == 0 || seconds > SECONDS_MAX) {
		help();
		return 2;
	}

	return run(&s, (unsigned)seconds) == 0 ? 0 : 1;
}
