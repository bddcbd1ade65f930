// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams: how they come and go.
 */
#include <linux/capability.h>
#include <linux/slab.h>
#include <linux/xrsched.h>

#include "module.h"
#include "stream.h"
#include "tape.h"
#include "xrsched_trace.h"

/* ----- coming ------------------------------------------------------------ */

/* All that can be said about the arguments without looking anything up. */
static int stream_check(const struct xrsched_stream_create *arg)
{
	if ((arg->flags & ~XRSCHED_STREAM_FLAGS) || arg->pad[0] || arg->pad[1])
		return -EINVAL;
	if (!xrs_name_valid(arg->name))
		return -EINVAL;
	if (arg->period_ns && (arg->period_ns < 1000 ||
			       arg->period_ns > XRSCHED_MAX_PERIOD_NS))
		return -EINVAL;
	if (!arg->period_ns && !arg->deadline_ns)
		return -EINVAL;
	if (arg->weight > 1000 || arg->trigger_ppm > XRSCHED_PPM)
		return -EINVAL;
	if (arg->trigger_ppm && !arg->upstream)
		return -EINVAL;
	if (arg->drop_window > 64 || arg->drop_max > arg->drop_window)
		return -EINVAL;
	if (arg->priority > 3)
		return -EINVAL;
	if (arg->priority && !capable(CAP_SYS_NICE))
		return -EPERM;
	return 0;
}

static void stream_fill(struct xrs_user_stream *stream,
			const struct xrsched_stream_create *arg)
{
	struct xrs_stream *core = &stream->core;

	memcpy(stream->name, arg->name, XRS_NAME_LEN);
	core->model = &stream->profile->model;
	core->upstream = stream->upstream ? &stream->upstream->core : NULL;
	core->period_ns = arg->period_ns;
	core->deadline_ns = arg->deadline_ns ?: arg->period_ns;
	core->weight = arg->weight ?: 1;
	core->trigger_ppm = arg->trigger_ppm ?: XRSCHED_PPM;
	core->drop_max = arg->drop_window ? arg->drop_max : 2;
	core->drop_window = arg->drop_window ?: 10;
	core->lightest_variant = arg->lightest_variant ?:
						core->model->nr_variants;
	core->priority = arg->priority;
	core->no_early_drop = arg->flags & XRSCHED_STREAM_NO_EARLY_DROP;
	core->label = stream->name;
}

/* What the stream refers to; it takes references. */
static int stream_resolve(struct xrs_user_stream *stream,
			  const struct xrsched_stream_create *arg)
{
	struct xrs_client *client = stream->client;
	struct xrs_user_stream *upstream = NULL;
	struct xrs_profile *profile;

	lockdep_assert_held(&client->lock);
	profile = xa_load(&client->models, arg->model);
	if (!profile)
		return -ENOENT;
	if (arg->lightest_variant > profile->model.nr_variants)
		return -EINVAL;
	if (arg->upstream) {
		/* Its handle's reference cannot go while we have the lock. */
		upstream = xa_load(&client->streams, arg->upstream);
		if (!upstream)
			return -ENOENT;
		xrs_user_stream_get(upstream);
	}
	kref_get(&profile->ref);
	stream->profile = profile;
	stream->upstream = upstream;
	stream_fill(stream, arg);
	return 0;
}

static void stream_free(struct xrs_user_stream *stream)
{
	if (stream->profile)
		xrs_profile_put(stream->profile);
	xrs_client_put(stream->client);
	kvfree(stream);
}

/* Fills reserved entries, so this allocates nothing and cannot fail. */
static void table_set(struct xarray *table, u32 index,
		      struct xrs_user_stream *stream)
{
	unsigned long flags;

	xa_lock_irqsave(table, flags);
	__xa_store(table, index, stream, 0);
	xa_unlock_irqrestore(table, flags);
}

static void table_clear(struct xarray *table, u32 index)
{
	unsigned long flags;

	xa_lock_irqsave(table, flags);
	__xa_erase(table, index);
	xa_unlock_irqrestore(table, flags);
}

/* Makes it part of the core, under the number and handle reserved for it. */
static int stream_attach(struct xrs_user_stream *stream)
{
	struct xrs_client *client = stream->client;
	struct xrs_device *dev = client->device;
	struct xrs_user *user = client->user;
	int ret;

	mutex_lock(&dev->config);
	ret = xrs_device_reserve(dev);
	if (ret)
		goto unlock;
	xrs_tape_model(dev, &stream->profile->model);
	spin_lock_irq(&dev->lock);
	if (dev->gone)
		ret = -ENODEV;
	else if (user->nr_streams >= xrs_limit(dev, XRS_LIMIT_USER_STREAMS) &&
		 !client->exempt)
		ret = -EDQUOT;
	else
		ret = xrs_core_stream_add(&dev->core, &stream->core);
	if (!ret) {
		user->nr_streams++;
		table_set(&dev->streams, stream->core.id, stream);
		list_add_tail(&stream->mine, &client->stream_list);
		dev->gen++;
		trace_stream_create(dev, stream);
	}
	spin_unlock_irq(&dev->lock);
unlock:
	mutex_unlock(&dev->config);
	return ret;
}

