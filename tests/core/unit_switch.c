// SPDX-License-Identifier: GPL-2.0-only
/* Switch energy: who moves how many bytes when (DREAM). */

#include "suite.h"

#define PJ XRS_PJ_PER_BYTE

/* Layers of no energy that leave 1000, 200, 30 and 4 bytes; input 5000. */
static struct xrs_model *chain(struct world *w)
{
	struct xrs_model *m = CHAIN(w, 4, "a", { 100, 0 }, { 100, 0 },
				    { 100, 0 }, { 100, 0 });

	m->variant[0].input_bytes = 5000;
	m->layer[0].out_bytes = 1000;
	m->layer[1].out_bytes = 200;
	m->layer[2].out_bytes = 30;
	m->layer[3].out_bytes = 4;
	return m;
}

static struct xrs_model *sealed(struct world *w)
{
	struct xrs_model *m = chain(w);

	model_seal(m);
	return m;
}

/* The first fetch is the input; then the activations lie where it runs. */
static void first_fetch_then_free(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, sealed(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 5000, 0);
	u64 t;

	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 5000 * PJ);
	assert_int_equal(j->energy_pj, 5000 * PJ);
	assert_int_equal(e->energy_pj, 5000 * PJ);
	assert_int_equal(j->switches, 1);
	assert_int_equal(e->switches, 1);
	for (t = 100; t <= 300; t += 100) {
		world_done(w, e, t);
		expect_dispatch(w, j, e);
		assert_int_equal(e->switch_pj, 0);
	}
	assert_int_equal(j->live_bytes, 30);
	world_done(w, e, 400);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(j->energy_pj, 5000 * PJ);
	assert_int_equal(j->switches, 1);
	assert_int_equal(s->count.switches, 1);
	assert_int_equal(s->count.energy_pj, 5000 * PJ);
}

/* A finished resident flushes nothing. */
static void finished_resident_is_gone(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s =
		world_stream(w, 1, MODEL(w, 1, "a", { 9, 0 }), NULL);
	struct xrs_stream *t = world_stream(w, 2, sealed(w), NULL);
	struct xrs_job *j;

	world_submit(w, s, 0, 0, 5000, 0);
	assert_int_equal(e->resident->resident, BIT_ULL(0));
	world_done(w, e, 9);
	assert_null(e->resident);
	j = world_submit(w, t, 0, 9, 5000, 9);
	assert_int_equal(j->energy_pj, 5000 * PJ);
}

/* Fetch one's own, flush the other's. */
static void flushes_the_other(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, sealed(w), NULL);
	struct xrs_stream *t = world_stream(w, 2, sealed(w), NULL);
	struct xrs_job *j, *k;

	j = world_submit(w, s, 0, 0, 9000, 0);
	k = world_submit(w, t, 0, 0, 8000, 0);
	expect_dispatch(w, j, e);
	world_done(w, e, 100);
	expect_dispatch(w, k, e);
	assert_int_equal(e->switch_pj, (5000 + 1000) * PJ);
	assert_int_equal(k->energy_pj, (5000 + 1000) * PJ);
	assert_int_equal(j->energy_pj, 5000 * PJ);
	assert_ptr_equal(e->resident, k);
	assert_int_equal(j->resident, 0);
	world_cancel(w, k, 150);
	world_done(w, e, 200);
	/* back again: nothing to flush, all to fetch */
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 1000 * PJ);
	assert_int_equal(j->switches, 2);
}

/* Moving to another engine costs, and so does coming back. */
static void moves_and_comes_back(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_engine *f = world_engine(w, 1, "a");
	struct xrs_stream *s = world_stream(w, 1, sealed(w), NULL);
	struct xrs_stream *t = world_stream(w, 2, sealed(w), NULL);
	struct xrs_job *j, *k;

	j = world_submit(w, s, 0, 0, 9000, 0);
	expect_dispatch(w, j, e);
	/* both ends of one instant: an urgent job takes engine 0 */
	xrs_core_layer_done(&w->core, e, 0, 100);
	k = world_job(w, t, 0, 100, 8000);
	assert_int_equal(xrs_core_submit(&w->core, k, 100), 0);
	world_run(w, 100);
	expect_dispatch(w, k, e);
	expect_dispatch(w, j, f);
	assert_int_equal(f->switch_pj, 1000 * PJ);
	assert_int_equal(e->switch_pj, (5000 + 1000) * PJ);
	assert_int_equal(j->resident, BIT_ULL(1));
	/* j leaves engine 1, k takes its place, j evicts k's from engine 0 */
	xrs_core_layer_done(&w->core, e, 0, 200);
	xrs_core_layer_done(&w->core, f, 0, 200);
	world_cancel(w, k, 200);
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 200 * PJ);
}

/*
 * Resident on the engine, but it ran elsewhere since: what lies there is old.
 * Fetched again, with nobody's to flush.
 */
static void old_activations_do_not_count(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_engine *f = world_engine(w, 1, "b");
	struct xrs_model *m =
		CHAIN(w, 3, "ab", { 100, 0 }, { 900, 0 }, { 900, 0 },
		      { 100, 0 }, { 100, 0 }, { 900, 0 });
	struct xrs_stream *s;
	struct xrs_job *j;

	m->variant[0].input_bytes = 7;
	m->layer[0].out_bytes = 1000;
	m->layer[1].out_bytes = 200;
	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	j = world_submit(w, s, 0, 0, 9000, 0);
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 7 * PJ);
	world_done(w, e, 100);
	expect_dispatch(w, j, f);
	assert_int_equal(f->switch_pj, 1000 * PJ);
	assert_int_equal(j->resident, BIT_ULL(0) | BIT_ULL(1));
	assert_ptr_equal(e->resident, j);
	world_done(w, f, 200);
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 200 * PJ);
	assert_int_equal(j->switches, 3);
	world_done(w, e, 300);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_null(e->resident);
	assert_null(f->resident);
}

