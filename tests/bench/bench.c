/* SPDX-License-Identifier: Apache-2.0 */
/* Times a file the way programs read it, for several servers in turn, so that
 * whatever else the machine does falls on all of them alike. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base.h"

#define NAMES_MAX  16
#define ROUNDS_MAX 64
#define WARM_UP    20

/* open, read to the end, close; or lseek to 0, read to the end. */
enum pattern {
	OPEN,
	SEEK,
	PATTERNS
};

static const char *const pattern_names[PATTERNS] = { "open", "seek" };

struct server {
	const char *name;
	const char *dir; /* has a file for each view */
	const char *pid; /* whose CPU time counts as the server's, or NULL */
};

struct plan {
	struct server servers[NAMES_MAX];
	size_t n_servers;
	const char *views[NAMES_MAX];
	size_t n_views;
	unsigned rounds;
	unsigned ops;
	uint64_t *latency; /* ns, one for each operation of a round */
};

/* What one round measured, ns per operation but for the percentiles. */
struct figures {
	uint64_t p50;
	uint64_t p99;
	uint64_t reader;
	uint64_t daemon;
};

/* CPU time of one thread so far: Documentation/scheduler/sched-stats.rst. */
static uint64_t thread_ns(int tasks, const char *thread)
{
	char path[64];
	char text[64] = "";
	autoclose int fd = -1;

	if (snprintf(path, sizeof(path), "%s/schedstat", thread) < 0)
		return 0;

	fd = openat(tasks, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0;

	return strtoull(text, NULL, 10);
}

/* CPU time of all threads of process PID so far. */
static uint64_t process_ns(const char *pid)
{
	char path[64];
	uint64_t sum = 0;
	struct dirent *entry;
	DIR *dir;

	if (!pid || snprintf(path, sizeof(path), "/proc/%s/task", pid) < 0)
		return 0;

	dir = opendir(path);
	if (!dir)
		return 0;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			sum += thread_ns(dirfd(dir), entry->d_name);

	closedir(dir);
	return sum;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void sort(uint64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
}

static int read_all(int fd)
{
	char buf[8192]; /* as procps */
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0)
		continue;

	return n < 0 ? -errno : 0;
}

static int operation(const char *path, enum pattern pattern, int kept)
{
	autoclose int fd = -1;

	if (pattern == SEEK)
		return lseek(kept, 0, SEEK_SET) < 0 ? -errno : read_all(kept);

	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : read_all(fd);
}

static int repeat(const char *path, enum pattern pattern, unsigned ops,
		  uint64_t *latency)
{
	autoclose int kept = open(path, O_RDONLY | O_CLOEXEC);
	int r = kept < 0 ? -errno : 0;

	for (unsigned i = 0; i < ops && r == 0; i++) {
		uint64_t before = clock_ns(CLOCK_MONOTONIC);

		r = operation(path, pattern, kept);
		if (latency)
			latency[i] = clock_ns(CLOCK_MONOTONIC) - before;
	}

	return r;
}

static int measure(const struct plan *plan, const struct server *server,
		   const char *path, enum pattern pattern, struct figures *ret)
{
	uint64_t reader, daemon;
	int r = repeat(path, pattern, WARM_UP, NULL);

	daemon = process_ns(server->pid);
	reader = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	if (r == 0)
		r = repeat(path, pattern, plan->ops, plan->latency);
	if (r < 0)
		return r;

	reader = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - reader;
	daemon = sub_floor(process_ns(server->pid), daemon);
	sort(plan->latency, plan->ops);
	ret->p50 = plan->latency[plan->ops / 2];
	ret->p99 = plan->latency[(size_t)plan->ops * 99 / 100];
	ret->reader = reader / plan->ops;
	ret->daemon = daemon / plan->ops;
	return 0;
}

static double median_us(const struct figures *rounds, unsigned n, size_t offset)
{
	uint64_t values[ROUNDS_MAX];
	unsigned middle = n / 2;

	for (unsigned i = 0; i < n; i++)
		memcpy(&values[i], (const char *)&rounds[i] + offset,
		       sizeof(values[i]));

	sort(values, n);
	return (double)values[middle] / 1000;
}

/* One line for each server: all rounds of one view and pattern. */
static int compare_servers(const struct plan *plan, const char *view,
			   enum pattern pattern)
{
	struct figures rounds[NAMES_MAX][ROUNDS_MAX];

	for (unsigned i = 0; i < plan->rounds * plan->n_servers; i++) {
		size_t s = i % plan->n_servers;
		char path[4096];
		int r = snprintf(path, sizeof(path), "%s/%s",
				 plan->servers[s].dir, view);

		if (r > 0)
			r = measure(plan, &plan->servers[s], path, pattern,
				    &rounds[s][i / plan->n_servers]);
		if (r < 0) {
			errno = -r;
			fprintf(stderr, "bench: %s: %m\n", path);
			return r;
		}
	}

	for (size_t s = 0; s < plan->n_servers; s++)
		printf("%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t%.2f\n", view,
		       plan->servers[s].name, pattern_names[pattern],
		       median_us(rounds[s], plan->rounds,
				 offsetof(struct figures, p50)),
		       median_us(rounds[s], plan->rounds,
				 offsetof(struct figures, p99)),
		       median_us(rounds[s], plan->rounds,
				 offsetof(struct figures, reader)),
		       median_us(rounds[s], plan->rounds,
				 offsetof(struct figures, daemon)));
	return 0;
}

/* NAME=DIR or NAME=DIR=PID; otherwise the name of a view. */
static void plan_add(struct plan *plan, char *arg)
{
	struct server *server = &plan->servers[plan->n_servers];
	char *dir = strchr(arg, '=');
	char *pid = dir ? strchr(dir + 1, '=') : NULL;

	if (!dir) {
		plan->views[plan->n_views++] = arg;
		return;
	}

	*dir++ = '\0';
	if (pid)
		*pid++ = '\0';
	*server = (struct server){ .name = arg, .dir = dir, .pid = pid };
	plan->n_servers++;
}

static int run(struct plan *plan)
{
	int r = 0;

	plan->latency = calloc(plan->ops, sizeof(*plan->latency));
	if (!plan->latency)
		return -ENOMEM;

	for (size_t v = 0; v < plan->n_views && r == 0; v++)
		for (enum pattern p = 0; p < PATTERNS && r == 0; p++)
			r = compare_servers(plan, plan->views[v], p);

	free(plan->latency);
	return r;
}

static unsigned number(const char *text, unsigned max)
{
	unsigned long value = strtoul(text, NULL, 10);

	return value == 0 ? 1 : value > max ? max : (unsigned)value;
}

int main(int argc, char **argv)
{
	struct plan plan = { .rounds = 5, .ops = 500 };
	const char *only = NULL;
	int c;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
	while ((c = getopt(argc, argv, "n:r:o:")) != -1) {
		if (c == 'n')
			plan.ops = number(optarg, 1000000);
		else if (c == 'r')
			plan.rounds = number(optarg, ROUNDS_MAX);
		else if (c == 'o')
			only = optarg;
		else
			optind = argc + 1;
	}
	if (optind > argc || argc - optind > NAMES_MAX ||
	    (optind == argc) != (only != NULL)) {
		fprintf(stderr, "usage: bench [-n OPS] [-r ROUNDS] VIEW... "
				"NAME=DIR[=PID]...\n"
				"       bench [-n OPS] -o FILE\n");
		return 2;
	}
	if (only)
		return repeat(only, OPEN, plan.ops, NULL) < 0;

	for (int i = optind; i < argc; i++)
		plan_add(&plan, argv[i]);

	return run(&plan) < 0;
}
