/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Trace events as BPF programs get them.  Self-contained, so that a module
 * without BTF can be probed; kmod/xrsched_trace.h promises that fields do not
 * move, and xrs_probe_event() looks whether that was kept.  What the fields
 * mean: Documentation/tracepoints.md.
 */
#ifndef XRS_EVENT_H
#define XRS_EVENT_H

#include <linux/types.h>

/** struct job_complete - A frame ended; @common heads every trace event */
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
	__u64 number;
};

/** struct layer_dispatch - A layer starts on an engine */
struct layer_dispatch {
	__u64 common;
	__u64 frame;
	__u64 seq;
	__u64 expected_ns;
	__u64 switch_pj;
	__s64 score_q32;
	__s64 slack_ns;
	__u32 device;
	__u32 engine;
	__u32 stream;
	__u32 layer;
	__u64 now_ns;
	__u64 ready_ns;
	__u32 client;
	__u32 pad;
};

/** struct layer_complete - An engine finished a layer */
struct layer_complete {
	__u64 common;
	__u64 frame;
	__u64 seq;
	__u64 busy_ns;
	__u64 energy_pj;
	__u32 device;
	__u32 engine;
	__u32 stream;
	__u32 layer;
	__u64 now_ns;
};

/** struct client_wake - Somebody who slept for completions runs again */
struct client_wake {
	__u64 common;
	__u64 frame;
	__u64 finish_ns;
	__u64 awake_ns;
	__u32 device;
	__u32 client;
	__u32 stream;
	__u32 pad;
	__u64 woken_ns;
};

/** struct engine_state - An engine began or ceased to take layers, or went */
struct engine_state {
	__u64 common;
	__u32 device;
	__u32 engine;
	__u32 up;
	__u32 pad;
	char class_name[32];
	__u32 health;
	__u32 strikes;
	char name[32];
	__u64 seq;
	__u32 present;
	__u32 pad2;
};

/** struct stream_create - A client created a stream */
struct stream_create {
	__u64 common;
	__u32 device;
	__u32 client;
	__u32 stream;
	__u32 pid;
	__u64 period_ns;
	__u64 deadline_ns;
	char name[32];
	char model[32];
};

/** struct decision - The policy decided: the choice and the runner-up */
struct decision {
	__u64 common;
	__u64 now_ns;
	__u32 device;
	__u32 ready;
	__u32 alpha_ppm;
	__u32 beta_ppm;
	__u64 frame;
	__s64 score_q32;
	__u64 urgency_q32;
	__u64 starv_q32;
	__u64 pref_q32;
	__u64 switch_q32;
	__u32 stream;
	__u32 layer;
	__u32 engine;
	__u32 explained;
	__u64 other_frame;
	__s64 other_score_q32;
	__u64 other_urgency_q32;
	__u64 other_starv_q32;
	__u64 other_pref_q32;
	__u64 other_switch_q32;
	__u32 other_stream;
	__u32 other_layer;
	__u32 other_engine;
	__u32 other;
	__u32 client;
	__u32 other_client;
	__u64 number;
};

#endif /* XRS_EVENT_H */
