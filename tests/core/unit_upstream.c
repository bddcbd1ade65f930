// SPDX-License-Identifier: GPL-2.0-only
/* Frames that wait for others, and frames that are given up. */

#include "suite.h"

/* Fixtures: one engine "a"; a model of 1 layer, 100 ns, 10 pJ. */
static struct xrs_model *one_layer(struct world *w)
{
	return MODEL(w, 1, "a", { 100, 10 });
}

static void refused(struct world *w, struct xrs_job *job, int error)
{
	struct xrs_stream *s = job->stream;
	struct xrs_counters before = s->count;
	u64 next = s->next_frame;
	u64 last = s->last_release_ns;
	u32 in_flight = s->in_flight;

	assert_int_equal(world_try(w, job, w->core.now_ns), error);
	assert_memory_equal(&s->count, &before, sizeof(before));
	assert_int_equal(s->next_frame, next);
	assert_int_equal(s->last_release_ns, last);
	assert_int_equal(s->in_flight, in_flight);
	assert_int_equal(to_tjob(job)->finishes, 0);
	expect_quiet(w);
}

/* The child waits for its parent's end and is released then. */
static void upstream_waits(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p, *c;
	struct xrs_job *parent, *child;

	world_engine(w, 1, "a");
	p = world_stream(w, 1, one_layer(w), NULL);
	c = world_stream(w, 2, one_layer(w), p);
	parent = world_submit(w, p, 3, 0, 2000, 0);
	child = world_submit(w, c, 3, 0, 2000, 0);
	expect_dispatch(w, parent, e);
	expect_quiet(w);
	assert_ptr_equal(child->parent, parent);
	assert_int_equal(c->count.released, 0);
	world_done(w, e, 100);
	expect_dispatch(w, child, e);
	assert_int_equal(child->release_ns, 100);
	assert_null(child->parent);
	assert_int_equal(c->count.released, 1);
}

/* The parent's end does not bring the child's own release forward. */
static void upstream_then_own_release(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), p);
	struct xrs_job *parent = world_submit(w, p, 0, 0, 2000, 0);
	struct xrs_job *child = world_submit(w, c, 0, 500, 2000, 0);

	expect_dispatch(w, parent, e);
	world_done(w, e, 100);
	expect_quiet(w);
	assert_int_equal(child->release_ns, 500);
	assert_int_equal(w->wake_ns, 500);
	world_run(w, 500);
	expect_dispatch(w, child, e);
}

static void upstream_recent_completed(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), p);
	struct xrs_job *parent = world_submit(w, p, 0, 0, 2000, 0);
	struct xrs_job *child;

	expect_dispatch(w, parent, e);
	world_done(w, e, 100);
	child = world_submit(w, c, 0, 150, 2000, 150);
	expect_dispatch(w, child, e);
	assert_int_equal(child->release_ns, 150);
}

/* Late is completed, too. */
static void upstream_recent_late(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), p);
	struct xrs_job *parent = world_submit(w, p, 0, 0, 50, 0);
	struct xrs_job *child = world_submit(w, c, 0, 0, 2000, 0);

	expect_dispatch(w, parent, e);
	world_done(w, e, 100);
	assert_int_equal(p->count.late, 1);
	expect_dispatch(w, child, e);
}

static void upstream_recent_dropped(void **state)
{
	struct world *w = *state;
	struct xrs_stream *p, *c, *g;
	struct xrs_job *child, *grandchild;

	world_engine(w, 0, "a");
	p = world_stream(w, 1, one_layer(w), NULL);
	c = world_stream(w, 2, one_layer(w), p);
	g = world_stream(w, 3, one_layer(w), c);
	world_cancel(w, world_submit(w, p, 0, 100, 200, 0), 0);
	/* accepted, and gone in the same event, before any run */
	child = world_job(w, c, 0, 300, 2000);
	assert_int_equal(xrs_core_submit(&w->core, child, 10), 0);
	expect_end(w, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
	assert_int_equal(c->count.submitted, 1);
	assert_int_equal(c->count.released, 1);
	assert_int_equal(c->count.dropped, 1);
	assert_int_equal(c->in_flight, 0);
	/* and so on down the chain */
	grandchild = world_submit(w, g, 0, 300, 2000, 10);
	expect_end(w, grandchild, XRS_DROPPED, XRS_REASON_UPSTREAM);
}

static void upstream_unknown(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), p);
	struct xrs_job *child;
	u64 f, t = 0;

	refused(w, world_job(w, c, 0, 1000, 2000), -ENOENT);
	for (f = 0; f <= XRS_RECENT; f++) {
		struct xrs_job *parent = world_submit(w, p, f, t, t + 500, t);

		expect_dispatch(w, parent, e);
		world_done(w, e, t += 100);
	}
	/* frame 0 is the 17th last: forgotten; frame 1 is remembered */
	refused(w, world_job(w, c, 0, t, t + 1000), -ENOENT);
	child = world_submit(w, c, 1, t, t + 1000, t);
	expect_dispatch(w, child, e);
	refused(w, world_job(w, c, f, t, t + 1000), -ENOENT);
}

