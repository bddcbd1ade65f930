// SPDX-License-Identifier: GPL-2.0-only
/* rr, llf, fcfs-static, xrbench: the rules of DREAM's baselines, one by one. */

#include "suite.h"

static struct xrs_job *enqueue(struct world *w, struct xrs_stream *s,
			       u64 deadline)
{
	struct xrs_job *j =
		world_job(w, s, s->next_frame, w->core.now_ns, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, w->core.now_ns), 0);
	return j;
}

/* The streams in turn, layer by layer, whatever their deadlines. */
static void rr_goes_round(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 1 }, { 100, 1 });
	struct xrs_job *j[3];
	u32 i, n;

	world_policy(w, "rr", 0);
	for (i = 0; i < 3; i++)
		j[i] = enqueue(w, world_stream(w, 3 + i, m, NULL), 9000 - i);
	world_run(w, 0);
	for (n = 0; n < 6; n++) {
		expect_dispatch(w, j[n % 3], e);
		expect_quiet(w);
		world_done(w, e, 100 * (n + 1));
	}
	/* One that comes behind the last that was served waits for its turn. */
	j[0] = enqueue(w, j[0]->stream, 9000);
	j[1] = enqueue(w, j[1]->stream, 9000);
	world_run(w, 600);
	expect_dispatch(w, j[0], e);
	enqueue(w, j[2]->stream, 8000);
	j[2] = enqueue(w, world_stream(w, 1, m, NULL), 700);
	world_done(w, e, 690);
	expect_dispatch(w, j[1], e);
}

static void rr_fastest_engine(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 1, "ab", { 300, 1 }, { 100, 1 });
	struct xrs_engine *b;

	world_policy(w, "rr", 0);
	world_engine(w, 0, "a");
	b = world_engine(w, 1, "b");
	expect_dispatch(
		w, world_submit(w, world_stream(w, 1, m, NULL), 0, 0, 900, 0),
		b);
}

/* 1000 - 500 comes before 800 - 100. */
static void llf_least_laxity(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *work = MODEL(w, 2, "a", { 100, 1 }, { 400, 1 });
	struct xrs_model *rest = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_job *j, *k;

	world_policy(w, "llf", 0);
	k = enqueue(w, world_stream(w, 1, rest, NULL), 800);
	j = enqueue(w, world_stream(w, 2, work, NULL), 1000);
	world_run(w, 0);
	expect_dispatch(w, j, e);
	/* 1000 - 400 and 800 - 100: it goes on; then nothing else is left */
	world_done(w, e, 100);
	expect_dispatch(w, j, e);
	world_done(w, e, 500);
	expect_dispatch(w, k, e);
}

/* Past saving by more comes first; and what is for ever is for last. */
static void llf_negative_laxity(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m[3] = { MODEL(w, 1, "a", { 500, 1 }),
				   MODEL(w, 1, "a", { 100, 1 }),
				   MODEL(w, 1, "a", { 900, 1 }) };
	struct xrs_job *j[3], *never;

	world_policy(w, "llf", 0);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 0);
	never = enqueue(w, world_stream(w, 9, m[2], NULL), U64_MAX - 1);
	j[0] = enqueue(w, world_stream(w, 1, m[0], NULL), 300);
	j[1] = enqueue(w, world_stream(w, 2, m[1], NULL), 200);
	j[2] = enqueue(w, world_stream(w, 3, m[2], NULL), 600);
	world_run(w, 0);
	expect_dispatch(w, j[2], e);
	world_done(w, e, 900);
	expect_dispatch(w, j[0], e);
	world_done(w, e, 1400);
	expect_dispatch(w, j[1], e);
	world_done(w, e, 1500);
	expect_dispatch(w, never, e);
}

/* What is to be done is reckoned on the best engine for each layer. */
static void llf_best_engines(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		MODEL(w, 2, "ab", { 600, 1 }, { 10, 1 }, { 10, 1 }, { 600, 1 });
	struct xrs_model *k = MODEL(w, 1, "a", { 200, 1 });
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_job *x, *y;

	world_policy(w, "llf", 0);
	x = enqueue(w, world_stream(w, 1, m, NULL), 900); /* 880, not 290 */
	y = enqueue(w, world_stream(w, 2, k, NULL), 1000); /* 800 */
	world_run(w, 0);
	expect_dispatch(w, y, a);
	expect_dispatch(w, x, b);
}

/* Streams of 0.6, 0.3 and 0.2 of an engine: the third joins the second. */
struct bound {
	struct xrs_engine *e[2];
	struct xrs_stream *s[3];
};

static struct bound bound_new(struct world *w)
{
	static const u64 ns[3] = { 60, 30, 20 };
	struct bound b;
	u32 i;

	world_policy(w, "fcfs-static", 0);
	for (i = 0; i < 2; i++)
		b.e[i] = world_engine(w, i, "a");
	for (i = 0; i < 3; i++) {
		b.s[i] = world_stream(w, 1 + i, MODEL(w, 1, "a", { ns[i], 1 }),
				      NULL);
		b.s[i]->period_ns = 100;
	}
	return b;
}

static void static_balances(void **state)
{
	struct world *w = *state;
	struct bound b = bound_new(w);
	struct xrs_job *j[3];
	u32 i;

	for (i = 0; i < 3; i++)
		j[i] = enqueue(w, b.s[i], 100);
	world_run(w, 0);
	expect_dispatch(w, j[0], b.e[0]);
	expect_dispatch(w, j[1], b.e[1]);
	/* the other engine is idle from here on, and stays it */
	world_done(w, b.e[0], 20);
	expect_quiet(w);
	world_done(w, b.e[1], 30);
	expect_dispatch(w, j[2], b.e[1]);
}

