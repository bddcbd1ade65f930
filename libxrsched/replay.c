// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Doing a recording over: the core is told each input and has to produce, as
 * its own recorder sees them, the very outputs that come next in the file.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "replay.h"

#define NOTES 10
#define NOTES_MAX 10000

/**
 * struct replayer - A replay under way
 * @world: the core that has to decide the same
 * @file: the recording
 * @next: record that was read and not used
 * @have_next: there is one
 * @input: input being fed
 * @input_at: its offset
 * @comparing: outputs count
 * @ret: 1 while there are records; else what ended it
 * @max_notes: differences to be described
 * @out: what came of it
 * @notes: its notes
 * @error: for what is wrong with the file
 */
struct replayer {
	struct replay_world world;
	struct xrsched_recording *file;
	struct xrsched_record next;
	bool have_next;
	struct xrs_record input;
	uint64_t input_at;
	bool comparing;
	int ret;
	u32 max_notes;
	struct xrsched_replay *out;
	char **notes;
	struct xrsched_error *error;
};

static struct replayer *to_replayer(struct xrs_recorder *recorder)
{
	return (struct replayer *)((char *)recorder -
				   offsetof(struct replayer, world.recorder));
}

/* ----- the file --------------------------------------------------------- */

/* The record to come, NULL at the end. */
static const struct xrsched_record *peek(struct replayer *r)
{
	if (!r->have_next && r->ret == 1) {
		r->ret = xrsched_recording_next(r->file, &r->next, r->error);
		r->have_next = r->ret == 1;
	}
	return r->have_next ? &r->next : NULL;
}

static void take(struct replayer *r)
{
	struct xrsched_replay *out = r->out;

	r->have_next = false;
	out->records++;
	/* A simulator's state is older than its clock. */
	if (!out->begin_ns)
		out->begin_ns = r->next.at_ns;
	out->end_ns = r->next.at_ns;
}

/* ----- comparing -------------------------------------------------------- */

static void note(struct replayer *r, const char *recorded, const char *replayed)
{
	char input[128];
	char *text;

	r->out->differences++;
	if (r->out->nr_notes == r->max_notes)
		return;
	xrsched_record_text((const struct xrsched_record *)&r->input, input,
			    sizeof(input));
	if (asprintf(&text,
		     "%.6f ms, offset %" PRIu64 ", after \"%s\": recorded %s; "
		     "replayed %s",
		     (r->input.at_ns - r->out->begin_ns) / 1e6, r->input_at,
		     input, recorded, replayed) < 0)
		return;
	r->notes[r->out->nr_notes++] = text;
}

static void count(struct xrsched_replay_count *sum, uint16_t type)
{
	sum->dispatches += type == XRSCHED_REC_DISPATCH;
	sum->finishes += type == XRSCHED_REC_FINISH;
	sum->wakes += type == XRSCHED_REC_WAKE;
	sum->tuned += type == XRSCHED_REC_TUNED;
}

/* What the core of the replay says. */
static void seen(struct xrs_recorder *recorder, const struct xrs_record *record)
{
	struct replayer *r = to_replayer(recorder);
	const struct xrsched_record *other;
	char here[128], there[128];

	if (!r->comparing)
		return;
	if (recording_is_input(record->type)) {
		/* Its time is the core's; more of it is not news. */
		if (record->type == r->input.type &&
		    record->at_ns != r->input.at_ns)
			note(r, "this moment", "a later one");
		return;
	}
	xrsched_record_text((const struct xrsched_record *)record, here,
			    sizeof(here));
	other = peek(r);
	/* What is behind the end of a file that was cut off is not known. */
	if (!other && r->ret == -ENODATA)
		return;
	if (!other || !recording_is_output(other->type)) {
		note(r, "nothing", here);
		return;
	}
	count(&r->out->compared, other->type);
	if (memcmp(other, record, sizeof(*record))) {
		xrsched_record_text(other, there, sizeof(there));
		note(r, there,
		     strcmp(here, there) ? here : "the same, in part");
	}
	take(r);
}