/*
 * The ABI: "among its last 16 finished ones".  Numbers may have gaps: frames
 * 0 and 16 are the last two here.
 */
static void upstream_recent_with_gaps(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), p);

	world_submit(w, p, 0, 0, 500, 0);
	world_done(w, e, 100);
	world_submit(w, p, XRS_RECENT, 100, 600, 100);
	world_done(w, e, 200);
	world_submit(w, c, 0, 200, 1000, 200);
}

/* However a parent fails to complete, its children go at once, all the way. */
static void check_cascade(struct world *w, struct xrs_job *child,
			  struct xrs_job *behind, struct xrs_job *grandchild)
{
	struct xrs_counters *c = &child->stream->count;

	expect_end(w, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
	expect_end(w, grandchild, XRS_DROPPED, XRS_REASON_UPSTREAM);
	assert_int_equal(behind->state, XRS_JOB_PENDING);
	assert_int_equal(c->dropped, 1);
	assert_int_equal(c->released, 1);
	assert_int_equal(c->honest_pj, c->worst_pj);
	assert_int_equal(c->worst_pj, 10);
}

static void upstream_cascades(void **state)
{
	struct world *w = *state;
	struct xrs_stream *p, *c, *g;
	struct xrs_job *p0, *p1, *c0, *c1, *g1;

	world_engine(w, 0, "a");
	p = world_stream(w, 1, one_layer(w), NULL);
	c = world_stream(w, 2, one_layer(w), p);
	g = world_stream(w, 3, one_layer(w), c);
	p0 = world_submit(w, p, 0, 100, 1000, 0);
	p1 = world_submit(w, p, 1, 100, 1000, 0);
	c0 = world_submit(w, c, 0, 100, 1000, 0);
	/* wherever in its queue: second, and behind a running parent's */
	c1 = world_submit(w, c, 1, 100, 1000, 0);
	g1 = world_submit(w, g, 1, 100, 1000, 0);
	world_cancel(w, p1, 50);
	expect_end(w, p1, XRS_CANCELLED, XRS_REASON_CANCEL);
	check_cascade(w, c1, c0, g1);
	assert_int_equal(p0->state, XRS_JOB_PENDING);
}

static void upstream_dropped_parent(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p, *c;
	struct xrs_job *other, *parent, *child;

	p = world_stream(w, 1, one_layer(w), NULL);
	c = world_stream(w, 2, one_layer(w), p);
	other = world_submit(w, p, 0, 0, 5000, 0);
	parent = world_submit(w, p, 1, 0, 80, 0);
	child = world_submit(w, c, 1, 0, 5000, 0);
	expect_dispatch(w, other, e);
	world_done(w, e, 100);
	expect_end(w, parent, XRS_DROPPED, XRS_REASON_EXPIRED);
	expect_end(w, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
	expect_quiet(w);
}

static void upstream_failed_parent(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p, *c;
	struct xrs_job *parent, *child;

	world_engine(w, 1, "b");
	p = world_stream(w, 1, one_layer(w), NULL);
	c = world_stream(w, 2, MODEL(w, 1, "b", { 100, 10 }), p);
	parent = world_submit(w, p, 0, 0, 5000, 0);
	child = world_submit(w, c, 0, 0, 5000, 0);
	expect_dispatch(w, parent, e);
	world_down(w, e, 50);
	expect_end(w, parent, XRS_FAILED, XRS_REASON_NO_ENGINE);
	expect_end(w, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
}

/* A drop of the first makes the next one first. */
static void drop_promotes_next(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *p = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), p);
	struct xrs_job *p0, *p1, *c0, *c1;

	p0 = world_submit(w, p, 0, 0, 5000, 0);
	expect_dispatch(w, p0, e);
	world_done(w, e, 100);
	p1 = world_submit(w, p, 1, 100, 5000, 100);
	expect_dispatch(w, p1, e);
	p1 = world_submit(w, p, 2, 900, 5000, 100);
	c0 = world_submit(w, c, 2, 100, 5000, 100);
	c1 = world_job(w, c, 3, 100, 5000);
	assert_int_equal(world_try(w, c1, 100), -ENOENT);
	p0 = world_submit(w, p, 3, 900, 5000, 100);
	assert_int_equal(world_try(w, c1, 100), 0);
	world_cancel(w, p1, 150);
	expect_end(w, c0, XRS_DROPPED, XRS_REASON_UPSTREAM);
	assert_int_equal(c1->state, XRS_JOB_PENDING);
	world_done(w, e, 200);
	world_run(w, 900);
	expect_dispatch(w, p0, e);
	world_done(w, e, 1000);
	expect_dispatch(w, c1, e);
}

static void cancel_waiting(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *r = world_stream(w, 2, one_layer(w), NULL);
	struct xrs_job *run = world_submit(w, r, 0, 0, 5000, 0);
	struct xrs_job *ready = world_submit(w, s, 0, 0, 5000, 0);
	struct xrs_job *behind = world_submit(w, s, 1, 0, 5000, 0);
	struct xrs_job *last = world_submit(w, s, 2, 0, 5000, 0);

	expect_dispatch(w, run, e);
	world_cancel(w, behind, 10);
	expect_end(w, behind, XRS_CANCELLED, XRS_REASON_CANCEL);
	assert_int_equal(s->count.released, 1);
	xrs_core_cancel(&w->core, ready, XRS_REASON_CLOSE, 20);
	expect_end(w, ready, XRS_CANCELLED, XRS_REASON_CLOSE);
	world_run(w, 20);
	assert_int_equal(last->state, XRS_JOB_READY);
	assert_int_equal(last->ready_ns, 20);
	assert_int_equal(s->count.cancelled, 2);
	assert_int_equal(s->count.released, 2);
	/* cancelled frames are not in the energy sums */
	assert_int_equal(s->count.worst_pj, 0);
	world_done(w, e, 100);
	expect_dispatch(w, last, e);
}

static void cancel_running(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 10 }, { 100, 10 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);

