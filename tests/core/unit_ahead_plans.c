// SPDX-License-Identifier: GPL-2.0-only
/* What lookahead plays through, whom it gives up, and when it looks. */

#include "ahead.h"
#include "suite.h"

#include "xrs_lookahead.h"

/* ----- styles -------------------------------------------------------------- */

/* Frugally it would be done at 990 of 1000: that is cut too fine. */
static void keeps_a_margin(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 2, "ab", { 100, 1000 }, { 140, 100 },
				    { 850, 100 }, { 850, 100 });
	struct xrs_job *j;

	world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	j = job_of(w, 1, m, 1000);
	world_run(w, 0);
	expect_on(j, a);
}

/* 600 on the cheap engine leave no time for a layer that seldom runs. */
static struct xrs_model *mostly_short(struct world *w)
{
	return CHAIN(w, 2, "ab", { 100, 1000 }, { 600, 750 }, { 450, 500 },
		     { 450, 500 });
}

static void on_the_fast_one(struct world *w, struct xrs_model *m)
{
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_job *j;

	world_engine(w, 1, "b");
	model_seal(m);
	world_policy(w, "lookahead", 0);
	j = job_of(w, 1, m, 1000);
	world_run(w, 0);
	expect_on(j, a);
}

static void counts_on_no_exit(void **state)
{
	struct xrs_model *m = mostly_short(*state);

	m->layer[0].exit = 1;
	m->layer[0].exit_ppm = 900000;
	on_the_fast_one(*state, m);
}

static void counts_on_no_skip(void **state)
{
	struct xrs_model *m = mostly_short(*state);

	m->layer[1].skip = 1;
	m->layer[1].skip_ppm = 900000;
	on_the_fast_one(*state, m);
}

/* A long layer that runs once in ten times is no reason to give a job up. */
static void hastily_hopes_for_a_skip(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = CHAIN(w, 2, "a", { 100, 1 }, { 1000, 1 });
	struct xrs_job *j;

	m->layer[1].skip = 1;
	m->layer[1].skip_ppm = 900000;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	j = job_of(w, 1, m, 500);
	world_run(w, 0);
	expect_on(j, e);
}

/* Nor one that would make another late, for the tenth of it that counts. */
static void hastily_hopes_for_an_exit(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = CHAIN(w, 2, "a", { 100, 1 }, { 1000, 1 });
	struct xrs_job *j;

	m->layer[0].exit = 1;
	m->layer[0].exit_ppm = 900000;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	j = job_of(w, 1, m, 500);
	enqueue(w, weighing(w, 2, MODEL(w, 1, "a", { 300, 1 }), 2), 700);
	world_run(w, 0);
	expect_on(j, e);
}

/* Late even so, but every second time it has left before. */
static void late_by_half(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = CHAIN(w, 2, "a", { 100, 1 }, { 1000, 1 });
	struct xrs_job *j;

	m->layer[0].exit = 1;
	m->layer[0].exit_ppm = 500000;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	j = job_of(w, 1, m, 500);
	world_run(w, 0);
	expect_on(j, e);
}

/* ----- children ------------------------------------------------------------ */

static struct xrs_stream *child_of(struct world *w, u32 id, struct xrs_model *m,
				   struct xrs_stream *up, u32 weight)
{
	struct xrs_stream *s = world_stream(w, id, m, up);

	s->deadline_ns = 1000;
	s->weight = weight;
	return s;
}

/* A child that weighs five times as much is worth giving up the other. */
static void children_are_on_the_bill(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_stream *s = weighing(w, 1, MODEL(w, 1, "a", { 100, 1 }), 1);
	struct xrs_job *parent, *other;

	world_engine(w, 2, "c");
	child_of(w, 3, MODEL(w, 1, "c", { 800, 1 }), s, 5);
	world_policy(w, "lookahead", 0);
	parent = enqueue(w, s, 1000);
	other = job_of(w, 2, MODEL(w, 1, "c", { 500, 1 }), 1000);
	world_settle(w, 0);
	expect_on(parent, a);
	expect_idle(other);
}

/* Nor is a parent given up that weighs less, with such a child. */
static void children_go_with_their_parent(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 600, 1 });
	struct xrs_stream *s = weighing(w, 1, m, 1);
	struct xrs_job *parent;

	world_engine(w, 2, "c");
	child_of(w, 3, MODEL(w, 1, "c", { 100, 1 }), s, 5);
	world_policy(w, "lookahead", 0);
	parent = enqueue(w, s, 1000);
	enqueue(w, weighing(w, 2, m, 2), 1000);
	world_settle(w, 0);
	expect_on(parent, a);
}

