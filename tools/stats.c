// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched stats: the counters of a device, its streams and its engines.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "out.h"
#include "put.h"
#include "snapshot.h"
#include "stats_export.h"
#include "trouble.h"

static const struct out_column device_columns[] = {
	{ "device", "device", OUT_COUNT, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "since_reset_ns", "over", OUT_TIME, 0 },
	{ "dlv_sum", "DLV", OUT_REAL, 0 },
	{ "ne_sum", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "uxcost_honest", "honest UXCost", OUT_REAL, 0 },
	{ "events", "events", OUT_COUNT, 0 },
	{ "decisions", "decisions", OUT_COUNT, 0 },
	{ "policy_faults", "policy faults", OUT_COUNT, OUT_IF_ANY },
	{ 0 },
};

static const struct out_column stream_columns[] = {
	{ "id", "id", OUT_COUNT, 0 },
	{ "name", "stream", OUT_TEXT, 0 },
	{ "model", "model", OUT_TEXT, 0 },
	{ "pid", "pid", OUT_COUNT, 0 },
	{ "in_flight", "in flight", OUT_COUNT, 0 },
	{ "overdue_ns", "overdue", OUT_TIME, OUT_IF_ANY },
	{ "released", "released", OUT_COUNT, 0 },
	{ "completed", "completed", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "cancelled", "cancelled", OUT_COUNT, OUT_IF_ANY },
	{ "failed", "failed", OUT_COUNT, OUT_IF_ANY },
	{ "retried", "retried", OUT_COUNT, OUT_IF_ANY },
	{ "response_p50_ns", "p50", OUT_TIME, 0 },
	{ "response_p99_ns", "p99", OUT_TIME, 0 },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ 0 },
};

static const struct out_column engine_columns[] = {
	{ "id", "id", OUT_COUNT, 0 },
	{ "name", "engine", OUT_TEXT, 0 },
	{ "class", "class", OUT_TEXT, 0 },
	{ "state", "state", OUT_TEXT, 0 },
	{ "utilisation", "busy", OUT_SHARE, 0 },
	{ "layers", "layers", OUT_COUNT, 0 },
	{ "switches", "switches", OUT_COUNT, 0 },
	{ "lost", "lost", OUT_COUNT, OUT_IF_ANY },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .key = "device", .columns = device_columns },
	{ .key = "streams", .columns = stream_columns, .empty = "no streams" },
	{ .key = "engines", .columns = engine_columns, .empty = "no engines" },
	{ 0 },
};

/* Share of the time since the last reset that each engine was busy. */
static void add_utilisation(json_t *engines, const json_t *device)
{
	double span = get_number(device, "since_reset_ns");
	json_t *engine;
	size_t i;

	json_array_foreach(engines, i, engine)
		put_real(engine, "utilisation",
			 get_number(engine, "busy_ns") / span);
}

/* Streams are other people's: without privilege there is null in their place. */
static int get_streams(struct xrsched_control *control, uint32_t device,
		       json_t **streams)
{
	int ret = snapshot_streams(control, device, streams);

	if (ret == -EPERM) {
		fputs("xrsched: streams are shown to CAP_NET_ADMIN only: say "
		      "it again with sudo to see them\n",
		      stderr);
		*streams = json_null();
		return 0;
	}
	return ret ? trouble_control(control, ret, "no streams to be seen") : 0;
}

static int collect(struct xrsched_control *control, uint32_t number,
		   json_t *value)
{
	json_t *devices, *engines, *streams;
	int ret = snapshot_devices(control, number, &devices);

	if (ret)
		return ret;
	put(value, "device", json_incref(json_array_get(devices, 0)));
	json_decref(devices);
	ret = get_streams(control, number, &streams);
	if (ret)
		return ret;
	put(value, "streams", streams);
	ret = snapshot_engines(control, number, &engines);
	if (ret)
		return ret;
	add_utilisation(engines, json_object_get(value, "device"));
	put(value, "engines", engines);
	return 0;
}

static int show_text(const struct app *app, struct xrsched_control *control)
{
	json_t *value = put_object();
	int ret = collect(control, device_number(app), value);

	if (!ret)
		out_print(app, json_incref(value), view);
	json_decref(value);
	return ret;
}

/* ----- for other programs ------------------------------------------------- */

/**
 * struct show - Options of this command
 * @prometheus: in Prometheus' format.
 * @csv: name of the table to print, NULL: not as CSV.
 */
