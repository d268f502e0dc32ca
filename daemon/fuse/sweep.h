/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker that was killed in the middle of something had taken out of the
 * area and put nowhere. */
#pragma once

struct area;
struct control;

/* Give back what no open handle has, and count every share anew. Nobody else
 * may be at work: no other worker lives, and no request of the dead has been
 * executed again yet. */
void area_sweep(struct area *a, struct control *c);
