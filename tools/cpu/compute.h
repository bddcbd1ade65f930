/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an engine can compute, and with what: the interface of its backends.
 *
 * Activations are 32 bit floats, channels last (batch, row, column, channel).
 * Weights are handed over as (output channel, input channel of the group, row,
 * column) and laid out by the backend as it likes.
 *
 * Adding a backend: a file compute_NAME.c with its struct compute_backend, and
 * a line in the table of compute.c.  One for OpenCL would keep its context in
 * its struct compute and its packed weights in its struct compute_op.
 */
#ifndef COMPUTE_H
#define COMPUTE_H

#include <stddef.h>
#include <stdint.h>

/**
 * enum compute_kind - What is computed
 * @COMPUTE_CONV: convolution with groups (depthwise: one channel a group).
 * @COMPUTE_POOL: maximum over the filter's field; no weights; k = c.
 * @COMPUTE_GEMM: for each of batch * y rows, k sums over c products.
 */
enum compute_kind {
	COMPUTE_CONV,
	COMPUTE_POOL,
	COMPUTE_GEMM,
};

/**
 * struct compute_shape - The sizes of a computation
 * @kind: what is computed.
 * @batch: inputs at once.
 * @k: output channels.
 * @c: input channels.
 * @y: input rows.
 * @x: input columns.
 * @r: filter rows.
 * @s: filter columns.
 * @stride: of the filter.
 * @groups: groups of channels, of which @k and @c are multiples.
 * @out_y: output rows.
 * @out_x: output columns.
 * @pad_y: rows of zeros before the first; after the last as many as needed.
 * @pad_x: likewise columns.
 *
 * COMPUTE_GEMM uses @batch, @k, @c and @y = @out_y; what it does not use is 1,
 * paddings 0.
 */
struct compute_shape {
	enum compute_kind kind;
	uint32_t batch;
	uint32_t k;
	uint32_t c;
	uint32_t y;
	uint32_t x;
	uint32_t r;
	uint32_t s;
	uint32_t stride;
	uint32_t groups;
	uint32_t out_y;
	uint32_t out_x;
	uint32_t pad_y;
	uint32_t pad_x;
};

/** struct compute - A backend at work; each has its own, larger struct */
struct compute;

/** struct compute_op - A computation with its weights; likewise */
struct compute_op;

/**
 * struct compute_backend - One way to compute
 * @name: as --backend calls it.
 * @doc: one line about it.
 */
struct compute_backend {
	const char *name;
	const char *doc;

	/** @open: Begin. Return: 0 or -errno. */
	int (*open)(struct compute **compute);

	/** @close: End; no operation is left. */
	void (*close)(struct compute *compute);

	/**
	 * @prepare: Make an operation.  @weights: compute_weights() floats, not
	 * looked at afterwards.  Return: 0 or -errno; -EOPNOTSUPP if it cannot
	 * compute this shape.
	 */
	int (*prepare)(struct compute *compute,
		       const struct compute_shape *shape, const float *weights,
		       struct compute_op **op);

	/**
	 * @run: Compute.  @src: compute_inputs() floats, @dst:
	 * compute_outputs().  Return: 0 or -errno.
	 */
	int (*run)(struct compute *compute, struct compute_op *op,
		   const float *src, float *dst);

	/** @release: Give an operation up. */
	void (*release)(struct compute_op *op);
};

extern const struct compute_backend compute_dnnl;
extern const struct compute_backend compute_ref;

/** compute_backends - All there are, NULL-terminated; the first is the default */
extern const struct compute_backend *const compute_backends[];

/**
 * compute_find() - look a backend up
 * @name: its name.
 *
 * Return: the backend, or NULL.
 */
const struct compute_backend *compute_find(const char *name);

/** compute_inputs() - floats that a computation reads */
size_t compute_inputs(const struct compute_shape *shape);

/** compute_outputs() - floats that it writes */
size_t compute_outputs(const struct compute_shape *shape);

/** compute_weights() - floats of its weights */
size_t compute_weights(const struct compute_shape *shape);

#endif /* COMPUTE_H */
