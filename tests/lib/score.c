// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scores against values worked out by hand, and against the core's fixed
 * point; percentiles.  Linked with the library's objects, as these are no part
 * of its interface.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#include "xrs_uxcost.h"

#include "run.h"

static struct xrsched_result_stream
stream(uint64_t completed, uint64_t late, uint64_t dropped, uint64_t failed,
       uint64_t energy_pj, uint64_t worst_pj, uint64_t honest_pj)
{
	struct xrsched_result_stream s = {
		.stats = {
			.released = completed + dropped + failed,
			.completed = completed,
			.late = late,
			.dropped = dropped,
			.failed = failed,
			.energy_pj = energy_pj,
			.worst_pj = worst_pj,
			.honest_pj = honest_pj,
		},
	};

	score_stream(&s, 0);
	return s;
}

static void test_by_hand(void **state)
{
	struct xrsched_result_stream s;

	(void)state;
	s = stream(90, 5, 8, 2, 300, 1000, 400);
	assert_int_equal(s.violated, 15);
	assert_close(s.dlv, 0.15, 1e-12);
	assert_close(s.ne, 0.3, 1e-12);
	assert_close(s.ne_honest, 0.4, 1e-12);
	/* None violated: half a frame's share. */
	s = stream(50, 0, 0, 0, 10, 40, 10);
	assert_int_equal(s.violated, 0);
	assert_close(s.dlv, 0.01, 1e-12);
	/* All. */
	s = stream(0, 0, 7, 0, 0, 70, 70);
	assert_close(s.dlv, 1.0, 1e-12);
	assert_true(s.ne == 0);
	assert_close(s.ne_honest, 1.0, 1e-12);
	/* No frames: left out. */
	s = stream(0, 0, 0, 0, 0, 0, 0);
	assert_true(s.dlv == 0 && s.ne == 0 && s.ne_honest == 0);
	/* Layers that cost nothing. */
	s = stream(3, 0, 0, 0, 0, 0, 0);
	assert_true(s.dlv > 0 && s.ne == 0);
	/* Cancelled frames do not count. */
	s = stream(4, 1, 0, 0, 5, 10, 5);
	s.stats.cancelled = 16;
	s.stats.released += 16;
	score_stream(&s, 0);
	assert_close(s.dlv, 0.25, 1e-12);
}

static void test_sum(void **state)
{
	struct xrsched_result_stream a = stream(90, 5, 8, 2, 300, 1000, 400);
	struct xrsched_result_stream b = stream(50, 0, 0, 0, 10, 40, 10);
	const struct xrsched_result_stream *streams[] = { &a, &b };
	struct xrsched_result r = { .nr_streams = 2, .streams = streams };

	(void)state;
	score_result(&r);
	assert_close(r.dlv_sum, 0.16, 1e-12);
	assert_close(r.ne_sum, 0.55, 1e-12);
	assert_close(r.ne_honest_sum, 0.65, 1e-12);
	assert_close(r.uxcost, 0.16 * 0.55, 1e-12);
	assert_close(r.uxcost_honest, 0.16 * 0.65, 1e-12);
	assert_int_equal(r.completed, 140);
	assert_int_equal(r.late, 5);
	assert_int_equal(r.dropped, 8);
	assert_int_equal(r.failed, 2);
	assert_int_equal(r.energy_pj, 310);
}

/* Deterministic numbers; a third of the streams have no violation. */
static uint64_t next(uint64_t *seed, uint64_t limit)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*seed >> 33) % limit;
}

static void test_against_core(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct xrsched_result_stream s[6];
		const struct xrsched_result_stream *streams[6];
		struct xrsched_result r = { .nr_streams = 6,
					    .streams = streams };
		struct xrs_uxcost core = {};

		for (int i = 0; i < 6; i++) {
			uint64_t completed = next(&seed, 1 << (1 + round % 30));
			uint64_t late = i % 3 ? next(&seed, completed + 1) : 0;
			uint64_t drop = i % 3 ? next(&seed, completed + 2) : 0;
			uint64_t worst = next(&seed, 1ULL << 30) * (drop + 1);
			uint64_t used = next(&seed, worst + 1);
			struct xrs_counters count = {
				.released = completed + drop,
				.completed = completed,
				.late = late,
				.dropped = drop,
				.energy_pj = used,
				.worst_pj = worst,
				.honest_pj = used + next(&seed, worst + 1),
			};

			s[i] = stream(completed, late, drop, 0, used, worst,
				      count.honest_pj);
			streams[i] = &s[i];
			xrs_uxcost_add(&core, &count, NULL);
		}
		score_result(&r);
		xrs_uxcost_finish(&core);
		if (!r.dlv_sum)
			continue;
		assert_close(core.dlv_sum_q48 / 281474976710656.0, r.dlv_sum,
			     1e-4);
		assert_close(core.ne_sum_q48 / 281474976710656.0, r.ne_sum,
			     1e-4);
		assert_close(core.uxcost_q40 / 1099511627776.0, r.uxcost, 1e-4);
		assert_close(core.honest_q40 / 1099511627776.0, r.uxcost_honest,
			     1e-4);
	}
}

