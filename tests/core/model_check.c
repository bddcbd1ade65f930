// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random events to the core, faults of all kinds among them, and the same ones
 * to a naive reference: decisions, outcomes, counters and wake-ups must be the
 * same, and the invariants hold after each.
 *
 * Usage: model_check [--seed N] [--events N]
 *
 * Without --seed, a fixed set of seeds; each failure names the seed and event.
 */

#include "invariants.h"
#include "naive.h"

#define NR_SEEDS 10
#define NR_IDS 6
#define MAX_STREAMS 10
#define NR_MODELS 8
#define STEP (MS / 4)

static u32 nr_events = 10000;

/* Sums over all seeds, as struct naive_tally. */
static u64 all_contested[6];
static u64 all_lost[12];
static u64 all_quarantined, all_returned;

/**
 * struct check - One run
 * @w: the core
 * @n: the reference
 * @rng: all that is random
 * @now_ns: time
 * @ops: what the core asks for, with resets that are answered later
 * @model: models that streams use
 * @stream: streams that exist
 * @up: whether an engine of the reference is there
 * @done_ns: when the engine's layer ends
 * @next_id: number of the next stream
 * @submits: share of submissions among the events, per cent
 * @event: number of the event
 */
struct check {
	struct world *w;
	struct naive *n;
	struct xrs_core_ops ops;
	struct rng rng;
	u64 seed;
	u64 now_ns;
	struct xrs_model *model[NR_MODELS];
	u64 done_ns[XRS_MAX_ENGINES];
	u32 next_id;
	u32 submits;
	u32 event;
	u64 ended;
};

/* Not 0 … 5 only: the last one, too. */
static u32 engine_id(u32 i)
{
	return i == NR_IDS - 1 ? XRS_MAX_ENGINES - 1 : i;
}

static void engine_add(struct check *c, u32 id)
{
	struct xrs_engine *e = calloc(1, sizeof(*e));

	assert_non_null(e);
	e->id = id;
	e->class_name[0] = "abcd"[rng_below(&c->rng, 4)];
	e->guarded = rng_chance(&c->rng, 50);
	e->floor_ns =
		rng_chance(&c->rng, 30) ? rng_below(&c->rng, 30 * STEP) : 0;
	assert_int_equal(xrs_core_engine_add(&c->w->core, e, c->now_ns), 0);
	memset(&c->n->engine[id], 0, sizeof(c->n->engine[id]));
	c->n->engine[id].twin = e;
	c->n->engine[id].guarded = e->guarded;
	c->n->engine[id].floor_ns = e->floor_ns;
	naive_engine_up(c->n, id, e->class_name, c->now_ns);
}

static void engine_remove(struct check *c, u32 id)
{
	struct xrs_engine *e = c->n->engine[id].twin;

	xrs_core_engine_remove(&c->w->core, e, c->now_ns);
	naive_engine_down(c->n, id, c->now_ns);
	c->n->engine[id].twin = NULL;
	memset(e, 0xff, sizeof(*e));
	free(e);
}

static void engine_event(struct check *c)
{
	u32 id = engine_id((u32)rng_below(&c->rng, NR_IDS));
	struct xrs_engine *e = c->n->engine[id].twin;

	/* mostly some are up */
	if (e && e->up && hweight64(c->w->core.up) <= 3 &&
	    rng_chance(&c->rng, 70))
		return;
	if (!e)
		engine_add(c, id);
	else if (rng_chance(&c->rng, 20))
		engine_remove(c, id);
	else if (e->up) {
		xrs_core_engine_down(&c->w->core, e, c->now_ns);
		naive_engine_down(c->n, id, c->now_ns);
	} else {
		xrs_core_engine_up(&c->w->core, e, c->now_ns);
		naive_engine_up(c->n, id, e->class_name, c->now_ns);
	}
}

/* ----- faults ------------------------------------------------------------ */

