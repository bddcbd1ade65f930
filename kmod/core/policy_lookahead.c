// SPDX-License-Identifier: GPL-2.0-only
/*
 * lookahead: plays through what is ready and running before it decides.
 *
 * When a job has come, it looks ahead with the frugal style; if nothing would
 * be late that way, that is how it goes on.  Otherwise it looks with the hasty
 * style as well, in each of them gives up jobs until the others are on time,
 * and goes on with whichever loses less.  The rule itself, which decides layer
 * by layer in between, is in lookahead.c; Documentation/policy-lookahead.md
 * says what each part is worth.
 *
 * Where a picture has no room for all, and for jobs whose deadline has passed
 * (expired=clamp, demote), it does as edf does.
 */
#include "policies.h"
#include "xrs_score.h"

/* What frames may trigger: fastest expected work, children before parents. */
static void update_chains(struct xrs_core *core)
{
	u64 gen = core->engine_gen + core->stream_gen;
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

/* Those that rest or are parked are as good as absent. */
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
		p->nr_engines++;
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

		for (i = 0; engine->resident && i < p->nr_jobs; i++) {
			if (p->job[i].job != engine->resident)
				continue;
			p->engine[e].resident = i;
			if (engine->resident->last == engine->id)
				p->job[i].resident = e;
		}
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

/* Everything that may run. */
static void paint(struct xrs_core *core, const struct xrs_ready *ready,
		  u64 now_ns, bool childless, struct xrs_picture *p)
{
	struct xrs_job *sorted[XRS_AHEAD_JOBS];
	u32 i, nr = sort_ready(ready, now_ns, sorted);

	p->core = core;
	p->begin_ns = now_ns;
	p->now_ns = now_ns;
	p->most = U64_MAX;
	p->childless = childless || core->nr_streams > XRS_AHEAD_STREAMS;
	p->nr_jobs = 0;
	add_engines(core, p, now_ns);
	for (i = 0; i < nr; i++) {
		struct xrs_job *job = sorted[i];

		xrs_ahead_add(p, job->stream, job, job->deadline_ns);
		p->job[p->nr_jobs - 1].rejected = job->rejected;
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

/**
 * struct plan - What a style comes to
 * @style: the style
 * @lost: weight of the jobs that would be late or are rejected
 * @energy: energy, each job's relative to its worst case and times its weight
 * @rejected: mask of jobs of the picture that are not to be run
 * @whole: it was played to its end
 * @childless: played without frames that may be triggered
 * @orphans: on the way to it such frames were late
 */
struct plan {
	const struct xrs_style *style;
	u64 lost;
	u64 energy;
	u64 rejected;
	bool whole;
	bool childless;
	bool orphans;
};

/* Adds up what is lost; returns the earliest deadline that a job overruns. */
static u64 take_stock(const struct xrs_picture *then, struct plan *plan)
{
	u64 first_ns = XRS_NEVER;
	u32 i;

	plan->lost = 0;
	plan->energy = 0;
	for (i = 0; i < then->nr_jobs; i++) {
		const struct xrs_ahead_job *j = &then->job[i];

		plan->lost += xrs_ahead_lost(then, j);
		plan->energy += xrs_muldiv(j->energy_pj, j->weight,
					   j->model->variant[0].worst_pj,
					   BIT_ULL(56));
		if (!j->job && (j->late || !j->done))
			plan->orphans = true;
		if (j->late)
			first_ns = min(first_ns, j->deadline_ns);
	}
	return first_ns;
}

/*
 * The job to give up so that something with a deadline at @until_ns is on
 * time: the one that counts least for the time it takes (Moore and Hodgson's
 * rule, with weights).
 */
static u32 least_worth(const struct xrs_picture *now, u64 until_ns)
{
	u64 least = U64_MAX;
	u32 i, who = XRS_AHEAD_NONE;

	for (i = 0; i < now->nr_jobs; i++) {
		const struct xrs_ahead_job *j = &now->job[i];
		u64 worth;

		if (j->rejected || j->on != XRS_AHEAD_NONE ||
		    j->deadline_ns > until_ns)
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

/* Lets time run on in a copy of the picture of now. */
static enum xrs_ahead_end run_on(struct xrs_lookahead *ahead, u64 most)
{
	struct xrs_picture *now = &ahead->now;
	struct xrs_picture *then = &ahead->then;
	enum xrs_ahead_end end;

	/* For the copy, the jobs to be given up and what comes of it all. */
	now->work -= min(now->work, 3 * now->nr_jobs);
	now->most = most;
	memcpy(then, now, offsetof(struct xrs_picture, job) +
			  now->nr_jobs * sizeof(now->job[0]));
	memcpy(then->engine, now->engine,
	       now->nr_engines * sizeof(now->engine[0]));
	end = xrs_ahead_run(then);
	now->work = then->work;
	return end;
}

static bool better(const struct plan *a, const struct plan *b)
{
	if (a->whole != b->whole)
		return a->whole;
	if (a->lost != b->lost)
		return a->lost < b->lost;
	return a->energy < b->energy;
}

/*
 * Plays a style through, giving up jobs until the others are on time; takes
 * the best of what there was on the way for @plan, if it is better.  Returns
 * whether frames that may be triggered were late.
 */
static bool play(struct xrs_core *core, const struct xrs_style *style,
		 struct plan *plan)
{
	struct xrs_picture *now = &core->ahead.now;
	struct plan p = { .style = style, .childless = now->childless };
	enum xrs_ahead_end end;
	u64 first_ns;
	u32 i, who;

	now->style = style;
	for (i = 0; i < now->nr_jobs; i++)
		now->job[i].rejected = false;
	for (;;) {
		end = run_on(&core->ahead, plan->lost);
		p.whole = end == XRS_AHEAD_WHOLE;
		if (end == XRS_AHEAD_CUT)
			break;
		first_ns = take_stock(&core->ahead.then, &p);
		if (p.whole && better(&p, plan))
			*plan = p;
		if (first_ns == XRS_NEVER)
			break;
		who = least_worth(now, first_ns);
		if (who == XRS_AHEAD_NONE)
			break;
		now->job[who].rejected = true;
		p.rejected |= BIT_ULL(who);
	}
	return p.orphans;
}

/* Whether being frugal now would make frames late that are yet to come. */
static bool would_regret(struct xrs_core *core)
{
	struct xrs_picture *now = &core->ahead.now;
	u32 nr = now->nr_jobs;
	struct plan plan = {};
	bool whole;

	if (core->nr_streams > XRS_AHEAD_STREAMS)
		return false;
	add_coming(core, now);
	if (now->nr_jobs == nr)
		return false;
	whole = run_on(&core->ahead, U64_MAX) == XRS_AHEAD_WHOLE;
	now->nr_jobs = nr;
	return whole && take_stock(&core->ahead.then, &plan) != XRS_NEVER;
}

/* Looks for the best plan; returns whether it is frugal and nothing is lost. */
static bool make_plan(struct xrs_core *core, const struct xrs_ready *ready,
		      u64 now_ns, struct plan *plan)
{
	struct xrs_picture *now = &core->ahead.now;

	paint(core, ready, now_ns, false, now);
	play(core, &xrs_style_frugal, plan);
	if (plan->whole && !plan->lost) {
		if (!would_regret(core))
			return true;
		/* Whatever it takes, as long as nothing is lost for it. */
		plan->energy = U64_MAX;
	}
	if (play(core, &xrs_style_hasty, plan)) {
		/* There may be no sense in being ready for them. */
		paint(core, ready, now_ns, true, now);
		play(core, &xrs_style_thrifty, plan);
		play(core, &xrs_style_hasty, plan);
	}
	return false;
}

static void look_ahead(struct xrs_core *core, const struct xrs_ready *ready,
		       u64 now_ns)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct plan plan = { .style = &xrs_style_hasty, .lost = U64_MAX };
	u32 i, work;

	update_chains(core);
	ahead->now.work = XRS_AHEAD_WORK;
	ahead->easy = make_plan(core, ready, now_ns, &plan);
	if (!plan.whole) {
		ahead->cut++;
		plan.rejected = 0;
	}
	ahead->style = plan.style;
	ahead->childless = plan.childless;
	for (i = 0; i < ahead->now.nr_jobs; i++)
		ahead->now.job[i].job->rejected = plan.rejected >> i & 1;
	work = XRS_AHEAD_WORK - ahead->now.work;
	ahead->purse -= work;
	ahead->looks++;
	ahead->work += work;
	ahead->most_work = max_t(u64, ahead->most_work, work);
	ahead->arrived = false;
	ahead->ended = false;
}

/**
 * xrs_ahead_forget() - start anew
 * @ahead: what lookahead remembers
 *
 * It looks ahead before it decides again.  Context: caller's lock.
 */
void xrs_ahead_forget(struct xrs_lookahead *ahead)
{
	ahead->arrived = true;
	ahead->purse = XRS_AHEAD_PURSE;
}

/* ----- the policy ------------------------------------------------------- */

/* The most urgent of those that are late already, if there are any. */
static bool pick_late(const struct xrs_core *core,
		      const struct xrs_ready *ready, u64 now_ns,
		      struct xrs_pick *pick)
{
	struct xrs_job *best = NULL;
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];

		if (job->deadline_ns <= now_ns && xrs_job_engines(core, job) &&
		    (!best || xrs_job_before(job, best)))
			best = job;
	}
	if (!best)
		return false;
	pick->job = best;
	pick->engine = xrs_fastest(core, best, xrs_job_engines(core, best));
	return true;
}

/* Whether a picture has room for all. */
static bool has_room(const struct xrs_core *core, const struct xrs_ready *ready)
{
	u32 engines = hweight64(core->up);

	return engines <= XRS_AHEAD_ENGINES &&
	       ready->nr + engines <= XRS_AHEAD_JOBS;
}

/* A job that has ended may have made room, unless nothing was lost anyway. */
static bool should_look(const struct xrs_lookahead *ahead)
{
	return ahead->purse > 0 &&
	       (ahead->arrived || (ahead->ended && !ahead->easy));
}

static bool decide(struct xrs_core *core, const struct xrs_ready *ready,
		   u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct xrs_ahead_pick choice;

	paint(core, ready, now_ns, ahead->childless, &ahead->now);
	ahead->now.style = ahead->style;
	if (!xrs_ahead_decide(&ahead->now, &choice, 1))
		return false;
	pick->job = ahead->now.job[choice.job].job;
	pick->engine = ahead->now.engine[choice.engine].engine;
	ahead->purse = min_t(s64, ahead->purse + XRS_AHEAD_EARNED,
			     XRS_AHEAD_PURSE);
	return true;
}

static bool lookahead_pick(struct xrs_core *core,
			   const struct xrs_ready *ready, u64 now_ns,
			   struct xrs_pick *pick)
{
	struct xrs_lookahead *ahead = &core->ahead;

	if (ready != &core->ready[0] || !has_room(core, ready))
		return xrs_policy_edf.pick(core, ready, now_ns, pick);
	if (ahead->arrived && should_look(ahead))
		look_ahead(core, ready, now_ns);
	if (decide(core, ready, now_ns, pick))
		return true;
	if (should_look(ahead)) {
		look_ahead(core, ready, now_ns);
		if (decide(core, ready, now_ns, pick))
			return true;
	}
	return pick_late(core, ready, now_ns, pick);
}

/* Looks ahead while nobody waits for a decision. */
static void lookahead_rest(struct xrs_core *core, u64 now_ns)
{
	const struct xrs_ready *ready = &core->ready[0];

	if (ready->nr && has_room(core, ready) && should_look(&core->ahead))
		look_ahead(core, ready, now_ns);
}

const struct xrs_policy xrs_policy_lookahead = {
	.name = "lookahead",
	.doc = "plays ahead, gives up what is lost, spends slack on energy",
	.params = XRS_PARAMS_ALL_POLICIES,
	.sound = true,
	.order = &xrs_order_edf,
	.pick = lookahead_pick,
	.rest = lookahead_rest,
};
