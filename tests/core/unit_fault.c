// SPDX-License-Identifier: GPL-2.0-only
/* Layers that hang or fail, what becomes of them, and of their engines. */

#include "suite.h"

#define FLOOR 1000000ULL
#define REST 2000000ULL

static const struct xrs_guard guard = {
	.floor_ns = FLOOR,
	.factor = 4,
	.retries = 2,
	.strikes = 3,
	.rest_ns = REST,
	.rest_max_ns = 3 * REST,
};

static struct xrs_engine *guarded(struct world *w, u32 id)
{
	struct xrs_engine *e = world_engine(w, id, "a");

	e->guarded = true;
	assert_int_equal(xrs_core_set_guard(&w->core, &guard, 0), 0);
	return e;
}

/* A stream of a model of two layers of @ns each. */
static struct xrs_stream *two_layers(struct world *w, u32 id, u64 ns)
{
	return world_stream(w, id, MODEL(w, 2, "a", { ns, 10 }, { ns, 10 }),
			    NULL);
}

static void fails(struct world *w, struct xrs_engine *e, enum xrs_reason reason,
		  u64 now_ns)
{
	xrs_core_layer_failed(&w->core, e, reason, 3, now_ns);
	world_run(w, now_ns);
}

static void limit_is_the_floor(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_stream *s = two_layers(w, 1, 100);
	struct xrs_job *j = world_submit(w, s, 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	assert_int_equal(e->alarm_ns, FLOOR);
	assert_int_equal(w->wake_ns, FLOOR);
	world_run(w, FLOOR - 1);
	assert_int_equal(e->faults, 0);
	world_run(w, FLOOR);
	assert_int_equal(e->faults, 1);
	assert_int_equal(e->timeouts, 1);
	assert_int_equal(e->lost, 1);
	assert_int_equal(e->lost_ns, FLOOR);
	assert_int_equal(s->count.retried, 1);
	assert_int_equal(e->health, XRS_HEALTH_RESTING);
}

static void limit_is_a_multiple(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, FLOOR), 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	assert_int_equal(e->alarm_ns, 4 * FLOOR);
}

static void limit_is_the_engines_own(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j;

	e->floor_ns = 7 * FLOOR;
	j = world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);
	expect_dispatch(w, j, e);
	assert_int_equal(e->alarm_ns, 7 * FLOOR);
}

static void unguarded_wait_for_ever(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	assert_int_equal(w->core.alarm_ns, XRS_NEVER);
	world_run(w, 999 * MS);
	assert_ptr_equal(e->job, j);
}

/* No timer is left when nothing runs: a quiet device costs nothing. */
static void quiet_without_alarm(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);

	world_done(w, e, 100);
	world_done(w, e, 200);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(w->core.alarm_ns, XRS_NEVER);
	assert_int_equal(w->core.alarmed, 0);
	assert_int_equal(w->wake_ns, XRS_NEVER);
}

