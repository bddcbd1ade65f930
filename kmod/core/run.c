// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop that decides.
 *
 * Everything that may make a stream act by itself sets its timer, to now if it
 * is to be looked at next, and xrs_core_run() works the timers off in order: so
 * no event calls another, and chains of dependent frames are followed without
 * recursion.
 */
#include "internal.h"
#include "policies.h"

/* ----- a decision ------------------------------------------------------- */

static bool pick_valid(const struct xrs_core *core,
		       const struct xrs_ready *ready,
		       const struct xrs_pick *pick)
{
	const struct xrs_job *job = pick->job;

	if (!job || job->slot >= ready->nr || ready->job[job->slot] != job)
		return false;
	if (!pick->engine || pick->engine->id >= XRS_MAX_ENGINES ||
	    core->engine[pick->engine->id] != pick->engine)
		return false;
	return xrs_job_engines(core, job) & BIT_ULL(pick->engine->id);
}

/* In place of a pick that broke the rules: the oldest, on the lowest engine. */
static bool pick_oldest(const struct xrs_core *core,
			const struct xrs_ready *ready, struct xrs_pick *pick)
{
	u32 i;

	memset(pick, 0, sizeof(*pick));
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		u64 engines = xrs_job_engines(core, job);

		if (!engines)
			continue;
		if (pick->job && !xrs_job_older(job, pick->job))
			continue;
		pick->job = job;
		pick->engine = core->engine[__ffs64(engines)];
	}
	return pick->job;
}

/* Has the policy choose. */
static noinline bool choose(struct xrs_core *core,
			    const struct xrs_ready *ready, u64 now_ns,
			    struct xrs_pick *pick)
{
	memset(pick, 0, sizeof(*pick));
	if (!core->policy->pick(core, ready, now_ns, pick))
		return false;
	if (!pick_valid(core, ready, pick)) {
		core->policy_faults++;
		if (!pick_oldest(core, ready, pick))
			return false;
	}
	if (unlikely(core->watched & XRS_WATCH_DECISIONS))
		core->ops->decided(core, ready, pick, now_ns);
	return true;
}

/* One job is ready and one engine idle, and nobody asks for the score of it. */
static bool no_choice(const struct xrs_core *core,
		      const struct xrs_ready *ready, struct xrs_pick *pick)
{
	if (ready->nr > 1 || (core->idle & (core->idle - 1)) ||
	    !core->policy->greedy)
		return false;
	if (xrs_scored(core) && (core->watched & XRS_WATCH_DECISIONS ||
				 core->policy->explain))
		return false;
	*pick = (struct xrs_pick){
		.job = ready->job[0],
		.engine = core->engine[__ffs64(core->idle)],
	};
	return xrs_job_engines(core, pick->job);
}

/*
 * Settles which variant a job runs that has none yet.  One that its stream does
 * not allow is replaced by the lightest that it does.
 */
static void choose_variant(struct xrs_core *core, struct xrs_job *job,
			   u64 now_ns)
{
	u32 variant = core->policy->variant(core, job, now_ns);
	u32 lightest = job->stream->lightest_variant;

	if (!lightest || lightest > job->stream->model->nr_variants)
		lightest = job->stream->model->nr_variants;
	job->variant = variant && variant < lightest ? variant : lightest;
	xrs_job_start_of(job, job->variant - 1);
}

/* How long a switch moves activations before the layer can begin. */
static u64 switch_ns(const struct xrs_core *core,
		     const struct xrs_engine *engine, u64 switch_pj)
{
	if (core->param[XRS_PARAM_SWITCH] != XRS_SWITCH_TIMED ||
	    !engine->bytes_per_us)
		return 0;
	/* 2^33 bytes at most: no product wraps. */
	return div64_u64(switch_pj / XRS_PJ_PER_BYTE * 1000,
			 engine->bytes_per_us);
}