static void guard_event(struct check *c)
{
	struct rng *rng = &c->rng;
	struct xrs_guard *g = &c->n->guard;

	g->floor_ns = rng_range(rng, 1, 40) * STEP;
	g->factor = (u32)rng_range(rng, 1, 4);
	g->retries = (u32)rng_below(rng, 4);
	g->strikes = (u32)(rng_chance(rng, 70) ? rng_range(rng, 1, 4)
					       : XRS_MAX_STRIKES);
	g->rest_ns = rng_range(rng, 1, 8) * STEP;
	g->rest_max_ns = g->rest_ns * rng_range(rng, 1, 40);
	assert_int_equal(xrs_core_set_guard(&c->w->core, g, c->now_ns), 0);
	c->n->now_ns = max(c->n->now_ns, c->now_ns);
}

/* Resets are answered by an event of their own. */
static void no_answer_yet(struct xrs_core *core, struct xrs_engine *engine,
			  u64 now_ns)
{
	(void)core;
	(void)engine;
	(void)now_ns;
}

static void park(struct check *c, u32 id, bool parked)
{
	struct nengine *e = &c->n->engine[id];

	if (e->parked == parked)
		return;
	xrs_core_engine_park(&c->w->core, e->twin, parked, c->now_ns);
	e->parked = parked;
	c->n->now_ns = max(c->n->now_ns, c->now_ns);
}

/* Something of an engine that has to do with faults, or a word too late. */
static void fault_event(struct check *c)
{
	u32 id = engine_id((u32)rng_below(&c->rng, NR_IDS));
	struct nengine *e = &c->n->engine[id];
	bool ok = rng_chance(&c->rng, 70);

	if (!e->twin || rng_chance(&c->rng, 3)) {
		guard_event(c);
	} else if (rng_chance(&c->rng, 60)) {
		xrs_core_engine_reset(&c->w->core, e->twin, ok, c->now_ns);
		naive_engine_reset(c->n, id, ok, c->now_ns);
	} else if (rng_chance(&c->rng, 30)) {
		xrs_core_engine_guard(&c->w->core, e->twin, c->now_ns);
		if (!e->guarded)
			naive_engine_guard(c->n, id, c->now_ns);
	} else if (rng_chance(&c->rng, 60)) {
		park(c, id, rng_chance(&c->rng, 30));
	} else if (!e->job) {
		/* Of a layer that was taken away: nothing follows. */
		xrs_core_layer_done(&c->w->core, e->twin, 1, c->now_ns);
		xrs_core_layer_failed(&c->w->core, e->twin, XRS_REASON_FAULT, 1,
				      c->now_ns);
		c->n->now_ns = max(c->n->now_ns, c->now_ns);
	}
}

static void layer_fails(struct check *c, u32 id, u64 energy_pj)
{
	static const enum xrs_reason reasons[] = {
		XRS_REASON_FAULT,
		XRS_REASON_FAULT,
		XRS_REASON_TIMEOUT,
		XRS_REASON_REFUSED,
	};
	enum xrs_reason reason = reasons[rng_below(&c->rng, 4)];

	xrs_core_layer_failed(&c->w->core, c->n->engine[id].twin, reason,
			      energy_pj, c->now_ns);
	naive_layer_failed(c->n, id, reason, energy_pj, c->now_ns);
}

static void policy_event(struct check *c)
{
	/*
	 * Not those whose rule changes under way (tuner, early drop) or leaves
	 * engines idle (fcfs-static): these are for the unit tests.
	 */
	static const char *const names[] = {
		"fcfs", "edf", "dream",	  "dream",   "dream",	 "dream",
		"rr",	"llf", "xrbench", "veltair", "planaria",
	};
	const struct xrs_policy *policy =
		xrs_policy_find(names[rng_below(&c->rng, ARRAY_SIZE(names))]);
	s64 param[XRS_PARAM_NR];
	u32 id;

	xrs_policy_defaults(policy, param);
	for (id = 0; id < XRS_PARAM_NR; id++) {
		const struct xrs_param *p = &xrs_params[id];

		/* chains are for the unit tests: the reference has none */
		if (!(policy->params & (1U << id)) || id == XRS_PARAM_CHAIN ||
		    rng_chance(&c->rng, 30))
			continue;
		param[id] = p->min +
			    (s64)rng_below(&c->rng, (u64)(p->max - p->min) + 1);
	}
	/* mostly without: it leaves little to do */
	if (rng_chance(&c->rng, 60))
		param[XRS_PARAM_ADMIT] = XRS_ADMIT_OFF;
	assert_int_equal(
		xrs_core_set_policy(&c->w->core, policy, param, c->now_ns), 0);
	naive_rules(c->n, policy, param, c->now_ns);
}

