// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched engine: the engines of a device.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "engine.h"
#include "out.h"
#include "put.h"
#include "snapshot.h"
#include "trouble.h"

#define DOING_SIZE 96

static const struct out_column columns[] = {
	{ "device", "device", OUT_COUNT, 0 },
	{ "id", "id", OUT_COUNT, 0 },
	{ "name", "name", OUT_TEXT, 0 },
	{ "class", "class", OUT_TEXT, 0 },
	{ "pes", "elements", OUT_COUNT, 0 },
	{ "kind", "kind", OUT_TEXT, 0 },
	{ "state", "state", OUT_TEXT, 0 },
	{ "busy", "busy", OUT_TEXT, 0 },
	{ "layers", "layers", OUT_COUNT, 0 },
	{ "lost", "lost", OUT_COUNT, OUT_IF_ANY },
	{ "faults", "faults", OUT_COUNT, OUT_IF_ANY },
	{ "timeouts", "timeouts", OUT_COUNT, OUT_IF_ANY },
	{ "refused", "refused", OUT_COUNT, OUT_IF_ANY },
	{ "bad_answers", "bad answers", OUT_COUNT, OUT_IF_ANY },
	{ "strikes", "strikes", OUT_COUNT, OUT_IF_ANY },
	{ "lost_ns", "lost time", OUT_TIME, OUT_IF_ANY },
	{ "energy_pj", "energy", OUT_ENERGY, 0 },
	{ "lost_pj", "lost energy", OUT_ENERGY, OUT_IF_ANY },
	{ "error_p50", "error p50", OUT_SHARE, OUT_IF_SET },
	{ "error_p95", "p95", OUT_SHARE, OUT_IF_SET },
	{ 0 },
};

static const struct out_block view[] = {
	{ .columns = columns,
	  .empty = "no engines; xrsched engine add --hw 4k-1ws2os makes some" },
	{ 0 },
};

static int list_run(struct app *app, void *opts)
{
	struct xrsched_control *control;
	json_t *engines;
	int ret = control_connect(&control);

	(void)opts;
	if (ret)
		return ret;
	ret = snapshot_engines(control, device_or_all(app), &engines);
	if (!ret)
		out_print(app, engines, view);
	xrsched_control_close(control);
	return ret;
}

struct add_opts {
	const char *class_name;
	const char *name;
	const char *hardware;
	uint32_t kind;
	uint32_t pes;
	uint64_t bytes_per_us;
};

static const struct argp_option add_options[] = {
	{ "class", 'c', "CLASS", 0,
	  "Class of the engine, as ws-2k: what models' cost tables know it "
	  "by",
	  0 },
	{ "name", 'n', "NAME", 0, "Its name (none)", 0 },
	{ "kind", 'k', "KIND", 0,
	  "sim: a timer stands for the hardware; null: layers end at once, to "
	  "measure the scheduler (sim)",
	  0 },
	{ "pes", 'p', "NR", 0,
	  "Its processing elements, for policies that weigh engines by size; "
	  "only the ratio between engines matters (1)",
	  0 },
	{ "bandwidth", 'b', "BYTES", 0,
	  "Bytes per microsecond that activations are moved with when a job "
	  "changes engines, under policies with switch=timed; 0: that takes no "
	  "time (0)",
	  0 },
	{ "hw", 'w', "HW", 0, "All engines of this hardware file instead", 0 },
	{ 0 },
};

