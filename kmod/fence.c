// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fences in and out of jobs; see the DOC block in fence.h for the rules.
 */
#include <linux/file.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sync_file.h>
#include <linux/uaccess.h>

#include "client.h"
#include "compat.h"
#include "job.h"
#include "module.h"

/**
 * struct xrs_in_fence - A job's wait for somebody's fence
 * @device: the job's device, with a reference; constant
 * @fence: the fence, with a reference; constant
 * @cb: how it tells us
 * @node: in xrs_fences::fired
 * @error: its error, once it is signalled
 *
 * The rest is protected by xrs_device::lock:
 *
 * @seen: we know that it is signalled
 * @job: who waits: from submission until he does not any more, or NULL
 * @link: in xrs_fences::let_go or ::over
 * @hint: in xrs_fences::hints
 * @need_ns: when the fence is needed, for the hint
 */
struct xrs_in_fence {
	struct xrs_device *device;
	struct dma_fence *fence;
	struct dma_fence_cb cb;
	struct llist_node node;
	int error;

	bool seen;
	struct xrs_user_job *job;
	struct list_head link;
	struct list_head hint;
	u64 need_ns;
};

/**
 * struct xrs_out_fence - A fence for the end of a job
 * @base: the fence; the job has a reference, its sync_file another
 * @lock: its lock
 * @name: name of the job's stream; constant
 * @end_ns: when the job ended; or until when it may not have, of @pending
 * @link: in xrs_fences::pending or ::ended; xrs_device::lock
 * @job: of those in ::pending, the job; xrs_device::lock
 *
 * For its way to userspace, in process context:
 *
 * @export: in the list of those on their way
 * @file: its sync_file
 * @fd: the number reserved for it
 * @uptr: where userspace wants to know it
 * @index: element of the submission
 */
struct xrs_out_fence {
	struct dma_fence base;
	spinlock_t lock;	/* see above */
	char name[XRS_NAME_LEN];
	u64 end_ns;
	struct list_head link;
	struct xrs_user_job *job;

	struct list_head export;
	struct file *file;
	int fd;
	s32 __user *uptr;
	u32 index;
};

/* A fence of ours was made: somebody may be in our code when we go. */
static atomic_t fences_made = ATOMIC_INIT(0);

/* ----- out-fences -------------------------------------------------------- */

static struct xrs_out_fence *to_out_fence(struct dma_fence *fence)
{
	return container_of(fence, struct xrs_out_fence, base);
}

static const char *out_driver_name(struct dma_fence *fence)
{
	return "xrsched";
}

static const char *out_timeline_name(struct dma_fence *fence)
{
	return to_out_fence(fence)->name;
}

static void out_free(struct rcu_head *rcu)
{
	kfree(to_out_fence(container_of(rcu, struct dma_fence, rcu)));
	module_put(THIS_MODULE);
}

static void out_release(struct dma_fence *fence)
{
	call_rcu(&fence->rcu, out_free);
}

static const struct dma_fence_ops out_ops = {
	.get_driver_name = out_driver_name,
	.get_timeline_name = out_timeline_name,
	.release = out_release,
};

static struct xrs_out_fence *out_alloc(struct xrs_client *client,
				       const struct xrsched_job *elem)
{
	struct xrs_device *dev = client->device;
	struct xrs_user_stream *stream;
	struct xrs_out_fence *out;

	out = kzalloc(sizeof(*out), GFP_KERNEL_ACCOUNT);
	if (!out)
		return NULL;
	__module_get(THIS_MODULE);
	atomic_set(&fences_made, 1);
	spin_lock_init(&out->lock);
	INIT_LIST_HEAD(&out->link);
	INIT_LIST_HEAD(&out->export);
	dma_fence_init(&out->base, &out_ops, &out->lock,
		       dma_fence_context_alloc(1), elem->frame);
	spin_lock_irq(&dev->lock);
	stream = xa_load(&client->streams, elem->stream);
	if (stream)
		memcpy(out->name, stream->name, sizeof(out->name));
	spin_unlock_irq(&dev->lock);
	return out;
}

static int out_attach(struct xrs_client *client, struct xrs_user_job *job,
		      const struct xrsched_job *elem, s32 __user *uptr,
		      struct list_head *exports, u32 index)
{
	struct xrs_out_fence *out;
	struct sync_file *sync;
	int ret = -ENOMEM;

