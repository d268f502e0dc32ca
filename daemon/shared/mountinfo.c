/* SPDX-License-Identifier: Apache-2.0 */
/* Mounts, as the kernel lists them.
 *
 * Not libmount: the hook is linked statically, for which there is no library,
 * and eight fields of each line are all that is needed. */
#include "mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base.h"
#include "file.h"
#include "str.h"

int mountinfo_read(int proc, pid_t pid, size_t max, struct str *out)
{
	char path[64] = "self/mountinfo";
	int r;

	if (pid)
		(void)snprintf(path, sizeof(path), "%d/mountinfo", (int)pid);

	r = file_read(proc, path, max, out);

	/* EINVAL: it has ended and is waited for, fs/proc_namespace.c. */
	return r == -ENOENT || r == -EINVAL ? -ESRCH : r;
}

static bool next_dev(struct slice *line, dev_t *ret)
{
	struct slice word;

	return slice_word(line, &word) && slice_dev(word, ret) == 0;
}

/* "shared:7", "master:3" and their like, up to a "-". */
static bool next_tags(struct slice *line, struct mountinfo *ret)
{
	const struct key keys[] = {
		{ "shared", &ret->shared },
		{ "master", &ret->master },
	};
	struct slice word;
	struct slice name;

	while (slice_word(line, &word)) {
		if (slice_is(word, "-"))
			return true;
		if (!slice_until(&word, ':', &name))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (slice_is(name, keys[i].name))
				(void)slice_u64(word, keys[i].value);
	}

	return false;
}

static bool line_parse(struct slice line, struct mountinfo *ret)
{
	*ret = (struct mountinfo){ .source = { "", 0 } };
	if (!(slice_next_u64(&line, &ret->id) == 0 &&
	      slice_next_u64(&line, &ret->parent) == 0 &&
	      next_dev(&line, &ret->dev) && slice_word(&line, &ret->root) &&
	      slice_word(&line, &ret->target) &&
	      slice_word(&line, &ret->options) && next_tags(&line, ret) &&
	      slice_word(&line, &ret->type)))
		return false;

	(void)slice_word(&line, &ret->source);
	return true;
}

bool mountinfo_next(struct slice *text, struct mountinfo *ret)
{
	struct slice line;

	while (slice_line(text, &line))
		if (line_parse(line, ret))
			return true;

	return false;
}

bool mountinfo_find(struct slice text, uint64_t id, struct mountinfo *ret)
{
	while (mountinfo_next(&text, ret))
		if (ret->id == id)
			return true;

	return false;
}

static bool octal(const char *p, size_t len)
{
	if (len < 4 || *p != '\\')
		return false;

	return p[1] >= '0' && p[1] <= '3' && p[2] >= '0' && p[2] <= '7' &&
	       p[3] >= '0' && p[3] <= '7';
}

/* Take the first character off *S, which is not empty. */
static char next_char(struct slice *s)
{
	const char *p = s->p;
	size_t len = 1;
	char c = *p;

	if (octal(p, s->len)) {
		c = (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0'));
		len = 4;
	}
	s->p += len;
	s->len -= len;
	return c;
}

void mountinfo_unescape(struct slice s, struct str *out)
{
	while (s.len) {
		char c = next_char(&s);

		str_add(out, &c, 1);
	}
}

/* Where lengths do not fit there is no need to look. */
bool mountinfo_is(struct slice s, const char *text)
{
	size_t len = strlen(text);

	if (s.len < len || (s.len - len) % 3 != 0)
		return false;

	while (s.len && *text)
		if (next_char(&s) != *text++)
			return false;

	return s.len == 0 && *text == '\0';
}
