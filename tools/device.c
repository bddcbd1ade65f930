// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched device: what devices there are and how they do.
 */
#include "cmd.h"
#include "limits.h"
#include "out.h"
#include "snapshot.h"
#include "trouble.h"

static const struct out_column list_columns[] = {
	{ "device", "device", OUT_COUNT, 0 },
	{ "engines", "engines", OUT_COUNT, 0 },
	{ "engines_up", "up", OUT_COUNT, 0 },
	{ "streams", "streams", OUT_COUNT, 0 },
	{ "clients", "clients", OUT_COUNT, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "events", "events", OUT_COUNT, 0 },
	{ "decisions", "decisions", OUT_COUNT, 0 },
	{ "policy_faults", "policy faults", OUT_COUNT, OUT_IF_ANY },
	{ "bad_answers", "bad answers", OUT_COUNT, OUT_IF_ANY },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_block list_view[] = {
	{ .columns = list_columns, .empty = "no devices" },
	{ 0 },
};

static const struct out_column show_columns[] = {
	{ "device", "device", OUT_COUNT, 0 },
	{ "engines", "engines", OUT_COUNT, 0 },
	{ "engines_up", "of these up", OUT_COUNT, 0 },
	{ "streams", "streams", OUT_COUNT, 0 },
	{ "clients", "clients", OUT_COUNT, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "events", "events", OUT_COUNT, 0 },
	{ "decisions", "decisions", OUT_COUNT, 0 },
	{ "policy_faults", "policy faults", OUT_COUNT, 0 },
	{ "bad_answers", "bad answers", OUT_COUNT, 0 },
	{ "since_reset_ns", "statistics over", OUT_TIME, 0 },
	{ "dlv_sum", "DLV", OUT_REAL, 0 },
	{ "ne_sum", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "uxcost_honest", "honest UXCost", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_block show_view[] = {
	{ .columns = show_columns, .flags = OUT_LIST },
	{ 0 },
};

static int list_run(struct app *app, void *opts)
{
	struct xrsched_control *control;
	json_t *devices;
	int ret = control_connect(&control);

	(void)opts;
	if (ret)
		return ret;
	ret = snapshot_devices(control, device_or_all(app), &devices);
	if (!ret)
		out_print(app, devices, list_view);
	xrsched_control_close(control);
	return ret;
}

static int show_run(struct app *app, void *opts)
{
	struct xrsched_control *control;
	json_t *devices;
	int ret = control_connect(&control);

	(void)opts;
	if (ret)
		return ret;
	ret = snapshot_devices(control, device_number(app), &devices);
	if (!ret) {
		out_print(app, json_incref(json_array_get(devices, 0)),
			  show_view);
		json_decref(devices);
	}
	xrsched_control_close(control);
	return ret;
}

static const struct cmd verbs[] = {
	{
		.name = "list",
		.brief = "List the devices",
		.doc = "  xrsched device list\n"
		       "  xrsched device list --json | jq '.[].uxcost'",
		.flags = CMD_DEVICE,
		.run = list_run,
	},
	{
		.name = "show",
		.brief = "Show one device in full, the first unless --device "
			 "says another",
		.doc = "  xrsched device show --device 1",
		.flags = CMD_DEVICE,
		.run = show_run,
	},
	{
		.name = "limits",
		.args = "[LIMIT=NUMBER...]",
		.brief = "How much clients, users and all together may have",
		.doc = "Without arguments: what there is, and what may be.  "
		       "What exists when a limit is lowered stays.  The "
		       "module's parameters of the same names set them for "
		       "all devices.\n"
		       "\n"
		       "  xrsched device limits\n"
		       "  sudo xrsched device limits max_user_jobs=1024 "
		       "max_user_clients=8",
		.flags = CMD_DEVICE,
		.parse = device_limits_parse,
		.opts_size = sizeof(struct device_limits_opts),
		.run = device_limits_run,
	},
	{ 0 },
};

const struct cmd cmd_device = {
	.name = "device",
	.args = "[VERB]",
	.brief = "Look at the devices of the kernel",
	.doc = "A device is one scheduling domain, /dev/xrschedN: its engines, "
	       "its policy, its clients with their streams.",
	.flags = CMD_DEVICE,
	.verbs = verbs,
};
