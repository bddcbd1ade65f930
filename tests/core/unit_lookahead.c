// SPDX-License-Identifier: GPL-2.0-only
/* lookahead: Documentation/policy-lookahead.md, rule by rule. */

#include "ahead.h"
#include "suite.h"

static void submit_two(struct world *w, struct xrs_job **a,
		       struct xrs_stream *sa, u64 da, struct xrs_job **b,
		       struct xrs_stream *sb, u64 db)
{
	*a = enqueue(w, sa, da);
	*b = enqueue(w, sb, db);
	world_run(w, w->core.now_ns);
}

/* Rule 1: 700 of 1000 left is urgent, 100 of 900 is not. */
static void urgent_first(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *slow = MODEL(w, 1, "a", { 700, 1 });
	struct xrs_model *quick = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	submit_two(w, &a, world_stream(w, 1, quick, NULL), 900, &b,
		   world_stream(w, 2, slow, NULL), 1000);
	expect_dispatch(w, b, e);
	world_done(w, e, 700);
	expect_dispatch(w, a, e);
}

/* Where nobody is urgent, deadlines decide. */
static void then_by_deadline(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *slow = MODEL(w, 1, "a", { 300, 1 });
	struct xrs_model *quick = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	submit_two(w, &a, world_stream(w, 1, slow, NULL), 3000, &b,
		   world_stream(w, 2, quick, NULL), 2900);
	expect_dispatch(w, b, e);
	world_done(w, e, 100);
	expect_dispatch(w, a, e);
}

/* Rule 2: 100 behind the other is better than 900 now. */
static void waits_for_the_better(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_model *first = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_model *second = MODEL(w, 1, "ab", { 500, 1 }, { 900, 1 });
	struct xrs_job *j[2];

	world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	submit_two(w, &j[0], world_stream(w, 1, first, NULL), 150, &j[1],
		   world_stream(w, 2, second, NULL), 950);
	expect_dispatch(w, j[0], a);
	expect_quiet(w);
	world_done(w, a, 100);
	expect_dispatch(w, j[1], a);
}

/* Rule 3: what is not urgent takes the engine that needs less energy. */
static void slack_for_energy(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 1000 }, { 300, 100 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_job *j;

	world_policy(w, "lookahead", 0);
	j = enqueue(w, s, 4000);
	world_run(w, 0);
	expect_dispatch(w, j, b);
	world_done(w, b, 300);
	/* Not if it would be late for that. */
	j = enqueue(w, s, 300 + 250);
	world_run(w, 300);
	expect_dispatch(w, j, a);
}

/*
 * The last layer of a frame with a deadline that never comes may end as late as
 * never, which is when an engine ends it that cannot run it: not asked even so.
 * What such an engine would take is not known: valgrind sees who looks.
 */
static void never_due(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 1, "a");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 1 }, { 100, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_job *j;

	world_engine(w, 0, "b");
	world_policy(w, "lookahead", 0);
	j = enqueue(w, s, U64_MAX);
	world_run(w, 0);
	expect_dispatch(w, j, a);
	world_done(w, a, 100);
	expect_dispatch(w, j, a);
}

/*
 * Rule 4: of two that cannot both be on time, the one that is worth less for
 * the time it takes is given up before anything was spent on it.
 */
static void gives_up_the_lesser(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *small = MODEL(w, 1, "a", { 400, 1 });
	struct xrs_model *big = MODEL(w, 1, "a", { 700, 1 });
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	submit_two(w, &a, periodic(w, 1, big), 1000, &b, periodic(w, 2, small),
		   1000);
	/* The big one is the more urgent, and would have made the other late. */
	expect_dispatch(w, b, e);
	world_done(w, e, 400);
	expect_quiet(w);
	assert_int_equal(a->energy_pj, 0);
	world_run(w, 1000);
	expect_end(w, a, XRS_DROPPED, XRS_REASON_HOPELESS);
}

