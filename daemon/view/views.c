/* SPDX-License-Identifier: Apache-2.0 */
/* The table of views: what is served, mounted and repaired is listed here. */
#include "view.h"

#include "base.h"

static const struct view views[] = {
	{ "proc/cpuinfo", 0444, NEED_HOST_CPUINFO | NEED_CPUS,
	  .render = cpuinfo_render },
	{ "proc/diskstats", 0444, NEED_HOST_DISKSTATS | NEED_DISKS,
	  .render = diskstats_render },
	{ "proc/interrupts", 0444, NEED_HOST_INTERRUPTS | NEED_CPUS,
	  .render = interrupts_render, .asked = true },
	{ "proc/loadavg", 0444, NEED_TASKS | NEED_LOAD,
	  .render = loadavg_render },
	{ "proc/meminfo", 0444, NEED_HOST_MEMINFO | NEED_MEMORY,
	  .render = meminfo_render },
	{ "proc/pressure/cpu", 0666, NEED_PRESSURE_CPU,
	  .render = pressure_render },
	{ "proc/pressure/io", 0666, NEED_PRESSURE_IO,
	  .render = pressure_render },
	{ "proc/pressure/memory", 0666, NEED_PRESSURE_MEMORY,
	  .render = pressure_render },
	{ "proc/schedstat", 0444,
	  NEED_HOST_SCHEDSTAT | NEED_CPUS | NEED_CPUTIME,
	  .render = schedstat_render },
	{ "proc/slabinfo", 0400, NEED_SLABINFO, .render = slabinfo_render },
	{ "proc/softirqs", 0444, NEED_HOST_SOFTIRQS | NEED_CPUS,
	  .render = softirqs_render },
	{ "proc/stat", 0444,
	  NEED_HOST_STAT | NEED_CPUS | NEED_CPUTIME | NEED_UPTIME | NEED_TASKS,
	  .render = stat_render },
	{ "proc/swaps", 0444, NEED_MEMORY, .render = swaps_render },
	{ "proc/uptime", 0444, NEED_CPUS | NEED_CPUTIME | NEED_UPTIME,
	  .render = uptime_render },
	{ "proc/vmstat", 0444, NEED_HOST_VMSTAT | NEED_MEMORY | NEED_VMEVENTS,
	  .render = vmstat_render },
	{ "sys/devices/system/cpu/offline", 0444, NEED_CPUS,
	  .render = cpu_offline_render },
	{ "sys/devices/system/cpu/online", 0444, NEED_CPUS,
	  .render = cpu_online_render },
	{ "sys/devices/system/cpu/cpu*/online", 0444, NEED_CPUS,
	  .render = cpu_n_online_render, .star = STAR_CPU },
	{ "sys/devices/system/node/has_cpu", 0444,
	  NEED_CPUS | NEED_NUMA | NEED_NODE_CPUS,
	  .render = node_has_cpu_render },
	{ "sys/devices/system/node/has_memory", 0444, NEED_NUMA,
	  .render = node_has_memory_render },
	{ "sys/devices/system/node/has_normal_memory", 0444, NEED_NUMA,
	  .render = node_has_normal_memory_render },
	{ "sys/devices/system/node/online", 0444, NEED_NUMA,
	  .render = node_online_render },
	{ "sys/devices/system/node/node*/cpulist", 0444,
	  NEED_HOST_NODE_CPULIST | NEED_CPUS, .render = node_cpulist_render,
	  .star = STAR_NODE },
	{ "sys/devices/system/node/node*/cpumap", 0444,
	  NEED_HOST_NODE_CPUMAP | NEED_CPUS, .render = node_cpumap_render,
	  .star = STAR_NODE },
	{ "sys/devices/system/node/node*/meminfo", 0444,
	  NEED_HOST_NODE_MEMINFO | NEED_MEMORY | NEED_NUMA | NEED_NODE_MEMORY,
	  .render = node_meminfo_render, .star = STAR_NODE },
	{ "sys/devices/system/node/node*/numastat", 0444,
	  NEED_HOST_NODE_NUMASTAT, .render = node_numastat_render,
	  .star = STAR_NODE },
};

const struct view *views_all(size_t *count)
{
	*count = ARRAY_SIZE(views);
	return views;
}
