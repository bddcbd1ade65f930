/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A device: one scheduling domain, its core, its lock and its node.
 */

/**
 * DOC: Locks
 *
 * From the outermost to the innermost; none is taken while one below is held:
 *
 *	xrs_ring::submit	mutex: who takes entries of a submission ring
 *	xrs_client::lock	mutex: a file's handle tables
 *	  xrs_device::config	mutex: engines, guard, memory for streams
 *	    xrs_device::lock	spinlock, irq-safe: everything the core knows
 *	      xrs_device::streams' own lock, timers', wait queues' and
 *	      eventfds' locks
 *
 * No fence's lock is taken while any of these is held, see fence.h.
 *
 *	xrs_tape::reader	mutex: one reads a recording; only xrs_device::lock
 *				is taken within
 *	xrs_devices_lock	mutex: table of devices; leaf, taken alone
 *
 * What a field is protected by stands beside it.  "config+lock" means: written
 * with both held, read with either.  Event sources (timers, ioctls, engines)
 * need only xrs_device::lock:
 *
 *	spin_lock_irqsave(&dev->lock, flags);
 *	now = ktime_get_ns();		inside, so that time never goes back
 *	xrs_core_...(&dev->core, ..., now);	one or more events
 *	xrs_device_run(dev);		decide, complete, wake up
 *	spin_unlock_irqrestore(&dev->lock, flags);
 *
 * Timers run in (soft or hard) interrupt context and take the lock themselves.
 * At most XRS_CHUNK events are reported in one critical section, so that
 * interrupts are never off for a time that userspace chooses.
 */

/**
 * DOC: Lifetimes
 *
 *	object		counted by	held by
 *	xrs_device	struct device	the driver while bound, clients, engines
 *	xrs_client	kref		its file, its streams
 *	xrs_profile	kref		its handle, streams that use it
 *	xrs_user_stream	kref		its handle, its jobs in flight together,
 *					downstream streams
 *	xrs_user_job	(one owner)	core until it ended, then the client's queue
 *	xrs_ring	(one owner)	its file, then the last of its jobs
 *	xrs_in_fence	(one owner)	its job, then the device's worker
 *	xrs_out_fence	its dma_fence	its job, its sync_file, others
 *	xrs_engine_dev	kref		the device, whoever looked it up
 *
 * A stream leaves the core when its last reference goes, which therefore
 * happens under xrs_device::lock (xrs_user_stream_put()); its memory, and with
 * it the references that it holds, are given back later by the device's reaper
 * in process context.  A job is never shared, so it needs no count: it belongs
 * to the core between xrs_core_submit() and ops->finish, then to the queue of
 * its client until it is read, or to nobody if the file is closed.
 *
 * Closing a file cancels its jobs and drops its handles; it waits for nothing.
 * Removing a device cancels all jobs, takes the engines away, wakes up
 * everybody and leaves a shell that open files keep until they close.
 */
#ifndef XRS_DEVICE_H
#define XRS_DEVICE_H

#include <linux/cdev.h>
#include <linux/hashtable.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "event.h"
#include "fence.h"
#include "limits.h"
#include "xrs_core.h"

struct dentry;
struct platform_device;
struct xrs_engine_dev;
struct xrs_tape;

/** define XRS_CHUNK - Events in one critical section, at most. */
#define XRS_CHUNK 64

