// SPDX-License-Identifier: GPL-2.0-only
/* veltair and planaria: the rules of DREAM's baselines, one by one. */

#include "suite.h"

static struct xrs_job *enqueue(struct world *w, struct xrs_stream *s,
			       u64 deadline)
{
	struct xrs_job *j =
		world_job(w, s, s->next_frame, w->core.now_ns, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, w->core.now_ns), 0);
	return j;
}

#define FOUR(w) MODEL(w, 4, "a", { 100, 1 }, { 100, 1 }, { 100, 1 }, { 100, 1 })

/*
 * Frames of four equal layers that come one after the other, the later ones
 * with the earlier deadlines; @nr of them wait: blocks of 4 / (1 + nr / 2).
 */
static void check_blocks(struct world *w, u32 nr, u32 layers)
{
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = FOUR(w);
	struct xrs_job *j[8];
	u32 i, l, n = 0;

	world_policy(w, "veltair", 0);
	world_submit(w, world_stream(w, 90, MODEL(w, 1, "a", { 50, 1 }), NULL),
		     0, 0, 60, 0);
	w->seen = w->nr_log;
	for (i = 0; i <= nr; i++)
		j[i] = world_submit(w, world_stream(w, 80 - i, m, NULL), 0,
				    i + 1, 90000 - i, i + 1);
	world_done(w, e, 50);
	for (i = 0; i <= nr; i++) {
		for (l = 0; l < layers; l++) {
			expect_dispatch(w, j[i], e);
			world_done(w, e, 50 + 100 * ++n);
		}
	}
	if (layers < 4)
		expect_dispatch(w, j[0], e);
}

static void veltair_whole_when_alone(void **state)
{
	check_blocks(*state, 0, 4);
}

/* 400 / 1.5 is reached by the third layer. */
static void veltair_one_waits(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = FOUR(w);
	struct xrs_job *j, *k;
	u32 i;

	world_policy(w, "veltair", 0);
	j = enqueue(w, world_stream(w, 1, m, NULL), 9000);
	k = enqueue(w, world_stream(w, 2, m, NULL), 9001);
	world_run(w, 0);
	for (i = 1; i <= 3; i++) {
		expect_dispatch(w, j, e);
		world_done(w, e, 100 * i);
	}
	expect_dispatch(w, k, e);
}

static void veltair_two_wait(void **state)
{
	check_blocks(*state, 2, 2);
}

static void veltair_six_wait(void **state)
{
	check_blocks(*state, 6, 1);
}

/* A block ends where it began; the next takes the lowest idle engine. */
static void veltair_block_stays(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e[2] = { world_engine(w, 0, "a"),
				    world_engine(w, 1, "a") };
	struct xrs_model *one = MODEL(w, 1, "a", { 50, 1 });
	struct xrs_job *j;
	u32 i;

	world_policy(w, "veltair", 0);
	expect_dispatch(
		w, world_submit(w, world_stream(w, 1, one, NULL), 0, 0, 900, 0),
		e[0]);
	j = world_submit(w, world_stream(w, 2, FOUR(w), NULL), 0, 0, 900, 0);
	expect_dispatch(w, j, e[1]);
	world_done(w, e[0], 50);
	for (i = 1; i < 4; i++) {
		world_done(w, e[1], 100 * i);
		expect_dispatch(w, j, e[1]);
	}
}

static void check_veng(void **state, s64 veng, u32 want)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 300, 1 }, { 100, 1 });
	struct xrs_engine *e[2] = { world_engine(w, 0, "a"),
				    world_engine(w, 1, "b") };

	world_policy(w, "veltair", 0);
	world_param(w, XRS_PARAM_VENG, veng, 0);
	expect_dispatch(
		w, world_submit(w, world_stream(w, 1, m, NULL), 0, 0, 900, 0),
		e[want]);
}

static void veltair_lowest(void **state)
{
	check_veng(state, XRS_VENG_LOWEST, 0);
}

static void veltair_fastest(void **state)
{
	check_veng(state, XRS_VENG_FASTEST, 1);
}

/* Engines of 1, 2 and 4 elements, of classes a, b and c. */
static void sizes(struct world *w, u32 nr, struct xrs_engine **e)
{
	static const char *const classes[] = { "a", "b", "c" };
	u32 i;

	world_policy(w, "planaria", 0);
	for (i = 0; i < nr; i++) {
		e[i] = world_engine(w, i, classes[i]);
		e[i]->pes = 1U << i;
	}
}

