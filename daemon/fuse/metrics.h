/* SPDX-License-Identifier: Apache-2.0 */
/* The file "metrics": what was counted, for Prometheus. */
#pragma once

struct service;
struct str;

/* Append all of it. No id of a container is in it, and its length does not
 * depend on them. Returns 0 or -errno. */
int metrics_write(struct service *s, struct str *out);
