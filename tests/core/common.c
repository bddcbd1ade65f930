// SPDX-License-Identifier: GPL-2.0-only
/* The world that the tests of the scheduling core run it in. */

#include "common.h"

u64 rng_u64(struct rng *rng)
{
	u64 z = (rng->state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* Uniform in 0 … n - 1. */
u64 rng_below(struct rng *rng, u64 n)
{
	return (u64)(((unsigned __int128)rng_u64(rng) * n) >> 64);
}

/* Uniform in lo … hi. */
u64 rng_range(struct rng *rng, u64 lo, u64 hi)
{
	return lo + rng_below(rng, hi - lo + 1);
}

/* Log-uniform in lo … hi: each power of two as likely as the next. */
u64 rng_log(struct rng *rng, u64 lo, u64 hi)
{
	unsigned int bits_lo = fls64(lo);
	unsigned int bits_hi = fls64(hi);
	unsigned int bits = (unsigned int)rng_range(rng, bits_lo, bits_hi);
	u64 first = bits ? 1ULL << (bits - 1) : 0;
	u64 last = bits ? first + (first - 1) : 0;

	return rng_range(rng, max(first, lo), min(last, hi));
}

bool rng_chance(struct rng *rng, u32 percent)
{
	return rng_below(rng, 100) < percent;
}

static struct world *to_world(struct xrs_core *core)
{
	return (struct world *)((char *)core - offsetof(struct world, core));
}

static void *must(void *mem)
{
	if (!mem) {
		fprintf(stderr, "out of memory\n");
		exit(2);
	}
	return mem;
}

void *world_alloc(struct world *w, size_t size)
{
	if (w->nr_mem == w->cap_mem) {
		w->cap_mem = w->cap_mem ? 2 * w->cap_mem : 64;
		w->mem = must(realloc(w->mem, w->cap_mem * sizeof(*w->mem)));
	}
	return w->mem[w->nr_mem++] = must(calloc(1, size));
}

static void log_event(struct xrs_core *core, struct event event)
{
	struct world *w = to_world(core);

	if (w->nr_log == w->cap_log) {
		w->cap_log = w->cap_log ? 2 * w->cap_log : 256;
		w->log = must(realloc(w->log, w->cap_log * sizeof(*w->log)));
	}
	w->log[w->nr_log++] = event;
}

static void on_dispatch(struct xrs_core *core, const struct xrs_pick *pick,
			u64 now_ns)
{
	log_event(core, (struct event){ .kind = EV_DISPATCH,
					.job = pick->job,
					.engine = pick->engine,
					.layer = pick->job->layer,
					.score = pick->score,
					.at_ns = now_ns });
}

static void on_finish(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	to_tjob(job)->finishes++;
	log_event(core, (struct event){ .kind = EV_FINISH,
					.job = job,
					.at_ns = now_ns });
}

static void on_wake(struct xrs_core *core, u64 at_ns)
{
	struct world *w = to_world(core);

	w->wake_ns = at_ns;
	w->wakes++;
}

static void on_ready(struct xrs_core *core, struct xrs_job *job, u64 now_ns)
{
	(void)now_ns;
	to_world(core)->readies++;
	to_world(core)->ready_sum +=
		((u64)job->stream->id << 32 ^ job->frame << 16 ^ job->layer) *
		0x9e3779b97f4a7c15ULL;
}

static const struct xrs_core_ops world_ops = {
	.dispatch = on_dispatch,
	.finish = on_finish,
	.wake = on_wake,
	.ready = on_ready,
};

struct world *world_new(u32 max_streams)
{
	struct world *w = must(calloc(1, sizeof(*w)));

	w->wake_ns = XRS_NEVER;
	xrs_core_init(&w->core, &world_ops);
	w->core.watched = XRS_WATCH_SCORES | XRS_WATCH_READY;
	xrs_core_reserve(&w->core,
			 world_alloc(w, xrs_core_reserve_bytes(max_streams)),
			 max_streams);
	world_policy(w, "edf", 0);
	return w;
}

void world_free(struct world *w)
{
	size_t i;

	for (i = 0; i < w->nr_mem; i++)
		free(w->mem[i]);
	free(w->mem);
	free(w->log);
	free(w);
}

int world_setup(void **state)
{
	*state = world_new(64);
	return 0;
}

int world_teardown(void **state)
{
	world_free(*state);
	return 0;
}

void world_policy(struct world *w, const char *name, u64 now_ns)
{
	w->policy = xrs_policy_find(name);
	assert_non_null(w->policy);
	xrs_policy_defaults(w->policy, w->param);
	assert_int_equal(
		xrs_core_set_policy(&w->core, w->policy, w->param, now_ns), 0);
	world_run(w, now_ns);
}

void world_param(struct world *w, enum xrs_param_id id, s64 value, u64 now_ns)
{
	w->param[id] = value;
	assert_int_equal(
		xrs_core_set_policy(&w->core, w->policy, w->param, now_ns), 0);
	world_run(w, now_ns);
}

struct xrs_engine *world_engine(struct world *w, u32 id, const char *name)
{
	struct xrs_engine *engine = world_alloc(w, sizeof(*engine));

	engine->id = id;
	snprintf(engine->class_name, sizeof(engine->class_name), "%s", name);
	assert_int_equal(xrs_core_engine_add(&w->core, engine, w->core.now_ns),
			 0);
	world_run(w, w->core.now_ns);
	return engine;
}

struct xrs_stream *world_stream(struct world *w, u32 id,
				struct xrs_model *model,
				struct xrs_stream *upstream)
{
	struct xrs_stream *stream = world_alloc(w, sizeof(*stream));

	stream->id = id;
	stream->model = model;
	stream->upstream = upstream;
	stream->weight = 1;
	stream->drop_max = 2;
	stream->drop_window = 10;
	assert_int_equal(xrs_core_stream_add(&w->core, stream), 0);
	return stream;
}

struct xrs_job *world_job(struct world *w, struct xrs_stream *stream, u64 frame,
			  u64 release_ns, u64 deadline_ns)
{
	struct tjob *tjob = world_alloc(w, sizeof(*tjob));

	tjob->job.stream = stream;
	tjob->job.frame = frame;
	tjob->job.release_ns = release_ns;
	tjob->job.deadline_ns = deadline_ns;
	return &tjob->job;
}

/* Submit @job, then let the core decide. */
int world_try(struct world *w, struct xrs_job *job, u64 now_ns)
{
	int ret = xrs_core_submit(&w->core, job, now_ns);

	world_run(w, now_ns);
	return ret;
}

struct xrs_job *world_submit(struct world *w, struct xrs_stream *stream,
			     u64 frame, u64 release_ns, u64 deadline_ns,
			     u64 now_ns)
{
	struct xrs_job *job =
		world_job(w, stream, frame, release_ns, deadline_ns);

	assert_int_equal(world_try(w, job, now_ns), 0);
	return job;
}

/* Has the core decide.  A wake-up that has come is not asked for any more. */
void world_run(struct world *w, u64 now_ns)
{
	if (w->wake_ns <= max(now_ns, w->core.now_ns))
		w->wake_ns = XRS_NEVER;
	xrs_core_run(&w->core, now_ns);
}

/* Runs until the core does not ask to be run at once any more. */
void world_settle(struct world *w, u64 now_ns)
{
	u32 rounds = 0;

	do {
		assert_true(rounds++ < 1000);
		world_run(w, now_ns);
	} while (w->wake_ns <= now_ns);
}

/* The running layer ends, having used what the profile says. */
void world_done(struct world *w, struct xrs_engine *engine, u64 now_ns)
{
	assert_non_null(engine->job);
	xrs_core_layer_done(&w->core, engine,
			    xrs_job_cost(engine->job, engine)->energy_pj,
			    now_ns);
	world_run(w, now_ns);
}

void world_down(struct world *w, struct xrs_engine *engine, u64 now_ns)
{
	xrs_core_engine_down(&w->core, engine, now_ns);
	world_run(w, now_ns);
}

void world_up(struct world *w, struct xrs_engine *engine, u64 now_ns)
{
	xrs_core_engine_up(&w->core, engine, now_ns);
	world_run(w, now_ns);
}

void world_cancel(struct world *w, struct xrs_job *job, u64 now_ns)
{
	xrs_core_cancel(&w->core, job, XRS_REASON_CANCEL, now_ns);
	world_run(w, now_ns);
}

/*
 * Not sealed yet.  Each letter of @classes is the name of a class; @cost has
 * one element per layer and letter.
 */
struct xrs_model *model_new(struct world *w, u32 nr_variants,
			    const u32 *nr_layers, const char *classes,
			    const struct xrs_cost *cost)
{
	struct xrs_model *model = world_alloc(w, sizeof(*model));
	u32 nr_classes = (u32)strlen(classes);
	u32 sum = 0;
	u32 i;

	for (i = 0; i < nr_variants; i++)
		sum += nr_layers[i];
	xrs_model_layout(
		model,
		world_alloc(w, xrs_model_bytes(nr_variants, sum, nr_classes)),
		nr_variants, sum, nr_classes);
	for (i = 0, sum = 0; i < nr_variants; i++) {
		model->variant[i].first_layer = sum;
		model->variant[i].nr_layers = nr_layers[i];
		sum += nr_layers[i];
	}
	for (i = 0; i < nr_classes; i++)
		model->class_name[i][0] = classes[i];
	memcpy(model->cost, cost, sizeof(*cost) * sum * nr_classes);
	return model;
}

void model_seal(struct xrs_model *model)
{
	assert_int_equal(xrs_model_seal(model), 0);
}

/* The right side of invariant 1. */
u64 stream_sum(const struct xrs_stream *stream)
{
	const struct xrs_counters *c = &stream->count;

	return c->completed + c->dropped + c->cancelled + c->failed +
	       stream->in_flight;
}

static const struct event *next_dispatch(struct world *w)
{
	while (w->seen < w->nr_log) {
		const struct event *event = &w->log[w->seen++];

		if (event->kind == EV_DISPATCH)
			return event;
	}
	return NULL;
}

void check_dispatch(struct world *w, struct xrs_job *job,
		    struct xrs_engine *engine, const char *file, int line)
{
	const struct event *event = next_dispatch(w);

	if (!event) {
		print_error("expected a dispatch, there is none\n");
		_fail(file, line);
	}
	if (event->job != job || event->engine != engine) {
		print_error("stream %u frame %llu dispatched on engine %u, not "
			    "stream %u frame %llu on engine %u\n",
			    event->job->stream->id,
			    (unsigned long long)event->job->frame,
			    event->engine->id, job->stream->id,
			    (unsigned long long)job->frame, engine->id);
		_fail(file, line);
	}
}

void check_quiet(struct world *w, const char *file, int line)
{
	const struct event *event = next_dispatch(w);

	if (!event)
		return;
	print_error(
		"unexpected dispatch of stream %u frame %llu on engine %u\n",
		event->job->stream->id, (unsigned long long)event->job->frame,
		event->engine->id);
	_fail(file, line);
}

void check_end(struct world *w, struct xrs_job *job, enum xrs_outcome outcome,
	       enum xrs_reason reason, const char *file, int line)
{
	(void)w;
	if (to_tjob(job)->finishes == 1 && job->state == XRS_JOB_DONE &&
	    job->outcome == outcome && job->reason == reason)
		return;
	print_error("stream %u frame %llu: finished %u times, state %u, "
		    "outcome %u, reason %u; expected outcome %u, reason %u\n",
		    job->stream->id, (unsigned long long)job->frame,
		    to_tjob(job)->finishes, job->state, job->outcome,
		    job->reason, outcome, reason);
	_fail(file, line);
}
