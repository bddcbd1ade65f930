// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking ahead: time runs on in a picture, and the rule of lookahead.c decides
 * in it until all is done, lost or looked at for too long.
 */
#include "lookahead.h"

static void start(struct xrs_picture *p, const struct xrs_ahead_pick *pick)
{
	struct xrs_ahead_engine *e = &p->engine[pick->engine];
	struct xrs_ahead_job *j = &p->job[pick->job];
	const struct xrs_cost *cost = cost_by(j, e->id);
	u64 bytes = j->live_bytes;

	if (e->resident == pick->job && j->resident == pick->engine)
		bytes = 0;
	else if (e->resident != XRS_AHEAD_NONE && e->resident != pick->job)
		bytes += p->job[e->resident].live_bytes;
	j->energy_pj += scale(cost->energy_pj, j->reach) +
			bytes * XRS_PJ_PER_BYTE;
	p->waiting &= ~BIT(pick->job);
	e->job = pick->job;
	e->resident = pick->job;
	e->free_ns = p->now_ns + latency_of(j, cost);
	j->on = pick->engine;
	j->resident = pick->engine;
}

/*
 * Frames that a finished one may trigger: the policy does not know whether it
 * does, and has to be prepared.
 */
static void foresee(struct xrs_picture *p, const struct xrs_ahead_job *parent)
{
	const struct xrs_core *core = p->core;
	u64 deadline_ns = parent->deadline_ns;
	const struct xrs_stream *up = parent->stream;
	struct xrs_stream *stream;

	if (!up->children || !xrs_ahead_foresees(p))
		return;
	list_for_each_entry(stream, &core->streams, link) {
		struct xrs_ahead_job *j = &p->job[p->nr_jobs];

		if (stream->upstream != up || p->nr_jobs == XRS_AHEAD_JOBS ||
		    !stream->model->engines)
			continue;
		xrs_ahead_add(p, stream, NULL, deadline_ns);
		if (p->now_ns + j->togo_ns > deadline_ns)
			j->rejected = true;
		else
			p->waiting |= BIT(p->nr_jobs - 1);
	}
	spend(p, core->nr_streams);
}

/* With some care, a job must be done a little before its deadline. */
static u64 margin_ns(const struct xrs_picture *p,
		     const struct xrs_ahead_job *j)
{
	if (!p->style->wary || j->deadline_ns <= p->begin_ns)
		return 0;
	return (j->deadline_ns - p->begin_ns) / 50;
}

/* Whether a job is late, or will be when it ends. */
static bool overdue(const struct xrs_picture *p, const struct xrs_ahead_job *j)
{
	return p->now_ns + margin_ns(p, j) > j->deadline_ns + j->grace_ns;
}

/**
 * xrs_ahead_lost() - what a job adds to what is lost in a picture
 * @p: the picture
 * @j: one of its jobs
 *
 * Context: caller's lock.
 */
u64 xrs_ahead_lost(const struct xrs_picture *p, const struct xrs_ahead_job *j)
{
	u64 lost = j->done ? mul_u64_u64_shr(j->weight, j->missed, 16) :
			     j->weight;

	if ((!j->done || j->rejected) && xrs_ahead_foresees(p))
		lost += j->stream->ahead_lost;
	return lost;
}

/*
 * Whether more than @most is lost already.  A job that is late as others end is
 * late in the end, and of these the first deadline is what matters then.
 */
static bool beaten(struct xrs_picture *p)
{
	u64 lost = 0;
	u32 i;

	for (i = 0; i < p->nr_jobs; i++) {
		struct xrs_ahead_job *j = &p->job[i];

		if (j->done || j->rejected)
			lost += xrs_ahead_lost(p, j);
		else if (overdue(p, j))
			lost += mul_u64_u64_shr(j->weight, j->missed ?
						j->missed : j->outside, 16);
	}
	spend(p, p->nr_jobs);
	if (lost <= p->most)
		return false;
	for (i = 0; i < p->nr_jobs; i++) {
		struct xrs_ahead_job *j = &p->job[i];

		if (!j->done && !j->rejected)
			j->late = overdue(p, j);
	}
	return true;
}

static void finish(struct xrs_picture *p, u32 i)
{
	xrs_ahead_over(p, i, overdue(p, &p->job[i]));
	foresee(p, &p->job[i]);
}

