// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"

/* SplitMix64 (Steele et al., OOPSLA 2014): any seed will do. */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

void layer_fill(uint64_t seed, float amplitude, float *to, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		to[i] = amplitude *
			(float)((double)(int64_t)draw(&seed) * 0x1p-63);
}

static uint32_t shrink(uint32_t channels, double scale)
{
	return ceil(channels * scale);
}

/* Input that the output can see, and how many zeros come before it. */
static uint32_t fit(uint32_t in, uint32_t out, uint32_t field, uint32_t stride,
		    uint32_t *before)
{
	uint64_t seen = (uint64_t)(out - 1) * stride + field;

	*before = seen > in ? (seen - in) / 2 : 0;
	return seen < in ? seen : in;
}

/*
 * A repeated product of four gates for each unit, whose input ends in the
 * units' state, is a step of an LSTM.  Rows of one-to-one products (attention)
 * and of more outputs than an LSTM could have (softmax) are not.
 */
static bool is_lstm(const struct xrsched_layer_shape *row)
{
	return row->op == XRSCHED_OP_GEMM && row->repeat > 1 && row->y == 1 &&
	       row->batch == 1 && row->k % 4 == 0 && row->k > row->c &&
	       row->c % (row->k / 4) == 0;
}

void layer_shape(const struct xrsched_layer_shape *row, double scale,
		 struct compute_shape *shape, enum layer_cell *cell)
{
	uint32_t units;

	*cell = LAYER_CELL_NONE;
	*shape = (struct compute_shape){
		.batch = row->batch,
		.x = 1,
		.r = 1,
		.s = 1,
		.stride = 1,
		.groups = 1,
		.out_x = 1,
	};
	if (row->op == XRSCHED_OP_GEMM) {
		shape->kind = COMPUTE_GEMM;
		shape->k = shrink(row->k, scale);
		shape->c = shrink(row->c, scale);
		shape->y = row->y;
		shape->out_y = row->y;
		if (!is_lstm(row))
			return;
		*cell = LAYER_CELL_LSTM;
		units = shrink(row->k / 4, scale);
		shape->k = 4 * units;
		shape->c = row->c / (row->k / 4) * units;
		return;
	}
	shape->kind = COMPUTE_CONV;
	/* Each group shrinks; depthwise, there are fewer groups. */
	if (row->groups > 1 && row->groups == row->c) {
		shape->groups = shrink(row->groups, scale);
		shape->c = shape->groups;
		shape->k = row->k / row->groups * shape->groups;
	} else {
		shape->groups = row->groups;
		shape->c = shrink(row->c / row->groups, scale) * row->groups;
		shape->k = shrink(row->k / row->groups, scale) * row->groups;
	}
	shape->r = row->r;
	shape->s = row->s;
	shape->stride = row->stride;
	shape->out_y = row->out_y;
	shape->out_x = row->out_x;
	shape->y = fit(row->y, row->out_y, row->r, row->stride, &shape->pad_y);
	shape->x = fit(row->x, row->out_x, row->s, row->stride, &shape->pad_x);
}

int layer_prepare(const struct compute_backend *backend,
		  struct compute *compute,
		  const struct xrsched_layer_shape *row, double scale,
		  uint64_t seed, struct layer *layer)
{
	struct compute_shape *shape = &layer->shape;
	float *weights;
	size_t nr;
	int ret;

	if (row->op == XRSCHED_OP_UNKNOWN)
		return -EOPNOTSUPP;
	layer_shape(row, scale, shape, &layer->cell);
	layer->repeat = row->repeat;
	layer->inputs = compute_inputs(shape);
	layer->outputs = layer->cell == LAYER_CELL_LSTM
				 ? shape->k / 4
				 : compute_outputs(shape);
	nr = compute_weights(shape);
	weights = malloc(nr * sizeof(*weights));
	if (!weights)
		return -ENOMEM;
	/* He et al., ICCV 2015: outputs as large as inputs, layer for layer. */
	layer_fill(seed, sqrtf(6.0f * shape->k / (nr ? nr : 1)), weights, nr);
	ret = backend->prepare(compute, shape, weights, &layer->op);
	free(weights);
	return ret;
}

size_t layer_state(const struct layer *layer)
{
	/* The units' memory, and their gates. */
	return layer->cell == LAYER_CELL_LSTM ? 5 * layer->outputs : 0;
}

static float sigmoid(float x)
{
	return 1 / (1 + expf(-x));
}

/* Hochreiter & Schmidhuber 1997, gates in the order input, forget, cell, output */
static void lstm_step(const float *gates, float *memory, float *state,
		      size_t units)
{
	for (size_t u = 0; u < units; u++) {
		memory[u] = sigmoid(gates[units + u]) * memory[u] +
			    sigmoid(gates[u]) * tanhf(gates[2 * units + u]);
		state[u] = sigmoid(gates[3 * units + u]) * tanhf(memory[u]);
	}
}

int layer_run(const struct compute_backend *backend, struct compute *compute,
	      const struct layer *layer, float *src, float *dst, float *cell)
{
	size_t units = layer->outputs;
	float *gates = cell + units, *state = src + layer->inputs - units;
	int ret = 0;

	if (layer->cell == LAYER_CELL_NONE) {
		for (uint32_t i = 0; i < layer->repeat && !ret; i++)
			ret = backend->run(compute, layer->op, src, dst);
		return ret;
	}
	memset(cell, 0, units * sizeof(*cell));
	memset(state, 0, units * sizeof(*state));
	for (uint32_t i = 0; i < layer->repeat && !ret; i++) {
		ret = backend->run(compute, layer->op, src, gates);
		if (!ret)
			lstm_step(gates, cell, state, units);
	}
	memcpy(dst, state, units * sizeof(*dst));
	return ret;
}
