// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines served by processes: becoming one, and its file; see server_queue.h.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "abi.h"
#include "compat.h"
#include "engine.h"
#include "ioctl.h"
#include "module.h"
#include "server.h"
#include "server_queue.h"
#include "stream.h"

/* ----- the file ---------------------------------------------------------- */

static long server_ioctl(struct file *file, unsigned int cmd,
			 unsigned long uarg)
{
	const unsigned int size_mask = _IOC_SIZEMASK << _IOC_SIZESHIFT;
	struct xrs_server *server = file->private_data;
	struct xrsched_server_args arg;
	int ret;

	if ((cmd ^ XRSCHED_IOC_SERVER_NEXT) & ~size_mask)
		return -ENOTTY;
	ret = XRS_ARG_GET(arg, XRS_SERVER_NEXT_SIZE_VER0, (void __user *)uarg);
	return ret ?: xrs_server_next(server, &arg, (void __user *)uarg);
}

static __poll_t server_poll(struct file *file, poll_table *table)
{
	struct xrs_server *server = file->private_data;
	struct xrs_device *dev = server->device;
	bool present = false;
	__poll_t mask = 0;
	u32 i;

	poll_wait(file, &server->poll, table);
	spin_lock_irq(&dev->lock);
	for (i = 0; i < server->nr; i++) {
		struct xrs_server_queue *queue = &server->queue[i];

		if (!xrs_engine_present(queue->engine))
			continue;
		present = true;
		if (queue->state == XRSCHED_SLOT_READY)
			mask |= EPOLLIN | EPOLLRDNORM;
	}
	spin_unlock_irq(&dev->lock);
	return present ? mask : EPOLLHUP | EPOLLERR;
}

static int server_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct xrs_server *server = file->private_data;

	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	xrs_vm_flags_clear(vma, VM_MAYWRITE | VM_MAYEXEC);
	return remap_vmalloc_range(vma, server->slots, vma->vm_pgoff);
}

/* The layer that it has goes back; the client is charged for what it took. */
static void give_back(struct xrs_engine_dev *engine)
{
	struct xrs_core *core = &engine->device->core;
	struct xrs_job *job = engine->core.job;
	u64 now_ns = max(ktime_get_ns(), core->now_ns);

	xrs_usage_layer(&to_xrs_user_stream(job->stream)->client->usage,
			engine->core.id, now_ns - engine->core.since_ns);
	xrs_engine_blame(engine, engine->core.seq, XRS_FAULT_DIED, job);
	xrs_core_layer_failed(core, &engine->core, XRS_REASON_FAULT, 0, now_ns);
}

/* Its layers go back first, and none of its queues gets another one. */
static void server_abandon(struct xrs_server *server)
{
	struct xrs_device *dev = server->device;
	u32 i;

	spin_lock_irq(&dev->lock);
	for (i = 0; i < server->nr; i++)
		if (server->queue[i].engine &&
		    xrs_engine_present(server->queue[i].engine))
			xrs_server_park(&server->queue[i], true);
	for (i = 0; i < server->nr; i++) {
		struct xrs_engine_dev *engine = server->queue[i].engine;

		if (engine && xrs_engine_present(engine) && engine->core.job)
			give_back(engine);
	}
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);
}

static void server_free(struct xrs_server *server)
{
	u32 i;

	server_abandon(server);
	for (i = 0; i < server->nr; i++) {
		struct xrs_engine_dev *engine = server->queue[i].engine;

		if (!engine)
			continue;
		xrs_engine_destroy_one(engine);
		xrs_engine_put(engine);
	}
	vfree(server->slots);
	xrs_device_put(server->device);
	kvfree(server);
}

static int server_release(struct inode *inode, struct file *file)
{
	server_free(file->private_data);
	return 0;
}