static error_t add_parse(int key, char *arg, struct argp_state *state)
{
	static const char *const kinds[] = { "sim", "null", NULL };
	struct add_opts *opts = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		opts->kind = XRSCHED_ENGINE_KIND_SIM;
		return 0;
	case 'c':
		opts->class_name = arg;
		return 0;
	case 'n':
		opts->name = arg;
		return 0;
	case 'w':
		opts->hardware = arg;
		return 0;
	case 'p':
		opts->pes = arg_u64(state, "--pes", arg, 1, UINT32_MAX);
		return 0;
	case 'b':
		opts->bytes_per_us =
			arg_u64(state, "--bandwidth", arg, 0, 1ULL << 40);
		return 0;
	case 'k':
		opts->kind = XRSCHED_ENGINE_KIND_SIM +
			     arg_choice(state, "--kind", arg, kinds);
		return 0;
	case ARGP_KEY_END:
		if (!opts->class_name == !opts->hardware)
			argp_error(state, "either --class CLASS for one engine "
					  "or --hw HW for all of a file");
		if (opts->hardware && opts->name)
			argp_error(state, "--name goes with --class; engines "
					  "of a file have their names");
		if (opts->hardware && (opts->pes || opts->bytes_per_us))
			argp_error(state,
				   "--pes and --bandwidth go with --class; "
				   "engines of a file have theirs");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* An engine's row, for what was just added. */
static void append_engine(struct xrsched_control *control, uint32_t device,
			  uint32_t id, json_t *added)
{
	struct xrsched_control_engine *list;
	int nr = xrsched_control_engines(control, device, &list);

	for (int i = 0; i < nr; i++)
		if (list[i].id == id)
			put_append(added, snapshot_engine(&list[i]));
	if (nr >= 0)
		xrsched_free(list);
}

static int add_one(struct xrsched_control *control, uint32_t device,
		   uint32_t kind, const char *class_name, const char *name,
		   uint32_t pes, uint64_t bytes_per_us, json_t *added)
{
	int id = xrsched_control_engine_new(control, device, kind, class_name,
					    name, pes, bytes_per_us);

	if (id < 0)
		return trouble_control(control, id, "no engine was added");
	append_engine(control, device, id, added);
	return 0;
}

/* Takes back what was added before something went wrong. */
static void remove_added(struct xrsched_control *control, uint32_t device,
			 const json_t *added)
{
	json_t *engine;
	size_t i;

	json_array_foreach(added, i, engine)
		xrsched_control_engine_del(control, device,
					   get_number(engine, "id"));
}

static int add_hardware(struct xrsched_control *control, uint32_t device,
			const struct add_opts *opts, json_t *added)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.hardware = opts->hardware,
	};
	struct xrsched_workload_engine engine;
	struct xrsched_workload *workload;
	struct xrsched_error error;
	int ret = 0;

	if (!workload_named(XRSCHED_WORKLOAD_HARDWARE, opts->hardware))
		return EXIT_USAGE;
	if (xrsched_workload_load(&args, &workload, &error))
		return fail("%s", error.text);
	for (unsigned int i = 0; !ret; i++) {
		if (xrsched_workload_get_engine(workload, i, &engine))
			break;
		ret = add_one(control, device, opts->kind, engine.class_name,
			      engine.name, engine.pes, engine.bytes_per_us,
			      added);
	}
	if (ret)
		remove_added(control, device, added);
	xrsched_workload_free(workload);
	return ret;
}

static int add_run(struct app *app, void *opts_)
{
	const struct add_opts *opts = opts_;
	uint32_t device = device_number(app);
	struct xrsched_control *control;
	json_t *added;
	int ret = control_connect(&control);

	if (ret)
		return ret;
	added = put_array();
	ret = opts->hardware ? add_hardware(control, device, opts, added)
			     : add_one(control, device, opts->kind,
				       opts->class_name, opts->name, opts->pes,
				       opts->bytes_per_us, added);
	if (ret)
		json_decref(added);
	else
		out_print(app, added, view);
	xrsched_control_close(control);
	return ret;
}

struct del_opts {
	const char *which;
};

