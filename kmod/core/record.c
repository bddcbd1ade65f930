// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a core that is recorded says while it works: one function a record.
 * See xrs_record.h.
 */
#include "record.h"

/* Names come from 32 byte arrays or are policies': at most 31 bytes. */
static void copy_name(char *to, const char *from)
{
	u32 i;

	for (i = 0; i < XRS_RECORD_NAME - 1 && from[i]; i++)
		to[i] = from[i];
}

static void put_name(struct xrs_core *core, enum xrs_record_named what, u32 id,
		     const char *label, u64 value)
{
	struct xrs_record record = begin(core, XRS_REC_NAME, id);

	if (!label)
		return;
	record.arg = what;
	copy_name(record.name.name, label);
	record.name.value = value;
	put(core, &record);
}

/* ----- inputs ----------------------------------------------------------- */

/**
 * xrs_record_stream_add() - a stream comes
 * @core: the core; it is recorded, as in all functions here
 * @stream: the stream
 *
 * Its model was recorded before, see xrs_record_model().
 *
 * Context: caller's lock, as in all functions here.
 */
void xrs_record_stream_add(struct xrs_core *core,
			   const struct xrs_stream *stream)
{
	struct xrs_record record = begin(core, XRS_REC_STREAM_ADD, stream->id);

	put_name(core, XRS_REC_NAME_STREAM, stream->id, stream->label, 0);
	record.stream.model = stream->model->nr;
	record.stream.period_ns = stream->period_ns;
	record.stream.deadline_ns = stream->deadline_ns;
	record.stream.upstream = stream->upstream ? stream->upstream->id :
						    (u32)~0U;
	record.stream.weight = stream->weight;
	record.stream.trigger_ppm = stream->trigger_ppm;
	record.stream.drop_max = stream->drop_max;
	record.stream.drop_window = stream->drop_window;
	record.stream.lightest_variant = stream->lightest_variant;
	record.stream.priority = stream->priority;
	record.stream.no_early_drop = stream->no_early_drop;
	put(core, &record);
}

/**
 * xrs_record_stream() - something that concerns a stream as a whole
 * @core: the core
 * @type: what
 * @stream: the stream
 */
void xrs_record_stream(struct xrs_core *core, enum xrs_record_type type,
		       const struct xrs_stream *stream)
{
	struct xrs_record record = begin(core, type, stream->id);

	put(core, &record);
}

/**
 * xrs_record_engine_add() - an engine comes
 * @core: the core
 * @engine: the engine
 */
void xrs_record_engine_add(struct xrs_core *core,
			   const struct xrs_engine *engine)
{
	struct xrs_record record = begin(core, XRS_REC_ENGINE_ADD, engine->id);

	put_name(core, XRS_REC_NAME_ENGINE, engine->id, engine->label,
		 engine->bytes_per_us);
	copy_name(record.engine.class_name, engine->class_name);
	record.engine.pes = engine->pes;
	record.engine.guarded = engine->guarded;
	record.engine.learns = engine->learns;
	record.engine.parked = engine->parked;
	record.engine.floor_ns = engine->floor_ns;
	put(core, &record);
}

/**
 * xrs_record_engine() - something that concerns an engine as a whole
 * @core: the core
 * @type: what
 * @engine: the engine
 */
void xrs_record_engine(struct xrs_core *core, enum xrs_record_type type,
		       const struct xrs_engine *engine)
{
	struct xrs_record record = begin(core, type, engine->id);

	put(core, &record);
}

/**
 * xrs_record_policy() - the policy changes
 * @core: the core
 * @policy: the new one
 * @param: XRS_PARAM_NR values
 *
 * Parameters go by name, so that a recording outlives their numbers.
 */
void xrs_record_policy(struct xrs_core *core, const struct xrs_policy *policy,
		       const s64 *param)
{
	struct xrs_record record;
	u32 id;

	for (id = 0; id < XRS_PARAM_NR; id++) {
		if (!(policy->params & (1U << id)))
			continue;
		record = begin(core, XRS_REC_PARAM, 0);
		copy_name(record.name.name, xrs_params[id].name);
		record.name.value = param[id];
		put(core, &record);
	}
	record = begin(core, XRS_REC_POLICY, 0);
	copy_name(record.name.name, policy->name);
	put(core, &record);
}

/**
 * xrs_record_submit() - a frame was accepted
 * @core: the core
 * @job: the frame
 */
void xrs_record_submit(struct xrs_core *core, const struct xrs_job *job)
{
	struct xrs_record record =
		begin(core, XRS_REC_SUBMIT, job->stream->id);

	record.submit.frame = job->frame;
	record.submit.release_ns = job->release_ns;
	record.submit.deadline_ns = job->deadline_ns;
	record.submit.skip_mask = job->skip_mask;
	record.submit.exit = job->exit;
	record.submit.variant = job->variant;
	record.submit.held = job->held;
	put(core, &record);
}

