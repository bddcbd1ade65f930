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
	xrsched_completion done[3];
	xrsched_job job[3] = {};
	struct xrsched_stream_stats stats;
	xrsched_advice advice = {};
	xrsched_caps caps;
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
	for (int i = 0; i < 3; i++) {
		job[i].stream = stream.handle;
		job[i].frame = i + 1;
		job[i].cookie = 10 + i;
	}
	if (xrsched_submit(x, job, 3, 0, 0) != 3 ||
	    xrsched_wait(x, done, 3, 3, 0) != 3)
		return 1;
	for (int i = 0; i < 3; i++)
		if (job[i].result || done[i].cookie != 10u + i ||
		    done[i].outcome != XRSCHED_COMPLETED)
			return 1;
	if (xrsched_get_caps(x, &caps) || caps.engines != 1 ||
	    caps.size != sizeof(caps) ||
	    xrsched_stream_stats(x, stream.handle, &stats) ||
	    stats.size != sizeof(stats) || stats.completed != 3)
		return 1;
	if (xrsched_advise(x, &advice) || advice.size != sizeof(advice) ||
	    advice.stream != stream.handle || !advice.class_name[0])
		return 1;
	xrsched_close(x);
	return 0;
}
