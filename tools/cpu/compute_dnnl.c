// SPDX-License-Identifier: GPL-2.0-only
/*
 * oneDNN: the processor's own vector units, through a library that knows them.
 *
 * Activations stay as they are (channels last); weights are packed once into
 * whatever layout the primitive likes best.
 */
#include <errno.h>
#include <stdlib.h>

#include <oneapi/dnnl/dnnl.h>

#include "compute.h"

struct compute {
	dnnl_engine_t engine;
	dnnl_stream_t stream;
};

/**
 * struct compute_op - An operation of this backend
 * @primitive: what oneDNN made of it
 * @src: its input, without memory of its own
 * @weights: packed; NULL where there are none
 * @dst: its output, without memory of its own
 */
struct compute_op {
	dnnl_primitive_t primitive;
	dnnl_memory_t src;
	dnnl_memory_t weights;
	dnnl_memory_t dst;
};

/**
 * struct recipe - An operation while it is made
 * @src: its input
 * @plain: its weights as they are handed over
 * @any: its weights as the primitive wants them
 * @dst: its output
 */
struct recipe {
	dnnl_memory_desc_t src;
	dnnl_memory_desc_t plain;
	dnnl_memory_desc_t any;
	dnnl_memory_desc_t dst;
};

static int error_of(dnnl_status_t status)
{
	switch (status) {
	case dnnl_success:
		return 0;
	case dnnl_out_of_memory:
		return -ENOMEM;
	case dnnl_unimplemented:
		return -EOPNOTSUPP;
	case dnnl_invalid_arguments:
		return -EINVAL;
	default:
		return -EIO;
	}
}

static int dnnl_backend_open(struct compute **compute)
{
	struct compute *c = calloc(1, sizeof(*c));
	dnnl_status_t status;

	if (!c)
		return -ENOMEM;
	status = dnnl_engine_create(&c->engine, dnnl_cpu, 0);
	if (status == dnnl_success)
		status = dnnl_stream_create(&c->stream, c->engine,
					    dnnl_stream_default_flags);
	if (status != dnnl_success) {
		if (c->engine)
			dnnl_engine_destroy(c->engine);
		free(c);
		return error_of(status);
	}
	*compute = c;
	return 0;
}

static void dnnl_backend_close(struct compute *compute)
{
	dnnl_stream_destroy(compute->stream);
	dnnl_engine_destroy(compute->engine);
	free(compute);
}

/* Zeros after the last row or column that make the output as large as said. */
static dnnl_dim_t pad_after(uint32_t in, uint32_t out, uint32_t field,
			    uint32_t stride, uint32_t before)
{
	return (dnnl_dim_t)(out - 1) * stride + field - in - before;
}

static dnnl_status_t image(dnnl_memory_desc_t *desc, uint32_t n, uint32_t c,
			   uint32_t y, uint32_t x)
{
	const dnnl_dims_t dims = { n, c, y, x };

	return dnnl_memory_desc_init_by_tag(desc, 4, dims, dnnl_f32, dnnl_nhwc);
}

static dnnl_status_t filter(struct recipe *recipe,
			    const struct compute_shape *s)
{
	const dnnl_dims_t alone = { s->k, s->c, s->r, s->s };
	const dnnl_dims_t grouped = { s->groups, s->k / s->groups,
				      s->c / s->groups, s->r, s->s };
	/* A group is a dimension of its own, but only where there are several. */
	const dnnl_dim_t *dims = s->groups == 1 ? alone : grouped;
	int nr = s->groups == 1 ? 4 : 5;
	dnnl_status_t status;

	status = dnnl_memory_desc_init_by_tag(
		&recipe->plain, nr, dims, dnnl_f32,
		s->groups == 1 ? dnnl_oihw : dnnl_goihw);
	if (status == dnnl_success)
		status = dnnl_memory_desc_init_by_tag(
			&recipe->any, nr, dims, dnnl_f32, dnnl_format_tag_any);
	return status;
}

