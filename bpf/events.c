// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events in full, userspace side: see events.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "events.h"
#include "events.skel.h"

/**
 * struct series - Records whose numbers follow each other
 * @kind: their kind
 * @device: of this device
 * @id: of this engine, for dispatches
 * @last: the last one's number
 */
struct series {
	enum xrs_events_kind kind;
	__u32 device;
	__u32 id;
	__u64 last;
};

/**
 * struct xrs_events - Programs that are attached
 * @skel: maps, programs and links
 * @ring: for taking records
 * @opts: what is wanted
 * @prog: the programs that are loaded
 * @nr_progs: how many
 * @series: where numbers are
 * @nr_series: how many
 * @gap: records that are missing, by kind, as others' numbers tell
 */
struct xrs_events {
	struct events_bpf *skel;
	struct ring_buffer *ring;
	struct xrs_events_opts opts;
	struct bpf_program *prog[XRS_EVENTS_KINDS];
	size_t nr_progs;
	struct series *series;
	size_t nr_series;
	__u64 gap[XRS_EVENTS_KINDS];
};

/* Fields at the ends of the records: what is between has not moved then. */
static const struct {
	const char *event;
	struct xrs_probe_field last;
} kinds[XRS_EVENTS_KINDS] = {
	[XRS_EVENTS_FRAME] = {
		"job_complete",
		{ "number", offsetof(struct job_complete, number), 8 },
	},
	[XRS_EVENTS_BEGIN] = {
		"layer_dispatch",
		{ "client", offsetof(struct layer_dispatch, client), 4 },
	},
	[XRS_EVENTS_END] = {
		"layer_complete",
		{ "now_ns", offsetof(struct layer_complete, now_ns), 8 },
	},
	[XRS_EVENTS_ENGINE] = {
		"engine_state",
		{ "present", offsetof(struct engine_state, present), 4 },
	},
	[XRS_EVENTS_STREAM] = {
		"stream_create",
		{ "model", offsetof(struct stream_create, model), 32 },
	},
	[XRS_EVENTS_DECISION] = {
		"decision",
		{ "number", offsetof(struct decision, number), 8 },
	},
};

static struct bpf_program *program(const struct events_bpf *skel, size_t kind)
{
	struct bpf_program *const progs[XRS_EVENTS_KINDS] = {
		[XRS_EVENTS_FRAME] = skel->progs.frame,
		[XRS_EVENTS_BEGIN] = skel->progs.begin,
		[XRS_EVENTS_END] = skel->progs.end,
		[XRS_EVENTS_ENGINE] = skel->progs.engine,
		[XRS_EVENTS_STREAM] = skel->progs.stream,
		[XRS_EVENTS_DECISION] = skel->progs.decision,
	};

	return progs[kind];
}

/* Without memory for it nothing is told of gaps. */
static void count(struct xrs_events *events, enum xrs_events_kind kind,
		  __u32 device, __u32 id, __u64 number)
{
	struct series *series = events->series, *end;

	for (end = series + events->nr_series; series < end; series++) {
		if (series->kind != kind || series->device != device ||
		    series->id != id)
			continue;
		/* A number that is less is that of another device or engine. */
		if (number > series->last + 1)
			events->gap[kind] += number - series->last - 1;
		series->last = number;
		return;
	}
	series = realloc(events->series,
			 (events->nr_series + 1) * sizeof(*series));
	if (!series)
		return;
	events->series = series;
	series[events->nr_series++] = (struct series){ kind, device, id,
						       number };
}

static void count_any(struct xrs_events *events, enum xrs_events_kind kind,
		      const void *record)
{
	const struct layer_dispatch *begin = record;
	const struct job_complete *frame = record;
	const struct decision *decision = record;

	if (kind == XRS_EVENTS_FRAME)
		count(events, kind, frame->device, 0, frame->number);
	else if (kind == XRS_EVENTS_BEGIN)
		count(events, kind, begin->device, begin->engine, begin->seq);
	else if (kind == XRS_EVENTS_DECISION)
		count(events, kind, decision->device, 0, decision->number);
}

