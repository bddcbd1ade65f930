// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulator's jobs and its clock; see sim.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "sim.h"

static struct sim *core_to_sim(struct xrs_core *core)
{
	return (struct sim *)((char *)core - offsetof(struct sim, core));
}

/* ----- what the core asks for ------------------------------------------- */

/* How long the layer that was chosen will take, whatever was told of it. */
static u64 true_latency(const struct xrs_pick *pick)
{
	const struct sim_model *model =
		((struct sim_stream *)pick->job->stream)->model;
	size_t at = (size_t)pick->job->layer * model->core.nr_classes +
		    model->core.row[pick->engine->id];

	return model->true_ns ? model->true_ns[at]
			      : model->core.cost[at].latency_ns;
}

static void sim_dispatch(struct xrs_core *core, const struct xrs_pick *pick,
			 u64 now_ns)
{
	const struct xrs_cost *cost = xrs_job_cost(pick->job, pick->engine);
	struct sim_engine *engine = (struct sim_engine *)pick->engine;
	struct sim *sim = core_to_sim(core);
	u64 latency_ns = true_latency(pick);
	enum xrs_inject_kind fault;
	u32 id = pick->engine->id;

	fault = xrs_inject_layer(&engine->inject, now_ns, &latency_ns);
	engine->failing = fault == XRS_INJECT_ERROR;
	/* An answer under a wrong number is none. */
	if (fault == XRS_INJECT_HANG || fault == XRS_INJECT_SEQ)
		return;
	sim->end_ns[id] = now_ns + pick->engine->switch_ns + latency_ns +
			  sim->overhead_ns;
	sim->energy_pj[id] = cost->energy_pj;
	sim->busy |= BIT_ULL(id);
}

/* What took too long is not waited for any more. */
static void sim_fault(struct xrs_core *core, const struct xrs_engine *engine,
		      const struct xrs_job *job, enum xrs_reason reason,
		      u64 now_ns)
{
	(void)job;
	(void)reason;
	(void)now_ns;
	core_to_sim(core)->busy &= ~BIT_ULL(engine->id);
}

/* The completion goes to the ring, the job back to the pool. */
static void sim_finish(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	struct sim *sim = core_to_sim(core);
	struct sim_job *mine = (struct sim_job *)job;
	struct sim_stream *stream = (struct sim_stream *)job->stream;
	struct xrsched_completion *done;

	done = &sim->ring[sim->ring_tail++ & (sim->ring_size - 1)];
	*done = (struct xrsched_completion){
		.cookie = mine->cookie,
		.frame = job->frame,
		.stream = stream->handle,
		.outcome = job->outcome,
		.reason = job->reason,
		.variant = job->started ? job->variant : 0,
		.release_ns = job->release_ns,
		.start_ns = job->start_ns,
		.finish_ns = now_ns,
		.deadline_ns = job->deadline_ns,
		.energy_pj = job->energy_pj,
		.layers = job->layers,
		.switches = job->switches,
	};
	if (job->outcome == XRS_COMPLETED && now_ns > job->deadline_ns)
		done->flags = XRSCHED_COMPLETION_LATE;
	mine->next = sim->free_jobs;
	sim->free_jobs = mine;
}

static void sim_wake(struct xrs_core *core, u64 at_ns)
{
	core_to_sim(core)->wake_ns = at_ns;
}

static void sim_tuned(struct xrs_core *core, const struct xrs_tuner_step *step)
{
	struct sim *sim = core_to_sim(core);
	const struct xrsched_tuner_step told = {
		.time_ns = sim->now_ns,
		.window = step->window,
		.step = step->step,
		.probe = step->probe,
		.again = step->again,
		.uxcost = ldexp(step->cost_q40, -40),
		.alpha = step->alpha,
		.beta = step->beta,
		.settled = step->settled,
		.restarted = step->restarted,
	};

	if (sim->tuned)
		sim->tuned(sim->tuned_arg, &told);
}

