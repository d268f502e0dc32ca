/* SPDX-License-Identifier: Apache-2.0 */
/* What the service manager hears of us. */
#pragma once

struct supervisor;

void tell_ready(const struct supervisor *s);
void tell_alive(const struct supervisor *s);
void tell_starting(const struct supervisor *s);
void tell_stopping(const struct supervisor *s);

/* At each wish for a new worker, and when none is left. */
void tell_reloading(struct supervisor *s);
void tell_reloaded(struct supervisor *s);