static const struct file_operations server_fops = {
	.owner = THIS_MODULE,
	.release = server_release,
	.poll = server_poll,
	.mmap = server_mmap,
	.unlocked_ioctl = server_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* ----- becoming one ------------------------------------------------------ */

static int serve_check(const struct xrsched_serve *arg)
{
	if (arg->flags || !arg->queues ||
	    arg->queues > XRSCHED_SERVER_MAX_QUEUES ||
	    arg->watchdog_ms > XRSCHED_SERVER_MAX_WATCHDOG_MS)
		return -EINVAL;
	if (!xrs_name_valid(arg->class_name) ||
	    (arg->name[0] && !xrs_name_valid(arg->name)) ||
	    strnlen(arg->name, XRS_NAME_LEN) > XRS_NAME_LEN - 5)
		return -EINVAL;
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

static struct xrs_server *server_alloc(struct xrs_device *dev, u32 nr)
{
	struct xrs_server *server;
	u32 i;

	server = kvzalloc(struct_size(server, queue, nr), GFP_KERNEL_ACCOUNT);
	if (!server)
		return NULL;
	server->bytes = PAGE_ALIGN(nr * sizeof(struct xrsched_server_slot));
	server->slots = vmalloc_user(server->bytes);
	if (!server->slots) {
		kvfree(server);
		return NULL;
	}
	server->device = dev;
	get_device(&dev->dev);
	init_waitqueue_head(&server->poll);
	server->nr = nr;
	for (i = 0; i < nr; i++) {
		struct xrs_server_queue *queue = &server->queue[i];

		queue->slot = server->slots +
			      i * sizeof(struct xrsched_server_slot);
		queue->slot->queue = i;
		init_waitqueue_head(&queue->wait);
	}
	return server;
}

static int server_add_engine(struct xrs_server *server, u32 i,
			     const struct xrsched_serve *arg)
{
	struct xrs_server_arg where = { .server = server, .queue = i };
	struct xrs_engine_params params = {
		.kind = XRS_ENGINE_SERVER,
		.pes = arg->pes,
		.guarded = true,
		.learns = true,
		.parked = true,
		.floor_ns = arg->watchdog_ms * 1000000ULL,
		.arg = &where,
	};

	memcpy(params.class_name, arg->class_name, XRS_NAME_LEN);
	if (arg->name[0] && i)
		snprintf(params.name, XRS_NAME_LEN, "%.27s.%hhu", arg->name,
			 (u8)i);
	else
		memcpy(params.name, arg->name, XRS_NAME_LEN);
	return xrs_engine_create(server->device, &params,
				 &server->queue[i].engine);
}

int xrs_server_create(struct xrs_client *client, struct xrsched_serve *arg,
		      void __user *uarg)
{
	struct xrs_server *server;
	struct file *file;
	int ret, fd;
	u32 i;

	ret = serve_check(arg);
	if (ret)
		return ret;
	server = server_alloc(client->device, arg->queues);
	if (!server)
		return -ENOMEM;
	for (i = 0; i < arg->queues; i++) {
		ret = server_add_engine(server, i, arg);
		if (ret < 0)
			goto err_free;
		arg->engine[i] = ret;
	}
	for (; i < XRSCHED_SERVER_MAX_QUEUES; i++)
		arg->engine[i] = 0;
	arg->slot_bytes = sizeof(struct xrsched_server_slot);
	arg->map_bytes = server->bytes;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		ret = fd;
		goto err_free;
	}
	file = anon_inode_getfile("[xrsched-server]", &server_fops, server,
				  O_RDWR);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		goto err_fd;
	}
	/* From here on, the file owns the server. */
	arg->fd = fd;
	if (copy_to_user(uarg, arg, min_t(size_t, arg->size, sizeof(*arg)))) {
		put_unused_fd(fd);
		fput(file);
		return -EFAULT;
	}
	fd_install(fd, file);
	return 0;

err_fd:
	put_unused_fd(fd);
err_free:
	server_free(server);
	return ret;
}
