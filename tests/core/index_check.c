// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index of the ready set decides as a scan of all ready jobs does: the same
 * random events to two cores, one that always indexes and one that never does,
 * and every decision, score and end must be the same.
 *
 * Usage: index_check [--seed N] [--events N] [--streams N]
 */

#include "naive_model.h"
#include "suite.h"

#define NR_SEEDS 12
#define NR_ENGINES 9
#define NR_MODELS 10
#define MAX_STREAMS 1000
#define STEP (MS / 4)

static u32 nr_events = 6000;
static u32 nr_streams; /* 0: as the seed has it */

/* What a core was seen to do; all of it is compared. */
struct seen {
	enum event_kind kind;
	u32 stream;
	u64 frame;
	u32 layer;
	u32 engine;
	s64 score;
	u64 at_ns;
	u8 outcome;
	u8 reason;
	u8 variant;
};

/**
 * struct drive - One run
 * @w: the core
 * @rng: all that is random
 * @seen: what happened
 * @most_ready: most jobs that were ready after an event
 * @policies: policies that decided with many ready jobs, by index
 */
struct drive {
	struct world *w;
	struct rng rng;
	u64 now_ns;
	struct xrs_model *model[NR_MODELS];
	struct xrs_stream *stream[MAX_STREAMS];
	struct xrs_engine engine[NR_ENGINES];
	u64 done_ns[NR_ENGINES];
	u32 nr_streams;
	u32 next_id;
	struct seen *seen;
	size_t nr_seen;
	size_t cap_seen;
	u32 most_ready;
	u64 policies[16];
	u32 event;
};

static void note(struct drive *d, const struct event *e)
{
	struct seen *s;

	if (d->nr_seen == d->cap_seen) {
		d->cap_seen = d->cap_seen ? 2 * d->cap_seen : 4096;
		d->seen = realloc(d->seen, d->cap_seen * sizeof(*d->seen));
		assert_non_null(d->seen);
	}
	s = &d->seen[d->nr_seen++];
	memset(s, 0, sizeof(*s));
	s->kind = e->kind;
	s->stream = e->job->stream->id;
	s->frame = e->job->frame;
	s->at_ns = e->at_ns;
	s->variant = e->job->variant;
	if (e->kind == EV_FINISH) {
		s->outcome = e->job->outcome;
		s->reason = e->job->reason;
		return;
	}
	s->layer = e->layer;
	s->engine = e->engine->id;
	s->score = e->score;
}

/* The engines begin what was dispatched; jobs that ended are freed. */
static void follow_log(struct drive *d)
{
	struct world *w = d->w;
	u32 ready = w->core.ready[0].nr + w->core.ready[1].nr;
	size_t i;

	for (i = 0; i < w->nr_log; i++) {
		const struct event *e = &w->log[i];

		note(d, e);
		if (e->kind == EV_FINISH)
			continue;
		d->done_ns[e->engine - d->engine] =
			d->now_ns + xrs_job_cost(e->job, e->engine)->latency_ns;
		for (u32 p = 0; ready > XRS_INDEX_MIN && p < xrs_nr_policies;
		     p++)
			d->policies[p] += xrs_policies[p] == w->core.policy;
	}
	for (i = 0; i < w->nr_log; i++)
		if (w->log[i].kind == EV_FINISH)
			free(to_tjob(w->log[i].job));
	w->nr_log = 0;
	d->most_ready = max(d->most_ready, ready);
}

static void submit(struct drive *d)
{
	struct xrs_stream *s = d->stream[rng_below(&d->rng, d->nr_streams)];
	struct rng *rng = &d->rng;
	u64 release = max(d->now_ns, s->last_release_ns);
	struct tjob *tjob;
	struct xrs_job *job;

	if (s->in_flight > 3)
		return;
	if (rng_chance(rng, 50)) /* some moments are everybody's */
		release += 16 * STEP - release % (16 * STEP);
	tjob = calloc(1, sizeof(*tjob));
	assert_non_null(tjob);
	job = &tjob->job;
	job->stream = s;
	job->frame = s->next_frame;
	job->release_ns = release;
	job->deadline_ns = release + s->period_ns;
	if (rng_chance(rng, 20))
		job->deadline_ns += rng_below(rng, 16 * STEP);
	job->skip_mask = rng_u64(rng);
	job->exit = (u8)rng_below(rng, 4);
	if (rng_chance(rng, 20))
		job->variant = (u8)rng_range(rng, 1, s->model->nr_variants);
	if (xrs_core_submit(&d->w->core, job, d->now_ns))
		free(tjob);
}