static void goes_on_elsewhere(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_engine *f = world_engine(w, 1, "a");
	struct xrs_stream *s = two_layers(w, 1, 100);
	struct xrs_job *j = world_submit(w, s, 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	world_done(w, e, 100);
	expect_dispatch(w, j, e);
	fails(w, e, XRS_REASON_FAULT, 150);
	/* From the layer that failed on, not from the beginning. */
	expect_dispatch(w, j, f);
	assert_int_equal(j->layer, 1);
	world_done(w, f, 250);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(s->count.layers, 2);
	/* What was lost has cost something even so. */
	assert_int_equal(e->lost_ns, 50);
	assert_true(e->lost_pj >= 3);
	assert_true(j->energy_pj >= 10 + 3);
}

static void waits_for_the_only_one(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	fails(w, e, XRS_REASON_FAULT, 50);
	expect_quiet(w);
	assert_int_equal(w->core.up, 1);
	assert_int_equal(w->core.idle, 0);
	assert_int_equal(w->wake_ns, 50 + REST);
	world_run(w, 50 + REST);
	expect_dispatch(w, j, e);
	assert_int_equal(e->health, XRS_HEALTH_GOOD);
}

static void retries_are_bounded(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e[3] = { guarded(w, 0), guarded(w, 1),
				    guarded(w, 2) };
	struct xrs_stream *s = two_layers(w, 1, 100);
	struct xrs_job *j = world_submit(w, s, 0, 0, 1000 * MS, 0);
	u32 i;

	for (i = 0; i < 3; i++) {
		expect_dispatch(w, j, e[i]);
		fails(w, e[i], i == 2 ? XRS_REASON_TIMEOUT : XRS_REASON_FAULT,
		      10 * (i + 1));
	}
	/* With the reason of the last time. */
	expect_end(w, j, XRS_FAILED, XRS_REASON_TIMEOUT);
	assert_int_equal(s->count.retried, 2);
	assert_int_equal(s->count.failed, 1);
	assert_int_equal(s->in_flight, 0);
}

/* A layer that succeeds gives the next one its own tries. */
static void retries_are_a_layers(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e[5];
	struct xrs_job *j;
	u32 i;

	for (i = 0; i < 5; i++)
		e[i] = guarded(w, i);
	j = world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);
	fails(w, e[0], XRS_REASON_FAULT, 10);
	fails(w, e[1], XRS_REASON_FAULT, 20);
	assert_int_equal(j->tries, 2);
	world_done(w, e[2], 30);
	assert_int_equal(j->tries, 0);
	fails(w, e[2], XRS_REASON_FAULT, 40);
	fails(w, e[3], XRS_REASON_FAULT, 50);
	world_done(w, e[4], 60);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
}

static void refused_blames_the_job(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);

	fails(w, e, XRS_REASON_REFUSED, 10);
	expect_end(w, j, XRS_FAILED, XRS_REASON_REFUSED);
	assert_int_equal(e->faults, 0);
	assert_int_equal(e->refused, 1);
	assert_int_equal(e->strikes, 0);
	assert_int_equal(w->core.idle, 1);
}

static void cancelled_while_it_hangs(void **state)
{
	struct world *w = *state;
	struct xrs_job *j;

	guarded(w, 0);
	j = world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);
	world_cancel(w, j, 10);
	world_run(w, FLOOR);
	expect_end(w, j, XRS_CANCELLED, XRS_REASON_CANCEL);
}

/* Twice as long with each strike, up to the most; then quarantine. */
static void rests_longer_then_quarantined(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_stream *s = two_layers(w, 1, 100);
	struct xrs_job *j;

	j = world_submit(w, s, 0, 0, 1000 * MS, 0);
	fails(w, e, XRS_REASON_FAULT, 0);
	assert_int_equal(e->alarm_ns, REST);
	world_run(w, REST);
	fails(w, e, XRS_REASON_FAULT, REST);
	assert_int_equal(e->alarm_ns, 3 * REST);
	world_run(w, 3 * REST);
	fails(w, e, XRS_REASON_FAULT, 3 * REST);
	expect_end(w, j, XRS_FAILED, XRS_REASON_FAULT);
	assert_int_equal(e->health, XRS_HEALTH_QUARANTINED);
	assert_int_equal(w->core.up, 0);
	assert_int_equal(e->alarm_ns, 6 * REST);
	/* As if it were not there. */
	j = world_submit(w, s, 1, 3 * REST, 1000 * MS, 3 * REST);
	expect_end(w, j, XRS_FAILED, XRS_REASON_NO_ENGINE);
	/* And back, on probation: the next fault is one too many. */
	world_run(w, 6 * REST);
	assert_int_equal(w->core.up, 1);
	j = world_submit(w, s, 2, 6 * REST, 1000 * MS, 6 * REST);
	fails(w, e, XRS_REASON_FAULT, 6 * REST);
	assert_int_equal(e->health, XRS_HEALTH_QUARANTINED);
	expect_end(w, j, XRS_FAILED, XRS_REASON_NO_ENGINE);
}

