// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching decisions, see watch.h.
 */
#include "watch.h"

/* Read when a device enters the table: it is seen there, or sees these. */
static bool watched;
static bool scored;

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
	dev->core.scored = READ_ONCE(scored);
}

static void tell_all(void)
{
	struct xrs_device *dev;
	u32 nr;

	for (nr = 0; (dev = xrs_device_next(&nr)); nr++) {
		spin_lock_irq(&dev->lock);
		xrs_watch_begin(dev);
		spin_unlock_irq(&dev->lock);
		xrs_device_put(dev);
	}
}

int xrs_watch_decisions(void)
{
	WRITE_ONCE(watched, true);
	tell_all();
	return 0;
}

void xrs_unwatch_decisions(void)
{
	WRITE_ONCE(watched, false);
	tell_all();
}

int xrs_watch_scores(void)
{
	WRITE_ONCE(scored, true);
	tell_all();
	return 0;
}

void xrs_unwatch_scores(void)
{
	WRITE_ONCE(scored, false);
	tell_all();
}
