// SPDX-License-Identifier: GPL-2.0-only
/*
 * The look ahead of policy "lookahead": what is ready and running is played
 * through in one style after the other, giving up jobs until the others are on
 * time, and what loses least is the plan until the next look.
 *
 * A look is made in slices, so that nobody waits long for it: between them the
 * core decides by the plan that there was.
 */
#include "lookahead.h"
#include "policies.h"

/* What frames may trigger: fastest expected work, children before parents. */
static void update_chains(struct xrs_core *core)
{
	u64 gen = xrs_times_gen(core);
	struct xrs_stream *stream;

	if (core->ahead.chain_gen == gen)
		return;
	core->ahead.chain_gen = gen;
	/* Of so many none is foreseen; see paint(). */
	if (core->nr_streams > XRS_AHEAD_STREAMS)
		return;
	list_for_each_entry(stream, &core->streams, link) {
		stream->ahead_ns = 0;
		stream->ahead_lost = 0;
	}
	list_for_each_entry_reverse(stream, &core->streams, link) {
		xrs_model_view(core, stream->model);
		if (!stream->upstream)
			continue;
		stream->upstream->ahead_lost += xrs_ahead_weight(stream);
		if (stream->model->engines)
			stream->upstream->ahead_ns +=
				stream->model->view[0].togo_min_ns +
				stream->ahead_ns;
	}
}

/* ----- the picture ------------------------------------------------------ */

/* When a busy engine will be free; one that is overdue takes as long again. */
static u64 expected_end(const struct xrs_engine *engine, u64 now_ns)
{
	u64 latency_ns = xrs_job_cost(engine->job, engine)->latency_ns;
	u64 ran_ns = now_ns - engine->since_ns;

	return now_ns + (latency_ns > ran_ns ? latency_ns - ran_ns :
					       ran_ns - latency_ns);
}

/* Whether a layer has taken twice as long as it should: it may never end. */
static bool stuck(const struct xrs_engine *engine, u64 now_ns)
{
	return engine->job &&
	       now_ns - engine->since_ns >
		       2 * xrs_job_cost(engine->job, engine)->latency_ns +
			       engine->switch_ns;
}

/* Those that rest, are parked or are stuck are as good as absent. */
static void add_engines(struct xrs_core *core, struct xrs_picture *p,
			u64 now_ns)
{
	u64 up;

	p->nr_engines = 0;
	for (up = core->up; up; up &= up - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(up)];
		struct xrs_ahead_engine *e = &p->engine[p->nr_engines];

		if (!engine->job && !(core->idle & BIT_ULL(engine->id)))
			continue;
		if (stuck(engine, now_ns))
			continue;
		p->nr_engines++;
		e->id = engine->id;
		e->engine = engine;
		e->free_ns = now_ns;
		e->job = XRS_AHEAD_NONE;
		e->resident = XRS_AHEAD_NONE;
	}
}

static void add_running(struct xrs_core *core, struct xrs_picture *p,
			u64 now_ns)
{
	u32 e;

	for (e = 0; e < p->nr_engines; e++) {
		struct xrs_engine *engine = p->engine[e].engine;
		struct xrs_job *job = engine->job;

		if (!job)
			continue;
		xrs_model_view(core, job->stream->model);
		p->engine[e].job = p->nr_jobs;
		p->engine[e].free_ns = expected_end(engine, now_ns);
		xrs_ahead_add(p, job->stream, job, job->deadline_ns);
		p->job[p->nr_jobs - 1].on = e;
	}
}

static void add_residents(struct xrs_picture *p)
{
	u32 e, i;

	for (e = 0; e < p->nr_engines; e++) {
		const struct xrs_engine *engine = p->engine[e].engine;
		const struct xrs_job *job = engine->resident;

		/* It may not be in the picture; then its index says nothing. */
		if (!job || job->ahead >= p->nr_jobs)
			continue;
		i = job->ahead;
		if (p->job[i].job != job)
			continue;
		p->engine[e].resident = i;
		if (job->last == engine->id)
			p->job[i].resident = e;
	}
}

/* Jobs that are ready, but for those that are late already; by deadline. */
static u32 sort_ready(const struct xrs_ready *ready, u64 now_ns,
		      struct xrs_job **sorted)
{
	u32 i, at, nr = 0;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];

		if (job->deadline_ns <= now_ns)
			continue;
		for (at = nr++; at; at--) {
			if (!xrs_job_before(job, sorted[at - 1]))
				break;
			sorted[at] = sorted[at - 1];
		}
		sorted[at] = job;
	}
	return nr;
}

