// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events, from where they happen to the worker that sends them.
 */
#include <linux/mm.h>

#include "engine.h"
#include "module.h"
#include "netlink.h"
#include "stream.h"

unsigned int xrs_event_limit = 4096;

/* Jobs and answers together leave the reserve alone. */
static const u32 event_burst[XRS_EVENT_NR_CLASSES] = {
	[XRS_EVENT_JOB] = XRS_EVENT_BURST,
	[XRS_EVENT_ANSWER] = XRS_EVENT_BURST_ANSWER,
	[XRS_EVENT_STATE] = XRS_EVENT_BURST,
};

/* ----- into the ring ----------------------------------------------------- */

static u32 ring_room(const struct xrs_events *events)
{
	return XRS_EVENT_RING - (events->head - events->tail);
}

/* Takes a token, if there is one. */
static bool rate_allows(struct xrs_event_rate *rate, u32 burst, u64 now_ns)
{
	u32 each_ns = NSEC_PER_SEC / READ_ONCE(xrs_event_limit);
	u64 fresh = div_u64(now_ns - rate->filled_ns, each_ns);

	if (fresh >= burst - rate->tokens) {
		rate->tokens = burst;
		rate->filled_ns = now_ns;
	} else {
		rate->tokens += fresh;
		rate->filled_ns += fresh * each_ns;
	}
	if (!rate->tokens)
		return false;
	rate->tokens--;
	return true;
}

static void event_lose(struct xrs_events *events, u64 nr, u64 seq)
{
	if (!events->lost)
		queue_delayed_work(xrs_chores, &events->report,
				   msecs_to_jiffies(XRS_EVENT_REPORT_MS));
	events->lost += nr;
	events->lost_seq = seq;
	events->total_lost += nr;
}

/*
 * Counts an event and makes room for it; NULL: nobody listens, or it is lost.
 * What is returned is in the ring: it is to be filled in before the lock goes.
 *
 * The lock of RCU is what xrs_netlink_exit() waits for before it takes the
 * listeners away.
 */
static struct xrs_event *event_new(struct xrs_device *dev, u8 cmd,
				   enum xrs_event_class class)
{
	struct xrs_events *events = &dev->events;
	u32 need = class == XRS_EVENT_STATE ? 1 : 1 + XRS_EVENT_RESERVED;
	struct xrs_event *event = NULL;
	u64 now_ns;

	lockdep_assert_held(&dev->lock);
	/* A driver may answer for an engine that is gone, device and all. */
	if (dev->ended)
		return NULL;
	events->seq++;
	rcu_read_lock();
	if (!xrs_nl_event_wanted())
		goto unlock;
	now_ns = ktime_get_ns();
	if (ring_room(events) < need ||
	    !rate_allows(&events->rate[class], event_burst[class], now_ns)) {
		event_lose(events, 1, events->seq);
		goto unlock;
	}
	event = &events->ring[events->head++ % XRS_EVENT_RING];
	memset(event, 0, sizeof(*event));
	event->time_ns = now_ns;
	event->seq = events->seq;
	event->cmd = cmd;
	queue_work(xrs_chores, &events->work);
unlock:
	rcu_read_unlock();
	return event;
}

static void job_event(struct xrs_device *dev, u8 cmd, const struct xrs_job *job,
		      u32 client)
{
	struct xrs_event *event = event_new(dev, cmd, XRS_EVENT_JOB);

	if (!event)
		return;
	/* A layer may have ended on its engine's clock before this. */
	event->time_ns = job->finish_ns;
	event->job.client = client;
	event->job.stream = job->stream->id;
	memcpy(event->job.name, to_xrs_user_stream(job->stream)->name,
	       XRS_NAME_LEN);
	event->job.frame = job->frame;
	event->job.deadline_ns = job->deadline_ns;
	event->job.finish_ns = job->finish_ns;
	event->job.reason = job->reason;
}

void xrs_event_deadline_miss(struct xrs_device *dev, const struct xrs_job *job,
			     u32 client)
{
	job_event(dev, XRSCHED_CMD_DEADLINE_MISS_NTF, job, client);
}

void xrs_event_drop(struct xrs_device *dev, const struct xrs_job *job,
		    u32 client)
{
	job_event(dev, XRSCHED_CMD_DROP_NTF, job, client);
}

static struct xrs_event *engine_event(const struct xrs_engine_dev *engine,
				      u8 cmd, u32 state,
				      enum xrs_event_class class)
{
	struct xrs_event *event = event_new(engine->device, cmd, class);

	if (!event)
		return NULL;
	event->engine.id = engine->core.id;
	event->engine.state = state;
	memcpy(event->engine.name, engine->name, XRS_NAME_LEN);
	memcpy(event->engine.class_name, engine->core.class_name, XRS_NAME_LEN);
	return event;
}

void xrs_event_engine_state(const struct xrs_engine_dev *engine,
			    enum xrsched_engine_state state)
{
	u8 cmd = state == XRSCHED_ENGINE_STATE_UP ?
			 XRSCHED_CMD_ENGINE_UP_NTF :
			 XRSCHED_CMD_ENGINE_DOWN_NTF;

