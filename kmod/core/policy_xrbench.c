// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrbench: the XRBench harness's LatencyGreedy rule (XRBench's runtime).
 * Streams are visited in the order of their models' names; a frame goes to the
 * idle engine that runs the whole of it in the least time, and stays there.
 * Blind to deadlines and energy; never waits for a faster engine.
 */
#include "policies.h"

static bool named_before(const struct xrs_job *a, const struct xrs_job *b)
{
	int order = strcmp(a->stream->model->name, b->stream->model->name);

	return order ? order < 0 : xrs_job_before(a, b);
}

static struct xrs_engine *least_total(const struct xrs_core *core,
				      const struct xrs_job *job, u64 engines)
{
	const struct xrs_model *model = job->stream->model;
	const struct xrs_cell *cell =
		&model->cell[(size_t)job->layer * model->nr_classes];
	struct xrs_engine *best = NULL;
	u64 best_ns = U64_MAX;

	for (; engines; engines &= engines - 1) {
		u32 id = __ffs64(engines);
		u64 togo_ns = cell[model->row[id]].togo_ns;

		if (togo_ns < best_ns) {
			best = core->engine[id];
			best_ns = togo_ns;
		}
	}
	return best;
}

static u32 xrbench_place(const struct xrs_job *job)
{
	return job->last;
}

static const struct xrs_order xrbench_order = {
	.place = xrbench_place,
	.before = named_before,
};

static struct xrs_job *xrbench_scan(const struct xrs_core *core,
				    const struct xrs_ready *ready,
				    bool *best_stays)
{
	struct xrs_job *best = NULL;
	u32 i;

	*best_stays = false;
	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		u64 engines = xrs_job_engines(core, job);
		bool job_stays;

		if (!engines)
			continue;
		job_stays = xrs_job_stays(job, engines);
		if (best && (job_stays != *best_stays ?
			     *best_stays : !named_before(job, best)))
			continue;
		best = job;
		*best_stays = job_stays;
	}
	return best;
}

static bool xrbench_pick(struct xrs_core *core, const struct xrs_ready *ready,
			 u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best;
	bool stays;
	u64 engines;

	best = ready->order == &xrbench_order ?
		       xrs_index_first(core, ready, &stays) :
		       xrbench_scan(core, ready, &stays);
	if (!best)
		return false;
	engines = xrs_job_engines(core, best);
	pick->job = best;
	pick->engine = stays ? core->engine[best->last] :
			       least_total(core, best, engines);
	return true;
}

const struct xrs_policy xrs_policy_xrbench = {
	.name = "xrbench",
	.doc = "XRBench's greedy: by model name, least total latency, whole frames",
	.conserving = true,
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &xrbench_order,
	.pick = xrbench_pick,
};
