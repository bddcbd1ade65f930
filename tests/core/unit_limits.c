// SPDX-License-Identifier: GPL-2.0-only
/*
 * The worst that may be asked for, under every policy there is: nothing
 * overflows (UBSan looks on), everything ends, once, and no pick breaks the
 * rules.
 */

#include "suite.h"

#define MANY 10000
#define EARLY_STREAMS 12

static bool has(const struct world *w, enum xrs_param_id id)
{
	return w->policy->params & BIT(id);
}

/* A world in which late frames run on: there is something to decide. */
static struct world *stubborn(const struct xrs_policy *policy, u32 streams)
{
	struct world *w = world_new(streams);

	world_policy(w, policy->name, 0);
	if (has(w, XRS_PARAM_EXPIRED))
		world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, 0);
	if (has(w, XRS_PARAM_ADMIT))
		world_param(w, XRS_PARAM_ADMIT, XRS_ADMIT_OFF, 0);
	return w;
}

static u64 in_flight(const struct world *w)
{
	const struct xrs_stream *s;
	u64 nr = 0;

	list_for_each_entry(s, &w->core.streams, link) {
		assert_int_equal(s->count.submitted, stream_sum(s));
		nr += s->in_flight;
	}
	return nr;
}

/* Every layer takes what it is expected to, until nothing is left to be done. */
static u64 run_on(struct world *w, u64 now, u64 most)
{
	u64 layers = 0;

	world_settle(w, now);
	while (w->core.up & ~w->core.idle && layers++ < most) {
		struct xrs_engine *next = NULL;
		u64 busy, at_ns = XRS_NEVER;

		for (busy = w->core.up & ~w->core.idle; busy;
		     busy &= busy - 1) {
			struct xrs_engine *e = w->core.engine[__ffs64(busy)];
			u64 end_ns = e->since_ns +
				     xrs_job_cost(e->job, e)->latency_ns;

			if (end_ns < at_ns) {
				at_ns = end_ns;
				next = e;
			}
		}
		now = max(now, at_ns);
		world_done(w, next, now);
		while (w->wake_ns <= now)
			world_run(w, now);
	}
	assert_int_equal(w->core.policy_faults, 0);
	return now;
}

/*
 * 10^4 streams, all alike and all due at once: scores are equal, and the lower
 * number wins.  Some hundred decisions are looked at, then all are cancelled.
 */
static void many_equal(void **state)
{
	u32 p, i;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++) {
		struct world *w = stubborn(xrs_policies[p], MANY);
		struct xrs_model *m = MODEL(w, 1, "a", { 100, 100 });
		struct xrs_job **job = world_alloc(w, MANY * sizeof(*job));

		world_engine(w, 0, "a");
		for (i = 0; i < MANY; i++) {
			struct xrs_stream *s = world_stream(w, i + 1, m, NULL);

			job[i] = world_job(w, s, 0, 0, 1000000000);
			assert_int_equal(xrs_core_submit(&w->core, job[i], 0),
					 0);
		}
		run_on(w, 0, 300);
		for (i = 0; i < 300; i++)
			expect_dispatch(w, job[i], w->core.engine[0]);
		for (i = 0; i < MANY; i++)
			if (!to_tjob(job[i])->finishes)
				xrs_core_cancel(&w->core, job[i],
						XRS_REASON_CANCEL,
						w->core.now_ns);
		run_on(w, w->core.now_ns, 2);
		assert_int_equal(in_flight(w), 0);
		world_free(w);
	}
}

/* No time left for anything, from the beginning, under every rule for that. */
static void zero_slack(void **state)
{
	u32 p, i, rule;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++)
		for (rule = XRS_EXPIRED_CLAMP; rule <= XRS_EXPIRED_DROP;
		     rule++) {
			struct world *w = stubborn(xrs_policies[p], 40);
			struct xrs_model *m =
				MODEL(w, 2, "ab", { 1, 0 }, { 1ULL << 40, 1 },
				      { 1ULL << 40, 1ULL << 50 }, { 1, 0 });

			if (has(w, XRS_PARAM_EXPIRED))
				world_param(w, XRS_PARAM_EXPIRED, rule, 0);
			world_engine(w, 0, "a");
			world_engine(w, 1, "b");
			world_engine(w, 2, "a");
			for (i = 0; i < 40; i++) {
				struct xrs_stream *s =
					world_stream(w, i, m, NULL);

				assert_int_equal(
					xrs_core_submit(&w->core,
							world_job(w, s, 0, 1000,
								  1001),
							1000),
					0);
			}
			run_on(w, 1000, 1000);
			assert_int_equal(in_flight(w), 0);
			world_free(w);
		}
}

