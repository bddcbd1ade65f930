// SPDX-License-Identifier: GPL-2.0-only
/*
 * Invariants, from the public fields alone: they hold whatever the policy.
 *
 *  1. submitted = completed + dropped + cancelled + failed + in flight.
 *  2. (here) exactly one finish for each job that ended, none before.
 *  3. No engine runs two layers, no job runs twice, layers run in order,
 *     frames of a stream start in order, those put aside excepted.
 *  4. No start before the release or the upstream frame's end.
 *  5. No idle engine that could run a ready job.
 */

#include "invariants.h"

#define BROKEN(condition, text)      \
	do {                         \
		if (condition)       \
			return text; \
	} while (0)

static const char *list_broken(const struct xrs_stream *s,
			       const struct list_head *list, bool stale,
			       u32 *in_flight)
{
	struct xrs_job *job;
	u64 next = 0;
	bool first = true;

	list_for_each_entry(job, list, node) {
		(*in_flight)++;
		BROKEN(job->stream != s, "job in another stream's list");
		BROKEN(job->frame < next, "frames out of order in a list");
		BROKEN(job->stale != stale, "job in the wrong list");
		BROKEN(to_tjob(job)->finishes, "unfinished job was finished");
		BROKEN(job->state == XRS_JOB_DONE || job->state == XRS_JOB_NEW,
		       "state of a queued job");
		BROKEN(!first && (job->state == XRS_JOB_READY ||
				  job->state == XRS_JOB_RUNNING),
		       "a job behind the first is ready or runs");
		BROKEN(!first && job->started && !stale,
		       "a job behind the first has begun");
		BROKEN((job->state == XRS_JOB_RUNNING) != !!job->engine,
		       "a job that does not run has an engine, or the reverse");
		BROKEN(job->engine && !job->engine->up,
		       "a job runs on an engine that is down");
		next = job->frame + 1;
		first = false;
	}
	return NULL;
}

static const char *streams_broken(const struct world *w)
{
	struct xrs_stream *s;
	u32 nr = 0;

	list_for_each_entry(s, &w->core.streams, link) {
		const struct xrs_counters *c = &s->count;
		const char *broken;
		u32 in_flight = 0;

		nr++;
		BROKEN(c->submitted != c->completed + c->dropped +
					       c->cancelled + c->failed +
					       s->in_flight,
		       "invariant 1");
		BROKEN(c->late > c->completed, "more late than completed");
		BROKEN(c->released > c->submitted,
		       "more released than submitted");
		broken = list_broken(s, &s->fresh, false, &in_flight);
		if (!broken)
			broken = list_broken(s, &s->stale, true, &in_flight);
		if (broken)
			return broken;
		BROKEN(in_flight != s->in_flight,
		       "in_flight is not what is queued");
	}
	BROKEN(nr != w->core.nr_streams, "nr_streams");
	return NULL;
}

static const char *engines_broken(const struct world *w)
{
	const struct xrs_core *core = &w->core;
	u64 up = 0;
	u64 idle = 0;
	u32 i, k;

	for (i = 0; i < XRS_MAX_ENGINES; i++) {
		const struct xrs_engine *e = core->engine[i];

		if (!e)
			continue;
		up |= e->up ? BIT_ULL(i) : 0;
		if (e->up && !e->job && !e->parked &&
		    e->health == XRS_HEALTH_GOOD)
			idle |= BIT_ULL(i);
		BROKEN(e->job && e->health != XRS_HEALTH_GOOD,
		       "a layer on an engine that is not in good health");
		BROKEN(e->alarm_ns < core->alarm_ns,
		       "an alarm that will not be noticed");
		BROKEN(!e->up && (e->job || e->resident),
		       "something on an engine that is down");
		BROKEN(e->job && e->resident != e->job,
		       "the running job is not the resident");
		BROKEN(e->resident && !(e->resident->resident & BIT_ULL(i)),
		       "resident does not know it");
		if (!e->job)
			continue;
		BROKEN(e->job->engine != e, "job does not know its engine");
		BROKEN(e->job->state != XRS_JOB_RUNNING,
		       "job on an engine does not run");
		for (k = 0; k < i; k++)
			BROKEN(core->engine[k] &&
				       core->engine[k]->job == e->job,
			       "a job on two engines");
	}
	BROKEN(up != core->up, "mask of engines that are up");
	BROKEN(idle != core->idle, "mask of idle engines");
	return NULL;
}

/* Both ready sets: right jobs, right slots, and nothing they could run on. */
static const char *ready_broken(const struct world *w)
{
	const struct xrs_core *core = &w->core;
	struct xrs_stream *s;
	u32 set, i;
	u32 nr = 0;

	for (set = 0; set < 2; set++) {
		const struct xrs_ready *ready = &core->ready[set];

		nr += ready->nr;
		for (i = 0; i < ready->nr; i++) {
			const struct xrs_job *job = ready->job[i];

			BROKEN(job->slot != i, "slot in the ready set");
			BROKEN(job->stale != set, "job in the wrong ready set");
			BROKEN(job->state != XRS_JOB_READY,
			       "job in the ready set is not ready");
			BROKEN(job->release_ns > core->now_ns || job->parent,
			       "job is ready too early");
			BROKEN(core->idle & job->stream->model->engines,
			       "invariant 5: an idle engine and a ready job");
		}
	}
	list_for_each_entry(s, &core->streams, link) {
		struct list_head *list[] = { &s->fresh, &s->stale };

		for (i = 0; i < 2; i++) {
			const struct xrs_job *job;

			if (list_empty(list[i]))
				continue;
			job = list_first_entry(list[i], struct xrs_job, node);
			nr -= job->state == XRS_JOB_READY;
			BROKEN(job->state == XRS_JOB_PENDING && !job->parent &&
				       job->release_ns <= core->now_ns,
			       "invariant 5: a first frame was forgotten");
		}
	}
	BROKEN(nr, "the ready sets hold more or less than the first frames");
	return NULL;
}

/* What was started in this event: in order, and not too early. */
static const char *dispatches_broken(const struct world *w)
{
	size_t i, k;

	for (i = 0; i < w->nr_log; i++) {
		const struct event *event = &w->log[i];
		struct tjob *tjob = to_tjob(event->job);

		if (event->kind == EV_FINISH) {
			BROKEN(tjob->finishes != 1, "a job ended twice");
			continue;
		}
		BROKEN(event->layer < tjob->next_layer, "layers out of order");
		tjob->next_layer = event->layer;
		BROKEN(event->job->release_ns > event->at_ns,
		       "invariant 4: started before its release");
		BROKEN(event->job->parent,
		       "invariant 4: started before its upstream frame");
		for (k = 0; k < i; k++)
			BROKEN(w->log[k].kind == EV_DISPATCH &&
				       (w->log[k].engine == event->engine ||
					w->log[k].job == event->job),
			       "invariant 3: twice in one run");
	}
	return NULL;
}

/* NULL if all hold after an event and its run, else which does not. */
const char *invariants_broken(const struct world *w)
{
	const char *broken = streams_broken(w);

	if (!broken)
		broken = engines_broken(w);
	if (!broken)
		broken = ready_broken(w);
	if (!broken)
		broken = dispatches_broken(w);
	return broken;
}
