// SPDX-License-Identifier: GPL-2.0-only
/* Engines that are slower than they say, once or for good. */

#include "suite.h"

#define FLOOR 1000000ULL

static struct xrs_engine *watched(struct world *w)
{
	static const struct xrs_guard guard = {
		.floor_ns = FLOOR,
		.factor = 4,
		.retries = 3,
		.strikes = 3,
		.rest_ns = 1000,
		.rest_max_ns = 8000,
	};
	struct xrs_engine *e = world_engine(w, 0, "a");

	e->guarded = true;
	e->learns = XRS_LEARNS_ALWAYS;
	assert_int_equal(xrs_core_set_guard(&w->core, &guard, 0), 0);
	return e;
}

static struct xrs_stream *two_layers(struct world *w, u64 ns)
{
	return world_stream(w, 1, MODEL(w, 2, "a", { ns, 10 }, { ns, 10 }),
			    NULL);
}

/* Runs a job, each of whose layers takes @ns; returns when it has ended. */
static u64 run_job(struct world *w, struct xrs_engine *e, struct xrs_job *j,
		   u64 ns, u64 now_ns)
{
	while (!to_tjob(j)->finishes) {
		u64 end_ns = e->since_ns + ns;

		if (e->job && end_ns < w->core.alarm_ns)
			world_done(w, e, now_ns = end_ns);
		else
			world_run(w, now_ns = w->core.alarm_ns);
	}
	return now_ns;
}

/* Ten times slower from now on: two layers are lost until that is known. */
static void slow_for_good(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = watched(w);
	struct xrs_stream *s = two_layers(w, 4 * FLOOR);
	u64 now_ns = 0;
	u32 i;

	for (i = 0; i < 40; i++) {
		struct xrs_job *j =
			world_submit(w, s, i, now_ns, 100000 * MS, now_ns);

		now_ns = run_job(w, e, j, 40 * FLOOR, now_ns);
		assert_int_equal(j->outcome, XRS_COMPLETED);
	}
	assert_int_equal(e->timeouts, 2);
	assert_int_equal(e->strikes, 0);
	/* What it takes is what is expected by now. */
	assert_int_equal(e->slack, 0);
	assert_in_range(s->model->estimate[0].ns, 36 * FLOOR, 44 * FLOOR);
}

/* A layer that hangs once: the next but one has its old limit. */
static void slow_once(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = watched(w);
	struct xrs_stream *s = two_layers(w, 4 * FLOOR);

	world_submit(w, s, 0, 0, 100000 * MS, 0);
	world_run(w, 16 * FLOOR);
	assert_int_equal(e->timeouts, 1);
	world_run(w, w->core.alarm_ns);
	assert_int_equal(e->alarm_ns - e->since_ns, 32 * FLOOR);
	world_done(w, e, e->since_ns + 4 * FLOOR);
	assert_int_equal(e->alarm_ns - e->since_ns, 16 * FLOOR);
}

/* Who never answers has eight times as long in the end, and the floor stays. */
static void slack_is_bounded(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = watched(w);
	struct xrs_stream *s = two_layers(w, FLOOR / 32);
	u64 longest = 0;
	u32 i;

	for (i = 0; i < 12; i++) {
		world_submit(w, s, i, w->core.now_ns, 100000 * MS,
			     w->core.now_ns);
		while (!e->job && w->core.alarm_ns != XRS_NEVER)
			world_run(w, w->core.alarm_ns);
		if (!e->job)
			break;
		longest = max(longest, e->alarm_ns - e->since_ns);
		world_run(w, e->alarm_ns);
	}
	assert_int_equal(e->slack, XRS_MAX_SLACK);
	assert_int_equal(longest, FLOOR);
}

/* A simulation's profile is what it takes. */
static void simulations_have_none(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = watched(w);
	struct xrs_stream *s = two_layers(w, 4 * FLOOR);

	e->learns = XRS_LEARNS_ASKED;
	world_submit(w, s, 0, 0, 100000 * MS, 0);
	world_run(w, 16 * FLOOR);
	world_run(w, w->core.alarm_ns);
	assert_int_equal(e->alarm_ns - e->since_ns, 16 * FLOOR);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(slow_for_good),
	WORLD_TEST(slow_once),
	WORLD_TEST(slack_is_bounded),
	WORLD_TEST(simulations_have_none),
};

SUITE(suite_fault_slow, tests);