static void test_percentiles(void **state)
{
	static const uint64_t seen[] = { 50, 15, 40, 20, 35 };
	struct times times = {};

	(void)state;
	assert_int_equal(times_rank(&times, 0.5), 0);
	for (size_t i = 0; i < COUNT(seen); i++)
		assert_int_equal(times_add(&times, seen[i]), 0);
	times_sort(&times);
	assert_int_equal(times_rank(&times, 0), 15);
	assert_int_equal(times_rank(&times, 0.05), 15);
	assert_int_equal(times_rank(&times, 0.3), 20);
	assert_int_equal(times_rank(&times, 0.4), 20);
	assert_int_equal(times_rank(&times, 0.5), 35);
	assert_int_equal(times_rank(&times, 0.99), 50);
	assert_int_equal(times_rank(&times, 1), 50);
	free(times.ns);

	/* 1 … 1000: p99 is 990, p99.9 is 999. */
	memset(&times, 0, sizeof(times));
	for (uint64_t i = 1000; i > 0; i--)
		assert_int_equal(times_add(&times, i), 0);
	times_sort(&times);
	assert_int_equal(times_rank(&times, 0.5), 500);
	assert_int_equal(times_rank(&times, 0.99), 990);
	assert_int_equal(times_rank(&times, 0.999), 999);
	free(times.ns);
}

/* Frames do not drift: the k-th of 30 a second is the 2k-th of 60, for ever. */
static void test_release(void **state)
{
	struct wl_stream slow = { .step = 1000ULL * 1000000000, .rate = 30000 };
	struct wl_stream fast = { .step = 1000ULL * 1000000000, .rate = 60000 };
	struct wl_stream odd = { .step = 1000ULL * 1000000000, .rate = 29970 };
	struct wl_stream fixed = { .step = 20000000, .rate = 1 };

	(void)state;
	assert_int_equal(wl_release(&slow, 1), 33333333);
	assert_int_equal(wl_release(&slow, 2), 66666666);
	assert_int_equal(wl_release(&slow, 3), 100000000);
	for (uint64_t k = 0; k < 100000; k++)
		assert_int_equal(wl_release(&slow, k),
				 wl_release(&fast, 2 * k));
	assert_int_equal(wl_release(&odd, 2997), 100000000000ULL);
	assert_int_equal(wl_release(&slow, 30ULL * 1000000),
			 1000000ULL * 1000000000);
	assert_int_equal(wl_release(&fixed, 1000000007), 20000000140000000);
}

/* ----- the plan --------------------------------------------------------- */

static struct plan plan_of(struct wl_arena *arena, const char *name,
			   uint64_t seed, struct xrsched_workload **w)
{
	struct xrsched_workload_args args = {
		.size = sizeof(args),
		.scenario = name,
		.hardware = "4k-2ws",
	};
	struct xrsched_run_opts opts = { .seconds = 20, .seed = seed };
	struct xrsched_error error = { "" };
	struct plan plan;

	assert_ok(xrsched_workload_load(&args, w, &error), &error);
	assert_int_equal(plan_init(&plan, arena, *w, &opts), 0);
	return plan;
}

/* Frames come in order of release, parents before children, none twice. */
static void test_plan_order(void **state)
{
	struct xrsched_job jobs[WL_MAX_STREAMS];
	uint64_t frame[WL_MAX_STREAMS] = {};
	struct wl_arena arena = {};
	struct xrsched_workload *w;
	struct plan plan = plan_of(&arena, "VR_Gaming", 1, &w);
	uint64_t last_ns = 0;

	(void)state;
	plan.start_ns = 5;
	while (plan.next >= 0) {
		uint64_t release_ns = plan_release(&plan);
		unsigned int nr = plan_take(&plan, jobs);
		unsigned int root = jobs[0].cookie;

		assert_true(release_ns >= last_ns);
		last_ns = release_ns;
		for (unsigned int i = 0; i < nr; i++) {
			unsigned int s = jobs[i].cookie;

			assert_true(jobs[i].frame >= frame[s]);
			frame[s] = jobs[i].frame + 1;
			assert_int_equal(jobs[i].frame, jobs[0].frame);
			assert_int_equal(jobs[i].release_ns, release_ns);
			assert_int_equal(jobs[i].deadline_ns,
					 jobs[0].deadline_ns);
			assert_int_equal(plan.stream[s].root, root);
			assert_true(jobs[i].deadline_ns <= 20000000005);
		}
	}
	assert_int_equal(frame[0], 1200);
	assert_int_equal(frame[1], 600);
	xrsched_workload_free(w);
	wl_arena_free(&arena);
}

