// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From records to calls of the core.
 *
 * The core trusts its callers; the file is not to be trusted.  So all that the
 * core takes for granted is checked here: that engines, streams and models
 * exist, that numbers are in their ranges.
 */
#include <errno.h>
#include <inttypes.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "replay.h"

#define PERIOD_MAX_NS XRSCHED_MAX_PERIOD_NS

int replay_bad(struct replay_world *world, const char *fmt, ...)
{
	va_list ap;

	if (world->error) {
		va_start(ap, fmt);
		vsnprintf(world->error->text, sizeof(world->error->text), fmt,
			  ap);
		va_end(ap);
	}
	return -EPROTO;
}

int replay_no_memory(struct replay_world *world)
{
	replay_bad(world, "%s", strerror(ENOMEM));
	return -ENOMEM;
}

void replay_job_free(struct xrs_job *job)
{
	free(job);
}

void replay_used(struct replay_world *world)
{
	world->used = world->core.policy;
	memcpy(world->used_param, world->core.param, sizeof(world->used_param));
}

/* ----- objects by number ------------------------------------------------ */

static int stream_order(const void *a, const void *b)
{
	const struct replay_stream *x = a, *y = b;

	return (x->core.id > y->core.id) - (x->core.id < y->core.id);
}

struct replay_stream *replay_stream_get(struct replay_world *world, u32 id)
{
	struct replay_stream key;
	void **node;

	/* It is large, and nothing else is looked at. */
	key.core.id = id;
	node = tfind(&key, &world->streams, stream_order);
	return node ? *node : NULL;
}

/*
 * In the order in which they were added, which is the core's list: who calls
 * may let a stream go.
 */
void replay_each_stream(struct replay_world *world,
			void (*fn)(struct replay_world *world,
				   struct replay_stream *stream, void *arg),
			void *arg)
{
	struct xrs_stream *stream, *next;

	list_for_each_entry_safe(stream, next, &world->core.streams, link)
		fn(world, (struct replay_stream *)stream, arg);
}

/* ----- streams ---------------------------------------------------------- */

/* The name that came before, or one made up. */
static void take_name(struct replay_world *world, u8 what, u32 id, char *name)
{
	memset(name, 0, XRS_NAME_LEN);
	if (world->name_what == what && world->name_id == id && world->name[0])
		memcpy(name, world->name, XRS_NAME_LEN);
	else
		snprintf(name, XRS_NAME_LEN, "%s%u",
			 what == XRS_REC_NAME_STREAM ? "stream" : "engine", id);
	world->name_what = 0;
}

/* An engine's name brings it along; to be asked before take_name(). */
static u64 take_bandwidth(const struct replay_world *world, u32 id)
{
	if (world->name_what != XRS_REC_NAME_ENGINE || world->name_id != id)
		return 0;
	return min_t(u64, world->name_value, BIT_ULL(40));
}

static int row_add(struct replay_world *world, struct replay_stream *stream)
{
	const struct xrs_stream *core = &stream->core;
	struct replay_row *row;

	if (world->nr_rows == world->room_rows) {
		u32 room = world->room_rows ? 2 * world->room_rows : 16;

		row = realloc(world->row, room * sizeof(*row));
		if (!row)
			return replay_no_memory(world);
		world->row = row;
		world->room_rows = room;
	}
	stream->row = world->nr_rows++;
	row = &world->row[stream->row];
	memset(row, 0, sizeof(*row));
	memcpy(row->name, stream->name, XRS_NAME_LEN);
	memcpy(row->model, core->model->name, XRS_NAME_LEN);
	row->id = core->id;
	row->upstream =
		core->upstream
			? (int)((struct replay_stream *)core->upstream)->row
			: -1;
	row->period_ns = core->period_ns;
	row->deadline_ns = core->deadline_ns;
	return 0;
}