static const struct xrs_core_ops sim_core_ops = {
	.dispatch = sim_dispatch,
	.finish = sim_finish,
	.wake = sim_wake,
	.fault = sim_fault,
	.tuned = sim_tuned,
};

/* ----- time ------------------------------------------------------------- */

void sim_run(struct sim *sim)
{
	/* A moment that has come is not asked for any more: see ops->wake. */
	if (sim->wake_ns <= sim->now_ns)
		sim->wake_ns = XRS_NEVER;
	xrs_core_run(&sim->core, sim->now_ns);
	if (sim->dying)
		sim_streams_reap(sim);
}

static void layer_over(struct sim *sim, u32 id)
{
	struct xrs_engine *engine = sim->core.engine[id];

	if (((struct sim_engine *)engine)->failing)
		xrs_core_layer_failed(&sim->core, engine, XRS_REASON_FAULT,
				      sim->energy_pj[id], sim->now_ns);
	else
		xrs_core_layer_done(&sim->core, engine, sim->energy_pj[id],
				    sim->now_ns);
}

/* Goes to the next event if that is not after @limit_ns; false if it is. */
static bool advance(struct sim *sim, u64 limit_ns)
{
	u64 next_ns = sim->wake_ns;
	u64 mask;

	for (mask = sim->busy; mask; mask &= mask - 1)
		next_ns = min(next_ns, sim->end_ns[__ffs64(mask)]);
	if (next_ns == XRS_NEVER || next_ns > limit_ns)
		return false;
	sim->now_ns = max(sim->now_ns, next_ns);
	for (mask = sim->busy; mask; mask &= mask - 1) {
		u32 id = __ffs64(mask);

		if (sim->end_ns[id] > sim->now_ns)
			continue;
		sim->busy &= ~BIT_ULL(id);
		layer_over(sim, id);
	}
	sim_run(sim);
	return true;
}

static int sim_wait(struct xrsched *x, struct xrsched_completion *completions,
		    unsigned int max, unsigned int min, uint64_t timeout_ns,
		    size_t size)
{
	char *to = (char *)completions;
	struct sim *sim = to_sim(x);
	u64 limit_ns = timeout_ns ? timeout_ns : XRS_NEVER;
	u32 mask = sim->ring_size - 1;
	u32 nr = 0;

	if (!max || max > SIM_MAX_BATCH || min > max ||
	    size < SIM_COMPLETION_SIZE_VER0 || size % 8)
		return -EINVAL;
	while (sim->ring_tail - sim->ring_head < min)
		if (!advance(sim, limit_ns))
			break;
	if (sim->ring_tail - sim->ring_head < min && timeout_ns)
		sim->now_ns = max(sim->now_ns, timeout_ns);
	for (; nr < max && sim->ring_head != sim->ring_tail; nr++)
		xrsched_give_sized(to + nr * size, size,
				   &sim->ring[sim->ring_head++ & mask],
				   sizeof(*completions));
	sim->jobs -= nr;
	if (!nr && min)
		return timeout_ns ? -ETIMEDOUT : -EDEADLK;
	return nr;
}

static uint64_t sim_now(struct xrsched *x)
{
	return to_sim(x)->now_ns;
}

/* ----- jobs ------------------------------------------------------------- */

static struct sim_job *job_alloc(struct sim *sim)
{
	struct sim_job *job = sim->free_jobs;
	struct sim_chunk *chunk;

	if (!job) {
		chunk = malloc(sizeof(*chunk));
		if (!chunk)
			return NULL;
		chunk->next = sim->chunks;
		sim->chunks = chunk;
		for (u32 i = 0; i < SIM_CHUNK; i++) {
			chunk->job[i].next = job;
			job = &chunk->job[i];
		}
	}
	sim->free_jobs = job->next;
	memset(&job->core, 0, sizeof(job->core));
	return job;
}