/* What only a missing class could run fails; the rest runs where it can. */
static void class_missing(void **state)
{
	u32 p;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++) {
		struct world *w = stubborn(xrs_policies[p], 4);
		struct xrs_model *only_b = MODEL(w, 1, "b", { 100, 1 });
		struct xrs_model *both = MODEL(w, 2, "ba", { 1, 1 }, { 100, 9 },
					       { 1, 1 }, { 100, 9 });
		struct xrs_stream *s = world_stream(w, 1, only_b, NULL);
		struct xrs_stream *t = world_stream(w, 2, both, NULL);
		struct xrs_engine *a = world_engine(w, 0, "a");
		struct xrs_engine *b = world_engine(w, 1, "b");
		struct xrs_job *j[3];

		world_down(w, b, 0);
		j[0] = world_submit(w, s, 0, 0, 100000, 0);
		expect_end(w, j[0], XRS_FAILED, XRS_REASON_NO_ENGINE);
		j[1] = world_submit(w, t, 0, 0, 100000, 0);
		expect_dispatch(w, j[1], a);
		run_on(w, 0, 10);
		expect_end(w, j[1], XRS_COMPLETED, XRS_REASON_NONE);
		/* One that was accepted fails when its class goes. */
		world_up(w, b, 300);
		j[1] = world_submit(w, s, 1, 300, 100000, 300);
		j[2] = world_submit(w, s, 2, 300, 100000, 300);
		world_down(w, b, 310);
		world_settle(w, 310);
		expect_end(w, j[1], XRS_FAILED, XRS_REASON_NO_ENGINE);
		expect_end(w, j[2], XRS_FAILED, XRS_REASON_NO_ENGINE);
		assert_int_equal(in_flight(w), 0);
		world_free(w);
	}
}

/* 4096 layers, each as slow and dear as a layer may be, behind each other. */
static void longest_everywhere(void **state)
{
	u32 nr = XRS_MAX_LAYERS, p, i;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++) {
		struct world *w = stubborn(xrs_policies[p], 4);
		struct xrs_cost *cost = world_alloc(w, sizeof(*cost) * nr);
		struct xrs_model *m;

		for (i = 0; i < nr; i++)
			cost[i] = (struct xrs_cost){ 1ULL << 40, 1ULL << 50 };
		m = model_new(w, 1, &nr, "a", cost);
		for (i = 0; i < nr; i++)
			m->layer[i].out_bytes = U32_MAX;
		model_seal(m);
		world_engine(w, 0, "a");
		for (i = 0; i < 3; i++) {
			struct xrs_job *j =
				world_job(w, world_stream(w, i, m, NULL), 0, 0,
					  i == 2 ? XRS_NEVER - 1 : 1 + i);

			assert_int_equal(xrs_core_submit(&w->core, j, 0), 0);
		}
		run_on(w, 0, 3 * nr + 1);
		assert_int_equal(in_flight(w), 0);
		world_free(w);
	}
}

/* The variant that the first of so many frames runs, each 2^52 ns of work. */
static u32 variant_behind(u32 streams)
{
	struct world *w = stubborn(xrs_policy_find("dream-full"), streams);
	u32 nr[] = { XRS_MAX_LAYERS - 1, 1 }, i, chosen;
	struct xrs_cost *cost = world_alloc(w, sizeof(*cost) * XRS_MAX_LAYERS);
	struct xrs_job *first = NULL;
	struct xrs_model *m;

	for (i = 0; i < XRS_MAX_LAYERS; i++)
		cost[i] = (struct xrs_cost){ 1ULL << 40, 1 };
	m = model_new(w, 2, nr, "a", cost);
	model_seal(m);
	world_engine(w, 0, "a");
	for (i = 0; i < streams; i++) {
		struct xrs_stream *s = world_stream(w, i, m, NULL);
		struct xrs_job *j = world_job(w, s, 0, 0, 1ULL << 58);

		s->lightest_variant = 2;
		first = first ? first : j;
		assert_int_equal(xrs_core_submit(&w->core, j, 0), 0);
	}
	world_settle(w, 0);
	chosen = first->variant;
	world_free(w);
	return chosen;
}

/* Sums of work stop at their type's limit; they were small again beyond it. */
static void work_without_end(void **state)
{
	(void)state;
	assert_int_equal(variant_behind(2), 1);
	assert_int_equal(variant_behind(20), 1);
	assert_int_equal(variant_behind(4000), 2);
	assert_int_equal(variant_behind(4110), 2);
}