/* Starts the next layer of a ready job on an idle engine that can run it. */
static void dispatch(struct xrs_core *core, const struct xrs_pick *pick,
		     u64 now_ns)
{
	struct xrs_engine *engine = pick->engine;
	struct xrs_job *job = pick->job;
	u64 switch_pj = xrs_switch_pj(job, engine);
	u64 bit = BIT_ULL(engine->id);

	xrs_ready_erase(core, job);
	job->state = XRS_JOB_RUNNING;
	if (!job->started) {
		job->started = true;
		job->start_ns = now_ns;
		if (!job->variant)
			job->variant = 1;
		xrs_hist_add(&job->stream->queue_hist,
			     now_ns - job->release_ns);
	}
	if (switch_pj) {
		job->switches++;
		job->stream->count.switches++;
		engine->switches++;
	}
	job->energy_pj += switch_pj;
	engine->energy_pj += switch_pj;
	engine->switch_pj = switch_pj;
	engine->switch_ns = switch_ns(core, engine, switch_pj);

	if (engine->resident)
		engine->resident->resident &= ~bit;
	engine->resident = job;
	job->resident |= bit;
	job->engine = engine;
	job->last = engine->id;
	engine->job = job;
	engine->since_ns = now_ns;
	engine->seq++;
	core->idle &= ~bit;
	if (engine->guarded)
		xrs_engine_watch(core, engine, now_ns);
	core->decisions++;
	if (xrs_recorded(core))
		xrs_record_dispatch(core, pick);
	core->ops->dispatch(core, pick, now_ns);
}

/* Returns false if the policy runs none of these jobs now. */
static bool decide(struct xrs_core *core, const struct xrs_ready *ready,
		   u64 now_ns)
{
	struct xrs_pick pick;

	if (!no_choice(core, ready, &pick) &&
	    !choose(core, ready, now_ns, &pick))
		return false;
	if (core->policy->variant && !pick.job->started && !pick.job->variant)
		choose_variant(core, pick.job, now_ns);
	dispatch(core, &pick, now_ns);
	return true;
}

/* ----- a run ------------------------------------------------------------ */

static void drop_early(struct xrs_core *core, u64 now_ns)
{
	struct xrs_job *job;

	/* Each one is looked for among all; what is left is for the next run. */
	for (; core->budget; core->budget--) {
		job = core->policy->victim(core, &core->ready[0],
					   xrs_may_drop_early, now_ns);
		if (!job)
			break;
		xrs_job_end(core, job, XRS_DROPPED, XRS_REASON_EARLY, now_ns);
	}
	/* Frames behind the victims move up. */
	xrs_core_timers(core, now_ns);
}

/**
 * xrs_core_run() - act on what has happened
 * @core: the core
 * @now_ns: now
 *
 * Releases and expires what is due, then dispatches until engines or ready
 * jobs run out, then asks to be woken for the next timer: at once if more was
 * due than XRS_RUN_BUDGET allows, so that the caller's lock is not held for
 * as long as there are streams.
 *
 * Context: caller's lock.
 */
void xrs_core_run(struct xrs_core *core, u64 now_ns)
{
	u64 wake_ns;
	u32 set;

	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_plain(core, XRS_REC_RUN);
	/* What was asked for has come, or is overtaken. */
	if (core->wake_ns <= now_ns)
		core->wake_ns = XRS_NEVER;
	if (core->alarm_ns <= now_ns)
		xrs_core_alarms(core, now_ns);
	core->budget = XRS_RUN_BUDGET;
	xrs_core_timers(core, now_ns);
	if (core->param[XRS_PARAM_TUNE])
		xrs_tuner_run(core, now_ns);
	if (core->policy->victim && core->ready[0].nr)
		drop_early(core, now_ns);
	/* Jobs that were put aside only where no other can run. */
	for (set = 0; core->idle && set < 2;)
		set = core->ready[set].nr &&
		      decide(core, &core->ready[set], now_ns) ? 0 : set + 1;
	wake_ns = core->alarm_ns;
	if (core->timers.nr)
		wake_ns = min(wake_ns, core->timers.slot[0]->at_ns);
	/* More of that is for the next run, so that others get the lock. */
	if (core->policy->rest && core->policy->rest(core, now_ns))
		wake_ns = now_ns;
	if (wake_ns != core->wake_ns) {
		core->wake_ns = wake_ns;
		if (xrs_recorded(core))
			xrs_record_wake(core, wake_ns);
		core->ops->wake(core, wake_ns);
	}
}
