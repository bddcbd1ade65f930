// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine that computes: oneDNN against plain loops, plain loops against
 * numbers worked out by hand, layers against the tables they come from.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "layer.h"
#include "net.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Runs a shape with made-up weights and input; the output is the caller's. */
static float *compute(const struct compute_backend *backend,
		      const struct compute_shape *shape)
{
	float *src = calloc(compute_inputs(shape), sizeof(*src));
	float *weights = calloc(compute_weights(shape) + 1, sizeof(*weights));
	float *dst = calloc(compute_outputs(shape), sizeof(*dst));
	struct compute_op *op;
	struct compute *c;

	assert_non_null(src);
	assert_non_null(weights);
	assert_non_null(dst);
	layer_fill(7, 1, src, compute_inputs(shape));
	layer_fill(8, 1, weights, compute_weights(shape));
	assert_int_equal(backend->open(&c), 0);
	assert_int_equal(backend->prepare(c, shape, weights, &op), 0);
	/* What they were packed from may go. */
	memset(weights, 0, compute_weights(shape) * sizeof(*weights));
	assert_int_equal(backend->run(c, op, src, dst), 0);
	backend->release(op);
	backend->close(c);
	free(src);
	free(weights);
	return dst;
}

static void assert_close(const float *a, const float *b, size_t nr)
{
	float most = 0;

	for (size_t i = 0; i < nr; i++)
		most = fmaxf(most, fabsf(b[i]));
	assert_true(most > 0);
	for (size_t i = 0; i < nr; i++)
		if (!(fabsf(a[i] - b[i]) <= 1e-5f * most))
			fail_msg("output %zu: %g, should be %g", i, a[i], b[i]);
}

static const struct compute_shape shapes[] = {
	/* 3 x 3, padded on all sides, stride 2, odd sizes */
	{ COMPUTE_CONV, 1, 5, 3, 9, 7, 3, 3, 2, 1, 5, 4, 1, 1 },
	/* a batch, no padding */
	{ COMPUTE_CONV, 3, 8, 4, 6, 6, 3, 3, 1, 1, 4, 4, 0, 0 },
	/* 1 x 1 */
	{ COMPUTE_CONV, 1, 17, 33, 5, 5, 1, 1, 1, 1, 5, 5, 0, 0 },
	/* depthwise, 5 x 5 */
	{ COMPUTE_CONV, 1, 19, 19, 8, 8, 5, 5, 1, 19, 8, 8, 2, 2 },
	/* two groups */
	{ COMPUTE_CONV, 1, 8, 6, 7, 7, 3, 3, 1, 2, 7, 7, 1, 1 },
	/* along one axis, more zeros after than before */
	{ COMPUTE_CONV, 1, 6, 4, 20, 1, 4, 1, 1, 1, 20, 1, 1, 0 },
	{ COMPUTE_POOL, 2, 5, 5, 9, 9, 3, 3, 2, 1, 5, 5, 1, 1 },
	{ COMPUTE_POOL, 1, 3, 3, 4, 4, 4, 4, 1, 1, 1, 1, 0, 0 },
	{ COMPUTE_GEMM, 1, 40, 30, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0 },
	{ COMPUTE_GEMM, 2, 9, 64, 5, 1, 1, 1, 1, 1, 5, 1, 0, 0 },
};

static void test_dnnl_is_ref(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(shapes); i++) {
		float *a = compute(&compute_dnnl, &shapes[i]);
		float *b = compute(&compute_ref, &shapes[i]);

		assert_close(a, b, compute_outputs(&shapes[i]));
		free(a);
		free(b);
	}
}