static struct nstream *any_stream(struct check *c)
{
	if (!c->n->nr_streams)
		return NULL;
	return c->n->stream[rng_below(&c->rng, c->n->nr_streams)];
}

static u32 depth(const struct nstream *s)
{
	u32 nr = 0;

	for (; s; s = s->upstream)
		nr++;
	return nr;
}

static void stream_add(struct check *c)
{
	struct nstream *up = rng_chance(&c->rng, 45) ? any_stream(c) : NULL;
	struct xrs_stream *s;
	int ret;

	if (c->n->nr_streams == MAX_STREAMS)
		return;
	s = calloc(1, sizeof(*s));
	assert_non_null(s);
	/* not in the order of addition */
	s->id = c->next_id++ ^ 5;
	s->model = c->model[rng_below(&c->rng, NR_MODELS)];
	s->upstream = up ? up->twin : NULL;
	s->weight = 1;
	ret = xrs_core_stream_add(&c->w->core, s);
	assert_int_equal(ret, depth(up) < XRS_MAX_DEPTH ? 0 : -ELOOP);
	if (ret)
		free(s);
	else
		naive_stream_add(c->n, s, up);
}

static void stream_remove(struct check *c, struct nstream *s)
{
	bool busy = s->fresh.nr || s->stale.nr;
	struct xrs_stream *twin = s->twin;
	int ret = xrs_core_stream_remove(&c->w->core, twin);
	u32 i;

	for (i = 0; i < c->n->nr_streams; i++)
		busy |= c->n->stream[i]->upstream == s;
	assert_int_equal(ret, busy ? -EBUSY : 0);
	if (busy)
		return;
	naive_stream_remove(c->n, s);
	memset(twin, 0xff, sizeof(*twin));
	free(twin);
}

static void stream_event(struct check *c)
{
	struct nstream *s = any_stream(c);

	if (c->n->nr_streams < 5 || rng_chance(&c->rng, 60))
		stream_add(c);
	else if (!c->w->nr_log) /* jobs that ended just now name their stream */
		stream_remove(c, s);
}

/* Mostly one that its upstream stream knows. */
static u64 random_frame(struct check *c, const struct nstream *s)
{
	const struct nstream *up = s->upstream;
	u64 frame = s->next_frame;
	u32 i;

	if (!up || rng_chance(&c->rng, 10))
		return frame +
		       (rng_chance(&c->rng, 80) ? 0 : rng_below(&c->rng, 4));
	for (i = 0; i < up->fresh.nr; i++)
		if (up->fresh.job[i]->frame >= frame && rng_chance(&c->rng, 70))
			return up->fresh.job[i]->frame;
	for (i = up->nr_done; i-- > 0;)
		if (up->done[i][0] >= frame && rng_chance(&c->rng, 70))
			return up->done[i][0];
	return frame;
}

static void submit(struct check *c)
{
	struct nstream *s = any_stream(c);
	struct rng *rng = &c->rng;
	struct tjob *tjob;
	struct xrs_job *job;
	u64 release;
	int want, got;

	if (!s || s->fresh.nr + s->stale.nr > 6)
		return;
	release = max(c->now_ns, s->last_release_ns);
	if (rng_chance(rng, 40)) /* some moments are everybody's */
		release = (release / (32 * STEP) + rng_below(rng, 3)) *
				  (32 * STEP) +
			  32 * STEP;
	else if (rng_chance(rng, 40))
		release += rng_below(rng, 40) * STEP;
	else if (rng_chance(rng, 20))
		release = s->last_release_ns +
			  rng_below(rng, release - s->last_release_ns + 1);
	tjob = calloc(1, sizeof(*tjob));
	assert_non_null(tjob);
	job = &tjob->job;
	job->stream = s->twin;
	job->frame = random_frame(c, s);
	job->release_ns = release;
	job->deadline_ns =
		release + 1 + rng_log(rng, 1, 400) * STEP - rng_below(rng, 2);
	job->skip_mask = rng_u64(rng);
	job->exit = (u8)rng_below(rng, 4);
	if (rng_chance(rng, 30))
		job->variant = (u8)rng_range(rng, 1, s->model->nr_variants);
	switch (rng_below(rng, 100)) {
	case 0:
		job->frame -= job->frame > 0;
		break;
	case 1:
		job->release_ns -= job->release_ns > 0;
		break;
	case 2:
		job->deadline_ns = job->release_ns;
		break;
	case 3:
		job->variant = (u8)(s->model->nr_variants + 1);
		break;
	case 4:
		job->exit = XRS_MAX_EXITS + 1;
		break;
	}
	want = naive_submit(c->n, s, job, c->now_ns);
	got = xrs_core_submit(&c->w->core, job, c->now_ns);
	if (got != want)
		naive_fail(c->n, "submit returned %d, not %d", got, want);
	if (want)
		free(tjob);
}

