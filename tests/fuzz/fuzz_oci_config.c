/* SPDX-License-Identifier: Apache-2.0 */
/* A bundle's config.json, and the decision made from it. */
#include "fuzz.h"

#include "oci.h"
#include "select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autooci struct oci_config c = { 0 };
	autoselection struct selection chosen = { 0 };
	const char *wrong;

	if (oci_config_parse((const char *)data, size, &c, &wrong) < 0)
		return 0;

	fuzz_require(c.root[0] != '\0');
	(void)select_views(NULL, c.annotations, false, &chosen);
	return 0;
}
