// SPDX-License-Identifier: GPL-2.0-only
/*
 * Latency probe, userspace side: see latency.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <linux/xrsched.h>

#include "event.h"
#include "latency.h"
#include "latency.skel.h"

/* A map of as many slots is 3 GiB. */
#define MAX_SLOTS 65536

/* Events that a probe may listen to. */
#define PARTS 6

/**
 * struct xrs_latency - A probe that is attached
 * @skel: maps, programs and links
 * @prog: the programs that are loaded
 * @nr_progs: how many
 * @slots: the map of the same name
 * @size: its size in bytes
 * @max_slots: how many fit
 * @by_engine: as asked for
 * @attached: by what
 * @why: why not by type information; empty if there is nothing to say
 */
struct xrs_latency {
	struct latency_bpf *skel;
	struct bpf_program *prog[PARTS];
	size_t nr_progs;
	struct xrs_latency_slot *slots;
	size_t size;
	__u32 max_slots;
	bool by_engine;
	enum xrs_latency_attach attached;
	char why[256];
};

static const struct xrs_probe_field job_complete_fields[] = {
	{ "release_ns", offsetof(struct job_complete, release_ns), 8 },
	{ "start_ns", offsetof(struct job_complete, start_ns), 8 },
	{ "finish_ns", offsetof(struct job_complete, finish_ns), 8 },
	{ "deadline_ns", offsetof(struct job_complete, deadline_ns), 8 },
	{ "device", offsetof(struct job_complete, device), 4 },
	{ "client", offsetof(struct job_complete, client), 4 },
	{ "stream", offsetof(struct job_complete, stream), 4 },
	{ "outcome", offsetof(struct job_complete, outcome), 4 },
	{ "number", offsetof(struct job_complete, number), 8 },
	{}
};

static const struct xrs_probe_field client_wake_fields[] = {
	{ "awake_ns", offsetof(struct client_wake, awake_ns), 8 },
	{ "device", offsetof(struct client_wake, device), 4 },
	{ "client", offsetof(struct client_wake, client), 4 },
	{ "stream", offsetof(struct client_wake, stream), 4 },
	{ "woken_ns", offsetof(struct client_wake, woken_ns), 8 },
	{}
};

static const struct xrs_probe_field stream_create_fields[] = {
	{ "device", offsetof(struct stream_create, device), 4 },
	{ "client", offsetof(struct stream_create, client), 4 },
	{ "stream", offsetof(struct stream_create, stream), 4 },
	{ "name", offsetof(struct stream_create, name), 32 },
	{ "model", offsetof(struct stream_create, model), 32 },
	{}
};

static const struct xrs_probe_field engine_state_fields[] = {
	{ "device", offsetof(struct engine_state, device), 4 },
	{ "engine", offsetof(struct engine_state, engine), 4 },
	{ "name", offsetof(struct engine_state, name), 32 },
	{ "class_name", offsetof(struct engine_state, class_name), 32 },
	{ "seq", offsetof(struct engine_state, seq), 8 },
	{ "present", offsetof(struct engine_state, present), 4 },
	{}
};

static const struct xrs_probe_field layer_dispatch_fields[] = {
	{ "seq", offsetof(struct layer_dispatch, seq), 8 },
	{ "slack_ns", offsetof(struct layer_dispatch, slack_ns), 8 },
	{ "device", offsetof(struct layer_dispatch, device), 4 },
	{ "engine", offsetof(struct layer_dispatch, engine), 4 },
	{ "now_ns", offsetof(struct layer_dispatch, now_ns), 8 },
	{ "ready_ns", offsetof(struct layer_dispatch, ready_ns), 8 },
	{}
};

static const struct xrs_probe_field layer_complete_fields[] = {
	{ "seq", offsetof(struct layer_complete, seq), 8 },
	{ "device", offsetof(struct layer_complete, device), 4 },
	{ "engine", offsetof(struct layer_complete, engine), 4 },
	{ "now_ns", offsetof(struct layer_complete, now_ns), 8 },
	{}
};

