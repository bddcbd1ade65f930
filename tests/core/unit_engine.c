// SPDX-License-Identifier: GPL-2.0-only
/* Engines that come, go, and break in the middle of a layer. */

#include "suite.h"

static struct xrs_model *one_layer(struct world *w)
{
	return MODEL(w, 1, "a", { 100, 10 });
}

static struct xrs_engine *loose(struct world *w, u32 id, const char *name)
{
	struct xrs_engine *e = world_alloc(w, sizeof(*e));

	e->id = id;
	snprintf(e->class_name, sizeof(e->class_name), "%s", name);
	return e;
}

static void add_refuses(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 3, "a");
	u64 gen = w->core.engine_gen;

	assert_int_not_equal(xrs_core_engine_add(&w->core, loose(w, 3, "b"), 0),
			     0);
	assert_ptr_equal(w->core.engine[3], e);
	assert_int_not_equal(
		xrs_core_engine_add(&w->core, loose(w, 64, "a"), 0), 0);
	assert_int_not_equal(xrs_core_engine_add(&w->core, loose(w, 4, ""), 0),
			     0);
	assert_int_equal(w->core.up, BIT_ULL(3));
	assert_int_equal(w->core.engine_gen, gen);
	assert_int_equal(xrs_core_engine_add(&w->core, loose(w, 63, "a"), 0),
			 0);
	assert_int_equal(w->core.up, BIT_ULL(3) | BIT_ULL(63));
	assert_int_equal(w->core.idle, BIT_ULL(3) | BIT_ULL(63));
}

static void add_takes_work(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *t = world_stream(w, 2, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 500, 0);
	struct xrs_job *k = world_submit(w, t, 0, 0, 500, 0);
	struct xrs_engine *f;

	expect_dispatch(w, j, e);
	f = world_engine(w, 1, "a");
	expect_dispatch(w, k, f);
}

static void no_engine_fails_at_release(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e;
	struct xrs_stream *s;
	struct xrs_job *j, *k;

	world_engine(w, 0, "b");
	s = world_stream(w, 1, one_layer(w), NULL);
	j = world_submit(w, s, 0, 0, 500, 0);
	expect_end(w, j, XRS_FAILED, XRS_REASON_NO_ENGINE);
	assert_int_equal(s->count.failed, 1);
	assert_int_equal(s->count.released, 1);
	/* what is not released yet may still find one */
	k = world_submit(w, s, 1, 100, 500, 0);
	assert_int_equal(k->state, XRS_JOB_PENDING);
	e = world_engine(w, 1, "a");
	world_run(w, 100);
	expect_dispatch(w, k, e);
}

static void down_fails_the_ready(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_engine *f = world_engine(w, 1, "b");
	struct xrs_model *both = MODEL(w, 1, "ab", { 100, 1 }, { 100, 1 });
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *t = world_stream(w, 2, one_layer(w), NULL);
	struct xrs_stream *u = world_stream(w, 3, both, NULL);
	struct xrs_stream *v = world_stream(w, 4, both, NULL);
	struct xrs_job *i, *j, *k, *l, *m;

	i = world_submit(w, v, 0, 0, 500, 0);
	expect_dispatch(w, i, e);
	j = world_submit(w, u, 0, 0, 500, 0);
	expect_dispatch(w, j, f);
	k = world_submit(w, s, 0, 0, 500, 0);
	l = world_submit(w, t, 0, 50, 500, 0);
	m = world_submit(w, v, 1, 0, 900, 0);
	world_down(w, e, 10);
	expect_end(w, k, XRS_FAILED, XRS_REASON_NO_ENGINE);
	assert_int_equal(l->state, XRS_JOB_PENDING);
	assert_int_equal(i->state, XRS_JOB_READY);
	world_run(w, 50);
	expect_end(w, l, XRS_FAILED, XRS_REASON_NO_ENGINE);
	world_done(w, f, 100);
	expect_dispatch(w, i, f);
	world_done(w, f, 200);
	expect_dispatch(w, m, f);
}

