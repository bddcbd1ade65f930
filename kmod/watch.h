/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watching decisions: what the trace event "decision" says is worked out only
 * while it is enabled, since that takes a look at every pair.
 */
#ifndef XRS_WATCH_H
#define XRS_WATCH_H

#include "device.h"

/**
 * struct xrs_decision - A decision, explained
 * @now_ns: when
 * @ready: ready jobs it was taken from
 * @explained: the policy can explain itself; else the parts and @other are 0
 * @winner: what was chosen
 * @winner_parts: what its score is made of
 * @other: the runner-up, see xrs_policy_runner_up(); no job: there is none
 * @other_parts: what its score is made of
 */
struct xrs_decision {
	u64 now_ns;
	u32 ready;
	bool explained;
	struct xrs_pick winner;
	struct xrs_parts winner_parts;
	struct xrs_pick other;
	struct xrs_parts other_parts;
};

/**
 * xrs_explain() - explain a decision before it takes effect
 * @decision: to be filled in
 * @core: the core
 * @ready: what was chosen from
 * @pick: what was chosen
 * @now_ns: when
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_explain(struct xrs_decision *decision, const struct xrs_core *core,
		 const struct xrs_ready *ready, const struct xrs_pick *pick,
		 u64 now_ns);

/**
 * xrs_watch_begin() - tell a new device who watches
 * @dev: the device
 *
 * Context: process; xrs_devices_lock held, @dev just entered the table.
 */
void xrs_watch_begin(struct xrs_device *dev);

/**
 * xrs_watch_decisions() - the first one watches
 *
 * Context: process; called by the tracepoint's code.  Return: 0.
 */
int xrs_watch_decisions(void);

/**
 * xrs_unwatch_decisions() - the last one is gone
 *
 * Context: as xrs_watch_decisions().
 */
void xrs_unwatch_decisions(void);

/**
 * xrs_watch_scores() - the first one looks at the scores of dispatches
 *
 * Context: process; called by the tracepoint's code.  Return: 0.
 */
int xrs_watch_scores(void);

/**
 * xrs_unwatch_scores() - the last one is gone
 *
 * Context: as xrs_watch_scores().
 */
void xrs_unwatch_scores(void);

/**
 * xrs_watch_ready() - the first one looks at jobs that become ready
 *
 * Context: process; called by the tracepoint's code.  Return: 0.
 */
int xrs_watch_ready(void);

/**
 * xrs_unwatch_ready() - the last one is gone
 *
 * Context: as xrs_watch_ready().
 */
void xrs_unwatch_ready(void);

#endif /* XRS_WATCH_H */