static void good_layers_clear_strikes(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_stream *s = two_layers(w, 1, 100);
	u64 now_ns = REST;
	u32 i;

	world_submit(w, s, 0, 0, 1000 * MS, 0);
	fails(w, e, XRS_REASON_FAULT, 0);
	world_run(w, now_ns);
	for (i = 0; i < XRS_GOOD_LAYERS; i++) {
		assert_int_equal(e->strikes, 1);
		if (!e->job)
			world_submit(w, s, i + 1, now_ns, 1000 * MS, now_ns);
		world_done(w, e, ++now_ns);
	}
	assert_int_equal(e->strikes, 0);
}

static void resets_nothing(struct xrs_core *core, struct xrs_engine *engine,
			   u64 now_ns)
{
	(void)core;
	(void)engine;
	(void)now_ns;
}

/* Until the reset is answered it takes nothing; if it failed, for longer. */
static void reset_is_waited_for(void **state)
{
	struct world *w = *state;
	struct xrs_core_ops ops = *w->core.ops;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_engine *f = guarded(w, 1);

	ops.reset = resets_nothing;
	w->core.ops = &ops;
	world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);
	fails(w, e, XRS_REASON_FAULT, 0);
	world_done(w, f, 10);
	world_done(w, f, 20);
	assert_int_equal(e->health, XRS_HEALTH_RESETTING);
	world_run(w, 500 * MS);
	assert_int_equal(e->health, XRS_HEALTH_RESETTING);
	xrs_core_engine_reset(&w->core, e, false, 500 * MS);
	assert_int_equal(e->health, XRS_HEALTH_QUARANTINED);
	assert_int_equal(e->strikes, 2);
	/* Tried again after its rest, not just taken for well. */
	world_run(w, 600 * MS);
	assert_int_equal(e->health, XRS_HEALTH_RESETTING);
	assert_int_equal(w->core.up, 2);
	/* Given up in the end, without a timer. */
	while (e->strikes < XRS_MAX_STRIKES) {
		xrs_core_engine_reset(&w->core, e, false, w->core.now_ns);
		if (e->alarm_ns != XRS_NEVER)
			world_run(w, e->alarm_ns);
	}
	assert_int_equal(w->core.alarm_ns, XRS_NEVER);
	/* Whoever says that it works brings it back, after a last rest. */
	xrs_core_engine_reset(&w->core, e, true, w->core.now_ns);
	world_run(w, e->alarm_ns);
	assert_int_equal(e->health, XRS_HEALTH_GOOD);
	assert_int_equal(w->core.idle, 3);
}

/* Strikes are few, so a reset that works is enough. */
static void back_after_a_failed_reset(void **state)
{
	struct world *w = *state;
	struct xrs_core_ops ops = *w->core.ops;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_engine *f = guarded(w, 1);

	ops.reset = resets_nothing;
	w->core.ops = &ops;
	world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);
	fails(w, e, XRS_REASON_FAULT, 0);
	world_done(w, f, 10);
	world_done(w, f, 20);
	xrs_core_engine_reset(&w->core, e, false, 30);
	assert_false(e->up);
	assert_true(e->strikes < guard.strikes);
	world_run(w, e->alarm_ns);
	assert_int_equal(e->health, XRS_HEALTH_RESETTING);
	xrs_core_engine_reset(&w->core, e, true, w->core.now_ns);
	world_run(w, e->alarm_ns);
	assert_int_equal(e->health, XRS_HEALTH_GOOD);
	assert_true(e->up);
	assert_true(w->core.idle & BIT_ULL(e->id));
}

static void parked_takes_nothing(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j;

	xrs_core_engine_park(&w->core, e, true, 0);
	j = world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);
	expect_quiet(w);
	assert_int_equal(j->state, XRS_JOB_READY);
	xrs_core_engine_park(&w->core, e, false, 5);
	world_run(w, 5);
	expect_dispatch(w, j, e);
	/* Parked while it runs: the layer ends, no other begins. */
	xrs_core_engine_park(&w->core, e, true, 6);
	world_done(w, e, 7);
	expect_quiet(w);
}

