// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What would another policy have made of the same frames?
 *
 * Streams, engines, frames and cancellations come from the recording, at their
 * times; decisions are new, and layers take what the models' tables say.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy_spec.h"
#include "replay.h"

/**
 * struct what_if - A what-if under way
 * @world: the core
 * @now_ns: the clock
 */
struct what_if {
	struct replay_world world;
	u64 now_ns;
};

static struct what_if *core_to_what_if(struct xrs_core *core)
{
	return (struct what_if *)((char *)core -
				  offsetof(struct what_if, world.core));
}

static void begin_layer(struct what_if *w, const struct xrs_job *job,
			const struct xrs_engine *engine, u64 since_ns)
{
	const struct xrs_cost *cost = xrs_job_cost(job, engine);

	w->world.end_ns[engine->id] = since_ns + cost->latency_ns;
	w->world.energy_pj[engine->id] = cost->energy_pj;
	w->world.busy |= BIT_ULL(engine->id);
}

static void dispatched(struct xrs_core *core, const struct xrs_pick *pick,
		       u64 now_ns)
{
	replay_used(&core_to_what_if(core)->world);
	begin_layer(core_to_what_if(core), pick->job, pick->engine, now_ns);
}

static void finished(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	(void)core;
	(void)now_ns;
	replay_job_free(job);
}

static void wanted(struct xrs_core *core, u64 at_ns)
{
	core_to_what_if(core)->world.wake_ns = at_ns;
}

static const struct xrs_core_ops ops = {
	.dispatch = dispatched,
	.finish = finished,
	.wake = wanted,
};

/* ----- time ------------------------------------------------------------- */

static void decide(struct what_if *w)
{
	if (w->world.wake_ns <= w->now_ns)
		w->world.wake_ns = XRS_NEVER;
	xrs_core_run(&w->world.core, w->now_ns);
}

/* Goes to the next event if that is not after @limit_ns; false if it is. */
static bool advance(struct what_if *w, u64 limit_ns)
{
	struct replay_world *world = &w->world;
	u64 next_ns = world->wake_ns;
	u64 mask;

	for (mask = world->busy; mask; mask &= mask - 1)
		next_ns = min(next_ns, world->end_ns[__ffs64(mask)]);
	if (next_ns == XRS_NEVER || next_ns > limit_ns)
		return false;
	w->now_ns = max(w->now_ns, next_ns);
	for (mask = world->busy; mask; mask &= mask - 1) {
		u32 id = __ffs64(mask);

		if (world->end_ns[id] > w->now_ns)
			continue;
		world->busy &= ~BIT_ULL(id);
		xrs_core_layer_done(&world->core, world->core.engine[id],
				    world->energy_pj[id], w->now_ns);
	}
	decide(w);
	return true;
}

/* ----- inputs ----------------------------------------------------------- */

static bool in_flight(const struct replay_world *world)
{
	const struct xrs_stream *stream;

	list_for_each_entry(stream, &world->core.streams, link)
		if (stream->in_flight)
			return true;
	return false;
}

static void cancel_list(struct what_if *w, struct list_head *jobs)
{
	struct xrs_job *job, *next;

	list_for_each_entry_safe(job, next, jobs, node)
		xrs_core_cancel(&w->world.core, job, XRS_REASON_CLOSE,
				w->now_ns);
}

static void cancel_stream(struct replay_world *world,
			  struct replay_stream *stream, void *arg)
{
	struct what_if *w = arg;

	(void)world;
	cancel_list(w, &stream->core.fresh);
	cancel_list(w, &stream->core.stale);
}

/*
 * Who removes a stream or an engine has waited for all frames, in the
 * recording.  Frames that no engine will ever run are given up.
 */
static void wait_for_all(struct what_if *w)
{
	while (in_flight(&w->world))
		if (!advance(w, XRS_NEVER - 1)) {
			replay_each_stream(&w->world, cancel_stream, w);
			decide(w);
			if (!w->world.busy)
				break;
		}
}

/* The layer that an engine ran when the recording began. */
static void begin_running(struct what_if *w)
{
	for (u32 id = 0; id < XRS_MAX_ENGINES; id++) {
		const struct xrs_engine *engine = w->world.core.engine[id];

		if (engine && engine->job)
			begin_layer(w, engine->job, engine, engine->since_ns);
	}
}

