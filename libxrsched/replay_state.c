// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The state that a recording begins with: the counterpart of
 * kmod/core/record_state.c.
 *
 * Everything is checked that the core relies on, as the file may hold anything.
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"
#include "replay.h"
#include "xrs_readiness.h"

/* ----- the core --------------------------------------------------------- */

static void read_core(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_core *core = &world->core;

	core->now_ns = r->at_ns;
	core->wake_ns = r->snap_core.wake_ns;
	core->stream_gen = r->snap_core.stream_gen;
	core->events = r->snap_core.events;
	core->decisions = r->snap_core.decisions;
	core->policy_faults = r->snap_core.policy_faults;
	core->rr = r->snap_core.rr;
}

static bool inside(const struct xrs_point *at)
{
	return at->x >= 0 && at->x <= XRS_TUNER_ONE && at->y >= 0 &&
	       at->y <= XRS_TUNER_ONE;
}

static int finish_tuner(struct replay_world *world)
{
	struct xrs_tuner *tuner = &world->core.tuner;
	const u64 *word = world->tuner;

	*tuner = (struct xrs_tuner){
		.centre = { (s32)word[0], (s32)word[1] },
		.radius = (s32)word[2],
		.angle = (u32)word[3],
		.random = word[4],
		.step = (u32)word[5],
		.window = (u32)word[6],
		.best = (u32)word[7],
		.noise_q32 = word[8],
		.last_centre = word[9],
		.back = { (s32)word[10], (s32)word[11] },
		.back_cost = word[12],
		.mean_q40 = word[13],
		.off = (u32)word[14],
		.windows = (u32)word[15],
		.end_ns = word[16],
		.gen = word[17],
		.scan = (u32)word[25],
	};
	memcpy(tuner->cost, &word[18], sizeof(tuner->cost));
	if (!inside(&tuner->centre) || !inside(&tuner->back) ||
	    tuner->radius < 0 || tuner->radius > XRS_TUNER_ONE ||
	    tuner->angle >= 24 || tuner->scan > 1 ||
	    tuner->window >=
		    (tuner->scan ? XRS_TUNER_SCAN : XRS_TUNER_WINDOWS) ||
	    tuner->best > XRS_TUNER_PROBES)
		return replay_bad(world, "a tuner that cannot be");
	return 0;
}

static int read_words(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);
	u32 room;
	u64 *to;

	if (r->arg == XRS_REC_WORDS_TUNER) {
		to = world->tuner;
		room = XRS_REC_TUNER_WORDS;
	} else if (!stream) {
		return replay_bad(world, "there is no stream %u", r->id);
	} else if (r->arg == XRS_REC_WORDS_RECENT) {
		to = stream->core.recent;
		room = XRS_RECENT;
	} else if (r->arg == XRS_REC_WORDS_COUNT) {
		to = (u64 *)&stream->core.count;
		room = sizeof(stream->core.count) / sizeof(u64);
	} else if (r->arg == XRS_REC_WORDS_WINDOW) {
		to = (u64 *)&stream->core.window;
		room = sizeof(stream->core.window) / sizeof(u64);
	} else {
		return replay_bad(world, "state of an unknown kind %u", r->arg);
	}
	for (u32 i = 0; i < 6; i++)
		if (6U * r->part + i < room)
			to[6 * r->part + i] = r->word[i];
	return 0;
}

/* ----- streams and jobs ------------------------------------------------- */

static int read_stream(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);

	if (!stream)
		return replay_bad(world, "there is no stream %u", r->id);
	stream->core.next_frame = r->snap_stream.next_frame;
	stream->core.last_release_ns = r->snap_stream.last_release_ns;
	stream->core.ended = r->snap_stream.ended;
	stream->core.drops = r->snap_stream.drops;
	stream->core.bound = r->snap_stream.bound;
	if (r->snap_stream.bound >= XRS_MAX_ENGINES)
		return replay_bad(world, "stream %u: no such engine", r->id);
	if (r->snap_stream.timer_ns != XRS_NEVER)
		xrs_heap_set(&world->core.timers, &stream->core.timer,
			     r->snap_stream.timer_ns);
	return 0;
}

