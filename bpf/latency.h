/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Latency probe: where does time go, by stream or by engine?
 *
 * BPF programs file times into histograms, one set for each stream (or engine),
 * in memory that userspace has mapped: no event is copied, and reading needs no
 * system call.  The first part is shared with the BPF programs.
 */
#ifndef XRS_LATENCY_H
#define XRS_LATENCY_H

#include "lhist.h"

/** define XRS_LATENCY_SLOTS - Streams that are told apart, by default. */
#define XRS_LATENCY_SLOTS 256

/** define XRS_LATENCY_NAME - Size of a name. */
#define XRS_LATENCY_NAME 32

/**
 * enum xrs_latency_time - What is measured
 * @XRS_LATENCY_RESPONSE: of a completed frame, from release to finish; of an
 *                        engine's layer, from when it could run to its end
 * @XRS_LATENCY_QUEUEING: from there to the frame's first dispatch, or the
 *                        layer's, whatever became of the frame
 * @XRS_LATENCY_SERVICE: of a completed frame or layer, from there on,
 *                       preemptions included
 * @XRS_LATENCY_SLACK: time left to the deadline at that dispatch
 * @XRS_LATENCY_OVERDUE: how long past the deadline it was, where there was none
 *                       left
 * @XRS_LATENCY_WAKEUP: from when a sleeping client was told of a frame's end
 *                      until it ran; not of engines
 * @XRS_LATENCY_TIMES: how many these are
 */
enum xrs_latency_time {
	XRS_LATENCY_RESPONSE,
	XRS_LATENCY_QUEUEING,
	XRS_LATENCY_SERVICE,
	XRS_LATENCY_SLACK,
	XRS_LATENCY_OVERDUE,
	XRS_LATENCY_WAKEUP,
	XRS_LATENCY_TIMES,
};

/** define XRS_LATENCY_ENGINE - An engine's client number. */
#define XRS_LATENCY_ENGINE (~0U)

/**
 * struct xrs_latency_key - Name of a stream or engine
 * @device: number of its device
 * @client: number of the stream's client, another's only after 2^32 clients;
 *          XRS_LATENCY_ENGINE for an engine; 0 is nobody's
 * @id: number of the stream or engine on the device
 * @nr: engines that had that number before this one had it, as far as the probe
 *      saw them at work; 0 for a stream
 */
struct xrs_latency_key {
	__u32 device;
	__u32 client;
	__u32 id;
	__u32 nr;
};

/** define XRS_LATENCY_OUTCOMES - Size of an array by outcome, a power of 2. */
#define XRS_LATENCY_OUTCOMES 8

/** define XRS_LATENCY_REACH - More than a histogram's size, a power of 2. */
#define XRS_LATENCY_REACH 8192

/**
 * struct xrs_latency_slot - What the probe saw of a stream or engine
 * @key: which
 * @valid: 1 once @key is set
 * @owner: its client above its id, as the event job_complete has it; 0: of an
 *         engine that was removed, another one has its number
 * @late: completed frames that were after their deadline
 * @odd: frames or layers whose times cannot be, and that are in no histogram:
 *       an end before its beginning, for instance
 * @ended: frames that ended, by enum xrsched_outcome; the programs leave out
 *         the completed ones that are in the histogram of responses
 * @seq: of an engine: its dispatch under way
 * @ready_ns: when that could run
 * @begin_ns: when it began
 * @lost: of an engine: ends of layers whose dispatch was not seen, and
 *        dispatches missing in the sequence
 * @time: by enum xrs_latency_time
 * @room: for the verifier, which knows of a bucket's offset only that it is
 *        below XRS_LATENCY_REACH
 *
 * Written by events of one device only, which come one after another: the
 * scheduler emits them with the device's lock held.
 */
struct xrs_latency_slot {
	struct xrs_latency_key key;
	__u64 valid;
	__u64 owner;
	__u64 late;
	__u64 odd;
	__u64 ended[XRS_LATENCY_OUTCOMES];
	__u64 seq;
	__u64 ready_ns;
	__u64 begin_ns;
	__u64 lost;
	struct xrs_lhist time[XRS_LATENCY_TIMES];
	__u8 room[XRS_LATENCY_REACH - sizeof(struct xrs_lhist)];
};

