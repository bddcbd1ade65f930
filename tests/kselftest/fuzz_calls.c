// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls on files of devices, rings, servers and recordings, and what else can be
 * done to these.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/xrsched.h>
#include <linux/xrsched_record.h>
#include <linux/xrsched_server.h>

#include "fuzz.h"

/* ----- what they may fail with ------------------------------------------- */

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

bool fuzz_calls_documented(void)
{
	uint64_t *of_call, nr_calls = 0;
	unsigned int nr, error;
	bool ok = true;

	for (nr = 0; nr < MAX_CALLS; nr++) {
		of_call = shared->call_errors[nr];
		for (error = 0; error < 256; error++) {
			nr_calls += of_call[error];
			if (!of_call[error] || documented(nr, error))
				continue;
			printf("# call %#x: %llu times %s\n", nr,
			       (unsigned long long)of_call[error],
			       strerror(error));
			ok = false;
		}
	}
	printf("# %8llu calls and requests failed\n", (unsigned long long)nr_calls);
	return ok;
}

/* One of ours, on a file that is open; others count as all else. */
static int make_call(struct fuzz *f, int fd, unsigned long cmd, void *arg)
{
	unsigned int nr = _IOC_NR(cmd);
	int ret;

	if (fd < 0 || _IOC_TYPE(cmd) != XRSCHED_IOC_MAGIC || nr >= MAX_CALLS - 1)
		return seen(f, ioctl(fd, cmd, arg));
	shared->calls[f->nr]++;
	ret = ioctl(fd, cmd, arg);
	if (ret < 0)
		call_failed(nr, errno);
	return ret;
}

/* ----- calls ------------------------------------------------------------- */

static void keep_file(struct fuzz *f, int fd)
{
	unsigned int at = below(f, MAX_FILES);

	if (f->map[at].at != MAP_FAILED && f->map[at].at) {
		munmap(f->map[at].at, f->map[at].size);
		f->map[at].at = NULL;
	}
	if (f->file[at] >= 0)
		close(f->file[at]);
	f->file[at] = fd;
}

/* The call by its number, now and then by one that is nearly so. */
static unsigned long nearly(struct fuzz *f, unsigned long cmd)
{
	switch (below(f, 40)) {
	case 0: return cmd ^ (1UL << below(f, 32));
	case 1: return number(f);
	case 2: return (cmd & ~0xffUL) | below(f, 64);
	default: return cmd;
	}
}

/* One that is open; limits may have kept some from it. */
static int client(struct fuzz *f)
{
	unsigned int at = below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES; i++)
		if (f->client[(at + i) % MAX_FILES] >= 0)
			return f->client[(at + i) % MAX_FILES];
	return -1;
}

/* One that some call gave and that is open, or one of a device. */
static int other_file(struct fuzz *f)
{
	unsigned int at = below(f, MAX_FILES), i;

	for (i = 0; i < MAX_FILES; i++)
		if (f->file[(at + i) % MAX_FILES] >= 0)
			return f->file[(at + i) % MAX_FILES];
	return client(f);
}

static int do_call(struct fuzz *f, int fd, unsigned long cmd, void *arg,
		   size_t size)
{
	mutate(f, arg, size);
	if (!below(f, 64))
		arg = (void *)pointer(f);
	return make_call(f, fd, nearly(f, cmd), arg);
}

static void fuzz_model(struct fuzz *f)
{
	struct xrsched_variant *variant = (void *)(f->memory + 16384);
	struct xrsched_class *class = (void *)(f->memory + 20480);
	struct xrsched_layer *layer = (void *)(f->memory + 24576);
	struct xrsched_cost *cost = (void *)(f->memory + 28672);
	unsigned int i, layers = 1 + below(f, 6);
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
	strcpy(class->name, "fuzz");
	for (i = 0; i < layers; i++) {
		layer[i] = (struct xrsched_layer){ .out_bytes = 16 };
		cost[i].latency_ns = 1 + below(f, 20000);
		cost[i].energy_pj = 1000;
	}
	mutate(f, variant, sizeof(*variant));
	mutate(f, layer, layers * sizeof(*layer));
	mutate(f, cost, layers * sizeof(*cost));
	if (!below(f, 8))
		mutate(f, class, sizeof(*class));
	/* The engine of the client that behaves is not to be used up. */
	if (!memcmp(class->name, GOOD_CLASS, sizeof(GOOD_CLASS)))
		class->name[0] = 'f';
	do_call(f, client(f), XRSCHED_IOC_MODEL_CREATE, &arg, sizeof(arg));
}

