// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency probe, kernel side: see latency.h.
 *
 * There are two programs for each event, of which one is loaded, and which end
 * in the same function:
 *
 *  - …_btf takes what it needs from the scheduler's own structures, wherever
 *    their members lie (CO-RE): needs BTF of the module;
 *  - …_event takes it from the trace event's record, whose layout is stable and
 *    is compared with the structures of event.h before it is loaded.
 *
 * These run for every frame or layer, so what is common is short: a slot is
 * found by two array lookups, which the JIT compiles to a few instructions.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <linux/xrsched.h>

#include "event.h"
#include "latency.h"

char LICENSE[] SEC("license") = "GPL";

/* A power of two; more streams than this are still told apart, but slowly. */
#define HINTS 1024

/* Slots in use, and events for which there was none left. */
__u32 nr_slots;
__u64 untracked;

/*
 * Ends of frames that this was not called for, by trace event, as their numbers
 * tell; and the last of these by device (a power of two; more take turns, and
 * then nothing is told).  Written by one device only, or not that often.
 */
#define DEVICES 64
__u64 skipped;
struct {
	__u32 device;
	__u64 number;
} last_frame[DEVICES];

/* Where a number's latest owner has its slot; right if that has the key. */
__u32 hints[HINTS];

/* See xrs_lhist_offset_by(); filled before attaching. */
__u16 offsets[XRS_LHIST_TABLE];

/* Size of all maps; set before loading. */
__u32 max_slots;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XRS_LATENCY_SLOTS);
	__type(key, struct xrs_latency_key);
	__type(value, __u32);
} places SEC(".maps");

/* Mapped by userspace, which therefore reads without stopping the probe. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XRS_LATENCY_SLOTS);
	__type(key, __u32);
	__type(value, struct xrs_latency_slot);
} slots SEC(".maps");

/* Names of streams and engines that came; the oldest make room. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, XRS_LATENCY_SLOTS);
	__type(key, struct xrs_latency_key);
	__type(value, struct xrs_latency_name);
} names SEC(".maps");

/* Members of the scheduler's structures; where they lie is found at load. */
#define __core __attribute__((preserve_access_index))

struct xrs_device {
	__u32 nr;
} __core;

struct xrs_stream {
	__u32 id;
	const char *label;
} __core;

struct xrs_job {
	struct xrs_stream *stream;
	__u64 release_ns;
	__u64 deadline_ns;
	__u8 outcome;
	__u64 ready_ns;
	__u64 start_ns;
	__u64 finish_ns;
} __core;

struct xrs_engine {
	__u32 id;
	char class_name[XRS_LATENCY_NAME];
	const char *label;
	__u64 seq;
	__u8 up;
} __core;

struct xrs_pick {
	struct xrs_job *job;
	struct xrs_engine *engine;
} __core;

struct xrs_wake {
	__u64 woken_ns;
	__u32 stream;
} __core;

struct xrs_client {
	__u32 nr;
} __core;

struct xrs_profile {
	char name[XRS_LATENCY_NAME];
} __core;

struct xrs_user_stream {
	struct xrs_stream core;
	struct xrs_client *client;
	struct xrs_profile *profile;
} __core;

static __always_inline __u64 owner_of(__u32 client, __u32 id)
{
	return (__u64)client << 32 | id;
}

/*
 * A slot for somebody new.  In @places, whose key is @key, an engine's number
 * stands for the last one that had it.
 */
static __always_inline struct xrs_latency_slot *
allocate(const struct xrs_latency_key *key, __u64 owner, __u32 nr, __u32 *placep)
{
	struct xrs_latency_slot *slot;
	__u32 place;

	if (nr_slots >= max_slots)
		return NULL;
	place = __sync_fetch_and_add(&nr_slots, 1);
	slot = bpf_map_lookup_elem(&slots, &place);
	if (!slot || bpf_map_update_elem(&places, key, &place, BPF_NOEXIST))
		return NULL;
	slot->key = *key;
	slot->key.nr = nr;
	slot->owner = owner;
	*placep = place;
	/* With a full barrier: who sees @valid sees @key. */
	__sync_fetch_and_add(&slot->valid, 1);
	return slot;
}