/* Nor is it left to be dropped behind one that weighs more than it alone. */
static void children_go_with_who_is_dropped(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_stream *s = weighing(w, 1, MODEL(w, 1, "a", { 300, 1 }), 3);
	struct xrs_job *parent;

	world_engine(w, 2, "c");
	child_of(w, 3, MODEL(w, 1, "c", { 100, 1 }), s, 5);
	world_policy(w, "lookahead", 0);
	parent = enqueue(w, s, 1000);
	enqueue(w, weighing(w, 2, MODEL(w, 1, "a", { 750, 1 }), 4), 1000);
	world_settle(w, 0);
	expect_on(parent, a);
}

/* ----- giving up ----------------------------------------------------------- */

/* Two of 600 until 1000: the one that weighs less goes, whoever is first. */
static void the_light_one_goes(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 600, 1 });
	struct xrs_job *light, *heavy;

	world_policy(w, "lookahead", 0);
	light = enqueue(w, weighing(w, 1, m, 1), 1000);
	heavy = enqueue(w, weighing(w, 2, m, 10), 1000);
	world_settle(w, 0);
	expect_on(heavy, e);
	expect_idle(light);
}

/* So does a miss of a stream that has ten times as many frames. */
static void the_frequent_one_goes(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 600, 1 });
	struct xrs_stream *seldom;
	struct xrs_job *j;

	world_policy(w, "lookahead", 0);
	enqueue(w, periodic(w, 1, m), 1000);
	seldom = periodic(w, 2, m);
	seldom->period_ns = 10000;
	j = enqueue(w, seldom, 1000);
	world_settle(w, 0);
	expect_on(j, e);
}

/* No one that is due later and weighs more, though least for its time. */
static void who_is_due_later_stays(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_model *m = MODEL(w, 1, "a", { 600, 1 });
	struct xrs_job *heavy, *later;

	world_policy(w, "lookahead", 0);
	enqueue(w, weighing(w, 1, m, 1), 1000);
	heavy = enqueue(w, weighing(w, 2, m, 10), 1000);
	later = enqueue(w, weighing(w, 3, MODEL(w, 1, "b", { 9000, 1 }), 11),
			50000);
	world_settle(w, 0);
	expect_on(heavy, a);
	expect_on(later, b);
}

/* But one that goes first, as it can wait least, and weighs no more: it goes. */
static void who_is_due_later_goes(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_job *first, *later;

	world_policy(w, "lookahead", 0);
	first = job_of(w, 1, MODEL(w, 1, "a", { 600, 1 }), 1000);
	later = job_of(w, 2, MODEL(w, 1, "a", { 900, 1 }), 1250);
	world_settle(w, 0);
	expect_on(first, e);
	expect_idle(later);
}

/*
 * The second cannot be on time behind the first, and will be dropped then: the
 * third, though worth least for its time, need not be given up for it.
 */
static void hopeless_ones_are_in_nobodys_way(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *two = CHAIN(w, 2, "a", { 300, 1 }, { 300, 1 });
	struct xrs_job *first, *third;

	model_seal(two);
	world_policy(w, "lookahead", 0);
	first = enqueue(w, weighing(w, 1, MODEL(w, 1, "a", { 200, 1 }), 10),
			210);
	enqueue(w, weighing(w, 2, two, 2), 700);
	third = enqueue(w, weighing(w, 3, MODEL(w, 1, "a", { 350, 1 }), 1),
			750);
	world_settle(w, 0);
	expect_on(first, e);
	assert_false(third->rejected);
}

/*
 * Giving up who weighs least for its time would be worse here than to let the
 * other be late: the best on the way is what counts.
 */
static void best_on_the_way(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_job *j;

	world_policy(w, "lookahead", 0);
	j = enqueue(w, weighing(w, 1, MODEL(w, 1, "a", { 900, 1 }), 2), 1000);
	job_of(w, 2, MODEL(w, 1, "a", { 200, 1 }), 1000);
	world_settle(w, 0);
	expect_on(j, e);
}

/*
 * One of two on c is lost in any case.  Hastily the other job moves to b, and
 * layers alone would take less energy there; but not what is moved.
 */
static void plans_pay_for_switches(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_model *m = CHAIN(w, 2, "ab", { 300, 10000 }, { 600, 12000 },
				    { 350, 11000 }, { 200, 10000 });
	struct xrs_model *c = MODEL(w, 1, "c", { 600, 1 });
	struct xrs_job *j;

	world_engine(w, 1, "b");
	world_engine(w, 2, "c");
	m->layer[0].out_bytes = 30;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	j = job_of(w, 1, m, 690);
	job_of(w, 2, c, 1000);
	job_of(w, 3, c, 1000);
	world_settle(w, 0);
	expect_on(j, a);
	world_done(w, a, 300);
	expect_on(j, a);
}