static dnnl_status_t describe_windows(struct compute *compute,
				      const struct compute_shape *s,
				      struct recipe *recipe,
				      dnnl_primitive_desc_t *pd)
{
	const dnnl_dims_t strides = { s->stride, s->stride };
	const dnnl_dims_t field = { s->r, s->s };
	const dnnl_dims_t dilation = { 0, 0 };
	const dnnl_dims_t before = { s->pad_y, s->pad_x };
	const dnnl_dims_t after = {
		pad_after(s->y, s->out_y, s->r, s->stride, s->pad_y),
		pad_after(s->x, s->out_x, s->s, s->stride, s->pad_x)
	};
	dnnl_convolution_desc_t conv;
	dnnl_pooling_v2_desc_t pool;
	dnnl_status_t status;

	status = image(&recipe->src, s->batch, s->c, s->y, s->x);
	if (status == dnnl_success)
		status =
			image(&recipe->dst, s->batch, s->k, s->out_y, s->out_x);
	if (status != dnnl_success)
		return status;
	if (s->kind == COMPUTE_POOL) {
		status = dnnl_pooling_v2_forward_desc_init(
			&pool, dnnl_forward_inference, dnnl_pooling_max,
			&recipe->src, &recipe->dst, strides, field, dilation,
			before, after);
		return status != dnnl_success
			       ? status
			       : dnnl_primitive_desc_create(pd, &pool, NULL,
							    compute->engine,
							    NULL);
	}
	status = filter(recipe, s);
	if (status == dnnl_success)
		status = dnnl_convolution_forward_desc_init(
			&conv, dnnl_forward_inference, dnnl_convolution_auto,
			&recipe->src, &recipe->any, NULL, &recipe->dst, strides,
			before, after);
	return status != dnnl_success
		       ? status
		       : dnnl_primitive_desc_create(pd, &conv, NULL,
						    compute->engine, NULL);
}

static dnnl_status_t describe_gemm(struct compute *compute,
				   const struct compute_shape *s,
				   struct recipe *recipe,
				   dnnl_primitive_desc_t *pd)
{
	const dnnl_dims_t src = { (dnnl_dim_t)s->batch * s->y, s->c };
	const dnnl_dims_t weights = { s->k, s->c };
	const dnnl_dims_t dst = { (dnnl_dim_t)s->batch * s->y, s->k };
	dnnl_inner_product_desc_t desc;
	dnnl_status_t status;

	status = dnnl_memory_desc_init_by_tag(&recipe->src, 2, src, dnnl_f32,
					      dnnl_nc);
	if (status == dnnl_success)
		status = dnnl_memory_desc_init_by_tag(
			&recipe->plain, 2, weights, dnnl_f32, dnnl_oi);
	if (status == dnnl_success)
		status = dnnl_memory_desc_init_by_tag(&recipe->any, 2, weights,
						      dnnl_f32,
						      dnnl_format_tag_any);
	if (status == dnnl_success)
		status = dnnl_memory_desc_init_by_tag(&recipe->dst, 2, dst,
						      dnnl_f32, dnnl_nc);
	if (status == dnnl_success)
		status = dnnl_inner_product_forward_desc_init(
			&desc, dnnl_forward_inference, &recipe->src,
			&recipe->any, NULL, &recipe->dst);
	return status != dnnl_success
		       ? status
		       : dnnl_primitive_desc_create(pd, &desc, NULL,
						    compute->engine, NULL);
}

