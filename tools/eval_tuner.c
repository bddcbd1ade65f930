// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched eval --suite tuner: does the search for alpha and beta find what a
 * grid of fixed pairs finds?
 *
 * A device runs one scenario until its search has settled, or for a while; then
 * the scenario changes to another.  Counted are the windows until the search
 * has settled again; the pair it has found and all pairs of a grid are measured
 * in runs of their own, fixed.  How far noise alone would lead astray shows what
 * the grid itself would have found on other frames (grid_ratio).
 */
#include "eval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/run.h>
#include <xrsched/xrsched.h>

#include "args.h"
#include "eval_pool.h"
#include "out.h"
#include "put.h"

#define MEASURE_SEEDS 2 /* runs that a pair is measured in */
#define MEASURE_FIRST 1000000 /* above the seed of the first change */
#define OTHER_FIRST 2000000 /* of other frames of the same scenarios */
#define BEFORE_SECONDS 10 /* of the first scenario */
#define LIMIT_SECONDS \
	120 /* of the second: a search that takes longer has not settled */
#define WINDOWS 8 /* within which a search shall settle */
#define CLOSE 1.05 /* and how near to the grid's best */
#define LEAST 1e-12
#define MILLION 1000000
#define LINE_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

static const uint32_t grid_alpha[] = { 0,      10000,	30000,	100000,
				       300000, 1000000, 2000000 };
static const uint32_t grid_beta[] = { 0,       250000,	500000,
				      1000000, 1500000, 2000000 };

#define PAIRS (ELEMENTS(grid_alpha) * ELEMENTS(grid_beta))

struct pair {
	uint32_t alpha;
	uint32_t beta;
};

/* All changes of scenario at one load on one hardware. */
struct place {
	const struct eval_options *options;
	struct xrsched_policy_spec spec;
	const char *load;
	const char *hw;
	struct xrsched_workload *scenario[EVAL_VALUES];
	double grid[EVAL_VALUES][PAIRS];
	double other[EVAL_VALUES][PAIRS];
	FILE *lines;
};

/* A search that is watched. */
struct watch {
	bool counting;
	uint32_t windows;
	bool settled;
	struct pair pair;
};

/* What the caller of all places collects. */
struct sum {
	const struct eval_options *options;
	json_t *changes;
};

static void on_tuned(void *arg, const struct xrsched_tuner_step *step)
{
	struct watch *watch = arg;

	if (!watch->counting || watch->settled)
		return;
	watch->windows++;
	watch->settled = step->settled;
	watch->pair = (struct pair){ step->alpha, step->beta };
}

