// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a server asks for: its answers taken, layers handed over.
 */
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "buffer.h"
#include "engine.h"
#include "job.h"
#include "server_queue.h"

/* ----- commit ------------------------------------------------------------ */

void xrs_server_park(struct xrs_server_queue *queue, bool parked)
{
	struct xrs_engine_dev *engine = queue->engine;

	xrs_core_engine_park(&engine->device->core, &engine->core, parked,
			     ktime_get_ns());
}

/* The server is back from a layer that it has lost. */
static void come_back(struct xrs_server_queue *queue)
{
	struct xrs_engine_dev *engine = queue->engine;

	xrs_server_set_state(queue, XRSCHED_SLOT_PARKED);
	xrs_server_park(queue, true);
	if (engine->core.health == XRS_HEALTH_QUARANTINED ||
	    engine->core.health == XRS_HEALTH_RESETTING)
		xrs_core_engine_reset(&engine->device->core, &engine->core,
				      true, ktime_get_ns());
}

/* An answer to what the queue does not have to answer. */
static int refuse(struct xrs_server_queue *queue,
		  const struct xrsched_server_args *arg)
{
	bool lost = queue->state == XRSCHED_SLOT_LOST && arg->seq == queue->seq;
	bool stale = lost || (arg->seq && arg->seq < queue->seq) ||
		     (arg->seq == queue->seq && arg->seq &&
		      queue->state <= XRSCHED_SLOT_ARMED);

	xrs_engine_blame(queue->engine, arg->seq,
			 stale ? XRS_FAULT_STALE : XRS_FAULT_UNKNOWN, NULL);
	if (lost)
		come_back(queue);
	return stale ? -ESTALE : -EINVAL;
}

static int commit(struct xrs_server_queue *queue,
		  const struct xrsched_server_args *arg)
{
	struct xrs_engine_dev *engine = queue->engine;
	bool again = arg->flags & XRSCHED_NEXT_FETCH;
	struct xrs_device *dev = engine->device;
	u64 now_ns = ktime_get_ns();

	lockdep_assert_held(&dev->lock);
	if (queue->state != XRSCHED_SLOT_OWNED || arg->seq != queue->seq)
		return refuse(queue, arg);
	if (arg->status > XRSCHED_LAYER_REFUSED) {
		xrs_engine_blame(engine, arg->seq, XRS_FAULT_UNKNOWN,
				 engine->core.job);
		return -EINVAL;
	}
	if (arg->busy_ns > now_ns - queue->slot->dispatch_ns)
		xrs_engine_blame(engine, arg->seq, XRS_FAULT_ABSURD,
				 engine->core.job);
	engine->core.reported_ns = arg->busy_ns;
	xrs_server_set_state(queue, again ? XRSCHED_SLOT_ARMED : XRSCHED_SLOT_PARKED);
	xrs_server_park(queue, !again);
	xrs_engine_complete_locked(engine, arg->seq, arg->status,
				   arg->energy_pj, now_ns);
	return 0;
}

