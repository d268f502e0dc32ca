/* SPDX-License-Identifier: Apache-2.0 */
/* The accounting of /proc/stat: section 3 of the views, asserted step by step
 * against a simulated kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base.h"
#include "cputime.h"

#define CPUS  16
#define START UINT64_C(1000000) /* all of these in us */
#define MSEC  UINT64_C(1000)
#define SEC   UINT64_C(1000000)

struct machine {
	struct container_state *state;
	struct cpu_time cpu[CPUS];
	struct cpu_usage usage;
	struct cpus shown;
	uint64_t now;
	uint64_t period;
	bool v1;
	uint64_t last[CPUS][CPU_FIELDS]; /* as shown at the last check */
	uint64_t sum[CPU_FIELDS];        /* printed, likewise */
	unsigned seed;
};

static void machine_start(struct machine *m, unsigned shown, bool v1)
{
	*m = (struct machine){ .now = START, .v1 = v1, .seed = 1 };
	m->state = calloc(1, container_state_size(CPUS));
	assert_non_null(m->state);
	m->state->cputime_cpus = CPUS;
	for (unsigned i = 0; i < shown; i++)
		cpus_add(&m->shown, i);
}

static void machine_stop(struct machine *m)
{
	free(m->state);
}

static unsigned any(struct machine *m, unsigned below)
{
	m->seed = m->seed * 1103515245 + 12345;
	return (m->seed >> 8) % below;
}

static void step(struct machine *m)
{
	struct cputime_reading r = { .now = m->now,
				     .start = START,
				     .period = m->period,
				     .shown = &m->shown,
				     .usage = &m->usage };

	if (m->v1) {
		m->usage.cpu = m->cpu;
		m->usage.n = CPUS;
	}
	assert_int_equal(cputime_step(m->state, &r), 0);
}

/* Use the CPU: in the totals, and on v1 on that CPU. */
static void use(struct machine *m, unsigned cpu, uint64_t user, uint64_t system)
{
	m->usage.used += user + system;
	m->usage.user += user;
	m->usage.system += system;
	m->cpu[cpu].user += user;
	m->cpu[cpu].system += system;
}

static uint64_t sum_us(const struct machine *m, int field)
{
	const struct cputime_cpu *cpu = cputime_cpus(m->state);
	uint64_t sum = 0;

	for (unsigned i = 0; i < CPUS; i++)
		if (cpus_has(&m->shown, i))
			sum += cpu[i].time[field];

	return sum;
}

static uint64_t line_us(const struct machine *m, unsigned cpu)
{
	uint64_t sum = 0;

	for (int f = 0; f < CPU_FIELDS; f++)
		sum += cputime_cpus(m->state)[cpu].time[f];

	return sum;
}

static uint64_t used_us(const struct machine *m)
{
	return sum_us(m, CPU_USER) + sum_us(m, CPU_NICE) +
	       sum_us(m, CPU_SYSTEM);
}

static uint64_t owed_us(const struct machine *m)
{
	const struct cputime_totals *t = cputime_totals(m->state);

	return t->owed[CPU_USER] + t->owed[CPU_NICE] + t->owed[CPU_SYSTEM];
}

/* No line and no printed sum goes back. */
static void assert_monotonic(struct machine *m)
{
	const struct cputime_cpu *cpu = cputime_cpus(m->state);

	for (int f = 0; f < CPU_FIELDS; f++) {
		uint64_t sum = 0;

		for (unsigned i = 0; i < CPUS; i++) {
			if (!cpus_has(&m->shown, i))
				continue;
			assert_true(cpu[i].time[f] >= m->last[i][f]);
			m->last[i][f] = cpu[i].time[f];
			sum += cpu[i].time[f] / USEC_PER_TICK;
		}
		assert_true(sum >= m->sum[f]);
		m->sum[f] = sum;
	}
}

static void assert_near(uint64_t got, uint64_t want, uint64_t by)
{
	if (got + by < want || got > want + by)
		fail_msg("%ju is not %ju within %ju", (uintmax_t)got,
			 (uintmax_t)want, (uintmax_t)by);
}

static void first_reading_has_real_totals(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 2, false);
	m.usage = (struct cpu_usage){ .used = 4 * SEC,
				      .user = 3 * SEC,
				      .nice = 1 * SEC,
				      .system = 1 * SEC,
				      .throttled = 2 * SEC };
	m.now += 10 * SEC;
	step(&m);

	assert_int_equal(sum_us(&m, CPU_USER), 2 * SEC);
	assert_int_equal(sum_us(&m, CPU_NICE), 1 * SEC);
	assert_int_equal(sum_us(&m, CPU_SYSTEM), 1 * SEC);
	assert_int_equal(sum_us(&m, CPU_STEAL), 2 * SEC);
	assert_int_equal(sum_us(&m, CPU_IDLE), 14 * SEC);
	assert_int_equal(line_us(&m, 0), 10 * SEC);
	assert_int_equal(line_us(&m, 1), 10 * SEC);
	machine_stop(&m);
}

