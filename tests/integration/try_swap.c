/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts in place of mounts, under the eyes of a reader.
 *
 * usage: try_swap DIR SWAPS LAYERS: so often, and how many are there then
 *
 * There are two readers: the second is in a namespace to which all is
 * propagated that is mounted here. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>

#include "base.h"
#include "inside.h"
#include "swap.h"
#include "try_reader.h"
#include "try_stage.h"

static int swap_one(const struct stage *s)
{
	int later = 0;
	autoclose int source = stage_live(s, &later);
	autoclose int place = inside_open(s->place, "f", INSIDE_ONE_MOUNT);
	int r;

	if (source < 0 || place < 0)
		return say("open", source < 0 ? source : place);

	r = say("swap", swap_mount(s->proc, source, place));
	if (r >= 0 && later)
		r = say("attributes", swap_attributes(s->proc, source, 0));

	return r < 0 ? r : 0;
}

/* The first is in place of a dead one: only then is there anything to read. */
static int prepare(struct stage *s, struct reader readers[2])
{
	int r = stage_dead(s, "f");

	if (r == 0)
		r = swap_one(s);
	if (r == 0)
		r = swap_propagation(s->proc, s->place, MS_SHARED);
	if (r == 0)
		r = reader_start(&readers[1], s->file, "live");
	if (r == 0)
		r = unshare(CLONE_NEWNS) < 0 ? -errno : stage_enter(s);
	if (r == 0)
		r = reader_start(&readers[0], s->file, "live");

	return say("prepare", r);
}

static int swaps(struct stage *s, unsigned long n)
{
	struct reader readers[2];
	int r = prepare(s, readers);

	if (r < 0)
		return r;

	for (unsigned long i = 1; r == 0 && i < n; i++)
		r = swap_one(s);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (reader_stop(&readers[i]) < 0)
			r = -EBADMSG;

	return r;
}

int main(int argc, char *argv[])
{
	struct stage s = STAGE_NONE;
	int got;

	if (argc != 4)
		return 2;
	if (say("prepare", stage_make(&s, argv[1])) < 0 ||
	    swaps(&s, strtoul(argv[2], NULL, 10)) < 0)
		return 1;

	got = say("layers", stage_layers(&s, "f"));
	printf("%d layers\n", got);
	return got == strtol(argv[3], NULL, 10) ? 0 : 1;
}
