// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched tune: alpha and beta chosen beforehand (DREAM, offline mode):
 * every pair that is tried runs the same frames.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "clock.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

#define MILLION 1000000
#define POLICY_SIZE 512
#define MOST 2 /* of alpha and of beta */
#define LEAST_ALPHA 0.01 /* but for 0 */
#define COLUMNS 7
#define ROWS 5
#define PROBES 4
#define LAST_RADIUS 0.02
#define MAX_TRIES 200
#define QUIET_NS 2000000000

static const char doc[] =
	"Looks for the alpha and beta of MapScore with which a scenario costs "
	"least, in the simulator: first over a grid, then closer and closer "
	"around its best pair.  Every pair meets the same frames.  What was "
	"found is printed as a policy that can be set as it stands; beside it "
	"is what the policy costs as it comes, searching online.\n"
	"\n"
	"  xrsched tune VR_Gaming --hw 4k-1ws2os --load 0.8\n"
	"  xrsched tune AR_Call --hw 8k-2ws -p dream-drop --seconds 30\n"
	"  xrsched tune AR_Call --hw 8k-2ws --json | jq -r .best.policy\n"
	"\n"
	"A pair that is best for one seed need not be for another: look at it "
	"with \"xrsched sim --seed\", or with \"xrsched eval\".";

static const struct out_column try_columns[] = {
	{ "what", "", OUT_TEXT, 0 },
	{ "alpha", "alpha", OUT_REAL, OUT_IF_SET },
	{ "beta", "beta", OUT_REAL, OUT_IF_SET },
	{ "dlv", "DLV", OUT_REAL, 0 },
	{ "ne", "NE", OUT_REAL, 0 },
	{ "uxcost", "UXCost", OUT_REAL, 0 },
	{ "policy", "policy", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .key = "found", .columns = try_columns },
	{ 0 },
};

/* A pair in the unit square: alpha on a logarithmic scale, 0 at its edge. */
struct place {
	double x;
	double y;
};

/**
 * struct tune - A search
 * @bench: workload and options.
 * @tries: array of what was measured.
 * @best: where UXCost was least.
 * @least: it.
 * @begun_ns: when the search began.
 * @shown: progress was printed.
 */
struct tune {
	struct bench *bench;
	json_t *tries;
	struct place best;
	double least;
	uint64_t begun_ns;
	bool shown;
};

static uint32_t alpha_of(struct place at)
{
	/* The first of the columns is 0, the others 0.01 to 2. */
	double first = 1.0 / (COLUMNS - 1);

	if (at.x < first / 2)
		return 0;
	return lround(
		MILLION * LEAST_ALPHA *
		pow(MOST / LEAST_ALPHA, fmax(0, (at.x - first) / (1 - first))));
}

static uint32_t beta_of(struct place at)
{
	return lround(MILLION * MOST * at.y);
}

static void set_param(struct xrsched_policy_spec *spec, const char *name,
		      int64_t value)
{
	uint32_t i = 0;

	while (i < spec->nr && strcmp(spec->param[i].name, name))
		i++;
	if (i == spec->nr)
		spec->nr++;
	snprintf(spec->param[i].name, sizeof(spec->param[i].name), "%s", name);
	spec->param[i].value = value;
}

/* One run; a row of what came of it in @row, or the exit code. */
static int measure(const struct tune *tune,
		   const struct xrsched_policy_spec *spec, json_t **row)
{
	struct xrsched_result *result = NULL;
	struct xrsched_error error;
	char text[POLICY_SIZE];
	struct xrsched *x;
	int ret = xrsched_open_sim(NULL, &x);

	if (ret)
		return trouble(ret, "the simulator could not be set up");
	ret = xrsched_run_setup(x, tune->bench->workload, &error);
	ret = ret < 0 ? ret : xrsched_policy_set(x, spec, &error);
	if (!ret)
		ret = xrsched_run(x, tune->bench->workload, &tune->bench->run,
				  &result, &error);
	xrsched_close(x);
	if (ret)
		return trouble(ret, "%s", error.text);
	*row = put_object();
	put_real(*row, "dlv", result->dlv_sum);
	put_real(*row, "ne", result->ne_sum);
	put_real(*row, "uxcost", result->uxcost);
	xrsched_policy_format(spec, text, sizeof(text));
	put_text(*row, "policy", text);
	xrsched_result_free(result);
	return 0;
}

static void show_progress(struct tune *tune)
{
	if (now_ns() - tune->begun_ns < QUIET_NS || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rtune: %zu pairs, best UXCost %.4g ",
		json_array_size(tune->tries), tune->least);
	tune->shown = true;
}

static int try_pair(struct tune *tune, struct place at)
{
	struct xrsched_policy_spec spec = tune->bench->policies[0];
	json_t *row;
	int ret;

	set_param(&spec, "alpha", alpha_of(at));
	set_param(&spec, "beta", beta_of(at));
	ret = measure(tune, &spec, &row);
	if (ret)
		return ret;
	put_real(row, "alpha", (double)alpha_of(at) / MILLION);
	put_real(row, "beta", (double)beta_of(at) / MILLION);
	if (get_number(row, "uxcost") < tune->least) {
		tune->least = get_number(row, "uxcost");
		tune->best = at;
	}
	put_append(tune->tries, row);
	show_progress(tune);
	return 0;
}

