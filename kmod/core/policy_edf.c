// SPDX-License-Identifier: GPL-2.0-only
/*
 * edf: earliest deadline first, layer by layer, on the idle engine that runs
 * the layer fastest.
 */
#include "policies.h"

const struct xrs_order xrs_order_edf = {
	.before = xrs_job_before,
};

static struct xrs_job *edf_scan(const struct xrs_core *core,
				const struct xrs_ready *ready)
{
	struct xrs_job *best = NULL;
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];

		if (xrs_job_engines(core, job) &&
		    (!best || xrs_job_before(job, best)))
			best = job;
	}
	return best;
}

static bool edf_pick(struct xrs_core *core, const struct xrs_ready *ready,
		     u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best;
	bool stays;

	best = ready->order == &xrs_order_edf ?
		       xrs_index_first(core, ready, &stays) :
		       edf_scan(core, ready);
	if (!best)
		return false;
	pick->job = best;
	pick->engine = xrs_fastest(core, best, xrs_job_engines(core, best));
	return true;
}

const struct xrs_policy xrs_policy_edf = {
	.name = "edf",
	.doc = "earliest deadline first, fastest idle engine, by layer",
	.conserving = true,
	.greedy = true,
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &xrs_order_edf,
	.pick = edf_pick,
};
