// SPDX-License-Identifier: GPL-2.0-only
/*
 * Log-linear histograms: what userspace does with them.
 */
#include "lhist.h"

static __u64 bucket_middle(__u32 bucket)
{
	__u32 octave, sub;
	__u64 width;

	if (!bucket)
		return (1ULL << XRS_LHIST_MIN_SHIFT) / 2;
	octave = XRS_LHIST_MIN_SHIFT + ((bucket - 1) >> XRS_LHIST_SUB_BITS);
	sub = (bucket - 1) & ((1U << XRS_LHIST_SUB_BITS) - 1);
	width = 1ULL << (octave - XRS_LHIST_SUB_BITS);
	return (1ULL << octave) + sub * width + width / 2;
}

void xrs_lhist_add(struct xrs_lhist *hist, __u64 ns)
{
	if (ns > hist->max_ns)
		hist->max_ns = ns;
	hist->bucket[xrs_lhist_bucket_of(ns)]++;
}

__u64 xrs_lhist_count(const struct xrs_lhist *hist)
{
	__u64 nr = 0;
	__u32 bucket;

	for (bucket = 0; bucket < XRS_LHIST_BUCKETS; bucket++)
		nr += hist->bucket[bucket];
	return nr;
}

__u64 xrs_lhist_quantile(const struct xrs_lhist *hist, __u32 ppm)
{
	__u64 nr = xrs_lhist_count(hist), rank, seen = 0, middle;
	__u32 bucket;

	if (!nr)
		return 0;
	/* ceil(nr * ppm / 10^6) without the product, which may not fit. */
	rank = nr / 1000000 * ppm + (nr % 1000000 * ppm + 999999) / 1000000;
	if (!rank)
		rank = 1;
	if (rank >= nr)
		return hist->max_ns;
	for (bucket = 0; bucket < XRS_LHIST_BUCKETS - 1; bucket++) {
		seen += hist->bucket[bucket];
		if (seen >= rank)
			break;
	}
	middle = bucket_middle(bucket);
	return middle < hist->max_ns ? middle : hist->max_ns;
}

void xrs_lhist_subtract(struct xrs_lhist *hist, const struct xrs_lhist *before)
{
	__u32 bucket, top = XRS_LHIST_BUCKETS;

	for (bucket = 0; bucket < XRS_LHIST_BUCKETS; bucket++) {
		hist->bucket[bucket] -= before->bucket[bucket];
		if (hist->bucket[bucket])
			top = bucket;
	}
	if (top == XRS_LHIST_BUCKETS)
		hist->max_ns = 0;
	else if (hist->max_ns == before->max_ns &&
		 bucket_middle(top) < hist->max_ns)
		hist->max_ns = bucket_middle(top);
}