/**
 * xrs_record_cancel() - a frame is given up
 * @core: the core
 * @job: the frame
 * @reason: enum xrs_reason
 */
void xrs_record_cancel(struct xrs_core *core, const struct xrs_job *job,
		       u8 reason)
{
	struct xrs_record record =
		begin(core, XRS_REC_CANCEL, job->stream->id);

	record.arg = reason;
	record.submit.frame = job->frame;
	put(core, &record);
}

/**
 * xrs_record_release() - what a frame was held for has happened
 * @core: the core
 * @job: the frame
 * @good: as it should
 */
void xrs_record_release(struct xrs_core *core, const struct xrs_job *job,
			bool good)
{
	struct xrs_record record =
		begin(core, XRS_REC_RELEASE, job->stream->id);

	record.arg = good;
	record.submit.frame = job->frame;
	put(core, &record);
}

static void layer_over(struct xrs_core *core, enum xrs_record_type type,
		       const struct xrs_engine *engine, u8 reason,
		       u64 energy_pj)
{
	struct xrs_record record = begin(core, type, engine->id);

	record.arg = reason;
	record.done.energy_pj = energy_pj;
	record.done.seq = engine->seq;
	record.done.frame = engine->job->frame;
	record.done.stream = engine->job->stream->id;
	record.done.layer = engine->job->layer;
	put(core, &record);
}

/**
 * xrs_record_layer_done() - an engine has finished a layer
 * @core: the core
 * @engine: the engine, which still has it
 * @energy_pj: what it took
 */
void xrs_record_layer_done(struct xrs_core *core,
			   const struct xrs_engine *engine, u64 energy_pj)
{
	layer_over(core, XRS_REC_LAYER_DONE, engine, 0, energy_pj);
}

/**
 * xrs_record_layer_failed() - an engine has not executed its layer
 * @core: the core
 * @engine: the engine, which still has it
 * @reason: enum xrs_reason
 * @energy_pj: what it took even so
 */
void xrs_record_layer_failed(struct xrs_core *core,
			     const struct xrs_engine *engine, u8 reason,
			     u64 energy_pj)
{
	layer_over(core, XRS_REC_LAYER_FAILED, engine, reason, energy_pj);
}

/**
 * xrs_record_engine_arg() - as xrs_record_engine(), with an argument
 * @core: the core
 * @type: what
 * @engine: the engine
 * @arg: the argument
 */
void xrs_record_engine_arg(struct xrs_core *core, enum xrs_record_type type,
			   const struct xrs_engine *engine, u8 arg)
{
	struct xrs_record record = begin(core, type, engine->id);

	record.arg = arg;
	put(core, &record);
}

/**
 * xrs_record_guard() - faults are treated otherwise
 * @core: the core
 * @guard: how
 */
void xrs_record_guard(struct xrs_core *core, const struct xrs_guard *guard)
{
	struct xrs_record record = begin(core, XRS_REC_GUARD, 0);

	record.guard.floor_ns = guard->floor_ns;
	record.guard.rest_ns = guard->rest_ns;
	record.guard.rest_max_ns = guard->rest_max_ns;
	record.guard.factor = guard->factor;
	record.guard.retries = guard->retries;
	record.guard.strikes = guard->strikes;
	put(core, &record);
}

/**
 * xrs_record_plain() - something about which there is no more to say
 * @core: the core
 * @type: what
 */
void xrs_record_plain(struct xrs_core *core, enum xrs_record_type type)
{
	struct xrs_record record = begin(core, type, 0);

	put(core, &record);
}

/* ----- outputs ---------------------------------------------------------- */

static u32 nr_ready(const struct xrs_core *core)
{
	return core->ready[0].nr + core->ready[1].nr;
}

/**
 * xrs_record_dispatch() - a layer was given to an engine
 * @core: the core
 * @pick: which, where and why
 */
void xrs_record_dispatch(struct xrs_core *core, const struct xrs_pick *pick)
{
	const struct xrs_job *job = pick->job;
	struct xrs_record record =
		begin(core, XRS_REC_DISPATCH, pick->engine->id);

	record.dispatch.frame = job->frame;
	record.dispatch.score = pick->score;
	record.dispatch.seq = pick->engine->seq;
	record.dispatch.switch_pj = pick->engine->switch_pj;
	record.dispatch.stream = job->stream->id;
	record.dispatch.layer = job->layer;
	record.dispatch.ready = nr_ready(core);
	record.dispatch.variant = job->variant;
	put(core, &record);
}

/**
 * xrs_record_finish() - a job ended
 * @core: the core
 * @job: the job, its outcome set
 */
