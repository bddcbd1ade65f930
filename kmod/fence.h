/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fences: jobs that wait for others' work, and tell others of their end, by
 * sync_files.  Only where the kernel has these (CONFIG_SYNC_FILE).
 */

/**
 * DOC: Fences
 *
 * An *out-fence* is a dma_fence of ours that is signalled when its job ends.
 * Frames of a stream need not end in order (one is cancelled while an earlier
 * one runs; expired=demote), and a merge of two fences of one context keeps the
 * later one only.  Hence each has a context of its own.
 *
 * An *in-fence* is anybody's.  Its job is with the core from the start, held
 * (xrs_job::held): it has its place in its stream, expires and is cancelled like
 * any other.
 *
 * **Locks.**  Signalling runs others' callbacks with the fence's lock held, and
 * others run ours with theirs.  So no fence's lock is taken while
 * xrs_device::lock is held, nor the other way round: what has happened to fences
 * is put into lists, and the device's irq_work, which runs as soon as interrupts
 * are on again, does what follows: lets go of jobs with xrs_device::lock held,
 * signals without it.  More than XRS_CHUNK of either are a worker's.
 *
 * **Progress.**  From the moment that an out-fence can be seen, all that its job
 * needs to end is interrupts, xrs_device::lock, and works of xrs_workqueue
 * (WQ_MEM_RECLAIM), which do not wait for memory; those that may (events, what
 * is freed) are xrs_chores'.  Works that jobs may depend on are marked by
 * xrs_signalling_begin(), so that lockdep checks it, drivers' resets of engines
 * (xrs_engine_ops.reset has the rule) as well.  An engine that does not
 * answer is taken away by the core's watch, so a job does not wait for it for
 * ever.  It may for others: frames before it, a server that is stopped,
 * somebody else's fence.  So a fence is signalled with -ETIME once its job was
 * submitted XRSCHED_OUT_FENCE_NS ago, whatever becomes of the job.
 *
 * **Hints.**  Where the kernel has them (6.4), an in-fence is told by when it is
 * needed: the job's deadline less its shortest way through its layers.  Hints
 * for our own fences are not heeded: a frame's deadline is its owner's, who may
 * lose the frame by it.
 *
 * **Lifetimes.**  A fence outlives job, stream and device; it holds the module
 * until it is freed.  A wait is freed by the device's worker, after its callback
 * has been removed or has run to its end.
 */
#ifndef XRS_FENCE_H
#define XRS_FENCE_H

#include <linux/irq_work.h>
#include <linux/kconfig.h>
#include <linux/llist.h>
#include <linux/workqueue.h>
#include <linux/xrsched.h>

#ifdef CONFIG_SYNC_FILE
#include <linux/dma-fence.h>
#endif

struct xrs_client;
struct xrs_device;
struct xrs_in_fence;
struct xrs_out_fence;
struct xrs_user_job;

#ifdef CONFIG_SYNC_FILE

/** define XRS_FEATURE_FENCES - XRSCHED_FEATURE_FENCES where there are any. */
#define XRS_FEATURE_FENCES XRSCHED_FEATURE_FENCES

/**
 * struct xrs_fences - A device's news of fences
 * @fired: waits whose fence is signalled, xrs_in_fence::node; no lock
 * @let_go: of these, those with a job, xrs_in_fence::link; xrs_device::lock
 * @over: waits without a job, to be freed, likewise
 * @hints: waits to be told of by when, xrs_in_fence::hint; xrs_device::lock
 * @pending: out-fences of jobs in flight, in the order of submission, likewise
 * @ended: out-fences to be signalled, xrs_out_fence::link; xrs_device::lock
 * @soon: does what cannot be done where it is found out
 * @later: the rest; holds a reference to the device while it is queued
 * @expire: ends those that are pending for too long, likewise
 */
struct xrs_fences {
	struct llist_head fired;
	struct list_head let_go;
	struct list_head over;
	struct list_head hints;
	struct list_head pending;
	struct list_head ended;
	struct irq_work soon;
	struct work_struct later;
	struct delayed_work expire;
};

/** xrs_fences_init() - a device comes */
void xrs_fences_init(struct xrs_device *dev);

/** xrs_fences_stop() - it takes no jobs any more, and has none; may sleep */
void xrs_fences_stop(struct xrs_device *dev);

