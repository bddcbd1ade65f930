// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The scheduler of XRBench's programs, with all its habits: whole inferences,
 * whole milliseconds, dependencies by count, requests that come late, an end
 * that leaves the last frames out.  Documentation/xrbench-compat.md says what
 * each of them does to the scores.
 *
 * Nothing here is shared with the scheduling core but the workload files: this
 * is what the core is compared with.
 *
 * Times are milliseconds in single precision, as there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/xrbench.h>

#include "glibc_rand.h"
#include "run.h"

#define DURATION_MS 700
#define TOLERANCE_MS 0.01f /* so much too early an inference may be seen done */
#define NS_PER_MS 1e6
#define PJ_PER_MJ 1e9

/**
 * struct cost - What an inference of a stream costs on an engine
 * @ns: time
 * @pj: energy
 */
struct cost {
	uint64_t ns;
	uint64_t pj;
};

/**
 * struct task - A stream, as the harness has it
 * @wl: the stream
 * @cost: by engine
 * @parent: the task that it waits for, or NULL
 * @probability: of a frame to come into being
 * @period_ms: time between frames
 * @frames: how many are offered
 * @next: the next one
 * @queue: frames that wait, in order
 * @head: first of them
 * @tail: behind the last of them
 * @completed: number of completed frames, less 1
 * @injected: frames that came into being
 * @late: completed after their deadline
 * @tally: the others of what was logged
 */
struct task {
	const struct wl_stream *wl;
	struct cost *cost;
	const struct task *parent;
	float probability;
	unsigned int period_ms;
	unsigned int frames;
	unsigned int next;
	unsigned int *queue;
	unsigned int head;
	unsigned int tail;
	int completed;
	uint64_t injected;
	uint64_t late;
	struct xrbench_tally tally;
};

/**
 * struct slot - An engine
 * @task: whose inference it runs, NULL: idle
 * @deadline_ms: of the inference
 * @finish_ms: its end
 * @energy_mj: its energy
 */
struct slot {
	struct task *task;
	float deadline_ms;
	float finish_ms;
	float energy_mj;
};

/**
 * struct harness - A run
 * @arena: all that the rest points to
 * @task: in the order of the scenario
 * @by_name: the same, by the ASCII order of their models' names
 * @nr_tasks: how many
 * @slot: engines
 * @nr_slots: how many
 * @rand: draws
 * @tick_ms: time between ticks
 * @ticks: ticks that have passed
 * @now_ms: now
 * @events: moments looked at so far, now included
 */
struct harness {
	struct wl_arena arena;
	struct task *task;
	struct task **by_name;
	unsigned int nr_tasks;
	struct slot *slot;
	unsigned int nr_slots;
	struct glibc_rand rand;
	unsigned int tick_ms;
	unsigned int ticks;
	float now_ms;
	uint64_t events;
};

/* ----- setting up ------------------------------------------------------- */

/* The class of costs that an engine has in a model, -1: none. */
static int class_of(const struct wl_model *model,
		    const struct wl_engine *engine)
{
	for (unsigned int c = 0; c < model->nr_classes; c++)
		if (!strcmp(model->classes[c].name, engine->class_name))
			return c;
	return -1;
}

static int refuse(const struct wl_stream *stream, struct xrsched_error *error,
		  const char *what)
{
	return xrsched_fail(error, -EINVAL, "XRBench has no %s, as stream %s",
			    what, stream->name);
}

/* What the harness has no notion of would be left out without a word. */
static int check_stream(const struct xrsched_workload *w,
			const struct wl_stream *stream,
			struct xrsched_error *error)
{
	const struct wl_model *model = w->models[stream->model];

