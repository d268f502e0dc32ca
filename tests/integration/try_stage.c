/* SPDX-License-Identifier: Apache-2.0 */
/* Where mounts are tried. */
#include "try_stage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base.h"
#include "inside.h"
#include "mountinfo.h"
#include "str.h"
#include "swap.h"

int say(const char *what, int r)
{
	if (r < 0)
		printf("%s: %s\n", what, strerrordesc_np(-r));
	return r;
}

static int write_file(int dir, const char *name, const char *text)
{
	autoclose int fd = openat(dir, name, O_WRONLY | O_CREAT, 0644);

	return fd < 0 || write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

/* The place and nothing above it may be somebody's peer. As with FUSE, nobody
 * who reads writes the time of it. */
static int make_files(const struct stage *s)
{
	char path[192];

	if (mount("own", s->dir, "tmpfs", MS_NOATIME, NULL) < 0 ||
	    chdir(s->dir) < 0 ||
	    mount(NULL, s->dir, NULL, MS_PRIVATE, NULL) < 0 ||
	    mkdir("place", 0755) < 0 ||
	    mount("place", "place", "tmpfs", 0, NULL) < 0)
		return -errno;

	(void)snprintf(path, sizeof(path), "%s/place", s->dir);
	if (mount(NULL, path, NULL, MS_PRIVATE, NULL) < 0)
		return -errno;

	return write_file(AT_FDCWD, "live", "live") < 0 ||
			       write_file(AT_FDCWD, "place/f", "beneath") < 0 ||
			       write_file(AT_FDCWD, "place/g", "beneath") < 0
		       ? -errno
		       : 0;
}

int stage_enter(struct stage *s)
{
	close_at(&s->own);
	close_at(&s->place);
	s->own = open(s->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->place = openat(s->own, "place", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return s->own < 0 || s->place < 0 ? -errno : 0;
}

int stage_make(struct stage *s, const char *dir)
{
	int r;

	(void)snprintf(s->dir, sizeof(s->dir), "%s", dir);
	(void)snprintf(s->file, sizeof(s->file), "%s/place/f", dir);
	s->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = s->proc < 0 ? -errno : make_files(s);

	return r < 0 ? r : stage_enter(s);
}

int stage_dead(const struct stage *s, const char *name)
{
	autoclose int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[64];
	char path[192];

	(void)snprintf(options, sizeof(options),
		       "fd=%d,rootmode=100444,user_id=0,group_id=0", fuse);
	(void)snprintf(path, sizeof(path), "%s/place/%s", s->dir, name);
	return mount("dead", path, "fuse", 0, options) < 0 ? -errno : 0;
}

int stage_live(const struct stage *s, int *later)
{
	autoclose int fd =
		open_tree(s->own, "live", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	int r = fd < 0 ? -errno : swap_attributes(s->proc, fd, 0);

	if (r < 0)
		return r;

	*later = r;
	return take_fd(&fd);
}

int stage_cover(const struct stage *s, const char *name)
{
	int later = 0;
	autoclose int source = stage_live(s, &later);
	autoclose int top = inside_open(s->place, name, INSIDE_ONE_MOUNT);
	int r = source < 0 ? source : top;

	if (r >= 0)
		r = swap_attach(source, top);
	if (r == 0 && later)
		r = swap_attributes(s->proc, source, 0);

	return r;
}

static int look_up(const struct stage *s, int fd, struct str *text,
		   struct mountinfo *ret)
{
	struct inside_look look;
	int r = inside_look(s->proc, fd, &look);

	if (r == 0 && !text->len)
		r = mountinfo_read(s->proc, 0, MOUNTINFO_MAX, text);
	if (r < 0)
		return r;

	return mountinfo_find(slice_of(str_text(text)), look.mnt_id, ret)
		       ? 0
		       : -ESTALE;
}

int stage_layers(const struct stage *s, const char *name)
{
	autoclose int top = inside_open(s->place, name, INSIDE_ONE_MOUNT);
	autostr struct str text = { 0 };
	struct mountinfo place = { 0 };
	struct mountinfo m = { 0 };
	int n = 0;
	int r = top < 0 ? top : look_up(s, s->place, &text, &place);

	if (r == 0)
		r = look_up(s, top, &text, &m);
	if (r < 0)
		return r;
	if (m.id != place.id &&
	    !slice_is(m.options, "ro,nosuid,nodev,noexec,noatime"))
		return -EPERM;

	for (; m.id != place.id; n++)
		if (!mountinfo_find(slice_of(str_text(&text)), m.parent, &m))
			return -ESTALE;

	return n;
}

int stage_groups(const struct stage *s, uint64_t *shared, uint64_t *master)
{
	autostr struct str text = { 0 };
	struct mountinfo m = { 0 };
	int r = look_up(s, s->place, &text, &m);

	*shared = m.shared;
	*master = m.master;
	return r;
}