static int handle(void *ctx, void *data, size_t size)
{
	const struct xrs_events_header *header = data;
	struct xrs_events *events = ctx;

	(void)size;
	count_any(events, header->kind, header + 1);
	events->opts.handle(events->opts.ctx, header->kind, header->time_ns,
			    header + 1);
	return 0;
}

/* Chooses programs; -EPROTO and words if an event is not what we think. */
static int choose(struct xrs_events *events, struct xrs_probe_error *error)
{
	struct bpf_program *prog;
	size_t i;
	int ret;

	for (i = 0; i < XRS_EVENTS_KINDS; i++) {
		prog = program(events->skel, i);
		bpf_program__set_autoload(prog, events->opts.kinds >> i & 1);
		if (!(events->opts.kinds >> i & 1))
			continue;
		ret = xrs_probe_event(kinds[i].event, &kinds[i].last, 1, error);
		if (ret)
			return ret;
		events->prog[events->nr_progs++] = prog;
	}
	return 0;
}

static int load(struct xrs_events *events, struct xrs_probe_error *error)
{
	const char *what = "load";
	int ret = 0;

	events->skel = events_bpf__open();
	if (!events->skel)
		return xrs_probe_fail_to("open", -errno, error);
	ret = choose(events, error);
	if (ret)
		return ret;
	if (events->opts.ring_bytes)
		ret = bpf_map__set_max_entries(events->skel->maps.ring,
					       events->opts.ring_bytes);
	if (!ret)
		ret = events_bpf__load(events->skel);
	if (!ret) {
		what = "map the memory of";
		events->ring =
			ring_buffer__new(bpf_map__fd(events->skel->maps.ring),
					 handle, events, NULL);
		ret = events->ring ? 0 : -errno;
	}
	if (!ret) {
		what = "attach";
		ret = events_bpf__attach(events->skel);
	}
	return ret ? xrs_probe_fail_to(what, ret, error) : 0;
}

int xrs_events_open(struct xrs_events **events,
		    const struct xrs_events_opts *opts,
		    struct xrs_probe_error *error)
{
	struct xrs_events *new;
	int ret;

	ret = xrs_probe_module(error);
	if (!ret)
		ret = xrs_probe_may(error);
	if (ret)
		return ret;
	new = calloc(1, sizeof(*new));
	if (!new)
		return xrs_probe_fail(error, -ENOMEM, "out of memory");
	new->opts = *opts;
	ret = load(new, error);
	if (ret) {
		xrs_events_close(new);
		return ret;
	}
	*events = new;
	return 0;
}

int xrs_events_consume(struct xrs_events *events)
{
	int ret = ring_buffer__consume(events->ring);

	return ret < 0 ? ret : 0;
}

static __u64 lost_of(const struct xrs_events *events, size_t kind)
{
	return __atomic_load_n(&events->skel->bss->lost[kind],
			       __ATOMIC_RELAXED);
}

__u64 xrs_events_lost(const struct xrs_events *events)
{
	__u64 lost = 0;
	size_t i;

	for (i = 0; i < XRS_EVENTS_KINDS; i++)
		lost += lost_of(events, i);
	return lost;
}

__u64 xrs_events_skipped(const struct xrs_events *events)
{
	__u64 missed = 0;
	size_t i;

	for (i = 0; i < events->nr_progs; i++)
		missed += xrs_probe_missed(events->prog[i]);
	return missed;
}

__u64 xrs_events_missed(const struct xrs_events *events)
{
	__u64 missed = xrs_events_skipped(events), told = 0;
	size_t i;

	for (i = 0; i < XRS_EVENTS_KINDS; i++)
		if (events->gap[i] > lost_of(events, i))
			told += events->gap[i] - lost_of(events, i);
	return missed > told ? missed : told;
}

void xrs_events_gap(struct xrs_events *events, enum xrs_events_kind kind,
		    __u64 nr)
{
	events->gap[kind] += nr;
}

void xrs_events_close(struct xrs_events *events)
{
	if (!events)
		return;
	ring_buffer__free(events->ring);
	events_bpf__destroy(events->skel);
	free(events->series);
	free(events);
}
