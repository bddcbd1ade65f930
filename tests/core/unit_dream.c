// SPDX-License-Identifier: GPL-2.0-only
/* dream: MapScore by hand (DREAM). */

#include <math.h>

#include "suite.h"

/*
 * Two engines, a (0) and b (1), and two streams of models of two layers:
 *
 *	        latency a, b   energy a, b  leaves
 *	s0 l0   100, 300       40, 10       1000
 *	   l1    50, 150       10, 10
 *	s1 l0   200, 200       20, 60       500
 *	   l1   100, 300       30, 30
 */
struct pair {
	struct xrs_engine *a;
	struct xrs_engine *b;
	struct xrs_stream *s[2];
	struct xrs_job *j[2];
};

static void set(struct world *w, s64 alpha, s64 beta)
{
	world_param(w, XRS_PARAM_ALPHA, alpha, w->core.now_ns);
	world_param(w, XRS_PARAM_BETA, beta, w->core.now_ns);
}

static struct pair pair_new(struct world *w)
{
	struct xrs_model *m0 = CHAIN(w, 2, "ab", { 100, 40 }, { 300, 10 },
				     { 50, 10 }, { 150, 10 });
	struct xrs_model *m1 = CHAIN(w, 2, "ab", { 200, 20 }, { 200, 60 },
				     { 100, 30 }, { 300, 30 });
	struct pair p;

	m0->layer[0].out_bytes = 1000;
	m1->layer[0].out_bytes = 500;
	model_seal(m0);
	model_seal(m1);
	world_policy(w, "dream", 0);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 0);
	p.a = world_engine(w, 0, "a");
	p.b = world_engine(w, 1, "b");
	p.s[0] = world_stream(w, 1, m0, NULL);
	p.s[1] = world_stream(w, 2, m1, NULL);
	return p;
}

static struct xrs_job *enqueue(struct world *w, struct xrs_stream *s,
			       u64 deadline, u64 now)
{
	struct xrs_job *j = world_job(w, s, s->next_frame, now, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, now), 0);
	return j;
}

/* The next dispatch is @job on @engine for @score. */
static void expect_score(struct world *w, struct xrs_job *job,
			 struct xrs_engine *engine, double score)
{
	double got;

	expect_dispatch(w, job, engine);
	got = ldexp((double)w->log[w->seen - 1].score, -32);
	if (fabs(got - score) > 1e-6 * fabs(score) + 1e-9)
		fail_msg("score %.9f, by hand %.9f", got, score);
}

/*
 * At 0 with deadlines 1000 and 2000, nothing resident, no input:
 *   s0: ToGo 200 + 100, Urgency 0.3; a: LatPref 4, EnPref 50/40;
 *       b: LatPref 4/3, EnPref 5
 *   s1: ToGo 200 + 200, Urgency 0.2; LatPref 2; a: EnPref 4, b: 80/60
 * beta 1: s0 a 2.45, b 5.4; s1 a 4.4, b 1.733: s0 on b, then s1 on a.
 */
static void beta_prefers_cheap(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 1000000);
	j = enqueue(w, p.s[0], 1000, 0);
	k = enqueue(w, p.s[1], 2000, 0);
	world_run(w, 0);
	expect_score(w, j, p.b, 0.3 * 4 / 3 + 5);
	expect_score(w, k, p.a, 0.2 * 2 + 4);
}

/* beta 0: s0 on a (1.2), then s1 on b (0.4). */
static void no_beta_prefers_fast(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 0);
	k = enqueue(w, p.s[1], 2000, 0);
	j = enqueue(w, p.s[0], 1000, 0);
	world_run(w, 0);
	expect_score(w, j, p.a, 0.3 * 4);
	expect_score(w, k, p.b, 0.2 * 2);
}

