// SPDX-License-Identifier: GPL-2.0-only
/*
 * fcfs: what drivers do today.  The oldest frame first, on the lowest idle
 * engine that can run it, and there to its end.
 */
#include "policies.h"

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
		job_stays = xrs_job_stays(job, engines);
		if (best && (job_stays != best_stays ?
			     best_stays : !xrs_job_older(job, best)))
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
