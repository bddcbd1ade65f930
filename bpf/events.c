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
 * struct xrs_events - Programs that are attached
 * @skel: maps, programs and links
 * @ring: for taking records
 * @opts: what is wanted
 * @prog: the programs that are loaded
 * @nr_progs: how many
 */
struct xrs_events {
	struct events_bpf *skel;
	struct ring_buffer *ring;
	struct xrs_events_opts opts;
	struct bpf_program *prog[XRS_EVENTS_KINDS];
	size_t nr_progs;
};

/* Fields at the ends of the records: what is between has not moved then. */
static const struct {
	const char *event;
	struct xrs_probe_field last;
} kinds[XRS_EVENTS_KINDS] = {
	[XRS_EVENTS_FRAME] = {
		"job_complete",
		{ "reason", offsetof(struct job_complete, reason), 4 },
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
		{ "name", offsetof(struct engine_state, name), 32 },
	},
	[XRS_EVENTS_STREAM] = {
		"stream_create",
		{ "model", offsetof(struct stream_create, model), 32 },
	},
	[XRS_EVENTS_DECISION] = {
		"decision",
		{ "other", offsetof(struct decision, other), 4 },
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

static int handle(void *ctx, void *data, size_t size)
{
	const struct xrs_events_header *header = data;
	const struct xrs_events *events = ctx;

	(void)size;
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

__u64 xrs_events_lost(const struct xrs_events *events)
{
	return __atomic_load_n(&events->skel->bss->lost, __ATOMIC_RELAXED);
}

__u64 xrs_events_missed(const struct xrs_events *events)
{
	__u64 missed = 0;
	size_t i;

	for (i = 0; i < events->nr_progs; i++)
		missed += xrs_probe_missed(events->prog[i]);
	return missed;
}

void xrs_events_close(struct xrs_events *events)
{
	if (!events)
		return;
	ring_buffer__free(events->ring);
	events_bpf__destroy(events->skel);
	free(events);
}