	if (stream->rate * WL_NS_PER_S % stream->step ||
	    stream->rate * WL_NS_PER_S / stream->step > 1000)
		return refuse(stream, error,
			      "rates but 1, 2, ... 1000 per second");
	if (stream->deadline_ns)
		return refuse(stream, error, "deadlines but the period");
	if (stream->phase_ns)
		return refuse(stream, error, "phases");
	if (model->nr_variants > 1)
		return refuse(stream, error, "models with variants");
	for (unsigned int l = 0; l < model->nr_layers; l++)
		if (model->layers[l].skip || model->layers[l].exit)
			return refuse(stream, error,
				      "models with skips or exits");
	for (unsigned int e = 0; e < w->nr_engines; e++)
		if (class_of(model, &w->engines[e]) < 0)
			return xrsched_fail(error, -EINVAL,
					    "model %s has no costs for class "
					    "%s, and XRBench runs every model "
					    "on every engine",
					    model->name,
					    w->engines[e].class_name);
	for (const struct wl_stream *other = w->streams; other != stream;
	     other++)
		if (!strcmp(other->source_model, stream->source_model))
			return refuse(stream, error,
				      "second stream of one model");
	return 0;
}

static int check_workload(const struct xrsched_workload *w,
			  struct xrsched_error *error)
{
	int ret = 0;

	if (!w->scenario || !w->hardware)
		return xrsched_fail(error, -EINVAL,
				    "a run needs a scenario and hardware");
	for (unsigned int i = 0; i < w->nr_streams && !ret; i++)
		ret = check_stream(w, &w->streams[i], error);
	return ret;
}

static struct cost inference_cost(const struct wl_model *model,
				  const struct wl_engine *engine)
{
	const struct xrsched_cost *layer =
		model->costs + class_of(model, engine);
	struct cost sum = {};

	for (unsigned int l = 0; l < model->nr_layers; l++) {
		sum.ns += layer->latency_ns;
		sum.pj += layer->energy_pj;
		layer += model->nr_classes;
	}
	return sum;
}

static int task_init(struct harness *h, const struct xrsched_workload *w,
		     unsigned int i)
{
	const struct wl_stream *stream = &w->streams[i];
	unsigned int fps = stream->rate * WL_NS_PER_S / stream->step;
	struct task *task = &h->task[i];

	task->wl = stream;
	task->probability = 1;
	if (stream->upstream >= 0) {
		task->parent = &h->task[stream->upstream];
		task->probability = (float)stream->trigger_ppm / XRSCHED_PPM;
	}
	task->period_ms = 1000 / fps;
	task->frames = DURATION_MS / task->period_ms;
	task->completed = -1;
	if (!h->tick_ms || task->period_ms < h->tick_ms)
		h->tick_ms = task->period_ms;
	task->queue =
		wl_alloc(&h->arena, task->frames + 1, sizeof(*task->queue));
	task->cost = wl_alloc(&h->arena, w->nr_engines, sizeof(*task->cost));
	if (!task->queue || !task->cost)
		return -ENOMEM;
	for (unsigned int e = 0; e < w->nr_engines; e++)
		task->cost[e] = inference_cost(w->models[stream->model],
					       &w->engines[e]);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	const struct task *x = *(struct task *const *)a;
	const struct task *y = *(struct task *const *)b;

	return strcmp(x->wl->source_model, y->wl->source_model);
}

static int harness_init(struct harness *h, const struct xrsched_workload *w,
			uint32_t seed)
{
	h->nr_tasks = w->nr_streams;
	h->nr_slots = w->nr_engines;
	h->task = wl_alloc(&h->arena, h->nr_tasks, sizeof(*h->task));
	h->by_name = wl_alloc(&h->arena, h->nr_tasks, sizeof(*h->by_name));
	h->slot = wl_alloc(&h->arena, h->nr_slots, sizeof(*h->slot));
	if (!h->task || !h->by_name || !h->slot)
		return -ENOMEM;
	for (unsigned int i = 0; i < h->nr_tasks; i++) {
		int ret = task_init(h, w, i);

		if (ret)
			return ret;
		h->by_name[i] = &h->task[i];
	}
	qsort(h->by_name, h->nr_tasks, sizeof(*h->by_name), by_name);
	glibc_srand(&h->rand, seed);
	return 0;
}

