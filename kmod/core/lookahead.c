// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture of looking ahead, and the rule that decides in it.
 *
 * Whoever has little time left for the work left is served first, on whatever
 * engine finishes its layer first, even if it has to wait for that.  The others
 * follow in the order of their deadlines, and give time they have to spare for
 * an engine that takes less energy, as long as that is worth it.
 */
#include "xrs_core.h"
#include "xrs_score.h"
#include "xrs_lookahead.h"

#define ONE		BIT(16)	/* Q16 */
#define URGENT		(ONE / 2)	/* half of the time left is work */
#define URGENCY_CAP	BIT_ULL(40)

const struct xrs_style xrs_style_hasty = {
	.relaxed = ONE * 3 / 10,
	.most = ONE / 2,
};

const struct xrs_style xrs_style_frugal = {
	.urgent = ONE * 3 / 10,
	.relaxed = ONE / 10,
	.most = ONE,
	.patient = true,
	.wary = true,
};

const struct xrs_style xrs_style_thrifty = {
	.urgent = ONE * 3 / 10,
	.relaxed = ONE / 10,
	.most = ONE,
	.patient = true,
};

static u64 scale(u64 value, u64 q16)
{
	if (q16 == ONE)
		return value;
	return value <= U64_MAX >> 16 ? value * q16 >> 16 :
					(value >> 16) * q16;
}

static bool idle(const struct xrs_picture *p, u32 e)
{
	return p->engine[e].job == XRS_AHEAD_NONE;
}

static const struct xrs_cost *cost_on(const struct xrs_ahead_job *j, u32 e)
{
	return &j->cost[j->row[e]];
}

static u64 latency_on(const struct xrs_ahead_job *j, u32 e)
{
	return max_t(u64, scale(cost_on(j, e)->latency_ns, j->reach), 1);
}

/* Fastest expected time of what is left of a job. */
static u64 togo_ns(const struct xrs_ahead_job *j)
{
	return scale(j->model->view[j->layer].togo_min_ns, j->reach);
}

static u64 slack_ns(const struct xrs_picture *p, const struct xrs_ahead_job *j)
{
	return j->deadline_ns > p->now_ns ? j->deadline_ns - p->now_ns : 0;
}

/* Energy to bring job @i to engine @e (xrs_switch_pj() in the picture). */
static u64 switch_pj(const struct xrs_picture *p, u32 i, u32 e)
{
	u8 resident = p->engine[e].resident;
	u64 bytes = p->job[i].live_bytes;

	if (resident == i && p->job[i].resident == e)
		return 0;
	if (resident != XRS_AHEAD_NONE && resident != i)
		bytes += p->job[resident].live_bytes;
	return bytes * XRS_PJ_PER_BYTE;
}

static void spend(struct xrs_picture *p, u32 work)
{
	p->work -= min(p->work, work);
}

/**
 * xrs_ahead_weight() - what a miss of a stream adds to DLV
 * @stream: the stream
 *
 * The fewer frames a stream has, the more each counts.
 *
 * Context: caller's lock.
 */
u64 xrs_ahead_weight(const struct xrs_stream *stream)
{
	u64 period_ns = stream->period_ns ? stream->period_ns :
					    stream->deadline_ns;

	return max_t(u64, period_ns * stream->weight, 1);
}

/**
 * xrs_ahead_add() - put a job into a picture
 * @p: the picture, with room for it
 * @stream: the job's stream; its model's view is up to date
 * @job: the job; NULL: a frame of the stream that has yet to come
 * @deadline_ns: its deadline
 *
 * Context: caller's lock.
 */
void xrs_ahead_add(struct xrs_picture *p, const struct xrs_stream *stream,
		   struct xrs_job *job, u64 deadline_ns)
{
	struct xrs_ahead_job *j = &p->job[p->nr_jobs++];
	const struct xrs_model *model = stream->model;
	const struct xrs_variant *variant =
		&model->variant[job && job->variant ? job->variant - 1 : 0];
	u32 e;

