// SPDX-License-Identifier: GPL-2.0-only
/*
 * A workload under one policy after the other.
 */
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "clock.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

#define DEFAULT_SECONDS 10
#define DEFAULT_SEED 1
#define QUIET_NS 2000000000 /* shorter runs show no progress */

enum {
	OPT_COSTS = 256,
	OPT_PHASE,
	OPT_CASCADE,
	OPT_SEED,
	OPT_ENGINES,
	OPT_PROFILES,
};

/* The last member, the group, keeps them in this order. */
const struct argp_option bench_options[] = {
	{ "hw", 'w', "HW", 0,
	  "Hardware: name or file (required, but with --engines)", 1 },
	{ "policy", 'p', "POLICY", 0,
	  "Policy: NAME[,PARAMETER=VALUE]... (the first of \"policy list\"); "
	  "several times: compare them",
	  2 },
	{ "load", 'l', "L", 0,
	  "Stretch all latencies until the best conceivable split uses this "
	  "share of the hardware, as 0.8 (leave them as they are)",
	  3 },
	{ "seconds", 's', "S", 0, "Length of the run (10)", 4 },
	{ "seed", OPT_SEED, "N", 0,
	  "Seed of all draws; the same seed is the same run (1)", 5 },
	{ "costs", OPT_COSTS, "SET", 0,
	  "Cost set of the models, as rsfix or asis (the scenario's)", 6 },
	{ "phase", OPT_PHASE, "HOW", 0,
	  "aligned: streams start as the scenario says; random: anywhere in "
	  "their first period (aligned)",
	  7 },
	{ "cascade", OPT_CASCADE, "P", 0,
	  "Probability of every triggered frame (the scenario's)", 8 },
	{ "engines", OPT_ENGINES, "CLASS:N", 0,
	  "Engines that are processes, beside or instead of --hw, as cpu:2; "
	  "separated by commas",
	  9 },
	{ "profiles", OPT_PROFILES, "DIR", 0,
	  "Costs that were measured, MODEL.tsv each, added to the models' own",
	  9 },
	{ 0 },
};

volatile sig_atomic_t bench_interrupted;

static void add_policy(struct bench *bench, const char *text,
		       const struct argp_state *state)
{
	struct xrsched_error error;

	if (bench->nr_policies == BENCH_POLICIES)
		argp_error(state, "--policy: at most %d of them",
			   BENCH_POLICIES);
	if (xrsched_policy_parse(text, &bench->policies[bench->nr_policies++],
				 &error))
		argp_error(state, "--policy: %s", error.text);
}

/* The one that a device begins with. */
static void add_default(struct bench *bench, const struct argp_state *state)
{
	struct xrsched_policy_info info;

	bench->default_policy = true;
	if (!xrsched_policy_get_info(0, &info))
		add_policy(bench, info.name, state);
}

static void set_defaults(struct bench *bench)
{
	bench->run.size = sizeof(bench->run);
	bench->run.seconds = DEFAULT_SECONDS;
	bench->run.seed = DEFAULT_SEED;
}

static void check_complete(struct bench *bench, const struct argp_state *state)
{
	if (!bench->scenario)
		argp_error(state, "which scenario? \"xrsched workload list\" "
				  "shows them");
	if (!bench->hardware && !bench->engines)
		argp_error(state, "which hardware? add --hw HW, as --hw "
				  "4k-1ws2os; \"xrsched workload list\" shows "
				  "them");
	if (!bench->nr_policies)
		add_default(bench, state);
}

