// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched bound: what no scheduler could undercut, and where policies stand.
 */
#include "bound.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

static const char doc[] =
	"Lower bounds for one run: no schedule of these frames comes below "
	"them, "
	"not even one that knows in advance which frames are triggered, which "
	"blocks skipped and which exits taken.  They are the optimum of a "
	"relaxation (layers cut at will, in any order), so the truth lies "
	"between them and the best policy.\n"
	"\n"
	"  xrsched bound VR_Gaming --hw 4k-1ws2os --load 0.8\n"
	"  xrsched bound Drone_Indoor --hw 8k-2ws --load 1.2 -p dream-full -p "
	"edf\n"
	"  xrsched bound AR_Call --hw 4k-2ws --costs asis --json | jq "
	".bound.uxcost_honest\n"
	"\n"
	"UXCost alone has no bound but 0: who runs nothing uses no energy.  So "
	"there is a bound for the honest UXCost, where lost frames count "
	"their "
	"worst-case energy, and for each policy one of UXCost among all "
	"schedules that violate no more deadlines than it does.\n"
	"\n"
	"Who runs lighter variants of a model pays less energy and less "
	"accuracy; "
	"--heaviest bounds those who do not.\n"
	"\n"
	"Documentation/bound.md explains the relaxation.";

static const struct out_column bound_columns[] = {
	{ "dlv", "DLV at least", OUT_REAL, 0 },
	{ "uxcost_honest", "honest UXCost at least", OUT_REAL, 0 },
	{ "lines", "programs", OUT_COUNT, 0 },
	{ "rows", "constraints", OUT_COUNT, 0 },
	{ "columns", "variables", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_column policy_columns[] = {
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "dlv", "DLV", OUT_REAL, 0 },
	{ "ne", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "uxcost_bound", "its bound", OUT_REAL, 0 },
	{ "uxcost_over", "over it", OUT_SHARE, OUT_IF_SET },
	{ "uxcost_honest", "honest", OUT_REAL, 0 },
	{ "honest_over", "over bound", OUT_SHARE, OUT_IF_SET },
	{ 0 },
};

static const struct out_block view[] = {
	{ .key = "bound", .columns = bound_columns },
	{ .key = "policies", .columns = policy_columns },
	{ 0 },
};

/**
 * struct bound_opts - What to bound
 * @bench: the run, and policies to stand beside it
 * @heaviest: only schedules that run the heaviest variants
 */
struct bound_opts {
	struct bench bench;
	bool heaviest;
};

/**
 * struct bounds - What holds for a run
 * @plain: frontier of DLV and NE
 * @honest: frontier of DLV and honest NE
 * @uxcost_honest: its least product
 */
struct bounds {
	struct bound_frontier plain;
	struct bound_frontier honest;
	double uxcost_honest;
};

static json_t *frontier_json(const struct bound_frontier *frontier)
{
	json_t *array = put_array();

	for (uint32_t i = 1; i + 1 < frontier->nr; i++) {
		json_t *point = put_object();

		put_real(point, "dlv", frontier->line[i].point.dlv);
		put_real(point, "ne", frontier->line[i].point.ne);
		put_append(array, point);
	}
	return array;
}

static json_t *bound_json(const struct bound_world *world,
			  const struct bounds *bounds, bool heaviest)
{
	json_t *object = put_object();

	put_real(object, "dlv", bounds->plain.line[0].least);
	put_real(object, "uxcost_honest", bounds->uxcost_honest);
	if (world->periodic)
		put_count(object, "hyperperiod_ns", world->period_ns);
	else
		put_null(object, "hyperperiod_ns");
	put_count(object, "slots", world->nr_slots);
	put_count(object, "groups", world->nr_groups);
	put_count(object, "lines", bounds->plain.nr + bounds->honest.nr);
	put_count(object, "rows", bounds->plain.rows);
	put_count(object, "columns", bounds->plain.columns);
	put_bool(object, "heaviest", heaviest);
	put(object, "frontier", frontier_json(&bounds->plain));
	put(object, "frontier_honest", frontier_json(&bounds->honest));
	return object;
}

static int find_bound(const struct bound_opts *opts, struct bounds *bounds,
		      json_t **json)
{
	const struct bench *bench = &opts->bench;
	struct bound_world world;
	struct bound_point at;
	struct xrsched_error error;
	int ret = bound_world_init(&world, bench->workload, &bench->run,
				   opts->heaviest, &error);

	if (ret)
		return trouble(ret, "%s", error.text);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "solving ...\r");
	ret = bound_solve(&world, BOUND_NE, &bounds->plain);
	if (!ret)
		ret = bound_solve(&world, BOUND_NE_HONEST, &bounds->honest);
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "           \r");
	if (ret) {
		ret = fail("no bound: %s",
			   ret == -EDOM
				   ? "the solver of linear programs gave up"
				   : "out of memory");
	} else {
		bounds->uxcost_honest =
			bound_least(&bounds->honest, INFINITY, &at);
		*json = bound_json(&world, bounds, opts->heaviest);
	}
	bound_world_free(&world);
	return ret;
}