/* Blocks, exits and triggers that never and that always happen. */
static void certainties(void **state)
{
	u32 p, i, k;

	(void)state;
	for (p = 0; p < xrs_nr_policies; p++)
		for (k = 0; k < 8; k++) {
			struct world *w = stubborn(xrs_policies[p], 4);
			struct xrs_model *m =
				CHAIN(w, 4, "a", { 10, 1 }, { 10, 1 },
				      { 10, 1 }, { 10, 1 });
			struct xrs_stream *s, *child;
			struct xrs_job *j;

			m->layer[1].skip = 1;
			m->layer[1].skip_ppm = k & 1 ? XRS_PPM : 0;
			m->layer[2].exit = 1;
			m->layer[2].exit_ppm = k & 2 ? XRS_PPM : 0;
			model_seal(m);
			if (has(w, XRS_PARAM_CHAIN))
				world_param(w, XRS_PARAM_CHAIN, XRS_ON, 0);
			world_engine(w, 0, "a");
			s = world_stream(w, 1, m, NULL);
			child = world_stream(w, 2, m, s);
			child->trigger_ppm = k & 4 ? XRS_PPM : 0;
			for (i = 0; i < 4; i++) {
				/* What comes to pass need not be what is said. */
				j = world_job(w, s, i, 0, 1000000);
				j->skip_mask = i & 1;
				j->exit = i >> 1;
				assert_int_equal(
					xrs_core_submit(&w->core, j, 0), 0);
				j = world_job(w, child, i, 0, 1000000);
				assert_int_equal(
					xrs_core_submit(&w->core, j, 0), 0);
			}
			run_on(w, 0, 100);
			assert_int_equal(in_flight(w), 0);
			assert_int_equal(child->count.completed, 4);
			world_free(w);
		}
}

/*
 * Twelve streams with bounds of their own, three times what the engine can do:
 * no early drop ever was one more than a stream's bound allows, and bounds were
 * what stopped them.
 */
static void check_overload(const char *policy)
{
	struct world *w = world_new(EARLY_STREAMS);
	struct xrs_job *job[EARLY_STREAMS][200];
	struct xrs_stream *s[EARLY_STREAMS];
	u32 i, k, n, early = 0, full = 0;
	u64 now = 0;

	world_policy(w, policy, 0);
	world_engine(w, 0, "a");
	for (i = 0; i < EARLY_STREAMS; i++) {
		s[i] = world_stream(w, i + 1,
				    MODEL(w, 2, "a", { 100 + i, 1 }, { 50, 1 }),
				    NULL);
		s[i]->drop_window = (u16)(1 + 5 * i);
		s[i]->drop_max = (u16)(i * i % (s[i]->drop_window + 1));
	}
	for (n = 0; n < 200; n++) {
		now = max(now, 600ULL * n);
		for (i = 0; i < EARLY_STREAMS; i++) {
			job[i][n] = world_job(w, s[i], n, now, now + 700);
			assert_int_equal(
				xrs_core_submit(&w->core, job[i][n], now), 0);
		}
		world_settle(w, now);
		while (w->core.up & ~w->core.idle && now < 600ULL * (n + 1))
			now = run_on(w, now, 1);
	}
	run_on(w, now, 10000);
	for (i = 0; i < EARLY_STREAMS; i++)
		for (n = 0; n < 200; n++) {
			u32 first = n + 1 > s[i]->drop_window
					    ? n + 1 - s[i]->drop_window
					    : 0;
			u32 drops = 0;

			if (job[i][n]->reason != XRS_REASON_EARLY)
				continue;
			for (k = first; k <= n; k++)
				drops += job[i][k]->outcome == XRS_DROPPED;
			assert_true(drops <= s[i]->drop_max);
			full += drops == s[i]->drop_max;
			early++;
		}
	assert_true(early > 50 && full >= 5);
	world_free(w);
}

static void overload_keeps_bounds(void **state)
{
	(void)state;
	check_overload("dream-drop");
	check_overload("dream-full");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(many_equal),
	cmocka_unit_test(zero_slack),
	cmocka_unit_test(class_missing),
	cmocka_unit_test(longest_everywhere),
	cmocka_unit_test(work_without_end),
	cmocka_unit_test(certainties),
	cmocka_unit_test(overload_keeps_bounds),
};

SUITE(suite_limits, tests);