static bool stream_valid(const struct xrs_record *r)
{
	return r->stream.period_ns <= PERIOD_MAX_NS && r->stream.deadline_ns &&
	       r->stream.weight >= 1 && r->stream.weight <= 1000 &&
	       r->stream.trigger_ppm <= XRS_PPM &&
	       r->stream.drop_window <= 64 && r->stream.priority <= 3;
}

static int reserve(struct replay_world *world)
{
	struct xrs_core *core = &world->core;
	u32 max = core->max_streams ? 2 * core->max_streams : 16;
	void *mem;

	if (core->nr_streams < core->max_streams)
		return 0;
	mem = malloc(xrs_core_reserve_bytes(max));
	if (!mem)
		return replay_no_memory(world);
	free(xrs_core_reserve(core, mem, max));
	return 0;
}

static int stream_add(struct replay_world *world, struct replay_stream *stream)
{
	int ret = reserve(world);

	if (ret)
		return ret;
	if (!tsearch(stream, &world->streams, stream_order))
		return replay_no_memory(world);
	ret = row_add(world, stream);
	if (!ret && xrs_core_stream_add(&world->core, &stream->core))
		ret = replay_bad(world, "stream %u is too deep",
				 stream->core.id);
	if (ret)
		tdelete(stream, &world->streams, stream_order);
	return ret;
}

static int feed_stream_add(struct replay_world *world,
			   const struct xrs_record *r)
{
	struct replay_model *model = replay_model_get(world, r->stream.model);
	struct replay_stream *stream, *up = NULL;
	int ret;

	if (!model)
		return replay_bad(world, "stream %u: no model %" PRIu64, r->id,
				  (uint64_t)r->stream.model);
	if (r->stream.upstream != UINT32_MAX) {
		up = replay_stream_get(world, r->stream.upstream);
		if (!up)
			return replay_bad(world, "stream %u: no stream %u",
					  r->id, r->stream.upstream);
	}
	if (replay_stream_get(world, r->id))
		return replay_bad(world, "stream %u is there already", r->id);
	if (!stream_valid(r))
		return replay_bad(world, "stream %u: a value out of range",
				  r->id);
	stream = calloc(1, sizeof(*stream));
	if (!stream)
		return replay_no_memory(world);
	take_name(world, XRS_REC_NAME_STREAM, r->id, stream->name);
	stream->core.id = r->id;
	stream->core.model = &model->core;
	stream->core.upstream = up ? &up->core : NULL;
	stream->core.period_ns = r->stream.period_ns;
	stream->core.deadline_ns = r->stream.deadline_ns;
	stream->core.weight = r->stream.weight;
	stream->core.trigger_ppm = r->stream.trigger_ppm;
	stream->core.drop_max = r->stream.drop_max;
	stream->core.drop_window = r->stream.drop_window;
	stream->core.lightest_variant = r->stream.lightest_variant;
	stream->core.priority = r->stream.priority;
	stream->core.no_early_drop = r->stream.no_early_drop;
	stream->core.label = stream->name;
	ret = stream_add(world, stream);
	if (ret)
		free(stream);
	return ret;
}

static void add_hist(struct xrs_hist *sum, const struct xrs_hist *hist)
{
	for (u32 i = 0; i < XRS_HIST_BUCKETS; i++)
		sum->bucket[i] += hist->bucket[i];
	sum->nr += hist->nr;
	sum->sum_ns += hist->sum_ns;
	sum->max_ns = max(sum->max_ns, hist->max_ns);
}

