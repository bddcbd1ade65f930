// SPDX-License-Identifier: GPL-2.0-only
/*
 * One run of an evaluation: a simulation, boiled down to a line of JSON.
 */
#include "eval_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/run.h>
#include <xrsched/xrsched.h>

#include "out.h"
#include "put.h"

/* Digits that survive a double both ways; as out_json() prints them. */
#define LINE_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(15))

/* Least latency of a whole inference: lightest variant, best engines. */
static uint64_t fastest_ns(const struct xrsched_workload *workload,
			   uint32_t index)
{
	struct xrsched_workload_model model;
	const struct xrsched_cost *cost;
	uint64_t best = UINT64_MAX;

	if (xrsched_workload_get_model(workload, index, &model))
		return 0;
	cost = model.costs;
	for (uint32_t v = 0; v < model.nr_variants; v++) {
		uint64_t sum = 0;

		for (uint32_t l = 0; l < model.variants[v].nr_layers; l++) {
			uint64_t least = UINT64_MAX;

			for (uint32_t c = 0; c < model.nr_classes; c++, cost++)
				if (cost->latency_ns < least)
					least = cost->latency_ns;
			sum += least;
		}
		if (sum < best)
			best = sum;
	}
	return best;
}

/* Can no schedule whatsoever finish an inference of it within a period? */
static bool hopeless(const struct xrsched_workload *workload,
		     unsigned int index, double scale)
{
	struct xrsched_workload_stream stream;

	if (xrsched_workload_get_stream(workload, index, &stream))
		return false;
	return fastest_ns(workload, stream.model_index) * scale >
	       stream.period_ns;
}

/* UXCost once more, hopeless streams left out; null if that leaves none. */
static void put_feasible(json_t *object, const struct xrsched_result *result,
			 const struct xrsched_workload *workload)
{
	double dlv = 0, ne = 0, honest = 0;
	uint32_t nr = 0;

	for (uint32_t i = 0; i < result->nr_streams; i++) {
		const struct xrsched_result_stream *stream = result->streams[i];

		if (hopeless(workload, i, result->scale))
			continue;
		dlv += stream->dlv;
		ne += stream->ne;
		honest += stream->ne_honest;
		nr++;
	}
	put_count(object, "hopeless_streams", result->nr_streams - nr);
	put(object, "uxcost_feasible", nr ? json_real(dlv * ne) : json_null());
	put(object, "uxcost_feasible_honest",
	    nr ? json_real(dlv * honest) : json_null());
}

static void put_accuracy(json_t *object, const struct xrsched_result *result)
{
	double sum = 0;
	uint32_t nr = 0;

	for (uint32_t i = 0; i < result->nr_streams; i++)
		if (result->streams[i]->accuracy > 0) {
			sum += result->streams[i]->accuracy;
			nr++;
		}
	put(object, "accuracy", nr ? json_real(sum / nr) : json_null());
}

/* Completed frames of a supernet by variant, heaviest first. */
static json_t *variants_of(const struct xrsched_workload_model *model,
			   const struct xrsched_result_stream *stream)
{
	json_t *object = put_object();

	for (uint32_t v = 0; v < model->nr_variants; v++)
		put_count(object, model->variant_names[v], stream->variants[v]);
	return object;
}

/* By stream; those whose model has only one are left out. */
static void put_variants(json_t *object, const struct xrsched_result *result,
			 const struct xrsched_workload *workload)
{
	struct xrsched_workload_stream stream;
	struct xrsched_workload_model model;
	json_t *streams = put_object();

	for (uint32_t i = 0; i < result->nr_streams; i++)
		if (!xrsched_workload_get_stream(workload, i, &stream) &&
		    !xrsched_workload_get_model(workload, stream.model_index,
						&model) &&
		    model.nr_variants > 1)
			put(streams, result->streams[i]->name,
			    variants_of(&model, result->streams[i]));
	put(object, "variants", streams);
}

static void put_key(json_t *object, const struct eval_key *key,
		    const struct xrsched_result *result)
{
	put_text(object, "scenario", key->scenario);
	put_text(object, "hw", key->hw);
	put_text(object, "costs", result->costs);
	put_text(object, "load", key->load);
	put_text(object, "phase", key->phase);
	put_text(object, "expired", key->expired);
	put_text(object, "cascade", key->cascade);
	put_text(object, "estimate_error", key->error);
	put_real(object, "seconds", key->seconds);
	put_count(object, "seed", key->seed);
	put_text(object, "policy", key->policy);
}