/** xrs_fences_free() - it goes; nobody uses it any more; process context */
void xrs_fences_free(struct xrs_device *dev);

/** xrs_fences_exit() - the module goes: wait until none of its code is used */
void xrs_fences_exit(void);

/**
 * xrs_fence_attach() - get the fences that userspace wants for a job
 * @client: whose job it is
 * @job: filled in, not submitted; belongs to the caller
 * @elem: the kernel's copy of what is wanted; has flags
 * @uptr: where the number of an out-fence goes, which is not looked at here
 * @exports: takes the out-fence until xrs_fence_publish(); NULL: there are none
 * @index: number of @elem, for xrs_fence_publish()
 *
 * If it fails, xrs_fence_forget() is to be called even so.
 *
 * Context: process, may sleep; file descriptors are the current task's.
 * Return: 0, -EINVAL (no sync_file; an out-fence and no @exports, or of a frame
 * that comes later than it has to be signalled), -EMFILE,
 * -ENFILE or -ENOMEM.
 */
int xrs_fence_attach(struct xrs_client *client, struct xrs_user_job *job,
		     const struct xrsched_job *elem, s32 __user *uptr,
		     struct list_head *exports, u32 index);

/**
 * xrs_fence_publish() - hand out-fences to userspace
 * @exports: list of xrs_fence_attach(), empty afterwards
 * @accepted: only those of elements below this; the others go
 *
 * Context: process, may sleep; no lock.
 */
void xrs_fence_publish(struct list_head *exports, u32 accepted);

/**
 * xrs_fence_submit() - a job with fences is about to be submitted
 * @dev: device
 * @job: job
 *
 * Context: any; @dev->lock held; xrs_fence_submitted() follows if it was.
 */
void xrs_fence_submit(struct xrs_device *dev, struct xrs_user_job *job);

/**
 * xrs_fence_submitted() - the core has accepted a job that waits
 * @dev: device
 * @in: its wait, as it was before; the job may have ended
 *
 * Context: any; @dev->lock held; xrs_device_run() follows.
 */
void xrs_fence_submitted(struct xrs_device *dev, struct xrs_in_fence *in);

/**
 * xrs_fence_finish() - a job with fences has ended
 * @dev: device
 * @job: job, all set but its fences
 *
 * Context: any; @dev->lock held.
 */
void xrs_fence_finish(struct xrs_device *dev, struct xrs_user_job *job);

/**
 * xrs_fence_forget() - a job with fences has never been one
 * @dev: device
 * @job: job
 *
 * Context: any; @dev->lock held.
 */
void xrs_fence_forget(struct xrs_device *dev, struct xrs_user_job *job);

/** xrs_signalling_begin() - what follows, jobs' ends may depend on */
static inline bool xrs_signalling_begin(void)
{
	return dma_fence_begin_signalling();
}

/** xrs_signalling_end() - @cookie is what xrs_signalling_begin() returned */
static inline void xrs_signalling_end(bool cookie)
{
	dma_fence_end_signalling(cookie);
}

#else

#define XRS_FEATURE_FENCES 0

struct xrs_fences {
};

static inline void xrs_fences_init(struct xrs_device *dev) {}
static inline void xrs_fences_stop(struct xrs_device *dev) {}
static inline void xrs_fences_free(struct xrs_device *dev) {}
static inline void xrs_fences_exit(void) {}

static inline int xrs_fence_attach(struct xrs_client *client,
				   struct xrs_user_job *job,
				   const struct xrsched_job *elem,
				   s32 __user *uptr, struct list_head *exports,
				   u32 index)
{
	return -EOPNOTSUPP;
}

static inline void xrs_fence_publish(struct list_head *exports, u32 accepted)
{
}

static inline void xrs_fence_submit(struct xrs_device *dev,
				    struct xrs_user_job *job)
{
}

static inline void xrs_fence_submitted(struct xrs_device *dev,
				       struct xrs_in_fence *in)
{
}

static inline void xrs_fence_finish(struct xrs_device *dev,
				    struct xrs_user_job *job)
{
}

static inline void xrs_fence_forget(struct xrs_device *dev,
				    struct xrs_user_job *job)
{
}

static inline bool xrs_signalling_begin(void)
{
	return false;
}

static inline void xrs_signalling_end(bool cookie)
{
}

#endif /* CONFIG_SYNC_FILE */

#endif /* XRS_FENCE_H */
