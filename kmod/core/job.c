// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a job: submitted, run layer by layer, ended once.  How it becomes
 * ready, or too late, is in queue.c.
 */
#include "internal.h"
#include "xrs_score.h"

/* ----- the end ---------------------------------------------------------- */

static __always_inline void account_end(struct xrs_job *job)
{
	struct xrs_stream *stream = job->stream;
	struct xrs_counters *count = &stream->count;
	u64 worst_pj = stream->model->variant[0].worst_pj;
	bool violated = true;

	if (!job->released && job->outcome != XRS_CANCELLED)
		count->released++;
	switch (job->outcome) {
	case XRS_COMPLETED:
		violated = job->finish_ns > job->deadline_ns;
		count->completed++;
		count->late += violated;
		xrs_hist_add(&stream->response_hist,
			     job->finish_ns - job->release_ns);
		break;
	case XRS_DROPPED:
		count->dropped++;
		break;
	case XRS_FAILED:
		count->failed++;
		break;
	default:
		count->cancelled++;
		return;
	}
	xrs_add_sat(&count->energy_pj, job->energy_pj);
	xrs_add_sat(&count->worst_pj, worst_pj);
	if (job->started)
		xrs_add_sat(&count->executed_pj, worst_pj);
	xrs_add_sat(&count->honest_pj,
		    violated ? max(job->energy_pj, worst_pj) : job->energy_pj);
}

static void leave_engines(struct xrs_core *core, struct xrs_job *job)
{
	u64 mask;

	for (mask = job->resident; mask; mask &= mask - 1)
		core->engine[__ffs64(mask)]->resident = NULL;
	job->resident = 0;
}

/*
 * Let go of the frames that waited for @job.  Those that may run now make
 * their streams look at them; the others end with it and go to @doomed.
 */
static void release_dependents(struct xrs_core *core, struct xrs_job *job,
			       struct list_head *doomed, u64 now_ns)
{
	struct xrs_job *dep, *next;

	list_for_each_entry_safe(dep, next, &job->dependents, dep_node) {
		list_del_init(&dep->dep_node);
		dep->parent = NULL;
		if (job->outcome == XRS_COMPLETED) {
			dep->release_ns = max(dep->release_ns, now_ns);
			xrs_stream_poke(core, dep->stream, now_ns);
		} else {
			list_add_tail(&dep->dep_node, doomed);
		}
	}
}

/*
 * Ends a job that is not ready and waits for no other.  Frames that end with it
 * go to @doomed, which may be NULL if none wait.
 */
static __always_inline void end_one(struct xrs_core *core, struct xrs_job *job,
				    enum xrs_outcome outcome,
				    enum xrs_reason reason, u64 now_ns,
				    struct list_head *doomed)
{
	struct xrs_stream *stream = job->stream;

	list_del_init(&job->node);
	leave_engines(core, job);
	xrs_model_view(core, stream->model);

	job->state = XRS_JOB_DONE;
	core->ahead.ended = true;
	job->outcome = outcome;
	job->reason = reason;
	job->finish_ns = now_ns;
	account_end(job);
	stream->drops = stream->drops << 1 | (outcome == XRS_DROPPED);
	stream->recent[stream->ended++ % XRS_RECENT] =
		job->frame * 2 + (outcome == XRS_COMPLETED);
	stream->in_flight--;
	xrs_ready_bounds_changed(core, stream);
	xrs_stream_poke(core, stream, now_ns);
	if (doomed)
		release_dependents(core, job, doomed, now_ns);
	if (xrs_recorded(core))
		xrs_record_finish(core, job);
	core->ops->finish(core, job, now_ns);
}

/**
 * xrs_job_end() - a job ends, and with it those that waited for its success
 * @core: the core
 * @job: an unfinished job that is on no engine; the caller of
 *       xrs_core_submit()'s again afterwards
 * @outcome: how
 * @reason: why
 * @now_ns: now
 *
 * Context: caller's lock.
 */
void xrs_job_end(struct xrs_core *core, struct xrs_job *job,
		 enum xrs_outcome outcome, enum xrs_reason reason, u64 now_ns)
{
	struct list_head doomed;

	if (job->state == XRS_JOB_READY)
		xrs_ready_erase(core, job);
	if (job->parent) {
		list_del_init(&job->dep_node);
		job->parent = NULL;
	}
	INIT_LIST_HEAD(&doomed);
	for (;;) {
		end_one(core, job, outcome, reason, now_ns, &doomed);
		if (list_empty(&doomed))
			break;
		job = list_first_entry(&doomed, struct xrs_job, dep_node);
		list_del_init(&job->dep_node);
		outcome = XRS_DROPPED;
		reason = XRS_REASON_UPSTREAM;
	}
}