/* A look that is made for something else gives the same job up again. */
static void gives_up_again(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 400, 1 });
	struct xrs_job *big, *j[2];

	world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	big = job_of(w, 1, MODEL(w, 1, "a", { 550, 1 }), 1000);
	j[0] = job_of(w, 2, m, 1000);
	j[1] = job_of(w, 3, m, 1000);
	world_settle(w, 0);
	expect_on(j[0], e);
	world_run(w, 200);
	job_of(w, 4, MODEL(w, 1, "b", { 10, 1 }), 1000);
	world_settle(w, 200);
	world_done(w, e, 400);
	expect_on(j[1], e);
	expect_idle(big);
}

/* ----- when ---------------------------------------------------------------- */

/* If all is well, an end is no reason to look again. */
static void no_look_without_need(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 100, 1 });

	world_policy(w, "lookahead", 0);
	job_of(w, 1, m, 5000);
	job_of(w, 2, m, 6000);
	job_of(w, 3, m, 7000);
	world_settle(w, 0);
	assert_int_equal(w->core.ahead.looks, 1);
	world_done(w, e, 100);
	world_settle(w, 100);
	assert_int_equal(w->core.ahead.looks, 1);
}

/* With another engine, a look that was begun says nothing. */
static void begins_anew(void **state)
{
	struct world *w = *state;
	struct xrs_lookahead *ahead = &w->core.ahead;
	struct xrs_model *m = endless(w, "a", 1000);
	u32 i;

	world_engine(w, 0, "a");
	world_policy(w, "lookahead", 0);
	for (i = 1; i < 5; i++)
		job_of(w, i, m, 10000000);
	world_run(w, 0);
	assert_int_not_equal(ahead->stage, XRS_AHEAD_REST);
	world_engine(w, 1, "a");
	world_settle(w, 0);
	assert_int_equal(ahead->looks, 1);
	assert_int_equal(ahead->first.nr_engines, 2);
}

/*
 * While a look takes its time: frugally, although it went hastily on, as nothing
 * was lost.
 */
static void frugal_meanwhile(void **state)
{
	struct world *w = *state;
	struct xrs_lookahead *ahead = &w->core.ahead;
	struct xrs_engine *b;
	struct xrs_job *j;

	world_engine(w, 0, "a");
	b = world_engine(w, 1, "b");
	world_engine(w, 2, "z");
	world_policy(w, "lookahead", 0);
	hurry(w);
	world_settle(w, 0);
	assert_ptr_equal(ahead->style, &xrs_style_hasty);
	world_run(w, 10);
	j = job_of(w, 1, MODEL(w, 1, "ab", { 100, 1000 }, { 600, 900 }), 1010);
	job_of(w, 2, endless(w, "z", 1000), 10000000);
	world_run(w, 10);
	assert_int_not_equal(ahead->stage, XRS_AHEAD_REST);
	expect_on(j, b);
}

/* But where something was, who is not in the plan waits for the next. */
static void waits_for_the_plan(void **state)
{
	struct world *w = *state;
	struct xrs_lookahead *ahead = &w->core.ahead;
	struct xrs_model *c = MODEL(w, 1, "c", { 600, 1 });
	struct xrs_engine *b;
	struct xrs_job *j;

	b = world_engine(w, 1, "b");
	world_engine(w, 2, "c");
	world_engine(w, 3, "z");
	world_policy(w, "lookahead", 0);
	job_of(w, 1, c, 1000);
	job_of(w, 2, c, 1000);
	world_settle(w, 0);
	world_run(w, 10);
	job_of(w, 3, endless(w, "z", 1000), 10000000);
	j = job_of(w, 4, MODEL(w, 1, "b", { 100, 1 }), 2000);
	world_run(w, 10);
	assert_int_not_equal(ahead->stage, XRS_AHEAD_REST);
	expect_idle(j);
	world_settle(w, 10);
	expect_on(j, b);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(keeps_a_margin),
	WORLD_TEST(counts_on_no_exit),
	WORLD_TEST(counts_on_no_skip),
	WORLD_TEST(hastily_hopes_for_a_skip),
	WORLD_TEST(hastily_hopes_for_an_exit),
	WORLD_TEST(late_by_half),
	WORLD_TEST(children_are_on_the_bill),
	WORLD_TEST(children_go_with_their_parent),
	WORLD_TEST(children_go_with_who_is_dropped),
	WORLD_TEST(the_light_one_goes),
	WORLD_TEST(the_frequent_one_goes),
	WORLD_TEST(who_is_due_later_stays),
	WORLD_TEST(who_is_due_later_goes),
	WORLD_TEST(hopeless_ones_are_in_nobodys_way),
	WORLD_TEST(best_on_the_way),
	WORLD_TEST(plans_pay_for_switches),
	WORLD_TEST(gives_up_again),
	WORLD_TEST(no_look_without_need),
	WORLD_TEST(begins_anew),
	WORLD_TEST(frugal_meanwhile),
	WORLD_TEST(waits_for_the_plan),
};
SUITE(suite_ahead_plans, tests);