static void fuzz_stream(struct fuzz *f)
{
	struct xrsched_stream_create arg = {
		.size = sizeof(arg),
		.name = "fuzz",
		.model = handle(f),
		.upstream = below(f, 4) ? 0 : handle(f),
		.period_ns = 1000 + below(f, 1000000),
		.deadline_ns = below(f, 10000000),
	};

	do_call(f, client(f), XRSCHED_IOC_STREAM_CREATE, &arg, sizeof(arg));
}

static void fuzz_handle(struct fuzz *f)
{
	struct xrsched_handle arg = { .handle = handle(f) };

	do_call(f, client(f),
		below(f, 2) ? XRSCHED_IOC_MODEL_DESTROY :
			      XRSCHED_IOC_STREAM_DESTROY,
		&arg, sizeof(arg));
}

static void fill_job(struct fuzz *f, struct xrsched_job *job)
{
	static uint64_t frame;

	memset(job, 0, sizeof(*job));
	job->stream = handle(f);
	job->frame = ++frame;
	job->cookie = number(f);
	if (below(f, 2))
		job->release_ns = now_ns() + below(f, 1000000);
	if (!below(f, 4))
		mutate(f, job, sizeof(*job));
}

static void fuzz_submit(struct fuzz *f)
{
	struct xrsched_job *job = (void *)(f->memory + 32768);
	unsigned int i, nr = 1 + below(f, 8);
	struct xrsched_submit arg = {
		.size = sizeof(arg),
		.jobs = (uintptr_t)job,
		.nr = nr,
		.stride = sizeof(*job),
		.flags = !below(f, 4),
		.timeout_ns = 1,
	};

	for (i = 0; i < nr; i++)
		fill_job(f, &job[i]);
	if (!below(f, 16))
		arg.jobs = pointer(f);
	do_call(f, client(f), XRSCHED_IOC_SUBMIT, &arg, sizeof(arg));
}

static void fuzz_wait(struct fuzz *f)
{
	struct xrsched_wait arg = {
		.size = sizeof(arg),
		.completions = pointer(f),
		.max = 1 + below(f, 32),
		.stride = sizeof(struct xrsched_completion),
		.timeout_ns = 1,
	};

	do_call(f, client(f), XRSCHED_IOC_WAIT, &arg, sizeof(arg));
}

static void fuzz_small(struct fuzz *f)
{
	struct xrsched_cancel cancel = {
		.size = sizeof(cancel),
		.stream = handle(f),
		.flags = below(f, 2),
	};
	struct xrsched_stream_stats stats = {
		.size = sizeof(stats),
		.stream = handle(f),
	};
	struct xrsched_caps caps = { .size = sizeof(caps) };

	switch (below(f, 3)) {
	case 0:
		do_call(f, client(f), XRSCHED_IOC_CANCEL, &cancel,
			sizeof(cancel));
		break;
	case 1:
		do_call(f, client(f), XRSCHED_IOC_STREAM_STATS, &stats,
			sizeof(stats));
		break;
	default:
		do_call(f, client(f), XRSCHED_IOC_CAPS, &caps, sizeof(caps));
	}
}

static void try_map(struct fuzz *f, size_t size)
{
	unsigned int at = below(f, MAX_FILES);
	int prot = below(f, 8) ? PROT_READ | PROT_WRITE : (int)below(f, 8);
	int flags = below(f, 16) ? MAP_SHARED : MAP_PRIVATE;
	off_t offset = below(f, 8) ? 0 : (off_t)(edge(f) & ~4095ULL);
	void *map;

	if (!size || !below(f, 8))
		size = (1 + below(f, 16)) * 4096;
	if (f->file[at] < 0)
		return;
	map = mmap(FUZZ_APART + (2 + at) * FUZZ_STEP, size, prot, flags,
		   f->file[at], offset);
	seen(f, map == MAP_FAILED ? -1 : 0);
	if (map == MAP_FAILED)
		return;
	/* What can be written to only, if all of it can. */
	if (prot != (PROT_READ | PROT_WRITE) || f->map[at].at) {
		munmap(map, size);
		return;
	}
	f->map[at].at = map;
	f->map[at].size = size;
}

