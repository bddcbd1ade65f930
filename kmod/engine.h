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
#include "xrs_inject.h"
#include "xrsched_engine.h"

struct xrs_engine_dev;

/**
 * enum xrs_fault_kind - What an engine or its provider did wrong
 * @XRS_FAULT_ERROR: a layer failed
 * @XRS_FAULT_TIMEOUT: a layer took too long
 * @XRS_FAULT_REFUSED: a layer cannot be run for what its client has passed
 * @XRS_FAULT_STALE: answer to a layer that was taken away or answered before
 * @XRS_FAULT_UNKNOWN: answer to a layer that the engine never had
 * @XRS_FAULT_ABSURD: a time or an energy that cannot be, cut
 * @XRS_FAULT_RESET: a reset failed
 * @XRS_FAULT_DIED: a server has died with its layer
 * @XRS_FAULT_NR: how many there are
 *
 * Values of field kind of trace event engine_fault.
 */
enum xrs_fault_kind {
	XRS_FAULT_ERROR,
	XRS_FAULT_TIMEOUT,
	XRS_FAULT_REFUSED,
	XRS_FAULT_STALE,
	XRS_FAULT_UNKNOWN,
	XRS_FAULT_ABSURD,
	XRS_FAULT_RESET,
	XRS_FAULT_DIED,
	XRS_FAULT_NR,
};

/**
 * enum xrs_engine_kind - Who provides an engine
 * @XRS_ENGINE_SIM: simulated: takes as long as the model's profile says
 * @XRS_ENGINE_NULL: takes no time; for measuring the scheduler itself
 * @XRS_ENGINE_SERVER: a process, see server_queue.h
 * @XRS_ENGINE_DRIVER: a kernel driver's, see engine_driver.c
 */
enum xrs_engine_kind {
	XRS_ENGINE_SIM = 1,
	XRS_ENGINE_NULL = 2,
	XRS_ENGINE_SERVER = 3,
	XRS_ENGINE_DRIVER = 4,
};

/**
 * struct xrs_provider - What a provider of engines does
 * @kind: enum xrs_engine_kind
 * @name: how people call that kind
 * @size: bytes of the provider's struct, which begins with a struct
 *        xrs_engine_dev
 */
struct xrs_provider {
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
	 * @abort: Stop the layer that runs, if one still does; what it did is
	 * lost.  It may already be on its way to xrs_engine_complete(): that
	 * answer will be refused.  May be NULL.
	 *
	 * Context: any; device's lock held, irqs off.
	 */
	void (*abort)(struct xrs_engine_dev *engine);

	/**
	 * @reset: Bring the engine into working order after a fault; its
	 * layer has been aborted.  May be NULL: nothing to do.
	 *
	 * Jobs wait for it, and others' work, reclaim of memory included, may
	 * wait for their out-fences: it must not wait for either, so memory
	 * is allocated with GFP_ATOMIC or GFP_NOWAIT only, and no lock taken
	 * that is held elsewhere while memory is allocated or a fence waited
	 * for.
	 *
	 * Context: process, may sleep; no lock held.
	 * Return: 0, or a negative errno: to be tried again later.
	 */
	int (*reset)(struct xrs_engine_dev *engine);

