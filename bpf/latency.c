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

#include "event.h"
#include "latency.h"
#include "latency.skel.h"

/* A map of as many streams is 1.5 GiB. */
#define MAX_STREAMS 65536

/**
 * struct xrs_latency - A probe that is attached
 * @skel: maps, programs and links
 * @prog: the program that is loaded
 * @streams: the map of the same name
 * @size: its size in bytes
 * @max_streams: how many streams fit
 * @attached: by what
 * @why: why not by type information; empty if there is nothing to say
 */
struct xrs_latency {
	struct latency_bpf *skel;
	struct bpf_program *prog;
	struct xrs_latency_stream *streams;
	size_t size;
	__u32 max_streams;
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
};

static int failed_to(const char *what, int ret, struct xrs_probe_error *error)
{
	const char *hint = "";

	if (ret == -EPERM || ret == -EACCES)
		hint = ": forbidden by lockdown, a security module or seccomp?";
	return xrs_probe_fail(error, ret, "cannot %s the BPF program: %s%s",
			      what, strerror(-ret), hint);
}

/* Room for @max_streams: both maps, and what the program takes for granted. */
static int resize(struct xrs_latency *probe)
{
	struct latency_bpf *skel = probe->skel;
	int ret;

	skel->bss->max_streams = probe->max_streams;
	ret = bpf_map__set_max_entries(skel->maps.places, probe->max_streams);
	if (!ret)
		ret = bpf_map__set_max_entries(skel->maps.streams,
					       probe->max_streams);
	return ret;
}

static int map_streams(struct xrs_latency *probe)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *at;

	probe->size = sizeof(*probe->streams) * probe->max_streams;
	probe->size = (probe->size + page - 1) / page * page;
	at = mmap(NULL, probe->size, PROT_READ, MAP_SHARED,
		  bpf_map__fd(probe->skel->maps.streams), 0);
	if (at == MAP_FAILED)
		return -errno;
	probe->streams = at;
	return 0;
}

static void unload(struct xrs_latency *probe)
{
	if (probe->streams)
		munmap(probe->streams, probe->size);
	probe->streams = NULL;
	latency_bpf__destroy(probe->skel);
	probe->skel = NULL;
}

static int load(struct xrs_latency *probe, enum xrs_latency_attach attach,
		struct xrs_probe_error *error)
{
	struct latency_bpf *skel = latency_bpf__open();
	const char *what = "open";
	int ret;

	if (!skel)
		return failed_to(what, -errno, error);
	probe->skel = skel;
	probe->attached = attach;
	probe->prog = attach == XRS_LATENCY_BTF ? skel->progs.by_btf :
						  skel->progs.by_event;
	bpf_program__set_autoload(skel->progs.by_btf,
				  attach == XRS_LATENCY_BTF);
	bpf_program__set_autoload(skel->progs.by_event,
				  attach == XRS_LATENCY_EVENT);
	ret = resize(probe);
	if (!ret) {
		what = "load";
		ret = latency_bpf__load(skel);
	}
	if (!ret) {
		what = "map the memory of";
		ret = map_streams(probe);
	}
	if (!ret) {
		what = "attach";
		ret = latency_bpf__attach(skel);
	}
	if (!ret)
		return 0;
	unload(probe);
	return failed_to(what, ret, error);
}

static int load_by_btf(struct xrs_latency *probe,
		       struct xrs_probe_error *error)
{
	static const char *const structs[] = { "xrs_device", "xrs_job" };
	int ret;

	ret = xrs_probe_prototype("job_complete", structs, 2, error);
	return ret ? ret : load(probe, XRS_LATENCY_BTF, error);
}

static int load_by_event(struct xrs_latency *probe,
			 struct xrs_probe_error *error)
{
	int ret;

	ret = xrs_probe_event("job_complete", job_complete_fields,
			      sizeof(job_complete_fields) /
				      sizeof(*job_complete_fields),
			      error);
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
				      "%s: bpf/bpftrace/latency.bt can do without",
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
	if (opts->max_streams > MAX_STREAMS)
		return xrs_probe_fail(error, -EINVAL,
				      "cannot tell more than %d streams apart",
				      MAX_STREAMS);
	ret = xrs_probe_module(error);
	if (!ret)
		ret = xrs_probe_may(error);
	if (ret)
		return ret;
	new = calloc(1, sizeof(*new));
	if (!new)
		return xrs_probe_fail(error, -ENOMEM, "out of memory");
	new->max_streams = opts->max_streams ? opts->max_streams :
					       XRS_LATENCY_STREAMS;
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
	struct bpf_prog_info info = {};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(probe->prog), &info, &len))
		return 0;
	return info.recursion_misses;
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
	const struct xrs_latency_stream *from;
	struct xrs_latency_reading *to;
	__u32 nr, place;

	/* Written by the program at any moment. */
	nr = __atomic_load_n(&probe->skel->bss->nr_streams, __ATOMIC_ACQUIRE);
	if (nr > probe->max_streams)
		nr = probe->max_streams;
	to = malloc(sizeof(*to) + nr * sizeof(*to->stream));
	if (!to)
		return -ENOMEM;
	to->time_ns = now_ns();
	to->nr = 0;
	for (place = 0; place < nr; place++) {
		from = &probe->streams[place];
		if (!__atomic_load_n(&from->valid, __ATOMIC_ACQUIRE))
			continue;
		memcpy(&to->stream[to->nr++], from, sizeof(*from));
	}
	to->untracked = __atomic_load_n(&probe->skel->bss->untracked,
					__ATOMIC_RELAXED);
	to->missed = count_missed(probe);
	*reading = to;
	return 0;
}

static void subtract(struct xrs_latency_stream *stream,
		     const struct xrs_latency_stream *before)
{
	int i;

	stream->late -= before->late;
	for (i = 0; i < XRS_LATENCY_OUTCOMES; i++)
		stream->ended[i] -= before->ended[i];
	for (i = 0; i < XRS_LATENCY_TIMES; i++)
		xrs_lhist_subtract(&stream->time[i], &before->time[i]);
}

void xrs_latency_since(struct xrs_latency_reading *reading,
		       const struct xrs_latency_reading *before)
{
	size_t i, j = 0;

	reading->untracked -= before->untracked;
	reading->missed -= before->missed;
	/* Streams keep their order, and new ones may come anywhere in it. */
	for (i = 0; i < reading->nr && j < before->nr; i++) {
		if (memcmp(&reading->stream[i].key, &before->stream[j].key,
			   sizeof(reading->stream[i].key)))
			continue;
		subtract(&reading->stream[i], &before->stream[j++]);
	}
}

void xrs_latency_close(struct xrs_latency *probe)
{
	if (!probe)
		return;
	unload(probe);
	free(probe);
}
