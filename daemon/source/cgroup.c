/* SPDX-License-Identifier: Apache-2.0 */
/* The cgroups of one container: directories held, files read with pread. */
#include "cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base.h"
#include "file.h"
#include "str.h"

#define LEVELS_MAX 32
#define DIR_FLAGS  (O_PATH | O_DIRECTORY | O_CLOEXEC)

/* One file that is kept open. */
struct kept {
	enum controller c;
	unsigned level;
	char *name;
	int fd;
};

struct cgroup {
	struct {
		int dir; /* own directory, -1: controller nowhere */
		unsigned levels;
		bool v2;
	} at[CG_COUNT];
	struct kept *kept;
	size_t n_kept;
};

static unsigned components(const char *path)
{
	unsigned n = 0;

	for (; *path; path++)
		if (*path == '/' && path[1] && path[1] != '/')
			n++;

	return n;
}

/* Open PATH below the hierarchy's top, or the nearest ancestor that exists. A
 * path with ".." is that of a process outside our cgroup namespace: refused,
 * for it would lead anywhere. */
static int open_own(int top, const char *path, unsigned *levels)
{
	autofree char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	if (strstr(path, "/../"))
		return -EXDEV;

	for (;;) {
		const char *relative = copy + strspn(copy, "/");
		int fd = openat(top, *relative ? relative : ".", DIR_FLAGS);
		char *slash;

		*levels = components(copy);
		if (fd >= 0)
			return fd;
		if (errno != ENOENT || *relative == '\0')
			return -errno;

		slash = strrchr(copy, '/');
		if (!slash)
			return -ENOENT;
		*slash = '\0';
	}
}

/* Open the container's own directory of C. On v2 all controllers share that of
 * the unified hierarchy. Returns 0 or -errno. */
static int open_controller(struct cgroup *cg, const struct hierarchies *h,
			   const struct cgroup_paths *paths, enum controller c)
{
	const char *path = paths->path[c];
	unsigned levels;
	int fd;

	cg->at[c].v2 = h->of[c].v2;
	if (h->of[c].v2 && c != CG_UNIFIED) {
		cg->at[c] = cg->at[CG_UNIFIED];
		return cg->at[c].dir < 0 ? -ENOENT : 0;
	}
	if (h->of[c].fd < 0 || !path)
		return -ENOENT;

	fd = open_own(h->of[c].fd, path, &levels);
	if (fd < 0)
		return fd;

	cg->at[c].dir = fd;
	cg->at[c].levels = levels < LEVELS_MAX ? levels : LEVELS_MAX;
	return 0;
}

int cgroup_open(const struct hierarchies *h, const struct cgroup_paths *paths,
		struct cgroup **ret)
{
	struct cgroup *cg = calloc(1, sizeof(*cg));
	int found = 0;
	int r = -ENOENT;

	if (!cg)
		return -ENOMEM;
	for (int c = 0; c < CG_COUNT; c++)
		cg->at[c].dir = -1;

	/* The unified one is the last, and first to be opened. */
	for (int c = CG_COUNT - 1; c >= 0; c--) {
		r = open_controller(cg, h, paths, (enum controller)c);
		if (r == 0)
			found++;
	}
	if (!found) {
		cgroup_close(cg);
		return r;
	}

	*ret = cg;
	return 0;
}

/* Does at[C] hold a directory of its own? */
static bool owns_dir(const struct cgroup *cg, int c)
{
	return cg->at[c].dir >= 0 && (c == CG_UNIFIED || !cg->at[c].v2);
}

void cgroup_trim(struct cgroup *cg)
{
	for (size_t i = 0; i < cg->n_kept; i++) {
		close_at(&cg->kept[i].fd);
		free(cg->kept[i].name);
	}
	free(cg->kept);
	cg->kept = NULL;
	cg->n_kept = 0;
}

void cgroup_close(struct cgroup *cg)
{
	if (!cg)
		return;

	cgroup_trim(cg);
	for (int c = 0; c < CG_COUNT; c++)
		if (owns_dir(cg, c))
			close_at(&cg->at[c].dir);
	free(cg);
}