	if (!exports || elem->release_ns > ktime_get_ns() + XRSCHED_OUT_FENCE_NS)
		return -EINVAL;
	out = out_alloc(client, elem);
	if (!out)
		return -ENOMEM;
	out->uptr = uptr;
	out->index = index;
	out->fd = get_unused_fd_flags(O_CLOEXEC);
	if (out->fd < 0) {
		ret = out->fd;
		goto err_fence;
	}
	sync = sync_file_create(&out->base);
	if (!sync)
		goto err_fd;
	out->file = sync->file;
	job->out = out;
	list_add_tail(&out->export, exports);
	return 0;

err_fd:
	put_unused_fd(out->fd);
err_fence:
	dma_fence_put(&out->base);
	return ret;
}

void xrs_fence_publish(struct list_head *exports, u32 accepted)
{
	struct xrs_out_fence *out, *next;

	list_for_each_entry_safe(out, next, exports, export) {
		/* Once its file is installed, it may go at any moment. */
		list_del_init(&out->export);
		if (out->index < accepted && !put_user(out->fd, out->uptr)) {
			fd_install(out->fd, out->file);
		} else {
			put_unused_fd(out->fd);
			fput(out->file);
		}
	}
}

static int end_error(const struct xrs_user_job *job)
{
	switch (job->core.outcome) {
	case XRS_COMPLETED:
		return 0;
	case XRS_CANCELLED:
		return -ECANCELED;
	case XRS_DROPPED:
		break;
	default:
		return -EIO;
	}
	if (job->core.reason == XRS_REASON_UPSTREAM)
		return -ECANCELED;
	if (job->core.reason == XRS_REASON_FENCE && job->in)
		return job->in->error;
	return -ETIME;
}

static void out_signal_all(struct list_head *ended)
{
	struct xrs_out_fence *out, *next;
	bool cookie = xrs_signalling_begin();

	list_for_each_entry_safe(out, next, ended, link) {
		list_del_init(&out->link);
		dma_fence_signal_timestamp(&out->base,
					   ns_to_ktime(out->end_ns));
		dma_fence_put(&out->base);
	}
	xrs_signalling_end(cookie);
}

static void out_end(struct xrs_device *dev, struct xrs_out_fence *out,
		    int error, u64 end_ns)
{
	if (error)
		dma_fence_set_error(&out->base, error);
	out->end_ns = end_ns;
	list_move_tail(&out->link, &dev->fences.ended);
	irq_work_queue(&dev->fences.soon);
}

static void expire_later(struct xrs_device *dev, u64 in_ns)
{
	get_device(&dev->dev);
	if (!queue_delayed_work(xrs_workqueue, &dev->fences.expire,
				nsecs_to_jiffies(in_ns) + 1))
		put_device(&dev->dev);
}

/* Others wait for it, and must not do so for ever. */
static void out_expire(struct work_struct *work)
{
	struct xrs_device *dev =
		container_of(to_delayed_work(work), struct xrs_device,
			     fences.expire);
	bool cookie = xrs_signalling_begin();
	struct xrs_out_fence *out;
	u64 now_ns;
	u32 nr;

	spin_lock_irq(&dev->lock);
	now_ns = ktime_get_ns();
	for (nr = 0; nr < XRS_CHUNK; nr++) {
		out = list_first_entry_or_null(&dev->fences.pending,
					       struct xrs_out_fence, link);
		if (!out || out->end_ns > now_ns)
			break;
		out->job->out = NULL;
		out_end(dev, out, -ETIME, now_ns);
	}
	if (out)
		expire_later(dev, out->end_ns - min(out->end_ns, now_ns));
	spin_unlock_irq(&dev->lock);
	xrs_signalling_end(cookie);
	xrs_device_put(dev);
}

static void out_submit(struct xrs_device *dev, struct xrs_user_job *job)
{
	struct xrs_out_fence *out = job->out;

	out->job = job;
	out->end_ns = ktime_get_ns() + XRSCHED_OUT_FENCE_NS;
	list_add_tail(&out->link, &dev->fences.pending);
	expire_later(dev, XRSCHED_OUT_FENCE_NS);
}

/* ----- in-fences --------------------------------------------------------- */

/* With the fence's lock held, and whatever else its owner likes. */
static void in_fired(struct dma_fence *fence, struct dma_fence_cb *cb)
{
	struct xrs_in_fence *in = container_of(cb, struct xrs_in_fence, cb);
	struct xrs_fences *fences = &in->device->fences;

	in->error = fence->error;
	llist_add(&in->node, &fences->fired);
	irq_work_queue(&fences->soon);
}