/* Number on the device: the lowest free one, so that ties are repeatable. */
static int stream_number(struct xrs_user_stream *stream)
{
	struct xrs_device *dev = stream->client->device;
	u32 max = xrs_limit(dev, XRS_LIMIT_DEVICE_STREAMS);
	int ret;

	ret = xa_alloc_irq(&dev->streams, &stream->core.id, NULL,
			   XA_LIMIT(0, max - 1), GFP_KERNEL_ACCOUNT);
	return ret == -EBUSY ? -ENOSPC : ret;
}

static int stream_publish(struct xrs_user_stream *stream)
{
	struct xrs_client *client = stream->client;
	int ret;

	lockdep_assert_held(&client->lock);
	if (client->nr_streams >= xrs_limit(client->device, XRS_LIMIT_STREAMS))
		return -ENOSPC;
	ret = xa_alloc_cyclic(&client->streams, &stream->handle, NULL,
			      XA_LIMIT(1, INT_MAX), &client->next_stream,
			      GFP_KERNEL_ACCOUNT);
	if (ret < 0)
		return ret == -EBUSY ? -ENOSPC : ret;
	ret = stream_number(stream);
	if (ret)
		goto err_handle;
	ret = stream_attach(stream);
	if (ret)
		goto err_number;

	client->nr_streams++;
	if (stream->upstream)
		stream->upstream->children++;
	xa_store(&client->streams, stream->handle, stream, GFP_KERNEL_ACCOUNT);
	return 0;

err_number:
	table_clear(&client->device->streams, stream->core.id);
err_handle:
	xa_erase(&client->streams, stream->handle);
	return ret;
}

int xrs_user_stream_create(struct xrs_client *client,
			   struct xrsched_stream_create *arg)
{
	struct xrs_device *dev = client->device;
	struct xrs_user_stream *stream;
	int ret;

	ret = stream_check(arg);
	if (ret)
		return ret;
	stream = kvzalloc(sizeof(*stream), GFP_KERNEL_ACCOUNT);
	if (!stream)
		return -ENOMEM;
	kref_init(&stream->ref);
	stream->client = client;
	kref_get(&client->ref);
	INIT_LIST_HEAD(&stream->mine);
	INIT_LIST_HEAD(&stream->link);

	mutex_lock(&client->lock);
	ret = stream_resolve(stream, arg);
	if (!ret)
		ret = stream_publish(stream);
	if (!ret) {
		arg->handle = stream->handle;
		arg->id = stream->core.id;
	} else if (stream->upstream) {
		spin_lock_irq(&dev->lock);
		xrs_user_stream_put(stream->upstream);
		spin_unlock_irq(&dev->lock);
	}
	mutex_unlock(&client->lock);
	if (ret)
		stream_free(stream);
	return ret;
}

/* ----- cancelling -------------------------------------------------------- */

static struct xrs_job *first_unmarked(struct list_head *jobs)
{
	struct xrs_job *job;

	/* Only a job that runs can be marked, and only the first can run. */
	list_for_each_entry(job, jobs, node)
		if (!job->cancelled)
			return job;
	return NULL;
}

bool xrs_user_stream_cancel(struct xrs_user_stream *stream,
			    enum xrs_reason reason, u32 *budget, u64 now_ns)
{
	struct xrs_stream *core = &stream->core;
	struct xrs_device *dev = stream->client->device;
	struct xrs_job *job;

	lockdep_assert_held(&dev->lock);
	while ((job = first_unmarked(&core->fresh)) ||
	       (job = first_unmarked(&core->stale))) {
		if (!*budget)
			return false;
		(*budget)--;
		xrs_core_cancel(&dev->core, job, reason, now_ns);
	}
	return true;
}

/* ----- going ------------------------------------------------------------- */

static void stream_died(struct kref *ref)
{
	struct xrs_user_stream *stream =
		container_of(ref, struct xrs_user_stream, ref);

	/* The core may be amid an event of this very stream. */
	list_add_tail(&stream->link, &stream->client->device->dead);
}

void xrs_user_stream_put(struct xrs_user_stream *stream)
{
	lockdep_assert_held(&stream->client->device->lock);
	kref_put(&stream->ref, stream_died);
}

void xrs_user_stream_bury(struct xrs_device *dev)
{
	struct xrs_user_stream *stream, *upstream;

	lockdep_assert_held(&dev->lock);
	if (list_empty(&dev->dead))
		return;
	while (!list_empty(&dev->dead)) {
		stream = list_first_entry(&dev->dead, struct xrs_user_stream,
					  link);
		WARN_ON_ONCE(xrs_core_stream_remove(&dev->core, &stream->core));
		table_clear(&dev->streams, stream->core.id);
		stream->client->user->nr_streams--;
		list_move_tail(&stream->link, &dev->corpses);
		upstream = stream->upstream;
		stream->upstream = NULL;
		/* May make the list longer. */
		if (upstream)
			xrs_user_stream_put(upstream);
	}
	dev->gen++;
	get_device(&dev->dev);
	if (!queue_work(xrs_chores, &dev->reaper))
		put_device(&dev->dev);
}

