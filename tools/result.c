// SPDX-License-Identifier: GPL-2.0-only
/*
 * What came of a run: as JSON, and how that looks as text.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "names.h"
#include "out.h"
#include "put.h"

#define POLICY_SIZE 512

/* Dropped and failed frames by reason; only those that occurred. */
static json_t *drops(const struct xrsched_result_stream *stream)
{
	json_t *object = put_object();

	for (size_t i = 0; i < ELEMENTS(stream->drops); i++)
		if (reason_name(i) && stream->drops[i])
			put_count(object, reason_name(i), stream->drops[i]);
	return object;
}

static void put_stream_counts(json_t *object,
			      const struct xrsched_result_stream *stream)
{
	const struct xrsched_stream_stats *stats = &stream->stats;

	put_count(object, "submitted", stats->submitted);
	put_count(object, "released", stats->released);
	put_count(object, "completed", stats->completed);
	put_count(object, "late", stats->late);
	put_count(object, "dropped", stats->dropped);
	put_count(object, "cancelled", stats->cancelled);
	put_count(object, "failed", stats->failed);
	put_count(object, "violated", stream->violated);
	put(object, "drops", drops(stream));
	put_count(object, "layers", stats->layers);
	put_count(object, "switches", stats->switches);
}

/* The response times are null if no frame completed. */
static void put_stream_times(json_t *object,
			     const struct xrsched_result_stream *stream)
{
	const struct {
		const char *key;
		uint64_t ns;
	} times[] = {
		{ "response_p50_ns", stream->response_p50_ns },
		{ "response_p90_ns", stream->response_p90_ns },
		{ "response_p99_ns", stream->response_p99_ns },
		{ "response_p999_ns", stream->response_p999_ns },
		{ "response_max_ns", stream->response_max_ns },
	};

	for (size_t i = 0; i < ELEMENTS(times); i++)
		if (stream->stats.completed)
			put_count(object, times[i].key, times[i].ns);
		else
			put_null(object, times[i].key);
	put_count(object, "queue_p50_ns", stream->queue_p50_ns);
	put_count(object, "queue_p99_ns", stream->queue_p99_ns);
}

static json_t *xrbench_json(const struct xrsched_xrbench *score)
{
	json_t *object = put_object();

	put_real(object, "rt", score->rt);
	put_real(object, "en", score->en);
	put_real(object, "qoe", score->qoe);
	put_real(object, "overall", score->overall);
	return object;
}

static void put_stream_scores(json_t *object,
			      const struct xrsched_result_stream *stream)
{
	put_real(object, "dlv", stream->dlv);
	put_real(object, "ne", stream->ne);
	put_real(object, "ne_honest", stream->ne_honest);
	put(object, "xrbench", xrbench_json(&stream->xrbench));
	put_count(object, "energy_pj", stream->stats.energy_pj);
	put_count(object, "worst_pj", stream->stats.worst_pj);
	if (stream->accuracy > 0)
		put_real(object, "accuracy", stream->accuracy);
	else
		put_null(object, "accuracy");
}

static json_t *streams_json(const struct xrsched_result *result)
{
	json_t *array = put_array();

	for (uint32_t i = 0; i < result->nr_streams; i++) {
		const struct xrsched_result_stream *stream = result->streams[i];
		int32_t upstream = stream->upstream;
		json_t *object = put_object();

		put_text(object, "name", stream->name);
		put_text(object, "model", stream->model);
		put_count(object, "period_ns", stream->period_ns);
		put_count(object, "deadline_ns", stream->deadline_ns);
		put_text(object, "upstream",
			 upstream < 0 ? NULL : result->streams[upstream]->name);
		put_stream_counts(object, stream);
		put_stream_times(object, stream);
		put_stream_scores(object, stream);
		put_append(array, object);
	}
	return array;
}