static int on_progress(void *arg, double done)
{
	const struct watch *watch = arg;

	(void)done;
	return watch->settled;
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

static struct xrsched_run_opts run_options(const struct place *place,
					   double seconds, uint64_t seed)
{
	struct xrsched_run_opts opts = {
		.size = sizeof(opts),
		.seconds = seconds,
		.seed = seed,
	};

	if (strcmp(place->load, "asis") && strcmp(place->load, "natural"))
		opts.load = atof(place->load);
	return opts;
}

static int open_device(const struct xrsched_workload *workload,
		       const struct xrsched_policy_spec *spec,
		       struct watch *watch, struct xrsched **x)
{
	const struct xrsched_sim_opts opts = {
		.size = sizeof(opts),
		.tuned = watch ? on_tuned : NULL,
		.arg = watch,
	};
	struct xrsched_error error = { .text = "out of memory" };

	if (xrsched_open_sim(&opts, x))
		return fail("%s", error.text);
	if (xrsched_run_setup(*x, workload, &error) < 0 ||
	    xrsched_policy_set(*x, spec, &error)) {
		xrsched_close(*x);
		return fail("%s", error.text);
	}
	return 0;
}

/* UXCost of a scenario under a fixed pair, NaN after having said what is wrong. */
static double measure(const struct place *place, unsigned int scenario,
		      struct pair pair, uint64_t first)
{
	const struct xrsched_workload *workload = place->scenario[scenario];
	struct xrsched_policy_spec spec = place->spec;
	double sum = 0;

	set_param(&spec, "tune", 0);
	set_param(&spec, "alpha", pair.alpha);
	set_param(&spec, "beta", pair.beta);
	for (unsigned int i = 0; i < MEASURE_SEEDS; i++) {
		uint64_t seed = place->options->first_seed + first + i;
		const struct xrsched_run_opts opts =
			run_options(place, place->options->seconds, seed);
		struct xrsched_result *result;
		struct xrsched_error error;
		struct xrsched *x;
		int ret;

		if (open_device(workload, &spec, NULL, &x))
			return NAN;
		ret = xrsched_run(x, workload, &opts, &result, &error);
		xrsched_close(x);
		if (ret) {
			fail("%s", error.text);
			return NAN;
		}
		sum += fmax(result->uxcost, LEAST);
		xrsched_result_free(result);
	}
	return sum / MEASURE_SEEDS;
}

static struct pair grid_pair(size_t i)
{
	return (struct pair){ grid_alpha[i / ELEMENTS(grid_beta)],
			      grid_beta[i % ELEMENTS(grid_beta)] };
}

static size_t grid_best(const double *grid)
{
	size_t best = 0;

	for (size_t i = 1; i < PAIRS; i++)
		if (grid[i] < grid[best])
			best = i;
	return best;
}

/* How sharp the optimum is: of all pairs, how many would do? */
static size_t near_pairs(const double *grid)
{
	double limit = grid[grid_best(grid)] * CLOSE;
	size_t nr = 0;

	for (size_t i = 0; i < PAIRS; i++)
		nr += grid[i] <= limit;
	return nr;
}

static int fill_grid(struct place *place)
{
	for (unsigned int s = 0; s < place->options->scenarios.nr; s++)
		for (size_t i = 0; i < PAIRS; i++) {
			place->grid[s][i] =
				measure(place, s, grid_pair(i), MEASURE_FIRST);
			place->other[s][i] =
				measure(place, s, grid_pair(i), OTHER_FIRST);
			if (isnan(place->grid[s][i]) ||
			    isnan(place->other[s][i]))
				return EXIT_FAILURE;
		}
	return 0;
}

/* One scenario, then another on the same device; what its search does. */
static int change(const struct place *place, unsigned int from, unsigned int to,
		  uint64_t seed, struct watch *watch)
{
	struct xrsched_run_opts opts = run_options(place, BEFORE_SECONDS, seed);
	struct xrsched_policy_spec spec = place->spec;
	struct xrsched_result *result;
	struct xrsched_error error;
	struct xrsched *x;
	int ret;

	memset(watch, 0, sizeof(*watch));
	set_param(&spec, "tune_seed", seed % 1000000000);
	if (open_device(place->scenario[to], &spec, watch, &x))
		return EXIT_FAILURE;
	ret = xrsched_run(x, place->scenario[from], &opts, &result, &error);
	if (!ret) {
		xrsched_result_free(result);
		watch->counting = true;
		opts.seconds = LIMIT_SECONDS;
		opts.progress = on_progress;
		opts.arg = watch;
		ret = xrsched_run(x, place->scenario[to], &opts, &result,
				  &error);
	}
	if (!ret)
		xrsched_result_free(result);
	else
		fail("%s", error.text);
	xrsched_close(x);
	return ret;
}

static int put_change(struct place *place, unsigned int from, unsigned int to,
		      uint64_t seed)
{
	const struct eval_list *names = &place->options->scenarios;
	size_t best = grid_best(place->grid[to]);
	json_t *line = put_object();
	struct watch watch;
	double cost;

	if (change(place, from, to, seed, &watch))
		return EXIT_FAILURE;
	cost = measure(place, to, watch.pair, MEASURE_FIRST);
	if (isnan(cost))
		return EXIT_FAILURE;
	put_text(line, "load", place->load);
	put_text(line, "hw", place->hw);
	put_text(line, "from", names->text[from]);
	put_text(line, "to", names->text[to]);
	put_count(line, "seed", seed);
	put_bool(line, "settled", watch.settled);
	put_count(line, "windows", watch.windows);
	put_real(line, "alpha", (double)watch.pair.alpha / MILLION);
	put_real(line, "beta", (double)watch.pair.beta / MILLION);
	put_real(line, "uxcost", cost);
	put_real(line, "best_alpha", (double)grid_pair(best).alpha / MILLION);
	put_real(line, "best_beta", (double)grid_pair(best).beta / MILLION);
	put_real(line, "best_uxcost", place->grid[to][best]);
	put_real(line, "ratio", cost / place->grid[to][best]);
	put_real(line, "grid_ratio",
		 place->grid[to][grid_best(place->other[to])] /
			 place->grid[to][best]);
	put_count(line, "near_pairs", near_pairs(place->grid[to]));
	json_dumpf(line, place->lines, LINE_FLAGS);
	fputc('\n', place->lines);
	json_decref(line);
	return 0;
}

static int put_changes(struct place *place)
{
	const struct eval_options *options = place->options;
	unsigned int nr = options->scenarios.nr;

	for (unsigned int from = 0; from < nr; from++)
		for (unsigned int to = 0; to < nr; to++)
			for (unsigned int i = 0; i < options->nr_seeds; i++)
				if (from != to &&
				    put_change(place, from, to,
					       options->first_seed + i))
					return EXIT_FAILURE;
	return 0;
}

static int load_scenarios(struct place *place)
{
	struct xrsched_error error;

	for (unsigned int s = 0; s < place->options->scenarios.nr; s++) {
		const struct xrsched_workload_args args = {
			.size = sizeof(args),
			.scenario = place->options->scenarios.text[s],
			.hardware = place->hw,
			.costs = strcmp(place->load, "asis") ? "rsfix" : "asis",
		};

		if (xrsched_workload_load(&args, &place->scenario[s], &error))
			return fail("%s", error.text);
	}
	return 0;
}

/* Everything about one place: lines of JSON, one for each change. */
static char *run_place(void *arg, size_t index)
{
	const struct eval_options *options = ((struct sum *)arg)->options;
	struct place *place = calloc(1, sizeof(*place));
	struct xrsched_error error;
	char *text = NULL;
	size_t length;
	int ret;

	if (!place)
		out_of_memory();
	place->options = options;
	place->load = options->loads.text[index / options->hardware.nr];
	place->hw = options->hardware.text[index % options->hardware.nr];
	place->lines = open_memstream(&text, &length);
	if (!place->lines)
		out_of_memory();
	ret = xrsched_policy_parse(options->policies.text[0], &place->spec,
				   &error);
	if (ret)
		fail("%s", error.text);
	ret = ret || load_scenarios(place) || fill_grid(place) ||
	      put_changes(place);
	for (unsigned int s = 0; s < options->scenarios.nr; s++)
		xrsched_workload_free(place->scenario[s]);
	fclose(place->lines);
	free(place);
	if (ret) {
		free(text);
		return NULL;
	}
	return text;
}

/* ----- summaries -------------------------------------------------------- */

static void take_place(void *arg, size_t index, char *text)
{
	struct sum *sum = arg;
	char *line, *rest = text;

	(void)index;
	while ((line = strsep(&rest, "\n")) != NULL) {
		json_t *change;

		if (!*line)
			continue;
		change = json_loads(line, 0, NULL);
		if (!change)
			out_of_memory();
		if (sum->options->app->json) {
			puts(line);
			fflush(stdout);
		}
		put_append(sum->changes, change);
	}
	free(text);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Shares over all changes at a load, on a hardware or to a scenario; NULL: any. */
static json_t *summary(const json_t *changes, const char *key,
		       const char *value)
{
	size_t nr = 0, soon = 0, near = 0, both = 0, grid = 0, i;
	double *ratio = calloc(json_array_size(changes) + 1, sizeof(*ratio));
	double logs = 0, windows = 0;
	json_t *object = put_object();
	json_t *change;

	if (!ratio)
		out_of_memory();
	json_array_foreach(changes, i, change) {
		bool in_time, is_near;

		if (strcmp(get_text(change, key), value))
			continue;
		in_time = json_is_true(json_object_get(change, "settled")) &&
			  get_number(change, "windows") <= WINDOWS;
		is_near = get_number(change, "ratio") <= CLOSE;
		soon += in_time;
		near += is_near;
		grid += get_number(change, "grid_ratio") <= CLOSE;
		both += in_time && is_near;
		windows += get_number(change, "windows");
		ratio[nr] = get_number(change, "ratio");
		logs += log(ratio[nr++]);
	}
	qsort(ratio, nr, sizeof(*ratio), by_size);
	put_bool(object, "summary", true);
	put_text(object, key, value);
	put_count(object, "changes", nr);
	put_real(object, "settled_within_8", nr ? (double)soon / nr : NAN);
	put_real(object, "within_5_percent", nr ? (double)near / nr : NAN);
	put_real(object, "both", nr ? (double)both / nr : NAN);
	put_real(object, "grid_within_5_percent", nr ? (double)grid / nr : NAN);
	put_real(object, "windows_mean", nr ? windows / nr : NAN);
	put_real(object, "ratio_median", nr ? ratio[nr / 2] : NAN);
	put_real(object, "ratio_geomean", nr ? exp(logs / nr) : NAN);
	put_real(object, "ratio_max", nr ? ratio[nr - 1] : NAN);
	free(ratio);
	return object;
}

static const struct out_column columns[] = {
	{ "load", "load", OUT_TEXT, OUT_IF_SET },
	{ "changes", "changes", OUT_COUNT, 0 },
	{ "settled_within_8", "settled", OUT_SHARE, 0 },
	{ "within_5_percent", "near", OUT_SHARE, 0 },
	{ "both", "both", OUT_SHARE, 0 },
	{ "grid_within_5_percent", "grid's", OUT_SHARE, 0 },
	{ "windows_mean", "windows", OUT_REAL, 0 },
	{ "ratio_median", "median ratio", OUT_REAL, 0 },
	{ "ratio_geomean", "mean ratio", OUT_REAL, 0 },
	{ "ratio_max", "worst", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .columns = columns },
	{ 0 },
};

static void print_summaries(const struct sum *sum)
{
	const struct eval_list *loads = &sum->options->loads;
	json_t *rows = put_array();
	json_t *row;
	size_t i;

	for (i = 0; i < loads->nr; i++)
		put_append(rows, summary(sum->changes, "load", loads->text[i]));
	if (!sum->options->app->json)
		out_text(rows, view);
	else
		json_array_foreach(rows, i, row)
			out_json(row);
	json_decref(rows);
}

int eval_tuner(const struct eval_options *options)
{
	struct sum sum = { .options = options, .changes = put_array() };
	int ret;

	ret = eval_pool((size_t)options->loads.nr * options->hardware.nr,
			options->jobs, run_place, take_place, &sum);
	if (!ret)
		print_summaries(&sum);
	json_decref(sum.changes);
	return ret;
}