/**
 * struct xrs_device - One scheduling domain, /dev/xrschedN
 * @dev: class device; its reference count is the object's
 * @cdev: its character device
 * @nr: number, as in the name of the node; constant
 * @debugfs: its folder; constant while bound
 *
 * @config: serialises changes of engines, guard and memory for streams
 *
 * @lock: the lock of everything below
 * @gone: device is being removed: nothing is accepted any more; config+lock
 * @ended: it has been: no job will end any more, so nobody waits for one
 * @core: the core; events and policy under @lock, its engine table config+lock
 * @engine: engines by id, NULL where there is none; config+lock
 * @streams: streams by their number on the device, struct xrs_user_stream;
 *           numbers are reserved under @config, entries change under @lock
 * @clients: open files, xrs_client::link
 * @nr_clients: how many these are
 * @limits: what its clients may have, and have; see limits.h
 * @users: of whom they are, xrs_user::node
 * @kicked: clients to be woken up at the end of the run, xrs_client::kick
 * @rings: pairs of rings whose file is open, xrs_ring::link
 * @kicked_rings: of these, those with news at the end of the run,
 *                xrs_ring::kick
 * @orphans: ended jobs of closed files, xrs_user_job::link
 * @dead: streams without references, still in the core, xrs_user_stream::link
 * @corpses: streams to be freed by @reaper, xrs_user_stream::link
 * @instant: engines whose layer was complete as soon as it was dispatched
 * @gen: grows with each change of the set of engines, streams or clients and
 *       with each change of the policy (dumps tell by it that they are torn)
 * @reset_ns: since when streams and engines are counted
 * @bad_answers: answers that were refused or cut, of all engines ever
 * @nr_ended: jobs that have ended, for the trace event job_complete
 * @tape: its recording, or NULL
 *
 * @wake: the core's timer; set under @lock
 * @armed_ns: what it is set to, XRS_NEVER: nothing; @lock
 * @behind: times in a row that it was set to what had passed; @lock
 * @more: goes on where xrs_device_run() stopped for the sake of others
 * @reaper: frees @corpses
 * @events: what listeners are told
 * @fences: news of fences
 */
struct xrs_device {
	struct device dev;
	struct cdev cdev;
	u32 nr;
	struct dentry *debugfs;

	struct mutex config;	/* see above */

	spinlock_t lock;	/* see above */
	bool gone;
	bool ended;
	struct xrs_core core;
	struct xrs_engine_dev *engine[XRS_MAX_ENGINES];
	struct xarray streams;
	struct list_head clients;
	u32 nr_clients;
	struct xrs_limits limits;
	DECLARE_HASHTABLE(users, 6);
	struct list_head kicked;
	struct list_head rings;
	struct list_head kicked_rings;
	struct list_head orphans;
	struct list_head dead;
	struct list_head corpses;
	u64 instant;
	u32 gen;
	u64 reset_ns;
	u64 bad_answers;
	u64 nr_ended;
	struct xrs_tape *tape;

	struct hrtimer wake;
	u64 armed_ns;
	u32 behind;
	struct work_struct more;
	struct work_struct reaper;
	struct xrs_events events;
	struct xrs_fences fences;
};

/** to_xrs_device() - the device that a core belongs to */
static inline struct xrs_device *to_xrs_device(struct xrs_core *core)
{
	return container_of(core, struct xrs_device, core);
}

/** xrs_limit() - a limit that is in force; any context */
static inline u32 xrs_limit(const struct xrs_device *dev, enum xrs_limit_id id)
{
	return READ_ONCE(dev->limits.max[id]);
}

/*
 * For the control plane (may sleep).
 */

/**
 * xrs_device_get() - look a device up
 * @nr: its number
 *
 * Return: the device with a reference, to be given back by xrs_device_put();
 * NULL if there is none.  It may be removed at any moment: calls then fail
 * with -ENODEV.
 */
struct xrs_device *xrs_device_get(u32 nr);

/**
 * xrs_device_next() - walk through the devices
 * @nr: in: least number to look at; out: number of the device found
 *
 * Return: as xrs_device_get(); NULL at the end.
 */
struct xrs_device *xrs_device_next(u32 *nr);

/** xrs_device_put() - give a reference back */
static inline void xrs_device_put(struct xrs_device *dev)
{
	put_device(&dev->dev);
}

