// SPDX-License-Identifier: GPL-2.0-only
/* Frames that are held until somebody releases them (fences). */

#include "suite.h"

/* Fixtures: one engine "a"; a model of 1 layer, 100 ns, 10 pJ. */
static struct xrs_stream *new_stream(struct world *w, u32 id,
				     struct xrs_stream *upstream)
{
	return world_stream(w, id, MODEL(w, 1, "a", { 100, 10 }), upstream);
}

static struct xrs_job *submit_held(struct world *w, struct xrs_stream *s,
				   u64 frame, u64 release_ns, u64 deadline_ns)
{
	struct xrs_job *job = world_job(w, s, frame, release_ns, deadline_ns);

	job->held = true;
	assert_int_equal(world_try(w, job, w->core.now_ns), 0);
	return job;
}

static void release(struct world *w, struct xrs_job *job, bool good, u64 now_ns)
{
	xrs_core_release(&w->core, job, good, now_ns);
	world_run(w, now_ns);
}

/* It is not there before it is released, and then from that moment on. */
static void waits(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *j = submit_held(w, s, 0, 0, 5000);

	expect_quiet(w);
	assert_int_equal(s->count.submitted, 1);
	assert_int_equal(s->count.released, 0);
	world_run(w, 300);
	expect_quiet(w);
	release(w, j, true, 400);
	expect_dispatch(w, j, e);
	assert_int_equal(j->release_ns, 400);
	assert_int_equal(s->count.released, 1);
	world_done(w, e, 500);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
}

/* Being let go early does not bring its release forward. */
static void own_release_is_later(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *j = submit_held(w, s, 0, 1000, 5000);

	release(w, j, true, 10);
	expect_quiet(w);
	assert_int_equal(w->wake_ns, 1000);
	world_run(w, 1000);
	expect_dispatch(w, j, e);
	assert_int_equal(j->release_ns, 1000);
}

/* Frames keep their order. */
static void others_wait_behind(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *first = submit_held(w, s, 0, 0, 5000);
	struct xrs_job *second = world_submit(w, s, 1, 0, 5000, 0);

	expect_quiet(w);
	release(w, first, true, 50);
	expect_dispatch(w, first, e);
	world_done(w, e, 150);
	expect_end(w, first, XRS_COMPLETED, XRS_REASON_NONE);
	expect_dispatch(w, second, e);
}

/* What it waits for has failed: it ends, and with it who waits for it. */
static void failed(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_stream *c = new_stream(w, 2, s);
	struct xrs_job *j, *child;

	world_engine(w, 0, "a");
	j = submit_held(w, s, 0, 0, 5000);
	child = world_submit(w, c, 0, 0, 5000, 0);
	release(w, j, false, 40);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_FENCE);
	expect_end(w, child, XRS_DROPPED, XRS_REASON_UPSTREAM);
	expect_quiet(w);
	assert_int_equal(s->count.dropped, 1);
	assert_int_equal(s->count.released, 1);
}

/* Upstream and held: both must have happened, in either order. */
static void and_upstream(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_stream *c = new_stream(w, 2, s);
	struct xrs_job *p, *j;

	p = world_submit(w, s, 0, 0, 5000, 0);
	expect_dispatch(w, p, e);
	j = submit_held(w, c, 0, 0, 5000);
	release(w, j, true, 50);
	expect_quiet(w);
	world_done(w, e, 100);
	expect_end(w, p, XRS_COMPLETED, XRS_REASON_NONE);
	expect_dispatch(w, j, e);
	world_done(w, e, 200);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);

	p = world_submit(w, s, 1, 200, 5000, 200);
	expect_dispatch(w, p, e);
	j = submit_held(w, c, 1, 200, 5000);
	world_done(w, e, 300);
	expect_end(w, p, XRS_COMPLETED, XRS_REASON_NONE);
	expect_quiet(w);
	release(w, j, true, 350);
	expect_dispatch(w, j, e);
	assert_int_equal(j->release_ns, 350);
}

/* Its deadline stays: dropped at it, and late news of it change nothing. */
static void expires(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *j;

	world_engine(w, 0, "a");
	j = submit_held(w, s, 0, 0, 1000);
	assert_int_equal(w->wake_ns, 1000);
	world_run(w, 1000);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	expect_quiet(w);
}

/* Put aside at its deadline, it does not run before it is released. */
static void demoted(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *j;

	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_DEMOTE, 0);
	j = submit_held(w, s, 0, 0, 1000);
	world_run(w, 1000);
	world_run(w, 1001);
	expect_quiet(w);
	assert_true(j->stale);
	release(w, j, true, 2000);
	expect_dispatch(w, j, e);
}

static void cancelled(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *j;

	world_engine(w, 0, "a");
	j = submit_held(w, s, 0, 0, 1000);
	world_cancel(w, j, 50);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
	expect_quiet(w);
}

/* One that is not held is not concerned. */
static void released_twice(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = new_stream(w, 1, NULL);
	struct xrs_job *j = submit_held(w, s, 0, 0, 5000);
	u64 events;

	release(w, j, true, 10);
	expect_dispatch(w, j, e);
	events = w->core.events;
	release(w, j, false, 20);
	assert_int_equal(w->core.events, events);
	world_done(w, e, 110);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(waits),
	WORLD_TEST(own_release_is_later),
	WORLD_TEST(others_wait_behind),
	WORLD_TEST(failed),
	WORLD_TEST(and_upstream),
	WORLD_TEST(expires),
	WORLD_TEST(demoted),
	WORLD_TEST(cancelled),
	WORLD_TEST(released_twice),
};

SUITE(suite_held, tests);
