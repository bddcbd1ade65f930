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

#define AHEAD_NS 500000000ULL /* frames are submitted so early */
#define POLL_NS 100000000ULL /* progress is told so often */
#define MOST_IDLE_NS (1ULL << 50) /* of a simulation, and no overflow */
#define GIVE_UP_NS 5000000000ULL /* after a stop, for engines that hang */
#define LEAD_DEVICE_NS 20000000ULL
#define LEAD_SIM_NS 1000000ULL
#define MIN_SECONDS 0.001
#define MAX_SECONDS 1000000

static uint64_t wall_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * WL_NS_PER_S + now.tv_nsec;
}

/* ----- models and streams ----------------------------------------------- */

/* The costs with latencies scaled, to be freed; 0 or -errno. */
static int scale_costs(struct run *run, const struct wl_model *model,
		       double scale, struct xrsched_cost **out)
{
	size_t nr = (size_t)model->nr_layers * model->nr_classes;
	struct xrsched_cost *costs = malloc(nr * sizeof(*costs));

	if (!costs)
		return -ENOMEM;
	for (size_t i = 0; i < nr; i++) {
		long double latency =
			model->costs[i].latency_ns * (long double)scale;

		if (latency > XRSCHED_MAX_LATENCY_NS) {
			free(costs);
			xrsched_fail(
				run->error, -ERANGE,
				"load: %g makes layers of %s take too long",
				run->opts.load, model->name);
			return -ERANGE;
		}
		costs[i] = model->costs[i];
		costs[i].latency_ns = latency < 1 ? 1 : llroundl(latency);
	}
	*out = costs;
	return 0;
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
	struct xrsched_cost *costs;
	int ret = scale_costs(run, model, scale, &costs);

	if (ret)
		return ret;
	arg.costs = (uintptr_t)costs;
	strncpy(arg.name, model->name, sizeof(arg.name) - 1);
	ret = xrsched_model_create(run->x, &arg);
	free(costs);
	if (ret)
		return xrsched_fail(run->error, ret,
				    "cannot create model %s: %s", model->name,
				    strerror(-ret));
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
		.lightest_variant = wl->lightest_variant,
	};
	int ret;

	/* Frames come with those of the root, and are due with them. */
	if (run->advice) {
		wl = run->plan.stream[stream->root].wl;
		arg.period_ns = wl_release(wl, 1);
		arg.deadline_ns = wl->deadline_ns;
		wl = stream->wl;
	}
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
		while (run->nr_jobs < RUN_BATCH && run->plan.next >= 0 &&
		       plan_release(&run->plan) <= horizon_ns)
			run->nr_jobs +=
				plan_take(&run->plan, run->jobs + run->nr_jobs);
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
					    "cannot submit: %s",
					    strerror(-ret));
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
		ret = times_add(&tally->queue,
				done->start_ns - done->release_ns);
	if (done->start_ns && done->outcome != XRSCHED_CANCELLED)
		tally->begun++;
	if (done->outcome == XRSCHED_COMPLETED) {
		if (!ret)
			ret = times_add(&tally->response,
					done->finish_ns - done->release_ns);
		if (done->variant && done->variant <= XRSCHED_MAX_VARIANTS)
			tally->variants[done->variant - 1]++;
		xrbench_completed(
			&tally->xrbench,
			(int64_t)(done->finish_ns - done->deadline_ns) / 1e6,
			done->energy_pj / 1e9);
	} else if (done->outcome != XRSCHED_CANCELLED) {
		tally->drops[done->reason % ELEMENTS(tally->drops)]++;
		tally->xrbench.lost++;
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

/*
 * How long to wait at most.  Once a simulation has all frames nothing but
 * progress asks for an end: twice as long each time, as layers may take days.
 */
static uint64_t step(struct run *run)
{
	if (!xrsched_is_sim(run->x))
		return POLL_NS;
	if (run->plan.next >= 0 || run->first < run->nr_jobs || !run->idle_ns)
		run->idle_ns = AHEAD_NS / 2;
	else if (run->idle_ns < MOST_IDLE_NS)
		run->idle_ns *= 2;
	return run->idle_ns;
}

/* Waits until frames have to be submitted, or for all if none are left. */
static int wait_some(struct run *run)
{
	struct xrsched_completion done[RUN_BATCH];
	uint64_t step_ns = step(run);
	unsigned int max =
		run->max_batch < RUN_BATCH ? run->max_batch : RUN_BATCH;
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
		return xrsched_fail(
			error, -EINVAL,
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
	ret = run_look(run, then);
	if (ret)
		return ret;
	if (!then->nr)
		return xrsched_fail(run->error, -ENODEV,
				    "the device has no engines");
	run->model =
		wl_alloc(&run->arena, run->w->nr_models, sizeof(*run->model));
	run->tally =
		wl_alloc(&run->arena, run->w->nr_streams, sizeof(*run->tally));
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

/* A run whose models and streams are there; NULL with -errno in @ret. */
static struct run *run_new(struct xrsched *x,
			   const struct xrsched_workload *workload,
			   const struct xrsched_run_opts *opts,
			   struct xrsched_advice *advice, struct before *then,
			   double *scale, struct xrsched_error *error, int *ret)
{
	struct run *run = calloc(1, sizeof(*run));

	if (!run) {
		*ret = xrsched_fail(error, -ENOMEM, "out of memory");
		return NULL;
	}
	run->x = x;
	run->w = workload;
	run->error = error;
	run->advice = advice;
	*scale = 1;
	*ret = xrsched_copy_opts(&run->opts, sizeof(run->opts), opts);
	if (*ret)
		xrsched_fail(error, *ret, "bad options of a run");
	if (!*ret)
		*ret = check_opts(workload, &run->opts, error);
	if (!*ret && run->opts.load > 0)
		*scale = run->opts.load / workload->load;
	if (!*ret)
		*ret = run_prepare(run, then, *scale);
	return run;
}

XRSCHED_API int xrsched_run(struct xrsched *x,
			    const struct xrsched_workload *workload,
			    const struct xrsched_run_opts *opts,
			    struct xrsched_result **result,
			    struct xrsched_error *error)
{
	uint64_t begin_ns = wall_ns();
	struct before then;
	struct run *run;
	double scale;
	int ret;

	run = run_new(x, workload, opts, NULL, &then, &scale, error, &ret);
	if (!run)
		return ret;
	if (!ret)
		ret = run_frames(run);
	if (!ret)
		ret = run_result(run, &then, scale, result);
	destroy_all(run);
	run_free(run);
	if (!ret)
		(*result)->wall_ns = wall_ns() - begin_ns;
	return ret;
}

/* What is said of each stream; the index of the bottleneck. */
static int ask_all(struct run *run)
{
	struct xrsched_advice worst = { 0 };
	int ret = xrsched_advise(run->x, &worst), bottleneck = 0;

	for (unsigned int i = 0; i < run->w->nr_streams && !ret; i++) {
		run->advice[i].stream = run->plan.stream[i].handle;
		if (run->advice[i].stream == worst.stream)
			bottleneck = i;
		ret = xrsched_advise(run->x, &run->advice[i]);
	}
	return ret ? xrsched_fail(run->error, ret, "no advice: %s",
				  strerror(-ret))
		   : bottleneck;
}

XRSCHED_API int xrsched_run_advise(struct xrsched *x,
				   const struct xrsched_workload *workload,
				   const struct xrsched_run_opts *opts,
				   struct xrsched_advice *advice,
				   struct xrsched_error *error)
{
	struct before then;
	struct run *run;
	double scale;
	int ret;

	run = run_new(x, workload, opts, advice, &then, &scale, error, &ret);
	if (!run)
		return ret;
	if (!ret)
		ret = ask_all(run);
	destroy_all(run);
	run_free(run);
	return ret;
}

#define MAX_FRAMES (1U << 24)

static int collect_frames(struct plan *plan, struct xrsched_job **jobs,
			  struct xrsched_error *error)
{
	size_t nr = 0, room = 0;

	while (plan->next >= 0) {
		if (nr + plan->nr_streams > room) {
			struct xrsched_job *more;

			room = 2 * room + 64 + plan->nr_streams;
			if (room > MAX_FRAMES)
				return xrsched_fail(error, -E2BIG,
						    "more than %u frames",
						    MAX_FRAMES);
			more = realloc(*jobs, room * sizeof(*more));
			if (!more)
				return xrsched_fail(error, -ENOMEM,
						    "out of memory");
			*jobs = more;
		}
		nr += plan_take(plan, *jobs + nr);
	}
	return nr;
}

XRSCHED_API int xrsched_run_frames(const struct xrsched_workload *workload,
				   const struct xrsched_run_opts *opts,
				   struct xrsched_job **jobs,
				   struct xrsched_error *error)
{
	struct xrsched_run_opts copy;
	struct wl_arena arena = { 0 };
	struct plan plan;
	int ret = xrsched_copy_opts(&copy, sizeof(copy), opts);

	*jobs = NULL;
	if (ret)
		return xrsched_fail(error, ret, "bad options of a run");
	ret = check_opts(workload, &copy, error);
	if (ret)
		return ret;
	ret = plan_init(&plan, &arena, workload, &copy)
		      ? xrsched_fail(error, -ENOMEM, "out of memory")
		      : collect_frames(&plan, jobs, error);
	wl_arena_free(&arena);
	if (ret < 0) {
		free(*jobs);
		*jobs = NULL;
	}
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
				    workload->engines[e].class_name) &&
			    there[i].pes == workload->engines[e].pes)
				break;
		if (e == workload->nr_engines)
			return xrsched_fail(
				error, -EBUSY,
				"the device has engine \"%s\" of "
				"class %s, %u elements, which is not "
				"part of %s",
				there[i].name, there[i].class_name,
				there[i].pes, workload->hardware);
		have[e] = true;
	}
	for (unsigned int e = 0; e < workload->nr_engines; e++) {
		/* In the kernel servers bring theirs. */
		if (have[e] || (workload->engines[e].served &&
				x->ops == &xrsched_device_ops))
			continue;
		ret = xrsched_engine_add(x, workload->engines[e].name,
					 workload->engines[e].class_name,
					 workload->engines[e].pes,
					 workload->engines[e].bytes_per_us,
					 error);
		if (ret < 0)
			return ret;
		added++;
	}
	return added;
}
