/* SPDX-License-Identifier: Apache-2.0 */
/* What must outlive a process: the counters of one container that only we
 * keep. It lies in shared memory: no pointer, no size that depends on the
 * process, and valid after SIGKILL between any two instructions. Each part is
 * therefore kept twice: the writer fills the copy that is not current and then
 * flips `current` with one atomic store. All zero is a valid, fresh state.
 *
 * The container's lock (container.h) lets one writer in at a time. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "snapshot.h"

/* /proc/stat: what was shown last, and what is still owed; cputime.h has the
 * rules. All in us (cpu.h says why). */
struct cputime_cpu {
	uint64_t time[CPU_FIELDS]; /* shown so far */
	uint64_t real_user;   /* the kernel's counters at the last reading, */
	uint64_t real_system; /* where they exist per CPU (v1) */
	uint64_t shown; /* 1 when the line was there at the last reading */
};

struct cputime_totals {
	uint64_t when;  /* boottime of the last reading; 0: none yet */
	uint64_t known; /* 1 when the kernel's totals have been read */
	uint64_t used;  /* they at that time; cpu.h has what each is */
	uint64_t user;
	uint64_t nice;
	uint64_t system;
	uint64_t throttled;
	uint64_t owed[CPU_FIELDS]; /* used, or stolen, but no CPU had room to
				    * show it yet; never idle */
};

struct load_copy {
	uint64_t tick; /* of the 5 s grid; 0: never sampled */
	uint64_t avg[3];
	uint64_t used;   /* cpu_used_read() at that tick */
	uint64_t active; /* R + D at the last scan; 0: none need be made while
			  * USED stands still */
};

struct load_state {
	_Atomic uint32_t current;
	struct load_copy copy[2];
};

/* The last count of the container's tasks, see tasks.h. */
struct tasks_copy {
	uint64_t when;    /* ns, boottime; 0: never counted */
	uint64_t sampled; /* 1: by the sampler, and a request could not */
	struct tasks tasks;
};

struct tasks_state {
	_Atomic uint32_t current;
	struct tasks_copy copy[2];
};

/* A device, as it was shown last. */
struct disk_kept {
	_Atomic uint32_t current;
	struct io_device copy[2];
};

/* Devices that appeared once stay. They lie elsewhere: most containers have few
 * of the many that there may be. */
struct disks_state {
	uint64_t at; /* bytes from the container_state to DISKS_MAX struct
		      * disk_kept, set once at start */
	_Atomic uint64_t n;
	_Atomic uint64_t read_bytes; /* of all devices, as shown in vmstat */
	_Atomic uint64_t written_bytes;
};

#define DISKS_SIZE (DISKS_MAX * sizeof(struct disk_kept))

struct container_state {
	struct load_state load;
	struct tasks_state tasks;
	struct disks_state disks;
	_Atomic uint32_t cputime_current;
	uint32_t cputime_cpus; /* CPUs in each copy below, set once at start */
	struct cputime_totals totals[2];
	struct cputime_cpu cpu[]; /* 2 * cputime_cpus: copy 0, then copy 1 */
};

/* Bytes of a state for a host whose highest possible CPU id is CPUS - 1,
 * without its disks. */
static inline size_t container_state_size(unsigned cpus)
{
	return sizeof(struct container_state) +
	       2 * (size_t)cpus * sizeof(struct cputime_cpu);
}