/* Weights turn that round. */
static void weights_count(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *small = MODEL(w, 1, "a", { 400, 1 });
	struct xrs_model *big = MODEL(w, 1, "a", { 700, 1 });
	struct xrs_stream *s = periodic(w, 1, big);
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	s->weight = 10;
	submit_two(w, &a, s, 1000, &b, periodic(w, 2, small), 1000);
	expect_dispatch(w, a, e);
	world_done(w, e, 700);
	expect_quiet(w);
}

/* Given up is not for ever: what ends early makes room. */
static void takes_back(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *small = MODEL(w, 1, "a", { 400, 1 });
	struct xrs_model *big = MODEL(w, 1, "a", { 700, 1 });
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	submit_two(w, &a, periodic(w, 1, big), 1000, &b, periodic(w, 2, small),
		   1000);
	expect_dispatch(w, b, e);
	world_done(w, e, 200);
	expect_dispatch(w, a, e);
}

/* An engine that ends a layer as a frame comes does not wait for the look. */
static void goes_on_at_once(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_lookahead *ahead = &w->core.ahead;
	struct xrs_job *a, *b;
	u64 looks;

	world_policy(w, "lookahead", 0);
	a = enqueue(w, periodic(w, 1, m), 1000);
	world_settle(w, 0);
	expect_dispatch(w, a, e);
	looks = ahead->looks;
	xrs_core_layer_done(&w->core, e, 1, 100);
	b = enqueue(w, periodic(w, 2, m), 1000);
	world_run(w, 100);
	expect_dispatch(w, b, e);
	assert_int_equal(ahead->looks, looks);
	world_settle(w, 100);
	assert_int_equal(ahead->looks, looks + 1);
}

/* What a recording begins with is what its replay begins with. */
static void forgets_who_was_idle(void **state)
{
	struct world *w = *state;

	world_engine(w, 0, "a");
	world_policy(w, "lookahead", 0);
	world_settle(w, 0);
	assert_int_equal(w->core.ahead.idle, 1);
	xrs_ahead_forget(&w->core);
	assert_int_equal(w->core.ahead.idle, 0);
}

/* Rule 5: a frame leaves time for the one that it may trigger. */
static void leaves_time_for_its_child(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 1000 }, { 600, 100 });
	struct xrs_model *child = MODEL(w, 1, "a", { 800, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_job *j;

	world_engine(w, 1, "b");
	world_stream(w, 2, child, s);
	world_policy(w, "lookahead", 0);
	j = enqueue(w, s, 1000);
	world_run(w, 0);
	expect_dispatch(w, j, a);
}

/* Rule 6: it waits until a job is done with the engine, if there is time. */
static void spares_a_flush(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_model *m =
		CHAIN(w, 3, "a", { 100, 1 }, { 100, 1 }, { 100, 1 });
	struct xrs_model *quick = MODEL(w, 1, "a", { 10, 1 });
	struct xrs_job *first, *second;

	m->layer[0].out_bytes = 1000;
	m->layer[1].out_bytes = 1000;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	first = enqueue(w, world_stream(w, 1, m, NULL), 5000);
	world_run(w, 0);
	expect_dispatch(w, first, a);
	second = enqueue(w, world_stream(w, 2, quick, NULL), 4000);
	world_run(w, 10);
	world_done(w, a, 100);
	expect_dispatch(w, first, a);
	world_done(w, a, 200);
	expect_dispatch(w, first, a);
	world_done(w, a, 300);
	expect_dispatch(w, second, a);
	assert_int_equal(second->switches, 0);
}

/*
 * Rule 7: not frugal at the cost of a frame that is yet to come: the cheap
 * engine would be busy until 1600, and at 1100 one comes that takes 600 of its 700 there.
 */
static void regrets(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_stream *s = periodic(w, 1, MODEL(w, 1, "a", { 600, 1 }));
	struct xrs_model *m = MODEL(w, 1, "ab", { 900, 860 }, { 300, 1000 });
	struct xrs_stream *other = periodic(w, 2, m);
	struct xrs_job *j;

	world_policy(w, "lookahead", 0);
	s->deadline_ns = 700;
	other->period_ns = 10000;
	world_run(w, 100);
	j = enqueue(w, s, 800);
	world_run(w, 100);
	expect_dispatch(w, j, a);
	world_done(w, a, 700);
	j = enqueue(w, other, 2200);
	world_run(w, 700);
	expect_dispatch(w, j, b);
	world_done(w, b, 1000);
	/* That stream is quiet: nothing is expected of it. */
	world_run(w, 3700);
	j = enqueue(w, other, 5200);
	world_run(w, 3700);
	expect_dispatch(w, j, a);
}

/* With more jobs than a picture holds it does as edf does. */
static void crowd_is_edf(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 10, 1 });
	struct xrs_job *j[XRS_AHEAD_JOBS + 8];
	u32 i, nr = ARRAY_SIZE(j);

	world_policy(w, "lookahead", 0);
	for (i = 0; i < nr; i++)
		j[i] = enqueue(w, world_stream(w, 1 + i, m, NULL), 90000 - i);
	world_run(w, 0);
	for (i = 0; i < nr; i++) {
		expect_dispatch(w, j[nr - 1 - i], e);
		world_done(w, e, 10 * (i + 1));
	}
	assert_int_equal(w->core.policy_faults, 0);
}

