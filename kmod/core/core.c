// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core's engines, streams and policy.
 *
 * What becomes of a single job is in job.c, when which is looked at in queue.c,
 * and who runs next in run.c.
 */
#include "internal.h"
#include "policies.h"

static const struct xrs_guard guard_init = {
	.floor_ns = 10000000,
	.factor = 8,
	.retries = 3,
	.strikes = 3,
	.rest_ns = 1000000,
	.rest_max_ns = 10000000000,
};

/**
 * xrs_core_init() - make a core without engines and streams
 * @core: the core; all of it is set
 * @ops: its surroundings; must outlive it
 *
 * The policy is the first of xrs_policies with its defaults.
 *
 * Context: any.
 */
void xrs_core_init(struct xrs_core *core, const struct xrs_core_ops *ops)
{
	memset(core, 0, sizeof(*core));
	core->ops = ops;
	INIT_LIST_HEAD(&core->streams);
	core->policy = xrs_policies[0];
	xrs_policy_defaults(core->policy, core->param);
	core->engine_gen = 1;
	xrs_ahead_forget(core);
	core->index_min = XRS_INDEX_MIN;
	core->ready[1].set = 1;
	core->wake_ns = XRS_NEVER;
	core->alarm_ns = XRS_NEVER;
	core->guard = guard_init;
}

/**
 * xrs_core_reserve_bytes() - memory that xrs_core_reserve() wants
 * @max_streams: streams to be held
 *
 * Context: any.
 */
size_t xrs_core_reserve_bytes(u32 max_streams)
{
	/* A timer and at most one ready job in each of two sets a stream. */
	return max_streams * sizeof(struct xrs_timer *) +
	       2 * xrs_ready_bytes(max_streams);
}

/**
 * xrs_core_reserve() - give the core room for more streams
 * @core: the core
 * @mem: xrs_core_reserve_bytes() of memory; the core's until it is replaced
 * @max_streams: at least as many as before; 0: the core is done with
 *
 * Context: caller's lock.
 * Return: the memory of the last call, now the caller's again, or NULL.
 */
void *xrs_core_reserve(struct xrs_core *core, void *mem, u32 max_streams)
{
	struct xrs_timer **timer_slot = mem;
	void *old = core->timer_slot;
	u32 set;

	core->timer_slot = timer_slot;
	core->max_streams = max_streams;
	if (!max_streams)
		return old;
	if (core->timers.nr)
		memcpy(timer_slot, old, core->timers.nr * sizeof(*timer_slot));
	core->timers.slot = timer_slot;
	mem = timer_slot + max_streams;
	for (set = 0; set < 2; set++)
		mem = xrs_ready_move(&core->ready[set], mem, max_streams);
	return old;
}

static void poke_all(struct xrs_core *core, u64 now_ns)
{
	struct xrs_stream *stream;

	list_for_each_entry(stream, &core->streams, link)
		xrs_stream_poke(core, stream, now_ns);
}

/*
 * Ready jobs' views follow the engines; those nobody can run any more fail.
 * What admit=sound waits for depends on the engines, too.
 */
static void engines_changed(struct xrs_core *core, u64 now_ns)
{
	u32 set, i;

	xrs_ready_unindex(core);
	core->engine_gen++;
	core->ahead.arrived = true;
	if (core->param[XRS_PARAM_ADMIT] == XRS_ADMIT_SOUND)
		poke_all(core, now_ns);
	for (set = 0; set < 2; set++) {
		struct xrs_ready *ready = &core->ready[set];

		/* Ending a ready job moves the last one into its place. */
		for (i = ready->nr; i-- > 0;) {
			struct xrs_job *job = ready->job[i];

			xrs_model_view(core, job->stream->model);
			if (!job->stream->model->engines)
				xrs_job_end(core, job, XRS_FAILED,
					    XRS_REASON_NO_ENGINE, now_ns);
		}
	}
	xrs_ready_reindex(core);
}

