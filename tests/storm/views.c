/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be said of each file; see VIEWS in check.h. */
#include <string.h>

#include "base.h"
#include "check.h"
#include "text.h"

#define TICK_NS (NSEC_PER_SEC / 100)

/* Columns of a cpu line, and those of them that a container has time in: user,
 * nice, system, idle, steal. */
#define COLUMNS      10
#define COLUMNS_USED 5

static int all(const char *line, const char *at)
{
	(void)line;
	(void)at;
	return 1;
}

static int of_stat(const char *line, const char *at)
{
	(void)at;
	return strncmp(line, "cpu", 3) == 0 ||
	       strncmp(line, "processes ", 10) == 0;
}

/* nr_ are gauges. */
static int of_vmstat(const char *line, const char *at)
{
	(void)at;
	return strncmp(line, "nr_", 3) != 0;
}

static int of_pressure(const char *line, const char *at)
{
	return at - line > 6 && strncmp(at - 6, "total=", 6) == 0;
}

/* How many CPUs: "cpu" has its columns, "cpuN" one number more. */
static size_t cpus(const struct known *k)
{
	return (size_t)(k->key[0] - COLUMNS) / (COLUMNS + 1);
}

/* Each number of "cpu" is the sum of those below it. */
static const char *stat_rule(const struct known *k, const struct text *t)
{
	for (size_t c = 0; c < COLUMNS; c++) {
		uint64_t sum = 0;

		for (size_t i = 1; i <= cpus(k); i++)
			sum += t->number[i * (COLUMNS + 1) + c];
		if (sum != t->number[c])
			return "cpu is not the sum of its parts";
	}

	return NULL;
}

/* Each column of each CPU is rounded down. */
static uint64_t stat_age(const struct known *k, const struct text *t)
{
	uint64_t ticks = 0;

	for (size_t c = 0; c < COLUMNS; c++)
		ticks += t->number[c];

	return ticks * TICK_NS / cpus(k);
}

static const char *const stat_keys[] = { "intr ", NULL };

static uint64_t uptime_age(const struct known *k, const struct text *t)
{
	(void)k;
	return t->number[0] * TICK_NS;
}

enum meminfo_key {
	TOTAL,
	FREE,
	AVAILABLE,
	BUFFERS,
	CACHED,
	SWAP_CACHED,
	SWAP_TOTAL,
	SWAP_FREE,
	SHMEM,
	SLAB,
	RECLAIMABLE,
	UNRECLAIMABLE,
};

static const char *const meminfo_keys[] = {
	[TOTAL] = "MemTotal:",
	[FREE] = "MemFree:",
	[AVAILABLE] = "MemAvailable:",
	[BUFFERS] = "Buffers:",
	[CACHED] = "Cached:",
	[SWAP_CACHED] = "SwapCached:",
	[SWAP_TOTAL] = "SwapTotal:",
	[SWAP_FREE] = "SwapFree:",
	[SHMEM] = "Shmem:",
	[SLAB] = "Slab:",
	[RECLAIMABLE] = "SReclaimable:",
	[UNRECLAIMABLE] = "SUnreclaim:",
	[UNRECLAIMABLE + 1] = NULL,
};

_Static_assert(ARRAY_SIZE(meminfo_keys) <= KEYS_MAX, "known.key has them all");

static const char *meminfo_rule(const struct known *k, const struct text *t)
{
	uint64_t m[ARRAY_SIZE(meminfo_keys)];

	for (size_t i = 0; meminfo_keys[i]; i++)
		m[i] = t->number[k->key[i]];

	if (m[TOTAL] != k->total)
		return "MemTotal is another";
	if (m[FREE] + m[BUFFERS] + m[CACHED] + m[RECLAIMABLE] > m[TOTAL])
		return "free and caches exceed MemTotal";
	if (m[AVAILABLE] == 0 || m[AVAILABLE] > m[TOTAL])
		return "MemAvailable is 0, or exceeds MemTotal";
	if (m[CACHED] < m[SHMEM])
		return "Shmem exceeds Cached";
	if (m[SLAB] != m[RECLAIMABLE] + m[UNRECLAIMABLE])
		return "Slab is not the sum of its parts";
	if (m[SWAP_CACHED] + m[SWAP_FREE] > m[SWAP_TOTAL])
		return "SwapFree and SwapCached exceed SwapTotal";

	return NULL;
}

const struct view views[VIEWS] = {
	{ "proc/uptime", "", all, NULL, NULL, uptime_age, TICK_NS },
	{ "proc/stat", "cpu  ", of_stat, stat_keys, stat_rule, stat_age,
	  COLUMNS_USED *TICK_NS },
	{ "proc/meminfo", "MemTotal:", NULL, meminfo_keys, meminfo_rule, NULL,
	  0 },
	{ "proc/loadavg", "", NULL, NULL, NULL, NULL, 0 },
	{ "proc/cpuinfo", "processor\t: ", NULL, NULL, NULL, NULL, 0 },
	{ "proc/vmstat", "nr_free_pages ", of_vmstat, NULL, NULL, NULL, 0 },
	{ "proc/diskstats", "", all, NULL, NULL, NULL, 0 },
	{ "proc/swaps", "Filename", NULL, NULL, NULL, NULL, 0 },
	{ "proc/pressure/cpu", "some ", of_pressure, NULL, NULL, NULL, 0 },
	{ "proc/pressure/io", "some ", of_pressure, NULL, NULL, NULL, 0 },
	{ "proc/pressure/memory", "some ", of_pressure, NULL, NULL, NULL, 0 },
	{ "sys/devices/system/cpu/online", "", NULL, NULL, NULL, NULL, 0 },
	{ "sys/devices/system/cpu/offline", "", NULL, NULL, NULL, NULL, 0 },
};