static void removed_while_it_rests(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);

	fails(w, e, XRS_REASON_FAULT, 0);
	xrs_core_engine_remove(&w->core, e, 1);
	world_run(w, 1);
	expect_end(w, j, XRS_FAILED, XRS_REASON_NO_ENGINE);
	assert_int_equal(w->core.alarm_ns, XRS_NEVER);
	world_run(w, 10 * REST);
	assert_int_equal(w->core.up, 0);
}

/* What is said of an engine that has gone is not about its number's next owner. */
static void said_of_one_that_is_gone(void **state)
{
	struct world *w = *state;
	struct xrs_engine *old = guarded(w, 0), *e;
	struct xrs_job *j;

	xrs_core_engine_remove(&w->core, old, 1);
	e = guarded(w, 0);
	xrs_core_engine_park(&w->core, old, true, 2);
	xrs_core_engine_reset(&w->core, old, false, 2);
	j = world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 2);
	expect_dispatch(w, j, e);
	assert_int_equal(old->strikes, 0);
}

static void energy_stops_at_the_most(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = guarded(w, 0);
	struct xrs_job *j =
		world_submit(w, two_layers(w, 1, 100), 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	e->energy_pj = U64_MAX - 10;
	xrs_core_layer_done(&w->core, e, 100, 5);
	assert_int_equal(e->energy_pj, U64_MAX);
}

static void guard_is_checked(void **state)
{
	struct world *w = *state;
	struct xrs_guard bad[] = { guard, guard, guard, guard, guard };
	u32 i;

	bad[0].floor_ns = 0;
	bad[1].factor = 0;
	bad[2].strikes = XRS_MAX_STRIKES + 1;
	bad[3].rest_max_ns = bad[3].rest_ns - 1;
	bad[4].retries = 101;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(xrs_core_set_guard(&w->core, &bad[i], 0),
				 -ERANGE);
}

/* ----- estimates --------------------------------------------------------- */

static void estimate_follows(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = two_layers(w, 1, 1000);
	struct xrs_model *m = s->model;
	u64 now_ns = 0;
	u32 i;

	e->learns = true;
	for (i = 0; i < 32; i++) {
		world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
		world_done(w, e, now_ns += 50000);
		world_done(w, e, now_ns += 50000);
	}
	assert_in_range(m->estimate[0].ns, 45000, 55000);
	assert_int_equal(m->estimate[0].samples, 32);
	assert_int_equal(m->estimate[0].profile_ns, 1000);
	/* Decisions have followed, the tables with them. */
	assert_in_range(m->cost[0].latency_ns, 45000, 55000);
	assert_in_range(m->view[0].togo_mean_ns, 90000, 110000);
	assert_int_equal(e->error_hist.nr, 64);
}

/* What children add to their parents' urgency follows, too. */
static void chain_follows(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = two_layers(w, 1, 1000);
	struct xrs_stream *child = world_stream(w, 2, s->model, s);
	u64 now_ns = 0, before;
	u32 i;

	(void)child;
	world_policy(w, "dream", 0);
	world_param(w, XRS_PARAM_CHAIN, XRS_ON, 0);
	e->learns = true;
	for (i = 0; i < 32; i++) {
		world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
		before = i ? before : s->chain_ns;
		world_done(w, e, now_ns += 50000);
		world_done(w, e, now_ns += 50000);
	}
	assert_int_equal(before, 2000);
	assert_in_range(s->chain_ns, 90000, 110000);
}

/* A frame that cannot be in time any more, as is known now, goes at once. */
static void admission_follows(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = two_layers(w, 1, 1000);
	struct xrs_stream *other = world_stream(w, 2, s->model, NULL);
	struct xrs_job *waits;
	u64 now_ns = 0;
	u32 i;

	world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_SOUND, 0);
	e->learns = true;
	/* 8 frames are 16 samples; the last of them is the one that is heeded. */
	for (i = 0; i < 7; i++) {
		world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
		world_done(w, e, now_ns += 50000);
		world_done(w, e, now_ns += 50000);
	}
	world_submit(w, s, i, now_ns, now_ns + 120000, now_ns);
	/* In time by the profile, whose 2000 ns it had twenty times. */
	waits = world_submit(w, other, 0, now_ns, now_ns + 140000, now_ns);
	world_done(w, e, now_ns += 50000);
	assert_int_equal(to_tjob(waits)->finishes, 0);
	world_done(w, e, now_ns += 50000);
	assert_int_equal(to_tjob(waits)->finishes, 1);
	assert_int_equal(waits->outcome, XRS_DROPPED);
	assert_int_equal(waits->layers, 0);
}

