/* SPDX-License-Identifier: Apache-2.0 */
/* The state on the hook's stdin, and the decision made from it. */
#include "fuzz.h"

#include "oci.h"
#include "registry.h"
#include "select.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autostate struct oci_state s = { 0 };
	autoselection struct selection chosen = { 0 };
	const char *wrong;

	if (oci_state_parse((const char *)data, size, &s, &wrong) < 0)
		return 0;

	fuzz_require(id_valid(s.id));
	fuzz_require(s.stage != OCI_CREATE ||
		     (s.pid > 1 && s.bundle[0] == '/'));
	(void)select_views(s.annotations, NULL, true, &chosen);
	return 0;
}