/* beta 0.4: s0: a 1.2 + 0.5, b 0.4 + 2; s1: a 0.4 + 1.6. */
static void some_beta(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j;

	set(w, 0, 400000);
	j = enqueue(w, p.s[0], 1000, 0);
	enqueue(w, p.s[1], 2000, 0);
	world_run(w, 0);
	expect_score(w, j, p.b, 0.4 + 0.4 * 5);
}

/*
 * Both engines busy until 600; s1 waits since 0, s0 since 590.  Without alpha
 * s0 is more urgent; with it s1 has starved.
 */
static void check_starvation(void **state, s64 alpha)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_stream *o =
		world_stream(w, 3, MODEL(w, 1, "a", { 600, 1 }), NULL);
	struct xrs_job *j, *k;

	set(w, alpha, 0);
	world_down(w, p.b, 0);
	expect_dispatch(w, world_submit(w, o, 0, 0, 5000, 0), p.a);
	k = world_submit(w, p.s[1], 0, 0, 2000, 0);
	j = world_submit(w, p.s[0], 0, 590, 1000, 590);
	world_done(w, p.a, 600);
	/* one engine: LatPref 1; ToGo 150 of 400, 300 of 1400 */
	if (alpha)
		expect_score(w, k, p.a, 300.0 / 1400 + 0.5 * 600 / 200);
	else
		expect_score(w, j, p.a, 150.0 / 400);
}

static void no_alpha_urgent_first(void **state)
{
	check_starvation(state, 0);
}

static void alpha_starved_first(void **state)
{
	check_starvation(state, 500000);
}

/*
 * After s0's first layer on b its 1000 bytes lie there: going on there costs
 * nothing, on a 216000 pJ against a layer of 10 pJ.
 */
static void switch_keeps_in_place(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j;

	set(w, 0, 1000000);
	j = enqueue(w, p.s[0], 1000, 0);
	world_run(w, 0);
	expect_dispatch(w, j, p.b);
	world_done(w, p.b, 300);
	/* ToGo 100, slack 700; LatPref 200/150, EnPref 2 */
	expect_score(w, j, p.b, 100.0 / 700 * 200 / 150 + 2);
}

/* With beta 0 the switch costs energy but no score. */
static void no_beta_moves(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 0);
	k = enqueue(w, p.s[1], 500, 0);
	world_run(w, 0);
	/* 200 on either: the tie goes to a */
	expect_score(w, k, p.a, 400.0 / 500 * 2);
	j = enqueue(w, p.s[0], 1000, 0);
	world_run(w, 0);
	expect_score(w, j, p.b, 0.3 * 4 / 3);
	xrs_core_layer_done(&w->core, p.a, 20, 200);
	xrs_core_layer_done(&w->core, p.b, 10, 200);
	world_run(w, 200);
	/* k: ToGo 200, slack 300, LatPref 4 on a; j: 100 / 800 */
	expect_score(w, k, p.a, 200.0 / 300 * 4);
	expect_score(w, j, p.b, 100.0 / 800 * 4 / 3);
}

/* Flushing the resident counts against whoever wants its place. */
static void switch_counts_the_flush(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 1000000);
	world_down(w, p.b, 0);
	j = world_submit(w, p.s[0], 0, 0, 100000, 0);
	expect_dispatch(w, j, p.a);
	k = world_submit(w, p.s[1], 0, 0, 500, 0);
	world_done(w, p.a, 100);
	/* k: urgency 300/400 + 1 - 216000/20; j: 50/99900 + 1 */
	expect_score(w, j, p.a, 50.0 / 99900 + 1);
	assert_int_equal(k->state, XRS_JOB_READY);
	world_done(w, p.a, 150);
	/* j is finished: nothing to flush any more */
	expect_score(w, k, p.a, 300.0 / 350 + 1);
}

/* combine=add: 0.3 + 4 on a, 0.3 + 4/3 on b; s1: 0.2 + 2. */
static void combine_add(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 0);
	world_param(w, XRS_PARAM_COMBINE, XRS_COMBINE_ADD, 0);
	j = enqueue(w, p.s[0], 1000, 0);
	k = enqueue(w, p.s[1], 2000, 0);
	world_run(w, 0);
	expect_score(w, j, p.a, 4.3);
	expect_score(w, k, p.b, 2.2);
}

