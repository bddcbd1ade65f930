/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events as BPF programs get them.  Self-contained, so that a module
 * without BTF can be probed; kmod/xrsched_trace.h promises that fields do not
 * move, and xrs_probe_event() looks whether that was kept.
 */
#ifndef XRS_EVENT_H
#define XRS_EVENT_H

#include <linux/types.h>

/**
 * struct job_complete - A job ended (xrsched:job_complete)
 * @common: header of every trace event
 * @frame: number of the frame
 * @release_ns: when it could first have run
 * @start_ns: when its first layer was dispatched, 0: never
 * @finish_ns: when it ended
 * @deadline_ns: its deadline
 * @energy_pj: energy it used
 * @device: number of the device
 * @client: number of the client
 * @stream: number of the stream on the device
 * @layers: layers that ran
 * @outcome: enum xrsched_outcome
 * @reason: enum xrsched_reason
 */
struct job_complete {
	__u64 common;
	__u64 frame;
	__u64 release_ns;
	__u64 start_ns;
	__u64 finish_ns;
	__u64 deadline_ns;
	__u64 energy_pj;
	__u32 device;
	__u32 client;
	__u32 stream;
	__u32 layers;
	__u32 outcome;
	__u32 reason;
};

#endif /* XRS_EVENT_H */