void xrs_record_finish(struct xrs_core *core, const struct xrs_job *job)
{
	struct xrs_record record =
		begin(core, XRS_REC_FINISH, job->stream->id);

	record.arg = job->outcome;
	record.part = job->reason;
	record.finish.frame = job->frame;
	record.finish.release_ns = job->release_ns;
	record.finish.start_ns = job->start_ns;
	record.finish.deadline_ns = job->deadline_ns;
	record.finish.energy_pj = job->energy_pj;
	record.finish.layers = job->layers;
	record.finish.ready = nr_ready(core);
	put(core, &record);
}

/**
 * xrs_record_wake() - the core wants to run later
 * @core: the core
 * @wake_ns: when, XRS_NEVER: not by itself
 */
void xrs_record_wake(struct xrs_core *core, u64 wake_ns)
{
	struct xrs_record record = begin(core, XRS_REC_WAKE, 0);

	record.word[0] = wake_ns;
	put(core, &record);
}

/**
 * xrs_record_tuned() - a window of the tuner ended
 * @core: the core
 * @step: what it made of it
 */
void xrs_record_tuned(struct xrs_core *core, const struct xrs_tuner_step *step)
{
	struct xrs_record record = begin(core, XRS_REC_TUNED, 0);

	record.tuned.cost_q40 = step->cost_q40;
	record.tuned.window = step->window;
	record.tuned.step = step->step;
	record.tuned.probe = step->probe;
	record.tuned.alpha = step->alpha;
	record.tuned.beta = step->beta;
	record.tuned.radius = step->radius;
	record.tuned.again = step->again;
	record.tuned.settled = step->settled;
	record.tuned.restarted = step->restarted;
	put(core, &record);
}

/* ----- models ----------------------------------------------------------- */

/*
 * A model's tables as one row of units of 16 bytes: class names (two units
 * each), variants, layers, costs.
 */
static const void *unit_of(const struct xrs_model *model, u32 i)
{
	if (i < 2 * model->nr_classes)
		return (const char *)model->class_name + 16 * (size_t)i;
	i -= 2 * model->nr_classes;
	if (i < model->nr_variants)
		return &model->variant[i];
	i -= model->nr_variants;
	if (i < model->nr_layers)
		return &model->layer[i];
	i -= model->nr_layers;
	if (i < model->nr_layers * model->nr_classes)
		return &model->cost[i];
	return NULL;
}

/**
 * xrs_record_model() - write a model down, piece by piece
 * @core: the core; it is recorded
 * @model: a sealed model
 * @next: where to go on: 0 at first, increased
 * @budget: records that may be written now, at least 1
 *
 * No other model may be begun before this one is complete; other records may
 * come in between.
 *
 * Return: true when the model is complete.
 */
bool xrs_record_model(struct xrs_core *core, const struct xrs_model *model,
		      u32 *next, u32 budget)
{
	struct xrs_record record;
	const void *unit;

	if (!*next) {
		record = begin(core, XRS_REC_MODEL, 0);
		copy_name(record.model.name, model->name);
		record.model.nr_layers = model->nr_layers;
		record.model.nr_variants = model->nr_variants;
		record.model.nr_classes = model->nr_classes;
		record.model.nr = model->nr;
		put(core, &record);
		++*next;
		budget--;
	}
	for (; budget; budget--, ++*next) {
		record = begin(core, XRS_REC_MODEL_DATA, *next - 1);
		while (record.arg < 3 &&
		       (unit = unit_of(model,
				       (*next - 1) * 3 + record.arg))) {
			memcpy(&record.word[2 * record.arg], unit, 16);
			record.arg++;
		}
		if (!record.arg)
			return true;
		put(core, &record);
	}
	return false;
}

/**
 * xrs_record_learned() - write down what was learned of a model
 * @core: the core; it is recorded
 * @model: a model that was recorded
 * @next: where to go on: 0 at first, increased
 * @budget: estimates that may be looked at now, at least 1
 *
 * Who replays it takes it as long as no stream uses the model.
 *
 * Return: true when that was all.
 */
bool xrs_record_learned(struct xrs_core *core, const struct xrs_model *model,
			u32 *next, u32 budget)
{
	u32 nr = model->nr_learned ? model->nr_layers * model->nr_classes : 0;

	for (; *next < nr && budget; budget--, ++*next) {
		const struct xrs_estimate *estimate = &model->estimate[*next];
		struct xrs_record record = begin(core, XRS_REC_LEARNED, 0);

		if (!estimate->samples)
			continue;
		record.learned.model = model->nr;
		record.learned.ns = estimate->ns;
		record.learned.cost_ns = model->cost[*next].latency_ns;
		record.learned.profile_ns = estimate->profile_ns;
		record.learned.cell = *next;
		record.learned.samples = estimate->samples;
		record.learned.model_samples = model->samples;
		put(core, &record);
	}
	return *next == nr;
}