/* That of another engine of the same class, or the lowest that is free. */
static u32 kind_of(const struct xrs_core *core, const struct xrs_engine *engine)
{
	u64 taken = 0;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		const struct xrs_engine *other = core->engine[id];

		if (!other)
			continue;
		if (!strcmp(other->class_name, engine->class_name))
			return other->kind;
		taken |= BIT_ULL(other->kind);
	}
	return __ffs64(~taken);
}

/**
 * xrs_core_costs_changed() - a model's costs are not what they were
 * @core: the core
 * @model: the model
 *
 * What admit=sound waits for depends on them.
 *
 * Context: caller's lock; no decision is under way.  O(streams + ready jobs).
 */
void xrs_core_costs_changed(struct xrs_core *core, struct xrs_model *model)
{
	struct xrs_stream *stream;

	xrs_ready_unindex(core);
	core->cost_gen++;
	model->view_gen = 0;
	xrs_model_view(core, model);
	if (core->param[XRS_PARAM_ADMIT] == XRS_ADMIT_SOUND)
		list_for_each_entry(stream, &core->streams, link)
			if (stream->model == model)
				xrs_stream_poke(core, stream, core->now_ns);
	xrs_ready_reindex(core);
}

/**
 * xrs_engine_bring_up() - let an engine that is down take layers
 * @core: the core
 * @engine: the engine
 * @now_ns: now
 *
 * Context: caller's lock.
 */
void xrs_engine_bring_up(struct xrs_core *core, struct xrs_engine *engine,
			 u64 now_ns)
{
	core->events++;
	engine->up = true;
	core->up |= BIT_ULL(engine->id);
	engine->health = XRS_HEALTH_GOOD;
	xrs_engine_alarm(core, engine, XRS_NEVER);
	xrs_engine_settle(core, engine);
	engines_changed(core, now_ns);
}

/* One that is down for faults does not come back by itself any more. */
static void forgive(struct xrs_core *core, struct xrs_engine *engine)
{
	engine->health = XRS_HEALTH_GOOD;
	xrs_engine_alarm(core, engine, XRS_NEVER);
}

/**
 * xrs_engine_take_down() - let an engine that is up take no layers
 * @core: the core
 * @engine: the engine
 * @now_ns: now
 *
 * Context: caller's lock.
 */
void xrs_engine_take_down(struct xrs_core *core, struct xrs_engine *engine,
			  u64 now_ns)
{
	struct xrs_job *lost = engine->job;

	core->events++;
	engine->up = false;
	core->up &= ~BIT_ULL(engine->id);
	core->idle &= ~BIT_ULL(engine->id);
	if (engine->resident)
		engine->resident->resident &= ~BIT_ULL(engine->id);
	engine->resident = NULL;
	engine->job = NULL;
	engines_changed(core, now_ns);
	if (lost) {
		engine->lost++;
		engine->busy_ns += now_ns - engine->since_ns;
		engine->lost_ns += now_ns - engine->since_ns;
		engine->lost_pj += engine->switch_pj;
		xrs_job_layer_lost(core, lost, now_ns);
	}
}

/**
 * xrs_core_engine_add() - a new engine, up and idle
 * @core: the core
 * @engine: with id and class_name set, the rest zero
 * @now_ns: now
 *
 * Context: caller's lock; xrs_core_run() follows.
 * Return: 0, -EINVAL (id or name), -EEXIST (id taken).
 */
int xrs_core_engine_add(struct xrs_core *core, struct xrs_engine *engine,
			u64 now_ns)
{
	if (engine->id >= XRS_MAX_ENGINES || !xrs_name_valid(engine->class_name))
		return -EINVAL;
	if (core->engine[engine->id])
		return -EEXIST;
	xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine_add(core, engine);
	engine->kind = kind_of(core, engine);
	core->engine[engine->id] = engine;
	engine->up = false;
	engine->job = NULL;
	engine->resident = NULL;
	engine->strikes = 0;
	engine->slack = 0;
	engine->alarm_ns = XRS_NEVER;
	xrs_engine_bring_up(core, engine, core->now_ns);
	return 0;
}

