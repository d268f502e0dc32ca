/* SPDX-License-Identifier: Apache-2.0 */
/* The host's own files: opened once, read again with pread. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>

#include "base.h"
#include "cpuinfo.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define MSEC 1000000ULL

enum tree {
	TREE_PROC,
	TREE_SYS
};

/* What is wanted of a file, and how the kernel prints it. */
enum extent {
	PIECE,   /* all of it, in one piece */
	RECORDS, /* all of its records: one pread may not be enough */
	HEAD     /* the first of its records */
};

static const struct {
	enum tree tree;
	enum extent extent;
	uint64_t max_age; /* ns that a reading is good for */
	const char *path;
} files[HOST_FILES] = {
	/* The kernel itself folds its per-CPU counters once a second
	 * (vm.stat_interval); a burst of readers need not print it again. */
	[HOST_MEMINFO] = { TREE_PROC, PIECE, 10 * MSEC, "meminfo" },
	[HOST_CPUINFO] = { TREE_PROC, RECORDS, 1000 * MSEC, "cpuinfo" },
	/* Dear on large machines; only btime and how many interrupts. */
	[HOST_STAT] = { TREE_PROC, PIECE, 10000 * MSEC, "stat" },
	[HOST_VMSTAT] = { TREE_PROC, RECORDS, 10000 * MSEC, "vmstat" },
	[HOST_DISKSTATS] = { TREE_PROC, RECORDS, 1000 * MSEC, "diskstats" },
	[HOST_PARTITIONS] = { TREE_PROC, RECORDS, 1000 * MSEC, "partitions" },
	/* Its time goes with the container's figures, which are of now. */
	[HOST_SCHEDSTAT] = { TREE_PROC, HEAD, 0, "schedstat" },
	/* Only the names of their rows; the second may be tens of MiB. */
	[HOST_SOFTIRQS] = { TREE_PROC, PIECE, 10000 * MSEC, "softirqs" },
	[HOST_INTERRUPTS] = { TREE_PROC, RECORDS, 10000 * MSEC, "interrupts" },
	[HOST_OVERCOMMIT_RATIO] = { TREE_PROC, PIECE, 1000 * MSEC,
				    "sys/vm/overcommit_ratio" },
	[HOST_CPU_ONLINE] = { TREE_SYS, PIECE, 1000 * MSEC,
			      "devices/system/cpu/online" },
	[HOST_CPU_PRESENT] = { TREE_SYS, PIECE, 1000 * MSEC,
			       "devices/system/cpu/present" },
	[HOST_CPU_POSSIBLE] = { TREE_SYS, PIECE, 1000 * MSEC,
				"devices/system/cpu/possible" },
	[HOST_NODE_ONLINE] = { TREE_SYS, PIECE, 1000 * MSEC,
			       "devices/system/node/online" },
	[HOST_NODE_MEMORY] = { TREE_SYS, PIECE, 1000 * MSEC,
			       "devices/system/node/has_memory" },
	[HOST_NODE_NORMAL_MEMORY] = { TREE_SYS, PIECE, 1000 * MSEC,
				      "devices/system/node/"
				      "has_normal_memory" },
};

struct reading {
	pthread_mutex_t lock;
	int fd; /* -1 until the first reading */
	bool good;
	uint64_t when;
	struct str text;
};

struct host {
	int proc;
	int sys;
	struct hierarchies hierarchies;
	struct reading readings[HOST_FILES];
	/* What was made of the last reading, under its lock. */
	struct cpuinfo cpuinfo;
	struct host_stat stat;
};

