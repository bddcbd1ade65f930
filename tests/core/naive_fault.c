// SPDX-License-Identifier: GPL-2.0-only
/*
 * The naive reference: layers that are lost and engines that come back, as
 * kmod/core/xrs_fault.h tells it; see naive.h.
 */

#include "naive.h"

static void bring_up(struct naive *n, u32 id)
{
	struct nengine *e = &n->engine[id];

	n->set.up[id] = true;
	e->health = XRS_HEALTH_GOOD;
	e->alarm_ns = XRS_NEVER;
}

void naive_engine_up(struct naive *n, u32 id, const char *name, u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	if (n->set.up[id])
		return;
	if (name) {
		memset(n->set.class_name[id], 0, XRS_NAME_LEN);
		strcpy(n->set.class_name[id], name);
	}
	bring_up(n, id);
}

/* Ready jobs that nobody can run any more. */
static void fail_unable(struct naive *n)
{
	u32 i, k;

	for (i = 0; i < n->nr_streams; i++)
		for (k = 0; k < 2; k++) {
			struct nstream *s = n->stream[i];
			struct njob *job =
				naive_head(k ? &s->stale : &s->fresh);

			if (job && job->state == N_READY &&
			    !naive_nr_engines(s->model, &n->set))
				naive_end(n, job, XRS_FAILED,
					  XRS_REASON_NO_ENGINE);
		}
}

/* What its layer has cost is counted as lost; the job is in no man's land. */
static struct njob *lose_layer(struct naive *n, u32 id, u64 energy_pj)
{
	struct nengine *e = &n->engine[id];
	struct njob *job = e->job;

	e->job = NULL;
	e->resident = NULL;
	e->lost++;
	e->busy_ns += n->now_ns - e->since_ns;
	e->lost_ns += n->now_ns - e->since_ns;
	e->energy_pj += energy_pj;
	e->lost_pj += energy_pj + e->switch_pj;
	job->energy_pj += energy_pj;
	job->engine = -1;
	return job;
}

static void try_again(struct naive *n, struct njob *job)
{
	job->stream->count.retried++;
	naive_boundary(n, job);
}

static void take_down(struct naive *n, u32 id)
{
	struct nengine *e = &n->engine[id];
	struct njob *lost = NULL;

	if (!n->set.up[id])
		return;
	n->set.up[id] = false;
	e->resident = NULL;
	if (e->job)
		lost = lose_layer(n, id, 0);
	fail_unable(n);
	if (lost)
		try_again(n, lost);
}

void naive_engine_down(struct naive *n, u32 id, u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	n->engine[id].health = XRS_HEALTH_GOOD;
	n->engine[id].alarm_ns = XRS_NEVER;
	take_down(n, id);
}

static u64 rest_ns(const struct naive *n, u32 strikes)
{
	long double ns = n->guard.rest_ns;
	u32 i;

	for (i = 1; i < strikes; i++)
		ns *= 2;
	return ns < n->guard.rest_max_ns ? (u64)ns : n->guard.rest_max_ns;
}

/*
 * Rests, and is there again after it; or is down: after too many strikes, if
 * the reset failed, and if it was down before.
 */
static void reset_over(struct naive *n, u32 id, bool ok)
{
	struct nengine *e = &n->engine[id];

	if (e->health == XRS_HEALTH_QUARANTINED && ok) {
		e->revived = true;
		if (e->alarm_ns == XRS_NEVER)
			e->alarm_ns = n->now_ns + rest_ns(n, e->strikes);
	}
	if (e->health != XRS_HEALTH_RESETTING)
		return;
	e->strikes += !ok && e->strikes < XRS_MAX_STRIKES;
	e->revived = ok;
	e->alarm_ns = n->now_ns + rest_ns(n, e->strikes);
	if (ok && e->strikes < n->guard.strikes && n->set.up[id]) {
		e->health = XRS_HEALTH_RESTING;
		return;
	}
	take_down(n, id);
	e->health = XRS_HEALTH_QUARANTINED;
	n->tally.quarantined++;
	if (e->strikes == XRS_MAX_STRIKES) {
		e->revived = false;
		e->alarm_ns = XRS_NEVER;
	}
}

static void begin_reset(struct naive *n, u32 id)
{
	n->engine[id].health = XRS_HEALTH_RESETTING;
	n->engine[id].alarm_ns = XRS_NEVER;
	if (!n->slow_reset)
		reset_over(n, id, true);
}

void naive_layer_failed(struct naive *n, u32 id, enum xrs_reason reason,
			u64 energy_pj, u64 now_ns)
{
	struct nengine *e = &n->engine[id];
	struct njob *job;
	bool again;

	n->now_ns = max(n->now_ns, now_ns);
	n->tally.lost[reason]++;
	job = lose_layer(n, id, energy_pj);
	if (reason == XRS_REASON_REFUSED) {
		e->refused++;
		e->alarm_ns = XRS_NEVER;
		again = false;
	} else {
		e->faults++;
		e->timeouts += reason == XRS_REASON_TIMEOUT;
		e->good = 0;
		e->strikes += e->strikes < XRS_MAX_STRIKES;
		again = job->tries++ < n->guard.retries;
		begin_reset(n, id);
	}
	if (again || job->cancelled)
		try_again(n, job);
	else
		naive_end(n, job, XRS_FAILED, reason);
}

void naive_engine_reset(struct naive *n, u32 id, bool ok, u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	reset_over(n, id, ok);
}

/* The running layer has all of its time from now on. */
void naive_watch(struct naive *n, u32 id)
{
	struct nengine *e = &n->engine[id];
	const struct xrs_cost *cost =
		naive_cost(e->job->stream->model, e->job->layer, &n->set, id);
	u64 limit_ns = cost->latency_ns * n->guard.factor;

	limit_ns = max(limit_ns, n->guard.floor_ns);
	limit_ns = max(limit_ns, e->floor_ns);
	e->alarm_ns = n->now_ns + limit_ns;
}

void naive_engine_guard(struct naive *n, u32 id, u64 now_ns)
{
	n->now_ns = max(n->now_ns, now_ns);
	n->engine[id].guarded = true;
	if (n->engine[id].job)
		naive_watch(n, id);
}

/* What engines have waited for, if it has come. */
void naive_alarms(struct naive *n)
{
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		struct nengine *e = &n->engine[id];

		if (!e->twin || e->alarm_ns > n->now_ns)
			continue;
		e->alarm_ns = XRS_NEVER;
		if (e->job) {
			const struct xrs_cost *cost =
				naive_cost(e->job->stream->model, e->job->layer,
					   &n->set, id);

			naive_layer_failed(n, id, XRS_REASON_TIMEOUT,
					   cost->energy_pj, n->now_ns);
		} else if (!e->revived) {
			begin_reset(n, id);
		} else {
			n->tally.returned++;
			bring_up(n, id);
		}
	}
}
