/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the dream policies: the scan's terms and the index's ways to the same
 * decisions.
 */
#ifndef XRS_DREAM_H
#define XRS_DREAM_H

#include "policies.h"
#include "xrs_score.h"

extern const struct xrs_order xrs_dream_order;

/* The least slack that a job's urgency is divided by. */
static inline u64 xrs_dream_floor(const struct xrs_job *job)
{
	return job->stream->model->variant[job->variant ? job->variant - 1 : 0]
		.floor_ns;
}

/* Time to a deadline, never less than the floor. */
static inline u64 xrs_dream_slack(u64 deadline_ns, u64 floor_ns, u64 now_ns)
{
	u64 slack_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;

	return max(slack_ns, floor_ns);
}

/* How far a job that is at risk is from its deadline, Q32. */
static inline u64 xrs_dream_despair(const struct xrs_job *job, u64 now_ns)
{
	const struct xrs_model *model = job->stream->model;

	return xrs_muldiv(model->view[job->layer].togo_min_ns, XRS_Q32_ONE,
			  xrs_dream_slack(job->deadline_ns,
					  xrs_dream_floor(job), now_ns),
			  XRS_URGENCY_CAP);
}

/*
 * Idle engines that may be the best for some job.  One that no job lies on is as
 * good as the first such of its kind, which wins.
 */
static inline u64 xrs_dream_engines(const struct xrs_core *core)
{
	u64 distinct = 0, kinds = 0, engines;

	for (engines = core->idle; engines; engines &= engines - 1) {
		u32 id = __ffs64(engines);
		const struct xrs_engine *engine = core->engine[id];

		if (!engine->resident) {
			if (kinds & BIT_ULL(engine->kind))
				continue;
			kinds |= BIT_ULL(engine->kind);
		}
		distinct |= BIT_ULL(id);
	}
	return distinct;
}

bool xrs_dream_index_pick(struct xrs_core *core, u32 set,
			  const struct xrs_weights *w, u64 now_ns,
			  struct xrs_pick *pick);
u64 xrs_dream_index_queue(const struct xrs_ready *ready,
			  const struct xrs_job *job);
struct xrs_job *xrs_dream_index_victim(struct xrs_core *core, u32 set,
				       u64 now_ns);

#endif /* XRS_DREAM_H */
