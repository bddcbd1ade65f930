/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client: one open file, its handles and the queue of its ended jobs.
 */
#ifndef XRS_CLIENT_H
#define XRS_CLIENT_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/wait.h>

#include "device.h"
#include "usage.h"

struct xrs_user_job;

/** define XRS_POOL_JOBS - Jobs that a client keeps for its next ones. */
#define XRS_POOL_JOBS 64

/**
 * struct xrs_wake - A completion on its way to a sleeper
 * @woken_ns: when the sleeper was told; 0: nobody was
 * @finish_ns: when the job ended, which may be on an engine's own clock
 * @frame: its frame
 * @stream: number of its stream on the device
 */
struct xrs_wake {
	u64 woken_ns;
	u64 finish_ns;
	u64 frame;
	u32 stream;
};

/**
 * struct xrs_client - One open file
 * @ref: held by the file and by each stream
 * @device: its device, with a reference; constant
 * @nr: number, never 0, unique in the module until 2^32 more were opened;
 *      constant
 * @pid: process that opened the file; constant
 * @exempt: it had CAP_SYS_RESOURCE: its user's limits do not hold; constant
 * @user: whose it is; constant
 *
 * @lock: lock of the handle tables
 * @models: struct xrs_profile by handle; changed under @lock
 * @streams: struct xrs_user_stream by handle; changed under @lock, and an entry
 *           stays valid after lookup as long as xrs_device::lock is held (the
 *           handle's reference goes under that one)
 * @next_model: where the search for a free handle goes on; @lock
 * @next_stream: same
 * @nr_models: handles in use; @lock
 * @nr_streams: same
 * @model_bytes: memory of all its models, those without a handle included
 * @file: its file; valid as long as somebody uses that
 * @nr_rings: pairs of rings it has; @lock
 * @ring_bytes: memory of these; @lock
 *
 * The rest is protected by xrs_device::lock:
 *
 * @usage: what it has used
 * @closed: the file is closed: completions go nowhere
 * @link: in xrs_device::clients while the file is open
 * @stream_list: its streams with a handle, oldest first, xrs_user_stream::mine
 * @recent: one of these: that of its last job; or NULL
 * @nr_jobs: jobs submitted and not yet read
 * @nr_buffers: files that its jobs hold
 * @done: ended jobs not yet read, oldest first, xrs_user_job::link
 * @nr_done: how many these are
 * @nr_ring_files: rings that hold a reference to @file
 * @kick: in xrs_device::kicked
 * @wait: who waits for completions, for room, or for either by poll()
 * @wake: the completion that woke somebody who has not run since; for the
 *        trace event client_wake
 * @nr_pool: jobs in @pool
 * @pool: jobs that were read, to be used again
 */
struct xrs_client {
	struct kref ref;
	struct xrs_device *device;
	u32 nr;
	pid_t pid;
	bool exempt;
	struct xrs_user *user;

	struct mutex lock;	/* see above */
	struct xarray models;
	struct xarray streams;
	u32 next_model;
	u32 next_stream;
	u32 nr_models;
	u32 nr_streams;
	atomic_long_t model_bytes;
	struct file *file;
	u32 nr_rings;
	u64 ring_bytes;

	struct xrs_usage usage;
	bool closed;
	struct list_head link;
	struct list_head stream_list;
	struct xrs_user_stream *recent;
	u32 nr_jobs;
	u32 nr_buffers;
	struct list_head done;
	u32 nr_done;
	u32 nr_ring_files;
	struct list_head kick;
	wait_queue_head_t wait;
	struct xrs_wake wake;
	u32 nr_pool;
	struct xrs_user_job *pool[XRS_POOL_JOBS];
};

extern const struct file_operations xrs_client_fops;

/** xrs_client_put() - give a reference back; process context */
void xrs_client_put(struct xrs_client *client);

/**
 * xrs_client_push() - put an ended job into the client's queue
 * @client: whose job it is; if its file is closed, the job goes
 * @job: the job, its completion filled in
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_client_push(struct xrs_client *client, struct xrs_user_job *job);

/**
 * xrs_client_forget_unread() - let go of completions that nobody can read
 * @client: whose
 *
 * That is so once its file is open for its rings only.
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 * Return: whether there were any.
 */
bool xrs_client_forget_unread(struct xrs_client *client);

/**
 * xrs_client_charge() - count jobs against the limits
 * @client: whose
 * @by: how many; less than 0: so many less
 *
 * Context: any; xrs_device::lock held.
 */
static inline void xrs_client_charge(struct xrs_client *client, int by)
{
	client->nr_jobs += by;
	client->user->nr_jobs += by;
	client->device->limits.nr_jobs += by;
}

/**
 * xrs_client_admit() - may there be one more job?
 * @client: whose
 *
 * Context: any; xrs_device::lock held.
 * Return: 0, -EAGAIN (the client has to read some first), -EDQUOT (its user
 * has as many as it may), -ENOSPC (all clients of the device have).
 */
