// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRBench's own programs, rebuilt: running them and showing what came of it.
 */
#include "harness.h"

#include <stdio.h>

#include "out.h"
#include "put.h"

static void put_scores(json_t *object, const struct xrsched_xrbench *score)
{
	put_real(object, "rt", score->rt);
	put_real(object, "en", score->en);
	put_real(object, "qoe", score->qoe);
	put_real(object, "overall", score->overall);
}

void harness_scores(json_t *object, const struct xrsched_xrbench_result *result)
{
	put_scores(object, &result->score);
	put_count(object, "logged", result->logged);
	put_count(object, "dropped", result->dropped);
	put_count(object, "late", result->late);
}

static json_t *models(const struct xrsched_xrbench_result *result)
{
	json_t *array = put_array();

	for (uint32_t i = 0; i < result->nr_streams; i++) {
		const struct xrsched_xrbench_stream *stream =
			result->streams[i];
		json_t *object = put_object();

		put_text(object, "name", stream->name);
		put_text(object, "model", stream->model);
		put_scores(object, &stream->score);
		put_count(object, "injected", stream->injected);
		put_count(object, "logged", stream->logged);
		put_count(object, "dropped", stream->dropped);
		put_count(object, "late", stream->late);
		put_append(array, object);
	}
	return array;
}

static const struct out_column model_columns[] = {
	{ "name", "stream", OUT_TEXT, 0 },
	{ "model", "model", OUT_TEXT, 0 },
	{ "injected", "injected", OUT_COUNT, 0 },
	{ "logged", "logged", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "rt", "real time", OUT_REAL, 0 },
	{ "en", "energy", OUT_REAL, 0 },
	{ "qoe", "QoE", OUT_REAL, 0 },
	{ "overall", "overall", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_column run_columns[] = {
	{ "rt", "real time", OUT_REAL, 0 },
	{ "en", "energy", OUT_REAL, 0 },
	{ "qoe", "QoE", OUT_REAL, 0 },
	{ "overall", "overall", OUT_REAL, 0 },
	{ "logged", "logged", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "events", "events", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .key = "models", .columns = model_columns },
	{ .columns = run_columns },
	{ 0 },
};

static json_t *result_json(const struct xrsched_xrbench_result *result)
{
	json_t *object = put_object();

	put_text(object, "scenario", result->scenario);
	put_text(object, "hw", result->hardware);
	put_text(object, "costs", result->costs);
	put_text(object, "compat", "xrbench");
	put_count(object, "seed", result->seed);
	harness_scores(object, result);
	put_real(object, "end_ms", result->end_ms);
	put_count(object, "events", result->events);
	put(object, "models", models(result));
	return object;
}

int harness(const struct app *app, const struct xrsched_workload *workload,
	    uint32_t seed)
{
	const struct xrsched_xrbench_opts opts = { .size = sizeof(opts),
						   .seed = seed };
	struct xrsched_xrbench_result *result;
	struct xrsched_error error;

	if (xrsched_xrbench_harness(workload, &opts, &result, &error))
		return fail("%s", error.text);
	if (!app->json)
		printf("%s on %s as XRBench runs it\n"
		       "%g ms, seed %u, costs %s\n\n",
		       result->scenario, result->hardware, result->end_ms,
		       result->seed, result->costs);
	out_print(app, result_json(result), view);
	xrsched_xrbench_free(result);
	return 0;
}
