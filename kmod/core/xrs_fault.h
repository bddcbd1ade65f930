/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines that fail: how long a layer is waited for, how often it is tried
 * again, and how an engine comes back.
 */
#ifndef XRS_FAULT_H
#define XRS_FAULT_H

#include "xrs_shim.h"

/**
 * DOC: Faults
 *
 * A layer of a guarded engine that takes longer than its limit, or that its
 * engine reports as failed, is taken away.  Its job is run again from that
 * layer on, elsewhere if there is an elsewhere, at most xrs_guard::retries
 * times a layer; then it fails with the reason of the last time.
 *
 * The engine is reset (ops->reset).  If that succeeds it rests, twice as long
 * with each strike in a row, during which it counts as busy: jobs that only it
 * can run wait.  After xrs_guard::strikes in a row, or if the reset fails, it
 * is quarantined: down, as if it were not there, until it is reset again after
 * its rest.  XRS_GOOD_LAYERS layers without a fault clear the strikes.  After
 * XRS_MAX_STRIKES it stays down until its provider or an administrator says
 * that it works; then it comes back after a last rest.
 *
 * An engine that is no simulation and has become slow for good would lose every
 * layer, and nothing would be learned from those.  So each layer that took too
 * long doubles what the engine's next ones have, XRS_MAX_SLACK times at most, as
 * TCP does with its timeouts; each that is done in a quarter of its time halves
 * it again.  The floor stays.
 */

/** define XRS_GOOD_LAYERS - Layers in a row that clear an engine's strikes. */
#define XRS_GOOD_LAYERS 8

/** define XRS_MAX_SLACK - Times that the limit of an engine's layers doubles. */
#define XRS_MAX_SLACK 3

/** define XRS_MAX_STRIKES - Strikes in a row after which an engine stays down. */
#define XRS_MAX_STRIKES 16

/**
 * struct xrs_guard - How a device treats faults; see xrs_core_set_guard()
 * @floor_ns: a layer has at least this time, 1000 … 2^40
 * @factor: … and this many times what is expected, 1 … 1000
 * @retries: times that a layer is tried again, 0 … 100
 * @strikes: faults in a row after which an engine is quarantined, 1 …
 *           XRS_MAX_STRIKES
 * @rest_ns: rest after the first fault, 1000 … 2^40
 * @rest_max_ns: longest rest, @rest_ns … 2^40
 */
struct xrs_guard {
	u64 floor_ns;
	u32 factor;
	u32 retries;
	u32 strikes;
	u64 rest_ns;
	u64 rest_max_ns;
};

/**
 * enum xrs_health - How an engine is
 * @XRS_HEALTH_GOOD: takes layers
 * @XRS_HEALTH_RESETTING: being reset after a fault
 * @XRS_HEALTH_RESTING: reset, and resting
 * @XRS_HEALTH_QUARANTINED: down for faults
 */
enum xrs_health {
	XRS_HEALTH_GOOD,
	XRS_HEALTH_RESETTING,
	XRS_HEALTH_RESTING,
	XRS_HEALTH_QUARANTINED,
};

struct xrs_core;
struct xrs_engine;
enum xrs_reason;

int xrs_core_set_guard(struct xrs_core *core, const struct xrs_guard *guard,
		       u64 now_ns);
void xrs_core_layer_failed(struct xrs_core *core, struct xrs_engine *engine,
			   enum xrs_reason reason, u64 energy_pj, u64 now_ns);
void xrs_core_engine_reset(struct xrs_core *core, struct xrs_engine *engine,
			   bool ok, u64 now_ns);
void xrs_core_engine_guard(struct xrs_core *core, struct xrs_engine *engine,
			   u64 now_ns);
void xrs_core_engine_park(struct xrs_core *core, struct xrs_engine *engine,
			  bool parked, u64 now_ns);

#endif /* XRS_FAULT_H */
