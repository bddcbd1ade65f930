/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Faults on purpose: what a simulated engine does wrong, and when.
 */
#ifndef XRS_INJECT_H
#define XRS_INJECT_H

#include "xrs_shim.h"

/**
 * DOC: Injection
 *
 * Who simulates an engine asks xrs_inject_layer() before each layer what is to
 * become of it, and does so.  The answer follows from the plan, the number of
 * the layer and the time, and from nothing else: the module and the simulator
 * get the same ones.
 *
 * Steps of the plan's script come first, in their order; then a burst goes on;
 * then a number is drawn.
 */

/** define XRS_INJECT_STEPS - Steps of an engine's script. */
#define XRS_INJECT_STEPS 16

/** define XRS_INJECT_MAX_FACTOR - Slowest that a layer is made. */
#define XRS_INJECT_MAX_FACTOR 1000

/** define XRS_INJECT_MAX_BURST - Longest burst. */
#define XRS_INJECT_MAX_BURST 1000

/**
 * enum xrs_inject_kind - What becomes of a layer
 * @XRS_INJECT_NONE: what ought to
 * @XRS_INJECT_HANG: it never ends
 * @XRS_INJECT_ERROR: it takes its time and fails
 * @XRS_INJECT_SLOW: it takes a multiple of its time
 * @XRS_INJECT_SEQ: its answer bears the number of another layer, and so is
 *                  none: the layer never ends either
 * @XRS_INJECT_NR: how many there are
 *
 * Values of enum xrsched_fault_kind, but for the first.
 */
enum xrs_inject_kind {
	XRS_INJECT_NONE,
	XRS_INJECT_HANG,
	XRS_INJECT_ERROR,
	XRS_INJECT_SLOW,
	XRS_INJECT_SEQ,
	XRS_INJECT_NR,
};

/**
 * struct xrs_inject_step - A step of a script
 * @kind: enum xrs_inject_kind, not XRS_INJECT_NONE
 * @factor: of XRS_INJECT_SLOW: 2 … XRS_INJECT_MAX_FACTOR, else 0
 * @at_ns: since the plan was made: when it begins, at most 2^60
 * @for_ns: all layers that run within so long are hit, at most 2^40; 0: the
 *          one that runs then, or the first that begins later
 * @every_ns: and again each time that this has passed, more than @for_ns, at
 *            most 2^50; 0: only once
 */
struct xrs_inject_step {
	u32 kind;
	u32 factor;
	u64 at_ns;
	u64 for_ns;
	u64 every_ns;
};

/**
 * struct xrs_inject_plan - What is to go wrong on an engine; all 0: nothing
 * @seed: of what is drawn; each engine draws its own numbers even so
 * @ppm: by enum xrs_inject_kind: how many of a million layers, together at most
 *       1000000; none of XRS_INJECT_NONE
 * @factor: of slow layers that are drawn: 2 … XRS_INJECT_MAX_FACTOR
 * @burst: layers in a row that a draw hits, 0 and 1: one, at most
 *         XRS_INJECT_MAX_BURST
 * @nr_steps: steps of the script
 * @step: the script
 */
struct xrs_inject_plan {
	u64 seed;
	u32 ppm[XRS_INJECT_NR];
	u32 factor;
	u32 burst;
	u32 nr_steps;
	struct xrs_inject_step step[XRS_INJECT_STEPS];
};

/**
 * struct xrs_inject - An engine's faults
 * @plan: what is to go wrong
 * @active: there is something in it
 * @random: state of the draws
 * @due_ns: by step: when it begins next, U64_MAX: never again
 * @kind: what a burst brings
 * @left: layers that it will hit yet
 * @count: layers that were hit, by enum xrs_inject_kind
 */
struct xrs_inject {
	struct xrs_inject_plan plan;
	bool active;
	u64 random;
	u64 due_ns[XRS_INJECT_STEPS];
	u32 kind;
	u32 left;
	u64 count[XRS_INJECT_NR];
};

int xrs_inject_set(struct xrs_inject *inject, const struct xrs_inject_plan *plan,
		   u32 engine, u64 now_ns);
enum xrs_inject_kind xrs_inject_layer(struct xrs_inject *inject, u64 now_ns,
				      u64 *latency_ns);

#endif /* XRS_INJECT_H */
