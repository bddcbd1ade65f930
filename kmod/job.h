/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's job: the core's job and the completion that it will become.
 */
#ifndef XRS_JOB_H
#define XRS_JOB_H

#include <linux/tracepoint-defs.h>
#include <linux/xrsched.h>

#include "stream.h"

struct xrs_buffers;
struct xrs_ring;

/* trace_job_submit_enabled(), whose header needs this one. */
#ifdef NOTRACE
#define xrs_submit_traced() false
#else
DECLARE_TRACEPOINT(job_submit);
#define xrs_submit_traced() tracepoint_enabled(job_submit)
#endif

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
static inline void xrs_user_job_recycle(struct xrs_client *client,
					struct xrs_user_job *job)
{
	lockdep_assert_held(&client->device->lock);
	if (client->nr_pool < XRS_POOL_JOBS)
		client->pool[client->nr_pool++] = job;
	else
		list_add(&job->link, &client->device->orphans);
}

/**
 * xrs_user_job_pool_fill() - the same for as many of a list as can be used
 * @client: whose they were
 * @jobs: jobs; those that are left are the caller's
 * @nr: how many these are
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_user_job_pool_fill(struct xrs_client *client, struct list_head *jobs,
			    u32 nr);

/**
 * xrs_user_job_give() - give back what xrs_user_job_take() gave
 * @client: whose they were
 * @jobs: jobs that are not in use
 * @nr: how many
 *
 * Context: process; takes xrs_device::lock.
 */
void xrs_user_job_give(struct xrs_client *client, struct xrs_user_job **jobs,
		       u32 nr);

/** xrs_user_job_pool_free() - the client goes; any context */
void xrs_user_job_pool_free(struct xrs_client *client);

/** xrs_user_job_free_list() - free the jobs of a list; any context */
void xrs_user_job_free_list(struct list_head *jobs);

/**
 * xrs_user_job_set() - make a job of what userspace wants, if that is plain
 * @job: from xrs_user_job_take(), whatever is in it
 * @elem: what it wants; each field is read once, so it may be what userspace
 *        can write to
 *
 * Context: any.
 * Return: true if it is plain, as most are: no flags, nor what belongs to them.
 */
static inline bool xrs_user_job_set(struct xrs_user_job *job,
				    const struct xrsched_job *elem)
{
	u64 frame = READ_ONCE(elem->frame);
	struct xrs_job *core = &job->core;

	memset(core, 0, offsetof(struct xrs_job, stream));
	core->frame = frame;
	core->release_ns = READ_ONCE(elem->release_ns);
	core->deadline_ns = READ_ONCE(elem->deadline_ns);
	core->skip_mask = READ_ONCE(elem->skip_mask);
	core->exit = READ_ONCE(elem->exit);
	core->variant = READ_ONCE(elem->variant);
	job->done.cookie = READ_ONCE(elem->cookie);
	job->done.frame = frame;
	job->done.stream = READ_ONCE(elem->stream);
	job->ring = NULL;
	job->refused = 0;
	job->in = NULL;
	job->out = NULL;
	job->buffers = NULL;
	job->announced = false;
	return !(READ_ONCE(elem->flags) | READ_ONCE(elem->in_fence) |
		 READ_ONCE(elem->buffers) | READ_ONCE(elem->nr_buffers) |
		 READ_ONCE(elem->pad) | READ_ONCE(elem->pad2));
}

/**
 * xrs_user_job_fill() - the same, plain or not
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
 * xrs_user_job_no_room() - count a submission that found the queue full
 * @client: whose it is
 * @handle: the stream that it names
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_user_job_no_room(struct xrs_client *client, u32 handle);

/** xrs_user_job_late() - it has completed, but after its deadline */
static inline bool xrs_user_job_late(const struct xrs_user_job *job)
{
	return job->core.outcome == XRS_COMPLETED &&
	       job->core.finish_ns > job->core.deadline_ns;
}

/**
 * xrs_user_job_describe() - say what became of a job
 * @job: job that has ended, or was refused
 * @done: where to; all of it is written and nothing read
 *
 * Context: any; xrs_device::lock held.
 */
static inline void xrs_user_job_describe(const struct xrs_user_job *job,
					 struct xrsched_completion *done)
{
	const struct xrs_job *core = &job->core;

	done->cookie = job->done.cookie;
	done->frame = job->done.frame;
	done->stream = job->done.stream;
	done->outcome = core->outcome;
	done->reason = core->reason;
	done->variant = core->started ? core->variant : 0;
	done->flags = xrs_user_job_late(job) ? XRSCHED_COMPLETION_LATE : 0;
	done->release_ns = core->release_ns;
	done->start_ns = core->start_ns;
	done->finish_ns = core->finish_ns;
	done->deadline_ns = core->deadline_ns;
	done->energy_pj = core->energy_pj;
	done->layers = core->layers;
	done->switches = core->switches;
}

/** xrs_user_job_trace_submit() - see xrs_user_job_announce() */
void xrs_user_job_trace_submit(struct xrs_device *dev,
			       const struct xrs_user_job *job);

/**
 * xrs_user_job_announce() - trace its submission, once, before all else
 * @dev: device
 * @job: job that the core has accepted
 *
 * Context: any; @dev->lock held.
 */
static inline void xrs_user_job_announce(struct xrs_device *dev,
					 struct xrs_user_job *job)
{
	lockdep_assert_held(&dev->lock);
	if (job->announced)
		return;
	job->announced = true;
	if (xrs_submit_traced())
		xrs_user_job_trace_submit(dev, job);
}

/**
 * xrs_user_job_finish() - the job ended: complete, count down, trace
 * @core: a device's core
 * @ended: job that it gives back
 * @now_ns: now
 *
 * Context: any; xrs_device::lock held; xrs_core_ops::finish.
 */
void xrs_user_job_finish(struct xrs_core *core, struct xrs_job *ended,
			 u64 now_ns);

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
