// SPDX-License-Identifier: GPL-2.0-only
/*
 * veltair: blocks of layers, first come, first served (Liu et al., ASPLOS
 * 2022, without its compiler part).
 *
 * A frame's layers are run in blocks of total / (1 + waiting / 2) of expected
 * time, so that blocks become shorter as load grows; a block stays on its
 * engine to its end, then the frame queues anew.  Blind to deadline, energy
 * and dataflow; veng=fastest lets a block take the idle engine that runs its
 * first layer fastest.
 */
#include "policies.h"
#include "xrs_score.h"

static bool in_block(const struct xrs_job *job, u64 engines)
{
	return xrs_job_stays(job, engines) && job->layer < job->block_end;
}

/* The longer a frame has queued for its next block, the earlier it comes. */
static bool queued_before(const struct xrs_job *a, const struct xrs_job *b)
{
	if (a->ready_ns != b->ready_ns)
		return a->ready_ns < b->ready_ns;
	return xrs_job_before(a, b);
}

/* Where a block ends that begins at the job's next layer. */
static u32 block_end(const struct xrs_job *job, u32 waiting)
{
	const struct xrs_model *model = job->stream->model;
	const struct xrs_variant *variant =
		&model->variant[job->variant ? job->variant - 1 : 0];
	u32 layer = job->layer, end = variant->first_layer + variant->nr_layers;
	u64 budget_ns, sum_ns = 0;

	budget_ns = xrs_muldiv(model->view[variant->first_layer].togo_mean_ns,
			       2, 2 + waiting, U64_MAX);
	while (layer < end && sum_ns < budget_ns)
		sum_ns += model->view[layer++].mean_ns;
	return max(layer, job->layer + 1);
}

/* The engine that the rest of a block has to run on. */
static u32 veltair_place(const struct xrs_job *job)
{
	return job->layer < job->block_end ? job->last : XRS_MAX_ENGINES;
}

static const struct xrs_order veltair_order = {
	.place = veltair_place,
	.before = queued_before,
};

static struct xrs_job *veltair_scan(const struct xrs_core *core,
				    const struct xrs_ready *ready,
				    bool *best_inside)
{
	struct xrs_job *best = NULL;
	u32 i;

	*best_inside = false;
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		u64 engines = xrs_job_engines(core, job);
		bool inside;

		if (!engines)
			continue;
		inside = in_block(job, engines);
		if (best && (inside != *best_inside ?
			     *best_inside : !queued_before(job, best)))
			continue;
		best = job;
		*best_inside = inside;
	}
	return best;
}

static bool veltair_pick(struct xrs_core *core, const struct xrs_ready *ready,
			 u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best;
	bool inside;
	u64 engines;

	best = ready->order == &veltair_order ?
		       xrs_index_first(core, ready, &inside) :
		       veltair_scan(core, ready, &inside);
	if (!best)
		return false;
	pick->job = best;
	if (inside) {
		pick->engine = core->engine[best->last];
		return true;
	}
	engines = xrs_job_engines(core, best);
	best->block_end = block_end(best, ready->nr - 1);
	pick->engine = core->param[XRS_PARAM_VENG] == XRS_VENG_FASTEST ?
			       xrs_fastest(core, best, engines) :
			       core->engine[__ffs64(engines)];
	return true;
}

const struct xrs_policy xrs_policy_veltair = {
	.name = "veltair",
	.doc = "blocks of layers, shorter under load, first come first served",
	.order = &veltair_order,
	.conserving = true,
	.params = XRS_PARAMS_ALL_POLICIES | BIT(XRS_PARAM_VENG),
	.pick = veltair_pick,
};
