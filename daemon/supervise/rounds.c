/* SPDX-License-Identifier: Apache-2.0 */
/* Once a second: does it still work? A worker that does not is replaced: one
 * with the same request in its hands for WATCH_LOOKS looks, and one through
 * which we cannot read ourselves. */
#include "rounds.h"

#include <errno.h>
#include <stdio.h>

#include "base.h"
#include "log.h"
#include "manager.h"
#include "supervisor.h"
#include "tell.h"

#define PROBE_TICKS 5 /* from one to the next, and for an answer */
#define TICK_US     1000000

static void look_at(struct supervisor *s, unsigned index, uint64_t now)
{
	struct slot *slot = &s->control->slots[index];
	uint32_t owner = atomic_load(&slot->owner);
	struct life *l = workers_find(&s->workers, owner);
	uint64_t unique = l ? control_busy(s->control, index) : 0;
	char text[64];

	if (!watch_look(&s->watch, index, owner, unique))
		return;

	/* Its successor says which file, of which container. */
	(void)snprintf(text, sizeof(text), "hangs in a request of pid %u",
		       control_caller(s->control, index));
	atomic_store(&slot->hung, 1);
	workers_replace(&s->workers, l, text, now);
}

/* Twice what is asked for, but not more than we look at all. */
static unsigned probe_ticks(const struct supervisor *s)
{
	uint64_t ticks = s->manager->watchdog_us / 2 / TICK_US;

	if (s->manager->watchdog_us == 0)
		return PROBE_TICKS;

	return (unsigned)max_u64(min_u64(ticks, PROBE_TICKS), 1);
}

static void ask(struct supervisor *s)
{
	int r = probe_start(&s->probe, s->connection.mountpoint);

	s->ticks = 0;
	s->waiting = 0;
	if (r < 0)
		(void)log_warning(r, "trying again", "read our own files");
}

/* It does not answer. The time without a worker, or with one that has been
 * replaced since, is not this one's fault. */
static void wait_for_answer(struct supervisor *s, uint64_t now)
{
	pid_t pid = workers_serving(&s->workers);

	s->waiting = pid && pid == s->asked ? s->waiting + 1 : 0;
	s->asked = pid;
	if (s->waiting < PROBE_TICKS)
		return;

	s->waiting = 0;
	if (!s->proven && !s->adopted)
		rounds_answer(s, -ETIMEDOUT);
	for (int i = 0; i < LIVES_MAX; i++) {
		struct life *l = &s->workers.lives[i];

		if (l->generation && l->role == ROLE_SERVING)
			workers_replace(&s->workers, l,
					"does not answer, for 5 s", now);
	}
}

void rounds_tick(struct supervisor *s, uint64_t now)
{
	for (unsigned i = 0; i < SLOTS_MAX; i++)
		look_at(s, i, now);

	if (!s->proven)
		tell_starting(s);
	store_put_program(&s->store, s->workers.binary);
	s->ticks++;
	if (s->probe.child)
		wait_for_answer(s, now);
	else if (!s->proven || s->ticks >= probe_ticks(s))
		ask(s);
}

/* Somebody has unmounted it, but what is mounted into containers is served. To
 * let that go, in order to be seen by new ones, is for the operator to say. */
static void unmounted(struct supervisor *s)
{
	int r = connection_mount_again(s->proc, &s->connection,
				       s->handed.fd[HANDED_FUSE]);

	if (r == 0)
		log_line(LOG_NOTICE,
			 "%s: unmounted from outside, but in use: mounted "
			 "again",
			 s->connection.mountpoint);
	else if (!s->failing && r != -ENOTCONN) /* that, the worker sees too */
		log_line(LOG_WARNING,
			 "%s: unmounted from outside; containers that have our "
			 "files are served on, others have none until we are "
			 "started again",
			 s->connection.mountpoint);
	s->failing = r < 0;
	tell_alive(s);
}

static void failed(struct supervisor *s, int answer)
{
	if (!s->proven && !s->adopted) {
		s->result = log_error(answer, NULL, "read %s/proc/meminfo",
				      s->connection.mountpoint);
		return;
	}
	if (!connection_mounted(&s->connection)) {
		unmounted(s);
		return;
	}

	if (!s->failing)
		(void)log_warning(answer, "trying again",
				  "read %s/proc/meminfo",
				  s->connection.mountpoint);
	s->failing = true;
}

void rounds_answer(struct supervisor *s, int answer)
{
	if (answer < 0) {
		failed(s, answer);
		return;
	}

	s->failing = false;
	if (s->proven) {
		tell_alive(s);
		return;
	}

	s->proven = true;
	if (!s->manager->socket && !s->ending) /* else it is the manager's */
		remount_start(&s->remount, &s->spawn);
	log_line(LOG_INFO, "serving %s", s->connection.mountpoint);
	store_put_program(&s->store, s->workers.binary);
	tell_ready(s);
}
