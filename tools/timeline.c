// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a recording to a timeline.
 */
#include "timeline.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

/* Offsets of what is read here: Documentation/record-format.md. */
#define NAME_IS_STREAM 1
#define ENGINE_RUNS 2

/**
 * struct open_frame - A frame that has not ended
 * @stream: row of its stream.
 * @frame: its number.
 * @last: its last slice, TIMELINE_NONE: none.
 */
struct open_frame {
	uint32_t stream;
	uint64_t frame;
	uint32_t last;
};

/* A stream that is there: its number and its row. */
struct open_stream {
	uint32_t id;
	uint32_t row;
};

/**
 * struct reader - A recording being read
 * @out: what comes of it.
 * @room_slices: room there; likewise the others.
 * @frames: struct open_frame, a tree of tsearch().
 * @streams: struct open_stream, likewise.
 * @running: what runs on an engine.
 * @busy: it runs something.
 * @name: name that was told.
 * @name_is_stream: of a stream.
 */
struct reader {
	struct timeline *out;
	size_t room_slices;
	size_t room_frames;
	size_t room_points;
	size_t room_streams;
	void *frames;
	void *streams;
	struct timeline_slice running[TIMELINE_ENGINES];
	bool busy[TIMELINE_ENGINES];
	char name[XRSCHED_NAME_LEN];
	bool name_is_stream;
};

static void *grow(void *array, size_t nr, size_t *room, size_t size)
{
	if (nr < *room)
		return array;
	*room = *room ? *room * 2 : 256;
	array = realloc(array, *room * size);
	if (!array)
		out_of_memory();
	return array;
}

static int frame_order(const void *a, const void *b)
{
	const struct open_frame *x = a, *y = b;

	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	return (x->frame > y->frame) - (x->frame < y->frame);
}

