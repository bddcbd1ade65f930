// SPDX-License-Identifier: GPL-2.0-only
/*
 * UXCost in fixed point against DREAM's formula in long double, over the documented
 * ranges: up to 2^27 frames a stream, sums from 2^-28, products from 2^-20.
 */

#include <math.h>

#include "suite.h"
#include "xrs_uxcost.h"

#define MAX_STREAMS 24

static const long double share = 1e-6L;

struct exact {
	long double dlv;
	long double ne;
	long double honest;
	long double executed;
	long double sumprod;
	long double sumprod_executed;
};

static void random_counters(struct rng *rng, struct xrs_counters *c)
{
	u64 frames = rng_log(rng, 0, 1 << 27);
	u64 violated = rng_chance(rng, 40) ? 0 : rng_log(rng, 0, frames);
	u64 worst = rng_log(rng, 1ULL << 20, 1ULL << 58);
	u32 bits = (u32)rng_below(rng, 24);

	memset(c, 0, sizeof(*c));
	c->late = rng_below(rng, violated + 1);
	c->dropped = rng_below(rng, violated - c->late + 1);
	c->failed = violated - c->late - c->dropped;
	c->completed = frames - c->dropped - c->failed;
	c->cancelled = rng_log(rng, 0, 1 << 20);
	c->released = frames + rng_below(rng, c->cancelled + 1);
	c->submitted = frames + c->cancelled;
	if (!frames)
		return;
	c->worst_pj = worst;
	c->energy_pj = (worst >> bits) + rng_below(rng, 1 + (worst >> bits));
	c->honest_pj = c->energy_pj + rng_below(rng, worst);
	c->executed_pj = worst / (1 + rng_below(rng, 4));
}

static void counters_add(struct xrs_counters *sum,
			 const struct xrs_counters *more)
{
	u64 *to = (u64 *)sum;
	const u64 *from = (const u64 *)more;
	size_t i;

	for (i = 0; i < sizeof(*sum) / sizeof(u64); i++)
		to[i] += from[i];
}

static void exact_add(struct exact *sum, const struct xrs_counters *c)
{
	u64 frames = c->completed + c->dropped + c->failed;
	u64 violated = c->late + c->dropped + c->failed;
	long double dlv, ne, executed = 0;

	if (!frames)
		return;
	dlv = violated ? (long double)violated / frames
		       : 1.0L / (2.0L * frames);
	ne = (long double)c->energy_pj / c->worst_pj;
	if (c->executed_pj)
		executed = (long double)c->energy_pj / c->executed_pj;
	sum->dlv += dlv;
	sum->ne += ne;
	sum->executed += executed;
	sum->sumprod += dlv * ne;
	sum->sumprod_executed += dlv * executed;
	sum->honest += (long double)c->honest_pj / c->worst_pj;
}

static void check_near(const char *what, u64 got, int bits, long double exact,
		       long double least)
{
	long double value = ldexpl((long double)got, -bits);

	if (fabsl(value - exact) <= share * fmaxl(exact, least))
		return;
	fail_msg("%s %.12Lg, exact %.12Lg", what, value, exact);
}

static void check_uxcost(const struct xrs_uxcost *ux, const struct exact *exact)
{
	check_near("DLV", ux->dlv_sum_q48, 48, exact->dlv, 0x1p-28L);
	check_near("NE", ux->ne_sum_q48, 48, exact->ne, 0x1p-28L);
	check_near("honest NE", ux->ne_honest_q48, 48, exact->honest, 0x1p-28L);
	check_near("UXCost", ux->uxcost_q40, 40, exact->dlv * exact->ne,
		   0x1p-20L);
	check_near("honest UXCost", ux->honest_q40, 40,
		   exact->dlv * exact->honest, 0x1p-20L);
	check_near("sumprod",
		   xrs_uxcost_read(ux, XRS_UXCOST_SUMPROD, XRS_OF_RELEASED), 40,
		   exact->sumprod, 0x1p-16L);
	check_near("sumsum of executed",
		   xrs_uxcost_read(ux, XRS_UXCOST_SUMSUM, XRS_OF_EXECUTED), 40,
		   exact->dlv * exact->executed, 0x1p-20L);
	check_near("sumprod of executed",
		   xrs_uxcost_read(ux, XRS_UXCOST_SUMPROD, XRS_OF_EXECUTED), 40,
		   exact->sumprod_executed, 0x1p-16L);
	assert_int_equal(xrs_uxcost_read(ux, XRS_UXCOST_SUMSUM,
					 XRS_OF_RELEASED),
			 ux->uxcost_q40);
}

