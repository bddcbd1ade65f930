// SPDX-License-Identifier: GPL-2.0-only
/* Smart frame drop, supernet switching, chains (DREAM). */

#include "suite.h"

static struct xrs_job *enqueue(struct world *w, struct xrs_stream *s,
			       u64 deadline)
{
	struct xrs_job *j =
		world_job(w, s, s->next_frame, w->core.now_ns, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, w->core.now_ns), 0);
	return j;
}

/* One engine, urgency alone decides, nothing is dropped but early. */
static struct xrs_engine *adapt_new(struct world *w, const char *policy)
{
	world_policy(w, policy, 0);
	world_param(w, XRS_PARAM_ALPHA, 0, 0);
	world_param(w, XRS_PARAM_BETA, 0, 0);
	if (w->policy->params & (1U << XRS_PARAM_TUNE))
		world_param(w, XRS_PARAM_TUNE, XRS_OFF, 0);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 0);
	return world_engine(w, 0, "a");
}

static struct xrs_stream *stream_of(struct world *w, u32 id, u64 ns)
{
	return world_stream(w, id, MODEL(w, 1, "a", { ns, 1 }), NULL);
}

static bool early(const struct xrs_job *job)
{
	return job->state == XRS_JOB_DONE && job->outcome == XRS_DROPPED &&
	       job->reason == XRS_REASON_EARLY;
}

/* Of two that cannot make it, the one that lacks more, in proportion. */
static void drop_victim(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_model *m =
		MODEL(w, 3, "a", { 100, 1 }, { 100, 1 }, { 800, 1 });
	struct xrs_job *j, *k;

	j = enqueue(w, stream_of(w, 1, 100), 90);
	k = enqueue(w, world_stream(w, 2, m, NULL), 500);
	world_run(w, 0);
	expect_end(w, k, XRS_DROPPED, XRS_REASON_EARLY);
	expect_dispatch(w, j, e);
}

/* Equally bad: the one with the earlier deadline. */
static void drop_tie(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_job *j, *k;

	k = enqueue(w, stream_of(w, 1, 100), 95);
	j = enqueue(w, stream_of(w, 2, 100), 90);
	world_run(w, 0);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EARLY);
	expect_dispatch(w, k, e);
}

static void drop_not_alone(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_job *j = enqueue(w, stream_of(w, 1, 100), 50);

	enqueue(w, stream_of(w, 2, 100), 900);
	world_run(w, 0);
	expect_dispatch(w, j, e);
}

static void drop_alone_if_told(void **state)
{
	struct world *w = *state;
	struct xrs_job *j;

	adapt_new(w, "dream-drop");
	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	j = world_submit(w, stream_of(w, 1, 100), 0, 0, 99, 0);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EARLY);
}

/* Just in time is in time. */
static void drop_not_in_time(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");

	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	expect_dispatch(w, world_submit(w, stream_of(w, 1, 100), 0, 0, 100, 0),
			e);
}

/* ToGo on the best engine for each layer, even if that is busy. */
static void drop_by_best_engine(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a = adapt_new(w, "dream-drop");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_model *o = MODEL(w, 1, "b", { 900, 1 });
	struct xrs_model *m = MODEL(w, 1, "ab", { 200, 1 }, { 100, 1 });
	struct xrs_stream *s;

	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	expect_dispatch(
		w, world_submit(w, world_stream(w, 1, o, NULL), 0, 0, 900, 0),
		b);
	s = world_stream(w, 2, m, NULL);
	expect_dispatch(w, world_submit(w, s, 0, 0, 110, 0), a);
}

static void drop_between_layers(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 1 }, { 100, 1 });
	struct xrs_job *j;

	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	j = world_submit(w, world_stream(w, 1, m, NULL), 0, 0, 250, 0);
	expect_dispatch(w, j, e);
	/* It is late while its layer runs: that is not cut. */
	world_run(w, 160);
	assert_int_equal(j->state, XRS_JOB_RUNNING);
	world_done(w, e, 160);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EARLY);
}

/* Whoever others depend on is not dropped; the last of the chain is. */
static void drop_last_stage_only(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_stream *up = stream_of(w, 1, 100);
	struct xrs_model *m = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_stream *down = world_stream(w, 2, m, up);
	struct xrs_job *j, *k;

	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	j = enqueue(w, up, 50);
	k = enqueue(w, down, 50);
	world_run(w, 0);
	expect_dispatch(w, j, e);
	world_done(w, e, 100);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	expect_end(w, k, XRS_DROPPED, XRS_REASON_EARLY);
}