static void down_fails_the_stale(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *t = world_stream(w, 2, one_layer(w), NULL);
	struct xrs_job *j, *k, *l, *m;

	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_DEMOTE, 0);
	j = world_submit(w, s, 0, 0, 500, 0);
	expect_dispatch(w, j, e);
	k = world_submit(w, t, 0, 0, 20, 0);
	l = world_submit(w, t, 1, 0, 30, 0);
	m = world_submit(w, t, 2, 0, 400, 0);
	world_run(w, 50);
	assert_true(k->stale && l->stale && !m->stale);
	world_down(w, e, 60);
	expect_end(w, j, XRS_FAILED, XRS_REASON_NO_ENGINE);
	expect_end(w, k, XRS_FAILED, XRS_REASON_NO_ENGINE);
	expect_end(w, l, XRS_FAILED, XRS_REASON_NO_ENGINE);
	expect_end(w, m, XRS_FAILED, XRS_REASON_NO_ENGINE);
	assert_int_equal(t->in_flight, 0);
	assert_int_equal(t->count.failed, 3);
}

/* The layer is lost and repeated elsewhere, in the same place. */
static void lost_layer_is_repeated(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_engine *f;
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 10 }, { 100, 20 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);

	f = world_engine(w, 1, "a");
	world_done(w, e, 100);
	expect_dispatch(w, j, e);
	expect_dispatch(w, j, e);
	xrs_core_engine_down(&w->core, e, 130);
	assert_int_equal(j->state, XRS_JOB_READY);
	assert_int_equal(j->ready_ns, 130);
	assert_int_equal(e->lost, 1);
	assert_int_equal(e->busy_ns, 130);
	assert_int_equal(e->layers, 1);
	assert_null(e->job);
	assert_false(e->up);
	assert_int_equal(s->count.retried, 1);
	world_run(w, 130);
	expect_dispatch(w, j, f);
	assert_int_equal(j->layer, 1);
	assert_int_equal(j->start_ns, 0);
	world_done(w, f, 230);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(j->energy_pj, 30);
	assert_int_equal(s->count.completed, 1);
	assert_int_equal(s->count.layers, 2);
}

static void lost_layer_nobody_left(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);

	world_engine(w, 1, "b");
	world_down(w, e, 50);
	expect_end(w, j, XRS_FAILED, XRS_REASON_NO_ENGINE);
	assert_int_equal(s->count.failed, 1);
	assert_int_equal(s->count.retried, 1);
	assert_int_equal(s->count.released, 1);
	assert_int_equal(e->lost, 1);
}

static void down_twice_and_up_twice(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j;

	world_down(w, e, 10);
	world_down(w, e, 11);
	assert_int_equal(w->core.up, 0);
	world_up(w, e, 12);
	world_up(w, e, 13);
	assert_int_equal(w->core.up, 1);
	assert_int_equal(w->core.idle, 1);
	assert_int_equal(e->lost, 0);
	j = world_submit(w, s, 0, 20, 5000, 20);
	expect_dispatch(w, j, e);
	/* up again does not make a busy engine idle */
	world_up(w, e, 30);
	assert_int_equal(w->core.idle, 0);
	assert_ptr_equal(e->job, j);
}

/* A completion that comes twice, or for nothing. */
static void done_without_a_layer(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);

	xrs_core_layer_done(&w->core, e, 5, 10);
	world_submit(w, s, 0, 10, 5000, 10);
	world_done(w, e, 110);
	xrs_core_layer_done(&w->core, e, 5, 120);
	world_run(w, 120);
	assert_int_equal(e->layers, 1);
	assert_int_equal(e->energy_pj, 10);
	assert_int_equal(s->count.completed, 1);
}

static void remove_busy(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_engine *f = world_engine(w, 1, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);

	expect_dispatch(w, j, e);
	xrs_core_engine_remove(&w->core, e, 10);
	assert_null(w->core.engine[0]);
	assert_int_equal(w->core.up, BIT_ULL(1));
	/* the engine is the caller's again: the core must not look at it */
	memset(e, 0xff, sizeof(*e));
	world_run(w, 10);
	expect_dispatch(w, j, f);
	world_done(w, f, 110);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
}

