// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink commands about limits.
 */
#include "netlink.h"

/* By enum xrs_limit_id. */
static const u8 limit_attrs[XRS_LIMIT_NR] = {
	[XRS_LIMIT_MODELS] = XRSCHED_A_LIMITS_MAX_MODELS,
	[XRS_LIMIT_MODEL_BYTES] = XRSCHED_A_LIMITS_MAX_MODEL_BYTES,
	[XRS_LIMIT_STREAMS] = XRSCHED_A_LIMITS_MAX_STREAMS,
	[XRS_LIMIT_JOBS] = XRSCHED_A_LIMITS_MAX_JOBS,
	[XRS_LIMIT_RINGS] = XRSCHED_A_LIMITS_MAX_RINGS,
	[XRS_LIMIT_RING_BYTES] = XRSCHED_A_LIMITS_MAX_RING_BYTES,
	[XRS_LIMIT_USER_CLIENTS] = XRSCHED_A_LIMITS_MAX_USER_CLIENTS,
	[XRS_LIMIT_USER_MODEL_BYTES] = XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES,
	[XRS_LIMIT_USER_STREAMS] = XRSCHED_A_LIMITS_MAX_USER_STREAMS,
	[XRS_LIMIT_USER_JOBS] = XRSCHED_A_LIMITS_MAX_USER_JOBS,
	[XRS_LIMIT_DEVICE_CLIENTS] = XRSCHED_A_LIMITS_MAX_DEVICE_CLIENTS,
	[XRS_LIMIT_DEVICE_STREAMS] = XRSCHED_A_LIMITS_MAX_DEVICE_STREAMS,
	[XRS_LIMIT_DEVICE_JOBS] = XRSCHED_A_LIMITS_MAX_DEVICE_JOBS,
	[XRS_LIMIT_DEVICE_RING_BYTES] = XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES,
};

/* Memory is told of in 64 bits, whatever a device may have of it today. */
static bool in_bytes(u32 id)
{
	return id == XRS_LIMIT_MODEL_BYTES || id == XRS_LIMIT_RING_BYTES ||
	       id == XRS_LIMIT_USER_MODEL_BYTES ||
	       id == XRS_LIMIT_DEVICE_RING_BYTES;
}

static int limit_put(struct sk_buff *skb, u32 id, u32 value)
{
	if (in_bytes(id))
		return nla_put_u64_64bit(skb, limit_attrs[id], value,
					 XRSCHED_A_LIMITS_PAD);
	return nla_put_u32(skb, limit_attrs[id], value);
}

static int limits_fill(struct sk_buff *skb, u32 device,
		       const struct xrs_limits_info *info)
{
	u32 id;

	if (nla_put_u32(skb, XRSCHED_A_LIMITS_DEVICE, device))
		return -EMSGSIZE;
	for (id = 0; id < XRS_LIMIT_NR; id++)
		if (limit_put(skb, id, info->max[id]))
			return -EMSGSIZE;
	if (nla_put_u32(skb, XRSCHED_A_LIMITS_CLIENTS, info->nr_clients) ||
	    nla_put_u32(skb, XRSCHED_A_LIMITS_STREAMS, info->nr_streams) ||
	    nla_put_u32(skb, XRSCHED_A_LIMITS_JOBS, info->nr_jobs) ||
	    nla_put_u64_64bit(skb, XRSCHED_A_LIMITS_RING_BYTES,
			      info->ring_bytes, XRSCHED_A_LIMITS_PAD))
		return -EMSGSIZE;
	return 0;
}

int xrs_nl_limits_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_limits_info limits;
	struct xrs_device *dev;
	struct sk_buff *msg;
	void *hdr;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_LIMITS_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_limits_info(dev, &limits);
	if (err)
		goto out_put;
	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_LIMITS_GET, &hdr);
	if (!msg)
		goto out_put;
	err = limits_fill(msg, dev->nr, &limits);
	if (err) {
		nlmsg_free(msg);
		goto out_put;
	}
	genlmsg_end(msg, hdr);
	err = genlmsg_reply(msg, info);
out_put:
	return xrs_nl_device_put(info, dev, err);
}

/* Those that are not mentioned stay 0. */
static int get_limits(struct genl_info *info, u32 *max)
{
	u64 value;
	u32 id;

	for (id = 0; id < XRS_LIMIT_NR; id++) {
		const struct xrs_limit_info *limit = &xrs_limit_table[id];
		struct nlattr *attr = info->attrs[limit_attrs[id]];

		if (!attr)
			continue;
		value = in_bytes(id) ? nla_get_u64(attr) : nla_get_u32(attr);
		if (value < limit->min || value > limit->max)
			return xrs_nl_refuse(info->extack, attr, -ERANGE,
					     "the limit is out of its range");
		max[id] = value;
	}
	return 0;
}

int xrs_nl_limits_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	u32 max[XRS_LIMIT_NR] = {};
	struct xrs_device *dev;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_LIMITS_DEVICE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = get_limits(info, max);
	if (!err)
		err = xrs_limits_set(dev, max);
	return xrs_nl_device_put(info, dev, err);
}
