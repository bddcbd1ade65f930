// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines served by processes.
 *
 * DOC: Servers
 *
 * A server is a file with up to XRSCHED_SERVER_MAX_QUEUES queues, each of which
 * is an engine.  A queue has one slot; who owns it, its state says:
 *
 *	PARKED	nobody has asked for a layer
 *	ARMED	somebody has, or the last answer did; on dispatch: READY
 *	READY	a layer waits to be fetched; then: OWNED
 *	OWNED	the server has it; answered: ARMED, or PARKED if it asks for no
 *		other; taken away: LOST
 *	LOST	the server has yet to come back from it, by an answer that is too
 *		late or by asking again: PARKED
 *
 * A layer that is lost has the engine reset, which for a process means that it
 * comes back.  It is waited for as long again as it had for the layer; so long
 * the engine is up, and jobs that only it can run wait.  Whoever is back by then
 * has been reset; at that moment, and no other, it is judged who is not.
 *
 * The slot is mapped by the server, read-only, so nothing that it does there
 * can be seen here.  States change under xrs_device::lock.  The file holds its
 * engines, and these point back to it; on its release they leave the device
 * first.  So a server that dies, however it does, ends there.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "abi.h"
#include "buffer.h"
#include "compat.h"
#include "engine.h"
#include "ioctl.h"
#include "job.h"
#include "module.h"
#include "profile.h"
#include "server.h"

struct server;

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
	struct server *server;
	u32 queue;
	u64 judge_ns;
	struct delayed_work judge;
};

/**
 * struct server_queue - A queue
 * @engine: its engine, with a reference; constant once the file exists
 * @slot: its slot, which the server sees; written under xrs_device::lock
 * @state: enum xrsched_slot_state; xrs_device::lock
 * @seq: number of the last layer that was in the slot; xrs_device::lock
 * @waiting: somebody waits for a layer; xrs_device::lock
 * @wait: who does
 */
struct server_queue {
	struct xrs_engine_dev *engine;
	struct xrsched_server_slot *slot;
	u32 state;
	u64 seq;
	bool waiting;
	wait_queue_head_t wait;
};

/**
 * struct server - A file that is engines
 * @device: with a reference
 * @slots: what is mapped
 * @bytes: its size
 * @poll: who polls
 * @nr: number of queues
 * @queue: the queues
 */
struct server {
	struct xrs_device *device;
	void *slots;
	size_t bytes;
	wait_queue_head_t poll;
	u32 nr;
	struct server_queue queue[];
};

static struct server_engine *to_server_engine(struct xrs_engine_dev *engine)
{
	return container_of(engine, struct server_engine, engine);
}

static struct server_queue *queue_of(struct xrs_engine_dev *engine)
{
	struct server_engine *mine = to_server_engine(engine);

	return &mine->server->queue[mine->queue];
}

static void set_state(struct server_queue *queue, u32 state)
{
	queue->state = state;
	/* The rest of the slot comes before its state. */
	smp_store_release(&queue->slot->state, state);
}

/* ----- what the device asks for ------------------------------------------ */

/**
 * struct server_arg - What server_init() has to know
 * @server: the server
 * @queue: number of the queue
 */
struct server_arg {
	struct server *server;
	u32 queue;
};

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
	const struct server_arg *arg = engine->arg;

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
	struct server_queue *queue = queue_of(engine);

	queue->seq = engine->core.seq;
	fill_slot(queue->slot, &engine->core, job, now_ns);
	set_state(queue, XRSCHED_SLOT_READY);
	wake_up_interruptible(&queue->wait);
	wake_up_interruptible_poll(&to_server_engine(engine)->server->poll,
				   EPOLLIN | EPOLLRDNORM);
}

static void server_abort(struct xrs_engine_dev *engine)
{
	struct server_queue *queue = queue_of(engine);

	if (queue->state == XRSCHED_SLOT_OWNED)
		set_state(queue, XRSCHED_SLOT_LOST);
	else if (queue->state == XRSCHED_SLOT_READY)
		set_state(queue, XRSCHED_SLOT_ARMED);
}

/*
 * It works if its process has come back from the layer that it has lost.  One
 * that is down already says so by itself when it does.
 */
