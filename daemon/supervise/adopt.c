/* SPDX-License-Identifier: Apache-2.0 */
/* A connection that another supervisor has left. */
#include "adopt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base.h"
#include "connection.h"
#include "devices.h"
#include "handed.h"
#include "log.h"
#include "orphan.h"
#include "process.h"
#include "store.h"

/* Documentation/admin-guide/devices.txt */
#define FUSE_DEVICE makedev(10, 229)

/* Who kept it may have been taken over by somebody: nothing is believed. */
static int check(const struct handed *h, struct control **control)
{
	struct stat st;

	if (fstat(h->fd[HANDED_FUSE], &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != FUSE_DEVICE)
		return -EPROTO;
	if (fcntl(h->fd[HANDED_AREA], F_GET_SEALS) < 0)
		return -EPROTO;

	return control_map(h->fd[HANDED_CONTROL], control);
}

/* For when it has to be mounted again. */
static void find_name(int run_dir, struct connection *c)
{
	struct devices d;
	const struct device *known = NULL;

	if (devices_read(run_dir, &d) == 0)
		known = devices_find(&d, c->dev);
	(void)snprintf(c->name, sizeof(c->name), "%s",
		       known ? known->name : "");
}

/* Is H mounted where we serve? If it is mounted elsewhere only, be it in some
 * container, then there too. Returns 0 or -errno. */
static int examine(const struct adopt *a, struct connection *c,
		   const struct handed *h, struct control **control)
{
	int r = check(h, control);

	if (r < 0)
		return r;

	c->dev = (dev_t)(*control)->dev;
	find_name(a->run_dir, c);
	if (connection_mounted(c))
		return 0;

	r = connection_mount_again(a->proc, c, h->fd[HANDED_FUSE]);
	if (r == 0) {
		log_line(LOG_NOTICE, "%s: mounted again", c->mountpoint);
		return 0;
	}

	control_unmap(*control);
	return -ENOTCONN;
}

static bool from_store(const struct adopt *a, struct connection *c,
		       struct handed *h, struct control **control)
{
	int r = store_take(a->store, a->manager, h);

	if (r == 0)
		return false;
	if (r > 0)
		r = examine(a, c, h, control);
	if (r == 0) {
		log_line(LOG_NOTICE, "%s: going on with what was kept for us",
			 c->mountpoint);
		return true;
	}

	if (r == -ENOTCONN)
		log_line(LOG_WARNING,
			 "%s: what was kept for us is not mounted there any "
			 "more, it is forgotten",
			 c->mountpoint);
	else
		(void)log_warning(r, "it is forgotten",
				  "%s: use what was kept for us",
				  c->mountpoint);
	store_drop(a->store);
	handed_close(h);
	return false;
}

/* It serves our mount point, and we cannot go on with it: then it is in the
 * way. Returns 0 when there may be another, or -errno. */
static int clear_away(int proc, const struct process *p, int why,
		      const char *mountpoint)
{
	int r;

	(void)log_warning(why, "it is killed, and a new mount is made",
			  "%s: take the connection from worker %d", mountpoint,
			  (int)p->pid);
	r = process_kill(proc, p);
	if (r < 0)
		(void)log_warning(r, "ignoring", "kill worker %d", (int)p->pid);
	return r;
}

/* Returns 1 when the connection is ours, 0 to look for another worker, or
 * -errno. */
static int try_orphan(const struct adopt *a, const struct process *p,
		      struct connection *c, struct handed *h,
		      struct control **control)
{
	int r = orphan_take(p, h);

	if (r == 0)
		r = examine(a, c, h, control);
	if (r == 0) {
		log_line(LOG_NOTICE, "%s: going on with worker %d of before",
			 c->mountpoint, (int)p->pid);
		return 1;
	}

	handed_close(h);
	if (r == -ESRCH) /* it has just ended */
		return 0;
	if (r != -ENOTCONN)
		return clear_away(a->proc, p, r, c->mountpoint);

	/* It does no harm there, and some container may need it. */
	log_line(LOG_WARNING,
		 "%s: worker %d of before serves another mount, ignoring",
		 c->mountpoint, (int)p->pid);
	return r;
}

static bool from_orphan(const struct adopt *a, struct connection *c,
			struct handed *h, struct control **control)
{
	int r = 0;

	while (r == 0) {
		struct process p;

		if (!orphan_find(a->run_dir, a->proc, &p))
			return false;
		r = try_orphan(a, &p, c, h, control);
		process_close(&p);
	}

	return r > 0;
}

int adopt(const struct adopt *a, struct connection *c, struct handed *handed,
	  struct control **control)
{
	return from_store(a, c, handed, control) ||
	       from_orphan(a, c, handed, control);
}