static void cancel(struct drive *d)
{
	struct xrs_stream *s = d->stream[rng_below(&d->rng, d->nr_streams)];
	struct list_head *list =
		rng_chance(&d->rng, 50) ? &s->fresh : &s->stale;

	if (!list_empty(list))
		xrs_core_cancel(&d->w->core,
				list_first_entry(list, struct xrs_job, node),
				XRS_REASON_CANCEL, d->now_ns);
}

static void stream_add(struct drive *d)
{
	struct rng *rng = &d->rng;
	struct xrs_stream *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->id = d->next_id++ ^ 5; /* not in the order of addition */
	s->model = d->model[rng_below(rng, NR_MODELS)];
	s->period_ns = (16 * STEP) << rng_below(rng, 5);
	s->deadline_ns = s->period_ns;
	if (d->nr_streams && rng_chance(rng, 20)) {
		s->upstream = d->stream[rng_below(rng, d->nr_streams)];
		s->trigger_ppm = (u32)rng_range(rng, 1, XRS_PPM);
	}
	s->drop_max = (u16)rng_below(rng, 6);
	s->drop_window = (u16)rng_range(rng, s->drop_max, 12);
	s->no_early_drop = rng_chance(rng, 10);
	if (xrs_core_stream_add(&d->w->core, s)) {
		s->upstream = NULL;
		assert_int_equal(xrs_core_stream_add(&d->w->core, s), 0);
	}
	d->stream[d->nr_streams++] = s;
}

static void stream_remove(struct drive *d)
{
	u32 i = (u32)rng_below(&d->rng, d->nr_streams);
	struct xrs_stream *s = d->stream[i];

	if (d->nr_streams < 2 || xrs_core_stream_remove(&d->w->core, s))
		return;
	d->stream[i] = d->stream[--d->nr_streams];
	free(s);
}

static void engine_event(struct drive *d)
{
	struct xrs_engine *e = &d->engine[rng_below(&d->rng, NR_ENGINES)];
	struct xrs_core *core = &d->w->core;

	if (!e->up)
		xrs_core_engine_up(core, e, d->now_ns);
	else if (hweight64(core->up) > 3 || rng_chance(&d->rng, 20))
		xrs_core_engine_down(core, e, d->now_ns);
}

static void policy_event(struct drive *d)
{
	const struct xrs_policy *policy =
		xrs_policies[rng_below(&d->rng, xrs_nr_policies)];
	s64 param[XRS_PARAM_NR];
	u32 id;

	xrs_policy_defaults(policy, param);
	for (id = 0; id < XRS_PARAM_NR; id++) {
		const struct xrs_param *p = &xrs_params[id];

		if (!(policy->params & (1U << id)) || rng_chance(&d->rng, 40))
			continue;
		param[id] = p->min +
			    (s64)rng_below(&d->rng, (u64)(p->max - p->min) + 1);
	}
	/* What drops leaves little to decide. */
	if (rng_chance(&d->rng, 70))
		param[XRS_PARAM_ADMIT] = XRS_ADMIT_OFF;
	if (rng_chance(&d->rng, 50))
		param[XRS_PARAM_EXPIRED] = XRS_EXPIRED_CLAMP;
	param[XRS_PARAM_AT_RISK] = min_t(s64, param[XRS_PARAM_AT_RISK], 40);
	assert_int_equal(
		xrs_core_set_policy(&d->w->core, policy, param, d->now_ns), 0);
}

