// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs: how clients submit and cancel them, and what they get back.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "abi.h"
#include "buffer.h"
#include "job_submit.h"
#include "module.h"
#include "ring.h"
#include "words.h"
#include "xrsched_trace.h"

/* ----- what the core says of them ---------------------------------------- */

void xrs_user_job_trace_submit(struct xrs_device *dev,
			       const struct xrs_user_job *job)
{
	trace_job_submit(dev, job,
			 to_xrs_user_stream(job->core.stream)->client->nr);
}

/* ----- submitting -------------------------------------------------------- */

/** define BATCH_FEW - Jobs of a batch for which there is room on the stack. */
#define BATCH_FEW 16

/**
 * struct batch - A submit under way
 * @client: whose
 * @jobs: jobs of its elements, in order
 * @nr_jobs: how many there are; those for elements still to be copied included
 * @filled: of these, how many were made of an element
 * @nr: of these, how many are to be submitted
 * @accepted: of these, how many were
 * @error: why the first one that was not was not
 * @judged: that element was looked at, so it gets its result
 * @exports: out-fences on their way
 */
struct batch {
	struct xrs_client *client;
	struct xrs_user_job **jobs;
	u32 nr_jobs;
	u32 filled;
	u32 nr;
	u32 accepted;
	int error;
	bool judged;
	struct list_head exports;
};

static void __user *element(const struct xrsched_submit *arg, u32 i)
{
	return u64_to_user_ptr(arg->jobs + (u64)i * arg->stride);
}

static s32 __user *element_result(const struct xrsched_submit *arg, u32 i)
{
	return element(arg, i) + offsetof(struct xrsched_job, result);
}

static s32 __user *element_out_fence(const struct xrsched_submit *arg, u32 i)
{
	return element(arg, i) + offsetof(struct xrsched_job, out_fence);
}

/* Each field has its flag, and each flag its fields. */
static int fill_check(const struct xrsched_job *elem, u32 size)
{
	if (elem->pad || elem->pad2 || (elem->flags & ~XRSCHED_JOB_FLAGS))
		return -EINVAL;
	if (elem->flags && size < offsetofend(struct xrsched_job, out_fence))
		return -EINVAL;
	if (elem->in_fence && !(elem->flags & XRSCHED_JOB_IN_FENCE))
		return -EINVAL;
	/* A struct that ends before @nr_buffers has none. */
	if (elem->flags & XRSCHED_JOB_BUFFERS)
		return elem->nr_buffers - 1 < XRSCHED_MAX_BUFFERS ? 0 : -EINVAL;
	return elem->buffers || elem->nr_buffers ? -EINVAL : 0;
}

int xrs_user_job_fill(struct xrs_user_job *job, const struct xrsched_job *elem,
		      u32 size)
{
	return xrs_user_job_set(job, elem) ? 0 : fill_check(elem, size);
}

void xrs_user_job_forget(struct xrs_client *client, struct xrs_user_job *job)
{
	xrs_fence_forget(client->device, job);
	xrs_buffers_drop(client, job);
}

/* Adds a job for an element to the batch, which ends if there can be none. */
static void batch_add(struct batch *batch, const struct xrsched_submit *arg,
		      const struct xrsched_job *elem, u32 i)
{
	struct xrs_user_job *job;

	if (i == batch->nr_jobs)
		batch->nr_jobs +=
			xrs_user_job_take(batch->client, batch->jobs + i,
					  min_t(u32, arg->nr - i, BATCH_FEW));
	if (i == batch->nr_jobs) {
		batch->error = -ENOMEM;
		return;
	}
	job = batch->jobs[i];
	batch->filled++;
	batch->error = xrs_user_job_fill(job, elem, arg->stride);
	if (!batch->error && (elem->flags & XRSCHED_JOB_BUFFERS))
		batch->error = xrs_buffers_attach(batch->client, job, elem);
	if (!batch->error && (elem->flags & XRSCHED_JOB_FENCES))
		batch->error = xrs_fence_attach(batch->client, job, elem,
						element_out_fence(arg, i),
						&batch->exports, i);
	if (!batch->error)
		batch->nr++;
}

