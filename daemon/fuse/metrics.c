/* SPDX-License-Identifier: Apache-2.0 */
/* The file "metrics": what was counted, for Prometheus. resviewd(8) has the
 * list. */
#include "metrics.h"

#include "area.h"
#include "base.h"
#include "containers.h"
#include "counters.h"
#include "metrics_text.h"
#include "psi.h"
#include "remounts.h"
#include "service.h"
#include "str.h"
#include "view.h"

static const struct labels none = { 0 };

static void one(struct str *out, const char *name, const char *type,
		const char *help, uint64_t value)
{
	metric_family(out, name, type, help);
	metric_u64(out, name, &none, value);
}

static void put_requests(const struct counters *c, struct str *out)
{
	static const char name[] = "resview_requests_total";
	size_t n;
	const struct view *views = views_all(&n);

	metric_family(out, name, "counter",
		      "READ requests answered, by view. A reader sends one for "
		      "each read(2), also for that which finds the end.");
	for (size_t i = 0; i <= n; i++) {
		struct labels l = { "view", i < n ? views[i].path : "other",
				    "result", "ok" };
		struct count_sum sum;

		if (i < n)
			counters_sum_row(c, i, &sum);
		else
			counters_sum_rest(c, &sum);
		metric_u64(out, name, &l, sub_floor(sum.count, sum.errors));
		l.value2 = "error";
		metric_u64(out, name, &l, sum.errors);
	}
}

/* Most machines use a few of the views: of the others there is nothing. */
static void put_durations(const struct counters *c, struct str *out)
{
	static const char name[] = "resview_request_duration_seconds";
	size_t n;
	const struct view *views = views_all(&n);

	metric_family(out, name, "histogram",
		      "Time from taking a READ request off the queue to its "
		      "answer, by view; waiting in the kernel's queue is not "
		      "in it.");
	for (size_t i = 0; i < n; i++) {
		const struct labels l = { .key = "view",
					  .value = views[i].path };
		struct count_sum sum;

		counters_sum_row(c, i, &sum);
		if (sum.count)
			metric_histogram(out, name, &l, &sum);
	}
}

static void put_operations(const struct counters *c, struct str *out)
{
	static const char *const names[OPS] = {
		[OP_READ] = "read",       [OP_OPEN] = "open",
		[OP_RELEASE] = "release", [OP_LOOKUP] = "lookup",
		[OP_GETATTR] = "getattr", [OP_READDIR] = "readdir",
		[OP_POLL] = "poll",       [OP_OTHER] = "other",
	};
	static const char *const families[][2] = {
		{ "resview_operations_total", "FUSE requests, by kind." },
		{ "resview_operation_errors_total",
		  "Those answered with an error; for a lookup that is most "
		  "often a name that is not there." },
		{ "resview_operation_seconds_total",
		  "Time that they took, from the queue to the answer." },
	};

	for (size_t f = 0; f < ARRAY_SIZE(families); f++) {
		metric_family(out, families[f][0], "counter", families[f][1]);
		for (int op = 0; op < OPS; op++) {
			const struct labels l = { .key = "operation",
						  .value = names[op] };
			struct count_sum sum;

			counters_sum_op(c, (enum counted_op)op, &sum);
			if (f == 2)
				metric_seconds(out, families[f][0], &l, sum.ns);
			else
				metric_u64(out, families[f][0], &l,
					   f == 0 ? sum.count : sum.errors);
		}
	}
}

static uint64_t bits(const _Atomic uint64_t *map, size_t words)
{
	uint64_t n = 0;

	for (size_t i = 0; i < words; i++)
		n += (unsigned)__builtin_popcountll(
			atomic_load_explicit(&map[i], memory_order_relaxed));

	return n;
}

static void count_id(void *data, const char *id)
{
	(void)id;
	++*(uint64_t *)data;
}

static void put_containers(struct service *s, struct str *out)
{
	const struct area *a = s->area;
	uint64_t known = 0;
	uint64_t recorded = 0;
	uint64_t triggers = 0;

	for (size_t i = 0; i < CONTAINERS_MAX; i++) {
		known += atomic_load(&a->tenants[i].serial) != 0;
		triggers += atomic_load(&a->shares[i].triggers);
	}

	one(out, "resview_containers", "gauge",
	    "Cgroups whose figures are kept, also of who reads at the top of "
	    "the tree.",
	    known);
	one(out, "resview_containers_limit", "gauge", "At most so many.",
	    CONTAINERS_MAX);
	if (containers_list(s->containers, count_id, &recorded) == 0)
		one(out, "resview_containers_recorded", "gauge",
		    "Containers that resview-hook has recorded.", recorded);
	one(out, "resview_triggers", "gauge", "Pressure triggers that are set.",
	    triggers);
	one(out, "resview_triggers_limit", "gauge", "At most so many.",
	    TRIGGERS_MAX);
}

