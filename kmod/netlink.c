// SPDX-License-Identifier: GPL-2.0-only
/*
 * The netlink family, what its commands share, and devices.
 */
#include <linux/slab.h>

#include "netlink.h"
#include "stream.h"
#include "xrs_uxcost.h"

/*
 * Not in other network namespaces: devices belong to the machine, not to a
 * namespace, and who may use one is a matter of its node's permissions.
 */
struct genl_family xrs_nl_family __ro_after_init = {
	.name = XRSCHED_FAMILY_NAME,
	.version = XRSCHED_FAMILY_VERSION,
	.module = THIS_MODULE,
	.netnsok = false,
	.parallel_ops = true,
	.ops = xrs_nl_ops,
	.n_ops = ARRAY_SIZE(xrs_nl_ops),
	.mcgrps = xrs_nl_groups,
	.n_mcgrps = ARRAY_SIZE(xrs_nl_groups),
	/* Reserved fields of the header have to be 0 from the first on. */
	.resv_start_op = XRSCHED_CMD_DEVICE_GET,
};

int xrs_nl_require(struct genl_info *info, u32 attr)
{
	if (!GENL_REQ_ATTR_CHECK(info, attr))
		return 0;
	return xrs_nl_refuse(info->extack, NULL, -EINVAL,
			     "an attribute is missing");
}

struct xrs_device *xrs_nl_device(struct genl_info *info, u32 attr)
{
	struct xrs_device *dev;
	int err;

	err = xrs_nl_require(info, attr);
	if (err)
		return ERR_PTR(err);
	dev = xrs_device_get(nla_get_u32(info->attrs[attr]));
	if (!dev)
		return ERR_PTR(xrs_nl_refuse(info->extack, info->attrs[attr],
					     -ENODEV, "no such device"));
	return dev;
}

int xrs_nl_device_put(struct genl_info *info, struct xrs_device *dev, int err)
{
	if (err == -ENODEV)
		NL_SET_ERR_MSG(info->extack, "the device was removed");
	else if (err == -ENOMEM)
		NL_SET_ERR_MSG(info->extack, "there is no memory");
	xrs_device_put(dev);
	return err;
}

struct sk_buff *xrs_nl_reply_new(struct genl_info *info, u8 cmd, void **hdr)
{
	struct sk_buff *msg = genlmsg_new(XRS_NL_OBJECT_SIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &xrs_nl_family, 0, cmd);
	if (!*hdr) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

int xrs_nl_dump_start(struct netlink_callback *cb, u32 attr)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	struct nlattr *which = NULL;
	struct xrs_device *dev;

	/* cb->seq counts how often the dump was torn, see xrs_nl_dump_gen(). */
	cb->seq = 1;
	cb->min_dump_alloc = NLMSG_GOODSIZE;
	if (attr)
		which = xrs_nl_dump_attr(cb, attr);
	if (!which)
		return 0;
	dump->one = true;
	dump->device = nla_get_u32(which);
	dev = xrs_device_get(dump->device);
	if (!dev)
		return xrs_nl_refuse(cb->extack, which, -ENODEV,
				     "no such device");
	xrs_device_put(dev);
	return 0;
}

void xrs_nl_dump_gen(struct netlink_callback *cb, u32 gen)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);

	/* The change is seen by nl_dump_check_consistent() in the next message. */
	if (dump->walking && dump->gen != gen)
		cb->seq++;
	dump->gen = gen;
	dump->walking = true;
}

void *xrs_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			   &xrs_nl_family, NLM_F_MULTI, cmd);
}

void xrs_nl_dump_end(struct sk_buff *skb, struct netlink_callback *cb, void *hdr)
{
	/* Not before: a message that is taken back would take the mark along. */
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
}

/* The device that the dump goes on with, with a reference; NULL: no more. */
static struct xrs_device *dump_device(struct xrs_nl_dump *dump)
{
	struct xrs_device *dev;
	u32 nr = dump->device;

	if (dump->done)
		return NULL;
	dev = dump->one ? xrs_device_get(nr) : xrs_device_next(&nr);
	if (!dev) {
		dump->done = true;
		return NULL;
	}
	if (nr != dump->device) {
		dump->device = nr;
		dump->next = 0;
		dump->walking = false;
	}
	return dev;
}

static void dump_device_done(struct netlink_callback *cb,
			     struct xrs_device *dev)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	struct xrs_device_info info;

	/* The set may have changed behind the last object that was shown. */
	if (!xrs_device_info(dev, &info))
		xrs_nl_dump_gen(cb, info.gen);
	else if (dump->walking)
		cb->seq++;	/* the whole set went */
	dump->walking = false;
	dump->next = 0;
	dump->done = dump->one || dump->device == U32_MAX;
	dump->device++;
}

int xrs_nl_dump_walk(struct sk_buff *skb, struct netlink_callback *cb,
		     int (*show)(struct sk_buff *skb,
				 struct netlink_callback *cb,
				 struct xrs_device *dev))
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	struct xrs_device *dev;
	int err;

	while ((dev = dump_device(dump))) {
		do
			err = show(skb, cb, dev);
		while (!err);
		if (err == -ENOENT || err == -ENODEV)
			dump_device_done(cb, dev);
		xrs_device_put(dev);
		if (err == -EMSGSIZE && skb->len)
			return skb->len;
		if (err != -ENOENT && err != -ENODEV)
			return err;
	}
	return skb->len;
}

