/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What happens on all devices of the machine, as it happens.
 *
 * DOC: Use
 *
 * A listener needs CAP_NET_ADMIN, since it is told of all clients' frames.
 *
 *	struct xrsched_events *events;
 *	struct xrsched_event event;
 *	int ret = xrsched_events_open(&events);
 *
 *	while (!ret || ret == 1 || ret == -ENOBUFS) {
 *		ret = xrsched_events_next(events, &event);
 *		if (ret == 1)
 *			…
 *		else if (!ret)
 *			poll() xrsched_events_fd() for POLLIN
 *	}
 *	xrsched_events_close(events);
 *
 * Events are not a record of all that was (tracepoints are): the kernel sends
 * no more than the module's parameter event_rate says, says how many it left
 * out (XRSCHED_CMD_LOST_NTF), and a listener that is slow misses some
 * (-ENOBUFS).  Numbers (@seq) show where.
 *
 * DOC: Threads
 *
 * As with struct xrsched_control: one thread at a time for each handle.
 */
#ifndef XRSCHED_EVENT_H
#define XRSCHED_EVENT_H

#include <stdint.h>

#include <linux/xrsched.h>
#include <linux/xrsched_netlink.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct xrsched_events - A subscription to events (opaque) */
struct xrsched_events;

/** XRSCHED_EVENT_NONE - In place of a number that does not apply. */
#define XRSCHED_EVENT_NONE UINT32_MAX

/**
 * struct xrsched_event - Something that happened
 * @kind: what: XRSCHED_CMD_DEADLINE_MISS_NTF … of enum xrsched_cmd; members
 *        that do not apply to it are 0, or XRSCHED_EVENT_NONE where said.
 * @device: number of the device.
 * @time_ns: when it happened, CLOCK_MONOTONIC.
 * @seq: number of the event on its device.
 * @client: client whose job it is, else XRSCHED_EVENT_NONE.
 * @stream: number of the stream on the device, else XRSCHED_EVENT_NONE.
 * @frame: frame of the stream, where there is a stream.
 * @deadline_ns: deadline of the frame.
 * @late_ns: how long after it the frame ended, 0: in time.
 * @reason: enum xrsched_reason.
 * @layer: of an engine's fault: layer of the frame that it was at.
 * @engine: number of the engine on the device, else XRSCHED_EVENT_NONE.
 * @state: enum xrsched_engine_state of the engine.
 * @engine_name: its name.
 * @engine_class: its class.
 * @policy: name of the policy, of a policy change.
 * @window: tuner step: number of the window that ended; this and all below.
 * @step: step of the search that it belongs to, 0 once settled.
 * @probe: 0 for the centre of the step, else a place around it.
 * @again: 1: the place was measured a second time.
 * @settled: 1: the search is over.
 * @restarted: 1: the search began anew.
 * @cost_q40: UXCost of the window, multiples of 2^-40.
 * @alpha_ppm: alpha of the next window, millionths.
 * @beta_ppm: beta of the next window, millionths.
 * @radius: radius of the search, 65536 for the side of the unit square.
 * @fault: of an engine's fault: enum xrsched_engine_fault.
 * @lost: of XRSCHED_CMD_LOST_NTF: events that nobody was told of.
 * @stream_name: name of the stream, "" where there is none.
 */
struct xrsched_event {
	uint32_t kind;
	uint32_t device;
	uint64_t time_ns;
	uint64_t seq;
	uint32_t client;
	uint32_t stream;
	uint64_t frame;
	uint64_t deadline_ns;
	uint64_t late_ns;
	uint32_t reason;
	uint32_t layer;
	uint32_t engine;
	uint32_t state;
	char engine_name[XRSCHED_NAME_LEN];
	char engine_class[XRSCHED_NAME_LEN];
	char policy[XRSCHED_NAME_LEN];
	uint32_t window;
	uint32_t step;
	uint32_t probe;
	uint32_t again;
	uint32_t settled;
	uint32_t restarted;
	uint64_t cost_q40;
	uint32_t alpha_ppm;
	uint32_t beta_ppm;
	uint32_t radius;
	uint32_t fault;
	uint64_t lost;
	char stream_name[XRSCHED_NAME_LEN];
};

/**
 * xrsched_events_open() - listen to events (privileged)
 * @events: set to the subscription; what happens from now on is kept for it.
 *
 * Return: 0; -EPERM: needs CAP_NET_ADMIN; -ENOENT: the module is not loaded, or
 * this is a network namespace other than the initial one; or what socket(2)
 * says.
 */
int xrsched_events_open(struct xrsched_events **events);

/**
 * xrsched_events_close() - stop listening
 * @events: the subscription, or NULL.
 */
void xrsched_events_close(struct xrsched_events *events);

/**
 * xrsched_events_fd() - what to wait for events with
 * @events: the subscription.
 *
 * To be polled once xrsched_events_next() has returned 0, and not to be read
 * from.
 *
 * Return: a file descriptor, readable when events have come.
 */
int xrsched_events_fd(const struct xrsched_events *events);

/**
 * xrsched_events_next() - take the next event; does not wait
 * @events: the subscription.
 * @event: filled in.
 *
 * Return: 1; 0: there is none now; -ENOBUFS: some were missed because they were
 * not taken in time, go on; -ENODEV: the module is gone; -EPROTO: a message
 * that makes no sense; -ENOMEM.
 */
int xrsched_events_next(struct xrsched_events *events,
			struct xrsched_event *event);

/**
 * xrsched_event_name() - how people call an event
 * @kind: enum xrsched_cmd.
 *
 * Return: "deadline-miss", "drop", "engine-up", "engine-down", "engine-fault",
 * "policy-change", "tuner-step", "lost", or NULL: no event that is known.
 */
const char *xrsched_event_name(uint32_t kind);

/**
 * xrsched_fault_name() - how people call what an engine did wrong
 * @fault: enum xrsched_engine_fault.
 *
 * Return: "error", "timeout", "refused", "stale", "unknown", "absurd", "reset",
 * "died", or NULL: none that is known.
 */
const char *xrsched_fault_name(uint32_t fault);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_EVENT_H */