/* Side layers leave the live activations as they are. */
static void side_layers(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = chain(w);
	struct xrs_stream *s, *t;
	struct xrs_job *j, *k;

	m->layer[0].flags = XRS_LAYER_SIDE;
	m->layer[2].flags = XRS_LAYER_SIDE;
	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	t = world_stream(w, 2, MODEL(w, 1, "a", { 9, 0 }), NULL);
	j = world_submit(w, s, 0, 0, 9000, 0);
	expect_dispatch(w, j, e);
	world_done(w, e, 100);
	assert_int_equal(j->live_bytes, 5000);
	world_done(w, e, 200);
	assert_int_equal(j->live_bytes, 200);
	k = world_submit(w, t, 0, 200, 8000, 200);
	world_done(w, e, 300);
	assert_int_equal(j->live_bytes, 200);
	expect_dispatch(w, j, e);
	expect_dispatch(w, j, e);
	expect_dispatch(w, k, e);
	assert_int_equal(k->energy_pj, 200 * PJ);
	world_done(w, e, 309);
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 200 * PJ);
}

/* A lost layer's switch was paid for, and is paid again. */
static void lost_switch_is_paid_twice(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_engine *f = world_engine(w, 1, "a");
	struct xrs_stream *s = world_stream(w, 1, sealed(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 9000, 0);

	expect_dispatch(w, j, e);
	world_down(w, e, 50);
	expect_dispatch(w, j, f);
	assert_int_equal(f->switch_pj, 5000 * PJ);
	assert_int_equal(j->energy_pj, 2 * 5000 * PJ);
	assert_int_equal(j->switches, 2);
	assert_int_equal(e->energy_pj, 5000 * PJ);
}

/* 2^32 - 1 bytes twice: more than 32 bits. */
static void many_bytes(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_model *m = chain(w);
	struct xrs_stream *s, *t;
	struct xrs_job *j, *k;

	m->variant[0].input_bytes = U32_MAX;
	m->layer[0].out_bytes = U32_MAX;
	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	t = world_stream(w, 2, m, NULL);
	j = world_submit(w, s, 0, 0, 9000, 0);
	k = world_submit(w, t, 0, 0, 8000, 0);
	expect_dispatch(w, j, e);
	world_done(w, e, 100);
	expect_dispatch(w, k, e);
	assert_int_equal(k->energy_pj, 2ULL * U32_MAX * PJ);
}

/* Nothing to move is not a switch. */
static void no_bytes_no_switch(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s =
		world_stream(w, 1, MODEL(w, 1, "a", { 9, 3 }), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 0, 9000, 0);

	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_pj, 0);
	assert_int_equal(j->switches, 0);
	world_done(w, e, 9);
	assert_int_equal(s->count.switches, 0);
}

/*
 * Timed, moving takes the bytes over the engine's bandwidth; where nothing
 * moves, and where no bandwidth is known, none.
 */
static void switch_takes_time(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, sealed(w), NULL);
	struct xrs_job *j;

	world_policy(w, "edf", 0);
	world_param(w, XRS_PARAM_SWITCH, XRS_SWITCH_TIMED, 0);
	e->bytes_per_us = 4;
	j = world_submit(w, s, 0, 0, 9000000, 0);
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_ns, 5000 * 1000 / 4);
	world_done(w, e, 2000000);
	expect_dispatch(w, j, e);
	assert_int_equal(e->switch_ns, 0);
	world_cancel(w, j, 2000000);
	world_done(w, e, 2000000);
	e->bytes_per_us = 0;
	j = world_submit(w, s, 1, 2000000, 9000000, 2000000);
	assert_int_equal(e->switch_pj, 5000 * PJ);
	assert_int_equal(e->switch_ns, 0);
	world_cancel(w, j, 2000000);
	world_done(w, e, 3000000);
	e->bytes_per_us = 4;
	world_param(w, XRS_PARAM_SWITCH, XRS_SWITCH_FREE, 3000000);
	world_submit(w, s, 2, 3000000, 9000000, 3000000);
	assert_int_equal(e->switch_pj, 5000 * PJ);
	assert_int_equal(e->switch_ns, 0);
}

/* A layer is not overdue while its activations are still on their way. */
static void switch_delays_alarm(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, sealed(w), NULL);

	world_policy(w, "edf", 0);
	world_param(w, XRS_PARAM_SWITCH, XRS_SWITCH_TIMED, 0);
	e->bytes_per_us = 1;
	e->guarded = true;
	world_submit(w, s, 0, 0, 900 * MS, 0);
	assert_int_equal(e->alarm_ns, w->core.guard.floor_ns + 5000 * 1000);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(first_fetch_then_free),
	WORLD_TEST(finished_resident_is_gone),
	WORLD_TEST(flushes_the_other),
	WORLD_TEST(moves_and_comes_back),
	WORLD_TEST(old_activations_do_not_count),
	WORLD_TEST(side_layers),
	WORLD_TEST(lost_switch_is_paid_twice),
	WORLD_TEST(many_bytes),
	WORLD_TEST(no_bytes_no_switch),
	WORLD_TEST(switch_takes_time),
	WORLD_TEST(switch_delays_alarm),
};

SUITE(suite_switch, tests);
