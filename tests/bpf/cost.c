// SPDX-License-Identifier: GPL-2.0-only
/*
 * What does a frame cost?  On a device whose engines take no time, so that
 * nothing but the scheduler, its callers and who watches is measured.
 *
 * usage: cost [FRAMES]
 *
 * Prints time per frame in ns: instructions, under icount.  The least of three
 * runs, as ticks and the like only add.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/xrsched.h>

#define BATCH 64
#define RUNS 3

static void check(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "cost: %s: %s\n", what, strerror(-ret));
	exit(EXIT_FAILURE);
}

static uint32_t create(struct xrsched *x)
{
	struct xrsched_variant variant = { .nr_layers = 1 };
	struct xrsched_layer layer = { .out_bytes = 64 };
	struct xrsched_cost cost = { .latency_ns = 1000, .energy_pj = 1 };
	struct xrsched_class row = { .name = "cost" };
	struct xrsched_model_create model = {
		.variants = (uintptr_t)&variant,
		.nr_variants = 1,
		.nr_layers = 1,
		.nr_classes = 1,
		.layers = (uintptr_t)&layer,
		.classes = (uintptr_t)&row,
		.costs = (uintptr_t)&cost,
		.name = "cost",
	};
	struct xrsched_stream_create stream = {
		.period_ns = 1000000,
		.deadline_ns = 1000000000,
		.name = "cost",
	};

	check(xrsched_model_create(x, &model), "model");
	stream.model = model.handle;
	check(xrsched_stream_create(x, &stream), "stream");
	return stream.handle;
}

/* Time that so many frames take, from one to the next. */
static uint64_t run(struct xrsched *x, uint32_t stream, unsigned int frames,
		    uint64_t *frame)
{
	struct xrsched_completion done[BATCH];
	struct xrsched_job jobs[BATCH];
	uint64_t begin_ns = xrsched_now(x);
	unsigned int i, nr;

	for (nr = 0; nr < frames; nr += BATCH) {
		memset(jobs, 0, sizeof(jobs));
		for (i = 0; i < BATCH; i++) {
			jobs[i].stream = stream;
			jobs[i].frame = (*frame)++;
		}
		check(xrsched_submit(x, jobs, BATCH, 0, 0), "submit");
		check(xrsched_wait(x, done, BATCH, BATCH, 0), "wait");
	}
	return xrsched_now(x) - begin_ns;
}

int main(int argc, char **argv)
{
	unsigned int frames = argc > 1 ? atoi(argv[1]) : 6400, i;
	uint64_t frame = 0, least = UINT64_MAX, ns;
	struct xrsched *x;
	uint32_t stream;

	check(xrsched_open(NULL, &x), "open /dev/xrsched0");
	stream = create(x);
	for (i = 0; i < RUNS; i++) {
		ns = run(x, stream, frames, &frame);
		if (ns < least)
			least = ns;
	}
	printf("%.1f\n", (double)least / frames);
	xrsched_close(x);
	return 0;
}
