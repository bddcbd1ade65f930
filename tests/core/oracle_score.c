// SPDX-License-Identifier: GPL-2.0-only
/*
 * MapScore in fixed point against DREAM's formula in long double.
 *
 * Documented: the error is at most 1e-6 of the sum of the terms' magnitudes
 * where that sum is 2^-9 or more.  Below: three quotients, weighed by at most 2,
 * and three products, each off by 2^-32 at most.
 */

#include <math.h>

#include "suite.h"
#include "xrs_score.h"

#define NR_RANDOM 1200000

static const long double one = 4294967296.0L;
static const long double share = 1e-6L;
static const long double least = 1.0L / 512;

struct exact {
	long double score;
	long double magnitude;
};

static long double at_most(long double x, long double cap)
{
	return x < cap ? x : cap;
}

static struct exact exact_score(const struct xrs_weights *w,
				const struct xrs_terms *t)
{
	long double urgency = (long double)t->togo_ns / t->slack_ns;
	long double lat_pref = t->lat_pref / one;
	long double alpha = w->alpha / one;
	long double beta = w->beta / one;
	long double energy = t->energy_pj ? t->energy_pj : 1;
	long double first, starv, en_pref, switched;

	first = w->add ? at_most(urgency, 0x1p29L) + lat_pref
		       : at_most(urgency * lat_pref, 0x1p29L);
	starv = alpha * at_most((long double)t->age_ns / t->mean_ns, 0x1p20L);
	en_pref = beta * (t->en_pref / one);
	switched = beta * at_most(t->switch_pj / energy, 0x1p20L);

	return (struct exact){
		.score = first + starv + en_pref - switched,
		.magnitude = first + starv + en_pref + switched,
	};
}

static void check_score(const struct xrs_weights *w, const struct xrs_terms *t)
{
	struct exact exact = exact_score(w, t);
	long double got = xrs_mapscore(w, t) / one;
	long double error = fabsl(got - exact.score);
	long double bound =
		exact.magnitude >= least ? share * exact.magnitude : 7 / one;

	if (error <= bound)
		return;
	fail_msg("score %.12Lg, exact %.12Lg, error %.3Lg of magnitude %.6Lg; "
		 "alpha %llu beta %llu add %d togo %llu slack %llu lat_pref "
		 "%llu age %llu mean %llu en_pref %llu switch %llu energy %llu",
		 got, exact.score, error / exact.magnitude, exact.magnitude,
		 (unsigned long long)w->alpha, (unsigned long long)w->beta,
		 w->add, (unsigned long long)t->togo_ns,
		 (unsigned long long)t->slack_ns,
		 (unsigned long long)t->lat_pref, (unsigned long long)t->age_ns,
		 (unsigned long long)t->mean_ns, (unsigned long long)t->en_pref,
		 (unsigned long long)t->switch_pj,
		 (unsigned long long)t->energy_pj);
}

/* 0, next to nothing, anything up to 2, 2. */
static u64 random_weight(struct rng *rng)
{
	switch (rng_below(rng, 6)) {
	case 0:
		return 0;
	case 1:
		return rng_log(rng, 1, 1 << 20);
	case 2:
		return 2 * XRS_Q32_ONE;
	default:
		return rng_range(rng, 0, 2 * XRS_Q32_ONE);
	}
}

/* Sum of a positive number of values that includes @own, over @own. */
static u64 random_pref(struct rng *rng, u64 own, u64 others)
{
	return xrs_ratio_q32(own + rng_log(rng, 0, others), own ? own : 1);
}

static void random_terms(struct rng *rng, struct xrs_terms *t)
{
	u64 lat = rng_log(rng, 1, 1ULL << 40);

	t->togo_ns = rng_log(rng, 1, 1ULL << 52);
	t->slack_ns = rng_log(rng, 1, 1ULL << 42);
	t->lat_pref = random_pref(rng, lat, 63ULL << 40);
	t->age_ns = rng_log(rng, 0, 1ULL << 44);
	t->mean_ns = rng_log(rng, 1, 1ULL << 40);
	t->energy_pj = rng_log(rng, 0, 1ULL << 50);
	t->en_pref = random_pref(rng, t->energy_pj, 63ULL << 50);
	t->switch_pj = rng_log(rng, 0, 1ULL << 42);
}

