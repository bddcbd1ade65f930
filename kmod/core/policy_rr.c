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

static bool lower_stream(const struct xrs_job *a, const struct xrs_job *b)
{
	if (a->stream != b->stream)
		return a->stream->id < b->stream->id;
	return xrs_job_before(a, b);
}

static const struct xrs_order rr_order = {
	.before = lower_stream,
};

/* The first job of a group after the stream that was served last. */
static struct xrs_job *next_round(const struct xrs_core *core,
				  const struct xrs_group *group)
{
	struct xrs_job *job = group->root, *next = NULL;

	while (job) {
		if (job->stream->id > core->rr) {
			next = job;
			job = job->tree.left;
		} else {
			job = job->tree.right;
		}
	}
	return next ? next : group->first;
}

static struct xrs_job *rr_index(const struct xrs_core *core,
				const struct xrs_ready *ready)
{
	struct xrs_job *best = NULL;
	u32 i;

	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);
		struct xrs_job *job;

		if (!(core->idle & group->engines))
			continue;
		job = next_round(core, group);
		if (!best || distance(core, job) < distance(core, best))
			best = job;
	}
	return best;
}

static struct xrs_job *rr_scan(const struct xrs_core *core,
			       const struct xrs_ready *ready)
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
	return best;
}

static bool rr_pick(struct xrs_core *core, const struct xrs_ready *ready,
		    u64 now_ns, struct xrs_pick *pick)
{
	struct xrs_job *best;

	best = ready->order == &rr_order ? rr_index(core, ready) :
					   rr_scan(core, ready);
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
	.conserving = true,
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &rr_order,
	.pick = rr_pick,
};
