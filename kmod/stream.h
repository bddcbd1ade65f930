/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client's stream: the core's stream, its name and who it belongs to.
 */
#ifndef XRS_STREAM_H
#define XRS_STREAM_H

#include <linux/kref.h>

#include "client.h"
#include "profile.h"

struct xrsched_stream_create;

/**
 * struct xrs_user_stream - A client's stream
 * @core: what the core knows; xrs_device::lock
 * @ref: held by the handle, the jobs in flight together, each downstream
 *       stream, and who gives the lock up while it looks at the stream; the
 *       last goes under xrs_device::lock
 * @client: its owner, with a reference; constant
 * @profile: its model, with a reference; constant
 * @upstream: with a reference until this stream leaves the core, or NULL
 * @handle: its handle in @client; constant
 * @name: for people; constant
 * @children: handles of downstream streams; xrs_client::lock
 * @closing: accepts no job any more; xrs_device::lock
 * @mine: in xrs_client::stream_list while it has a handle; xrs_device::lock
 * @link: in xrs_device::dead, then ::corpses; xrs_device::lock
 */
struct xrs_user_stream {
	struct xrs_stream core;
	struct kref ref;
	struct xrs_client *client;
	struct xrs_profile *profile;
	struct xrs_user_stream *upstream;
	u32 handle;
	char name[XRS_NAME_LEN];
	u32 children;
	bool closing;
	struct list_head mine;
	struct list_head link;
};

/** to_xrs_user_stream() - the stream that the core means */
static inline struct xrs_user_stream *
to_xrs_user_stream(struct xrs_stream *core)
{
	return container_of(core, struct xrs_user_stream, core);
}

/*
 * For the control plane (may sleep).
 */

/**
 * struct xrs_stream_info - What there is to say about a stream
 * @gen: generation of the device, see struct xrs_device
 * @id: its number on the device
 * @client: number of its client
 * @pid: process that opened the client's file
 * @name: its name
 * @model: name of its model
 * @has_upstream: it has an upstream stream …
 * @upstream: … of this number
 * @period_ns: time between frames, 0: sporadic
 * @deadline_ns: default relative deadline
 * @weight: importance
 * @priority: 0 … 3
 * @closing: it has no handle any more; its last job is running
 * @in_flight: jobs submitted and not ended
 * @overdue_ns: for how long the first of these is past its deadline
 * @count: counters
 * @queue_hist: time from release to first dispatch
 * @response_hist: time from release to finish of completed jobs
 *
 * About 8 KiB: not for the stack.
 */
struct xrs_stream_info {
	u32 gen;
	u32 id;
	u32 client;
	u32 pid;
	char name[XRS_NAME_LEN];
	char model[XRS_NAME_LEN];
	bool has_upstream;
	u32 upstream;
	u64 period_ns;
	u64 deadline_ns;
	u32 weight;
	u8 priority;
	bool closing;
	u32 in_flight;
	u64 overdue_ns;
	struct xrs_counters count;
	struct xrs_hist queue_hist;
	struct xrs_hist response_hist;
};

/**
 * xrs_stream_next() - walk through a device's streams, picture by picture
 * @dev: device
 * @id: in: least number to look at; out: number of the stream found
 * @info: to be filled in
 *
 * Return: 0, -ENOENT (no more) or -ENODEV.
 */
int xrs_stream_next(struct xrs_device *dev, u32 *id,
		    struct xrs_stream_info *info);

/*
 * For the rest of the module.
 */

/**
 * xrs_user_stream_create() - make a stream
 * @client: its owner
 * @arg: validated in full here; @arg->handle and @arg->id are filled in
 *
 * Return: 0, or as struct xrsched_stream_create says.
 */
int xrs_user_stream_create(struct xrs_client *client,
			   struct xrsched_stream_create *arg);

/** xrs_user_stream_destroy() - drop a handle; jobs are cancelled */
int xrs_user_stream_destroy(struct xrs_client *client, u32 handle);

/** xrs_user_stream_close_all() - drop all handles of a file that is closed */
void xrs_user_stream_close_all(struct xrs_client *client);

/**
 * xrs_user_stream_cancel() - cancel unfinished jobs of a stream
 * @stream: stream
 * @reason: why
 * @budget: at most so many are cancelled; decreased by each
 * @now_ns: now
 *
 * Context: any; xrs_device::lock held; xrs_device_run() has to follow.
 * Return: true when all are.
 */
bool xrs_user_stream_cancel(struct xrs_user_stream *stream,
			    enum xrs_reason reason, u32 *budget, u64 now_ns);

/** xrs_user_stream_get() - take a reference for one who has one */
static inline void xrs_user_stream_get(struct xrs_user_stream *stream)
{
	kref_get(&stream->ref);
}

/** xrs_user_stream_put() - give one back; xrs_device::lock held */
void xrs_user_stream_put(struct xrs_user_stream *stream);

/**
 * xrs_user_stream_bury() - take streams without references out of the core
 * @dev: device
 *
 * Context: any; @dev->lock held, no event under way.
 */
void xrs_user_stream_bury(struct xrs_device *dev);

/** xrs_user_stream_reap() - free xrs_device::corpses; process context */
void xrs_user_stream_reap(struct xrs_device *dev);

#endif /* XRS_STREAM_H */