/* Sums up UXCost, stream by stream so that the lock is never held for long. */
static int device_uxcost(struct xrs_device *dev, struct xrs_uxcost *uxcost)
{
	struct xrs_stream_info *info;
	u32 id = 0;
	int err;

	memset(uxcost, 0, sizeof(*uxcost));
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return -ENOMEM;
	while (!(err = xrs_stream_next(dev, &id, info))) {
		xrs_uxcost_add(uxcost, &info->count, NULL);
		if (!++id) {
			err = -ENOENT;
			break;
		}
		cond_resched();
	}
	kfree(info);
	xrs_uxcost_finish(uxcost);
	return err == -ENOENT ? 0 : err;
}

static int device_put_counters(struct sk_buff *skb,
			       const struct xrs_device_info *info,
			       const struct xrs_uxcost *uxcost)
{
	const struct {
		u32 attr;
		u64 value;
	} put[] = {
		{ XRSCHED_A_DEVICE_EVENTS, info->events },
		{ XRSCHED_A_DEVICE_DECISIONS, info->decisions },
		{ XRSCHED_A_DEVICE_POLICY_FAULTS, info->policy_faults },
		{ XRSCHED_A_DEVICE_DLV_SUM_Q48, uxcost->dlv_sum_q48 },
		{ XRSCHED_A_DEVICE_NE_SUM_Q48, uxcost->ne_sum_q48 },
		{ XRSCHED_A_DEVICE_NE_HONEST_SUM_Q48, uxcost->ne_honest_q48 },
		{ XRSCHED_A_DEVICE_UXCOST_Q40, uxcost->uxcost_q40 },
		{ XRSCHED_A_DEVICE_UXCOST_HONEST_Q40, uxcost->honest_q40 },
		{ XRSCHED_A_DEVICE_NOW_NS, ktime_get_ns() },
		{ XRSCHED_A_DEVICE_RESET_NS, info->reset_ns },
		{ XRSCHED_A_DEVICE_EVENTS_LOST, info->events_lost },
		{ XRSCHED_A_DEVICE_EVENTS_SEQ, info->events_seq },
		{ XRSCHED_A_DEVICE_BAD_ANSWERS, info->bad_answers },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(put); i++)
		if (nla_put_u64_64bit(skb, put[i].attr, put[i].value,
				      XRSCHED_A_DEVICE_PAD))
			return -EMSGSIZE;
	return 0;
}

static int device_fill(struct sk_buff *skb, struct xrs_device *dev)
{
	struct xrs_device_info info;
	struct xrs_uxcost uxcost;
	int err;

	err = xrs_device_info(dev, &info);
	if (!err)
		err = device_uxcost(dev, &uxcost);
	if (err)
		return err;
	if (nla_put_u32(skb, XRSCHED_A_DEVICE_NR, dev->nr) ||
	    nla_put_u32(skb, XRSCHED_A_DEVICE_ENGINES, info.nr_engines) ||
	    nla_put_u32(skb, XRSCHED_A_DEVICE_ENGINES_UP, info.nr_up) ||
	    nla_put_u32(skb, XRSCHED_A_DEVICE_STREAMS, info.nr_streams) ||
	    nla_put_u32(skb, XRSCHED_A_DEVICE_CLIENTS, info.nr_clients) ||
	    nla_put_string(skb, XRSCHED_A_DEVICE_POLICY, info.policy->name))
		return -EMSGSIZE;
	return device_put_counters(skb, &info, &uxcost);
}

int xrs_nl_device_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_device *dev;
	struct sk_buff *msg;
	void *hdr;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_DEVICE_NR);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = -ENOMEM;
	msg = xrs_nl_reply_new(info, XRSCHED_CMD_DEVICE_GET, &hdr);
	if (!msg)
		goto err_put;
	err = device_fill(msg, dev);
	if (err)
		goto err_free;
	xrs_device_put(dev);
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);

err_free:
	nlmsg_free(msg);
err_put:
	return xrs_nl_device_put(info, dev, err);
}

int xrs_nl_device_get_start(struct netlink_callback *cb)
{
	struct nlattr *nr = xrs_nl_dump_attr(cb, XRSCHED_A_DEVICE_NR);

	if (nr)
		return xrs_nl_refuse(cb->extack, nr, -EINVAL,
				     "a dump shows all devices");
	return xrs_nl_dump_start(cb, 0);
}

static int device_show(struct sk_buff *skb, struct netlink_callback *cb,
		       struct xrs_device *dev)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	void *hdr;
	int err;

	if (dump->next)
		return -ENOENT;
	hdr = xrs_nl_dump_put(skb, cb, XRSCHED_CMD_DEVICE_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = device_fill(skb, dev);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	xrs_nl_dump_end(skb, cb, hdr);
	dump->next++;
	return 0;
}

int xrs_nl_device_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return xrs_nl_dump_walk(skb, cb, device_show);
}

int xrs_nl_stats_reset_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct xrs_device *dev;
	int err;

	dev = xrs_nl_device(info, XRSCHED_A_DEVICE_NR);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = xrs_device_reset_stats(dev);
	return xrs_nl_device_put(info, dev, err);
}

int xrs_netlink_init(void)
{
	int ret = xrs_nl_policy_init();

	if (ret)
		return ret;
	ret = genl_register_family(&xrs_nl_family);
	if (ret)
		xrs_nl_policy_exit();
	else
		xrs_nl_events_open();
	return ret;
}

void xrs_netlink_exit(void)
{
	xrs_nl_events_close();
	genl_unregister_family(&xrs_nl_family);
	xrs_nl_policy_exit();
}