/**
 * xrs_ahead_paint() - make a picture of everything that may run
 * @core: the core
 * @ready: what is ready
 * @now_ns: now
 * @p: the picture
 *
 * Context: caller's lock.
 */
void xrs_ahead_paint(struct xrs_core *core, const struct xrs_ready *ready,
		     u64 now_ns, struct xrs_picture *p)
{
	struct xrs_job *sorted[XRS_AHEAD_JOBS] __uninitialized;
	u32 i, nr = sort_ready(ready, now_ns, sorted);
	/* Where something is given up anyway, what is new waits for the plan. */
	bool held = core->ahead.lossy && core->ahead.stage != XRS_AHEAD_REST;

	p->core = core;
	p->begin_ns = now_ns;
	p->now_ns = now_ns;
	p->most = U64_MAX;
	p->nr_jobs = 0;
	add_engines(core, p, now_ns);
	for (i = 0; i < nr; i++) {
		struct xrs_job *job = sorted[i];

		xrs_ahead_add(p, job->stream, job, job->deadline_ns);
		p->job[p->nr_jobs - 1].rejected =
			job->rejected || (held && !job->planned);
	}
	add_running(core, p, now_ns);
	add_residents(p);
}

/*
 * Next frames of periodic streams, if they come before the last deadline: by
 * the period, whether they have been submitted or not.
 */
static void add_coming(struct xrs_core *core, struct xrs_picture *p)
{
	u64 until_ns = 0, at_ns;
	struct xrs_stream *stream;
	u32 i;

	for (i = 0; i < p->nr_jobs; i++)
		until_ns = max(until_ns, p->job[i].deadline_ns);
	list_for_each_entry(stream, &core->streams, link) {
		at_ns = stream->came_ns + stream->period_ns;
		if (stream->upstream || !stream->period_ns ||
		    !stream->came_ns || at_ns <= p->now_ns ||
		    at_ns >= until_ns || p->nr_jobs == XRS_AHEAD_JOBS)
			continue;
		xrs_model_view(core, stream->model);
		if (!stream->model->engines)
			continue;
		xrs_ahead_add(p, stream, NULL, at_ns + stream->deadline_ns);
		p->job[p->nr_jobs - 1].ready_ns = at_ns;
	}
}

/* ----- the plan --------------------------------------------------------- */

/* Adds up what is lost; returns the late job with the earliest deadline. */
static const struct xrs_ahead_job *take_stock(const struct xrs_picture *then,
					      struct xrs_plan *plan)
{
	const struct xrs_ahead_job *first = NULL;
	u32 i;

	plan->lost = 0;
	plan->energy = 0;
	for (i = 0; i < then->nr_jobs; i++) {
		const struct xrs_ahead_job *j = &then->job[i];

		plan->lost += xrs_ahead_lost(then, j);
		plan->energy += xrs_muldiv(j->energy_pj, j->weight,
					   j->model->variant[0].worst_pj,
					   BIT_ULL(56));
		if (!j->late)
			continue;
		if (!first || j->deadline_ns < first->deadline_ns ||
		    (j->deadline_ns == first->deadline_ns &&
		     j->weight > first->weight))
			first = j;
	}
	return first;
}

/*
 * The job to give up so that @late is on time: the one that counts least for
 * the time it takes (Moore and Hodgson's rule, with weights).  As urgent jobs
 * do not run by deadline, it may be one that is due later, if its miss is no
 * worse than that of @late.
 */
static u32 least_worth(const struct xrs_picture *now,
		       const struct xrs_ahead_job *late)
{
	u64 least = U64_MAX;
	u32 i, who = XRS_AHEAD_NONE;

	for (i = 0; i < now->nr_jobs; i++) {
		const struct xrs_ahead_job *j = &now->job[i];
		u64 worth;

		if (j->rejected || j->on != XRS_AHEAD_NONE ||
		    (j->deadline_ns > late->deadline_ns &&
		     j->weight > late->weight))
			continue;
		worth = xrs_muldiv(j->weight, BIT(20),
				   j->model->view[j->layer].togo_min_ns,
				   U64_MAX - 1);
		if (worth < least ||
		    (worth == least && who != XRS_AHEAD_NONE &&
		     j->stream->id > now->job[who].stream->id)) {
			least = worth;
			who = i;
		}
	}
	return who;
}

