// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a job ends, and where its client finds that out: for each job, so in one
 * file.
 */
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "abi.h"
#include "buffer.h"
#include "compat.h"
#include "job.h"
#include "ring.h"
#include "xrsched_trace.h"

/* ----- into a ring ------------------------------------------------------- */

void xrs_ring_flag(struct xrs_ring *ring, u32 flag, bool on)
{
	u32 flags = on ? ring->sq_flags | flag : ring->sq_flags & ~flag;

	lockdep_assert_held(&ring->device->lock);
	if (flags == ring->sq_flags)
		return;
	ring->sq_flags = flags;
	WRITE_ONCE(ring->shared->sq_flags, flags);
}

u32 xrs_ring_ready(const struct xrs_ring *ring)
{
	/* Pairs with the application's release: it has read what it took. */
	u32 head = smp_load_acquire(&ring->shared->cq_head);

	/*
	 * Pairs with the release in ring_write().  A head that is wrong makes
	 * the ring full, which harms its owner.
	 */
	return min(smp_load_acquire(&ring->cq_tail) - head, ring->cq_entries);
}

static void ring_kick(struct xrs_ring *ring)
{
	if (list_empty(&ring->kick))
		list_add_tail(&ring->kick, &ring->device->kicked_rings);
}

/* Writes a completion; false if there is no room. */
static __always_inline bool ring_write(struct xrs_ring *ring,
				       const struct xrs_user_job *job)
{
	const size_t size = sizeof(struct xrsched_completion);
	struct xrsched_completion *done;
	u32 tail;

	/* Once it is longer, no more than the slot holds. */
	BUILD_BUG_ON(size != XRS_COMPLETION_SIZE_VER0);
	if (xrs_ring_ready(ring) == ring->cq_entries)
		return false;
	done = ring->completions +
	       (size_t)(ring->cq_tail & (ring->cq_entries - 1)) *
		       ring->completion_size;
	xrs_user_job_describe(job, done);
	if (ring->completion_size > size)
		memset(done + 1, 0, ring->completion_size - size);
	tail = ring->cq_tail + 1;
	/* Pairs with the application's acquire: what it says is written. */
	smp_store_release(&ring->shared->cq_tail, tail);
	/*
	 * Ours comes after it: who is let out of XRSCHED_IOC_RING_ENTER because
	 * of this one (xrs_ring_ready() without the lock) finds that one.
	 */
	smp_store_release(&ring->cq_tail, tail);
	return true;
}

/* The application has the job's completion. */
static __always_inline void ring_done(struct xrs_ring *ring,
				      struct xrs_user_job *job)
{
	if (!ring->nr_done++)
		ring_kick(ring);
	xrs_user_job_recycle(ring->client, job);
}

void xrs_ring_settle(struct xrs_ring *ring)
{
	lockdep_assert_held(&ring->device->lock);
	if (!ring->nr_done)
		return;
	ring->nr_new += ring->nr_done;
	xrs_client_uncharge(ring->client, ring->nr_done);
	ring->nr_done = 0;
}

void xrs_ring_flush(struct xrs_ring *ring, u32 max)
{
	struct xrs_user_job *job;

	lockdep_assert_held(&ring->device->lock);
	while (max-- && !list_empty(&ring->overflow)) {
		job = list_first_entry(&ring->overflow, struct xrs_user_job,
				       link);
		if (!ring_write(ring, job))
			return;
		list_del(&job->link);
		ring_done(ring, job);
	}
	if (list_empty(&ring->overflow))
		xrs_ring_flag(ring, XRSCHED_SQ_OVERFLOW, false);
}

/* To a ring that is closed, or has no room. */
static noinline void ring_post_late(struct xrs_ring *ring,
				    struct xrs_user_job *job)
{
	if (ring->closed) {
		xrs_user_job_describe(job, &job->done);
		xrs_client_push(ring->client, job);
		if (!ring->in_flight)
			kfree(ring);
		return;
	}
	/* More than one for one, so that it becomes shorter. */
	list_add_tail(&job->link, &ring->overflow);
	xrs_ring_flush(ring, 3);
	if (list_empty(&ring->overflow))
		return;
	WRITE_ONCE(ring->shared->cq_overflow, ++ring->cq_overflow);
	xrs_ring_flag(ring, XRSCHED_SQ_OVERFLOW, true);
	/* They may wait for more than the ring holds, or poll. */
	ring_kick(ring);
}

static __always_inline void ring_post(struct xrs_ring *ring,
				      struct xrs_user_job *job)
{
	lockdep_assert_held(&ring->device->lock);
	ring->in_flight--;
	if (likely(!ring->closed && list_empty(&ring->overflow)) &&
	    ring_write(ring, job))
		ring_done(ring, job);
	else
		ring_post_late(ring, job);
}

void xrs_ring_post(struct xrs_ring *ring, struct xrs_user_job *job)
{
	ring_post(ring, job);
}

static void ring_notify(struct xrs_ring *ring)
{
	if (ring->eventfd && ring->nr_new >= ring->every) {
		ring->nr_new = 0;
		xrs_eventfd_signal(ring->eventfd);
	}
	/* Those who begin to wait look at the ring with the lock held. */
	if (waitqueue_active(&ring->wait))
		wake_up_poll(&ring->wait, EPOLLIN | EPOLLRDNORM);
}

void xrs_ring_notify_all(struct xrs_device *dev)
{
	struct xrs_ring *ring, *next;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry_safe(ring, next, &dev->kicked_rings, kick) {
		list_del_init(&ring->kick);
		xrs_ring_settle(ring);
		ring_notify(ring);
	}
}

/* ----- what the core says ------------------------------------------------ */

/* It was late, or dropped. */
static noinline void tell_bad_end(struct xrs_device *dev,
				  const struct xrs_job *job, u32 client)
{
	if (job->outcome == XRS_COMPLETED ||
	    (job->outcome == XRS_DROPPED &&
	     job->reason == XRS_REASON_EXPIRED)) {
		trace_deadline_miss(dev, job);
		xrs_event_deadline_miss(dev, job, client);
	}
	if (job->outcome == XRS_DROPPED) {
		trace_job_drop(dev, job);
		xrs_event_drop(dev, job, client);
	}
}

void xrs_user_job_finish(struct xrs_core *core, struct xrs_job *ended,
			 u64 now_ns)
{
	struct xrs_device *dev = to_xrs_device(core);
	struct xrs_user_job *job = to_xrs_user_job(ended);
	struct xrs_user_stream *stream = to_xrs_user_stream(ended->stream);
	struct xrs_client *client = stream->client;
	bool late = xrs_user_job_late(job);

	lockdep_assert_held(&dev->lock);
	xrs_user_job_announce(dev, job);
	if (unlikely(late || ended->outcome == XRS_DROPPED))
		tell_bad_end(dev, ended, client->nr);
	dev->nr_ended++;
	trace_job_complete(dev, ended, (u64)client->nr << 32 | stream->core.id);
	xrs_usage_job(&client->usage, ended, late);
	if (unlikely(job->in || job->out))
		xrs_fence_finish(dev, job);
	if (unlikely(job->buffers))
		xrs_buffers_drop(client, job);
	if (job->ring) {
		ring_post(job->ring, job);
	} else {
		xrs_user_job_describe(job, &job->done);
		xrs_client_push(client, job);
	}
	if (!stream->core.in_flight)
		xrs_user_stream_put(stream);
}
