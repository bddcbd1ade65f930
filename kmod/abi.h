/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of uapi/linux/xrsched.h, which must never change: sizes of the
 * first versions, and the offset of every field, for 32 and 64 bits alike.
 *
 * A struct that grows gets its new fields at its end, with lines of their own
 * here and its new size in the static_assert(); the VER0 sizes stay.
 */
#ifndef XRS_ABI_H
#define XRS_ABI_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/xrsched.h>
#include <linux/xrsched_record.h>
#include <linux/xrsched_server.h>

#define XRS_CAPS_SIZE_VER0		40
#define XRS_MODEL_CREATE_SIZE_VER0	88
#define XRS_STREAM_CREATE_SIZE_VER0	88
#define XRS_SUBMIT_SIZE_VER0		40
#define XRS_WAIT_SIZE_VER0		40
#define XRS_CANCEL_SIZE_VER0		24
#define XRS_STREAM_STATS_SIZE_VER0	168
#define XRS_RECORD_START_SIZE_VER0	24
#define XRS_RECORD_STATS_SIZE_VER0	32
#define XRS_SERVE_SIZE_VER0		160
#define XRS_SERVER_NEXT_SIZE_VER0	64
#define XRS_JOB_SIZE_VER0		56
#define XRS_COMPLETION_SIZE_VER0	72
#define XRS_RING_SETUP_SIZE_VER0	72
#define XRS_RING_ENTER_SIZE_VER0	24
#define XRS_RING_EVENTFD_SIZE_VER0	16
#define XRS_ADVICE_SIZE_VER0		80

#define XRS_ABI_SIZE(name, bytes)                                              \
	static_assert(sizeof(struct name) == (bytes))
#define XRS_ABI_AT(name, field, bytes)                                         \
	static_assert(offsetof(struct name, field) == (bytes))

XRS_ABI_SIZE(xrsched_caps, 40);
XRS_ABI_AT(xrsched_caps, size, 0);
XRS_ABI_AT(xrsched_caps, flags, 4);
XRS_ABI_AT(xrsched_caps, features, 8);
XRS_ABI_AT(xrsched_caps, device, 16);
XRS_ABI_AT(xrsched_caps, engines, 20);
XRS_ABI_AT(xrsched_caps, max_models, 24);
XRS_ABI_AT(xrsched_caps, max_streams, 28);
XRS_ABI_AT(xrsched_caps, max_jobs, 32);
XRS_ABI_AT(xrsched_caps, max_batch, 36);

XRS_ABI_SIZE(xrsched_class, 32);
XRS_ABI_AT(xrsched_class, name, 0);

XRS_ABI_SIZE(xrsched_variant, 16);
XRS_ABI_AT(xrsched_variant, nr_layers, 0);
XRS_ABI_AT(xrsched_variant, input_bytes, 4);
XRS_ABI_AT(xrsched_variant, accuracy_ppm, 8);
XRS_ABI_AT(xrsched_variant, pad, 12);

XRS_ABI_SIZE(xrsched_layer, 16);
XRS_ABI_AT(xrsched_layer, out_bytes, 0);
XRS_ABI_AT(xrsched_layer, skip_ppm, 4);
XRS_ABI_AT(xrsched_layer, exit_ppm, 8);
XRS_ABI_AT(xrsched_layer, skip, 12);
XRS_ABI_AT(xrsched_layer, exit, 13);
XRS_ABI_AT(xrsched_layer, flags, 14);
XRS_ABI_AT(xrsched_layer, pad, 15);

XRS_ABI_SIZE(xrsched_cost, 16);
XRS_ABI_AT(xrsched_cost, latency_ns, 0);
XRS_ABI_AT(xrsched_cost, energy_pj, 8);

XRS_ABI_SIZE(xrsched_model_create, 88);
XRS_ABI_AT(xrsched_model_create, size, 0);
XRS_ABI_AT(xrsched_model_create, flags, 4);
XRS_ABI_AT(xrsched_model_create, name, 8);
XRS_ABI_AT(xrsched_model_create, variants, 40);
XRS_ABI_AT(xrsched_model_create, layers, 48);
XRS_ABI_AT(xrsched_model_create, classes, 56);
XRS_ABI_AT(xrsched_model_create, costs, 64);
XRS_ABI_AT(xrsched_model_create, nr_variants, 72);
XRS_ABI_AT(xrsched_model_create, nr_layers, 76);
XRS_ABI_AT(xrsched_model_create, nr_classes, 80);
XRS_ABI_AT(xrsched_model_create, handle, 84);

XRS_ABI_SIZE(xrsched_handle, 8);
XRS_ABI_AT(xrsched_handle, handle, 0);
XRS_ABI_AT(xrsched_handle, flags, 4);

