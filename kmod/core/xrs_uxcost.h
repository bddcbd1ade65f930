/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * UXCost (DREAM) in fixed point, from counters.
 */
#ifndef XRS_UXCOST_H
#define XRS_UXCOST_H

#include "xrs_core.h"

/**
 * struct xrs_uxcost - The metric and its parts
 * @dlv_sum_q48: sum over streams of the violated share of their frames
 * @ne_sum_q48: sum over streams of energy over worst-case energy
 * @ne_honest_q48: the same with violated frames at their worst or more
 * @ne_executed_q48: energy over the worst case of frames that had begun, summed
 * @sumprod_q40: sum over streams of DLV times energy over worst-case energy
 * @sumprod_executed_q40: the same with the worst case of frames that had begun
 * @uxcost_q40: DLV sum times NE sum
 * @honest_q40: DLV sum times honest NE sum
 *
 * Unsigned fixed point with 48 fraction bits for sums (saturating at 2^16) and
 * 40 for products (saturating at 2^24).  Within 1e-6 of the exact value, in
 * relative terms, up to 2^27 frames a stream, for sums from 2^-28 and products
 * from 2^-20 up.
 */
struct xrs_uxcost {
	u64 dlv_sum_q48;
	u64 ne_sum_q48;
	u64 ne_honest_q48;
	u64 ne_executed_q48;
	u64 sumprod_q40;
	u64 sumprod_executed_q40;
	u64 uxcost_q40;
	u64 honest_q40;
};

void xrs_uxcost_add(struct xrs_uxcost *sum, const struct xrs_counters *now,
		    const struct xrs_counters *then);
void xrs_uxcost_finish(struct xrs_uxcost *sum);
u64 xrs_uxcost_read(const struct xrs_uxcost *sum, enum xrs_reading reading,
		    enum xrs_denominator denominator);

#endif /* XRS_UXCOST_H */
