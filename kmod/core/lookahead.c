// SPDX-License-Identifier: GPL-2.0-only
/*
 * The picture of looking ahead, and the rule that decides in it.
 *
 * Of those that have little time left for the work left, whoever can wait least
 * is served first, on whatever engine finishes its layer first, even if it has
 * to wait for that.  The others follow in the order of their deadlines, and give
 * time they have to spare for an engine that takes less energy, as long as that
 * is worth it.
 */
#include "lookahead.h"

#define URGENT		(ONE / 2)	/* half of the time left is work */
#define URGENCY_CAP	BIT_ULL(40)

const struct xrs_style xrs_style_hasty = {
	.relaxed = ONE * 3 / 10,
};

const struct xrs_style xrs_style_frugal = {
	.urgent = ONE * 3 / 10,
	.relaxed = ONE / 10,
	.patient = true,
	.wary = true,
};

static u64 slack_ns(const struct xrs_picture *p, const struct xrs_ahead_job *j)
{
	return j->deadline_ns > p->now_ns ? j->deadline_ns - p->now_ns : 0;
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
	u32 index = p->nr_jobs++;
	struct xrs_ahead_job *j = &p->job[index];
	const struct xrs_model *model = stream->model;
	const struct xrs_variant *variant =
		&model->variant[job && job->variant ? job->variant - 1 : 0];

	/* All but what weigh() fills in; a memset() would take as long again. */
	j->job = job;
	j->stream = stream;
	j->model = model;
	j->ready_ns = 0;
	j->deadline_ns = deadline_ns;
	j->chain_ns = xrs_ahead_foresees(p) ? stream->ahead_ns : 0;
	j->weight = xrs_ahead_weight(stream);
	j->live_bytes = job ? job->live_bytes : variant->input_bytes;
	j->layer = job ? job->layer : variant->first_layer;
	j->end = variant->first_layer + variant->nr_layers;
	j->cost = &model->cost[(size_t)j->layer * model->nr_classes];
	j->reach = ONE;
	j->outside = ONE;
	j->on = XRS_AHEAD_NONE;
	j->resident = XRS_AHEAD_NONE;
	j->energy_pj = 0;
	j->missed = 0;
	j->rejected = false;
	j->done = false;
	j->late = false;
	j->row = model->row;
	j->grace_ns = job ? xrs_grace_ns(p->core, &model->view[j->layer]) : 0;
	at_layer(j);
	if (job)
		job->ahead = index;
}

/* ----- who -------------------------------------------------------------- */

static void weigh(const struct xrs_picture *p, struct xrs_ahead_job *j)
{
	u64 left_ns = slack_ns(p, j);

	/* Whether it leaves early nobody knows; if not, it is to be on time, too. */
	j->work_ns = j->model->view[j->layer].all_ns;
	if (j->work_ns + j->chain_ns <= left_ns)
		j->work_ns += j->chain_ns;
	/* Most are far from urgent; how far does not matter. */
	j->urgency = 0;
	if (j->work_ns < (left_ns >> 6) * 29)
		return;
	j->urgency = left_ns ? xrs_muldiv(j->work_ns, ONE, left_ns,
					  URGENCY_CAP) : URGENCY_CAP;
}

/* Until when a job's work can wait, at the fastest; may be in the past. */
static s64 latest_ns(const struct xrs_ahead_job *j)
{
	return (s64)min(j->deadline_ns, U64_MAX >> 1) -
	       (s64)min(j->work_ns, U64_MAX >> 1);
}

static bool comes_before(const struct xrs_ahead_job *a,
			 const struct xrs_ahead_job *b)
{
	bool urgent = a->urgency >= URGENT, other = b->urgency >= URGENT;

	if (urgent != other)
		return urgent;
	if (urgent && latest_ns(a) != latest_ns(b))
		return latest_ns(a) < latest_ns(b);
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	return a->stream->id < b->stream->id;
}

/**
 * xrs_ahead_gather() - who may choose from now on
 * @p: the picture; its @waiting and @coming are filled in
 *
 * Context: caller's lock.  O(jobs).
 */
void xrs_ahead_gather(struct xrs_picture *p)
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

/**
 * xrs_ahead_over() - a job in the picture has ended
 * @p: the picture
 * @i: its index
 * @late: not on time
 *
 * Context: caller's lock.  O(engines).
 */
void xrs_ahead_over(struct xrs_picture *p, u32 i, bool late)
{
	struct xrs_ahead_job *j = &p->job[i];
	u32 e;

	j->done = true;
	j->late = late;
	if (late && !j->missed)
		j->missed = j->outside;
	p->missed |= late;
	for (e = 0; e < p->nr_engines; e++)
		if (p->engine[e].resident == i)
			p->engine[e].resident = XRS_AHEAD_NONE;
}

/*
 * Whether admit=sound drops a job: late, however fast its rest is.  A block that
 * may be skipped is no reason, as it is here only by its probability.
 */
