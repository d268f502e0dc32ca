/* SPDX-License-Identifier: Apache-2.0 */
/* A view is one file we serve: its path, what it needs, how to write it.
 *
 * Daemon, hook and remount tool all read this one table. A new view is a new
 * file in daemon/view and a row in daemon/view/views.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct snapshot;
struct str;

/* What must be gathered before a view can be rendered; one bit each, see
 * daemon/model/gather.c. */
enum need {
	NEED_HOST_MEMINFO = 1 << 0, /* snapshot.host_meminfo */
	NEED_HOST_CPUINFO = 1 << 1,
	NEED_HOST_STAT = 1 << 2,
	NEED_HOST_VMSTAT = 1 << 3,
	NEED_HOST_DISKSTATS = 1 << 4,
	NEED_MEMORY = 1 << 5,  /* snapshot.memory */
	NEED_CPUS = 1 << 6,    /* snapshot.cpus: the CPU set */
	NEED_CPUTIME = 1 << 7, /* snapshot.cputime */
	NEED_UPTIME = 1 << 8,  /* snapshot.uptime_ns */
	NEED_TASKS = 1 << 9,  /* snapshot.tasks: running, blocked, newest pid */
	NEED_LOAD = 1 << 10,  /* snapshot.load */
	NEED_DISKS = 1 << 11, /* snapshot.disks */
	NEED_VMEVENTS = 1 << 12,     /* snapshot.vmevents; needs NEED_MEMORY */
	NEED_PRESSURE_CPU = 1 << 13, /* snapshot.pressure: one of the three */
	NEED_PRESSURE_IO = 1 << 14,
	NEED_PRESSURE_MEMORY = 1 << 15,
	NEED_SLABINFO = 1 << 16, /* snapshot.slabinfo */
	NEED_HOST_SCHEDSTAT = 1 << 17,
	NEED_HOST_SOFTIRQS = 1 << 18,
	NEED_HOST_INTERRUPTS = 1 << 19,
	NEED_HOST_NODE_CPULIST = 1 << 20, /* snapshot.host_node: one of these */
	NEED_HOST_NODE_CPUMAP = 1 << 21,
	NEED_HOST_NODE_MEMINFO = 1 << 22,
	NEED_HOST_NODE_NUMASTAT = 1 << 23,
	NEED_NUMA = 1 << 24,        /* snapshot.numa */
	NEED_NODE_CPUS = 1 << 25,   /* snapshot.numa.cpus; needs NEED_CPUS */
	NEED_NODE_MEMORY = 1 << 26, /* snapshot.node_memory; needs NEED_NUMA,
				     * NEED_MEMORY, NEED_HOST_NODE_MEMINFO */
	NEED_HOST_PARTITIONS = 1 << 27,
	NEED_DISK = 1 << 28, /* snapshot.disk: of the path; needs NEED_DISKS */
};

/* Write the file for IN. It can only look at the snapshot, never fail: what it
 * could not allocate is in out->err. */
typedef void view_render(const struct snapshot *in, struct str *out);

/* What the '*' in a path stands for. There is one file for each that the host
 * has; the '*' is the end of a directory's name. */
enum star_kind {
	STAR_NONE,
	STAR_CPU,  /* a number: sys/devices/system/cpu/cpu* */
	STAR_NODE, /* a number: sys/devices/system/node/node* */
	STAR_DISK, /* a name: sys/block/NAME */
};

/* MAX_NUMNODES: CONFIG_NODES_SHIFT is at most 10 */
#define NUMA_NODES_MAX 1024
#define STAR_TEXT_MAX  31 /* DISK_NAME_LEN, include/linux/blkdev.h */

struct star {
	char text[STAR_TEXT_MAX + 1]; /* "vda", "3" */
	unsigned number;              /* of a CPU or node */
};

struct view {
	const char *path; /* below /, "proc/meminfo"; may have one '*' */
	mode_t mode; /* as the host's; writable means: takes PSI triggers */
	unsigned needs;
	view_render *render;
	enum star_kind star;
	bool asked;    /* mounted only where it is asked for by name, though
			* always served */
	unsigned size; /* st_size in proc/, above all texts: at least so many
			* bytes, and so many for each possible CPU; 0: 8192 */
	unsigned cpu_size;
};

/* All views, *COUNT rows. */
const struct view *views_all(size_t *count);

/* The row of PATH ("proc/stat", "sys/devices/system/cpu/cpu3/online"), or NULL.
 * *STAR is set when its path has a '*': numbers are below CPUS_MAX or
 * NUMA_NODES_MAX, and as the kernel prints them, so that no two paths are the
 * same file. STAR may be NULL. */
const struct view *view_find(const char *path, struct star *star);

/* Append the path at which the file is served that is at PATH in a container.
 * They are the same but for disks: there "sys/block/vda" is a symbolic link,
 * and "sys/devices/pci0000:00/.../block/vda/stat" is served as
 * "sys/block/vda/stat". */
void view_served(const char *path, struct str *out);

/* What stands for the '*' of ROW in NAME, the name of a directory ("cpu3",
 * "vda"). False when nothing does. STAR may be NULL. */
bool view_star(const struct view *row, const char *name, struct star *star);

view_render meminfo_render, swaps_render, vmstat_render, diskstats_render,
	slabinfo_render, disk_stat_render, partitions_render;
view_render cpuinfo_render, stat_render, uptime_render, loadavg_render,
	pressure_render, schedstat_render, softirqs_render, interrupts_render;
view_render node_online_render, node_has_cpu_render, node_has_memory_render,
	node_has_normal_memory_render;
view_render node_cpulist_render, node_cpumap_render, node_meminfo_render,
	node_numastat_render;
view_render cpu_online_render, cpu_offline_render, cpu_n_online_render;
