// SPDX-License-Identifier: GPL-2.0-only
/* The table of policies, their parameters, fcfs, edf and ties. */

#include "suite.h"

static void table(void **state)
{
	u32 i, k;

	(void)state;
	assert_true(xrs_nr_policies >= 3);
	for (i = 0; i < xrs_nr_policies; i++) {
		const struct xrs_policy *p = xrs_policies[i];

		assert_non_null(p->pick);
		assert_non_null(p->doc);
		assert_true(strlen(p->name) <= 31);
		assert_ptr_equal(xrs_policy_find(p->name), p);
		if (p->alias)
			assert_ptr_equal(xrs_policy_find(p->alias), p);
		for (k = 0; k < i; k++)
			assert_string_not_equal(p->name, xrs_policies[k]->name);
	}
	assert_non_null(xrs_policy_find("fcfs"));
	assert_non_null(xrs_policy_find("edf"));
	assert_non_null(xrs_policy_find("dream-mapscore"));
	assert_ptr_equal(xrs_policy_find("dream"),
			 xrs_policy_find("dream-mapscore"));
	assert_null(xrs_policy_find(""));
	assert_null(xrs_policy_find("fcf"));
	assert_null(xrs_policy_find("fcfss"));
	assert_null(xrs_policy_find("FCFS"));
}

static void parameter_table(void **state)
{
	u32 id;

	(void)state;
	for (id = 0; id < XRS_PARAM_NR; id++) {
		const struct xrs_param *p = &xrs_params[id];
		s64 n = 0;

		assert_non_null(p->name);
		assert_non_null(p->doc);
		assert_true(p->min <= p->init && p->init <= p->max);
		assert_true(p->unit == 1 || p->unit == 1000000);
		if (!p->choice)
			continue;
		while (p->choice[n])
			n++;
		assert_int_equal(p->min, 0);
		assert_int_equal(p->max, n - 1);
	}
}

/* DREAM: drop, off, 0.1, 1, mean, mul. */
static void parameter_defaults(void **state)
{
	static const s64 want[XRS_PARAM_NR] = {
		[XRS_PARAM_EXPIRED] = XRS_EXPIRED_DROP,
		[XRS_PARAM_ADMIT] = XRS_ADMIT_OFF,
		[XRS_PARAM_ALPHA] = 100000,
		[XRS_PARAM_BETA] = 1000000,
		[XRS_PARAM_TOGO] = XRS_TOGO_MEAN,
		[XRS_PARAM_COMBINE] = XRS_COMBINE_MUL,
	};
	s64 param[XRS_PARAM_NR];
	u32 id;

	(void)state;
	memset(param, 0xff, sizeof(param));
	xrs_policy_defaults(xrs_policy_find("dream"), param);
	for (id = 0; id < XRS_PARAM_NR; id++)
		if (xrs_policy_find("dream")->params & (1U << id))
			assert_int_equal(param[id], want[id]);
	memset(param, 0xff, sizeof(param));
	xrs_policy_defaults(xrs_policy_find("fcfs"), param);
	assert_int_equal(param[XRS_PARAM_EXPIRED], XRS_EXPIRED_DROP);
	assert_int_equal(param[XRS_PARAM_ADMIT], XRS_ADMIT_OFF);
}

static void parameter_checks(void **state)
{
	const struct xrs_policy *dream = xrs_policy_find("dream");
	u32 id;

	(void)state;
	for (id = 0; id < XRS_PARAM_NR; id++) {
		const struct xrs_param *p = &xrs_params[id];

		if (!(dream->params & (1U << id))) {
			assert_int_equal(xrs_policy_check(dream, id, p->min),
					 -ENOENT);
			continue;
		}
		assert_int_equal(xrs_policy_check(dream, id, p->min), 0);
		assert_int_equal(xrs_policy_check(dream, id, p->max), 0);
		assert_true(xrs_policy_check(dream, id, p->min - 1) < 0);
		assert_true(xrs_policy_check(dream, id, p->max + 1) < 0);
	}
	assert_true(xrs_policy_check(dream, XRS_PARAM_NR, 0) < 0);
	assert_true(xrs_policy_check(dream, ~0U, 0) < 0);
	assert_int_equal(xrs_params[XRS_PARAM_ALPHA].max, 2000000);
	assert_int_equal(xrs_params[XRS_PARAM_BETA].max, 2000000);
}