/* Decisions in the file that the replay did not take. */
static void missing(struct replayer *r)
{
	const struct xrsched_record *other;
	char there[128];

	while ((other = peek(r)) && recording_is_output(other->type)) {
		count(&r->out->compared, other->type);
		xrsched_record_text(other, there, sizeof(there));
		note(r, there, "nothing");
		take(r);
	}
}

/* Before a layer ends: it runs here as well? */
static void check_done(struct replayer *r)
{
	const struct xrs_record *in = &r->input;
	const struct xrs_engine *engine;
	const struct xrs_job *job;
	char there[128];

	if (in->type != XRS_REC_LAYER_DONE || in->id >= XRS_MAX_ENGINES)
		return;
	engine = r->world.core.engine[in->id];
	job = engine ? engine->job : NULL;
	if (job && job->stream->id == in->done.stream &&
	    job->frame == in->done.frame && job->layer == in->done.layer &&
	    engine->seq == in->done.seq)
		return;
	xrsched_record_text((const struct xrsched_record *)in, there,
			    sizeof(there));
	note(r, there, "another layer, or none");
}

/* ----- the core's surroundings ------------------------------------------ */

static void dispatched(struct xrs_core *core, const struct xrs_pick *pick,
		       u64 now_ns)
{
	(void)pick;
	(void)now_ns;
	replay_used(
		(struct replay_world *)((char *)core -
					offsetof(struct replay_world, core)));
}

static void finished(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	(void)core;
	(void)now_ns;
	replay_job_free(job);
}

static void wanted(struct xrs_core *core, u64 at_ns)
{
	(void)core;
	(void)at_ns;
}

/* The answer may have come from within: then it is the next record. */
static void reset(struct xrs_core *core, struct xrs_engine *engine, u64 now_ns)
{
	struct replayer *r =
		(struct replayer *)((char *)core -
				    offsetof(struct replayer, world.core));
	const struct xrsched_record *next = peek(r);
	bool ok;

	if (!next || next->type != XRSCHED_REC_ENGINE_RESET ||
	    next->id != engine->id || next->at_ns != now_ns)
		return;
	ok = next->arg;
	take(r);
	r->out->inputs++;
	xrs_core_engine_reset(core, engine, ok, now_ns);
}

static const struct xrs_core_ops ops = {
	.dispatch = dispatched,
	.finish = finished,
	.wake = wanted,
	.reset = reset,
};

/* ----- the loop --------------------------------------------------------- */

/*
 * What comes before the state of the beginning is complete: the objects it is
 * of, then pieces of it.  Anything else would find them half made.
 */
static bool is_early(const struct replay_world *world, u16 type)
{
	if (world->snapping)
		return false;
	switch (type) {
	case XRS_REC_NAME:
	case XRS_REC_MODEL:
	case XRS_REC_MODEL_DATA:
	case XRS_REC_STREAM_ADD:
	case XRS_REC_ENGINE_ADD:
	case XRS_REC_PARAM:
	case XRS_REC_POLICY:
	case XRS_REC_GUARD:
	case XRS_REC_LEARNED:
		return true;
	default:
		return false;
	}
}

static int feed(struct replayer *r)
{
	const struct xrs_record *in = &r->input;

	memcpy(&r->input, &r->next, sizeof(r->input));
	r->input_at = xrsched_recording_offset(r->file);
	take(r);
	if (in->type >= XRS_REC_SNAP_CORE && in->type < XRS_REC_LOST)
		return replay_state(&r->world, in);
	if (!recording_is_input(in->type))
		return replay_bad(&r->world, "a record of type %u out of place",
				  in->type);
	if (!r->world.snapped && !is_early(&r->world, in->type))
		return replay_bad(&r->world,
				  "a record of type %u before the state of "
				  "the beginning is complete",
				  in->type);
	r->out->inputs++;
	r->comparing = r->world.snapped;
	if (r->comparing)
		check_done(r);
	return replay_feed(&r->world, in);
}