static int stream_order(const void *a, const void *b)
{
	const struct open_stream *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* Finds an object like @key, or makes it so. */
static void *find(void **tree, const void *key, size_t size,
		  int (*order)(const void *a, const void *b))
{
	void **node = tfind(key, tree, order);
	void *made;

	if (node)
		return *node;
	made = malloc(size);
	if (!made)
		out_of_memory();
	memcpy(made, key, size);
	if (!tsearch(made, tree, order))
		out_of_memory();
	return made;
}

static void drop(void **tree, const void *key,
		 int (*order)(const void *a, const void *b))
{
	void **node = tfind(key, tree, order);
	void *object = node ? *node : NULL;

	if (!object)
		return;
	tdelete(key, tree, order);
	free(object);
}

/* A new row of this name, or of the number's. */
static uint32_t new_row(struct reader *r, uint32_t id)
{
	struct timeline *t = r->out;
	char *name;

	t->stream = grow(t->stream, t->nr_streams, &r->room_streams,
			 sizeof(*t->stream));
	name = t->stream[t->nr_streams];
	if (r->name[0] && r->name_is_stream)
		memcpy(name, r->name, XRSCHED_NAME_LEN);
	else
		snprintf(name, XRSCHED_NAME_LEN, "stream %u", id);
	r->name[0] = 0;
	return t->nr_streams++;
}

static uint32_t stream_row(struct reader *r, uint32_t id)
{
	const struct open_stream key = { .id = id, .row = TIMELINE_NONE };
	struct open_stream *stream =
		find(&r->streams, &key, sizeof(key), stream_order);

	if (stream->row == TIMELINE_NONE)
		stream->row = new_row(r, id);
	return stream->row;
}

static struct open_frame *frame_of(struct reader *r, uint32_t row,
				   uint64_t frame)
{
	const struct open_frame key = { .stream = row,
					.frame = frame,
					.last = TIMELINE_NONE };

	return find(&r->frames, &key, sizeof(key), frame_order);
}

static void add_point(struct reader *r, uint64_t at_ns, int what, double value)
{
	struct timeline *t = r->out;

	t->point = grow(t->point, t->nr_points, &r->room_points,
			sizeof(*t->point));
	t->point[t->nr_points++] = (struct timeline_point){
		.at_ns = at_ns,
		.what = what,
		.value = value,
	};
}

/* ----- records ---------------------------------------------------------- */

static void end_slice(struct reader *r, uint32_t engine, uint64_t at_ns,
		      uint64_t energy_pj, bool lost)
{
	struct timeline *t = r->out;
	struct timeline_slice *slice;

	if (engine >= TIMELINE_ENGINES || !r->busy[engine])
		return;
	r->busy[engine] = false;
	slice = &r->running[engine];
	slice->end_ns = at_ns;
	slice->energy_pj = energy_pj;
	slice->lost = lost;
	t->slice = grow(t->slice, t->nr_slices, &r->room_slices,
			sizeof(*t->slice));
	t->slice[t->nr_slices] = *slice;
	frame_of(r, slice->stream, slice->frame)->last = t->nr_slices++;
}

/* No record says that a layer took too long: that its frame goes on does. */
static void lose_slice(struct reader *r, uint32_t row, uint64_t frame,
		       uint64_t at_ns)
{
	for (uint32_t id = 0; id < TIMELINE_ENGINES; id++)
		if (r->busy[id] && r->running[id].stream == row &&
		    r->running[id].frame == frame)
			end_slice(r, id, at_ns, 0, true);
}

static void on_dispatch(struct reader *r, const struct xrsched_record *rec)
{
	const uint32_t *word = (const uint32_t *)rec->data;
	struct timeline_slice *slice;
	uint32_t row;

	if (rec->id >= TIMELINE_ENGINES)
		return;
	row = stream_row(r, word[8]);
	end_slice(r, rec->id, rec->at_ns, 0, true);
	lose_slice(r, row, rec->data[0], rec->at_ns);
	slice = &r->running[rec->id];
	*slice = (struct timeline_slice){
		.begin_ns = rec->at_ns,
		.frame = rec->data[0],
		.score = (int64_t)rec->data[1],
		.switch_pj = rec->data[3],
		.engine = rec->id,
		.stream = row,
		.layer = word[9],
		.before = frame_of(r, row, rec->data[0])->last,
	};
	r->busy[rec->id] = true;
	if (!r->out->work_ns)
		r->out->work_ns = rec->at_ns;
	add_point(r, rec->at_ns, TIMELINE_READY, word[10]);
}

static void on_finish(struct reader *r, const struct xrsched_record *rec)
{
	const uint32_t *word = (const uint32_t *)rec->data;
	uint32_t row = stream_row(r, rec->id);
	const struct open_frame key = { .stream = row, .frame = rec->data[0] };
	struct timeline *t = r->out;

	lose_slice(r, row, rec->data[0], rec->at_ns);
	t->frame = grow(t->frame, t->nr_frames, &r->room_frames,
			sizeof(*t->frame));
	t->frame[t->nr_frames++] = (struct timeline_frame){
		.frame = rec->data[0],
		.release_ns = rec->data[1],
		.start_ns = rec->data[2],
		.end_ns = rec->at_ns,
		.deadline_ns = rec->data[3],
		.energy_pj = rec->data[4],
		.stream = row,
		.outcome = rec->arg,
		.reason = rec->part,
	};
	drop(&r->frames, &key, frame_order);
	add_point(r, rec->at_ns, TIMELINE_READY, word[11]);
}

static void on_param(struct reader *r, const struct xrsched_record *rec)
{
	const char *name = (const char *)rec->data;

	if (!strcmp(name, "alpha"))
		add_point(r, rec->at_ns, TIMELINE_ALPHA,
			  (int64_t)rec->data[4] / 1e6);
	else if (!strcmp(name, "beta"))
		add_point(r, rec->at_ns, TIMELINE_BETA,
			  (int64_t)rec->data[4] / 1e6);
}

static void on_tuned(struct reader *r, const struct xrsched_record *rec)
{
	const uint32_t *word = (const uint32_t *)rec->data;

	add_point(r, rec->at_ns, TIMELINE_ALPHA, word[5] / 1e6);
	add_point(r, rec->at_ns, TIMELINE_BETA, word[6] / 1e6);
}

static void on_engine(struct reader *r, const struct xrsched_record *rec)
{
	size_t used;
	char *name;

	if (rec->id >= TIMELINE_ENGINES)
		return;
	if (!r->name[0] || r->name_is_stream)
		snprintf(r->name, XRSCHED_NAME_LEN, "engine %u", rec->id);
	/* Its number may have been another's: the track is both's. */
	name = r->out->engine[rec->id];
	used = strlen(name);
	if (!used)
		memcpy(name, r->name, XRSCHED_NAME_LEN);
	else if (!strstr(name, r->name))
		snprintf(name + used, sizeof(r->out->engine[0]) - used, ", %s",
			 r->name);
	r->name[0] = 0;
}

/* A layer that ran when the recording began. */
static void on_running(struct reader *r, const struct xrsched_record *rec)
{
	const uint32_t *word = (const uint32_t *)rec->data;

	if (rec->id >= TIMELINE_ENGINES || !(rec->arg & ENGINE_RUNS))
		return;
	r->running[rec->id] = (struct timeline_slice){
		.begin_ns = rec->data[0],
		.frame = rec->data[3],
		.engine = rec->id,
		.stream = stream_row(r, word[10]),
		.layer = TIMELINE_NONE,
		.before = TIMELINE_NONE,
	};
	r->busy[rec->id] = true;
	if (!r->out->work_ns)
		r->out->work_ns = rec->at_ns;
}

static void on_record(struct reader *r, const struct xrsched_record *rec)
{
	const struct open_stream key = { .id = rec->id };

	switch (rec->type) {
	case XRSCHED_REC_NAME:
		memcpy(r->name, rec->data, sizeof(r->name));
		r->name_is_stream = rec->arg == NAME_IS_STREAM;
		break;
	case XRSCHED_REC_STREAM_ADD:
		stream_row(r, rec->id);
		break;
	case XRSCHED_REC_STREAM_REMOVE:
		drop(&r->streams, &key, stream_order);
		break;
	case XRSCHED_REC_ENGINE_ADD:
		on_engine(r, rec);
		break;
	case XRSCHED_REC_ENGINE_DOWN:
	case XRSCHED_REC_ENGINE_REMOVE:
	case XRSCHED_REC_ENGINE_RESET:
	case XRSCHED_REC_LAYER_FAILED:
		end_slice(r, rec->id, rec->at_ns, 0, true);
		break;
	case XRSCHED_REC_PARAM:
		on_param(r, rec);
		break;
	case XRSCHED_REC_DISPATCH:
		on_dispatch(r, rec);
		break;
	case XRSCHED_REC_LAYER_DONE:
		end_slice(r, rec->id, rec->at_ns, rec->data[1], false);
		break;
	case XRSCHED_REC_FINISH:
		on_finish(r, rec);
		break;
	case XRSCHED_REC_TUNED:
		on_tuned(r, rec);
		break;
	case XRSCHED_REC_SNAP_ENGINE:
		on_running(r, rec);
		break;
	case XRSCHED_REC_LOST:
		r->out->lost += rec->data[0];
		break;
	default:
		break;
	}
}

static int read_all(struct reader *r, struct xrsched_recording *file,
		    const char *path)
{
	struct timeline *t = r->out;
	struct xrsched_record record;
	struct xrsched_error error;
	int ret;

	while ((ret = xrsched_recording_next(file, &record, &error)) == 1) {
		/* A simulator's state is older than its clock. */
		if (!t->begin_ns)
			t->begin_ns = record.at_ns;
		t->end_ns = record.at_ns;
		on_record(r, &record);
	}
	t->truncated = ret == -ENODATA;
	return ret && !t->truncated ? fail("%s: %s", path, error.text) : 0;
}

int timeline_read(const char *path, struct timeline *timeline)
{
	struct reader r = { .out = timeline };
	struct xrsched_recording *file;
	struct xrsched_error error;
	int ret;

	memset(timeline, 0, sizeof(*timeline));
	if (xrsched_recording_open(path, &file, &error))
		return fail("%s", error.text);
	ret = read_all(&r, file, path);
	xrsched_recording_close(file);
	for (uint32_t id = 0; id < TIMELINE_ENGINES; id++)
		end_slice(&r, id, timeline->end_ns, 0, false);
	tdestroy(r.frames, free);
	tdestroy(r.streams, free);
	if (ret)
		timeline_free(timeline);
	return ret;
}

void timeline_free(struct timeline *timeline)
{
	free(timeline->stream);
	free(timeline->slice);
	free(timeline->frame);
	free(timeline->point);
}

const char *timeline_outcome(const struct timeline_frame *frame)
{
	switch (frame->outcome) {
	case XRSCHED_COMPLETED:
		return frame->end_ns > frame->deadline_ns ? "late"
							  : "completed";
	case XRSCHED_DROPPED:
		return "dropped";
	case XRSCHED_CANCELLED:
		return "cancelled";
	default:
		return "failed";
	}
}