/* What is listened to: the record's fields, and the event's arguments. */
static const struct part {
	const char *event;
	bool of_engines;
	const struct xrs_probe_field *fields;
	struct xrs_probe_arg args[5];
} parts[PARTS] = {
	{ "job_complete", false, job_complete_fields,
	  { { "xrs_device", 0 }, { "xrs_job", 0 }, { NULL, 8 } } },
	{ "client_wake", false, client_wake_fields,
	  { { "xrs_device", 0 }, { NULL, 4 }, { "xrs_wake", 0 }, { NULL, 8 } } },
	{ "stream_create", false, stream_create_fields,
	  { { "xrs_device", 0 }, { "xrs_user_stream", 0 } } },
	{ "engine_state", true, engine_state_fields,
	  { { "xrs_device", 0 }, { "xrs_engine", 0 } } },
	{ "layer_dispatch", true, layer_dispatch_fields,
	  { { "xrs_device", 0 }, { "xrs_pick", 0 }, { NULL, 8 } } },
	{ "layer_complete", true, layer_complete_fields,
	  { { "xrs_device", 0 }, { "xrs_engine", 0 }, { NULL, 8 }, { NULL, 8 },
	    { NULL, 8 } } },
};

static struct bpf_program *program(const struct latency_bpf *skel, size_t part,
				   enum xrs_latency_attach attach)
{
	struct bpf_program *const btf[PARTS] = {
		skel->progs.frame_btf, skel->progs.wake_btf,
		skel->progs.stream_btf, skel->progs.engine_btf,
		skel->progs.begin_btf, skel->progs.end_btf,
	};
	struct bpf_program *const event[PARTS] = {
		skel->progs.frame_event, skel->progs.wake_event,
		skel->progs.stream_event, skel->progs.engine_event,
		skel->progs.begin_event, skel->progs.end_event,
	};

	return attach == XRS_LATENCY_BTF ? btf[part] : event[part];
}

/* Room for @max_slots in all maps, and what the programs take for granted. */
static int resize(struct xrs_latency *probe)
{
	struct latency_bpf *skel = probe->skel;
	int ret;

	skel->bss->max_slots = probe->max_slots;
	ret = bpf_map__set_max_entries(skel->maps.places, probe->max_slots);
	if (!ret)
		ret = bpf_map__set_max_entries(skel->maps.names,
					       probe->max_slots);
	if (!ret)
		ret = bpf_map__set_max_entries(skel->maps.slots,
					       probe->max_slots);
	return ret;
}

/* What a time's bucket is, for times that are common. */
static void fill_table(struct latency_bpf *skel)
{
	__u32 i;

	for (i = 0; i < XRS_LHIST_TABLE; i++)
		skel->bss->offsets[i] = xrs_lhist_entry(i);
}

static int map_slots(struct xrs_latency *probe)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *at;

	probe->size = sizeof(*probe->slots) * probe->max_slots;
	probe->size = (probe->size + page - 1) / page * page;
	at = mmap(NULL, probe->size, PROT_READ, MAP_SHARED,
		  bpf_map__fd(probe->skel->maps.slots), 0);
	if (at == MAP_FAILED)
		return -errno;
	probe->slots = at;
	return 0;
}

static void unload(struct xrs_latency *probe)
{
	if (probe->slots)
		munmap(probe->slots, probe->size);
	probe->slots = NULL;
	probe->nr_progs = 0;
	latency_bpf__destroy(probe->skel);
	probe->skel = NULL;
}

/* Those of the events that are wanted, in the way that is wanted. */
static void choose(struct xrs_latency *probe)
{
	struct bpf_program *prog;
	size_t i;

	bpf_object__for_each_program(prog, probe->skel->obj)
		bpf_program__set_autoload(prog, false);
	for (i = 0; i < PARTS; i++) {
		if (parts[i].of_engines != probe->by_engine)
			continue;
		prog = program(probe->skel, i, probe->attached);
		bpf_program__set_autoload(prog, true);
		probe->prog[probe->nr_progs++] = prog;
	}
}

static int load(struct xrs_latency *probe, enum xrs_latency_attach attach,
		struct xrs_probe_error *error)
{
	struct latency_bpf *skel = latency_bpf__open();
	const char *what = "open";
	int ret;