/**
 * struct xrs_latency_name - What a stream or engine is called
 * @text: its name
 * @kind: its model's name, or its class
 */
struct xrs_latency_name {
	char text[XRS_LATENCY_NAME];
	char kind[XRS_LATENCY_NAME];
};

#ifndef __bpf__
#include <stdbool.h>
#include <stddef.h>

#include "probe.h"

/** struct xrs_latency - A probe that is attached (opaque) */
struct xrs_latency;

/**
 * enum xrs_latency_attach - How to attach
 * @XRS_LATENCY_AUTO: by type information where there is any, else by event
 * @XRS_LATENCY_BTF: by type information (tp_btf): cheaper
 * @XRS_LATENCY_EVENT: by trace event: needs tracefs, but no BTF of the module
 */
enum xrs_latency_attach {
	XRS_LATENCY_AUTO,
	XRS_LATENCY_BTF,
	XRS_LATENCY_EVENT,
};

/**
 * struct xrs_latency_opts - Options of a probe; all zero is a good choice
 * @attach: how to attach
 * @by_engine: of the layers on each engine, rather than of each stream's frames
 * @max_slots: streams or engines to tell apart, 0: XRS_LATENCY_SLOTS; 46 KiB
 *             each
 */
struct xrs_latency_opts {
	enum xrs_latency_attach attach;
	bool by_engine;
	unsigned int max_slots;
};

/**
 * struct xrs_latency_reading - What a probe saw up to a moment
 * @time_ns: the moment, CLOCK_MONOTONIC
 * @untracked: events that were not counted because there were too many streams
 * @missed: times that the kernel skipped the probe: by trace event, before Linux
 *          6.7, ends of frames only
 * @nr: slots in @slot, the oldest first
 * @slot: the streams or engines
 */
struct xrs_latency_reading {
	__u64 time_ns;
	__u64 untracked;
	__u64 missed;
	size_t nr;
	struct xrs_latency_slot slot[];
};

/**
 * xrs_latency_open() - load and attach a probe
 * @probe: the probe
 * @opts: options, or NULL
 * @error: what is missing
 *
 * Return: 0; -ENOENT (no module, no tracefs, no event), -EPERM or -EACCES
 * (privileges), -EOPNOTSUPP (no BTF where it is needed), -EPROTO (event laid
 * out differently), -EINVAL (options), or what the kernel or libbpf says.
 */
int xrs_latency_open(struct xrs_latency **probe,
		     const struct xrs_latency_opts *opts,
		     struct xrs_probe_error *error);

/** xrs_latency_attached() - "tp_btf" or "tracepoint" */
const char *xrs_latency_attached(const struct xrs_latency *probe);

/**
 * xrs_latency_why_event() - why it is attached by trace event
 * @probe: the probe
 *
 * Return: a text that lives as long as @probe; NULL if it is not, or was asked
 * to be.
 */
const char *xrs_latency_why_event(const struct xrs_latency *probe);

/**
 * xrs_latency_read() - what did it see up to now?
 * @probe: the probe
 * @reading: the answer, to be freed by free()
 *
 * Return: 0 or -ENOMEM.
 */
int xrs_latency_read(struct xrs_latency *probe,
		     struct xrs_latency_reading **reading);

/**
 * xrs_latency_since() - turn a reading into what happened since an earlier one
 * @reading: of a probe; becomes the difference, @time_ns excepted
 * @before: an earlier one of the same probe
 */
void xrs_latency_since(struct xrs_latency_reading *reading,
		       const struct xrs_latency_reading *before);

/**
 * xrs_latency_merge() - make one of several
 * @to: gets what is in @from as well; its key stays
 * @from: another stream of the same client, say
 */
void xrs_latency_merge(struct xrs_latency_slot *to,
		       const struct xrs_latency_slot *from);

/**
 * xrs_latency_name() - what is a stream or engine called?
 * @probe: the probe
 * @key: one that came while the probe was attached
 * @name: the names
 *
 * Return: 0, or -ENOENT: the probe did not see it come.
 */
int xrs_latency_name(const struct xrs_latency *probe,
		     const struct xrs_latency_key *key,
		     struct xrs_latency_name *name);

/** xrs_latency_close() - detach and forget; NULL is fine */
void xrs_latency_close(struct xrs_latency *probe);
#endif

#endif /* XRS_LATENCY_H */