/*
 * Copies the elements and allocates their jobs, before anything is changed and
 * before the lock is taken.  An element that is bad, or that there is no memory
 * for, ends the batch; one that cannot be read ends the call.  Each result is
 * written back as it was, so that a batch whose results could not be told is
 * refused while it still can be.
 */
static int batch_copy(struct batch *batch, const struct xrsched_submit *arg)
{
	struct xrsched_job elem __uninitialized;
	int ret;
	u32 i;

	BUILD_BUG_ON(sizeof(elem) % sizeof(u64));
	for (i = 0; i < arg->nr; i++) {
		ret = xrs_words_get_struct(&elem, sizeof(elem),
					   element(arg, i), arg->stride);
		if (ret)
			return ret;
		if (put_user(elem.result, element_result(arg, i)))
			return -EFAULT;
		if ((elem.flags & XRSCHED_JOB_OUT_FENCE) &&
		    arg->stride > XRS_JOB_SIZE_VER0 &&
		    put_user(elem.out_fence, element_out_fence(arg, i)))
			return -EFAULT;
		/* The others are only looked at for being there. */
		if (!batch->error)
			batch_add(batch, arg, &elem, i);
	}
	return 0;
}

/* Gives back what was not used. */
static void batch_free(struct batch *batch)
{
	struct xrs_device *dev = batch->client->device;
	u32 i;

	for (i = batch->accepted; i < batch->filled; i++) {
		spin_lock_irq(&dev->lock);
		xrs_user_job_forget(batch->client, batch->jobs[i]);
		spin_unlock_irq(&dev->lock);
	}
	if (batch->accepted < batch->nr_jobs)
		xrs_user_job_give(batch->client,
				  batch->jobs + batch->accepted,
				  batch->nr_jobs - batch->accepted);
}

/* Counts it where its owner and the administrator look. */
void xrs_user_job_no_room(struct xrs_client *client, u32 handle)
{
	struct xrs_user_stream *stream = xa_load(&client->streams, handle);

	lockdep_assert_held(&client->device->lock);
	if (stream)
		stream->core.count.full++;
}

/*
 * Submits until the batch, or XRS_CHUNK of it, is done, or one is refused.
 * Returns true to go on.  Decides only then: the batch is seen as one unless a
 * timer or an engine comes between two chunks.
 */
static bool batch_chunk(struct batch *batch)
{
	struct xrs_client *client = batch->client;
	struct xrs_device *dev = client->device;
	struct xrs_user_job *job;
	u32 events = 0;
	u64 now_ns;
	bool more;
	int ret = 0;

	spin_lock_irq(&dev->lock);
	now_ns = ktime_get_ns();
	while (events < XRS_CHUNK && batch->accepted < batch->nr) {
		job = batch->jobs[batch->accepted];
		if (dev->gone)
			ret = -ENODEV;
		else
			ret = xrs_client_admit(client);
		if (ret == -EAGAIN)
			xrs_user_job_no_room(client, job->done.stream);
		if (!ret)
			ret = xrs_user_job_submit_one(client, job, &events,
						      now_ns);
		if (ret)
			break;
		xrs_client_charge(client, 1);
		batch->accepted++;
	}
	if (ret)
		batch->error = ret;
	more = !ret && batch->accepted < batch->nr;
	if (!more)
		xrs_device_run_at(dev, now_ns);
	spin_unlock_irq(&dev->lock);
	return more;
}

/* Submits as much as can be, waiting for room if that is asked for. */
static void batch_submit(struct batch *batch, const struct xrsched_submit *arg)
{
	int refused = batch->error;
	int ret;

	for (;;) {
		batch->error = 0;
		while (batch_chunk(batch))
			cond_resched();
		if (batch->error != -EAGAIN ||
		    !(arg->flags & XRSCHED_SUBMIT_WAIT))
			break;
		ret = xrs_client_wait(batch->client, xrs_client_has_room, 1,
				      arg->timeout_ns);
		if (ret) {
			batch->error = ret;
			batch->judged = false;
			return;
		}
	}
	/* All that had jobs went in: what remains is why the next had none. */
	if (!batch->error)
		batch->error = refused;
}

