// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a job costs on its way from submission to its reaped completion, in
 * instructions, and what comparable calls of others cost.  For a VM with icount
 * (tests/vm/run --icount), where the time stamp counter counts instructions.
 *
 * usage: path CASE [BATCH] [NAME=N…]
 *
 *   floor     an ioctl that ends in -ENOTTY
 *   nop       io_uring: NOPs, submitted and reaped BATCH at a time
 *   ring      xrsched: jobs by a ring, submitted and reaped BATCH at a time
 *   ioctl     xrsched: XRSCHED_IOC_SUBMIT, then XRSCHED_IOC_WAIT
 *
 * For xrsched: policy=NAME, clients=N, streams=N, engines=N, devices=N (of each
 * device: clients, streams, engines).  Engines are null engines: all that is
 * counted is the scheduler's.  Prints a JSON line; instr is the least of many
 * repeats, which an interrupt's work is not in, mean the mean of all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <liburing.h>
#include <x86intrin.h>

#include <xrsched/control.h>
#include <xrsched/ring.h>
#include <xrsched/xrsched.h>

#define SEC 1000000000ULL
#define MAX_BATCH 1024
#define REPEATS 60
#define WARM_UP 20
/* Jobs in a repeat: short against the 4 ms from one clock tick to the next. */
#define REPEAT_JOBS 256
#define CLASS "null"

static void fail(const char *what, int ret)
{
	fprintf(stderr, "path: %s: %s\n", what, strerror(ret < 0 ? -ret : ret));
	exit(1);
}

static void *must(size_t nr, size_t size)
{
	void *mem = calloc(nr, size);

	if (!mem)
		fail("memory", ENOMEM);
	return mem;
}

/* Without icount a cycle is no instruction. */
static void need_icount(void)
{
	uint64_t begin = __rdtsc(), nr = 100000, took;

	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(nr));
	took = __rdtsc() - begin;
	if (took < 200000 || took > 220000) {
		fputs("path: instructions are counted under icount only: "
		      "tests/vm/run --icount\n",
		      stderr);
		exit(2);
	}
}

/* ----- what is measured -------------------------------------------------- */

/**
 * struct bench - A measurement
 * @name: what it is called
 * @batch: jobs at a time
 * @run: has @batch jobs done, from submission to completion
 * @policy: policy of the devices
 * @nr_clients: of each device
 * @nr_streams: of each device
 * @nr_engines: of each device
 * @nr_devices: devices
 * @client: all clients
 * @next: whose turn it is
 * @uring: the peer's ring
 */
struct bench {
	const char *name;
	unsigned int batch;
	void (*run)(struct bench *bench);
	const char *policy;
	unsigned int nr_clients;
	unsigned int nr_streams;
	unsigned int nr_engines;
	unsigned int nr_devices;
	struct client *client;
	unsigned int next;
	struct io_uring uring;
};

/**
 * struct client - A client of a device
 * @x: its handle
 * @ring: its ring
 * @stream: its streams
 * @nr_streams: how many
 * @turn: of which the next job is
 * @frame: number of the next round of frames
 */
struct client {
	struct xrsched *x;
	struct xrsched_ring *ring;
	uint32_t *stream;
	unsigned int nr_streams;
	unsigned int turn;
	uint64_t frame;
};

static int null_fd;

static void run_floor(struct bench *bench)
{
	(void)bench;
	if (ioctl(null_fd, 0xE97F, NULL) != -1 || errno != ENOTTY)
		fail("ioctl of /dev/null", EINVAL);
}

static void run_nop(struct bench *bench)
{
	struct io_uring_cqe *cqe;
	unsigned int i, head, nr = 0;
	int ret;

	for (i = 0; i < bench->batch; i++)
		io_uring_prep_nop(io_uring_get_sqe(&bench->uring));
	ret = io_uring_submit_and_wait(&bench->uring, bench->batch);
	if (ret != (int)bench->batch)
		fail("io_uring", ret);
	io_uring_for_each_cqe(&bench->uring, head, cqe) nr += !cqe->res;
	io_uring_cq_advance(&bench->uring, nr);
	if (nr != bench->batch)
		fail("io_uring completions", EIO);
}

static struct client *next_client(struct bench *bench)
{
	struct client *c = &bench->client[bench->next];

