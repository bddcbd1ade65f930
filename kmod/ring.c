// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings: how they come and go.
 */
#include <linux/anon_inodes.h>
#include <linux/cgroup.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "compat.h"
#include "ioctl.h"
#include "job.h"
#include "module.h"
#include "ring.h"

void xrs_ring_end_waits(struct xrs_device *dev)
{
	struct xrs_ring *ring;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(ring, &dev->rings, link) {
		if (ring->eventfd)
			xrs_eventfd_signal(ring->eventfd);
		wake_up_all(&ring->wait);
	}
}

/* ----- the file ---------------------------------------------------------- */

/* Gives back what ring_admit() took. */
static void ring_uncount(struct xrs_client *client, u64 bytes)
{
	struct xrs_device *dev = client->device;

	mutex_lock(&client->lock);
	client->nr_rings--;
	client->ring_bytes -= bytes;
	mutex_unlock(&client->lock);
	spin_lock_irq(&dev->lock);
	dev->limits.ring_bytes -= bytes;
	spin_unlock_irq(&dev->lock);
}

/* Once nobody else can look at it. */
static void ring_free_parts(struct xrs_ring *ring)
{
	if (ring->eventfd)
		eventfd_ctx_put(ring->eventfd);
	xrs_ring_mem_free(&ring->mem);
	mutex_destroy(&ring->submit);
}

static int ring_release(struct inode *inode, struct file *file)
{
	struct xrs_ring *ring = file->private_data;
	struct xrs_client *client = ring->client;
	struct xrs_device *dev = ring->device;
	struct file *client_file = ring->file;
	u64 bytes = (u64)ring->mem.nr_pages << PAGE_SHIFT;
	struct xrs_user_job *job, *next;
	bool last;

	if (ring->thread) {
		kthread_stop(ring->thread);
		put_task_struct(ring->thread);
	}
	spin_lock_irq(&dev->lock);
	ring->closed = true;
	list_del(&ring->link);
	list_del_init(&ring->kick);
	xrs_ring_settle(ring);
	/* Jobs in flight find out that it is closed, and outlive us or not. */
	ring->in_flight++;
	list_for_each_entry_safe(job, next, &ring->overflow, link) {
		list_del(&job->link);
		xrs_user_job_describe(job, &job->done);
		xrs_client_push(client, job);
	}
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);

	ring_free_parts(ring);
	spin_lock_irq(&dev->lock);
	last = !--ring->in_flight;
	client->nr_ring_files--;
	spin_unlock_irq(&dev->lock);
	if (last)
		kfree(ring);
	ring_uncount(client, bytes);
	fput(client_file);
	return 0;
}

static int ring_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct xrs_ring *ring = file->private_data;

	return xrs_ring_mem_mmap(&ring->mem, vma);
}

static __poll_t ring_poll(struct file *file, poll_table *wait)
{
	struct xrs_ring *ring = file->private_data;
	struct xrs_device *dev = ring->device;
	__poll_t mask = 0;

	poll_wait(file, &ring->wait, wait);
	spin_lock_irq(&dev->lock);
	if (!list_empty(&ring->overflow)) {
		xrs_ring_flush(ring, XRS_CHUNK);
		xrs_device_run(dev);
	}
	if (xrs_ring_ready(ring))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (dev->ended)
		mask |= EPOLLHUP | EPOLLERR;
	else if (!dev->gone && xrs_ring_sq_ready(ring) < ring->sq_entries)
		mask |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock_irq(&dev->lock);
	return mask;
}

static int ring_set_eventfd(struct xrs_ring *ring,
			    const struct xrsched_ring_eventfd *arg)
{
	struct xrs_device *dev = ring->device;
	struct eventfd_ctx *ctx = NULL;
	int ret = 0;

	if (arg->flags || arg->fd < -1 || arg->count > ring->cq_entries)
		return -EINVAL;
	if (arg->fd >= 0) {
		ctx = eventfd_ctx_fdget(arg->fd);
		if (IS_ERR(ctx))
			return PTR_ERR(ctx);
	}
	spin_lock_irq(&dev->lock);
	if (dev->ended) {
		/* Who is told of that was told. */
		ret = -ENODEV;
	} else {
		swap(ring->eventfd, ctx);
		ring->every = arg->count ?: 1;
		ring->nr_new = 0;
	}
	spin_unlock_irq(&dev->lock);
	if (ctx)
		eventfd_ctx_put(ctx);
	return ret;
}