/**
 * xrs_core_engine_up() - an engine takes layers again
 * @core: the core
 * @engine: one of its engines
 * @now_ns: now
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_engine_up(struct xrs_core *core, struct xrs_engine *engine,
			u64 now_ns)
{
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine(core, XRS_REC_ENGINE_UP, engine);
	if (!engine->up)
		xrs_engine_bring_up(core, engine, now_ns);
}

/**
 * xrs_core_engine_down() - an engine takes no layers for now
 * @core: the core
 * @engine: one of its engines
 * @now_ns: now
 *
 * What lay there is lost: a running layer goes back to the ready set, or its
 * job fails if no other engine can run it.
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_engine_down(struct xrs_core *core, struct xrs_engine *engine,
			  u64 now_ns)
{
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine(core, XRS_REC_ENGINE_DOWN, engine);
	forgive(core, engine);
	if (engine->up)
		xrs_engine_take_down(core, engine, now_ns);
}

/**
 * xrs_core_engine_remove() - an engine goes for ever
 * @core: the core
 * @engine: one of its engines; the caller's again afterwards
 * @now_ns: now
 *
 * Context: caller's lock; xrs_core_run() follows.
 */
void xrs_core_engine_remove(struct xrs_core *core, struct xrs_engine *engine,
			    u64 now_ns)
{
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_engine(core, XRS_REC_ENGINE_REMOVE, engine);
	forgive(core, engine);
	if (engine->up)
		xrs_engine_take_down(core, engine, now_ns);
	core->engine[engine->id] = NULL;
	/*
	 * Its id may come back with another class.  Which engines can run a
	 * ready job does not change by this: views follow when they are asked
	 * for.
	 */
	core->engine_gen++;
}

/**
 * xrs_core_stream_add() - a new stream
 * @core: the core
 * @stream: with what its kernel-doc says set by the caller
 *
 * Context: caller's lock.
 * Return: 0, -ENOSPC (more than was reserved), -ELOOP (chain of upstream
 * streams longer than XRS_MAX_DEPTH).
 */
int xrs_core_stream_add(struct xrs_core *core, struct xrs_stream *stream)
{
	const struct xrs_stream *up;
	u32 depth = 1, i;

	if (core->nr_streams == core->max_streams)
		return -ENOSPC;
	for (up = stream->upstream; up; up = up->upstream)
		if (++depth > XRS_MAX_DEPTH)
			return -ELOOP;
	if (xrs_recorded(core))
		xrs_record_stream_add(core, stream);
	INIT_LIST_HEAD(&stream->fresh);
	INIT_LIST_HEAD(&stream->stale);
	stream->timer.id = stream->id;
	stream->timer.slot = XRS_TIMER_IDLE;
	stream->children = 0;
	stream->in_flight = 0;
	stream->next_frame = 0;
	stream->last_release_ns = 0;
	stream->came_ns = 0;
	stream->drops = 0;
	stream->bound = 0;
	stream->ended = 0;
	for (i = 0; i < XRS_RECENT; i++)
		stream->recent[i] = U64_MAX;
	memset(&stream->count, 0, sizeof(stream->count));
	memset(&stream->queue_hist, 0, sizeof(stream->queue_hist));
	memset(&stream->response_hist, 0, sizeof(stream->response_hist));
	if (stream->upstream) {
		stream->upstream->children++;
		xrs_ready_bounds_changed(core, stream->upstream);
	}
	list_add_tail(&stream->link, &core->streams);
	core->nr_streams++;
	core->stream_gen++;
	core->events++;
	return 0;
}

/**
 * xrs_core_stream_remove() - a stream goes
 * @core: the core
 * @stream: one of its streams; the caller's again if this succeeds
 *
 * Context: caller's lock.
 * Return: 0, -EBUSY while jobs are in flight or another stream names it as its
 * upstream.
 */