/* All that can be said about the call without looking at its elements. */
static int submit_check(const struct xrsched_submit *arg)
{
	if ((arg->flags & ~XRSCHED_SUBMIT_FLAGS) || arg->pad)
		return -EINVAL;
	if (!arg->nr || arg->nr > READ_ONCE(xrs_max_batch))
		return -EINVAL;
	if (arg->stride < XRS_JOB_SIZE_VER0 || arg->stride % 8)
		return -EINVAL;
	return arg->stride > PAGE_SIZE ? -E2BIG : 0;
}

static int submit_batch(struct batch *batch, struct xrsched_submit *arg)
{
	int ret;
	u32 i;

	ret = batch_copy(batch, arg);
	if (ret)
		return ret;
	batch_submit(batch, arg);
	/* These were written to before; if that fails now, so be it. */
	for (i = 0; i < batch->accepted; i++)
		(void)!put_user(0, element_result(arg, i));
	if (batch->error && batch->judged)
		(void)!put_user(batch->error,
				element_result(arg, batch->accepted));
	arg->accepted = batch->accepted;
	return batch->accepted ? 0 : batch->error;
}

int xrs_user_job_submit(struct xrs_client *client, struct xrsched_submit *arg)
{
	struct xrs_user_job *few[BATCH_FEW] __uninitialized;
	struct batch batch = {
		.client = client,
		.jobs = few,
		.exports = LIST_HEAD_INIT(batch.exports),
		.judged = true,
	};
	int ret = submit_check(arg);

	if (ret)
		return ret;
	if (arg->nr > BATCH_FEW) {
		batch.jobs = kvmalloc_array(arg->nr, sizeof(*batch.jobs),
					    GFP_KERNEL_ACCOUNT);
		if (!batch.jobs)
			return -ENOMEM;
	}
	ret = submit_batch(&batch, arg);
	batch_free(&batch);
	xrs_fence_publish(&batch.exports, batch.accepted);
	if (batch.jobs != few)
		kvfree(batch.jobs);
	return ret;
}

/* ----- cancelling -------------------------------------------------------- */

static u32 cancel_frame(struct xrs_device *dev, struct xrs_user_stream *stream,
			u64 frame)
{
	struct xrs_job *job = xrs_core_find(&stream->core, frame);

	if (!job)
		return 0;
	xrs_core_cancel(&dev->core, job, XRS_REASON_CANCEL, ktime_get_ns());
	return 1;
}

/* All frames that are in flight now, but none that others submit meanwhile. */
static u32 cancel_all(struct xrs_device *dev, struct xrs_user_stream *stream)
{
	u32 left = stream->core.in_flight;
	u32 nr = 0;
	bool done;

	do {
		u32 chunk = min_t(u32, left, XRS_CHUNK);
		u32 budget = chunk;

		done = xrs_user_stream_cancel(stream, XRS_REASON_CANCEL,
					      &budget, ktime_get_ns());
		nr += chunk - budget;
		left -= chunk - budget;
		if (done || !left)
			break;
		xrs_device_run(dev);
		spin_unlock_irq(&dev->lock);
		cond_resched();
		spin_lock_irq(&dev->lock);
	} while (left);
	return nr;
}

int xrs_user_job_cancel(struct xrs_client *client, struct xrsched_cancel *arg)
{
	bool all = arg->flags & XRSCHED_CANCEL_ALL;
	struct xrs_device *dev = client->device;
	struct xrs_user_stream *stream;
	int ret = 0;

	if ((arg->flags & ~XRSCHED_CANCEL_FLAGS) || (all && arg->frame))
		return -EINVAL;
	spin_lock_irq(&dev->lock);
	stream = xa_load(&client->streams, arg->stream);
	if (dev->gone) {
		ret = -ENODEV;
	} else if (!stream || stream->closing) {
		ret = -ENOENT;
	} else {
		/* The lock is given up now and then. */
		xrs_user_stream_get(stream);
		arg->cancelled = all ? cancel_all(dev, stream) :
				       cancel_frame(dev, stream, arg->frame);
		if (!all && !arg->cancelled)
			ret = -ENOENT;
		xrs_user_stream_put(stream);
		xrs_device_run(dev);
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}