static void cancel(struct check *c)
{
	struct nstream *s = any_stream(c);
	enum xrs_reason reason =
		rng_chance(&c->rng, 50) ? XRS_REASON_CANCEL : XRS_REASON_CLOSE;
	struct njob *job;
	u32 i;

	if (!s || !(s->fresh.nr + s->stale.nr))
		return;
	i = (u32)rng_below(&c->rng, s->fresh.nr + s->stale.nr);
	job = i < s->fresh.nr ? s->fresh.job[i] : s->stale.job[i - s->fresh.nr];
	if (xrs_core_find(s->twin, job->frame) != job->twin)
		naive_fail(c->n, "stream %u frame %llu is not found", s->id,
			   (unsigned long long)job->frame);
	xrs_core_cancel(&c->w->core, job->twin, reason, c->now_ns);
	naive_cancel(c->n, job, reason, c->now_ns);
}

static void layer_done(struct check *c, u32 id)
{
	struct nengine *e = &c->n->engine[id];
	const struct xrs_cost *cost = naive_cost(e->job->stream->model,
						 e->job->layer, &c->n->set, id);
	u64 pj = cost->energy_pj;

	if (rng_chance(&c->rng, 20))
		pj = pj / 2 + rng_below(&c->rng, pj + 1);
	if (rng_chance(&c->rng, 4)) {
		layer_fails(c, id, pj);
		return;
	}
	xrs_core_layer_done(&c->w->core, e->twin, pj, c->now_ns);
	naive_layer_done(c->n, id, pj, c->now_ns);
	if (e->twin->job)
		naive_fail(c->n, "engine %u still runs a job", id);
}

static u32 first_done(const struct check *c)
{
	u32 best = XRS_MAX_ENGINES;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (c->n->engine[id].twin && c->n->engine[id].job &&
		    (best == XRS_MAX_ENGINES ||
		     c->done_ns[id] < c->done_ns[best]))
			best = id;
	return best;
}

/*
 * On to the next layer's end or the next moment that the core asked for, if
 * time may pass.
 */
static void advance(struct check *c, bool pass)
{
	u32 id = first_done(c);
	u64 done = id < XRS_MAX_ENGINES ? c->done_ns[id] : XRS_NEVER;
	u64 wake = c->w->wake_ns;

	if (done == XRS_NEVER && wake == XRS_NEVER) {
		submit(c);
		return;
	}
	wake = min(done, wake);
	if (pass)
		c->now_ns = max(c->now_ns, wake);
	if (pass && c->n->late && rng_chance(&c->rng, 20))
		c->now_ns += rng_below(&c->rng, 20) * STEP;
	if (done <= c->now_ns)
		layer_done(c, id);
}

/* Some time before anything happens by itself. */
static void idle_time(struct check *c)
{
	u32 id = first_done(c);
	u64 until = min(id < XRS_MAX_ENGINES ? c->done_ns[id] : XRS_NEVER,
			c->w->wake_ns);

	if (until == XRS_NEVER)
		until = c->now_ns + STEP;
	if (until > c->now_ns)
		c->now_ns += rng_below(&c->rng, until - c->now_ns);
}

