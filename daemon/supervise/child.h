/* SPDX-License-Identifier: Apache-2.0 */
/* What a child of ours leaves behind before it becomes another program. */
#pragma once

/* In the child: signals as they usually are; and unless LOG is -1, that as
 * stderr and nothing as stdin and stdout. Returns 0 or -errno. */
int child_prepare(int log);
