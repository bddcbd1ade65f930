/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For drivers of accelerators: register a queue as an engine of xrsched.
 *
 * The one header that a driver needs; kmod/samples/ shows it in use.
 */
#ifndef XRSCHED_ENGINE_H
#define XRSCHED_ENGINE_H

#include <linux/types.h>

/**
 * DOC: Engines of kernel drivers
 *
 * A driver registers each of its queues with xrs_engine_register().  xrsched
 * then hands it one layer at a time (ops->dispatch) under a number, and the
 * driver answers with that number by xrs_engine_complete(), mostly from its
 * interrupt.  An answer with any other number than that of the layer which runs
 * is refused and counted, so one that comes too late harms nobody.
 *
 * A layer that takes too long is taken away: ops->abort, then ops->reset, then
 * the engine rests for a while, the longer the more often in a row it happens.
 *
 * Going: xrs_engine_unregister() from the driver's remove or module exit, in
 * any order with the removal of the xrsched device or of the engine by an
 * administrator.  Until then the handle stays valid, and calls on an engine
 * that is gone do nothing.  On its return no operation of the driver's runs or
 * will run.  xrsched cannot be unloaded while a driver that uses these symbols
 * is loaded; a driver can be unloaded at any moment.
 */

struct xrs_engine_dev;

/**
 * enum xrs_layer_status - How a layer ended
 * @XRS_LAYER_DONE: it was executed
 * @XRS_LAYER_ERROR: the engine could not: reset, rest, and elsewhere the layer
 *                   is tried again
 * @XRS_LAYER_REFUSED: nobody could, for what the client has passed: the job
 *                     fails, the engine is not blamed
 */
enum xrs_layer_status {
	XRS_LAYER_DONE = 0,
	XRS_LAYER_ERROR = 1,
	XRS_LAYER_REFUSED = 2,
};

/**
 * struct xrs_layer_info - A layer to be executed
 * @seq: its number, to be handed to xrs_engine_complete()
 * @model: the model's name, NUL-terminated; as long as ops->dispatch runs
 * @client: number of the client, never 0, handed out again after 2^32 others;
 *          with @handle it names the model
 * @handle: the client's handle of the model
 * @stream: number of the stream on the device
 * @frame: frame of the stream
 * @cookie: the client's own
 * @layer: index of the layer among those of the model
 * @variant: number of the variant, from 1
 * @profile_ns: what the model's profile says of how long it takes
 * @expected_ns: how long it is expected to take by now: on engines that learn,
 *               by what was seen of it
 * @energy_pj: what the model's profile says of its energy
 * @deadline_ns: deadline of the job, CLOCK_MONOTONIC
 */
struct xrs_layer_info {
	u64 seq;
	const char *model;
	u32 client;
	u32 handle;
	u32 stream;
	u64 frame;
	u64 cookie;
	u32 layer;
	u32 variant;
	u64 profile_ns;
	u64 expected_ns;
	u64 energy_pj;
	u64 deadline_ns;
};

/**
 * struct xrs_engine_ops - What a driver does
 *
 * Must outlive the registration.
 */
struct xrs_engine_ops {
	/**
	 * @dispatch: Start a layer at once.  The engine is idle.
	 *
	 * Context: any, hard interrupt included; interrupts off, a spinlock
	 * of xrsched held: must not sleep, and must not call back into
	 * xrsched (xrs_engine_complete() comes later, from an interrupt, a
	 * timer or a work item).
	 */
	void (*dispatch)(void *priv, const struct xrs_layer_info *layer);

	/**
	 * @abort: Stop the layer that runs, if one still does; its answer will
	 * be refused.  May be NULL.
	 *
	 * Context: as @dispatch.
	 */
	void (*abort)(void *priv);

	/**
	 * @reset: Bring the queue into working order after a layer failed or
	 * was aborted, and a last time when it goes: on return no interrupt
	 * of the driver's runs that answers an earlier layer.  May be NULL:
	 * nothing to do.
	 *
	 * Others' work, reclaim of memory included, may wait for fences of
	 * jobs that wait for this.  So it must not wait for that: memory is
	 * allocated with GFP_ATOMIC or GFP_NOWAIT only, and no lock taken that
	 * is held elsewhere while memory is allocated or a fence waited for.
	 *
	 * Context: process; may sleep.  No @dispatch before it has returned 0.
	 * Return: 0, or a negative errno: the engine is quarantined and tried
	 * again later.
	 */
	int (*reset)(void *priv);
};

/**
 * struct xrs_engine_desc - What a driver's engine is
 * @device: number of the xrsched device that it becomes a part of
 * @name: name, unique on the device; NULL: "engineN"
 * @class_name: class, as in models' cost tables
 * @pes: processing elements, of which only the ratio matters; 0: 1
 * @watchdog_ns: least time that a layer has, 0: that of the device
 * @ops: operations
 * @priv: handed to them
 */
struct xrs_engine_desc {
	u32 device;
	const char *name;
	const char *class_name;
	u32 pes;
	u64 watchdog_ns;
	const struct xrs_engine_ops *ops;
	void *priv;
};

/**
 * xrs_engine_register() - add an engine
 * @desc: what it is; only its operations have to stay
 *
 * ops->dispatch may be called before this returns.  Its estimates follow what
 * its layers are seen to take.
 *
 * Context: process; may sleep.
 * Return: the engine, to be given to xrs_engine_unregister(); or an ERR_PTR():
 * -ENODEV (no such device), -EINVAL (a name, a class, no ops), -EEXIST (name
 * taken), -ENOSPC (no room for another engine), -ENOMEM.
 */
struct xrs_engine_dev *xrs_engine_register(const struct xrs_engine_desc *desc);

/**
 * xrs_engine_unregister() - take an engine away
 * @engine: the engine; the handle is invalid afterwards
 *
 * A layer that runs is aborted and run elsewhere.
 *
 * Context: process; may sleep; not from ops->reset.
 */
void xrs_engine_unregister(struct xrs_engine_dev *engine);

/**
 * xrs_engine_complete() - a layer has ended
 * @engine: its engine
 * @seq: its number
 * @status: how
 * @energy_pj: energy used, without that of moving activations; at most 2^50 pJ,
 *             more is cut and counted as a fault
 *
 * Context: any, but not from ops->dispatch and ops->abort.
 * Return: 0; -ESTALE (the layer was taken away, or answered already), -EINVAL
 * (the engine never had it, or no such status): nothing has happened.
 */
int xrs_engine_complete(struct xrs_engine_dev *engine, u64 seq,
			enum xrs_layer_status status, u64 energy_pj);

/**
 * xrs_engine_recovered() - an engine works again, after it was quarantined
 * @engine: the engine
 *
 * It comes back after its rest without a reset, also if it had failed too often
 * to be tried again.
 *
 * Context: any, but not from ops->dispatch and ops->abort.
 */
void xrs_engine_recovered(struct xrs_engine_dev *engine);

#endif /* XRSCHED_ENGINE_H */