/* @pass: time may pass before it. */
static void event(struct check *c, bool pass)
{
	struct rng *rng = &c->rng;
	u32 r = (u32)rng_below(rng, 1000);

	if (pass && rng_chance(rng, 20))
		idle_time(c);
	if (r < 10 * c->submits)
		submit(c);
	else if (r < 10 * c->submits + 15)
		cancel(c);
	else if (r < 10 * c->submits + 30)
		engine_event(c);
	else if (r < 10 * c->submits + 40)
		policy_event(c);
	else if (r < 10 * c->submits + 50)
		stream_event(c);
	else if (r < 10 * c->submits + 60)
		return;
	else if (r < 10 * c->submits + 90)
		fault_event(c);
	else
		advance(c, pass);
}

/* The engines begin what was dispatched; jobs that ended go back to the heap. */
static void follow_log(struct check *c)
{
	struct world *w = c->w;
	size_t i;

	for (i = 0; i < w->nr_log; i++) {
		const struct event *e = &w->log[i];
		u64 ns;

		if (e->kind == EV_FINISH)
			continue;
		ns = xrs_job_cost(e->job, e->engine)->latency_ns;
		if (rng_chance(&c->rng, 15))
			ns = ns / 2 + rng_below(&c->rng, ns);
		c->done_ns[e->engine->id] = c->now_ns + ns;
		/* One that hangs. */
		if (e->engine->guarded && rng_chance(&c->rng, 3))
			c->done_ns[e->engine->id] = XRS_NEVER;
	}
	for (i = 0; i < w->nr_log; i++) {
		if (w->log[i].kind != EV_FINISH)
			continue;
		c->ended++;
		memset(to_tjob(w->log[i].job), 0xff, sizeof(struct tjob));
		free(to_tjob(w->log[i].job));
	}
	w->nr_log = 0;
}

static void step(struct check *c)
{
	const char *broken;

	/* Several events of one moment may precede a run. */
	event(c, true);
	while (rng_chance(&c->rng, 15))
		event(c, false);
	world_run(c->w, c->now_ns);
	naive_run(c->n, c->w->log, c->w->nr_log, c->now_ns);
	naive_compare(c->n, c->w);
	broken = invariants_broken(c->w);
	if (broken)
		naive_fail(c->n, "%s", broken);
	if (c->n->error[0])
		fail_msg("--seed %llu --events %u (at %llu ns, %s): %s",
			 (unsigned long long)c->seed, c->event + 1,
			 (unsigned long long)c->now_ns, c->n->policy->name,
			 c->n->error);
	follow_log(c);
}

static struct check *check_new(u64 seed)
{
	struct check *c = calloc(1, sizeof(*c));
	u32 i;

	assert_non_null(c);
	c->seed = seed;
	c->rng.state = seed * 0x2545f4914f6cdd1dULL;
	c->w = world_new(MAX_STREAMS);
	c->n = calloc(1, sizeof(*c->n));
	assert_non_null(c->n);
	c->submits = (u32)rng_range(&c->rng, 15, 40);
	c->n->late = rng_chance(&c->rng, 50);
	c->n->slow_reset = rng_chance(&c->rng, 50);
	c->ops = *c->w->core.ops;
	if (c->n->slow_reset)
		c->ops.reset = no_answer_yet;
	c->w->core.ops = &c->ops;
	guard_event(c);
	for (i = 0; i < NR_MODELS; i++)
		c->model[i] = model_random(c->w, &c->rng, 12, "abcd");
	policy_event(c);
	for (i = 0; i < 4; i++)
		engine_add(c, engine_id(i));
	for (i = 0; i < MAX_STREAMS - 2; i++)
		stream_add(c);
	return c;
}

/* No more frames: with an engine up, all of them end. */
static void drain(struct check *c)
{
	u32 in_flight = 1;
	u32 i;

	for (c->submits = 0; in_flight; c->event++) {
		if (c->event > nr_events + 20000)
			fail_msg("--seed %llu: jobs do not end",
				 (unsigned long long)c->seed);
		step(c);
		in_flight = 0;
		for (i = 0; i < c->n->nr_streams; i++)
			in_flight += c->n->stream[i]->twin->in_flight;
	}
}

