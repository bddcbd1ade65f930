// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clients: open files, and the completions that wait to be read from them.
 */
#include <linux/capability.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xrsched.h>

#include "abi.h"
#include "client.h"
#include "ioctl.h"
#include "job.h"
#include "module.h"
#include "profile.h"
#include "stream.h"
#include "words.h"
#include "xrsched_trace.h"

/* ----- open and close ---------------------------------------------------- */

static void client_free(struct kref *ref)
{
	struct xrs_client *client = container_of(ref, struct xrs_client, ref);

	xrs_user_job_pool_free(client);
	xa_destroy(&client->models);
	xa_destroy(&client->streams);
	if (client->user)
		xrs_user_leave(client);
	mutex_destroy(&client->lock);
	xrs_device_put(client->device);
	kfree(client);
}

void xrs_client_put(struct xrs_client *client)
{
	kref_put(&client->ref, client_free);
}

static struct xrs_client *client_alloc(struct xrs_device *dev)
{
	static atomic_t last_nr = ATOMIC_INIT(0);
	struct xrs_client *client;

	client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);
	if (!client)
		return NULL;
	kref_init(&client->ref);
	client->device = dev;
	get_device(&dev->dev);
	/* 0 is nobody's, also when the counter is once around. */
	do {
		client->nr = atomic_inc_return(&last_nr);
	} while (!client->nr);
	client->pid = task_tgid_nr(current);
	client->exempt = ns_capable_noaudit(&init_user_ns,
					    CAP_SYS_RESOURCE);
	mutex_init(&client->lock);
	xa_init_flags(&client->models, XA_FLAGS_ALLOC1);
	xa_init_flags(&client->streams, XA_FLAGS_ALLOC1);
	INIT_LIST_HEAD(&client->link);
	INIT_LIST_HEAD(&client->stream_list);
	INIT_LIST_HEAD(&client->done);
	INIT_LIST_HEAD(&client->kick);
	init_waitqueue_head(&client->wait);
	return client;
}

static int client_open(struct inode *inode, struct file *file)
{
	struct xrs_device *dev =
		container_of(inode->i_cdev, struct xrs_device, cdev);
	struct xrs_user *spare;
	struct xrs_client *client;
	int ret;

	client = client_alloc(dev);
	if (!client)
		return -ENOMEM;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare) {
		xrs_client_put(client);
		return -ENOMEM;
	}
	spin_lock_irq(&dev->lock);
	ret = dev->gone ? -ENODEV : xrs_user_enter(client, &spare);
	if (!ret) {
		list_add_tail(&client->link, &dev->clients);
		dev->nr_clients++;
		dev->gen++;
	}
	spin_unlock_irq(&dev->lock);
	kfree(spare);
	if (ret) {
		xrs_client_put(client);
		return ret;
	}
	client->file = file;
	file->private_data = client;
	return stream_open(inode, file);
}

static int client_release(struct inode *inode, struct file *file)
{
	struct xrs_client *client = file->private_data;
	struct xrs_device *dev = client->device;
	LIST_HEAD(jobs);

	spin_lock_irq(&dev->lock);
	client->closed = true;
	list_del_init(&client->link);
	list_del_init(&client->kick);
	dev->nr_clients--;
	client->user->nr_clients--;
	list_splice_init(&client->done, &jobs);
	xrs_client_charge(client, -(int)client->nr_done);
	client->nr_done = 0;
	dev->gen++;
	spin_unlock_irq(&dev->lock);

	xrs_user_job_free_list(&jobs);
	xrs_user_stream_close_all(client);
	xrs_profile_close_all(client);
	xrs_client_put(client);
	return 0;
}

/* ----- the queue of completions ------------------------------------------ */

/* A job ended: does that wake somebody?  Asked only while it is traced. */
static void note_wake(struct xrs_client *client, const struct xrs_job *job)
{
	if (!trace_client_wake_enabled() || client->wake.woken_ns)
		return;
	/* A sleeper has looked for jobs with the lock held, after it queued. */
	if (!waitqueue_active(&client->wait))
		return;
	client->wake.woken_ns = ktime_get_ns();
	client->wake.finish_ns = job->finish_ns;
	client->wake.frame = job->frame;
	client->wake.stream = job->stream->id;
}

