/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the kernels that the module is built for, 6.1 and later.
 */
#ifndef XRS_COMPAT_H
#define XRS_COMPAT_H

#include <linux/device.h>
#include <linux/dma-fence.h>
#include <linux/eventfd.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/hrtimer.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/uaccess.h>
#include <linux/version.h>

/* struct class::devnode takes a const device since 6.2. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define XRS_DEVNODE_CONST const
#else
#define XRS_DEVNODE_CONST
#endif

/* The name of a namespace of symbols is a string since 6.13. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define XRS_IMPORT_NS(ns) MODULE_IMPORT_NS(#ns)
#else
#define XRS_IMPORT_NS(ns) MODULE_IMPORT_NS(ns)
#endif

/*
 * A timer of absolute CLOCK_MONOTONIC times.  Not of the _HARD kind: its
 * function takes a spinlock_t, which PREEMPT_RT makes a sleeping one.
 */
static inline void
xrs_hrtimer_setup(struct hrtimer *timer,
		  enum hrtimer_restart (*function)(struct hrtimer *))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	timer->function = function;
#endif
}

/* Flags of a mapping are changed through functions since 6.3. */
static inline void xrs_vm_flags_clear(struct vm_area_struct *vma,
				      vm_flags_t flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_clear(vma, flags);
#else
	vma->vm_flags &= ~flags;
#endif
}

/** xrs_hrtimer_start() - have it expire at @at_ns, which may be the past */
static inline void xrs_hrtimer_start(struct hrtimer *timer, u64 at_ns)
{
	hrtimer_start(timer, ns_to_ktime(min_t(u64, at_ns, KTIME_MAX)),
		      HRTIMER_MODE_ABS);
}

/** xrs_vma_flags() - set and clear flags of a mapping being made */
static inline void xrs_vma_flags(struct vm_area_struct *vma,
				 unsigned long set, unsigned long clear)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	vm_flags_mod(vma, set, clear);
#else
	vma->vm_flags = (vma->vm_flags | set) & ~clear;
#endif
}

/** xrs_eventfd_signal() - add 1 to an eventfd; any context */
static inline void xrs_eventfd_signal(struct eventfd_ctx *ctx)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	eventfd_signal(ctx);
#else
	eventfd_signal(ctx, 1);
#endif
}

/**
 * xrs_receive_fd() - open a file of another process's in the current one
 * @file: file
 * @uptr: where the number goes
 * @flags: O_CLOEXEC or 0
 *
 * Context: process, may sleep.
 * Return: the number, or a negative errno; then nothing is open.
 */
static inline int xrs_receive_fd(struct file *file, int __user *uptr,
				 unsigned int flags)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return receive_fd(file, uptr, flags);
#else
	int fd = receive_fd(file, flags);

	if (fd < 0 || !put_user(fd, uptr))
		return fd;
	close_fd(fd);
	return -EFAULT;
#endif
}

/**
 * xrs_fence_set_deadline() - tell a fence by when it is needed, where that can
 * be told: XRS_FENCE_DEADLINES
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 4, 0)
#define XRS_FENCE_DEADLINES 1

static inline void xrs_fence_set_deadline(struct dma_fence *fence, u64 at_ns)
{
	dma_fence_set_deadline(fence,
			       ns_to_ktime(min_t(u64, at_ns, KTIME_MAX)));
}
#else
#define XRS_FENCE_DEADLINES 0

static inline void xrs_fence_set_deadline(struct dma_fence *fence, u64 at_ns)
{
}
#endif

#endif /* XRS_COMPAT_H */