/* Not in the hint: it gets a slot, if there is one, or its hint back. */
static __noinline struct xrs_latency_slot *search(__u32 device, __u64 owner,
						  __u32 *hint)
{
	struct xrs_latency_key key = {
		.device = device,
		.client = owner >> 32,
		.id = owner,
	};
	__u32 *known = bpf_map_lookup_elem(&places, &key);
	struct xrs_latency_slot *slot;
	__u32 place;

	if (known) {
		place = *known;
		*hint = place;
		return bpf_map_lookup_elem(&slots, &place);
	}
	slot = allocate(&key, owner, 0, hint);
	if (!slot)
		__sync_fetch_and_add(&untracked, 1);
	return slot;
}

/*
 * How many had an engine's number before it.  A new one gets a slot of its own,
 * and that of the last one is found no more, neither by a hint nor by @places.
 */
static __noinline __u32 engine_nr(__u32 device, __u32 id, __u32 fresh)
{
	struct xrs_latency_key key = {
		.device = device,
		.client = XRS_LATENCY_ENGINE,
		.id = id,
	};
	__u32 *known = bpf_map_lookup_elem(&places, &key);
	struct xrs_latency_slot *slot;
	__u32 place, nr;

	if (!known)
		return 0;
	place = *known;
	slot = bpf_map_lookup_elem(&slots, &place);
	if (!slot)
		return 0;
	nr = slot->key.nr;
	if (!fresh || !slot->seq)
		return nr;
	slot->owner = 0;
	bpf_map_delete_elem(&places, &key);
	nr++;
	allocate(&key, owner_of(XRS_LATENCY_ENGINE, id), nr, &place);
	return nr;
}

/* Not an unused slot: nobody has the client number 0. */
static __always_inline struct xrs_latency_slot *hinted(const __u32 *hint,
						       __u64 owner)
{
	__u32 place = *hint;
	struct xrs_latency_slot *slot = bpf_map_lookup_elem(&slots, &place);

	return slot && slot->owner == owner ? slot : NULL;
}

static __always_inline __u32 *stream_hint(__u64 owner)
{
	return &hints[(owner ^ owner >> 26) & (HINTS - 1)];
}

/* A client has one device, which therefore need not be looked at. */
static __always_inline struct xrs_latency_slot *find_stream(__u32 device,
							    __u64 owner)
{
	__u32 *hint = stream_hint(owner);
	struct xrs_latency_slot *slot = hinted(hint, owner);

	return slot ? slot : search(device, owner, hint);
}

static __always_inline struct xrs_latency_slot *find_engine(__u32 device,
							    __u32 id)
{
	__u32 *hint = &hints[(id ^ device << 6) & (HINTS - 1)];
	__u64 owner = owner_of(XRS_LATENCY_ENGINE, id);
	struct xrs_latency_slot *slot = hinted(hint, owner);

	if (slot && slot->key.device == device)
		return slot;
	return search(device, owner, hint);
}

/*
 * Plain additions: see "Written by" at struct xrs_latency_slot.  Each of these
 * instructions is there four times a frame.
 */
static __always_inline void add(struct xrs_latency_slot *slot,
				enum xrs_latency_time time, __u64 ns)
{
	__u64 offset = xrs_lhist_offset_by(offsets, ns);
	struct xrs_latency_slot *bucket;

	offset &= XRS_LATENCY_REACH - sizeof(__u64);
	barrier_var(offset);
	/* A member of @bucket is that of @slot plus the offset. */
	bucket = (void *)slot + offset;
	barrier_var(bucket);
	*(__u64 *)&bucket->time[time] += 1;
	if (ns > slot->time[time].max_ns)
		slot->time[time].max_ns = ns;
}

static __always_inline void add_slack(struct xrs_latency_slot *slot,
				      __u64 now_ns, __u64 deadline_ns)
{
	if (now_ns <= deadline_ns)
		add(slot, XRS_LATENCY_SLACK, deadline_ns - now_ns);
	else
		add(slot, XRS_LATENCY_OVERDUE, now_ns - deadline_ns);
}

