/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Engines that are a process: what a server of layers needs.
 *
 * DOC: Serving
 *
 * A server declares engines of a class on a kernel device and executes the
 * layers that it is given, one at a time on each of its queues:
 *
 *	struct xrsched_server_opts opts = {
 *		.size = sizeof(opts), .class_name = "cpu", .queues = 2,
 *	};
 *	struct xrsched_server *s;
 *	int ret = xrsched_server_open(&opts, &s);
 *
 * and then, in a thread for each queue,
 *
 *	struct xrsched_server_layer layer;
 *	struct xrsched_server_result result;
 *
 *	ret = xrsched_server_fetch(s, queue, &layer, 0);
 *	while (!ret) {
 *		execute(&layer, &result);
 *		ret = xrsched_server_next(s, queue, &result, &layer, 0);
 *	}
 *
 * A layer that takes much longer than expected is taken away from the server
 * (-ESTALE when it is answered); xrsched_server_next() then goes on with the
 * next one by itself and says so in @lost of the new layer.
 *
 * Threads: each queue is used by one thread at a time; different queues by
 * different threads.  xrsched_server_close() comes last.
 *
 * Structs may grow at their end: the calls pass on how large they were when the
 * program was compiled.
 *
 * Needs CAP_SYS_ADMIN: a server sees the layers and buffers of all clients.
 */
#ifndef XRSCHED_SERVER_H
#define XRSCHED_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/xrsched_server.h>
#include <xrsched/xrsched.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct xrsched_server - Engines that this process is (opaque) */
struct xrsched_server;

/** XRSCHED_SERVER_MAX_BUFFERS - Buffers of a job, at most */
#define XRSCHED_SERVER_MAX_BUFFERS XRSCHED_MAX_BUFFERS

/**
 * struct xrsched_server_opts - What to be
 * @size: sizeof(struct xrsched_server_opts).
 * @flags: must be 0.
 * @path: the device's node, NULL: /dev/xrsched0.
 * @class_name: class of the engines, as in models' cost tables.
 * @name: name of the first engine, NULL: the kernel chooses.
 * @queues: how many engines, 0: 1.
 * @pes: processing elements of each, 0: 1.
 * @watchdog_ms: least time that a layer has before it counts as hung, 0: the
 *               device's own.
 * @pad: must be 0.
 */
struct xrsched_server_opts {
	uint32_t size;
	uint32_t flags;
	const char *path;
	const char *class_name;
	const char *name;
	uint32_t queues;
	uint32_t pes;
	uint32_t watchdog_ms;
	uint32_t pad;
};

/**
 * struct xrsched_server_layer - A layer to be executed
 * @seq: its number on the queue.
 * @frame: frame of the job.
 * @cookie: the client's own.
 * @client: number of the client.
 * @stream: number of the stream on the device.
 * @model: the client's handle of the model.
 * @layer: index of the layer among those of the model.
 * @variant: number of the variant, from 1.
 * @flags: XRSCHED_SLOT_FIRST, XRSCHED_SLOT_RETRY.
 * @model_name: the model's name.
 * @deadline_ns: deadline of the job.
 * @dispatch_ns: when the layer was dispatched.
 * @expected_ns: how long it is expected to take.
 * @limit_ns: when it will be taken away.
 * @lost: the layer before it was taken away: its answer was refused.
 * @nr_buffers: buffers of the job; @buffer holds as many.
 * @buffer: their file descriptors in this process, -1: could not be opened.
 *          They belong to the library, which closes them when the layer is
 *          answered: dup() what is to be kept.
 */
struct xrsched_server_layer {
	uint64_t seq;
	uint64_t frame;
	uint64_t cookie;
	uint32_t client;
	uint32_t stream;
	uint32_t model;
	uint32_t layer;
	uint32_t variant;
	uint32_t flags;
	char model_name[XRSCHED_NAME_LEN];
	uint64_t deadline_ns;
	uint64_t dispatch_ns;
	uint64_t expected_ns;
	uint64_t limit_ns;
	bool lost;
	uint32_t nr_buffers;
	int buffer[XRSCHED_SERVER_MAX_BUFFERS];
};

/**
 * struct xrsched_server_result - What became of a layer
 * @status: enum xrsched_layer_status.
 * @pad: must be 0.
 * @busy_ns: time it took, 0: from dispatch to answer.
 * @energy_pj: energy it took.
 */
struct xrsched_server_result {
	uint32_t status;
	uint32_t pad;
	uint64_t busy_ns;
	uint64_t energy_pj;
};

