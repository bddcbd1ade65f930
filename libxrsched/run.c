// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Running a scenario: all frames through a device, all completions back.
 *
 * Frames are submitted half a second before they are released and the
 * scheduler's own timer releases them, so that nothing depends on when this
 * process gets to run.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run.h"

#define BATCH		256
#define AHEAD_NS	500000000ULL /* frames are submitted so early */
#define POLL_NS		100000000ULL /* progress is told so often */
#define GIVE_UP_NS	5000000000ULL /* after a stop, for engines that hang */
#define LEAD_DEVICE_NS	20000000ULL
#define LEAD_SIM_NS	1000000ULL
#define MIN_SECONDS	0.001
#define MAX_SECONDS	1000000

/**
 * struct tally - What the completions of a stream said
 * @response: release to finish of completed jobs
 * @queue: release to first dispatch of those begun
 * @drops: dropped and failed ones by reason
 * @variants: completed ones by variant
 */
struct tally {
	struct times response;
	struct times queue;
	uint64_t drops[16];
	uint64_t variants[XRSCHED_MAX_VARIANTS];
};

/**
 * struct run - A run under way
 * @x: the device
 * @w: the workload
 * @opts: how
 * @error: for what goes wrong
 * @arena: for as long as the run
 * @plan: its frames
 * @model: handles of the models
 * @nr_models: how many were created
 * @nr_streams: how many streams were created
 * @tally: by stream
 * @jobs: taken from the plan, not yet submitted from @first on
 * @first: see @jobs
 * @nr_jobs: see @jobs
 * @max_batch: of one submit or wait
 * @in_flight: submitted, not reaped
 * @room: how many more may be
 * @last_ns: finish of the last completion
 * @stopped: the caller wants no more
 * @stop_ns: since when (wall clock)
 */
struct run {
	struct xrsched *x;
	const struct xrsched_workload *w;
	struct xrsched_run_opts opts;
	struct xrsched_error *error;
	struct wl_arena arena;
	struct plan plan;
	uint32_t *model;
	unsigned int nr_models;
	unsigned int nr_streams;
	struct tally *tally;
	struct xrsched_job jobs[BATCH + WL_MAX_STREAMS];
	unsigned int first;
	unsigned int nr_jobs;
	unsigned int max_batch;
	uint64_t in_flight;
	uint64_t room;
	uint64_t last_ns;
	bool stopped;
	uint64_t stop_ns;
};

static uint64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * WL_NS_PER_S + now.tv_nsec;
}

/* ----- models and streams ----------------------------------------------- */

/* The costs with latencies scaled; the caller frees them. */
static struct xrsched_cost *scale_costs(const struct wl_model *model,
					double scale)
{
	size_t nr = (size_t)model->nr_layers * model->nr_classes;
	struct xrsched_cost *costs = malloc(nr * sizeof(*costs));

	for (size_t i = 0; costs && i < nr; i++) {
		long double latency = model->costs[i].latency_ns *
				      (long double)scale;

		costs[i] = model->costs[i];
		costs[i].latency_ns = latency < 1 ? 1 : llroundl(latency);
	}
	return costs;
}

static int create_model(struct run *run, unsigned int m, double scale)
{
	const struct wl_model *model = run->w->models[m];
	struct xrsched_model_create arg = {
		.variants = (uintptr_t)model->variants,
		.layers = (uintptr_t)model->layers,
		.classes = (uintptr_t)model->classes,
		.nr_variants = model->nr_variants,
		.nr_layers = model->nr_layers,
		.nr_classes = model->nr_classes,
	};
	struct xrsched_cost *costs = scale_costs(model, scale);
	int ret;

	if (!costs)
		return -ENOMEM;
	arg.costs = (uintptr_t)costs;
	strncpy(arg.name, model->name, sizeof(arg.name) - 1);
	ret = xrsched_model_create(run->x, &arg);
	free(costs);
	if (ret)
		return xrsched_fail(run->error, ret, "cannot create model %s: %s",
				    model->name, strerror(-ret));
	run->model[m] = arg.handle;
	run->nr_models++;
	return 0;
}