static bool layer_valid(const struct xrs_job *job)
{
	const struct xrs_model *model = job->stream->model;
	const struct xrs_variant *variant;

	if (job->variant > model->nr_variants ||
	    (job->started && !job->variant))
		return false;
	if (!job->started && job->state == XRS_JOB_PENDING)
		return true;
	variant = &model->variant[job->variant ? job->variant - 1 : 0];
	return job->layer >= variant->first_layer &&
	       job->layer - variant->first_layer < variant->nr_layers;
}

static bool job_valid(const struct xrs_job *job)
{
	struct list_head *list =
		job->stale ? &job->stream->stale : &job->stream->fresh;
	const struct xrs_job *before;

	/* Only the first of a list may be more than pending. */
	if (!list_empty(list)) {
		before = list_entry(list->prev, struct xrs_job, node);
		if (before->frame >= job->frame ||
		    job->state != XRS_JOB_PENDING)
			return false;
	}
	if (job->state < XRS_JOB_PENDING || job->state > XRS_JOB_RUNNING ||
	    (job->state == XRS_JOB_RUNNING && !job->started))
		return false;
	return job->frame < job->stream->next_frame &&
	       job->deadline_ns > job->release_ns &&
	       job->exit <= XRS_MAX_EXITS && job->reason <= XRS_REASON_FAULT &&
	       !(job->held && job->state != XRS_JOB_PENDING) &&
	       layer_valid(job);
}

static int read_job(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);
	struct xrs_job *job;

	if (!stream || world->half)
		return replay_bad(world, "a job out of place");
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->stream = &stream->core;
	job->state = r->arg;
	job->tries = r->part;
	job->frame = r->snap_job.frame;
	job->release_ns = r->snap_job.release_ns;
	job->deadline_ns = r->snap_job.deadline_ns;
	job->skip_mask = r->snap_job.skip_mask;
	job->exit = r->snap_job.exit;
	job->variant = r->snap_job.variant;
	job->reason = r->snap_job.reason;
	job->started = r->snap_job.flags & XRS_REC_JOB_STARTED;
	job->stale = r->snap_job.flags & XRS_REC_JOB_STALE;
	job->cancelled = r->snap_job.flags & XRS_REC_JOB_CANCELLED;
	job->released = r->snap_job.flags & XRS_REC_JOB_RELEASED;
	job->held = r->snap_job.flags & XRS_REC_JOB_HELD;
	job->layer = r->snap_job.layer;
	job->live_bytes = r->snap_job.live_bytes;
	job->slot = r->snap_job.slot;
	job->last = XRS_MAX_ENGINES;
	INIT_LIST_HEAD(&job->dependents);
	INIT_LIST_HEAD(&job->dep_node);
	if (!job_valid(job)) {
		free(job);
		return replay_bad(world, "stream %u: a job that cannot be",
				  r->id);
	}
	list_add_tail(&job->node,
		      job->stale ? &stream->core.stale : &stream->core.fresh);
	stream->core.in_flight++;
	world->half = job;
	return 0;
}

static int read_job2(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_job *job = world->half;

	if (!job || job->frame != r->snap_job2.frame ||
	    job->stream->id != r->id || r->snap_job2.last > XRS_MAX_ENGINES)
		return replay_bad(world, "half a job out of place");
	job->ready_ns = r->snap_job2.ready_ns;
	job->start_ns = r->snap_job2.start_ns;
	job->energy_pj = r->snap_job2.energy_pj;
	job->layers = r->snap_job2.layers;
	job->switches = r->snap_job2.switches;
	job->last = r->snap_job2.last;
	job->block_end = r->snap_job2.block_end;
	world->half = NULL;
	return 0;
}

