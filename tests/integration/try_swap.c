/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts in place of mounts, under the eyes of a reader.
 *
 * usage: try_swap DIR SWAPS LAYERS: so often, and how many are there then
 *
 * DIR/place is a file system with one file, "f", over which others are mounted,
 * the first of them dead. */
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
#include "try_reader.h"

struct stage {
	int proc;
	int own;   /* directory with "live" */
	int place; /* the mount DIR/place */
	char file[128];
};

static int say(const char *what, int r)
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

/* A FUSE file system that is a single file, and whose server has died. */
static int mount_dead(const char *file)
{
	autoclose int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	char options[64];

	(void)snprintf(options, sizeof(options),
		       "fd=%d,rootmode=100444,user_id=0,group_id=0", fuse);
	return mount("dead", file, "fuse", 0, options) < 0 ? -errno : 0;
}

static int make_stage(struct stage *s, const char *dir)
{
	if (mount("own", dir, "tmpfs", 0, NULL) < 0 || chdir(dir) < 0 ||
	    mkdir("place", 0755) < 0 ||
	    mount("place", "place", "tmpfs", 0, NULL) < 0)
		return -errno;

	(void)snprintf(s->file, sizeof(s->file), "%s/place/f", dir);
	s->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->own = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->place = open("place", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (s->proc < 0 || s->own < 0 || s->place < 0 ||
	    write_file(s->own, "live", "live") < 0 ||
	    write_file(s->own, "place/f", "beneath") < 0)
		return -errno;

	return mount_dead(s->file);
}

static int swap_one(const struct stage *s)
{
	autoclose int source =
		open_tree(s->own, "live", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	autoclose int place = inside_open(s->place, "f", INSIDE_ONE_MOUNT);
	int later;
	int r;

	if (source < 0 || place < 0)
		return say("open", source < 0 ? -errno : place);

	later = say("attributes", swap_attributes(s->proc, source, 0));
	r = say("swap", swap_mount(s->proc, source, place));
	if (later < 0 || r < 0)
		return -ECANCELED;
	if (later && swap_attributes(s->proc, source, 0) != 0)
		return say("attributes of what is mounted", -EBADMSG);

	return 0;
}

/* The layers over the file, the topmost of which must be as all of ours are.
 * Returns their number or -errno. */
static int layers(const struct stage *s)
{
	autoclose int top = inside_open(s->place, "f", INSIDE_ONE_MOUNT);
	autostr struct str text = { 0 };
	struct inside_look parent;
	struct inside_look look;
	struct mountinfo m;
	int n = 0;

	if (top < 0 || inside_look(s->proc, top, &look) < 0 ||
	    inside_look(s->proc, s->place, &parent) < 0 ||
	    mountinfo_read(s->proc, 0, MOUNTINFO_MAX, &text) < 0)
		return -EBADMSG;

	for (uint64_t id = look.mnt_id; id != parent.mnt_id; id = m.parent) {
		if (!mountinfo_find(slice_of(str_text(&text)), id, &m))
			return -ESTALE;
		if (n++ == 0 &&
		    (m.shared ||
		     !slice_is(m.options, "ro,nosuid,nodev,noexec,relatime")))
			return -EPERM;
	}

	return n;
}

/* The first is in place of a dead one: only then is there anything to read. */
static int swaps(const struct stage *s, unsigned long n)
{
	struct reader reader;
	int r = say("a dead one", swap_one(s));

	if (r == 0)
		r = say("reader", reader_start(&reader, s->file, "live"));
	if (r < 0)
		return r;

	for (unsigned long i = 1; r == 0 && i < n; i++)
		r = swap_one(s);

	return reader_stop(&reader) < 0 ? -EBADMSG : r;
}

int main(int argc, char *argv[])
{
	struct stage s = { -1, -1, -1, "" };
	long want;
	int got;

	if (argc != 4)
		return 2;
	if (say("prepare", make_stage(&s, argv[1])) < 0 ||
	    swaps(&s, strtoul(argv[2], NULL, 10)) < 0)
		return 1;

	want = strtol(argv[3], NULL, 10);
	got = layers(&s);
	printf("%d layers\n", got);
	return got == want ? 0 : 1;
}