	if (!skel)
		return xrs_probe_fail_to(what, -errno, error);
	probe->skel = skel;
	probe->attached = attach;
	choose(probe);
	ret = resize(probe);
	if (!ret) {
		what = "load";
		ret = latency_bpf__load(skel);
	}
	if (!ret) {
		what = "map the memory of";
		ret = map_slots(probe);
	}
	if (!ret) {
		fill_table(skel);
		what = "attach";
		ret = latency_bpf__attach(skel);
	}
	if (!ret)
		return 0;
	unload(probe);
	return xrs_probe_fail_to(what, ret, error);
}

static size_t count_fields(const struct xrs_probe_field *fields)
{
	size_t nr = 0;

	while (fields[nr].name)
		nr++;
	return nr;
}

static size_t count_args(const struct part *part)
{
	size_t nr = 0;

	while (nr < sizeof(part->args) / sizeof(*part->args) &&
	       (part->args[nr].points_to || part->args[nr].size))
		nr++;
	return nr;
}

static int load_by_btf(struct xrs_latency *probe,
		       struct xrs_probe_error *error)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < PARTS && !ret; i++) {
		if (parts[i].of_engines == probe->by_engine)
			ret = xrs_probe_prototype(parts[i].event,
						  parts[i].args,
						  count_args(&parts[i]), error);
	}
	return ret ? ret : load(probe, XRS_LATENCY_BTF, error);
}

static int load_by_event(struct xrs_latency *probe,
			 struct xrs_probe_error *error)
{
	int ret = 0;
	size_t i;

	for (i = 0; i < PARTS && !ret; i++) {
		if (parts[i].of_engines == probe->by_engine)
			ret = xrs_probe_event(parts[i].event, parts[i].fields,
					      count_fields(parts[i].fields),
					      error);
	}
	return ret ? ret : load(probe, XRS_LATENCY_EVENT, error);
}

static int load_any(struct xrs_latency *probe, enum xrs_latency_attach attach,
		    struct xrs_probe_error *error)
{
	const char *missing = xrs_probe_why_no_btf();
	struct xrs_probe_error why;
	int ret;

	/* libbpf wants the kernel's for either program. */
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return xrs_probe_fail(error, -EOPNOTSUPP,
				      "%s, and Debian's kernels do: bpf/bpftrace/latency.bt can do without",
				      missing);
	if (attach == XRS_LATENCY_EVENT)
		return load_by_event(probe, error);
	if (missing) {
		if (attach == XRS_LATENCY_BTF)
			return xrs_probe_fail(error, -EOPNOTSUPP, "%s",
					      missing);
		snprintf(probe->why, sizeof(probe->why), "%s", missing);
		return load_by_event(probe, error);
	}
	ret = load_by_btf(probe, &why);
	if (!ret)
		return 0;
	if (attach == XRS_LATENCY_BTF)
		return xrs_probe_fail(error, ret, "%s", why.text);
	snprintf(probe->why, sizeof(probe->why), "%.200s", why.text);
	return load_by_event(probe, error);
}

int xrs_latency_open(struct xrs_latency **probe,
		     const struct xrs_latency_opts *opts,
		     struct xrs_probe_error *error)
{
	static const struct xrs_latency_opts defaults;
	struct xrs_latency *new;
	int ret;

	if (!opts)
		opts = &defaults;
	if (opts->max_slots > MAX_SLOTS)
		return xrs_probe_fail(error, -EINVAL,
				      "cannot tell more than %d streams apart",
				      MAX_SLOTS);
	ret = xrs_probe_module(error);
	if (!ret)
		ret = xrs_probe_may(error);
	if (ret)
		return ret;
	new = calloc(1, sizeof(*new));
	if (!new)
		return xrs_probe_fail(error, -ENOMEM, "out of memory");
	new->by_engine = opts->by_engine;
	new->max_slots = opts->max_slots ? opts->max_slots : XRS_LATENCY_SLOTS;
	ret = load_any(new, opts->attach, error);
	if (ret) {
		free(new);
		return ret;
	}
	*probe = new;
	return 0;
}

