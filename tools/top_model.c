// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device did between two moments.
 */
#include "top.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

#define NS 1e9

int top_sample(struct xrsched_control *control, uint32_t device,
	       struct top_sample *sample)
{
	int ret;

	memset(sample, 0, sizeof(*sample));
	ret = xrsched_control_device_get(control, device, &sample->device);
	if (ret)
		return ret;
	ret = xrsched_control_engines(control, device, &sample->engines);
	if (ret < 0)
		return ret;
	sample->nr_engines = ret;
	ret = xrsched_control_streams(control, device, &sample->streams);
	sample->nr_streams = ret;
	return ret < 0 && ret != -EPERM ? ret : 0;
}

void top_sample_free(struct top_sample *sample)
{
	xrsched_free(sample->engines);
	xrsched_free(sample->streams);
	memset(sample, 0, sizeof(*sample));
}

/* A stream is the same if its client is: those numbers last for 2^32 clients. */
static const struct xrsched_control_stream *
stream_then(const struct top_sample *then,
	    const struct xrsched_control_stream *now)
{
	for (int i = 0; then && i < then->nr_streams; i++)
		if (then->streams[i].id == now->id &&
		    then->streams[i].client == now->client &&
		    then->streams[i].submitted <= now->submitted)
			return &then->streams[i];
	return NULL;
}

/* An engine's number may be that of another by now. */
static const struct xrsched_control_engine *
engine_then(const struct top_sample *then,
	    const struct xrsched_control_engine *now)
{
	for (int i = 0; then && i < then->nr_engines; i++)
		if (then->engines[i].id == now->id &&
		    !strcmp(then->engines[i].name, now->name) &&
		    then->engines[i].busy_ns <= now->busy_ns &&
		    then->engines[i].layers <= now->layers)
			return &then->engines[i];
	return NULL;
}

/* For how many intervals it has missed, now that it did in this one. */
static unsigned int missing(const struct top_view *before,
			    const struct top_sample *now,
			    const struct xrsched_control_stream *stream)
{
	/* The same interval may be shown again, in another order. */
	bool again = before->device.now_ns == now->device.now_ns;

	for (int i = 0; i < before->nr_streams; i++)
		if (before->streams[i].now.id == stream->id &&
		    before->streams[i].now.client == stream->client &&
		    before->streams[i].missing)
			return before->streams[i].missing + !again;
	return 1;
}

static void stream_rates(struct top_stream *stream,
			 const struct xrsched_control_stream *then,
			 double seconds)
{
	static const struct xrsched_control_stream none;
	const struct xrsched_control_stream *now = &stream->now;
	uint64_t completed, violated, worst;

	if (!then)
		then = &none;
	completed = now->completed - then->completed;
	stream->late = now->late - then->late;
	stream->dropped = now->dropped - then->dropped;
	stream->failed = now->failed - then->failed;
	stream->ended = completed + stream->dropped + stream->failed;
	stream->fps = completed / seconds;
	stream->wanted = now->period_ns ? NS / now->period_ns : 0;
	violated = stream->late + stream->dropped + stream->failed;
	worst = now->worst_pj - then->worst_pj;
	if (stream->ended)
		/* As the kernel does: what is perfect does not cost nothing. */
		stream->dlv = violated ? (double)violated / stream->ended
				       : 0.5 / stream->ended;
	if (worst)
		stream->ne = (double)(now->energy_pj - then->energy_pj) / worst;
	stream->uxcost = stream->dlv * stream->ne;
}

static void engine_rates(struct top_engine *engine,
			 const struct xrsched_control_engine *then,
			 double seconds)
{
	static const struct xrsched_control_engine none;
	const struct xrsched_control_engine *now = &engine->now;

	if (!then)
		then = &none;
	engine->busy = (now->busy_ns - then->busy_ns) / (seconds * NS);
	/* The two moments are not quite those of the device. */
	if (engine->busy > 1)
		engine->busy = 1;
	engine->layers = (now->layers - then->layers) / seconds;
	engine->lost = now->lost - then->lost;
	engine->faults = now->faults - then->faults;
}

static const char *stream_name(const struct top_sample *now, uint32_t id)
{
	for (int i = 0; i < now->nr_streams; i++)
		if (now->streams[i].id == id)
			return now->streams[i].name;
	return NULL;
}

static void *allocate(int nr, size_t size)
{
	void *list = calloc(nr + 1, size);

	if (!list)
		out_of_memory();
	return list;
}