	memset(j, 0, sizeof(*j));
	j->job = job;
	j->stream = stream;
	j->model = model;
	j->deadline_ns = deadline_ns;
	j->chain_ns = p->childless ? 0 : stream->ahead_ns;
	j->weight = xrs_ahead_weight(stream);
	j->live_bytes = job ? job->live_bytes : variant->input_bytes;
	j->layer = job ? job->layer : variant->first_layer;
	j->end = variant->first_layer + variant->nr_layers;
	j->cost = &model->cost[(size_t)j->layer * model->nr_classes];
	j->reach = ONE;
	j->outside = ONE;
	j->on = XRS_AHEAD_NONE;
	j->resident = XRS_AHEAD_NONE;
	for (e = 0; e < p->nr_engines; e++)
		j->row[e] = model->row[p->engine[e].engine->id];
}

/* ----- who -------------------------------------------------------------- */

static void weigh(const struct xrs_picture *p, struct xrs_ahead_job *j)
{
	u64 left_ns = slack_ns(p, j);

	j->work_ns = togo_ns(j);
	if (j->work_ns + j->chain_ns <= left_ns)
		j->work_ns += j->chain_ns;
	/* Most are far from urgent; how far does not matter. */
	j->urgency = 0;
	if (j->work_ns < (left_ns >> 6) * 29)
		return;
	j->urgency = left_ns ? xrs_muldiv(j->work_ns, ONE, left_ns,
					  URGENCY_CAP) : URGENCY_CAP;
	/* It is cheap where it is: a little more, so that it stays. */
	if (j->resident != XRS_AHEAD_NONE && idle(p, j->resident))
		j->urgency += j->urgency / 10;
}

static bool comes_before(const struct xrs_ahead_job *a,
			 const struct xrs_ahead_job *b)
{
	if ((a->urgency >= URGENT || b->urgency >= URGENT) &&
	    a->urgency != b->urgency)
		return a->urgency > b->urgency;
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	return a->stream->id < b->stream->id;
}

/* Who may choose from now on, in @waiting and in @coming. */
static void gather(struct xrs_picture *p)
{
	u32 i;

	p->waiting = 0;
	p->coming = 0;
	for (i = 0; i < p->nr_jobs; i++) {
		const struct xrs_ahead_job *j = &p->job[i];

		if (j->done || j->rejected || j->on != XRS_AHEAD_NONE)
			continue;
		if (j->ready_ns > p->now_ns)
			p->coming |= BIT(i);
		else
			p->waiting |= BIT(i);
	}
}

/*
 * Waiting jobs in the order in which they choose; returns how many.  Those that
 * were there first are in the order of their deadlines, see xrs_ahead_add().
 */
static u32 line_up(struct xrs_picture *p, u8 *order)
{
	u32 at, nr = 0, left;

	for (left = p->waiting; left; left &= left - 1) {
		u32 i = __ffs64(left);
		struct xrs_ahead_job *j = &p->job[i];

		weigh(p, j);
		for (at = nr++; at; at--) {
			if (!comes_before(j, &p->job[order[at - 1]]))
				break;
			order[at] = order[at - 1];
		}
		order[at] = i;
	}
	spend(p, nr);
	return nr;
}

/* ----- where ------------------------------------------------------------ */

/**
 * struct offer - What the engines offer a job for its next layer
 * @finish_ns: when each would have run it, XRS_NEVER if it may not be asked
 * @first_ns: when the first of them would have run it
 * @first: which one that is, XRS_AHEAD_NONE: none
 */
struct offer {
	u64 finish_ns[XRS_AHEAD_ENGINES];
	u64 first_ns;
	u8 first;
};

/* A switch is no time lost here, but the more energy it takes the later. */
static u64 reluctance_ns(const struct xrs_picture *p, u32 i, u32 e,
			 u64 latency_ns)
{
	u64 pj, share = 0;

	if (p->engine[e].resident == i)
		return 0;
	pj = switch_pj(p, i, e);
	if (pj)
		share = xrs_muldiv(pj, ONE, cost_on(&p->job[i], e)->energy_pj,
				   4 * ONE);
	return scale(latency_ns, ONE / 5 + share / 2);
}

static void ask(const struct xrs_picture *p, u32 i, const u64 *free_ns,
		bool may_wait, struct offer *o)
{
	const struct xrs_ahead_job *j = &p->job[i];
	u64 latency_ns;
	u32 e;

	o->first_ns = XRS_NEVER;
	o->first = XRS_AHEAD_NONE;
	for (e = 0; e < p->nr_engines; e++) {
		o->finish_ns[e] = XRS_NEVER;
		if (j->row[e] == XRS_NO_ROW)
			continue;
		latency_ns = latency_on(j, e);
		if (!may_wait && free_ns[e] > p->now_ns)
			continue;
		o->finish_ns[e] = free_ns[e] + latency_ns +
				  reluctance_ns(p, i, e, latency_ns);
		if (o->finish_ns[e] < o->first_ns) {
			o->first_ns = o->finish_ns[e];
			o->first = e;
		}
	}
}

