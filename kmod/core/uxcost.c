// SPDX-License-Identifier: GPL-2.0-only
/*
 * UXCost (DREAM) from counters of streams, over any window.
 */
#include "xrs_score.h"
#include "xrs_uxcost.h"

#define Q48 BIT_ULL(48)

static u64 add_sat(u64 a, u64 b)
{
	return a > U64_MAX - b ? U64_MAX : a + b;
}

static u64 ratio_q48(u64 num, u64 den)
{
	return den ? xrs_muldiv(num, Q48, den, U64_MAX) : 0;
}

/* (a * b) in Q40 of two Q48. */
static u64 product_q40(u64 a, u64 b)
{
	u64 high = mul_u64_u64_shr(a, b, 64);

	return high >> 56 ? U64_MAX : mul_u64_u64_shr(a, b, 56);
}

/**
 * xrs_uxcost_add() - add a stream's share
 * @sum: where to; zeroed before the first stream
 * @now: the stream's counters at the end of the window
 * @then: those at its beginning; NULL: since reset
 *
 * Frames count in the window in which they ended; cancelled ones do not count
 * at all.  A stream of which none ended is left out; one without a violation
 * counts 1 / (2 * frames), so that a perfect stream does not make the product
 * zero.
 *
 * Context: caller's lock.
 */
void xrs_uxcost_add(struct xrs_uxcost *sum, const struct xrs_counters *now,
		    const struct xrs_counters *then)
{
	static const struct xrs_counters zero;
	u64 frames, violated, worst_pj, used_pj, dlv, ne, executed;

	if (!then)
		then = &zero;
	violated = now->late - then->late + now->dropped - then->dropped +
		   now->failed - then->failed;
	frames = now->completed - then->completed + now->dropped -
		 then->dropped + now->failed - then->failed;
	if (!frames)
		return;

	dlv = violated ? ratio_q48(violated, frames) : ratio_q48(1, 2 * frames);
	sum->dlv_sum_q48 = add_sat(sum->dlv_sum_q48, dlv);
	worst_pj = now->worst_pj - then->worst_pj;
	used_pj = now->energy_pj - then->energy_pj;
	ne = ratio_q48(used_pj, worst_pj);
	executed = ratio_q48(used_pj, now->executed_pj - then->executed_pj);
	sum->ne_sum_q48 = add_sat(sum->ne_sum_q48, ne);
	sum->ne_executed_q48 = add_sat(sum->ne_executed_q48, executed);
	sum->sumprod_q40 = add_sat(sum->sumprod_q40, product_q40(dlv, ne));
	sum->sumprod_executed_q40 = add_sat(sum->sumprod_executed_q40,
					    product_q40(dlv, executed));
	sum->ne_honest_q48 =
		add_sat(sum->ne_honest_q48,
			ratio_q48(now->honest_pj - then->honest_pj, worst_pj));
}

/**
 * xrs_uxcost_finish() - multiply, once all streams are added
 * @sum: the sums; its products are set
 *
 * Context: any.
 */
void xrs_uxcost_finish(struct xrs_uxcost *sum)
{
	sum->uxcost_q40 = product_q40(sum->dlv_sum_q48, sum->ne_sum_q48);
	sum->honest_q40 = product_q40(sum->dlv_sum_q48, sum->ne_honest_q48);
}

/**
 * xrs_uxcost_read() - UXCost in one of its readings (DREAM)
 * @sum: finished
 * @reading: product of the streams' sums, or sum of the streams' products
 * @denominator: what energy is divided by: worst case of all frames, or of those
 *               that had begun
 *
 * Context: any.  Return: UXCost, Q40.
 */
u64 xrs_uxcost_read(const struct xrs_uxcost *sum, enum xrs_reading reading,
		    enum xrs_denominator denominator)
{
	bool executed = denominator == XRS_OF_EXECUTED;

	if (reading == XRS_UXCOST_SUMPROD)
		return executed ? sum->sumprod_executed_q40 : sum->sumprod_q40;
	return executed ? product_q40(sum->dlv_sum_q48, sum->ne_executed_q48) :
			  sum->uxcost_q40;
}
