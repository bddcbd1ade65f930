// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timeline in the Trace Event Format, which Perfetto and chrome://tracing
 * open.  Times there are microseconds.
 */
#include "timeline.h"

#include <inttypes.h>

#include "out.h"
#include "put.h"

/* Processes, in that format: groups of tracks. */
enum { ENGINES = 1, STREAMS = 2, SCHEDULER = 3 };

/**
 * struct writer - A file being written
 * @t: the timeline.
 * @file: where to.
 * @nr: events written.
 */
struct writer {
	const struct timeline *t;
	FILE *file;
	size_t nr;
};

static double us(const struct writer *w, uint64_t at_ns)
{
	/* A layer that ran already began before the recording. */
	return ((double)at_ns - (double)w->t->begin_ns) / 1e3;
}

static void emit(struct writer *w, json_t *event)
{
	fputs(w->nr++ ? ",\n" : "\n", w->file);
	json_dumpf(event, w->file, JSON_COMPACT | JSON_REAL_PRECISION(15));
	json_decref(event);
}

static json_t *event(const char *phase, const char *name, int pid, uint32_t tid)
{
	json_t *object = put_object();

	put_text(object, "ph", phase);
	put_text(object, "name", name);
	put_count(object, "pid", pid);
	put_count(object, "tid", tid);
	return object;
}

static void meta(struct writer *w, const char *what, int pid, uint32_t tid,
		 const char *name)
{
	json_t *object = event("M", what, pid, tid), *args = put_object();

	put_text(args, "name", name);
	put(object, "args", args);
	emit(w, object);
}

static void names(struct writer *w)
{
	meta(w, "process_name", ENGINES, 0, "engines");
	meta(w, "process_name", STREAMS, 0, "streams");
	meta(w, "process_name", SCHEDULER, 0, "scheduler");
	for (uint32_t id = 0; id < TIMELINE_ENGINES; id++)
		if (w->t->engine[id][0])
			meta(w, "thread_name", ENGINES, id + 1,
			     w->t->engine[id]);
	for (uint32_t row = 0; row < w->t->nr_streams; row++)
		meta(w, "thread_name", STREAMS, row + 1, w->t->stream[row]);
}

/* ----- engines ---------------------------------------------------------- */

static void slice_json(struct writer *w, const struct timeline_slice *slice)
{
	json_t *object, *args = put_object();
	char name[64];

	snprintf(name, sizeof(name), "%.31s %" PRIu64,
		 w->t->stream[slice->stream], slice->frame);
	object = event("X", name, ENGINES, slice->engine + 1);
	put_text(object, "cat", slice->lost ? "layer,lost" : "layer");
	put_real(object, "ts", us(w, slice->begin_ns));
	put_real(object, "dur", (slice->end_ns - slice->begin_ns) / 1e3);
	put_text(args, "stream", w->t->stream[slice->stream]);
	put_count(args, "frame", slice->frame);
	if (slice->layer != TIMELINE_NONE)
		put_count(args, "layer", slice->layer);
	put_real(args, "score", slice->score / 4294967296.0);
	put_count(args, "energy_pj", slice->energy_pj);
	put_count(args, "switch_pj", slice->switch_pj);
	put(object, "args", args);
	emit(w, object);
}

/* An arrow from a frame's layer to its next one, if that is elsewhere. */
static void flow_json(struct writer *w, const struct timeline_slice *slice,
		      size_t id)
{
	const struct timeline_slice *from;
	json_t *object;

	if (slice->before == TIMELINE_NONE)
		return;
	from = &w->t->slice[slice->before];
	if (from->engine == slice->engine)
		return;
	object = event("s", "moves", ENGINES, from->engine + 1);
	put_text(object, "cat", "flow");
	put_count(object, "id", id);
	/* It is bound to the slice that it lies in: not to the one after. */
	put_real(object, "ts", us(w, from->begin_ns));
	emit(w, object);
	object = event("f", "moves", ENGINES, slice->engine + 1);
	put_text(object, "cat", "flow");
	put_text(object, "bp", "e");
	put_count(object, "id", id);
	put_real(object, "ts", us(w, slice->begin_ns));
	emit(w, object);
}

