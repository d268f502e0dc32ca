/* SPDX-License-Identifier: Apache-2.0 */
/* Whose is a namespace?
 *
 * The name of a cgroup is a guess, and a container that may make cgroups can
 * call one as another container's is called. So a name is not believed where it
 * stands for something else already: neither are namespaces put together by it,
 * nor does one get another's files. */
#include "drafts.h"

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "guess.h"
#include "machine.h"
#include "parse.h"
#include "str.h"

struct record *drafts_record(const struct survey *s, const char *id)
{
	for (struct known *k = s->known; k; k = k->next)
		if (strcmp(k->record.id, id) == 0)
			return &k->record;

	return NULL;
}

/* The id in "containers/ID/proc/stat". */
static bool id_in(const char *source, char ret[static RECORD_ID_MAX + 1])
{
	struct slice rest = slice_of(source);
	struct slice id;

	if (!slice_until(&rest, '/', &id) || !slice_is(id, "containers") ||
	    !slice_until(&rest, '/', &id) || id.len > RECORD_ID_MAX)
		return false;

	(void)snprintf(ret, RECORD_ID_MAX + 1, "%.*s", (int)id.len, id.p);
	return id_valid(ret);
}

/* Returns the path that it was taken from, or NULL. */
static const char *guess_any(const struct cgroup_paths *cgroups,
			     const char *bundle, struct guess *ret)
{
	guess_container(NULL, bundle, ret);
	for (int c = 0; c < CG_COUNT && !*ret->id; c++) {
		if (!cgroups->path[c])
			continue;
		guess_container(cgroups->path[c], bundle, ret);
		if (*ret->id)
			return cgroups->path[c];
	}

	return NULL;
}

const char *draft_runtime(const struct record *rec)
{
	struct guess g = { 0 };

	(void)guess_any(&rec->cgroups, rec->bundle, &g);
	return g.runtime;
}

/* Is the cgroup PATH the cgroup OWN, or below it? */
static bool is_in(const char *own, const char *path)
{
	size_t len = strlen(own);

	if (strcmp(own, "/") == 0)
		return true;

	return strncmp(own, path, len) == 0 &&
	       (path[len] == '\0' || path[len] == '/');
}

/* Is CGROUP that of the record, or above it? */
static bool is_records(const struct record *rec, const char *cgroup)
{
	for (int c = 0; c < CG_COUNT; c++)
		if (rec->cgroups.path[c] && is_in(cgroup, rec->cgroups.path[c]))
			return true;

	return false;
}

static bool is_taken(const struct drafts *d, const struct draft *next)
{
	const struct record *rec = drafts_record(d->survey, next->id);

	if (rec && !is_records(rec, next->cgroup))
		return true;

	for (size_t i = 0; i < d->count; i++)
		if (d->list[i].cgroup && strcmp(d->list[i].id, next->id) == 0 &&
		    strcmp(d->list[i].cgroup, next->cgroup) != 0)
			return true;

	return false;
}

/* How deep is the record's own cgroup, if OF is in it? 0: it is not. In some
 * hierarchies a container may have none of its own, but that of its engine, as
 * others have: so OF has to be in it in all. */
static size_t within(const struct cgroup_paths *own,
		     const struct cgroup_paths *of)
{
	size_t depth = 0;

	for (int c = 0; c < CG_COUNT; c++) {
		if (!own->path[c] || !of->path[c])
			continue;
		if (!is_in(own->path[c], of->path[c]))
			return 0;
		depth = max_u64(depth, strlen(own->path[c]));
	}

	return depth > 1 ? depth : 0; /* "/" is everybody's */
}

/* The container whose cgroup it is in, which is the kernel's word; the inner
 * one of several. */
static bool record_draft(const struct survey *s,
			 const struct cgroup_paths *cgroups, struct draft *next)
{
	size_t best = 0;

	for (const struct known *k = s->known; k; k = k->next) {
		size_t depth = within(&k->record.cgroups, cgroups);

		if (depth <= best)
			continue;
		best = depth;
		(void)snprintf(next->id, sizeof(next->id), "%s", k->record.id);
	}

	return best > 0;
}

/* By its engine's name for the cgroup. */
static bool guess_draft(const struct drafts *d,
			const struct cgroup_paths *cgroups, struct draft *next)
{
	struct guess g = { .runtime = "-" };
	const char *path = guess_any(cgroups, NULL, &g);

	next->cgroup = path ? strndup(path, g.len) : NULL;
	next->runtime = g.runtime;
	(void)snprintf(next->id, sizeof(next->id), "%s", g.id);
	return next->cgroup && !is_taken(d, next);
}

/* All of them, in one line each; NULL when they are everybody's. */
static char *cgroups_text(const struct cgroup_paths *cgroups)
{
	struct str text = { 0 };
	bool own = false;

	for (int c = 0; c < CG_COUNT; c++) {
		const char *path = cgroups->path[c] ? cgroups->path[c] : "";

		own = own || strlen(path) > 1;
		str_addf(&text, "%s\n", path);
	}
	if (!own || text.err)
		str_free(&text);

	return text.text;
}

/* What nobody has a name for is one container as far as it has the same
 * cgroups. */
static bool same_draft(const struct drafts *d,
		       const struct cgroup_paths *cgroups, struct draft *next)
{
	free(next->cgroup);
	next->cgroup = cgroups_text(cgroups);

	for (size_t i = 0; next->cgroup && i < d->count; i++) {
		const struct draft *other = &d->list[i];

		if (!other->cgroup || strcmp(other->cgroup, next->cgroup) != 0)
			continue;
		(void)snprintf(next->id, sizeof(next->id), "%s", other->id);
		return true;
	}

	return false;
}

static bool cgroup_draft(const struct drafts *d, struct draft *next)
{
	autopaths struct cgroup_paths cgroups = { 0 };
	const struct survey *s = d->survey;
	pid_t pid = next->scene.space->pid;
	bool guessed;

	if (pid)
		(void)proc_cgroups_read(s->machine->proc, pid, &cgroups);
	guessed = guess_draft(d, &cgroups, next);
	return record_draft(s, &cgroups, next) || guessed ||
	       same_draft(d, &cgroups, next);
}

void draft_name(const struct drafts *d, struct draft *next)
{
	bool found;

	if (next->own) {
		(void)snprintf(next->id, sizeof(next->id), "%s", next->own->id);
		return;
	}

	found = cgroup_draft(d, next);
	for (size_t i = 0; i < next->scene.count; i++)
		if (id_in(next->scene.places[i].source, next->id))
			return;

	if (!found)
		space_name(next->scene.space, next->id);
}