static void score_random(void **state)
{
	struct rng rng = { oracle_seed };
	struct xrs_weights w;
	struct xrs_terms t;
	u32 i;

	(void)state;
	for (i = 0; i < NR_RANDOM; i++) {
		w.alpha = random_weight(&rng);
		w.beta = random_weight(&rng);
		w.add = rng_chance(&rng, 50);
		random_terms(&rng, &t);
		check_score(&w, &t);
	}
}

/* Small scores, where rounding weighs most. */
static void score_random_small(void **state)
{
	struct rng rng = { oracle_seed + 1 };
	struct xrs_weights w = { 0 };
	struct xrs_terms t;
	u32 i;

	(void)state;
	for (i = 0; i < NR_RANDOM / 4; i++) {
		random_terms(&rng, &t);
		w.alpha = random_weight(&rng);
		w.beta = rng_chance(&rng, 50) ? 0 : rng_log(&rng, 1, 1 << 22);
		t.lat_pref = XRS_Q32_ONE + rng_below(&rng, XRS_Q32_ONE);
		t.slack_ns = rng_log(&rng, 1ULL << 30, 1ULL << 42);
		t.togo_ns =
			1 + t.slack_ns / rng_log(&rng, 1ULL << 6, 1ULL << 14);
		t.mean_ns = rng_log(&rng, 1ULL << 20, 1ULL << 40);
		t.age_ns = t.mean_ns / rng_log(&rng, 1ULL << 6, 1ULL << 16);
		t.switch_pj = rng_log(&rng, 0, 2 * t.energy_pj + 1);
		check_score(&w, &t);
	}
}

/* Every combination of the ends of the ranges. */
static void score_extremes(void **state)
{
	static const u64 weight[] = { 0, 1, 2 * XRS_Q32_ONE };
	static const u64 big[] = { 1, 1ULL << 52 };
	static const u64 slack[] = { 1, 1ULL << 42 };
	static const u64 pref[] = { XRS_Q32_ONE, XRS_PREFERENCE_CAP };
	static const u64 age[] = { 0, 1, 1ULL << 44 };
	static const u64 mean[] = { 1, 1ULL << 40 };
	static const u64 energy[] = { 0, 1, 1ULL << 50 };
	static const u64 sw[] = { 0, 1, 1ULL << 42 };
	u32 n = 3 * 3 * 2 * 2 * 2 * 2 * 3 * 2 * 2 * 3 * 3;
	u32 i;

	(void)state;
	for (i = 0; i < n; i++) {
		struct xrs_weights w;
		struct xrs_terms t;
		u32 k = i;

		w.alpha = weight[k % 3], k /= 3;
		w.beta = weight[k % 3], k /= 3;
		w.add = k % 2, k /= 2;
		t.togo_ns = big[k % 2], k /= 2;
		t.slack_ns = slack[k % 2], k /= 2;
		t.lat_pref = pref[k % 2], k /= 2;
		t.age_ns = age[k % 3], k /= 3;
		t.mean_ns = mean[k % 2], k /= 2;
		t.en_pref = pref[k % 2], k /= 2;
		t.energy_pj = energy[k % 3], k /= 3;
		t.switch_pj = sw[k % 3];
		check_score(&w, &t);
	}
}

