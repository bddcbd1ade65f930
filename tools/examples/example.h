/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all examples need: a device, a model on it, and a way to give up.
 *
 * They run on /dev/xrsched0, which needs an engine of class "npu":
 *
 *	sudo xrsched engine add --class npu
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/xrsched.h>

#define MSEC 1000000ULL

/* Ends the program if a call of the library has failed. */
static inline int must(const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	fprintf(stderr, "%s: %s\n", what, strerror(-ret));
	exit(1);
}

static inline struct xrsched *open_device(void)
{
	struct xrsched *x;

	must("/dev/xrsched0", xrsched_open(NULL, &x));
	return x;
}

/* A model of one layer that takes @ns on engines of class "npu"; its handle. */
static inline uint32_t make_model(struct xrsched *x, const char *name,
				  uint64_t ns)
{
	struct xrsched_variant variant = { .nr_layers = 1 };
	struct xrsched_layer layer = { .out_bytes = 1000 };
	struct xrsched_class npu = { "npu" };
	struct xrsched_cost cost = { .latency_ns = ns, .energy_pj = ns };
	struct xrsched_model_create model = {
		.nr_variants = 1,
		.nr_layers = 1,
		.nr_classes = 1,
		.variants = (uintptr_t)&variant,
		.layers = (uintptr_t)&layer,
		.classes = (uintptr_t)&npu,
		.costs = (uintptr_t)&cost,
	};

	snprintf(model.name, sizeof(model.name), "%s", name);
	must("model", xrsched_model_create(x, &model));
	return model.handle;
}

/* A stream: a frame each @period_ns (0: whenever), done within @deadline_ns. */
static inline uint32_t make_stream(struct xrsched *x, const char *name,
				   uint32_t model, uint64_t period_ns,
				   uint64_t deadline_ns)
{
	struct xrsched_stream_create stream = {
		.model = model,
		.period_ns = period_ns,
		.deadline_ns = deadline_ns,
	};

	snprintf(stream.name, sizeof(stream.name), "%s", name);
	must("stream", xrsched_stream_create(x, &stream));
	return stream.handle;
}

static inline const char *outcome(const struct xrsched_completion *done)
{
	switch (done->outcome) {
	case XRSCHED_COMPLETED:
		return done->flags & XRSCHED_COMPLETION_LATE ? "late" : "done";
	case XRSCHED_DROPPED:
		return "dropped";
	case XRSCHED_CANCELLED:
		return "cancelled";
	case XRSCHED_FAILED:
		return "failed";
	default:
		return "refused";
	}
}

#endif /* EXAMPLE_H */