static void static_rebinds(void **state)
{
	struct world *w = *state;
	struct bound b = bound_new(w);
	struct xrs_job *j;

	expect_dispatch(w, world_submit(w, b.s[1], 0, 0, 500, 0), b.e[1]);
	world_done(w, b.e[1], 30);
	world_down(w, b.e[1], 40);
	j = world_submit(w, b.s[1], 1, 50, 500, 50);
	expect_dispatch(w, j, b.e[0]);
	world_done(w, b.e[0], 80);
	world_up(w, b.e[1], 90);
	expect_dispatch(w, world_submit(w, b.s[1], 2, 100, 500, 100), b.e[1]);
	world_done(w, b.e[1], 130);
	/* With the big stream gone, the first engine is free for it. */
	assert_int_equal(xrs_core_stream_remove(&w->core, b.s[0]), 0);
	expect_dispatch(w, world_submit(w, b.s[1], 3, 200, 500, 200), b.e[0]);
}

/* The best engine by the whole of the model, not by its first layer. */
static void static_best_total(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		MODEL(w, 2, "ab", { 10, 1 }, { 30, 1 }, { 90, 1 }, { 20, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_engine *b;

	s->period_ns = 1000;
	world_policy(w, "fcfs-static", 0);
	world_engine(w, 0, "a");
	b = world_engine(w, 1, "b");
	expect_dispatch(w, world_submit(w, s, 0, 0, 1000, 0), b);
}

/* Oldest first; one that has begun runs to its end. */
static void static_whole_inference(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 1 }, { 100, 1 });
	struct xrs_job *j, *k, *l;

	world_policy(w, "fcfs-static", 0);
	j = world_submit(w, world_stream(w, 1, m, NULL), 0, 10, 5000, 10);
	expect_dispatch(w, j, e);
	l = world_submit(w, world_stream(w, 2, m, NULL), 0, 30, 900, 40);
	k = world_submit(w, world_stream(w, 3, m, NULL), 0, 5, 4000, 50);
	world_done(w, e, 110);
	expect_dispatch(w, j, e);
	world_done(w, e, 210);
	expect_dispatch(w, k, e);
	world_done(w, e, 310);
	expect_dispatch(w, k, e);
	world_done(w, e, 410);
	expect_dispatch(w, l, e);
}

static struct xrs_model *named(struct xrs_model *m, const char *name)
{
	snprintf(m->name, sizeof(m->name), "%s", name);
	model_seal(m);
	return m;
}

static void xrbench_by_name(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *z = named(CHAIN(w, 1, "a", { 10, 1 }), "zeta");
	struct xrs_model *a = named(CHAIN(w, 1, "a", { 10, 1 }), "alpha");
	struct xrs_job *first, *second;

	world_policy(w, "xrbench", 0);
	second = enqueue(w, world_stream(w, 1, z, NULL), 100);
	first = enqueue(w, world_stream(w, 2, a, NULL), 900);
	world_run(w, 0);
	expect_dispatch(w, first, e);
	world_done(w, e, 10);
	expect_dispatch(w, second, e);
}

/* a: 10 + 100, b: 50 + 20. */
static void xrbench_least_total(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = named(CHAIN(w, 2, "ab", { 10, 1 }, { 50, 1 },
					  { 100, 1 }, { 20, 1 }),
				    "m");
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_job *j, *k;

	world_policy(w, "xrbench", 0);
	j = world_submit(w, world_stream(w, 1, m, NULL), 0, 0, 900, 0);
	expect_dispatch(w, j, b);
	/* the second does not wait for it */
	k = world_submit(w, world_stream(w, 2, m, NULL), 0, 0, 900, 0);
	expect_dispatch(w, k, a);
	/* both stay where they are, though each is better off elsewhere */
	world_done(w, b, 50);
	expect_dispatch(w, j, b);
	world_done(w, b, 70);
	world_done(w, a, 75);
	expect_dispatch(w, k, a);
}

/* A frame that has begun is not overtaken by one of an earlier name. */
static void xrbench_whole_inference(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *z =
		named(CHAIN(w, 2, "a", { 10, 1 }, { 10, 1 }), "zeta");
	struct xrs_model *a = named(CHAIN(w, 1, "a", { 10, 1 }), "alpha");
	struct xrs_job *j, *k;

	world_policy(w, "xrbench", 0);
	j = world_submit(w, world_stream(w, 1, z, NULL), 0, 0, 900, 0);
	expect_dispatch(w, j, e);
	k = world_submit(w, world_stream(w, 2, a, NULL), 0, 5, 50, 5);
	world_done(w, e, 10);
	expect_dispatch(w, j, e);
	world_done(w, e, 20);
	expect_dispatch(w, k, e);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(rr_goes_round),	    WORLD_TEST(rr_fastest_engine),
	WORLD_TEST(llf_least_laxity),	    WORLD_TEST(llf_negative_laxity),
	WORLD_TEST(llf_best_engines),	    WORLD_TEST(static_balances),
	WORLD_TEST(static_rebinds),	    WORLD_TEST(static_best_total),
	WORLD_TEST(static_whole_inference), WORLD_TEST(xrbench_by_name),
	WORLD_TEST(xrbench_least_total),    WORLD_TEST(xrbench_whole_inference),
};

SUITE(suite_baselines, tests);