/* Arguments outside the documented ranges must not overflow or divide by 0. */
static void score_defined_everywhere(void **state)
{
	static const u64 any[] = { 0, 1, U64_MAX };
	struct xrs_weights w = { 2 * XRS_Q32_ONE, 2 * XRS_Q32_ONE, false };
	u32 i;

	(void)state;
	for (i = 0; i < 3 * 3 * 3 * 3 * 3 * 3; i++) {
		struct xrs_terms t = {
			.togo_ns = any[i % 3],
			.slack_ns = any[i / 3 % 3],
			.age_ns = any[i / 9 % 3],
			.mean_ns = any[i / 27 % 3],
			.switch_pj = any[i / 81 % 3],
			.energy_pj = any[i / 243 % 3],
			.lat_pref = XRS_PREFERENCE_CAP,
			.en_pref = XRS_PREFERENCE_CAP,
		};
		s64 score = xrs_mapscore(&w, &t);

		assert_true(score >= -(s64)(2 * XRS_SWITCH_CAP));
		assert_true(score <=
			    (s64)(XRS_URGENCY_CAP + 4 * XRS_STARV_CAP));
	}
}

/* One more of a thing never lowers what it raises. */
static void score_monotone(void **state)
{
	struct rng rng = { oracle_seed + 2 };
	u32 i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		struct xrs_weights w = { random_weight(&rng),
					 random_weight(&rng),
					 rng_chance(&rng, 50) };
		struct xrs_terms t, more;
		s64 score;

		random_terms(&rng, &t);
		score = xrs_mapscore(&w, &t);
		more = t, more.togo_ns += rng_log(&rng, 1, 1ULL << 40);
		assert_true(xrs_mapscore(&w, &more) >= score);
		more = t, more.slack_ns += rng_log(&rng, 1, 1ULL << 40);
		assert_true(xrs_mapscore(&w, &more) <= score);
		more = t, more.age_ns += rng_log(&rng, 1, 1ULL << 40);
		assert_true(xrs_mapscore(&w, &more) >= score);
		more = t, more.switch_pj += rng_log(&rng, 1, 1ULL << 40);
		assert_true(xrs_mapscore(&w, &more) <= score);
	}
}

static void muldiv_random(void **state)
{
	struct rng rng = { oracle_seed + 3 };
	u32 i;

	(void)state;
	for (i = 0; i < 1000000; i++) {
		u64 a = rng_log(&rng, 0, U64_MAX);
		u64 b = rng_log(&rng, 0, U64_MAX);
		u64 c = rng_log(&rng, 0, U64_MAX);
		u64 cap = rng_log(&rng, 1, U64_MAX);
		unsigned __int128 exact =
			(unsigned __int128)a * b / (c ? c : 1);
		u64 want = exact < cap ? (u64)exact : cap;

		assert_int_equal(xrs_muldiv(a, b, c, cap), want);
		assert_int_equal(xrs_muldiv_wide(a, b, c, cap), want);
	}
	assert_int_equal(xrs_muldiv(U64_MAX, U64_MAX, U64_MAX, U64_MAX),
			 U64_MAX);
	assert_int_equal(xrs_muldiv(U64_MAX, U64_MAX, 1, 7), 7);
	assert_int_equal(xrs_muldiv(U64_MAX, U64_MAX, 0, 7), 7);
}

static void ratio_q32(void **state)
{
	struct rng rng = { oracle_seed + 4 };
	u32 i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		u64 num = rng_log(&rng, 0, U64_MAX);
		u64 den = rng_log(&rng, 1, U64_MAX);
		long double exact = at_most((long double)num / den * one,
					    XRS_PREFERENCE_CAP);

		assert_true(fabsl(xrs_ratio_q32(num, den) - exact) <=
			    1.0L + exact * 1e-18L);
	}
	assert_int_equal(xrs_ratio_q32(3, 2), 3 * XRS_Q32_ONE / 2);
	assert_int_equal(xrs_ratio_q32(5, 0), 5 * XRS_Q32_ONE);
	assert_int_equal(xrs_ratio_q32(U64_MAX, 1), XRS_PREFERENCE_CAP);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(score_random),
	cmocka_unit_test(score_random_small),
	cmocka_unit_test(score_extremes),
	cmocka_unit_test(score_defined_everywhere),
	cmocka_unit_test(score_monotone),
	cmocka_unit_test(muldiv_random),
	cmocka_unit_test(ratio_q32),
};

SUITE(suite_score, tests);