static error_t del_parse(int key, char *arg, struct argp_state *state)
{
	struct del_opts *opts = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (opts->which)
			argp_error(state, "one engine at a time, or \"all\"");
		opts->which = arg;
		return 0;
	case ARGP_KEY_END:
		if (!opts->which)
			argp_error(state, "which engine? its number, its name, "
					  "or \"all\"");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static bool is_number(const char *text, uint32_t number)
{
	char *end;

	return isdigit((unsigned char)*text) &&
	       strtoull(text, &end, 10) == number && !*end;
}

bool engine_is_meant(const char *which,
		     const struct xrsched_control_engine *engine)
{
	return !strcmp(which, "all") || is_number(which, engine->id) ||
	       (*engine->name && !strcmp(which, engine->name));
}

static int del_one(struct xrsched_control *control,
		   const struct xrsched_control_engine *engine)
{
	char doing[DOING_SIZE];
	int ret =
		xrsched_control_engine_del(control, engine->device, engine->id);

	if (!ret)
		return 0;
	snprintf(doing, sizeof(doing), "engine %u (%s) was not removed",
		 engine->id, *engine->name ? engine->name : "no name");
	return trouble_control(control, ret, doing);
}

static int del_meant(struct xrsched_control *control, const char *which,
		     const struct xrsched_control_engine *list, int nr,
		     json_t *gone)
{
	for (int i = 0; i < nr; i++) {
		int ret;

		if (!engine_is_meant(which, &list[i]))
			continue;
		ret = del_one(control, &list[i]);
		if (ret)
			return ret;
		put_append(gone, snapshot_engine(&list[i]));
	}
	return 0;
}

int engine_none(const char *which, uint32_t device,
		const struct xrsched_control_engine *list, int nr)
{
	fail("device %u has no engine \"%s\"%s", device, which,
	     nr ? "; it has:" : ", nor any other");
	for (int i = 0; i < nr; i++)
		fprintf(stderr, "  %u %s\n", list[i].id, list[i].name);
	return EXIT_FAILURE;
}

static const struct out_block gone_view[] = {
	{ .columns = columns, .title = "removed:", .empty = "nothing" },
	{ 0 },
};

static int del_run(struct app *app, void *opts_)
{
	const struct del_opts *opts = opts_;
	uint32_t device = device_number(app);
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	json_t *gone = put_array();
	int nr, ret = control_connect(&control);

	if (ret)
		goto out_free;
	nr = xrsched_control_engines(control, device, &list);
	if (nr < 0) {
		ret = trouble_control(control, nr, "no engines to be seen");
		goto out_close;
	}
	ret = del_meant(control, opts->which, list, nr, gone);
	if (!ret && !json_array_size(gone) && strcmp(opts->which, "all"))
		ret = engine_none(opts->which, device, list, nr);
	if (!ret)
		out_print(app, json_incref(gone), gone_view);
	xrsched_free(list);
out_close:
	xrsched_control_close(control);
out_free:
	json_decref(gone);
	return ret;
}

static const struct cmd verbs[] = {
	{
		.name = "list",
		.brief = "List the engines",
		.doc = "  xrsched engine list\n"
		       "  xrsched engine list --device 1 --json",
		.flags = CMD_DEVICE,
		.run = list_run,
	},
	{
		.name = "add",
		.brief = "Add engines (needs CAP_NET_ADMIN)",
		.doc = "  sudo xrsched engine add --hw 4k-1ws2os\n"
		       "  sudo xrsched engine add --class ws-2k --name left\n"
		       "  sudo xrsched engine add --class ws-2k --kind null",
		.flags = CMD_DEVICE,
		.options = add_options,
		.parse = add_parse,
		.opts_size = sizeof(struct add_opts),
		.run = add_run,
	},
	{
		.name = "del",
		.args = "ID|NAME|all",
		.brief = "Remove engines (needs CAP_NET_ADMIN)",
		.doc = "A layer that runs on the engine is repeated on another "
		       "one; jobs that no engine can run any more fail.\n"
		       "\n"
		       "  sudo xrsched engine del 0\n"
		       "  sudo xrsched engine del left\n"
		       "  sudo xrsched engine del all --device 1",
		.flags = CMD_DEVICE,
		.parse = del_parse,
		.opts_size = sizeof(struct del_opts),
		.run = del_run,
	},
	{
		.name = "fault",
		.args = "[[ENGINE:]SPEC]...",
		.brief = "Let simulated engines fail (needs CAP_NET_ADMIN)",
		.doc = ENGINE_FAULT_DOC,
		.flags = CMD_DEVICE,
		.parse = engine_fault_parse,
		.opts_size = sizeof(struct engine_fault_opts),
		.run = engine_fault_run,
	},
	{
		.name = "guard",
		.args = "[SPEC]",
		.brief = "What is done about engines that fail",
		.doc = ENGINE_GUARD_DOC,
		.flags = CMD_DEVICE,
		.parse = engine_guard_parse,
		.opts_size = sizeof(struct engine_guard_opts),
		.run = engine_guard_run,
	},
	{ 0 },
};

const struct cmd cmd_engine = {
	.name = "engine",
	.args = "[VERB]",
	.brief = "List, add and remove engines, let them fail",
	.doc = "An engine is one accelerator that runs one layer at a time.  "
	       "Its class says what a layer costs there.",
	.flags = CMD_DEVICE,
	.verbs = verbs,
};
