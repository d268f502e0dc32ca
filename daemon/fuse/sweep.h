/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker that was killed in the middle of something had taken out of the
 * area and put nowhere. */
#pragma once

struct area;
struct control;

/* Give back what no open handle has, count every share anew, and mend locks.
 * Nobody else may be at work: no other worker lives, and no request of the dead
 * has been executed again yet. What a worker leaves behind that dies beside
 * another (a place in a table for each of its threads, at most) is found here
 * by the next that begins alone. */
void area_sweep(struct area *a, struct control *c);
