/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that lie beneath a live view, taken away without uncovering it. */
#include "collapse.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base.h"
#include "collapse_copy.h"
#include "inside.h"
#include "mounts.h"
#include "proc.h"
#include "str.h"
#include "swap.h"

struct plan {
	struct file_stacks stacks;
	struct str path;
	uint64_t shared; /* groups of the parent, as they were */
	uint64_t master;
	int place; /* keeps the parent's place in them, -1: not needed */
	struct collapse *list;
	unsigned rounds;
};

#define autoplan __attribute__((cleanup(plan_free)))
static void plan_free(struct plan *w)
{
	close_at(&w->place);
	str_free(&w->path);
	free(w->stacks.list);
}

/* A copy that belongs to another user namespace than the original receives what
 * is unmounted there, but sends nothing. */
static int refuse_other_owner(int proc)
{
	autoclose int mntns = openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	autoclose int owner = mntns < 0 ? -1 : ioctl(mntns, NS_GET_USERNS);
	struct ns_id own = { 0 };
	struct stat st;
	int r;

	if (owner < 0 || fstat(owner, &st) < 0)
		return -errno;

	r = proc_ns_read(proc, getpid(), "user", &own);
	if (r < 0)
		return r;

	return ns_same(own, (struct ns_id){ st.st_dev, st.st_ino }) ? 0
								    : -EPERM;
}

static int parent_find(const struct plan *w, struct mounts *m,
		       struct mountinfo *ret)
{
	const struct mountinfo *parent;
	struct inside_look look;
	int r = inside_look(w->stacks.proc, w->stacks.parent, &look);

	if (r == 0)
		r = mounts_read(w->stacks.proc, 0, MOUNTINFO_MAX, m);
	if (r < 0)
		return r;

	parent = mounts_find(m, look.mnt_id);
	if (!parent)
		return -ESTALE;

	*ret = *parent;
	return 0;
}

/* What TARGET is called below the directory PATH, or NULL. */
static const char *below(const char *path, const char *target)
{
	size_t len = strlen(path);

	if (len > 0 && path[len - 1] == '/') /* "/" */
		len--;
	if (strncmp(path, target, len) != 0 || target[len] != '/')
		return NULL;

	return target + len + 1;
}

/* The topmost layer always stays. */
static int plan_one(struct plan *w, const struct mounts *m, size_t i)
{
	struct collapse *c = &w->list[i];
	struct file_stack *s = &w->stacks.list[i];
	struct depth d;
	int r;

	s->file = below(w->stacks.path, c->target);
	if (!s->file)
		return -EINVAL;
	if (!c->layers)
		return 0;

	r = stack_depth(w->stacks.proc, w->stacks.parent, s->file, m, &d);
	if (r < 0)
		return r;
	if (d.layers <= c->layers)
		return -EINVAL;

	s->keep = d.layers - c->layers;
	if (w->rounds < c->layers)
		w->rounds = c->layers;
	return 0;
}

static int plan(struct plan *w, size_t count)
{
	automounts struct mounts m = { 0 };
	struct mountinfo parent = { 0 };
	int r = parent_find(w, &m, &parent);

	if (r < 0)
		return r;

	mountinfo_unescape(parent.target, &w->path);
	w->stacks.list = calloc(count + 1, sizeof(*w->stacks.list));
	if (w->path.err || !w->stacks.list)
		return -ENOMEM;

	w->stacks.count = count;
	w->stacks.path = str_text(&w->path);
	w->shared = parent.shared;
	w->master = parent.master;
	for (size_t i = 0; i < count; i++)
		w->list[i].err = plan_one(w, &m, i);

	return 0;
}

/* A parent that is shared has peers and slaves in namespaces that we have not
 * looked at. What we do must not reach those: so it leaves its group for a
 * while, which nobody can bring it back to before Linux 5.15. */
static int leave_group(struct plan *w)
{
	const unsigned how =
		OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH;
	autoclose int place = open_tree(w->stacks.parent, "", how);
	autoclose int trial = open_tree(w->stacks.parent, "", how);

	if (place < 0 || trial < 0)
		return -errno;
	if (swap_attributes(w->stacks.proc, trial, MAY_WRITE) != 0 ||
	    group_join(place, trial) < 0)
		return -EOPNOTSUPP;

	w->place = take_fd(&place);
	return swap_propagation(w->stacks.proc, w->stacks.parent, MS_PRIVATE);
}

static int group_open(const struct plan *w, uint64_t *group)
{
	automounts struct mounts m = { 0 };
	struct mountinfo parent = { 0 };
	int r = swap_propagation(w->stacks.proc, w->stacks.parent, MS_SHARED);

	if (r == 0)
		r = parent_find(w, &m, &parent);

	*group = parent.shared;
	return r;
}

/* Of a mount that receives from a group MS_SLAVE takes only what we added. */
static int group_close(const struct plan *w)
{
	bool slave = w->master && !w->shared;
	int r = swap_propagation(w->stacks.proc, w->stacks.parent,
				 slave ? MS_SLAVE : MS_PRIVATE);

	if (r == 0 && w->place >= 0)
		r = group_join(w->place, w->stacks.parent);

	return r;
}

static int round_take(const struct file_stacks *s, uint64_t group)
{
	pid_t parent = getpid();
	pid_t child = fork();
	int status;

	if (child < 0)
		return -errno;
	if (child == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(ECHILD);
		_exit(-copy_clear(s, group));
	}
	if (waitpid(child, &status, 0) < 0)
		return -errno;

	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}

/* What has not gone was locked, or the container was at work there, too. */
static int look_again(struct plan *w)
{
	automounts struct mounts m = { 0 };
	int r = mounts_read(w->stacks.proc, 0, MOUNTINFO_MAX, &m);

	for (size_t i = 0; r == 0 && i < w->stacks.count; i++) {
		const struct file_stack *s = &w->stacks.list[i];
		struct depth d = { 0 };

		if (!s->keep)
			continue;
		w->list[i].err = stack_depth(w->stacks.proc, w->stacks.parent,
					     s->file, &m, &d);
		if (d.layers > s->keep)
			w->list[i].err = -EINVAL;
	}

	return r;
}

static int rounds_take(const struct plan *w)
{
	uint64_t group;
	int closed;
	int r = group_open(w, &group);

	for (unsigned i = 0; r == 0 && i < w->rounds; i++)
		r = round_take(&w->stacks, group);

	closed = group_close(w);
	return r < 0 ? r : closed;
}

/* Whoever is killed anywhere in here leaves the parent in another group, at
 * worst, and each stack as it was or with fewer layers beneath. */
int collapse_stack(int proc, int parent, struct collapse *list, size_t count)
{
	autoplan struct plan w = {
		.stacks = { .proc = proc, .parent = parent },
		.place = -1,
		.list = list,
	};
	int r = refuse_other_owner(proc);

	if (r == 0)
		r = plan(&w, count);
	if (r < 0 || !w.rounds)
		return r;

	if (w.shared)
		r = leave_group(&w);
	if (r == 0)
		r = rounds_take(&w);

	return r < 0 ? r : look_again(&w);
}