static int in_attach(struct xrs_client *client, struct xrs_user_job *job,
		     int fd)
{
	struct xrs_in_fence *in;

	in = kzalloc(sizeof(*in), GFP_KERNEL_ACCOUNT);
	if (!in)
		return -ENOMEM;
	in->fence = sync_file_get_fence(fd);
	if (!in->fence) {
		kfree(in);
		return -EINVAL;
	}
	__module_get(THIS_MODULE);
	in->device = client->device;
	get_device(&in->device->dev);
	INIT_LIST_HEAD(&in->link);
	INIT_LIST_HEAD(&in->hint);
	if (dma_fence_add_callback(in->fence, &in->cb, in_fired)) {
		in->error = in->fence->error;
		in->seen = true;
	}
	job->in = in;
	return 0;
}

static void work_later(struct xrs_device *dev)
{
	get_device(&dev->dev);
	if (!queue_work(xrs_workqueue, &dev->fences.later))
		put_device(&dev->dev);
}

/* The job does not wait any more; it may have ended. */
static void in_leave(struct xrs_device *dev, struct xrs_user_job *job)
{
	struct xrs_in_fence *in = job->in;

	lockdep_assert_held(&dev->lock);
	job->in = NULL;
	in->job = NULL;
	list_move_tail(&in->link, &dev->fences.over);
	work_later(dev);
}

static void in_release(struct xrs_device *dev, struct xrs_in_fence *in)
{
	struct xrs_user_job *job = in->job;

	xrs_core_release(&dev->core, &job->core, !in->error, ktime_get_ns());
	/* Unless it has ended, and left, by that. */
	if (in->job)
		in_leave(dev, job);
}

static void in_free(struct xrs_in_fence *in)
{
	dma_fence_put(in->fence);
	xrs_device_put(in->device);
	kfree(in);
	/* Who waits for xrs_workqueue to be empty waits for us. */
	module_put(THIS_MODULE);
}

/* Process context: a fence's lock is taken, and nobody may be in in_fired(). */
static void free_over(struct xrs_device *dev)
{
	struct xrs_in_fence *in, *next;
	LIST_HEAD(over);

	spin_lock_irq(&dev->lock);
	list_splice_init(&dev->fences.over, &over);
	list_for_each_entry(in, &over, link)
		list_del_init(&in->hint);
	spin_unlock_irq(&dev->lock);
	if (list_empty(&over))
		return;
	list_for_each_entry(in, &over, link)
		dma_fence_remove_callback(in->fence, &in->cb);
	/* Those that fired were put where this one takes them out. */
	irq_work_sync(&dev->fences.soon);
	list_for_each_entry_safe(in, next, &over, link)
		in_free(in);
}

/* Process context: others' code is called, which may take their locks. */
static void give_hints(struct xrs_device *dev)
{
	struct xrs_in_fence *in;
	struct dma_fence *fence;
	u64 need_ns;

	for (;;) {
		spin_lock_irq(&dev->lock);
		in = list_first_entry_or_null(&dev->fences.hints,
					      struct xrs_in_fence, hint);
		if (in) {
			list_del_init(&in->hint);
			fence = dma_fence_get(in->fence);
			need_ns = in->need_ns;
		}
		spin_unlock_irq(&dev->lock);
		if (!in)
			return;
		xrs_fence_set_deadline(fence, need_ns);
		dma_fence_put(fence);
	}
}

/* ----- what has happened ------------------------------------------------- */

static void take_fired(struct xrs_fences *fences)
{
	struct llist_node *fired = llist_del_all(&fences->fired);
	struct xrs_in_fence *in, *next;

	llist_for_each_entry_safe(in, next, llist_reverse_order(fired), node) {
		in->seen = true;
		if (in->job)
			list_move_tail(&in->link, &fences->let_go);
	}
}

/* Does XRS_CHUNK of each at most; returns true if there is more. */
static bool fences_run(struct xrs_device *dev)
{
	struct xrs_fences *fences = &dev->fences;
	unsigned long flags;
	LIST_HEAD(ended);
	u32 nr;
	bool more;

	spin_lock_irqsave(&dev->lock, flags);
	take_fired(fences);
	for (nr = 0; nr < XRS_CHUNK && !list_empty(&fences->let_go); nr++)
		in_release(dev, list_first_entry(&fences->let_go,
						 struct xrs_in_fence, link));
	if (nr)
		xrs_device_run(dev);
	for (nr = 0; nr < XRS_CHUNK && !list_empty(&fences->ended); nr++)
		list_move_tail(fences->ended.next, &ended);
	more = !list_empty(&fences->let_go) || !list_empty(&fences->ended);
	spin_unlock_irqrestore(&dev->lock, flags);
	out_signal_all(&ended);
	return more;
}

