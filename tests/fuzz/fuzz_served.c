/* SPDX-License-Identifier: Apache-2.0 */
/* Where a path in a container, from a record, is served. */
#include "fuzz.h"

#include <string.h>

#include "view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostr struct str path = fuzz_text(data, size);
	autostr struct str served = { 0 };
	autostr struct str again = { 0 };

	view_served(str_text(&path), &served);
	view_served(str_text(&served), &again);
	fuzz_require(served.err == 0);
	fuzz_require(strcmp(str_text(&served), str_text(&again)) == 0);
	fuzz_require(strcmp(str_text(&served), str_text(&path)) == 0 ||
		     view_find(str_text(&served), NULL) != NULL);
	return 0;
}