void xrs_user_stream_reap(struct xrs_device *dev)
{
	struct xrs_user_stream *stream, *next;
	LIST_HEAD(corpses);

	spin_lock_irq(&dev->lock);
	list_splice_init(&dev->corpses, &corpses);
	spin_unlock_irq(&dev->lock);
	list_for_each_entry_safe(stream, next, &corpses, link)
		stream_free(stream);
}

/* Takes a stream whose handle is gone from its client, jobs and all. */
static void stream_drop(struct xrs_user_stream *stream)
{
	struct xrs_device *dev = stream->client->device;
	bool done;

	do {
		u32 budget = XRS_CHUNK;

		spin_lock_irq(&dev->lock);
		stream->closing = true;
		if (stream->client->recent == stream)
			stream->client->recent = NULL;
		list_del_init(&stream->mine);
		done = xrs_user_stream_cancel(stream, XRS_REASON_CLOSE, &budget,
					      ktime_get_ns());
		if (done)
			xrs_user_stream_put(stream);
		xrs_device_run(dev);
		spin_unlock_irq(&dev->lock);
		cond_resched();
	} while (!done);
}

int xrs_user_stream_destroy(struct xrs_client *client, u32 handle)
{
	struct xrs_user_stream *stream;
	int ret = 0;

	mutex_lock(&client->lock);
	stream = xa_load(&client->streams, handle);
	if (!stream)
		ret = -ENOENT;
	else if (stream->children)
		ret = -EBUSY;
	if (ret) {
		mutex_unlock(&client->lock);
		return ret;
	}
	xa_erase(&client->streams, handle);
	client->nr_streams--;
	/* Its last job may be running, but it does not die before its handle. */
	if (stream->upstream)
		stream->upstream->children--;
	mutex_unlock(&client->lock);
	stream_drop(stream);
	return 0;
}

void xrs_user_stream_close_all(struct xrs_client *client)
{
	struct xrs_device *dev = client->device;
	struct xrs_user_stream *stream;

	for (;;) {
		/* Downstream first: no job is to be dropped for its upstream. */
		spin_lock_irq(&dev->lock);
		stream = list_empty(&client->stream_list) ? NULL :
			 list_last_entry(&client->stream_list,
					 struct xrs_user_stream, mine);
		spin_unlock_irq(&dev->lock);
		if (!stream)
			break;
		stream_drop(stream);
	}
}

/* ----- looking at them --------------------------------------------------- */

static u64 first_deadline(const struct list_head *jobs)
{
	if (list_empty(jobs))
		return XRS_NEVER;
	return list_first_entry(jobs, struct xrs_job, node)->deadline_ns;
}

/* Frames are in order, those that were put back (expired=demote) as well. */
static u64 overdue_ns(const struct xrs_stream *stream)
{
	u64 deadline_ns = min(first_deadline(&stream->fresh),
			      first_deadline(&stream->stale));
	u64 now_ns = ktime_get_ns();

	return now_ns > deadline_ns ? now_ns - deadline_ns : 0;
}

static void stream_describe(const struct xrs_user_stream *stream,
			    struct xrs_stream_info *info)
{
	const struct xrs_stream *core = &stream->core;

	memset(info, 0, sizeof(*info));
	info->gen = stream->client->device->gen;
	info->id = core->id;
	info->client = stream->client->nr;
	info->pid = stream->client->pid;
	memcpy(info->name, stream->name, XRS_NAME_LEN);
	memcpy(info->model, stream->profile->name, XRS_NAME_LEN);
	if (core->upstream) {
		info->has_upstream = true;
		info->upstream = core->upstream->id;
	}
	info->period_ns = core->period_ns;
	info->deadline_ns = core->deadline_ns;
	info->weight = core->weight;
	info->priority = core->priority;
	info->closing = stream->closing;
	info->in_flight = core->in_flight;
	info->overdue_ns = overdue_ns(core);
	info->count = core->count;
	info->queue_hist = core->queue_hist;
	info->response_hist = core->response_hist;
}

int xrs_stream_next(struct xrs_device *dev, u32 *id,
		    struct xrs_stream_info *info)
{
	struct xrs_user_stream *stream;
	unsigned long index = *id;
	int ret = 0;

	spin_lock_irq(&dev->lock);
	if (dev->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	stream = xa_find(&dev->streams, &index, U32_MAX, XA_PRESENT);
	if (!stream) {
		ret = -ENOENT;
		goto unlock;
	}
	*id = index;
	stream_describe(stream, info);
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}
