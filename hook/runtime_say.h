/* SPDX-License-Identifier: Apache-2.0 */
/* What resview-runtime has to say, where the engine looks for it. */
#pragma once

struct call;

/* One line to the runtime's log (--log), as runc writes it, so that the engine
 * shows an error of ours as one of the runtime's; without one to stderr, which
 * may be the container's. And to the system's log. PRIORITY is LOG_ERR or
 * LOG_WARNING. */
void say(const struct call *c, int priority, const char *text);
