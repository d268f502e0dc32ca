/* SPDX-License-Identifier: Apache-2.0 */
/* The operator's wishes: /etc/resview/resview.conf, "key = value" lines. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "registry.h"

struct str;

#define CONFIG_DEFAULT "/etc/resview/resview.conf"
#define CONFIG_THREADS 16 /* the most */

struct config {
	enum cpu_policy cpu;       /* of containers without a record */
	enum uptime_policy uptime; /* likewise */
	bool loadavg;
	bool swap;
	bool sandbox;     /* the worker gives its rights away */
	unsigned threads; /* that serve, 1 to CONFIG_THREADS */
	char *mountpoint; /* NULL: RUN_DIR/fs */

	/* Of resview-runtime. */
	char *runtime; /* that it is in the place of; NULL: it looks for one */
	char *hook;    /* options of resview-hook, NULL: none */
	bool prestart; /* the stage, instead of createRuntime */
};

#define autoconfig __attribute__((cleanup(config_free)))
void config_free(struct config *c);

/* What holds without a file. */
#define CONFIG_INIT                                                            \
	{                                                                      \
		.cpu = CPU_QUOTA, .uptime = UPTIME_CONTAINER, .loadavg = true, \
		.swap = true, .sandbox = true, .threads = 4                    \
	}

/* Set in C what TEXT says; '#' begins a comment. Returns 0, -ENOMEM, or -EINVAL
 * with the number of the first bad line in *LINE; the good ones are set all the
 * same. */
int config_parse(const char *text, size_t len, struct config *c,
		 unsigned *line);

/* The same from the file PATH. -errno when it cannot be read; then *LINE is
 * 0. */
int config_read(const char *path, struct config *c, unsigned *line);

/* The same from GIVEN, or if that is NULL, from CONFIG_DEFAULT if it is there.
 * On failure *WHERE is what an error line begins with. */
int config_load(const char *given, struct config *c, struct str *where);
