// SPDX-License-Identifier: GPL-2.0-only
/*
 * planaria: just enough engine for each deadline (Ghodrati et al., MICRO 2020,
 * mapped from fission of one array to whole engines).
 *
 * A frame asks for the smallest idle engine on which its rest still meets its
 * slack.  Frames are ranked by 1 / (slack * share of the processing elements
 * asked for), those that no engine saves last.  Engines that nobody asked for
 * go to the most urgent frame, if they are faster than its own.
 */
#include "policies.h"
#include "xrs_score.h"

/**
 * struct ask - What a frame asks for
 * @job: the frame
 * @engine: the engine; NULL: none meets the slack
 * @slack_ns: time to its deadline, at least 1
 */
struct ask {
	struct xrs_job *job;
	struct xrs_engine *engine;
	u64 slack_ns;
};

static u64 togo_on(const struct xrs_job *job, const struct xrs_engine *engine)
{
	const struct xrs_model *model = job->stream->model;
	size_t at = (size_t)job->layer * model->nr_classes;

	return model->cell[at + model->row[engine->id]].togo_ns;
}

static u32 pes(const struct xrs_engine *engine)
{
	return max_t(u32, engine->pes, 1);
}

/* The smallest engine that meets the slack; of equal ones the faster. */
static void ask_for(const struct xrs_core *core, struct xrs_job *job,
		    u64 engines, u64 now_ns, struct ask *ask)
{
	ask->job = job;
	ask->engine = NULL;
	ask->slack_ns = job->deadline_ns > now_ns ? job->deadline_ns - now_ns :
						    1;
	for (; engines; engines &= engines - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(engines)];

		if (togo_on(job, engine) > ask->slack_ns)
			continue;
		if (!ask->engine || pes(engine) < pes(ask->engine) ||
		    (pes(engine) == pes(ask->engine) &&
		     togo_on(job, engine) < togo_on(job, ask->engine)))
			ask->engine = engine;
	}
}

/* Less slack times share comes first, and whoever can be saved before others. */
static bool ranks_before(const struct ask *a, const struct ask *b)
{
	u64 a_high, b_high, a_low, b_low;

	if (!a->engine != !b->engine)
		return a->engine;
	if (!a->engine)
		return xrs_job_before(a->job, b->job);
	a_high = mul_u64_u64_shr(a->slack_ns, pes(a->engine), 64);
	b_high = mul_u64_u64_shr(b->slack_ns, pes(b->engine), 64);
	a_low = a->slack_ns * pes(a->engine);
	b_low = b->slack_ns * pes(b->engine);
	if (a_high != b_high)
		return a_high < b_high;
	if (a_low != b_low)
		return a_low < b_low;
	return xrs_job_before(a->job, b->job);
}

static struct xrs_engine *fastest_rest(const struct xrs_core *core,
				       const struct xrs_job *job, u64 engines)
{
	struct xrs_engine *best = NULL;

	for (; engines; engines &= engines - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(engines)];

		if (!best || togo_on(job, engine) < togo_on(job, best))
			best = engine;
	}
	return best;
}

static const struct xrs_order planaria_order = {
	.by_layer = true,
	.before = xrs_job_before,
};

/**
 * struct asked - What all frames ask for
 * @best: what the first in rank asks for
 * @engines: engines that somebody asked for, if there are few frames
 * @others: frames that can run now, or more than there are engines
 */
struct asked {
	struct ask best;
	u64 engines;
	u32 others;
};

static void offer(const struct xrs_core *core, struct xrs_job *job, u64 engines,
		  u64 now_ns, struct asked *asked)
{
	struct ask ask;

	ask_for(core, job, engines, now_ns, &ask);
	if (ask.engine)
		asked->engines |= BIT_ULL(ask.engine->id);
	if (!asked->best.job || ranks_before(&ask, &asked->best))
		asked->best = ask;
}

static void planaria_scan(const struct xrs_core *core,
			  const struct xrs_ready *ready, u64 now_ns,
			  struct asked *asked)
{
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		u64 engines = xrs_job_engines(core, ready->job[i]);

		if (!engines)
			continue;
		asked->others++;
		offer(core, ready->job[i], engines, now_ns, asked);
	}
}

/*
 * At one layer of one model, what a frame asks for depends on its slack alone,
 * and changes where the slack becomes enough for one more engine.  From one
 * such place to the next, the frame with the least slack ranks first; those
 * for whom no engine is enough rank by deadline.
 */
static void offer_group(const struct xrs_core *core,
			const struct xrs_group *group, u64 engines, u64 now_ns,
			struct asked *asked)
{
	u64 mask;

	offer(core, group->first, engines, now_ns, asked);
	for (mask = engines; mask; mask &= mask - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(mask)];
		u64 togo_ns = togo_on(group->first, engine);
		struct xrs_job *job;

		if (togo_ns > U64_MAX - now_ns)
			continue;
		job = xrs_tree_from(group, now_ns + togo_ns);
		if (job && job != group->first)
			offer(core, job, engines, now_ns, asked);
	}
}

static void planaria_index(const struct xrs_core *core,
			   const struct xrs_ready *ready, u64 now_ns,
			   struct asked *asked)
{
	u32 i, few = hweight64(core->idle);

	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);
		u64 engines = core->idle & group->engines;

		if (!engines)
			continue;
		asked->others += group->root->tree.nr;
		offer_group(core, group, engines, now_ns, asked);
	}
	/* What each of them asks for matters only where they are few. */
	if (asked->others >= few)
		return;
	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);
		u64 engines = core->idle & group->engines;
		struct xrs_job *job = engines ? group->first : NULL;

		for (; job; job = xrs_tree_next(job))
			offer(core, job, engines, now_ns, asked);
	}
}

static bool planaria_pick(struct xrs_core *core, const struct xrs_ready *ready,
			  u64 now_ns, struct xrs_pick *pick)
{
	struct asked asked = {};
	struct ask *best = &asked.best;

	if (ready->order == &planaria_order)
		planaria_index(core, ready, now_ns, &asked);
	else
		planaria_scan(core, ready, now_ns, &asked);
	if (!best->job)
		return false;
	pick->job = best->job;
	pick->engine = best->engine;
	/*
	 * Spare engines: those that nobody asked for, as long as there are
	 * fewer frames than engines; a frame past saving takes what there is.
	 */
	if (!best->engine || asked.others < hweight64(core->idle)) {
		u64 spare = xrs_job_engines(core, best->job);

		if (best->engine)
			spare &= ~asked.engines | BIT_ULL(best->engine->id);
		pick->engine = fastest_rest(core, best->job, spare);
	}
	return true;
}

const struct xrs_policy xrs_policy_planaria = {
	.name = "planaria",
	.doc = "smallest engine that meets the slack, by slack times share",
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &planaria_order,
	.pick = planaria_pick,
};
