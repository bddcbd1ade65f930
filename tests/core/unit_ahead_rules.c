// SPDX-License-Identifier: GPL-2.0-only
/* lookahead's rules 1 to 6: figures at which each of them makes a difference. */

#include "ahead.h"
#include "suite.h"

#include "xrs_lookahead.h"

/* ----- 1: who ------------------------------------------------------------- */

/* 460 of 1000 left and 449 of 990 are close to one half, but below it. */
static void nearly_urgent(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	a = job_of(w, 1, MODEL(w, 1, "a", { 460, 1 }), 1000);
	b = job_of(w, 2, MODEL(w, 1, "a", { 449, 1 }), 990);
	world_run(w, 0);
	expect_on(b, e);
	expect_idle(a);
}

static void lower_stream_first(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 1, "a", { 300, 1 });
	struct xrs_job *b = job_of(w, 2, m, 3000), *a = job_of(w, 1, m, 3000);

	world_policy(w, "lookahead", 0);
	world_run(w, 0);
	expect_on(a, e);
	expect_idle(b);
}

/* Whether a parent of 100, its child, or one that is due before goes first. */
static bool parent_first(struct world *w, u64 child_ns)
{
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = weighing(w, 1, MODEL(w, 1, "a", { 100, 1 }), 1);
	struct xrs_stream *child =
		world_stream(w, 3, MODEL(w, 1, "a", { child_ns, 1 }), s);
	struct xrs_job *parent, *other;

	child->deadline_ns = 1000;
	world_policy(w, "lookahead", 0);
	parent = enqueue(w, s, 1000);
	other = job_of(w, 2, MODEL(w, 1, "a", { 300, 1 }), 950);
	world_run(w, 0);
	assert_true((parent->engine == e) != (other->engine == e));
	return parent->engine == e;
}

static void child_makes_urgent(void **state)
{
	assert_true(parent_first(*state, 500));
}

static void hopeless_child_does_not(void **state)
{
	assert_false(parent_first(*state, 2000));
}

/* 540 of 1000 can wait for 460, and 1197 of 2000, a larger share, for 803. */
static void who_can_wait_least(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_job *a, *b;

	world_policy(w, "lookahead", 0);
	b = job_of(w, 1, MODEL(w, 1, "a", { 1197, 1 }), 2000);
	a = job_of(w, 2, MODEL(w, 1, "a", { 540, 1 }), 1000);
	world_run(w, 0);
	expect_on(a, e);
	world_done(w, e, 540);
	expect_on(b, e);
}

/* 170 of 1000 are expected, but 800 if it does not leave early: urgent. */
static void all_of_the_rest_counts(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = CHAIN(w, 2, "a", { 100, 1 }, { 700, 1 });
	struct xrs_job *may_leave, *other;

	m->layer[0].exit = 1;
	m->layer[0].exit_ppm = 900000;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	may_leave = job_of(w, 1, m, 1000);
	other = job_of(w, 2, MODEL(w, 1, "a", { 150, 1 }), 990);
	world_run(w, 0);
	expect_on(may_leave, e);
	expect_idle(other);
}

/* One that is not urgent could wait for 310 only, but it has b as well. */
static void urgent_ones_first(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_job *urgent, *other;

	world_policy(w, "lookahead", 0);
	other = job_of(w, 1, MODEL(w, 1, "ab", { 190, 1 }, { 200, 1 }), 500);
	urgent = job_of(w, 2, MODEL(w, 1, "ab", { 600, 1 }, { 900, 1 }), 1000);
	world_settle(w, 0);
	expect_on(urgent, a);
	expect_on(other, b);
}

/* ----- 2: waiting --------------------------------------------------------- */

/* Hastily, too, an urgent job waits for an engine that is done before. */
static void hasty_ones_wait(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_job *first, *second;

	world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	hurry(w);
	first = job_of(w, 1, MODEL(w, 1, "a", { 100, 1 }), 150);
	second = job_of(w, 2, MODEL(w, 1, "ab", { 500, 1 }, { 900, 1 }), 950);
	world_settle(w, 0);
	expect_on(first, a);
	expect_idle(second);
	world_done(w, a, 100);
	expect_on(second, a);
}

/* But no other does, although it would take less energy. */
static void others_do_not(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_job *first, *second;

	world_policy(w, "lookahead", 0);
	hurry(w);
	first = job_of(w, 1, MODEL(w, 1, "a", { 100, 1 }), 150);
	second =
		job_of(w, 2, MODEL(w, 1, "ab", { 100, 10 }, { 150, 11 }), 3000);
	world_settle(w, 0);
	expect_on(first, a);
	expect_on(second, b);
}

