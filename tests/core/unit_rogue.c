// SPDX-License-Identifier: GPL-2.0-only
/* Policies that misbehave cost performance, never correctness. */

#include "suite.h"

struct two {
	struct xrs_engine *e[2];
	struct xrs_stream *s[4];
};

/* Engines 0 (a) and 1 (b); b is faster for @lat_b < 100. */
static struct two two_new(struct world *w, const char *policy, u64 lat_b)
{
	struct two t;
	u32 i;

	world_policy(w, policy, 0);
	t.e[0] = world_engine(w, 0, "a");
	t.e[1] = world_engine(w, 1, "b");
	for (i = 0; i < 4; i++)
		t.s[i] =
			world_stream(w, 10 + i,
				     MODEL(w, 2, "ab", { 100, 1 }, { lat_b, 1 },
					   { 100, 1 }, { lat_b, 1 }),
				     NULL);
	return t;
}

/* Submits without a decision. */
static struct xrs_job *enqueue(struct world *w, struct xrs_stream *s, u64 frame,
			       u64 release, u64 deadline, u64 now)
{
	struct xrs_job *j = world_job(w, s, frame, release, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, now), 0);
	return j;
}

/* Rogues: each breaks one rule. */

static struct xrs_job *rogue_job;
static struct xrs_engine *rogue_engine;

static bool rogue_pick(struct xrs_core *core, const struct xrs_ready *ready,
		       u64 now_ns, struct xrs_pick *pick)
{
	(void)core;
	(void)ready;
	(void)now_ns;
	pick->job = rogue_job;
	pick->engine = rogue_engine;
	return true;
}

static bool idler_pick(struct xrs_core *core, const struct xrs_ready *ready,
		       u64 now_ns, struct xrs_pick *pick)
{
	(void)core;
	(void)ready;
	(void)now_ns;
	(void)pick;
	return false;
}

static const struct xrs_policy rogue = {
	.name = "rogue",
	.doc = "picks what the test says",
	.pick = rogue_pick,
};

static const struct xrs_policy idler = {
	.name = "idler",
	.doc = "picks nothing",
	.pick = idler_pick,
};

static void set_rogue(struct world *w, const struct xrs_policy *policy)
{
	xrs_policy_defaults(policy, w->param);
	w->param[XRS_PARAM_EXPIRED] = XRS_EXPIRED_DROP;
	assert_int_equal(xrs_core_set_policy(&w->core, policy, w->param, 0), 0);
}

/* Each bad pick is a fault, and the oldest job runs on the lowest engine. */
static void check_rogue(struct world *w, struct two *t, struct xrs_job *job,
			struct xrs_engine *engine)
{
	struct xrs_job *a, *b;

	set_rogue(w, &rogue);
	rogue_job = job;
	rogue_engine = engine;
	a = enqueue(w, t->s[0], 0, 20, 900, 20);
	b = enqueue(w, t->s[1], 0, 10, 9000, 20);
	if (!job)
		rogue_job = a;
	world_run(w, 20);
	expect_dispatch(w, b, t->e[0]);
	expect_dispatch(w, a, t->e[1]);
	assert_int_equal(w->core.policy_faults, 2);
	world_done(w, t->e[0], 120);
	world_done(w, t->e[1], 120);
	expect_dispatch(w, b, t->e[0]);
	expect_dispatch(w, a, t->e[1]);
}

static void rogue_unknown_job(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_job *j = world_job(w, t.s[2], 0, 0, 100);

	check_rogue(w, &t, j, t.e[0]);
}

static void rogue_null(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);

	set_rogue(w, &rogue);
	rogue_job = NULL;
	rogue_engine = NULL;
	enqueue(w, t.s[0], 0, 0, 900, 0);
	world_run(w, 0);
	expect_dispatch(w, xrs_core_find(t.s[0], 0), t.e[0]);
	assert_int_equal(w->core.policy_faults, 1);
}

static void rogue_pending_job(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_job *j = enqueue(w, t.s[2], 0, 5000, 9000, 0);

	check_rogue(w, &t, j, t.e[0]);
	assert_int_equal(j->state, XRS_JOB_PENDING);
}

static void rogue_foreign_engine(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_engine foreign = { .id = 0, .class_name = "a", .up = true };

	check_rogue(w, &t, NULL, &foreign);
}

static void rogue_incapable_engine(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_engine *c = world_engine(w, 2, "c");

	check_rogue(w, &t, NULL, c);
}

static void rogue_down_engine(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_engine *c = world_engine(w, 2, "a");

	world_down(w, c, 0);
	check_rogue(w, &t, NULL, c);
}

static void rogue_busy_engine(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_engine *c = world_engine(w, 2, "c");
	struct xrs_stream *s =
		world_stream(w, 1, MODEL(w, 1, "c", { 9, 1 }), NULL);

	expect_dispatch(w, world_submit(w, s, 0, 0, 900, 0), c);
	check_rogue(w, &t, NULL, c);
}

/* Of equal age: earlier deadline, lower stream. */
static void rogue_replaced_by_ties(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_job *a, *b, *c;

	set_rogue(w, &rogue);
	rogue_job = NULL;
	a = enqueue(w, t.s[2], 0, 10, 900, 20);
	b = enqueue(w, t.s[0], 0, 10, 900, 20);
	c = enqueue(w, t.s[3], 0, 10, 800, 20);
	world_run(w, 20);
	expect_dispatch(w, c, t.e[0]);
	expect_dispatch(w, b, t.e[1]);
	assert_int_equal(a->state, XRS_JOB_READY);
}

/* Nothing can run where the engine is idle: a fault, no dispatch, an end. */
static void rogue_without_a_pair(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_model *m = MODEL(w, 1, "a", { 500, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_stream *u = world_stream(w, 2, m, NULL);
	struct xrs_job *a, *b;

	a = world_submit(w, s, 0, 0, 900, 0);
	expect_dispatch(w, a, t.e[0]);
	set_rogue(w, &rogue);
	b = enqueue(w, u, 0, 0, 900, 0);
	rogue_job = b;
	rogue_engine = t.e[1];
	world_run(w, 10);
	expect_quiet(w);
	assert_true(w->core.policy_faults > 0);
	assert_int_equal(b->state, XRS_JOB_READY);
	rogue_engine = t.e[0];
	world_done(w, t.e[0], 500);
	expect_dispatch(w, b, t.e[0]);
}

/* Picking nothing is allowed, leaves the engines idle, and is no fault. */
static void idler_leaves_idle(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 100);
	struct xrs_job *j;

	set_rogue(w, &idler);
	j = enqueue(w, t.s[0], 0, 0, 900, 0);
	world_run(w, 0);
	expect_quiet(w);
	assert_int_equal(w->core.policy_faults, 0);
	world_policy(w, "fcfs", 10);
	expect_dispatch(w, j, t.e[0]);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(rogue_unknown_job),	    WORLD_TEST(rogue_null),
	WORLD_TEST(rogue_pending_job),	    WORLD_TEST(rogue_foreign_engine),
	WORLD_TEST(rogue_incapable_engine), WORLD_TEST(rogue_down_engine),
	WORLD_TEST(rogue_busy_engine),	    WORLD_TEST(rogue_replaced_by_ties),
	WORLD_TEST(rogue_without_a_pair),   WORLD_TEST(idler_leaves_idle),
};

SUITE(suite_rogue, tests);