/* Room for the completions of all jobs and one more. */
static int ring_reserve(struct sim *sim)
{
	u32 size = sim->ring_size ? sim->ring_size * 2 : SIM_CHUNK;
	struct xrsched_completion *ring;

	if (sim->jobs < sim->ring_size)
		return 0;
	ring = malloc(size * sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	for (u32 i = sim->ring_head; i != sim->ring_tail; i++)
		ring[i & (size - 1)] = sim->ring[i & (sim->ring_size - 1)];
	free(sim->ring);
	sim->ring = ring;
	sim->ring_size = size;
	return 0;
}

static int submit_one(struct sim *sim, const struct xrsched_job *arg)
{
	struct sim_stream *stream = sim_stream_get(sim, arg->stream);
	u64 release_ns = arg->release_ns ? arg->release_ns : sim->now_ns;
	struct sim_job *job;
	int ret;

	if ((arg->flags & ~XRSCHED_JOB_FLAGS) || arg->pad || arg->pad2 ||
	    (arg->in_fence && !(arg->flags & XRSCHED_JOB_IN_FENCE)) ||
	    ((arg->buffers || arg->nr_buffers) &&
	     !(arg->flags & XRSCHED_JOB_BUFFERS)))
		return -EINVAL;
	/*
	 * Fences are signalled in real time, by others, and nobody is there to
	 * use a buffer.
	 */
	if (arg->flags)
		return -EOPNOTSUPP;
	if (!stream)
		return -ENOENT;
	if (sim->jobs == sim->max_jobs) {
		stream->core.count.full++;
		return -EAGAIN;
	}
	if (!arg->deadline_ns &&
	    release_ns > U64_MAX - stream->core.deadline_ns)
		return -EINVAL;
	ret = ring_reserve(sim);
	if (ret)
		return ret;
	job = job_alloc(sim);
	if (!job)
		return -ENOMEM;
	job->cookie = arg->cookie;
	job->core.stream = &stream->core;
	job->core.frame = arg->frame;
	job->core.release_ns = release_ns;
	job->core.deadline_ns = arg->deadline_ns;
	if (!job->core.deadline_ns)
		job->core.deadline_ns = release_ns + stream->core.deadline_ns;
	job->core.skip_mask = arg->skip_mask;
	job->core.exit = arg->exit;
	job->core.variant = arg->variant;
	ret = xrs_core_submit(&sim->core, &job->core, sim->now_ns);
	if (ret) {
		job->next = sim->free_jobs;
		sim->free_jobs = job;
		return ret;
	}
	sim->jobs++;
	return 0;
}

/* A job as the caller knows it; its result is written there. */
static int submit_sized(struct sim *sim, struct xrsched_job *arg, size_t size)
{
	struct xrsched_job job;
	int ret = xrsched_copy_sized(&job, sizeof(job), arg, size);

	if (!ret)
		ret = submit_one(sim, &job);
	arg->result = ret;
	return ret;
}

static int sim_submit(struct xrsched *x, struct xrsched_job *jobs,
		      unsigned int nr, unsigned int flags, uint64_t timeout_ns,
		      size_t size)
{
	struct sim *sim = to_sim(x);
	char *job = (char *)jobs;
	unsigned int i;
	int ret = 0;

	if (!nr || size < SIM_JOB_SIZE_VER0 || size % 8 || nr > SIM_MAX_BATCH ||
	    (flags & ~XRSCHED_SUBMIT_FLAGS) ||
	    (timeout_ns && !(flags & XRSCHED_SUBMIT_WAIT)))
		return -EINVAL;
	for (i = 0; i < nr; i++) {
		ret = submit_sized(sim, (void *)(job + i * size), size);
		if (ret)
			break;
	}
	if (!i)
		return ret;
	sim_run(sim);
	return i;
}

static u32 cancel_list(struct sim *sim, struct list_head *list,
		       enum xrs_reason reason)
{
	struct xrs_job *job, *next;
	u32 nr = 0;

	list_for_each_entry_safe(job, next, list, node) {
		nr += !job->cancelled;
		xrs_core_cancel(&sim->core, job, reason, sim->now_ns);
	}
	return nr;
}

/* Number of jobs that will end as cancelled for it. */
u32 sim_cancel_stream(struct sim *sim, struct sim_stream *stream,
		      enum xrs_reason reason)
{
	return cancel_list(sim, &stream->core.fresh, reason) +
	       cancel_list(sim, &stream->core.stale, reason);
}

static int sim_cancel(struct xrsched *x, uint32_t handle, uint64_t frame,
		      unsigned int flags)
{
	struct sim *sim = to_sim(x);
	struct sim_stream *stream;
	struct xrs_job *job;
	u32 nr = 1;

	if ((flags & ~XRSCHED_CANCEL_FLAGS) || (flags && frame))
		return -EINVAL;
	stream = sim_stream_get(sim, handle);
	if (!stream)
		return -ENOENT;
	if (flags & XRSCHED_CANCEL_ALL) {
		nr = sim_cancel_stream(sim, stream, XRS_REASON_CANCEL);
	} else {
		job = xrs_core_find(&stream->core, frame);
		if (!job)
			return -ENOENT;
		xrs_core_cancel(&sim->core, job, XRS_REASON_CANCEL,
				sim->now_ns);
	}
	sim_run(sim);
	return nr;
}

/* ----- the handle ------------------------------------------------------- */

static int sim_fd(const struct xrsched *x)
{
	(void)x;
	return -ENODEV;
}

static void sim_close(struct xrsched *x)
{
	struct sim *sim = to_sim(x);
	struct sim_chunk *chunk;

	sim_objects_free(sim);
	while ((chunk = sim->chunks)) {
		sim->chunks = chunk->next;
		free(chunk);
	}
	free(sim->core.timer_slot);
	free(sim->ring);
	free(sim);
}

const struct xrsched_ops xrsched_sim_ops = {
	.close = sim_close,
	.fd = sim_fd,
	.now = sim_now,
	.get_caps = sim_get_caps,
	.model_create = sim_model_create,
	.model_destroy = sim_model_destroy,
	.stream_create = sim_stream_create,
	.stream_destroy = sim_stream_destroy,
	.stream_stats = sim_stream_stats,
	.advise = sim_advise,
	.submit = sim_submit,
	.wait = sim_wait,
	.cancel = sim_cancel,
	.engine_add = sim_engine_add,
	.engine_remove = sim_engine_remove,
	.engines_get = sim_engines_get,
	.policy_set = sim_policy_set,
	.policy_get = sim_policy_get,
	.device_stats = sim_device_stats,
};

XRSCHED_API int xrsched_open_sim(const struct xrsched_sim_opts *opts,
				 struct xrsched **x)
{
	struct xrsched_sim_opts o;
	struct sim *sim;
	int ret;

	ret = xrsched_copy_opts(&o, sizeof(o), opts);
	if (ret)
		return ret;
	if (o.flags || o.max_jobs > SIM_MAX_JOBS ||
	    o.estimate_error_ppm > SIM_MAX_ERROR_PPM ||
	    o.overhead_ns > SIM_MAX_OVERHEAD_NS)
		return -EINVAL;
	sim = calloc(1, sizeof(*sim));
	if (!sim)
		return -ENOMEM;
	sim->base.ops = &xrsched_sim_ops;
	xrs_core_init(&sim->core, &sim_core_ops);
	sim->now_ns = o.start_ns ? o.start_ns : 1000000000;
	sim->wake_ns = XRS_NEVER;
	sim->overhead_ns = o.overhead_ns;
	sim->error_ppm = o.estimate_error_ppm;
	sim->error_seed = o.estimate_seed;
	sim->tuned = o.tuned;
	sim->tuned_arg = o.arg;
	sim->max_jobs = o.max_jobs ? o.max_jobs : SIM_DEFAULT_JOBS;
	*x = &sim->base;
	return 0;
}
