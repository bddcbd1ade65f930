// SPDX-License-Identifier: GPL-2.0-only
/*
 * fcfs-static: what a system integrator does by hand.  Each stream is bound to
 * one engine beforehand; there frames are served first come, first served, to
 * their end.
 *
 * The binding is the usual greedy one: stream by stream, in the order in which
 * they were made, to the engine whose utilisation is the least once the stream
 * is added: its best engine as long as that is not overloaded.  It is made
 * anew whenever streams or engines come or go.  Leaves other engines idle
 * although they could run a frame: that is the point of it.
 */
#include "policies.h"
#include "xrs_score.h"

/* Share of an engine that a stream takes, Q32. */
static u64 utilisation(const struct xrs_stream *stream, u32 engine)
{
	const struct xrs_model *model = stream->model;
	u64 togo_ns = model->cell[model->row[engine]].togo_ns;
	u64 period_ns = stream->period_ns ? stream->period_ns :
					    stream->deadline_ns;

	return xrs_muldiv(togo_ns, XRS_Q32_ONE, period_ns, BIT_ULL(48));
}

static void bind_all(struct xrs_core *core)
{
	u64 load[XRS_MAX_ENGINES] = {};
	struct xrs_stream *stream;

	list_for_each_entry(stream, &core->streams, link) {
		u64 engines, least = U64_MAX;

		xrs_model_view(core, stream->model);
		engines = stream->model->engines;
		for (; engines; engines &= engines - 1) {
			u32 id = __ffs64(engines);
			u64 sum = load[id] + utilisation(stream, id);

			if (sum < least) {
				least = sum;
				stream->bound = id;
			}
		}
		if (stream->model->engines)
			load[stream->bound] = least;
	}
}

/* Frames that have begun come first, then the oldest. */
static bool served_before(const struct xrs_job *a, const struct xrs_job *b)
{
	return a->started != b->started ? a->started : xrs_job_older(a, b);
}

static u32 bound_to(const struct xrs_job *job)
{
	return job->stream->bound;
}

static const struct xrs_order fcfs_static_order = {
	.place = bound_to,
	.before = served_before,
};

static struct xrs_job *fcfs_static_index(const struct xrs_core *core,
					 const struct xrs_ready *ready)
{
	struct xrs_job *best = NULL;
	u32 i;

	for (i = 0; i < ready->nr_live; i++) {
		const struct xrs_group *group = xrs_group(ready, i);

		if (!(core->idle & group->engines & BIT_ULL(group->place)))
			continue;
		if (!best || served_before(group->first, best))
			best = group->first;
	}
	return best;
}

static struct xrs_job *fcfs_static_scan(const struct xrs_core *core,
					const struct xrs_ready *ready)
{
	struct xrs_job *best = NULL;
	u32 i;

	for (i = 0; i < ready->nr; i++) {
		struct xrs_job *job = ready->job[i];

		if (!(xrs_job_engines(core, job) & BIT_ULL(job->stream->bound)))
			continue;
		if (!best || served_before(job, best))
			best = job;
	}
	return best;
}

static bool fcfs_static_pick(struct xrs_core *core,
			     const struct xrs_ready *ready, u64 now_ns,
			     struct xrs_pick *pick)
{
	struct xrs_job *best;

	if (core->bound_gen != core->engine_gen + core->stream_gen) {
		bind_all(core);
		core->bound_gen = core->engine_gen + core->stream_gen;
		xrs_ready_reindex(core);
	}
	best = ready->order == &fcfs_static_order ?
		       fcfs_static_index(core, ready) :
		       fcfs_static_scan(core, ready);
	if (!best)
		return false;
	pick->job = best;
	pick->engine = core->engine[best->stream->bound];
	return true;
}

const struct xrs_policy xrs_policy_fcfs_static = {
	.name = "fcfs-static",
	.doc = "each stream bound to one engine beforehand, oldest frame first",
	.params = XRS_PARAMS_ALL_POLICIES,
	.order = &fcfs_static_order,
	.pick = fcfs_static_pick,
};