	if (++bench->next == bench->nr_clients * bench->nr_devices)
		bench->next = 0;
	return c;
}

static void next_job(struct client *c, struct xrsched_job *job)
{
	xrsched_job_prepare(job, c->stream[c->turn], c->frame, c->frame);
	if (++c->turn == c->nr_streams) {
		c->turn = 0;
		c->frame++;
	}
}

static void check(const struct xrsched_completion *done)
{
	if (done->outcome != XRSCHED_COMPLETED)
		fail("a job did not complete", EIO);
}

static void run_ring(struct bench *bench)
{
	struct client *c = next_client(bench);
	const struct xrsched_completion *done;
	unsigned int i, nr, left = bench->batch;
	int ret;

	for (i = 0; i < bench->batch; i++)
		next_job(c, xrsched_ring_get_job(c->ring));
	ret = xrsched_ring_submit_and_wait(c->ring, bench->batch, 0);
	if (ret != (int)bench->batch)
		fail("ring", ret);
	while (left) {
		nr = xrsched_ring_peek(c->ring, &done, left);
		if (!nr)
			fail("ring completions", EIO);
		for (i = 0; i < nr; i++)
			check(&done[i]);
		xrsched_ring_seen(c->ring, nr);
		left -= nr;
	}
}

static void run_ioctl(struct bench *bench)
{
	static struct xrsched_completion done[MAX_BATCH];
	static struct xrsched_job job[MAX_BATCH];
	struct client *c = next_client(bench);
	unsigned int i;
	int ret;

	for (i = 0; i < bench->batch; i++) {
		memset(&job[i], 0, sizeof(job[i]));
		next_job(c, &job[i]);
	}
	ret = xrsched_submit(c->x, job, bench->batch, 0, 0);
	if (ret != (int)bench->batch)
		fail("submit", ret);
	ret = xrsched_wait(c->x, done, bench->batch, bench->batch, 0);
	if (ret != (int)bench->batch)
		fail("wait", ret);
	for (i = 0; i < bench->batch; i++)
		check(&done[i]);
}

/* ----- the devices ------------------------------------------------------- */

static void make_device(const struct bench *bench, uint32_t device)
{
	struct xrsched_control *control;
	struct xrsched_policy_spec spec;
	struct xrsched_error error;
	unsigned int i;
	int ret;

	ret = xrsched_policy_parse(bench->policy, &spec, &error);
	if (ret) {
		fprintf(stderr, "path: %s\n", error.text);
		exit(1);
	}
	ret = xrsched_control_open(&control);
	if (!ret)
		ret = xrsched_control_policy_set(control, device, &spec);
	for (i = 0; !ret && i < bench->nr_engines; i++) {
		ret = xrsched_control_engine_new(control, device,
						 XRSCHED_ENGINE_KIND_NULL,
						 CLASS, NULL, 0, 0);
		ret = ret < 0 ? ret : 0;
	}
	if (ret)
		fail("device", ret);
	xrsched_control_close(control);
}

static uint32_t make_model(struct xrsched *x)
{
	struct xrsched_variant variant = { .nr_layers = 1, .input_bytes = 64 };
	struct xrsched_layer layer = { .out_bytes = 16 };
	struct xrsched_class class = { .name = CLASS };
	struct xrsched_cost cost = { .latency_ns = 1000, .energy_pj = 1000 };
	struct xrsched_model_create model = {
		.name = "bench",
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)&layer,
		.classes = (uintptr_t) & class,
		.costs = (uintptr_t)&cost,
		.nr_variants = 1,
		.nr_layers = 1,
		.nr_classes = 1,
	};
	int ret = xrsched_model_create(x, &model);

	if (ret)
		fail("model", ret);
	return model.handle;
}

static void make_client(struct client *c, const struct bench *bench,
			uint32_t device)
{
	struct xrsched_ring_opts opts = {
		.size = sizeof(opts),
		.jobs = bench->batch,
	};
	char path[32];
	uint32_t model;
	int ret;

	snprintf(path, sizeof(path), "/dev/xrsched%u", device);
	ret = xrsched_open(path, &c->x);
	if (ret)
		fail(path, ret);
	model = make_model(c->x);
	c->nr_streams = bench->nr_streams / bench->nr_clients;
	c->stream = must(c->nr_streams, sizeof(*c->stream));
	for (unsigned int i = 0; i < c->nr_streams; i++) {
		struct xrsched_stream_create s = {
			.name = "bench",
			.model = model,
			.period_ns = 10000000,
			.deadline_ns = 10 * SEC,
		};

		ret = xrsched_stream_create(c->x, &s);
		if (ret)
			fail("stream", ret);
		c->stream[i] = s.handle;
	}
	ret = xrsched_ring_create(c->x, &opts, &c->ring);
	if (ret)
		fail("ring", ret);
}

