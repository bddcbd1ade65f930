// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching decisions, see watch.h.
 */
#include "watch.h"

/* Read when a device enters the table: it is seen there, or sees these. */
static u8 watched;

void xrs_explain(struct xrs_decision *decision, const struct xrs_core *core,
		 const struct xrs_ready *ready, const struct xrs_pick *pick,
		 u64 now_ns)
{
	const struct xrs_policy *policy = core->policy;

	memset(decision, 0, sizeof(*decision));
	decision->now_ns = now_ns;
	decision->ready = ready->nr;
	decision->winner = *pick;
	if (!policy->explain)
		return;
	decision->explained = true;
	policy->explain(core, pick->job, pick->engine, now_ns,
			&decision->winner_parts);
	if (!xrs_policy_runner_up(core, ready, pick, now_ns, &decision->other))
		return;
	policy->explain(core, decision->other.job, decision->other.engine,
			now_ns, &decision->other_parts);
}

void xrs_watch_begin(struct xrs_device *dev)
{
	dev->core.watched = READ_ONCE(watched);
}

/* The tracepoints' code lets one in at a time. */
static void tell_all(u8 watch)
{
	struct xrs_device *dev;
	u32 nr;

	WRITE_ONCE(watched, watch);
	for (nr = 0; (dev = xrs_device_next(&nr)); nr++) {
		spin_lock_irq(&dev->lock);
		xrs_watch_begin(dev);
		spin_unlock_irq(&dev->lock);
		xrs_device_put(dev);
	}
}

int xrs_watch_decisions(void)
{
	tell_all(watched | XRS_WATCH_DECISIONS);
	return 0;
}

void xrs_unwatch_decisions(void)
{
	tell_all(watched & ~XRS_WATCH_DECISIONS);
}

int xrs_watch_scores(void)
{
	tell_all(watched | XRS_WATCH_SCORES);
	return 0;
}

void xrs_unwatch_scores(void)
{
	tell_all(watched & ~XRS_WATCH_SCORES);
}

int xrs_watch_ready(void)
{
	tell_all(watched | XRS_WATCH_READY);
	return 0;
}

void xrs_unwatch_ready(void)
{
	tell_all(watched & ~XRS_WATCH_READY);
}
