/* SPDX-License-Identifier: Apache-2.0 */
/* st_size of what is served in proc/. */
#pragma once

#include <sys/types.h>

struct view;

/* In bytes, a power of two; st_blksize has to be as much. CPUS: that the host
 * may have. */
off_t size_of_view(const struct view *view, unsigned cpus);