unsigned cgroup_fds(const struct cgroup *cg)
{
	unsigned n = (unsigned)cg->n_kept;

	for (int c = 0; c < CG_COUNT; c++)
		n += owns_dir(cg, c);

	return n;
}

bool cgroup_is_v2(const struct cgroup *cg, enum controller c)
{
	return cg->at[c].v2;
}

unsigned cgroup_levels(const struct cgroup *cg, enum controller c)
{
	return cg->at[c].dir < 0 ? 0 : cg->at[c].levels;
}

bool cgroup_is_root(const struct cgroup *cg)
{
	for (int c = 0; c < CG_COUNT; c++)
		if (cgroup_levels(cg, (enum controller)c))
			return false;

	return true;
}

int cgroup_dir(const struct cgroup *cg, enum controller c)
{
	return cg->at[c].dir;
}

/* Returns a new fd or -errno. */
static int open_at_level(const struct cgroup *cg, enum controller c,
			 unsigned level, const char *name)
{
	static const char parent[3] = { '.', '.', '/' };
	char path[LEVELS_MAX * sizeof(parent) + 128];
	size_t up = level * sizeof(parent);
	int n, fd;

	if (level >= cgroup_levels(cg, c))
		return -ENOENT;

	for (unsigned i = 0; i < level; i++)
		memcpy(path + i * sizeof(parent), parent, sizeof(parent));
	n = snprintf(path + up, sizeof(path) - up, "%s", name);
	if (n < 0 || (size_t)n >= sizeof(path) - up)
		return -ENAMETOOLONG;

	fd = openat(cg->at[c].dir, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The kept fd of that file, opened now if it is not yet. */
static int kept_fd(struct cgroup *cg, enum controller c, unsigned level,
		   const char *name)
{
	struct kept *more;
	autofree char *copy = NULL;
	int fd;

	for (size_t i = 0; i < cg->n_kept; i++)
		if (cg->kept[i].c == c && cg->kept[i].level == level &&
		    strcmp(cg->kept[i].name, name) == 0)
			return cg->kept[i].fd;

	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	more = realloc(cg->kept, (cg->n_kept + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	cg->kept = more;

	fd = open_at_level(cg, c, level, name);
	if (fd < 0)
		return fd;

	cg->kept[cg->n_kept++] =
		(struct kept){ c, level, take_pointer(&copy), fd };
	return fd;
}

int cgroup_read(struct cgroup *cg, enum controller c, unsigned level,
		const char *name, struct str *out)
{
	int fd = kept_fd(cg, c, level, name);

	/* A removed directory has no files any more: not the same as a
	 * controller that is not enabled. */
	if (fd == -ENOENT && level < cgroup_levels(cg, c) && !cgroup_alive(cg))
		return -ENODEV;
	if (fd < 0)
		return fd;

	return file_pread_once(fd, out);
}

int cgroup_open_file(struct cgroup *cg, enum controller c, const char *name)
{
	int fd;

	if (cg->at[c].dir < 0)
		return -ENOENT;

	fd = openat(cg->at[c].dir, name, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The hierarchy that names the container. */
static int identity_dir(const struct cgroup *cg)
{
	if (cg->at[CG_CPUACCT].dir >= 0)
		return cg->at[CG_CPUACCT].dir;

	for (int c = 0; c < CG_COUNT; c++)
		if (cg->at[c].dir >= 0)
			return cg->at[c].dir;

	return -1;
}

struct ns_id cgroup_identity(const struct cgroup *cg)
{
	struct stat st;

	if (fstat(identity_dir(cg), &st) < 0)
		return (struct ns_id){ 0 };

	return (struct ns_id){ st.st_dev, st.st_ino };
}

bool cgroup_alive(const struct cgroup *cg)
{
	return faccessat(identity_dir(cg), "cgroup.procs", F_OK, 0) == 0;
}