static bool hopeless(const struct xrs_picture *p, const struct xrs_ahead_job *j)
{
	return p->core->param[XRS_PARAM_ADMIT] == XRS_ADMIT_SOUND &&
	       j->reach == j->outside &&
	       p->now_ns + j->model->view[j->layer].rest_ns >
		       j->deadline_ns + j->grace_ns;
}

/*
 * Waiting jobs in the order in which they choose; returns how many.  Those that
 * were there first are in the order of their deadlines, see xrs_ahead_add().
 */
static u32 line_up(struct xrs_picture *p, u8 *order)
{
	u32 at, nr = 0, left;

	spend(p, hweight64((u64)p->waiting));
	for (left = p->waiting; left; left &= left - 1) {
		u32 i = __ffs64(left);
		struct xrs_ahead_job *j = &p->job[i];

		if (hopeless(p, j)) {
			p->waiting &= ~BIT(i);
			j->rejected = true;
			xrs_ahead_over(p, i, true);
			continue;
		}
		weigh(p, j);
		for (at = nr++; at; at--) {
			if (!comes_before(j, &p->job[order[at - 1]]))
				break;
			order[at] = order[at - 1];
		}
		order[at] = i;
	}
	return nr;
}

/* ----- where ------------------------------------------------------------ */

/**
 * struct seat - An engine as jobs in line see it
 * @free_ns: when it is free; moves as jobs before them reserve it
 * @hold_ns: expected rest of the job whose activations it holds
 * @flush_bytes: these activations
 * @id: the engine's id
 * @resident: index of that job, or XRS_AHEAD_NONE
 * @held: that job is still to be run
 */
struct seat {
	u64 free_ns;
	u64 hold_ns;
	u64 flush_bytes;
	u8 id;
	u8 resident;
	bool held;
};

static void set_seats(const struct xrs_picture *p, struct seat *seat)
{
	const struct xrs_ahead_engine *engine = p->engine;
	u32 e;

	for (e = 0; e < p->nr_engines; e++, engine++, seat++) {
		const struct xrs_ahead_job *j;

		seat->free_ns = engine->job == XRS_AHEAD_NONE ?
					p->now_ns :
					max(engine->free_ns, p->now_ns + 1);
		seat->id = engine->id;
		seat->resident = engine->resident;
		seat->held = false;
		seat->flush_bytes = 0;
		if (engine->resident == XRS_AHEAD_NONE)
			continue;
		j = &p->job[engine->resident];
		seat->flush_bytes = j->live_bytes;
		seat->hold_ns = j->togo_ns;
		seat->held = !j->rejected && j->live_bytes;
	}
}

/* Energy to bring job @i to engine @e (xrs_switch_pj() in the picture). */
static u64 switch_pj(const struct xrs_ahead_job *j, u32 i,
		     const struct seat *seat, u32 e)
{
	u64 bytes = j->live_bytes;

	if (seat->resident != i)
		bytes += seat->flush_bytes;
	else if (j->resident == e)
		bytes = 0;
	return bytes * XRS_PJ_PER_BYTE;
}

/**
 * struct offer - What the engines offer a job for its next layer
 * @finish_ns: when each would have run it, XRS_NEVER if it may not be asked
 * @energy_pj: what that would take, if it may be asked
 * @first_ns: when the first of them would have run it
 * @first: which one that is, XRS_AHEAD_NONE: none
 */
struct offer {
	u64 finish_ns[XRS_AHEAD_ENGINES];
	u64 energy_pj[XRS_AHEAD_ENGINES];
	u64 first_ns;
	u8 first;
};

/* A switch is no time lost here, but the more energy it takes the later. */
static u64 reluctance_ns(u64 latency_ns, u64 moved_pj, u64 energy_pj)
{
	u64 share = 0;

	if (moved_pj)
		share = xrs_muldiv(moved_pj, ONE, energy_pj, 4 * ONE);
	return scale(latency_ns, share / 2);
}

static void ask(const struct xrs_picture *p, u32 i, const struct seat *seat,
		bool may_wait, struct offer *o)
{
	const struct xrs_ahead_job *j = &p->job[i];
	u32 e, nr = p->nr_engines;

	o->first_ns = XRS_NEVER;
	o->first = XRS_AHEAD_NONE;
	for (e = 0; e < nr; e++, seat++) {
		const struct xrs_cost *cost = cost_by(j, seat->id);
		u64 latency_ns, moved_pj, finish_ns = XRS_NEVER;

		if (cost && (may_wait || seat->free_ns <= p->now_ns)) {
			latency_ns = latency_of(j, cost);
			moved_pj = switch_pj(j, i, seat, e);
			finish_ns = seat->free_ns + latency_ns;
			if (seat->resident != i)
				finish_ns += reluctance_ns(latency_ns, moved_pj,
							   cost->energy_pj);
			o->energy_pj[e] = cost->energy_pj + moved_pj;
		}
		o->finish_ns[e] = finish_ns;
		if (finish_ns < o->first_ns) {
			o->first_ns = finish_ns;
			o->first = e;
		}
	}
}