XRS_ABI_SIZE(xrsched_stream_create, 88);
XRS_ABI_AT(xrsched_stream_create, size, 0);
XRS_ABI_AT(xrsched_stream_create, flags, 4);
XRS_ABI_AT(xrsched_stream_create, name, 8);
XRS_ABI_AT(xrsched_stream_create, model, 40);
XRS_ABI_AT(xrsched_stream_create, upstream, 44);
XRS_ABI_AT(xrsched_stream_create, period_ns, 48);
XRS_ABI_AT(xrsched_stream_create, deadline_ns, 56);
XRS_ABI_AT(xrsched_stream_create, weight, 64);
XRS_ABI_AT(xrsched_stream_create, trigger_ppm, 68);
XRS_ABI_AT(xrsched_stream_create, drop_max, 72);
XRS_ABI_AT(xrsched_stream_create, drop_window, 74);
XRS_ABI_AT(xrsched_stream_create, lightest_variant, 76);
XRS_ABI_AT(xrsched_stream_create, priority, 77);
XRS_ABI_AT(xrsched_stream_create, pad, 78);
XRS_ABI_AT(xrsched_stream_create, handle, 80);
XRS_ABI_AT(xrsched_stream_create, id, 84);

XRS_ABI_SIZE(xrsched_job, 80);
XRS_ABI_AT(xrsched_job, stream, 0);
XRS_ABI_AT(xrsched_job, flags, 4);
XRS_ABI_AT(xrsched_job, frame, 8);
XRS_ABI_AT(xrsched_job, release_ns, 16);
XRS_ABI_AT(xrsched_job, deadline_ns, 24);
XRS_ABI_AT(xrsched_job, cookie, 32);
XRS_ABI_AT(xrsched_job, skip_mask, 40);
XRS_ABI_AT(xrsched_job, exit, 48);
XRS_ABI_AT(xrsched_job, variant, 49);
XRS_ABI_AT(xrsched_job, pad, 50);
XRS_ABI_AT(xrsched_job, result, 52);
XRS_ABI_AT(xrsched_job, in_fence, 56);
XRS_ABI_AT(xrsched_job, out_fence, 60);
XRS_ABI_AT(xrsched_job, buffers, 64);
XRS_ABI_AT(xrsched_job, nr_buffers, 72);
XRS_ABI_AT(xrsched_job, pad2, 76);

XRS_ABI_SIZE(xrsched_submit, 40);
XRS_ABI_AT(xrsched_submit, size, 0);
XRS_ABI_AT(xrsched_submit, flags, 4);
XRS_ABI_AT(xrsched_submit, jobs, 8);
XRS_ABI_AT(xrsched_submit, nr, 16);
XRS_ABI_AT(xrsched_submit, stride, 20);
XRS_ABI_AT(xrsched_submit, timeout_ns, 24);
XRS_ABI_AT(xrsched_submit, accepted, 32);
XRS_ABI_AT(xrsched_submit, pad, 36);

XRS_ABI_SIZE(xrsched_completion, 72);
XRS_ABI_AT(xrsched_completion, cookie, 0);
XRS_ABI_AT(xrsched_completion, frame, 8);
XRS_ABI_AT(xrsched_completion, stream, 16);
XRS_ABI_AT(xrsched_completion, outcome, 20);
XRS_ABI_AT(xrsched_completion, reason, 21);
XRS_ABI_AT(xrsched_completion, variant, 22);
XRS_ABI_AT(xrsched_completion, flags, 23);
XRS_ABI_AT(xrsched_completion, release_ns, 24);
XRS_ABI_AT(xrsched_completion, start_ns, 32);
XRS_ABI_AT(xrsched_completion, finish_ns, 40);
XRS_ABI_AT(xrsched_completion, deadline_ns, 48);
XRS_ABI_AT(xrsched_completion, energy_pj, 56);
XRS_ABI_AT(xrsched_completion, layers, 64);
XRS_ABI_AT(xrsched_completion, switches, 68);

XRS_ABI_SIZE(xrsched_wait, 40);
XRS_ABI_AT(xrsched_wait, size, 0);
XRS_ABI_AT(xrsched_wait, flags, 4);
XRS_ABI_AT(xrsched_wait, completions, 8);
XRS_ABI_AT(xrsched_wait, max, 16);
XRS_ABI_AT(xrsched_wait, min, 20);
XRS_ABI_AT(xrsched_wait, timeout_ns, 24);
XRS_ABI_AT(xrsched_wait, stride, 32);
XRS_ABI_AT(xrsched_wait, nr, 36);

XRS_ABI_SIZE(xrsched_cancel, 24);
XRS_ABI_AT(xrsched_cancel, size, 0);
XRS_ABI_AT(xrsched_cancel, flags, 4);
XRS_ABI_AT(xrsched_cancel, frame, 8);
XRS_ABI_AT(xrsched_cancel, stream, 16);
XRS_ABI_AT(xrsched_cancel, cancelled, 20);

