// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched workload check --hw: admission advice for a scenario.
 */
#include <stdio.h>
#include <string.h>

#include <xrsched/policy.h>
#include <xrsched/run.h>

#include "out.h"
#include "put.h"
#include "trouble.h"
#include "workload.h"

#define MAX_STREAMS 64 /* of a scenario */

static const char *const verdicts[] = {
	[XRSCHED_VERDICT_SURE] = "sure",
	[XRSCHED_VERDICT_CONSERVING] = "conserving",
	[XRSCHED_VERDICT_UNKNOWN] = "unknown",
};

static const struct out_column stream_columns[] = {
	{ "stream", "stream", OUT_TEXT, 0 },
	{ "limit_ns", "has", OUT_TIME, 0 },
	{ "need_ns", "may take", OUT_TIME, 0 },
	{ "work_ns", "itself", OUT_TIME, 0 },
	{ "wait_ns", "waits", OUT_TIME, 0 },
	{ "slowest_class", "slowest on", OUT_TEXT, 0 },
	{ "load", "load there", OUT_SHARE, 0 },
	{ "sure", "sure", OUT_TEXT, 0 },
	{ 0 },
};

static const struct out_block advice_view[] = {
	{ .key = "streams", .columns = stream_columns },
	{ 0 },
};

static json_t *stream_json(const struct xrsched_workload *workload,
			   unsigned int index,
			   const struct xrsched_advice *advice)
{
	struct xrsched_workload_stream stream;
	json_t *row = put_object();

	xrsched_workload_get_stream(workload, index, &stream);
	put_text(row, "stream", stream.name);
	put_count(row, "limit_ns", advice->limit_ns);
	if (advice->need_ns == UINT64_MAX) {
		put_null(row, "need_ns");
		put_null(row, "wait_ns");
	} else {
		put_count(row, "need_ns", advice->need_ns);
		put_count(row, "wait_ns", advice->need_ns - advice->work_ns);
	}
	put_count(row, "work_ns", advice->work_ns);
	put_text(row, "slowest_class", advice->class_name);
	put_real(row, "load", advice->load_ppm / 1e6);
	put_text(row, "sure",
		 advice->need_ns <= advice->limit_ns ? "yes" : "no");
	return row;
}

static json_t *advice_json(const struct xrsched_workload *workload,
			   const char *policy, double load,
			   const struct xrsched_advice *advice, int bottleneck)
{
	struct xrsched_workload_info info;
	struct xrsched_workload_stream worst;
	json_t *object = put_object();
	json_t *rows = put_array();

	xrsched_workload_get_info(workload, &info);
	xrsched_workload_get_stream(workload, bottleneck, &worst);
	for (unsigned int i = 0; i < info.nr_streams; i++)
		put_append(rows, stream_json(workload, i, &advice[i]));
	put_text(object, "scenario", info.scenario);
	put_text(object, "hw", info.hardware);
	put_text(object, "costs", info.costs);
	put_real(object, "load", load > 0 ? load : info.load);
	put_text(object, "policy", policy);
	put_text(object, "verdict", verdicts[advice[0].verdict]);
	put_text(object, "bottleneck", worst.name);
	put_text(object, "class", advice[bottleneck].class_name);
	put(object, "streams", rows);
	return object;
}

static void print_verdict(const json_t *object)
{
	const char *verdict = get_text(object, "verdict");
	const char *policy = get_text(object, "policy");

	printf("%s on %s: ", get_text(object, "scenario"),
	       get_text(object, "hw"));
	if (!strcmp(verdict, "sure"))
		printf("every frame is sure to be on time under %s", policy);
	else if (!strcmp(verdict, "conserving"))
		printf("every frame is sure to be on time under edf and others "
		       "that leave no engine idle, which %s may",
		       policy);
	else
		printf("not known; perhaps all goes well");
	printf("; bottleneck: %s, on %s\n", get_text(object, "bottleneck"),
	       get_text(object, "class"));
}

static int ask(const struct app *app, const struct xrsched_workload *workload,
	       struct xrsched *x, const struct advice_opts *opts)
{
	const struct xrsched_run_opts run = {
		.size = sizeof(run),
		.seconds = 1,
		.load = opts->load,
	};
	struct xrsched_advice advice[MAX_STREAMS] = { 0 };
	struct xrsched_policy_spec spec;
	struct xrsched_error error;
	json_t *object;
	int ret = 0;

	if (opts->policy)
		ret = xrsched_policy_parse(opts->policy, &spec, &error);
	if (opts->policy && !ret)
		ret = xrsched_policy_set(x, &spec, &error);
	if (ret < 0) {
		fail("%s", error.text);
		return EXIT_USAGE;
	}
	ret = xrsched_run_setup(x, workload, &error);
	if (ret >= 0)
		ret = xrsched_run_advise(x, workload, &run, advice, &error);
	if (ret < 0)
		return fail("%s", error.text);
	xrsched_policy_get(x, &spec);
	object = advice_json(workload, spec.name, opts->load, advice, ret);
	if (app->json) {
		out_json(object);
	} else {
		print_verdict(object);
		putchar('\n');
		out_text(object, advice_view);
	}
	json_decref(object);
	return 0;
}

int workload_advise(const struct app *app, const char *name,
		    const struct advice_opts *opts)
{
	const struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = name,
		.hardware = opts->hardware,
		.costs = opts->costs,
	};
	struct xrsched_workload *workload;
	struct xrsched_error error;
	struct xrsched *x;
	int ret;

	if (xrsched_workload_load(&args, &workload, &error))
		return fail("%s", error.text);
	ret = xrsched_open_sim(NULL, &x);
	if (ret) {
		ret = trouble(ret, "the simulator could not be set up");
	} else {
		ret = ask(app, workload, x, opts);
		xrsched_close(x);
	}
	xrsched_workload_free(workload);
	return ret;
}
