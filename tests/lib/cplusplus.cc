// SPDX-License-Identifier: GPL-2.0-only
/* The library from C++: every header, and a job through a simulator. */
#include <cstdio>

#include <xrsched/control.h>
#include <xrsched/run.h>

int main()
{
	xrsched_variant variant = {};
	xrsched_layer layer = {};
	xrsched_class klass = { "k" };
	xrsched_cost cost = { 1000, 1 };
	struct xrsched_model_create model = {};
	struct xrsched_stream_create stream = {};
	xrsched_completion done;
	xrsched_job job = {};
	xrsched_error error;
	xrsched *x;

	variant.nr_layers = 1;
	model.name[0] = 'm';
	model.variants = reinterpret_cast<uintptr_t>(&variant);
	model.layers = reinterpret_cast<uintptr_t>(&layer);
	model.classes = reinterpret_cast<uintptr_t>(&klass);
	model.costs = reinterpret_cast<uintptr_t>(&cost);
	model.nr_variants = model.nr_layers = model.nr_classes = 1;
	stream.name[0] = 's';
	stream.period_ns = 5000;
	if (xrsched_open_sim(nullptr, &x) ||
	    xrsched_engine_add(x, "e", "k", 1, 0, &error) ||
	    xrsched_model_create(x, &model))
		return 1;
	stream.model = model.handle;
	if (xrsched_stream_create(x, &stream))
		return 1;
	job.stream = stream.handle;
	if (xrsched_submit(x, &job, 1, 0, 0) != 1 ||
	    xrsched_wait(x, &done, 1, 1, 0) != 1 ||
	    done.outcome != XRSCHED_COMPLETED)
		return 1;
	xrsched_close(x);
	return 0;
}