/* ----- a look ----------------------------------------------------------- */

/* Of equals of one style the later, in which more was given up beforehand. */
static bool better(const struct xrs_plan *a, const struct xrs_plan *b)
{
	if (a->whole != b->whole)
		return a->whole;
	if (a->lost != b->lost)
		return a->lost < b->lost;
	if (a->energy != b->energy)
		return a->energy < b->energy;
	return a->style == b->style;
}

/* Time is to run on in a copy of the picture that the look began with. */
static void set_out(struct xrs_lookahead *ahead, u64 most)
{
	struct xrs_picture *first = &ahead->first;
	struct xrs_picture *then = &ahead->then;

	/* For the copy, the jobs to be given up and what comes of it all. */
	first->work -= min(first->work, 3 * first->nr_jobs);
	first->most = most;
	memcpy(then, first, offsetof(struct xrs_picture, job) +
			    first->nr_jobs * sizeof(first->job[0]));
	memcpy(then->engine, first->engine,
	       first->nr_engines * sizeof(first->engine[0]));
	xrs_ahead_begin(then);
}

/* The next style is to be played through. */
static void play(struct xrs_lookahead *ahead, enum xrs_ahead_stage stage,
		 const struct xrs_style *style)
{
	struct xrs_picture *first = &ahead->first;
	u32 i;

	ahead->stage = stage;
	ahead->trial = (struct xrs_plan){ .style = style };
	first->style = style;
	for (i = 0; i < first->nr_jobs; i++)
		first->job[i].rejected = false;
	set_out(ahead, ahead->plan.lost);
}

static void begin_look(struct xrs_core *core, const struct xrs_ready *ready,
		       u64 now_ns)
{
	struct xrs_lookahead *ahead = &core->ahead;
	u32 i;

	update_chains(core);
	xrs_ahead_paint(core, ready, now_ns, &ahead->first);
	for (i = 0; i < ahead->first.nr_jobs; i++)
		ahead->first.job[i].job->foreseen = i;
	ahead->first.work = XRS_AHEAD_WORK;
	ahead->plan = (struct xrs_plan){ .style = &xrs_style_hasty,
					 .lost = U64_MAX };
	ahead->gen = core->engine_gen + core->stream_gen;
	ahead->arrived = false;
	ahead->ended = false;
	play(ahead, XRS_AHEAD_FRUGAL, &xrs_style_frugal);
}

static void apply_to(const struct xrs_lookahead *ahead, struct xrs_job *job)
{
	u32 i = job->foreseen;

	/* One that has come since is neither given up nor taken back. */
	if (i >= ahead->first.nr_jobs || ahead->first.job[i].job != job)
		return;
	job->rejected = ahead->plan.rejected >> i & 1;
	job->planned = true;
}

/* From now on it goes by the plan. */
static void end_look(struct xrs_core *core, bool easy)
{
	struct xrs_lookahead *ahead = &core->ahead;
	u32 i;

	if (!ahead->plan.whole) {
		ahead->cut++;
		ahead->plan.rejected = 0;
	}
	for (i = 0; i < core->ready[0].nr; i++)
		apply_to(ahead, core->ready[0].job[i]);
	for (i = 0; i < ahead->first.nr_engines; i++)
		if (ahead->first.engine[i].engine->job)
			apply_to(ahead, ahead->first.engine[i].engine->job);
	ahead->stage = XRS_AHEAD_REST;
	ahead->style = ahead->plan.style;
	ahead->easy = easy;
	ahead->lossy = ahead->plan.lost;
	ahead->looks++;
}

/*
 * A style has been played through, whatever came of it; frugally means without
 * a loss only if frames that are yet to come are not late for it.
 */
static void next_stage(struct xrs_core *core)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct xrs_picture *first = &ahead->first;
	u32 nr = first->nr_jobs;

	if (ahead->stage == XRS_AHEAD_HASTY) {
		end_look(core, false);
		return;
	}
	if (!ahead->plan.whole || ahead->plan.lost) {
		play(ahead, XRS_AHEAD_HASTY, &xrs_style_hasty);
		return;
	}
	add_coming(core, first);
	if (first->nr_jobs == nr) {
		end_look(core, true);
		return;
	}
	ahead->stage = XRS_AHEAD_REGRET;
	set_out(ahead, U64_MAX);
	first->nr_jobs = nr;
}

