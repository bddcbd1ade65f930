/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines: who executes layers.
 */

/**
 * DOC: How an engine works
 *
 * The core hands an engine one layer at a time (ops->dispatch) under a number
 * (seq) that grows with each.  The engine answers with xrs_engine_complete()
 * and that number.  An answer with any other number than that of the layer
 * that runs is ignored, so one that comes too late harms nobody.
 */
#ifndef XRS_ENGINE_H
#define XRS_ENGINE_H

#include <linux/kref.h>

#include "device.h"

struct xrs_engine_dev;

/**
 * enum xrs_engine_kind - Who provides an engine
 * @XRS_ENGINE_SIM: simulated: takes as long as the model's profile says
 * @XRS_ENGINE_NULL: takes no time; for measuring the scheduler itself
 */
enum xrs_engine_kind {
	XRS_ENGINE_SIM = 1,
	XRS_ENGINE_NULL = 2,
};

/**
 * struct xrs_engine_ops - What a provider of engines does
 * @kind: enum xrs_engine_kind
 * @name: how people call that kind
 * @size: bytes of the provider's struct, which begins with a struct
 *        xrs_engine_dev
 */
struct xrs_engine_ops {
	enum xrs_engine_kind kind;
	const char *name;
	size_t size;

	/**
	 * @init: Set up the provider's part of a new, zeroed engine; may
	 * be NULL.
	 *
	 * Context: process, may sleep; xrs_device::config held; the engine is
	 * not yet visible.
	 * Return: 0 or a negative errno; then no other hook is called.
	 */
	int (*init)(struct xrs_engine_dev *engine);

	/**
	 * @dispatch: Start layer job->layer of @job at once, under the number
	 * engine->core.seq.  The engine is idle and up and can run it; @job
	 * stays valid until the layer is complete or ops->abort was called.
	 *
	 * Context: any, also hard interrupt; device's lock held, irqs off.
	 * Must not call xrs_engine_complete(); a provider that is ready at
	 * once calls xrs_engine_instant().
	 */
	void (*dispatch)(struct xrs_engine_dev *engine,
			 const struct xrs_job *job, u64 now_ns);

	/**
	 * @abort: Stop the layer that runs; what it did is lost.  Called only
	 * when one does.  It may already be on its way to
	 * xrs_engine_complete(): that answer will be ignored.  May be NULL.
	 *
	 * Context: any; device's lock held, irqs off.
	 */
	void (*abort)(struct xrs_engine_dev *engine);

	/**
	 * @exit: The engine has left the core; there will be no dispatch and
	 * no abort any more.  On return, none of the provider's callbacks
	 * runs or will run.  May be NULL.
	 *
	 * Context: process, may sleep; xrs_device::config held.
	 */
	void (*exit)(struct xrs_engine_dev *engine);
};

/**
 * struct xrs_engine_dev - An engine of a device
 * @core: what the core knows of it; its id and class are constant, the rest is
 *        protected by xrs_device::lock
 * @ops: provider; constant
 * @device: its device, with a reference; constant
 * @name: unique on the device; constant
 * @ref: references; the device holds one until xrs_engine_destroy()
 * @instant_pj: energy of the layer that is complete already (see
 *              xrs_device::instant); xrs_device::lock
 */
struct xrs_engine_dev {
	struct xrs_engine core;
	const struct xrs_engine_ops *ops;
	struct xrs_device *device;
	char name[XRS_NAME_LEN];
	struct kref ref;
	u64 instant_pj;
};

/** to_xrs_engine_dev() - the engine that the core means */
static inline struct xrs_engine_dev *to_xrs_engine_dev(struct xrs_engine *core)
{
	return container_of(core, struct xrs_engine_dev, core);
}

/*
 * For the control plane (may sleep).
 */

/**
 * struct xrs_engine_params - What a new engine shall be
 * @kind: provider
 * @name: unique on the device; empty: "engineN"
 * @class_name: class, as in models' cost tables
 * @pes: processing elements, 0: 1
 */
struct xrs_engine_params {
	enum xrs_engine_kind kind;
	char name[XRS_NAME_LEN];
	char class_name[XRS_NAME_LEN];
	u32 pes;
};