/* Expiry and admission are everybody's, the rest of those that heed it. */
static void parameter_of_another_policy(void **state)
{
	static const char *const names[] = { "fcfs", "edf" };
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const struct xrs_policy *p = xrs_policy_find(names[i]);

		assert_int_equal(xrs_policy_check(p, XRS_PARAM_EXPIRED,
						  XRS_EXPIRED_DEMOTE),
				 0);
		assert_int_equal(xrs_policy_check(p, XRS_PARAM_ADMIT,
						  XRS_ADMIT_SOUND),
				 0);
		assert_true(xrs_policy_check(p, XRS_PARAM_ALPHA, 0) < 0);
		assert_true(xrs_policy_check(p, XRS_PARAM_COMBINE, 0) < 0);
	}
}

static void set_policy_refuses(void **state)
{
	struct world *w = *state;
	const struct xrs_policy *before = w->core.policy;
	s64 param[XRS_PARAM_NR];
	s64 old[XRS_PARAM_NR];

	memcpy(old, w->core.param, sizeof(old));
	xrs_policy_defaults(xrs_policy_find("dream"), param);
	param[XRS_PARAM_ALPHA] = 2000001;
	assert_true(xrs_core_set_policy(&w->core, xrs_policy_find("dream"),
					param, 0) < 0);
	assert_ptr_equal(w->core.policy, before);
	assert_memory_equal(w->core.param, old, sizeof(old));
}

struct two {
	struct xrs_engine *e[2];
	struct xrs_stream *s[4];
};

/* Engines 0 (a) and 1 (b); b is faster for @lat_b < 100. */
static struct two two_new(struct world *w, const char *policy, u64 lat_b)
{
	struct two t;
	u32 i;

	world_policy(w, policy, 0);
	t.e[0] = world_engine(w, 0, "a");
	t.e[1] = world_engine(w, 1, "b");
	for (i = 0; i < 4; i++)
		t.s[i] =
			world_stream(w, 10 + i,
				     MODEL(w, 2, "ab", { 100, 1 }, { lat_b, 1 },
					   { 100, 1 }, { lat_b, 1 }),
				     NULL);
	return t;
}

/* Submits without a decision. */
static struct xrs_job *enqueue(struct world *w, struct xrs_stream *s, u64 frame,
			       u64 release, u64 deadline, u64 now)
{
	struct xrs_job *j = world_job(w, s, frame, release, deadline);

	assert_int_equal(xrs_core_submit(&w->core, j, now), 0);
	return j;
}

/* Oldest first, whatever the deadline, on the lowest engine, slow or not. */
static void fcfs_oldest_on_lowest(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 10);
	struct xrs_job *a, *b, *c;

	a = enqueue(w, t.s[0], 0, 50, 1000, 100);
	b = enqueue(w, t.s[1], 0, 40, 9000, 100);
	c = enqueue(w, t.s[2], 0, 60, 500, 100);
	world_run(w, 100);
	expect_dispatch(w, b, t.e[0]);
	expect_dispatch(w, a, t.e[1]);
	expect_quiet(w);
	assert_int_equal(c->state, XRS_JOB_READY);
}

/* Oldest by release, not by the moment it became ready. */
static void fcfs_age_is_release(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 100);
	struct xrs_job *a, *b, *c, *d;

	a = enqueue(w, t.s[0], 0, 10, 9000, 10);
	b = enqueue(w, t.s[1], 0, 10, 9100, 10);
	/* behind a: first of its stream, ready, only at 210 */
	c = enqueue(w, t.s[0], 1, 20, 9000, 20);
	d = enqueue(w, t.s[2], 0, 30, 9000, 30);
	world_run(w, 10);
	expect_dispatch(w, a, t.e[0]);
	expect_dispatch(w, b, t.e[1]);
	world_done(w, t.e[0], 110);
	expect_dispatch(w, a, t.e[0]);
	world_done(w, t.e[0], 210);
	expect_dispatch(w, c, t.e[0]);
	(void)d;
}

/* A begun job goes on where it is before anything older begins. */
static void fcfs_whole_inference(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 100);
	struct xrs_job *a, *b, *c;

	a = enqueue(w, t.s[0], 0, 50, 9000, 100);
	b = enqueue(w, t.s[1], 0, 60, 9000, 100);
	world_run(w, 100);
	expect_dispatch(w, a, t.e[0]);
	expect_dispatch(w, b, t.e[1]);
	c = enqueue(w, t.s[2], 0, 10, 500, 150);
	/* both boundaries at once: neither moves, neither makes room */
	xrs_core_layer_done(&w->core, t.e[1], 1, 200);
	xrs_core_layer_done(&w->core, t.e[0], 1, 200);
	world_run(w, 200);
	expect_dispatch(w, a, t.e[0]);
	expect_dispatch(w, b, t.e[1]);
	world_done(w, t.e[1], 300);
	expect_end(w, b, XRS_COMPLETED, XRS_REASON_NONE);
	expect_dispatch(w, c, t.e[1]);
}

