// SPDX-License-Identifier: GPL-2.0-only
/* Deadlines: late, expired=drop|demote|clamp, admit=sound, timers. */

#include "suite.h"

/*
 * Engine 0 is kept busy by stream 99 from 0 to 1000; stream 1's model takes
 * two layers of 100 ns.
 *
 * The core may keep the timer of a job that began to run, and be woken once for
 * nothing: "no timer" is one at BUSY_END or later.
 */
#define BUSY_END 1000000
struct scene {
	struct xrs_engine *e;
	struct xrs_stream *s;
	struct xrs_job *busy;
};

static struct scene scene_new(struct world *w, enum xrs_expired expired)
{
	struct scene c;
	struct xrs_stream *other;

	world_param(w, XRS_PARAM_EXPIRED, expired, 0);
	c.e = world_engine(w, 0, "a");
	other = world_stream(w, 99, MODEL(w, 1, "a", { 1000, 1 }), NULL);
	c.s = world_stream(w, 1, MODEL(w, 2, "a", { 100, 1 }, { 100, 1 }),
			   NULL);
	c.busy = world_submit(w, other, 0, 0, BUSY_END, 0);
	expect_dispatch(w, c.busy, c.e);
	return c;
}

static void check_late(void **state, u64 finish, bool late)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s =
		world_stream(w, 1, MODEL(w, 1, "a", { 100, 1 }), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 100, 0);

	world_done(w, e, finish);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(s->count.completed, 1);
	assert_int_equal(s->count.late, late);
}

static void at_the_deadline_is_in_time(void **state)
{
	check_late(state, 100, false);
}

static void behind_the_deadline_is_late(void **state)
{
	check_late(state, 101, true);
}

static void drop_ready_at_the_deadline(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);

	assert_int_equal(j->state, XRS_JOB_READY);
	assert_int_equal(w->wake_ns, 500);
	world_run(w, 499);
	assert_int_equal(j->state, XRS_JOB_READY);
	world_run(w, 500);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	assert_int_equal(j->finish_ns, 500);
	assert_int_equal(c.s->count.dropped, 1);
	assert_int_equal(c.s->count.late, 0);
	assert_int_equal(c.s->count.released, 1);
	assert_int_equal(c.s->response_hist.nr, 0);
	assert_true(w->wake_ns >= BUSY_END);
}

static void drop_waiting_for_upstream(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_stream *child =
		world_stream(w, 2, c.s->model, c.busy->stream);
	struct xrs_job *j = world_submit(w, child, 0, 0, 500, 0);

	assert_int_equal(w->wake_ns, 500);
	world_run(w, 500);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	assert_int_equal(child->count.released, 1);
	/* the parent knows nothing of it any more */
	world_done(w, c.e, 1000);
	expect_end(w, c.busy, XRS_COMPLETED, XRS_REASON_NONE);
}

static void drop_running_at_the_boundary(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j = world_submit(w, c.s, 0, 1000, 1100, 0);

	world_done(w, c.e, 1000);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1100);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	expect_quiet(w);
	assert_int_equal(c.s->count.energy_pj, 1);
	assert_null(c.e->resident);
}

/* A running layer is never cut; the last one completes, late. */
static void drop_not_within_the_last_layer(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j = world_submit(w, c.s, 0, 1000, 1150, 0);

	world_done(w, c.e, 1000);
	world_done(w, c.e, 1100);
	world_run(w, 1160);
	assert_int_equal(j->state, XRS_JOB_RUNNING);
	world_done(w, c.e, 1200);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(c.s->count.late, 1);
}

/* Frames behind the first are dealt with when they become first. */
static void drop_behind_when_first(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j = world_submit(w, c.s, 0, 1000, 9000, 0);
	struct xrs_job *k = world_submit(w, c.s, 1, 1000, 1050, 0);
	struct xrs_job *l = world_submit(w, c.s, 2, 1000, 9000, 0);

	world_done(w, c.e, 1000);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1100);
	assert_int_equal(k->state, XRS_JOB_PENDING);
	world_done(w, c.e, 1200);
	expect_dispatch(w, j, c.e);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	expect_end(w, k, XRS_DROPPED, XRS_REASON_EXPIRED);
	expect_dispatch(w, l, c.e);
}

/* Submitted when it was too late already. */
static void drop_submitted_expired(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j;

	world_run(w, 300);
	j = world_submit(w, c.s, 0, 100, 200, 300);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	assert_int_equal(c.s->count.submitted, 1);
	assert_int_equal(c.s->count.released, 1);
}

