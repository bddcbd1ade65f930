// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink commands about faults: those that are made, and what is done about
 * any.
 */
#include "engine.h"
#include "netlink.h"

static_assert((int)XRS_INJECT_HANG == XRSCHED_FAULT_KIND_HANG);
static_assert((int)XRS_INJECT_ERROR == XRSCHED_FAULT_KIND_ERROR);
static_assert((int)XRS_INJECT_SLOW == XRSCHED_FAULT_KIND_SLOW);
static_assert((int)XRS_INJECT_SEQ == XRSCHED_FAULT_KIND_WRONG_SEQ);

static u32 get_u32(struct nlattr **attrs, u32 attr)
{
	return attrs[attr] ? nla_get_u32(attrs[attr]) : 0;
}

static u64 get_u64(struct nlattr **attrs, u32 attr)
{
	return attrs[attr] ? nla_get_u64(attrs[attr]) : 0;
}

/* ----- faults ------------------------------------------------------------ */

static int put_step(struct sk_buff *skb, const struct xrs_inject_step *step)
{
	struct nlattr *nest = nla_nest_start(skb, XRSCHED_A_FAULT_STEP);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, XRSCHED_A_FAULT_STEP_KIND, step->kind) ||
	    (step->factor && nla_put_u32(skb, XRSCHED_A_FAULT_STEP_FACTOR,
					 step->factor)) ||
	    nla_put(skb, XRSCHED_A_FAULT_STEP_AT_NS, sizeof(step->at_ns),
		    &step->at_ns) ||
	    nla_put(skb, XRSCHED_A_FAULT_STEP_FOR_NS, sizeof(step->for_ns),
		    &step->for_ns) ||
	    nla_put(skb, XRSCHED_A_FAULT_STEP_EVERY_NS, sizeof(step->every_ns),
		    &step->every_ns))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_counts(struct sk_buff *skb, const u64 *count)
{
	static const u32 attr[XRS_INJECT_NR] = {
		[XRS_INJECT_HANG] = XRSCHED_A_FAULT_HANGS,
		[XRS_INJECT_ERROR] = XRSCHED_A_FAULT_ERRORS,
		[XRS_INJECT_SLOW] = XRSCHED_A_FAULT_SLOWS,
		[XRS_INJECT_SEQ] = XRSCHED_A_FAULT_WRONG_SEQS,
	};
	u32 i;

	for (i = XRS_INJECT_HANG; i < XRS_INJECT_NR; i++)
		if (nla_put_u64_64bit(skb, attr[i], count[i],
				      XRSCHED_A_FAULT_PAD))
			return -EMSGSIZE;
	return 0;
}

static int fault_fill(struct sk_buff *skb, u32 device, u32 engine,
		      const struct xrs_inject *faults)
{
	const struct xrs_inject_plan *plan = &faults->plan;
	u32 i;

	if (nla_put_u32(skb, XRSCHED_A_FAULT_DEVICE, device) ||
	    nla_put_u32(skb, XRSCHED_A_FAULT_ENGINE, engine) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_FAULT_SEED, plan->seed,
			      XRSCHED_A_FAULT_PAD) ||
	    nla_put_u32(skb, XRSCHED_A_FAULT_HANG_PPM,
			plan->ppm[XRS_INJECT_HANG]) ||
	    nla_put_u32(skb, XRSCHED_A_FAULT_ERROR_PPM,
			plan->ppm[XRS_INJECT_ERROR]) ||
	    nla_put_u32(skb, XRSCHED_A_FAULT_SLOW_PPM,
			plan->ppm[XRS_INJECT_SLOW]) ||
	    nla_put_u32(skb, XRSCHED_A_FAULT_WRONG_SEQ_PPM,
			plan->ppm[XRS_INJECT_SEQ]) ||
	    (plan->factor && nla_put_u32(skb, XRSCHED_A_FAULT_FACTOR,
					 plan->factor)) ||
	    nla_put_u32(skb, XRSCHED_A_FAULT_BURST, plan->burst))
		return -EMSGSIZE;
	for (i = 0; i < plan->nr_steps; i++)
		if (put_step(skb, &plan->step[i]))
			return -EMSGSIZE;
	return put_counts(skb, faults->count);
}

