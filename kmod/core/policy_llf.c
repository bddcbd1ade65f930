// SPDX-License-Identifier: GPL-2.0-only
/*
 * llf: least laxity first, layer by layer, on the idle engine that runs the
 * layer fastest.  Laxity is the time to the deadline less the expected time of
 * the rest on the best engine for each layer; it may be negative.
 */
#include "policies.h"

/*
 * Laxity + now: what all jobs have in common does not change their order.  A
 * deadline that is centuries away is still later than all work.
 */
static s64 laxity_ns(const struct xrs_job *job)
{
	const struct xrs_layer_view *view =
		&job->stream->model->view[job->layer];

	return (s64)min(job->deadline_ns, U64_MAX >> 1) -
	       (s64)view->togo_min_ns;
}

static bool less_laxity(const struct xrs_job *a, const struct xrs_job *b)
{
	s64 a_ns = laxity_ns(a), b_ns = laxity_ns(b);

	return a_ns != b_ns ? a_ns < b_ns : xrs_job_before(a, b);
}

static const struct xrs_order llf_order = {
	.before = less_laxity,
};

static struct xrs_job *llf_scan(const struct xrs_core *core,
				const struct xrs_ready *ready)
{
	struct xrs_job *best = NULL;
	s64 best_ns = 0;
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		s64 job_ns;

		if (!xrs_job_engines(core, job))
			continue;
		job_ns = laxity_ns(job);
		if (best && (job_ns != best_ns ? job_ns > best_ns :
						 !xrs_job_before(job, best)))
			continue;
		best = job;
		best_ns = job_ns;
	}
	return best;
}

static bool llf_pick(struct xrs_core *core, const struct xrs_ready *ready,
		     u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best;
	bool stays;

	best = ready->order == &llf_order ?
		       xrs_index_first(core, ready, &stays) :
		       llf_scan(core, ready);
	if (!best)
		return false;
	pick->job = best;
	pick->engine = xrs_fastest(core, best, xrs_job_engines(core, best));
	return true;
}

const struct xrs_policy xrs_policy_llf = {
	.name = "llf",
	.doc = "least laxity first, fastest idle engine, by layer",
	.conserving = true,
	.greedy = true,
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &llf_order,
	.pick = llf_pick,
};