int xrs_core_stream_remove(struct xrs_core *core, struct xrs_stream *stream)
{
	if (stream->in_flight || stream->children)
		return -EBUSY;
	if (xrs_recorded(core))
		xrs_record_stream(core, XRS_REC_STREAM_REMOVE, stream);
	xrs_heap_clear(&core->timers, &stream->timer);
	if (stream->upstream) {
		stream->upstream->children--;
		xrs_ready_bounds_changed(core, stream->upstream);
	}
	list_del_init(&stream->link);
	core->nr_streams--;
	core->stream_gen++;
	core->events++;
	return 0;
}

/**
 * xrs_core_set_policy() - decide differently from now on
 * @core: the core
 * @policy: the policy
 * @param: XRS_PARAM_NR values; those that the policy does not heed are not
 *         looked at
 * @now_ns: now
 *
 * Nothing that runs is touched and no job is lost; jobs that the new rule for
 * expired ones concerns meet it in the next run.
 *
 * Context: caller's lock; xrs_core_run() follows.
 * Return: 0, -ERANGE (a value; nothing has changed).
 */
int xrs_core_set_policy(struct xrs_core *core, const struct xrs_policy *policy,
			const s64 *param, u64 now_ns)
{
	u32 id;

	for (id = 0; id < XRS_PARAM_NR; id++)
		if (xrs_policy_check(policy, id, param[id]) == -ERANGE)
			return -ERANGE;
	now_ns = xrs_core_advance(core, now_ns);
	if (xrs_recorded(core))
		xrs_record_policy(core, policy, param);
	core->events++;
	core->policy = policy;
	xrs_ahead_forget(core);
	xrs_policy_defaults(policy, core->param);
	for (id = 0; id < XRS_PARAM_NR; id++)
		if (policy->params & (1U << id))
			core->param[id] = param[id];
	if (core->param[XRS_PARAM_TUNE]) {
		xrs_tuner_start(core);
		/* Its first window begins with the next run. */
		core->tuner.gen = U64_MAX;
	}
	xrs_ready_reindex(core);
	poke_all(core, now_ns);
	return 0;
}

static u32 count_released(const struct list_head *jobs)
{
	const struct xrs_job *job;
	u32 nr = 0;

	list_for_each_entry(job, jobs, node)
		nr += job->released;
	return nr;
}

static void reset_stream(struct xrs_stream *stream)
{
	memset(&stream->count, 0, sizeof(stream->count));
	/* A tuner's window that has begun goes on from here. */
	memset(&stream->window, 0, sizeof(stream->window));
	memset(&stream->queue_hist, 0, sizeof(stream->queue_hist));
	memset(&stream->response_hist, 0, sizeof(stream->response_hist));
	stream->count.submitted = stream->in_flight;
	stream->count.released = count_released(&stream->fresh) +
				 count_released(&stream->stale);
}

static void reset_engine(const struct xrs_core *core, struct xrs_engine *engine)
{
	engine->busy_ns = 0;
	engine->layers = 0;
	engine->switches = 0;
	engine->lost = 0;
	engine->energy_pj = 0;
	engine->faults = 0;
	engine->timeouts = 0;
	engine->refused = 0;
	engine->lost_ns = 0;
	engine->lost_pj = 0;
	memset(&engine->error_hist, 0, sizeof(engine->error_hist));
	/*
	 * What the running layer takes from now on counts.  On the core's clock:
	 * the layer may be over on its engine's, and must not end before it
	 * began.
	 */
	if (engine->job)
		engine->since_ns = core->now_ns;
}

/**
 * xrs_core_reset_stats() - count from zero, for all streams and engines
 * @core: the core
 *
 * Jobs in flight stay counted as submitted (and, where they are, as released),
 * so that what the counters have to obey holds on.
 *
 * Context: caller's lock.  O(jobs in flight).
 */
void xrs_core_reset_stats(struct xrs_core *core)
{
	struct xrs_stream *stream;
	u32 id;

	if (xrs_recorded(core))
		xrs_record_plain(core, XRS_REC_RESET);
	list_for_each_entry(stream, &core->streams, link)
		reset_stream(stream);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (core->engine[id])
			reset_engine(core, core->engine[id]);
}
