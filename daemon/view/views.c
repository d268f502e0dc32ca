/* SPDX-License-Identifier: Apache-2.0 */
/* The table of views: what is served, mounted and repaired is listed here. */
#include "view.h"

#include <string.h>

#include "base.h"
#include "parse.h"

static const struct view views[] = {
	{ "proc/cpuinfo", 0444, NEED_HOST_CPUINFO | NEED_CPUS, cpuinfo_render },
	{ "proc/diskstats", 0444, NEED_HOST_DISKSTATS | NEED_DISKS,
	  diskstats_render },
	{ "proc/loadavg", 0444, NEED_TASKS | NEED_LOAD, loadavg_render },
	{ "proc/meminfo", 0444, NEED_HOST_MEMINFO | NEED_MEMORY,
	  meminfo_render },
	{ "proc/pressure/cpu", 0666, NEED_PRESSURE_CPU, pressure_render },
	{ "proc/pressure/io", 0666, NEED_PRESSURE_IO, pressure_render },
	{ "proc/pressure/memory", 0666, NEED_PRESSURE_MEMORY, pressure_render },
	{ "proc/slabinfo", 0400, NEED_SLABINFO, slabinfo_render },
	{ "proc/stat", 0444,
	  NEED_HOST_STAT | NEED_CPUS | NEED_CPUTIME | NEED_UPTIME | NEED_TASKS,
	  stat_render },
	{ "proc/swaps", 0444, NEED_MEMORY, swaps_render },
	{ "proc/uptime", 0444, NEED_CPUS | NEED_CPUTIME | NEED_UPTIME,
	  uptime_render },
	{ "proc/vmstat", 0444, NEED_HOST_VMSTAT | NEED_MEMORY | NEED_VMEVENTS,
	  vmstat_render },
	{ "sys/devices/system/cpu/offline", 0444, NEED_CPUS,
	  cpu_offline_render },
	{ "sys/devices/system/cpu/online", 0444, NEED_CPUS, cpu_online_render },
	{ "sys/devices/system/cpu/cpu*/online", 0444, NEED_CPUS,
	  cpu_n_online_render },
};

const struct view *views_all(size_t *count)
{
	*count = ARRAY_SIZE(views);
	return views;
}

/* Does PATH match PATTERN, whose only '*' stands for a decimal number? */
static bool matches(const char *pattern, const char *path, unsigned *cpu)
{
	size_t before = strcspn(pattern, "*");
	const char *number = path + before;
	struct slice digits;
	uint64_t value;

	if (pattern[before] == '\0')
		return strcmp(pattern, path) == 0;
	if (strncmp(pattern, path, before) != 0)
		return false;

	digits = (struct slice){ number, strspn(number, "0123456789") };
	if (slice_u64(digits, &value) < 0 || value > UINT32_MAX ||
	    strcmp(number + digits.len, pattern + before + 1) != 0)
		return false;

	if (cpu)
		*cpu = (unsigned)value;
	return true;
}

const struct view *view_find(const char *path, unsigned *cpu)
{
	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		if (matches(views[i].path, path, cpu))
			return &views[i];

	return NULL;
}