/* ----- layers ----------------------------------------------------------- */

/* Moves a job behind the layer it has run; true if that was its last. */
static bool advance_layer(struct xrs_job *job)
{
	const struct xrs_model *model = job->stream->model;
	const struct xrs_variant *variant = &model->variant[job->variant - 1];
	const struct xrs_layer *layer = &model->layer[job->layer];
	u32 end = variant->first_layer + variant->nr_layers;

	if (!(layer->flags & XRS_LAYER_SIDE))
		job->live_bytes = layer->out_bytes;
	if (layer->exit && layer->exit == job->exit)
		return true;
	do {
		job->layer++;
		layer++;
	} while (job->layer < end && layer->skip &&
		 (job->skip_mask & BIT_ULL(layer->skip - 1)));
	return job->layer == end;
}

/**
 * xrs_core_layer_done() - an engine has finished its layer
 * @core: the core
 * @engine: one of its engines; nothing happens if it runs no layer
 * @energy_pj: energy that the layer took, switch not included
 * @now_ns: now
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_layer_done(struct xrs_core *core, struct xrs_engine *engine,
			 u64 energy_pj, u64 now_ns)
{
	struct xrs_job *job = engine->job;
	u64 seen_ns;

	now_ns = xrs_core_advance(core, now_ns);
	if (!job)
		return;
	if (xrs_recorded(core))
		xrs_record_layer_done(core, engine, energy_pj);
	core->events++;
	engine->job = NULL;
	job->engine = NULL;
	seen_ns = now_ns - engine->since_ns;
	if (engine->guarded || engine->parked || engine->strikes)
		xrs_engine_layer_over(core, engine, job, seen_ns);
	else
		core->idle |= BIT_ULL(engine->id);
	if (engine->learns == XRS_LEARNS_ALWAYS ||
	    (engine->learns && core->policy->learns))
		xrs_core_observe(core, engine, job,
				 seen_ns - min(seen_ns, engine->switch_ns));
	engine->busy_ns += engine->reported_ns ?
				   min(engine->reported_ns, seen_ns) : seen_ns;
	engine->reported_ns = 0;
	xrs_add_sat(&engine->energy_pj, energy_pj);
	engine->layers++;
	xrs_add_sat(&job->energy_pj, energy_pj);
	job->layers++;
	job->tries = 0;
	job->again = false;
	job->stream->count.layers++;
	if (!advance_layer(job) || job->cancelled)
		xrs_job_next_layer(core, job, now_ns);
	else if (list_empty(&job->dependents))
		end_one(core, job, XRS_COMPLETED, XRS_REASON_NONE, now_ns,
			NULL);
	else
		xrs_job_end(core, job, XRS_COMPLETED, XRS_REASON_NONE, now_ns);
}

/**
 * xrs_job_layer_lost() - a layer was taken from a job before it finished
 * @core: the core
 * @job: a running job whose engine does not know it any more
 * @now_ns: now
 *
 * Context: caller's lock.
 */
void xrs_job_layer_lost(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	job->engine = NULL;
	job->last = XRS_MAX_ENGINES;
	job->again = true;
	job->stream->count.retried++;
	xrs_job_next_layer(core, job, now_ns);
}

/* ----- the caller's side ------------------------------------------------ */

/**
 * xrs_core_find() - an unfinished frame of a stream
 * @stream: the stream
 * @frame: the frame's number
 *
 * Context: caller's lock.  Return: the job, or NULL.
 */
struct xrs_job *xrs_core_find(struct xrs_stream *stream, u64 frame)
{
	struct xrs_job *job;

	/* Mostly asked for right after it was submitted: newest first. */
	list_for_each_entry_reverse(job, &stream->fresh, node)
		if (job->frame <= frame)
			break;
	if (&job->node != &stream->fresh && job->frame == frame)
		return job;
	list_for_each_entry(job, &stream->stale, node)
		if (job->frame == frame)
			return job;
	return NULL;
}

/* How a frame ended, if it is among the last: 1 completed, 0 not, or -1. */
static int recent_end(const struct xrs_stream *stream, u64 frame)
{
	u32 i;

	for (i = 0; i < XRS_RECENT; i++)
		if (stream->recent[i] / 2 == frame)
			return stream->recent[i] & 1;
	return -1;
}

/*
 * Finds the upstream frame that a new one has to wait for.  Returns 0, 1 if that
 * has failed already, or -ENOENT.
 */