/* A layer that was lost ties its job to nothing, even if the engine is back. */
static void fcfs_lost_begins_anywhere(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 100);
	struct xrs_job *a, *b;

	a = enqueue(w, t.s[0], 0, 0, 9000, 0);
	b = enqueue(w, t.s[1], 0, 1, 9000, 1);
	world_run(w, 1);
	expect_dispatch(w, a, t.e[0]);
	expect_dispatch(w, b, t.e[1]);
	world_cancel(w, a, 50);
	xrs_core_layer_done(&w->core, t.e[0], 1, 100);
	xrs_core_engine_down(&w->core, t.e[1], 100);
	xrs_core_engine_up(&w->core, t.e[1], 100);
	world_run(w, 100);
	expect_dispatch(w, b, t.e[0]);
}

static void fcfs_capable_only(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 100);
	struct xrs_stream *s =
		world_stream(w, 1, MODEL(w, 1, "b", { 5, 1 }), NULL);
	struct xrs_job *a, *b;

	a = enqueue(w, s, 0, 10, 900, 10);
	b = enqueue(w, t.s[0], 0, 20, 900, 20);
	world_run(w, 20);
	expect_dispatch(w, a, t.e[1]);
	expect_dispatch(w, b, t.e[0]);
}

/* The oldest cannot use what is idle: the next one does. */
static void fcfs_is_work_conserving(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 100);
	struct xrs_model *m = MODEL(w, 1, "b", { 500, 1 });
	struct xrs_stream *s = world_stream(w, 1, m, NULL);
	struct xrs_stream *u = world_stream(w, 2, m, NULL);
	struct xrs_job *a, *b, *c;

	a = enqueue(w, s, 0, 10, 900, 10);
	b = enqueue(w, u, 0, 10, 950, 10);
	c = enqueue(w, t.s[0], 0, 20, 990, 20);
	world_run(w, 20);
	expect_dispatch(w, a, t.e[1]);
	expect_dispatch(w, c, t.e[0]);
	assert_int_equal(b->state, XRS_JOB_READY);
}

static void edf_earliest_on_fastest(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 10);
	struct xrs_job *a, *b, *c;

	a = enqueue(w, t.s[0], 0, 50, 1000, 100);
	b = enqueue(w, t.s[1], 0, 40, 9000, 100);
	c = enqueue(w, t.s[2], 0, 60, 500, 100);
	world_run(w, 100);
	expect_dispatch(w, c, t.e[1]);
	expect_dispatch(w, a, t.e[0]);
	expect_quiet(w);
	/* by layer: at its boundary c gives way to nobody, a to nobody */
	world_done(w, t.e[1], 110);
	expect_dispatch(w, c, t.e[1]);
	world_done(w, t.e[1], 120);
	expect_dispatch(w, b, t.e[1]);
}

/* At a boundary the more urgent one goes first, and jobs may move. */
static void edf_preempts_at_boundaries(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "edf", 10);
	struct xrs_job *a, *b;

	a = enqueue(w, t.s[0], 0, 0, 9000, 0);
	world_run(w, 0);
	expect_dispatch(w, a, t.e[1]);
	b = enqueue(w, t.s[1], 0, 5, 500, 10);
	xrs_core_layer_done(&w->core, t.e[1], 1, 10);
	world_run(w, 10);
	expect_dispatch(w, b, t.e[1]);
	expect_dispatch(w, a, t.e[0]);
}

static void edf_fastest_of_this_layer(void **state)
{
	struct world *w = *state;
	struct xrs_engine *a, *b;
	struct xrs_stream *s;
	struct xrs_job *j;

	world_policy(w, "edf", 0);
	a = world_engine(w, 0, "a");
	b = world_engine(w, 1, "b");
	world_engine(w, 2, "b");
	s = world_stream(w, 1,
			 MODEL(w, 2, "ab", { 20, 1 }, { 10, 1 }, { 10, 1 },
			       { 20, 1 }),
			 NULL);
	j = world_submit(w, s, 0, 0, 1000, 0);
	expect_dispatch(w, j, b);
	world_done(w, b, 10);
	expect_dispatch(w, j, a);
}

/*
 * Ties: earlier deadline (where it is not what decides), lower stream, lower
 * engine.  Streams were added, and jobs submitted, against that order.
 */
