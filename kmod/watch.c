// SPDX-License-Identifier: GPL-2.0-only
/*
 * Watching decisions, see watch.h.
 */
#include "watch.h"

/* Read when a device enters the table: it is seen there, or sees this. */
static bool watched;

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

bool xrs_watched(void)
{
	return READ_ONCE(watched);
}

static void watch_all(bool on)
{
	struct xrs_device *dev;
	u32 nr;

	WRITE_ONCE(watched, on);
	for (nr = 0; (dev = xrs_device_next(&nr)); nr++) {
		spin_lock_irq(&dev->lock);
		dev->core.watched = on;
		spin_unlock_irq(&dev->lock);
		xrs_device_put(dev);
	}
}

int xrs_watch_decisions(void)
{
	watch_all(true);
	return 0;
}

void xrs_unwatch_decisions(void)
{
	watch_all(false);
}