static void check_free(struct check *c)
{
	u32 i;

	while (c->n->nr_streams)
		for (i = 0; i < c->n->nr_streams; i++)
			stream_remove(c, c->n->stream[i]);
	for (i = 0; i < XRS_MAX_ENGINES; i++)
		if (c->n->engine[i].twin)
			engine_remove(c, i);
	naive_free(c->n);
	world_free(c->w);
	free(c);
}

/* What was gone through; a run that did next to nothing has shown nothing. */
static void tell(const struct check *c)
{
	const struct naive_tally *t = &c->n->tally;
	u32 i;

	printf("# seed %llu: %llu completed %llu dropped %llu cancelled %llu "
	       "failed; %llu decisions, contested fcfs %llu edf %llu dream "
	       "%llu, stale %llu, near ties %llu; lost to faults %llu, too "
	       "slow %llu, refused %llu, quarantines %llu, returns %llu\n",
	       (unsigned long long)c->seed,
	       (unsigned long long)t->outcome[XRS_COMPLETED],
	       (unsigned long long)t->outcome[XRS_DROPPED],
	       (unsigned long long)t->outcome[XRS_CANCELLED],
	       (unsigned long long)t->outcome[XRS_FAILED],
	       (unsigned long long)c->w->core.decisions,
	       (unsigned long long)t->contested[0],
	       (unsigned long long)t->contested[1],
	       (unsigned long long)t->contested[2],
	       (unsigned long long)t->stale, (unsigned long long)t->near_ties,
	       (unsigned long long)t->lost[XRS_REASON_FAULT],
	       (unsigned long long)t->lost[XRS_REASON_TIMEOUT],
	       (unsigned long long)t->lost[XRS_REASON_REFUSED],
	       (unsigned long long)t->quarantined,
	       (unsigned long long)t->returned);
	for (i = 0; i < ARRAY_SIZE(all_lost); i++)
		all_lost[i] += t->lost[i];
	all_quarantined += t->quarantined;
	all_returned += t->returned;
	for (i = 0; i < ARRAY_SIZE(all_contested); i++)
		all_contested[i] += t->contested[i];
	if (nr_events < 10000)
		return;
	assert_true(c->w->core.decisions > nr_events / 10);
	assert_true(t->outcome[XRS_COMPLETED] > nr_events / 100);
	assert_true(t->contested[2] > nr_events / 500);
}

static void model_check(void **state)
{
	u64 seed = *(u64 *)*state;
	struct check *c = check_new(seed);

	for (; c->event < nr_events; c->event++)
		step(c);
	drain(c);
	tell(c);
	assert_int_equal(c->w->core.policy_faults, 0);
	check_free(c);
}

/* Each rule had something to decide. */
static void all_kinds(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(all_contested); i++)
		assert_true(all_contested[i] > nr_events / 100);
	assert_true(all_lost[XRS_REASON_FAULT] > nr_events / 100);
	assert_true(all_lost[XRS_REASON_TIMEOUT] > nr_events / 100);
	assert_true(all_lost[XRS_REASON_REFUSED] > nr_events / 100);
	assert_true(all_quarantined > nr_events / 100);
	assert_true(all_returned > nr_events / 100);
}

int main(int argc, char **argv)
{
	static u64 seed[NR_SEEDS];
	static char name[NR_SEEDS][40];
	struct CMUnitTest tests[NR_SEEDS + 1] = { 0 };
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
		} else {
			break;
		}
	}
	if (i != argc) {
		fprintf(stderr, "usage: model_check [--seed N] [--events N]\n");
		return 2;
	}
	for (i = 0; i < (int)nr; i++) {
		snprintf(name[i], sizeof(name[i]), "model_check seed %llu",
			 (unsigned long long)seed[i]);
		tests[i].name = name[i];
		tests[i].test_func = model_check;
		tests[i].initial_state = &seed[i];
	}
	if (nr == NR_SEEDS) {
		tests[nr].name = "all_kinds";
		tests[nr++].test_func = all_kinds;
	}
	return _cmocka_run_group_tests("core: model check", tests, nr, NULL,
				       NULL)
		       ? 1
		       : 0;
}