/* Counters are words; the row's sum is only sensible as a whole. */
static void add_count(struct xrs_counters *sum,
		      const struct xrs_counters *count, u64 sign)
{
	u64 *to = (u64 *)sum;
	const u64 *from = (const u64 *)count;

	for (u32 i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += sign * from[i];
}

void replay_stream_count(struct replay_world *world,
			 const struct replay_stream *stream)
{
	struct replay_row *row = &world->row[stream->row];

	add_count(&row->count, &stream->core.count, 1);
	add_hist(&row->response, &stream->core.response_hist);
	add_hist(&row->queue, &stream->core.queue_hist);
}

int replay_stream_gone(struct replay_world *world, struct replay_stream *stream)
{
	int ret = xrs_core_stream_remove(&world->core, &stream->core);

	if (ret)
		return ret;
	replay_stream_count(world, stream);
	tdelete(stream, &world->streams, stream_order);
	free(stream);
	return 0;
}

static int feed_stream_remove(struct replay_world *world,
			      const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);

	if (!stream)
		return replay_bad(world, "there is no stream %u", r->id);
	/* It differs if this core still has jobs of it: then it stays. */
	replay_stream_gone(world, stream);
	return 0;
}

/* ----- engines ---------------------------------------------------------- */

static struct xrs_engine *engine_get(struct replay_world *world, u32 id)
{
	return id < XRS_MAX_ENGINES ? world->core.engine[id] : NULL;
}

static int feed_engine_add(struct replay_world *world,
			   const struct xrs_record *r)
{
	struct replay_engine *engine;

	if (r->id >= XRS_MAX_ENGINES || engine_get(world, r->id))
		return replay_bad(world, "engine %u is none, or is there",
				  r->id);
	engine = &world->engine[r->id];
	memset(engine, 0, sizeof(*engine));
	engine->core.id = r->id;
	memcpy(engine->core.class_name, r->engine.class_name, XRS_NAME_LEN);
	engine->core.pes = r->engine.pes;
	engine->core.guarded = r->engine.guarded;
	engine->core.learns = r->engine.learns;
	engine->core.parked = r->engine.parked;
	engine->core.floor_ns = min_t(u64, r->engine.floor_ns, BIT_ULL(40));
	engine->core.bytes_per_us = take_bandwidth(world, r->id);
	take_name(world, XRS_REC_NAME_ENGINE, r->id, engine->name);
	engine->core.label = engine->name;
	if (xrs_core_engine_add(&world->core, &engine->core, r->at_ns))
		return replay_bad(world, "engine %u: a class that is none",
				  r->id);
	return 0;
}

static int feed_engine(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_engine *engine = engine_get(world, r->id);

	if (!engine)
		return replay_bad(world, "there is no engine %u", r->id);
	world->busy &= ~BIT_ULL(r->id);
	if (r->type == XRS_REC_ENGINE_UP)
		xrs_core_engine_up(&world->core, engine, r->at_ns);
	else if (r->type == XRS_REC_ENGINE_DOWN)
		xrs_core_engine_down(&world->core, engine, r->at_ns);
	else
		xrs_core_engine_remove(&world->core, engine, r->at_ns);
	return 0;
}

/* ----- policy ----------------------------------------------------------- */

static int feed_param(struct replay_world *world, const struct xrs_record *r)
{
	for (u32 id = 0; id < XRS_PARAM_NR; id++) {
		if (strcmp(xrs_params[id].name, r->name.name))
			continue;
		world->param[id] = r->name.value;
		world->param_set |= 1U << id;
		return 0;
	}
	return replay_bad(world,
			  "a parameter %s that this version does not know",
			  r->name.name);
}

static int feed_policy(struct replay_world *world, const struct xrs_record *r)
{
	const struct xrs_policy *policy = xrs_policy_find(r->name.name);
	s64 param[XRS_PARAM_NR];

	if (!policy)
		return replay_bad(world,
				  "a policy %s that this version does not know",
				  r->name.name);
	xrs_policy_defaults(policy, param);
	for (u32 id = 0; id < XRS_PARAM_NR; id++)
		if (world->param_set & (1U << id))
			param[id] = world->param[id];
	world->param_set = 0;
	if (xrs_core_set_policy(&world->core, policy, param, r->at_ns))
		return replay_bad(world, "policy %s: a parameter out of range",
				  policy->name);
	/* At the beginning, a search that is under way has moved some. */
	for (u32 id = 0; !world->snapped && id < XRS_PARAM_NR; id++)
		if (policy->params & (1U << id))
			world->core.param[id] = param[id];
	return 0;
}

