// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has simulated engines work, for tests/bench/latency, which reads the trace.
 *
 * usage: latency load POLICY    16 streams on 4 engines, half a second
 *        latency single POLICY  one job at a time on an idle engine; prints
 *                               "submit FRAME TSC" and "awake FRAME TSC", the
 *                               time stamp counter before the call that submits
 *                               and after an eventfd's reader has returned
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <x86intrin.h>

#include <xrsched/control.h>
#include <xrsched/ring.h>
#include <xrsched/xrsched.h>

#define CLASS "bench"
#define STREAMS 16
#define ENGINES 4
#define LAYERS 20
#define LAYER_NS 50000ULL
/* Engines are busy four fifths of the time. */
#define PERIOD_NS (STREAMS * LAYERS * LAYER_NS / ENGINES * 5 / 4)
#define FRAMES 100
#define SINGLES 300

static void fail(const char *what, int ret)
{
	fprintf(stderr, "latency: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static void make_device(const char *policy)
{
	struct xrsched_control *control;
	struct xrsched_policy_spec spec;
	struct xrsched_error error;
	int ret;

	ret = xrsched_policy_parse(policy, &spec, &error);
	if (ret) {
		fprintf(stderr, "latency: %s\n", error.text);
		exit(1);
	}
	ret = xrsched_control_open(&control);
	if (!ret)
		ret = xrsched_control_policy_set(control, 0, &spec);
	for (int i = 0; !ret && i < ENGINES; i++) {
		ret = xrsched_control_engine_new(
			control, 0, XRSCHED_ENGINE_KIND_SIM, CLASS, NULL, 0, 0);
		ret = ret < 0 ? ret : 0;
	}
	if (ret)
		fail("device", ret);
	xrsched_control_close(control);
}

static uint32_t make_model(struct xrsched *x, unsigned int nr_layers)
{
	struct xrsched_variant variant = { .nr_layers = nr_layers,
					   .input_bytes = 64 };
	struct xrsched_layer layer[LAYERS] = {};
	struct xrsched_class class = { .name = CLASS };
	struct xrsched_cost cost[LAYERS];
	struct xrsched_model_create model = {
		.name = "bench",
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)layer,
		.classes = (uintptr_t) & class,
		.costs = (uintptr_t)cost,
		.nr_variants = 1,
		.nr_layers = nr_layers,
		.nr_classes = 1,
	};
	int ret;

	for (unsigned int i = 0; i < nr_layers; i++) {
		layer[i].out_bytes = 64;
		/* Not all alike, or engines would go in step. */
		cost[i].latency_ns = LAYER_NS + 997 * (i % 7);
		cost[i].energy_pj = 1000;
	}
	ret = xrsched_model_create(x, &model);
	if (ret)
		fail("model", ret);
	return model.handle;
}

static uint32_t make_stream(struct xrsched *x, uint32_t model)
{
	struct xrsched_stream_create s = {
		.name = "bench",
		.model = model,
		.period_ns = PERIOD_NS,
		.deadline_ns = 2 * PERIOD_NS,
	};
	int ret = xrsched_stream_create(x, &s);

	if (ret)
		fail("stream", ret);
	return s.handle;
}

/* All frames ahead; the scheduler releases them. */
static void load(struct xrsched *x)
{
	uint32_t model = make_model(x, LAYERS), stream[STREAMS];
	uint64_t begin_ns = xrsched_now(x) + 10000000;
	struct xrsched_completion done[64];
	unsigned int frame, i, left = 0;
	int ret;

	for (i = 0; i < STREAMS; i++)
		stream[i] = make_stream(x, model);
	for (frame = 0; frame < FRAMES; frame++)
		for (i = 0; i < STREAMS; i++) {
			struct xrsched_job job = {};

			xrsched_job_prepare(&job, stream[i], frame, 0);
			job.release_ns = begin_ns + frame * PERIOD_NS +
					 i * PERIOD_NS / STREAMS;
			ret = xrsched_submit(x, &job, 1, 0, 0);
			if (ret != 1)
				fail("submit", ret);
			left++;
		}
	while (left) {
		ret = xrsched_wait(x, done, 64, left < 64 ? left : 64, 0);
		if (ret < 0)
			fail("wait", ret);
		left -= ret;
	}
}

static uint64_t awake[SINGLES];
static int event_fd;

static void *reader(void *arg)
{
	uint64_t count;

	for (int i = 0; i < SINGLES; i++) {
		if (read(event_fd, &count, sizeof(count)) != sizeof(count))
			fail("eventfd", -errno);
		awake[i] = __rdtsc();
	}
	return arg;
}

static void single(struct xrsched *x)
{
	uint32_t stream = make_stream(x, make_model(x, 1));
	const struct timespec pause = { .tv_nsec = 500000 };
	const struct xrsched_completion *done;
	static uint64_t submit[SINGLES];
	struct xrsched_ring *ring;
	pthread_t thread;
	int ret;

	ret = xrsched_ring_create(x, NULL, &ring);
	if (ret)
		fail("ring", ret);
	event_fd = eventfd(0, 0);
	ret = xrsched_ring_set_eventfd(ring, event_fd, 1);
	if (ret || pthread_create(&thread, NULL, reader, NULL))
		fail("reader", ret);
	for (int i = 0; i < SINGLES; i++) {
		nanosleep(&pause, NULL);
		xrsched_job_prepare(xrsched_ring_get_job(ring), stream, i, i);
		submit[i] = __rdtsc();
		ret = xrsched_ring_submit(ring);
		if (ret != 1)
			fail("submit", ret);
		ret = xrsched_ring_wait(ring, &done, 1, 0);
		if (ret != 1)
			fail("wait", ret);
		xrsched_ring_seen(ring, 1);
	}
	pthread_join(thread, NULL);
	for (int i = 0; i < SINGLES; i++)
		printf("submit %d %llu\nawake %d %llu\n", i,
		       (unsigned long long)submit[i], i,
		       (unsigned long long)awake[i]);
	xrsched_ring_destroy(ring);
}

int main(int argc, char **argv)
{
	struct xrsched *x;
	int ret;

	if (argc != 3)
		return 2;
	make_device(argv[2]);
	ret = xrsched_open(NULL, &x);
	if (ret)
		fail("open", ret);
	if (!strcmp(argv[1], "load"))
		load(x);
	else if (!strcmp(argv[1], "single"))
		single(x);
	xrsched_close(x);
	return 0;
}