static void check_ties(void **state, const char *policy)
{
	struct world *w = *state;
	struct xrs_engine *e[3];
	struct xrs_stream *s[3];
	struct xrs_job *j[3];
	u32 i;

	world_policy(w, policy, 0);
	for (i = 3; i-- > 0;)
		e[i] = world_engine(w, i, "a");
	for (i = 3; i-- > 0;)
		s[i] = world_stream(w, 10 + i, MODEL(w, 1, "a", { 100, 10 }),
				    NULL);
	for (i = 3; i-- > 0;)
		j[i] = enqueue(w, s[i], 0, 0, 1000, 0);
	world_run(w, 0);
	for (i = 0; i < 3; i++)
		expect_dispatch(w, j[i], e[i]);
	for (i = 0; i < 3; i++)
		xrs_core_layer_done(&w->core, e[i], 10, 100);
	/* once more in another order, the last with the earliest deadline */
	j[1] = enqueue(w, s[1], 1, 100, 2000, 100);
	j[0] = enqueue(w, s[0], 1, 100, 2000, 100);
	j[2] = enqueue(w, s[2], 1, 100, 1900, 100);
	world_run(w, 100);
	expect_dispatch(w, j[2], e[0]);
	expect_dispatch(w, j[0], e[1]);
	expect_dispatch(w, j[1], e[2]);
}

static void ties_fcfs(void **state)
{
	check_ties(state, "fcfs");
}

static void ties_edf(void **state)
{
	check_ties(state, "edf");
}

static void ties_dream(void **state)
{
	check_ties(state, "dream");
}

/* A switch under load: what runs runs on, the rest is decided anew. */
static void switch_under_load(void **state)
{
	struct world *w = *state;
	struct two t = two_new(w, "fcfs", 100);
	struct xrs_job *a, *b, *c, *d;

	a = enqueue(w, t.s[0], 0, 0, 9000, 0);
	b = enqueue(w, t.s[1], 0, 1, 9000, 1);
	c = enqueue(w, t.s[2], 0, 2, 8000, 2);
	d = enqueue(w, t.s[3], 0, 3, 7000, 3);
	world_run(w, 3);
	expect_dispatch(w, a, t.e[0]);
	expect_dispatch(w, b, t.e[1]);
	world_policy(w, "edf", 50);
	expect_quiet(w);
	assert_ptr_equal(t.e[0]->job, a);
	world_done(w, t.e[0], 103);
	expect_dispatch(w, d, t.e[0]);
	world_done(w, t.e[1], 104);
	expect_dispatch(w, c, t.e[1]);
	assert_int_equal(a->state, XRS_JOB_READY);
	assert_int_equal(b->state, XRS_JOB_READY);
}

/* A value in a parameter's unit, as people write it. */
static void number(char *text, size_t size, const struct xrs_param *param,
		   s64 value)
{
	snprintf(text, size, "%.6f", (double)value / param->unit);
	while (text[strlen(text) - 1] == '0')
		text[strlen(text) - 1] = '\0';
	if (text[strlen(text) - 1] == '.')
		text[strlen(text) - 1] = '\0';
}

/* What a refusal says is the range that is checked. */
static void range_is_told(void **state)
{
	char text[256], low[64], high[64];
	u32 id, i;

	(void)state;
	for (id = 0; id < XRS_PARAM_NR; id++) {
		const struct xrs_param *param = &xrs_params[id];

		if (param->choice) {
			snprintf(text, sizeof(text), "%s must be one of %s",
				 param->name, param->choice[0]);
			for (i = 1; param->choice[i]; i++) {
				strcat(text, ", ");
				strcat(text, param->choice[i]);
			}
			assert_int_equal(param->max, i - 1);
		} else {
			number(low, sizeof(low), param, param->min);
			number(high, sizeof(high), param, param->max);
			snprintf(text, sizeof(text),
				 "%s must be a number from %s to %s",
				 param->name, low, high);
		}
		assert_string_equal(param->range, text);
	}
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(range_is_told),
	cmocka_unit_test(table),
	cmocka_unit_test(parameter_table),
	cmocka_unit_test(parameter_defaults),
	cmocka_unit_test(parameter_checks),
	cmocka_unit_test(parameter_of_another_policy),
	WORLD_TEST(set_policy_refuses),
	WORLD_TEST(fcfs_oldest_on_lowest),
	WORLD_TEST(fcfs_age_is_release),
	WORLD_TEST(fcfs_whole_inference),
	WORLD_TEST(fcfs_lost_begins_anywhere),
	WORLD_TEST(fcfs_capable_only),
	WORLD_TEST(fcfs_is_work_conserving),
	WORLD_TEST(edf_earliest_on_fastest),
	WORLD_TEST(edf_preempts_at_boundaries),
	WORLD_TEST(edf_fastest_of_this_layer),
	WORLD_TEST(ties_fcfs),
	WORLD_TEST(ties_edf),
	WORLD_TEST(ties_dream),
	WORLD_TEST(switch_under_load),
};

SUITE(suite_policy, tests);
