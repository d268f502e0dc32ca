/* SPDX-License-Identifier: Apache-2.0 */
/* Which file of ours comes to a place. */
#include "sources.h"

#include <errno.h>
#include <string.h>

#include "rights.h"
#include "survey.h"

const char *source_own(const struct place *p, const char *id)
{
	static const char top[] = "containers/";
	const char *rest = p->source + sizeof(top) - 1;
	size_t len = strlen(id);

	if (p->action == ACTION_ADOPT)
		return p->source;
	if (strncmp(p->source, top, sizeof(top) - 1) != 0 ||
	    strncmp(rest, id, len) != 0)
		return NULL;
	if (rest[len] == '\0')
		return "";

	return rest[len] == '/' ? rest + len + 1 : NULL;
}

int source_error(int r)
{
	return r == -ENOENT ? -ENODATA : r;
}

int source_for(const struct survey *s, const struct container *c, int dir,
	       const struct place *p, struct source *ret)
{
	const char *own = source_own(p, c->id);
	unsigned may = rights_of(p->source);

	if (!own)
		return origin_source(&s->origin, s->origin.root, p->source, may,
				     ret);

	if (dir < 0)
		return source_error(dir);

	return origin_source(&s->origin, dir, own, may, ret);
}
