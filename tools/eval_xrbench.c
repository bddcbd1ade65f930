// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched eval --suite xrbench-compat: what XRBench's own programs make of each
 * scenario on each accelerator of its figure 5.
 */
#include "eval.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"
#include "out.h"
#include "put.h"

#define PREFIX "xrbench-" /* of the files' names */

static const char *const scenarios[] = {
	"VR_gaming",	       "AR_gaming",	     "social_interactionA",
	"social_interactionB", "outdoor_activity_A", "outdoor_activity_B",
	"AR_Assistant",
};

static const char *const sizes[] = { "4K", "8K" };

static const char letters[] = "ABCDEFGHIJKLM";

static const struct out_column columns[] = {
	{ "scenario", "scenario", OUT_TEXT, 0 },
	{ "size", "size", OUT_TEXT, 0 },
	{ "letter", "letter", OUT_TEXT, 0 },
	{ "rt", "real time", OUT_REAL, 0 },
	{ "en", "energy", OUT_REAL, 0 },
	{ "qoe", "QoE", OUT_REAL, 0 },
	{ "overall", "overall", OUT_REAL, 0 },
	{ "logged", "logged", OUT_COUNT, 0 },
	{ "dropped", "dropped", OUT_COUNT, 0 },
	{ "late", "late", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .columns = columns },
	{ 0 },
};

/* The name without the prefix of its file. */
static const char *bare_name(const char *name)
{
	size_t len = strlen(PREFIX);

	return strncmp(name, PREFIX, len) ? name : name + len;
}

/* If none was named, all are meant, and the list is that of another suite. */
static bool is_meant(const struct eval_options *options, const char *scenario)
{
	const struct eval_list *list = &options->scenarios;

	if (!options->scenario)
		return true;
	for (unsigned int i = 0; i < list->nr; i++)
		if (!strcmp(bare_name(list->text[i]), scenario))
			return true;
	return false;
}

static int check_name(const char *option, const char *name,
		      const char *const *names, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return 0;
	fprintf(stderr,
		"xrsched eval: %s: no \"%s\" in this suite; there are:", option,
		name);
	for (size_t i = 0; i < nr; i++)
		fprintf(stderr, "%s %s", i ? "," : "", names[i]);
	fputc('\n', stderr);
	return EXIT_USAGE;
}

/* A line: a scenario on an accelerator. */
static int add_cell(json_t *lines, const char *scenario, const char *size,
		    char letter, uint32_t seed)
{
	char scenario_name[64], hardware_name[64];
	const char text[] = { letter, '\0' };
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = scenario_name,
		.hardware = hardware_name,
	};
	const struct xrsched_xrbench_opts opts = { .size = sizeof(opts),
						   .seed = seed };
	struct xrsched_xrbench_result *result;
	struct xrsched_workload *workload;
	struct xrsched_error error;
	json_t *line;
	int ret;

	snprintf(scenario_name, sizeof(scenario_name), PREFIX "%s", scenario);
	snprintf(hardware_name, sizeof(hardware_name), PREFIX "%ck-%c", size[0],
		 tolower(letter));
	if (xrsched_workload_load(&args, &workload, &error))
		return fail("%s", error.text);
	ret = xrsched_xrbench_harness(workload, &opts, &result, &error);
	xrsched_workload_free(workload);
	if (ret)
		return fail("%s", error.text);
	line = put_object();
	put_text(line, "scenario", scenario);
	put_text(line, "size", size);
	put_text(line, "letter", text);
	harness_scores(line, result);
	put_count(line, "seed", seed);
	put_append(lines, line);
	xrsched_xrbench_free(result);
	return 0;
}

static int add_cells(json_t *lines, const char *scenario, const char *size,
		     uint32_t seed)
{
	int ret = 0;

	for (const char *letter = letters; *letter && !ret; letter++)
		ret = add_cell(lines, scenario, size, *letter, seed);
	return ret;
}

static void print(const struct app *app, json_t *lines)
{
	json_t *line;
	size_t i;

	if (!app->json)
		out_text(lines, view);
	else
		json_array_foreach(lines, i, line)
			out_json(line);
	json_decref(lines);
}

static int check_names(const struct eval_options *options)
{
	const struct eval_list *list = &options->scenarios;
	int ret = 0;

	for (unsigned int i = 0; options->scenario && i < list->nr && !ret; i++)
		ret = check_name("--scenario", bare_name(list->text[i]),
				 scenarios, ELEMENTS(scenarios));
	if (!ret && options->size)
		ret = check_name("--size", options->size, sizes,
				 ELEMENTS(sizes));
	return ret;
}

int eval_xrbench(const struct eval_options *options)
{
	int ret = check_names(options);
	json_t *lines;

	if (ret)
		return ret;
	lines = put_array();
	for (size_t i = 0; i < ELEMENTS(scenarios) && !ret; i++) {
		if (!is_meant(options, scenarios[i]))
			continue;
		for (size_t j = 0; j < ELEMENTS(sizes) && !ret; j++)
			if (!options->size || !strcmp(options->size, sizes[j]))
				ret = add_cells(lines, scenarios[i], sizes[j],
						options->seed);
	}
	print(options->app, lines);
	return ret;
}
