/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/pressure/{cpu,io,memory}: the cgroup's own file. */
#include "snapshot.h"
#include "view.h"

void pressure_render(const struct snapshot *in, struct str *out)
{
	str_add(out, str_text(&in->pressure), in->pressure.len);
}