XRS_ABI_SIZE(xrsched_stream_stats, 168);
XRS_ABI_AT(xrsched_stream_stats, size, 0);
XRS_ABI_AT(xrsched_stream_stats, flags, 4);
XRS_ABI_AT(xrsched_stream_stats, stream, 8);
XRS_ABI_AT(xrsched_stream_stats, in_flight, 12);
XRS_ABI_AT(xrsched_stream_stats, submitted, 16);
XRS_ABI_AT(xrsched_stream_stats, released, 24);
XRS_ABI_AT(xrsched_stream_stats, completed, 32);
XRS_ABI_AT(xrsched_stream_stats, late, 40);
XRS_ABI_AT(xrsched_stream_stats, dropped, 48);
XRS_ABI_AT(xrsched_stream_stats, cancelled, 56);
XRS_ABI_AT(xrsched_stream_stats, failed, 64);
XRS_ABI_AT(xrsched_stream_stats, retried, 72);
XRS_ABI_AT(xrsched_stream_stats, layers, 80);
XRS_ABI_AT(xrsched_stream_stats, switches, 88);
XRS_ABI_AT(xrsched_stream_stats, energy_pj, 96);
XRS_ABI_AT(xrsched_stream_stats, worst_pj, 104);
XRS_ABI_AT(xrsched_stream_stats, honest_pj, 112);
XRS_ABI_AT(xrsched_stream_stats, response_p50_ns, 120);
XRS_ABI_AT(xrsched_stream_stats, response_p99_ns, 128);
XRS_ABI_AT(xrsched_stream_stats, response_max_ns, 136);
XRS_ABI_AT(xrsched_stream_stats, queue_p50_ns, 144);
XRS_ABI_AT(xrsched_stream_stats, queue_p99_ns, 152);
XRS_ABI_AT(xrsched_stream_stats, full, 160);

XRS_ABI_SIZE(xrsched_record_args, 24);
XRS_ABI_AT(xrsched_record_args, size, 0);
XRS_ABI_AT(xrsched_record_args, flags, 4);
XRS_ABI_AT(xrsched_record_args, records, 8);
XRS_ABI_AT(xrsched_record_args, watermark, 12);
XRS_ABI_AT(xrsched_record_args, fd, 16);
XRS_ABI_AT(xrsched_record_args, pad, 20);

XRS_ABI_SIZE(xrsched_record_stats, 32);
XRS_ABI_AT(xrsched_record_stats, size, 0);
XRS_ABI_AT(xrsched_record_stats, flags, 4);
XRS_ABI_AT(xrsched_record_stats, written, 8);
XRS_ABI_AT(xrsched_record_stats, lost, 16);
XRS_ABI_AT(xrsched_record_stats, records, 24);
XRS_ABI_AT(xrsched_record_stats, unread, 28);

XRS_ABI_SIZE(xrsched_record, 64);
XRS_ABI_AT(xrsched_record, at_ns, 0);
XRS_ABI_AT(xrsched_record, type, 8);
XRS_ABI_AT(xrsched_record, arg, 10);
XRS_ABI_AT(xrsched_record, part, 11);
XRS_ABI_AT(xrsched_record, id, 12);
XRS_ABI_AT(xrsched_record, data, 16);
XRS_ABI_SIZE(xrsched_serve, 160);
XRS_ABI_AT(xrsched_serve, size, 0);
XRS_ABI_AT(xrsched_serve, flags, 4);
XRS_ABI_AT(xrsched_serve, class_name, 8);
XRS_ABI_AT(xrsched_serve, name, 40);
XRS_ABI_AT(xrsched_serve, queues, 72);
XRS_ABI_AT(xrsched_serve, pes, 76);
XRS_ABI_AT(xrsched_serve, watchdog_ms, 80);
XRS_ABI_AT(xrsched_serve, fd, 84);
XRS_ABI_AT(xrsched_serve, slot_bytes, 88);
XRS_ABI_AT(xrsched_serve, map_bytes, 92);
XRS_ABI_AT(xrsched_serve, engine, 96);

