/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be done, and where. */
#include "decide.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "survey.h"

static const enum place_action actions[][PLACE_STATES] = {
	[MODE_REPAIR] = { [PLACE_STALE] = ACTION_SWAP,
			  [PLACE_MISSING] = ACTION_ATTACH },
	[MODE_CHECK] = { [PLACE_STALE] = ACTION_SWAP,
			 [PLACE_MISSING] = ACTION_ATTACH },
	[MODE_DETACH] = { [PLACE_STALE] = ACTION_DETACH,
			  [PLACE_LIVE] = ACTION_DETACH },
	[MODE_ADOPT] = { [PLACE_STALE] = ACTION_SWAP,
			 [PLACE_MISSING] = ACTION_ATTACH,
			 [PLACE_LXCFS] = ACTION_ADOPT },
};

static bool begins(const char *id, const char *name)
{
	return strncmp(id, name, strlen(name)) == 0;
}

/* "web" is the container web, even if there is one named web2. */
static bool is_named(const struct survey *s, const char *name,
		     const struct container *c)
{
	if (strcmp(c->id, name) == 0)
		return true;
	if (!begins(c->id, name))
		return false;

	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->list[i].id, name) == 0)
			return false;

	return true;
}

int decide_names(const struct cli *cli, struct survey *s, const char **wrong)
{
	for (size_t i = 0; i < s->count; i++)
		s->list[i].named = cli->count == 0;

	for (size_t k = 0; k < cli->count; k++) {
		size_t hits = 0;

		for (size_t i = 0; i < s->count; i++) {
			if (!is_named(s, cli->ids[k], &s->list[i]))
				continue;
			s->list[i].named = true;
			hits++;
		}
		*wrong = cli->ids[k];
		if (hits != 1)
			return hits ? -EEXIST : -ENOENT;
	}

	return 0;
}

/* One that the operator has taken our views out of gets them back when he names
 * it, and not before; there is no need to. */
static bool stays_out(const struct cli *cli, const struct container *c)
{
	return c->record && c->record->detached &&
	       (cli->count == 0 || cli->mode == MODE_CHECK);
}

enum place_action decide_place(const struct cli *cli, const struct container *c,
			       const struct place *p)
{
	enum place_action a = actions[cli->mode][p->state];

	if (!c->named)
		return ACTION_NONE;
	if (a == ACTION_ATTACH && stays_out(cli, c))
		return ACTION_NONE;
	if (a == ACTION_NONE && p->state == PLACE_LIVE &&
	    (p->beneath || p->loose))
		return ACTION_TIDY;

	return a;
}

size_t decide(const struct cli *cli, const struct container *c,
	      struct scene *scene)
{
	size_t n = 0;

	for (size_t i = 0; i < scene->count; i++) {
		struct place *p = &scene->places[i];

		p->action = decide_place(cli, c, p);
		p->err = -EINPROGRESS;
		n += p->action != ACTION_NONE;
	}

	return n;
}