static void fences_soon(struct irq_work *work)
{
	struct xrs_device *dev =
		container_of(work, struct xrs_device, fences.soon);

	if (fences_run(dev))
		work_later(dev);
}

static void fences_later(struct work_struct *work)
{
	struct xrs_device *dev =
		container_of(work, struct xrs_device, fences.later);
	bool cookie = xrs_signalling_begin();

	while (fences_run(dev))
		cond_resched();
	xrs_signalling_end(cookie);
	give_hints(dev);
	free_over(dev);
	xrs_device_put(dev);
}

/* ----- jobs -------------------------------------------------------------- */

int xrs_fence_attach(struct xrs_client *client, struct xrs_user_job *job,
		     const struct xrsched_job *elem, s32 __user *uptr,
		     struct list_head *exports, u32 index)
{
	int ret = 0;

	if (elem->flags & XRSCHED_JOB_IN_FENCE)
		ret = in_attach(client, job, elem->in_fence);
	if (!ret && (elem->flags & XRSCHED_JOB_OUT_FENCE))
		ret = out_attach(client, job, elem, uptr, exports, index);
	return ret;
}

void xrs_fence_submit(struct xrs_device *dev, struct xrs_user_job *job)
{
	struct xrs_in_fence *in = job->in;

	lockdep_assert_held(&dev->lock);
	if (job->out)
		out_submit(dev, job);
	if (!in)
		return;
	in->job = job;
	/* One that is bad already is let go of with its error. */
	job->core.held = !in->seen || in->error;
}

void xrs_fence_submitted(struct xrs_device *dev, struct xrs_in_fence *in)
{
	lockdep_assert_held(&dev->lock);
	if (!in->job)
		return;
	if (in->seen) {
		in_release(dev, in);
	} else if (XRS_FENCE_DEADLINES) {
		in->need_ns = xrs_core_latest_start(&dev->core, &in->job->core);
		list_add_tail(&in->hint, &dev->fences.hints);
		work_later(dev);
	}
}

void xrs_fence_finish(struct xrs_device *dev, struct xrs_user_job *job)
{
	struct xrs_out_fence *out = job->out;

	lockdep_assert_held(&dev->lock);
	if (out) {
		job->out = NULL;
		out_end(dev, out, end_error(job), job->core.finish_ns);
	}
	if (job->in)
		in_leave(dev, job);
}

void xrs_fence_forget(struct xrs_device *dev, struct xrs_user_job *job)
{
	lockdep_assert_held(&dev->lock);
	if (job->in)
		in_leave(dev, job);
	if (!job->out)
		return;
	list_del_init(&job->out->link);
	/* Not the last: its file has one, until xrs_fence_publish(). */
	dma_fence_put(&job->out->base);
	job->out = NULL;
}

/* ----- devices and the module -------------------------------------------- */

void xrs_fences_init(struct xrs_device *dev)
{
	struct xrs_fences *fences = &dev->fences;

	init_llist_head(&fences->fired);
	INIT_LIST_HEAD(&fences->let_go);
	INIT_LIST_HEAD(&fences->over);
	INIT_LIST_HEAD(&fences->hints);
	INIT_LIST_HEAD(&fences->pending);
	INIT_LIST_HEAD(&fences->ended);
	init_irq_work(&fences->soon, fences_soon);
	INIT_WORK(&fences->later, fences_later);
	INIT_DELAYED_WORK(&fences->expire, out_expire);
}

void xrs_fences_stop(struct xrs_device *dev)
{
	if (cancel_delayed_work_sync(&dev->fences.expire))
		put_device(&dev->dev);
}

void xrs_fences_free(struct xrs_device *dev)
{
	/* It may still be at the end of the job that was the last. */
	irq_work_sync(&dev->fences.soon);
}

void xrs_fences_exit(void)
{
	if (!atomic_read(&fences_made))
		return;
	/* out_free() of fences that have let go of the module. */
	rcu_barrier();
	/* And who is at the end of out_release(), which came before that. */
	synchronize_rcu_tasks();
}
