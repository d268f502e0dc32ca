/* SPDX-License-Identifier: Apache-2.0 */
/* What hook and remount tool give up before they look at anything. */
#pragma once

/* No inherited files, environment, core dumps, new privileges, or capabilities
 * beyond those that mounting needs. Returns 0 or -errno. */
int confine(void);
