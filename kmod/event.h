/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events: what listeners of the netlink group "events" are told.
 */

/**
 * DOC: Events
 *
 * Things happen under xrs_device::lock, also in hard interrupts; messages are
 * made and sent by a worker.  Between the two lies a ring of fixed size for
 * each device, so that nothing is allocated where something happens.
 *
 * An event is put into it only if somebody listens.  Events of jobs, which
 * clients can cause as fast as they like, wrong answers, which servers can give
 * as fast as they like, and those of engines and policies are each limited to
 * xrs_event_limit a second, and the first two leave some room in the ring for
 * the third: a flood of misses does not hide that an engine broke, nor does one
 * of wrong answers hide misses.  What is left out is counted and reported
 * (XRSCHED_CMD_LOST_NTF) at most once in XRS_EVENT_REPORT_MS.
 */
#ifndef XRS_EVENT_H
#define XRS_EVENT_H

#include <linux/workqueue.h>
#include <linux/xrsched_netlink.h>

#include "xrs_core.h"

struct xrs_device;
struct xrs_engine_dev;

/** define XRS_EVENT_RING - Events that wait to be sent (power of 2). */
#define XRS_EVENT_RING 512

/** define XRS_EVENT_RESERVED - Of these, how many are only for events of state. */
#define XRS_EVENT_RESERVED 64

/** define XRS_EVENT_REPORT_MS - Least time between two reports of losses. */
#define XRS_EVENT_REPORT_MS 100

/** define XRS_EVENT_BURST - Events of jobs, and of state, that may come at once. */
#define XRS_EVENT_BURST (XRS_EVENT_RING / 2)

/** define XRS_EVENT_BURST_ANSWER - Wrong answers that may come at once. */
#define XRS_EVENT_BURST_ANSWER (XRS_EVENT_RING / 8)

/** enum xrs_event_class - Events that share a limit of their rate */
enum xrs_event_class {
	XRS_EVENT_JOB,
	XRS_EVENT_ANSWER,
	XRS_EVENT_STATE,
	XRS_EVENT_NR_CLASSES,
};

/**
 * struct xrs_event_rate - How many more events may come now
 * @tokens: so many; xrs_event_limit are added a second
 * @filled_ns: up to when they were
 */
struct xrs_event_rate {
	u32 tokens;
	u64 filled_ns;
};

/**
 * struct xrs_event_job - A frame that missed its deadline or was dropped
 * @client: number of its client
 * @stream: number of its stream on the device
 * @name: name of that
 * @frame: frame
 * @deadline_ns: its deadline
 * @finish_ns: when it ended
 * @reason: enum xrs_reason
 */
struct xrs_event_job {
	u32 client;
	u32 stream;
	char name[XRS_NAME_LEN];
	u64 frame;
	u64 deadline_ns;
	u64 finish_ns;
	u32 reason;
};

/**
 * struct xrs_event_engine - What became of an engine
 * @id: its number on the device
 * @state: enum xrsched_engine_state
 * @name: its name
 * @class_name: its class
 * @fault: of a fault: enum xrsched_engine_fault
 * @reason: of a fault: enum xrs_reason, or 0
 * @has_job: of a fault: it was at work on what follows
 * @client: number of the client
 * @stream: number of the stream on the device
 * @stream_name: name of that
 * @layer: layer, index within the model
 * @frame: frame
 */
struct xrs_event_engine {
	u32 id;
	u32 state;
	char name[XRS_NAME_LEN];
	char class_name[XRS_NAME_LEN];
	u32 fault;
	u32 reason;
	bool has_job;
	u32 client;
	u32 stream;
	char stream_name[XRS_NAME_LEN];
	u32 layer;
	u64 frame;
};

/**
 * struct xrs_event - One event
 * @time_ns: when it happened
 * @seq: its number on the device
 * @cmd: XRSCHED_CMD_*_NTF, which says what of the union is set
 * @job: deadline miss, drop
 * @engine: engine up, down, fault
 * @policy: policy change
 * @tuner: tuner step
 * @lost: events lost
 */
struct xrs_event {
	u64 time_ns;
	u64 seq;
	u8 cmd;
	union {
		struct xrs_event_job job;
		struct xrs_event_engine engine;
		const struct xrs_policy *policy;
		struct xrs_tuner_step tuner;
		u64 lost;
	};
};

/**
 * struct xrs_events - A device's events
 * @ring: the ring; constant.  What lies from @tail to @head is @work's to read,
 *        the rest is the producers' to write
 * @head: where the next event goes; xrs_device::lock
 * @tail: where the next message comes from; xrs_device::lock
 * @seq: number of the last event; xrs_device::lock
 * @rate: by class; xrs_device::lock
 * @lost: events lost since the last report; xrs_device::lock
 * @lost_seq: number of the last of them; xrs_device::lock
 * @total_lost: events lost since the device exists; xrs_device::lock
 * @work: sends what is in the ring
 * @report: reports losses
 */
struct xrs_events {
	struct xrs_event *ring;
	u32 head;
	u32 tail;
	u64 seq;
	struct xrs_event_rate rate[XRS_EVENT_NR_CLASSES];
	u64 lost;
	u64 lost_seq;
	u64 total_lost;
	struct work_struct work;
	struct delayed_work report;
};

/** xrs_event_limit - Events of a class in a second; parameter event_rate */
extern unsigned int xrs_event_limit;

/**
 * xrs_events_init() - set up a new device's
 * @events: zeroed
 *
 * Return: 0 or -ENOMEM.
 */
int xrs_events_init(struct xrs_events *events);

/** xrs_events_stop() - send what there is; none will come any more */
void xrs_events_stop(struct xrs_events *events);

/** xrs_events_free() - give its memory back; after a failed init, too */
void xrs_events_free(struct xrs_events *events);

/*
 * What happens; xrs_device::lock held.
 */

/** xrs_event_deadline_miss() - a job ended after its deadline */
void xrs_event_deadline_miss(struct xrs_device *dev, const struct xrs_job *job,
			     u32 client);

/** xrs_event_drop() - a job was dropped */
void xrs_event_drop(struct xrs_device *dev, const struct xrs_job *job,
		    u32 client);

/**
 * xrs_event_engine_state() - an engine takes layers, or none any more
 * @engine: the engine
 * @state: its state now
 */
void xrs_event_engine_state(const struct xrs_engine_dev *engine,
			    enum xrsched_engine_state state);

/**
 * xrs_event_engine_fault() - an engine, or its provider, did something wrong
 * @engine: the engine
 * @fault: what
 * @job: whose layer it was, or NULL
 */
void xrs_event_engine_fault(const struct xrs_engine_dev *engine,
			    enum xrsched_engine_fault fault,
			    const struct xrs_job *job);

/** xrs_event_policy_change() - the policy was set */
void xrs_event_policy_change(struct xrs_device *dev,
			     const struct xrs_policy *policy);

/** xrs_event_tuner_step() - a window of the tuner ended */
void xrs_event_tuner_step(struct xrs_device *dev,
			  const struct xrs_tuner_step *step);

#endif /* XRS_EVENT_H */