static int set_policy(struct what_if *w, const struct xrsched_policy_spec *spec,
		      struct xrsched_error *error)
{
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	int ret = xrsched_policy_resolve(spec, &policy, param, error);

	if (!ret)
		ret = xrs_core_set_policy(&w->world.core, policy, param,
					  w->now_ns);
	return ret;
}

static int take(struct what_if *w, struct xrs_record *r,
		const struct xrsched_policy_spec *spec,
		struct xrsched_error *error)
{
	int ret;

	if (r->type >= XRS_REC_SNAP_CORE && r->type < XRS_REC_LOST) {
		w->now_ns = r->at_ns;
		ret = replay_state(&w->world, r);
		if (ret || r->type != XRS_REC_SNAP_END)
			return ret;
		w->world.wake_ns = w->world.core.wake_ns;
		begin_running(w);
		return set_policy(w, spec, error);
	}
	if (!w->world.snapped)
		return replay_feed(&w->world, r);
	if (!recording_is_input(r->type) || r->type == XRS_REC_LAYER_DONE ||
	    r->type == XRS_REC_PARAM || r->type == XRS_REC_POLICY ||
	    r->type == XRS_REC_LAYER_FAILED || r->type == XRS_REC_GUARD ||
	    r->type == XRS_REC_ENGINE_RESET || r->type == XRS_REC_ENGINE_PARK ||
	    r->type == XRS_REC_ENGINE_GUARD || r->type == XRS_REC_RESET)
		return 0;
	while (advance(w, r->at_ns))
		;
	if (r->type == XRS_REC_STREAM_REMOVE ||
	    r->type == XRS_REC_ENGINE_REMOVE)
		wait_for_all(w);
	w->now_ns = max(w->now_ns, r->at_ns);
	r->at_ns = w->now_ns;
	if (r->type == XRS_REC_RUN)
		decide(w);
	else
		return replay_feed(&w->world, r);
	return 0;
}

static void keep_count(struct replay_world *world, struct replay_stream *stream,
		       void *arg)
{
	(void)arg;
	replay_stream_count(world, stream);
}

static int take_all(struct what_if *w, struct xrsched_recording *file,
		    const struct xrsched_policy_spec *spec, u64 *span_ns,
		    struct xrsched_error *error)
{
	struct xrs_record record;
	u64 begin_ns = 0;
	int ret;

	while ((ret = xrsched_recording_next(
			file, (struct xrsched_record *)&record, error)) == 1) {
		if (record.type == XRS_REC_LOST || record.type == XRS_REC_END)
			break;
		if (!begin_ns)
			begin_ns = record.at_ns;
		ret = take(w, &record, spec, error);
		if (ret)
			return ret;
	}
	if (ret < 0 && ret != -ENODATA)
		return ret;
	/* No longer than was recorded: what is in flight then stays so. */
	if (ret == 1)
		while (advance(w, record.at_ns))
			;
	*span_ns = w->now_ns - begin_ns;
	replay_each_stream(&w->world, keep_count, NULL);
	return 0;
}

/**
 * replay_what_if() - decide anew
 * @path: file
 * @policy: by whom
 * @result: out: what came of it
 * @error: for what is wrong
 *
 * Return: 0 or -errno.
 */
int replay_what_if(const char *path, const struct xrsched_policy_spec *policy,
		   struct xrsched_result **result, struct xrsched_error *error)
{
	struct what_if *w = calloc(1, sizeof(*w));
	struct xrsched_recording *file;
	u64 span_ns;
	int ret;

	if (!w)
		return xrsched_fail(error, -ENOMEM, "%s", strerror(ENOMEM));
	ret = xrsched_recording_open(path, &file, error);
	if (ret) {
		free(w);
		return ret;
	}
	ret = replay_world_init(&w->world, &ops, error);
	if (!ret)
		ret = take_all(w, file, policy, &span_ns, error);
	if (!ret) {
		*result = replay_result(&w->world, span_ns);
		if (!*result)
			ret = -ENOMEM;
	}
	replay_world_free(&w->world);
	xrsched_recording_close(file);
	free(w);
	return ret;
}
