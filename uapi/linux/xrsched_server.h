/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * xrsched: engines served from userspace.
 *
 * A process opens /dev/xrschedN and turns into engines of a class by
 * XRSCHED_IOC_SERVE, which returns a file of its own.  Each of its queues is
 * one engine, which executes one layer at a time.  A thread for each queue,
 * as a rule, goes round in XRSCHED_IOC_SERVER_NEXT: answer the layer that was
 * executed, wait for the next one.
 *
 * The rules at the head of <linux/xrsched.h> hold here, too.
 *
 * Who owns a slot, enum xrsched_slot_state says, which only the kernel
 * writes: the mapping is read-only, and what a server has to say goes through
 * the call.  So a server that misbehaves delays or fails the layers that it
 * was given, and nothing else.
 */
#ifndef _UAPI_LINUX_XRSCHED_SERVER_H
#define _UAPI_LINUX_XRSCHED_SERVER_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <linux/xrsched.h>

#define XRSCHED_SERVER_MAX_QUEUES	16
/* Least and greatest watchdog_ms of struct xrsched_serve. */
#define XRSCHED_SERVER_MIN_WATCHDOG_MS	1
#define XRSCHED_SERVER_MAX_WATCHDOG_MS	600000

/**
 * struct xrsched_serve - XRSCHED_IOC_SERVE: become engines
 * @size: In: sizeof(struct xrsched_serve).
 * @flags: In: must be 0.
 * @class_name: In: class, as in models' cost tables ("cpu"); a name as in
 *              struct xrsched_model_create.
 * @name: In: name of the engine of the first queue, those of the others get
 *        ".1", ".2", … behind it; at most 27 bytes; empty: "engineN".
 * @queues: In: how many engines, 1 … XRSCHED_SERVER_MAX_QUEUES.
 * @pes: In: processing elements of each engine, of which only the ratio
 *       between engines matters; 0: 1.
 * @watchdog_ms: In: the least time that a layer is given before it counts as
 *               hung, XRSCHED_SERVER_MIN_WATCHDOG_MS …
 *               XRSCHED_SERVER_MAX_WATCHDOG_MS; 0: that of the device.  Where
 *               a multiple of what is expected is more, that holds.
 * @fd: Out: the server's file, close-on-exec.
 * @slot_bytes: Out: bytes from one struct xrsched_server_slot to the next in
 *              the mapping.
 * @map_bytes: Out: bytes to be mapped, at offset 0, PROT_READ only (EPERM
 *             otherwise).
 * @engine: Out: numbers of the engines on the device, by queue.
 *
 * The engines take no layer before their queue has been asked for one.  They go
 * when the file is closed by all who have it; layers that they had go back to
 * be run by others.
 *
 * Errors: EINVAL, E2BIG, EFAULT, EPERM (CAP_SYS_ADMIN is needed: a server sees
 * the layers and the buffers of all clients of the device), EEXIST (name
 * taken), ENOSPC (no room for so many engines), EMFILE, ENFILE, ENOMEM, ENODEV.
 */
struct xrsched_serve {
	__u32 size;
	__u32 flags;
	char class_name[XRSCHED_NAME_LEN];
	char name[XRSCHED_NAME_LEN];
	__u32 queues;
	__u32 pes;
	__u32 watchdog_ms;
	__s32 fd;
	__u32 slot_bytes;
	__u32 map_bytes;
	__u32 engine[XRSCHED_SERVER_MAX_QUEUES];
};

/**
 * enum xrsched_slot_state - Whose a slot is
 * @XRSCHED_SLOT_PARKED: Nobody's: the server has not asked for a layer.
 * @XRSCHED_SLOT_ARMED: The kernel's: it may put a layer in.
 * @XRSCHED_SLOT_READY: The kernel's: a layer is in, and waits to be fetched.
 * @XRSCHED_SLOT_OWNED: The server's: it has fetched the layer and owes an
 *                      answer.
 * @XRSCHED_SLOT_LOST: The server's, but the layer was taken away from it (it
 *                     took too long, the engine was removed): the answer will
 *                     be refused, so it may as well stop.
 */
enum xrsched_slot_state {
	XRSCHED_SLOT_PARKED = 0,
	XRSCHED_SLOT_ARMED = 1,
	XRSCHED_SLOT_READY = 2,
	XRSCHED_SLOT_OWNED = 3,
	XRSCHED_SLOT_LOST = 4,
};

/* No layer of the job ran before this one. */
#define XRSCHED_SLOT_FIRST	0x1
/* The layer was begun before, here or elsewhere, and did not get to its end. */
#define XRSCHED_SLOT_RETRY	0x2

/**
 * struct xrsched_server_slot - A queue's slot, as mapped (read-only)
 * @state: enum xrsched_slot_state; read it with acquire semantics.  The rest
 *         is valid, and does not change, while it is XRSCHED_SLOT_OWNED.
 * @queue: Number of the queue.
 * @seq: Number of the layer: grows with each on this queue, never 0.
 * @frame: Frame of the job; with @stream it names the job on the device.
 * @cookie: The client's own, as submitted.
 * @client: Number of the client, never 0; used again only after 2^32 others
 *          were opened.  With @model it names the model.
 * @stream: Number of the stream on the device.
 * @model: The client's handle of the model; of a client's models, used again
 *         only after 2^31 others.
 * @layer: Index of the layer among those of the model (over all variants).
 * @variant: Number of the variant, from 1.
 * @flags: XRSCHED_SLOT_FIRST, XRSCHED_SLOT_RETRY.
 * @nr_buffers: Buffers that the client has passed along with the job.
 * @pad: 0.
 * @model_name: The model's name, NUL-terminated.
 * @deadline_ns: Deadline of the job.
 * @dispatch_ns: When the layer was dispatched.
 * @expected_ns: How long it is expected to take.
 * @limit_ns: When it will be taken away if there is no answer.
 */