/* ----- streams ---------------------------------------------------------- */

static void span(struct writer *w, const struct timeline_frame *frame,
		 const char *name, uint64_t end_ns, json_t *args)
{
	uint64_t begin_ns =
		frame->release_ns < end_ns ? frame->release_ns : end_ns;
	char id[64];
	json_t *object;

	snprintf(id, sizeof(id), "%u.%" PRIu64, frame->stream, frame->frame);
	object = event("b", name, STREAMS, frame->stream + 1);
	put_text(object, "cat", w->t->stream[frame->stream]);
	put_text(object, "id", id);
	put_real(object, "ts", us(w, begin_ns));
	if (args)
		put(object, "args", args);
	emit(w, object);
	object = event("e", name, STREAMS, frame->stream + 1);
	put_text(object, "cat", w->t->stream[frame->stream]);
	put_text(object, "id", id);
	put_real(object, "ts", us(w, end_ns));
	emit(w, object);
}

static void instant(struct writer *w, const struct timeline_frame *frame,
		    const char *what)
{
	json_t *object = event("i", what, STREAMS, frame->stream + 1);

	put_text(object, "s", "t");
	put_text(object, "cat", "miss");
	put_real(object, "ts", us(w, frame->end_ns));
	emit(w, object);
}

/* From arrival to deadline, and in it from arrival to its end. */
static void frame_json(struct writer *w, const struct timeline_frame *frame)
{
	const char *outcome = timeline_outcome(frame);
	uint64_t end_ns = frame->end_ns > frame->deadline_ns
				  ? frame->end_ns
				  : frame->deadline_ns;
	json_t *args = put_object();
	char name[64];

	put_text(args, "outcome", outcome);
	put_real(args, "deadline_us", us(w, frame->deadline_ns));
	put_real(args, "slack_us",
		 ((double)frame->deadline_ns - (double)frame->end_ns) / 1e3);
	put_count(args, "energy_pj", frame->energy_pj);
	snprintf(name, sizeof(name), "%" PRIu64, frame->frame);
	span(w, frame, name, end_ns, args);
	snprintf(name, sizeof(name), "%" PRIu64 " %s", frame->frame, outcome);
	span(w, frame, name, frame->end_ns, NULL);
	if (frame->outcome != XRSCHED_COMPLETED ||
	    frame->end_ns > frame->deadline_ns)
		instant(w, frame, outcome);
}

/* ----- the scheduler ---------------------------------------------------- */

static void point_json(struct writer *w, const struct timeline_point *point)
{
	static const char *const what[] = { "ready jobs", "alpha", "beta" };
	json_t *object = event("C", what[point->what], SCHEDULER, 0);
	json_t *args = put_object();

	put_real(object, "ts",
		 point->at_ns < w->t->begin_ns ? 0 : us(w, point->at_ns));
	put_real(args, what[point->what], point->value);
	put(object, "args", args);
	emit(w, object);
}

void timeline_json(const struct timeline *timeline, FILE *file)
{
	struct writer w = { .t = timeline, .file = file };

	fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [", file);
	names(&w);
	for (size_t i = 0; i < timeline->nr_slices; i++) {
		slice_json(&w, &timeline->slice[i]);
		flow_json(&w, &timeline->slice[i], i);
	}
	for (size_t i = 0; i < timeline->nr_frames; i++)
		frame_json(&w, &timeline->frame[i]);
	for (size_t i = 0; i < timeline->nr_points; i++)
		point_json(&w, &timeline->point[i]);
	fprintf(file,
		"\n], \"otherData\": {\"clock\": \"monotonic\", "
		"\"begin_ns\": \"%" PRIu64 "\", \"lost_records\": \"%" PRIu64
		"\"}}\n",
		timeline->begin_ns, timeline->lost);
}
