// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of clients, and how calls may end.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/xrsched.h>

#include "fuzz.h"

/* ----- how they may end -------------------------------------------------- */

/* What the headers say of each call. */
static const int call_errnos[MAX_CALLS][24] = {
#include "fuzz_errnos.h"
};

static bool documented(unsigned int nr, int error)
{
	unsigned int i;

	for (i = 0; i < 24 && call_errnos[nr][i]; i++)
		if (call_errnos[nr][i] == error)
			return true;
	/* One that there is not. */
	return !i && error == ENOTTY;
}

static bool only_enotty(const uint64_t *ends)
{
	unsigned int i;

	for (i = 1; i < 256; i++)
		if (ends[i] && i != ENOTTY)
			return false;
	return true;
}

/* Prints a line, such as "call 0x2: 31 ok, 5 ENOENT"; false: one may not be. */
static bool call_documented(unsigned int nr)
{
	const uint64_t *ends = shared->call_errors[nr];
	bool ok = !ends[0] || call_errnos[nr][0];
	unsigned int i;

	/* Most numbers are of no call. */
	if (ok && !call_errnos[nr][0] && only_enotty(ends))
		return true;
	printf("# call %#x: %llu ok", nr, (unsigned long long)ends[0]);
	for (i = 1; i < 256; i++) {
		if (!ends[i])
			continue;
		printf(", %llu %s", (unsigned long long)ends[i],
		       strerrorname_np(i));
		if (documented(nr, i))
			continue;
		printf(" (undocumented)");
		ok = false;
	}
	printf("%s\n", ok ? "" : ": WRONG");
	return ok;
}

bool fuzz_calls_documented(void)
{
	unsigned int nr;
	bool ok = true;

	for (nr = 0; nr < MAX_CALLS; nr++)
		ok &= call_documented(nr);
	return ok;
}

/*
 * What only fails has not been beyond the first checks: of each call that there
 * is some end well, if not many, as some are made on files that have it only.
 */
bool fuzz_calls_deep(void)
{
	uint64_t all, *ends;
	unsigned int nr, i;
	bool ok = true;

	for (nr = 0; nr < MAX_CALLS; nr++) {
		ends = shared->call_errors[nr];
		for (all = 0, i = 0; i < 256; i++)
			all += i == ENOTTY || i == EPERM ? 0 : ends[i];
		if (!call_errnos[nr][0] || ends[0] > all / 1000)
			continue;
		printf("# call %#x: %llu of %llu end well only\n", nr,
		       (unsigned long long)ends[0], (unsigned long long)all);
		ok = false;
	}
	return ok;
}

int fuzz_make(struct fuzz *f, int fd, unsigned long cmd, void *arg)
{
	unsigned int nr = _IOC_NR(cmd);
	int ret;

	/* One of ours, on a file that is open; others count as all else. */
	if (fd < 0 || _IOC_TYPE(cmd) != XRSCHED_IOC_MAGIC || nr >= MAX_CALLS - 1)
		return seen(f, ioctl(fd, cmd, arg));
	shared->calls[f->nr]++;
	f->acts++;
	ret = ioctl(fd, cmd, arg);
	call_ended(nr, ret < 0 ? errno : 0);
	return ret;
}

/* The call by its number, now and then by one that is nearly so. */
static unsigned long nearly(struct fuzz *f, unsigned long cmd)
{
	switch (below(f, 80)) {
	case 0: return cmd ^ (1UL << below(f, 32));
	case 1: return number(f);
	case 2: return (cmd & ~0xffUL) | below(f, 64);
	default: return cmd;
	}
}

int fuzz_do(struct fuzz *f, int fd, unsigned long cmd, void *arg, size_t size)
{
	if (below(f, 2))
		mutate(f, arg, size);
	if (!below(f, 64))
		arg = (void *)pointer(f);
	return fuzz_make(f, fd, nearly(f, cmd), arg);
}

/* ----- calls ------------------------------------------------------------- */

