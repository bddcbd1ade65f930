// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of a stream: its first frame becomes ready, or too late.
 */
#include "internal.h"

/* ----- deadlines -------------------------------------------------------- */

static u64 rest_from(const struct xrs_core *core, const struct xrs_model *model,
		     u32 layer)
{
	const struct xrs_layer_view *view = &model->view[layer];

	return view->rest_ns - xrs_grace_ns(core, view);
}

/* Shortest possible rest of a job, 0 if no engine that is up can run it. */
static u64 shortest_rest(const struct xrs_core *core, const struct xrs_job *job)
{
	struct xrs_model *model = job->stream->model;
	u64 rest_ns = U64_MAX;
	u32 i;

	xrs_model_view(core, model);
	if (!model->engines)
		return 0;
	if (job->started)
		return rest_from(core, model, job->layer);
	if (job->variant)
		return rest_from(core, model,
				 model->variant[job->variant - 1].first_layer);
	for (i = 0; i < model->nr_variants; i++)
		rest_ns = min(rest_ns,
			      rest_from(core, model,
					model->variant[i].first_layer));
	return rest_ns;
}

/**
 * xrs_core_latest_start() - when a waiting job has to begin to be in time
 * @core: the core
 * @job: a job that has not begun
 *
 * Context: caller's lock.
 * Return: its deadline less the shortest way through its layers; 0 if that
 * was too late from the start.
 */
u64 xrs_core_latest_start(const struct xrs_core *core,
			  const struct xrs_job *job)
{
	u64 rest_ns = shortest_rest(core, job);

	return job->deadline_ns > rest_ns ? job->deadline_ns - rest_ns : 0;
}

/* When admit=sound gives a waiting job up; XRS_NEVER if it is off. */
static u64 hopeless_at(const struct xrs_core *core, const struct xrs_job *job)
{
	u64 rest_ns;

	if (core->param[XRS_PARAM_ADMIT] != XRS_ADMIT_SOUND)
		return XRS_NEVER;
	rest_ns = shortest_rest(core, job);
	if (!rest_ns)
		return XRS_NEVER;
	return rest_ns <= job->deadline_ns ? job->deadline_ns - rest_ns + 1 : 0;
}

/* When something is to be done about a waiting job's deadline. */
static __always_inline u64 overdue_at(const struct xrs_core *core,
				      const struct xrs_job *job)
{
	u64 at_ns = hopeless_at(core, job);

	switch (core->param[XRS_PARAM_EXPIRED]) {
	case XRS_EXPIRED_DROP:
		return min(at_ns, job->deadline_ns);
	case XRS_EXPIRED_DEMOTE:
		return job->stale ? at_ns : min(at_ns, job->deadline_ns);
	default:
		return at_ns;
	}
}

/* The time of a job between layers, or before its first, has come. */
static noinline void overdue(struct xrs_core *core, struct xrs_job *job,
			     u64 now_ns)
{
	bool past = job->deadline_ns <= now_ns;
	s64 rule = core->param[XRS_PARAM_EXPIRED];

	if (past && rule == XRS_EXPIRED_DROP) {
		xrs_job_end(core, job, XRS_DROPPED, XRS_REASON_EXPIRED, now_ns);
	} else if (hopeless_at(core, job) <= now_ns) {
		xrs_job_end(core, job, XRS_DROPPED, XRS_REASON_HOPELESS,
			    now_ns);
	} else {
		if (job->state == XRS_JOB_READY)
			xrs_ready_erase(core, job);
		job->stale = true;
		list_del_init(&job->node);
		list_add_tail(&job->node, &job->stream->stale);
		xrs_stream_poke(core, job->stream, now_ns);
	}
}

/* ----- readiness -------------------------------------------------------- */

/* Puts a job into the ready set, or ends it if no engine can run it. */
static __always_inline bool make_ready(struct xrs_core *core,
				       struct xrs_job *job, u64 now_ns)
{
	struct xrs_model *model = job->stream->model;
	bool anew = job->ready_ns == XRS_NEVER;

	xrs_model_view(core, model);
	if (!model->engines) {
		xrs_job_end(core, job, XRS_FAILED, XRS_REASON_NO_ENGINE,
			    now_ns);
		return false;
	}
	if (!job->started)
		xrs_job_start_of(job, job->variant ? job->variant - 1 : 0);
	/* One that was put aside while it was ready has waited since then. */
	if (anew)
		job->ready_ns = now_ns;
	xrs_ready_insert(core, job);
	if (anew && unlikely(core->watched & XRS_WATCH_READY))
		core->ops->ready(core, job, now_ns);
	return true;
}

