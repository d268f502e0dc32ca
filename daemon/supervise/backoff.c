/* SPDX-License-Identifier: Apache-2.0 */
/* How long to wait before the next worker. */
#include "backoff.h"

#include "base.h"

#define FREE_DEATHS 10
#define PRICE_MS    50 /* of life, for one death */
#define FIRST_MS    10
#define DOUBLINGS   8 /* 2560 */
#define MOST_MS     2000
#define DEBT_MAX    (FREE_DEATHS + DOUBLINGS + 1)

unsigned backoff_debt(unsigned debt, uint64_t life_ms)
{
	uint64_t left = sub_floor((uint64_t)debt + 1, life_ms / PRICE_MS);

	return (unsigned)min_u64(left, DEBT_MAX);
}

unsigned backoff_delay(unsigned debt)
{
	if (debt <= FREE_DEATHS)
		return 0;
	if (debt >= DEBT_MAX)
		return MOST_MS;

	return (unsigned)min_u64(FIRST_MS << (debt - FREE_DEATHS - 1), MOST_MS);
}