	expect_dispatch(w, j, e);
	world_cancel(w, j, 50);
	assert_int_equal(j->state, XRS_JOB_RUNNING);
	assert_true(j->cancelled);
	assert_int_equal(to_tjob(j)->finishes, 0);
	world_done(w, e, 100);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
	assert_int_equal(j->energy_pj, 10);
	assert_int_equal(j->layers, 1);
	assert_int_equal(s->count.cancelled, 1);
	assert_int_equal(s->count.completed, 0);
	assert_int_equal(s->count.energy_pj, 0);
	assert_int_equal(s->count.honest_pj, 0);
	assert_null(e->resident);
	expect_quiet(w);
}

/* Even if that was its last layer. */
static void cancel_running_last_layer(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_stream *c = world_stream(w, 2, one_layer(w), s);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);
	struct xrs_job *child = world_submit(w, c, 0, 0, 5000, 0);

	expect_dispatch(w, j, e);
	world_cancel(w, j, 50);
	assert_int_equal(child->state, XRS_JOB_PENDING);
	world_done(w, e, 100);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
	expect_end(w, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
}

/* Twice: the first reason stands, and it ends once. */
static void cancel_running_twice(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);

	expect_dispatch(w, j, e);
	world_cancel(w, j, 50);
	xrs_core_cancel(&w->core, j, XRS_REASON_CLOSE, 60);
	world_done(w, e, 100);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
	assert_int_equal(s->count.cancelled, 1);
}

static void cancel_running_engine_down(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j;

	world_engine(w, 1, "a");
	s = world_stream(w, 1, one_layer(w), NULL);
	j = world_submit(w, s, 0, 0, 5000, 0);
	expect_dispatch(w, j, e);
	world_cancel(w, j, 50);
	xrs_core_engine_down(&w->core, e, 60);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
	world_run(w, 60);
	expect_quiet(w);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(upstream_waits),
	WORLD_TEST(upstream_then_own_release),
	WORLD_TEST(upstream_recent_completed),
	WORLD_TEST(upstream_recent_late),
	WORLD_TEST(upstream_recent_dropped),
	WORLD_TEST(upstream_unknown),
	WORLD_TEST(upstream_recent_with_gaps),
	WORLD_TEST(upstream_cascades),
	WORLD_TEST(upstream_dropped_parent),
	WORLD_TEST(upstream_failed_parent),
	WORLD_TEST(drop_promotes_next),
	WORLD_TEST(cancel_waiting),
	WORLD_TEST(cancel_running),
	WORLD_TEST(cancel_running_last_layer),
	WORLD_TEST(cancel_running_twice),
	WORLD_TEST(cancel_running_engine_down),
};

SUITE(suite_upstream, tests);
