/* SPDX-License-Identifier: Apache-2.0 */
/* What the hook gives up before it looks at anything. */
#pragma once

/* No inherited files, environment, core dumps, new privileges, or capabilities
 * beyond those that mounting needs. Returns 0 or -errno. */
int confine(void);