/* Limits may have kept some from being open. */
int fuzz_client(struct fuzz *f)
{
	unsigned int at = f->only ? f->only - 1 : below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES; i++) {
		f->at = (at + i) % MAX_FILES;
		if (f->client[f->at] >= 0)
			return f->client[f->at];
	}
	return -1;
}

static void remember(struct fuzz *f, uint32_t *known, uint32_t handle)
{
	known[below(f, MAX_KNOWN)] = handle;
}

void fuzz_model(struct fuzz *f)
{
	struct xrsched_variant *variant = (void *)(f->memory + 16384);
	struct xrsched_class *class = (void *)(f->memory + 20480);
	struct xrsched_layer *layer = (void *)(f->memory + 24576);
	struct xrsched_cost *cost = (void *)(f->memory + 28672);
	unsigned int i, layers = 1 + below(f, 6);
	int fd = fuzz_client(f);
	struct xrsched_model_create arg = {
		.size = sizeof(arg),
		.name = "fuzz",
		.variants = (uintptr_t)variant,
		.layers = (uintptr_t)layer,
		.classes = (uintptr_t)class,
		.costs = (uintptr_t)cost,
		.nr_variants = 1,
		.nr_layers = layers,
		.nr_classes = 1,
	};

	memset(variant, 0, sizeof(*variant));
	variant->nr_layers = layers;
	memset(class, 0, sizeof(*class));
	/* Few, as they wait for a server that may never come. */
	strcpy(class->name, below(f, f->nr ? 32 : 2) ? "fuzz" : SERVED_CLASS);
	for (i = 0; i < layers; i++) {
		layer[i] = (struct xrsched_layer){ .out_bytes = 16 };
		cost[i].latency_ns = 1 + below(f, 20000);
		cost[i].energy_pj = 1000;
	}
	switch (below(f, 16)) {
	case 0:
		mutate(f, variant, sizeof(*variant));
		break;
	case 1:
		mutate(f, layer, layers * sizeof(*layer));
		break;
	case 2:
		mutate(f, cost, layers * sizeof(*cost));
		break;
	case 3:
		mutate(f, class, sizeof(*class));
		break;
	}
	/* The engine of the client that behaves is not to be used up. */
	if (!memcmp(class->name, GOOD_CLASS, sizeof(GOOD_CLASS)))
		class->name[0] = 'f';
	if (!fuzz_do(f, fd, XRSCHED_IOC_MODEL_CREATE, &arg, sizeof(arg)) &&
	    arg.handle)
		remember(f, f->known[f->at].model, arg.handle);
}

void fuzz_stream(struct fuzz *f)
{
	int fd = fuzz_client(f);
	struct known *known = &f->known[f->at];
	struct xrsched_stream_create arg = {
		.size = sizeof(arg),
		.name = "fuzz",
		.model = handle(f, known->model),
		.upstream = below(f, 8) ? 0 : handle(f, known->stream),
		.period_ns = 1000 + below(f, 1000000),
		.deadline_ns = 1 + below(f, 10000000),
		/* Above normal: root only. */
		.priority = below(f, 16) ? 0 : 1 + below(f, 3),
	};

	if (!fuzz_do(f, fd, XRSCHED_IOC_STREAM_CREATE, &arg, sizeof(arg)) &&
	    arg.handle)
		remember(f, known->stream, arg.handle);
}

void fuzz_model_destroy(struct fuzz *f)
{
	int fd = fuzz_client(f);
	struct xrsched_handle arg = {
		.handle = handle(f, f->known[f->at].model),
	};

	fuzz_do(f, fd, XRSCHED_IOC_MODEL_DESTROY, &arg, sizeof(arg));
}

void fuzz_stream_destroy(struct fuzz *f)
{
	int fd = fuzz_client(f);
	struct xrsched_handle arg = {
		.handle = handle(f, f->known[f->at].stream),
	};

	fuzz_do(f, fd, XRSCHED_IOC_STREAM_DESTROY, &arg, sizeof(arg));
}

