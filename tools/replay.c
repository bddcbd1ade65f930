// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched replay: a recording done over, and what another policy would have
 * made of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/record.h>

#include "args.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

enum { OPT_NOTES = 256 };

static const char doc[] =
	"The scheduler in this program is told all that the recorded one was "
	"told, at the same times, and has to decide the same: who runs next, "
	"where, with which score; who is dropped; when it wants to be woken "
	"up.  Differences are shown with what led to them.  Exit code 0: there "
	"were none.\n"
	"\n"
	"With --policy, what that policy would have made of the same frames "
	"stands beside what was recorded; layers then take what the models' "
	"tables say.\n"
	"\n"
	"  xrsched replay vr.rec\n"
	"  xrsched replay vr.rec --policy edf\n"
	"  xrsched replay vr.rec -p dream,alpha=0.5,expired=clamp --json";

static const struct argp_option options[] = {
	{ "policy", 'p', "POLICY", 0,
	  "What if: NAME[,PARAMETER=VALUE]... (decide as recorded)", 1 },
	{ "notes", OPT_NOTES, "N", 0, "Differences to be shown (10)", 2 },
	{ 0 },
};

/**
 * struct replay - Options of this command
 * @path: the recording.
 * @notes: differences to be shown.
 * @policy: for what-if.
 * @what_if: one was given.
 */
struct replay {
	const char *path;
	uint32_t notes;
	struct xrsched_policy_spec policy;
	bool what_if;
};

