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
 * A BPF program that is in a hurry has a table instead, of where in the
 * histogram a time's bucket lies.  It serves three ranges of times, as a time
 * that is 2^XRS_LHIST_FAR longer falls XRS_LHIST_FAR octaves higher: 2^16 steps
 * of 2^XRS_LHIST_NEAR ns, as many that are so much wider, and as many that are
 * wider still.
 */
#define XRS_LHIST_NEAR	(XRS_LHIST_MIN_SHIFT - XRS_LHIST_SUB_BITS)
#define XRS_LHIST_FAR	11
#define XRS_LHIST_TABLE 65536

/** xrs_lhist_offset() - where in a histogram a bucket lies, in bytes */
static inline __u32 xrs_lhist_offset(__u32 bucket)
{
	return sizeof(__u64) * (1 + bucket);
}

/** xrs_lhist_entry() - what is at a place of the table */
static inline __u16 xrs_lhist_entry(__u32 place)
{
	__u64 ns = (__u64)place << XRS_LHIST_NEAR;

	return xrs_lhist_offset(xrs_lhist_bucket_of(ns));
}

/*
 * Entry of a table at bit @shift of a time.  Said so that the compiler does not
 * turn it into a mask of 64 bits, for which there is no immediate operand.
 */
static inline __u32 xrs_lhist_at(const __u16 *table, __u64 ns, __u32 shift)
{
	ns >>= shift - 1;
	__asm__ volatile("" : "+r"(ns));
	ns &= sizeof(*table) * (XRS_LHIST_TABLE - 1);
	return *(const __u16 *)((const char *)table + ns);
}

/**
 * xrs_lhist_offset_by() - where in a histogram a time's bucket is, by a table
 * @table: its entry i is xrs_lhist_entry(i)
 * @ns: the time
 *
 * Return: the offset in bytes.
 */
static inline __u32 xrs_lhist_offset_by(const __u16 *table, __u64 ns)
{
	const __u32 near = XRS_LHIST_NEAR, step = XRS_LHIST_FAR;
	const __u32 far = sizeof(__u64) * (step << XRS_LHIST_SUB_BITS);

	if (ns < (__u64)XRS_LHIST_TABLE << near)
		return xrs_lhist_at(table, ns, near);
	if ((ns >> (near + step)) < XRS_LHIST_TABLE)
		return xrs_lhist_at(table, ns, near + step) + far;
	if (ns >> XRS_LHIST_MAX_SHIFT)
		return xrs_lhist_offset(XRS_LHIST_BUCKETS - 1);
	return xrs_lhist_at(table, ns, near + 2 * step) + 2 * far;
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
