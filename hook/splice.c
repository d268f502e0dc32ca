/* SPDX-License-Identifier: Apache-2.0 */
/* Where our entry goes, whatever is there: nothing, null, {}, [] or others. */
#include "splice.h"

#include <errno.h>
#include <string.h>

#include "base.h"
#include "edits.h"
#include "entry.h"
#include "json.h"
#include "scan.h"

/* Is ELEMENT an entry for the program PATH? */
static bool is_for(struct slice element, const char *path)
{
	autojson struct json_object *json = NULL;
	const char *other;

	return json_parse(element.p, element.len, &json) == 0 &&
	       json_get_string(json, "path", &other) == 0 &&
	       strcmp(other, path) == 0;
}

/* TEXT is one more member or element of what S has walked through. */
static int append(struct edits *e, const struct scan *s, const struct str *text)
{
	struct str with = { .err = text->err };

	if (!s->empty)
		str_adds(&with, ",");
	str_add(&with, str_text(text), text->len);

	return edits_add(e, (struct slice){ s->tail, 0 }, &with);
}

static void put_list(const struct entry *e, struct str *out)
{
	str_adds(out, "[");
	entry_put(e, out);
	str_adds(out, "]");
}

static int list_append(struct slice list, const struct entry *e,
		       struct edits *edits)
{
	autostr struct str text = { 0 };
	struct scan_item item;
	struct scan s;
	int r = scan_begin(list, &s);

	if (r < 0 || s.object)
		return -EINVAL;
	while ((r = scan_next(&s, &item)) > 0)
		if (is_for(item.value, str_text(&e->path)))
			return 0;
	if (r < 0)
		return r;

	entry_put(e, &text);
	return append(edits, &s, &text);
}

/* STAGE of the object HOOKS, which is empty where there are none. What is to be
 * a new member goes to MEMBERS. */
static int stage_add(struct slice hooks, const char *stage,
		     const struct entry *e, struct edits *edits,
		     struct str *members)
{
	struct str list = { 0 };
	struct scan_item item;
	struct scan s;
	int r = hooks.len ? scan_member(hooks, stage, &s, &item) : 0;

	if (r < 0)
		return r;
	if (r > 0 && !slice_is(item.value, "null"))
		return list_append(item.value, e, edits);

	if (r == 0)
		str_addf(members, "%s\"%s\":", members->len ? "," : "", stage);
	put_list(e, r == 0 ? members : &list);
	return r == 0 ? members->err : edits_add(edits, item.value, &list);
}

static int stages_add(struct slice hooks, const struct entry *e, unsigned flags,
		      struct edits *edits, struct str *members)
{
	const char *first =
		flags & SPLICE_PRESTART ? "prestart" : "createRuntime";
	int r = stage_add(hooks, first, e, edits, members);

	return r < 0 ? r : stage_add(hooks, "poststop", e, edits, members);
}

/* The hooks are there, and are an object: MEMBERS are more of it. */
static int hooks_extend(struct slice hooks, const struct str *members,
			struct edits *edits)
{
	struct scan_item item;
	struct scan s;
	int r = scan_begin(hooks, &s);

	while (r >= 0 && (r = scan_next(&s, &item)) > 0)
		;

	return r < 0 ? r : append(edits, &s, members);
}

static int hooks_add(struct slice spec, const struct entry *e, unsigned flags,
		     struct edits *edits)
{
	static const struct slice none = { 0 };
	autostr struct str members = { 0 };
	struct str object = { 0 };
	struct scan_item item;
	struct scan s;
	int r = scan_member(spec, "hooks", &s, &item);
	bool there = r > 0;
	bool null = there && slice_is(item.value, "null");

	if (r < 0)
		return r;
	r = stages_add(there && !null ? item.value : none, e, flags, edits,
		       &members);
	if (r < 0 || members.len == 0)
		return r;
	if (there && !null)
		return hooks_extend(item.value, &members, edits);

	str_addf(&object, "%s{%s}",
		 there ? "" : "\"hooks\":", str_text(&members));
	if (there)
		return edits_add(edits, item.value, &object);

	r = append(edits, &s, &object);
	str_free(&object);
	return r;
}

/* Members that go, each with the comma that goes with it: the one before, or,
 * where nothing that stays comes before, the one behind. */
struct removal {
	struct edits *edits;
	const char *from; /* of what goes, and is not cut yet */
	bool stays;       /* something before does */
};

static int cut(struct removal *r, const char *to)
{
	struct str nothing = { 0 };
	struct slice old = { r->from, (size_t)(to - r->from) };

	r->from = NULL;
	return edits_add(r->edits, old, &nothing);
}

/* The next member; BEFORE is where the one before it ends. */
static int member_pass(struct removal *r, bool goes,
		       const struct scan_item *item, const char *before)
{
	const char *border = r->stays ? before : item->from;

	if (goes) {
		r->from = r->from ? r->from : border;
		return 0;
	}

	r->stays = true;
	return r->from ? cut(r, border) : 0;
}

/* All members KEY: the last one counts, until it is gone. */
static int members_remove(struct slice object, const char *key,
			  struct edits *edits)
{
	struct removal removal = { .edits = edits };
	const char *before;
	struct scan_item item;
	struct scan s;
	int r = scan_begin(object, &s);

	if (r < 0 || !s.object)
		return -EINVAL;
	for (before = s.tail; (r = scan_next(&s, &item)) > 0; before = s.tail) {
		r = member_pass(&removal, slice_is(item.key, key), &item,
				before);
		if (r < 0)
			return r;
	}

	return r == 0 && removal.from ? cut(&removal, s.tail) : r;
}

static int rlimits_remove(struct slice spec, struct edits *edits)
{
	struct scan_item process;
	struct scan s;
	int r = scan_member(spec, "process", &s, &process);

	if (r <= 0 || slice_is(process.value, "null"))
		return r < 0 ? r : 0;

	return members_remove(process.value, "rlimits", edits);
}

int splice_find(struct slice spec, const struct entry *e, unsigned flags,
		struct edits *ret)
{
	autojson struct json_object *json = NULL;
	autoedits struct edits edits = { 0 };
	int r = json_parse(spec.p, spec.len, &json);

	if (r == 0)
		r = hooks_add(spec, e, flags, &edits);
	if (r == 0 && flags & SPLICE_NO_RLIMITS)
		r = rlimits_remove(spec, &edits);
	if (r < 0)
		return r;
	if (edits.count == 0)
		return 1;

	*ret = edits;
	edits.count = 0;
	return 0;
}