/* The cgroup was there before: what does not fit the age is not owed. */
static void first_reading_is_capped(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 1, false);
	m.usage = (struct cpu_usage){ .used = 400 * SEC,
				      .user = 300 * SEC,
				      .system = 100 * SEC,
				      .throttled = 100 * SEC };
	m.now += 8 * SEC;
	step(&m);
	assert_int_equal(sum_us(&m, CPU_USER), 6 * SEC);
	assert_int_equal(sum_us(&m, CPU_SYSTEM), 2 * SEC);
	assert_int_equal(owed_us(&m), 0);

	m.now += 1 * SEC;
	step(&m);
	assert_int_equal(sum_us(&m, CPU_IDLE), 1 * SEC);
	machine_stop(&m);
}

static void own_cpu_is_kept_where_the_kernel_knows_it(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 2, true);
	m.now += 10 * SEC;
	use(&m, 0, 4 * SEC, 1 * SEC);
	use(&m, 1, 1 * SEC, 0);
	use(&m, 9, 2 * SEC, 0); /* not shown: over the room, 5 to 9 */
	step(&m);
	assert_near(cputime_cpus(m.state)[0].time[CPU_USER],
		    4 * SEC + 2 * SEC * 5 / 14, 1);
	assert_near(cputime_cpus(m.state)[1].time[CPU_USER],
		    1 * SEC + 2 * SEC * 9 / 14, 1);
	assert_int_equal(cputime_cpus(m.state)[0].time[CPU_SYSTEM], 1 * SEC);
	assert_int_equal(cputime_cpus(m.state)[1].time[CPU_SYSTEM], 0);
	assert_int_equal(used_us(&m), 8 * SEC);
	machine_stop(&m);
}

/* v1 counts user, system and CPUs by ticks, here a quarter too much, and not
 * always in time: what is shown is the exact sum, in these proportions. */
static void ticks_are_only_the_shape(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 2, true);
	step(&m);
	use(&m, 0, 4 * SEC, 2 * SEC);
	use(&m, 1, 4 * SEC, 0);
	m.usage.used = 8 * SEC;
	m.now += 10 * SEC;
	step(&m);
	assert_int_equal(used_us(&m), 8 * SEC);
	assert_int_equal(sum_us(&m, CPU_USER), 64 * SEC / 10);
	assert_int_equal(sum_us(&m, CPU_SYSTEM), 16 * SEC / 10);
	assert_int_equal(cputime_cpus(m.state)[0].time[CPU_USER],
			 32 * SEC / 10);
	assert_int_equal(cputime_cpus(m.state)[1].time[CPU_SYSTEM], 0);

	m.usage.used += 10 * MSEC;
	m.now += 20 * MSEC;
	step(&m);
	assert_int_equal(used_us(&m), 8 * SEC + 10 * MSEC);
	assert_int_equal(sum_us(&m, CPU_USER), 64 * SEC / 10 + 8 * MSEC);

	/* Ticks that come late are no use of their own. */
	use(&m, 0, 10 * MSEC, 0);
	m.usage.used -= 10 * MSEC;
	m.now += 20 * MSEC;
	step(&m);
	assert_int_equal(used_us(&m), 8 * SEC + 10 * MSEC);
	assert_monotonic(&m);
	machine_stop(&m);
}

/* Half a CPU, used up: 50 ms on, 50 ms throttled, which the kernel counts when
 * they are over. T is the time in the period. */
static uint64_t saturate_msec(struct machine *m, uint64_t t)
{
	if (t < 50 * MSEC)
		use(m, 3, MSEC, 0);
	if (t + MSEC < 100 * MSEC)
		return t + MSEC;

	m->usage.throttled += 50 * MSEC;
	return 0;
}

static void saturate(struct machine *m, uint64_t every, uint64_t length)
{
	uint64_t in_period = 0;

	for (uint64_t t = 0; t < length; t += every) {
		for (uint64_t i = 0; i < every; i += MSEC)
			in_period = saturate_msec(m, in_period);
		m->now += every;
		step(m);
		assert_monotonic(m);
	}
}