static void view_streams(struct top_view *view, const struct top_view *before,
			 const struct top_sample *then,
			 const struct top_sample *now)
{
	view->nr_streams = now->nr_streams;
	if (now->nr_streams < 0)
		return;
	view->nr_shown = now->nr_streams;
	view->streams = allocate(now->nr_streams, sizeof(*view->streams));
	for (int i = 0; i < now->nr_streams; i++) {
		struct top_stream *stream = &view->streams[i];

		stream->now = now->streams[i];
		stream_rates(stream, stream_then(then, &stream->now),
			     view->seconds);
		view->dlv += stream->dlv;
		view->ne += stream->ended ? stream->ne : 0;
		/* One that waits for ever ends no frames to be counted. */
		if (stream->late || stream->dropped || stream->failed ||
		    stream->now.overdue_ns)
			stream->missing = missing(before, now, &stream->now);
	}
	view->uxcost = view->dlv * view->ne;
}

static void view_engines(struct top_view *view, const struct top_sample *then,
			 const struct top_sample *now)
{
	view->nr_engines = now->nr_engines;
	view->engines = allocate(now->nr_engines, sizeof(*view->engines));
	for (int i = 0; i < now->nr_engines; i++) {
		struct top_engine *engine = &view->engines[i];

		engine->now = now->engines[i];
		engine_rates(engine, engine_then(then, &engine->now),
			     view->seconds);
		if (top_engine_told(engine))
			engine->runs = stream_name(now, engine->now.stream);
	}
}

void top_view(struct top_view *view, const struct top_sample *then,
	      const struct top_sample *now)
{
	struct top_view before = *view;
	uint64_t since_ns = now->device.reset_ns, decisions = 0;

	if (then && (then->device.reset_ns != now->device.reset_ns ||
		     then->device.now_ns >= now->device.now_ns))
		then = NULL;
	if (then) {
		since_ns = then->device.now_ns;
		decisions = then->device.decisions;
	}
	memset(view, 0, sizeof(*view));
	view->device = now->device;
	view->seconds = (now->device.now_ns - since_ns + 1) / NS;
	view->decisions = (now->device.decisions - decisions) / view->seconds;
	view_engines(view, then, now);
	view_streams(view, &before, then, now);
	top_view_free(&before);
}

void top_view_free(struct top_view *view)
{
	free(view->engines);
	free(view->streams);
	memset(view, 0, sizeof(*view));
}

/* ----- order -------------------------------------------------------------- */

const char *const top_sort_names[TOP_SORTS + 1] = {
	[TOP_SORT_ID] = "id",	      [TOP_SORT_NAME] = "name",
	[TOP_SORT_FPS] = "fps",	      [TOP_SORT_P99] = "p99",
	[TOP_SORT_LATE] = "late",     [TOP_SORT_DROPPED] = "dropped",
	[TOP_SORT_DLV] = "dlv",	      [TOP_SORT_NE] = "ne",
	[TOP_SORT_UXCOST] = "uxcost",
};

/* What the larger of comes first. */
static double weight(const struct top_stream *stream, enum top_sort sort)
{
	switch (sort) {
	case TOP_SORT_FPS:
		return stream->fps;
	case TOP_SORT_P99:
		return stream->now.response.p99_ns;
	case TOP_SORT_LATE:
		return stream->late;
	case TOP_SORT_DROPPED:
		return stream->dropped;
	case TOP_SORT_DLV:
		return stream->dlv;
	case TOP_SORT_NE:
		return stream->ne;
	case TOP_SORT_UXCOST:
		return stream->uxcost;
	default:
		return -(double)stream->now.id;
	}
}

struct order {
	enum top_sort sort;
	int sign;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct top_stream *x = a, *y = b;
	const struct order *order = arg;
	double one = weight(x, order->sort), other = weight(y, order->sort);
	int by_name = strcmp(x->now.name, y->now.name);

	if (order->sort == TOP_SORT_NAME && by_name)
		return order->sign * by_name;
	if (one != other)
		return order->sign * (one > other ? -1 : 1);
	return x->now.id < y->now.id ? -1 : x->now.id > y->now.id;
}

static bool passes(const struct top_stream *stream, const char *filter)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%u", stream->now.pid);
	return strcasestr(stream->now.name, filter) ||
	       strcasestr(stream->now.model, filter) || !strcmp(pid, filter);
}

void top_sort(struct top_view *view, enum top_sort sort, bool reverse,
	      const char *filter)
{
	struct order order = { sort, reverse ? -1 : 1 };
	struct top_stream other;
	int nr = 0;

	for (int i = 0; i < view->nr_streams; i++) {
		if (!passes(&view->streams[i], filter))
			continue;
		other = view->streams[nr];
		view->streams[nr++] = view->streams[i];
		view->streams[i] = other;
	}
	view->nr_shown = nr;
	if (nr)
		qsort_r(view->streams, nr, sizeof(*view->streams), compare,
			&order);
}