static noinline int find_parent(struct xrs_job *job)
{
	struct xrs_stream *upstream = job->stream->upstream;
	int end;

	job->parent = xrs_core_find(upstream, job->frame);
	if (job->parent)
		return 0;
	end = recent_end(upstream, job->frame);
	return end < 0 ? -ENOENT : !end;
}

/* The frame is its stream's last, from now on. */
static inline void accept(struct xrs_core *core, struct xrs_job *job)
{
	struct xrs_stream *stream = job->stream;

	core->events++;
	INIT_LIST_HEAD(&job->dependents);
	job->state = XRS_JOB_PENDING;
	job->last = XRS_MAX_ENGINES;
	job->ready_ns = XRS_NEVER;
	job->foreseen = XRS_AHEAD_NONE;
	list_add_tail(&job->node, &stream->fresh);
	stream->next_frame = job->frame + 1;
	stream->last_release_ns = job->release_ns;
	stream->count.submitted++;
	stream->in_flight++;
}

/* A frame that may have to wait for another, or be recorded. */
static noinline int submit_with(struct xrs_core *core, struct xrs_job *job,
				u64 now_ns)
{
	struct xrs_stream *stream = job->stream;
	int doomed = 0;

	if (stream->upstream) {
		doomed = find_parent(job);
		if (doomed < 0)
			return doomed;
	}
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_submit(core, job);
	accept(core, job);
	if (job->parent)
		list_add_tail(&job->dep_node, &job->parent->dependents);
	if (doomed)
		xrs_job_end(core, job, XRS_DROPPED, XRS_REASON_UPSTREAM, now_ns);
	else if (stream->fresh.next == &job->node)
		xrs_stream_poke(core, stream, now_ns);
	return 0;
}

/**
 * xrs_core_submit() - a new frame
 * @core: the core
 * @job: with what its kernel-doc says set by the caller, the rest zero as far as
 *       @stream; the core's until ops->finish if this succeeds
 * @now_ns: now
 *
 * May end the job at once, if its upstream frame has failed.
 *
 * Context: caller's lock; xrs_core_run() follows.
 * Return: 0, -EINVAL (frame number or release go backwards, deadline not after
 * the release, no such variant or exit), -ENOENT (the upstream stream knows
 * nothing of the frame).
 */
int xrs_core_submit(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	struct xrs_stream *stream = job->stream;

	if (job->frame < stream->next_frame || job->frame >= U64_MAX / 4 ||
	    job->release_ns < stream->last_release_ns ||
	    job->deadline_ns <= job->release_ns ||
	    job->variant > stream->model->nr_variants ||
	    job->exit > XRS_MAX_EXITS)
		return -EINVAL;
	/* Most need no call, so nothing that one would want saved. */
	if (stream->upstream || xrs_recorded(core))
		return submit_with(core, job, now_ns);
	now_ns = xrs_core_advance(core, now_ns);
	accept(core, job);
	if (stream->fresh.next == &job->node)
		xrs_stream_poke(core, stream, now_ns);
	return 0;
}

/**
 * xrs_core_cancel() - give a job up
 * @core: the core
 * @job: an unfinished job
 * @reason: why
 * @now_ns: now
 *
 * A running layer is not cut off: the job ends when the layer does.
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_cancel(struct xrs_core *core, struct xrs_job *job,
		     enum xrs_reason reason, u64 now_ns)
{
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_cancel(core, job, reason);
	core->events++;
	if (job->state != XRS_JOB_RUNNING) {
		xrs_job_end(core, job, XRS_CANCELLED, reason, now_ns);
	} else if (!job->cancelled) {
		job->cancelled = true;
		job->reason = reason;
	}
}

/**
 * xrs_core_release() - what a held job waited for has happened
 * @core: the core
 * @job: an unfinished job; nothing happens if it is not held
 * @good: as it should: the job is released now, or when it was to be if that is
 *        later; otherwise it is dropped
 * @now_ns: now
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_release(struct xrs_core *core, struct xrs_job *job, bool good,
		      u64 now_ns)
{
	now_ns = xrs_core_advance(core, now_ns);
	if (!job->held)
		return;
	if (xrs_recorded(core))
		xrs_record_release(core, job, good);
	core->events++;
	job->held = false;
	if (good) {
		job->release_ns = max(job->release_ns, now_ns);
		xrs_stream_poke(core, job->stream, now_ns);
	} else {
		xrs_job_end(core, job, XRS_DROPPED, XRS_REASON_FENCE, now_ns);
	}
}