/* Somebody who waited, or polled, has run: how long did that take? */
static void note_awake(struct xrs_client *client)
{
	struct xrs_device *dev = client->device;

	lockdep_assert_held(&dev->lock);
	/* Also while it is not traced, so that no old one waits for that. */
	if (!client->wake.woken_ns)
		return;
	trace_client_wake(dev, client->nr, &client->wake, ktime_get_ns());
	client->wake.woken_ns = 0;
}

void xrs_client_kick(struct xrs_client *client)
{
	lockdep_assert_held(&client->device->lock);
	if (list_empty(&client->kick))
		list_add_tail(&client->kick, &client->device->kicked);
}

/* Without a descriptor of its own the file cannot be got at any more. */
static bool client_unread(const struct xrs_client *client)
{
	if (client->closed)
		return true;
	return unlikely(client->nr_ring_files) &&
	       file_count(client->file) == client->nr_ring_files;
}

bool xrs_client_forget_unread(struct xrs_client *client)
{
	struct xrs_device *dev = client->device;
	u32 nr = client->nr_done;

	lockdep_assert_held(&dev->lock);
	if (!nr || !client_unread(client))
		return false;
	list_splice_tail_init(&client->done, &dev->orphans);
	client->nr_done = 0;
	xrs_client_charge(client, -(int)nr);
	return true;
}

void xrs_client_push(struct xrs_client *client, struct xrs_user_job *job)
{
	struct xrs_device *dev = client->device;

	lockdep_assert_held(&dev->lock);
	if (client_unread(client)) {
		xrs_client_uncharge(client, 1);
		list_add_tail(&job->link, &dev->orphans);
		return;
	}
	list_add_tail(&job->link, &client->done);
	client->nr_done++;
	/* Of a ring's job that comes here late, the stream may be gone. */
	if (!job->ring)
		note_wake(client, &job->core);
	xrs_client_kick(client);
}

void xrs_client_kick_all(struct xrs_device *dev)
{
	struct xrs_client *client;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(client, &dev->clients, link)
		/* Those who begin to wait look at the limits after us. */
		if (waitqueue_active(&client->wait))
			xrs_client_kick(client);
}

bool xrs_client_has_room(const struct xrs_client *client, u32 nr)
{
	u32 max_jobs = xrs_limit(client->device, XRS_LIMIT_JOBS);

	lockdep_assert_held(&client->device->lock);
	return client->nr_jobs <= max_jobs && max_jobs - client->nr_jobs >= nr;
}

bool xrs_client_has_done(const struct xrs_client *client, u32 nr)
{
	lockdep_assert_held(&client->device->lock);
	return client->nr_done >= nr;
}

