// SPDX-License-Identifier: GPL-2.0-only
/*
 * What may happen in the model check, at random: to the core, and the same to
 * the reference.
 */

#include "model_check.h"

#define NR_IDS 6
#define STEP (MS / 4)

u32 check_engine_id(u32 i)
{
	return i == NR_IDS - 1 ? XRS_MAX_ENGINES - 1 : i;
}

void check_engine_add(struct check *c, u32 id)
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

void check_engine_remove(struct check *c, u32 id)
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
	u32 id = check_engine_id((u32)rng_below(&c->rng, NR_IDS));
	struct xrs_engine *e = c->n->engine[id].twin;

	/* mostly some are up */
	if (e && e->up && hweight64(c->w->core.up) <= 3 &&
	    rng_chance(&c->rng, 70))
		return;
	if (!e)
		check_engine_add(c, id);
	else if (rng_chance(&c->rng, 20))
		check_engine_remove(c, id);
	else if (e->up) {
		xrs_core_engine_down(&c->w->core, e, c->now_ns);
		naive_engine_down(c->n, id, c->now_ns);
	} else {
		xrs_core_engine_up(&c->w->core, e, c->now_ns);
		naive_engine_up(c->n, id, e->class_name, c->now_ns);
	}
}

/* ----- faults ------------------------------------------------------------ */

void check_guard(struct check *c)
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

void check_no_answer(struct xrs_core *core, struct xrs_engine *engine,
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
	u32 id = check_engine_id((u32)rng_below(&c->rng, NR_IDS));
	struct nengine *e = &c->n->engine[id];
	bool ok = rng_chance(&c->rng, 70);

	if (!e->twin || rng_chance(&c->rng, 3)) {
		check_guard(c);
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

void check_policy(struct check *c)
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

void check_stream_add(struct check *c)
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

void check_stream_remove(struct check *c, struct nstream *s)
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
		check_stream_add(c);
	else if (!c->w->nr_log) /* jobs that ended just now name their stream */
		check_stream_remove(c, s);
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

void check_event(struct check *c, bool pass)
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
		check_policy(c);
	else if (r < 10 * c->submits + 50)
		stream_event(c);
	else if (r < 10 * c->submits + 60)
		return;
	else if (r < 10 * c->submits + 90)
		fault_event(c);
	else
		advance(c, pass);
}