static int create_stream(struct run *run, unsigned int i)
{
	struct plan_stream *stream = &run->plan.stream[i];
	const struct wl_stream *wl = stream->wl;
	struct xrsched_stream_create arg = {
		.model = run->model[wl->model],
		.period_ns = wl_release(wl, 1),
		.deadline_ns = wl->deadline_ns,
		.weight = wl->weight,
		.drop_max = wl->drop_max,
		.drop_window = wl->drop_window,
	};
	int ret;

	if (!wl->early_drop)
		arg.flags |= XRSCHED_STREAM_NO_EARLY_DROP;
	if (wl->upstream >= 0) {
		arg.upstream = run->plan.stream[wl->upstream].handle;
		/* 0 would mean certain. */
		arg.trigger_ppm = stream->trigger_ppm ? stream->trigger_ppm : 1;
	}
	strncpy(arg.name, wl->name, sizeof(arg.name) - 1);
	ret = xrsched_stream_create(run->x, &arg);
	if (ret)
		return xrsched_fail(run->error, ret,
				    "cannot create stream %s: %s", wl->name,
				    strerror(-ret));
	stream->handle = arg.handle;
	run->nr_streams++;
	return 0;
}

static int create_all(struct run *run, double scale)
{
	int ret = 0;

	for (unsigned int m = 0; m < run->w->nr_models && !ret; m++)
		ret = create_model(run, m, scale);
	for (unsigned int i = 0; i < run->w->nr_streams && !ret; i++)
		ret = create_stream(run, i);
	return ret;
}

/* Streams before those they follow; what a device that is gone says is moot. */
static void destroy_all(struct run *run)
{
	while (run->nr_streams)
		xrsched_stream_destroy(
			run->x, run->plan.stream[--run->nr_streams].handle);
	while (run->nr_models)
		xrsched_model_destroy(run->x, run->model[--run->nr_models]);
}

/* ----- jobs ------------------------------------------------------------- */

/* Submits what is due in the next AHEAD_NS, as far as there is room. */
static int submit_due(struct run *run)
{
	uint64_t horizon_ns = xrsched_now(run->x) + AHEAD_NS;
	unsigned int nr;
	int ret;

	for (;;) {
		if (run->first == run->nr_jobs) {
			run->first = 0;
			run->nr_jobs = 0;
		}
		while (run->nr_jobs < BATCH && run->plan.next >= 0 &&
		       plan_release(&run->plan) <= horizon_ns)
			run->nr_jobs += plan_take(&run->plan,
						  run->jobs + run->nr_jobs);
		nr = run->nr_jobs - run->first;
		if (nr > run->max_batch)
			nr = run->max_batch;
		if (nr > run->room - run->in_flight)
			nr = run->room - run->in_flight;
		if (!nr)
			return 0;
		ret = xrsched_submit(run->x, run->jobs + run->first, nr, 0, 0);
		if (ret == -EAGAIN || ret == -EINTR)
			return 0;
		if (ret < 0)
			return xrsched_fail(run->error, ret,
					    "cannot submit: %s", strerror(-ret));
		run->first += ret;
		run->in_flight += ret;
	}
}

static int take_note(struct run *run, const struct xrsched_completion *done)
{
	struct tally *tally;
	int ret = 0;

	/* Not ours: somebody else submits on this handle. */
	if (done->cookie >= run->w->nr_streams || !run->in_flight)
		return xrsched_fail(run->error, -EPROTO,
				    "a completion came that belongs to nobody");
	tally = &run->tally[done->cookie];
	run->in_flight--;
	if (done->finish_ns > run->last_ns)
		run->last_ns = done->finish_ns;
	if (done->start_ns)
		ret = times_add(&tally->queue, done->start_ns - done->release_ns);
	if (done->outcome == XRSCHED_COMPLETED) {
		if (!ret)
			ret = times_add(&tally->response,
					done->finish_ns - done->release_ns);
		if (done->variant && done->variant <= XRSCHED_MAX_VARIANTS)
			tally->variants[done->variant - 1]++;
	} else if (done->outcome != XRSCHED_CANCELLED) {
		tally->drops[done->reason % ELEMENTS(tally->drops)]++;
	}
	return ret;
}