static json_t *engines_json(const struct xrsched_result *result)
{
	json_t *array = put_array();

	for (uint32_t i = 0; i < result->nr_engines; i++) {
		const struct xrsched_engine *engine = result->engines[i];
		json_t *object = put_object();

		put_count(object, "id", engine->id);
		put_text(object, "name", engine->name);
		put_text(object, "class", engine->class_name);
		put_count(object, "busy_ns", engine->busy_ns);
		put_real(object, "utilisation",
			 (double)engine->busy_ns / result->span_ns);
		put_count(object, "layers", engine->layers);
		put_count(object, "switches", engine->switches);
		put_count(object, "lost", engine->lost);
		put_count(object, "energy_pj", engine->energy_pj);
		put_count(object, "faults", engine->faults);
		put_count(object, "timeouts", engine->timeouts);
		put_count(object, "lost_ns", engine->lost_ns);
		put_count(object, "lost_pj", engine->lost_pj);
		put_append(array, object);
	}
	return array;
}

/* What was asked for. */
static void put_setting(json_t *object, const struct bench *bench,
			const struct xrsched_result *result,
			const struct xrsched_policy_spec *policy)
{
	static const char *const phases[] = { "aligned", "random" };
	const struct xrsched_run_opts *run = &bench->run;
	char given[POLICY_SIZE];

	xrsched_policy_format(policy, given, sizeof(given));
	put_text(object, "scenario", result->scenario);
	put_text(object, "hw", result->hardware);
	put_text(object, "policy", result->policy);
	put_text(object, "policy_given", given);
	put_text(object, "policy_spec", result->policy_spec);
	put(object, "load", run->load > 0 ? json_real(run->load) : json_null());
	put_count(object, "seed", result->seed);
	put_real(object, "seconds", result->seconds);
	put_text(object, "costs", result->costs);
	put_text(object, "phase", phases[run->phase]);
	put(object, "cascade",
	    run->flags & XRSCHED_RUN_CASCADE
		    ? json_real((double)run->cascade_ppm / XRSCHED_PPM)
		    : json_null());
}

static void put_scores(json_t *object, const struct xrsched_result *result)
{
	put_real(object, "utilisation", result->load);
	put_real(object, "scale", result->scale);
	put_text(object, "backend", result->backend);
	put_bool(object, "stopped", result->stopped);
	put_real(object, "uxcost", result->uxcost);
	put_real(object, "uxcost_honest", result->uxcost_honest);
	put_real(object, "uxcost_sumprod", result->uxcost_sumprod);
	put_real(object, "uxcost_executed", result->uxcost_executed);
	put_real(object, "uxcost_sumprod_executed",
		 result->uxcost_sumprod_executed);
	put_real(object, "dlv_sum", result->dlv_sum);
	put_real(object, "ne_sum", result->ne_sum);
	put_real(object, "ne_honest_sum", result->ne_honest_sum);
	put(object, "xrbench", xrbench_json(&result->xrbench));
}

static void put_totals(json_t *object, const struct xrsched_result *result)
{
	/* On a device the run lasts as long as it lasts, whatever happens. */
	bool timed = result->events && !strcmp(result->backend, "sim");

	put_count(object, "submitted", result->submitted);
	put_count(object, "released", result->released);
	put_count(object, "completed", result->completed);
	put_count(object, "late", result->late);
	put_count(object, "dropped", result->dropped);
	put_count(object, "cancelled", result->cancelled);
	put_count(object, "failed", result->failed);
	put_count(object, "layers", result->layers);
	put_count(object, "energy_pj", result->energy_pj);
	put_count(object, "events", result->events);
	put_count(object, "decisions", result->decisions);
	put_count(object, "policy_faults", result->policy_faults);
	put_count(object, "span_ns", result->span_ns);
	put_count(object, "wall_ns", result->wall_ns);
	put(object, "wall_ns_per_event",
	    timed ? json_real((double)result->wall_ns / result->events)
		  : json_null());
}

json_t *bench_result(const struct bench *bench,
		     const struct xrsched_result *result,
		     const struct xrsched_policy_spec *policy)
{
	json_t *object = put_object();

	put_setting(object, bench, result, policy);
	put_scores(object, result);
	put_totals(object, result);
	put(object, "streams", streams_json(result));
	put(object, "engines", engines_json(result));
	return object;
}

