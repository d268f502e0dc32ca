/* SPDX-License-Identifier: Apache-2.0 */
/* An engine's command line: nothing is read beyond its end, and what is taken
 * from it is in it. Each line is an argument. */
#include "fuzz.h"

#include <string.h>

#include "base.h"
#include "runtime_call.h"

#define ARGUMENTS 64

static int is_within(const char *value, const struct str *text)
{
	return value >= text->text && value <= text->text + text->len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char name[] = "resview-runtime";
	autostr struct str text = fuzz_text(data, size);
	char *argv[ARGUMENTS + 1] = { name };
	char *rest = text.text;
	struct call c;
	int argc = 1;

	while (rest && argc < ARGUMENTS &&
	       (argv[argc] = strtok_r(rest, "\n", &rest)))
		argc++;
	argv[argc] = NULL;

	call_read(argc, argv, &c);
	fuzz_require(!c.adds || c.verb);
	fuzz_require(strcmp(c.bundle, ".") == 0 || is_within(c.bundle, &text));
	fuzz_require(!c.log || is_within(c.log, &text));
	fuzz_require(!c.config || is_within(c.config, &text));
	return 0;
}
