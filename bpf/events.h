/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events in full: BPF programs copy trace events' records to userspace, which
 * takes them from a ring in memory that it has mapped.  The first part is
 * shared with the BPF programs.
 */
#ifndef XRS_EVENTS_H
#define XRS_EVENTS_H

#include "event.h"

/**
 * enum xrs_events_kind - What is copied
 * @XRS_EVENTS_FRAME: struct job_complete
 * @XRS_EVENTS_BEGIN: struct layer_dispatch
 * @XRS_EVENTS_END: struct layer_complete
 * @XRS_EVENTS_ENGINE: struct engine_state
 * @XRS_EVENTS_STREAM: struct stream_create
 * @XRS_EVENTS_DECISION: struct decision
 * @XRS_EVENTS_KINDS: how many these are
 */
enum xrs_events_kind {
	XRS_EVENTS_FRAME,
	XRS_EVENTS_BEGIN,
	XRS_EVENTS_END,
	XRS_EVENTS_ENGINE,
	XRS_EVENTS_STREAM,
	XRS_EVENTS_DECISION,
	XRS_EVENTS_KINDS,
};

/**
 * struct xrs_events_header - What lies before each record in the ring
 * @kind: enum xrs_events_kind
 * @pad: 0
 * @time_ns: when it was copied, CLOCK_MONOTONIC
 */
struct xrs_events_header {
	__u32 kind;
	__u32 pad;
	__u64 time_ns;
};

#ifndef __bpf__
#include <stddef.h>

#include "probe.h"

/** struct xrs_events - Programs that are attached (opaque) */
struct xrs_events;

/**
 * struct xrs_events_opts - What is wanted
 * @kinds: mask of 1 << enum xrs_events_kind
 * @ring_bytes: room for what was not taken yet, a power of two, 0: 8 MiB
 * @handle: called by xrs_events_consume() for each record
 * @ctx: its first argument
 */
struct xrs_events_opts {
	unsigned int kinds;
	unsigned int ring_bytes;
	void (*handle)(void *ctx, enum xrs_events_kind kind, __u64 time_ns,
		       const void *record);
	void *ctx;
};

/**
 * xrs_events_open() - load and attach
 * @events: what is attached
 * @opts: what is wanted
 * @error: what is missing
 *
 * Needs neither the module's BTF nor the kernel's.
 *
 * Return: 0, or a negative errno as of xrs_latency_open().
 */
int xrs_events_open(struct xrs_events **events,
		    const struct xrs_events_opts *opts,
		    struct xrs_probe_error *error);

/**
 * xrs_events_consume() - take what there is
 * @events: what is attached
 *
 * To be called some ten times a second at least: nobody is woken.
 *
 * Return: 0, or a negative errno.
 */
int xrs_events_consume(struct xrs_events *events);

/**
 * xrs_events_lost() - records that found no room
 * @events: what is attached
 *
 * May be called by the handler: what was lost so far came after the record that
 * it is given.
 *
 * Return: how many.
 */
__u64 xrs_events_lost(const struct xrs_events *events);

/**
 * xrs_events_missed() - times that the kernel skipped a program
 * @events: what is attached
 *
 * It counts that since Linux 6.7.  On any kernel gaps between the numbers of
 * ended frames, decisions and dispatches tell of those, once another one came;
 * and the caller of the ends of layers, see xrs_events_gap().
 *
 * Return: how often.
 */
__u64 xrs_events_missed(const struct xrs_events *events);

/**
 * xrs_events_skipped() - the same, as far as the kernel counts it
 * @events: what is attached
 *
 * Return: how often: at once, if at all.
 */
__u64 xrs_events_skipped(const struct xrs_events *events);

/**
 * xrs_events_gap() - the caller sees that events are missing
 * @events: what is attached
 * @kind: of what kind
 * @nr: how many more
 */
void xrs_events_gap(struct xrs_events *events, enum xrs_events_kind kind,
		    __u64 nr);

/** xrs_events_close() - detach and forget; NULL is fine */
void xrs_events_close(struct xrs_events *events);
#endif

#endif /* XRS_EVENTS_H */