static void put_result(json_t *object, const struct xrsched_result *result)
{
	uint64_t lost = result->dropped + result->failed;
	double frames = result->completed + lost;

	if (!frames)
		frames = 1;
	put_real(object, "utilisation", result->load);
	put_real(object, "uxcost", result->uxcost);
	put_real(object, "uxcost_honest", result->uxcost_honest);
	put_real(object, "uxcost_sumprod", result->uxcost_sumprod);
	put_real(object, "uxcost_executed", result->uxcost_executed);
	put_real(object, "dlv_sum", result->dlv_sum);
	put_real(object, "ne_sum", result->ne_sum);
	put_real(object, "ne_honest_sum", result->ne_honest_sum);
	put_count(object, "completed", result->completed);
	put_count(object, "late", result->late);
	put_count(object, "dropped", result->dropped);
	put_count(object, "failed", result->failed);
	put_real(object, "missed", (result->late + lost) / frames);
	put_real(object, "late_share", result->late / frames);
	put_real(object, "dropped_share", lost / frames);
	put_count(object, "energy_pj", result->energy_pj);
	put_count(object, "layers", result->layers);
	put_count(object, "policy_faults", result->policy_faults);
	put_real(object, "xrbench", result->xrbench.overall);
}

static char *make_line(const struct eval_task *task,
		       const struct xrsched_result *result)
{
	json_t *object = put_object();
	char *line;

	put_key(object, &task->record->key, result);
	put_result(object, result);
	put_feasible(object, result, task->workload);
	put_accuracy(object, result);
	put_variants(object, result, task->workload);
	line = json_dumps(object, LINE_FLAGS);
	if (!line)
		out_of_memory();
	json_decref(object);
	return line;
}

static struct xrsched_run_opts run_options(const struct eval_key *key)
{
	struct xrsched_run_opts opts = {
		.size = sizeof(opts),
		.seconds = key->seconds,
		.seed = key->seed,
		.phase = strcmp(key->phase, "random") ? XRSCHED_PHASE_ALIGNED
						      : XRSCHED_PHASE_RANDOM,
	};

	if (strcmp(key->load, "asis") && strcmp(key->load, "natural"))
		opts.load = atof(key->load);
	if (strcmp(key->cascade, "scenario")) {
		opts.flags |= XRSCHED_RUN_CASCADE;
		opts.cascade_ppm = atof(key->cascade) * XRSCHED_PPM + 0.5;
	}
	return opts;
}

/* The policy with what becomes of expired frames, unless it says so itself. */
static int set_policy(struct xrsched *x, const struct eval_key *key,
		      struct xrsched_error *error)
{
	struct xrsched_policy_spec spec;
	char text[EVAL_POLICY + EVAL_NAME];
	int ret;

	snprintf(text, sizeof(text),
		 strstr(key->policy, ",expired=") ? "%s" : "%s,expired=%s",
		 key->policy, key->expired);
	ret = xrsched_policy_parse(text, &spec, error);
	return ret ? ret : xrsched_policy_set(x, &spec, error);
}

char *eval_run(const struct eval_task *task)
{
	const struct eval_key *key = &task->record->key;
	const struct xrsched_run_opts opts = run_options(key);
	struct xrsched_error error = { .text = "out of memory" };
	struct xrsched_result *result;
	struct xrsched *x = NULL;
	char *line = NULL;
	const struct xrsched_sim_opts sim = {
		.size = sizeof(sim),
		.estimate_error_ppm = atof(key->error) * XRSCHED_PPM + 0.5,
		.estimate_seed = key->seed,
	};
	int ret = xrsched_open_sim(&sim, &x);

	if (!ret && xrsched_run_setup(x, task->workload, &error) < 0)
		ret = -1;
	if (!ret)
		ret = set_policy(x, key, &error);
	if (!ret)
		ret = xrsched_run(x, task->workload, &opts, &result, &error);
	if (ret) {
		fail("%s on %s, load %s, %s, seed %ju: %s", key->scenario,
		     key->hw, key->load, key->policy, (uintmax_t)key->seed,
		     error.text);
	} else {
		line = make_line(task, result);
		xrsched_result_free(result);
	}
	xrsched_close(x);
	return line;
}