/* Lays the weights out as the primitive wants them. */
static dnnl_status_t pack(struct compute *compute, const struct recipe *recipe,
			  const_dnnl_primitive_desc_t pd, const float *weights,
			  dnnl_memory_t *packed)
{
	const dnnl_memory_desc_t *wanted =
		dnnl_primitive_desc_query_md(pd, dnnl_query_weights_md, 0);
	dnnl_primitive_desc_t reorder_pd;
	dnnl_primitive_t reorder = NULL;
	dnnl_memory_t plain;
	dnnl_status_t status;

	/* oneDNN does not write to what it reads, but has no const for it. */
	status = dnnl_memory_create(&plain, &recipe->plain, compute->engine,
				    (void *)weights);
	if (status != dnnl_success)
		return status;
	status = dnnl_memory_create(packed, wanted, compute->engine,
				    DNNL_MEMORY_ALLOCATE);
	if (status == dnnl_success)
		status = dnnl_reorder_primitive_desc_create(
			&reorder_pd, &recipe->plain, compute->engine, wanted,
			compute->engine, NULL);
	if (status == dnnl_success) {
		status = dnnl_primitive_create(&reorder, reorder_pd);
		dnnl_primitive_desc_destroy(reorder_pd);
	}
	if (status == dnnl_success) {
		const dnnl_exec_arg_t args[] = { { DNNL_ARG_FROM, plain },
						 { DNNL_ARG_TO, *packed } };

		status = dnnl_primitive_execute(reorder, compute->stream, 2,
						args);
		dnnl_stream_wait(compute->stream);
		dnnl_primitive_destroy(reorder);
	}
	dnnl_memory_destroy(plain);
	return status;
}

static void dnnl_backend_release(struct compute_op *op)
{
	if (op->primitive)
		dnnl_primitive_destroy(op->primitive);
	if (op->src)
		dnnl_memory_destroy(op->src);
	if (op->weights)
		dnnl_memory_destroy(op->weights);
	if (op->dst)
		dnnl_memory_destroy(op->dst);
	free(op);
}

static int dnnl_backend_prepare(struct compute *compute,
				const struct compute_shape *shape,
				const float *weights, struct compute_op **opp)
{
	struct compute_op *op = calloc(1, sizeof(*op));
	dnnl_primitive_desc_t pd = NULL;
	struct recipe recipe;
	dnnl_status_t status;

	if (!op)
		return -ENOMEM;
	status = shape->kind == COMPUTE_GEMM
			 ? describe_gemm(compute, shape, &recipe, &pd)
			 : describe_windows(compute, shape, &recipe, &pd);
	if (status == dnnl_success)
		status = dnnl_primitive_create(&op->primitive, pd);
	if (status == dnnl_success)
		status = dnnl_memory_create(&op->src, &recipe.src,
					    compute->engine, DNNL_MEMORY_NONE);
	if (status == dnnl_success)
		status = dnnl_memory_create(&op->dst, &recipe.dst,
					    compute->engine, DNNL_MEMORY_NONE);
	if (status == dnnl_success && shape->kind != COMPUTE_POOL)
		status = pack(compute, &recipe, pd, weights, &op->weights);
	if (pd)
		dnnl_primitive_desc_destroy(pd);
	if (status != dnnl_success) {
		dnnl_backend_release(op);
		return error_of(status);
	}
	*opp = op;
	return 0;
}

static int dnnl_backend_run(struct compute *compute, struct compute_op *op,
			    const float *src, float *dst)
{
	const dnnl_exec_arg_t args[] = { { DNNL_ARG_SRC, op->src },
					 { DNNL_ARG_DST, op->dst },
					 { DNNL_ARG_WEIGHTS, op->weights } };
	dnnl_status_t status;

	status = dnnl_memory_set_data_handle(op->src, (void *)src);
	if (status == dnnl_success)
		status = dnnl_memory_set_data_handle(op->dst, dst);
	if (status == dnnl_success)
		status = dnnl_primitive_execute(op->primitive, compute->stream,
						op->weights ? 3 : 2, args);
	if (status == dnnl_success)
		status = dnnl_stream_wait(compute->stream);
	return error_of(status);
}

const struct compute_backend compute_dnnl = {
	.name = "dnnl",
	.doc = "oneDNN on the processor's vector units",
	.open = dnnl_backend_open,
	.close = dnnl_backend_close,
	.prepare = dnnl_backend_prepare,
	.run = dnnl_backend_run,
	.release = dnnl_backend_release,
};
