/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Log-linear histograms of times, filled by BPF programs and read by userspace:
 * the layout of the scheduler's own ones (kmod/core/xrs_hist.h), 32 buckets an
 * octave from 2^10 to 2^40 ns, so that both can be compared bucket by bucket.
 * A bucket's middle is within 1.6 % of whatever fell into it.
 */
#ifndef XRS_LHIST_H
#define XRS_LHIST_H

#include <linux/types.h>

#define XRS_LHIST_SUB_BITS  5
#define XRS_LHIST_MIN_SHIFT 10
#define XRS_LHIST_MAX_SHIFT 40
#define XRS_LHIST_BUCKETS                                                      \
	(1 + ((XRS_LHIST_MAX_SHIFT - XRS_LHIST_MIN_SHIFT)                      \
	      << XRS_LHIST_SUB_BITS))

/**
 * struct xrs_lhist - How often which time was seen
 * @max_ns: the longest, exact
 * @bucket: [0] below 2^10 ns; then 32 to an octave; the last also takes what
 *          is longer
 */
struct xrs_lhist {
	__u64 max_ns;
	__u64 bucket[XRS_LHIST_BUCKETS];
};

/** xrs_lhist_bucket_of() - bucket that a time falls into */
static inline __u32 xrs_lhist_bucket_of(__u64 ns)
{
	const __u32 first = (1U << XRS_LHIST_SUB_BITS) - 1;
	__u32 above = 0, step;
	__u64 value;

	if (ns >> XRS_LHIST_MIN_SHIFT == 0)
		return 0;
	if (ns >> XRS_LHIST_MAX_SHIFT)
		return XRS_LHIST_BUCKETS - 1;
	/* Octaves above the first: BPF has no instruction for it. */
	value = ns >> XRS_LHIST_MIN_SHIFT;
	for (step = 16; step; step >>= 1) {
		if (value >> step) {
			value >>= step;
			above += step;
		}
	}
	/* The shifted time keeps its highest bit. */
	return (above << XRS_LHIST_SUB_BITS) +
	       (__u32)(ns >> (XRS_LHIST_MIN_SHIFT - XRS_LHIST_SUB_BITS +
			      above)) - first;
}

/*
 * A BPF program that is in a hurry has a table instead, which serves ranges of
 * times, as a time that is 2^XRS_LHIST_FAR longer falls XRS_LHIST_FAR octaves
 * higher: 2^16 steps of 2^XRS_LHIST_NEAR ns, as many that are so much wider, and
 * as many that are wider still.
 */
#define XRS_LHIST_NEAR	(XRS_LHIST_MIN_SHIFT - XRS_LHIST_SUB_BITS)
#define XRS_LHIST_FAR	11
#define XRS_LHIST_TABLE 65536

/**
 * xrs_lhist_bucket_by() - bucket that a time falls into, from a table
 * @table: its entry i is xrs_lhist_bucket_of(i << XRS_LHIST_NEAR)
 * @ns: the time
 *
 * Return: the bucket; what is not below XRS_LHIST_BUCKETS means the last one.
 */
static inline __u32 xrs_lhist_bucket_by(const __u16 *table, __u64 ns)
{
	const __u32 far = XRS_LHIST_FAR << XRS_LHIST_SUB_BITS;

	if (ns < (__u64)XRS_LHIST_TABLE << XRS_LHIST_NEAR)
		return table[(__u32)ns >> XRS_LHIST_NEAR];
	ns >>= XRS_LHIST_NEAR + XRS_LHIST_FAR;
	if (ns < XRS_LHIST_TABLE)
		return table[ns] + far;
	ns >>= XRS_LHIST_FAR;
	if (ns < XRS_LHIST_TABLE)
		return table[ns] + 2 * far;
	return XRS_LHIST_BUCKETS;
}

#ifndef __bpf__
/**
 * xrs_lhist_add() - record a time
 * @hist: the histogram
 * @ns: the time
 */
void xrs_lhist_add(struct xrs_lhist *hist, __u64 ns);

/** xrs_lhist_count() - how many times were recorded */
__u64 xrs_lhist_count(const struct xrs_lhist *hist);

/**
 * xrs_lhist_quantile() - time that a share of those recorded did not exceed
 * @hist: the histogram
 * @ppm: the share, 0 … 1000000
 *
 * Return: the nearest-rank quantile in ns, within 1.6 % from 2^10 to 2^40 ns,
 * the largest exact; 0 for an empty histogram.
 */
__u64 xrs_lhist_quantile(const struct xrs_lhist *hist, __u32 ppm);

/**
 * xrs_lhist_subtract() - what was recorded since
 * @hist: the histogram now; becomes the difference
 * @before: an earlier copy of it
 *
 * The longest time of the difference is exact where it is also the longest of
 * all; else it is the middle of its bucket.
 */
void xrs_lhist_subtract(struct xrs_lhist *hist, const struct xrs_lhist *before);

/**
 * xrs_lhist_merge() - add what another one recorded
 * @hist: the histogram
 * @other: the other one
 */
void xrs_lhist_merge(struct xrs_lhist *hist, const struct xrs_lhist *other);

/**
 * xrs_lhist_signed_quantile() - quantile of times of which some are negative
 * @below: the negative ones, without their sign
 * @above: the others
 * @ppm: as of xrs_lhist_quantile(); 0: the least
 *
 * Return: the nearest-rank quantile of all of them, as exact as those of
 * xrs_lhist_quantile(); 0 if there are none.
 */
__s64 xrs_lhist_signed_quantile(const struct xrs_lhist *below,
				const struct xrs_lhist *above, __u32 ppm);
#endif

#endif /* XRS_LHIST_H */
