/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model's layer as computations of a backend.
 */
#ifndef LAYER_H
#define LAYER_H

#include <stdbool.h>

#include <xrsched/workload.h>

#include "compute.h"

/**
 * enum layer_cell - What happens between the repetitions of a layer
 * @LAYER_CELL_NONE: nothing: each repetition has the same input.
 * @LAYER_CELL_LSTM: the four gates that the product gives make the next state,
 *                   which is the last part of the next input.
 */
enum layer_cell {
	LAYER_CELL_NONE,
	LAYER_CELL_LSTM,
};

/**
 * struct layer - A layer, ready to run
 * @shape: what one repetition computes.
 * @cell: what happens between repetitions.
 * @repeat: repetitions.
 * @op: the operation.
 * @inputs: floats that it reads.
 * @outputs: floats that it writes.
 */
struct layer {
	struct compute_shape shape;
	enum layer_cell cell;
	uint32_t repeat;
	struct compute_op *op;
	size_t inputs;
	size_t outputs;
};

/**
 * layer_shape() - what a row of a layer table computes
 * @row: the row; its op is known.
 * @scale: channels are multiplied by it and rounded up: above 0, at most 1.
 * @shape: filled in.
 * @cell: what happens between repetitions.
 *
 * Inputs are padded with zeros to where the output's size says; if the table's
 * input is larger than what the output can see, the rest is left out.
 */
void layer_shape(const struct xrsched_layer_shape *row, double scale,
		 struct compute_shape *shape, enum layer_cell *cell);

/**
 * layer_prepare() - make a layer ready to run
 * @backend: with what.
 * @compute: the backend at work.
 * @row: its row; the op may be unknown (-EOPNOTSUPP).
 * @scale: as above.
 * @seed: what its weights are drawn from.
 * @layer: filled in.
 *
 * Return: 0 or -errno.
 */
int layer_prepare(const struct compute_backend *backend,
		  struct compute *compute,
		  const struct xrsched_layer_shape *row, double scale,
		  uint64_t seed, struct layer *layer);

/**
 * layer_run() - compute a layer, all repetitions
 * @backend: with what.
 * @compute: the backend at work.
 * @layer: the layer.
 * @src: its input; an LSTM's state part is overwritten.
 * @dst: its output.
 * @cell: room for layer_state() floats.
 *
 * Return: 0 or -errno.
 */
int layer_run(const struct compute_backend *backend, struct compute *compute,
	      const struct layer *layer, float *src, float *dst, float *cell);

/** layer_state() - floats of the memory that an LSTM keeps; 0 for others */
size_t layer_state(const struct layer *layer);

/**
 * layer_fill() - made-up numbers
 * @seed: what they are drawn from.
 * @amplitude: they lie between this and its negative.
 * @to: where to.
 * @nr: how many.
 */
void layer_fill(uint64_t seed, float amplitude, float *to, size_t nr);

#endif /* LAYER_H */
