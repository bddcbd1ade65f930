// SPDX-License-Identifier: GPL-2.0-only
/*
 * Estimates that learn: for engines that are no simulation, what a layer is
 * expected to take follows what it was seen to take.
 */
#include "internal.h"
#include "xrs_score.h"

/* Samples of a layer on a class that count as its first ones. */
#define WARM 8
/* What a sample may differ from the estimate by, as a factor: cold, warm. */
#define COLD_CLAMP 8
#define WARM_CLAMP 2
/* Weight of a sample: 1 / 2^shift. */
#define COLD_SHIFT 1
#define WARM_SHIFT 3
/* Samples of a model before decisions follow them, at least. */
#define MIN_SAMPLES 16

/**
 * xrs_estimate_next() - an estimate after one more sample
 * @estimate_ns: before, 1 … 2^40
 * @samples: samples before
 * @seen_ns: the sample
 *
 * A sample counts as at most 8 times the estimate, and at least an eighth, and
 * for half, for the first 8; then as at most twice and at least half, and for
 * an eighth.  So no single one moves a warm estimate by more than 12.5 %
 * upwards or 6.25 % downwards, and one that starts off by 1000 is right within
 * 10 %, as a rule, after 10 samples.
 *
 * Context: any.  Return: 1 … 2^40.
 */
u64 xrs_estimate_next(u64 estimate_ns, u32 samples, u64 seen_ns)
{
	u64 clamp = samples < WARM ? COLD_CLAMP : WARM_CLAMP;
	u32 shift = samples < WARM ? COLD_SHIFT : WARM_SHIFT;

	seen_ns = min(seen_ns, estimate_ns * clamp);
	seen_ns = max(seen_ns, div64_u64(estimate_ns, clamp));
	if (seen_ns >= estimate_ns)
		estimate_ns += (seen_ns - estimate_ns) >> shift;
	else
		estimate_ns -= (estimate_ns - seen_ns) >> shift;
	estimate_ns = max_t(u64, estimate_ns, 1);
	return min(estimate_ns, BIT_ULL(40));
}

/* Layers over which it is remembered how far profiles were off. */
#define DOUBT_LAYERS 16

/* How far profiles are off, for policies that want to know. */
static void doubt(struct xrs_lookahead *ahead, u64 profile_ns, u64 seen_ns)
{
	u64 off_ns = seen_ns > profile_ns ? seen_ns - profile_ns :
					    profile_ns - seen_ns;
	s32 share;

	if (!off_ns && !ahead->doubt)
		return;
	share = xrs_muldiv(off_ns, BIT(16), profile_ns, BIT(16));
	ahead->doubt += (share - (s32)ahead->doubt) / DOUBT_LAYERS;
}

/* The estimates become what decisions look at. */
static void publish(struct xrs_core *core, struct xrs_model *model)
{
	size_t i, cells = (size_t)model->nr_layers * model->nr_classes;

	for (i = 0; i < cells; i++)
		model->cost[i].latency_ns = model->estimate[i].ns;
	model->samples = 0;
	xrs_core_costs_changed(core, model);
}

/**
 * xrs_core_observe() - an engine that is learned from has finished a layer
 * @core: the core
 * @engine: the engine
 * @job: its job, still at that layer
 * @seen_ns: from dispatch to answer, a switch left out
 *
 * Where only the policy wants that, samples that say what was known are none: an
 * estimate that is right stays cold until some other was seen to be wrong.
 *
 * Decisions see the new estimates once the model has had as many samples as it
 * has layers, or there are ready jobs, or streams, and 16 at least: bringing the
 * tables up to date takes as long, so it costs a constant time a layer.
 *
 * Context: caller's lock.
 */
void xrs_core_observe(struct xrs_core *core, struct xrs_engine *engine,
		      const struct xrs_job *job, u64 seen_ns)
{
	struct xrs_model *model = job->stream->model;
	size_t at = (size_t)job->layer * model->nr_classes +
		    model->row[engine->id];
	struct xrs_estimate *estimate = &model->estimate[at];
	u64 expected_ns = model->cost[at].latency_ns;
	u64 off_ns = seen_ns > expected_ns ? seen_ns - expected_ns :
					     expected_ns - seen_ns;
	u32 enough;

	if (core->policy->learns)
		doubt(&core->ahead, estimate->profile_ns, seen_ns);
	if (engine->learns == XRS_LEARNS_ASKED && seen_ns == estimate->ns &&
	    !model->samples && (!core->ahead.doubt || estimate->samples >= WARM))
		return;
	off_ns = min(off_ns, BIT_ULL(43));
	xrs_hist_add(&engine->error_hist,
		     div64_u64(off_ns * XRS_PPM, expected_ns));
	estimate->ns = xrs_estimate_next(estimate->ns, estimate->samples,
					 seen_ns);
	if (!estimate->samples)
		model->nr_learned++;
	if (estimate->samples < U32_MAX)
		estimate->samples++;
	if (core->ops->learned)
		core->ops->learned(core, engine, job, seen_ns, estimate->ns);
	enough = max_t(u32, model->nr_layers, MIN_SAMPLES);
	enough = max(enough, core->ready[0].nr + core->ready[1].nr);
	enough = max(enough, core->nr_streams);
	if (++model->samples >= enough)
		publish(core, model);
}