static int fault_refuse(struct genl_info *info, int err)
{
	struct nlattr *engine = info->attrs[XRSCHED_A_FAULT_ENGINE];

	switch (err) {
	case -ENOENT:
		return xrs_nl_refuse(info->extack, engine, err,
				     "the device has no such engine");
	case -EOPNOTSUPP:
		return xrs_nl_refuse(info->extack, engine, err,
				     "only simulated engines fail on purpose");
	case -ERANGE:
		return xrs_nl_refuse(info->extack, NULL, err,
				     "a value is out of its range, or slow layers have no factor, or the shares make more than all");
	}
	return err;
}

int xrs_nl_fault_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_inject faults;
	struct xrs_device *dev;
	struct sk_buff *msg;
	void *hdr;
	u32 id;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_FAULT_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_nl_require(info, XRSCHED_A_FAULT_ENGINE);
	if (err)
		goto out_put;
	id = nla_get_u32(info->attrs[XRSCHED_A_FAULT_ENGINE]);
	err = fault_refuse(info, xrs_engine_get_faults(dev, id, &faults));
	if (err)
		goto out_put;
	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_FAULT_GET, &hdr);
	if (!msg)
		goto out_put;
	err = fault_fill(msg, dev->nr, id, &faults);
	if (err) {
		nlmsg_free(msg);
		goto out_put;
	}
	genlmsg_end(msg, hdr);
	err = genlmsg_reply(msg, info);
out_put:
	return xrs_nl_device_put(info, dev, err);
}

static int get_step(struct nlattr *nest, struct netlink_ext_ack *extack,
		    struct xrs_inject_plan *plan)
{
	struct nlattr *tb[ARRAY_SIZE(xrs_nl_fault_step_policy)];
	struct xrs_inject_step *step;
	int err;

	if (plan->nr_steps == XRS_INJECT_STEPS)
		return xrs_nl_refuse(extack, nest, -E2BIG,
				     "a script has no more than 16 steps");
	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, nest,
			       xrs_nl_fault_step_policy, extack);
	if (err)
		return err;
	if (!tb[XRSCHED_A_FAULT_STEP_KIND] || !tb[XRSCHED_A_FAULT_STEP_AT_NS])
		return xrs_nl_refuse(extack, nest, -EINVAL,
				     "a step has a kind and a time");
	step = &plan->step[plan->nr_steps++];
	step->kind = get_u32(tb, XRSCHED_A_FAULT_STEP_KIND);
	step->factor = get_u32(tb, XRSCHED_A_FAULT_STEP_FACTOR);
	step->at_ns = get_u64(tb, XRSCHED_A_FAULT_STEP_AT_NS);
	step->for_ns = get_u64(tb, XRSCHED_A_FAULT_STEP_FOR_NS);
	step->every_ns = get_u64(tb, XRSCHED_A_FAULT_STEP_EVERY_NS);
	return 0;
}

static int get_plan(struct genl_info *info, struct xrs_inject_plan *plan)
{
	struct nlattr **attrs = info->attrs;
	struct nlattr *attr;
	int rem, err;

	memset(plan, 0, sizeof(*plan));
	plan->seed = get_u64(attrs, XRSCHED_A_FAULT_SEED);
	plan->ppm[XRS_INJECT_HANG] = get_u32(attrs, XRSCHED_A_FAULT_HANG_PPM);
	plan->ppm[XRS_INJECT_ERROR] = get_u32(attrs, XRSCHED_A_FAULT_ERROR_PPM);
	plan->ppm[XRS_INJECT_SLOW] = get_u32(attrs, XRSCHED_A_FAULT_SLOW_PPM);
	plan->ppm[XRS_INJECT_SEQ] =
		get_u32(attrs, XRSCHED_A_FAULT_WRONG_SEQ_PPM);
	plan->factor = get_u32(attrs, XRSCHED_A_FAULT_FACTOR);
	plan->burst = get_u32(attrs, XRSCHED_A_FAULT_BURST);
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != XRSCHED_A_FAULT_STEP)
			continue;
		err = get_step(attr, info->extack, plan);
		if (err)
			return err;
	}
	return 0;
}