static void uxcost_random(void **state)
{
	struct rng rng = { oracle_seed + 20 };
	u32 i, k;

	(void)state;
	for (i = 0; i < 20000; i++) {
		u32 nr = (u32)rng_below(&rng, MAX_STREAMS + 1);
		struct xrs_uxcost ux = { 0 };
		struct exact exact = { 0 };

		for (k = 0; k < nr; k++) {
			struct xrs_counters window, then, now;

			random_counters(&rng, &window);
			random_counters(&rng, &then);
			now = window;
			if (rng_chance(&rng, 50)) {
				counters_add(&now, &then);
				xrs_uxcost_add(&ux, &now, &then);
			} else {
				xrs_uxcost_add(&ux, &now, NULL);
			}
			exact_add(&exact, &window);
		}
		xrs_uxcost_finish(&ux);
		check_uxcost(&ux, &exact);
	}
}

/* By hand: 1 of 4 violated, half the energy; nothing violated in 5. */
static void uxcost_by_hand(void **state)
{
	const struct xrs_counters a = { .completed = 3,
					.dropped = 1,
					.released = 4,
					.energy_pj = 50,
					.worst_pj = 100,
					.honest_pj = 75,
					.executed_pj = 80 };
	const struct xrs_counters b = { .completed = 5,
					.released = 5,
					.energy_pj = 20,
					.worst_pj = 80,
					.honest_pj = 20 };
	const struct exact exact = { .dlv = 0.25L + 0.1L,
				     .ne = 0.5L + 0.25L,
				     .honest = 0.75L + 0.25L,
				     .executed = 50 / 80.0L,
				     .sumprod = 0.25L * 0.5L + 0.1L * 0.25L,
				     .sumprod_executed = 0.25L * 50 / 80 };
	struct xrs_uxcost ux = { 0 };

	(void)state;
	xrs_uxcost_add(&ux, &a, NULL);
	xrs_uxcost_add(&ux, &b, NULL);
	xrs_uxcost_finish(&ux);
	check_uxcost(&ux, &exact);
}

/* Late, dropped and failed frames are violated, cancelled ones are nothing. */
static void uxcost_violations(void **state)
{
	const struct xrs_counters c = { .completed = 5,
					.late = 1,
					.dropped = 2,
					.failed = 3,
					.cancelled = 100,
					.released = 110,
					.energy_pj = 1,
					.worst_pj = 1,
					.honest_pj = 1 };
	struct xrs_uxcost ux = { 0 };

	(void)state;
	xrs_uxcost_add(&ux, &c, NULL);
	xrs_uxcost_finish(&ux);
	check_near("DLV", ux.dlv_sum_q48, 48, 0.6L, 0);
}

static void uxcost_left_out(void **state)
{
	const struct xrs_counters none = { .submitted = 7, .cancelled = 7 };
	struct xrs_uxcost ux = { 0 };

	(void)state;
	xrs_uxcost_add(&ux, &none, NULL);
	xrs_uxcost_add(&ux, &none, &none);
	xrs_uxcost_finish(&ux);
	assert_int_equal(ux.dlv_sum_q48, 0);
	assert_int_equal(ux.ne_sum_q48, 0);
	assert_int_equal(ux.ne_honest_q48, 0);
	assert_int_equal(ux.uxcost_q40, 0);
	assert_int_equal(ux.honest_q40, 0);
}

/* The documented saturation: sums at 2^16, products at 2^24. */
static void uxcost_saturates(void **state)
{
	const struct xrs_counters c = { .dropped = 1,
					.released = 1,
					.energy_pj = 1ULL << 62,
					.worst_pj = 1,
					.honest_pj = 1ULL << 63 };
	struct xrs_uxcost ux = { 0 };
	u32 i;

	(void)state;
	for (i = 0; i < 1 << 17; i++)
		xrs_uxcost_add(&ux, &c, NULL);
	xrs_uxcost_finish(&ux);
	check_near("DLV", ux.dlv_sum_q48, 48, 0x1p16L, 0);
	check_near("NE", ux.ne_sum_q48, 48, 0x1p16L, 0);
	check_near("honest NE", ux.ne_honest_q48, 48, 0x1p16L, 0);
	check_near("UXCost", ux.uxcost_q40, 40, 0x1p24L, 0);
	check_near("honest UXCost", ux.honest_q40, 40, 0x1p24L, 0);
}

/* No engine up, no worst case: defined, and the violation is still counted. */
static void uxcost_no_worst(void **state)
{
	const struct xrs_counters c = { .failed = 1, .released = 1 };
	struct xrs_uxcost ux = { 0 };

	(void)state;
	xrs_uxcost_add(&ux, &c, NULL);
	xrs_uxcost_finish(&ux);
	check_near("DLV", ux.dlv_sum_q48, 48, 1, 0);
	assert_int_equal(ux.ne_sum_q48, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(uxcost_random),     cmocka_unit_test(uxcost_by_hand),
	cmocka_unit_test(uxcost_violations), cmocka_unit_test(uxcost_left_out),
	cmocka_unit_test(uxcost_saturates),  cmocka_unit_test(uxcost_no_worst),
};

SUITE(suite_uxcost, tests);
