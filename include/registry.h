/* SPDX-License-Identifier: Apache-2.0 */
/* What the hook knew of a container when it was created: one JSON file each,
 * DIR/<id>.json, 0600 root in a 0700 directory. Nothing in it was chosen by the
 * container but the id, which is validated before it becomes a path. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "controllers.h"
#include "proc.h"

struct str;

#define RECORD_VERSION 1
#define RECORD_ID_MAX  128

enum cpu_policy {
	CPU_QUOTA, /* as many CPUs as the quota pays for, rounded up */
	CPU_HOST,  /* all CPUs of the cpuset */
};

enum uptime_policy {
	UPTIME_CONTAINER,
	UPTIME_HOST,
};

struct record {
	char id[RECORD_ID_MAX + 1];
	pid_t pid;            /* of init, as seen from the host */
	uint64_t start_ticks; /* of init, since boot, USER_HZ = 100 */
	struct ns_id mntns;
	struct cgroup_paths cgroups;
	int64_t boottime_offset; /* ns, /proc/PID/timens_offsets; 0 outside */
	bool time_namespace;     /* init has a time namespace of its own */
	enum cpu_policy cpu;
	enum uptime_policy uptime;
	bool required; /* the operator's mode, for the remount tool */
	bool detached; /* views were taken out by the operator; nothing is
			* attached again until he says so */
	char *bundle;
	char *views;      /* comma-separated paths that are to be mounted, and
			   * once they were, those that are */
	uint64_t created; /* seconds since the epoch */
};

#define autorecord __attribute__((cleanup(record_free)))
void record_free(struct record *r);

/* Are they about the same first process? Does R's run? PROC is the host's
 * procfs. */
bool record_same_process(const struct record *a, const struct record *b);
bool record_runs(int proc, const struct record *r);

/* Is ID 1 to RECORD_ID_MAX characters of [A-Za-z0-9_.+-], not "." or ".."? */
bool id_valid(const char *id);

/* The text of a record's file. Returns as registry_read(); and what is taken is
 * what is appended: -EINVAL for a record that no reader would take. */
int record_parse(const char *text, size_t len, struct record *ret);
int record_format(const struct record *r, struct str *out);

/* Write, read, remove the record of R->id / ID in the directory DIR. Return 0,
 * -EINVAL for a bad id or a malformed file, -EPROTONOSUPPORT for another format
 * version, or -errno (-ENOENT: not registered). On success the caller owns
 * what is in *RET. */
int registry_write(int dir, const struct record *r);
int registry_read(int dir, const char *id, struct record *ret);
int registry_remove(int dir, const char *id);

/* Call EACH with the id of every file in DIR that is called as a record is.
 * What changes meanwhile may be missed. Returns 0 or -errno. */
typedef void registry_id(void *arg, const char *id);
int registry_list(int dir, registry_id *each, void *arg);

/* Call EACH with every record there is at the begin; it may write and remove
 * them. Those that cannot be read are passed over. Stops when EACH returns
 * non-zero, and returns that; or 0 or -errno. */
typedef int registry_each(const struct record *r, void *arg);
int registry_walk(int dir, registry_each *each, void *arg);

/* Remove what writers that were killed have left in DIR: temporary files that
 * were last written to before the time BEFORE, in seconds since the epoch. */
void registry_sweep(int dir, int64_t before);