/* By hand: a 2 x 2 image of two channels, padded above and to the left. */
static void test_ref_by_hand(void **state)
{
	static const struct compute_shape conv = {
		COMPUTE_CONV, 1, 1, 2, 2, 2, 2, 2, 1, 1, 2, 2, 1, 1
	};
	static const struct compute_shape pool = {
		COMPUTE_POOL, 1, 2, 2, 2, 2, 2, 2, 1, 1, 2, 2, 1, 1
	};
	static const struct compute_shape gemm = {
		COMPUTE_GEMM, 1, 2, 3, 2, 1, 1, 1, 1, 1, 2, 1, 0, 0
	};
	/* channel 0: 1 2 / 3 4; channel 1: 10 20 / 30 40 */
	static const float image[] = { 1, 10, 2, 20, 3, 30, 4, 40 };
	/* channel 0: 1 0 / 0 1; channel 1: 0 0 / 0 0.5 */
	static const float filter[] = { 1, 0, 0, 1, 0, 0, 0, 0.5 };
	static const float convolved[] = { 6, 12, 18, 25 };
	static const float pooled[] = { 1, 10, 2, 20, 3, 30, 4, 40 };
	static const float rows[] = { 1, 2, 3, 4, 5, 6 };
	static const float matrix[] = { 1, 0, 1, 0, 2, 0 };
	static const float product[] = { 4, 4, 10, 10 };
	static const struct {
		const struct compute_shape *shape;
		const float *src;
		const float *weights;
		const float *dst;
	} cases[] = {
		{ &conv, image, filter, convolved },
		{ &pool, image, NULL, pooled },
		{ &gemm, rows, matrix, product },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compute_op *op;
		struct compute *c;
		float dst[8] = { 0 };

		assert_int_equal(compute_ref.open(&c), 0);
		assert_int_equal(compute_ref.prepare(c, cases[i].shape,
						     cases[i].weights, &op),
				 0);
		assert_int_equal(compute_ref.run(c, op, cases[i].src, dst), 0);
		for (size_t o = 0; o < compute_outputs(cases[i].shape); o++)
			assert_true(dst[o] == cases[i].dst[o]);
		compute_ref.release(op);
		compute_ref.close(c);
	}
}

/* Outputs have the sizes that the table says, at full and at small scale. */
static void check_table(const struct xrsched_workload_model *m)
{
	for (unsigned int i = 0; i < m->nr_layers; i++) {
		const struct xrsched_layer_shape *row = &m->shapes[i];
		struct compute_shape s;
		enum layer_cell cell;

		layer_shape(row, 1, &s, &cell);
		assert_int_equal(compute_outputs(&s),
				 (size_t)row->batch * row->k *
					 (row->op == XRSCHED_OP_GEMM
						  ? row->y
						  : row->out_y * row->out_x));
		assert_true(s.y <= row->y && s.x <= row->x);
		assert_true((uint64_t)(s.out_y - 1) * s.stride + s.r >=
			    (uint64_t)s.y + s.pad_y);
		layer_shape(row, 0.01, &s, &cell);
		assert_true(s.k >= 1 && s.c >= 1);
		assert_int_equal(s.k % s.groups, 0);
		assert_int_equal(s.c % s.groups, 0);
	}
}

static void test_tables(void **state)
{
	struct xrsched_error error;
	unsigned int lstm = 0;
	char **names;
	int nr;

	(void)state;
	nr = xrsched_workload_list(XRSCHED_WORKLOAD_MODEL, &names, &error);
	assert_true(nr >= 29);
	for (int i = 0; i < nr; i++) {
		struct xrsched_workload_args args = { .size = sizeof(args),
						      .model = names[i] };
		struct xrsched_workload_model m;
		struct xrsched_workload *w;

		assert_int_equal(xrsched_workload_load(&args, &w, &error), 0);
		xrsched_workload_get_model(w, 0, &m);
		check_table(&m);
		for (unsigned int l = 0; l < m.nr_layers; l++) {
			struct compute_shape s;
			enum layer_cell cell;

			layer_shape(&m.shapes[l], 1, &s, &cell);
			if (cell == LAYER_CELL_NONE)
				continue;
			lstm++;
			/* GNMT's units are 1024, its attention is no LSTM. */
			assert_string_equal(m.name, "GNMT");
			assert_int_equal(s.k, 4096);
			assert_null(strstr(m.layer_names[l], "attn"));
		}
		xrsched_workload_free(w);
	}
	assert_true(lstm >= 8);
	xrsched_workload_list_free(names);
}

/* Three steps of an LSTM with two units and one input, in doubles. */
static void test_lstm(void **state)
{
	static const struct xrsched_layer_shape row = {
		.op = XRSCHED_OP_GEMM,
		.k = 8,
		.c = 4,
		.y = 1,
		.x = 1,
		.r = 1,
		.s = 1,
		.stride = 1,
		.groups = 1,
		.out_y = 1,
		.out_x = 1,
		.repeat = 3,
		.batch = 1,
	};
	float src[4] = { 0.5, -0.25, 9, 9 }, dst[2], cell[10];
	double h[2] = { 0, 0 }, memory[2] = { 0, 0 };
	float weights[32];
	struct layer layer = {};
	struct compute *c;

	(void)state;
	assert_int_equal(compute_dnnl.open(&c), 0);
	assert_int_equal(layer_prepare(&compute_dnnl, c, &row, 1, 3, &layer),
			 0);
	assert_int_equal(layer.cell, LAYER_CELL_LSTM);
	assert_int_equal(layer.outputs, 2);
	assert_int_equal(layer_state(&layer), 10);
	assert_int_equal(layer_run(&compute_dnnl, c, &layer, src, dst, cell),
			 0);
	layer_fill(3, sqrtf(6.0f * 8 / 32), weights, 32);
	for (int t = 0; t < 3; t++) {
		double in[4] = { 0.5, -0.25, h[0], h[1] }, g[8];

		for (int k = 0; k < 8; k++) {
			g[k] = 0;
			for (int i = 0; i < 4; i++)
				g[k] += weights[k * 4 + i] * in[i];
		}
		for (int u = 0; u < 2; u++) {
			memory[u] = memory[u] / (1 + exp(-g[2 + u])) +
				    tanh(g[4 + u]) / (1 + exp(-g[u]));
			h[u] = tanh(memory[u]) / (1 + exp(-g[6 + u]));
		}
	}
	for (int u = 0; u < 2; u++)
		assert_true(fabs(dst[u] - h[u]) < 1e-6);
	compute_dnnl.release(layer.op);
	compute_dnnl.close(c);
}

