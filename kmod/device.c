// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices: how they come and go, and what the core asks of them.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "client.h"
#include "compat.h"
#include "debugfs.h"
#include "engine.h"
#include "job.h"
#include "module.h"
#include "ring.h"
#include "stream.h"
#include "tape.h"
#include "watch.h"
#include "xrsched_trace.h"

/* Devices by number; an entry goes before its device does. */
static DEFINE_XARRAY(devices);
static DEFINE_MUTEX(xrs_devices_lock);

/* ----- what the core asks for, always with the lock held ----------------- */

/*
 * Called for every layer.  What is traced has its own way through it, so that
 * what is not saves no registers for a call that is not made.
 */
static noinline void dispatch_traced(struct xrs_core *core,
				     const struct xrs_pick *pick, u64 now_ns)
{
	struct xrs_engine_dev *engine = to_xrs_engine_dev(pick->engine);

	trace_layer_dispatch(to_xrs_device(core), pick, now_ns);
	engine->ops->dispatch(engine, pick->job, now_ns);
}

static void core_dispatch(struct xrs_core *core, const struct xrs_pick *pick,
			  u64 now_ns)
{
	struct xrs_engine_dev *engine;

	if (trace_layer_dispatch_enabled()) {
		dispatch_traced(core, pick, now_ns);
		return;
	}
	engine = to_xrs_engine_dev(pick->engine);
	engine->ops->dispatch(engine, pick->job, now_ns);
}

static void core_ready(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	trace_job_ready(to_xrs_device(core), job);
}

/*
 * A timer that is set to the past within its own function runs again within
 * the same interrupt.  So that is done for a moment that has just passed, and
 * XRS_CHUNK times in a row at most; not for the rest of a run that had too much
 * to do (due at the core's own time), which is a worker's.
 */
static bool wake_by_worker(struct xrs_device *dev, u64 at_ns)
{
	if (at_ns > ktime_get_ns()) {
		dev->behind = 0;
		return false;
	}
	if (at_ns > dev->core.now_ns && ++dev->behind <= XRS_CHUNK)
		return false;
	dev->behind = 0;
	return true;
}

/* The core's wake_ns is looked at when the run is over, see device_arm(). */
static void core_wake(struct xrs_core *core, u64 at_ns)
{
}

static void core_tuned(struct xrs_core *core, const struct xrs_tuner_step *step)
{
	struct xrs_device *dev = to_xrs_device(core);

	trace_tuner_step(dev, step);
	xrs_event_tuner_step(dev, step);
}

static void core_decided(struct xrs_core *core, const struct xrs_ready *ready,
			 const struct xrs_pick *pick, u64 now_ns)
{
	struct xrs_decision decision;

	xrs_explain(&decision, core, ready, pick, now_ns);
	trace_decision(to_xrs_device(core), &decision);
}

static void core_reset(struct xrs_core *core, struct xrs_engine *engine,
		       u64 now_ns)
{
	xrs_engine_begin_reset(to_xrs_engine_dev(engine));
}

static void core_fault(struct xrs_core *core, const struct xrs_engine *engine,
		       const struct xrs_job *job, enum xrs_reason reason,
		       u64 now_ns)
{
	struct xrs_engine_dev *dev = container_of(engine, struct xrs_engine_dev,
						  core);

	/* Others end by an answer, and are charged by who gets it. */
	if (reason == XRS_REASON_TIMEOUT)
		xrs_usage_layer(&to_xrs_user_stream(job->stream)->client->usage,
				engine->id, now_ns - engine->since_ns);
	xrs_engine_blame(dev, engine->seq,
			 reason == XRS_REASON_TIMEOUT ? XRS_FAULT_TIMEOUT :
							XRS_FAULT_ERROR,
			 job);
}

static void core_health(struct xrs_core *core, const struct xrs_engine *engine,
			u64 now_ns)
{
	xrs_engine_health_changed(container_of(engine, struct xrs_engine_dev,
					       core));
}

static void core_learned(struct xrs_core *core, const struct xrs_engine *engine,
			 const struct xrs_job *job, u64 seen_ns,
			 u64 estimate_ns)
{
	trace_layer_learned(to_xrs_device(core), engine, job, seen_ns,
			    estimate_ns);
}

static const struct xrs_core_ops core_ops = {
	.dispatch = core_dispatch,
	.finish = xrs_user_job_finish,
	.wake = core_wake,
	.ready = core_ready,
	.tuned = core_tuned,
	.decided = core_decided,
	.reset = core_reset,
	.fault = core_fault,
	.health = core_health,
	.learned = core_learned,
};

/* ----- running ----------------------------------------------------------- */