static void clamp_does_nothing(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_CLAMP);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);

	assert_int_equal(w->wake_ns, XRS_NEVER);
	world_run(w, 600);
	assert_int_equal(j->state, XRS_JOB_READY);
	world_done(w, c.e, 1000);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1100);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1200);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(c.s->count.late, 1);
}

/* Stale work runs behind all fresh work, even with a later deadline. */
static void demote_runs_behind_fresh(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_stream *o = world_stream(w, 2, c.s->model, NULL);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);
	struct xrs_job *k;

	assert_int_equal(w->wake_ns, 500);
	world_run(w, 500);
	assert_true(j->stale);
	assert_int_equal(j->state, XRS_JOB_READY);
	assert_int_equal(j->ready_ns, 0);
	assert_int_equal(w->core.ready[0].nr, 0);
	assert_int_equal(w->core.ready[1].nr, 1);
	k = world_submit(w, o, 0, 600, 90000, 600);
	world_done(w, c.e, 1000);
	expect_dispatch(w, k, c.e);
	world_done(w, c.e, 1100);
	expect_dispatch(w, k, c.e);
	world_done(w, c.e, 1200);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1300);
	world_done(w, c.e, 1400);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(c.s->count.late, 1);
}

/* A demoted frame does not hold up its stream's next one. */
static void demote_frees_the_stream(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);
	struct xrs_job *k = world_submit(w, c.s, 1, 400, 2000, 0);

	world_run(w, 450);
	assert_int_equal(k->state, XRS_JOB_PENDING);
	world_run(w, 500);
	assert_int_equal(k->state, XRS_JOB_READY);
	assert_int_equal(k->ready_ns, 500);
	world_done(w, c.e, 1000);
	expect_dispatch(w, k, c.e);
	world_done(w, c.e, 1100);
	world_done(w, c.e, 1200);
	expect_dispatch(w, k, c.e);
	expect_dispatch(w, j, c.e);
}

/* Stale frames of one stream run one at a time, in order. */
static void demote_keeps_order(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_engine *f;
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);
	struct xrs_job *k = world_submit(w, c.s, 1, 0, 600, 0);

	world_run(w, 700);
	assert_int_equal(w->core.ready[1].nr, 1);
	assert_int_equal(k->state, XRS_JOB_PENDING);
	assert_true(k->stale);
	f = world_engine(w, 1, "a");
	expect_dispatch(w, j, f);
	world_done(w, c.e, 1000);
	expect_quiet(w);
	world_done(w, f, 1010);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1110);
	expect_dispatch(w, k, c.e);
	assert_int_equal(k->ready_ns, 1110);
}

static void demote_running_at_the_boundary(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_job *j = world_submit(w, c.s, 0, 1000, 1050, 0);
	struct xrs_job *k = world_submit(w, c.s, 1, 1000, 5000, 0);

	world_done(w, c.e, 1000);
	expect_dispatch(w, j, c.e);
	world_run(w, 1060);
	assert_false(j->stale);
	world_done(w, c.e, 1100);
	assert_true(j->stale);
	assert_int_equal(j->ready_ns, 1100);
	expect_dispatch(w, k, c.e);
	world_done(w, c.e, 1200);
	expect_dispatch(w, k, c.e);
	world_done(w, c.e, 1300);
	expect_dispatch(w, j, c.e);
	assert_int_equal(j->layer, 1);
}

/* Waiting for its parent and expired: aside, until the parent completes. */
static void demote_waiting_for_upstream(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_stream *child =
		world_stream(w, 2, c.s->model, c.busy->stream);
	struct xrs_job *j = world_submit(w, child, 0, 0, 500, 0);

	world_run(w, 500);
	assert_true(j->stale);
	assert_int_equal(j->state, XRS_JOB_PENDING);
	assert_int_equal(w->core.ready[1].nr, 0);
	world_done(w, c.e, 1000);
	expect_dispatch(w, j, c.e);
	assert_int_equal(j->release_ns, 1000);
}