	engine_event(engine, cmd, state, XRS_EVENT_STATE);
}

/* What the job fails with if it is not tried again. */
static u32 fault_reason(enum xrsched_engine_fault fault)
{
	switch (fault) {
	case XRSCHED_ENGINE_FAULT_ERROR:
	case XRSCHED_ENGINE_FAULT_DIED:
		return XRS_REASON_FAULT;
	case XRSCHED_ENGINE_FAULT_TIMEOUT:
		return XRS_REASON_TIMEOUT;
	case XRSCHED_ENGINE_FAULT_REFUSED:
		return XRS_REASON_REFUSED;
	default:
		return XRS_REASON_NONE;
	}
}

void xrs_event_engine_fault(const struct xrs_engine_dev *engine,
			    enum xrsched_engine_fault fault,
			    const struct xrs_job *job)
{
	bool answer = fault == XRSCHED_ENGINE_FAULT_STALE ||
		      fault == XRSCHED_ENGINE_FAULT_UNKNOWN ||
		      fault == XRSCHED_ENGINE_FAULT_ABSURD;
	const struct xrs_user_stream *stream;
	struct xrs_event *event;

	/* A server can give wrong answers as fast as it likes. */
	event = engine_event(engine, XRSCHED_CMD_ENGINE_FAULT_NTF,
			     xrs_engine_present(engine) ?
				     xrs_engine_state(engine) :
				     XRSCHED_ENGINE_STATE_GONE,
			     answer ? XRS_EVENT_ANSWER : XRS_EVENT_STATE);
	if (!event)
		return;
	event->engine.fault = fault;
	event->engine.reason = fault_reason(fault);
	if (!job)
		return;
	event->engine.has_job = true;
	stream = to_xrs_user_stream(job->stream);
	event->engine.client = stream->client->nr;
	event->engine.stream = job->stream->id;
	memcpy(event->engine.stream_name, stream->name, XRS_NAME_LEN);
	event->engine.frame = job->frame;
	event->engine.layer = job->layer;
}

void xrs_event_policy_change(struct xrs_device *dev,
			     const struct xrs_policy *policy)
{
	struct xrs_event *event;

	event = event_new(dev, XRSCHED_CMD_POLICY_CHANGE_NTF, XRS_EVENT_STATE);
	if (event)
		event->policy = policy;
}

void xrs_event_tuner_step(struct xrs_device *dev,
			  const struct xrs_tuner_step *step)
{
	struct xrs_event *event;

	event = event_new(dev, XRSCHED_CMD_TUNER_STEP_NTF, XRS_EVENT_STATE);
	if (event)
		event->tuner = *step;
}

/* ----- out of the ring --------------------------------------------------- */

static struct xrs_device *to_device(struct xrs_events *events)
{
	return container_of(events, struct xrs_device, events);
}

/* Sends all there is, message by message of as many events as fit into one. */
static void events_work(struct work_struct *work)
{
	struct xrs_events *events = container_of(work, struct xrs_events, work);
	struct xrs_device *dev = to_device(events);
	u32 tail, nr, sent;

	for (;;) {
		spin_lock_irq(&dev->lock);
		tail = events->tail;
		nr = events->head - tail;
		spin_unlock_irq(&dev->lock);
		if (!nr)
			break;
		/* One end of the ring at a time: what is sent lies in a row. */
		tail %= XRS_EVENT_RING;
		nr = min(nr, XRS_EVENT_RING - tail);
		nr = xrs_nl_events_send(dev, &events->ring[tail], nr, &sent);
		spin_lock_irq(&dev->lock);
		if (sent < nr)
			event_lose(events, nr - sent,
				   events->ring[tail + nr - 1].seq);
		events->tail += nr;
		spin_unlock_irq(&dev->lock);
		cond_resched();
	}
}

static void events_report(struct work_struct *work)
{
	struct xrs_events *events = container_of(to_delayed_work(work),
						 struct xrs_events, report);
	struct xrs_device *dev = to_device(events);
	struct xrs_event event = {
		.time_ns = ktime_get_ns(),
		.cmd = XRSCHED_CMD_LOST_NTF,
	};
	u32 sent;

	spin_lock_irq(&dev->lock);
	event.lost = events->lost;
	event.seq = events->lost_seq;
	events->lost = 0;
	spin_unlock_irq(&dev->lock);
	if (event.lost)
		xrs_nl_events_send(dev, &event, 1, &sent);
}

/* ----- coming and going -------------------------------------------------- */

int xrs_events_init(struct xrs_events *events)
{
	INIT_WORK(&events->work, events_work);
	INIT_DELAYED_WORK(&events->report, events_report);
	events->ring = kvcalloc(XRS_EVENT_RING, sizeof(*events->ring),
				GFP_KERNEL);
	return events->ring ? 0 : -ENOMEM;
}

void xrs_events_stop(struct xrs_events *events)
{
	flush_work(&events->work);
	flush_delayed_work(&events->report);
}

void xrs_events_free(struct xrs_events *events)
{
	kvfree(events->ring);
}