static void put_over(json_t *row, const char *key, double value, double bound)
{
	if (bound > 0 && isfinite(bound))
		put_real(row, key, value / bound - 1);
	else
		put_null(row, key);
}

static json_t *policy_json(const struct xrsched_result *result,
			   const struct bounds *bounds)
{
	json_t *row = put_object();
	struct bound_point at;
	double least = bound_least(&bounds->plain, result->dlv_sum, &at);

	put_text(row, "policy", result->policy);
	put_text(row, "policy_spec", result->policy_spec);
	put_real(row, "dlv", result->dlv_sum);
	put_real(row, "ne", result->ne_sum);
	put_real(row, "uxcost", result->uxcost);
	/* With lighter variants it may violate less than is possible. */
	if (isfinite(least))
		put_real(row, "uxcost_bound", least);
	else
		put_null(row, "uxcost_bound");
	put_over(row, "uxcost_over", result->uxcost, least);
	put_real(row, "uxcost_honest", result->uxcost_honest);
	put_over(row, "honest_over", result->uxcost_honest,
		 bounds->uxcost_honest);
	return row;
}

static int run_policy(const struct bench *bench, unsigned int index,
		      const struct bounds *bounds, json_t *policies)
{
	struct xrsched_result *result = NULL;
	struct xrsched_error error;
	struct xrsched *x;
	int ret = xrsched_open_sim(NULL, &x);

	if (ret)
		return trouble(ret, "the simulator could not be set up");
	ret = xrsched_run_setup(x, bench->workload, &error);
	ret = ret < 0 ? ret
		      : xrsched_policy_set(x, &bench->policies[index], &error);
	if (!ret)
		ret = xrsched_run(x, bench->workload, &bench->run, &result,
				  &error);
	xrsched_close(x);
	if (ret)
		return trouble(ret, "%s", error.text);
	put_append(policies, policy_json(result, bounds));
	xrsched_result_free(result);
	return 0;
}

static json_t *run_json(const struct bench *bench)
{
	struct xrsched_workload_info info;
	json_t *object = put_object();

	xrsched_workload_get_info(bench->workload, &info);
	put_text(object, "scenario", info.scenario);
	put_text(object, "hw", info.hardware);
	put_text(object, "costs", info.costs);
	put_real(object, "load",
		 bench->run.load > 0 ? bench->run.load : info.load);
	put_real(object, "seconds", bench->run.seconds);
	put_count(object, "seed", bench->run.seed);
	return object;
}

static int bound_run(struct app *app, void *opts)
{
	struct bound_opts *bound_opts = opts;
	struct bench *bench = &bound_opts->bench;
	struct bounds bounds;
	json_t *object, *policies, *bound = NULL;
	int ret = bench_load(bench, app);

	if (ret)
		return ret;
	ret = find_bound(bound_opts, &bounds, &bound);
	if (ret) {
		bench_end(bench);
		return ret;
	}
	object = run_json(bench);
	put(object, "bound", bound);
	policies = put_array();
	for (unsigned int i = 0; i < bench->nr_policies && !ret; i++)
		ret = run_policy(bench, i, &bounds, policies);
	put(object, "policies", policies);
	if (ret)
		json_decref(object);
	else
		out_print(app, object, view);
	bench_end(bench);
	return ret;
}

/* Policies stand beside the bound; argp frees the text. */
static char *option_text(int key, const char *text, void *input)
{
	(void)input;
	if (key != 'p')
		return (char *)text;
	return strdup("What stands beside the bound: NAME[,PARAMETER=VALUE]... "
		      "(the first of \"policy list\"); may be repeated");
}

static const struct argp bench_argp = {
	.options = bench_options,
	.parser = bench_parse,
	.help_filter = option_text,
};

static const struct argp_child bound_shared[] = {
	{ .argp = &bench_argp },
	{ 0 },
};

enum { KEY_HEAVIEST = 0x500 };

static error_t bound_parse(int key, char *arg, struct argp_state *state)
{
	struct bound_opts *opts = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &opts->bench;
		return 0;
	case KEY_HEAVIEST:
		opts->heaviest = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option bound_options[] = {
	{ "heaviest", KEY_HEAVIEST, NULL, 0,
	  "Only schedules that run the heaviest variant of each model", 0 },
	{ 0 },
};

const struct cmd cmd_bound = {
	.name = "bound",
	.args = BENCH_ARGS,
	.brief = "What no scheduler could undercut",
	.doc = doc,
	.options = bound_options,
	.parse = bound_parse,
	.shared = bound_shared,
	.opts_size = sizeof(struct bound_opts),
	.run = bound_run,
};