/**
 * xrs_engine_create() - add an engine to a device; it is up at once
 * @dev: device
 * @params: what it shall be
 * @enginep: out: the engine with a reference for the caller, to be given back
 *           by xrs_engine_put(); NULL: not wanted
 *
 * Return: the engine's id (>= 0), -EINVAL (unknown kind, a name or class that
 * is no name), -EEXIST (name taken), -ENOSPC (XRS_MAX_ENGINES are there),
 * -ENOMEM or -ENODEV.
 */
int xrs_engine_create(struct xrs_device *dev,
		      const struct xrs_engine_params *params,
		      struct xrs_engine_dev **enginep);

/**
 * xrs_engine_destroy() - take an engine away; a layer that runs is lost
 * @dev: device
 * @id: its id
 *
 * Return: 0, -ENOENT (no such engine) or -ENODEV.
 */
int xrs_engine_destroy(struct xrs_device *dev, u32 id);

/**
 * struct xrs_engine_info - What there is to say about an engine
 * @gen: generation of the device, see struct xrs_device
 * @id: its id
 * @kind: its provider
 * @up: takes layers
 * @name: its name
 * @class_name: its class
 * @pes: its processing elements
 * @busy: a layer runs
 * @stream: number of the stream whose layer runs, if @busy
 * @frame: its frame, if @busy
 * @layer: its layer, if @busy
 * @busy_ns: time that layers ran, the running one's so far included
 * @layers: layers finished
 * @switches: dispatches that moved activations
 * @lost: layers taken away before they finished
 * @energy_pj: energy used, switches included
 */
struct xrs_engine_info {
	u32 gen;
	u32 id;
	enum xrs_engine_kind kind;
	bool up;
	char name[XRS_NAME_LEN];
	char class_name[XRS_NAME_LEN];
	u32 pes;
	bool busy;
	u32 stream;
	u64 frame;
	u32 layer;
	u64 busy_ns;
	u64 layers;
	u64 switches;
	u64 lost;
	u64 energy_pj;
};

/**
 * xrs_engine_next() - walk through a device's engines, picture by picture
 * @dev: device
 * @id: in: least id to look at; out: id of the engine found
 * @info: to be filled in
 *
 * Return: 0, -ENOENT (no more) or -ENODEV.
 */
int xrs_engine_next(struct xrs_device *dev, u32 *id,
		    struct xrs_engine_info *info);

/** xrs_engine_kind_name() - "sim", "null", …; NULL if there is no such kind */
const char *xrs_engine_kind_name(enum xrs_engine_kind kind);

/** xrs_engine_put() - give a reference back; may be the last */
void xrs_engine_put(struct xrs_engine_dev *engine);

/*
 * For providers.
 */

/**
 * xrs_engine_complete() - the layer is done
 * @engine: engine
 * @seq: number it was dispatched under
 * @energy_pj: energy the layer used, without that of the switch before it
 *
 * Context: any, but not from ops->dispatch; takes the device's lock.
 */
void xrs_engine_complete(struct xrs_engine_dev *engine, u64 seq,
			 u64 energy_pj);

/**
 * xrs_engine_complete_locked() - the same with the device's lock held
 * @engine: engine
 * @seq: number it was dispatched under
 * @energy_pj: energy the layer used
 * @now_ns: time, taken with the lock held
 *
 * Context: any; xrs_device::lock held; xrs_device_run() has to follow.
 */
void xrs_engine_complete_locked(struct xrs_engine_dev *engine, u64 seq,
				u64 energy_pj, u64 now_ns);

/**
 * xrs_engine_instant() - the layer being dispatched is done already
 * @engine: engine
 * @energy_pj: energy the layer used
 *
 * Context: ops->dispatch only.
 */
void xrs_engine_instant(struct xrs_engine_dev *engine, u64 energy_pj);

/*
 * For the device.
 */

/**
 * xrs_engine_finish_instant() - report what xrs_engine_instant() announced
 * @dev: device
 * @now_ns: now
 *
 * Context: any; @dev->lock held; xrs_core_run() has to follow.
 * Return: how many layers that were.
 */
u32 xrs_engine_finish_instant(struct xrs_device *dev, u64 now_ns);

/** xrs_engine_destroy_all() - the device goes; xrs_device::config held */
void xrs_engine_destroy_all(struct xrs_device *dev);

extern const struct xrs_engine_ops xrs_engine_sim_ops;
extern const struct xrs_engine_ops xrs_engine_null_ops;

#endif /* XRS_ENGINE_H */