/* Tells how far we are, and gives everything up if that is wanted. */
static void tell_progress(struct run *run)
{
	uint64_t now_ns = xrsched_now(run->x);
	double done = 0;

	if (now_ns > run->plan.start_ns)
		done = (double)(now_ns - run->plan.start_ns) /
		       run->plan.length_ns;
	if (run->stopped || !run->opts.progress ||
	    !run->opts.progress(run->opts.arg, done < 1 ? done : 1))
		return;
	run->stopped = true;
	run->stop_ns = wall_ns();
	run->plan.next = -1;
	run->first = 0;
	run->nr_jobs = 0;
	for (unsigned int i = run->nr_streams; i-- > 0;)
		xrsched_cancel(run->x, run->plan.stream[i].handle, 0,
			       XRSCHED_CANCEL_ALL);
}

/* Waits until frames have to be submitted, or for all if none are left. */
static int wait_some(struct run *run)
{
	struct xrsched_completion done[BATCH];
	uint64_t step_ns = xrsched_is_sim(run->x) ? AHEAD_NS / 2 : POLL_NS;
	unsigned int max = run->max_batch < BATCH ? run->max_batch : BATCH;
	unsigned int min = run->in_flight < max ? run->in_flight : max;
	int nr, ret = 0;

	/* Something waits for room: any completion makes some. */
	if (run->first < run->nr_jobs || !min)
		min = 1;
	nr = xrsched_wait(run->x, done, max, min,
			  xrsched_now(run->x) + step_ns);
	if (nr == -ETIMEDOUT || nr == -EINTR)
		return 0;
	if (nr < 0)
		return xrsched_fail(run->error, nr,
				    "cannot take completions: %s",
				    strerror(-nr));
	for (int i = 0; i < nr && !ret; i++)
		ret = take_note(run, &done[i]);
	return ret;
}

static int run_frames(struct run *run)
{
	uint64_t lead_ns = run->opts.lead_ns;
	int ret;

	if (!lead_ns)
		lead_ns = xrsched_is_sim(run->x) ? LEAD_SIM_NS : LEAD_DEVICE_NS;
	run->plan.start_ns = xrsched_now(run->x) + lead_ns;
	do {
		ret = submit_due(run);
		if (!ret)
			ret = wait_some(run);
		tell_progress(run);
		if (run->stopped && wall_ns() - run->stop_ns > GIVE_UP_NS)
			break;
	} while (!ret && (run->plan.next >= 0 || run->first < run->nr_jobs ||
			  run->in_flight));
	return ret;
}

/* ----- the result ------------------------------------------------------- */

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

static int fill_stream(struct run *run, unsigned int i,
		       struct wl_arena *arena,
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
	stream->deadline_ns = wl->deadline_ns ? wl->deadline_ns :
						stream->period_ns;
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
	score_stream(stream);
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
	char text[512];
	int ret = xrsched_policy_get(run->x, &spec);

	if (ret)
		return ret;
	xrsched_policy_format(&spec, text, sizeof(text));
	result->policy = wl_strdup(arena, spec.name);
	result->policy_spec = wl_strdup(arena, text);
	return result->policy && result->policy_spec ? 0 : -ENOMEM;
}

/**
 * struct before - What the device had counted before the run
 * @stats: in all
 * @engine: by engine
 * @nr: engines
 */
struct before {
	struct xrsched_device_stats stats;
	struct xrsched_engine engine[WL_MAX_ENGINES];
	int nr;
};

static int look(struct run *run, struct before *look)
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
		struct xrsched_engine *engine = wl_alloc(arena, 1,
							 sizeof(*engine));

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

static int fill_result(struct run *run, const struct before *then,
		       double scale, struct xrsched_result **out)
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
		ret = look(run, &now);
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

/* ----- the run ---------------------------------------------------------- */

static int check_opts(const struct xrsched_workload *w,
		      const struct xrsched_run_opts *opts,
		      struct xrsched_error *error)
{
	if (opts->flags & ~XRSCHED_RUN_FLAGS)
		return xrsched_fail(error, -EINVAL, "unknown flags");
	if (!(opts->seconds >= MIN_SECONDS && opts->seconds <= MAX_SECONDS))
		return xrsched_fail(error, -EINVAL,
				    "seconds: %g is out of range %g..%d",
				    opts->seconds, MIN_SECONDS, MAX_SECONDS);
	if (!(opts->load >= 0 && opts->load <= 1000))
		return xrsched_fail(error, -EINVAL,
				    "load: %g is out of range 0..1000",
				    opts->load);
	if (opts->phase > XRSCHED_PHASE_RANDOM)
		return xrsched_fail(error, -EINVAL, "unknown phase");
	if (opts->cascade_ppm > XRSCHED_PPM ||
	    (opts->cascade_ppm && !(opts->flags & XRSCHED_RUN_CASCADE)))
		return xrsched_fail(error, -EINVAL,
				    "cascade_ppm is out of range 0..%d, or lacks its flag",
				    XRSCHED_PPM);
	if (!w->scenario || !w->hardware)
		return xrsched_fail(error, -EINVAL,
				    "a run needs a scenario and hardware");
	return 0;
}

