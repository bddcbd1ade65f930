// SPDX-License-Identifier: GPL-2.0-only
#include "suite.h"
#include "simulator.h"

struct xrsched_variant variant = { .nr_layers = 3, .input_bytes = 10 };
struct xrsched_layer layers[3] = {
	{ .out_bytes = 100 },
	{ .out_bytes = 50, .skip = 1, .skip_ppm = 500000 },
	{ .out_bytes = 5 },
};
struct xrsched_class classes[2] = { { "k" }, { "slow" } };
struct xrsched_cost costs[6] = {
	{ 1 * MS, 100 }, { 2 * MS, 10 },  { 2 * MS, 200 },
	{ 4 * MS, 20 },	 { 3 * MS, 300 }, { 6 * MS, 30 },
};

struct xrsched *x;

struct xrsched_model_create good_model(void)
{
	return (struct xrsched_model_create){
		.name = "m",
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)layers,
		.classes = (uintptr_t)classes,
		.costs = (uintptr_t)costs,
		.nr_variants = 1,
		.nr_layers = 3,
		.nr_classes = 2,
	};
}

struct xrsched_stream_create good_stream(void)
{
	struct xrsched_model_create model = good_model();

	assert_int_equal(xrsched_model_create(x, &model), 0);
	return (struct xrsched_stream_create){
		.name = "s",
		.model = model.handle,
		.period_ns = 20 * MS,
	};
}

uint32_t new_stream(void)
{
	struct xrsched_stream_create stream = good_stream();

	assert_int_equal(xrsched_stream_create(x, &stream), 0);
	return stream.handle;
}

int submit(uint32_t stream, uint64_t frame, uint64_t release_ns,
	   uint64_t deadline_ns)
{
	struct xrsched_job job = {
		.stream = stream,
		.frame = frame,
		.release_ns = release_ns,
		.deadline_ns = deadline_ns,
		.cookie = frame + 1000,
	};
	int ret = xrsched_submit(x, &job, 1, 0, 0);

	assert_int_equal(job.result, ret < 0 ? ret : 0);
	return ret;
}

struct xrsched_completion wait_one(void)
{
	struct xrsched_completion done;

	assert_int_equal(xrsched_wait(x, &done, 1, 1, 0), 1);
	return done;
}

void set_policy(const char *text)
{
	struct xrsched_policy_spec spec;
	struct xrsched_error error;

	assert_ok(xrsched_policy_parse(text, &spec, &error), &error);
	assert_ok(xrsched_policy_set(x, &spec, &error), &error);
}

int sim_setup(void **state)
{
	struct xrsched_error error;

	(void)state;
	if (xrsched_open_sim(NULL, &x))
		return -1;
	return xrsched_engine_add(x, "e0", "k", 1, 0, &error);
}

int sim_teardown(void **state)
{
	(void)state;
	xrsched_close(x);
	return 0;
}
