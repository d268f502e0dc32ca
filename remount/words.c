/* SPDX-License-Identifier: Apache-2.0 */
/* States, actions and errors, in words. */
#include "words.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base.h"
#include "str.h"

static const struct {
	const char *name;
	const char *words;
} states[PLACE_STATES] = {
	[PLACE_LIVE] = { "live", "live" },
	[PLACE_STALE] = { "stale", "stale" },
	[PLACE_MISSING] = { "missing", "missing" },
	[PLACE_FOREIGN] = { "foreign", "somebody else's mount" },
	[PLACE_LXCFS] = { "lxcfs", "LXCFS's" },
};

static const struct {
	const char *name;
	const char *done;
} actions[ACTIONS] = {
	[ACTION_ATTACH] = { "mount", "mounted" },
	[ACTION_SWAP] = { "replace", "replaced" },
	[ACTION_TIDY] = { "tidy", "tidied up" },
	[ACTION_DETACH] = { "detach", "taken out" },
	[ACTION_ADOPT] = { "adopt", "adopted" },
};

#define AT(action)   (1U << (action))
#define IN_NAMESPACE AT(ACTION_NONE)
#define IN_PLACE     (~IN_NAMESPACE)
#define ANYWHERE     (~0U)

/* What errno means where namespaces are entered and our files mounted; where it
 * is not in here, it means what it says. */
static const struct {
	int r;
	unsigned where;
	const char *text;
} reasons[] = {
	{ -ETIMEDOUT, ANYWHERE, "no answer in time" },
	{ -ECHILD, ANYWHERE, "the process that worked on it was killed" },
	{ -ESRCH, ANYWHERE, "it has ended" },
	{ -EFBIG, IN_NAMESPACE, "it has too many mounts" },
	{ -EBUSY, ANYWHERE, "somebody else is at work in it" },
	{ -EAGAIN, IN_NAMESPACE, "there was no time to look at it" },
	{ -EXDEV, IN_NAMESPACE, "it is the host's" },
	{ -ENODEV, IN_NAMESPACE, "the daemon has nothing mounted" },
	{ -ENOTCONN, IN_NAMESPACE, "the daemon is dead" },
	{ -ENOSYS, IN_NAMESPACE,
	  "there is no process in it, which needs Linux 6.11" },
	{ -ENOTCONN, IN_PLACE, "the daemon is dead" },
	{ -ENODATA, IN_PLACE, "the daemon does not know the container" },
	{ -EPERM, AT(ACTION_ATTACH),
	  "what the container has there is not the kernel's" },
	{ -EPERM, AT(ACTION_TIDY),
	  "it belongs to another user namespace, which the kernel guards" },
	{ -ENOENT, AT(ACTION_ATTACH), "the container has no such file" },
	{ -ENOENT, AT(ACTION_SWAP) | AT(ACTION_ADOPT),
	  "the daemon has no such file" },
	{ -EEXIST, AT(ACTION_ATTACH), "somebody else's mount is there" },
	{ -EXDEV, IN_PLACE, "a change there would be seen on the host" },
	{ -ENOTEMPTY, IN_PLACE, "something else is mounted in it" },
	{ -ESTALE, IN_PLACE, "somebody has changed it meanwhile" },
	{ -EACCES, IN_PLACE,
	  "a file system of the container's does not let us look" },
	{ -EREMOTE, IN_PLACE,
	  "it lies in a file system of the container's, which may hang" },
	{ -ELOOP, IN_PLACE, "there is a symbolic link on the way" },
	{ -ENOSYS, IN_PLACE, "Linux 5.2 is needed" },
	{ -ECANCELED, IN_PLACE, "it was not tried" },
};

void words_whose(const struct container *c, const struct scene *scene,
		 struct str *out)
{
	str_addf(out, "container %s", c->id);
	if (scene > c->scenes)
		str_addf(out, ", mount namespace %" PRIu64,
			 (uint64_t)scene->space->id.ino);
	str_adds(out, ": ");
}

const char *state_name(enum place_state s)
{
	return states[s].name;
}

const char *state_words(enum place_state s)
{
	return states[s].words;
}

const char *action_name(enum place_action a)
{
	return actions[a].name;
}

const char *action_done(enum place_action a)
{
	return actions[a].done;
}

const char *why_not(enum place_action a, int r)
{
	const char *text;

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].r == r && (reasons[i].where & AT(a)))
			return reasons[i].text;

	text = strerrordesc_np(-r);
	return text ? text : "unknown error";
}
