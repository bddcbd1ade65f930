// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency probe, kernel side: see latency.h.
 *
 * One of two programs is loaded, both of which end in account():
 *
 *  - by_btf takes what it needs from the scheduler's own structures, wherever
 *    their members lie (CO-RE): needs BTF of the module;
 *  - by_event takes it from the trace event's record, whose layout is stable
 *    and is compared with struct job_complete before it is loaded.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <linux/xrsched.h>

#include "event.h"
#include "latency.h"

char LICENSE[] SEC("license") = "GPL";

/* Streams seen, and jobs of streams for which there was no room. */
__u32 nr_streams;
__u64 untracked;

/* Room for streams; set, as the size of both maps, before loading. */
__u32 max_streams;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XRS_LATENCY_STREAMS);
	__type(key, struct xrs_latency_key);
	__type(value, __u32);
} places SEC(".maps");

/* Mapped by userspace, which therefore reads without stopping the probe. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XRS_LATENCY_STREAMS);
	__type(key, __u32);
	__type(value, struct xrs_latency_stream);
} streams SEC(".maps");

/* Members of the scheduler's structures; where they lie is found at load. */
#define __core __attribute__((preserve_access_index))

struct xrs_device {
	__u32 nr;
} __core;

struct xrs_stream {
	__u32 id;
} __core;

struct xrs_job {
	struct xrs_stream *stream;
	__u64 release_ns;
	__u64 deadline_ns;
	__u8 outcome;
	__u64 start_ns;
	__u64 finish_ns;
} __core;

/* A stream that was not seen before: it gets the next place, if there is one. */
static __always_inline struct xrs_latency_stream *
new_stream(const struct xrs_latency_key *key)
{
	struct xrs_latency_stream *stream;
	__u32 place;

	if (nr_streams >= max_streams)
		return NULL;
	place = __sync_fetch_and_add(&nr_streams, 1);
	stream = bpf_map_lookup_elem(&streams, &place);
	if (!stream || bpf_map_update_elem(&places, key, &place, BPF_NOEXIST))
		return NULL;
	stream->key = *key;
	/* With a full barrier: who sees @valid sees @key. */
	__sync_fetch_and_add(&stream->valid, 1);
	return stream;
}

static __always_inline struct xrs_latency_stream *
find_stream(const struct xrs_latency_key *key)
{
	__u32 *place = bpf_map_lookup_elem(&places, key);

	if (!place)
		return new_stream(key);
	return bpf_map_lookup_elem(&streams, place);
}

static __always_inline void add(struct xrs_lhist *hist, __u64 ns)
{
	__u32 bucket = xrs_lhist_bucket_of(ns);

	if (bucket < XRS_LHIST_BUCKETS)
		hist->bucket[bucket]++;
	if (ns > hist->max_ns)
		hist->max_ns = ns;
}

/* Plain additions: see "Written by" at struct xrs_latency_stream. */
static __always_inline int account(const struct xrs_latency_key *key,
				   __u32 outcome, __u64 release_ns,
				   __u64 start_ns, __u64 finish_ns,
				   __u64 deadline_ns)
{
	struct xrs_latency_stream *stream = find_stream(key);

	if (!stream) {
		__sync_fetch_and_add(&untracked, 1);
		return 0;
	}
	stream->ended[outcome & (XRS_LATENCY_OUTCOMES - 1)]++;
	if (outcome != XRSCHED_COMPLETED)
		return 0;
	if (finish_ns > deadline_ns)
		stream->late++;
	add(&stream->time[XRS_LATENCY_RESPONSE], finish_ns - release_ns);
	add(&stream->time[XRS_LATENCY_QUEUEING], start_ns - release_ns);
	add(&stream->time[XRS_LATENCY_SERVICE], finish_ns - start_ns);
	return 0;
}

SEC("tp_btf/job_complete")
int BPF_PROG(by_btf, const struct xrs_device *device, const struct xrs_job *job,
	     __u32 client)
{
	struct xrs_latency_key key = { .client = client };

	/* Never so, but the verifier of 6.12 wants it asked. */
	if (!device || !job)
		return 0;
	key.device = device->nr;
	key.stream = job->stream->id;
	return account(&key, job->outcome, job->release_ns, job->start_ns,
		       job->finish_ns, job->deadline_ns);
}

SEC("tp/xrsched/job_complete")
int by_event(const struct job_complete *event)
{
	struct xrs_latency_key key = {
		.device = event->device,
		.client = event->client,
		.stream = event->stream,
	};

	return account(&key, event->outcome, event->release_ns,
		       event->start_ns, event->finish_ns, event->deadline_ns);
}