static void half_a_cpu_shows_steal(void **state)
{
	static const uint64_t every[] = { 10 * MSEC, 70 * MSEC, 100 * MSEC,
					  1000 * MSEC, 3700 * MSEC };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(every); i++) {
		struct machine m;

		machine_start(&m, 1, i % 2);
		step(&m);
		saturate(&m, every[i], 60 * SEC);
		assert_near(sum_us(&m, CPU_USER), (m.now - START) / 2,
			    100 * MSEC);
		assert_near(sum_us(&m, CPU_STEAL), (m.now - START) / 2,
			    100 * MSEC);
		assert_near(sum_us(&m, CPU_IDLE), 0, 60 * MSEC);
		assert_int_equal(line_us(&m, 0), m.now - START);
		machine_stop(&m);
	}
}

/* Eight threads wait for the quota at once: steal fills what is there and does
 * not haunt the idle time after it. */
static void steal_of_many_cpus_is_bounded(void **state)
{
	struct machine m;
	uint64_t steal;

	(void)state;
	machine_start(&m, 1, false);
	step(&m);
	for (int i = 0; i < 100; i++) {
		use(&m, 0, SEC / 2, 0);
		m.usage.throttled += 7 * SEC;
		m.now += SEC;
		step(&m);
	}
	assert_int_equal(sum_us(&m, CPU_STEAL), 50 * SEC);
	assert_int_equal(sum_us(&m, CPU_IDLE), 0);

	steal = sum_us(&m, CPU_STEAL);
	m.now += 100 * SEC;
	step(&m);
	assert_near(sum_us(&m, CPU_STEAL), steal, 100 * MSEC);
	machine_stop(&m);
}

static void half_load_is_half_idle(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 2, false);
	step(&m);
	for (int i = 0; i < 1000; i++) {
		use(&m, 0, 100 * MSEC, 0);
		m.now += 100 * MSEC;
		step(&m);
	}
	assert_int_equal(sum_us(&m, CPU_USER), 100 * SEC);
	assert_int_equal(sum_us(&m, CPU_IDLE), 100 * SEC);
	assert_int_equal(cputime_cpus(m.state)[0].time[CPU_USER], 50 * SEC);
	machine_stop(&m);
}

/* More than there is room for is shown later, all of it. */
static void what_does_not_fit_is_owed(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 1, false);
	step(&m);
	use(&m, 0, 3 * SEC, 1 * SEC);
	m.now += 1 * SEC;
	step(&m);
	assert_int_equal(used_us(&m), 1 * SEC);
	assert_int_equal(owed_us(&m), 3 * SEC);
	assert_int_equal(sum_us(&m, CPU_USER), 3 * SEC / 4);

	m.now += 10 * SEC;
	step(&m);
	assert_int_equal(owed_us(&m), 0);
	assert_int_equal(sum_us(&m, CPU_USER), 3 * SEC);
	assert_int_equal(sum_us(&m, CPU_SYSTEM), 1 * SEC);
	assert_int_equal(sum_us(&m, CPU_IDLE), 7 * SEC);
	machine_stop(&m);
}

static void counters_that_go_back_are_no_use(void **state)
{
	struct machine m;

	(void)state;
	for (int v1 = 0; v1 < 2; v1++) {
		machine_start(&m, 2, v1);
		use(&m, 0, 5 * SEC, 5 * SEC);
		m.now += 10 * SEC;
		step(&m);
		assert_monotonic(&m);

		m.usage = (struct cpu_usage){ 0 };
		memset(m.cpu, 0, sizeof(m.cpu));
		use(&m, 0, 1 * SEC, 0);
		m.now += 1 * SEC;
		step(&m);
		assert_monotonic(&m);
		assert_int_equal(used_us(&m), 10 * SEC);

		use(&m, 0, SEC / 2, 0);
		m.now += 1 * SEC;
		step(&m);
		assert_int_equal(used_us(&m), 10 * SEC + SEC / 2);
		machine_stop(&m);
	}
}

/* The kernel's files cannot be read, at first or for a while. */
static void unreadable_counters_stand_still(void **state)
{
	struct machine m;
	struct cputime_reading r;

	(void)state;
	machine_start(&m, 1, false);
	m.now += 10 * SEC;
	r = (struct cputime_reading){ .now = m.now,
				      .start = START,
				      .shown = &m.shown };
	assert_int_equal(cputime_step(m.state, &r), 0);
	assert_int_equal(sum_us(&m, CPU_IDLE), 10 * SEC);

	/* Now it can: what was before is not used again. */
	use(&m, 0, 9 * SEC, 0);
	m.now += 1 * SEC;
	step(&m);
	assert_int_equal(used_us(&m), 0);

	use(&m, 0, 1 * SEC, 0);
	r.now = m.now += 1 * SEC;
	assert_int_equal(cputime_step(m.state, &r), 0);
	assert_int_equal(used_us(&m), 0);
	m.now += 1 * SEC;
	step(&m);
	assert_int_equal(used_us(&m), 1 * SEC);
	machine_stop(&m);
}

