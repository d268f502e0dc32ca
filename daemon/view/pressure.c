/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot.h"
#include "view.h"

void pressure_render(const struct snapshot *in, struct str *out)
{
	(void)in;
	str_adds(out, "");
}