/* Whether being frugal now made frames late that are yet to come. */
static void regret(struct xrs_core *core, enum xrs_ahead_end end)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct xrs_plan plan = {};

	if (end != XRS_AHEAD_WHOLE ||
	    !take_stock(&ahead->then, &plan)) {
		end_look(core, true);
		return;
	}
	/* Whatever it takes, as long as nothing is lost for it. */
	ahead->plan.energy = U64_MAX;
	play(ahead, XRS_AHEAD_HASTY, &xrs_style_hasty);
}

/*
 * Time has run on; the plan is what was best of all that there was on the way.
 * While a job would be late, one is given up and it is tried again.
 */
static void judge(struct xrs_core *core, enum xrs_ahead_end end)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct xrs_plan *trial = &ahead->trial;
	const struct xrs_ahead_job *late;
	u32 who;

	if (ahead->stage == XRS_AHEAD_REGRET) {
		regret(core, end);
		return;
	}
	trial->whole = end == XRS_AHEAD_WHOLE;
	if (end != XRS_AHEAD_CUT) {
		late = take_stock(&ahead->then, trial);
		if (trial->whole && better(trial, &ahead->plan))
			ahead->plan = *trial;
		who = late ? least_worth(&ahead->first, late) : XRS_AHEAD_NONE;
		if (who != XRS_AHEAD_NONE) {
			ahead->first.job[who].rejected = true;
			trial->rejected |= BIT_ULL(who);
			set_out(ahead, ahead->plan.lost);
			return;
		}
	}
	next_stage(core);
}

/**
 * xrs_ahead_look() - look ahead, for a slice
 * @core: the core
 * @ready: what is ready, if a look is to begin
 * @now_ns: now
 * @units: after how much work to pause; 0: a look is only begun
 *
 * Begins a look, or goes on with the one that was begun.
 *
 * Context: caller's lock.  @units of work and a moment's.
 * Return: true when there is more to be looked at.
 */
bool xrs_ahead_look(struct xrs_core *core, const struct xrs_ready *ready,
		    u64 now_ns, u32 units)
{
	struct xrs_lookahead *ahead = &core->ahead;
	u32 before, work, until;
	enum xrs_ahead_end end;

	if (ahead->stage != XRS_AHEAD_REST &&
	    ahead->gen != core->engine_gen + core->stream_gen) {
		/* What it looks at may be gone. */
		ahead->stage = XRS_AHEAD_REST;
		ahead->arrived = true;
		return true;
	}
	before = ahead->first.work;
	if (ahead->stage == XRS_AHEAD_REST) {
		before = XRS_AHEAD_WORK;
		begin_look(core, ready, now_ns);
	}
	until = before - min(before, units);
	while (ahead->stage != XRS_AHEAD_REST && ahead->first.work >= until) {
		ahead->then.work = ahead->first.work;
		ahead->then.until = until;
		end = xrs_ahead_run(&ahead->then);
		ahead->first.work = ahead->then.work;
		if (end == XRS_AHEAD_PAUSED)
			break;
		judge(core, end);
	}
	work = before - ahead->first.work;
	ahead->purse -= work;
	ahead->work += work;
	ahead->slices++;
	ahead->most_work = max_t(u64, ahead->most_work, work);
	return ahead->stage != XRS_AHEAD_REST;
}

static void forget_job(struct xrs_job *job)
{
	job->rejected = false;
	job->planned = false;
}

static void forget_ready(struct xrs_ready *ready)
{
	u32 i;

	for (i = 0; i < ready->nr; i++)
		forget_job(ready->job[i]);
}

/**
 * xrs_ahead_forget() - start anew
 * @core: whose policy is to know nothing
 *
 * Context: caller's lock.
 */
void xrs_ahead_forget(struct xrs_core *core)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct xrs_stream *stream;
	u32 id;

	list_for_each_entry(stream, &core->streams, link)
		stream->came_ns = 0;
	forget_ready(&core->ready[0]);
	forget_ready(&core->ready[1]);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (core->engine[id] && core->engine[id]->job)
			forget_job(core->engine[id]->job);
	ahead->style = &xrs_style_hasty;
	ahead->chain_gen = U64_MAX;
	ahead->stage = XRS_AHEAD_REST;
	ahead->arrived = true;
	ahead->ended = false;
	ahead->easy = false;
	ahead->events = U64_MAX;
	ahead->idle = 0;
	ahead->lossy = false;
	ahead->doubt = 0;
	ahead->purse = XRS_AHEAD_PURSE;
}
