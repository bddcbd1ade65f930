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
#include "lookahead.h"
#include "policies.h"
#include "xrs_score.h"

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
static bool may_begin(const struct xrs_lookahead *ahead)
{
	return ahead->stage == XRS_AHEAD_REST && ahead->purse > 0 &&
	       (ahead->arrived || (ahead->ended && !ahead->easy));
}

static bool decide(struct xrs_core *core, const struct xrs_ready *ready,
		   u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_lookahead *ahead = &core->ahead;
	struct xrs_ahead_pick choice;

	xrs_ahead_paint(core, ready, now_ns, &ahead->now);
	/* With something new there, and nothing lost before: by default frugally. */
	ahead->now.style = ahead->style;
	if (ahead->stage != XRS_AHEAD_REST && !ahead->lossy)
		ahead->now.style = &xrs_style_frugal;
	if (!xrs_ahead_decide(&ahead->now, &choice, 1))
		return false;
	pick->job = ahead->now.job[choice.job].job;
	pick->engine = ahead->now.engine[choice.engine].engine;
	ahead->purse = min_t(s64, ahead->purse + XRS_AHEAD_EARNED,
			     XRS_AHEAD_PURSE);
	return true;
}

/*
 * How much of a look is made before a decision: engines that have been idle
 * wait a little for it, one that has just become idle goes on at once.
 */
static u32 patience(const struct xrs_core *core)
{
	return core->idle & ~core->ahead.idle ? 0 : XRS_AHEAD_WAIT;
}

static bool lookahead_pick(struct xrs_core *core,
			   const struct xrs_ready *ready, u64 now_ns,
			   struct xrs_pick *pick)
{
	struct xrs_lookahead *ahead = &core->ahead;
	bool begun = false;

	if (ready != &core->ready[0] || !has_room(core, ready))
		return xrs_policy_edf.pick(core, ready, now_ns, pick);
	if (ahead->arrived && may_begin(ahead)) {
		begun = !patience(core);
		xrs_ahead_look(core, ready, now_ns, patience(core));
	}
	if (decide(core, ready, now_ns, pick))
		return true;
	/* With nothing to go on with, it may as well wait. */
	if (begun || may_begin(ahead)) {
		xrs_ahead_look(core, ready, now_ns, XRS_AHEAD_WAIT);
		if (decide(core, ready, now_ns, pick))
			return true;
	}
	return pick_late(core, ready, now_ns, pick);
}

/* Looks ahead while nobody waits for a decision. */
static bool lookahead_rest(struct xrs_core *core, u64 now_ns)
{
	const struct xrs_ready *ready = &core->ready[0];
	struct xrs_lookahead *ahead = &core->ahead;

	ahead->idle = core->idle;
	if (ahead->stage == XRS_AHEAD_REST &&
	    !(ready->nr && may_begin(ahead) && has_room(core, ready)))
		return false;
	/*
	 * Something has happened: that it is acted upon is all that this run is
	 * for.  Whoever had the core told of it may be in an interrupt, and
	 * more of these to come.
	 */
	if (ahead->events != core->events) {
		ahead->events = core->events;
		return true;
	}
	/* Who was to wait may not have to by the plan that this makes. */
	return xrs_ahead_look(core, ready, now_ns, XRS_AHEAD_SLICE) ||
	       (core->idle && ready->nr);
}

const struct xrs_policy xrs_policy_lookahead = {
	.name = "lookahead",
	.doc = "plays ahead, gives up what is lost, spends slack on energy",
	.params = XRS_PARAMS_ALL_POLICIES,
	.sound = true,
	.learns = true,
	.order = &xrs_order_edf,
	.pick = lookahead_pick,
	.rest = lookahead_rest,
};
