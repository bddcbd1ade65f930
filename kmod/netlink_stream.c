// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink commands about streams.
 */
#include <linux/slab.h>

#include "netlink.h"
#include "stream.h"

struct put_u64 {
	u32 attr;
	u64 value;
};

static int put_all(struct sk_buff *skb, const struct put_u64 *put, int nr)
{
	int i;

	for (i = 0; i < nr; i++)
		if (nla_put_u64_64bit(skb, put[i].attr, put[i].value,
				      XRSCHED_A_STREAM_PAD))
			return -EMSGSIZE;
	return 0;
}

static int put_counters(struct sk_buff *skb, const struct xrs_counters *count)
{
	const struct put_u64 put[] = {
		{ XRSCHED_A_STREAM_SUBMITTED, count->submitted },
		{ XRSCHED_A_STREAM_RELEASED, count->released },
		{ XRSCHED_A_STREAM_COMPLETED, count->completed },
		{ XRSCHED_A_STREAM_LATE, count->late },
		{ XRSCHED_A_STREAM_DROPPED, count->dropped },
		{ XRSCHED_A_STREAM_CANCELLED, count->cancelled },
		{ XRSCHED_A_STREAM_FAILED, count->failed },
		{ XRSCHED_A_STREAM_RETRIED, count->retried },
		{ XRSCHED_A_STREAM_LAYERS, count->layers },
		{ XRSCHED_A_STREAM_SWITCHES, count->switches },
		{ XRSCHED_A_STREAM_ENERGY_PJ, count->energy_pj },
		{ XRSCHED_A_STREAM_WORST_PJ, count->worst_pj },
		{ XRSCHED_A_STREAM_HONEST_PJ, count->honest_pj },
		{ XRSCHED_A_STREAM_FULL, count->full },
	};

	return put_all(skb, put, ARRAY_SIZE(put));
}

static int put_times(struct sk_buff *skb, u32 p50, u32 p90, u32 p99, u32 p999,
		     u32 max, const struct xrs_hist *hist)
{
	const struct put_u64 put[] = {
		{ p50, xrs_hist_quantile(hist, 500000) },
		{ p90, xrs_hist_quantile(hist, 900000) },
		{ p99, xrs_hist_quantile(hist, 990000) },
		{ p999, xrs_hist_quantile(hist, 999000) },
		{ max, hist->max_ns },
	};

	return put_all(skb, put, ARRAY_SIZE(put));
}

static int stream_fill(struct sk_buff *skb, u32 device,
		       const struct xrs_stream_info *info)
{
	const struct put_u64 times[] = {
		{ XRSCHED_A_STREAM_PERIOD_NS, info->period_ns },
		{ XRSCHED_A_STREAM_DEADLINE_NS, info->deadline_ns },
		{ XRSCHED_A_STREAM_OVERDUE_NS, info->overdue_ns },
	};

	if (nla_put_u32(skb, XRSCHED_A_STREAM_DEVICE, device) ||
	    nla_put_u32(skb, XRSCHED_A_STREAM_ID, info->id) ||
	    nla_put_string(skb, XRSCHED_A_STREAM_NAME, info->name) ||
	    nla_put_string(skb, XRSCHED_A_STREAM_MODEL, info->model) ||
	    nla_put_u32(skb, XRSCHED_A_STREAM_CLIENT, info->client) ||
	    nla_put_u32(skb, XRSCHED_A_STREAM_PID, info->pid) ||
	    (info->has_upstream &&
	     nla_put_u32(skb, XRSCHED_A_STREAM_UPSTREAM, info->upstream)) ||
	    put_all(skb, times, ARRAY_SIZE(times)) ||
	    nla_put_u32(skb, XRSCHED_A_STREAM_WEIGHT, info->weight) ||
	    nla_put_u32(skb, XRSCHED_A_STREAM_IN_FLIGHT, info->in_flight) ||
	    put_counters(skb, &info->count))
		return -EMSGSIZE;
	if (put_times(skb, XRSCHED_A_STREAM_RESPONSE_P50_NS,
		      XRSCHED_A_STREAM_RESPONSE_P90_NS,
		      XRSCHED_A_STREAM_RESPONSE_P99_NS,
		      XRSCHED_A_STREAM_RESPONSE_P999_NS,
		      XRSCHED_A_STREAM_RESPONSE_MAX_NS, &info->response_hist))
		return -EMSGSIZE;
	return put_times(skb, XRSCHED_A_STREAM_QUEUE_P50_NS,
			 XRSCHED_A_STREAM_QUEUE_P90_NS,
			 XRSCHED_A_STREAM_QUEUE_P99_NS,
			 XRSCHED_A_STREAM_QUEUE_P999_NS,
			 XRSCHED_A_STREAM_QUEUE_MAX_NS, &info->queue_hist);
}

int xrs_nl_stream_get_start(struct netlink_callback *cb)
{
	struct xrs_stream_info *info;
	int err;

	err = xrs_nl_dump_start(cb, XRSCHED_A_STREAM_DEVICE);
	if (err)
		return err;
	info = kmalloc(sizeof(*info), GFP_KERNEL);
	if (!info)
		return xrs_nl_refuse(cb->extack, NULL, -ENOMEM,
				     "there is no memory");
	/* Freed by done, which is called for every dump that has begun. */
	xrs_nl_dump(cb)->buf = info;
	return 0;
}

static int stream_show(struct sk_buff *skb, struct netlink_callback *cb,
		       struct xrs_device *dev)
{
	struct xrs_nl_dump *dump = xrs_nl_dump(cb);
	struct xrs_stream_info *info = dump->buf;
	u32 id = dump->next;
	void *hdr;
	int err;

	if (dump->next > U32_MAX)
		return -ENOENT;
	err = xrs_stream_next(dev, &id, info);
	if (err)
		return err;
	xrs_nl_dump_gen(cb, info->gen);
	hdr = xrs_nl_dump_put(skb, cb, XRSCHED_CMD_STREAM_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = stream_fill(skb, dev->nr, info);
	if (err) {
		genlmsg_cancel(skb, hdr);
		return err;
	}
	xrs_nl_dump_end(skb, cb, hdr);
	dump->next = (u64)id + 1;
	return 0;
}

int xrs_nl_stream_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return xrs_nl_dump_walk(skb, cb, stream_show);
}

int xrs_nl_stream_get_done(struct netlink_callback *cb)
{
	kfree(xrs_nl_dump(cb)->buf);
	return 0;
}
