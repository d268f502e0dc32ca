/* SPDX-License-Identifier: Apache-2.0 */
/* A record: what is taken can be written, and comes back as it was. */
#include "fuzz.h"

#include <string.h>

#include "registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autorecord struct record rec = { 0 };
	autorecord struct record again = { 0 };
	autostr struct str text = { 0 };
	autostr struct str twice = { 0 };

	if (record_parse((const char *)data, size, &rec) < 0)
		return 0;

	fuzz_require(id_valid(rec.id) && rec.pid > 0);
	fuzz_require(record_format(&rec, &text) == 0);
	fuzz_require(record_parse(text.text, text.len, &again) == 0);
	fuzz_require(record_format(&again, &twice) == 0);
	fuzz_require(strcmp(text.text, twice.text) == 0);
	return 0;
}