/* ----- jobs ------------------------------------------------------------- */

static int feed_submit(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);
	struct xrs_job *job;

	if (!stream)
		return replay_bad(world, "there is no stream %u", r->id);
	job = calloc(1, sizeof(*job));
	if (!job)
		return replay_no_memory(world);
	job->stream = &stream->core;
	job->frame = r->submit.frame;
	job->release_ns = r->submit.release_ns;
	job->deadline_ns = r->submit.deadline_ns;
	job->skip_mask = r->submit.skip_mask;
	job->exit = r->submit.exit;
	job->variant = r->submit.variant;
	job->held = r->submit.held;
	if (xrs_core_submit(&world->core, job, r->at_ns)) {
		free(job);
		return replay_bad(world,
				  "stream %u cannot have a frame %" PRIu64,
				  r->id, (uint64_t)r->submit.frame);
	}
	return 0;
}

static void feed_cancel(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);
	struct xrs_job *job;

	job = stream ? xrs_core_find(&stream->core, r->submit.frame) : NULL;
	/* Unless it has ended here; that is a difference already. */
	if (job)
		xrs_core_cancel(&world->core, job, r->arg, r->at_ns);
}

static void feed_release(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_stream *stream = replay_stream_get(world, r->id);
	struct xrs_job *job;

	job = stream ? xrs_core_find(&stream->core, r->submit.frame) : NULL;
	if (job)
		xrs_core_release(&world->core, job, r->arg, r->at_ns);
}

static int feed_layer_done(struct replay_world *world,
			   const struct xrs_record *r)
{
	struct xrs_engine *engine = engine_get(world, r->id);

	if (!engine)
		return replay_bad(world, "there is no engine %u", r->id);
	xrs_core_layer_done(&world->core, engine, r->done.energy_pj, r->at_ns);
	return 0;
}

static int feed_failed(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_engine *engine = engine_get(world, r->id);

	if (!engine || r->arg < XRS_REASON_TIMEOUT ||
	    r->arg > XRS_REASON_REFUSED)
		return replay_bad(world, "engine %u cannot fail so", r->id);
	xrs_core_layer_failed(&world->core, engine, r->arg, r->done.energy_pj,
			      r->at_ns);
	return 0;
}

static int feed_health(struct replay_world *world, const struct xrs_record *r)
{
	struct xrs_engine *engine = engine_get(world, r->id);

	if (!engine || r->arg > 1)
		return replay_bad(world, "there is no engine %u", r->id);
	if (r->type == XRS_REC_ENGINE_RESET)
		xrs_core_engine_reset(&world->core, engine, r->arg, r->at_ns);
	else if (r->type == XRS_REC_ENGINE_GUARD)
		xrs_core_engine_guard(&world->core, engine, r->at_ns);
	else
		xrs_core_engine_park(&world->core, engine, r->arg, r->at_ns);
	return 0;
}

static int feed_guard(struct replay_world *world, const struct xrs_record *r)
{
	const struct xrs_guard guard = {
		.floor_ns = r->guard.floor_ns,
		.factor = r->guard.factor,
		.retries = r->guard.retries,
		.strikes = r->guard.strikes,
		.rest_ns = r->guard.rest_ns,
		.rest_max_ns = r->guard.rest_max_ns,
	};

	if (xrs_core_set_guard(&world->core, &guard, r->at_ns))
		return replay_bad(world, "a guard out of range");
	return 0;
}

static void keep_count(struct replay_world *world, struct replay_stream *stream,
		       void *arg)
{
	(void)arg;
	replay_stream_count(world, stream);
}

