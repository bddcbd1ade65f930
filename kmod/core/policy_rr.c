// SPDX-License-Identifier: GPL-2.0-only
/*
 * rr: round robin over streams, layer by layer, on the idle engine that runs
 * the layer fastest.
 */
#include "policies.h"

/* How far a stream is from the one that was served last, going round. */
static u32 distance(const struct xrs_core *core, const struct xrs_job *job)
{
	return job->stream->id - core->rr - 1;
}

static bool rr_pick(struct xrs_core *core, const struct xrs_ready *ready,
		    u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best = NULL;
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];

		if (!xrs_job_engines(core, job))
			continue;
		if (!best || distance(core, job) < distance(core, best) ||
		    (job->stream == best->stream && xrs_job_before(job, best)))
			best = job;
	}
	if (!best)
		return false;
	core->rr = best->stream->id;
	pick->job = best;
	pick->engine = xrs_fastest(core, best, xrs_job_engines(core, best));
	return true;
}

const struct xrs_policy xrs_policy_rr = {
	.name = "rr",
	.doc = "round robin over streams, fastest idle engine, by layer",
	.params = XRS_PARAMS_ALL_POLICIES,
	.pick = rr_pick,
};
