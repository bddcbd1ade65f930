// SPDX-License-Identifier: GPL-2.0-only
/*
 * fcfs: what drivers do today.  The oldest frame first, on the lowest idle
 * engine that can run it, and there to its end.
 */
#include "policies.h"

/* The engine a begun job stays on, if it is idle. */
static bool stays(const struct xrs_job *job, u64 engines)
{
	return job->last < XRS_MAX_ENGINES && (engines & BIT_ULL(job->last));
}

static bool older(const struct xrs_job *a, const struct xrs_job *b)
{
	if (a->release_ns != b->release_ns)
		return a->release_ns < b->release_ns;
	return xrs_job_before(a, b);
}

static bool fcfs_pick(struct xrs_core *core, const struct xrs_ready *ready,
		      u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best = NULL;
	bool best_stays = false;
	u64 engines;
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];
		bool job_stays;

		engines = xrs_job_engines(core, job);
		if (!engines)
			continue;
		job_stays = stays(job, engines);
		if (best && (job_stays != best_stays ? best_stays :
						       !older(job, best)))
			continue;
		best = job;
		best_stays = job_stays;
	}
	if (!best)
		return false;
	pick->job = best;
	engines = xrs_job_engines(core, best);
	pick->engine = core->engine[best_stays ? best->last :
						 __ffs64(engines)];
	return true;
}

const struct xrs_policy xrs_policy_fcfs = {
	.name = "fcfs",
	.doc = "oldest frame first, lowest idle engine, whole frames",
	.params = XRS_PARAMS_ALL_POLICIES,
	.pick = fcfs_pick,
};
