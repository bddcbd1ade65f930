// SPDX-License-Identifier: GPL-2.0-only
/* Everything that can be seen of the core against the naive reference. */

#include "naive.h"

#define SAME(what, field, got, want)                                        \
	do {                                                                \
		u64 __got = (u64)(got), __want = (u64)(want);               \
                                                                            \
		if (__got != __want)                                        \
			naive_fail(n, "%s %u: " field " is %llu, not %llu", \
				   what, id, (unsigned long long)__got,     \
				   (unsigned long long)__want);             \
	} while (0)

/*
 * A frame and its upstream frame end in one run that came late: in which order
 * is open for a stream that an event made the core look at in between.
 */
static bool either_reason(const struct naive *n, const struct njob *j)
{
	u32 overdue = 1 << XRS_REASON_EXPIRED | 1 << XRS_REASON_HOPELESS;
	u32 upstream = 1 << XRS_REASON_UPSTREAM;
	u32 seen = 1 << j->reason | 1 << j->twin->reason;
	u32 i;

	if (!n->late || !(seen & overdue) || !(seen & upstream) ||
	    seen & ~(overdue | upstream))
		return false;
	for (i = 0; i < n->ended.nr; i++) {
		const struct njob *up = n->ended.job[i];

		if (up->stream == j->stream->upstream &&
		    up->frame == j->frame && up->outcome != XRS_COMPLETED)
			return true;
	}
	return false;
}

static void compare_job(struct naive *n, const struct njob *j)
{
	static const u8 state[] = {
		[N_WAITING] = XRS_JOB_PENDING,
		[N_READY] = XRS_JOB_READY,
		[N_RUNNING] = XRS_JOB_RUNNING,
		[N_DONE] = XRS_JOB_DONE,
	};
	const struct xrs_job *t = j->twin;
	u32 id = j->stream->id;

	SAME("job of stream", "frame", t->frame, j->frame);
	SAME("job of stream", "state", t->state, state[j->state]);
	SAME("job of stream", "release", t->release_ns, j->release_ns);
	SAME("job of stream", "deadline", t->deadline_ns, j->deadline_ns);
	SAME("job of stream", "started", t->started, j->started);
	SAME("job of stream", "start", t->start_ns, j->start_ns);
	SAME("job of stream", "energy", t->energy_pj, j->energy_pj);
	SAME("job of stream", "layers", t->layers, j->layers);
	SAME("job of stream", "switches", t->switches, j->switches);
	SAME("job of stream", "variant", t->variant, j->variant);
	if (j->state == N_READY || j->state == N_RUNNING) {
		SAME("job of stream", "layer", t->layer, j->layer);
		SAME("job of stream", "live bytes", t->live_bytes,
		     j->live_bytes);
		SAME("job of stream", "ready since", t->ready_ns, j->ready_ns);
	}
	if (j->state != N_DONE) {
		SAME("job of stream", "stale", t->stale, j->stale);
		SAME("job of stream", "parent", !!t->parent, !!j->parent);
		return;
	}
	SAME("job of stream", "outcome", t->outcome, j->outcome);
	if (!either_reason(n, j))
		SAME("job of stream", "reason", t->reason, j->reason);
	SAME("job of stream", "finish", t->finish_ns, j->finish_ns);
}

static void compare_stream(struct naive *n, const struct nstream *s)
{
	const struct xrs_stream *t = s->twin;
	const struct xrs_counters *c = &t->count;
	const struct xrs_counters *d = &s->count;
	u32 id = s->id;
	u32 i;

	SAME("stream", "submitted", c->submitted, d->submitted);
	SAME("stream", "released", c->released, d->released);
	SAME("stream", "completed", c->completed, d->completed);
	SAME("stream", "late", c->late, d->late);
	SAME("stream", "dropped", c->dropped, d->dropped);
	SAME("stream", "cancelled", c->cancelled, d->cancelled);
	SAME("stream", "failed", c->failed, d->failed);
	SAME("stream", "retried", c->retried, d->retried);
	SAME("stream", "layers", c->layers, d->layers);
	SAME("stream", "switches", c->switches, d->switches);
	SAME("stream", "energy", c->energy_pj, d->energy_pj);
	SAME("stream", "worst", c->worst_pj, d->worst_pj);
	SAME("stream", "honest", c->honest_pj, d->honest_pj);
	SAME("stream", "executed", c->executed_pj, d->executed_pj);
	SAME("stream", "in flight", t->in_flight, s->fresh.nr + s->stale.nr);
	SAME("stream", "next frame", t->next_frame, s->next_frame);
	SAME("stream", "queued", t->queue_hist.nr, s->queued_nr);
	SAME("stream", "queued ns", t->queue_hist.sum_ns, s->queued_ns);
	SAME("stream", "responses", t->response_hist.nr, s->response_nr);
	SAME("stream", "response ns", t->response_hist.sum_ns, s->response_ns);
	for (i = 0; i < s->fresh.nr; i++)
		compare_job(n, s->fresh.job[i]);
	for (i = 0; i < s->stale.nr; i++)
		compare_job(n, s->stale.job[i]);
}