static int run_prepare(struct run *run, struct before *then, double scale)
{
	struct xrsched_caps caps;
	int ret;

	ret = xrsched_get_caps(run->x, &caps);
	if (ret)
		return xrsched_fail(run->error, ret,
				    "cannot ask the device what it can: %s",
				    strerror(-ret));
	run->max_batch = caps.max_batch;
	run->room = caps.max_jobs;
	ret = look(run, then);
	if (ret)
		return ret;
	if (!then->nr)
		return xrsched_fail(run->error, -ENODEV,
				    "the device has no engines");
	run->model = wl_alloc(&run->arena, run->w->nr_models,
			      sizeof(*run->model));
	run->tally = wl_alloc(&run->arena, run->w->nr_streams,
			      sizeof(*run->tally));
	if (!run->model || !run->tally ||
	    plan_init(&run->plan, &run->arena, run->w, &run->opts))
		return xrsched_fail(run->error, -ENOMEM, "out of memory");
	return create_all(run, scale);
}

static void run_free(struct run *run)
{
	for (unsigned int i = 0; run->tally && i < run->w->nr_streams; i++) {
		free(run->tally[i].response.ns);
		free(run->tally[i].queue.ns);
	}
	wl_arena_free(&run->arena);
	free(run);
}

XRSCHED_API int xrsched_run(struct xrsched *x,
			    const struct xrsched_workload *workload,
			    const struct xrsched_run_opts *opts,
			    struct xrsched_result **result,
			    struct xrsched_error *error)
{
	uint64_t begin_ns = wall_ns();
	struct before then;
	double scale = 1;
	struct run *run;
	int ret;

	run = calloc(1, sizeof(*run));
	if (!run)
		return xrsched_fail(error, -ENOMEM, "out of memory");
	run->x = x;
	run->w = workload;
	run->error = error;
	ret = xrsched_copy_opts(&run->opts, sizeof(run->opts), opts);
	if (ret)
		xrsched_fail(error, ret, "bad options of a run");
	if (!ret)
		ret = check_opts(workload, &run->opts, error);
	if (!ret && run->opts.load > 0)
		scale = run->opts.load / workload->load;
	if (!ret)
		ret = run_prepare(run, &then, scale);
	if (!ret)
		ret = run_frames(run);
	if (!ret)
		ret = fill_result(run, &then, scale, result);
	destroy_all(run);
	run_free(run);
	if (!ret)
		(*result)->wall_ns = wall_ns() - begin_ns;
	return ret;
}

XRSCHED_API int xrsched_run_setup(struct xrsched *x,
				  const struct xrsched_workload *workload,
				  struct xrsched_error *error)
{
	struct xrsched_engine there[WL_MAX_ENGINES];
	bool have[WL_MAX_ENGINES] = { false };
	int nr, ret, added = 0;

	nr = xrsched_engines_get(x, there, WL_MAX_ENGINES);
	if (nr < 0)
		return xrsched_fail(error, nr, "cannot list the engines: %s",
				    strerror(-nr));
	for (int i = 0; i < nr && i < WL_MAX_ENGINES; i++) {
		unsigned int e;

		for (e = 0; e < workload->nr_engines; e++)
			if (!strcmp(there[i].name, workload->engines[e].name) &&
			    !strcmp(there[i].class_name,
				    workload->engines[e].class_name))
				break;
		if (e == workload->nr_engines)
			return xrsched_fail(error, -EBUSY,
					    "the device has engine \"%s\" of class %s, which is not part of %s",
					    there[i].name, there[i].class_name,
					    workload->hardware);
		have[e] = true;
	}
	for (unsigned int e = 0; e < workload->nr_engines; e++) {
		if (have[e])
			continue;
		ret = xrsched_engine_add(x, workload->engines[e].name,
					 workload->engines[e].class_name,
					 error);
		if (ret < 0)
			return ret;
		added++;
	}
	return added;
}
