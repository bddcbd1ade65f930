// SPDX-License-Identifier: GPL-2.0-only
/* Streams that come and go, and what is counted of them. */

#include "suite.h"

static struct xrs_model *one_layer(struct world *w)
{
	return MODEL(w, 1, "a", { 100, 10 });
}

static struct xrs_stream *loose(struct world *w, u32 id,
				struct xrs_model *model,
				struct xrs_stream *upstream)
{
	struct xrs_stream *s = world_alloc(w, sizeof(*s));

	s->id = id;
	s->model = model;
	s->upstream = upstream;
	s->weight = 1;
	return s;
}

static void limit(void **state)
{
	struct world *w = world_new(3);
	struct xrs_model *m = one_layer(w);
	struct xrs_stream *s;

	(void)state;
	world_stream(w, 1, m, NULL);
	s = world_stream(w, 2, m, NULL);
	world_stream(w, 3, m, NULL);
	assert_true(xrs_core_stream_add(&w->core, loose(w, 4, m, NULL)) < 0);
	assert_int_equal(w->core.nr_streams, 3);
	assert_int_equal(xrs_core_stream_remove(&w->core, s), 0);
	world_stream(w, 4, m, NULL);
	world_free(w);
}

/* Timers set and jobs ready survive a move to larger memory. */
static void reserve_grows(void **state)
{
	struct world *w = world_new(2);
	struct xrs_model *m = one_layer(w);
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_stream *t = world_stream(w, 2, m, NULL);
	struct xrs_job *i, *j, *k;
	void *old;
	u32 n;

	(void)state;
	i = world_submit(w, s, 0, 0, 500, 0);
	j = world_submit(w, t, 0, 0, 600, 0);
	k = world_submit(w, s, 1, 300, 900, 0);
	old = w->core.timer_slot;
	memset(xrs_core_reserve(&w->core,
				world_alloc(w, xrs_core_reserve_bytes(100)),
				100),
	       0xff, xrs_core_reserve_bytes(2));
	assert_ptr_not_equal(w->core.timer_slot, old);
	for (n = 3; n <= 100; n++)
		world_stream(w, n, m, NULL);
	expect_dispatch(w, i, e);
	world_done(w, e, 100);
	expect_dispatch(w, j, e);
	world_done(w, e, 200);
	assert_int_equal(w->wake_ns, 300);
	world_run(w, 300);
	expect_dispatch(w, k, e);
	world_free(w);
}

static void remove_refuses(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = one_layer(w);
	struct xrs_stream *p = world_stream(w, 1, m, NULL);
	struct xrs_stream *c = world_stream(w, 2, m, p);
	struct xrs_job *j;

	world_engine(w, 0, "a");
	assert_int_equal(xrs_core_stream_remove(&w->core, p), -EBUSY);
	j = world_submit(w, p, 0, 100, 500, 0);
	assert_int_equal(xrs_core_stream_remove(&w->core, c), 0);
	assert_int_equal(xrs_core_stream_remove(&w->core, p), -EBUSY);
	assert_int_equal(w->core.nr_streams, 1);
	world_cancel(w, j, 0);
	assert_int_equal(xrs_core_stream_remove(&w->core, p), 0);
	assert_int_equal(w->core.nr_streams, 0);
	/* nothing is left of it */
	memset(p, 0xff, sizeof(*p));
	world_run(w, 1000);
	assert_int_equal(w->wake_ns, XRS_NEVER);
}

static void depth(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = one_layer(w);
	struct xrs_stream *s = NULL;
	u32 i;

	for (i = 0; i < XRS_MAX_DEPTH; i++)
		s = world_stream(w, i, m, s);
	assert_int_equal(xrs_core_stream_add(&w->core, loose(w, i, m, s)),
			 -ELOOP);
	assert_int_equal(s->children, 0);
	assert_int_equal(w->core.nr_streams, XRS_MAX_DEPTH);
}