static const struct out_column stream_columns[] = {
	{ "name", "stream", OUT_TEXT, 0 },
	{ "model", "model", OUT_TEXT, 0 },
	{ "period_ns", "period", OUT_TIME, 0 },
	{ "released", "released", OUT_COUNT, 0 },
	{ "completed", "completed", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "cancelled", "cancelled", OUT_COUNT, OUT_IF_ANY },
	{ "failed", "failed", OUT_COUNT, OUT_IF_ANY },
	{ "response_p50_ns", "p50", OUT_TIME, 0 },
	{ "response_p99_ns", "p99", OUT_TIME, 0 },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ "dlv", "DLV", OUT_REAL, 0 },
	{ "ne", "NE", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_column engine_columns[] = {
	{ "name", "engine", OUT_TEXT, 0 },
	{ "class", "class", OUT_TEXT, 0 },
	{ "utilisation", "busy", OUT_SHARE, 0 },
	{ "layers", "layers", OUT_COUNT, 0 },
	{ "switches", "switches", OUT_COUNT, 0 },
	{ "lost", "lost", OUT_COUNT, OUT_IF_ANY },
	{ "faults", "faults", OUT_COUNT, OUT_IF_ANY },
	{ "timeouts", "timeouts", OUT_COUNT, OUT_IF_ANY },
	{ "lost_ns", "lost time", OUT_TIME, OUT_IF_ANY },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ "lost_pj", "lost energy", OUT_ENERGY, OUT_IF_ANY },
	{ 0 },
};

static const struct out_column run_columns[] = {
	{ "dlv_sum", "DLV", OUT_REAL, 0 },
	{ "ne_sum", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "uxcost_honest", "honest UXCost", OUT_REAL, 0 },
	{ "events", "events", OUT_COUNT, 0 },
	{ "decisions", "decisions", OUT_COUNT, 0 },
	{ "policy_faults", "policy faults", OUT_COUNT, OUT_IF_ANY },
	{ "wall_ns_per_event", "per event", OUT_TIME, OUT_IF_ANY },
	{ 0 },
};

static const struct out_column xrbench_columns[] = {
	{ "rt", "real time", OUT_REAL, 0 },
	{ "en", "energy", OUT_REAL, 0 },
	{ "qoe", "QoE", OUT_REAL, 0 },
	{ "overall", "overall", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_block result_view[] = {
	{ .key = "streams", .columns = stream_columns },
	{ .key = "engines", .columns = engine_columns },
	{ .columns = run_columns },
	{ .key = "xrbench",
	  .title = "as XRBench scores it (0 ... 1, more is better)",
	  .columns = xrbench_columns },
	{ 0 },
};

void bench_text(const json_t *result)
{
	printf("%s on %s under %s\n", get_text(result, "scenario"),
	       get_text(result, "hw"), get_text(result, "policy_spec"));
	printf("%g s, seed %" JSON_INTEGER_FORMAT ", costs %s, "
	       "best-split load %.3g, %s\n\n",
	       get_number(result, "seconds"),
	       json_integer_value(json_object_get(result, "seed")),
	       get_text(result, "costs"), get_number(result, "utilisation"),
	       strcmp(get_text(result, "backend"), "sim") ? "in the kernel"
							  : "simulated");
	out_text(result, result_view);
	putchar('\n');
}

static const struct out_column compare_columns[] = {
	{ "policy_given", "policy", OUT_TEXT, 0 },
	{ "completed", "completed", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "failed", "failed", OUT_COUNT, OUT_IF_ANY },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ "dlv_sum", "DLV", OUT_REAL, 0 },
	{ "ne_sum", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "uxcost_vs_first", "vs first", OUT_SHARE, 0 },
	{ "uxcost_honest", "honest UXCost", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_block compare_view[] = {
	{ .title = "comparison (UXCost: less is better)",
	  .columns = compare_columns },
	{ 0 },
};

void bench_compare(const json_t *results)
{
	out_text(results, compare_view);
}
