// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client of example-server.c: passes a text along with a job, and prints what
 * has become of it.
 */
#include <stdio.h>
#include <string.h>
#include <xrsched/buffer.h>
#include <xrsched/ring.h>
#include <xrsched/xrsched.h>

#define BYTES 64

static int run(struct xrsched *x, uint32_t stream, int32_t buffer)
{
	struct xrsched_completion done;
	struct xrsched_job job;
	int ret;

	memset(&job, 0, sizeof(job));
	xrsched_job_prepare(&job, stream, 0, 0);
	xrsched_job_set_buffers(&job, &buffer, 1);
	ret = xrsched_submit(x, &job, 1, 0, 0);
	if (ret < 0)
		return ret;
	ret = xrsched_wait(x, &done, 1, 1, 0);
	if (ret < 0)
		return ret;
	printf("outcome %u, reason %u, %llu pJ\n", done.outcome, done.reason,
	       (unsigned long long)done.energy_pj);
	return done.outcome == XRSCHED_COMPLETED ? 0 : -1;
}

int main(int argc, char **argv)
{
	/* One layer, which takes about 1 ms on engines of class "upper". */
	struct xrsched_variant variant = { .nr_layers = 1 };
	struct xrsched_layer layer = { .out_bytes = BYTES };
	struct xrsched_class upper = { "upper" };
	struct xrsched_cost cost = { 1000000, 1000 * BYTES };
	struct xrsched_model_create model = {
		.name = "capitals",
		.nr_variants = 1,
		.nr_layers = 1,
		.nr_classes = 1,
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)&layer,
		.classes = (uintptr_t)&upper,
		.costs = (uintptr_t)&cost,
	};
	struct xrsched_stream_create stream = { .name = "text",
						.deadline_ns = 1000000000 };
	struct xrsched_mapping map;
	/* With "short" the buffer is not what the server needs. */
	size_t bytes = argc > 2 && !strcmp(argv[2], "short") ? 8 : BYTES;
	int32_t buffer = xrsched_buffer_create("text", bytes);
	struct xrsched *x;
	int ret = xrsched_buffer_map(buffer, bytes, XRSCHED_BUFFER_WRITE, &map);

	if (!ret)
		ret = xrsched_open(NULL, &x);
	if (!ret) {
		snprintf(map.addr, bytes, "%s", argc > 1 ? argv[1] : "hello");
		ret = xrsched_model_create(x, &model);
	}
	if (!ret) {
		stream.model = model.handle;
		ret = xrsched_stream_create(x, &stream);
	}
	if (!ret)
		ret = run(x, stream.handle, buffer);
	if (ret < -1)
		fprintf(stderr, "%s\n", strerror(-ret));
	else
		printf("%s\n", (char *)map.addr);
	return !!ret;
}