static void wake_clients(struct xrs_device *dev)
{
	struct xrs_client *client, *next;

	/* What is settled there may make room. */
	xrs_ring_notify_all(dev);
	list_for_each_entry_safe(client, next, &dev->kicked, kick) {
		list_del_init(&client->kick);
		/* Those who begin to wait look at the client after us. */
		if (waitqueue_active(&client->wait))
			wake_up_interruptible_poll(&client->wait,
						   EPOLLIN | EPOLLRDNORM |
						   EPOLLOUT | EPOLLWRNORM);
	}
}

/*
 * Sets the timer for what the core wants to be woken for, unless that is now
 * and for a worker: then it returns true.  One that is set to an earlier time
 * stays: setting it costs more than all else that a job takes, and most are set
 * for deadlines that are met long before.
 */
static bool device_arm(struct xrs_device *dev)
{
	u64 at_ns = dev->core.wake_ns;

	if (at_ns == XRS_NEVER || dev->gone) {
		if (dev->armed_ns == XRS_NEVER)
			return false;
		/*
		 * A function of the timer that is about to run cannot be
		 * stopped from here; it then finds nothing to do.
		 */
		hrtimer_try_to_cancel(&dev->wake);
		dev->armed_ns = XRS_NEVER;
	} else if (dev->armed_ns > at_ns) {
		if (wake_by_worker(dev, at_ns))
			return true;
		xrs_hrtimer_start(&dev->wake, at_ns);
		dev->armed_ns = at_ns;
	}
	return false;
}

/* Returns true if there is more to do, which a worker is to go on with. */
static bool run_once(struct xrs_device *dev, u64 now_ns)
{
	bool more;

	lockdep_assert_held(&dev->lock);
	xrs_core_run(&dev->core, now_ns);
	if (dev->instant)
		xrs_engine_run_instant(dev, now_ns);
	more = device_arm(dev) || dev->instant;

	xrs_user_stream_bury(dev);
	if (!list_empty(&dev->orphans))
		xrs_user_job_free_list(&dev->orphans);
	wake_clients(dev);
	return more;
}

void xrs_device_run(struct xrs_device *dev)
{
	xrs_device_run_at(dev, ktime_get_ns());
}

void xrs_device_run_at(struct xrs_device *dev, u64 now_ns)
{
	if (run_once(dev, now_ns))
		queue_work(xrs_workqueue, &dev->more);
}

static void device_more(struct work_struct *work)
{
	struct xrs_device *dev = container_of(work, struct xrs_device, more);
	bool cookie = xrs_signalling_begin();
	bool more = true;
	u32 nr;

	/* Interrupts and other threads get their turn, at last other work. */
	for (nr = 0; more && nr < XRS_CHUNK; nr++) {
		spin_lock_irq(&dev->lock);
		more = run_once(dev, ktime_get_ns());
		spin_unlock_irq(&dev->lock);
		cond_resched();
	}
	if (more)
		queue_work(xrs_workqueue, &dev->more);
	xrs_signalling_end(cookie);
}

static enum hrtimer_restart device_wake(struct hrtimer *timer)
{
	struct xrs_device *dev = container_of(timer, struct xrs_device, wake);
	unsigned long flags;
	u64 now_ns, due_ns;

	spin_lock_irqsave(&dev->lock, flags);
	due_ns = dev->armed_ns;
	/* While this waited for the lock, it may have been set again. */
	if (!hrtimer_is_queued(timer))
		dev->armed_ns = XRS_NEVER;
	now_ns = ktime_get_ns();
	/*
	 * A frame is released when it was to be, however late this runs.  Nor
	 * is it later than it was set to, which may be earlier than what the
	 * core waits for now: layers that are over by now have yet to say so.
	 */
	if (READ_ONCE(xrs_sim_exact))
		now_ns = min3(now_ns, dev->core.wake_ns, due_ns);
	xrs_device_run_at(dev, now_ns);
	spin_unlock_irqrestore(&dev->lock, flags);
	return HRTIMER_NORESTART;
}

/* The reference was taken when the work was queued, by xrs_user_stream_bury() */
static void device_reap(struct work_struct *work)
{
	struct xrs_device *dev = container_of(work, struct xrs_device, reaper);

	xrs_user_stream_reap(dev);
	xrs_device_put(dev);
}

int xrs_device_reserve(struct xrs_device *dev)
{
	struct xrs_core *core = &dev->core;
	u32 max_streams;
	void *mem, *old;
	bool full;

	lockdep_assert_held(&dev->config);
	spin_lock_irq(&dev->lock);
	full = core->nr_streams == core->max_streams;
	spin_unlock_irq(&dev->lock);
	/* Only streams that go can change the number now. */
	if (!full)
		return 0;

	max_streams = max(16U, 2 * core->max_streams);
	mem = kvmalloc(xrs_core_reserve_bytes(max_streams), GFP_KERNEL_ACCOUNT);
	if (!mem)
		return -ENOMEM;
	spin_lock_irq(&dev->lock);
	old = xrs_core_reserve(core, mem, max_streams);
	spin_unlock_irq(&dev->lock);
	kvfree(old);
	return 0;
}

