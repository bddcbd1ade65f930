// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel's structs are the same for every compiler and word size, for
 * ever.  Nothing but assertions; tests compile it for 32 bits too.
 */
#include <stddef.h>

#include <linux/xrsched.h>
#include <linux/xrsched_record.h>
#include <linux/xrsched_server.h>

#define SIZE(type, bytes) \
	_Static_assert(sizeof(struct type) == (bytes), "size of " #type)
#define PLACE(type, member, byte)                               \
	_Static_assert(offsetof(struct type, member) == (byte), \
		       "place of " #type "." #member)

SIZE(xrsched_caps, 40);
PLACE(xrsched_caps, features, 8);
PLACE(xrsched_caps, max_batch, 36);

SIZE(xrsched_class, 32);
SIZE(xrsched_variant, 16);
SIZE(xrsched_layer, 16);
PLACE(xrsched_layer, skip, 12);
PLACE(xrsched_layer, pad, 15);
SIZE(xrsched_cost, 16);

SIZE(xrsched_model_create, 88);
PLACE(xrsched_model_create, name, 8);
PLACE(xrsched_model_create, variants, 40);
PLACE(xrsched_model_create, nr_variants, 72);
PLACE(xrsched_model_create, handle, 84);

SIZE(xrsched_handle, 8);

SIZE(xrsched_stream_create, 88);
PLACE(xrsched_stream_create, model, 40);
PLACE(xrsched_stream_create, period_ns, 48);
PLACE(xrsched_stream_create, weight, 64);
PLACE(xrsched_stream_create, drop_max, 72);
PLACE(xrsched_stream_create, priority, 77);
PLACE(xrsched_stream_create, handle, 80);

SIZE(xrsched_job, 80);
PLACE(xrsched_job, frame, 8);
PLACE(xrsched_job, exit, 48);
PLACE(xrsched_job, result, 52);
PLACE(xrsched_job, in_fence, 56);
PLACE(xrsched_job, out_fence, 60);
PLACE(xrsched_job, buffers, 64);
PLACE(xrsched_job, nr_buffers, 72);

SIZE(xrsched_submit, 40);
PLACE(xrsched_submit, jobs, 8);
PLACE(xrsched_submit, timeout_ns, 24);
PLACE(xrsched_submit, accepted, 32);

SIZE(xrsched_completion, 72);
PLACE(xrsched_completion, stream, 16);
PLACE(xrsched_completion, outcome, 20);
PLACE(xrsched_completion, release_ns, 24);
PLACE(xrsched_completion, energy_pj, 56);
PLACE(xrsched_completion, switches, 68);

SIZE(xrsched_wait, 40);
PLACE(xrsched_wait, completions, 8);
PLACE(xrsched_wait, timeout_ns, 24);
PLACE(xrsched_wait, nr, 36);

SIZE(xrsched_cancel, 24);
PLACE(xrsched_cancel, frame, 8);
PLACE(xrsched_cancel, cancelled, 20);

SIZE(xrsched_stream_stats, 168);
PLACE(xrsched_stream_stats, submitted, 16);
PLACE(xrsched_stream_stats, energy_pj, 96);
PLACE(xrsched_stream_stats, queue_p99_ns, 152);
PLACE(xrsched_stream_stats, full, 160);

SIZE(xrsched_record_args, 24);
PLACE(xrsched_record_args, records, 8);
PLACE(xrsched_record_args, fd, 16);
SIZE(xrsched_record_stats, 32);
PLACE(xrsched_record_stats, written, 8);
PLACE(xrsched_record_stats, unread, 28);
SIZE(xrsched_record, 64);
PLACE(xrsched_record, type, 8);
PLACE(xrsched_record, id, 12);
PLACE(xrsched_record, data, 16);
SIZE(xrsched_serve, 160);
PLACE(xrsched_serve, name, 40);
PLACE(xrsched_serve, queues, 72);
PLACE(xrsched_serve, fd, 84);
PLACE(xrsched_serve, engine, 96);

SIZE(xrsched_server_slot, 128);
PLACE(xrsched_server_slot, seq, 8);
PLACE(xrsched_server_slot, client, 32);
PLACE(xrsched_server_slot, model_name, 64);
PLACE(xrsched_server_slot, limit_ns, 120);

SIZE(xrsched_server_args, 64);
PLACE(xrsched_server_args, seq, 16);
PLACE(xrsched_server_args, buffers, 48);
PLACE(xrsched_server_args, nr_buffers, 60);
SIZE(xrsched_ring_setup, 72);
PLACE(xrsched_ring_setup, idle_us, 24);
PLACE(xrsched_ring_setup, fd, 28);
PLACE(xrsched_ring_setup, map_size, 32);
PLACE(xrsched_ring_setup, sq_head, 40);
PLACE(xrsched_ring_setup, cq_head, 56);
PLACE(xrsched_ring_setup, cq_completions, 68);

SIZE(xrsched_ring_enter, 24);
PLACE(xrsched_ring_enter, min_complete, 12);
PLACE(xrsched_ring_enter, timeout_ns, 16);

SIZE(xrsched_ring_eventfd, 16);
PLACE(xrsched_ring_eventfd, count, 12);

SIZE(xrsched_advice, 80);
PLACE(xrsched_advice, verdict, 12);
PLACE(xrsched_advice, limit_ns, 24);
PLACE(xrsched_advice, class_name, 48);
