// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The control plane's part about faults.
 */
#include <errno.h>

#include <netlink/netlink.h>

#include "control_call.h"
#include "control_read.h"
#include "internal.h"

/* ----- faults ----------------------------------------------------------- */

static int put_step(struct nl_msg *msg, const struct xrsched_fault_step *step)
{
	struct nlattr *nest = nla_nest_start(msg, XRSCHED_A_FAULT_STEP);

	if (!nest || nla_put_u32(msg, XRSCHED_A_FAULT_STEP_KIND, step->kind) ||
	    (step->factor &&
	     nla_put_u32(msg, XRSCHED_A_FAULT_STEP_FACTOR, step->factor)) ||
	    nla_put_u64(msg, XRSCHED_A_FAULT_STEP_AT_NS, step->at_ns) ||
	    nla_put_u64(msg, XRSCHED_A_FAULT_STEP_FOR_NS, step->for_ns) ||
	    nla_put_u64(msg, XRSCHED_A_FAULT_STEP_EVERY_NS, step->every_ns))
		return -ENOMEM;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_plan(struct nl_msg *msg, const struct xrsched_fault_plan *plan)
{
	if (nla_put_u64(msg, XRSCHED_A_FAULT_SEED, plan->seed) ||
	    nla_put_u32(msg, XRSCHED_A_FAULT_HANG_PPM, plan->hang_ppm) ||
	    nla_put_u32(msg, XRSCHED_A_FAULT_ERROR_PPM, plan->error_ppm) ||
	    nla_put_u32(msg, XRSCHED_A_FAULT_SLOW_PPM, plan->slow_ppm) ||
	    nla_put_u32(msg, XRSCHED_A_FAULT_WRONG_SEQ_PPM,
			plan->wrong_seq_ppm) ||
	    (plan->factor &&
	     nla_put_u32(msg, XRSCHED_A_FAULT_FACTOR, plan->factor)) ||
	    nla_put_u32(msg, XRSCHED_A_FAULT_BURST, plan->burst))
		return -ENOMEM;
	for (uint32_t i = 0; i < plan->nr_steps; i++)
		if (put_step(msg, &plan->step[i]))
			return -ENOMEM;
	return 0;
}

XRSCHED_API int xrsched_control_fault_set(struct xrsched_control *control,
					  uint32_t device, uint32_t id,
					  const struct xrsched_fault_plan *plan)
{
	struct nl_msg *msg;

	if (plan->nr_steps > XRSCHED_FAULT_STEPS || plan->pad)
		return control_fail(control, -EINVAL,
				    "a script has at most %d steps",
				    XRSCHED_FAULT_STEPS);
	msg = control_request(control, XRSCHED_CMD_FAULT_SET, 0,
			      XRSCHED_A_FAULT_DEVICE, device);
	if (!msg || nla_put_u32(msg, XRSCHED_A_FAULT_ENGINE, id) ||
	    put_plan(msg, plan))
		return control_no_memory(control, msg);
	control_expect(control, 0, NULL);
	return control_transact(control, msg);
}

static int take_fault(struct xrsched_control *control, struct nlattr *attrs,
		      int len)
{
	struct xrsched_fault_plan *plan = control_list_add(control);

	return plan ? xrsched_read_fault(plan, attrs, len) : -ENOMEM;
}

XRSCHED_API int xrsched_control_fault_get(struct xrsched_control *control,
					  uint32_t device, uint32_t id,
					  struct xrsched_fault_plan *plan)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_FAULT_GET, 0,
					     XRSCHED_A_FAULT_DEVICE, device);

	if (!msg || nla_put_u32(msg, XRSCHED_A_FAULT_ENGINE, id))
		return control_no_memory(control, msg);
	control_expect(control, sizeof(*plan), take_fault);
	return control_get_one(control, msg, plan);
}

/* ----- the guard -------------------------------------------------------- */

XRSCHED_API int xrsched_control_guard_set(struct xrsched_control *control,
					  uint32_t device,
					  const struct xrsched_guard *guard)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_GUARD_SET, 0,
					     XRSCHED_A_GUARD_DEVICE, device);

	if (!msg ||
	    nla_put_u64(msg, XRSCHED_A_GUARD_FLOOR_NS, guard->floor_ns) ||
	    nla_put_u32(msg, XRSCHED_A_GUARD_FACTOR, guard->factor) ||
	    nla_put_u32(msg, XRSCHED_A_GUARD_RETRIES, guard->retries) ||
	    nla_put_u32(msg, XRSCHED_A_GUARD_STRIKES, guard->strikes) ||
	    nla_put_u64(msg, XRSCHED_A_GUARD_REST_NS, guard->rest_ns) ||
	    nla_put_u64(msg, XRSCHED_A_GUARD_REST_MAX_NS, guard->rest_max_ns))
		return control_no_memory(control, msg);
	control_expect(control, 0, NULL);
	return control_transact(control, msg);
}

static int take_guard(struct xrsched_control *control, struct nlattr *attrs,
		      int len)
{
	struct xrsched_guard *guard = control_list_add(control);

	return guard ? xrsched_read_guard(guard, attrs, len) : -ENOMEM;
}

XRSCHED_API int xrsched_control_guard_get(struct xrsched_control *control,
					  uint32_t device,
					  struct xrsched_guard *guard)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_GUARD_GET, 0,
					     XRSCHED_A_GUARD_DEVICE, device);

	if (!msg)
		return control_no_memory(control, NULL);
	control_expect(control, sizeof(*guard), take_guard);
	return control_get_one(control, msg, guard);
}
