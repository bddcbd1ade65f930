// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events in full, kernel side: see events.h.
 *
 * Attached to trace events, whose records are stable: there is nothing to look
 * up in the module's structures, and no BTF is needed.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "events.h"

char LICENSE[] SEC("license") = "GPL";

/* Records that found no room. */
__u64 lost[XRS_EVENTS_KINDS];

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 23);
} ring SEC(".maps");

/*
 * Nobody is woken: userspace looks often enough, and waking costs more.  The
 * header of a trace event's record may not be read.
 */
static __always_inline int copy(const __u32 kind, const void *event, __u64 size)
{
	struct xrs_events_header *to;
	__u64 *record;

	to = bpf_ringbuf_reserve(&ring, sizeof(*to) + size, 0);
	if (!to) {
		__sync_fetch_and_add(&lost[kind], 1);
		return 0;
	}
	to->kind = kind;
	to->pad = 0;
	to->time_ns = bpf_ktime_get_ns();
	record = (__u64 *)(to + 1);
	record[0] = 0;
	__builtin_memcpy(record + 1, event + sizeof(*record),
			 size - sizeof(*record));
	bpf_ringbuf_submit(to, BPF_RB_NO_WAKEUP);
	return 0;
}

SEC("tp/xrsched/job_complete")
int frame(const struct job_complete *event)
{
	return copy(XRS_EVENTS_FRAME, event, sizeof(*event));
}

SEC("tp/xrsched/layer_dispatch")
int begin(const struct layer_dispatch *event)
{
	return copy(XRS_EVENTS_BEGIN, event, sizeof(*event));
}

SEC("tp/xrsched/layer_complete")
int end(const struct layer_complete *event)
{
	return copy(XRS_EVENTS_END, event, sizeof(*event));
}

SEC("tp/xrsched/engine_state")
int engine(const struct engine_state *event)
{
	return copy(XRS_EVENTS_ENGINE, event, sizeof(*event));
}

SEC("tp/xrsched/stream_create")
int stream(const struct stream_create *event)
{
	return copy(XRS_EVENTS_STREAM, event, sizeof(*event));
}

SEC("tp/xrsched/decision")
int decision(const struct decision *event)
{
	return copy(XRS_EVENTS_DECISION, event, sizeof(*event));
}