/* The longest chain falls as one. */
static void depth_cascades(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = one_layer(w);
	struct xrs_stream *s = NULL;
	struct xrs_job *j[XRS_MAX_DEPTH];
	u32 i;

	world_engine(w, 0, "a");
	for (i = 0; i < XRS_MAX_DEPTH; i++) {
		s = world_stream(w, i, m, s);
		j[i] = world_submit(w, s, 0, 100, 500, 0);
	}
	world_cancel(w, j[0], 50);
	for (i = 1; i < XRS_MAX_DEPTH; i++)
		expect_end(w, j[i], XRS_DROPPED, XRS_REASON_UPSTREAM);
	assert_int_equal(w->wake_ns, XRS_NEVER);
}

/* The longest chain runs through. */
static void depth_runs(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = one_layer(w);
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = NULL;
	struct xrs_job *j[XRS_MAX_DEPTH];
	u32 i;

	for (i = 0; i < XRS_MAX_DEPTH; i++) {
		s = world_stream(w, i, m, s);
		j[i] = world_submit(w, s, 0, 0, 5000, 0);
	}
	for (i = 0; i < XRS_MAX_DEPTH; i++) {
		expect_dispatch(w, j[i], e);
		assert_int_equal(j[i]->release_ns, 100 * i);
		world_done(w, e, 100 * (i + 1));
	}
}

/* The core sets up its part of a stream, whatever was there before. */
static void add_initialises(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = one_layer(w);
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, m, NULL);

	world_submit(w, s, 7, 50, 500, 50);
	world_done(w, e, 150);
	assert_int_equal(xrs_core_stream_remove(&w->core, s), 0);
	assert_int_equal(xrs_core_stream_add(&w->core, s), 0);
	assert_int_equal(s->next_frame, 0);
	assert_int_equal(s->last_release_ns, 0);
	assert_int_equal(s->count.submitted, 0);
	assert_int_equal(s->response_hist.nr, 0);
	assert_int_equal(s->recent[7], U64_MAX);
	world_submit(w, s, 0, 0, 500, 150);
}

/*
 * energy and worst of every frame that ended except cancelled ones; honest:
 * the worst or more for violated ones.
 */
static void energies(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = MODEL(w, 2, "ab", { 100, 10 }, { 900, 40 },
				    { 100, 20 }, { 900, 50 });
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_stream *o =
		world_stream(w, 9, MODEL(w, 1, "b", { 1, 1 }), NULL);
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	const struct xrs_counters *c = &s->count;
	struct xrs_job *j;

	expect_dispatch(w, world_submit(w, o, 0, 0, 90000, 0), b);
	/* in time */
	j = world_submit(w, s, 0, 0, 500, 0);
	world_done(w, a, 100);
	world_done(w, a, 200);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(c->energy_pj, 30);
	assert_int_equal(c->worst_pj, 90);
	assert_int_equal(c->honest_pj, 30);
	/* late */
	world_submit(w, s, 1, 200, 350, 200);
	world_done(w, a, 300);
	world_done(w, a, 400);
	assert_int_equal(c->late, 1);
	assert_int_equal(c->energy_pj, 60);
	assert_int_equal(c->worst_pj, 180);
	assert_int_equal(c->honest_pj, 30 + 90);
	/* dropped after its first layer */
	world_submit(w, s, 2, 400, 450, 400);
	world_done(w, a, 500);
	assert_int_equal(c->dropped, 1);
	assert_int_equal(c->energy_pj, 70);
	assert_int_equal(c->worst_pj, 270);
	assert_int_equal(c->honest_pj, 30 + 90 + 90);
	/* cancelled: used 10, counted nowhere but on the engine */
	j = world_submit(w, s, 3, 500, 900, 500);
	world_cancel(w, j, 550);
	world_done(w, a, 600);
	assert_int_equal(c->cancelled, 1);
	assert_int_equal(c->energy_pj, 70);
	assert_int_equal(c->worst_pj, 270);
	assert_int_equal(a->energy_pj, 80);
	assert_int_equal(c->layers, 2 + 2 + 1 + 1);
	assert_int_equal(stream_sum(s), c->submitted);
}