/**
 * xrsched_server_open() - become engines
 * @opts: what to be.
 * @server: set to the handle.
 *
 * Return: 0, or -errno as open(2), mmap(2) and XRSCHED_IOC_SERVE.
 */
int xrsched_server_open(const struct xrsched_server_opts *opts,
			struct xrsched_server **server);

/**
 * xrsched_server_close() - the engines go
 * @server: the handle, or NULL.
 *
 * Layers that were not answered are run by other engines.
 */
void xrsched_server_close(struct xrsched_server *server);

/**
 * xrsched_server_fd() - the server's file, to be polled
 * @server: the handle.
 *
 * Return: a file descriptor, readable when a layer waits in some queue.
 */
int xrsched_server_fd(const struct xrsched_server *server);

/**
 * xrsched_server_queues() - how many queues there are
 * @server: the handle.
 */
unsigned int xrsched_server_queues(const struct xrsched_server *server);

/**
 * xrsched_server_engine() - the number of a queue's engine on its device
 * @server: the handle.
 * @queue: the queue.
 *
 * Return: the number, or -EINVAL (no such queue).
 */
int xrsched_server_engine(const struct xrsched_server *server,
			  unsigned int queue);

/** xrsched_server_fetch_sized() - xrsched_server_fetch() of @size bytes */
int xrsched_server_fetch_sized(struct xrsched_server *server,
			       unsigned int queue,
			       struct xrsched_server_layer *layer,
			       uint64_t timeout_ns, size_t size);

/** xrsched_server_commit_sized() - xrsched_server_commit(), likewise */
int xrsched_server_commit_sized(struct xrsched_server *server,
				unsigned int queue,
				const struct xrsched_server_result *result,
				size_t size);

/** xrsched_server_next_sized() - xrsched_server_next(), likewise */
int xrsched_server_next_sized(struct xrsched_server *server, unsigned int queue,
			      const struct xrsched_server_result *result,
			      size_t result_size,
			      struct xrsched_server_layer *layer,
			      size_t layer_size, uint64_t timeout_ns);

/**
 * xrsched_server_fetch() - wait for a layer
 * @server: the handle.
 * @queue: the queue; it has no layer that waits for its answer.
 * @layer: filled in.
 * @timeout_ns: when to give up (CLOCK_MONOTONIC), 0: never, 1: do not wait.
 *
 * Return: 0, -ETIMEDOUT or (do not wait) -EAGAIN, -EINTR (a signal came first),
 * -ENODEV (the engine or the device is gone), or another -errno as
 * XRSCHED_IOC_SERVER_NEXT.
 */
static inline int xrsched_server_fetch(struct xrsched_server *server,
				       unsigned int queue,
				       struct xrsched_server_layer *layer,
				       uint64_t timeout_ns)
{
	return xrsched_server_fetch_sized(server, queue, layer, timeout_ns,
					  sizeof(*layer));
}

/**
 * xrsched_server_commit() - answer the queue's layer, ask for no other
 * @server: the handle.
 * @queue: the queue.
 * @result: what became of the layer.
 *
 * Return: 0, -ESTALE (the layer had been taken away), -EINVAL (there is none; no
 * such status, and the layer is still to be answered), -ENODEV.
 */
static inline int
xrsched_server_commit(struct xrsched_server *server, unsigned int queue,
		      const struct xrsched_server_result *result)
{
	return xrsched_server_commit_sized(server, queue, result,
					   sizeof(*result));
}

/**
 * xrsched_server_next() - answer the queue's layer and wait for the next
 * @server: the handle.
 * @queue: the queue.
 * @result: what became of the layer.
 * @layer: filled in; @lost says that the answer came too late.
 * @timeout_ns: as for xrsched_server_fetch().
 *
 * One system call.  If it fails with -ETIMEDOUT, -EAGAIN or -EINTR the answer
 * has been taken, or was too late, and the next call is xrsched_server_fetch().
 *
 * Return: as xrsched_server_fetch().
 */
static inline int
xrsched_server_next(struct xrsched_server *server, unsigned int queue,
		    const struct xrsched_server_result *result,
		    struct xrsched_server_layer *layer, uint64_t timeout_ns)
{
	return xrsched_server_next_sized(server, queue, result, sizeof(*result),
					 layer, sizeof(*layer), timeout_ns);
}

/**
 * xrsched_server_lost() - was the queue's layer taken away?
 * @server: the handle.
 * @queue: the queue.
 *
 * Costs no system call: to be looked at between the steps of a long layer.
 */
bool xrsched_server_lost(const struct xrsched_server *server,
			 unsigned int queue);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_SERVER_H */
