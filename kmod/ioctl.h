/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of uapi/linux/xrsched.h.
 */
#ifndef XRS_IOCTL_H
#define XRS_IOCTL_H

#include <linux/fs.h>

struct xrsched_record_stats;

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