/*
 * Whether a job does better to wait until some engine is done with the job
 * whose activations it holds: they need not be flushed then.
 */
static bool should_hold(const struct xrs_picture *p, u32 i,
			const struct seat *seat, u64 until_ns, u64 best_pj)
{
	const struct xrs_ahead_job *j = &p->job[i];
	u64 fetch_pj = j->live_bytes * XRS_PJ_PER_BYTE;
	const struct seat *end = seat + p->nr_engines;

	for (; seat < end; seat++) {
		const struct xrs_cost *cost;

		if (!seat->held || seat->resident == i)
			continue;
		cost = cost_by(j, seat->id);
		if (!cost || cost->energy_pj + fetch_pj >= best_pj)
			continue;
		if (seat->free_ns + seat->hold_ns + latency_of(j, cost) <=
		    until_ns)
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
	u64 limit_ns = o->first_ns + spare_ns;
	u64 least = U64_MAX;
	u64 unit = div64_u64(min_t(u64, spare_ns, U32_MAX) << 32,
			     max(j->model->variant[0].worst_pj, 1ULL));
	u32 e, best = o->first;

	for (e = 0; e < p->nr_engines; e++) {
		u64 cost;

		/* The limit of one with a deadline that never comes is as late. */
		if (o->finish_ns[e] == XRS_NEVER || o->finish_ns[e] > limit_ns)
			continue;
		cost = mul_u64_u64_shr(o->energy_pj[e], unit, 32) +
		       scale(o->finish_ns[e] - o->first_ns, price);
		if (cost < least) {
			least = cost;
			*best_pj = o->energy_pj[e];
			best = e;
		}
	}
	return best;
}

/*
 * The engine for job @i, which may be one that is not free yet: then the job
 * waits for it.  XRS_AHEAD_NONE: it asks for none now.
 */
static u32 choose(const struct xrs_picture *p, u32 i, const struct seat *seat,
		  bool forced)
{
	const struct xrs_ahead_job *j = &p->job[i];
	bool urgent = j->urgency >= URGENT;
	u32 price = urgent ? p->style->urgent : p->style->relaxed;
	bool may_wait = !forced && (urgent || p->style->patient);
	u64 spare_ns, best_pj = U64_MAX;
	struct offer o __uninitialized;
	u32 best;

	ask(p, i, seat, may_wait, &o);
	if (o.first == XRS_AHEAD_NONE || !price)
		return o.first;
	spare_ns = slack_ns(p, j);
	spare_ns = spare_ns > j->work_ns ? spare_ns - j->work_ns : 0;
	best = cheapest(p, i, &o, spare_ns, price, &best_pj);
	if (may_wait && p->style->patient &&
	    should_hold(p, i, seat, o.first_ns + spare_ns * 3 / 10, best_pj))
		return XRS_AHEAD_NONE;
	return best;
}

/* ----- a decision ------------------------------------------------------- */

static u32 decide(struct xrs_picture *p, const u8 *order, u32 nr, bool forced,
		  struct xrs_ahead_pick *picks, u32 max)
{
	struct seat seat[XRS_AHEAD_ENGINES] __uninitialized;
	u32 e, k, n = 0;

	set_seats(p, seat);
	for (k = 0; k < nr && n < max; k++) {
		const struct xrs_ahead_job *j = &p->job[order[k]];

		e = choose(p, order[k], seat, forced);
		spend(p, p->nr_engines);
		if (e == XRS_AHEAD_NONE)
			continue;
		if (seat[e].free_ns <= p->now_ns)
			picks[n++] = (struct xrs_ahead_pick){ order[k], e };
		/* Or a reservation, that those who follow reckon with. */
		seat[e].free_ns += latency_of(j, cost_by(j, seat[e].id));
	}
	return n;
}

/**
 * xrs_ahead_choose() - what the rule does now
 * @p: the picture; its style is set, and it is known who is waiting
 * @picks: where to
 * @max: how many at most
 *
 * None although a job is ready and an engine idle: waiting is better.  That
 * happens only while an engine is busy, or if all ready jobs are rejected.
 *
 * Context: caller's lock.  O(jobs^2 + jobs * engines).
 * Return: how many.
 */
u32 xrs_ahead_choose(struct xrs_picture *p, struct xrs_ahead_pick *picks,
		     u32 max)
{
	u8 order[XRS_AHEAD_JOBS] __uninitialized;
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
 * xrs_ahead_decide() - who is waiting, and what the rule does now
 * @p: the picture; its style is set
 * @picks: where to
 * @max: how many at most
 *
 * Context: caller's lock.  As xrs_ahead_choose().
 * Return: how many.
 */
u32 xrs_ahead_decide(struct xrs_picture *p, struct xrs_ahead_pick *picks,
		     u32 max)
{
	xrs_ahead_gather(p);
	return xrs_ahead_choose(p, picks, max);
}