/* Those that may not be dropped are at risk all the same. */
static void drop_forbidden(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_stream *s = stream_of(w, 1, 100);
	struct xrs_job *j, *k;

	s->no_early_drop = true;
	j = enqueue(w, s, 30);
	k = enqueue(w, stream_of(w, 2, 100), 60);
	world_run(w, 0);
	expect_end(w, k, XRS_DROPPED, XRS_REASON_EARLY);
	expect_dispatch(w, j, e);
}

/*
 * Every frame is past saving.  One goes whenever fewer than @most of the
 * @window before it did: so @most of any @window + 1 in a row, no more and no
 * less.
 */
static void check_bound(void **state, u32 most, u32 window)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_stream *s = stream_of(w, 1, 100);
	bool gone[300];
	u32 i, k;

	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	s->drop_max = (u16)most;
	s->drop_window = (u16)window;
	for (i = 0; i < ARRAY_SIZE(gone); i++) {
		u64 now = 1000 * i;
		struct xrs_job *j = world_submit(w, s, i, now, now + 50, now);

		gone[i] = early(j);
		if (!gone[i])
			world_done(w, e, now + 100);
	}
	for (i = 0; i + window < ARRAY_SIZE(gone); i++) {
		u32 nr = 0;

		for (k = i; k <= i + window; k++)
			nr += gone[k];
		assert_int_equal(nr, most);
	}
}

static void drop_bound(void **state)
{
	check_bound(state, 2, 10);
}

static void drop_bound_none(void **state)
{
	check_bound(state, 0, 10);
}

static void drop_bound_all(void **state)
{
	check_bound(state, 5, 5);
}

static void drop_bound_widest(void **state)
{
	check_bound(state, 7, 64);
}

/* Frames that expired count; then only later ones may be dropped early. */
static void drop_bound_counts_all(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-drop");
	struct xrs_stream *s = stream_of(w, 1, 10);
	struct xrs_job *j;
	u64 i;

	world_param(w, XRS_PARAM_AT_RISK, 1, 0);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_DROP, 0);
	world_submit(w, stream_of(w, 2, 1000), 0, 0, 5000, 0);
	for (i = 0; i < 2; i++) {
		j = world_submit(w, s, i, 200 * i, 200 * i + 100, 200 * i);
		world_run(w, 200 * i + 100);
		expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	}
	world_done(w, e, 1000);
	for (; i < 12; i++) {
		j = world_submit(w, s, i, 1000 * i, 1000 * i + 5, 1000 * i);
		if (i == 11)
			break;
		assert_int_equal(j->state, XRS_JOB_RUNNING);
		world_done(w, e, 1000 * i + 5);
	}
	/* the first of the expired is not among the last ten any more */
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EARLY);
}

static void drop_only_if_told(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-tuned");
	struct xrs_job *j = enqueue(w, stream_of(w, 1, 100), 90);
	struct xrs_job *k = enqueue(w, stream_of(w, 2, 100), 95);

	world_run(w, 0);
	expect_dispatch(w, j, e);
	assert_false(early(k));
}

/* A supernet of 60 + 40, 30 + 20 and 5 + 5. */
static struct xrs_stream *supernet(struct world *w, u32 id)
{
	static const u32 layers[] = { 2, 2, 2 };
	static const struct xrs_cost cost[] = {
		{ 60, 9 }, { 40, 9 }, { 30, 5 }, { 20, 5 }, { 5, 1 }, { 5, 1 }
	};
	struct xrs_model *m = model_new(w, 3, layers, "a", cost);

	model_seal(m);
	return world_stream(w, id, m, NULL);
}

/* The variant that a frame runs which has @slack. */
static u32 variant_at(struct world *w, struct xrs_stream *s, u64 slack)
{
	u64 now = w->core.now_ns;
	struct xrs_job *j =
		world_submit(w, s, s->next_frame, now, now + slack, now);

	assert_int_equal(j->state, XRS_JOB_RUNNING);
	assert_int_equal(j->layer, 2 * (j->variant - 1));
	world_done(w, j->engine, now + 1);
	world_done(w, j->engine, now + 2);
	return j->variant;
}

static void variant_heaviest_that_fits(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s;

	adapt_new(w, "dream-full");
	s = supernet(w, 1);
	assert_int_equal(variant_at(w, s, 100), 1);
	assert_int_equal(variant_at(w, s, 99), 2);
	assert_int_equal(variant_at(w, s, 50), 2);
	assert_int_equal(variant_at(w, s, 49), 3);
	/* nothing fits: the lightest */
	assert_int_equal(variant_at(w, s, 5), 3);
}