/* A clock that seems to stand, or to have gone back, shows what was shown. */
static void time_that_stands_still_changes_nothing(void **state)
{
	struct machine m;
	uint64_t line;

	(void)state;
	machine_start(&m, 1, false);
	m.now += 10 * SEC;
	step(&m);
	line = line_us(&m, 0);
	use(&m, 0, 1 * SEC, 0);
	step(&m);
	m.now -= 5 * SEC;
	step(&m);
	assert_int_equal(line_us(&m, 0), line);
	assert_int_equal(owed_us(&m), 1 * SEC);

	m.now += 6 * SEC;
	step(&m);
	assert_int_equal(line_us(&m, 0), 11 * SEC);
	assert_int_equal(used_us(&m), 1 * SEC);
	machine_stop(&m);
}

static void a_cpu_that_goes_is_folded_into_the_rest(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 3, true);
	m.now += 10 * SEC;
	use(&m, 0, 1 * SEC, 0);
	use(&m, 1, 2 * SEC, 0);
	use(&m, 2, 4 * SEC, 0);
	step(&m);
	assert_monotonic(&m);

	m.shown = cpus_first(&m.shown, 2);
	step(&m);
	assert_monotonic(&m);
	assert_int_equal(sum_us(&m, CPU_USER), 7 * SEC);
	assert_int_equal(sum_us(&m, CPU_IDLE), 23 * SEC);
	assert_int_equal(cputime_cpus(m.state)[0].time[CPU_USER], 3 * SEC);
	assert_int_equal(cputime_cpus(m.state)[1].time[CPU_USER], 4 * SEC);

	/* It comes back with what it had. */
	cpus_add(&m.shown, 2);
	m.now += 1 * SEC;
	step(&m);
	assert_monotonic(&m);
	assert_int_equal(cputime_cpus(m.state)[2].time[CPU_USER], 4 * SEC);
	assert_int_equal(line_us(&m, 2), 11 * SEC);
	machine_stop(&m);
}

/* Time used while there were many CPUs is not owed by the few that remain. */
static void shrinking_owes_nothing(void **state)
{
	struct machine m;

	(void)state;
	machine_start(&m, 8, false);
	step(&m);
	for (unsigned i = 0; i < 8; i++)
		use(&m, i, 100 * SEC, 0);
	m.now += 100 * SEC;
	m.shown = cpus_first(&m.shown, 1);
	step(&m);
	assert_int_equal(owed_us(&m), 0);
	assert_int_equal(sum_us(&m, CPU_USER), 800 * SEC);
	machine_stop(&m);
}

/* Whoever plays with the set for long enough gets a fresh start, not an
 * overflow: {all} {upper half} {lower half} doubles the sum each time. */
static void wild_sets_stay_in_bounds(void **state)
{
	struct machine m;
	struct cpus all;
	struct cpus low;
	struct cpus high;
	bool anew = false;

	(void)state;
	machine_start(&m, CPUS, false);
	all = m.shown;
	low = cpus_first(&all, CPUS / 2);
	high = cpus_without(&all, &low);

	for (int i = 0; i < 300; i++) {
		uint64_t before = sum_us(&m, CPU_IDLE);

		m.shown = i % 3 == 0 ? all : i % 3 == 1 ? high : low;
		m.now += SEC;
		step(&m);
		for (unsigned c = 0; c < CPUS; c++)
			for (int f = 0; f < CPU_FIELDS; f++)
				assert_true(cputime_cpus(m.state)[c].time[f] <
					    CPUTIME_LINE_MAX);
		if (sum_us(&m, CPU_IDLE) < before / 2)
			anew = true;
	}
	assert_true(anew);
	machine_stop(&m);
}

static struct cpus random_set(struct machine *m)
{
	struct cpus set = { 0 };

	cpus_add(&set, any(m, CPUS));
	for (unsigned i = 0; i < CPUS; i++)
		if (any(m, 2))
			cpus_add(&set, i);

	return set;
}

