// SPDX-License-Identifier: GPL-2.0-only
/*
 * A scenario or a hardware in full.
 */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "out.h"
#include "put.h"
#include "workload.h"

static int load(const char *scenario, const char *hardware, const char *costs,
		struct xrsched_workload **workload, struct xrsched_error *error)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = scenario,
		.hardware = hardware,
		.costs = costs,
	};

	return xrsched_workload_load(&args, workload, error);
}

static json_t *stream_json(const struct xrsched_workload *workload,
			   const struct xrsched_workload_stream *stream)
{
	struct xrsched_workload_stream upstream = { 0 };
	struct xrsched_workload_model model;
	json_t *object = put_object();

	if (stream->upstream >= 0)
		xrsched_workload_get_stream(workload, stream->upstream,
					    &upstream);
	xrsched_workload_get_model(workload, stream->model_index, &model);
	put_text(object, "name", stream->name);
	put_text(object, "model", stream->model);
	put_count(object, "variants", model.nr_variants);
	put_count(object, "layers", model.nr_layers);
	put_real(object, "fps", stream->fps);
	put_count(object, "period_ns", stream->period_ns);
	put_count(object, "deadline_ns",
		  stream->deadline_ns ? stream->deadline_ns
				      : stream->period_ns);
	put_count(object, "phase_ns", stream->phase_ns);
	put_count(object, "weight", stream->weight);
	put_text(object, "upstream", upstream.name);
	if (upstream.name)
		put_real(object, "trigger_probability",
			 (double)stream->trigger_ppm / XRSCHED_PPM);
	else
		put_null(object, "trigger_probability");
	return object;
}

/*
 * Best-split load of each pair of a scenario and a hardware that fit: one is
 * given, the other runs through all there are.
 */
static json_t *loads_json(const char *scenario, const char *hardware,
			  const char *costs)
{
	struct xrsched_workload_info info;
	struct xrsched_workload *workload;
	json_t *array = put_array();
	char **names;

	if (xrsched_workload_list(scenario ? XRSCHED_WORKLOAD_HARDWARE
					   : XRSCHED_WORKLOAD_SCENARIO,
				  &names, NULL) < 0)
		return array;
	for (char **name = names; *name; name++) {
		json_t *row;

		if (load(scenario ? scenario : *name,
			 scenario ? *name : hardware, costs, &workload, NULL))
			continue;
		xrsched_workload_get_info(workload, &info);
		row = put_object();
		put_text(row, "scenario", info.scenario);
		put_text(row, "hw", info.hardware);
		put_text(row, "costs", info.costs);
		put_real(row, "load", info.load);
		put_append(array, row);
		xrsched_workload_free(workload);
	}
	xrsched_workload_list_free(names);
	return array;
}

static json_t *scenario_json(const struct xrsched_workload *workload,
			     const char *scenario, const char *costs)
{
	struct xrsched_workload_stream stream;
	struct xrsched_workload_info info;
	json_t *object = put_object();
	json_t *streams = put_array();

	xrsched_workload_get_info(workload, &info);
	for (unsigned int i = 0;
	     !xrsched_workload_get_stream(workload, i, &stream); i++)
		put_append(streams, stream_json(workload, &stream));
	put_text(object, "scenario", info.scenario);
	put_text(object, "description", info.description);
	put_text(object, "costs", info.costs);
	put(object, "streams", streams);
	put(object, "hardware", loads_json(scenario, NULL, costs));
	return object;
}

static const struct out_column stream_columns[] = {
	{ "name", "stream", OUT_TEXT, 0 },
	{ "fps", "fps", OUT_NUMBER, 0 },
	{ "deadline_ns", "deadline", OUT_TIME, 0 },
	{ "phase_ns", "phase", OUT_TIME, OUT_IF_ANY },
	{ "model", "model", OUT_TEXT, 0 },
	{ "layers", "layers", OUT_COUNT, 0 },
	{ "variants", "variants", OUT_COUNT, 0 },
	{ "upstream", "triggered by", OUT_TEXT, OUT_IF_ANY },
	{ "trigger_probability", "with", OUT_SHARE, OUT_IF_ANY },
	{ 0 },
};

static const struct out_column load_columns[] = {
	{ "hw", "hardware", OUT_TEXT, 0 },
	{ "load", "best-split load", OUT_SHARE, 0 },
	{ 0 },
};

