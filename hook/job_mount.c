/* SPDX-License-Identifier: Apache-2.0 */
/* What we change: the container's mounts. */
#include "job.h"

#include <errno.h>

#include "base.h"
#include "log.h"
#include "run.h"

/* What errno means where views are opened and mounted; see attach.h. */
static const char *wording(int r)
{
	static const struct {
		int r;
		const char *text;
	} words[] = {
		{ -EPERM, "what the container has there is not the kernel's" },
		{ -EXDEV, "a mount there would show up on the host" },
		{ -ENXIO, "the container's root is not in its mount "
			  "namespace" },
		{ -ESRCH, "the container's first process is gone" },
		{ -ENOTCONN, "stale mount, the daemon that served it is gone" },
		{ -ESTALE, "it is gone again" },
		{ -ENOENT, "the daemon does not know the container" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].r == r)
			return words[i].text;

	return NULL;
}

/* "/proc/stat, /proc/swaps": those for which it came out as WHAT. */
static size_t views_list(const struct attach *a, enum attach_outcome what,
			 struct str *out)
{
	size_t n = 0;

	for (size_t i = 0; i < a->count; i++)
		if (a->views[i].outcome == what)
			str_addf(out, "%s/%s", n++ ? ", " : " ",
				 a->views[i].path);

	return n;
}

/* Files of which the host has each, see drop_absent(). */
static bool none_served(const struct attach *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->views[i].outcome != ATTACH_MISSING)
			return false;

	return a->count > 0;
}

int job_open_views(struct job *j)
{
	int r = attach_open(&j->attach);

	if (r == 0 && none_served(&j->attach))
		r = -ENOENT;
	if (r < 0)
		j->why = wording(r);

	return r;
}

int job_mount(struct job *j)
{
	struct attach *a = &j->attach;
	bool within = a->target->pid == 0;
	autostr struct str foreign = { 0 };
	int settled;
	int r;

	j->progress->attaching = true;
	j->progress->waiting = false;
	r = within ? 0 : target_enter(a->target);
	if (r == 0)
		r = attach_mount(a);
	if (r == 0)
		r = attach_verify(a);
	attach_close(a);

	if (views_list(a, ATTACH_FOREIGN, &foreign))
		log_line(LOG_WARNING,
			 "container %s: something else is mounted on%s, left "
			 "as it is",
			 j->state.id, str_text(&foreign));
	if (r < 0) {
		(void)views_list(a, ATTACH_FAILED, &j->what);
		j->why = wording(r);
	}

	settled = within ? 0 : job_settle(j);
	return r < 0 ? r : settled;
}
