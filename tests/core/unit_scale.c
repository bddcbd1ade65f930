// SPDX-License-Identifier: GPL-2.0-only
/* The largest things: they end, soon, and nothing overflows. */

#include <time.h>

#include "suite.h"

#define NR_STREAMS 10000

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

/* A model of 4096 layers runs from end to end, under every policy. */
static void longest_model(void **state)
{
	static const char *const policy[] = { "fcfs", "edf", "dream" };
	struct world *w = *state;
	u32 nr = XRS_MAX_LAYERS;
	struct xrs_cost *cost = world_alloc(w, sizeof(*cost) * nr);
	struct xrs_model *m;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j;
	u64 now = 0;
	u32 i, k;

	for (i = 0; i < nr; i++)
		cost[i] = (struct xrs_cost){ 1ULL << 40, 1ULL << 50 };
	m = model_new(w, 1, &nr, "a", cost);
	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	for (k = 0; k < ARRAY_SIZE(policy); k++) {
		world_policy(w, policy[k], now);
		world_param(w, XRS_PARAM_EXPIRED, XRS_EXPIRED_CLAMP, now);
		j = world_submit(w, s, k, now, now + 1, now);
		for (i = 0; i < nr; i++) {
			assert_int_equal(j->layer, i);
			world_done(w, e, now += 1ULL << 40);
		}
		expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
		assert_int_equal(j->layers, nr);
		assert_int_equal(j->energy_pj, 1ULL << 62);
	}
	assert_int_equal(s->count.late, 3);
}

/* Every variant at once, every block and exit number in use. */
static void widest_model(void **state)
{
	struct world *w = *state;
	u32 nr[XRS_MAX_VARIANTS];
	u32 per = 2 + XRS_MAX_SKIPS + XRS_MAX_EXITS;
	u32 sum = per * XRS_MAX_VARIANTS;
	char classes[XRS_MAX_CLASSES + 1];
	struct xrs_cost *cost;
	struct xrs_model *m;
	struct xrs_engine *e;
	struct xrs_stream *s;
	struct xrs_job *j;
	u32 v, i;

	for (i = 0; i < XRS_MAX_CLASSES; i++)
		classes[i] = (char)('A' + i);
	classes[i] = '\0';
	cost = world_alloc(w, sizeof(*cost) * sum * XRS_MAX_CLASSES);
	for (i = 0; i < sum * XRS_MAX_CLASSES; i++)
		cost[i] = (struct xrs_cost){ 1 + i, i };
	for (v = 0; v < XRS_MAX_VARIANTS; v++)
		nr[v] = per;
	m = model_new(w, XRS_MAX_VARIANTS, nr, classes, cost);
	for (v = 0; v < XRS_MAX_VARIANTS; v++) {
		struct xrs_layer *l = &m->layer[v * per + 1];

		for (i = 1; i <= XRS_MAX_SKIPS; i++, l++)
			l->skip = (u8)i, l->skip_ppm = XRS_PPM;
		for (i = 1; i <= XRS_MAX_EXITS; i++, l++)
			l->exit = (u8)i, l->exit_ppm = XRS_PPM;
	}
	model_seal(m);
	world_policy(w, "dream", 0);
	e = world_engine(w, 63, "A");
	s = world_stream(w, 1, m, NULL);
	j = world_job(w, s, 0, 0, 1ULL << 40);
	j->variant = XRS_MAX_VARIANTS;
	j->skip_mask = U64_MAX >> 1;
	j->exit = XRS_MAX_EXITS;
	assert_int_equal(world_try(w, j, 0), 0);
	while (j->state == XRS_JOB_RUNNING)
		world_done(w, e, w->core.now_ns + 1);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(j->layers, 1 + XRS_MAX_EXITS);
}

/*
 * 10^4 streams whose deadlines have all passed, at the latest moment there
 * is, under every rule.
 */
static void check_many(const char *policy, enum xrs_expired expired,
		       enum xrs_admit admit)
{
	struct world *w = world_new(NR_STREAMS);
	struct xrs_model *m =
		MODEL(w, 2, "ab", { 1ULL << 40, 1ULL << 50 }, { 1, 0 },
		      { 1, 0 }, { 1ULL << 40, 1ULL << 50 });
	double start = seconds();
	u64 now = XRS_NEVER - 10;
	u64 ended = 0;
	struct xrs_engine *e[2];
	struct xrs_stream *s;
	u32 i;