static bool client_check(struct xrs_client *client,
			 bool (*cond)(const struct xrs_client *client, u32 arg),
			 u32 arg)
{
	struct xrs_device *dev = client->device;
	bool ret;

	spin_lock_irq(&dev->lock);
	note_awake(client);
	ret = dev->ended || cond(client, arg);
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_sleep(u64 timeout_ns)
{
	ktime_t expires = ns_to_ktime(min_t(u64, timeout_ns, KTIME_MAX));

	if (signal_pending(current))
		return -ERESTARTSYS;
	if (!timeout_ns) {
		schedule();
		return 0;
	}
	return schedule_hrtimeout_range(&expires, current->timer_slack_ns,
					HRTIMER_MODE_ABS) ? 0 : -ETIMEDOUT;
}

int xrs_client_wait(struct xrs_client *client,
		    bool (*cond)(const struct xrs_client *client, u32 arg),
		    u32 arg, u64 timeout_ns)
{
	DEFINE_WAIT(wait);
	int ret = 0;

	for (;;) {
		prepare_to_wait(&client->wait, &wait, TASK_INTERRUPTIBLE);
		if (client_check(client, cond, arg)) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		ret = xrs_sleep(timeout_ns);
	}
	finish_wait(&client->wait, &wait);
	return ret;
}

/* Moves the first @nr of the @all entries of a list to an empty one. */
static void list_take(struct list_head *to, struct list_head *from, u32 all,
		      u32 nr)
{
	struct list_head *last = from;

	if (nr == all) {
		list_splice_init(from, to);
		return;
	}
	while (nr--)
		last = last->next;
	list_cut_position(to, from, last);
}

int xrs_client_reap(struct xrs_client *client, struct xrs_reap *reap, u32 min,
		    u32 max)
{
	struct xrs_device *dev = client->device;
	int ret = 0;

	INIT_LIST_HEAD(&reap->jobs);
	reap->nr = 0;
	spin_lock_irq(&dev->lock);
	note_awake(client);
	/*
	 * All in one go, so that @min holds whoever else reads: max_batch list
	 * entries at most, which is less than XRS_CHUNK events take.
	 */
	if (client->nr_done >= min || dev->ended) {
		reap->nr = min(max, client->nr_done);
		list_take(&reap->jobs, &client->done, client->nr_done, reap->nr);
		client->nr_done -= reap->nr;
		if (!reap->nr && dev->ended)
			ret = -ENODEV;
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* To somebody who knows a longer struct, or a shorter one. */
static int copy_completion(void __user *uptr,
			   const struct xrsched_completion *done, u32 stride)
{
	const size_t size = min_t(size_t, stride, sizeof(*done));

	return copy_to_user(uptr, done, size) ||
	       clear_user(uptr + size, stride - size) ? -EFAULT : 0;
}

u32 xrs_client_copy(const struct xrs_reap *reap, void __user *uptr, u32 stride)
{
	const struct xrs_user_job *job;
	u32 nr = 0;

	BUILD_BUG_ON(sizeof(struct xrsched_completion) % sizeof(u64));
	list_for_each_entry(job, &reap->jobs, link) {
		if (likely(stride == sizeof(job->done)) ?
			    xrs_words_put(uptr, &job->done, sizeof(job->done)) :
			    copy_completion(uptr, &job->done, stride))
			break;
		uptr += stride;
		nr++;
	}
	return nr;
}

void xrs_client_reaped(struct xrs_client *client, struct xrs_reap *reap, u32 nr)
{
	struct xrs_device *dev = client->device;
	LIST_HEAD(read);

	list_take(&read, &reap->jobs, reap->nr, nr);

	spin_lock_irq(&dev->lock);
	xrs_user_job_pool_fill(client, &read, nr);
	xrs_client_charge(client, -(int)nr);
	list_splice(&reap->jobs, &client->done);
	client->nr_done += reap->nr - nr;
	/* Those who begin to wait look at the client with the lock held. */
	if (nr && waitqueue_active(&client->wait))
		wake_up_interruptible_poll(&client->wait,
					   EPOLLOUT | EPOLLWRNORM);
	if (reap->nr > nr)
		wake_up_interruptible_poll(&client->wait,
					   EPOLLIN | EPOLLRDNORM);
	spin_unlock_irq(&dev->lock);
	if (!list_empty(&read))
		xrs_user_job_free_list(&read);
}

static ssize_t client_read(struct file *file, char __user *buf, size_t count,
			   loff_t *pos)
{
	/* Nobody says how large they are to be: this large, for ever. */
	const size_t size = XRS_COMPLETION_SIZE_VER0;
	struct xrs_client *client = file->private_data;
	struct xrs_reap reap;
	u32 max, nr;
	int ret;

	max = min_t(size_t, count / size, READ_ONCE(xrs_max_batch));
	if (!max)
		return -EINVAL;
	for (;;) {
		ret = xrs_client_reap(client, &reap, 1, max);
		if (ret)
			return ret;
		if (reap.nr)
			break;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = xrs_client_wait(client, xrs_client_has_done, 1, 0);
		if (ret)
			return ret;
	}
	nr = xrs_client_copy(&reap, buf, size);
	xrs_client_reaped(client, &reap, nr);
	return nr ? nr * size : -EFAULT;
}

static __poll_t client_poll(struct file *file, poll_table *wait)
{
	struct xrs_client *client = file->private_data;
	struct xrs_device *dev = client->device;
	__poll_t mask = 0;

	poll_wait(file, &client->wait, wait);
	spin_lock_irq(&dev->lock);
	note_awake(client);
	if (xrs_client_has_done(client, 1))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (dev->ended)
		mask |= EPOLLHUP | EPOLLERR;
	else if (!dev->gone && xrs_client_has_room(client, 1))
		mask |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock_irq(&dev->lock);
	return mask;
}

const struct file_operations xrs_client_fops = {
	.owner = THIS_MODULE,
	.open = client_open,
	.release = client_release,
	.read = client_read,
	.poll = client_poll,
	.show_fdinfo = xrs_usage_show,
	.unlocked_ioctl = xrs_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