/* Another of the class is much faster: who keeps to the profile is not hung. */
static void profile_may_be_kept_to(void **state)
{
	struct world *w = *state;
	struct xrs_engine *fast = guarded(w, 0), *e;
	struct xrs_stream *s = two_layers(w, 1, 100 * MS);
	u64 now_ns = 0;
	struct xrs_job *j;
	u32 i;

	fast->learns = XRS_LEARNS_ALWAYS;
	for (i = 0; i < 100; i++) {
		world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
		world_done(w, fast, ++now_ns);
		world_done(w, fast, ++now_ns);
	}
	w->seen = w->nr_log;
	assert_true(s->model->estimate[0].ns < MS);
	xrs_core_engine_remove(&w->core, fast, now_ns);
	e = guarded(w, 1);
	j = world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
	expect_dispatch(w, j, e);
	assert_int_equal(w->core.alarm_ns,
			 now_ns + 100 * MS * w->core.guard.factor);
}

static void outlier_is_damped(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = two_layers(w, 1, 1000);
	u64 now_ns = 0, before;
	u32 i;

	e->learns = true;
	for (i = 0; i < 16; i++) {
		world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
		world_done(w, e, now_ns += 1000);
		world_done(w, e, now_ns += 1000);
	}
	before = s->model->estimate[0].ns;
	world_submit(w, s, i, now_ns, now_ns + 1000 * MS, now_ns);
	world_done(w, e, now_ns += 500 * MS);
	assert_in_range(s->model->estimate[0].ns, before + 1,
			before + before / 8);
}

static void profile_stays_where_nothing_learns(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = two_layers(w, 1, 1000);

	world_submit(w, s, 0, 0, 1000 * MS, 0);
	world_done(w, e, 77000);
	assert_int_equal(s->model->estimate[0].ns, 1000);
	assert_int_equal(s->model->estimate[0].samples, 0);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(limit_is_the_floor),
	WORLD_TEST(limit_is_a_multiple),
	WORLD_TEST(limit_is_the_engines_own),
	WORLD_TEST(unguarded_wait_for_ever),
	WORLD_TEST(quiet_without_alarm),
	WORLD_TEST(goes_on_elsewhere),
	WORLD_TEST(waits_for_the_only_one),
	WORLD_TEST(retries_are_bounded),
	WORLD_TEST(retries_are_a_layers),
	WORLD_TEST(refused_blames_the_job),
	WORLD_TEST(cancelled_while_it_hangs),
	WORLD_TEST(rests_longer_then_quarantined),
	WORLD_TEST(good_layers_clear_strikes),
	WORLD_TEST(reset_is_waited_for),
	WORLD_TEST(back_after_a_failed_reset),
	WORLD_TEST(parked_takes_nothing),
	WORLD_TEST(removed_while_it_rests),
	WORLD_TEST(said_of_one_that_is_gone),
	WORLD_TEST(energy_stops_at_the_most),
	WORLD_TEST(guard_is_checked),
	WORLD_TEST(estimate_follows),
	WORLD_TEST(profile_may_be_kept_to),
	WORLD_TEST(outlier_is_damped),
	WORLD_TEST(profile_stays_where_nothing_learns),
	WORLD_TEST(chain_follows),
	WORLD_TEST(admission_follows),
};

SUITE(suite_fault, tests);