static __always_inline void frame_ended(struct xrs_latency_slot *slot,
					__u32 outcome, __u64 release_ns,
					__u64 start_ns, __u64 finish_ns,
					__u64 deadline_ns)
{
	const __u32 completed = outcome == XRSCHED_COMPLETED;

	if (start_ns < release_ns || finish_ns < start_ns) {
		slot->ended[outcome & (XRS_LATENCY_OUTCOMES - 1)]++;
		/* Never begun is not odd. */
		slot->odd += !!start_ns;
		return;
	}
	if (!completed)
		slot->ended[outcome & (XRS_LATENCY_OUTCOMES - 1)]++;
	add_slack(slot, start_ns, deadline_ns);
	add(slot, XRS_LATENCY_QUEUEING, start_ns - release_ns);
	if (!completed)
		return;
	if (finish_ns > deadline_ns)
		slot->late++;
	add(slot, XRS_LATENCY_RESPONSE, finish_ns - release_ns);
	add(slot, XRS_LATENCY_SERVICE, finish_ns - start_ns);
}

static __always_inline int client_awoke(__u32 device, __u64 owner,
					__u64 woken_ns, __u64 awake_ns)
{
	struct xrs_latency_slot *slot = find_stream(device, owner);

	if (!slot)
		return 0;
	if (awake_ns < woken_ns)
		slot->odd++;
	else
		add(slot, XRS_LATENCY_WAKEUP, awake_ns - woken_ns);
	return 0;
}

static __always_inline int layer_began(__u32 device, __u32 engine, __u64 seq,
				       __u64 now_ns, __u64 ready_ns,
				       __u64 deadline_ns)
{
	struct xrs_latency_slot *slot = find_engine(device, engine);

	if (!slot)
		return 0;
	if (slot->seq && seq > slot->seq)
		slot->lost += seq - slot->seq - 1;
	slot->seq = seq;
	slot->ready_ns = ready_ns;
	slot->begin_ns = now_ns;
	add_slack(slot, now_ns, deadline_ns);
	if (now_ns < ready_ns)
		slot->odd++;
	else
		add(slot, XRS_LATENCY_QUEUEING, now_ns - ready_ns);
	return 0;
}

static __always_inline int layer_ended(__u32 device, __u32 engine, __u64 seq,
				       __u64 now_ns)
{
	struct xrs_latency_slot *slot = find_engine(device, engine);

	if (!slot)
		return 0;
	if (slot->seq != seq) {
		/* It began before the probe did, unless that saw another. */
		slot->lost += !!slot->seq;
		return 0;
	}
	if (now_ns < slot->begin_ns || now_ns < slot->ready_ns) {
		slot->ended[XRSCHED_COMPLETED]++;
		slot->odd++;
		return 0;
	}
	add(slot, XRS_LATENCY_RESPONSE, now_ns - slot->ready_ns);
	add(slot, XRS_LATENCY_SERVICE, now_ns - slot->begin_ns);
	return 0;
}

/* Asked for arguments: never so, but the verifier of 6.12 wants it asked. */

/* Each read through a pointer is checked; that of the device is mostly saved. */
SEC("tp_btf/job_complete")
int BPF_PROG(frame_btf, const struct xrs_device *device,
	     const struct xrs_job *job, __u64 owner)
{
	__u32 *hint = stream_hint(owner);
	struct xrs_latency_slot *slot = hinted(hint, owner);

	if (!slot && device)
		slot = search(device->nr, owner, hint);
	/* Only now, or they are put on the stack meanwhile. */
	barrier();
	if (slot && job)
		frame_ended(slot, job->outcome, job->release_ns, job->start_ns,
			    job->finish_ns, job->deadline_ns);
	return 0;
}

/* Kernels before 6.7 do not count what they skip. */
static __always_inline void look_for_gap(__u32 device, __u64 number)
{
	__u32 at = device & (DEVICES - 1);
	__u64 last = last_frame[at].number;

	if (last && last_frame[at].device == device && number > last + 1)
		__sync_fetch_and_add(&skipped, number - last - 1);
	last_frame[at].device = device;
	last_frame[at].number = number;
}

SEC("tp/xrsched/job_complete")
int frame_event(const struct job_complete *event)
{
	struct xrs_latency_slot *slot;

	look_for_gap(event->device, event->number);
	slot = find_stream(event->device,
			   owner_of(event->client, event->stream));
	if (slot)
		frame_ended(slot, event->outcome, event->release_ns,
			    event->start_ns, event->finish_ns,
			    event->deadline_ns);
	return 0;
}