/* Now and then it waits for a fence, makes one or has buffers. */
static void fill_files(struct fuzz *f, struct xrsched_job *job)
{
	int *buffers = (int *)(f->memory + 40960);

	switch (below(f, 24)) {
	case 0:
		job->flags = XRSCHED_JOB_OUT_FENCE;
		break;
	case 1:
		job->flags = XRSCHED_JOB_IN_FENCE;
		job->in_fence = f->fence;
		break;
	case 2:
		job->flags = XRSCHED_JOB_BUFFERS;
		job->buffers = (uintptr_t)buffers;
		job->nr_buffers = 1 + below(f, 2);
		buffers[0] = f->memfd;
		buffers[1] = below(f, 2) ? f->memfd : f->eventfd;
	}
}

/* Keeps a fence, for others to wait for; fuzz_open() closes the rest. */
static void keep_fence(struct fuzz *f, const struct xrsched_job *job,
		       unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++) {
		if (!(job[i].flags & XRSCHED_JOB_OUT_FENCE) || job[i].result ||
		    job[i].out_fence <= 2 || job[i].out_fence >= MAX_FD ||
		    fuzz_ours(f, job[i].out_fence))
			continue;
		if (f->fence >= 0)
			close(f->fence);
		f->fence = job[i].out_fence;
	}
}

void fuzz_fill_job(struct fuzz *f, struct xrsched_job *job)
{
	static uint64_t frame;

	memset(job, 0, sizeof(*job));
	job->stream = handle(f, f->known[f->at].stream);
	job->frame = ++frame;
	job->cookie = number(f);
	if (below(f, 2))
		job->release_ns = f->now_ns + below(f, 2000000);
	fill_files(f, job);
	if (!below(f, 8))
		mutate(f, job, sizeof(*job));
}

void fuzz_submit(struct fuzz *f)
{
	struct xrsched_job *job = (void *)(f->memory + 32768);
	unsigned int i, nr = 1 + below(f, 4);
	int fd = fuzz_client(f);
	struct xrsched_submit arg = {
		.size = sizeof(arg),
		.jobs = (uintptr_t)job,
		.nr = nr,
		.stride = sizeof(*job),
		.flags = !below(f, 4),
		.timeout_ns = 1,
	};

	for (i = 0; i < nr; i++)
		fuzz_fill_job(f, &job[i]);
	if (!below(f, 16))
		arg.jobs = pointer(f);
	if (!fuzz_do(f, fd, XRSCHED_IOC_SUBMIT, &arg, sizeof(arg)))
		keep_fence(f, job, nr);
}

void fuzz_wait(struct fuzz *f)
{
	struct xrsched_wait arg = {
		.size = sizeof(arg),
		.completions = pointer(f),
		.max = 1 + below(f, 32),
		.stride = sizeof(struct xrsched_completion),
		.timeout_ns = 1,
	};

	fuzz_do(f, fuzz_client(f), XRSCHED_IOC_WAIT, &arg, sizeof(arg));
}

void fuzz_cancel(struct fuzz *f)
{
	int fd = fuzz_client(f);
	struct xrsched_cancel arg = {
		.size = sizeof(arg),
		.stream = handle(f, f->known[f->at].stream),
		.flags = below(f, 2),
	};

	fuzz_do(f, fd, XRSCHED_IOC_CANCEL, &arg, sizeof(arg));
}

void fuzz_stats(struct fuzz *f)
{
	int fd = fuzz_client(f);
	struct xrsched_stream_stats arg = {
		.size = sizeof(arg),
		.stream = handle(f, f->known[f->at].stream),
	};

	fuzz_do(f, fd, XRSCHED_IOC_STREAM_STATS, &arg, sizeof(arg));
}

void fuzz_caps(struct fuzz *f)
{
	struct xrsched_caps arg = { .size = sizeof(arg) };

	fuzz_do(f, fuzz_client(f), XRSCHED_IOC_CAPS, &arg, sizeof(arg));
}

void fuzz_advise(struct fuzz *f)
{
	int fd = fuzz_client(f);
	struct xrsched_advice arg = {
		.size = sizeof(arg),
		.stream = handle(f, f->known[f->at].stream),
	};

	fuzz_do(f, fd, XRSCHED_IOC_ADVISE, &arg, sizeof(arg));
}