/* Both could do with the small one: the first gets it, not the faster. */
static void planaria_smallest(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 200, 1 }, { 100, 1 });
	struct xrs_job *j, *k;
	struct xrs_engine *e[2];

	sizes(w, 2, e);
	k = enqueue(w, world_stream(w, 1, m, NULL), 1000);
	j = enqueue(w, world_stream(w, 2, m, NULL), 900);
	world_run(w, 0);
	expect_dispatch(w, j, e[0]);
	expect_dispatch(w, k, e[1]);
}

/* All of the rest counts, not just the next layer. */
static void planaria_meets_slack(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 2, "ab", { 100, 1 }, { 100, 1 },
				    { 500, 1 }, { 100, 1 });
	struct xrs_model *o = MODEL(w, 1, "ab", { 100, 1 }, { 100, 1 });
	struct xrs_job *j, *k;
	struct xrs_engine *e[2];

	sizes(w, 2, e);
	j = enqueue(w, world_stream(w, 1, m, NULL), 400); /* 400 * 2 */
	k = enqueue(w, world_stream(w, 2, o, NULL), 900); /* 900 * 1 */
	world_run(w, 0);
	expect_dispatch(w, j, e[1]);
	expect_dispatch(w, k, e[0]);
}

/* 600 of one element come before 400 of two. */
static void planaria_rank(void **state)
{
	struct world *w = *state;
	struct xrs_model *big = MODEL(w, 1, "ab", { 500, 1 }, { 100, 1 });
	struct xrs_model *small = MODEL(w, 1, "ab", { 100, 1 }, { 100, 1 });
	struct xrs_job *j, *k;
	struct xrs_engine *e[2];

	sizes(w, 2, e);
	k = enqueue(w, world_stream(w, 1, big, NULL), 400);
	j = enqueue(w, world_stream(w, 2, small, NULL), 600);
	world_run(w, 0);
	expect_dispatch(w, j, e[0]);
	expect_dispatch(w, k, e[1]);
}

static void planaria_hopeless_last(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_job *j, *k;
	struct xrs_engine *e[1];

	sizes(w, 1, e);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 0);
	k = enqueue(w, world_stream(w, 1, m, NULL), 50);
	j = enqueue(w, world_stream(w, 2, m, NULL), 900);
	world_run(w, 0);
	expect_dispatch(w, j, e[0]);
	world_done(w, e[0], 100);
	expect_dispatch(w, k, e[0]);
}

/* Nobody asks for the big one: the most urgent has it. */
static void planaria_spare(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		MODEL(w, 1, "abc", { 300, 1 }, { 200, 1 }, { 100, 1 });
	struct xrs_model *o =
		MODEL(w, 1, "abc", { 999, 1 }, { 200, 1 }, { 300, 1 });
	struct xrs_job *j, *k;
	struct xrs_engine *e[3];

	sizes(w, 3, e);
	k = enqueue(w, world_stream(w, 1, o, NULL), 900);
	j = enqueue(w, world_stream(w, 2, m, NULL), 400);
	world_run(w, 0);
	expect_dispatch(w, j, e[2]);
	expect_dispatch(w, k, e[1]);
}

/* An engine that somebody asked for is not spare. */
static void planaria_asked(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		MODEL(w, 1, "abc", { 300, 1 }, { 200, 1 }, { 100, 1 });
	struct xrs_model *o =
		MODEL(w, 1, "abc", { 999, 1 }, { 999, 1 }, { 200, 1 });
	struct xrs_job *j, *k;
	struct xrs_engine *e[3];

	sizes(w, 3, e);
	k = enqueue(w, world_stream(w, 1, o, NULL), 900);
	j = enqueue(w, world_stream(w, 2, m, NULL), 400);
	world_run(w, 0);
	expect_dispatch(w, j, e[1]);
	expect_dispatch(w, k, e[2]);
}

/* A spare engine that is slower is no present. */
static void planaria_slow_spare(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 1 }, { 200, 1 });
	struct xrs_engine *e[2];

	sizes(w, 2, e);
	expect_dispatch(
		w, world_submit(w, world_stream(w, 1, m, NULL), 0, 0, 900, 0),
		e[0]);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(veltair_whole_when_alone), WORLD_TEST(veltair_one_waits),
	WORLD_TEST(veltair_two_wait),	      WORLD_TEST(veltair_six_wait),
	WORLD_TEST(veltair_block_stays),      WORLD_TEST(veltair_lowest),
	WORLD_TEST(veltair_fastest),	      WORLD_TEST(planaria_smallest),
	WORLD_TEST(planaria_meets_slack),     WORLD_TEST(planaria_rank),
	WORLD_TEST(planaria_hopeless_last),   WORLD_TEST(planaria_spare),
	WORLD_TEST(planaria_asked),	      WORLD_TEST(planaria_slow_spare),
};

SUITE(suite_blocks, tests);