static int server_commit(struct xrs_server_queue *queue,
			 const struct xrsched_server_args *arg)
{
	struct xrs_device *dev = queue->engine->device;
	int ret = -ENODEV;

	spin_lock_irq(&dev->lock);
	if (xrs_engine_present(queue->engine)) {
		ret = commit(queue, arg);
		xrs_device_run(dev);
	} else if (!dev->gone) {
		bool had = arg->seq && arg->seq <= queue->seq;

		xrs_engine_blame(queue->engine, arg->seq,
				 had ? XRS_FAULT_STALE : XRS_FAULT_UNKNOWN,
				 NULL);
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* ----- fetch ------------------------------------------------------------- */

/* Asks for a layer; 0, or why that cannot be. */
static int arm(struct xrs_server_queue *queue)
{
	if (queue->waiting || queue->state == XRSCHED_SLOT_OWNED)
		return -EBUSY;
	if (queue->state == XRSCHED_SLOT_LOST)
		come_back(queue);
	if (queue->state == XRSCHED_SLOT_PARKED) {
		xrs_server_set_state(queue, XRSCHED_SLOT_ARMED);
		xrs_server_park(queue, false);
	}
	return 0;
}

static bool over(struct xrs_server_queue *queue)
{
	struct xrs_device *dev = queue->engine->device;
	bool ret;

	spin_lock_irq(&dev->lock);
	ret = queue->state != XRSCHED_SLOT_ARMED ||
	      !xrs_engine_present(queue->engine);
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* Sleeps until a layer is in, or something else ends it. */
static int wait(struct xrs_server_queue *queue, u64 timeout_ns)
{
	DEFINE_WAIT(entry);
	int ret = 0;

	for (;;) {
		prepare_to_wait(&queue->wait, &entry, TASK_INTERRUPTIBLE);
		if (over(queue)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		ret = xrs_sleep(timeout_ns);
	}
	finish_wait(&queue->wait, &entry);
	/* Not restarted: with an answer, that would be given twice. */
	return ret == -ERESTARTSYS ? -EINTR : ret;
}

/* Hands the layer over, with the files that belong to it. */
static int take(struct xrs_server_queue *queue, struct xrsched_server_args *arg,
		struct xrs_buffers **buffers)
{
	struct xrs_job *job = queue->engine->core.job;

	lockdep_assert_held(&queue->engine->device->lock);
	if (!xrs_engine_present(queue->engine))
		return -ENODEV;
	if (queue->state != XRSCHED_SLOT_READY)
		return -EAGAIN;
	xrs_server_set_state(queue, XRSCHED_SLOT_OWNED);
	arg->seq = queue->seq;
	if (arg->flags & XRSCHED_NEXT_BUFFERS)
		*buffers = xrs_buffers_get(to_xrs_user_job(job));
	return 0;
}

static int fetch(struct xrs_server_queue *queue,
		 struct xrsched_server_args *arg, struct xrs_buffers **buffers)
{
	struct xrs_device *dev = queue->engine->device;
	bool block = !(arg->flags & XRSCHED_NEXT_NOWAIT);
	int ret, woken = 0;

	spin_lock_irq(&dev->lock);
	ret = xrs_engine_present(queue->engine) ? arm(queue) : -ENODEV;
	xrs_device_run(dev);
	/* If it is refused, another one may be waiting. */
	if (!ret)
		queue->waiting = true;
	spin_unlock_irq(&dev->lock);
	if (ret)
		return ret;
	for (;;) {
		if (block)
			woken = wait(queue, arg->timeout_ns);
		spin_lock_irq(&dev->lock);
		ret = take(queue, arg, buffers);
		if (ret != -EAGAIN || woken || !block)
			break;
		if (queue->state != XRSCHED_SLOT_ARMED) {
			ret = -EBUSY;
			break;
		}
		/* It was there, and was taken away before it was fetched. */
		spin_unlock_irq(&dev->lock);
	}
	queue->waiting = false;
	if (ret == -EAGAIN && woken) {
		xrs_server_set_state(queue, XRSCHED_SLOT_PARKED);
		xrs_server_park(queue, true);
		ret = woken;
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* The layer could not be handed over after all: it is to be fetched anew. */
static void put_back(struct xrs_server_queue *queue, u64 seq)
{
	struct xrs_device *dev = queue->engine->device;

	spin_lock_irq(&dev->lock);
	if (!xrs_engine_present(queue->engine))
		; /* Its id may be another's by now. */
	else if (queue->seq == seq && queue->state == XRSCHED_SLOT_OWNED)
		xrs_server_set_state(queue, XRSCHED_SLOT_READY);
	else if (queue->seq == seq && queue->state == XRSCHED_SLOT_LOST)
		come_back(queue);
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);
}

/* Tells of the layer, and opens its job's buffers here. */
static int hand_over(struct xrs_server_queue *queue,
		     struct xrsched_server_args *arg, void __user *uarg,
		     const struct xrs_buffers *buffers)
{
	s32 __user *numbers = u64_to_user_ptr(arg->buffers);

	arg->nr_buffers = xrs_buffers_room(buffers, arg->max_buffers);
	if (xrs_buffers_probe(numbers, arg->nr_buffers) ||
	    copy_to_user(uarg, arg, min_t(size_t, arg->size, sizeof(*arg)))) {
		put_back(queue, arg->seq);
		return -EFAULT;
	}
	/* If the numbers cannot be told now that they could before, so be it. */
	xrs_buffers_open(buffers, numbers, arg->nr_buffers);
	return 0;
}

/* ----- the call ---------------------------------------------------------- */

int xrs_server_next(struct xrs_server *server, struct xrsched_server_args *arg,
		    void __user *uarg)
{
	const u32 fetch_only = XRSCHED_NEXT_NOWAIT | XRSCHED_NEXT_BUFFERS;
	u32 what = arg->flags & (XRSCHED_NEXT_COMMIT | XRSCHED_NEXT_FETCH);
	struct xrs_buffers *buffers = NULL;
	struct xrs_server_queue *queue;
	int ret = 0;

	if ((arg->flags & ~XRSCHED_NEXT_FLAGS) || !what ||
	    ((arg->flags & fetch_only) && !(what & XRSCHED_NEXT_FETCH)) ||
	    arg->queue >= server->nr)
		return -EINVAL;
	queue = &server->queue[array_index_nospec(arg->queue, server->nr)];
	arg->nr_buffers = 0;
	if (what & XRSCHED_NEXT_COMMIT)
		ret = server_commit(queue, arg);
	if (ret || !(what & XRSCHED_NEXT_FETCH))
		return ret;
	ret = fetch(queue, arg, &buffers);
	if (!ret)
		ret = hand_over(queue, arg, uarg, buffers);
	xrs_buffers_put(buffers);
	return ret;
}