SEC("tp_btf/client_wake")
int BPF_PROG(wake_btf, const struct xrs_device *device, __u32 client,
	     const struct xrs_wake *wake, __u64 awake_ns)
{
	if (!device || !wake)
		return 0;
	return client_awoke(device->nr, owner_of(client, wake->stream),
			    wake->woken_ns, awake_ns);
}

SEC("tp/xrsched/client_wake")
int wake_event(const struct client_wake *event)
{
	return client_awoke(event->device,
			    owner_of(event->client, event->stream),
			    event->woken_ns, event->awake_ns);
}

SEC("tp_btf/layer_dispatch")
int BPF_PROG(begin_btf, const struct xrs_device *device,
	     const struct xrs_pick *pick, __u64 now_ns)
{
	const struct xrs_engine *engine;
	const struct xrs_job *job;

	if (!device || !pick)
		return 0;
	engine = pick->engine;
	job = pick->job;
	return layer_began(device->nr, engine->id, engine->seq, now_ns,
			   job->ready_ns, job->deadline_ns);
}

SEC("tp/xrsched/layer_dispatch")
int begin_event(const struct layer_dispatch *event)
{
	return layer_began(event->device, event->engine, event->seq,
			   event->now_ns, event->ready_ns,
			   event->now_ns + event->slack_ns);
}

SEC("tp_btf/layer_complete")
int BPF_PROG(end_btf, const struct xrs_device *device,
	     const struct xrs_engine *engine, __u64 busy_ns, __u64 energy_pj,
	     __u64 now_ns)
{
	if (!device || !engine)
		return 0;
	return layer_ended(device->nr, engine->id, engine->seq, now_ns);
}

SEC("tp/xrsched/layer_complete")
int end_event(const struct layer_complete *event)
{
	return layer_ended(event->device, event->engine, event->seq,
			   event->now_ns);
}

static __always_inline int name_btf(const struct xrs_latency_key *key,
				    const char *label, const char *kind)
{
	struct xrs_latency_name name = {};

	if (bpf_probe_read_kernel_str(name.text, sizeof(name.text), label) < 0)
		return 0;
	bpf_probe_read_kernel_str(name.kind, sizeof(name.kind), kind);
	bpf_map_update_elem(&names, key, &name, BPF_ANY);
	return 0;
}

static __always_inline int name_event(const struct xrs_latency_key *key,
				      const char *text, const char *kind)
{
	struct xrs_latency_name name;

	__builtin_memcpy(name.text, text, sizeof(name.text));
	__builtin_memcpy(name.kind, kind, sizeof(name.kind));
	bpf_map_update_elem(&names, key, &name, BPF_ANY);
	return 0;
}

SEC("tp_btf/stream_create")
int BPF_PROG(stream_btf, const struct xrs_device *device,
	     const struct xrs_user_stream *stream)
{
	struct xrs_latency_key key = {};

	if (!device || !stream)
		return 0;
	key.device = device->nr;
	key.client = stream->client->nr;
	key.id = stream->core.id;
	return name_btf(&key, stream->core.label, stream->profile->name);
}

SEC("tp/xrsched/stream_create")
int stream_event(const struct stream_create *event)
{
	struct xrs_latency_key key = {
		.device = event->device,
		.client = event->client,
		.id = event->stream,
	};

	return name_event(&key, event->name, event->model);
}

SEC("tp_btf/engine_state")
int BPF_PROG(engine_btf, const struct xrs_device *device,
	     const struct xrs_engine *engine)
{
	struct xrs_latency_key key = { .client = XRS_LATENCY_ENGINE };

	if (!device || !engine)
		return 0;
	key.device = device->nr;
	key.id = engine->id;
	key.nr = engine_nr(key.device, key.id, engine->up && !engine->seq);
	return name_btf(&key, engine->label, engine->class_name);
}

SEC("tp/xrsched/engine_state")
int engine_event(const struct engine_state *event)
{
	struct xrs_latency_key key = {
		.device = event->device,
		.client = XRS_LATENCY_ENGINE,
		.id = event->engine,
	};

	key.nr = engine_nr(key.device, key.id,
			   event->present && !event->seq);
	return name_event(&key, event->name, event->class_name);
}
