/* SPDX-License-Identifier: Apache-2.0 */
/* Workers whose supervisor was killed. */
#include "orphan.h"

#include <errno.h>
#include <limits.h>

#include "base.h"
#include "file.h"
#include "handed.h"
#include "parse.h"
#include "process.h"
#include "str.h"

#define NAME     "worker"
#define TEXT_MAX 4096

int orphan_note(int run_dir, const pid_t *pids, const uint64_t *ticks, size_t n)
{
	autostr struct str text = { 0 };

	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%d %llu\n", (int)pids[i],
			 (unsigned long long)ticks[i]);
	if (text.err)
		return text.err;

	return file_replace(run_dir, NAME, str_text(&text), text.len, 0644);
}

void orphan_forget(int run_dir)
{
	(void)unlinkat(run_dir, NAME, 0); /* it may never have been */
}

int orphan_find(int run_dir, int proc, struct process *ret)
{
	autostr struct str text = { 0 };
	struct slice rest;
	struct slice line;

	if (file_read(run_dir, NAME, TEXT_MAX, &text) < 0)
		return 0;

	for (rest = slice_of(str_text(&text)); slice_line(&rest, &line);) {
		uint64_t pid;
		uint64_t ticks;

		if (slice_next_u64(&line, &pid) == 0 &&
		    slice_next_u64(&line, &ticks) == 0 && pid <= INT_MAX &&
		    process_open(proc, (pid_t)pid, ticks, ret) == 0)
			return 1;
	}

	return 0;
}

int orphan_take(const struct process *p, struct handed *ret)
{
	struct handed h = HANDED_NONE;

	for (int i = 0; i < HANDED_COUNT; i++) {
		h.fd[i] = process_take_fd(p, HANDOVER_FUSE + i);
		if (h.fd[i] < 0) {
			int r = h.fd[i];

			handed_close(&h);
			return r;
		}
	}

	*ret = h;
	return 0;
}