	/**
	 * @begin_reset: Instead of @reset, for who cannot say at once how that
	 * went: it is over when the provider calls xrs_core_engine_reset(),
	 * after this has returned.  May be NULL.
	 *
	 * Context: any; device's lock held, irqs off.
	 */
	void (*begin_reset)(struct xrs_engine_dev *engine);

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
 * @reset_work: calls ops->reset
 * @count: answers that were refused or cut, by enum xrs_fault_kind;
 *         xrs_device::lock
 * @told: what listeners were told last of its state; xrs_device::lock
 * @instant_pj: energy of the layer that is complete already (see
 *              xrs_device::instant); xrs_device::lock
 * @arg: as in struct xrs_engine_params, while ops->init runs
 */
struct xrs_engine_dev {
	struct xrs_engine core;
	const struct xrs_provider *ops;
	struct xrs_device *device;
	char name[XRS_NAME_LEN];
	struct kref ref;
	struct work_struct reset_work;
	u64 count[XRS_FAULT_NR];
	u32 told;
	u64 instant_pj;
	const void *arg;
};

/** to_xrs_engine_dev() - the engine that the core means */
static inline struct xrs_engine_dev *to_xrs_engine_dev(struct xrs_engine *core)
{
	return container_of(core, struct xrs_engine_dev, core);
}

/**
 * xrs_engine_running_ns() - time of the layer that runs, as it may be shown
 * @engine: engine, on which a layer runs
 * @now_ns: now
 *
 * Never more than what is charged for it in the end, or what is shown would go
 * back.  Servers may say that theirs took less than passed (busy_ns); so what
 * they run is not counted before it has ended.
 *
 * Context: any; device's lock held.
 * Return: nanoseconds.
 */
u64 xrs_engine_running_ns(const struct xrs_engine_dev *engine, u64 now_ns);

/*
 * For the control plane (may sleep).
 */

/**
 * struct xrs_engine_params - What a new engine shall be
 * @kind: provider
 * @name: unique on the device; empty: "engineN"
 * @class_name: class, as in models' cost tables
 * @pes: processing elements, 0: 1
 * @bytes_per_us: bandwidth that activations are moved with, 0: not known
 * @guarded: layers are watched
 * @learns: estimates follow what layers take
 * @parked: takes no layer before it is unparked
 * @floor_ns: least time that a layer has, 0: the device's
 * @arg: for ops->init, which finds it in xrs_engine_dev::arg
 */
struct xrs_engine_params {
	enum xrs_engine_kind kind;
	char name[XRS_NAME_LEN];
	char class_name[XRS_NAME_LEN];
	u32 pes;
	u64 bytes_per_us;
	bool guarded;
	bool learns;
	bool parked;
	u64 floor_ns;
	const void *arg;
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
 * @state: enum xrsched_engine_state
 * @name: its name
 * @class_name: its class
 * @pes: its processing elements
 * @bytes_per_us: bandwidth that activations are moved with, 0: not known
 * @busy: a layer runs
 * @stream: number of the stream whose layer runs, if @busy
 * @frame: its frame, if @busy
 * @layer: its layer, if @busy
 * @busy_ns: time that layers ran, the running one's so far included
 * @layers: layers finished
 * @switches: dispatches that moved activations
 * @lost: layers taken away before they finished
 * @energy_pj: energy used, switches included
 * @faults: layers lost to faults, those that took too long included
 * @timeouts: layers that took too long
 * @refused: layers that could not be run for what their clients had passed
 * @bad_answers: answers that were refused or cut
 * @lost_ns: time that layers ran which were lost
 * @lost_pj: energy that these took
 * @strikes: faults in a row
 * @predictions: layers whose time was predicted
 * @error_p50_ppm: median of how far predictions were off, ppm of them
 * @error_p95_ppm: 95th percentile of that
 */
struct xrs_engine_info {
	u32 gen;
	u32 id;
	enum xrs_engine_kind kind;
	u32 state;
	char name[XRS_NAME_LEN];
	char class_name[XRS_NAME_LEN];
	u32 pes;
	u64 bytes_per_us;
	bool busy;
	u32 stream;
	u64 frame;
	u32 layer;
	u64 busy_ns;
	u64 layers;
	u64 switches;
	u64 lost;
	u64 energy_pj;
	u64 faults;
	u64 timeouts;
	u64 refused;
	u64 bad_answers;
	u64 lost_ns;
	u64 lost_pj;
	u32 strikes;
	u64 predictions;
	u64 error_p50_ppm;
	u64 error_p95_ppm;
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

/**
 * xrs_engine_set_faults() - let things go wrong on a simulated engine
 * @dev: device
 * @id: its id
 * @plan: what, from now on
 *
 * Its layers are watched from then on.  If nothing is to go wrong and it is
 * quarantined, it comes back after its rest, however often it has failed.
 *
 * Return: 0, -ENOENT (no such engine), -EOPNOTSUPP (not a simulated one),
 * -ERANGE (a value) or -ENODEV.
 */
int xrs_engine_set_faults(struct xrs_device *dev, u32 id,
			  const struct xrs_inject_plan *plan);

/**
 * xrs_engine_get_faults() - what is to go wrong, and how often it did
 * @dev: device
 * @id: the engine's id
 * @faults: filled in
 *
 * Return: as xrs_engine_set_faults().
 */
int xrs_engine_get_faults(struct xrs_device *dev, u32 id,
			  struct xrs_inject *faults);

/** xrs_engine_kind_name() - "sim", "null", …; NULL if there is no such kind */
const char *xrs_engine_kind_name(enum xrs_engine_kind kind);

/** xrs_engine_put() - give a reference back; may be the last */
void xrs_engine_put(struct xrs_engine_dev *engine);

/*
 * For providers.
 */

/**
 * xrs_engine_complete_locked() - a layer has ended
 * @engine: engine
 * @seq: number it was dispatched under
 * @status: how
 * @energy_pj: energy the layer used, without that of the switch before it
 * @now_ns: time, taken with the lock held
 *
 * Context: any, but not from ops->dispatch; xrs_device::lock held;
 * xrs_device_run() has to follow.
 * Return: as xrs_engine_complete().
 */
int xrs_engine_complete_locked(struct xrs_engine_dev *engine, u64 seq,
			       enum xrs_layer_status status, u64 energy_pj,
			       u64 now_ns);

/**
 * xrs_engine_blame() - count, trace and tell what a provider did wrong
 * @engine: engine
 * @seq: number of the layer that it is about
 * @kind: what
 * @job: whose layer it is, or NULL
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_engine_blame(struct xrs_engine_dev *engine, u64 seq,
		      enum xrs_fault_kind kind, const struct xrs_job *job);

/**
 * xrs_engine_state() - how an engine is, as listeners and lists are told
 * @engine: engine
 *
 * Context: any; xrs_device::lock held.
 * Return: enum xrsched_engine_state.
 */
u32 xrs_engine_state(const struct xrs_engine_dev *engine);

/**
 * xrs_engine_health_changed() - what the core tells of
 * @engine: engine
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_engine_health_changed(struct xrs_engine_dev *engine);

/** xrs_engine_present() - still part of its device; xrs_device::lock held */
static inline bool xrs_engine_present(const struct xrs_engine_dev *engine)
{
	return engine->device->engine[engine->core.id] == engine;
}

/**
 * xrs_engine_instant() - the layer being dispatched is done already
 * @engine: engine
 * @energy_pj: energy the layer used
 *
 * Context: ops->dispatch only.
 */
static inline void xrs_engine_instant(struct xrs_engine_dev *engine,
				      u64 energy_pj)
{
	lockdep_assert_held(&engine->device->lock);
	engine->instant_pj = energy_pj;
	engine->device->instant |= BIT_ULL(engine->core.id);
}

/*
 * For the device.
 */

/**
 * xrs_engine_run_instant() - report what xrs_engine_instant() announced, and
 * have the core run
 * @dev: device
 * @now_ns: now
 *
 * Again while there are such layers, but XRS_CHUNK of them at most: what is left
 * is the caller's.
 *
 * Context: any; @dev->lock held; from xrs_device_run().
 */
void xrs_engine_run_instant(struct xrs_device *dev, u64 now_ns);

/**
 * xrs_engine_begin_reset() - what the core asks for after a fault
 * @engine: engine
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_engine_begin_reset(struct xrs_engine_dev *engine);

/**
 * xrs_engine_destroy_one() - take this engine away, if it is still there
 * @engine: engine that the caller has a reference to
 *
 * On return none of the provider's hooks runs or will run.
 *
 * Context: process, may sleep.
 */
void xrs_engine_destroy_one(struct xrs_engine_dev *engine);

/** xrs_engine_destroy_all() - the device goes; xrs_device::config held */
void xrs_engine_destroy_all(struct xrs_device *dev);

extern const struct xrs_provider xrs_engine_sim_ops;
extern const struct xrs_provider xrs_engine_null_ops;
extern const struct xrs_provider xrs_engine_server_ops;
extern const struct xrs_provider xrs_engine_driver_ops;

#endif /* XRS_ENGINE_H */
