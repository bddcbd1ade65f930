/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a job goes to the core: for each job, so inline.
 */
#ifndef XRS_JOB_SUBMIT_H
#define XRS_JOB_SUBMIT_H

#include <linux/overflow.h>

#include "job.h"

/* Frames of a queue that can be searched in the time that one event takes. */
#define XRS_FRAMES_PER_EVENT 64

/* The search for its upstream frame goes through a queue as long as that is. */
static inline u32 xrs_submit_events(const struct xrs_user_stream *stream)
{
	if (!stream->upstream)
		return 1;
	return 1 + stream->upstream->core.in_flight / XRS_FRAMES_PER_EVENT;
}

/*
 * The stream of a handle, mostly that of the job before; NULL if there is none,
 * or it is going.
 */
static inline struct xrs_user_stream *
xrs_submit_stream(struct xrs_client *client, u32 handle)
{
	struct xrs_user_stream *stream = client->recent;

	if (likely(stream && stream->handle == handle))
		return stream;
	stream = xa_load(&client->streams, handle);
	if (!stream || stream->closing)
		return NULL;
	client->recent = stream;
	return stream;
}

/**
 * xrs_user_job_submit_one() - give a job to the core
 * @client: whose it is
 * @job: filled in; the caller's still unless this succeeds
 * @events: grows by what this counts for against XRS_CHUNK
 * @now_ns: now
 *
 * It may have ended when this returns.  To be charged to the client afterwards.
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 * Return: 0, -EINVAL or -ENOENT as struct xrsched_job says.
 */
static __always_inline int xrs_user_job_submit_one(struct xrs_client *client,
						   struct xrs_user_job *job,
						   u32 *events, u64 now_ns)
{
	struct xrs_device *dev = client->device;
	struct xrs_in_fence *in = job->in;
	struct xrs_user_stream *stream;
	struct xrs_job *core = &job->core;
	int ret;

	lockdep_assert_held(&dev->lock);
	stream = xrs_submit_stream(client, job->done.stream);
	*events += stream ? xrs_submit_events(stream) : 1;
	if (!stream)
		return -ENOENT;
	if (!core->release_ns)
		core->release_ns = now_ns;
	if (!core->deadline_ns &&
	    check_add_overflow(core->release_ns, stream->core.deadline_ns,
			       &core->deadline_ns))
		return -EINVAL;
	core->stream = &stream->core;

	if (unlikely(in || job->out))
		xrs_fence_submit(dev, job);
	/* It may end before xrs_core_submit() returns. */
	if (!stream->core.in_flight)
		xrs_user_stream_get(stream);
	ret = xrs_core_submit(&dev->core, core, now_ns);
	if (unlikely(ret)) {
		if (!stream->core.in_flight)
			xrs_user_stream_put(stream);
		xrs_user_job_forget(client, job);
		return ret;
	}
	xrs_user_job_announce(dev, job);
	if (unlikely(in))
		xrs_fence_submitted(dev, in);
	return 0;
}

#endif /* XRS_JOB_SUBMIT_H */