/*
 * Whether a job does better to wait until some engine is done with the job
 * whose activations it holds: they need not be flushed then.
 */
static bool should_hold(const struct xrs_picture *p, u32 i, const u64 *free_ns,
			u64 until_ns, u64 best_pj)
{
	const struct xrs_ahead_job *j = &p->job[i];
	u32 e;

	for (e = 0; e < p->nr_engines; e++) {
		const struct xrs_ahead_job *other;
		u8 resident = p->engine[e].resident;

		if (j->row[e] == XRS_NO_ROW || resident == i ||
		    resident == XRS_AHEAD_NONE)
			continue;
		other = &p->job[resident];
		if (other->rejected || !other->live_bytes)
			continue;
		if (free_ns[e] + togo_ns(other) + latency_on(j, e) > until_ns)
			continue;
		if (cost_on(j, e)->energy_pj +
		    j->live_bytes * XRS_PJ_PER_BYTE < best_pj)
			return true;
	}
	return false;
}

/*
 * The cheapest engine that leaves the job on time.  Energy as a share of the
 * worst case, in units of the time to spare, so that time is the dearer the
 * less there is: of many layers those wait that save most by it.
 */
static u32 cheapest(const struct xrs_picture *p, u32 i, const struct offer *o,
		    u64 spare_ns, u32 price, u64 *best_pj)
{
	const struct xrs_ahead_job *j = &p->job[i];
	u64 limit_ns = o->first_ns + scale(spare_ns, p->style->most);
	u64 least = U64_MAX;
	u64 unit = div64_u64(min_t(u64, spare_ns, U32_MAX) << 32,
			     max(j->model->variant[0].worst_pj, 1ULL));
	u32 e, best = o->first;

	for (e = 0; e < p->nr_engines; e++) {
		u64 pj, cost;

		if (o->finish_ns[e] > limit_ns)
			continue;
		pj = cost_on(j, e)->energy_pj + switch_pj(p, i, e);
		cost = mul_u64_u64_shr(pj, unit, 32) +
		       scale(o->finish_ns[e] - o->first_ns, price);
		if (cost < least) {
			least = cost;
			*best_pj = pj;
			best = e;
		}
	}
	return best;
}

/*
 * The engine for job @i, which may be one that is not free yet: then the job
 * waits for it.  XRS_AHEAD_NONE: it asks for none now.
 */
static u32 choose(const struct xrs_picture *p, u32 i, const u64 *free_ns,
		  bool forced)
{
	const struct xrs_ahead_job *j = &p->job[i];
	bool urgent = j->urgency >= URGENT;
	u32 price = urgent ? p->style->urgent : p->style->relaxed;
	bool may_wait = !forced && (urgent || p->style->patient);
	u64 spare_ns, best_pj = U64_MAX;
	struct offer o;
	u32 best;

	ask(p, i, free_ns, may_wait, &o);
	if (o.first == XRS_AHEAD_NONE || !price)
		return o.first;
	spare_ns = slack_ns(p, j);
	spare_ns = spare_ns > j->work_ns ? spare_ns - j->work_ns : 0;
	best = cheapest(p, i, &o, spare_ns, price, &best_pj);
	if (may_wait && p->style->patient &&
	    should_hold(p, i, free_ns, o.first_ns + spare_ns * 3 / 10, best_pj))
		return XRS_AHEAD_NONE;
	return best;
}

/* ----- a decision ------------------------------------------------------- */

static u32 decide(struct xrs_picture *p, const u8 *order, u32 nr, bool forced,
		  struct xrs_ahead_pick *picks, u32 max)
{
	u64 free_ns[XRS_AHEAD_ENGINES];
	u32 e, k, n = 0;

	for (e = 0; e < p->nr_engines; e++)
		free_ns[e] = idle(p, e) ? p->now_ns :
					  max(p->engine[e].free_ns,
					      p->now_ns + 1);
	for (k = 0; k < nr && n < max; k++) {
		e = choose(p, order[k], free_ns, forced);
		spend(p, p->nr_engines);
		if (e == XRS_AHEAD_NONE)
			continue;
		if (free_ns[e] <= p->now_ns)
			picks[n++] = (struct xrs_ahead_pick){ order[k], e };
		/* Or a reservation, that those who follow reckon with. */
		free_ns[e] += latency_on(&p->job[order[k]], e);
	}
	return n;
}

