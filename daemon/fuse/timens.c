/* SPDX-License-Identifier: Apache-2.0 */
/* The time namespace of a container's init. */
#include "timens.h"

#include <stdbool.h>
#include <stdio.h>

#include "base.h"
#include "container.h"
#include "file.h"
#include "parse.h"
#include "str.h"

#define TIMENS_MAX 4096

int64_t timens_offset_parse(const char *text)
{
	struct slice rest = slice_of(text);
	struct slice line;
	struct slice word;

	while (slice_line(&rest, &line)) {
		uint64_t sec;
		uint64_t nsec;
		int64_t sign = 1;

		if (!slice_word(&line, &word) || !slice_is(word, "boottime") ||
		    !slice_word(&line, &word))
			continue;
		if (*word.p == '-') {
			sign = -1;
			word.p++;
			word.len--;
		}
		/* A second count that overflows in ns is no offset. */
		if (slice_u64(word, &sec) < 0 ||
		    slice_next_u64(&line, &nsec) < 0 ||
		    sec > INT64_MAX / NSEC_PER_SEC - 1 || nsec >= NSEC_PER_SEC)
			return 0;
		return sign * (int64_t)(sec * NSEC_PER_SEC) + (int64_t)nsec;
	}

	return 0;
}

void timens_read(int proc, pid_t init, struct ns_id host,
		 struct container_info *info)
{
	autostr struct str text = { 0 };
	struct ns_id ns;
	char path[64];

	if (proc_ns_read(proc, init, "time", &ns) < 0 ||
	    (ns.ino == host.ino && ns.dev == host.dev))
		return;

	(void)snprintf(path, sizeof(path), "%d/timens_offsets", (int)init);
	if (file_read(proc, path, TIMENS_MAX, &text) < 0)
		return;

	info->time_namespace = true;
	info->boottime_offset = timens_offset_parse(str_text(&text));
}