/* An idle engine that no fresh job can use is there for stale ones. */
static void demote_uses_what_fresh_cannot(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_stream *o = world_stream(w, 2, c.s->model, NULL);
	struct xrs_model *m = MODEL(w, 1, "ab", { 100, 1 }, { 100, 1 });
	struct xrs_stream *both = world_stream(w, 3, m, NULL);
	struct xrs_job *stale = world_submit(w, both, 0, 0, 500, 0);
	struct xrs_job *fresh = world_submit(w, o, 0, 0, 5000, 0);
	struct xrs_engine *f;

	world_run(w, 500);
	assert_true(stale->stale);
	f = world_engine(w, 1, "b");
	expect_dispatch(w, stale, f);
	assert_int_equal(fresh->state, XRS_JOB_READY);
}

static void demote_then_cancel(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DEMOTE);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);
	struct xrs_job *k = world_submit(w, c.s, 1, 0, 600, 0);

	world_run(w, 700);
	assert_ptr_equal(xrs_core_find(c.s, 0), j);
	assert_ptr_equal(xrs_core_find(c.s, 1), k);
	world_cancel(w, j, 700);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
	assert_int_equal(k->state, XRS_JOB_READY);
	world_cancel(w, k, 800);
	expect_end(w, k, XRS_CANCELLED, XRS_REASON_CANCEL);
	assert_int_equal(w->core.ready[1].nr, 0);
	assert_int_equal(c.s->in_flight, 0);
}

/* 200 ns are needed: hopeless from 301 on, and not before. */
static void sound_drops_the_hopeless(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_CLAMP);
	struct xrs_job *j;

	world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_SOUND, 0);
	j = world_submit(w, c.s, 0, 0, 500, 0);
	assert_int_equal(w->wake_ns, 301);
	world_run(w, 300);
	assert_int_equal(j->state, XRS_JOB_READY);
	world_run(w, 301);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
	assert_int_equal(c.s->count.dropped, 1);
}

static void sound_at_release(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j, *k;

	world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_SOUND, 0);
	j = world_submit(w, c.s, 0, 1000, 1199, 0);
	k = world_submit(w, c.s, 1, 1000, 1200, 0);
	world_run(w, 999);
	world_done(w, c.e, 1000);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
	expect_dispatch(w, k, c.e);
}

static void sound_at_the_boundary(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j, *k;

	world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_SOUND, 0);
	j = world_submit(w, c.s, 0, 1000, 1220, 0);
	k = world_submit(w, c.s, 1, 1000, 1420, 0);
	world_done(w, c.e, 1000);
	expect_dispatch(w, j, c.e);
	world_done(w, c.e, 1121);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
	expect_dispatch(w, k, c.e);
	world_done(w, c.e, 1320);
	expect_dispatch(w, k, c.e);
}

/* What may be skipped or left by an exit may not be counted. */
static void sound_takes_the_shortest_way(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		CHAIN(w, 4, "ab", { 100, 1 }, { 50, 1 }, { 100, 1 }, { 100, 1 },
		      { 100, 1 }, { 30, 1 }, { 100, 1 }, { 100, 1 });
	struct xrs_engine *a = world_engine(w, 0, "a");
	struct xrs_engine *b = world_engine(w, 1, "b");
	struct xrs_stream *o = world_stream(
		w, 1, MODEL(w, 1, "ab", { 1000, 1 }, { 1000, 1 }), NULL);
	struct xrs_stream *p = world_stream(w, 2, o->model, NULL);
	struct xrs_stream *s;
	struct xrs_job *j;

	m->layer[1].skip = 1;
	m->layer[2].exit = 1;
	model_seal(m);
	world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_SOUND, 0);
	s = world_stream(w, 3, m, NULL);
	expect_dispatch(w, world_submit(w, o, 0, 0, 5000, 0), a);
	expect_dispatch(w, world_submit(w, p, 0, 0, 5000, 0), b);
	j = world_submit(w, s, 0, 0, 500, 0);
	/* 50 + 30 on b */
	assert_int_equal(w->wake_ns, 421);
	/* once b is gone: 100 + 100 on a */
	world_down(w, b, 302);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_HOPELESS);
}

/* admit=off: hopeless jobs are kept. */
static void admit_off(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);

	world_run(w, 499);
	assert_int_equal(j->state, XRS_JOB_READY);
}

/* A switch of the rule takes hold of what waits. */
static void rule_changes_under_way(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_CLAMP);
	struct xrs_job *j = world_submit(w, c.s, 0, 0, 500, 0);
	struct xrs_job *k = world_submit(w, c.s, 1, 0, 800, 0);

	world_run(w, 600);
	assert_int_equal(j->state, XRS_JOB_READY);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_DROP, 600);
	expect_end(w, j, XRS_DROPPED, XRS_REASON_EXPIRED);
	assert_int_equal(k->state, XRS_JOB_READY);
	assert_int_equal(w->wake_ns, 800);
	world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 700);
	assert_int_equal(w->wake_ns, XRS_NEVER);
	world_run(w, 900);
	assert_int_equal(k->state, XRS_JOB_READY);
}