static u64 unless(u64 probability, u32 ppm)
{
	return probability * (XRS_PPM - ppm) / XRS_PPM;
}

/* The layer that job @i ran is over. */
static void advance(struct xrs_picture *p, u32 i)
{
	struct xrs_ahead_job *j = &p->job[i];
	const struct xrs_layer *layer = &j->model->layer[j->layer];

	j->on = XRS_AHEAD_NONE;
	/* It may have left by an exit before. */
	if (p->now_ns > j->deadline_ns && !j->missed)
		j->missed = j->outside;
	if (!(layer->flags & XRS_LAYER_SIDE))
		j->live_bytes = layer->out_bytes;
	j->layer++;
	j->cost += j->model->nr_classes;
	if (j->layer == j->end) {
		finish(p, i);
		return;
	}
	if (!j->rejected)
		p->waiting |= BIT(i);
	if (layer->exit && !p->style->wary) {
		j->outside = unless(j->outside, layer->exit_ppm);
		j->reach = unless(j->reach, layer->exit_ppm);
	}
	if (layer[1].skip != layer->skip && !p->style->wary)
		j->reach = layer[1].skip ? unless(j->outside,
						  layer[1].skip_ppm) :
					   j->outside;
	at_layer(j);
}

/* When something happens next; XRS_NEVER: nothing does any more. */
static u64 next_moment(const struct xrs_picture *p)
{
	u64 next_ns = XRS_NEVER;
	u32 e, left;

	for (left = p->coming; left; left &= left - 1)
		next_ns = min(next_ns, p->job[__ffs64(left)].ready_ns);
	for (e = 0; e < p->nr_engines; e++)
		if (!idle(p, e))
			next_ns = min(next_ns, p->engine[e].free_ns);
	return next_ns;
}

static void arrive(struct xrs_picture *p)
{
	u32 left;

	for (left = p->coming; left; left &= left - 1) {
		u32 i = __ffs64(left);

		if (p->job[i].ready_ns > p->now_ns)
			continue;
		p->coming &= ~BIT(i);
		p->waiting |= BIT(i);
	}
}

/*
 * Units of work that a moment takes at most: jobs in line ask all engines,
 * perhaps twice; then all engines finish, their jobs trigger others, and some
 * are late.
 */
static u32 moment(const struct xrs_picture *p)
{
	u32 streams = min_t(u32, p->core->nr_streams, XRS_AHEAD_STREAMS);

	return 2 * p->nr_jobs + 2 * hweight64((u64)p->waiting) * p->nr_engines +
	       p->nr_engines * (1 + streams);
}

/**
 * xrs_ahead_begin() - time is to run on in a picture
 * @p: the picture
 *
 * Context: caller's lock.  O(jobs).
 */
void xrs_ahead_begin(struct xrs_picture *p)
{
	xrs_ahead_gather(p);
	p->missed = false;
}

/**
 * xrs_ahead_run() - let time run on until nothing runs any more
 * @p: the picture, begun; its style is set, its work what may be spent on this,
 *     its until what is to be left when it pauses, its most what may be lost
 *
 * Context: caller's lock.  No more than @p->work units of work, which is
 * decreased.
 * Return: how it ended.
 */
enum xrs_ahead_end xrs_ahead_run(struct xrs_picture *p)
{
	struct xrs_ahead_pick picks[XRS_AHEAD_ENGINES] __uninitialized;

	while (p->work >= moment(p)) {
		u32 n = xrs_ahead_choose(p, picks, XRS_AHEAD_ENGINES);
		u64 next_ns;
		u32 e, k;

		for (k = 0; k < n; k++)
			start(p, &picks[k]);
		next_ns = next_moment(p);
		if (next_ns == XRS_NEVER)
			return XRS_AHEAD_WHOLE;
		p->now_ns = max(p->now_ns, next_ns);
		arrive(p);
		for (e = 0; e < p->nr_engines; e++) {
			u8 job = p->engine[e].job;

			if (job == XRS_AHEAD_NONE ||
			    p->engine[e].free_ns > p->now_ns)
				continue;
			p->engine[e].job = XRS_AHEAD_NONE;
			advance(p, job);
		}
		spend(p, p->nr_engines);
		if (p->missed && beaten(p))
			return XRS_AHEAD_BEATEN;
		p->missed = false;
		if (p->work <= p->until)
			return XRS_AHEAD_PAUSED;
	}
	return XRS_AHEAD_CUT;
}