/* What is in flight stays counted, and must not count twice. */
static void forget_rest(struct replay_world *world,
			struct replay_stream *stream, void *arg)
{
	(void)arg;
	add_count(&world->row[stream->row].count, &stream->core.count, (u64)-1);
}

static void feed_reset(struct replay_world *world)
{
	replay_each_stream(world, keep_count, NULL);
	xrs_core_reset_stats(&world->core);
	replay_each_stream(world, forget_rest, NULL);
}

/* ----- all -------------------------------------------------------------- */

static void feed_name(struct replay_world *world, const struct xrs_record *r)
{
	memcpy(world->name, r->name.name, XRS_NAME_LEN);
	world->name_what = r->arg;
	world->name_value = r->name.value;
	world->name_id = r->id;
}

/**
 * replay_feed() - tell the core what a record says
 * @world: the core and its objects
 * @r: an input
 *
 * Return: 0, or -errno for one that cannot be.
 */
int replay_feed(struct replay_world *world, const struct xrs_record *r)
{
	switch (r->type) {
	case XRS_REC_NAME:
		feed_name(world, r);
		return 0;
	case XRS_REC_MODEL:
	case XRS_REC_MODEL_DATA:
	case XRS_REC_LEARNED:
		return replay_feed_model(world, r);
	case XRS_REC_STREAM_ADD:
		return feed_stream_add(world, r);
	case XRS_REC_STREAM_REMOVE:
		return feed_stream_remove(world, r);
	case XRS_REC_ENGINE_ADD:
		return feed_engine_add(world, r);
	case XRS_REC_ENGINE_UP:
	case XRS_REC_ENGINE_DOWN:
	case XRS_REC_ENGINE_REMOVE:
		return feed_engine(world, r);
	case XRS_REC_PARAM:
		return feed_param(world, r);
	case XRS_REC_POLICY:
		return feed_policy(world, r);
	case XRS_REC_SUBMIT:
		return feed_submit(world, r);
	case XRS_REC_CANCEL:
		feed_cancel(world, r);
		return 0;
	case XRS_REC_RELEASE:
		feed_release(world, r);
		return 0;
	case XRS_REC_LAYER_DONE:
		return feed_layer_done(world, r);
	case XRS_REC_LAYER_FAILED:
		return feed_failed(world, r);
	case XRS_REC_ENGINE_RESET:
	case XRS_REC_ENGINE_PARK:
	case XRS_REC_ENGINE_GUARD:
		return feed_health(world, r);
	case XRS_REC_GUARD:
		return feed_guard(world, r);
	case XRS_REC_RUN:
		xrs_core_run(&world->core, r->at_ns);
		return 0;
	case XRS_REC_RESET:
		feed_reset(world);
		return 0;
	default:
		return replay_bad(world,
				  "a record of type %u that this version does "
				  "not know",
				  r->type);
	}
}

int replay_world_init(struct replay_world *world,
		      const struct xrs_core_ops *ops,
		      struct xrsched_error *error)
{
	memset(world, 0, sizeof(*world));
	world->error = error;
	world->wake_ns = XRS_NEVER;
	xrs_core_init(&world->core, ops);
	return reserve(world);
}

static void list_free(struct list_head *jobs)
{
	struct xrs_job *job, *next;

	list_for_each_entry_safe(job, next, jobs, node)
		replay_job_free(job);
}

static void stream_free(struct replay_world *world,
			struct replay_stream *stream, void *arg)
{
	(void)world;
	(void)arg;
	list_free(&stream->core.fresh);
	list_free(&stream->core.stale);
	free(stream);
}

static void keep(void *object)
{
	(void)object;
}

void replay_world_free(struct replay_world *world)
{
	replay_each_stream(world, stream_free, NULL);
	tdestroy(world->streams, keep);
	tdestroy(world->models, replay_model_free);
	replay_model_free(world->building);
	free(world->core.timer_slot);
	free(world->row);
}