XRS_ABI_SIZE(xrsched_server_slot, 128);
XRS_ABI_AT(xrsched_server_slot, state, 0);
XRS_ABI_AT(xrsched_server_slot, queue, 4);
XRS_ABI_AT(xrsched_server_slot, seq, 8);
XRS_ABI_AT(xrsched_server_slot, frame, 16);
XRS_ABI_AT(xrsched_server_slot, cookie, 24);
XRS_ABI_AT(xrsched_server_slot, client, 32);
XRS_ABI_AT(xrsched_server_slot, stream, 36);
XRS_ABI_AT(xrsched_server_slot, model, 40);
XRS_ABI_AT(xrsched_server_slot, layer, 44);
XRS_ABI_AT(xrsched_server_slot, variant, 48);
XRS_ABI_AT(xrsched_server_slot, flags, 52);
XRS_ABI_AT(xrsched_server_slot, nr_buffers, 56);
XRS_ABI_AT(xrsched_server_slot, pad, 60);
XRS_ABI_AT(xrsched_server_slot, model_name, 64);
XRS_ABI_AT(xrsched_server_slot, deadline_ns, 96);
XRS_ABI_AT(xrsched_server_slot, dispatch_ns, 104);
XRS_ABI_AT(xrsched_server_slot, expected_ns, 112);
XRS_ABI_AT(xrsched_server_slot, limit_ns, 120);

XRS_ABI_SIZE(xrsched_server_args, 64);
XRS_ABI_AT(xrsched_server_args, size, 0);
XRS_ABI_AT(xrsched_server_args, flags, 4);
XRS_ABI_AT(xrsched_server_args, queue, 8);
XRS_ABI_AT(xrsched_server_args, status, 12);
XRS_ABI_AT(xrsched_server_args, seq, 16);
XRS_ABI_AT(xrsched_server_args, busy_ns, 24);
XRS_ABI_AT(xrsched_server_args, energy_pj, 32);
XRS_ABI_AT(xrsched_server_args, timeout_ns, 40);
XRS_ABI_AT(xrsched_server_args, buffers, 48);
XRS_ABI_AT(xrsched_server_args, max_buffers, 56);
XRS_ABI_AT(xrsched_server_args, nr_buffers, 60);
XRS_ABI_SIZE(xrsched_ring_setup, 72);
XRS_ABI_AT(xrsched_ring_setup, size, 0);
XRS_ABI_AT(xrsched_ring_setup, flags, 4);
XRS_ABI_AT(xrsched_ring_setup, sq_entries, 8);
XRS_ABI_AT(xrsched_ring_setup, cq_entries, 12);
XRS_ABI_AT(xrsched_ring_setup, job_size, 16);
XRS_ABI_AT(xrsched_ring_setup, completion_size, 20);
XRS_ABI_AT(xrsched_ring_setup, idle_us, 24);
XRS_ABI_AT(xrsched_ring_setup, fd, 28);
XRS_ABI_AT(xrsched_ring_setup, map_size, 32);
XRS_ABI_AT(xrsched_ring_setup, sq_head, 40);
XRS_ABI_AT(xrsched_ring_setup, sq_tail, 44);
XRS_ABI_AT(xrsched_ring_setup, sq_flags, 48);
XRS_ABI_AT(xrsched_ring_setup, sq_jobs, 52);
XRS_ABI_AT(xrsched_ring_setup, cq_head, 56);
XRS_ABI_AT(xrsched_ring_setup, cq_tail, 60);
XRS_ABI_AT(xrsched_ring_setup, cq_overflow, 64);
XRS_ABI_AT(xrsched_ring_setup, cq_completions, 68);

XRS_ABI_SIZE(xrsched_ring_enter, 24);
XRS_ABI_AT(xrsched_ring_enter, size, 0);
XRS_ABI_AT(xrsched_ring_enter, flags, 4);
XRS_ABI_AT(xrsched_ring_enter, to_submit, 8);
XRS_ABI_AT(xrsched_ring_enter, min_complete, 12);
XRS_ABI_AT(xrsched_ring_enter, timeout_ns, 16);

XRS_ABI_SIZE(xrsched_ring_eventfd, 16);
XRS_ABI_AT(xrsched_ring_eventfd, size, 0);
XRS_ABI_AT(xrsched_ring_eventfd, flags, 4);
XRS_ABI_AT(xrsched_ring_eventfd, fd, 8);
XRS_ABI_AT(xrsched_ring_eventfd, count, 12);

XRS_ABI_SIZE(xrsched_advice, 80);
XRS_ABI_AT(xrsched_advice, size, 0);
XRS_ABI_AT(xrsched_advice, flags, 4);
XRS_ABI_AT(xrsched_advice, stream, 8);
XRS_ABI_AT(xrsched_advice, verdict, 12);
XRS_ABI_AT(xrsched_advice, load_ppm, 16);
XRS_ABI_AT(xrsched_advice, pad, 20);
XRS_ABI_AT(xrsched_advice, limit_ns, 24);
XRS_ABI_AT(xrsched_advice, need_ns, 32);
XRS_ABI_AT(xrsched_advice, work_ns, 40);
XRS_ABI_AT(xrsched_advice, class_name, 48);

#endif /* XRS_ABI_H */