/* What the rule does now, with who is waiting. */
static u32 decide_waiting(struct xrs_picture *p, struct xrs_ahead_pick *picks,
			  u32 max)
{
	u8 order[XRS_AHEAD_JOBS];
	u32 e, nr, n, nr_idle = 0;

	for (e = 0; e < p->nr_engines; e++)
		nr_idle += idle(p, e);
	if (!nr_idle || !p->waiting)
		return 0;
	nr = line_up(p, order);
	n = decide(p, order, nr, false, picks, min(max, nr_idle));
	/* Two may not wait for each other. */
	if (!n && nr_idle == p->nr_engines)
		n = decide(p, order, nr, true, picks, min(max, nr_idle));
	return n;
}

/**
 * xrs_ahead_decide() - what the rule does now
 * @p: the picture; its style is set
 * @picks: where to
 * @max: how many at most
 *
 * None although a job is ready and an engine idle: waiting is better.  That
 * happens only while an engine is busy, or if all ready jobs are rejected.
 *
 * Context: caller's lock.  O(jobs^2 + jobs * engines).
 * Return: how many.
 */
u32 xrs_ahead_decide(struct xrs_picture *p, struct xrs_ahead_pick *picks,
		     u32 max)
{
	gather(p);
	return decide_waiting(p, picks, max);
}

/* ----- time runs on ----------------------------------------------------- */

static void start(struct xrs_picture *p, const struct xrs_ahead_pick *pick)
{
	struct xrs_ahead_engine *e = &p->engine[pick->engine];
	struct xrs_ahead_job *j = &p->job[pick->job];

	j->energy_pj += scale(cost_on(j, pick->engine)->energy_pj, j->reach) +
			switch_pj(p, pick->job, pick->engine);
	p->waiting &= ~BIT(pick->job);
	e->job = pick->job;
	e->resident = pick->job;
	e->free_ns = p->now_ns + latency_on(j, pick->engine);
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

	if (!up->children || p->childless ||
	    core->nr_streams > XRS_AHEAD_STREAMS)
		return;
	list_for_each_entry(stream, &core->streams, link) {
		struct xrs_ahead_job *j = &p->job[p->nr_jobs];

		if (stream->upstream != up || p->nr_jobs == XRS_AHEAD_JOBS ||
		    !stream->model->engines)
			continue;
		xrs_ahead_add(p, stream, NULL, deadline_ns);
		if (p->now_ns + togo_ns(j) > deadline_ns)
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
	return p->now_ns + margin_ns(p, j) > j->deadline_ns;
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

	if ((!j->done || p->childless) &&
	    p->core->nr_streams <= XRS_AHEAD_STREAMS)
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
	struct xrs_ahead_job *j = &p->job[i];
	u32 e;

	j->done = true;
	j->late = overdue(p, j);
	if (j->late && !j->missed)
		j->missed = j->outside;
	p->missed |= j->late;
	for (e = 0; e < p->nr_engines; e++)
		if (p->engine[e].resident == i)
			p->engine[e].resident = XRS_AHEAD_NONE;
	foresee(p, j);
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
	if (p->style->wary)
		return;
	if (layer->exit) {
		j->outside = unless(j->outside, layer->exit_ppm);
		j->reach = unless(j->reach, layer->exit_ppm);
	}
	if (layer[1].skip != layer->skip)
		j->reach = layer[1].skip ? unless(j->outside,
						  layer[1].skip_ppm) :
					   j->outside;
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
 * xrs_ahead_run() - let time run on until nothing runs any more
 * @p: the picture; its style is set, its work what may be spent on this, its
 *     most what may be lost
 *
 * Context: caller's lock.  No more than @p->work units of work, which is
 * decreased.
 * Return: how it ended.
 */
enum xrs_ahead_end xrs_ahead_run(struct xrs_picture *p)
{
	struct xrs_ahead_pick picks[XRS_AHEAD_ENGINES];

	gather(p);
	p->missed = false;
	while (p->work >= moment(p)) {
		u32 n = decide_waiting(p, picks, XRS_AHEAD_ENGINES);
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
	}
	return XRS_AHEAD_CUT;
}