struct show {
	bool prometheus;
	const char *csv;
};

static error_t show_parse(int key, char *arg, struct argp_state *state)
{
	static const char *const tables[] = { "streams", "engines", "devices",
					      NULL };
	struct show *show = state->input;

	switch (key) {
	case 'p':
		show->prometheus = true;
		return 0;
	case 'c':
		show->csv =
			arg ? tables[arg_choice(state, "--csv", arg, tables)]
			    : tables[0];
		return 0;
	case ARGP_KEY_END:
		if (show->prometheus && show->csv)
			argp_error(state, "--prometheus or --csv, not both");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* All devices, unless one is named; 0 or the exit code. */
static int collect_all(const struct app *app, struct xrsched_control *control,
		       json_t *value)
{
	json_t *devices, *engines, *streams;
	uint32_t number = device_or_all(app);
	int ret = snapshot_devices(control, number, &devices);

	if (ret)
		return ret;
	put(value, "devices", devices);
	ret = snapshot_engines(control, number, &engines);
	if (ret)
		return ret;
	put(value, "engines", engines);
	ret = get_streams(control, number, &streams);
	if (!ret)
		put(value, "streams", streams);
	return ret;
}

/* The names of a table's columns are there even if it has no row. */
static json_t *row_like(const char *table)
{
	static const struct xrsched_control_engine engine;
	static const struct xrsched_control_stream stream;
	static const struct xrsched_control_device device;

	if (!strcmp(table, "streams"))
		return snapshot_stream(&stream);
	if (!strcmp(table, "engines"))
		return snapshot_engine(&engine);
	return snapshot_device(&device);
}

static int show_export(const struct app *app, struct xrsched_control *control,
		       const struct show *show)
{
	json_t *value = put_object(), *like;
	int ret = collect_all(app, control, value);

	if (!ret && show->prometheus) {
		stats_prometheus(json_object_get(value, "devices"),
				 json_object_get(value, "engines"),
				 json_object_get(value, "streams"));
	} else if (!ret) {
		like = row_like(show->csv);
		stats_csv(json_object_get(value, show->csv), like);
		json_decref(like);
	}
	json_decref(value);
	return ret;
}

static int show_run(struct app *app, void *opts)
{
	const struct show *show = opts;
	struct xrsched_control *control;
	int ret = control_connect(&control);

	if (ret)
		return ret;
	ret = show->prometheus || show->csv ? show_export(app, control, show)
					    : show_text(app, control);
	xrsched_control_close(control);
	return ret;
}

static const struct argp_option show_options[] = {
	{ "prometheus", 'p', NULL, 0,
	  "Print for Prometheus (text format 0.0.4), all devices", 1 },
	{ "csv", 'c', "TABLE", OPTION_ARG_OPTIONAL,
	  "Print streams, engines or devices as CSV (streams), all devices",
	  2 },
	{ 0 },
};

static int reset_run(struct app *app, void *opts)
{
	struct xrsched_control *control;
	int ret = control_connect(&control);

	(void)opts;
	if (ret)
		return ret;
	ret = xrsched_control_stats_reset(control, device_number(app));
	if (ret)
		ret = trouble_control(control, ret, "nothing was reset");
	xrsched_control_close(control);
	return ret;
}

static const struct cmd verbs[] = {
	{
		.name = "show",
		.brief = "Show counters, response times and energy",
		.doc = "Figures are of the time since the last reset.\n"
		       "\n"
		       "  sudo xrsched stats show\n"
		       "  sudo xrsched stats show --device 1 --json | jq "
		       "'.streams[].late'\n"
		       "  sudo xrsched stats --prometheus\n"
		       "  sudo xrsched stats --csv=engines",
		.flags = CMD_DEVICE,
		.options = show_options,
		.parse = show_parse,
		.opts_size = sizeof(struct show),
		.run = show_run,
	},
	{
		.name = "reset",
		.brief = "Begin all statistics of a device anew (needs "
			 "CAP_NET_ADMIN)",
		.doc = "  sudo xrsched stats reset",
		.flags = CMD_DEVICE,
		.run = reset_run,
	},
	{ 0 },
};

const struct cmd cmd_stats = {
	.name = "stats",
	.args = "[VERB]",
	.brief = "Show counters of a device's streams and engines",
	.flags = CMD_DEVICE | CMD_FIRST,
	.verbs = verbs,
};