/* A running job with an earlier deadline, over two engines. */
static void variant_behind_running(void **state)
{
	struct world *w = *state;
	struct xrs_stream *o, *s;
	struct xrs_engine *e;

	e = adapt_new(w, "dream-full");
	world_engine(w, 1, "a");
	o = stream_of(w, 1, 60);
	s = supernet(w, 2);
	expect_dispatch(w, world_submit(w, o, 0, 0, 110, 0), e);
	assert_int_equal(variant_at(w, s, 130), 1);
	assert_int_equal(variant_at(w, s, 128), 2);
	/* one with a later deadline is not before it */
	assert_int_equal(variant_at(w, s, 105), 1);
}

/* A ready job with an earlier or equal deadline that is less urgent. */
static void variant_behind_ready(void **state)
{
	static const struct {
		u64 other, slack;
		u32 variant;
	} cases[] = {
		{ 110, 110, 1 },
		{ 109, 109, 2 },
		{ 110, 109, 1 },
		{ 105, 109, 2 },
	};
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-full");
	struct xrs_stream *o = stream_of(w, 1, 10);
	struct xrs_stream *s = supernet(w, 2);
	struct xrs_job *j;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 now = w->core.now_ns;

		enqueue(w, o, now + cases[i].other);
		j = enqueue(w, s, now + cases[i].slack);
		world_run(w, now);
		expect_dispatch(w, j, e);
		assert_int_equal(j->variant, cases[i].variant);
		while (e->job)
			world_done(w, e, ++now);
		w->seen = w->nr_log;
	}
}

static void variant_lightest_bound(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s;

	adapt_new(w, "dream-full");
	s = supernet(w, 1);
	s->lightest_variant = 2;
	assert_int_equal(variant_at(w, s, 49), 2);
	assert_int_equal(variant_at(w, s, 200), 1);
	s->lightest_variant = 1;
	assert_int_equal(variant_at(w, s, 20), 1);
}

/* One that the submitter chose, and under other policies, stays. */
static void variant_not_chosen(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = adapt_new(w, "dream-full");
	struct xrs_stream *s = supernet(w, 1);
	struct xrs_job *j = world_job(w, s, 0, 0, 500);

	j->variant = 3;
	assert_int_equal(world_try(w, j, 0), 0);
	assert_int_equal(j->variant, 3);
	world_done(w, e, 5);
	world_done(w, e, 10);
	world_policy(w, "dream-drop", 10);
	assert_int_equal(variant_at(w, s, 40), 1);
}

/*
 * A frame of 100 whose successor of 1000 comes with 0.5, and that one's of 200
 * with 0.25, against a frame of its own: 100 + 0.5 * (1000 + 0.25 * 200).
 */
static bool chain_first(struct world *w, s64 chain, u64 other_ns)
{
	struct xrs_engine *e = adapt_new(w, "dream");
	struct xrs_stream *s[3];
	struct xrs_job *j;

	world_param(w, XRS_PARAM_CHAIN, chain, 0);
	s[0] = stream_of(w, 1, 100);
	s[1] = world_stream(w, 2, MODEL(w, 1, "a", { 1000, 1 }), s[0]);
	s[1]->trigger_ppm = 500000;
	s[2] = world_stream(w, 3, MODEL(w, 1, "a", { 200, 1 }), s[1]);
	s[2]->trigger_ppm = 250000;
	enqueue(w, stream_of(w, 4, other_ns), 5000);
	j = enqueue(w, s[0], 5000);
	world_run(w, 0);
	return e->job == j;
}

static void chain_off(void **state)
{
	assert_false(chain_first(*state, XRS_OFF, 101));
}

static void chain_counts(void **state)
{
	assert_true(chain_first(*state, XRS_ON, 624));
}

static void chain_weighs(void **state)
{
	assert_false(chain_first(*state, XRS_ON, 626));
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(drop_victim),
	WORLD_TEST(drop_tie),
	WORLD_TEST(drop_not_alone),
	WORLD_TEST(drop_alone_if_told),
	WORLD_TEST(drop_not_in_time),
	WORLD_TEST(drop_by_best_engine),
	WORLD_TEST(drop_between_layers),
	WORLD_TEST(drop_last_stage_only),
	WORLD_TEST(drop_forbidden),
	WORLD_TEST(drop_bound),
	WORLD_TEST(drop_bound_none),
	WORLD_TEST(drop_bound_all),
	WORLD_TEST(drop_bound_widest),
	WORLD_TEST(drop_bound_counts_all),
	WORLD_TEST(drop_only_if_told),
	WORLD_TEST(variant_heaviest_that_fits),
	WORLD_TEST(variant_behind_running),
	WORLD_TEST(variant_behind_ready),
	WORLD_TEST(variant_lightest_bound),
	WORLD_TEST(variant_not_chosen),
	WORLD_TEST(chain_off),
	WORLD_TEST(chain_counts),
	WORLD_TEST(chain_weighs),
};

SUITE(suite_adapt, tests);