static void put_stock(const struct service *s, struct str *out)
{
	static const char name[] = "resview_share_refusals_total";
	static const struct {
		enum counted_event event;
		const char *resource;
	} shares[] = {
		{ EVENT_BARE_OPEN, "file" },
		{ EVENT_TEXT_DROPPED, "text" },
		{ EVENT_TRIGGER_REFUSED, "trigger" },
	};
	const struct area *a = s->area;

	one(out, "resview_open_files", "gauge",
	    "Open files that have an entry.",
	    bits(a->handles_used, ARRAY_SIZE(a->handles_used)));
	one(out, "resview_open_files_limit", "gauge", "At most so many.",
	    HANDLES_MAX);
	one(out, "resview_text_blocks", "gauge",
	    "Blocks of 4 KiB in use, for texts that are read in parts.",
	    bits(a->blocks_used, ARRAY_SIZE(a->blocks_used)));
	one(out, "resview_text_blocks_limit", "gauge", "At most so many.",
	    a->block_count);

	metric_family(out, name, "counter",
		      "What a container, or all, had too much of already: such "
		      "a file or text is rendered anew for each read, such a "
		      "trigger is not set.");
	for (size_t i = 0; i < ARRAY_SIZE(shares); i++) {
		const struct labels l = { .key = "resource",
					  .value = shares[i].resource };

		metric_u64(out, name, &l,
			   counters_sum_event(&s->counters, shares[i].event));
	}

	one(out, "resview_render_failures_total", "counter",
	    "Texts that could not be made; readers got the last one, or an "
	    "error.",
	    counters_sum_event(&s->counters, EVENT_GATHER_FAILED));
}

static void put_workers(const struct service *s, struct str *out)
{
	static const char name[] = "resview_worker_restarts_total";
	static const char *const reasons[] = {
		[WORKERS_CRASHED] = "crashed",
		[WORKERS_HUNG] = "hung",
		[WORKERS_RELOADED] = "reloaded",
		[WORKERS_REFUSED] = "refused",
	};
	const struct control *c = s->counters.control;

	if (!c)
		return;

	metric_family(out, name, "counter",
		      "Workers that were replaced, by reason; refused: a new "
		      "one did not get to serve.");
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		const struct labels l = { .key = "reason",
					  .value = reasons[i] };

		metric_u64(out, name, &l, atomic_load(&c->worker_events[i]));
	}
	one(out, "resview_worker_generation", "gauge",
	    "Which worker of this connection this is, the first is 1.",
	    s->generation);
	one(out, "resview_worker_start_time_seconds", "gauge",
	    "When it was started, in seconds since the epoch.", s->started);
	one(out, "resview_connection_start_time_seconds", "gauge",
	    "When the connection was made: all counters begin there.",
	    s->area->born);
	one(out, "resview_requests_poisoned_total", "counter",
	    "Requests that ended three workers, and were answered with EIO.",
	    atomic_load(&c->poisoned));
}

static void put_remounts(const struct service *s, struct str *out)
{
	static const char name[] = "resview_remount_views_total";
	struct remounts done;

	if (s->remounts < 0 || remounts_read(s->remounts, &done) < 0)
		return;

	one(out, "resview_remount_runs_total", "counter",
	    "Runs of resview-remount that were to change something.",
	    done.runs);
	metric_family(out, name, "counter",
		      "Views that it has made good in containers, and those "
		      "that it could not.");
	metric_u64(out, name, &(struct labels){ "result", "repaired", 0, 0 },
		   done.repaired);
	metric_u64(out, name, &(struct labels){ "result", "failed", 0, 0 },
		   done.failed);
	one(out, "resview_remount_last_run_timestamp_seconds", "gauge",
	    "When the last of these runs ended; 0: there was none.", done.last);
}

int metrics_write(struct service *s, struct str *out)
{
	static const char build[] = "resview_build_info";
	const struct labels version = { .key = "version",
					.value = RESVIEW_VERSION };

	metric_family(out, build, "gauge", "Always 1; of the worker.");
	metric_u64(out, build, &version, 1);
	put_requests(&s->counters, out);
	put_durations(&s->counters, out);
	put_operations(&s->counters, out);
	put_containers(s, out);
	put_stock(s, out);
	put_workers(s, out);
	put_remounts(s, out);
	return out->err;
}
