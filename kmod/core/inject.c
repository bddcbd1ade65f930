// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose; see xrs_inject.h.
 */
#include "xrs_inject.h"
#include "xrs_mix.h"
#include "xrs_model.h"

static bool factor_ok(u32 factor)
{
	return factor >= 2 && factor <= XRS_INJECT_MAX_FACTOR;
}

static bool step_ok(const struct xrs_inject_step *step)
{
	if (step->kind == XRS_INJECT_NONE || step->kind >= XRS_INJECT_NR ||
	    step->at_ns > BIT_ULL(60) || step->for_ns > BIT_ULL(40) ||
	    step->every_ns > BIT_ULL(50))
		return false;
	if (step->every_ns && step->every_ns <= step->for_ns)
		return false;
	return step->kind == XRS_INJECT_SLOW ? factor_ok(step->factor) :
					       !step->factor;
}

static bool plan_ok(const struct xrs_inject_plan *plan)
{
	u64 ppm = 0;
	u32 i;

	for (i = 0; i < XRS_INJECT_NR; i++)
		ppm += plan->ppm[i];
	if (plan->ppm[XRS_INJECT_NONE] || ppm > XRS_PPM ||
	    plan->burst > XRS_INJECT_MAX_BURST ||
	    plan->nr_steps > XRS_INJECT_STEPS)
		return false;
	if (plan->ppm[XRS_INJECT_SLOW] ? !factor_ok(plan->factor) :
					 plan->factor)
		return false;
	for (i = 0; i < plan->nr_steps; i++)
		if (!step_ok(&plan->step[i]))
			return false;
	return true;
}

static u64 draw(u64 *state)
{
	u64 number = xrs_mix64(*state);

	*state += XRS_MIX64_STEP;
	return number;
}

/**
 * xrs_inject_set() - let other things go wrong from now on
 * @inject: an engine's faults
 * @plan: what; nothing, if all of it is 0
 * @engine: number of the engine, so that each draws numbers of its own
 * @now_ns: now, when the script begins
 *
 * Context: caller's lock.
 * Return: 0, -ERANGE (a value; nothing has changed).
 */
int xrs_inject_set(struct xrs_inject *inject, const struct xrs_inject_plan *plan,
		   u32 engine, u64 now_ns)
{
	u32 i;

	if (!plan_ok(plan))
		return -ERANGE;
	memset(inject, 0, sizeof(*inject));
	inject->plan = *plan;
	inject->random = engine;
	inject->random = draw(&inject->random) ^ plan->seed;
	for (i = 0; i < plan->nr_steps; i++)
		inject->due_ns[i] = now_ns + plan->step[i].at_ns;
	inject->active = plan->nr_steps;
	for (i = 0; i < XRS_INJECT_NR; i++)
		inject->active |= plan->ppm[i];
	return 0;
}

/* On to the first time that a step begins which has not ended by @now_ns. */
static void step_skip(const struct xrs_inject_step *step, u64 *due_ns,
		      u64 now_ns)
{
	u64 over_ns;

	/* One that hits a single layer waits for it. */
	if (!step->for_ns || *due_ns == U64_MAX ||
	    *due_ns + step->for_ns > now_ns)
		return;
	if (!step->every_ns) {
		*due_ns = U64_MAX;
		return;
	}
	over_ns = now_ns - *due_ns - step->for_ns;
	*due_ns += (div64_u64(over_ns, step->every_ns) + 1) * step->every_ns;
}

/* A step that hits a single layer has hit it. */
static void step_done(const struct xrs_inject_step *step, u64 *due_ns,
		      u64 end_ns)
{
	if (step->for_ns)
		return;
	if (!step->every_ns) {
		*due_ns = U64_MAX;
		return;
	}
	*due_ns += (div64_u64(end_ns - *due_ns, step->every_ns) + 1) *
		   step->every_ns;
}

static const struct xrs_inject_step *scripted(struct xrs_inject *inject,
					      u64 now_ns, u64 end_ns)
{
	u32 i;

	for (i = 0; i < inject->plan.nr_steps; i++) {
		const struct xrs_inject_step *step = &inject->plan.step[i];

		step_skip(step, &inject->due_ns[i], now_ns);
		if (inject->due_ns[i] >= end_ns)
			continue;
		step_done(step, &inject->due_ns[i], end_ns);
		return step;
	}
	return NULL;
}

static enum xrs_inject_kind drawn(struct xrs_inject *inject)
{
	/* Each layer takes a number, so bursts do not shift the others. */
	u64 number = draw(&inject->random) >> 32;
	u64 limit = 0;
	u32 i;

	if (inject->left) {
		inject->left--;
		return inject->kind;
	}
	for (i = XRS_INJECT_HANG; i < XRS_INJECT_NR; i++) {
		limit += inject->plan.ppm[i];
		if (number * XRS_PPM < limit << 32) {
			inject->kind = i;
			inject->left = max(inject->plan.burst, 1U) - 1;
			return i;
		}
	}
	return XRS_INJECT_NONE;
}

/**
 * xrs_inject_layer() - what is to become of a layer
 * @inject: the faults of its engine
 * @now_ns: when it begins
 * @latency_ns: what it takes, at most 2^40; out: what it is to take
 *
 * Context: caller's lock.
 * Return: what.
 */
enum xrs_inject_kind xrs_inject_layer(struct xrs_inject *inject, u64 now_ns,
				      u64 *latency_ns)
{
	const struct xrs_inject_step *step;
	enum xrs_inject_kind kind;
	u32 factor = inject->plan.factor;

	if (!inject->active)
		return XRS_INJECT_NONE;
	step = scripted(inject, now_ns, now_ns + *latency_ns);
	if (step) {
		kind = step->kind;
		factor = step->factor;
	} else {
		kind = drawn(inject);
	}
	if (kind == XRS_INJECT_SLOW)
		*latency_ns *= factor;
	inject->count[kind]++;
	return kind;
}
