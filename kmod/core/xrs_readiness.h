/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How jobs come into the ready set and go from it: for each layer, so inline.
 */
#ifndef XRS_READINESS_H
#define XRS_READINESS_H

#include "xrs_core.h"

/**
 * xrs_ready_insert() - a job is ready
 * @core: the core
 * @job: the job, with all that policies look at settled
 *
 * Context: caller's lock.
 */
static inline void xrs_ready_insert(struct xrs_core *core, struct xrs_job *job)
{
	struct xrs_ready *ready = &core->ready[job->stale];
	u32 slot = ready->nr++;

	ready->job[slot] = job;
	job->slot = slot;
	job->group = XRS_NO_GROUP;
	job->state = XRS_JOB_READY;
	core->ahead.arrived |= !job->started;
	if (unlikely(ready->order || slot + 1 >= core->index_min))
		xrs_index_insert(core, job);
}

/**
 * xrs_ready_erase() - a job is not ready any more
 * @core: the core
 * @job: a ready job
 *
 * Context: caller's lock.
 */
static inline void xrs_ready_erase(struct xrs_core *core, struct xrs_job *job)
{
	struct xrs_ready *ready = &core->ready[job->stale];
	struct xrs_job *last = ready->job[--ready->nr];
	u32 slot = job->slot;

	ready->job[slot] = last;
	last->slot = slot;
	job->state = XRS_JOB_PENDING;
	if (unlikely(ready->order))
		xrs_index_erase(core, job);
}

/**
 * xrs_ready_bounds_changed() - a stream's bounds on early drops may allow more,
 * or less
 * @core: the core
 * @stream: the stream
 *
 * To be called when a frame of it has ended, or streams below it come or go.
 *
 * Context: caller's lock.
 */
static inline void xrs_ready_bounds_changed(struct xrs_core *core,
					    struct xrs_stream *stream)
{
	if (unlikely(core->ready[0].order))
		xrs_index_bounds_changed(core, stream);
}

#endif /* XRS_READINESS_H */