static void make_all(struct bench *bench)
{
	struct client *c;

	if (bench->nr_streams < bench->nr_clients)
		bench->nr_streams = bench->nr_clients;
	c = must((size_t)bench->nr_clients * bench->nr_devices, sizeof(*c));
	bench->client = c;
	for (uint32_t device = 0; device < bench->nr_devices; device++)
		make_device(bench, device);
	/* Side by side, so that taking turns goes from device to device. */
	for (unsigned int i = 0; i < bench->nr_clients; i++)
		for (uint32_t device = 0; device < bench->nr_devices; device++)
			make_client(c++, bench, device);
}

/* ----- measuring --------------------------------------------------------- */

static void measure(struct bench *bench)
{
	unsigned int rounds = (REPEAT_JOBS + bench->batch - 1) / bench->batch;
	uint64_t least = UINT64_MAX, sum = 0, jobs = rounds * bench->batch;

	for (unsigned int i = 0; i < WARM_UP + REPEATS; i++) {
		uint64_t begin = __rdtsc(), took;

		for (unsigned int j = 0; j < rounds; j++)
			bench->run(bench);
		took = __rdtsc() - begin;
		if (i < WARM_UP)
			continue;
		sum += took;
		if (took < least)
			least = took;
	}
	printf("{\"case\": \"%s\", \"batch\": %u", bench->name, bench->batch);
	if (bench->client)
		printf(", \"policy\": \"%s\", \"clients\": %u, "
		       "\"streams\": %u, \"engines\": %u, \"devices\": %u",
		       bench->policy, bench->nr_clients, bench->nr_streams,
		       bench->nr_engines, bench->nr_devices);
	printf(", \"instr\": %llu, \"mean\": %llu}\n",
	       (unsigned long long)(least / jobs),
	       (unsigned long long)(sum / (REPEATS * jobs)));
}

static void set_up(struct bench *bench)
{
	if (!strcmp(bench->name, "floor")) {
		bench->run = run_floor;
		null_fd = open("/dev/null", O_RDONLY);
	} else if (!strcmp(bench->name, "nop")) {
		int ret = io_uring_queue_init(MAX_BATCH, &bench->uring, 0);

		if (ret)
			fail("io_uring_queue_init", ret);
		bench->run = run_nop;
	} else if (!strcmp(bench->name, "ring")) {
		bench->run = run_ring;
		make_all(bench);
	} else if (!strcmp(bench->name, "ioctl")) {
		bench->run = run_ioctl;
		make_all(bench);
	} else {
		fputs("path: no such case\n", stderr);
		exit(2);
	}
}

static void option(struct bench *bench, const char *text)
{
	unsigned int nr;

	if (!strncmp(text, "policy=", 7))
		bench->policy = text + 7;
	else if (sscanf(text, "clients=%u", &nr) == 1 && nr)
		bench->nr_clients = nr;
	else if (sscanf(text, "streams=%u", &nr) == 1 && nr)
		bench->nr_streams = nr;
	else if (sscanf(text, "engines=%u", &nr) == 1 && nr)
		bench->nr_engines = nr;
	else if (sscanf(text, "devices=%u", &nr) == 1 && nr)
		bench->nr_devices = nr;
	else if (sscanf(text, "%u", &nr) == 1 && nr && nr <= MAX_BATCH)
		bench->batch = nr;
	else {
		fprintf(stderr, "path: what is '%s'?\n", text);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	static struct bench bench = {
		.name = "",
		.batch = 1,
		.policy = "dream",
		.nr_clients = 1,
		.nr_streams = 1,
		.nr_engines = 1,
		.nr_devices = 1,
	};

	for (int i = 1; i < argc; i++)
		if (i == 1)
			bench.name = argv[i];
		else
			option(&bench, argv[i]);
	need_icount();
	set_up(&bench);
	measure(&bench);
	return 0;
}
