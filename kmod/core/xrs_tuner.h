/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DREAM's adaptivity engine: alpha and beta are found while the system runs
 * (DREAM).
 */
#ifndef XRS_TUNER_H
#define XRS_TUNER_H

#include "xrs_shim.h"

struct xrs_core;

/** define XRS_TUNER_ONE - Side of the unit square that is searched, Q16. */
#define XRS_TUNER_ONE 65536

/** define XRS_TUNER_PROBES - Places that a step tries around its centre. */
#define XRS_TUNER_PROBES 3

/** define XRS_TUNER_WINDOWS - Windows of a step at most: see @again below. */
#define XRS_TUNER_WINDOWS (1 + XRS_TUNER_PROBES + 2)

/** define XRS_TUNER_PLACES - Places that a search looks at first. */
#define XRS_TUNER_PLACES 4

/** define XRS_TUNER_SCAN - Windows of such a scan: with the centre, two again. */
#define XRS_TUNER_SCAN (1 + XRS_TUNER_PLACES + 2)

/**
 * struct xrs_point - A pair of parameters in the unit square, Q16
 * @x: alpha: 0 below 1/16, from there 0.01 … 2 on a logarithmic scale
 * @y: beta / 2
 */
struct xrs_point {
	s32 x;
	s32 y;
};

/**
 * struct xrs_tuner_step - What the tuner has just done (for observers)
 * @window: number of the window that ended
 * @step: number of the step it belongs to, 0 once settled
 * @probe: 0 the centre, 1 … XRS_TUNER_PROBES a probe; in a scan, which is the
 *         first step, 1 … XRS_TUNER_PLACES a place
 * @again: it was measured a second time
 * @cost_q40: UXCost of the window
 * @alpha: alpha of the next window, millionths
 * @beta: beta of the next window, millionths
 * @radius: radius of the search, Q16 of the unit square
 * @settled: the search is over
 * @restarted: it began anew
 */
struct xrs_tuner_step {
	u32 window;
	u32 step;
	u32 probe;
	bool again;
	u64 cost_q40;
	u32 alpha;
	u32 beta;
	u32 radius;
	bool settled;
	bool restarted;
};

/**
 * struct xrs_tuner - The search
 * @centre: best place so far
 * @radius: how far away it probes, Q16
 * @angle: direction of the first probe, in 24ths of a turn
 * @random: state that directions are drawn from
 * @step: steps begun since the last start; 0: settled
 * @window: window of the step: 0 the centre, 1 … XRS_TUNER_PROBES the probes;
 *          if one of these gained enough, two more: the centre and the best
 *          probe again
 * @scan: the step is a scan: the places are measured instead of probes, then
 *        the two best again
 * @best: best probe of the step, once all are measured
 * @cost: UXCost of the windows of this step, 0: not measured
 * @noise_q32: running mean of the relative difference between windows at one
 *             centre
 * @last_centre: cost of the previous window at this centre, 0 if there is none
 * @back: centre before the last move
 * @back_cost: its cost; 0: the last step has not moved
 * @mean_q40: once settled: running mean of UXCost
 * @off: once settled: windows in a row far from @mean_q40
 * @windows: windows that ended
 * @end_ns: when the window ends
 * @gen: stream_gen of the core that the search is for
 */
struct xrs_tuner {
	struct xrs_point centre;
	s32 radius;
	u32 angle;
	u64 random;
	u32 step;
	u32 window;
	u32 scan;
	u32 best;
	u64 cost[XRS_TUNER_SCAN];
	u64 noise_q32;
	u64 last_centre;
	struct xrs_point back;
	u64 back_cost;
	u64 mean_q40;
	u32 off;
	u32 windows;
	u64 end_ns;
	u64 gen;
};

void xrs_tuner_start(struct xrs_core *core);
void xrs_tuner_run(struct xrs_core *core, u64 now_ns);

#endif /* XRS_TUNER_H */