struct xrsched_server_slot {
	__u32 state;
	__u32 queue;
	__u64 seq;
	__u64 frame;
	__u64 cookie;
	__u32 client;
	__u32 stream;
	__u32 model;
	__u32 layer;
	__u32 variant;
	__u32 flags;
	__u32 nr_buffers;
	__u32 pad;
	char model_name[XRSCHED_NAME_LEN];
	__u64 deadline_ns;
	__u64 dispatch_ns;
	__u64 expected_ns;
	__u64 limit_ns;
};

/* Answer the layer @seq of the queue. */
#define XRSCHED_NEXT_COMMIT	0x1
/* Wait for the next layer. */
#define XRSCHED_NEXT_FETCH	0x2
/* Do not wait: EAGAIN if there is none. The queue stays armed; see poll(). */
#define XRSCHED_NEXT_NOWAIT	0x4
/* Open the job's buffers in this process. */
#define XRSCHED_NEXT_BUFFERS	0x8
#define XRSCHED_NEXT_FLAGS	0xf

/**
 * enum xrsched_layer_status - How a layer ended on a server
 * @XRSCHED_LAYER_DONE: It was executed.
 * @XRSCHED_LAYER_ERROR: The engine could not: the layer is run elsewhere, and
 *                       the engine rests for a while.
 * @XRSCHED_LAYER_REFUSED: It cannot be executed by anyone, because of what the
 *                         client has passed (its buffers, say): the job fails,
 *                         the engine is not blamed.
 */
enum xrsched_layer_status {
	XRSCHED_LAYER_DONE = 0,
	XRSCHED_LAYER_ERROR = 1,
	XRSCHED_LAYER_REFUSED = 2,
};

/**
 * struct xrsched_server_args - XRSCHED_IOC_SERVER_NEXT: commit and fetch
 * @size: In: sizeof(struct xrsched_server_args).
 * @flags: In: XRSCHED_NEXT_*; at least one of _COMMIT and _FETCH; _NOWAIT and
 *         _BUFFERS only with _FETCH.
 * @queue: In: number of the queue.
 * @status: In: with _COMMIT: enum xrsched_layer_status.
 * @seq: In: with _COMMIT: number of the layer that is answered.  Out: with
 *       _FETCH: number of the layer that was fetched; it is described in the
 *       queue's slot.
 * @busy_ns: In: with _COMMIT: time that the layer took, 0: from dispatch to
 *           answer; more than that counts as that.
 * @energy_pj: In: with _COMMIT: energy that it took, at most
 *             XRSCHED_MAX_ENERGY_PJ (more is cut, and counted as a fault of
 *             the server).
 * @timeout_ns: In: with _FETCH: when to give up waiting; 0: never.
 * @buffers: In: with _BUFFERS: pointer to @max_buffers __s32, which the job's
 *           buffers are opened into, in the client's order, close-on-exec; -1
 *           where that failed (EMFILE).  The server closes them.
 * @max_buffers: In: room there.
 * @nr_buffers: Out: file descriptors written: as many as the slot says that
 *              the job has, or @max_buffers.
 *
 * Fields that belong to a flag are not looked at without it, so that the same
 * struct can go round.
 *
 * _COMMIT alone parks the queue: it gets no layer until it is asked for again.
 * With both, the answer has been taken whatever becomes of the waiting, unless
 * the error is one of those of the answer.  A queue whose waiting ended without
 * a layer is parked, too; after EAGAIN it stays armed, so that poll() tells when
 * a layer is in, and the server has to look again soon.
 *
 * Errors of the answer: ESTALE (the layer was taken away, or answered already;
 * with _FETCH as well, the call has to be repeated without _COMMIT), EINVAL
 * (the queue never had this layer; not even fetched it; unknown status).  Each
 * is counted (bad answers of the engine) and named by the trace event
 * engine_fault and by an event to listeners; those of an engine that is gone
 * (ENODEV) are named as well.
 *
 * Errors of the waiting: EBUSY (the queue's layer is not yet answered, or
 * another thread is waiting), EAGAIN, ETIMEDOUT, EINTR (a signal came first;
 * not restarted: an answer would be given twice), EFAULT (@buffers; the layer
 * is put back).
 *
 * Others: EINVAL, E2BIG, EFAULT, ENODEV (the engine or the device is gone).
 *
 * poll() reports POLLIN when a layer is in some queue of the server and waits
 * to be fetched, POLLHUP when all of its engines are gone.
 */
struct xrsched_server_args {
	__u32 size;
	__u32 flags;
	__u32 queue;
	__u32 status;
	__u64 seq;
	__u64 busy_ns;
	__u64 energy_pj;
	__u64 timeout_ns;
	__u64 buffers;
	__u32 max_buffers;
	__u32 nr_buffers;
};

/* On a client's file. */
#define XRSCHED_IOC_SERVE	_IOWR(XRSCHED_IOC_MAGIC, 0x10, struct xrsched_serve)
/* On a server's file. */
#define XRSCHED_IOC_SERVER_NEXT \
	_IOWR(XRSCHED_IOC_MAGIC, 0x11, struct xrsched_server_args)

#endif /* _UAPI_LINUX_XRSCHED_SERVER_H */