/* Engines that rest or are parked are up, but nothing can be run there. */
static void absent_engines(void **state)
{
	struct world *w = *state;
	struct xrs_engine *fast = world_engine(w, 0, "a");
	struct xrs_engine *slow = world_engine(w, 1, "b");
	struct xrs_model *m = MODEL(w, 1, "ab", { 10, 1 }, { 30, 5 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_stream *other = world_stream(w, 2, m, NULL);
	struct xrs_job *j;

	world_policy(w, "lookahead", 0);
	xrs_core_engine_park(&w->core, fast, true, 0);
	world_run(w, 0);
	j = enqueue(w, s, 1000);
	world_run(w, 0);
	expect_dispatch(w, j, slow);
	/* Nor does anybody wait for it. */
	j = enqueue(w, other, 1010);
	world_run(w, 1);
	expect_quiet(w);
	world_done(w, slow, 30);
	expect_dispatch(w, j, slow);
	xrs_core_engine_park(&w->core, fast, false, 40);
	world_run(w, 40);
	xrs_core_engine_guard(&w->core, fast, 40);
	j = enqueue(w, s, 1100);
	world_run(w, 41);
	expect_dispatch(w, j, fast);
	xrs_core_layer_failed(&w->core, fast, XRS_REASON_FAULT, 1, 45);
	world_run(w, 45);
	assert_int_equal(fast->health, XRS_HEALTH_RESTING);
	expect_quiet(w);
	world_done(w, slow, 60);
	expect_dispatch(w, j, slow);
	assert_int_equal(w->core.policy_faults, 0);
}

/* Look-ahead has a bound; without its help the rule still decides. */
static void bounded(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e[XRS_AHEAD_ENGINES];
	struct xrs_lookahead *ahead = &w->core.ahead;
	u32 i, nr = XRS_AHEAD_JOBS - XRS_AHEAD_ENGINES;
	/* With as many jobs in line for as many engines. */
	u32 moment = 2 * XRS_AHEAD_JOBS + 2 * nr * XRS_AHEAD_ENGINES +
		     XRS_AHEAD_ENGINES * (1 + nr);
	struct xrs_model *m = endless(w, "a", 1000);

	for (i = 0; i < XRS_AHEAD_ENGINES; i++)
		e[i] = world_engine(w, i, "a");
	world_policy(w, "lookahead", 0);
	for (i = 0; i < nr; i++)
		enqueue(w, world_stream(w, 1 + i, m, NULL), 10000000 + i);
	world_run(w, 0);
	/* Nobody waits for more than a little of it. */
	assert_int_equal(hweight64(w->core.idle), 0);
	assert_ptr_equal(e[0]->job->stream->model, m);
	assert_int_equal(ahead->looks, 0);
	assert_int_equal(w->wake_ns, 0);
	assert_true(ahead->most_work > XRS_AHEAD_WAIT / 2);
	assert_true(ahead->most_work <= XRS_AHEAD_WAIT + moment);
	ahead->most_work = 0;
	world_settle(w, 0);
	assert_int_equal(ahead->looks, 1);
	assert_int_equal(ahead->cut, 1);
	assert_true(ahead->work > XRS_AHEAD_WORK / 2);
	assert_true(ahead->work <= XRS_AHEAD_WORK);
	assert_true(ahead->slices > ahead->work / (XRS_AHEAD_SLICE + moment));
	assert_true(ahead->most_work > XRS_AHEAD_SLICE / 2);
	assert_true(ahead->most_work <= XRS_AHEAD_SLICE + moment);
}

/*
 * However much there would be to be seen, looking ahead takes no more than
 * dispatches pay for; and it goes on once there is something in the purse.
 */
static void pays_for_its_looks(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_lookahead *ahead = &w->core.ahead;
	struct xrs_model *m = endless(w, "a", 10),
			 *tiny = MODEL(w, 1, "a", { 1, 1 });
	struct xrs_stream *s = world_stream(w, 1, tiny, NULL);
	u64 now, looks = 0, most;
	u32 i;

	world_policy(w, "lookahead", 0);
	for (i = 0; i < 4; i++)
		enqueue(w, world_stream(w, 2 + i, m, NULL), 10000000 + i);
	world_run(w, 0);
	for (now = 1; now <= 4000; now++) {
		/* Something new every time: it would look ahead at each. */
		enqueue(w, s, now + 100);
		world_settle(w, now);
		if (e->job)
			world_done(w, e, now);
		most = XRS_AHEAD_PURSE + XRS_AHEAD_WORK +
		       XRS_AHEAD_EARNED * w->core.decisions;
		assert_true(ahead->work <= most);
		if (now == 2000)
			looks = ahead->looks;
	}
	assert_true(looks < 1000);
	assert_true(ahead->looks > looks);
}

/* With expired=clamp and admit=off even the late are run in the end. */
static void late_ones_are_run(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 700, 1 });
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 0);
	world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_OFF, 0);
	submit_two(w, &a, world_stream(w, 1, m, NULL), 1000, &b,
		   world_stream(w, 2, m, NULL), 1000);
	expect_dispatch(w, a, e);
	world_done(w, e, 700);
	world_run(w, 1001);
	if (!e->job)
		world_settle(w, 1002);
	expect_dispatch(w, b, e);
}

