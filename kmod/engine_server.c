// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines that are queues of a server: what the device asks of them.
 */
#include <linux/poll.h>

#include "buffer.h"
#include "compat.h"
#include "engine.h"
#include "job.h"
#include "module.h"
#include "profile.h"
#include "server_queue.h"

/**
 * struct server_engine - A queue's engine
 * @engine: engine
 * @server: its server, which outlives its time on the device; constant
 * @queue: number of its queue; constant
 * @judge_ns: when its reset has failed, if it is being reset and its server is
 *            not back; xrs_device::lock
 * @judge: finds that out
 */
struct server_engine {
	struct xrs_engine_dev engine;
	struct xrs_server *server;
	u32 queue;
	u64 judge_ns;
	struct delayed_work judge;
};

static struct server_engine *to_server_engine(struct xrs_engine_dev *engine)
{
	return container_of(engine, struct server_engine, engine);
}

static struct xrs_server_queue *queue_of(struct xrs_engine_dev *engine)
{
	struct server_engine *mine = to_server_engine(engine);

	return &mine->server->queue[mine->queue];
}

static void judge_later(struct server_engine *mine, u64 ns)
{
	mod_delayed_work(xrs_workqueue, &mine->judge, nsecs_to_jiffies(ns));
}

static void server_judge(struct work_struct *work)
{
	struct server_engine *mine =
		container_of(work, struct server_engine, judge.work);
	struct xrs_engine_dev *engine = &mine->engine;
	struct xrs_device *dev = engine->device;
	bool cookie = xrs_signalling_begin();
	u64 now_ns = ktime_get_ns();

	spin_lock_irq(&dev->lock);
	if (xrs_engine_present(engine) &&
	    engine->core.health == XRS_HEALTH_RESETTING) {
		bool lost = queue_of(engine)->state == XRSCHED_SLOT_LOST;

		/* Jiffies are coarse, and meanwhile another may have begun. */
		if (lost && now_ns < mine->judge_ns) {
			judge_later(mine, mine->judge_ns - now_ns + TICK_NSEC);
			goto unlock;
		}
		if (lost)
			xrs_engine_blame(engine, engine->core.seq,
					 XRS_FAULT_RESET, NULL);
		xrs_core_engine_reset(&dev->core, &engine->core, !lost, now_ns);
		xrs_device_run(dev);
	}
unlock:
	spin_unlock_irq(&dev->lock);
	xrs_signalling_end(cookie);
}

static int server_init(struct xrs_engine_dev *engine)
{
	struct server_engine *mine = to_server_engine(engine);
	const struct xrs_server_arg *arg = engine->arg;

	mine->server = arg->server;
	mine->queue = arg->queue;
	INIT_DELAYED_WORK(&mine->judge, server_judge);
	return 0;
}

static void fill_slot(struct xrsched_server_slot *slot,
		      const struct xrs_engine *engine,
		      const struct xrs_job *job, u64 now_ns)
{
	const struct xrs_user_stream *stream = to_xrs_user_stream(job->stream);
	const struct xrs_user_job *user =
		container_of(job, struct xrs_user_job, core);

	slot->seq = engine->seq;
	slot->frame = job->frame;
	slot->cookie = user->done.cookie;
	slot->client = stream->client->nr;
	slot->stream = job->stream->id;
	slot->model = stream->profile->handle;
	slot->layer = job->layer;
	slot->variant = job->variant;
	slot->flags = 0;
	slot->nr_buffers = xrs_buffers_nr(user);
	if (!job->layers)
		slot->flags |= XRSCHED_SLOT_FIRST;
	if (job->again)
		slot->flags |= XRSCHED_SLOT_RETRY;
	memcpy(slot->model_name, stream->profile->name, XRS_NAME_LEN);
	slot->deadline_ns = job->deadline_ns;
	slot->dispatch_ns = now_ns;
	slot->expected_ns = xrs_job_estimate(job, engine)->ns;
	slot->limit_ns = engine->alarm_ns;
}

static void server_dispatch(struct xrs_engine_dev *engine,
			    const struct xrs_job *job, u64 now_ns)
{
	struct xrs_server_queue *queue = queue_of(engine);

	queue->seq = engine->core.seq;
	fill_slot(queue->slot, &engine->core, job, now_ns);
	xrs_server_set_state(queue, XRSCHED_SLOT_READY);
	wake_up_interruptible(&queue->wait);
	wake_up_interruptible_poll(&to_server_engine(engine)->server->poll,
				   EPOLLIN | EPOLLRDNORM);
}

static void server_abort(struct xrs_engine_dev *engine)
{
	struct xrs_server_queue *queue = queue_of(engine);

	if (queue->state == XRSCHED_SLOT_OWNED)
		xrs_server_set_state(queue, XRSCHED_SLOT_LOST);
	else if (queue->state == XRSCHED_SLOT_READY)
		xrs_server_set_state(queue, XRSCHED_SLOT_ARMED);
}

/*
 * It works if its process has come back from the layer that it has lost.  One
 * that is down already says so by itself when it does.
 */
static void server_begin_reset(struct xrs_engine_dev *engine)
{
	struct server_engine *mine = to_server_engine(engine);
	struct xrs_server_queue *queue = queue_of(engine);
	u64 ns = 0;

	if (queue->state == XRSCHED_SLOT_LOST && engine->core.up)
		ns = queue->slot->limit_ns - queue->slot->dispatch_ns;
	mine->judge_ns = ktime_get_ns() + ns;
	judge_later(mine, ns);
}

static void server_exit(struct xrs_engine_dev *engine)
{
	cancel_delayed_work_sync(&to_server_engine(engine)->judge);
	wake_up_interruptible_all(&queue_of(engine)->wait);
	wake_up_interruptible_poll(&to_server_engine(engine)->server->poll,
				   EPOLLHUP | EPOLLERR);
}

const struct xrs_provider xrs_engine_server_ops = {
	.kind = XRS_ENGINE_SERVER,
	.name = "server",
	.size = sizeof(struct server_engine),
	.init = server_init,
	.dispatch = server_dispatch,
	.abort = server_abort,
	.begin_reset = server_begin_reset,
	.exit = server_exit,
};