/* On to the next layer's end or the next moment that the core asked for. */
static void advance(struct drive *d)
{
	u64 next = d->w->wake_ns;
	u32 i;

	for (i = 0; i < NR_ENGINES; i++)
		if (d->engine[i].job)
			next = min(next, d->done_ns[i]);
	if (next == XRS_NEVER)
		next = d->now_ns + STEP;
	d->now_ns = max(d->now_ns, next);
	for (i = 0; i < NR_ENGINES; i++)
		if (d->engine[i].job && d->done_ns[i] <= d->now_ns)
			xrs_core_layer_done(&d->w->core, &d->engine[i],
					    xrs_job_cost(d->engine[i].job,
							 &d->engine[i])
						    ->energy_pj,
					    d->now_ns);
}

static void step(struct drive *d)
{
	u32 r = (u32)rng_below(&d->rng, 1000);
	u32 i;

	if (r < 300)
		for (i = 0; i < d->nr_streams / 20 + 1; i++)
			submit(d);
	else if (r < 310)
		cancel(d);
	else if (r < 320)
		engine_event(d);
	else if (r < 330)
		policy_event(d);
	else if (r < 333)
		stream_remove(d);
	else if (r < 337 && d->nr_streams < MAX_STREAMS)
		stream_add(d);
	else
		advance(d);
	world_run(d->w, d->now_ns);
	follow_log(d);
}

static struct drive *drive_new(u64 seed, u32 index_min)
{
	struct drive *d = calloc(1, sizeof(*d));
	u32 i, nr;

	assert_non_null(d);
	d->rng.state = seed * 0x2545f4914f6cdd1dULL;
	d->w = world_new(MAX_STREAMS);
	d->w->core.index_min = index_min;
	for (i = 0; i < NR_MODELS; i++)
		d->model[i] = model_random(d->w, &d->rng, 12, "abcd");
	policy_event(d);
	for (i = 0; i < NR_ENGINES; i++) {
		d->engine[i].id = i < NR_ENGINES - 1 ? i : XRS_MAX_ENGINES - 1;
		d->engine[i].class_name[0] = "abcd"[rng_below(&d->rng, 4)];
		d->engine[i].pes = (u32)rng_range(&d->rng, 1, 3);
		assert_int_equal(
			xrs_core_engine_add(&d->w->core, &d->engine[i], 0), 0);
	}
	nr = nr_streams ? nr_streams : (u32)rng_log(&d->rng, 20, 400);
	while (d->nr_streams < nr)
		stream_add(d);
	return d;
}

static void drive_free(struct drive *d)
{
	u32 i;

	for (i = 0; i < d->nr_streams; i++) {
		struct list_head *list[] = { &d->stream[i]->fresh,
					     &d->stream[i]->stale };
		struct xrs_job *job, *next;

		for (u32 k = 0; k < 2; k++)
			list_for_each_entry_safe(job, next, list[k], node)
				free(to_tjob(job));
		free(d->stream[i]);
	}
	world_free(d->w);
	free(d->seen);
	free(d);
}

static void tell(const char *who, const struct seen *s)
{
	print_error("%s: %s stream %u frame %llu layer %u engine %u score %lld "
		    "at %llu outcome %u reason %u variant %u\n",
		    who, s->kind == EV_FINISH ? "end" : "dispatch", s->stream,
		    (unsigned long long)s->frame, s->layer, s->engine,
		    (long long)s->score, (unsigned long long)s->at_ns,
		    s->outcome, s->reason, s->variant);
}

/* The last events, from @from on, are the same. */
static void compare(u64 seed, const struct drive *a, const struct drive *b,
		    size_t from)
{
	size_t i;

	for (i = from; i < a->nr_seen && i < b->nr_seen; i++)
		if (memcmp(&a->seen[i], &b->seen[i], sizeof(a->seen[i])))
			break;
	if (i == a->nr_seen && i == b->nr_seen)
		return;
	if (i < a->nr_seen)
		tell("one", &a->seen[i]);
	if (i < b->nr_seen)
		tell("other", &b->seen[i]);
	fail_msg("--seed %llu --events %u (%s): the two differ",
		 (unsigned long long)seed, a->event + 1,
		 a->w->core.policy->name);
}