/* Timers of one moment: in the order of stream numbers. */
static void timers_by_time_then_stream(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_stream *s[4];
	struct xrs_job *j[4];
	static const u32 id[] = { 9, 3, 7, 5 };
	static const u64 deadline[] = { 500, 600, 500, 500 };
	static const u32 order[] = { 3, 2, 0, 1 };
	size_t i, at;

	for (i = 0; i < 4; i++) {
		s[i] = world_stream(w, id[i], c.s->model, NULL);
		j[i] = world_submit(w, s[i], 0, 0, deadline[i], 0);
	}
	at = w->nr_log;
	world_run(w, 700);
	assert_int_equal(w->nr_log, at + 4);
	for (i = 0; i < 4; i++)
		assert_ptr_equal(w->log[at + i].job, j[order[i]]);
}

/* The child's own expiry and its parent's drop meet: time, then stream. */
static void parent_and_child_expire_together(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	struct xrs_stream *late = world_stream(w, 5, c.s->model, c.s);
	struct xrs_stream *p = world_stream(w, 8, c.s->model, NULL);
	struct xrs_stream *early = world_stream(w, 3, c.s->model, p);
	struct xrs_job *a, *b;

	world_submit(w, c.s, 0, 0, 500, 0);
	world_submit(w, p, 0, 0, 500, 0);
	a = world_submit(w, late, 0, 0, 500, 0);
	b = world_submit(w, early, 0, 0, 500, 0);
	world_run(w, 500);
	expect_end(w, a, XRS_DROPPED, XRS_REASON_UPSTREAM);
	expect_end(w, b, XRS_DROPPED, XRS_REASON_EXPIRED);
}

/* Nothing to wait for: no timer; wake is told changes only. */
static void wake_is_told_changes(void **state)
{
	struct world *w = *state;
	struct scene c = scene_new(w, XRS_EXPIRED_DROP);
	u32 wakes;

	world_submit(w, c.s, 0, 100, 500, 0);
	assert_int_equal(w->wake_ns, 100);
	wakes = w->wakes;
	world_run(w, 10);
	world_run(w, 20);
	world_submit(w, c.s, 1, 100, 600, 20);
	assert_int_equal(w->wakes, wakes);
	world_run(w, 100);
	assert_int_equal(w->wake_ns, 500);
	world_cancel(w, xrs_core_find(c.s, 0), 200);
	assert_int_equal(w->wake_ns, 600);
	world_cancel(w, xrs_core_find(c.s, 1), 200);
	assert_true(w->wake_ns >= BUSY_END);
	world_done(w, c.e, 1000);
	assert_int_equal(w->wake_ns, XRS_NEVER);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(at_the_deadline_is_in_time),
	WORLD_TEST(behind_the_deadline_is_late),
	WORLD_TEST(drop_ready_at_the_deadline),
	WORLD_TEST(drop_waiting_for_upstream),
	WORLD_TEST(drop_running_at_the_boundary),
	WORLD_TEST(drop_not_within_the_last_layer),
	WORLD_TEST(drop_behind_when_first),
	WORLD_TEST(drop_submitted_expired),
	WORLD_TEST(clamp_does_nothing),
	WORLD_TEST(demote_runs_behind_fresh),
	WORLD_TEST(demote_frees_the_stream),
	WORLD_TEST(demote_keeps_order),
	WORLD_TEST(demote_running_at_the_boundary),
	WORLD_TEST(demote_waiting_for_upstream),
	WORLD_TEST(demote_uses_what_fresh_cannot),
	WORLD_TEST(demote_then_cancel),
	WORLD_TEST(sound_drops_the_hopeless),
	WORLD_TEST(sound_at_release),
	WORLD_TEST(sound_at_the_boundary),
	WORLD_TEST(sound_takes_the_shortest_way),
	WORLD_TEST(admit_off),
	WORLD_TEST(rule_changes_under_way),
	WORLD_TEST(timers_by_time_then_stream),
	WORLD_TEST(parent_and_child_expire_together),
	WORLD_TEST(wake_is_told_changes),
};

SUITE(suite_expiry, tests);
