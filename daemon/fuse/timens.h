/* SPDX-License-Identifier: Apache-2.0 */
/* The time namespace of a container's init, time_namespaces(7). */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "proc.h"

struct container_info;

/* Fill INFO's time namespace and offset, when INIT is in another than HOST. */
void timens_read(int proc, pid_t init, struct ns_id host,
		 struct container_info *info);

/* The boottime offset in ns in the text of /proc/PID/timens_offsets; 0 when
 * there is none. */
int64_t timens_offset_parse(const char *text);