static error_t parse_number(struct bench *bench, int key, const char *arg,
			    const struct argp_state *state)
{
	static const char *const phases[] = { "aligned", "random", NULL };
	struct xrsched_run_opts *run = &bench->run;

	switch (key) {
	case 'l':
		bench->given = "--load";
		run->load = arg_real(state, "--load", arg, 0.001, 100);
		break;
	case 's':
		bench->given = "--seconds";
		run->seconds = arg_real(state, "--seconds", arg, 0.001, 1e6);
		break;
	case OPT_SEED:
		bench->seed_given = true;
		run->seed = arg_u64(state, "--seed", arg, 0, INT64_MAX);
		break;
	case OPT_PHASE:
		bench->given = "--phase";
		run->phase = arg_choice(state, "--phase", arg, phases);
		break;
	case OPT_CASCADE:
		bench->given = "--cascade";
		run->cascade_ppm =
			arg_real(state, "--cascade", arg, 0, 1) * XRSCHED_PPM +
			0.5;
		run->flags |= XRSCHED_RUN_CASCADE;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

error_t bench_parse(int key, char *arg, struct argp_state *state)
{
	struct bench *bench = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		set_defaults(bench);
		break;
	case ARGP_KEY_ARG:
		if (bench->scenario)
			argp_error(state, "one scenario at a time, not %s too",
				   arg);
		bench->scenario = arg;
		break;
	case ARGP_KEY_END:
		check_complete(bench, state);
		break;
	case 'w':
		bench->hardware = arg;
		break;
	case 'p':
		bench->given = "--policy";
		add_policy(bench, arg, state);
		break;
	case OPT_COSTS:
		bench->costs = arg;
		break;
	case OPT_ENGINES:
		bench->given = "--engines";
		bench->engines = arg;
		break;
	case OPT_PROFILES:
		bench->given = "--profiles";
		bench->profiles = arg;
		break;
	default:
		return parse_number(bench, key, arg, state);
	}
	return 0;
}

int bench_load(struct bench *bench, const struct app *app)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = bench->scenario,
		.hardware = bench->hardware,
		.costs = bench->costs,
		.engines = bench->engines,
		.profiles = bench->profiles,
	};
	struct xrsched_error error;

	bench->app = app;
	if (!workload_named(XRSCHED_WORKLOAD_SCENARIO, bench->scenario) ||
	    (bench->hardware &&
	     !workload_named(XRSCHED_WORKLOAD_HARDWARE, bench->hardware)))
		return EXIT_USAGE;
	if (xrsched_workload_load(&args, &bench->workload, &error))
		return fail("%s", error.text);
	bench->results = put_array();
	return 0;
}

/* The line on a terminal that tells how far a long run is. */
struct progress {
	const char *policy;
	uint64_t begun_ns;
	bool shown;
};

static int progress_show(void *arg, double done)
{
	struct progress *progress = arg;

	if (now_ns() - progress->begun_ns > QUIET_NS && isatty(STDERR_FILENO)) {
		fprintf(stderr, "\r%s: %3.0f %%", progress->policy, 100 * done);
		progress->shown = true;
	}
	return bench_interrupted;
}

static void progress_end(const struct progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}

/* How it compares with the first policy, for those who ran several. */
static void add_relation(const struct bench *bench, json_t *result)
{
	const json_t *first = json_array_get(bench->results, 0);
	double other = get_number(first ? first : result, "uxcost");

	if (bench->nr_policies > 1)
		put_real(result, "uxcost_vs_first",
			 get_number(result, "uxcost") / other);
}

static int print_result(struct bench *bench,
			const struct xrsched_result *result, unsigned int index)
{
	json_t *json = bench_result(bench, result, &bench->policies[index]);

	add_relation(bench, json);
	if (bench->app->json)
		out_json(json);
	else
		bench_text(json);
	fflush(stdout);
	put_append(bench->results, json);
	return result->stopped ? fail("ended early") : 0;
}

int bench_policy(struct bench *bench, struct xrsched *x, unsigned int index)
{
	const struct xrsched_policy_spec *policy = &bench->policies[index];
	struct progress progress = { .policy = policy->name,
				     .begun_ns = now_ns() };
	struct xrsched_result *result;
	struct xrsched_error error;
	int ret;

	ret = xrsched_policy_set(x, policy, &error);
	if (ret)
		return trouble(ret, "%s", error.text);
	bench->run.progress = progress_show;
	bench->run.arg = &progress;
	ret = xrsched_run(x, bench->workload, &bench->run, &result, &error);
	progress_end(&progress);
	if (ret)
		return trouble(ret, "%s", error.text);
	ret = print_result(bench, result, index);
	xrsched_result_free(result);
	return ret;
}

void bench_end(struct bench *bench)
{
	if (json_array_size(bench->results) > 1 && !bench->app->json)
		bench_compare(bench->results);
	json_decref(bench->results);
	xrsched_workload_free(bench->workload);
}