const char *xrs_latency_attached(const struct xrs_latency *probe)
{
	return probe->attached == XRS_LATENCY_BTF ? "tp_btf" : "tracepoint";
}

const char *xrs_latency_why_event(const struct xrs_latency *probe)
{
	return probe->why[0] ? probe->why : NULL;
}

static __u64 count_missed(const struct xrs_latency *probe)
{
	__u64 missed = 0, skipped;
	size_t i;

	for (i = 0; i < probe->nr_progs; i++)
		missed += xrs_probe_missed(probe->prog[i]);
	/* What the kernel counts, if it does, are other events, too. */
	skipped = __atomic_load_n(&probe->skel->bss->skipped, __ATOMIC_RELAXED);
	return missed > skipped ? missed : skipped;
}

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

int xrs_latency_read(struct xrs_latency *probe,
		     struct xrs_latency_reading **reading)
{
	const struct xrs_latency_slot *from;
	struct xrs_latency_reading *to;
	struct xrs_latency_slot *slot;
	__u32 nr, place;

	/* Written by the program at any moment. */
	nr = __atomic_load_n(&probe->skel->bss->nr_slots, __ATOMIC_ACQUIRE);
	if (nr > probe->max_slots)
		nr = probe->max_slots;
	to = malloc(sizeof(*to) + nr * sizeof(*to->slot));
	if (!to)
		return -ENOMEM;
	to->time_ns = now_ns();
	to->nr = 0;
	for (place = 0; place < nr; place++) {
		from = &probe->slots[place];
		if (!__atomic_load_n(&from->valid, __ATOMIC_ACQUIRE))
			continue;
		slot = &to->slot[to->nr++];
		memcpy(slot, from, sizeof(*from));
		slot->ended[XRSCHED_COMPLETED] +=
			xrs_lhist_count(&slot->time[XRS_LATENCY_RESPONSE]);
	}
	to->untracked = __atomic_load_n(&probe->skel->bss->untracked,
					__ATOMIC_RELAXED);
	to->missed = count_missed(probe);
	*reading = to;
	return 0;
}

static void subtract(struct xrs_latency_slot *slot,
		     const struct xrs_latency_slot *before)
{
	int i;

	slot->late -= before->late;
	slot->odd -= before->odd;
	slot->lost -= before->lost;
	for (i = 0; i < XRS_LATENCY_OUTCOMES; i++)
		slot->ended[i] -= before->ended[i];
	for (i = 0; i < XRS_LATENCY_TIMES; i++)
		xrs_lhist_subtract(&slot->time[i], &before->time[i]);
}

void xrs_latency_since(struct xrs_latency_reading *reading,
		       const struct xrs_latency_reading *before)
{
	size_t i, j = 0;

	reading->untracked -= before->untracked;
	reading->missed -= before->missed;
	/* Slots keep their order, and new ones may come anywhere in it. */
	for (i = 0; i < reading->nr && j < before->nr; i++) {
		if (memcmp(&reading->slot[i].key, &before->slot[j].key,
			   sizeof(reading->slot[i].key)))
			continue;
		subtract(&reading->slot[i], &before->slot[j++]);
	}
}

void xrs_latency_merge(struct xrs_latency_slot *to,
		       const struct xrs_latency_slot *from)
{
	int i;

	to->late += from->late;
	to->odd += from->odd;
	to->lost += from->lost;
	for (i = 0; i < XRS_LATENCY_OUTCOMES; i++)
		to->ended[i] += from->ended[i];
	for (i = 0; i < XRS_LATENCY_TIMES; i++)
		xrs_lhist_merge(&to->time[i], &from->time[i]);
}

int xrs_latency_name(const struct xrs_latency *probe,
		     const struct xrs_latency_key *key,
		     struct xrs_latency_name *name)
{
	return bpf_map__lookup_elem(probe->skel->maps.names, key, sizeof(*key),
				    name, sizeof(*name), 0);
}

void xrs_latency_close(struct xrs_latency *probe)
{
	if (!probe)
		return;
	unload(probe);
	free(probe);
}
