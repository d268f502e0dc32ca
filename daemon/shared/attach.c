/* SPDX-License-Identifier: Apache-2.0 */
/* Inside the container's mount namespace: our files over its files. */
#include "attach.h"

#include <errno.h>

#include "attach_place.h"
#include "base.h"
#include "mount_of.h"
#include "swap.h"

const char *attach_outcome_name(enum attach_outcome o)
{
	static const char *const names[] = {
		[ATTACH_PENDING] = "not tried", [ATTACH_MOUNTED] = "mounted",
		[ATTACH_REPLACED] = "replaced", [ATTACH_LIVE] = "live",
		[ATTACH_MISSING] = "missing",   [ATTACH_FOREIGN] = "foreign",
		[ATTACH_FAILED] = "failed",
	};

	return names[o];
}

/* PLACE is a file of the container, chosen by nobody but the kernel (procfs,
 * sysfs) or a mount of somebody's. It is named by the fd that was looked at:
 * what is renamed, linked or mounted there afterwards does not change it. */
static int view_mount(const struct attach *a, struct attach_view *v, int place,
		      enum attach_outcome what)
{
	const struct source *s = &v->source;
	int r;

	if (what == ATTACH_REPLACED)
		r = swap_mount(a->target->proc, s->fd, place);
	else
		r = swap_attach(s->fd, place);
	if (r >= 0 && s->bare)
		r = swap_attributes(a->target->proc, s->fd,
				    v->writable ? MAY_WRITE : 0);
	if (r < 0)
		return r;

	v->outcome = what;
	return 0;
}

static int view_attach(const struct attach *a, struct attach_view *v,
		       const struct place_base *base)
{
	autoclose int place = place_open(base, v->path);
	enum attach_outcome what;
	int r;

	if (place == -ENOENT) {
		v->outcome = ATTACH_MISSING;
		return 0;
	}
	if (place == -EXDEV) { /* over the directory that it is in */
		v->outcome = ATTACH_FOREIGN;
		return 0;
	}
	if (place < 0)
		return place;

	r = place_classify(a, base, place, &what);
	if (r < 0)
		return r;
	if (what == ATTACH_LIVE || what == ATTACH_FOREIGN) {
		v->outcome = what;
		return 0;
	}

	return view_mount(a, v, place, what);
}

/* All views below one of the container's file systems ("proc", "sys"). */
static int base_attach(struct attach *a, int root, const char *name,
		       struct mount_asker *mounts)
{
	struct place_base base = { .fd = -1, .mounts = mounts };
	int first = 0;
	int r = place_base_open(a, root, name, &base);

	for (size_t i = 0; i < a->count; i++) {
		struct attach_view *v = &a->views[i];
		int failed = r;

		if (v->outcome != ATTACH_PENDING || !place_in(v->path, name))
			continue;
		if (failed == 0)
			failed = view_attach(a, v, &base);
		if (failed == -ENOENT) { /* no /sys in this container */
			v->outcome = ATTACH_MISSING;
			failed = 0;
		}
		if (failed < 0) {
			v->outcome = ATTACH_FAILED;
			v->err = failed;
			first = first ? first : failed;
		}
	}

	close_at(&base.fd);
	return first;
}

int attach_mount(struct attach *a)
{
	static const char *const bases[] = { "proc", "sys" };
	automounts struct mount_asker mounts = { .proc = a->target->proc };
	autoclose int root = place_root_open(a);
	int first = 0;
	int r;

	if (root < 0)
		return root;

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		r = base_attach(a, root, bases[i], &mounts);
		first = first ? first : r;
	}

	return first;
}

int attach_verify(struct attach *a)
{
	automounts struct mount_asker mounts = { .proc = a->target->proc };
	int missing = 0;

	for (size_t i = 0; i < a->count; i++) {
		struct attach_view *v = &a->views[i];
		struct mountinfo m;
		int r;

		if (v->outcome != ATTACH_MOUNTED &&
		    v->outcome != ATTACH_REPLACED)
			continue;

		r = mount_of(&mounts, v->source.fd, &m);
		if (r < 0) {
			v->outcome = ATTACH_FAILED;
			v->err = missing = r == -ENOENT ? -ESTALE : r;
		}
	}

	return missing;
}