	m->layer[0].out_bytes = U32_MAX;
	world_policy(w, policy, 0);
	world_param(w, XRS_PARAM_EXPIRED, expired, 0);
	world_param(w, XRS_PARAM_ADMIT, admit, 0);
	e[0] = world_engine(w, 0, "a");
	e[1] = world_engine(w, 1, "b");
	for (i = 0; i < NR_STREAMS; i++) {
		s = world_stream(w, i, m, NULL);
		assert_int_equal(xrs_core_submit(&w->core,
						 world_job(w, s, 0, 0, 1), now),
				 0);
	}
	for (i = 0; i < 30; i++) {
		world_settle(w, now);
		if (e[i % 2]->job)
			world_done(w, e[i % 2], now + i / 5);
	}
	assert_true(seconds() - start < 10);
	list_for_each_entry(s, &w->core.streams, link) {
		assert_int_equal(s->count.submitted, stream_sum(s));
		ended += s->count.submitted - s->in_flight;
	}
	if (expired == XRS_EXPIRED_DROP || admit == XRS_ADMIT_SOUND)
		assert_int_equal(ended, NR_STREAMS);
	else
		assert_true(w->core.decisions > 20);
	assert_int_equal(w->core.policy_faults, 0);
	world_free(w);
}

/*
 * A run holds the caller's lock: it works off some of what is due, asks to be
 * run again at once, and nothing is forgotten.
 */
static void one_run_is_bounded(void **state)
{
	struct world *w = world_new(NR_STREAMS);
	struct xrs_model *m = MODEL(w, 1, "a", { 100, 1 });
	struct xrs_stream *s;
	size_t ended;
	u32 i;

	(void)state;
	world_engine(w, 0, "a");
	for (i = 0; i < NR_STREAMS; i++) {
		s = world_stream(w, i, m, NULL);
		assert_int_equal(xrs_core_submit(&w->core,
						 world_job(w, s, 0, 10, 20), 0),
				 0);
	}
	world_settle(w, 0);
	assert_int_equal(w->wake_ns, 10);
	assert_int_equal(w->nr_log, 0);
	world_run(w, 30);
	ended = w->nr_log;
	assert_true(ended > 0 && ended <= 2 * XRS_RUN_BUDGET);
	assert_int_equal(w->wake_ns <= 30, ended < NR_STREAMS);
	world_settle(w, 30);
	assert_int_equal(w->nr_log, NR_STREAMS);
	assert_int_equal(w->wake_ns, XRS_NEVER);
	world_free(w);
}

static void many_streams_drop(void **state)
{
	(void)state;
	check_many("dream", XRS_EXPIRED_DROP, XRS_ADMIT_OFF);
}

static void many_streams_sound(void **state)
{
	(void)state;
	check_many("dream", XRS_EXPIRED_CLAMP, XRS_ADMIT_SOUND);
}

static void many_streams_clamp_dream(void **state)
{
	(void)state;
	check_many("dream", XRS_EXPIRED_CLAMP, XRS_ADMIT_OFF);
}

static void many_streams_clamp_edf(void **state)
{
	(void)state;
	check_many("edf", XRS_EXPIRED_CLAMP, XRS_ADMIT_OFF);
}

static void many_streams_clamp_fcfs(void **state)
{
	(void)state;
	check_many("fcfs", XRS_EXPIRED_CLAMP, XRS_ADMIT_OFF);
}

static void many_streams_demote(void **state)
{
	(void)state;
	check_many("dream", XRS_EXPIRED_DEMOTE, XRS_ADMIT_OFF);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(longest_model),
	WORLD_TEST(widest_model),
	cmocka_unit_test(one_run_is_bounded),
	cmocka_unit_test(many_streams_drop),
	cmocka_unit_test(many_streams_sound),
	cmocka_unit_test(many_streams_clamp_dream),
	cmocka_unit_test(many_streams_clamp_edf),
	cmocka_unit_test(many_streams_clamp_fcfs),
	cmocka_unit_test(many_streams_demote),
};

SUITE(suite_scale, tests);
