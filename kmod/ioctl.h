/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of uapi/linux/xrsched.h.
 */
#ifndef XRS_IOCTL_H
#define XRS_IOCTL_H

#include <linux/fs.h>

long xrs_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* XRS_IOCTL_H */