/* togo=min: s0 150 (not 300), s1 300 (not 400). */
static void togo_min(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 0);
	world_param(w, XRS_PARAM_TOGO, XRS_TOGO_MIN, 0);
	j = enqueue(w, p.s[0], 1000, 0);
	k = enqueue(w, p.s[1], 2000, 0);
	world_run(w, 0);
	expect_score(w, j, p.a, 0.15 * 4);
	expect_score(w, k, p.b, 0.15 * 2);
}

/* Slack is never below the smallest mean latency: 100 and 200. */
static void slack_floor(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 0, 0);
	j = enqueue(w, p.s[0], 50, 0);
	k = enqueue(w, p.s[1], 10, 0);
	world_run(w, 0);
	expect_score(w, j, p.a, 300.0 / 100 * 4);
	expect_score(w, k, p.b, 400.0 / 200 * 2);
	/* and the same behind the deadline */
	world_done(w, p.a, 400);
	expect_score(w, j, p.a, 100.0 / 100 * 4);
}

/* Starv counts from the moment the layer could have run, not the job. */
static void starvation_begins_with_the_layer(void **state)
{
	struct world *w = *state;
	struct pair p = pair_new(w);
	struct xrs_job *j, *k;

	set(w, 2000000, 0);
	world_down(w, p.b, 0);
	k = world_submit(w, p.s[1], 0, 0, 90000, 0);
	expect_dispatch(w, k, p.a);
	j = world_submit(w, p.s[0], 0, 195, 100000, 195);
	xrs_core_layer_done(&w->core, p.a, 0, 200);
	world_run(w, 200);
	/* j: 2 * 5/100; k: 0: its layer could not have run before */
	expect_score(w, j, p.a, 150.0 / 99800 + 2 * 5.0 / 100);
}

/* Probabilities, not outcomes: skip_mask and exit do not change the score. */
static void does_not_peek(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		CHAIN(w, 3, "a", { 100, 1 }, { 200, 1 }, { 400, 1 });
	struct xrs_engine *e;
	struct xrs_stream *s;
	struct xrs_job *j;
	u32 i;

	m->layer[0].exit = 1;
	m->layer[0].exit_ppm = 500000;
	m->layer[1].skip = 1;
	m->layer[1].skip_ppm = 250000;
	model_seal(m);
	world_policy(w, "dream", 0);
	set(w, 0, 0);
	e = world_engine(w, 0, "a");
	s = world_stream(w, 1, m, NULL);
	for (i = 0; i < 4; i++) {
		j = world_job(w, s, i, 1000 * i, 1000 * i + 1000);
		j->exit = i & 1;
		j->skip_mask = i & 2 ? 1 : 0;
		assert_int_equal(world_try(w, j, 1000 * i), 0);
		/* 100 + (150 + 400) / 2 */
		expect_score(w, j, e, 0.375);
		while (j->state == XRS_JOB_RUNNING)
			world_done(w, e, w->core.now_ns + 100);
		w->seen = w->nr_log;
	}
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(beta_prefers_cheap),
	WORLD_TEST(no_beta_prefers_fast),
	WORLD_TEST(some_beta),
	WORLD_TEST(no_alpha_urgent_first),
	WORLD_TEST(alpha_starved_first),
	WORLD_TEST(switch_keeps_in_place),
	WORLD_TEST(no_beta_moves),
	WORLD_TEST(switch_counts_the_flush),
	WORLD_TEST(combine_add),
	WORLD_TEST(togo_min),
	WORLD_TEST(slack_floor),
	WORLD_TEST(starvation_begins_with_the_layer),
	WORLD_TEST(does_not_peek),
};

SUITE(suite_dream, tests);