/* What one step must do, whatever happens, when the set stays. */
static void random_step(struct machine *m)
{
	uint64_t dt = any(m, 10) ? any(m, 2000000) : 0;
	uint64_t used = used_us(m) + owed_us(m);
	uint64_t total = m->usage.user + m->usage.system;
	uint64_t lines[CPUS];

	for (unsigned i = 0; i < CPUS; i++) {
		lines[i] = line_us(m, i);
		if (any(m, 3) == 0)
			use(m, i, any(m, (unsigned)dt + 1),
			    any(m, (unsigned)dt / 2 + 1));
	}
	m->usage.throttled += any(m, 3) ? 0 : any(m, 4000000);
	if (!m->v1)
		m->usage.nice += any(m, 1000);
	m->now += dt;
	step(m);

	for (unsigned i = 0; i < CPUS; i++)
		assert_int_equal(line_us(m, i) - lines[i],
				 cpus_has(&m->shown, i) ? dt : 0);
	assert_int_equal(used_us(m) + owed_us(m) - used,
			 m->usage.user + m->usage.system - total);
	assert_true(cputime_totals(m->state)->owed[CPU_STEAL] <=
		    100 * MSEC * cpus_count(&m->shown));
	assert_monotonic(m);
}

static void random_steps_keep_the_rules(void **state)
{
	(void)state;
	for (int v1 = 0; v1 < 2; v1++) {
		struct machine m;

		machine_start(&m, 4, v1);
		m.now += 5 * SEC;
		step(&m);
		for (int i = 0; i < 20000; i++)
			random_step(&m);
		assert_true(used_us(&m) > 0);
		machine_stop(&m);
	}
}

/* The same with a set that changes: nothing goes back, and what the lines show
 * grows at least by what was used. */
static void random_sets_keep_the_rules(void **state)
{
	(void)state;
	for (int v1 = 0; v1 < 2; v1++) {
		struct machine m;

		machine_start(&m, 4, v1);
		m.now += 5 * SEC;
		step(&m);
		for (int i = 0; i < 60; i++) {
			uint64_t used;
			uint64_t more = any(&m, 1000000);

			used = used_us(&m) + owed_us(&m);
			m.shown = random_set(&m);
			m.now += SEC;
			use(&m, 0, more, 0);
			step(&m);
			assert_monotonic(&m);
			/* Less a tick for each line and field. */
			assert_true(used_us(&m) + owed_us(&m) +
					    UINT64_C(3) * CPUS *
						    USEC_PER_TICK >=
				    used + more);
			for (int k = 0; k < 50; k++)
				random_step(&m);
		}
		machine_stop(&m);
	}
}

/* A step that was killed half way leaves the last state as it was. */
static void a_step_flips_only_when_it_is_complete(void **state)
{
	struct machine m;
	size_t size = container_state_size(CPUS);
	struct container_state *copy = malloc(size);
	unsigned next;

	(void)state;
	assert_non_null(copy);
	machine_start(&m, 2, false);
	m.now += SEC;
	step(&m);
	memcpy(copy, m.state, size);

	/* Rubbish in the copy that is not current is never looked at. */
	next = 1 - copy->cputime_current;
	memset(&copy->totals[next], 0xa5, sizeof(copy->totals[next]));
	memset(copy->cpu + (size_t)next * CPUS, 0xa5,
	       CPUS * sizeof(*copy->cpu));
	use(&m, 0, SEC / 2, 0);
	m.now += SEC;
	step(&m);
	free(m.state);
	m.state = copy;
	step(&m);
	assert_int_equal(line_us(&m, 0), 2 * SEC);
	assert_int_equal(used_us(&m), SEC / 2);
	machine_stop(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_reading_has_real_totals),
		cmocka_unit_test(first_reading_is_capped),
		cmocka_unit_test(own_cpu_is_kept_where_the_kernel_knows_it),
		cmocka_unit_test(ticks_are_only_the_shape),
		cmocka_unit_test(half_a_cpu_shows_steal),
		cmocka_unit_test(steal_of_many_cpus_is_bounded),
		cmocka_unit_test(half_load_is_half_idle),
		cmocka_unit_test(what_does_not_fit_is_owed),
		cmocka_unit_test(counters_that_go_back_are_no_use),
		cmocka_unit_test(unreadable_counters_stand_still),
		cmocka_unit_test(time_that_stands_still_changes_nothing),
		cmocka_unit_test(a_cpu_that_goes_is_folded_into_the_rest),
		cmocka_unit_test(shrinking_owes_nothing),
		cmocka_unit_test(wild_sets_stay_in_bounds),
		cmocka_unit_test(random_steps_keep_the_rules),
		cmocka_unit_test(random_sets_keep_the_rules),
		cmocka_unit_test(a_step_flips_only_when_it_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