static void fuzz_ring_setup(struct fuzz *f)
{
	struct xrsched_ring_setup arg = {
		.size = sizeof(arg),
		.flags = below(f, 16) ? 0 : XRSCHED_RING_POLL,
		.sq_entries = 1 + below(f, 16),
		.job_size = sizeof(struct xrsched_job),
		.completion_size = sizeof(struct xrsched_completion),
		.fd = -1,
	};
	int ret;

	/* Not so many threads that nothing else has its turn. */
	ret = do_call(f, client(f), XRSCHED_IOC_RING_SETUP, &arg, sizeof(arg));
	if (ret == 0 && arg.fd > 2 && fcntl(arg.fd, F_GETFD) >= 0) {
		keep_file(f, arg.fd);
		try_map(f, arg.map_size);
	}
}

/* What a ring's other side does wrong: any word, at any time. */
static void fuzz_scribble(struct fuzz *f)
{
	struct map *map = &f->map[below(f, MAX_FILES)];
	unsigned int i;

	if (!map->at)
		return;
	for (i = 0; i < 16; i++) {
		size_t at = below(f, 3) ? 64 * below(f, 6) :
					  4 * below(f, map->size / 4);
		uint32_t *word = (uint32_t *)(map->at + at);

		*(volatile uint32_t *)word =
			below(f, 2) ? *word + below(f, 4) : edge(f);
	}
}

/* Entries that are right, as far as positions are. */
static void fuzz_ring_fill(struct fuzz *f)
{
	struct map *map = &f->map[below(f, MAX_FILES)];
	volatile uint32_t *tail = (uint32_t *)(map->at + 64);

	if (!map->at)
		return;
	*tail = *(volatile uint32_t *)map->at + below(f, 8);
	fill_job(f, (struct xrsched_job *)(map->at + 384));
}

static void fuzz_ring_enter(struct fuzz *f)
{
	struct xrsched_ring_enter arg = {
		.size = sizeof(arg),
		.to_submit = below(f, 20),
		.min_complete = below(f, 3),
		.timeout_ns = 1,
	};
	int fd = other_file(f);

	fuzz_ring_fill(f);
	do_call(f, fd, XRSCHED_IOC_RING_ENTER, &arg, sizeof(arg));
}

/* Any call that any of our files has, on any of our files. */
static void fuzz_any(struct fuzz *f)
{
	static const unsigned long cmds[] = {
		XRSCHED_IOC_RING_EVENTFD, XRSCHED_IOC_RING_ENTER,
		XRSCHED_IOC_RECORD_START, XRSCHED_IOC_SERVE,
	};
	uint64_t words[48] = { 0 };
	int fd = below(f, 2) ? client(f) : other_file(f);
	unsigned int i;

	for (i = 0; i < 48; i++)
		if (!below(f, 4))
			words[i] = edge(f);
	words[0] = 8 * below(f, 20);
	make_call(f, fd,
		  below(f, 2) ? cmds[below(f, 4)] :
				_IOWR(XRSCHED_IOC_MAGIC, below(f, 40),
				      char[64]),
		  words);
}

static void fuzz_file(struct fuzz *f)
{
	static const char *const nodes[] = { "/dev/xrsched0", "/dev/xrsched1" };
	int fd = below(f, 2) ? client(f) : other_file(f);
	struct pollfd pollfd = { .fd = fd, .events = -1 };
	unsigned int at = below(f, MAX_FILES);

	switch (below(f, 8)) {
	case 0:
		close(f->client[at]);
		f->client[at] = open(nodes[below(f, 2)], O_RDWR | O_NONBLOCK);
		seen(f, f->client[at]);
		break;
	case 1:
		keep_file(f, -1);
		break;
	case 2:
		seen(f, poll(&pollfd, 1, 0));
		break;
	case 3:
		seen(f, write(fd, f->memory, below(f, 256)));
		break;
	case 4:
		seen(f, lseek(fd, edge(f), below(f, 4)));
		break;
	case 5:
		try_map(f, 0);
		break;
	default:
		seen(f, read(fd, (void *)pointer(f), below(f, 1024)));
	}
}

void fuzz_call(struct fuzz *f)
{
	/* What takes long, as memory comes and goes, less often than the rest. */
	switch (below(f, 61)) {
	case 0: fuzz_model(f); break;
	case 1 ... 3: fuzz_stream(f); break;
	case 4 ... 5: fuzz_handle(f); break;
	case 6 ... 17: fuzz_submit(f); break;
	case 18 ... 24: fuzz_wait(f); break;
	case 25 ... 33: fuzz_small(f); break;
	case 34: fuzz_ring_setup(f); break;
	case 35 ... 38: fuzz_scribble(f); break;
	case 39 ... 51: fuzz_ring_enter(f); break;
	case 52 ... 55: fuzz_any(f); break;
	default: fuzz_file(f);
	}
}