/* ----- the event loop --------------------------------------------------- */

static float draw(struct harness *h)
{
	return (float)glibc_rand(&h->rand) / (float)GLIBC_RAND_MAX;
}

static float deadline_ms(const struct task *task, unsigned int frame)
{
	return task->period_ms * (frame + 1);
}

/*
 * One frame per stream and event: one whose time was not that of an event comes
 * late, and its deadline stays.  The first draw is a jitter that nobody uses.
 */
static void inject(struct harness *h)
{
	for (unsigned int i = 0; i < h->nr_tasks; i++) {
		struct task *task = &h->task[i];

		draw(h);
		if (task->next == task->frames ||
		    (float)(task->period_ms * task->next) > h->now_ms)
			continue;
		if (task->probability > draw(h)) {
			task->queue[task->tail++] = task->next;
			task->injected++;
		}
		task->next++;
	}
}

static void retire(struct harness *h)
{
	for (unsigned int e = 0; e < h->nr_slots; e++) {
		struct slot *slot = &h->slot[e];
		struct task *task = slot->task;

		if (!task || h->now_ms + TOLERANCE_MS < slot->finish_ms)
			continue;
		task->completed++;
		if (slot->finish_ms > slot->deadline_ms)
			task->late++;
		xrbench_completed(&task->tally,
				  slot->finish_ms - slot->deadline_ms,
				  slot->energy_mj);
		slot->task = NULL;
	}
}

static void drop(struct harness *h)
{
	for (unsigned int i = 0; i < h->nr_tasks; i++) {
		struct task *task = &h->task[i];

		while (task->head < task->tail &&
		       deadline_ms(task, task->queue[task->head]) < h->now_ms) {
			task->head++;
			task->tally.lost++;
		}
	}
}

/* The idle engine on which the task is fastest, the first of equals. */
static struct slot *fastest_idle(struct harness *h, const struct task *task)
{
	int best = -1;

	for (unsigned int e = 0; e < h->nr_slots; e++)
		if (!h->slot[e].task &&
		    (best < 0 || task->cost[e].ns < task->cost[best].ns))
			best = e;
	return best < 0 ? NULL : &h->slot[best];
}

/*
 * Frame f waits for f + 1 frames of the parent to be completed, whichever they
 * are: after the parent lost one, a child is a frame behind for good.
 */
static bool try_dispatch(struct harness *h, struct task *task)
{
	const struct cost *cost;
	struct slot *slot;
	int frame;

	if (task->head == task->tail)
		return false;
	frame = task->queue[task->head];
	if (task->parent && task->parent->completed < frame)
		return false;
	slot = fastest_idle(h, task);
	if (!slot)
		return false;
	cost = &task->cost[slot - h->slot];
	slot->task = task;
	slot->deadline_ms = deadline_ms(task, frame);
	slot->finish_ms = h->now_ms + (float)(cost->ns / NS_PER_MS);
	slot->energy_mj = cost->pj / PJ_PER_MJ;
	task->head++;
	return true;
}

static void dispatch(struct harness *h)
{
	bool again;

	do {
		again = false;
		for (unsigned int i = 0; i < h->nr_tasks; i++)
			if (try_dispatch(h, h->by_name[i]))
				again = true;
	} while (again);
}

static void go_on(struct harness *h)
{
	float tick_ms = (h->ticks + 1) * h->tick_ms;

	h->now_ms = tick_ms;
	for (unsigned int e = 0; e < h->nr_slots; e++)
		if (h->slot[e].task && h->slot[e].finish_ms < h->now_ms)
			h->now_ms = h->slot[e].finish_ms;
	if (h->now_ms == tick_ms)
		h->ticks++;
}

static bool frames_left(const struct harness *h)
{
	for (unsigned int i = 0; i < h->nr_tasks; i++)
		if (h->task[i].next < h->task[i].frames)
			return true;
	return false;
}

/*
 * Over as soon as the last frame was offered: what waits or runs then is never
 * heard of.
 */
