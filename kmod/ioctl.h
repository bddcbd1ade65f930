/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of uapi/linux/xrsched.h.
 */
#ifndef XRS_IOCTL_H
#define XRS_IOCTL_H

#include <linux/fs.h>

#include "abi.h"
#include "words.h"

struct xrsched_record_stats;

/**
 * xrs_arg_get() - copy an extensible argument in
 * @arg: a struct of this kernel, beginning with u32 size
 * @ksize: its size
 * @least: size of its first version
 * @uarg: the caller's
 *
 * Context: process.
 * Return: 0, -EFAULT, -EINVAL (too small), -E2BIG (more than we know, and not
 * zero).
 */
static __always_inline int xrs_arg_get(void *arg, size_t ksize, size_t least,
				       void __user *uarg)
{
	u32 size;
	int ret;

	if (get_user(size, (u32 __user *)uarg))
		return -EFAULT;
	if (size < least)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = xrs_words_get_struct(arg, ksize, uarg, size);
	if (ret)
		return ret;
	/* The caller's may have changed since. */
	*(u32 *)arg = size;
	return 0;
}

/** XRS_ARG_GET() - the same for a struct by name */
#define XRS_ARG_GET(arg, least, uarg)					\
({									\
	static_assert(!(sizeof(arg) % sizeof(u64)));			\
	xrs_arg_get(&(arg), sizeof(arg), least, uarg);			\
})

long xrs_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

/**
 * xrs_record_stats_get() - copy the argument of XRSCHED_IOC_RECORD_STATS in
 * @arg: to be filled in
 * @uarg: the caller's
 *
 * Return: 0, -EFAULT, -EINVAL or -E2BIG.
 */
int xrs_record_stats_get(struct xrsched_record_stats *arg, void __user *uarg);

/** xrs_record_stats_put() - copy it out; 0 or -EFAULT */
int xrs_record_stats_put(const struct xrsched_record_stats *arg,
			 void __user *uarg);

#endif /* XRS_IOCTL_H */