/* admit=sound unless somebody says otherwise. */
static void sound_by_default(void **state)
{
	const struct xrs_policy *p = xrs_policy_find("lookahead");
	s64 param[XRS_PARAM_NR];

	(void)state;
	xrs_policy_defaults(p, param);
	assert_int_equal(param[XRS_PARAM_ADMIT], XRS_ADMIT_SOUND);
	xrs_policy_defaults(xrs_policy_find("edf"), param);
	assert_int_equal(param[XRS_PARAM_ADMIT], XRS_ADMIT_OFF);
}

/* But nobody waits for an engine that may have hung. */
static void waits_for_no_stuck_one(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_model *first = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_model *second = MODEL(w, 1, "ab", { 500, 1 }, { 900, 1 });
	struct xrs_job *j;

	world_policy(w, "lookahead", 0);
	j = enqueue(w, world_stream(w, 1, first, NULL), 150);
	world_settle(w, 0);
	expect_dispatch(w, j, a);
	j = enqueue(w, world_stream(w, 2, second, NULL), 201 + 950);
	world_settle(w, 201);
	expect_dispatch(w, j, b);
}

/* ----- wrong estimates --------------------------------------------------- */

/* So many frames of a stream, one after the other, that take so long each. */
static void frames(struct world *w, struct xrs_stream *s, u32 nr, u64 takes_ns)
{
	for (; nr; nr--) {
		struct xrs_job *j = enqueue(w, s, w->core.now_ns + 100000);

		world_settle(w, w->core.now_ns);
		assert_ptr_equal(j->engine, w->core.engine[0]);
		world_done(w, j->engine, w->core.now_ns + takes_ns);
	}
	w->seen = w->nr_log;
}