/* The third reckons with the second, who waits for the better engine. */
static void a_wait_is_a_reservation(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_job *j[3];

	world_policy(w, "lookahead", 0);
	j[0] = job_of(w, 1, MODEL(w, 1, "a", { 100, 1 }), 150);
	j[1] = job_of(w, 2, MODEL(w, 1, "ab", { 500, 1 }, { 900, 1 }), 950);
	j[2] = job_of(w, 3, MODEL(w, 1, "ab", { 200, 1 }, { 450, 1 }), 2000);
	world_settle(w, 0);
	expect_on(j[0], a);
	expect_idle(j[1]);
	expect_on(j[2], b);
}

/* An engine that is overdue by 50 is taken to need as long again. */
static void overdue_engine(void **state)
{
	struct world *w = *state;
	struct xrs_engine *b;
	struct xrs_job *j;

	world_engine(w, 0, "a");
	b = world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	job_of(w, 1, MODEL(w, 1, "a", { 100, 1 }), 5000);
	world_settle(w, 0);
	world_run(w, 150);
	j = job_of(w, 2, MODEL(w, 1, "ab", { 500, 1 }, { 521, 1 }), 1150);
	world_settle(w, 150);
	expect_on(j, b);
}

/* ----- 3: energy against time ---------------------------------------------- */

/* Which of two engines a job takes that is due at @deadline. */
static u32 choice(struct world *w, bool hasty, struct xrs_cost a,
		  struct xrs_cost b, u64 deadline)
{
	struct xrs_job *j;

	world_engine(w, 0, "a");
	world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	if (hasty)
		hurry(w);
	j = job_of(w, 1, MODEL(w, 1, "ab", a, b), deadline);
	world_settle(w, 0);
	assert_non_null(j->engine);
	return j->engine->id;
}

#define COST(latency, energy) ((struct xrs_cost){ latency, energy })

/* All energy for a quarter of the time to spare is a bargain, if frugal. */
static void urgent_and_frugal(void **state)
{
	assert_int_equal(
		choice(*state, false, COST(500, 1000), COST(600, 10), 900), 1);
}

/* Who is hasty and urgent does not ask. */
static void urgent_and_hasty(void **state)
{
	assert_int_equal(
		choice(*state, true, COST(500, 1000), COST(600, 10), 900), 0);
}

/* 6 % of the energy for 30 % of the time to spare. */
static void urgent_time_is_dear(void **state)
{
	assert_int_equal(
		choice(*state, false, COST(500, 1000), COST(600, 940), 900), 0);
}

/* 3 % of the energy for 13 % of the time to spare. */
static void a_tenth_if_frugal(void **state)
{
	assert_int_equal(choice(*state, false, COST(100, 1000), COST(200, 970),
				1000),
			 1);
}

static void three_tenths_if_hasty(void **state)
{
	assert_int_equal(
		choice(*state, true, COST(100, 1000), COST(200, 970), 1000), 0);
}

/* What counts is the share, not how much it is: 1 % ... */
static void energy_is_a_share(void **state)
{
	assert_int_equal(choice(*state, false, COST(100, 1000000),
				COST(600, 990000), 1000),
			 0);
}

/* ... that is worth it where there is time to waste. */
static void time_is_a_share(void **state)
{
	assert_int_equal(choice(*state, false, COST(100, 1000), COST(600, 990),
				100100),
			 1);
}

/* A chain of two on a and b; the engine that it takes for the second. */
static u32 second_choice(struct world *w, bool hasty, u32 bytes,
			 struct xrs_cost a, struct xrs_cost b, u64 deadline)
{
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m =
		CHAIN(w, 2, "ab", { 100, 100 }, { 5000, 1000 }, a, b);
	struct xrs_job *j;

	m->layer[0].out_bytes = bytes;
	model_seal(m);
	world_engine(w, 1, "b");
	world_policy(w, "lookahead", 0);
	if (hasty)
		hurry(w);
	j = job_of(w, 1, m, deadline);
	world_settle(w, 0);
	expect_on(j, e);
	world_done(w, e, 100);
	assert_non_null(j->engine);
	return j->engine->id;
}

/* Where its activations are, a job need not move them. */
static void home_is_cheap(void **state)
{
	assert_int_equal(second_choice(*state, false, 10, COST(100, 1000),
				       COST(100, 900), 10000),
			 0);
}

/* Twice the energy to move, so it counts as 1.1 times the layer's time more. */
static void moving_is_late(void **state)
{
	assert_int_equal(second_choice(*state, true, 1, COST(300, 100),
				       COST(150, 100), 420),
			 0);
}

/* 216 times the energy, but no more than twice the time. */
static void but_not_forever(void **state)
{
	assert_int_equal(second_choice(*state, true, 100, COST(330, 100),
				       COST(100, 100), 300),
			 1);
}

/* ----- 4: holding ---------------------------------------------------------- */

/* A chain whose activations are worth a wait. */
static struct xrs_model *laden(struct world *w)
{
	struct xrs_model *m =
		CHAIN(w, 3, "a", { 100, 1 }, { 100, 1 }, { 100, 1 });

