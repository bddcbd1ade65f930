/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms of times: 32 buckets an octave from 1 µs to 2^40 ns,
 * so that a bucket's middle is within 1.6 % of what fell into it.
 */
#ifndef XRS_HIST_H
#define XRS_HIST_H

#include "xrs_shim.h"

#define XRS_HIST_SUB_BITS  5
#define XRS_HIST_MIN_SHIFT 10
#define XRS_HIST_MAX_SHIFT 40
#define XRS_HIST_BUCKETS                                                       \
	(1 + ((XRS_HIST_MAX_SHIFT - XRS_HIST_MIN_SHIFT) << XRS_HIST_SUB_BITS))

/**
 * struct xrs_hist - How often which time was seen
 * @nr: times recorded
 * @sum_ns: their sum
 * @max_ns: the longest, exact
 * @bucket: [0] below 2^10 ns; then 32 to an octave; the last also takes what
 *          is longer
 */
struct xrs_hist {
	u64 nr;
	u64 sum_ns;
	u64 max_ns;
	u32 bucket[XRS_HIST_BUCKETS];
};

u32 xrs_hist_bucket(u64 ns);
u64 xrs_hist_quantile(const struct xrs_hist *hist, u32 ppm);

/**
 * xrs_hist_add() - record a time
 * @hist: the histogram
 * @ns: the time
 *
 * Context: caller's lock.
 */
static inline void xrs_hist_add(struct xrs_hist *hist, u64 ns)
{
	u32 bucket = 0;

	if (ns >= BIT_ULL(XRS_HIST_MIN_SHIFT))
		bucket = xrs_hist_bucket(ns);
	hist->nr++;
	hist->sum_ns += ns;
	hist->max_ns = max(hist->max_ns, ns);
	hist->bucket[bucket]++;
}

#endif /* XRS_HIST_H */
