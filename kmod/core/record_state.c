// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a core, written down when a recording begins.
 *
 * Objects come as the inputs that would make them, then their state; what the
 * core derives (models' views, fcfs-static's binding, work down a chain) is
 * derived anew by who reads it.
 */
#include "record.h"

static void put_words(struct xrs_core *core, enum xrs_record_words what, u32 id,
		      const u64 *word, u32 nr)
{
	u32 i, j;

	for (i = 0; i < nr; i += 6) {
		struct xrs_record record =
			begin(core, XRS_REC_SNAP_WORDS, id);

		record.arg = what;
		record.part = i / 6;
		for (j = 0; j < 6 && i + j < nr; j++)
			record.word[j] = word[i + j];
		put(core, &record);
	}
}

/*
 * Who changes struct xrs_tuner adds its words here and in replay_state.c, at
 * the end.
 */
static_assert(sizeof(struct xrs_tuner) == 160, "write its new state down");

static void put_tuner(struct xrs_core *core)
{
	const struct xrs_tuner *tuner = &core->tuner;
	u64 word[XRS_REC_TUNER_WORDS] = {
		(u32)tuner->centre.x, (u32)tuner->centre.y,
		(u32)tuner->radius, tuner->angle, tuner->random, tuner->step,
		tuner->window, tuner->best, tuner->noise_q32,
		tuner->last_centre, (u32)tuner->back.x, (u32)tuner->back.y,
		tuner->back_cost, tuner->mean_q40, tuner->off, tuner->windows,
		tuner->end_ns, tuner->gen,
	};

	memcpy(&word[18], tuner->cost, sizeof(tuner->cost));
	word[25] = tuner->scan;
	put_words(core, XRS_REC_WORDS_TUNER, 0, word, ARRAY_SIZE(word));
}

static void put_core(struct xrs_core *core)
{
	struct xrs_record record = begin(core, XRS_REC_SNAP_CORE, 0);

	record.snap_core.wake_ns = core->wake_ns;
	record.snap_core.stream_gen = core->stream_gen;
	record.snap_core.events = core->events;
	record.snap_core.decisions = core->decisions;
	record.snap_core.policy_faults = core->policy_faults;
	record.snap_core.rr = core->rr;
	put(core, &record);
	put_tuner(core);
}

static void put_engine(struct xrs_core *core, const struct xrs_engine *engine)
{
	struct xrs_record record = begin(core, XRS_REC_SNAP_ENGINE, engine->id);

	record.snap_engine.since_ns = engine->since_ns;
	record.snap_engine.seq = engine->seq;
	record.snap_engine.switch_pj = engine->switch_pj;
	if (engine->up)
		record.arg |= XRS_REC_ENGINE_IS_UP;
	if (engine->job) {
		record.arg |= XRS_REC_ENGINE_RUNS;
		record.snap_engine.stream = engine->job->stream->id;
		record.snap_engine.frame = engine->job->frame;
	}
	if (engine->resident) {
		record.arg |= XRS_REC_ENGINE_HAS_RESIDENT;
		record.snap_engine.resident_stream =
			engine->resident->stream->id;
		record.snap_engine.resident_frame = engine->resident->frame;
	}
	put(core, &record);
}

static void put_health(struct xrs_core *core, const struct xrs_engine *engine)
{
	struct xrs_record record = begin(core, XRS_REC_SNAP_HEALTH, engine->id);

	record.snap_health.alarm_ns = engine->alarm_ns;
	record.snap_health.health = engine->health;
	record.snap_health.strikes = engine->strikes;
	record.snap_health.good = engine->good;
	record.snap_health.parked = engine->parked;
	record.snap_health.revived = engine->revived;
	record.snap_health.slack = engine->slack;
	put(core, &record);
}

static void put_stream(struct xrs_core *core, const struct xrs_stream *stream)
{
	struct xrs_record record = begin(core, XRS_REC_SNAP_STREAM, stream->id);

	record.snap_stream.next_frame = stream->next_frame;
	record.snap_stream.last_release_ns = stream->last_release_ns;
	record.snap_stream.ended = stream->ended;
	record.snap_stream.drops = stream->drops;
	record.snap_stream.bound = stream->bound;
	record.snap_stream.timer_ns = stream->timer.slot == XRS_TIMER_IDLE ?
					      XRS_NEVER : stream->timer.at_ns;
	put(core, &record);
	put_words(core, XRS_REC_WORDS_RECENT, stream->id, stream->recent,
		  XRS_RECENT);
	put_words(core, XRS_REC_WORDS_COUNT, stream->id,
		  (const u64 *)&stream->count, sizeof(stream->count) / 8);
	put_words(core, XRS_REC_WORDS_WINDOW, stream->id,
		  (const u64 *)&stream->window, sizeof(stream->window) / 8);
}