/* Bits of skip masks come with the probability of their block, apart. */
static void test_plan_skips(void **state)
{
	struct xrsched_job jobs[WL_MAX_STREAMS];
	struct wl_arena arena = {};
	unsigned int count[15] = {}, pair = 0, nr = 0;
	struct xrsched_workload *w;
	struct plan plan = plan_of(&arena, "AR_Call", 1, &w);

	(void)state;
	while (plan.next >= 0) {
		unsigned int n = plan_take(&plan, jobs);

		for (unsigned int i = 0; i < n; i++) {
			if (jobs[i].cookie != 2)
				continue;
			nr++;
			assert_true(jobs[i].skip_mask < 1 << 15);
			for (int b = 0; b < 15; b++)
				count[b] += jobs[i].skip_mask >> b & 1;
			pair += (jobs[i].skip_mask & 3) == 3;
		}
	}
	assert_int_equal(nr, 600);
	/* Five standard deviations of 600 fair coins are 61. */
	for (int b = 0; b < 15; b++)
		assert_in_range(count[b], 300 - 61, 300 + 61);
	assert_in_range(pair, 150 - 53, 150 + 53);
	xrsched_workload_free(w);
	wl_arena_free(&arena);
}

/* ----- XRBench ---------------------------------------------------------- */

static void test_xrbench(void **state)
{
	struct xrsched_xrbench s, mean = {};
	struct xrbench_tally tally = {};

	(void)state;
	/* Nothing ended. */
	s = xrbench_score(&tally);
	assert_true(s.rt == 0 && s.en == 0 && s.qoe == 0 && s.overall == 0);
	/* At the deadline, for a third of 1500 mJ. */
	xrbench_completed(&tally, 0, 500);
	s = xrbench_score(&tally);
	assert_close(s.rt, 0.5, 1e-12);
	assert_close(s.en, 2. / 3, 1e-12);
	assert_close(s.qoe, 1.0, 1e-12);
	assert_close(s.overall, 1. / 3, 1e-12);
	/* 0.3 ms early, and as much late: 1 / (1 + e^-4.5) and its rest. */
	xrbench_completed(&tally, -0.3, 0);
	s = xrbench_score(&tally);
	assert_close(s.rt, (0.5 + 0.989013057369) / 2, 1e-9);
	xrbench_completed(&tally, 0.3, 3000);
	s = xrbench_score(&tally);
	assert_close(s.rt, 0.5, 1e-9);
	/* More than 1500 mJ: below 0. */
	assert_close(s.en, (2. / 3 + 1 - 1) / 3, 1e-9);
	/* A lost frame weighs in the mean and in the quality. */
	tally.lost = 1;
	s = xrbench_score(&tally);
	assert_close(s.rt, 0.5, 1e-9);
	assert_close(s.qoe, 0.75, 1e-12);
	assert_close(s.overall,
		     0.75 * (1. / 3 + 0.989013057369 - 0.010986942631) / 4,
		     1e-9);
	/* Long ago, or never. */
	tally = (struct xrbench_tally){ .lost = 7 };
	s = xrbench_score(&tally);
	assert_true(s.qoe == 0 && s.overall == 0);
	xrbench_completed(&tally, 1e12, 0);
	assert_true(tally.rt == 0);
	xrbench_completed(&tally, -1e12, 0);
	assert_true(tally.rt == 1);
	/* Streams count alike. */
	s = (struct xrsched_xrbench){ 1, 0.5, 0.25, 0.125 };
	xrbench_mean(&mean, &s, 2);
	s = (struct xrsched_xrbench){};
	xrbench_mean(&mean, &s, 2);
	assert_close(mean.rt, 0.5, 1e-12);
	assert_close(mean.en, 0.25, 1e-12);
	assert_close(mean.qoe, 0.125, 1e-12);
	assert_close(mean.overall, 0.0625, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_against_core),
		cmocka_unit_test(test_percentiles),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_plan_order),
		cmocka_unit_test(test_plan_skips),
		cmocka_unit_test(test_xrbench),
	};

	return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