/*
 * Nobody looks at scores: what there is no choice about is decided without, and
 * like that.
 */
static void unscored(void **state)
{
	u32 streams = nr_streams;
	u64 seed, without = 0;

	(void)state;
	nr_streams = 3;
	for (seed = 1; seed <= NR_SEEDS; seed++) {
		struct drive *a = drive_new(seed, XRS_INDEX_MIN);
		struct drive *b = drive_new(seed, XRS_INDEX_MIN);

		b->w->core.watched &= ~XRS_WATCH_SCORES;
		for (; a->event < nr_events; a->event++) {
			size_t from = a->nr_seen;

			step(a);
			step(b);
			for (size_t i = from; i < min(a->nr_seen, b->nr_seen);
			     i++) {
				if (b->seen[i].score || !a->seen[i].score)
					continue;
				b->seen[i].score = a->seen[i].score;
				without++;
			}
			compare(seed, a, b, from);
		}
		assert_int_equal(b->w->core.policy_faults, 0);
		drive_free(a);
		drive_free(b);
	}
	nr_streams = streams;
	printf("# %llu decisions without a score\n",
	       (unsigned long long)without);
	assert_true(without > 100);
}

static u64 all_policies[16];

/* Every third seed with the index coming and going as in use. */
static void index_check(void **state)
{
	u64 seed = *(u64 *)*state;
	struct drive *a = drive_new(seed, seed % 3 ? 0 : XRS_INDEX_MIN);
	struct drive *b = drive_new(seed, ~0U);
	u32 p;

	for (; a->event < nr_events; a->event++) {
		size_t from = a->nr_seen;

		step(a);
		step(b);
		compare(seed, a, b, from);
	}
	printf("# seed %llu: %u streams, %zu events compared, %u ready at "
	       "most\n",
	       (unsigned long long)seed, a->nr_streams, a->nr_seen,
	       a->most_ready);
	for (p = 0; p < xrs_nr_policies; p++)
		all_policies[p] += a->policies[p];
	assert_int_equal(a->w->core.policy_faults, 0);
	assert_int_equal(b->w->core.policy_faults, 0);
	drive_free(a);
	drive_free(b);
}

/* Each policy decided with many ready jobs. */
static void all_decided(void **state)
{
	u32 p;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++) {
		printf("# %s: %llu decisions\n", xrs_policies[p]->name,
		       (unsigned long long)all_policies[p]);
		assert_true(all_policies[p] > 100);
	}
}

int main(int argc, char **argv)
{
	static u64 seed[NR_SEEDS];
	static char name[NR_SEEDS][40];
	struct CMUnitTest tests[NR_SEEDS + 2] = { 0 };
	size_t nr = NR_SEEDS;
	int i;

	for (i = 0; i < NR_SEEDS; i++)
		seed[i] = 1 + (u64)i;
	for (i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--seed")) {
			seed[0] = strtoull(argv[i + 1], NULL, 0);
			nr = 1;
		} else if (!strcmp(argv[i], "--events")) {
			nr_events = (u32)strtoul(argv[i + 1], NULL, 0);
		} else if (!strcmp(argv[i], "--streams")) {
			nr_streams = (u32)strtoul(argv[i + 1], NULL, 0);
		} else {
			break;
		}
	}
	if (i != argc || nr_streams > MAX_STREAMS) {
		fprintf(stderr, "usage: index_check [--seed N] [--events N] "
				"[--streams N]\n");
		return 2;
	}
	for (i = 0; i < (int)nr; i++) {
		snprintf(name[i], sizeof(name[i]), "index_check seed %llu",
			 (unsigned long long)seed[i]);
		tests[i].name = name[i];
		tests[i].test_func = index_check;
		tests[i].initial_state = &seed[i];
	}
	if (nr == NR_SEEDS) {
		tests[nr].name = "all_decided";
		tests[nr++].test_func = all_decided;
		tests[nr].name = "unscored";
		tests[nr++].test_func = unscored;
	}
	return _cmocka_run_group_tests("core: index", tests, nr, NULL, NULL)
		       ? 1
		       : 0;
}
