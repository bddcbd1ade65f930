// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched workload: scenarios, hardware and models.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "cmd.h"
#include "out.h"
#include "put.h"
#include "workload.h"

static const char *const kinds[] = {
	[XRSCHED_WORKLOAD_SCENARIO] = "scenarios",
	[XRSCHED_WORKLOAD_HARDWARE] = "hardware",
	[XRSCHED_WORKLOAD_MODEL] = "models",
	NULL,
};

struct list_opts {
	bool one_kind;
	enum xrsched_workload_kind kind;
};

static error_t list_parse(int key, char *arg, struct argp_state *state)
{
	struct list_opts *opts = state->input;

	if (key != ARGP_KEY_ARG || state->arg_num)
		return ARGP_ERR_UNKNOWN;
	opts->one_kind = true;
	opts->kind = arg_choice(state, "kind", arg, kinds);
	return 0;
}

static const struct out_column scenario_columns[] = {
	{ "name", "scenario", OUT_TEXT, 0 },
	{ "streams", "streams", OUT_COUNT, 0 },
	{ "costs", "costs", OUT_TEXT, 0 },
	{ "description", "description", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_column hardware_columns[] = {
	{ "name", "hardware", OUT_TEXT, 0 },
	{ "classes", "engines", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_column model_columns[] = {
	{ "name", "model", OUT_TEXT, 0 },
	{ "used_by", "used by", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_block list_views[][2] = {
	{ { .key = "scenarios",
	    .columns = scenario_columns,
	    .empty = "no scenarios" },
	  { 0 } },
	{ { .key = "hardware",
	    .columns = hardware_columns,
	    .empty = "no hardware" },
	  { 0 } },
	{ { .key = "models", .columns = model_columns, .empty = "no models" },
	  { 0 } },
};

static int list_run(struct app *app, void *opts_)
{
	const struct list_opts *opts = opts_;
	json_t *lists = put_object();
	json_t *list;
	bool printed = false;
	int ret = 0;

	for (unsigned int kind = 0; kinds[kind] && !ret; kind++) {
		if (opts->one_kind && opts->kind != kind)
			continue;
		ret = workload_list(kind, &list);
		if (ret)
			break;
		put(lists, kinds[kind], list);
		if (app->json)
			continue;
		if (printed)
			putchar('\n');
		out_text(lists, list_views[kind]);
		printed = true;
	}
	if (app->json && !ret)
		out_json(lists);
	json_decref(lists);
	return ret;
}

struct names_opts {
	char **names;
	int nr;
	const char *costs;
	struct advice_opts advice;
};

enum { OPT_COSTS = 256 };

static const struct argp_option show_options[] = {
	{ "costs", OPT_COSTS, "SET", 0,
	  "Cost set, as rsfix or asis (the scenario's)", 0 },
	{ 0 },
};

static const struct argp_option check_options[] = {
	{ "hw", 'w', "HARDWARE",
	  0, "Are all frames of the scenarios sure to be on time on this hardware?",
	  0 },
	{ "policy", 'p', "POLICY", 0,
	  "Under this policy (the first of \"policy list\")", 0 },
	{ "load", 'l', "L", 0,
	  "With latencies stretched to this load, as \"sim\" takes it", 0 },
	{ "costs", OPT_COSTS, "SET", 0,
	  "With this cost set, as rsfix or asis (the scenario's)", 0 },
	{ 0 },
};

static error_t names_parse(int key, char *arg, struct argp_state *state)
{
	struct names_opts *opts = state->input;

	switch (key) {
	case OPT_COSTS:
		opts->costs = arg;
		opts->advice.costs = arg;
		return 0;
	case 'w':
		opts->advice.hardware = arg;
		return 0;
	case 'p':
		opts->advice.policy = arg;
		return 0;
	case 'l':
		opts->advice.load = arg_real(state, "--load", arg, 0.001, 1000);
		return 0;
	case ARGP_KEY_END:
		if (!opts->advice.hardware &&
		    (opts->advice.policy || opts->advice.load > 0))
			argp_error(state, "--policy and --load go with --hw");
		return 0;
	case ARGP_KEY_ARGS:
		opts->names = state->argv + state->next;
		opts->nr = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "of what? name a file; \"xrsched workload "
				  "list\" shows those that are shipped");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* The kind of a file: what it says of itself, or where its name is found. */
static int kind_of(const char *name, enum xrsched_workload_kind *kind)
{
	char *path;

	if (arg_is_path(name))
		return workload_sniff(name, kind);
	for (int i = 0; kinds[i]; i++) {
		if (xrsched_workload_find(i, name, &path, NULL))
			continue;
		free(path);
		*kind = i;
		return 0;
	}
	fail("no scenario, hardware or model \"%s\"", name);
	for (int i = 0; kinds[i]; i++)
		workload_suggest(i, name);
	fputs("  \"xrsched workload list\" shows them all; a path has \"/\" or "
	      "\".json\" in it\n",
	      stderr);
	return EXIT_USAGE;
}

static int show_one(struct app *app, const char *name, const char *costs)
{
	enum xrsched_workload_kind kind;
	int ret = kind_of(name, &kind);

	if (ret)
		return ret;
	switch (kind) {
	case XRSCHED_WORKLOAD_SCENARIO:
		return workload_show_scenario(app, name, costs);
	case XRSCHED_WORKLOAD_HARDWARE:
		return workload_show_hardware(app, name);
	default:
		return fail(
			"%s is a model: \"xrsched workload check\" "
			"validates it, and \"xrsched workload list models\" "
			"says which scenarios to show for it",
			name);
	}
}

static int show_run(struct app *app, void *opts_)
{
	const struct names_opts *opts = opts_;

	for (int i = 0; i < opts->nr; i++) {
		int ret;

		if (i && !app->json)
			putchar('\n');
		ret = show_one(app, opts->names[i], opts->costs);
		if (ret)
			return ret;
	}
	return 0;
}

static void check_json(const char *name, enum xrsched_workload_kind kind,
		       const char *error)
{
	json_t *object = put_object();

	put_text(object, "file", name);
	put_text(object, "kind", kinds[kind]);
	put_bool(object, "ok", !error);
	put_text(object, "error", error);
	out_json(object);
	json_decref(object);
}

static int check_one(const struct app *app, const char *name,
		     const struct advice_opts *advice)
{
	enum xrsched_workload_kind kind;
	struct xrsched_error error;
	int ret = kind_of(name, &kind);

	if (ret)
		return ret;
	ret = xrsched_workload_check(kind, name, &error);
	if (!ret && advice->hardware && kind == XRSCHED_WORKLOAD_SCENARIO)
		return workload_advise(app, name, advice);
	if (app->json)
		check_json(name, kind, ret ? error.text : NULL);
	else if (!ret)
		printf("%s: good\n", name);
	return ret ? fail("%s", error.text) : 0;
}

static int check_run(struct app *app, void *opts_)
{
	const struct names_opts *opts = opts_;
	int worst = 0;

	for (int i = 0; i < opts->nr; i++) {
		int ret = check_one(app, opts->names[i], &opts->advice);

		if (ret > worst)
			worst = ret;
	}
	return worst;
}

static const struct cmd verbs[] = {
	{
		.name = "list",
		.args = "[scenarios|hardware|models]",
		.brief = "List the files that are there",
		.doc = "  xrsched workload list\n"
		       "  xrsched workload list hardware\n"
		       "  xrsched workload list --json | jq -r "
		       "'.scenarios[].name'",
		.parse = list_parse,
		.opts_size = sizeof(struct list_opts),
		.run = list_run,
	},
	{
		.name = "show",
		.args = "NAME...",
		.brief = "Show a scenario or a hardware",
		.doc = "The load of a scenario on a hardware is that of the "
		       "best conceivable split of its layers; above 100 % "
		       "frames must be late or lost.\n"
		       "\n"
		       "  xrsched workload show VR_Gaming\n"
		       "  xrsched workload show VR_Gaming --costs asis\n"
		       "  xrsched workload show 4k-1ws2os\n"
		       "  xrsched workload show ./mine.json",
		.options = show_options,
		.parse = names_parse,
		.opts_size = sizeof(struct names_opts),
		.run = show_run,
	},
	{
		.name = "check",
		.args = "FILE...",
		.brief = "Validate files",
		.doc = "Says file, place and reason of what is wrong; the exit "
		       "code is 1 then.  A scenario is checked with its "
		       "models.\n"
		       "\n"
		       "With --hw it also says whether every frame is sure to "
		       "be on time there, whatever is skipped, triggered or "
		       "left early, and which stream is closest to being late. "
		       " Yes is yes; no means that it is not known.\n"
		       "\n"
		       "  xrsched workload check ./mine.json ./board.json\n"
		       "  xrsched workload check VR_Gaming\n"
		       "  xrsched workload check VR_Gaming --hw 4k-1ws2os\n"
		       "  xrsched workload check AR_Call --hw 8k-2ws --policy "
		       "edf "
		       "--load 0.2 --json",
		.options = check_options,
		.parse = names_parse,
		.opts_size = sizeof(struct names_opts),
		.run = check_run,
	},
	{ 0 },
};

const struct cmd cmd_workload = {
	.name = "workload",
	.args = "[VERB]",
	.brief = "List, show and check scenarios, hardware and models",
	.doc = "NAME is that of a file in a workload directory "
	       "($XRSCHED_DATADIR first, if set) or, with \"/\" or \".json\", "
	       "a "
	       "path.",
	.verbs = verbs,
};