static struct xrs_job *find(struct replay_world *world, u32 id, u64 frame)
{
	struct replay_stream *stream = replay_stream_get(world, id);

	return stream ? xrs_core_find(&stream->core, frame) : NULL;
}

static int read_dep(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_job *job = find(world, r->id, r->word[0]), *parent;

	if (!job || job->parent || job->state != XRS_JOB_PENDING ||
	    !job->stream->upstream)
		return replay_bad(world, "a frame that cannot wait");
	parent = xrs_core_find(job->stream->upstream, r->word[0]);
	if (!parent)
		return replay_bad(world, "a frame that waits for none");
	job->parent = parent;
	list_add_tail(&job->dep_node, &parent->dependents);
	return 0;
}

/* ----- engines ---------------------------------------------------------- */

static void put_down(struct xrs_core *core, struct xrs_engine *engine)
{
	engine->up = false;
	core->up &= ~BIT_ULL(engine->id);
	core->idle &= ~BIT_ULL(engine->id);
	core->engine_gen++;
}

static int read_running(struct replay_world *world, struct xrs_engine *engine,
			const struct xrs_record *r)
{
	struct xrs_job *job =
		find(world, r->snap_engine.stream, r->snap_engine.frame);

	if (!job || job->state != XRS_JOB_RUNNING || job->engine || engine->job)
		return replay_bad(world, "engine %u runs a job that does not",
				  r->id);
	xrs_model_view(&world->core, job->stream->model);
	if (job->stream->model->row[engine->id] == XRS_NO_ROW)
		return replay_bad(world, "engine %u cannot run its job", r->id);
	engine->job = job;
	job->engine = engine;
	world->core.idle &= ~BIT_ULL(engine->id);
	return 0;
}

static int read_engine(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_engine *engine =
		r->id < XRS_MAX_ENGINES ? world->core.engine[r->id] : NULL;
	struct xrs_job *resident;
	int ret = 0;

	if (!engine)
		return replay_bad(world, "there is no engine %u", r->id);
	engine->since_ns = r->snap_engine.since_ns;
	engine->seq = r->snap_engine.seq;
	engine->switch_pj = r->snap_engine.switch_pj;
	if (engine->since_ns > r->at_ns)
		return replay_bad(world, "engine %u began in the future",
				  r->id);
	if (r->arg & XRS_REC_ENGINE_RUNS)
		ret = read_running(world, engine, r);
	if (!(r->arg & XRS_REC_ENGINE_IS_UP)) {
		if (engine->job || (r->arg & XRS_REC_ENGINE_HAS_RESIDENT))
			return replay_bad(world, "engine %u runs, being down",
					  r->id);
		put_down(&world->core, engine);
	}
	if (!ret && (r->arg & XRS_REC_ENGINE_HAS_RESIDENT)) {
		resident = find(world, r->snap_engine.resident_stream,
				r->snap_engine.resident_frame);
		if (!resident || engine->resident)
			return replay_bad(world,
					  "engine %u: a resident that is none",
					  r->id);
		engine->resident = resident;
		resident->resident |= BIT_ULL(engine->id);
	}
	return ret;
}

static int read_health(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_core *core = &world->core;
	struct xrs_engine *engine =
		r->id < XRS_MAX_ENGINES ? core->engine[r->id] : NULL;

	if (!engine || r->snap_health.health > XRS_HEALTH_QUARANTINED ||
	    r->snap_health.strikes > XRS_MAX_STRIKES ||
	    r->snap_health.slack > XRS_MAX_SLACK ||
	    (engine->job && r->snap_health.health != XRS_HEALTH_GOOD))
		return replay_bad(world, "engine %u in an impossible state",
				  r->id);
	engine->health = r->snap_health.health;
	engine->strikes = r->snap_health.strikes;
	engine->good = r->snap_health.good;
	engine->parked = r->snap_health.parked;
	engine->revived = r->snap_health.revived;
	engine->slack = r->snap_health.slack;
	engine->alarm_ns = r->snap_health.alarm_ns;
	/* A rest is as long as strikes say, at least one. */
	if (engine->health != XRS_HEALTH_GOOD && !engine->strikes)
		engine->strikes = 1;
	if (engine->alarm_ns != XRS_NEVER) {
		core->alarmed |= BIT_ULL(r->id);
		core->alarm_ns = min(core->alarm_ns, engine->alarm_ns);
	}
	if (engine->health != XRS_HEALTH_GOOD || engine->parked)
		core->idle &= ~BIT_ULL(r->id);
	return 0;
}

