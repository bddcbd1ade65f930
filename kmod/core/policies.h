/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the policies' files share with each other and with their table.
 */
#ifndef XRS_POLICIES_H
#define XRS_POLICIES_H

#include "xrs_core.h"

extern const struct xrs_policy xrs_policy_dream_mapscore;
extern const struct xrs_policy xrs_policy_dream_tuned;
extern const struct xrs_policy xrs_policy_dream_drop;
extern const struct xrs_policy xrs_policy_dream_full;
extern const struct xrs_policy xrs_policy_edf;
extern const struct xrs_policy xrs_policy_fcfs;
extern const struct xrs_policy xrs_policy_fcfs_static;
extern const struct xrs_policy xrs_policy_llf;
extern const struct xrs_policy xrs_policy_lookahead;
extern const struct xrs_policy xrs_policy_planaria;
extern const struct xrs_policy xrs_policy_rr;
extern const struct xrs_policy xrs_policy_veltair;
extern const struct xrs_policy xrs_policy_xrbench;

/** xrs_order_edf - edf's index, also of those who fall back on edf */
extern const struct xrs_order xrs_order_edf;

/** define XRS_PARAMS_ALL_POLICIES - Parameters that the core itself heeds. */
#define XRS_PARAMS_ALL_POLICIES \
	((1U << XRS_PARAM_EXPIRED) | (1U << XRS_PARAM_ADMIT) | \
	 (1U << XRS_PARAM_SWITCH))

/** xrs_job_engines() - idle engines that can run the job, as a mask */
static inline u64 xrs_job_engines(const struct xrs_core *core,
				  const struct xrs_job *job)
{
	return core->idle & job->stream->model->engines;
}

/**
 * xrs_job_before() - the order that settles ties between jobs
 * @a: a job
 * @b: another
 *
 * Return: true if @a comes first: earlier deadline, then lower stream id, then
 * lower frame.
 */
static inline bool xrs_job_before(const struct xrs_job *a,
				  const struct xrs_job *b)
{
	if (a->deadline_ns != b->deadline_ns)
		return a->deadline_ns < b->deadline_ns;
	if (a->stream->id != b->stream->id)
		return a->stream->id < b->stream->id;
	return a->frame < b->frame;
}

/** xrs_job_older() - whether @a was released before @b */
static inline bool xrs_job_older(const struct xrs_job *a,
				 const struct xrs_job *b)
{
	if (a->release_ns != b->release_ns)
		return a->release_ns < b->release_ns;
	return xrs_job_before(a, b);
}

/** xrs_job_stays() - whether a begun job can go on where it ran last */
static inline bool xrs_job_stays(const struct xrs_job *job, u64 engines)
{
	return job->last < XRS_MAX_ENGINES && (engines & BIT_ULL(job->last));
}

/**
 * xrs_group() - a group of an indexed ready set
 * @ready: the set
 * @i: 0 … nr_live - 1
 */
static inline struct xrs_group *xrs_group(const struct xrs_ready *ready, u32 i)
{
	return &ready->group[ready->live[i]];
}

/* Changes when times do that streams' chains of triggers are summed up from. */
static inline u64 xrs_times_gen(const struct xrs_core *core)
{
	return core->engine_gen + core->stream_gen + core->cost_gen;
}

struct xrs_job *xrs_index_first(const struct xrs_core *core,
				const struct xrs_ready *ready, bool *stays);

/**
 * xrs_fastest() - the engine that runs a job's next layer in the least time
 * @core: the core
 * @job: a ready job
 * @engines: engines to choose from, all of which can run it; not empty
 *
 * Return: the engine; of equally fast ones the lowest.
 */
static inline struct xrs_engine *xrs_fastest(const struct xrs_core *core,
					     const struct xrs_job *job,
					     u64 engines)
{
	struct xrs_engine *best = NULL;
	u64 best_ns = U64_MAX;

	for (; engines; engines &= engines - 1) {
		struct xrs_engine *engine = core->engine[__ffs64(engines)];
		u64 latency_ns = xrs_job_cost(job, engine)->latency_ns;

		if (latency_ns < best_ns) {
			best = engine;
			best_ns = latency_ns;
		}
	}
	return best;
}

#endif /* XRS_POLICIES_H */
