// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What came of a run: completions and the device's counters, put together.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/**
 * struct result_box - A result and its memory
 * @result: first, so that they have one address
 * @arena: all that it points to
 */
struct result_box {
	struct xrsched_result result;
	struct wl_arena arena;
};

static double mean_accuracy(const struct tally *tally,
			    const struct wl_model *model)
{
	uint64_t frames = 0, sum = 0;

	for (unsigned int v = 0; v < model->nr_variants; v++) {
		if (tally->variants[v] && !model->variants[v].accuracy_ppm)
			return 0;
		frames += tally->variants[v];
		sum += tally->variants[v] * model->variants[v].accuracy_ppm;
	}
	return frames ? (double)sum / frames / XRSCHED_PPM : 0;
}

/* At worst all frames of a stream cost alike, as long as engines stay. */
static double executed_pj(const struct xrsched_stream_stats *stats,
			  uint64_t begun)
{
	uint64_t frames = stats->completed + stats->dropped + stats->failed;

	return frames ? (double)stats->worst_pj * begun / frames : 0;
}

static int fill_stream(struct run *run, unsigned int i, struct wl_arena *arena,
		       struct xrsched_result_stream *stream)
{
	const struct wl_stream *wl = &run->w->streams[i];
	struct tally *tally = &run->tally[i];
	int ret;

	stream->name = wl_strdup(arena, wl->name);
	stream->model = wl_strdup(arena, wl->model_name);
	if (!stream->name || !stream->model)
		return -ENOMEM;
	stream->period_ns = wl_release(wl, 1);
	stream->deadline_ns =
		wl->deadline_ns ? wl->deadline_ns : stream->period_ns;
	stream->upstream = wl->upstream;
	ret = xrsched_stream_stats(run->x, run->plan.stream[i].handle,
				   &stream->stats);
	if (ret)
		return ret;
	times_sort(&tally->response);
	times_sort(&tally->queue);
	stream->response_p50_ns = times_rank(&tally->response, 0.5);
	stream->response_p90_ns = times_rank(&tally->response, 0.9);
	stream->response_p99_ns = times_rank(&tally->response, 0.99);
	stream->response_p999_ns = times_rank(&tally->response, 0.999);
	stream->response_max_ns = times_rank(&tally->response, 1);
	stream->queue_p50_ns = times_rank(&tally->queue, 0.5);
	stream->queue_p99_ns = times_rank(&tally->queue, 0.99);
	stream->accuracy = mean_accuracy(tally, run->w->models[wl->model]);
	memcpy(stream->drops, tally->drops, sizeof(stream->drops));
	memcpy(stream->variants, tally->variants, sizeof(stream->variants));
	stream->xrbench = xrbench_score(&tally->xrbench);
	score_stream(stream, executed_pj(&stream->stats, tally->begun));
	return 0;
}

static int fill_streams(struct run *run, struct wl_arena *arena,
			struct xrsched_result *result)
{
	unsigned int nr = run->w->nr_streams;
	struct xrsched_result_stream **streams =
		wl_alloc(arena, nr, sizeof(*streams));
	int ret;

	for (unsigned int i = 0; i < nr; i++) {
		if (streams)
			streams[i] = wl_alloc(arena, 1, sizeof(**streams));
		if (!streams || !streams[i])
			return -ENOMEM;
		ret = fill_stream(run, i, arena, streams[i]);
		if (ret)
			return ret;
	}
	result->nr_streams = nr;
	result->streams = (const struct xrsched_result_stream *const *)streams;
	return 0;
}

static int fill_policy(struct run *run, struct wl_arena *arena,
		       struct xrsched_result *result)
{
	struct xrsched_policy_spec spec;
	char text[1024];
	int ret = xrsched_policy_get(run->x, &spec);