static long ring_ioctl(struct file *file, unsigned int cmd, unsigned long uarg)
{
	const unsigned int size_mask = _IOC_SIZEMASK << _IOC_SIZESHIFT;
	struct xrs_ring *ring = file->private_data;
	void __user *arg = (void __user *)uarg;
	int ret;

	if (!((cmd ^ XRSCHED_IOC_RING_ENTER) & ~size_mask)) {
		struct xrsched_ring_enter enter;

		ret = XRS_ARG_GET(enter, XRS_RING_ENTER_SIZE_VER0, arg);
		return ret ? ret : xrs_ring_enter(ring, &enter);
	}
	if (!((cmd ^ XRSCHED_IOC_RING_EVENTFD) & ~size_mask)) {
		struct xrsched_ring_eventfd eventfd;

		ret = XRS_ARG_GET(eventfd, XRS_RING_EVENTFD_SIZE_VER0, arg);
		return ret ? ret : ring_set_eventfd(ring, &eventfd);
	}
	return -ENOTTY;
}

static const struct file_operations ring_fops = {
	.owner = THIS_MODULE,
	.release = ring_release,
	.mmap = ring_mmap,
	.poll = ring_poll,
	.unlocked_ioctl = ring_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* ----- coming ------------------------------------------------------------ */

static int size_check(u32 size, u32 least)
{
	if (size < least || size % 8)
		return -EINVAL;
	return size > 256 ? -E2BIG : 0;
}

static int setup_check(struct xrsched_ring_setup *arg)
{
	int ret;

	if (arg->flags & ~XRSCHED_RING_FLAGS)
		return -EINVAL;
	if (!arg->sq_entries || arg->sq_entries > XRSCHED_MAX_SQ_ENTRIES)
		return -EINVAL;
	if (!arg->cq_entries)
		arg->cq_entries = 2 * arg->sq_entries;
	if (arg->cq_entries < arg->sq_entries ||
	    arg->cq_entries > XRSCHED_MAX_CQ_ENTRIES)
		return -EINVAL;
	ret = size_check(arg->job_size, XRS_JOB_SIZE_VER0);
	if (!ret)
		ret = size_check(arg->completion_size,
				 XRS_COMPLETION_SIZE_VER0);
	if (ret)
		return ret;
	if (arg->idle_us && !(arg->flags & XRSCHED_RING_POLL))
		return -EINVAL;
	if (arg->idle_us > XRSCHED_MAX_RING_IDLE_US)
		return -EINVAL;
	if (!arg->idle_us)
		arg->idle_us = 1000;
	arg->sq_entries = roundup_pow_of_two(arg->sq_entries);
	arg->cq_entries = roundup_pow_of_two(arg->cq_entries);
	return 0;
}

/* Where everything lies in the mapping. */
static void setup_layout(struct xrsched_ring_setup *arg)
{
	size_t at = sizeof(struct xrs_ring_shared);

	arg->sq_head = offsetof(struct xrs_ring_shared, sq_head);
	arg->sq_tail = offsetof(struct xrs_ring_shared, sq_tail);
	arg->sq_flags = offsetof(struct xrs_ring_shared, sq_flags);
	arg->cq_head = offsetof(struct xrs_ring_shared, cq_head);
	arg->cq_tail = offsetof(struct xrs_ring_shared, cq_tail);
	arg->cq_overflow = offsetof(struct xrs_ring_shared, cq_overflow);
	arg->sq_jobs = at;
	at = ALIGN(at + (size_t)arg->sq_entries * arg->job_size, 64);
	arg->cq_completions = at;
	at += (size_t)arg->cq_entries * arg->completion_size;
	arg->map_size = PAGE_ALIGN(at);
}

static struct xrs_ring *ring_alloc(struct xrs_client *client,
				   const struct xrsched_ring_setup *arg)
{
	struct xrs_ring *ring = kzalloc(sizeof(*ring), GFP_KERNEL_ACCOUNT);

	if (!ring)
		return NULL;
	if (xrs_ring_mem_alloc(&ring->mem, arg->map_size)) {
		kfree(ring);
		return NULL;
	}
	ring->client = client;
	ring->device = client->device;
	ring->file = client->file;
	ring->shared = ring->mem.addr;
	ring->jobs = ring->mem.addr + arg->sq_jobs;
	ring->completions = ring->mem.addr + arg->cq_completions;
	ring->sq_entries = arg->sq_entries;
	ring->cq_entries = arg->cq_entries;
	ring->job_size = arg->job_size;
	ring->completion_size = arg->completion_size;
	ring->idle_ns = arg->idle_us * (u64)NSEC_PER_USEC;
	ring->every = 1;
	mutex_init(&ring->submit);
	INIT_LIST_HEAD(&ring->overflow);
	INIT_LIST_HEAD(&ring->link);
	INIT_LIST_HEAD(&ring->kick);
	init_waitqueue_head(&ring->wait);
	return ring;
}

/*
 * The thread looks for entries on behalf of who makes it: the time it takes is
 * charged to his control groups, and it is no more important than he is.
 */
static int ring_start_thread(struct xrs_ring *ring)
{
	struct task_struct *thread =
		kthread_create(xrs_ring_thread, ring, "xrsched-sq/%u",
			       ring->client->nr);
	int ret;

	if (IS_ERR(thread))
		return PTR_ERR(thread) == -EINTR ? -EINTR : -ENOMEM;
	ring->thread = get_task_struct(thread);
	set_user_nice(thread, task_nice(current));
	ret = cgroup_attach_task_all(current, thread);
	/* It has to run once to be stopped, whatever came of it. */
	wake_up_process(thread);
	return ret ? -ENOMEM : 0;
}

/* How much of it may be locked, xrs_ring_mem_alloc() looks at. */
static int ring_admit(struct xrs_client *client, u64 bytes)
{
	struct xrs_device *dev = client->device;
	int ret = 0;

	mutex_lock(&client->lock);
	if (client->nr_rings >= xrs_limit(dev, XRS_LIMIT_RINGS) ||
	    client->ring_bytes + bytes > xrs_limit(dev, XRS_LIMIT_RING_BYTES))
		ret = -ENOSPC;
	spin_lock_irq(&dev->lock);
	if (dev->limits.ring_bytes + bytes >
	    xrs_limit(dev, XRS_LIMIT_DEVICE_RING_BYTES))
		ret = -ENOSPC;
	if (!ret)
		dev->limits.ring_bytes += bytes;
	spin_unlock_irq(&dev->lock);
	if (!ret) {
		client->nr_rings++;
		client->ring_bytes += bytes;
	}
	mutex_unlock(&client->lock);
	return ret;
}

/* From here on the file's release gives everything back. */
static void ring_publish(struct xrs_ring *ring)
{
	struct xrs_device *dev = ring->device;

	get_file(ring->file);
	spin_lock_irq(&dev->lock);
	ring->client->nr_ring_files++;
	list_add_tail(&ring->link, &dev->rings);
	spin_unlock_irq(&dev->lock);
}

int xrs_ring_create(struct xrs_client *client, struct xrsched_ring_setup *arg,
		    struct file **filep)
{
	struct xrs_ring *ring;
	struct file *file;
	int ret;

	ret = setup_check(arg);
	if (ret)
		return ret;
	setup_layout(arg);
	ret = ring_admit(client, arg->map_size);
	if (ret)
		return ret;
	ring = ring_alloc(client, arg);
	if (!ring) {
		ret = -ENOMEM;
		goto err_count;
	}
	file = anon_inode_getfile("[xrsched-ring]", &ring_fops, ring,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto err_ring;
	}
	ring_publish(ring);
	if (arg->flags & XRSCHED_RING_POLL) {
		ret = ring_start_thread(ring);
		if (ret) {
			fput(file);
			return ret;
		}
	}
	*filep = file;
	return 0;

err_ring:
	ring_free_parts(ring);
	kfree(ring);
err_count:
	ring_uncount(client, arg->map_size);
	return ret;
}
