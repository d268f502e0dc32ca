/* SPDX-License-Identifier: Apache-2.0 */
/* What the operator wants, as plain numbers that lie in the area. */
#pragma once

#include <stdbool.h>

#include "cpu.h"
#include "registry.h"

#define THREADS_MAX 16

/* Of containers that no record speaks for. */
struct policy {
	enum cpu_policy cpu;
	enum uptime_policy uptime;
	bool loadavg;
	bool swap;
};

struct settings {
	unsigned threads; /* that serve, 1 to THREADS_MAX; 0: not set yet */
	bool sandbox;
	struct policy policy;
};
