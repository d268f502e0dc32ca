/* SPDX-License-Identifier: Apache-2.0 */
#include "snapshot.h"
#include "view.h"

void cpu_online_render(const struct snapshot *in, struct str *out)
{
	(void)in;
	str_adds(out, "");
}

void cpu_offline_render(const struct snapshot *in, struct str *out)
{
	(void)in;
	str_adds(out, "");
}

void cpu_n_online_render(const struct snapshot *in, struct str *out)
{
	(void)in;
	str_adds(out, "");
}
