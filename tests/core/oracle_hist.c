// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quantiles of histograms against sorted arrays: within 3 % from 2^10 ns to
 * 2^40 ns; below and above, on the right side.
 */

#include "suite.h"
#include "xrs_hist.h"

#define NR_TIMES 20000

static int by_value(const void *a, const void *b)
{
	u64 x = *(const u64 *)a;
	u64 y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static void check_quantile(const char *name, u32 ppm, u64 got, u64 exact,
			   u64 top)
{
	bool ok;

	if (exact < 1 << XRS_HIST_MIN_SHIFT)
		ok = got <= 1 << XRS_HIST_MIN_SHIFT;
	else if (exact >= 1ULL << XRS_HIST_MAX_SHIFT)
		ok = got >= (1ULL << XRS_HIST_MAX_SHIFT) / 100 * 97 &&
		     got <= top;
	else
		ok = got >= exact - exact / 100 * 3 &&
		     got <= exact + exact / 100 * 3;
	if (!ok)
		fail_msg("%s: quantile %u ppm is %llu, exact %llu", name, ppm,
			 (unsigned long long)got, (unsigned long long)exact);
}

/* Sorts @ns. */
static void check_hist(const char *name, u64 *ns, u32 nr)
{
	static const u32 share[] = { 1,	     1000,   10000,  250000,
				     500000, 900000, 990000, 999000,
				     999900, 999999, 1000000 };
	struct xrs_hist *hist = calloc(1, sizeof(*hist));
	u64 sum = 0;
	u64 last = 0;
	u32 i;

	assert_non_null(hist);
	for (i = 0; i < nr; i++) {
		xrs_hist_add(hist, ns[i]);
		sum += ns[i];
	}
	qsort(ns, nr, sizeof(*ns), by_value);
	assert_int_equal(hist->nr, nr);
	assert_int_equal(hist->max_ns, ns[nr - 1]);
	assert_int_equal(hist->sum_ns, sum);
	for (i = 0; i < ARRAY_SIZE(share); i++) {
		u64 rank = ((u64)nr * share[i] + XRS_PPM - 1) / XRS_PPM;
		u64 got = xrs_hist_quantile(hist, share[i]);

		check_quantile(name, share[i], got, ns[rank - 1], ns[nr - 1]);
		assert_true(got >= last);
		last = got;
	}
	free(hist);
}

static u64 draw(struct rng *rng, u32 shape)
{
	switch (shape) {
	case 0: /* uniform */
		return rng_range(rng, 1 << 20, 1 << 24);
	case 1: /* log-uniform over all there is */
		return rng_log(rng, 1, 1ULL << 40);
	case 2: /* constant */
		return 16666667;
	case 3: /* two humps far apart */
		return rng_chance(rng, 95)
			       ? rng_range(rng, 1000000, 1100000)
			       : rng_range(rng, 1ULL << 33, 1ULL << 34);
	case 4: /* long tail: product of uniforms */
		return 1024 + rng_below(rng, 1 << 20) *
				      rng_below(rng, 1 << 10) /
				      (1 + rng_below(rng, 1 << 10));
	case 5: /* edges of buckets */
		return (1ULL << rng_range(rng, 10, 39)) - rng_below(rng, 2);
	default: /* short */
		return rng_below(rng, 4096);
	}
}

static void hist_distributions(void **state)
{
	static const char *const shape[] = { "uniform",	 "log-uniform",
					     "constant", "two humps",
					     "tail",	 "edges",
					     "short" };
	struct rng rng = { oracle_seed + 40 };
	u64 *ns = calloc(NR_TIMES, sizeof(*ns));
	u32 s, i;

	(void)state;
	assert_non_null(ns);
	for (s = 0; s < ARRAY_SIZE(shape); s++) {
		for (i = 0; i < NR_TIMES; i++)
			ns[i] = draw(&rng, s);
		check_hist(shape[s], ns, NR_TIMES);
	}
	free(ns);
}

static void hist_few(void **state)
{
	struct rng rng = { oracle_seed + 41 };
	u64 ns[9];
	u32 nr, i, k;

	(void)state;
	for (k = 0; k < 2000; k++) {
		nr = (u32)rng_range(&rng, 1, ARRAY_SIZE(ns));
		for (i = 0; i < nr; i++)
			ns[i] = rng_log(&rng, 0, 1ULL << 40);
		check_hist("few", ns, nr);
	}
}

static void hist_extremes(void **state)
{
	u64 zero[] = { 0 };
	u64 ends[] = { 0, 1, 1023, 1024, (1ULL << 40) - 1, 1ULL << 40 };
	u64 beyond[] = { 1ULL << 40, (1ULL << 40) + 1, 1ULL << 50, 1ULL << 62 };
	u64 most[] = { U64_MAX };

	(void)state;
	check_hist("zero", zero, ARRAY_SIZE(zero));
	check_hist("ends", ends, ARRAY_SIZE(ends));
	check_hist("beyond", beyond, ARRAY_SIZE(beyond));
	check_hist("most", most, ARRAY_SIZE(most));
}

static void hist_empty(void **state)
{
	struct xrs_hist *hist = calloc(1, sizeof(*hist));

	(void)state;
	assert_non_null(hist);
	assert_int_equal(xrs_hist_quantile(hist, 0), 0);
	assert_int_equal(xrs_hist_quantile(hist, 500000), 0);
	assert_int_equal(xrs_hist_quantile(hist, 1000000), 0);
	free(hist);
}

/* Every time falls into one bucket, later times never into an earlier one. */
static void hist_buckets(void **state)
{
	struct xrs_hist *hist = calloc(1, sizeof(*hist));
	u32 last = 0;
	u64 ns;

	(void)state;
	assert_non_null(hist);
	for (ns = 1; ns && ns <= 1ULL << 42; ns += 1 + ns / 128) {
		u32 bucket = 0;

		memset(hist, 0, sizeof(*hist));
		xrs_hist_add(hist, ns);
		while (bucket < XRS_HIST_BUCKETS && !hist->bucket[bucket])
			bucket++;
		assert_true(bucket < XRS_HIST_BUCKETS);
		assert_int_equal(hist->bucket[bucket], 1);
		assert_true(bucket >= last && bucket <= last + 1);
		last = bucket;
	}
	assert_int_equal(last, XRS_HIST_BUCKETS - 1);
	free(hist);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(hist_distributions), cmocka_unit_test(hist_few),
	cmocka_unit_test(hist_extremes),      cmocka_unit_test(hist_empty),
	cmocka_unit_test(hist_buckets),
};

SUITE(suite_hist, tests);
