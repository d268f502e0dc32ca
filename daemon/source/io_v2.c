/* SPDX-License-Identifier: Apache-2.0 */
/* io.stat: "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6". */
#include "io.h"

#include <string.h>

#include "base.h"

static void pair_set(struct io_device *d, struct slice pair)
{
	const struct {
		const char *key;
		uint64_t *value;
	} keys[] = {
		{ "rbytes", &d->read_bytes },
		{ "wbytes", &d->written_bytes },
		{ "rios", &d->reads },
		{ "wios", &d->writes },
		{ "dbytes", &d->discarded_bytes },
		{ "dios", &d->discards },
	};
	struct slice key;

	if (!slice_until(&pair, '=', &key))
		return;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (slice_is(key, keys[i].key))
			(void)slice_u64(pair, keys[i].value);
}

/* A word with a colon names the device that the pairs behind it belong to:
 * some kernels leave out the end of the line after an idle device. */
void io_v2_parse(const char *text, struct io_stat *ret)
{
	struct slice rest = slice_of(text);
	struct slice line;

	while (slice_line(&rest, &line)) {
		struct io_device *d = NULL;
		struct slice word;

		while (slice_word(&line, &word)) {
			if (memchr(word.p, '=', word.len) == NULL)
				d = io_device_at(ret, word);
			else if (d)
				pair_set(d, word);
		}
	}
}