/**
 * struct xrs_device_info - What there is to say about a device
 * @gen: generation, see struct xrs_device
 * @nr_engines: engines present
 * @nr_up: engines that take layers
 * @nr_streams: streams present, those that are about to go included
 * @nr_clients: open files
 * @policy: its policy
 * @param: values of all parameters, by enum xrs_param_id
 * @events: events seen by the core
 * @decisions: dispatches
 * @policy_faults: picks that broke the rules and were replaced
 * @reset_ns: since when streams and engines are counted
 * @events_lost: events that listeners were not told of
 * @events_seq: number of the latest event
 * @bad_answers: answers that were refused or cut, engines that are gone included
 */
struct xrs_device_info {
	u32 gen;
	u32 nr_engines;
	u32 nr_up;
	u32 nr_streams;
	u32 nr_clients;
	const struct xrs_policy *policy;
	s64 param[XRS_PARAM_NR];
	u64 events;
	u64 decisions;
	u64 policy_faults;
	u64 reset_ns;
	u64 events_lost;
	u64 events_seq;
	u64 bad_answers;
};

/**
 * xrs_device_info() - take a consistent picture of a device
 * @dev: device
 * @info: to be filled in
 *
 * Return: 0 or -ENODEV.
 */
int xrs_device_info(struct xrs_device *dev, struct xrs_device_info *info);

/**
 * xrs_device_set_policy() - change policy and parameters
 * @dev: device
 * @policy: from xrs_policy_find()
 * @param: XRS_PARAM_NR values, each passed by xrs_policy_check(); NULL: the
 *         policy's defaults
 *
 * Takes effect with the next decision; no job and no history is lost.
 *
 * Return: 0, -ERANGE (a value; nothing has changed) or -ENODEV.
 */
int xrs_device_set_policy(struct xrs_device *dev,
			  const struct xrs_policy *policy, const s64 *param);

/**
 * xrs_device_guard() - what a device does about engines that fail
 * @dev: device
 * @guard: filled in
 *
 * Return: 0 or -ENODEV.
 */
int xrs_device_guard(struct xrs_device *dev, struct xrs_guard *guard);

/**
 * xrs_device_set_guard() - what it shall do
 * @dev: device
 * @guard: what
 *
 * Who changes a part of it holds @dev->config from xrs_device_guard() on.
 *
 * Return: 0, -ERANGE (a value; nothing has changed) or -ENODEV.
 */
int xrs_device_set_guard(struct xrs_device *dev, const struct xrs_guard *guard);

/**
 * xrs_device_reset_stats() - count from zero, for all streams and engines
 * @dev: device
 *
 * Jobs in flight stay counted as submitted (and, where they are, as released),
 * so that what the counters have to obey holds on.
 *
 * Return: 0 or -ENODEV.
 */
int xrs_device_reset_stats(struct xrs_device *dev);

/*
 * For the rest of the module.
 */

/**
 * xrs_device_run() - decide, then do what has to follow
 * @dev: device
 *
 * To be called after each batch of events, before the lock is given up.  Also
 * completes layers of engines that need no time, but not more than XRS_CHUNK of
 * them: a worker goes on with the rest.
 *
 * Context: any; @dev->lock held.
 */
void xrs_device_run(struct xrs_device *dev);

/**
 * xrs_device_run_at() - the same at the time of the event that led to it
 * @dev: device
 * @now_ns: when that was: now, or when hardware says that it happened
 *
 * Context: as xrs_device_run().
 */
void xrs_device_run_at(struct xrs_device *dev, u64 now_ns);

/**
 * xrs_device_reserve() - make room for one more stream in the core
 * @dev: device
 *
 * Context: process; @dev->config held.
 * Return: 0 or -ENOMEM.
 */
int xrs_device_reserve(struct xrs_device *dev);

/** xrs_device_probe() - make a device; it goes when @pdev is unbound */
int xrs_device_probe(struct platform_device *pdev);

#endif /* XRS_DEVICE_H */
