// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The simulator's faults.
 */
#include <errno.h>

#include <xrsched/fault.h>

#include "sim.h"

_Static_assert((int)XRS_INJECT_HANG == XRSCHED_FAULT_KIND_HANG, "ABI");
_Static_assert((int)XRS_INJECT_ERROR == XRSCHED_FAULT_KIND_ERROR, "ABI");
_Static_assert((int)XRS_INJECT_SLOW == XRSCHED_FAULT_KIND_SLOW, "ABI");
_Static_assert((int)XRS_INJECT_SEQ == XRSCHED_FAULT_KIND_WRONG_SEQ, "ABI");
_Static_assert(XRS_INJECT_STEPS == XRSCHED_FAULT_STEPS, "ABI");

static int need_sim(const struct xrsched *x, struct xrsched_error *error)
{
	if (xrsched_is_sim(x))
		return 0;
	return xrsched_fail(error, -EOPNOTSUPP,
			    "a device has the control plane for this");
}

XRSCHED_API int xrsched_engine_fault(struct xrsched *x, uint32_t id,
				     const struct xrsched_fault_plan *plan,
				     struct xrsched_error *error)
{
	struct xrs_inject_plan inject = {
		.seed = plan->seed,
		.ppm = {
			[XRS_INJECT_HANG] = plan->hang_ppm,
			[XRS_INJECT_ERROR] = plan->error_ppm,
			[XRS_INJECT_SLOW] = plan->slow_ppm,
			[XRS_INJECT_SEQ] = plan->wrong_seq_ppm,
		},
		.factor = plan->factor,
		.burst = plan->burst,
		.nr_steps = plan->nr_steps,
	};
	struct sim_engine *engine;
	struct sim *sim;
	int ret;

	ret = need_sim(x, error);
	if (ret)
		return ret;
	sim = to_sim(x);
	engine = id < XRS_MAX_ENGINES
			 ? (struct sim_engine *)sim->core.engine[id]
			 : NULL;
	if (!engine)
		return xrsched_fail(error, -ENOENT, "there is no engine %u",
				    id);
	for (u32 i = 0; i < plan->nr_steps && i < XRS_INJECT_STEPS; i++)
		inject.step[i] = (struct xrs_inject_step){
			.kind = plan->step[i].kind,
			.factor = plan->step[i].factor,
			.at_ns = plan->step[i].at_ns,
			.for_ns = plan->step[i].for_ns,
			.every_ns = plan->step[i].every_ns,
		};
	if (plan->pad ||
	    xrs_inject_set(&engine->inject, &inject, id, sim->now_ns))
		return xrsched_fail(
			error, -ERANGE,
			"a value of the faults is out of its range, or slow "
			"layers have no factor, or the shares make more than "
			"all");
	xrs_core_engine_guard(&sim->core, &engine->core, sim->now_ns);
	sim_run(sim);
	return 0;
}

XRSCHED_API int xrsched_guard_get(struct xrsched *x,
				  struct xrsched_guard *guard)
{
	const struct xrs_guard *core;
	int ret = need_sim(x, NULL);

	if (ret)
		return ret;
	core = &to_sim(x)->core.guard;
	*guard = (struct xrsched_guard){
		.floor_ns = core->floor_ns,
		.rest_ns = core->rest_ns,
		.rest_max_ns = core->rest_max_ns,
		.factor = core->factor,
		.retries = core->retries,
		.strikes = core->strikes,
	};
	return 0;
}

XRSCHED_API int xrsched_guard_set(struct xrsched *x,
				  const struct xrsched_guard *guard,
				  struct xrsched_error *error)
{
	const struct xrs_guard core = {
		.floor_ns = guard->floor_ns,
		.factor = guard->factor,
		.retries = guard->retries,
		.strikes = guard->strikes,
		.rest_ns = guard->rest_ns,
		.rest_max_ns = guard->rest_max_ns,
	};
	int ret = need_sim(x, error);

	if (ret)
		return ret;
	if (guard->pad ||
	    xrs_core_set_guard(&to_sim(x)->core, &core, to_sim(x)->now_ns))
		return xrsched_fail(error, -ERANGE,
				    "a value of the guard is out of its range");
	return 0;
}
