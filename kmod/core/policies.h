/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the policies' files share with each other and with their table.
 */
#ifndef XRS_POLICIES_H
#define XRS_POLICIES_H

#include "xrs_core.h"

extern const struct xrs_policy xrs_policy_dream_mapscore;
extern const struct xrs_policy xrs_policy_edf;
extern const struct xrs_policy xrs_policy_fcfs;

/** define XRS_PARAMS_ALL_POLICIES - Parameters that the core itself heeds. */
#define XRS_PARAMS_ALL_POLICIES \
	((1U << XRS_PARAM_EXPIRED) | (1U << XRS_PARAM_ADMIT))

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

#endif /* XRS_POLICIES_H */
