// SPDX-License-Identifier: GPL-2.0-only
/*
 * What many runs amount to.
 *
 * A cell is a scenario on a hardware.  Of each cell and policy the arithmetic
 * mean over the seeds is taken, of the cells' ratios between two policies the
 * geometric mean.  Only seeds that both policies have count.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/policy.h>

#include "eval_record.h"
#include "out.h"
#include "put.h"

#define REFERENCE "dream-full" /* what is compared with all others */
#define RESAMPLES 1000
#define RESAMPLE_SEED 1
#define LEAST 1e-12 /* a scheduler that never runs anything costs 0 */

/* Runs of one group, as a table. */
struct table {
	const struct eval_record *first;
	size_t nr;
	size_t policies;
	size_t cells;
	size_t seeds;
	const char **policy;
	const struct eval_key **cell;
	uint64_t *seed;
	const struct eval_record **record; /* by policy, cell, seed; NULL: none */
};

/* How a policy compares with the reference in one metric. */
struct pair {
	const struct table *table;
	enum eval_metric metric;
	size_t a;
	size_t b;
};

static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static void *allocate(size_t nr, size_t size)
{
	void *memory = calloc(nr + 1, size);

	if (!memory)
		out_of_memory();
	return memory;
}

static const struct eval_record **slot(const struct table *t, size_t policy,
				       size_t cell, size_t seed)
{
	return &t->record[(policy * t->cells + cell) * t->seeds + seed];
}

static double value(const struct table *t, enum eval_metric metric,
		    size_t policy, size_t cell, size_t seed)
{
	const struct eval_record *record = *slot(t, policy, cell, seed);

	return record ? record->metric[metric] : NAN;
}

static size_t find_policy(const struct table *t, const char *policy)
{
	size_t i = 0;

	while (i < t->policies && strcmp(t->policy[i], policy))
		i++;
	return i;
}

/* What a device begins with: the first of the core's own table. */
static size_t find_default(const struct table *t)
{
	struct xrsched_policy_info info;

	if (xrsched_policy_get_info(0, &info))
		return t->policies;
	return find_policy(t, info.name);
}

static size_t find_seed(const struct table *t, uint64_t seed)
{
	size_t i = 0;

	while (i < t->seeds && t->seed[i] != seed)
		i++;
	return i;
}

static void table_names(struct table *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		const struct eval_key *key = &t->first[i].key;

		if (find_policy(t, key->policy) == t->policies)
			t->policy[t->policies++] = key->policy;
		if (find_seed(t, key->seed) == t->seeds)
			t->seed[t->seeds++] = key->seed;
		if (!t->cells || !eval_same_cell(t->cell[t->cells - 1], key))
			t->cell[t->cells++] = key;
	}
}

static void table_fill(struct table *t, const struct eval_record *first,
		       size_t nr)
{
	size_t cell = 0;

	memset(t, 0, sizeof(*t));
	t->first = first;
	t->nr = nr;
	t->policy = allocate(nr, sizeof(*t->policy));
	t->cell = allocate(nr, sizeof(*t->cell));
	t->seed = allocate(nr, sizeof(*t->seed));
	table_names(t);
	t->record =
		allocate(t->policies * t->cells * t->seeds, sizeof(*t->record));
	for (size_t i = 0; i < nr; i++) {
		const struct eval_key *key = &first[i].key;

		while (!eval_same_cell(t->cell[cell], key))
			cell++;
		*slot(t, find_policy(t, key->policy), cell,
		      find_seed(t, key->seed)) = &first[i];
	}
}

static void table_free(struct table *t)
{
	free(t->policy);
	free(t->cell);
	free(t->seed);
	free(t->record);
}

/*
 * Logarithm of the ratio of both policies' means in a cell; NaN: no seed that
 * both have.  With @random, of as many seeds as there are, drawn with return.
 */
