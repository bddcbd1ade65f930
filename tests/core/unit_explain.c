// SPDX-License-Identifier: GPL-2.0-only
/* Decisions explained: the parts of a score, and whom it passed over. */

#include <math.h>

#include "suite.h"

#define MAX_SEEN 64

/* What ops->decided was told, each with its runner-up. */
struct seen {
	struct xrs_pick pick;
	struct xrs_parts parts;
	bool beaten;
	struct xrs_pick other;
	struct xrs_parts other_parts;
};

static struct seen seen[MAX_SEEN];
static unsigned int nr_seen;
static struct xrs_core_ops ops;

static void decided(struct xrs_core *core, const struct xrs_ready *ready,
		    const struct xrs_pick *pick, u64 now_ns)
{
	struct seen *s = &seen[nr_seen++];

	assert_true(nr_seen <= MAX_SEEN);
	s->pick = *pick;
	if (!core->policy->explain)
		return;
	core->policy->explain(core, pick->job, pick->engine, now_ns, &s->parts);
	s->beaten = xrs_policy_runner_up(core, ready, pick, now_ns, &s->other);
	if (s->beaten)
		core->policy->explain(core, s->other.job, s->other.engine,
				      now_ns, &s->other_parts);
}

static void watch(struct world *w)
{
	memset(seen, 0, sizeof(seen));
	nr_seen = 0;
	ops = *w->core.ops;
	ops.decided = decided;
	w->core.ops = &ops;
	w->core.watched |= XRS_WATCH_DECISIONS;
}

static void expect_q32(s64 got, double want)
{
	double value = ldexp((double)got, -32);

	if (fabs(value - want) > 1e-6 * fabs(want) + 1e-9)
		fail_msg("%.9f, by hand %.9f", value, want);
}

/*
 * One engine; s0: 100 ns of 1000, waits since 0; s1: 200 ns of 2000, since 100.
 * At 300 the engine gets free.  One engine only: LatPref 1, EnPref 1, no input
 * to move.  alpha 0.5, beta 0.25:
 *   s0: Urgency 100 / 700, Starv 300 / 100; s1: 200 / 1700, 200 / 200.
 */
static void parts_by_hand(void **state)
{
	struct world *w = *state;
	struct xrs_model *m0 = MODEL(w, 1, "a", { 100, 40 });
	struct xrs_model *m1 = MODEL(w, 1, "a", { 200, 20 });
	struct xrs_model *m2 = MODEL(w, 1, "a", { 300, 1 });
	struct xrs_engine *a;
	struct xrs_stream *s0, *s1, *s2;
	struct xrs_job *j, *k;

	world_policy(w, "dream", 0);
	world_param(w, XRS_PARAM_ALPHA, 500000, 0);
	world_param(w, XRS_PARAM_BETA, 250000, 0);
	a = world_engine(w, 0, "a");
	s0 = world_stream(w, 1, m0, NULL);
	s1 = world_stream(w, 2, m1, NULL);
	s2 = world_stream(w, 3, m2, NULL);
	world_submit(w, s2, 0, 0, 5000, 0);
	j = world_submit(w, s0, 0, 0, 1000, 0);
	k = world_submit(w, s1, 0, 100, 2000, 100);
	watch(w);
	world_done(w, a, 300);

	assert_int_equal(nr_seen, 1);
	assert_ptr_equal(seen[0].pick.job, j);
	expect_q32(seen[0].parts.urgency, 100.0 / 700);
	expect_q32(seen[0].parts.starv, 0.5 * 3);
	expect_q32(seen[0].parts.pref, 0.25);
	expect_q32(seen[0].parts.switched, 0);
	assert_int_equal(seen[0].parts.score, seen[0].pick.score);
	assert_true(seen[0].beaten);
	assert_ptr_equal(seen[0].other.job, k);
	expect_q32(seen[0].other_parts.urgency, 200.0 / 1700);
	expect_q32(seen[0].other_parts.starv, 0.5);
	assert_int_equal(seen[0].other_parts.score, seen[0].other.score);
}

/* A single ready job: the runner-up is the other engine. */
static void other_engine(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 40 }, { 300, 10 });
	struct xrs_engine *a, *b;
	struct xrs_stream *s;

	world_policy(w, "dream", 0);
	world_param(w, XRS_PARAM_BETA, 0, 0);
	a = world_engine(w, 0, "a");
	b = world_engine(w, 1, "b");
	s = world_stream(w, 1, m, NULL);
	watch(w);
	world_submit(w, s, 0, 0, 1000, 0);
	assert_int_equal(nr_seen, 1);
	assert_ptr_equal(seen[0].pick.engine, a);
	assert_true(seen[0].beaten);
	assert_ptr_equal(seen[0].other.engine, b);
	assert_true(seen[0].other.score < seen[0].pick.score);
	world_submit(w, s, 1, 10, 1000, 10);
	/* Frames of a stream are in order: nobody is ready but on b. */
	assert_int_equal(nr_seen, 1);
}

/* A switch is in the sum with its own sign; the parts give the score exactly. */
static void parts_sum_up(void **state)
{
	struct world *w = *state;
	struct xrs_model *m[3];
	struct xrs_stream *s[3];
	bool switched = false;
	unsigned int i, step;
	u64 now = 0;

	world_policy(w, "dream", 0);
	world_param(w, XRS_PARAM_ALPHA, 300000, 0);
	for (i = 0; i < 3; i++) {
		m[i] = CHAIN(w, 3, "ab", { 100 + 37 * i, 40 }, { 300, 10 },
			     { 50, 10 }, { 150, 10 + 20 * i }, { 70, 9 },
			     { 60, 5 });
		m[i]->layer[0].out_bytes = 1;
		m[i]->layer[1].out_bytes = 1;
		model_seal(m[i]);
	}
	world_engine(w, 0, "a");
	world_engine(w, 1, "b");
	watch(w);
	for (i = 0; i < 3; i++) {
		s[i] = world_stream(w, i, m[i], NULL);
		world_submit(w, s[i], 0, 0, 2000 + 100 * i, 0);
	}
	for (step = 0; step < 20; step++) {
		now += 130;
		for (i = 0; i < 2; i++)
			if (w->core.engine[i]->job)
				world_done(w, w->core.engine[i], now);
	}
	assert_true(nr_seen >= 9);
	for (i = 0; i < nr_seen; i++) {
		const struct xrs_parts *p = &seen[i].parts;

		assert_int_equal(p->score, seen[i].pick.score);
		assert_int_equal(p->score, (s64)(p->urgency + p->starv +
						 p->pref - p->switched));
		assert_true(!seen[i].beaten ||
			    seen[i].other.score <= seen[i].pick.score);
		switched |= p->switched || seen[i].other_parts.switched;
	}
	assert_true(switched);
}

/* Nobody is told unless it is watched. */
static void unwatched(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "a", { 100, 40 });
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, m, NULL);

	watch(w);
	w->core.watched &= ~XRS_WATCH_DECISIONS;
	expect_dispatch(w, world_submit(w, s, 0, 0, 1000, 0), a);
	assert_int_equal(nr_seen, 0);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(parts_by_hand),
	WORLD_TEST(other_engine),
	WORLD_TEST(parts_sum_up),
	WORLD_TEST(unwatched),
};

SUITE(suite_explain, tests);