int xrs_nl_fault_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_inject_plan plan;
	struct xrs_device *dev;
	u32 id;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_FAULT_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_nl_require(info, XRSCHED_A_FAULT_ENGINE);
	if (!err)
		err = get_plan(info, &plan);
	if (!err) {
		id = nla_get_u32(info->attrs[XRSCHED_A_FAULT_ENGINE]);
		err = xrs_engine_set_faults(dev, id, &plan);
		err = fault_refuse(info, err);
	}
	return xrs_nl_device_put(info, dev, err);
}

/* ----- the guard --------------------------------------------------------- */

static int guard_fill(struct sk_buff *skb, u32 device,
		      const struct xrs_guard *guard)
{
	if (nla_put_u32(skb, XRSCHED_A_GUARD_DEVICE, device) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_GUARD_FLOOR_NS, guard->floor_ns,
			      XRSCHED_A_GUARD_PAD) ||
	    nla_put_u32(skb, XRSCHED_A_GUARD_FACTOR, guard->factor) ||
	    nla_put_u32(skb, XRSCHED_A_GUARD_RETRIES, guard->retries) ||
	    nla_put_u32(skb, XRSCHED_A_GUARD_STRIKES, guard->strikes) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_GUARD_REST_NS, guard->rest_ns,
			      XRSCHED_A_GUARD_PAD) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_GUARD_REST_MAX_NS,
			      guard->rest_max_ns, XRSCHED_A_GUARD_PAD))
		return -EMSGSIZE;
	return 0;
}

int xrs_nl_guard_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_device *dev;
	struct xrs_guard guard;
	struct sk_buff *msg;
	void *hdr;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_GUARD_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_device_guard(dev, &guard);
	if (err)
		goto out_put;
	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_GUARD_GET, &hdr);
	if (!msg)
		goto out_put;
	err = guard_fill(msg, dev->nr, &guard);
	if (err) {
		nlmsg_free(msg);
		goto out_put;
	}
	genlmsg_end(msg, hdr);
	err = genlmsg_reply(msg, info);
out_put:
	return xrs_nl_device_put(info, dev, err);
}

static void change_u32(struct genl_info *info, u32 attr, u32 *value)
{
	if (info->attrs[attr])
		*value = nla_get_u32(info->attrs[attr]);
}

static void change_u64(struct genl_info *info, u32 attr, u64 *value)
{
	if (info->attrs[attr])
		*value = nla_get_u64(info->attrs[attr]);
}

int xrs_nl_guard_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_device *dev;
	struct xrs_guard guard;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_GUARD_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	/* What is not said stays, so nobody may change it in between. */
	mutex_lock(&dev->config);
	err = xrs_device_guard(dev, &guard);
	if (err)
		goto out_unlock;
	change_u64(info, XRSCHED_A_GUARD_FLOOR_NS, &guard.floor_ns);
	change_u32(info, XRSCHED_A_GUARD_FACTOR, &guard.factor);
	change_u32(info, XRSCHED_A_GUARD_RETRIES, &guard.retries);
	change_u32(info, XRSCHED_A_GUARD_STRIKES, &guard.strikes);
	change_u64(info, XRSCHED_A_GUARD_REST_NS, &guard.rest_ns);
	change_u64(info, XRSCHED_A_GUARD_REST_MAX_NS, &guard.rest_max_ns);
	err = xrs_device_set_guard(dev, &guard);
	if (err == -ERANGE)
		NL_SET_ERR_MSG(info->extack, "a value is out of its range");
out_unlock:
	mutex_unlock(&dev->config);
	return xrs_nl_device_put(info, dev, err);
}
