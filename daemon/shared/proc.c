/* SPDX-License-Identifier: Apache-2.0 */
/* What the host's procfs says about one process. */
#include "proc.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "controllers.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define TEXT_MAX (1 << 20)

/* A process that is gone says ENOENT at open and ESRCH at read. */
static int process_read(int proc, pid_t pid, const char *name, struct str *out)
{
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "%d/%s", (int)pid, name);
	r = file_read(proc, path, TEXT_MAX, out);
	if (r == 0 && out->len == 0)
		return -ESRCH;

	return r == -ENOENT ? -ESRCH : r;
}

static int next_pid(struct slice *text, pid_t *ret)
{
	uint64_t value;
	int r = slice_next_u64(text, &value);

	if (r < 0 || value > INT_MAX)
		return -EINVAL;

	*ret = (pid_t)value;
	return 0;
}

int proc_stat_parse(const char *text, struct proc_stat *ret)
{
	const char *end = strrchr(text, ')');
	struct proc_stat st;
	struct slice rest;
	struct slice word;
	int r;

	if (!end)
		return -EINVAL;

	rest = slice_of(end + 1);
	if (rest.len && rest.p[rest.len - 1] == '\n')
		rest.len--;

	if (!slice_word(&rest, &word) || word.len != 1)
		return -EINVAL;
	st.state = *word.p;

	r = next_pid(&rest, &st.ppid);
	if (r < 0)
		return r;

	/* Field 4 was the last; 5 to 21 lie before starttime. */
	for (int field = 5; field < 22; field++)
		if (!slice_word(&rest, &word))
			return -EINVAL;
	r = slice_next_u64(&rest, &st.start_ticks);
	if (r < 0)
		return -EINVAL;

	*ret = st;
	return 0;
}

int proc_stat_read(int proc, pid_t pid, struct proc_stat *ret)
{
	autostr struct str text = { 0 };
	int r = process_read(proc, pid, "stat", &text);

	if (r < 0)
		return r;

	return proc_stat_parse(text.text, ret);
}

int proc_cgroups_read(int proc, pid_t pid, struct cgroup_paths *ret)
{
	autostr struct str text = { 0 };
	int r = process_read(proc, pid, "cgroup", &text);

	if (r < 0)
		return r;

	return cgroup_paths_parse(text.text, ret);
}

int proc_ns_read(int proc, pid_t pid, const char *type, struct ns_id *ret)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%d/ns/%s", (int)pid, type);
	if (fstatat(proc, path, &st, 0) < 0)
		return errno == ENOENT ? -ESRCH : -errno;

	*ret = (struct ns_id){ st.st_dev, st.st_ino };
	return 0;
}

int proc_nspid_parse(const char *text, pid_t *ret)
{
	struct slice rest = slice_of(text);
	struct slice line;
	struct slice name;
	pid_t pid;

	while (slice_line(&rest, &line)) {
		if (!slice_word(&line, &name) || !slice_is(name, "NSpid:"))
			continue;
		if (next_pid(&line, &pid) < 0)
			return -EINVAL;
		while (next_pid(&line, &pid) == 0)
			;
		*ret = pid;
		return 0;
	}

	return -EINVAL;
}

int proc_nspid_read(int proc, pid_t pid, pid_t *ret)
{
	autostr struct str text = { 0 };
	int r = process_read(proc, pid, "status", &text);

	if (r < 0)
		return r;

	return proc_nspid_parse(text.text, ret);
}

int proc_fdinfo_mount(int proc, int fd, uint64_t *ret)
{
	autostr struct str text = { 0 };
	uint64_t id;
	const struct key mount = { "mnt_id:", &id };
	char path[64];
	int r;

	(void)snprintf(path, sizeof(path), "self/fdinfo/%d", fd);
	r = file_read(proc, path, TEXT_MAX, &text);
	if (r < 0)
		return r;

	if (parse_keys(str_text(&text), &mount, 1) != 1)
		return -EINVAL;

	*ret = id;
	return 0;
}
