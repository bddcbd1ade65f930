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

/* Of @nr times, which one in ascending order, from 1, is the quantile? */
static __u64 rank_of(__u64 nr, __u32 ppm)
{
	/* ceil(nr * ppm / 10^6) without the product, which may not fit. */
	__u64 rank = nr / 1000000 * ppm + (nr % 1000000 * ppm + 999999) /
					  1000000;

	return rank ? rank : 1;
}

/* The time of a rank among @nr. */
static __u64 ranked(const struct xrs_lhist *hist, __u64 nr, __u64 rank)
{
	__u64 seen = 0, middle;
	__u32 bucket;

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

__u64 xrs_lhist_quantile(const struct xrs_lhist *hist, __u32 ppm)
{
	__u64 nr = xrs_lhist_count(hist);

	return nr ? ranked(hist, nr, rank_of(nr, ppm)) : 0;
}

__s64 xrs_lhist_signed_quantile(const struct xrs_lhist *below,
				const struct xrs_lhist *above, __u32 ppm)
{
	__u64 negative = xrs_lhist_count(below), others = xrs_lhist_count(above);
	__u64 rank = rank_of(negative + others, ppm);

	if (!negative && !others)
		return 0;
	if (rank <= negative)
		return -(__s64)ranked(below, negative, negative - rank + 1);
	return ranked(above, others, rank - negative);
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

void xrs_lhist_merge(struct xrs_lhist *hist, const struct xrs_lhist *other)
{
	__u32 bucket;

	for (bucket = 0; bucket < XRS_LHIST_BUCKETS; bucket++)
		hist->bucket[bucket] += other->bucket[bucket];
	if (other->max_ns > hist->max_ns)
		hist->max_ns = other->max_ns;
}