static int read_again(struct host *h, enum host_file f, struct str *out)
{
	struct reading *r = &h->readings[f];

	if (r->fd < 0)
		r->fd = openat(files[f].tree == TREE_PROC ? h->proc : h->sys,
			       files[f].path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		return -errno;

	switch (files[f].extent) {
	case RECORDS:
		return file_pread_all(r->fd, out);
	case HEAD:
		return file_pread_head(r->fd, out);
	case PIECE:
	default:
		return file_pread_once(r->fd, out);
	}
}

/* Make of a new text what is not worked out again each time. */
static int digest(struct host *h, enum host_file file)
{
	const struct str *text = &h->readings[file].text;
	struct slice s = { str_text(text), text->len };

	if (file == HOST_CPUINFO)
		return cpuinfo_parse(s, &h->cpuinfo);
	if (file == HOST_STAT)
		host_stat_parse(s, &h->stat);

	return 0;
}

/* Make a reading fresh; its lock is held. */
static int refresh(struct host *h, enum host_file file, uint64_t now_ns)
{
	struct reading *r = &h->readings[file];
	int err;

	if (r->good && sub_floor(now_ns, r->when) < files[file].max_age)
		return 0;

	str_reset(&r->text);
	err = read_again(h, file, &r->text);
	if (err == 0)
		err = digest(h, file);
	r->good = err == 0;
	r->when = now_ns;
	return err;
}

int host_read(struct host *h, enum host_file file, uint64_t now_ns,
	      struct str *out)
{
	struct reading *r = &h->readings[file];
	int err;

	pthread_mutex_lock(&r->lock);
	err = refresh(h, file, now_ns);
	if (err == 0)
		str_add(out, str_text(&r->text), r->text.len);
	pthread_mutex_unlock(&r->lock);

	return err < 0 ? err : out->err;
}

int host_cpuinfo(struct host *h, uint64_t now_ns, struct str *out,
		 struct cpuinfo *index)
{
	struct reading *r = &h->readings[HOST_CPUINFO];
	int err;

	pthread_mutex_lock(&r->lock);
	err = refresh(h, HOST_CPUINFO, now_ns);
	if (err == 0)
		err = cpuinfo_copy(&h->cpuinfo, index);
	if (err == 0)
		str_add(out, str_text(&r->text), r->text.len);
	pthread_mutex_unlock(&r->lock);

	return err < 0 ? err : out->err;
}

int host_stat(struct host *h, uint64_t now_ns, struct host_stat *ret)
{
	struct reading *r = &h->readings[HOST_STAT];
	int err;

	pthread_mutex_lock(&r->lock);
	err = refresh(h, HOST_STAT, now_ns);
	if (err == 0)
		*ret = h->stat;
	pthread_mutex_unlock(&r->lock);

	return err;
}

int host_open(int proc, int sys, int cgroup, struct host **ret)
{
	autoclose int cgroupfs = cgroup;
	struct host *h = calloc(1, sizeof(*h));
	int r;

	if (!h) {
		close(proc);
		close(sys);
		return -ENOMEM;
	}

	h->proc = proc;
	h->sys = sys;
	for (size_t i = 0; i < HOST_FILES; i++) {
		pthread_mutex_init(&h->readings[i].lock, NULL);
		h->readings[i].fd = -1;
	}

	for (int c = 0; c < CG_COUNT; c++)
		h->hierarchies.of[c].fd = -1;
	r = hierarchies_open(cgroupfs, &h->hierarchies);
	if (r < 0) {
		host_close(h);
		return r;
	}

	*ret = h;
	return 0;
}

void host_close(struct host *h)
{
	if (!h)
		return;

	for (size_t i = 0; i < HOST_FILES; i++) {
		close_at(&h->readings[i].fd);
		str_free(&h->readings[i].text);
		pthread_mutex_destroy(&h->readings[i].lock);
	}
	cpuinfo_free(&h->cpuinfo);
	hierarchies_close(&h->hierarchies);
	close_at(&h->proc);
	close_at(&h->sys);
	free(h);
}

int host_proc(const struct host *h)
{
	return h->proc;
}

int host_sys(const struct host *h)
{
	return h->sys;
}

const struct hierarchies *host_hierarchies(const struct host *h)
{
	return &h->hierarchies;
}
