/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's job: the core's job and the completion that it will become.
 */
#ifndef XRS_JOB_H
#define XRS_JOB_H

#include <linux/xrsched.h>

#include "stream.h"

struct xrs_buffers;
struct xrs_ring;

/**
 * struct xrs_user_job - A client's job
 * @core: what the core knows, from submission to its end
 * @link: in the list of whoever owns it outside the core
 * @done: cookie and handle from the start, the rest when it ends: there is
 *        nothing to allocate then, so no completion can be lost
 * @ring: the rings it came by and completes on, NULL: the client's queue
 * @refused: why it is none, an errno, or 0
 * @in: its wait for a fence, or NULL
 * @out: the fence for its end, or NULL
 * @buffers: the files passed along with it, or NULL
 * @announced: trace event job_submit has been emitted
 *
 * Protected by xrs_device::lock from submission until it is reaped.
 */
struct xrs_user_job {
	struct xrs_job core;
	struct list_head link;
	struct xrsched_completion done;
	struct xrs_ring *ring;
	int refused;
	struct xrs_in_fence *in;
	struct xrs_out_fence *out;
	struct xrs_buffers *buffers;
	bool announced;
};

/** to_xrs_user_job() - the job that the core means */
static inline struct xrs_user_job *to_xrs_user_job(struct xrs_job *core)
{
	return container_of(core, struct xrs_user_job, core);
}

int xrs_user_job_cache_create(void);
void xrs_user_job_cache_destroy(void);

/**
 * xrs_user_job_take() - get jobs to be filled in by xrs_user_job_fill()
 * @client: whose they will be
 * @jobs: room for @nr
 * @nr: how many, XRS_CHUNK at most
 *
 * Context: process, may sleep; takes xrs_device::lock.
 * Return: how many there are in @jobs; fewer if memory is short.
 */
u32 xrs_user_job_take(struct xrs_client *client, struct xrs_user_job **jobs,
		      u32 nr);

/**
 * xrs_user_job_recycle() - keep a job that has ended for the client's next one
 * @client: whose it was
 * @job: job; still there until the run that is under way has ended
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 */
void xrs_user_job_recycle(struct xrs_client *client, struct xrs_user_job *job);

/**
 * xrs_user_job_pool_fill() - the same for as many of a list as can be used
 * @client: whose they were
 * @jobs: jobs; those that are left are the caller's
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_user_job_pool_fill(struct xrs_client *client, struct list_head *jobs);

/** xrs_user_job_pool_free() - the client goes; any context */
void xrs_user_job_pool_free(struct xrs_client *client);

/** xrs_user_job_free_list() - free the jobs of a list; any context */
void xrs_user_job_free_list(struct list_head *jobs);

/**
 * xrs_user_job_fill() - make a job of what userspace wants
 * @job: from xrs_user_job_take(), whatever is in it
 * @elem: the kernel's copy of it
 * @size: how much of it userspace knows
 *
 * Fences and buffers are the caller's to attach, if there are flags.
 *
 * Context: any.
 * Return: 0, or -EINVAL (flags, padding); then only @job->done's cookie, frame
 * and stream are of use.
 */
int xrs_user_job_fill(struct xrs_user_job *job, const struct xrsched_job *elem,
		      u32 size);

/**
 * xrs_user_job_forget() - a job with fences or buffers has never been one
 * @client: whose it would have been
 * @job: filled in, not with the core; has none afterwards
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_user_job_forget(struct xrs_client *client, struct xrs_user_job *job);

/**
 * xrs_user_job_submit_one() - give a job to the core
 * @client: whose it is
 * @job: filled in; the caller's still unless this succeeds
 * @events: grows by what this counts for against XRS_CHUNK
 * @now_ns: now
 *
 * It may have ended when this returns.
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 * Return: 0, -EINVAL or -ENOENT as struct xrsched_job says.
 */
int xrs_user_job_submit_one(struct xrs_client *client, struct xrs_user_job *job,
			    u32 *events, u64 now_ns);

/**
 * xrs_user_job_no_room() - count a submission that found the queue full
 * @client: whose it is
 * @job: filled in
 *
 * Context: any; xrs_device::lock held.
 * Return: -EAGAIN.
 */
int xrs_user_job_no_room(struct xrs_client *client,
			 const struct xrs_user_job *job);

/**
 * xrs_user_job_describe() - say what became of a job
 * @job: job that has ended, or was refused
 * @done: where to; all of it is written and nothing read
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_user_job_describe(const struct xrs_user_job *job,
			   struct xrsched_completion *done);

/**
 * xrs_user_job_announce() - trace its submission, once, before all else
 * @dev: device
 * @job: job that the core has accepted
 *
 * Context: any; @dev->lock held.
 */
void xrs_user_job_announce(struct xrs_device *dev, struct xrs_user_job *job);

/**
 * xrs_user_job_finish() - the job ended: complete, count down, trace
 * @dev: device
 * @job: job that the core has given back
 *
 * Context: any; @dev->lock held.
 */
void xrs_user_job_finish(struct xrs_device *dev, struct xrs_user_job *job);

/**
 * xrs_user_job_submit() - submit a batch, as XRSCHED_IOC_SUBMIT says
 * @client: client
 * @arg: the call; all but @arg->size is checked here, @arg->accepted filled in
 *
 * Return: 0, or as struct xrsched_submit says.
 */
int xrs_user_job_submit(struct xrs_client *client, struct xrsched_submit *arg);

/**
 * xrs_user_job_cancel() - cancel frames, as XRSCHED_IOC_CANCEL says
 * @client: client
 * @arg: the call; all but @arg->size is checked here, @arg->cancelled filled in
 *
 * Return: 0, or as struct xrsched_cancel says.
 */
int xrs_user_job_cancel(struct xrs_client *client, struct xrsched_cancel *arg);

#endif /* XRS_JOB_H */
