// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched stats: the counters of a device, its streams and its engines.
 */
#include <errno.h>
#include <stdio.h>

#include "cmd.h"
#include "out.h"
#include "put.h"
#include "snapshot.h"
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

static int show_run(struct app *app, void *opts)
{
	struct xrsched_control *control;
	json_t *value;
	int ret = control_connect(&control);

	(void)opts;
	if (ret)
		return ret;
	value = put_object();
	ret = collect(control, device_number(app), value);
	if (!ret)
		out_print(app, json_incref(value), view);
	json_decref(value);
	xrsched_control_close(control);
	return ret;
}

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
		       "'.streams[].late'",
		.flags = CMD_DEVICE,
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
	.flags = CMD_DEVICE,
	.verbs = verbs,
};