/* Where it is up to the policy, this one wants to know what layers take. */
static void learns_where_it_may(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 1000, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);

	world_policy(w, "lookahead", 0);
	frames(w, s, 32, 700);
	assert_int_equal(m->cost[0].latency_ns, 1000);
	assert_int_equal(w->core.ahead.doubt, 0);
	e->learns = XRS_LEARNS_ASKED;
	world_policy(w, "edf", w->core.now_ns);
	frames(w, s, 32, 700);
	assert_int_equal(m->cost[0].latency_ns, 1000);
	assert_int_equal(w->core.ahead.doubt, 0);
	world_policy(w, "lookahead", w->core.now_ns);
	/* What is as expected is no news. */
	frames(w, s, 32, 1000);
	assert_int_equal(m->nr_learned, 0);
	assert_int_equal(w->core.ahead.doubt, 0);
	frames(w, s, 32, 700);
	assert_in_range(m->cost[0].latency_ns, 700, 720);
	/* 30 % less than the profile says, nearly. */
	assert_in_range(w->core.ahead.doubt, BIT(16) / 4, BIT(16) * 3 / 10);
}

/*
 * What looks hopeless, and was never seen, is tried once others were seen to
 * take less than their profiles say; until it was seen to take what it should.
 */
static void benefit_of_the_doubt(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *known = MODEL(w, 1, "a", { 1000, 1 });
	struct xrs_model *new = MODEL(w, 1, "a", { 1000, 1 });
	struct xrs_stream *s = world_stream(w, 1, known, NULL);
	struct xrs_stream *t = world_stream(w, 2, new, NULL);
	struct xrs_job *j;
	u64 now;
	u32 i;

	e->learns = XRS_LEARNS_ASKED;
	world_policy(w, "lookahead", 0);
	frames(w, s, 32, 1000);
	j = enqueue(w, t, w->core.now_ns + 900);
	world_run(w, w->core.now_ns);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
	frames(w, s, 32, 700);
	for (i = 0; i < 16; i++) {
		now = w->core.now_ns;
		j = enqueue(w, t, now + 900);
		world_settle(w, now);
		expect_dispatch(w, j, e);
		world_done(w, e, now + 1000);
		w->seen = w->nr_log;
	}
	now = w->core.now_ns;
	j = enqueue(w, t, now + 900);
	world_run(w, now);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
	/* However wrong others are, some of it is believed. */
	frames(w, s, 64, 9000);
	now = w->core.now_ns;
	j = enqueue(w, world_stream(w, 3, MODEL(w, 1, "a", { 1000, 1 }), NULL),
		    now + 240);
	world_run(w, now);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(waits_for_no_stuck_one),
	WORLD_TEST(learns_where_it_may),
	WORLD_TEST(benefit_of_the_doubt),
	WORLD_TEST(urgent_first),
	WORLD_TEST(then_by_deadline),
	WORLD_TEST(waits_for_the_better),
	WORLD_TEST(slack_for_energy),
	WORLD_TEST(never_due),
	WORLD_TEST(gives_up_the_lesser),
	WORLD_TEST(weights_count),
	WORLD_TEST(takes_back),
	WORLD_TEST(goes_on_at_once),
	WORLD_TEST(forgets_who_was_idle),
	WORLD_TEST(leaves_time_for_its_child),
	WORLD_TEST(spares_a_flush),
	WORLD_TEST(regrets),
	WORLD_TEST(crowd_is_edf),
	WORLD_TEST(bounded),
	WORLD_TEST(pays_for_its_looks),
	WORLD_TEST(late_ones_are_run),
	WORLD_TEST(absent_engines),
	WORLD_TEST(sound_by_default),
};
SUITE(suite_lookahead, tests);