	if (ret)
		return ret;
	xrsched_policy_format(&spec, text, sizeof(text));
	result->policy = wl_strdup(arena, spec.name);
	result->policy_spec = wl_strdup(arena, text);
	return result->policy && result->policy_spec ? 0 : -ENOMEM;
}

int run_look(struct run *run, struct before *look)
{
	int ret = xrsched_device_stats(run->x, &look->stats);

	if (ret)
		return xrsched_fail(run->error, ret,
				    "cannot read the device's counters: %s",
				    strerror(-ret));
	look->nr = xrsched_engines_get(run->x, look->engine, WL_MAX_ENGINES);
	if (look->nr < 0)
		return xrsched_fail(run->error, look->nr,
				    "cannot read the engines' counters: %s",
				    strerror(-look->nr));
	if (look->nr > WL_MAX_ENGINES)
		look->nr = WL_MAX_ENGINES;
	return 0;
}

static int fill_engines(const struct before *then, const struct before *now,
			struct wl_arena *arena, struct xrsched_result *result)
{
	struct xrsched_engine **engines =
		wl_alloc(arena, now->nr + 1, sizeof(*engines));

	for (int i = 0; i < now->nr; i++) {
		struct xrsched_engine *engine =
			wl_alloc(arena, 1, sizeof(*engine));

		if (!engines || !engine)
			return -ENOMEM;
		*engine = now->engine[i];
		for (int j = 0; j < then->nr; j++) {
			const struct xrsched_engine *was = &then->engine[j];

			if (was->id != engine->id ||
			    strcmp(was->name, engine->name))
				continue;
			engine->busy_ns -= was->busy_ns;
			engine->layers -= was->layers;
			engine->switches -= was->switches;
			engine->lost -= was->lost;
			engine->energy_pj -= was->energy_pj;
			engine->faults -= was->faults;
			engine->timeouts -= was->timeouts;
			engine->lost_ns -= was->lost_ns;
			engine->lost_pj -= was->lost_pj;
		}
		engines[i] = engine;
	}
	result->nr_engines = now->nr;
	result->engines = (const struct xrsched_engine *const *)engines;
	result->events = now->stats.events - then->stats.events;
	result->decisions = now->stats.decisions - then->stats.decisions;
	result->policy_faults =
		now->stats.policy_faults - then->stats.policy_faults;
	return 0;
}

int run_result(struct run *run, const struct before *then, double scale,
	       struct xrsched_result **out)
{
	struct result_box *box = calloc(1, sizeof(*box));
	struct xrsched_result *result;
	struct before now;
	int ret = -ENOMEM;

	if (!box)
		return ret;
	result = &box->result;
	result->scenario = wl_strdup(&box->arena, run->w->scenario);
	result->hardware = wl_strdup(&box->arena, run->w->hardware);
	result->costs = wl_strdup(&box->arena, run->w->costs);
	result->backend = xrsched_is_sim(run->x) ? "sim" : "device";
	result->seed = run->opts.seed;
	result->seconds = run->opts.seconds;
	result->scale = scale;
	result->load = run->w->load * scale;
	result->stopped = run->stopped;
	if (run->last_ns > run->plan.start_ns)
		result->span_ns = run->last_ns - run->plan.start_ns;
	if (result->scenario && result->hardware && result->costs)
		ret = run_look(run, &now);
	if (!ret)
		ret = fill_engines(then, &now, &box->arena, result);
	if (!ret)
		ret = fill_policy(run, &box->arena, result);
	if (!ret)
		ret = fill_streams(run, &box->arena, result);
	if (ret) {
		xrsched_result_free(result);
		return xrsched_fail(run->error, ret,
				    "cannot put the result together: %s",
				    strerror(-ret));
	}
	score_result(result);
	*out = result;
	return 0;
}

XRSCHED_API void xrsched_result_free(struct xrsched_result *result)
{
	struct result_box *box = (struct result_box *)result;

	if (!box)
		return;
	wl_arena_free(&box->arena);
	free(box);
}