/* All records, or those before the first that is missing. */
static int feed_all(struct replayer *r)
{
	const struct xrsched_record *record;
	char text[sizeof(r->error->text)];
	int ret;

	while ((record = peek(r)) && record->type != XRSCHED_REC_END) {
		if (record->type == XRSCHED_REC_LOST) {
			r->out->lost += record->data[0];
			take(r);
			break;
		}
		ret = feed(r);
		if (ret && r->error) {
			snprintf(text, sizeof(text), "%s", r->error->text);
			return xrsched_fail(r->error, ret,
					    "offset %" PRIu64 ": %s",
					    r->input_at, text);
		}
		if (ret)
			return ret;
		missing(r);
	}
	while ((record = peek(r))) {
		if (record->type == XRSCHED_REC_LOST && r->out->lost)
			r->out->lost += record->data[0];
		take(r);
	}
	if (r->ret == -ENODATA) {
		r->out->truncated = 1;
		return 0;
	}
	return r->ret;
}

static void keep_count(struct replay_world *world, struct replay_stream *stream,
		       void *arg)
{
	(void)arg;
	replay_stream_count(world, stream);
}

static int replay_recorded(struct replayer *r, const char *path)
{
	struct xrsched_replay *out = r->out;
	int ret;

	ret = xrsched_recording_open(path, &r->file, r->error);
	if (ret)
		return ret;
	ret = replay_world_init(&r->world, &ops, r->error);
	if (!ret) {
		r->world.recorder.put = seen;
		r->world.core.recorder = &r->world.recorder;
		r->ret = 1;
		ret = feed_all(r);
	}
	if (!ret) {
		replay_each_stream(&r->world, keep_count, NULL);
		out->recorded =
			replay_result(&r->world, out->end_ns - out->begin_ns);
		if (!out->recorded)
			ret = -ENOMEM;
	}
	replay_world_free(&r->world);
	xrsched_recording_close(r->file);
	return ret;
}

static struct replayer *replayer_new(const struct xrsched_replay_opts *opts)
{
	struct replayer *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->max_notes = opts->max_notes ? opts->max_notes : NOTES;
	r->notes = calloc(r->max_notes, sizeof(*r->notes));
	r->out = calloc(1, sizeof(*r->out));
	if (!r->notes || !r->out) {
		free(r->notes);
		free(r->out);
		free(r);
		return NULL;
	}
	r->out->notes = (const char *const *)r->notes;
	return r;
}

XRSCHED_API int xrsched_replay_file(const char *path,
				    const struct xrsched_replay_opts *opts,
				    struct xrsched_replay **out,
				    struct xrsched_error *error)
{
	struct xrsched_replay_opts o;
	struct xrsched_error local;
	struct replayer *r;
	int ret;

	ret = xrsched_copy_opts(&o, sizeof(o), opts);
	if (ret || o.max_notes > NOTES_MAX)
		return xrsched_fail(error, ret ? ret : -EINVAL,
				    "options out of range");
	r = replayer_new(&o);
	if (!r)
		return xrsched_fail(error, -ENOMEM, "%s", strerror(ENOMEM));
	r->error = error ? error : &local;
	ret = replay_recorded(r, path);
	if (!ret && o.policy)
		ret = replay_what_if(path, o.policy,
				     (struct xrsched_result **)&r->out->what_if,
				     r->error);
	if (ret)
		xrsched_replay_free(r->out);
	else
		*out = r->out;
	free(r);
	return ret;
}

XRSCHED_API void xrsched_replay_free(struct xrsched_replay *replay)
{
	if (!replay)
		return;
	for (u32 i = 0; i < replay->nr_notes; i++)
		free((char *)replay->notes[i]);
	free((void *)replay->notes);
	replay_result_free(replay->recorded);
	replay_result_free(replay->what_if);
	free(replay);
}