static int try_grid(struct tune *tune)
{
	int ret = 0;

	for (int x = 0; x < COLUMNS && !ret; x++)
		for (int y = 0; y < ROWS && !ret; y++)
			ret = try_pair(
				tune, (struct place){ (double)x / (COLUMNS - 1),
						      (double)y / (ROWS - 1) });
	return ret;
}

/* Around the best pair; closer when none of the neighbours is better. */
static int try_closer(struct tune *tune)
{
	static const struct place side[PROBES] = {
		{ 1, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 }
	};
	double radius = 0.5 / (COLUMNS - 1);

	while (radius >= LAST_RADIUS) {
		struct place centre = tune->best;
		double before = tune->least;

		for (int i = 0; i < PROBES; i++) {
			struct place at = {
				fmin(1, fmax(0, centre.x + radius * side[i].x)),
				fmin(1, fmax(0, centre.y + radius * side[i].y)),
			};
			int ret = try_pair(tune, at);

			if (ret)
				return ret;
		}
		if (!(tune->least < before))
			radius /= 2;
		if (json_array_size(tune->tries) > MAX_TRIES)
			break;
	}
	return 0;
}

static json_t *best_try(const struct tune *tune)
{
	json_t *best = NULL, *row;
	size_t i;

	json_array_foreach(tune->tries, i, row)
		if (!best ||
		    get_number(row, "uxcost") < get_number(best, "uxcost"))
			best = row;
	return json_deep_copy(best);
}

/* The policy as it was given, and as it would be with the pair. */
static int search(struct tune *tune, json_t *object)
{
	json_t *as_is, *best, *found = put_array();
	int ret = measure(tune, &tune->bench->policies[0], &as_is);

	if (ret) {
		json_decref(found);
		return ret;
	}
	put_null(as_is, "alpha");
	put_null(as_is, "beta");
	put_text(as_is, "what", "as it comes");
	put_append(found, as_is);
	put(object, "found", found);
	set_param(&tune->bench->policies[0], "tune", 0);
	ret = try_grid(tune);
	if (!ret)
		ret = try_closer(tune);
	if (tune->shown)
		fprintf(stderr, "\r%60s\r", "");
	if (ret)
		return ret;
	best = best_try(tune);
	put_text(best, "what", "best pair");
	put_append(found, json_incref(best));
	put(object, "best", best);
	return 0;
}

static int tune_run(struct app *app, void *opts)
{
	struct bench *bench = opts;
	struct tune tune = { .bench = bench, .least = INFINITY };
	json_t *object;
	int ret = bench_load(bench, app);

	if (ret)
		return ret;
	tune.begun_ns = now_ns();
	tune.tries = put_array();
	object = put_object();
	put_text(object, "scenario", bench->scenario);
	put_text(object, "hw", bench->hardware);
	put_count(object, "seed", bench->run.seed);
	put_real(object, "seconds", bench->run.seconds);
	ret = search(&tune, object);
	put(object, "tries", tune.tries);
	if (ret)
		json_decref(object);
	else
		out_print(app, object, view);
	bench_end(bench);
	return ret;
}

/* One policy, and not the default of other commands; argp frees the text. */
static char *option_text(int key, const char *text, void *input)
{
	(void)input;
	if (key != 'p')
		return (char *)text;
	return strdup("What is tuned: a policy of DREAM, "
		      "NAME[,PARAMETER=VALUE]..., without alpha and beta; one "
		      "(dream-full)");
}

static const struct argp bench_argp = {
	.options = bench_options,
	.parser = bench_parse,
	.help_filter = option_text,
};

static const struct argp_child tune_shared[] = {
	{ .argp = &bench_argp },
	{ 0 },
};

static bool has_param(const struct xrsched_policy_spec *spec, const char *name)
{
	for (uint32_t i = 0; i < spec->nr; i++)
		if (!strcmp(spec->param[i].name, name))
			return true;
	return false;
}

/* One that has the two, and searches for them if nobody says otherwise. */
static void check_policy(struct bench *bench, const struct argp_state *state)
{
	struct xrsched_policy_spec probe;
	struct xrsched_error error;
	char text[128];

	/* The default of other commands has nothing to be tuned. */
	if (bench->default_policy)
		xrsched_policy_parse("dream-full", &bench->policies[0], &error);
	if (bench->nr_policies != 1)
		argp_error(state, "--policy: one at a time");
	snprintf(text, sizeof(text), "%s,alpha=0,beta=0",
		 bench->policies[0].name);
	if (xrsched_policy_parse(text, &probe, &error))
		argp_error(state,
			   "--policy: %s has no alpha and beta to be tuned; "
			   "the policies of DREAM have",
			   bench->policies[0].name);
	if (has_param(&bench->policies[0], "alpha") ||
	    has_param(&bench->policies[0], "beta"))
		argp_error(state, "--policy: alpha and beta are what is looked "
				  "for");
}

static error_t tune_parse(int key, char *arg, struct argp_state *state)
{
	struct bench *bench = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = bench;
		return 0;
	case ARGP_KEY_END:
		check_policy(bench, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option tune_options[] = { { 0 } };

const struct cmd cmd_tune = {
	.name = "tune",
	.args = BENCH_ARGS,
	.brief = "Choose DREAM's alpha and beta beforehand",
	.doc = doc,
	.options = tune_options,
	.parse = tune_parse,
	.shared = tune_shared,
	.opts_size = sizeof(struct bench),
	.run = tune_run,
};
