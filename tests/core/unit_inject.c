// SPDX-License-Identifier: GPL-2.0-only
/* Faults on purpose: what a plan makes of layers, and what is no plan. */

#include "suite.h"
#include "xrs_inject.h"

#define S (1000 * MS)

static enum xrs_inject_kind layer(struct xrs_inject *i, u64 now_ns, u64 ns)
{
	return xrs_inject_layer(i, now_ns, &ns);
}

static void nothing_without_a_plan(void **state)
{
	struct xrs_inject_plan plan = { 0 };
	struct xrs_inject i;
	u64 ns = 7;

	(void)state;
	assert_int_equal(xrs_inject_set(&i, &plan, 0, 5), 0);
	assert_false(i.active);
	assert_int_equal(xrs_inject_layer(&i, 5, &ns), XRS_INJECT_NONE);
	assert_int_equal(ns, 7);
}

/* Of 100000 layers about as many as the plan says; the same with one seed. */
static void shares(void **state)
{
	struct xrs_inject_plan plan = {
		.seed = 7,
		.ppm = { [XRS_INJECT_HANG] = 10000,
			 [XRS_INJECT_ERROR] = 20000,
			 [XRS_INJECT_SLOW] = 30000,
			 [XRS_INJECT_SEQ] = 5000 },
		.factor = 4,
	};
	struct xrs_inject i, same, other_seed, other_engine;
	u32 n, differs[2] = { 0 };
	u64 ns;

	(void)state;
	assert_int_equal(xrs_inject_set(&i, &plan, 3, 0), 0);
	assert_int_equal(xrs_inject_set(&same, &plan, 3, 0), 0);
	assert_int_equal(xrs_inject_set(&other_engine, &plan, 4, 0), 0);
	plan.seed = 8;
	assert_int_equal(xrs_inject_set(&other_seed, &plan, 3, 0), 0);
	for (n = 0; n < 100000; n++) {
		enum xrs_inject_kind kind;

		ns = 100;
		kind = xrs_inject_layer(&i, n, &ns);
		assert_int_equal(ns, kind == XRS_INJECT_SLOW ? 400 : 100);
		assert_int_equal(kind, layer(&same, n, 100));
		differs[0] += kind != layer(&other_seed, n, 100);
		differs[1] += kind != layer(&other_engine, n, 100);
	}
	/* Within four standard deviations. */
	assert_in_range(i.count[XRS_INJECT_HANG], 875, 1125);
	assert_in_range(i.count[XRS_INJECT_ERROR], 1823, 2177);
	assert_in_range(i.count[XRS_INJECT_SLOW], 2785, 3215);
	assert_in_range(i.count[XRS_INJECT_SEQ], 411, 589);
	assert_true(differs[0] > 10000 && differs[1] > 10000);
}

/* Faults come in rows; as many of them begin as without bursts. */
static void burst(void **state)
{
	struct xrs_inject_plan plan = {
		.ppm = { [XRS_INJECT_ERROR] = 1000 },
		.burst = 5,
	};
	u32 n, run = 0;
	struct xrs_inject i;

	(void)state;
	assert_int_equal(xrs_inject_set(&i, &plan, 0, 0), 0);
	for (n = 0; n < 100000; n++) {
		if (layer(&i, n, 1) == XRS_INJECT_ERROR) {
			run++;
		} else {
			assert_int_equal(run % 5, 0);
			run = 0;
		}
	}
	assert_in_range(i.count[XRS_INJECT_ERROR], 360, 640);
}

static void single_step(void **state)
{
	struct xrs_inject_plan plan = {
		.nr_steps = 2,
		.step = { { .kind = XRS_INJECT_HANG, .at_ns = 10 },
			  { .kind = XRS_INJECT_SLOW,
			    .factor = 3,
			    .at_ns = 50,
			    .every_ns = 100 } },
	};
	struct xrs_inject i;

	(void)state;
	/* The script begins when it is set: at 1000. */
	assert_int_equal(xrs_inject_set(&i, &plan, 0, 1000), 0);
	assert_int_equal(layer(&i, 1000, 10), XRS_INJECT_NONE);
	/* Nobody runs at 1010; the next one is hit, once. */
	assert_int_equal(layer(&i, 1015, 5), XRS_INJECT_HANG);
	assert_int_equal(layer(&i, 1020, 5), XRS_INJECT_NONE);
	/* The one that runs at 1050; then at 1150, and 1250 is missed. */
	assert_int_equal(layer(&i, 1048, 10), XRS_INJECT_SLOW);
	assert_int_equal(layer(&i, 1058, 10), XRS_INJECT_NONE);
	assert_int_equal(layer(&i, 1140, 120), XRS_INJECT_SLOW);
	assert_int_equal(layer(&i, 1260, 10), XRS_INJECT_NONE);
	assert_int_equal(layer(&i, 1350, 10), XRS_INJECT_SLOW);
}