static double log_ratio(const struct pair *pair, size_t cell, uint64_t *random)
{
	const struct table *t = pair->table;
	double sum_a = 0, sum_b = 0;
	size_t nr = 0;

	for (size_t i = 0; i < t->seeds; i++) {
		size_t seed = random ? draw(random) % t->seeds : i;
		double a = value(t, pair->metric, pair->a, cell, seed);
		double b = value(t, pair->metric, pair->b, cell, seed);

		if (isnan(a) || isnan(b))
			continue;
		sum_a += a;
		sum_b += b;
		nr++;
	}
	if (!nr)
		return NAN;
	return log(fmax(sum_a / nr, LEAST)) - log(fmax(sum_b / nr, LEAST));
}

/* 1 - ratio of the geometric means. */
static double reduction(const struct pair *pair, uint64_t *random)
{
	double sum = 0;
	size_t nr = 0;

	for (size_t cell = 0; cell < pair->table->cells; cell++) {
		double ratio = log_ratio(pair, cell, random);

		if (isnan(ratio))
			continue;
		sum += ratio;
		nr++;
	}
	return nr ? 1 - exp(sum / nr) : NAN;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The middle 95 % of the samples. */
static json_t *interval(double *sample, size_t nr)
{
	json_t *pair = put_array();

	if (nr) {
		qsort(sample, nr, sizeof(*sample), by_size);
		put_append(pair, json_real(sample[nr / 40]));
		put_append(pair, json_real(sample[nr - 1 - nr / 40]));
	}
	return pair;
}

static json_t *interval_seeds(const struct pair *pair)
{
	double sample[RESAMPLES];
	uint64_t random = RESAMPLE_SEED;
	size_t nr = 0;

	for (size_t i = 0; i < RESAMPLES; i++) {
		sample[nr] = reduction(pair, &random);
		nr += !isnan(sample[nr]);
	}
	return interval(sample, nr);
}

/* Logarithms of the ratios of cells, those of a scenario behind each other. */
struct ratios {
	size_t scenarios;
	size_t *begin; /* by scenario, and where the last one ends */
	double *log;
};

static void ratios_fill(struct ratios *r, const struct pair *pair)
{
	const struct table *t = pair->table;
	const char *scenario = "";
	size_t nr = 0;

	r->scenarios = 0;
	r->begin = allocate(t->cells, sizeof(*r->begin));
	r->log = allocate(t->cells, sizeof(*r->log));
	for (size_t cell = 0; cell < t->cells; cell++) {
		double ratio = log_ratio(pair, cell, NULL);

		if (isnan(ratio))
			continue;
		if (strcmp(t->cell[cell]->scenario, scenario))
			r->begin[r->scenarios++] = nr;
		scenario = t->cell[cell]->scenario;
		r->log[nr++] = ratio;
	}
	r->begin[r->scenarios] = nr;
}

/* The reduction over scenarios drawn with return, and hardware of each. */
static double ratios_draw(const struct ratios *r, uint64_t *random)
{
	double sum = 0;
	size_t nr = 0;

	for (size_t i = 0; i < r->scenarios; i++) {
		size_t scenario = draw(random) % r->scenarios;
		size_t begin = r->begin[scenario];
		size_t cells = r->begin[scenario + 1] - begin;

		for (size_t j = 0; j < cells; j++)
			sum += r->log[begin + draw(random) % cells];
		nr += cells;
	}
	return 1 - exp(sum / nr);
}

/*
 * Cells of one scenario resemble each other, so as independent draws they
 * would make the interval too narrow: scenarios are drawn, then hardware.
 */
static json_t *interval_cells(const struct pair *pair)
{
	double sample[RESAMPLES];
	uint64_t random = RESAMPLE_SEED;
	size_t nr = 0;
	struct ratios r;

	ratios_fill(&r, pair);
	while (r.scenarios && nr < RESAMPLES)
		sample[nr++] = ratios_draw(&r, &random);
	free(r.begin);
	free(r.log);
	return interval(sample, nr);
}

static void put_comparison(json_t *object, const struct table *t,
			   size_t reference, enum eval_metric metric,
			   const char *prefix, const char *suffix)
{
	json_t *reductions = put_object(), *seeds = put_object();
	json_t *cells = put_object();
	char key[64];

	for (size_t i = 0; i < t->policies; i++) {
		const struct pair pair = { t, metric, reference, i };

		if (i == reference)
			continue;
		put_real(reductions, t->policy[i], reduction(&pair, NULL));
		put(seeds, t->policy[i], interval_seeds(&pair));
		put(cells, t->policy[i], interval_cells(&pair));
	}
	snprintf(key, sizeof(key), "%sreduction_vs%s", prefix, suffix);
	put(object, key, reductions);
	snprintf(key, sizeof(key), "%sci95_seeds%s", prefix, suffix);
	put(object, key, seeds);
	snprintf(key, sizeof(key), "%sci95_cells%s", prefix, suffix);
	put(object, key, cells);
}

/* One policy against all others, in each reading of UXCost. */
static void put_comparisons(json_t *object, const struct table *t,
			    size_t reference, const char *prefix)
{
	if (reference == t->policies)
		return;
	put_comparison(object, t, reference, EVAL_UXCOST, prefix, "");
	put_comparison(object, t, reference, EVAL_HONEST, prefix, "_honest");
	put_comparison(object, t, reference, EVAL_FEASIBLE, prefix,
		       "_feasible");
	put_comparison(object, t, reference, EVAL_FEASIBLE_HONEST, prefix,
		       "_feasible_honest");
}

/* Mean over all cells and seeds that have the figure, by policy. */
static json_t *means(const struct table *t, enum eval_metric metric)
{
	json_t *object = put_object();

	for (size_t i = 0; i < t->policies; i++) {
		double sum = 0;
		size_t nr = 0;

		for (size_t j = 0; j < t->cells * t->seeds; j++) {
			double x =
				value(t, metric, i, j / t->seeds, j % t->seeds);

			if (isnan(x))
				continue;
			sum += x;
			nr++;
		}
		put_real(object, t->policy[i], nr ? sum / nr : NAN);
	}
	return object;
}

static void put_setting(json_t *object, const struct table *t)
{
	const struct eval_key *key = &t->first->key;

	put_bool(object, "summary", true);
	put_text(object, "load", key->load);
	put_text(object, "phase", key->phase);
	put_text(object, "expired", key->expired);
	put_text(object, "cascade", key->cascade);
	put_text(object, "estimate_error", key->error);
	put_real(object, "seconds", key->seconds);
	put_count(object, "cells", t->cells);
	put_count(object, "seeds", t->seeds);
	put_count(object, "runs", t->nr);
	put_text(object, "mean",
		 "of each cell the arithmetic mean over seeds, of the cells' "
		 "ratios the geometric mean");
}

static json_t *summary(const struct eval_record *first, size_t nr)
{
	json_t *object = put_object();
	struct table t;
	size_t reference;

	table_fill(&t, first, nr);
	put_setting(object, &t);
	reference = find_policy(&t, REFERENCE);
	put_text(object, "reference",
		 reference < t.policies ? REFERENCE : NULL);
	put_comparisons(object, &t, reference, "");
	reference = find_default(&t);
	put_text(object, "default_policy",
		 reference < t.policies ? t.policy[reference] : NULL);
	put_comparisons(object, &t, reference, "default_");
	for (unsigned int i = EVAL_DLV; i < EVAL_METRICS; i++)
		put(object, eval_metric_name[i], means(&t, i));
	table_free(&t);
	return object;
}

json_t *eval_summaries(const struct eval_set *set)
{
	json_t *array = put_array();
	size_t end;

	for (size_t i = 0; i < set->nr; i = end) {
		for (end = i + 1; end < set->nr; end++)
			if (!eval_same_group(&set->record[i].key,
					     &set->record[end].key))
				break;
		put_append(array, summary(&set->record[i], end - i));
	}
	return array;
}