static int memory_file(const float *content, size_t nr, size_t room)
{
	int fd = memfd_create("activations", 0);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, room * sizeof(float)), 0);
	assert_int_equal(pwrite(fd, content, nr * sizeof(float), 0),
			 nr * sizeof(float));
	return fd;
}

/*
 * A job's buffer is read and written, never made larger, and what was in it
 * does not show in the next client's output.
 */
static void test_buffers(void **state)
{
	const struct net_opts opts = { &compute_dnnl, 1, 1 };
	float secret[4096], before[64], after[64], got[64];
	struct xrsched_error error;
	struct nets *nets;
	struct net *net;
	uint64_t busy_ns = 0;
	int a, b;

	(void)state;
	assert_int_equal(nets_open(&opts, &nets), 0);
	net = nets_find(nets, "KWS-res8", &error);
	assert_non_null(net);
	assert_null(nets_find(nets, "no-such-model", &error));
	assert_ptr_equal(nets_find(nets, "KWS-res8", &error), net);
	memset(before, 0, sizeof(before));
	a = memory_file(before, 64, 64);
	assert_int_equal(net_run(net, 0, a, &busy_ns), 0);
	assert_true(busy_ns > 0);
	assert_int_equal(pread(a, before, sizeof(before), 0), sizeof(before));
	assert_int_equal(lseek(a, 0, SEEK_END), sizeof(before));
	assert_true(before[0] != 0);

	for (size_t i = 0; i < COUNT(secret); i++)
		secret[i] = 1000;
	b = memory_file(secret, 4096, 4096);
	assert_int_equal(net_run(net, 0, b, &busy_ns), 0);
	assert_int_equal(pread(b, got, sizeof(got), 0), sizeof(got));
	assert_true(memcmp(got, before, sizeof(got)) != 0);
	close(b);

	memset(after, 0, sizeof(after));
	assert_int_equal(pwrite(a, after, sizeof(after), 0), sizeof(after));
	assert_int_equal(net_run(net, 0, a, &busy_ns), 0);
	assert_int_equal(pread(a, after, sizeof(after), 0), sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
	close(a);

	assert_int_equal(net_run(net, net_model(net)->nr_layers, -1, &busy_ns),
			 -ENOENT);
	assert_int_equal(net_run(net, 0, 1 << 20, &busy_ns), -EBADF);
	nets_close(nets);
}

/* Every layer of a model, by both ways, from the same seed. */
static void test_model(void **state)
{
	const struct compute_backend *const both[] = { &compute_dnnl,
						       &compute_ref };
	float out[2][512];

	(void)state;
	for (unsigned int layer = 0; layer < 8; layer++) {
		for (size_t i = 0; i < 2; i++) {
			const struct net_opts opts = { both[i], 0.5, 42 };
			float in[512];
			struct xrsched_error error;
			struct nets *nets;
			struct net *net;
			uint64_t busy_ns;
			int fd;

			layer_fill(9, 1, in, 512);
			fd = memory_file(in, 512, 512);
			assert_int_equal(nets_open(&opts, &nets), 0);
			net = nets_find(nets, "KWS-res8", &error);
			assert_non_null(net);
			assert_int_equal(net_run(net, layer, fd, &busy_ns), 0);
			memset(out[i], 0, sizeof(out[i]));
			assert_true(pread(fd, out[i], sizeof(out[i]), 0) > 0);
			nets_close(nets);
			close(fd);
		}
		assert_close(out[0], out[1], 512);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dnnl_is_ref),
		cmocka_unit_test(test_ref_by_hand),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_lstm),
		cmocka_unit_test(test_buffers),
		cmocka_unit_test(test_model),
	};

	return cmocka_run_group_tests_name("numerics", tests, NULL, NULL);
}