static const struct out_block streams_view[] = {
	{ .key = "streams", .columns = stream_columns },
	{ 0 },
};

static const struct out_block loads_view[] = {
	{ .key = "hardware",
	  .columns = load_columns,
	  .empty = "no hardware has the classes of these models" },
	{ 0 },
};

/* The streams that @upstream triggers (NULL: those that nothing does). */
static void print_branch(const json_t *streams, const char *upstream, int depth)
{
	json_t *stream;
	size_t i;

	json_array_foreach(streams, i, stream) {
		const char *by = get_text(stream, "upstream");

		if (upstream ? !by || strcmp(by, upstream) : by != NULL)
			continue;
		printf("  %*s%s%s\n", depth ? 3 * (depth - 1) : 0, "",
		       depth ? "+- " : "", get_text(stream, "name"));
		print_branch(streams, get_text(stream, "name"), depth + 1);
	}
}

static bool any_upstream(const json_t *streams)
{
	json_t *stream;
	size_t i;

	json_array_foreach(streams, i, stream)
		if (get_text(stream, "upstream"))
			return true;
	return false;
}

static void scenario_text(const json_t *scenario)
{
	const json_t *streams = json_object_get(scenario, "streams");

	printf("%s: %s (costs %s)\n\n", get_text(scenario, "scenario"),
	       get_text(scenario, "description"), get_text(scenario, "costs"));
	out_text(scenario, streams_view);
	if (any_upstream(streams)) {
		puts("\nwho triggers whom:");
		print_branch(streams, NULL, 0);
	}
	putchar('\n');
	out_text(scenario, loads_view);
}

int workload_show_scenario(const struct app *app, const char *name,
			   const char *costs)
{
	struct xrsched_workload *workload;
	struct xrsched_error error;
	json_t *scenario;

	if (load(name, NULL, costs, &workload, &error))
		return fail("%s", error.text);
	scenario = scenario_json(workload, name, costs);
	if (app->json)
		out_json(scenario);
	else
		scenario_text(scenario);
	json_decref(scenario);
	xrsched_workload_free(workload);
	return 0;
}

static const struct out_column engine_columns[] = {
	{ "name", "engine", OUT_TEXT, 0 },
	{ "class", "class", OUT_TEXT, 0 },
	{ "pes", "elements", OUT_COUNT, 0 },
	{ "bytes_per_us", "bytes/µs", OUT_COUNT, OUT_IF_ANY },
	{ 0 },
};

static const struct out_column scenario_load_columns[] = {
	{ "scenario", "scenario", OUT_TEXT, 0 },
	{ "costs", "costs", OUT_TEXT, 0 },
	{ "load", "best-split load", OUT_SHARE, 0 },
	{ 0 },
};

static const struct out_block hardware_view[] = {
	{ .key = "engines", .columns = engine_columns },
	{ .key = "scenarios",
	  .columns = scenario_load_columns,
	  .empty = "no scenario's models know these classes" },
	{ 0 },
};

static json_t *hardware_json(const struct xrsched_workload *workload,
			     const char *name)
{
	struct xrsched_workload_engine engine;
	struct xrsched_workload_info info;
	json_t *object = put_object();
	json_t *engines = put_array();

	xrsched_workload_get_info(workload, &info);
	for (unsigned int i = 0;
	     !xrsched_workload_get_engine(workload, i, &engine); i++) {
		json_t *row = put_object();

		put_text(row, "name", engine.name);
		put_text(row, "class", engine.class_name);
		put_count(row, "pes", engine.pes);
		put_count(row, "bytes_per_us", engine.bytes_per_us);
		put_append(engines, row);
	}
	put_text(object, "hw", info.hardware);
	put_text(object, "description", info.description);
	put(object, "engines", engines);
	put(object, "scenarios", loads_json(NULL, name, NULL));
	return object;
}

int workload_show_hardware(const struct app *app, const char *name)
{
	struct xrsched_workload *workload;
	struct xrsched_error error;

	if (load(NULL, name, NULL, &workload, &error))
		return fail("%s", error.text);
	out_print(app, hardware_json(workload, name), hardware_view);
	xrsched_workload_free(workload);
	return 0;
}
