// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a device did, as JSON and as tables.
 */
#include "names.h"
#include "out.h"
#include "put.h"
#include "top.h"

static json_t *engine_json(const struct top_engine *engine)
{
	json_t *object = put_object();

	put_count(object, "id", engine->now.id);
	put_text(object, "name", engine->now.name);
	put_text(object, "class", engine->now.class_name);
	put_text(object, "state", engine_state_name(engine->now.state));
	put_real(object, "busy", engine->busy);
	put_real(object, "layers_per_s", engine->layers);
	put_count(object, "lost", engine->lost);
	put_count(object, "faults", engine->faults);
	put_real(object, "error_p50", engine->now.error_p50_ppm / 1e6);
	put_real(object, "error_p95", engine->now.error_p95_ppm / 1e6);
	put_text(object, "runs", engine->runs);
	put_bool(object, "running", engine->now.busy);
	if (top_engine_told(engine)) {
		put_count(object, "stream", engine->now.stream);
		put_count(object, "frame", engine->now.frame);
		put_count(object, "layer", engine->now.layer);
	}
	return object;
}

static json_t *stream_json(const struct top_stream *stream)
{
	const struct xrsched_control_stream *now = &stream->now;
	json_t *object = put_object();

	put_text(object, "mark",
		 !stream->missing	       ? ""
		 : stream->missing > TOP_FRESH ? "!"
					       : "!!");
	put_count(object, "id", now->id);
	put_text(object, "name", now->name);
	put_text(object, "model", now->model);
	put_count(object, "client", now->client);
	put_count(object, "pid", now->pid);
	put_real(object, "fps", stream->fps);
	put_real(object, "wanted_fps", stream->wanted);
	put_count(object, "in_flight", now->in_flight);
	put_count(object, "overdue_ns", now->overdue_ns);
	put_count(object, "ended", stream->ended);
	put_count(object, "late", stream->late);
	put_count(object, "dropped", stream->dropped);
	put_count(object, "failed", stream->failed);
	put_count(object, "response_p50_ns", now->response.p50_ns);
	put_count(object, "response_p99_ns", now->response.p99_ns);
	put_real(object, "dlv", stream->dlv);
	put_real(object, "ne", stream->ne);
	put_real(object, "uxcost", stream->uxcost);
	put_bool(object, "missing", stream->missing);
	return object;
}

json_t *top_json(const struct top_view *view)
{
	json_t *object = put_object(), *engines = put_array(), *streams;

	put_count(object, "device", view->device.nr);
	put_text(object, "policy", view->device.policy);
	put_count(object, "clients", view->device.clients);
	put_count(object, "time_ns", view->device.now_ns);
	put_real(object, "seconds", view->seconds);
	put_real(object, "decisions_per_s", view->decisions);
	put_real(object, "dlv", view->dlv);
	put_real(object, "ne", view->ne);
	put_real(object, "uxcost", view->uxcost);
	for (int i = 0; i < view->nr_engines; i++)
		put_append(engines, engine_json(&view->engines[i]));
	put(object, "engines", engines);
	if (view->nr_streams < 0) {
		put_null(object, "streams");
		return object;
	}
	streams = put_array();
	for (int i = 0; i < view->nr_shown; i++)
		put_append(streams, stream_json(&view->streams[i]));
	put(object, "streams", streams);
	return object;
}

static const struct out_column device_columns[] = {
	{ "device", "device", OUT_COUNT, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "clients", "clients", OUT_COUNT, 0 },
	{ "seconds", "seconds", OUT_REAL, 0 },
	{ "decisions_per_s", "decisions/s", OUT_REAL, 0 },
	{ "dlv", "DLV", OUT_REAL, 0 },
	{ "ne", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_column engine_columns[] = {
	{ "name", "engine", OUT_TEXT, 0 },
	{ "class", "class", OUT_TEXT, 0 },
	{ "state", "state", OUT_TEXT, 0 },
	{ "busy", "busy", OUT_SHARE, 0 },
	{ "layers_per_s", "layers/s", OUT_REAL, 0 },
	{ "lost", "lost", OUT_COUNT, OUT_IF_ANY },
	{ "faults", "faults", OUT_COUNT, OUT_IF_ANY },
	{ "error_p50", "off p50", OUT_SHARE, OUT_IF_ANY },
	{ "runs", "runs", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_column stream_columns[] = {
	{ "mark", "  ", OUT_TEXT, OUT_IF_ANY },
	{ "name", "stream", OUT_TEXT, 0 },
	{ "model", "model", OUT_TEXT, 0 },
	{ "client", "client", OUT_COUNT, 0 },
	{ "pid", "pid", OUT_COUNT, 0 },
	{ "fps", "fps", OUT_REAL, 0 },
	{ "wanted_fps", "wanted", OUT_REAL, 0 },
	{ "in_flight", "in flight", OUT_COUNT, 0 },
	{ "overdue_ns", "overdue", OUT_TIME, OUT_IF_ANY },
	{ "response_p99_ns", "p99", OUT_TIME, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "failed", "failed", OUT_COUNT, OUT_IF_ANY },
	{ "dlv", "DLV", OUT_REAL, 0 },
	{ "ne", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ 0 },
};

void top_text(const json_t *value)
{
	static const struct out_block view[] = {
		{ .columns = device_columns },
		{ .key = "engines",
		  .columns = engine_columns,
		  .empty = "no engines" },
		{ .key = "streams",
		  .columns = stream_columns,
		  .empty = "no streams" },
		{ 0 },
	};

	out_text(value, view);
}