static void server_begin_reset(struct xrs_engine_dev *engine)
{
	struct server_engine *mine = to_server_engine(engine);
	struct server_queue *queue = queue_of(engine);
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

/* ----- commit ------------------------------------------------------------ */

static void park(struct server_queue *queue, bool parked)
{
	struct xrs_engine_dev *engine = queue->engine;

	xrs_core_engine_park(&engine->device->core, &engine->core, parked,
			     ktime_get_ns());
}

/* The server is back from a layer that it has lost. */
static void come_back(struct server_queue *queue)
{
	struct xrs_engine_dev *engine = queue->engine;

	set_state(queue, XRSCHED_SLOT_PARKED);
	park(queue, true);
	if (engine->core.health == XRS_HEALTH_QUARANTINED ||
	    engine->core.health == XRS_HEALTH_RESETTING)
		xrs_core_engine_reset(&engine->device->core, &engine->core,
				      true, ktime_get_ns());
}

/* An answer to what the queue does not have to answer. */
static int refuse(struct server_queue *queue,
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

static int commit(struct server_queue *queue,
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
	set_state(queue, again ? XRSCHED_SLOT_ARMED : XRSCHED_SLOT_PARKED);
	park(queue, !again);
	xrs_engine_complete_locked(engine, arg->seq, arg->status,
				   arg->energy_pj, now_ns);
	return 0;
}

/* ----- fetch ------------------------------------------------------------- */

/* Asks for a layer; 0, or why that cannot be. */
static int arm(struct server_queue *queue)
{
	if (queue->waiting || queue->state == XRSCHED_SLOT_OWNED)
		return -EBUSY;
	if (queue->state == XRSCHED_SLOT_LOST)
		come_back(queue);
	if (queue->state == XRSCHED_SLOT_PARKED) {
		set_state(queue, XRSCHED_SLOT_ARMED);
		park(queue, false);
	}
	return 0;
}

static bool over(struct server_queue *queue)
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
static int wait(struct server_queue *queue, u64 timeout_ns)
{
	ktime_t expires = ns_to_ktime(min_t(u64, timeout_ns, KTIME_MAX));
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
		/* Not restarted: with an answer, that would be given twice. */
		if (signal_pending(current)) {
			ret = -EINTR;
			break;
		}
		if (!timeout_ns)
			schedule();
		else if (!schedule_hrtimeout_range(&expires,
						   current->timer_slack_ns,
						   HRTIMER_MODE_ABS))
			ret = -ETIMEDOUT;
	}
	finish_wait(&queue->wait, &entry);
	return ret;
}

/* Hands the layer over, with the files that belong to it. */
static int take(struct server_queue *queue, struct xrsched_server_args *arg,
		struct xrs_buffers **buffers)
{
	struct xrs_job *job = queue->engine->core.job;

	lockdep_assert_held(&queue->engine->device->lock);
	if (!xrs_engine_present(queue->engine))
		return -ENODEV;
	if (queue->state != XRSCHED_SLOT_READY)
		return -EAGAIN;
	set_state(queue, XRSCHED_SLOT_OWNED);
	arg->seq = queue->seq;
	if (arg->flags & XRSCHED_NEXT_BUFFERS)
		*buffers = xrs_buffers_get(to_xrs_user_job(job));
	return 0;
}

static int fetch(struct server_queue *queue, struct xrsched_server_args *arg,
		 struct xrs_buffers **buffers)
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
		set_state(queue, XRSCHED_SLOT_PARKED);
		park(queue, true);
		ret = woken;
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* The layer could not be handed over after all: it is to be fetched anew. */
static void put_back(struct server_queue *queue, u64 seq)
{
	struct xrs_device *dev = queue->engine->device;

	spin_lock_irq(&dev->lock);
	if (!xrs_engine_present(queue->engine))
		; /* Its id may be another's by now. */
	else if (queue->seq == seq && queue->state == XRSCHED_SLOT_OWNED)
		set_state(queue, XRSCHED_SLOT_READY);
	else if (queue->seq == seq && queue->state == XRSCHED_SLOT_LOST)
		come_back(queue);
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);
}

/* Tells of the layer, and opens its job's buffers here. */
static int hand_over(struct server_queue *queue,
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

/* ----- the file ---------------------------------------------------------- */

static int server_commit(struct server_queue *queue,
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

static int server_next(struct server *server, struct xrsched_server_args *arg,
		       void __user *uarg)
{
	u32 what = arg->flags & (XRSCHED_NEXT_COMMIT | XRSCHED_NEXT_FETCH);
	struct xrs_buffers *buffers = NULL;
	struct server_queue *queue;
	int ret = 0;

	if ((arg->flags & ~XRSCHED_NEXT_FLAGS) || !what ||
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

static long server_ioctl(struct file *file, unsigned int cmd,
			 unsigned long uarg)
{
	const unsigned int size_mask = _IOC_SIZEMASK << _IOC_SIZESHIFT;
	struct server *server = file->private_data;
	struct xrsched_server_args arg;
	int ret;

	if ((cmd ^ XRSCHED_IOC_SERVER_NEXT) & ~size_mask)
		return -ENOTTY;
	ret = XRS_ARG_GET(arg, XRS_SERVER_NEXT_SIZE_VER0, (void __user *)uarg);
	return ret ?: server_next(server, &arg, (void __user *)uarg);
}

static __poll_t server_poll(struct file *file, poll_table *table)
{
	struct server *server = file->private_data;
	struct xrs_device *dev = server->device;
	bool present = false;
	__poll_t mask = 0;
	u32 i;

	poll_wait(file, &server->poll, table);
	spin_lock_irq(&dev->lock);
	for (i = 0; i < server->nr; i++) {
		struct server_queue *queue = &server->queue[i];

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
	struct server *server = file->private_data;

	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	xrs_vm_flags_clear(vma, VM_MAYWRITE);
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
static void server_abandon(struct server *server)
{
	struct xrs_device *dev = server->device;
	u32 i;

	spin_lock_irq(&dev->lock);
	for (i = 0; i < server->nr; i++)
		if (server->queue[i].engine &&
		    xrs_engine_present(server->queue[i].engine))
			park(&server->queue[i], true);
	for (i = 0; i < server->nr; i++) {
		struct xrs_engine_dev *engine = server->queue[i].engine;

		if (engine && xrs_engine_present(engine) && engine->core.job)
			give_back(engine);
	}
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);
}

static void server_free(struct server *server)
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

static struct server *server_alloc(struct xrs_device *dev, u32 nr)
{
	struct server *server;
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
		struct server_queue *queue = &server->queue[i];

		queue->slot = server->slots +
			      i * sizeof(struct xrsched_server_slot);
		queue->slot->queue = i;
		init_waitqueue_head(&queue->wait);
	}
	return server;
}

static int server_add_engine(struct server *server, u32 i,
			     const struct xrsched_serve *arg)
{
	struct server_arg where = { .server = server, .queue = i };
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
	struct server *server;
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