/* ----- the control plane's calls ----------------------------------------- */

struct xrs_device *xrs_device_next(u32 *nr)
{
	struct xrs_device *dev;
	unsigned long index = *nr;

	mutex_lock(&xrs_devices_lock);
	dev = xa_find(&devices, &index, U32_MAX, XA_PRESENT);
	if (dev) {
		get_device(&dev->dev);
		*nr = index;
	}
	mutex_unlock(&xrs_devices_lock);
	return dev;
}

struct xrs_device *xrs_device_get(u32 nr)
{
	struct xrs_device *dev;

	mutex_lock(&xrs_devices_lock);
	dev = xa_load(&devices, nr);
	if (dev)
		get_device(&dev->dev);
	mutex_unlock(&xrs_devices_lock);
	return dev;
}

int xrs_device_info(struct xrs_device *dev, struct xrs_device_info *info)
{
	int ret = 0;
	u32 id;

	memset(info, 0, sizeof(*info));
	spin_lock_irq(&dev->lock);
	if (dev->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	info->gen = dev->gen;
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		info->nr_engines += !!dev->engine[id];
	info->nr_up = hweight64(dev->core.up);
	info->nr_streams = dev->core.nr_streams;
	info->nr_clients = dev->nr_clients;
	info->policy = dev->core.policy;
	memcpy(info->param, dev->core.param, sizeof(info->param));
	info->events = dev->core.events;
	info->decisions = dev->core.decisions;
	info->policy_faults = dev->core.policy_faults;
	info->reset_ns = dev->reset_ns;
	info->events_lost = dev->events.total_lost;
	info->events_seq = dev->events.seq;
	info->bad_answers = dev->bad_answers;
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_device_guard(struct xrs_device *dev, struct xrs_guard *guard)
{
	int ret;

	spin_lock_irq(&dev->lock);
	*guard = dev->core.guard;
	ret = dev->gone ? -ENODEV : 0;
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_device_set_guard(struct xrs_device *dev, const struct xrs_guard *guard)
{
	int ret = -ENODEV;

	spin_lock_irq(&dev->lock);
	if (!dev->gone)
		ret = xrs_core_set_guard(&dev->core, guard, ktime_get_ns());
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_device_set_policy(struct xrs_device *dev,
			  const struct xrs_policy *policy, const s64 *param)
{
	s64 defaults[XRS_PARAM_NR];
	int ret = -ENODEV;

	if (!param) {
		xrs_policy_defaults(policy, defaults);
		param = defaults;
	}
	spin_lock_irq(&dev->lock);
	if (dev->gone)
		goto unlock;
	ret = xrs_core_set_policy(&dev->core, policy, param, ktime_get_ns());
	if (ret)
		goto unlock;
	dev->gen++;
	trace_policy_change(dev, policy);
	xrs_event_policy_change(dev, policy);
	xrs_device_run(dev);
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_device_reset_stats(struct xrs_device *dev)
{
	int ret = 0;
	u32 id;

	spin_lock_irq(&dev->lock);
	if (dev->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	dev->reset_ns = ktime_get_ns();
	xrs_core_reset_stats(&dev->core);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (dev->engine[id])
			memset(dev->engine[id]->count, 0,
			       sizeof(dev->engine[id]->count));
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* ----- going ------------------------------------------------------------- */

/* Returns true when every job is cancelled; takes the lock, works a chunk. */
static bool cancel_chunk(struct xrs_device *dev)
{
	struct xrs_stream *stream;
	u32 budget = XRS_CHUNK;
	bool done = true;

	spin_lock_irq(&dev->lock);
	/*
	 * Downstream first, as they came later: so that their jobs, too, end
	 * as cancelled rather than dropped for the sake of their upstream's.
	 */
	list_for_each_entry_reverse(stream, &dev->core.streams, link) {
		done = xrs_user_stream_cancel(to_xrs_user_stream(stream),
					      XRS_REASON_DEVICE, &budget,
					      ktime_get_ns());
		if (!done)
			break;
	}
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);
	return done;
}

static void end_waits(struct xrs_device *dev)
{
	struct xrs_client *client;

	spin_lock_irq(&dev->lock);
	dev->ended = true;
	xrs_tape_end(dev);
	list_for_each_entry(client, &dev->clients, link)
		wake_up_interruptible_all(&client->wait);
	xrs_ring_end_waits(dev);
	spin_unlock_irq(&dev->lock);
}

static void device_shut(struct xrs_device *dev)
{
	mutex_lock(&dev->config);
	spin_lock_irq(&dev->lock);
	/* Also looked at without the lock, as a quick way out. */
	WRITE_ONCE(dev->gone, true);
	dev->gen++;
	spin_unlock_irq(&dev->lock);

	while (!cancel_chunk(dev))
		cond_resched();
	/* What still runs is cancelled, and ends as its engine goes. */
	xrs_engine_destroy_all(dev);
	mutex_unlock(&dev->config);

	hrtimer_cancel(&dev->wake);
	cancel_work_sync(&dev->more);
	xrs_fences_stop(dev);
	end_waits(dev);
	xrs_events_stop(&dev->events);
}

static void table_remove(struct xrs_device *dev)
{
	mutex_lock(&xrs_devices_lock);
	xa_erase(&devices, dev->nr);
	mutex_unlock(&xrs_devices_lock);
}

/* Called when the platform device is unbound, whatever the reason. */
static void device_remove(void *data)
{
	struct xrs_device *dev = data;

	table_remove(dev);
	xrs_debugfs_remove(dev);
	cdev_device_del(&dev->cdev, &dev->dev);
	device_shut(dev);
	xrs_device_put(dev);
}

/* ----- coming ------------------------------------------------------------ */

static void device_release(struct device *device)
{
	struct xrs_device *dev = container_of(device, struct xrs_device, dev);

	kvfree(xrs_core_reserve(&dev->core, NULL, 0));
	xrs_events_free(&dev->events);
	xrs_fences_free(dev);
	xa_destroy(&dev->streams);
	mutex_destroy(&dev->config);
	kfree(dev);
}

static struct xrs_device *device_alloc(struct platform_device *pdev)
{
	struct xrs_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (!dev)
		return NULL;
	if (xrs_events_init(&dev->events)) {
		kfree(dev);
		return NULL;
	}
	dev->nr = pdev->id;
	mutex_init(&dev->config);
	spin_lock_init(&dev->lock);
	xrs_core_init(&dev->core, &core_ops);
	xa_init_flags(&dev->streams, XA_FLAGS_ALLOC | XA_FLAGS_LOCK_IRQ);
	INIT_LIST_HEAD(&dev->clients);
	xrs_limits_init(&dev->limits);
	hash_init(dev->users);
	INIT_LIST_HEAD(&dev->kicked);
	INIT_LIST_HEAD(&dev->rings);
	INIT_LIST_HEAD(&dev->kicked_rings);
	INIT_LIST_HEAD(&dev->orphans);
	INIT_LIST_HEAD(&dev->dead);
	INIT_LIST_HEAD(&dev->corpses);
	dev->armed_ns = XRS_NEVER;
	xrs_hrtimer_setup(&dev->wake, device_wake);
	dev->reset_ns = ktime_get_ns();
	INIT_WORK(&dev->more, device_more);
	INIT_WORK(&dev->reaper, device_reap);
	xrs_fences_init(dev);

	device_initialize(&dev->dev);
	dev->dev.parent = &pdev->dev;
	dev->dev.class = &xrs_class;
	dev->dev.devt = xrs_module_devt(dev->nr);
	dev->dev.release = device_release;
	cdev_init(&dev->cdev, &xrs_client_fops);
	dev->cdev.owner = THIS_MODULE;
	return dev;
}

static int table_add(struct xrs_device *dev)
{
	int ret;

	mutex_lock(&xrs_devices_lock);
	ret = xa_insert(&devices, dev->nr, dev, GFP_KERNEL);
	if (!ret)
		xrs_watch_begin(dev);
	mutex_unlock(&xrs_devices_lock);
	return ret;
}

int xrs_device_probe(struct platform_device *pdev)
{
	struct xrs_device *dev;
	int ret;

	/* Somebody may have made a device of our name by other means. */
	if (pdev->id < 0 || pdev->id >= XRS_MAX_DEVICES)
		return -EINVAL;
	dev = device_alloc(pdev);
	if (!dev)
		return -ENOMEM;
	ret = dev_set_name(&dev->dev, "xrsched%u", dev->nr);
	if (ret)
		goto err_put;
	ret = table_add(dev);
	if (ret)
		goto err_put;
	ret = cdev_device_add(&dev->cdev, &dev->dev);
	if (ret)
		goto err_table;
	xrs_debugfs_add(dev);
	platform_set_drvdata(pdev, dev);
	return devm_add_action_or_reset(&pdev->dev, device_remove, dev);

err_table:
	/* The control plane may have found it already. */
	table_remove(dev);
	device_shut(dev);
err_put:
	xrs_device_put(dev);
	return ret;
}