static void compare_engine(struct naive *n, const struct nengine *e, u32 id)
{
	const struct xrs_engine *t = e->twin;

	SAME("engine", "up", t->up, n->set.up[id]);
	SAME("engine", "running job", (uintptr_t)t->job,
	     e->job ? (uintptr_t)e->job->twin : 0);
	SAME("engine", "resident job", (uintptr_t)t->resident,
	     e->resident ? (uintptr_t)e->resident->twin : 0);
	SAME("engine", "sequence", t->seq, e->seq);
	SAME("engine", "busy ns", t->busy_ns, e->busy_ns);
	SAME("engine", "layers", t->layers, e->layers);
	SAME("engine", "switches", t->switches, e->switches);
	SAME("engine", "lost", t->lost, e->lost);
	SAME("engine", "energy", t->energy_pj, e->energy_pj);
	SAME("engine", "health", t->health, e->health);
	SAME("engine", "strikes", t->strikes, e->strikes);
	SAME("engine", "alarm", t->alarm_ns, e->alarm_ns);
	SAME("engine", "faults", t->faults, e->faults);
	SAME("engine", "timeouts", t->timeouts, e->timeouts);
	SAME("engine", "refused", t->refused, e->refused);
	SAME("engine", "lost ns", t->lost_ns, e->lost_ns);
	SAME("engine", "lost pJ", t->lost_pj, e->lost_pj);
}

/*
 * The next wake-up may not be too late.  It may be too early where a timer was
 * set for a layer that has begun since, for the release of a frame that still
 * waits for its upstream, while what is hopeless follows the engines, or for
 * an engine that has done since what it had to do in that time.
 */
static void compare_wake(struct naive *n, const struct world *w)
{
	u64 want = naive_wake(n);
	u32 i;

	if (w->wake_ns == want)
		return;
	if (w->wake_ns < want && n->param[XRS_PARAM_ADMIT] != XRS_ADMIT_OFF)
		return;
	if (w->wake_ns < want && w->wake_ns == w->core.alarm_ns)
		return;
	for (i = 0; i < n->nr_streams && w->wake_ns < want; i++) {
		const struct nstream *s = n->stream[i];

		if (s->fresh.nr && s->twin->timer.at_ns == w->wake_ns &&
		    (s->fresh.job[0]->started || s->fresh.job[0]->parent))
			return;
	}
	naive_fail(n, "wake at %llu, not %llu", (unsigned long long)w->wake_ns,
		   (unsigned long long)want);
}

/* After an event and its run; lets go of what ended in it. */
void naive_compare(struct naive *n, const struct world *w)
{
	size_t finished = 0;
	size_t at;
	u32 i;

	for (at = 0; at < w->nr_log; at++)
		finished += w->log[at].kind == EV_FINISH;
	if (finished != n->ended.nr)
		naive_fail(n, "%zu jobs ended, not %u", finished, n->ended.nr);
	for (i = 0; i < n->nr_streams; i++)
		compare_stream(n, n->stream[i]);
	for (i = 0; i < n->ended.nr; i++)
		compare_job(n, n->ended.job[i]);
	for (i = 0; i < XRS_MAX_ENGINES; i++) {
		if (n->engine[i].twin)
			compare_engine(n, &n->engine[i], i);
	}
	if (!n->error[0])
		compare_wake(n, w);
	for (i = 0; i < n->ended.nr; i++)
		free(n->ended.job[i]);
	n->ended.nr = 0;
}
