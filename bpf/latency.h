/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Latency probe: where do the frames of each stream spend their time?
 *
 * A BPF program on xrsched:job_complete files the response, queueing and
 * service time of each completed job into histograms, one set a stream, in
 * memory that userspace has mapped: no event is copied, and reading needs no
 * system call.  The first part is shared with the BPF program.
 */
#ifndef XRS_LATENCY_H
#define XRS_LATENCY_H

#include "lhist.h"

/** define XRS_LATENCY_STREAMS - Streams that are told apart, by default. */
#define XRS_LATENCY_STREAMS 256

/**
 * enum xrs_latency_time - What is measured of a completed job
 * @XRS_LATENCY_RESPONSE: from release to finish
 * @XRS_LATENCY_QUEUEING: from release to the first dispatch
 * @XRS_LATENCY_SERVICE: from the first dispatch to finish, preemptions included
 * @XRS_LATENCY_TIMES: how many these are
 */
enum xrs_latency_time {
	XRS_LATENCY_RESPONSE,
	XRS_LATENCY_QUEUEING,
	XRS_LATENCY_SERVICE,
	XRS_LATENCY_TIMES,
};

/**
 * struct xrs_latency_key - Name of a stream
 * @device: number of its device
 * @client: number of its client; never used again for another one
 * @stream: number of the stream on the device
 */
struct xrs_latency_key {
	__u32 device;
	__u32 client;
	__u32 stream;
};

/** define XRS_LATENCY_OUTCOMES - Size of an array by outcome, a power of 2. */
#define XRS_LATENCY_OUTCOMES 8

/**
 * struct xrs_latency_stream - What the probe saw of a stream
 * @key: which stream
 * @valid: 1 once @key is set
 * @late: completed jobs that were after their deadline
 * @ended: jobs that ended, by enum xrsched_outcome
 * @time: completed jobs' times, by enum xrs_latency_time
 *
 * Written by events of one device only, which come one after another: the
 * scheduler emits them with the device's lock held.
 */
struct xrs_latency_stream {
	struct xrs_latency_key key;
	__u32 valid;
	__u64 late;
	__u64 ended[XRS_LATENCY_OUTCOMES];
	struct xrs_lhist time[XRS_LATENCY_TIMES];
};

#ifndef __bpf__
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
 * @max_streams: streams to tell apart, 0: XRS_LATENCY_STREAMS; 23 KiB each
 */
struct xrs_latency_opts {
	enum xrs_latency_attach attach;
	unsigned int max_streams;
};

/**
 * struct xrs_latency_reading - What a probe saw up to a moment
 * @time_ns: the moment, CLOCK_MONOTONIC
 * @untracked: jobs that were not counted because there were too many streams
 * @missed: times that the kernel skipped the probe, as far as it counts that:
 *          tp_btf always, trace events since Linux 6.7
 * @nr: streams in @stream, the oldest first
 * @stream: the streams
 */
struct xrs_latency_reading {
	__u64 time_ns;
	__u64 untracked;
	__u64 missed;
	size_t nr;
	struct xrs_latency_stream stream[];
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

/** xrs_latency_close() - detach and forget; NULL is fine */
void xrs_latency_close(struct xrs_latency *probe);
#endif

#endif /* XRS_LATENCY_H */
