/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration file: whatever it says, the result is one we can run with. */
#include "fuzz.h"

#include "config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoconfig struct config c = CONFIG_INIT;
	unsigned line;

	(void)config_parse((const char *)data, size, &c, &line);
	fuzz_require(c.threads >= 1 && c.threads <= CONFIG_THREADS);
	fuzz_require(!c.mountpoint || *c.mountpoint == '/');
	fuzz_require(!c.runtime || *c.runtime == '/');
	fuzz_require(c.cpu == CPU_QUOTA || c.cpu == CPU_HOST);
	return 0;
}
