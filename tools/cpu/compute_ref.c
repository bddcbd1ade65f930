// SPDX-License-Identifier: GPL-2.0-only
/*
 * The plain reference: loops, as the definition has them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "compute.h"

struct compute {
	char none;
};

/**
 * struct compute_op - An operation of this backend
 * @shape: its sizes
 * @weights: as they were handed over
 */
struct compute_op {
	struct compute_shape shape;
	float weights[];
};

static int ref_open(struct compute **compute)
{
	*compute = calloc(1, sizeof(**compute));
	return *compute ? 0 : -ENOMEM;
}

static void ref_close(struct compute *compute)
{
	free(compute);
}

static int ref_prepare(struct compute *compute,
		       const struct compute_shape *shape, const float *weights,
		       struct compute_op **op)
{
	size_t size = compute_weights(shape) * sizeof(float);

	(void)compute;
	*op = malloc(sizeof(**op) + size);
	if (!*op)
		return -ENOMEM;
	(*op)->shape = *shape;
	if (size)
		memcpy((*op)->weights, weights, size);
	return 0;
}

/* The input at a place that may lie in the padding; NULL: it does. */
static const float *input_at(const struct compute_shape *s, const float *src,
			     uint32_t b, int64_t y, int64_t x)
{
	if (y < 0 || y >= s->y || x < 0 || x >= s->x)
		return NULL;
	return src + (((size_t)b * s->y + y) * s->x + x) * s->c;
}

static float conv_one(const struct compute_op *op, const float *src, uint32_t b,
		      uint32_t oy, uint32_t ox, uint32_t k)
{
	const struct compute_shape *s = &op->shape;
	uint32_t per_group = s->c / s->groups;
	uint32_t first = k / (s->k / s->groups) * per_group;
	double sum = 0;

	for (uint32_t r = 0; r < s->r; r++)
		for (uint32_t t = 0; t < s->s; t++) {
			const float *in = input_at(
				s, src, b,
				(int64_t)oy * s->stride + r - s->pad_y,
				(int64_t)ox * s->stride + t - s->pad_x);

			for (uint32_t c = 0; in && c < per_group; c++)
				sum += in[first + c] *
				       op->weights[(((size_t)k * per_group +
						     c) * s->r +
						    r) * s->s +
						   t];
		}
	return sum;
}

static float pool_one(const struct compute_op *op, const float *src, uint32_t b,
		      uint32_t oy, uint32_t ox, uint32_t k)
{
	const struct compute_shape *s = &op->shape;
	float most = -__FLT_MAX__;

	for (uint32_t r = 0; r < s->r; r++)
		for (uint32_t t = 0; t < s->s; t++) {
			const float *in = input_at(
				s, src, b,
				(int64_t)oy * s->stride + r - s->pad_y,
				(int64_t)ox * s->stride + t - s->pad_x);

			if (in && in[k] > most)
				most = in[k];
		}
	return most;
}

static void run_gemm(const struct compute_op *op, const float *src, float *dst)
{
	const struct compute_shape *s = &op->shape;
	size_t rows = (size_t)s->batch * s->y;

	for (size_t row = 0; row < rows; row++)
		for (uint32_t k = 0; k < s->k; k++) {
			const float *weights = op->weights + (size_t)k * s->c;
			double sum = 0;

			for (uint32_t c = 0; c < s->c; c++)
				sum += src[row * s->c + c] * weights[c];
			dst[row * s->k + k] = sum;
		}
}

static int ref_run(struct compute *compute, struct compute_op *op,
		   const float *src, float *dst)
{
	const struct compute_shape *s = &op->shape;

	(void)compute;
	if (s->kind == COMPUTE_GEMM) {
		run_gemm(op, src, dst);
		return 0;
	}
	for (uint32_t b = 0; b < s->batch; b++)
		for (uint32_t oy = 0; oy < s->out_y; oy++)
			for (uint32_t ox = 0; ox < s->out_x; ox++)
				for (uint32_t k = 0; k < s->k; k++)
					*dst++ = s->kind == COMPUTE_POOL
							 ? pool_one(op, src, b,
								    oy, ox, k)
							 : conv_one(op, src, b,
								    oy, ox, k);
	return 0;
}

static void ref_release(struct compute_op *op)
{
	free(op);
}

const struct compute_backend compute_ref = {
	.name = "ref",
	.doc = "plain loops in C, slow; what the others are checked against",
	.open = ref_open,
	.close = ref_close,
	.prepare = ref_prepare,
	.run = ref_run,
	.release = ref_release,
};