/* A violated frame that used more than its worst case is charged that. */
static void honest_is_at_least_the_energy(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);

	world_submit(w, s, 0, 0, 50, 0);
	xrs_core_layer_done(&w->core, e, 77, 100);
	assert_int_equal(s->count.late, 1);
	assert_int_equal(s->count.energy_pj, 77);
	assert_int_equal(s->count.worst_pj, 10);
	assert_int_equal(s->count.honest_pj, 77);
}

/* The worst case is the heaviest variant's, whichever ran. */
static void worst_of_the_heaviest(void **state)
{
	struct world *w = *state;
	const u32 nr[] = { 1, 1 };
	const struct xrs_cost cost[] = { { 100, 90 }, { 50, 30 } };
	struct xrs_model *m = model_new(w, 2, nr, "a", cost);
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j;

	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	j = world_job(w, s, 0, 0, 500);
	j->variant = 2;
	assert_int_equal(world_try(w, j, 0), 0);
	world_done(w, e, 50);
	assert_int_equal(s->count.energy_pj, 30);
	assert_int_equal(s->count.worst_pj, 90);
}

/* released: when it becomes ready, or at an end without that; once. */
static void released_counts_once(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 1 }, { 100, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_stream *c = world_stream(w, 2, m, s);

	world_submit(w, s, 0, 10, 500, 0);
	world_submit(w, c, 0, 10, 500, 0);
	world_submit(w, s, 1, 10, 800, 0);
	world_submit(w, c, 1, 10, 800, 0);
	assert_int_equal(s->count.released, 0);
	world_run(w, 10);
	assert_int_equal(s->count.released, 1);
	world_done(w, e, 110);
	assert_int_equal(s->count.released, 1);
	/* cancelled before it was released: never was */
	world_cancel(w, xrs_core_find(s, 1), 120);
	assert_int_equal(s->count.released, 1);
	/* its child was dropped, and counts */
	assert_int_equal(c->count.released, 1);
	assert_int_equal(c->count.dropped, 1);
	world_done(w, e, 210);
	assert_int_equal(c->count.released, 2);
	assert_int_equal(s->count.submitted, stream_sum(s));
	assert_int_equal(c->count.submitted, stream_sum(c));
}

/* Queueing: release to first dispatch, once; response: completed ones only. */
static void histograms(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 1 }, { 100, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_stream *t = world_stream(w, 2, one_layer(w), NULL);

	world_submit(w, t, 0, 0, 500, 0);
	world_submit(w, s, 0, 30, 900, 30);
	world_done(w, e, 100);
	assert_int_equal(s->queue_hist.nr, 1);
	assert_int_equal(s->queue_hist.sum_ns, 70);
	world_done(w, e, 200);
	assert_int_equal(s->queue_hist.nr, 1);
	world_done(w, e, 300);
	assert_int_equal(s->response_hist.nr, 1);
	assert_int_equal(s->response_hist.sum_ns, 270);
	world_submit(w, s, 1, 300, 350, 300);
	world_done(w, e, 400);
	assert_int_equal(s->count.dropped, 1);
	assert_int_equal(s->queue_hist.nr, 2);
	assert_int_equal(s->response_hist.nr, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(limit),
	cmocka_unit_test(reserve_grows),
	WORLD_TEST(remove_refuses),
	WORLD_TEST(depth),
	WORLD_TEST(depth_cascades),
	WORLD_TEST(depth_runs),
	WORLD_TEST(add_initialises),
	WORLD_TEST(energies),
	WORLD_TEST(honest_is_at_least_the_energy),
	WORLD_TEST(worst_of_the_heaviest),
	WORLD_TEST(released_counts_once),
	WORLD_TEST(histograms),
};

SUITE(suite_stream, tests);