static error_t replay_parse(int key, char *arg, struct argp_state *state)
{
	struct replay *replay = state->input;
	struct xrsched_error error;

	switch (key) {
	case 'p':
		if (xrsched_policy_parse(arg, &replay->policy, &error))
			argp_error(state, "--policy: %s", error.text);
		replay->what_if = true;
		return 0;
	case OPT_NOTES:
		replay->notes = arg_u64(state, "--notes", arg, 1, 10000);
		return 0;
	case ARGP_KEY_ARG:
		if (replay->path)
			argp_error(state, "one recording at a time, not %s too",
				   arg);
		replay->path = arg;
		return 0;
	case ARGP_KEY_END:
		if (!replay->path)
			argp_error(state, "which recording?");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ----- as JSON ---------------------------------------------------------- */

static json_t *stream_json(const struct xrsched_result_stream *stream)
{
	const struct xrsched_stream_stats *stats = &stream->stats;
	json_t *object = put_object();

	put_text(object, "name", stream->name);
	put_text(object, "model", stream->model);
	put_count(object, "submitted", stats->submitted);
	put_count(object, "completed", stats->completed);
	put_count(object, "late", stats->late);
	put_count(object, "dropped", stats->dropped);
	put_count(object, "cancelled", stats->cancelled);
	put_count(object, "failed", stats->failed);
	put_count(object, "in_flight", stats->in_flight);
	put_count(object, "energy_pj", stats->energy_pj);
	put_count(object, "response_p50_ns", stream->response_p50_ns);
	put_count(object, "response_p99_ns", stream->response_p99_ns);
	put_real(object, "dlv", stream->dlv);
	put_real(object, "ne", stream->ne);
	return object;
}

static json_t *result_json(const struct xrsched_result *result,
			   const char *what)
{
	json_t *object = put_object(), *streams = put_array();

	put_text(object, "what", what);
	put_text(object, "policy", result->policy);
	put_text(object, "policy_spec", result->policy_spec);
	put_count(object, "submitted", result->submitted);
	put_count(object, "completed", result->completed);
	put_count(object, "late", result->late);
	put_count(object, "dropped", result->dropped);
	put_count(object, "cancelled", result->cancelled);
	put_count(object, "failed", result->failed);
	put_count(object, "layers", result->layers);
	put_count(object, "energy_pj", result->energy_pj);
	put_real(object, "dlv_sum", result->dlv_sum);
	put_real(object, "ne_sum", result->ne_sum);
	put_real(object, "uxcost", result->uxcost);
	put_real(object, "uxcost_honest", result->uxcost_honest);
	put_count(object, "span_ns", result->span_ns);
	for (uint32_t i = 0; i < result->nr_streams; i++)
		put_append(streams, stream_json(result->streams[i]));
	put(object, "streams", streams);
	return object;
}

static json_t *replay_json(const struct replay *opts,
			   const struct xrsched_replay *replay)
{
	const struct xrsched_replay_count *compared = &replay->compared;
	json_t *object = put_object(), *notes = put_array();
	json_t *results = put_array();

	put_text(object, "file", opts->path);
	put_count(object, "records", replay->records);
	put_count(object, "inputs", replay->inputs);
	put_count(object, "decisions",
		  compared->dispatches + compared->finishes + compared->wakes +
			  compared->tuned);
	put_count(object, "dispatches", compared->dispatches);
	put_count(object, "finishes", compared->finishes);
	put_count(object, "wakes", compared->wakes);
	put_count(object, "tuner_steps", compared->tuned);
	put_count(object, "differences", replay->differences);
	put_count(object, "lost", replay->lost);
	put_bool(object, "truncated", replay->truncated);
	put_real(object, "seconds", (replay->end_ns - replay->begin_ns) / 1e9);
	for (uint32_t i = 0; i < replay->nr_notes; i++)
		put_append(notes, json_string(replay->notes[i]));
	put(object, "notes", notes);
	put_append(results, result_json(replay->recorded, "recorded"));
	if (replay->what_if)
		put_append(results, result_json(replay->what_if, "what if"));
	put(object, "results", results);
	return object;
}

/* ----- as text ---------------------------------------------------------- */

static const struct out_column sum_columns[] = {
	{ "records", "records", OUT_COUNT, 0 },
	{ "inputs", "inputs", OUT_COUNT, 0 },
	{ "dispatches", "dispatches", OUT_COUNT, 0 },
	{ "finishes", "ends of jobs", OUT_COUNT, 0 },
	{ "wakes", "wake-ups", OUT_COUNT, 0 },
	{ "tuner_steps", "tuner steps", OUT_COUNT, OUT_IF_ANY },
	{ "differences", "differences", OUT_COUNT, 0 },
	{ "lost", "lost records", OUT_COUNT, OUT_IF_ANY },
	{ 0 },
};

static const struct out_column result_columns[] = {
	{ "what", "", OUT_TEXT, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "completed", "completed", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "cancelled", "cancelled", OUT_COUNT, OUT_IF_ANY },
	{ "failed", "failed", OUT_COUNT, OUT_IF_ANY },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ "dlv_sum", "DLV", OUT_REAL, 0 },
	{ "ne_sum", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "uxcost_honest", "honest UXCost", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_column stream_columns[] = {
	{ "name", "stream", OUT_TEXT, 0 },
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

static const struct out_block sum_view[] = {
	{ .columns = sum_columns },
	{ .key = "results", .columns = result_columns },
	{ 0 },
};

static const struct out_block streams_view[] = {
	{ .key = "streams", .columns = stream_columns },
	{ 0 },
};

static void print_text(const json_t *object)
{
	const json_t *notes = json_object_get(object, "notes");
	const json_t *results = json_object_get(object, "results");
	const json_t *item;
	size_t i;

	printf("%s: %.3f s, %" JSON_INTEGER_FORMAT
	       " decisions compared, %" JSON_INTEGER_FORMAT " differences\n\n",
	       get_text(object, "file"), get_number(object, "seconds"),
	       json_integer_value(json_object_get(object, "decisions")),
	       json_integer_value(json_object_get(object, "differences")));
	out_text(object, sum_view);
	json_array_foreach(results, i, item) {
		printf("\n%s, %s\n", get_text(item, "what"),
		       get_text(item, "policy_spec"));
		out_text(item, streams_view);
	}
	json_array_foreach(notes, i, item)
		printf("%s%s\n", i ? "" : "\ndifferences:\n",
		       json_string_value(item));
}

static int verdict(const struct replay *opts,
		   const struct xrsched_replay *replay)
{
	if (replay->lost)
		return fail("%s: %" PRIu64 " records are missing; only what "
			    "comes before was compared",
			    opts->path, replay->lost);
	if (replay->truncated)
		return fail("%s: the file ends before its recording does; what "
			    "is there was compared",
			    opts->path);
	if (replay->differences)
		return fail("%s: %" PRIu64 " differences", opts->path,
			    replay->differences);
	return 0;
}

static int replay_run(struct app *app, void *args)
{
	struct replay *opts = args;
	const struct xrsched_replay_opts how = {
		.size = sizeof(how),
		.max_notes = opts->notes,
		.policy = opts->what_if ? &opts->policy : NULL,
	};
	struct xrsched_replay *replay;
	struct xrsched_error error;
	json_t *object;
	int ret;

	if (xrsched_replay_file(opts->path, &how, &replay, &error))
		return fail("%s", error.text);
	object = replay_json(opts, replay);
	if (app->json)
		out_json(object);
	else
		print_text(object);
	json_decref(object);
	fflush(stdout);
	ret = verdict(opts, replay);
	xrsched_replay_free(replay);
	return ret;
}

const struct cmd cmd_replay = {
	.name = "replay",
	.args = "FILE",
	.brief = "Do a recording over, and compare",
	.doc = doc,
	.options = options,
	.parse = replay_parse,
	.opts_size = sizeof(struct replay),
	.run = replay_run,
};