static inline int xrs_client_admit(const struct xrs_client *client)
{
	const struct xrs_device *dev = client->device;

	if (client->nr_jobs >= xrs_limit(dev, XRS_LIMIT_JOBS))
		return -EAGAIN;
	if (client->user->nr_jobs >= xrs_limit(dev, XRS_LIMIT_USER_JOBS) &&
	    !client->exempt)
		return -EDQUOT;
	if (dev->limits.nr_jobs >= xrs_limit(dev, XRS_LIMIT_DEVICE_JOBS))
		return -ENOSPC;
	return 0;
}

/**
 * xrs_client_room() - how many more jobs there may be
 * @client: whose
 *
 * Context: any; xrs_device::lock held.
 * Return: a number; if it is 0, xrs_client_admit() says why.
 */
static inline u32 xrs_client_room(const struct xrs_client *client)
{
	const struct xrs_device *dev = client->device;
	u32 max = xrs_limit(dev, XRS_LIMIT_JOBS);
	u32 user_max = xrs_limit(dev, XRS_LIMIT_USER_JOBS);
	u32 dev_max = xrs_limit(dev, XRS_LIMIT_DEVICE_JOBS);
	u32 room = max - min(max, client->nr_jobs);

	room = min(room, dev_max - min(dev_max, dev->limits.nr_jobs));
	if (client->exempt)
		return room;
	return min(room, user_max - min(user_max, client->user->nr_jobs));
}

/**
 * xrs_client_kick() - have those who wait for it woken up at the end of the run
 * @client: client; its file is open
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 */
void xrs_client_kick(struct xrs_client *client);

/**
 * xrs_client_kick_all() - have all clients of a device look for room again
 * @dev: device
 *
 * Context: process; @dev->lock held; xrs_device_run() follows.
 */
void xrs_client_kick_all(struct xrs_device *dev);

/**
 * xrs_client_uncharge() - jobs do not count against the client's limit now
 * @client: client
 * @nr: how many
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows, to wake up who
 * waits for room.
 */
static inline void xrs_client_uncharge(struct xrs_client *client, u32 nr)
{
	if (unlikely(client->nr_jobs >= xrs_limit(client->device,
						  XRS_LIMIT_JOBS) &&
		     !client->closed))
		xrs_client_kick(client);
	xrs_client_charge(client, -(int)nr);
}

/**
 * xrs_sleep() - the sleep of a loop that waits for something
 * @timeout_ns: when to give up, absolute CLOCK_MONOTONIC; 0: never
 *
 * Comes after prepare_to_wait() to TASK_INTERRUPTIBLE and a look at what is
 * waited for.  Whatever it returns, look again before giving up: both may have
 * come at once.
 *
 * Context: process.
 * Return: 0 if woken up, -ETIMEDOUT, or -ERESTARTSYS if there is a signal.
 */
int xrs_sleep(u64 timeout_ns);

/**
 * xrs_client_wait() - sleep until something is so
 * @client: client
 * @cond: what; called with xrs_device::lock held
 * @arg: handed to @cond
 * @timeout_ns: when to give up, absolute; 0: never
 *
 * The device's going ends the wait, too.
 *
 * Return: 0, -ETIMEDOUT, or -ERESTARTSYS.
 */
int xrs_client_wait(struct xrs_client *client,
		    bool (*cond)(const struct xrs_client *client, u32 arg),
		    u32 arg, u64 timeout_ns);

/** xrs_client_has_room() - a condition: @nr more jobs can be taken */
bool xrs_client_has_room(const struct xrs_client *client, u32 nr);

/** xrs_client_has_done() - a condition: @nr jobs have ended and wait */
bool xrs_client_has_done(const struct xrs_client *client, u32 nr);

/**
 * struct xrs_reap - Completions on their way to userspace
 * @jobs: jobs to be read; they still count against the client's limit
 * @nr: how many
 */
struct xrs_reap {
	struct list_head jobs;
	u32 nr;
};

/**
 * xrs_client_reap() - take ended jobs out of the queue
 * @client: client
 * @reap: to be filled in
 * @min: none at all unless so many are there, or the device is gone
 * @max: how many at most
 *
 * Return: 0; -ENODEV if there are none and the device is gone.
 */
int xrs_client_reap(struct xrs_client *client, struct xrs_reap *reap, u32 min,
		    u32 max);

/**
 * xrs_client_copy() - copy completions to userspace
 * @reap: what xrs_client_reap() gave
 * @uptr: where to
 * @stride: bytes from one to the next; at least sizeof(struct
 *          xrsched_completion), the rest is zeroed
 *
 * Return: how many were copied before a fault.
 */
u32 xrs_client_copy(const struct xrs_reap *reap, void __user *uptr,
		    u32 stride);

/**
 * xrs_client_reaped() - end a reap
 * @client: client
 * @reap: what xrs_client_reap() gave
 * @nr: so many were read and are freed; the others go back to the head of the
 *      queue
 */
void xrs_client_reaped(struct xrs_client *client, struct xrs_reap *reap,
		       u32 nr);

#endif /* XRS_CLIENT_H */
