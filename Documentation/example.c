// SPDX-License-Identifier: GPL-2.0-only
/*
 * The README's example, made complete: a camera at 60 frames a second on two
 * simulated engines.
 *
 *	cc example.c -I../build/include -L../build/lib -lxrsched \
 *		-Wl,-rpath,$PWD/../build/lib
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xrsched/xrsched.h>

#define FRAMES 30

static int check(const char *what, int ret)
{
	if (ret < 0)
		fprintf(stderr, "%s: %s\n", what, strerror(-ret));
	return ret < 0;
}

int main(void)
{
	struct xrsched *x;
	struct xrsched_error error;
	struct xrsched_policy_spec policy = { .name = "dream" };
	struct xrsched_variant variants[] = { { .nr_layers = 2,
						.input_bytes = 3072 } };
	struct xrsched_layer layers[] = { { .out_bytes = 8192 },
					  { .out_bytes = 10 } };
	struct xrsched_class classes[] = { { "npu" }, { "dsp" } };
	struct xrsched_cost costs[] = { { 2000000, 4000000 },
					{ 5000000, 3000000 },
					{ 1000000, 300000 },
					{ 1500000, 200000 } };
	struct xrsched_model_create model = {
		.name = "tiny",
		.nr_variants = 1,
		.nr_layers = 2,
		.nr_classes = 2,
		.variants = (uintptr_t)variants,
		.layers = (uintptr_t)layers,
		.classes = (uintptr_t)classes,
		.costs = (uintptr_t)costs,
	};
	struct xrsched_stream_create stream = { .name = "camera",
						.period_ns = 16666667 };
	struct xrsched_job jobs[FRAMES];
	struct xrsched_completion done[FRAMES];
	uint64_t start;
	int i, n, seen = 0;

	if (check("open_sim", xrsched_open_sim(NULL, &x)))
		return 1;
	if (check("engine", xrsched_engine_add(x, "npu0", "npu", 1, 0, &error)) ||
	    check("engine", xrsched_engine_add(x, "dsp0", "dsp", 1, 0, &error)) ||
	    check("policy", xrsched_policy_set(x, &policy, &error)) ||
	    check("model", xrsched_model_create(x, &model)))
		return 1;
	stream.model = model.handle;
	if (check("stream", xrsched_stream_create(x, &stream)))
		return 1;
	start = xrsched_now(x) + 1000000;
	memset(jobs, 0, sizeof(jobs));
	for (i = 0; i < FRAMES; i++) {
		jobs[i].stream = stream.handle;
		jobs[i].frame = i;
		jobs[i].release_ns = start + i * stream.period_ns;
		jobs[i].cookie = i;
	}
	n = xrsched_submit(x, jobs, FRAMES, 0, 0);
	if (check("submit", n))
		return 1;
	printf("%d submitted\n", n);
	while (seen < n) {
		int got = xrsched_wait(x, done, FRAMES, 1, 0);

		if (check("wait", got))
			return 1;
		for (i = 0; i < got; i++)
			if (seen + i < 3)
				printf("frame %" PRIu64
				       " outcome %u after %" PRIu64 " us\n",
				       (uint64_t)done[i].frame, done[i].outcome,
				       (uint64_t)(done[i].finish_ns -
						  done[i].release_ns) /
					       1000);
		seen += got;
	}
	printf("%d completions\n", seen);
	xrsched_close(x);
	return 0;
}