/* ----- the end ---------------------------------------------------------- */

/* Jobs that are in a ready set, as they will be put there. */
struct ready {
	struct xrs_job **job;
	u32 nr;
	int ret;
};

static void gather_job(struct replay_world *world, struct xrs_job *job,
		       struct ready *ready)
{
	xrs_model_view(&world->core, job->stream->model);
	if (job->state == XRS_JOB_RUNNING && !job->engine)
		ready->ret = replay_bad(world, "a job runs nowhere");
	if (job->state != XRS_JOB_READY)
		return;
	if (!job->stream->model->engines ||
	    job->release_ns > world->core.now_ns)
		ready->ret = replay_bad(world, "a job is ready that cannot be");
	else
		ready->job[ready->nr++] = job;
}

static void gather(struct replay_world *world, struct replay_stream *stream,
		   void *arg)
{
	struct xrs_job *job;

	list_for_each_entry(job, &stream->core.fresh, node)
		gather_job(world, job, arg);
	list_for_each_entry(job, &stream->core.stale, node)
		gather_job(world, job, arg);
}

static int by_slot(const void *a, const void *b)
{
	const struct xrs_job *x = *(struct xrs_job *const *)a;
	const struct xrs_job *y = *(struct xrs_job *const *)b;

	return (x->slot > y->slot) - (x->slot < y->slot);
}

static int finish(struct replay_world *world)
{
	struct ready ready = { 0 };
	int ret = finish_tuner(world);

	if (!ret && (world->half || world->building))
		ret = replay_bad(world, "state that ends amidst an object");
	if (ret)
		return ret;
	/* Two lists a stream, of which the first may be ready. */
	ready.job = calloc(2 * (size_t)world->core.nr_streams + 1,
			   sizeof(*ready.job));
	if (!ready.job)
		return -ENOMEM;
	replay_each_stream(world, gather, &ready);
	if (!ready.ret) {
		qsort(ready.job, ready.nr, sizeof(*ready.job), by_slot);
		for (u32 i = 0; i < ready.nr; i++)
			xrs_ready_insert(&world->core, ready.job[i]);
	}
	free(ready.job);
	world->snapped = !ready.ret;
	return ready.ret;
}

/**
 * replay_state() - take a piece of the state at the beginning
 * @world: the core; its objects were made by replay_feed()
 * @r: a record of a XRS_REC_SNAP_* type
 *
 * Return: 0, or -errno for one that cannot be.
 */
int replay_state(struct replay_world *world, const struct xrs_record *r)
{
	if (world->snapped)
		return replay_bad(world, "state after the beginning");
	world->snapping = true;
	switch (r->type) {
	case XRS_REC_SNAP_CORE:
		read_core(world, r);
		return 0;
	case XRS_REC_SNAP_WORDS:
		return read_words(world, r);
	case XRS_REC_SNAP_ENGINE:
		return read_engine(world, r);
	case XRS_REC_SNAP_HEALTH:
		return read_health(world, r);
	case XRS_REC_SNAP_STREAM:
		return read_stream(world, r);
	case XRS_REC_SNAP_JOB:
		return read_job(world, r);
	case XRS_REC_SNAP_JOB2:
		return read_job2(world, r);
	case XRS_REC_SNAP_DEP:
		return read_dep(world, r);
	case XRS_REC_SNAP_END:
		return finish(world);
	default:
		return replay_bad(world, "state of an unknown type %u",
				  r->type);
	}
}