	m->layer[0].out_bytes = 1000;
	m->layer[1].out_bytes = 1000;
	model_seal(m);
	return m;
}

/* 210 are more than three tenths of the 490 that it has to spare. */
static void holds_not_for_long(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_job *first, *second;

	world_policy(w, "lookahead", 0);
	first = job_of(w, 1, laden(w), 5000);
	world_settle(w, 0);
	expect_on(first, a);
	world_run(w, 10);
	second = job_of(w, 2, MODEL(w, 1, "a", { 10, 1 }), 600);
	world_settle(w, 10);
	world_done(w, a, 100);
	expect_on(second, a);
}

/* Nor if there is an engine that takes less anyway. */
static void holds_not_for_nothing(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_job *first, *second;

	world_policy(w, "lookahead", 0);
	first = job_of(w, 1, laden(w), 5000);
	world_settle(w, 0);
	world_done(w, a, 100);
	expect_on(first, a);
	world_run(w, 150);
	second = job_of(w, 2, MODEL(w, 1, "ab", { 10, 100 }, { 10, 1 }), 4000);
	world_settle(w, 150);
	expect_on(second, b);
}

/* Nor for a job that is given up: only one of two can have engine b. */
static void holds_not_for_the_lost(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_model *m = CHAIN(w, 2, "ab", { 100, 1 }, { 300, 5 },
				    { 5000, 1 }, { 800, 1 });
	struct xrs_job *first, *short_one, *heavy, *third;

	m->layer[0].out_bytes = 1000;
	model_seal(m);
	world_policy(w, "lookahead", 0);
	first = job_of(w, 1, m, 1000);
	world_settle(w, 0);
	expect_on(first, a);
	short_one = job_of(w, 4, MODEL(w, 1, "b", { 20, 1 }), 1000);
	world_settle(w, 90);
	expect_on(short_one, b);
	xrs_core_layer_done(&w->core, a, 1, 100);
	world_settle(w, 100);
	expect_idle(first);
	heavy = enqueue(w, weighing(w, 2, MODEL(w, 1, "b", { 700, 1 }), 10),
			1000);
	third = job_of(w, 3, MODEL(w, 1, "a", { 10, 1 }), 4000);
	world_settle(w, 105);
	expect_on(third, a);
	world_done(w, b, 110);
	expect_on(heavy, b);
}

/* ----- 6: not for each other ----------------------------------------------- */

/* At 600 each wants the engine that holds what the other has done. */
static void two_do_not_wait_for_each_other(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_model *x =
		CHAIN(w, 2, "abc", { 5000, 900 }, { 600, 10 }, { 100, 1000 },
		      { 10, 10 }, { 10, 5000 }, { 10, 9000 });
	struct xrs_model *y = CHAIN(w, 2, "ab", { 600, 10 }, { 600, 1000 },
				    { 10, 5000 }, { 10, 10 });
	struct xrs_job *j[2];

	world_engine(w, 2, "c");
	x->layer[0].out_bytes = 10;
	y->layer[0].out_bytes = 10;
	model_seal(x);
	model_seal(y);
	world_policy(w, "lookahead", 0);
	j[0] = job_of(w, 1, x, 1300);
	j[1] = job_of(w, 2, y, 1300);
	world_settle(w, 0);
	expect_on(j[0], b);
	expect_on(j[1], a);
	xrs_core_layer_done(&w->core, a, 10, 600);
	xrs_core_layer_done(&w->core, b, 10, 600);
	world_settle(w, 600);
	expect_on(j[0], a);
	world_done(w, a, 610);
	expect_on(j[1], b);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(nearly_urgent),
	WORLD_TEST(lower_stream_first),
	WORLD_TEST(child_makes_urgent),
	WORLD_TEST(hopeless_child_does_not),
	WORLD_TEST(who_can_wait_least),
	WORLD_TEST(all_of_the_rest_counts),
	WORLD_TEST(urgent_ones_first),
	WORLD_TEST(hasty_ones_wait),
	WORLD_TEST(others_do_not),
	WORLD_TEST(a_wait_is_a_reservation),
	WORLD_TEST(overdue_engine),
	WORLD_TEST(urgent_and_frugal),
	WORLD_TEST(urgent_and_hasty),
	WORLD_TEST(urgent_time_is_dear),
	WORLD_TEST(a_tenth_if_frugal),
	WORLD_TEST(three_tenths_if_hasty),
	WORLD_TEST(energy_is_a_share),
	WORLD_TEST(time_is_a_share),
	WORLD_TEST(home_is_cheap),
	WORLD_TEST(moving_is_late),
	WORLD_TEST(but_not_forever),
	WORLD_TEST(holds_not_for_long),
	WORLD_TEST(holds_not_for_nothing),
	WORLD_TEST(holds_not_for_the_lost),
	WORLD_TEST(two_do_not_wait_for_each_other),
};
SUITE(suite_ahead_rules, tests);