static void put_job(struct xrs_core *core, const struct xrs_job *job)
{
	struct xrs_record record =
		begin(core, XRS_REC_SNAP_JOB, job->stream->id);

	record.arg = job->state;
	record.part = job->tries;
	record.snap_job.frame = job->frame;
	record.snap_job.release_ns = job->release_ns;
	record.snap_job.deadline_ns = job->deadline_ns;
	record.snap_job.skip_mask = job->skip_mask;
	record.snap_job.exit = job->exit;
	record.snap_job.variant = job->variant;
	record.snap_job.reason = job->reason;
	record.snap_job.flags = (job->started ? XRS_REC_JOB_STARTED : 0) |
				(job->stale ? XRS_REC_JOB_STALE : 0) |
				(job->cancelled ? XRS_REC_JOB_CANCELLED : 0) |
				(job->released ? XRS_REC_JOB_RELEASED : 0) |
				(job->held ? XRS_REC_JOB_HELD : 0);
	record.snap_job.layer = job->layer;
	record.snap_job.live_bytes = job->live_bytes;
	record.snap_job.slot = job->state == XRS_JOB_READY ? job->slot : 0;
	put(core, &record);

	record = begin(core, XRS_REC_SNAP_JOB2, job->stream->id);
	record.snap_job2.frame = job->frame;
	record.snap_job2.ready_ns = job->ready_ns;
	record.snap_job2.start_ns = job->start_ns;
	record.snap_job2.energy_pj = job->energy_pj;
	record.snap_job2.layers = job->layers;
	record.snap_job2.switches = job->switches;
	record.snap_job2.last = job->last;
	record.snap_job2.block_end = job->block_end;
	put(core, &record);
}

static void put_jobs(struct xrs_core *core, const struct list_head *jobs)
{
	const struct xrs_job *job;

	list_for_each_entry(job, jobs, node)
		put_job(core, job);
}

/* Who waits for a list's jobs, in the order in which they will be let go. */
static void put_dependents(struct xrs_core *core, const struct list_head *jobs)
{
	const struct xrs_job *job, *dep;

	list_for_each_entry(job, jobs, node) {
		list_for_each_entry(dep, &job->dependents, dep_node) {
			struct xrs_record record =
				begin(core, XRS_REC_SNAP_DEP, dep->stream->id);

			record.word[0] = dep->frame;
			put(core, &record);
		}
	}
}

/*
 * Models have no list of their own: their streams lead to them.  Whether one
 * was come upon already stays noted in it until the end.
 */
static bool note(struct xrs_model *model)
{
	bool first = !model->noted;

	model->noted = true;
	return first && model->nr_learned;
}

static void forget_notes(const struct xrs_core *core)
{
	const struct xrs_stream *stream;

	list_for_each_entry(stream, &core->streams, link)
		stream->model->noted = false;
}

/* Before the streams that use them come. */
static void put_learned(struct xrs_core *core)
{
	const struct xrs_stream *stream;
	u32 next;

	list_for_each_entry(stream, &core->streams, link) {
		if (!note(stream->model))
			continue;
		/* Of what is unseen, the replay's will be as of now. */
		xrs_model_view_anew(core, stream->model);
		next = 0;
		xrs_record_learned(core, stream->model, &next, U32_MAX);
	}
	forget_notes(core);
}

/* An estimate takes half the time of an object, to be skipped a hundredth. */
static u64 learned_size(const struct xrs_core *core)
{
	const struct xrs_stream *stream;
	u64 nr = 0;

	list_for_each_entry(stream, &core->streams, link) {
		const struct xrs_model *model = stream->model;

		if (note(stream->model))
			nr += model->nr_learned / 2 +
			      model->nr_layers * model->nr_classes / 128;
	}
	forget_notes(core);
	return nr;
}

/**
 * xrs_record_snapshot_size() - how much xrs_record_snapshot() has to write
 * @core: the core
 *
 * Context: caller's lock.
 * Return: objects: engines, streams, jobs, and estimates as parts of one.
 */
u64 xrs_record_snapshot_size(const struct xrs_core *core)
{
	const struct xrs_stream *stream;
	u64 nr = core->nr_streams + learned_size(core);
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		nr += !!core->engine[id];
	list_for_each_entry(stream, &core->streams, link)
		nr += stream->in_flight;
	return nr;
}

/**
 * xrs_record_snapshot() - write down all that decisions depend on
 * @core: the core; it is recorded, and the models of its streams have been
 *
 * Context: caller's lock.  As long as there are objects.
 */
void xrs_record_snapshot(struct xrs_core *core)
{
	const struct xrs_stream *stream;
	u32 id;

	/* What lookahead remembers is made anew, here and in the replay. */
	xrs_ahead_forget(core);
	xrs_record_guard(core, &core->guard);
	xrs_record_policy(core, core->policy, core->param);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (core->engine[id])
			xrs_record_engine_add(core, core->engine[id]);
	put_learned(core);
	list_for_each_entry(stream, &core->streams, link)
		xrs_record_stream_add(core, stream);
	put_core(core);
	list_for_each_entry(stream, &core->streams, link) {
		put_stream(core, stream);
		put_jobs(core, &stream->fresh);
		put_jobs(core, &stream->stale);
	}
	list_for_each_entry(stream, &core->streams, link) {
		put_dependents(core, &stream->fresh);
		put_dependents(core, &stream->stale);
	}
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (core->engine[id])
			put_engine(core, core->engine[id]);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (core->engine[id])
			put_health(core, core->engine[id]);
	xrs_record_plain(core, XRS_REC_SNAP_END);
}
