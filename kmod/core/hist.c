// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log-linear histograms.
 */
#include "xrs_hist.h"

#define SUB_BUCKETS BIT_ULL(XRS_HIST_SUB_BITS)

/**
 * xrs_hist_bucket() - where a time belongs that is not in the first bucket
 * @ns: the time, 2^XRS_HIST_MIN_SHIFT at least
 *
 * Context: any.
 */
u32 xrs_hist_bucket(u64 ns)
{
	u32 octave;

	if (ns >= BIT_ULL(XRS_HIST_MAX_SHIFT))
		return XRS_HIST_BUCKETS - 1;
	octave = fls64(ns) - 1;
	return 1 + ((octave - XRS_HIST_MIN_SHIFT) << XRS_HIST_SUB_BITS) +
	       ((ns >> (octave - XRS_HIST_SUB_BITS)) & (SUB_BUCKETS - 1));
}

static u64 bucket_middle(u32 bucket)
{
	u32 octave, sub;
	u64 width;

	if (!bucket)
		return BIT_ULL(XRS_HIST_MIN_SHIFT) / 2;
	octave = XRS_HIST_MIN_SHIFT + ((bucket - 1) >> XRS_HIST_SUB_BITS);
	sub = (bucket - 1) & (SUB_BUCKETS - 1);
	width = BIT_ULL(octave - XRS_HIST_SUB_BITS);
	return BIT_ULL(octave) + sub * width + width / 2;
}

/**
 * xrs_hist_quantile() - time that a share of those recorded did not exceed
 * @hist: the histogram
 * @ppm: the share, 0 … 1000000
 *
 * The nearest-rank quantile, within 1.6 % from 2^10 ns up to 2^40 ns.
 *
 * Context: caller's lock.  Return: ns, 0 for an empty histogram.
 */
u64 xrs_hist_quantile(const struct xrs_hist *hist, u32 ppm)
{
	u64 rank, seen = 0;
	u32 bucket;

	if (!hist->nr)
		return 0;
	rank = div64_u64(hist->nr * ppm + 999999, 1000000);
	rank = max_t(u64, rank, 1);
	if (rank >= hist->nr)
		return hist->max_ns;
	for (bucket = 0; bucket < XRS_HIST_BUCKETS; bucket++) {
		seen += hist->bucket[bucket];
		if (seen >= rank)
			return min(bucket_middle(bucket), hist->max_ns);
	}
	return hist->max_ns;
}
