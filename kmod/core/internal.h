/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the core: the life of jobs and the queues of streams.
 */
#ifndef XRS_INTERNAL_H
#define XRS_INTERNAL_H

#include "xrs_core.h"
#include "xrs_readiness.h"

void xrs_core_timers(struct xrs_core *core, u64 now_ns);
void xrs_job_next_layer(struct xrs_core *core, struct xrs_job *job, u64 now_ns);
void xrs_core_costs_changed(struct xrs_core *core, struct xrs_model *model);
void xrs_core_observe(struct xrs_core *core, struct xrs_engine *engine,
		      const struct xrs_job *job, u64 seen_ns);
u64 xrs_estimate_next(u64 estimate_ns, u32 samples, u64 seen_ns);
void xrs_engine_bring_up(struct xrs_core *core, struct xrs_engine *engine,
			 u64 now_ns);
void xrs_engine_take_down(struct xrs_core *core, struct xrs_engine *engine,
			  u64 now_ns);
void xrs_core_alarms(struct xrs_core *core, u64 now_ns);
void xrs_engine_alarm(struct xrs_core *core, struct xrs_engine *engine,
		      u64 at_ns);
void xrs_engine_watch(struct xrs_core *core, struct xrs_engine *engine,
		      u64 now_ns);
void xrs_engine_settle(struct xrs_core *core, struct xrs_engine *engine);
void xrs_engine_layer_over(struct xrs_core *core, struct xrs_engine *engine,
			   const struct xrs_job *job, u64 seen_ns);
void xrs_job_layer_lost(struct xrs_core *core, struct xrs_job *job, u64 now_ns);
void xrs_job_end(struct xrs_core *core, struct xrs_job *job,
		 enum xrs_outcome outcome, enum xrs_reason reason, u64 now_ns);

/**
 * xrs_core_advance() - take note of the time
 * @core: the core
 * @now_ns: time of an event
 *
 * Context: caller's lock.  Return: @now_ns, or the time of an earlier event
 * if that was later.
 */
static inline u64 xrs_core_advance(struct xrs_core *core, u64 now_ns)
{
	core->now_ns = max(core->now_ns, now_ns);
	return core->now_ns;
}

/**
 * xrs_stream_poke() - have a stream looked at in the next run
 * @core: the core
 * @stream: the stream
 * @now_ns: now
 *
 * Context: caller's lock.
 */
static inline void xrs_stream_poke(struct xrs_core *core,
				   struct xrs_stream *stream, u64 now_ns)
{
	if (stream->in_flight)
		xrs_heap_set(&core->timers, &stream->timer, now_ns);
	else
		xrs_heap_clear(&core->timers, &stream->timer);
}

/**
 * xrs_may_drop_early() - whether a stream's bounds allow one more early drop
 * @stream: the stream
 *
 * Fewer of its last drop_window frames were dropped, for whatever reason, than
 * drop_max, and no other stream depends on it.
 */
static inline bool xrs_may_drop_early(const struct xrs_stream *stream)
{
	u32 window = stream->drop_window ? stream->drop_window : 10;
	u32 most = stream->drop_window ? stream->drop_max : 2;

	return !stream->no_early_drop && !stream->children &&
	       hweight64(stream->drops & (U64_MAX >> (64 - window))) < most;
}

/* Of what was not seen, at most this may be taken to be too much. */
#define XRS_GRACE_MAX	(BIT(16) * 3 / 4)	/* Q16 */

/**
 * xrs_grace_ns() - by how much a shortest rest may be shorter than it looks
 * @core: the core
 * @view: the layer that it begins with
 *
 * Twice the mean error of profiles, of that part of it which nobody has seen
 * yet.  Without it, what looks too long by mistake would never be run, and so
 * never be seen to be shorter.  Nothing while profiles are right, or under a
 * policy that does not learn.
 */
static inline u64 xrs_grace_ns(const struct xrs_core *core,
			       const struct xrs_layer_view *view)
{
	if (!unlikely(core->ahead.doubt))
		return 0;
	return mul_u64_u64_shr(view->unseen_ns,
			       min_t(u64, 2 * core->ahead.doubt, XRS_GRACE_MAX),
			       16);
}

/**
 * xrs_job_start_of() - put a job before the first layer of a variant
 * @job: a job that has not begun
 * @index: the variant, from 0
 *
 * Context: caller's lock.
 */
static inline void xrs_job_start_of(struct xrs_job *job, u32 index)
{
	const struct xrs_variant *variant =
		&job->stream->model->variant[index];

	job->layer = variant->first_layer;
	job->live_bytes = variant->input_bytes;
}

#endif /* XRS_INTERNAL_H */