/* All layers within a second of every ten, those that reach into it too. */
static void repeated_step(void **state)
{
	struct xrs_inject_plan plan = {
		.nr_steps = 1,
		.step = { { .kind = XRS_INJECT_ERROR,
			    .at_ns = 5 * S,
			    .for_ns = S,
			    .every_ns = 10 * S } },
	};
	struct xrs_inject i;

	(void)state;
	assert_int_equal(xrs_inject_set(&i, &plan, 0, 0), 0);
	assert_int_equal(layer(&i, 5 * S - 10, 10), XRS_INJECT_NONE);
	assert_int_equal(layer(&i, 5 * S - 10, 11), XRS_INJECT_ERROR);
	assert_int_equal(layer(&i, 5 * S, 1), XRS_INJECT_ERROR);
	assert_int_equal(layer(&i, 6 * S - 1, 1), XRS_INJECT_ERROR);
	assert_int_equal(layer(&i, 6 * S, 1), XRS_INJECT_NONE);
	assert_int_equal(layer(&i, 15 * S + S / 2, 1), XRS_INJECT_ERROR);
	assert_int_equal(layer(&i, 46 * S, 1), XRS_INJECT_NONE);
	assert_int_equal(layer(&i, 55 * S, 1), XRS_INJECT_ERROR);
}

static void script_before_draws(void **state)
{
	struct xrs_inject_plan plan = {
		.ppm = { [XRS_INJECT_HANG] = XRS_PPM },
		.nr_steps = 1,
		.step = { { .kind = XRS_INJECT_ERROR, .at_ns = 5 } },
	};
	struct xrs_inject i;

	(void)state;
	assert_int_equal(xrs_inject_set(&i, &plan, 0, 0), 0);
	assert_int_equal(layer(&i, 0, 5), XRS_INJECT_HANG);
	assert_int_equal(layer(&i, 5, 5), XRS_INJECT_ERROR);
	assert_int_equal(layer(&i, 10, 5), XRS_INJECT_HANG);
}

static void refused(void **state)
{
	static const struct xrs_inject_plan bad[] = {
		{ .ppm = { [XRS_INJECT_NONE] = 1 } },
		{ .ppm = { [XRS_INJECT_HANG] = XRS_PPM + 1 } },
		{ .ppm = { [XRS_INJECT_HANG] = U32_MAX, [XRS_INJECT_ERROR] = 2 } },
		{ .ppm = { [XRS_INJECT_SLOW] = 1 } },
		{ .ppm = { [XRS_INJECT_SLOW] = 1 }, .factor = 1 },
		{ .ppm = { [XRS_INJECT_SLOW] = 1 }, .factor = 1001 },
		{ .factor = 2 },
		{ .burst = 1001 },
		{ .nr_steps = XRS_INJECT_STEPS + 1 },
		{ .nr_steps = 1 },
		{ .nr_steps = 1, .step = { { .kind = XRS_INJECT_NR } } },
		{ .nr_steps = 1, .step = { { .kind = XRS_INJECT_SLOW } } },
		{ .nr_steps = 1,
		  .step = { { .kind = XRS_INJECT_HANG, .factor = 2 } } },
		{ .nr_steps = 1,
		  .step = { { .kind = XRS_INJECT_HANG,
			      .at_ns = BIT_ULL(60) + 1 } } },
		{ .nr_steps = 1,
		  .step = { { .kind = XRS_INJECT_HANG,
			      .for_ns = BIT_ULL(40) + 1 } } },
		{ .nr_steps = 1,
		  .step = { { .kind = XRS_INJECT_HANG,
			      .every_ns = BIT_ULL(50) + 1 } } },
		{ .nr_steps = 1,
		  .step = { { .kind = XRS_INJECT_HANG,
			      .for_ns = 5,
			      .every_ns = 5 } } },
	};
	struct xrs_inject_plan good = {
		.ppm = { [XRS_INJECT_HANG] = XRS_PPM },
		.nr_steps = 1,
		.step = { { .kind = XRS_INJECT_HANG,
			    .at_ns = BIT_ULL(60),
			    .for_ns = BIT_ULL(40),
			    .every_ns = BIT_ULL(50) } },
	};
	struct xrs_inject i, before;
	size_t n;

	(void)state;
	assert_int_equal(xrs_inject_set(&i, &good, 0, 0), 0);
	before = i;
	for (n = 0; n < ARRAY_SIZE(bad); n++) {
		assert_int_equal(xrs_inject_set(&i, &bad[n], 0, 0), -ERANGE);
		assert_memory_equal(&i, &before, sizeof(i));
	}
}

/* An engine that is guarded while its layer hangs: it has its whole time. */
static void guarded_late(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s =
		world_stream(w, 1, MODEL(w, 1, "a", { 100, 10 }), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 1000 * MS, 0);

	expect_dispatch(w, j, e);
	world_run(w, 100 * MS);
	assert_int_equal(e->faults, 0);
	xrs_core_engine_guard(&w->core, e, 100 * MS);
	world_run(w, 100 * MS);
	assert_true(e->guarded);
	assert_int_equal(w->wake_ns, 100 * MS + w->core.guard.floor_ns);
	world_run(w, w->wake_ns);
	assert_int_equal(e->timeouts, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(nothing_without_a_plan),
	cmocka_unit_test(shares),
	cmocka_unit_test(burst),
	cmocka_unit_test(single_step),
	cmocka_unit_test(repeated_step),
	cmocka_unit_test(script_before_draws),
	cmocka_unit_test(refused),
	WORLD_TEST(guarded_late),
};

SUITE(suite_inject, tests);