/*
 * Has a job that is on no engine wait or run as it may now.  Returns when
 * something is to be done about its deadline; 0: it is not at the head of its
 * list any more.
 */
static __always_inline u64 settle_job(struct xrs_core *core,
				      struct xrs_job *job, bool may_run,
				      u64 now_ns)
{
	u64 at_ns = overdue_at(core, job);

	if (at_ns <= now_ns) {
		overdue(core, job, now_ns);
		return 0;
	}
	if (may_run && job->state == XRS_JOB_PENDING &&
	    !make_ready(core, job, now_ns))
		return 0;
	return at_ns;
}

/* The first job of a list; returns as settle_job(), or when it is released. */
static __always_inline u64 settle_head(struct xrs_core *core,
				       struct xrs_job *job, u64 now_ns)
{
	struct xrs_stream *stream = job->stream;
	u64 release_ns = job->release_ns;
	bool may_run;

	if (job->state == XRS_JOB_RUNNING)
		return XRS_NEVER;
	if (release_ns > now_ns)
		return release_ns;
	may_run = !job->parent && !job->held;
	if (may_run && !job->released) {
		job->released = true;
		stream->count.released++;
		stream->came_ns = release_ns;
	}
	return settle_job(core, job, may_run, now_ns);
}

/*
 * Until the first job of a list stays where it is.  Returns when it is to be
 * looked at again; 0: the budget is used up.
 */
static __always_inline u64 settle_list(struct xrs_core *core,
				       struct list_head *list, u64 now_ns)
{
	while (!list_empty(list)) {
		u64 at_ns = settle_head(core,
					list_first_entry(list, struct xrs_job,
							 node), now_ns);

		if (at_ns)
			return at_ns;
		if (!core->budget || !--core->budget)
			return 0;
	}
	return XRS_NEVER;
}

static noinline u64 settle_stale(struct xrs_core *core,
				 struct xrs_stream *stream, u64 now_ns)
{
	return settle_list(core, &stream->stale, now_ns);
}

/* Brings a stream's heads up to date, and sets its timer. */
static void settle_stream(struct xrs_core *core, struct xrs_stream *stream,
			  u64 now_ns)
{
	u64 at_ns = settle_list(core, &stream->fresh, now_ns);

	if (at_ns && !list_empty(&stream->stale) &&
	    !settle_stale(core, stream, now_ns))
		at_ns = 0;
	if (!at_ns)
		xrs_stream_poke(core, stream, now_ns);
	else if (at_ns == XRS_NEVER)
		xrs_heap_clear(&core->timers, &stream->timer);
	else
		xrs_heap_set(&core->timers, &stream->timer, at_ns);
}

/**
 * xrs_core_timers() - bring streams up to date whose timers are due
 * @core: the core
 * @now_ns: now
 *
 * As many of them, and of jobs that end, as core->budget says; the timers of the
 * others stay due.
 *
 * Context: caller's lock, from xrs_core_run().
 */
void xrs_core_timers(struct xrs_core *core, u64 now_ns)
{
	const struct xrs_heap *timers = &core->timers;

	while (timers->nr && timers->slot[0]->at_ns <= now_ns && core->budget) {
		settle_stream(core, container_of(timers->slot[0],
						 struct xrs_stream, timer),
			      now_ns);
		if (core->budget)
			core->budget--;
	}
}

/**
 * xrs_job_next_layer() - a job is between two layers: it ends, or is ready for
 * the next
 * @core: the core
 * @job: a job that is on no engine
 * @now_ns: now
 *
 * The timer of a head that was ready before is mostly still set, and to the
 * right time: dispatching does not clear it.
 *
 * Context: caller's lock.
 */
void xrs_job_next_layer(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	struct xrs_timer *timer = &job->stream->timer;
	u64 at_ns;

	job->state = XRS_JOB_PENDING;
	job->ready_ns = XRS_NEVER;
	if (job->cancelled) {
		xrs_job_end(core, job, XRS_CANCELLED, job->reason, now_ns);
		return;
	}
	at_ns = settle_job(core, job, true, now_ns);
	if (!at_ns || at_ns == XRS_NEVER || job->stale)
		return;
	if (timer->slot == XRS_TIMER_IDLE || at_ns < timer->at_ns)
		xrs_heap_set(&core->timers, timer, at_ns);
}
