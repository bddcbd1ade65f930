// SPDX-License-Identifier: GPL-2.0-only
/*
 * Netlink messages about events, to the group "events".
 */
#include "netlink.h"

/* Cleared for good before the family goes; see xrs_nl_events_close(). */
static bool open;

bool xrs_nl_event_wanted(void)
{
	return READ_ONCE(open) &&
	       genl_has_listeners(&xrs_nl_family, &init_net,
				  XRS_NL_GROUP_EVENTS);
}

void xrs_nl_events_open(void)
{
	WRITE_ONCE(open, true);
}

/* Once the family is gone, its group's number may be another's. */
void xrs_nl_events_close(void)
{
	WRITE_ONCE(open, false);
	synchronize_rcu();
}

static int put_u64(struct sk_buff *skb, u32 attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, XRSCHED_A_EVENT_PAD);
}

static int put_job(struct sk_buff *skb, const struct xrs_event_job *job)
{
	if (nla_put_u32(skb, XRSCHED_A_EVENT_CLIENT, job->client) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_STREAM, job->stream) ||
	    put_u64(skb, XRSCHED_A_EVENT_FRAME, job->frame) ||
	    put_u64(skb, XRSCHED_A_EVENT_DEADLINE_NS, job->deadline_ns) ||
	    (job->finish_ns > job->deadline_ns &&
	     put_u64(skb, XRSCHED_A_EVENT_LATE_NS,
		     job->finish_ns - job->deadline_ns)))
		return -EMSGSIZE;
	if (nla_put_u32(skb, XRSCHED_A_EVENT_REASON, job->reason))
		return -EMSGSIZE;
	return nla_put_string(skb, XRSCHED_A_EVENT_STREAM_NAME, job->name);
}

static int put_engine(struct sk_buff *skb,
		      const struct xrs_event_engine *engine)
{
	if (nla_put_u32(skb, XRSCHED_A_EVENT_ENGINE, engine->id) ||
	    nla_put_string(skb, XRSCHED_A_EVENT_ENGINE_NAME, engine->name) ||
	    nla_put_string(skb, XRSCHED_A_EVENT_ENGINE_CLASS,
			   engine->class_name))
		return -EMSGSIZE;
	return nla_put_u32(skb, XRSCHED_A_EVENT_STATE, engine->state);
}

static int put_fault(struct sk_buff *skb, const struct xrs_event_engine *engine)
{
	if (put_engine(skb, engine) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_FAULT, engine->fault) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_REASON, engine->reason))
		return -EMSGSIZE;
	if (!engine->has_job)
		return 0;
	if (nla_put_u32(skb, XRSCHED_A_EVENT_CLIENT, engine->client) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_STREAM, engine->stream) ||
	    put_u64(skb, XRSCHED_A_EVENT_FRAME, engine->frame) ||
	    nla_put_string(skb, XRSCHED_A_EVENT_STREAM_NAME,
			   engine->stream_name))
		return -EMSGSIZE;
	return nla_put_u32(skb, XRSCHED_A_EVENT_LAYER, engine->layer);
}

static int put_tuner(struct sk_buff *skb, const struct xrs_tuner_step *step)
{
	if (nla_put_u32(skb, XRSCHED_A_EVENT_WINDOW, step->window) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_STEP, step->step) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_PROBE, step->probe) ||
	    put_u64(skb, XRSCHED_A_EVENT_COST_Q40, step->cost_q40) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_ALPHA_PPM, step->alpha) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_BETA_PPM, step->beta) ||
	    nla_put_u32(skb, XRSCHED_A_EVENT_RADIUS, step->radius) ||
	    (step->again && nla_put_flag(skb, XRSCHED_A_EVENT_AGAIN)) ||
	    (step->settled && nla_put_flag(skb, XRSCHED_A_EVENT_SETTLED)))
		return -EMSGSIZE;
	return step->restarted ? nla_put_flag(skb, XRSCHED_A_EVENT_RESTARTED) :
				 0;
}

static int event_fill(struct sk_buff *skb, const struct xrs_event *event)
{
	switch (event->cmd) {
	case XRSCHED_CMD_DEADLINE_MISS_NTF:
	case XRSCHED_CMD_DROP_NTF:
		return put_job(skb, &event->job);
	case XRSCHED_CMD_ENGINE_UP_NTF:
	case XRSCHED_CMD_ENGINE_DOWN_NTF:
		return put_engine(skb, &event->engine);
	case XRSCHED_CMD_ENGINE_FAULT_NTF:
		return put_fault(skb, &event->engine);
	case XRSCHED_CMD_POLICY_CHANGE_NTF:
		return nla_put_string(skb, XRSCHED_A_EVENT_POLICY,
				      event->policy->name);
	case XRSCHED_CMD_TUNER_STEP_NTF:
		return put_tuner(skb, &event->tuner);
	case XRSCHED_CMD_LOST_NTF:
		return put_u64(skb, XRSCHED_A_EVENT_LOST, event->lost);
	}
	return 0;
}

static int event_put(struct sk_buff *skb, u32 device,
		     const struct xrs_event *event)
{
	void *hdr = genlmsg_put(skb, 0, 0, &xrs_nl_family, 0, event->cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, XRSCHED_A_EVENT_DEVICE, device) ||
	    put_u64(skb, XRSCHED_A_EVENT_TIME_NS, event->time_ns) ||
	    put_u64(skb, XRSCHED_A_EVENT_SEQ, event->seq) ||
	    event_fill(skb, event)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

u32 xrs_nl_events_send(struct xrs_device *dev, const struct xrs_event *event,
		       u32 nr, u32 *sent)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	u32 i = 0;

	*sent = 0;
	if (!skb)
		return nr;
	while (i < nr && !event_put(skb, dev->nr, &event[i]))
		i++;
	rcu_read_lock();
	/* Who listens may have gone, which is no loss. */
	if (READ_ONCE(open))
		genlmsg_multicast(&xrs_nl_family, skb, 0, XRS_NL_GROUP_EVENTS,
				  GFP_ATOMIC);
	else
		nlmsg_free(skb);
	rcu_read_unlock();
	*sent = i;
	/* One that does not fit into a message of its own never will. */
	return max(i, 1U);
}