/* An engine that left took the activations with it. */
static void remove_forgets_residents(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m =
		CHAIN(w, 3, "a", { 100, 0 }, { 100, 0 }, { 100, 0 });
	struct xrs_stream *s;
	struct xrs_job *j;

	world_engine(w, 1, "a");
	m->layer[0].out_bytes = 1000;
	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	j = world_submit(w, s, 0, 0, 5000, 0);
	expect_dispatch(w, j, e);
	xrs_core_layer_done(&w->core, e, 0, 100);
	assert_ptr_equal(e->resident, j);
	xrs_core_engine_remove(&w->core, e, 100);
	assert_null(e->resident);
	assert_int_equal(j->resident, 0);
	/* the same memory, the same number, and yet another engine */
	memset(e, 0, sizeof(*e));
	strcpy(e->class_name, "a");
	assert_int_equal(xrs_core_engine_add(&w->core, e, 100), 0);
	world_run(w, 100);
	expect_dispatch(w, j, e);
	assert_int_equal(j->energy_pj, 1000 * XRS_PJ_PER_BYTE);
}

/* Nobody may look at an engine that left, where a job ran last. */
static void remove_forgets_last_engine(void **state)
{
	static const char *const policy[] = { "fcfs", "edf", "dream" };
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 0 }, { 100, 0 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_engine *f = world_engine(w, 1, "a");
	struct xrs_engine *e;
	struct xrs_job *j;
	u64 t = 0;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(policy); i++) {
		world_policy(w, policy[i], t);
		e = calloc(1, sizeof(*e));
		assert_non_null(e);
		strcpy(e->class_name, "a");
		assert_int_equal(xrs_core_engine_add(&w->core, e, t), 0);
		j = world_submit(w, s, i, t, t + 5000, t);
		expect_dispatch(w, j, e);
		xrs_core_layer_done(&w->core, e, 0, t += 100);
		xrs_core_engine_remove(&w->core, e, t);
		memset(e, 0xff, sizeof(*e));
		free(e);
		world_run(w, t);
		expect_dispatch(w, j, f);
		world_done(w, f, t += 100);
		expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	}
}

/* So did one that went down and came back. */
static void down_forgets_residents(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = CHAIN(w, 2, "a", { 100, 0 }, { 100, 0 });
	struct xrs_stream *s;
	struct xrs_job *j;

	m->layer[0].out_bytes = 1000;
	model_seal(m);
	world_engine(w, 1, "a");
	s = world_stream(w, 1, m, NULL);
	j = world_submit(w, s, 0, 0, 5000, 0);
	expect_dispatch(w, j, e);
	xrs_core_layer_done(&w->core, e, 0, 100);
	xrs_core_engine_down(&w->core, e, 100);
	xrs_core_engine_up(&w->core, e, 100);
	assert_null(e->resident);
	world_run(w, 100);
	expect_dispatch(w, j, e);
	assert_int_equal(j->switches, 1);
	assert_int_equal(j->energy_pj, 1000 * XRS_PJ_PER_BYTE);
}

/* The energy of the worst case follows the engines that are up. */
static void worst_case_follows_engines(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 10 }, { 200, 70 });
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);

	expect_dispatch(w, j, a);
	world_done(w, a, 100);
	assert_int_equal(s->count.worst_pj, 70);
	assert_int_equal(s->count.energy_pj, 10);
	assert_int_equal(s->count.honest_pj, 10);
	j = world_submit(w, s, 1, 100, 5000, 100);
	expect_dispatch(w, j, a);
	world_down(w, b, 150);
	world_done(w, a, 200);
	assert_int_equal(s->count.worst_pj, 70 + 10);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(add_refuses),
	WORLD_TEST(add_takes_work),
	WORLD_TEST(no_engine_fails_at_release),
	WORLD_TEST(down_fails_the_ready),
	WORLD_TEST(down_fails_the_stale),
	WORLD_TEST(lost_layer_is_repeated),
	WORLD_TEST(lost_layer_nobody_left),
	WORLD_TEST(down_twice_and_up_twice),
	WORLD_TEST(done_without_a_layer),
	WORLD_TEST(remove_busy),
	WORLD_TEST(remove_forgets_residents),
	WORLD_TEST(remove_forgets_last_engine),
	WORLD_TEST(down_forgets_residents),
	WORLD_TEST(worst_case_follows_engines),
};

SUITE(suite_engine, tests);