static void play(struct harness *h)
{
	while (frames_left(h)) {
		if (h->events++)
			go_on(h);
		inject(h);
		retire(h);
		drop(h);
		dispatch(h);
	}
}

/* ----- the result ------------------------------------------------------- */

/**
 * struct harness_box - A result and its memory
 * @result: first, so that they have one address
 * @arena: all that it points to
 */
struct harness_box {
	struct xrsched_xrbench_result result;
	struct wl_arena arena;
};

static struct xrsched_xrbench_stream *stream_result(const struct task *task,
						    struct wl_arena *arena)
{
	struct xrsched_xrbench_stream *stream =
		wl_alloc(arena, 1, sizeof(*stream));

	if (!stream)
		return NULL;
	stream->name = wl_strdup(arena, task->wl->name);
	stream->model = wl_strdup(arena, task->wl->source_model);
	if (!stream->name || !stream->model)
		return NULL;
	stream->injected = task->injected;
	stream->logged = task->tally.completed + task->tally.lost;
	stream->dropped = task->tally.lost;
	stream->late = task->late;
	stream->score = xrbench_score(&task->tally);
	return stream;
}

static int fill_streams(const struct harness *h,
			struct xrsched_xrbench_result *result,
			struct wl_arena *arena)
{
	struct xrsched_xrbench_stream **streams =
		wl_alloc(arena, h->nr_tasks, sizeof(*streams));

	if (!streams)
		return -ENOMEM;
	for (unsigned int i = 0; i < h->nr_tasks; i++) {
		streams[i] = stream_result(&h->task[i], arena);
		if (!streams[i])
			return -ENOMEM;
		result->logged += streams[i]->logged;
		result->dropped += streams[i]->dropped;
		result->late += streams[i]->late;
		xrbench_mean(&result->score, &streams[i]->score, h->nr_tasks);
	}
	result->nr_streams = h->nr_tasks;
	result->streams = (const struct xrsched_xrbench_stream *const *)streams;
	return 0;
}

static int harness_result(const struct harness *h,
			  const struct xrsched_workload *w, uint32_t seed,
			  struct xrsched_xrbench_result **out)
{
	struct harness_box *box = calloc(1, sizeof(*box));
	struct xrsched_xrbench_result *result;
	int ret = -ENOMEM;

	if (!box)
		return ret;
	result = &box->result;
	result->scenario = wl_strdup(&box->arena, w->scenario);
	result->hardware = wl_strdup(&box->arena, w->hardware);
	result->costs = wl_strdup(&box->arena, w->costs);
	result->seed = seed;
	result->end_ms = h->now_ms;
	result->events = h->events;
	if (result->scenario && result->hardware && result->costs)
		ret = fill_streams(h, result, &box->arena);
	if (ret)
		xrsched_xrbench_free(result);
	else
		*out = result;
	return ret;
}

XRSCHED_API int xrsched_xrbench_harness(const struct xrsched_workload *workload,
					const struct xrsched_xrbench_opts *opts,
					struct xrsched_xrbench_result **result,
					struct xrsched_error *error)
{
	struct xrsched_xrbench_opts o;
	struct harness h = {};
	int ret;

	ret = xrsched_copy_opts(&o, sizeof(o), opts);
	if (!ret && (o.flags || o.pad))
		ret = -EINVAL;
	if (ret)
		return xrsched_fail(error, ret, "bad options of a run");
	ret = check_workload(workload, error);
	if (ret)
		return ret;
	ret = harness_init(&h, workload, o.seed);
	if (!ret) {
		play(&h);
		ret = harness_result(&h, workload, o.seed, result);
	}
	wl_arena_free(&h.arena);
	if (ret)
		return xrsched_fail(error, ret, "out of memory");
	return 0;
}

XRSCHED_API void xrsched_xrbench_free(struct xrsched_xrbench_result *result)
{
	struct harness_box *box = (struct harness_box *)result;

	if (!box)
		return;
	wl_arena_free(&box->arena);
	free(box);
}
