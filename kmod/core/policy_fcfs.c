// SPDX-License-Identifier: GPL-2.0-only
/*
 * fcfs: what drivers do today.  The oldest frame first, on the lowest idle
 * engine that can run it, and there to its end.
 */
#include "policies.h"

static u32 fcfs_place(const struct xrs_job *job)
{
	return job->last;
}

static const struct xrs_order fcfs_order = {
	.place = fcfs_place,
	.before = xrs_job_older,
};

static struct xrs_job *fcfs_scan(const struct xrs_core *core,
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
			     *best_stays : !xrs_job_older(job, best)))
			continue;
		best = job;
		*best_stays = job_stays;
	}
	return best;
}

static bool fcfs_pick(struct xrs_core *core, const struct xrs_ready *ready,
		      u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best;
	bool stays;
	u64 engines;

	best = ready->order == &fcfs_order ?
		       xrs_index_first(core, ready, &stays) :
		       fcfs_scan(core, ready, &stays);
	if (!best)
		return false;
	pick->job = best;
	engines = xrs_job_engines(core, best);
	pick->engine = core->engine[stays ? best->last : __ffs64(engines)];
	return true;
}

const struct xrs_policy xrs_policy_fcfs = {
	.name = "fcfs",
	.doc = "oldest frame first, lowest idle engine, whole frames",
	.conserving = true,
	.greedy = true,
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &fcfs_order,
	.pick = fcfs_pick,
};
