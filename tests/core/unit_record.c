// SPDX-License-Identifier: GPL-2.0-only
/* What a recorded core says: each input, then what it led to. */

#include "suite.h"

/**
 * struct tape - A recorder that keeps what it is told
 * @recorder: for the core
 * @record: they
 * @nr: how many
 */
struct tape {
	struct xrs_recorder recorder;
	struct xrs_record record[512];
	u32 nr;
};

static void tape_put(struct xrs_recorder *recorder,
		     const struct xrs_record *record)
{
	struct tape *tape = (struct tape *)recorder;

	assert_true(tape->nr < ARRAY_SIZE(tape->record));
	tape->record[tape->nr++] = *record;
}

static struct tape *tape_start(struct world *w)
{
	struct tape *tape = world_alloc(w, sizeof(*tape));

	tape->recorder.put = tape_put;
	w->core.recorder = &tape->recorder;
	return tape;
}

/* The records are of these types, and nothing is left; begins anew. */
static void check_types(struct tape *tape, const u16 *types, u32 nr,
			const char *file, int line)
{
	u32 i;

	for (i = 0; i < nr && i < tape->nr; i++)
		if (tape->record[i].type != types[i])
			break;
	if (i < nr || tape->nr != nr) {
		print_error("record %u of %u is %u, not %u\n", i, tape->nr,
			    i < tape->nr ? tape->record[i].type : 0,
			    i < nr ? types[i] : 0);
		_fail(file, line);
	}
	tape->nr = 0;
}

#define expect_types(tape, ...)                                           \
	check_types(tape, (const u16[]){ __VA_ARGS__ },                   \
		    ARRAY_SIZE(((const u16[]){ __VA_ARGS__ })), __FILE__, \
		    __LINE__)

/* Two layers on "a". */
static struct xrs_model *two_layers(struct world *w)
{
	struct xrs_model *m = MODEL(w, 2, "a", { 100, 10 }, { 200, 20 });

	m->nr = 77;
	return m;
}

static void life_of_a_frame(void **state)
{
	struct world *w = *state;
	struct tape *t = tape_start(w);
	struct xrs_engine *e = world_engine(w, 3, "a");
	struct xrs_stream *s = world_stream(w, 5, two_layers(w), NULL);

	expect_types(t, XRS_REC_ENGINE_ADD, XRS_REC_RUN, XRS_REC_STREAM_ADD);
	assert_string_equal(t->record[0].engine.class_name, "a");
	assert_int_equal(t->record[0].id, 3);
	assert_int_equal(t->record[2].id, 5);
	assert_int_equal(t->record[2].stream.model, 77);
	assert_int_equal(t->record[2].stream.upstream, U32_MAX);

	world_submit(w, s, 4, 1000, 9000, 500);
	expect_types(t, XRS_REC_SUBMIT, XRS_REC_RUN, XRS_REC_WAKE);
	assert_int_equal(t->record[0].at_ns, 500);
	assert_int_equal(t->record[0].submit.frame, 4);
	assert_int_equal(t->record[0].submit.release_ns, 1000);
	assert_int_equal(t->record[0].submit.deadline_ns, 9000);
	assert_int_equal(t->record[2].word[0], 1000);

	world_run(w, 1000);
	expect_types(t, XRS_REC_RUN, XRS_REC_DISPATCH, XRS_REC_WAKE);
	assert_int_equal(t->record[1].id, 3);
	assert_int_equal(t->record[1].dispatch.stream, 5);
	assert_int_equal(t->record[1].dispatch.frame, 4);
	assert_int_equal(t->record[1].dispatch.layer, 0);
	assert_int_equal(t->record[1].dispatch.seq, 1);

	world_done(w, e, 1100);
	expect_types(t, XRS_REC_LAYER_DONE, XRS_REC_RUN, XRS_REC_DISPATCH);
	assert_int_equal(t->record[0].done.energy_pj, 10);
	assert_int_equal(t->record[2].dispatch.layer, 1);

	world_done(w, e, 1300);
	expect_types(t, XRS_REC_LAYER_DONE, XRS_REC_FINISH, XRS_REC_RUN,
		     XRS_REC_WAKE);
	assert_int_equal(t->record[1].id, 5);
	assert_int_equal(t->record[1].arg, XRS_COMPLETED);
	assert_int_equal(t->record[1].finish.frame, 4);
	assert_int_equal(t->record[1].finish.start_ns, 1000);
	assert_int_equal(t->record[1].finish.layers, 2);
	assert_int_equal(t->record[3].word[0], XRS_NEVER);
}

/* Each of the other inputs has its record, also where it changes nothing. */
static void other_inputs(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, two_layers(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 1000, 9000, 500);
	struct tape *t = tape_start(w);

	xrs_core_engine_down(&w->core, e, 600);
	xrs_core_engine_down(&w->core, e, 600);
	xrs_core_engine_up(&w->core, e, 700);
	xrs_core_engine_up(&w->core, e, 700);
	expect_types(t, XRS_REC_ENGINE_DOWN, XRS_REC_ENGINE_DOWN,
		     XRS_REC_ENGINE_UP, XRS_REC_ENGINE_UP);
	xrs_core_cancel(&w->core, j, XRS_REASON_CANCEL, 800);
	assert_int_equal(t->record[0].arg, XRS_REASON_CANCEL);
	expect_types(t, XRS_REC_CANCEL, XRS_REC_FINISH);
	j = world_job(w, s, 1, 1000, 9000);
	j->held = true;
	assert_int_equal(xrs_core_submit(&w->core, j, 810), 0);
	assert_int_equal(t->record[0].submit.held, 1);
	xrs_core_release(&w->core, j, false, 820);
	assert_int_equal(t->record[1].submit.frame, 1);
	assert_int_equal(t->record[1].arg, 0);
	expect_types(t, XRS_REC_SUBMIT, XRS_REC_RELEASE, XRS_REC_FINISH);
	xrs_core_reset_stats(&w->core);
	expect_types(t, XRS_REC_RESET);
	assert_int_equal(xrs_core_stream_remove(&w->core, s), 0);
	expect_types(t, XRS_REC_STREAM_REMOVE);
	xrs_core_engine_remove(&w->core, e, 900);
	expect_types(t, XRS_REC_ENGINE_REMOVE);
}

/* Parameters go by name, only those that the policy heeds. */
static void policy_by_name(void **state)
{
	struct world *w = *state;
	struct tape *t = tape_start(w);

	world_policy(w, "edf", 10);
	assert_string_equal(t->record[0].name.name, "expired");
	assert_int_equal(t->record[0].name.value, XRS_EXPIRED_DROP);
	assert_string_equal(t->record[1].name.name, "admit");
	assert_string_equal(t->record[2].name.name, "switch");
	assert_string_equal(t->record[3].name.name, "edf");
	expect_types(t, XRS_REC_PARAM, XRS_REC_PARAM, XRS_REC_PARAM,
		     XRS_REC_POLICY, XRS_REC_RUN);
}

/* What was refused is not told and does not make time pass either. */
static void refused_leaves_nothing(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = world_stream(w, 1, two_layers(w), NULL);
	struct xrs_job *j = world_job(w, s, 0, 1000, 1000);
	struct tape *t = tape_start(w);

	assert_int_equal(xrs_core_submit(&w->core, j, 5000), -EINVAL);
	assert_int_equal(t->nr, 0);
	assert_int_equal(w->core.now_ns, 0);
}

/* An event that comes with a time before the last one: told as it is taken. */
static void times_as_taken(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = world_stream(w, 1, two_layers(w), NULL);
	struct tape *t = tape_start(w);

	world_run(w, 5000);
	world_submit(w, s, 0, 1000, 9000, 4000);
	assert_int_equal(t->record[1].type, XRS_REC_SUBMIT);
	assert_int_equal(t->record[1].at_ns, 5000);
}

static void tables_of_a_model(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = two_layers(w);
	struct tape *t = tape_start(w);
	u32 next = 0, calls = 1;

	while (!xrs_record_model(&w->core, m, &next, 1))
		calls++;
	/* 2 units of class, 1 variant, 2 layers, 2 costs: 3 records. */
	assert_int_equal(calls, 5);
	assert_int_equal(t->record[0].model.nr, 77);
	assert_int_equal(t->record[0].model.nr_layers, 2);
	assert_string_equal((char *)t->record[1].word, "a");
	assert_int_equal(t->record[1].arg, 3);
	assert_memory_equal(&t->record[1].word[4], &m->variant[0], 16);
	assert_memory_equal(&t->record[2].word[0], &m->layer[0], 32);
	assert_memory_equal(&t->record[2].word[4], &m->cost[0], 16);
	assert_int_equal(t->record[3].id, 2);
	assert_int_equal(t->record[3].arg, 1);
	assert_memory_equal(&t->record[3].word[0], &m->cost[1], 16);
	expect_types(t, XRS_REC_MODEL, XRS_REC_MODEL_DATA, XRS_REC_MODEL_DATA,
		     XRS_REC_MODEL_DATA);
}

/* One engine that runs a layer, a frame that waits for it downstream. */
static void state_of_a_busy_core(void **state)
{
	struct world *w = *state;
	struct xrs_stream *up, *down;
	struct tape *t;
	u32 i, seen[256] = { 0 };

	world_engine(w, 0, "a")->slack = 2;
	up = world_stream(w, 1, two_layers(w), NULL);
	down = world_stream(w, 2, two_layers(w), up);
	world_submit(w, up, 0, 1000, 9000, 500);
	world_submit(w, down, 0, 1000, 9000, 500);
	world_run(w, 1000);
	t = tape_start(w);
	assert_int_equal(xrs_record_snapshot_size(&w->core), 5);
	xrs_record_snapshot(&w->core);
	for (i = 0; i < t->nr; i++) {
		const struct xrs_record *r = &t->record[i];

		seen[r->type]++;
		if (r->type == XRS_REC_SNAP_ENGINE) {
			assert_int_equal(r->arg,
					 XRS_REC_ENGINE_IS_UP |
						 XRS_REC_ENGINE_RUNS |
						 XRS_REC_ENGINE_HAS_RESIDENT);
			assert_int_equal(r->snap_engine.since_ns, 1000);
			assert_int_equal(r->snap_engine.stream, 1);
		}
		if (r->type == XRS_REC_SNAP_HEALTH)
			assert_int_equal(r->snap_health.slack, 2);
		if (r->type == XRS_REC_SNAP_DEP)
			assert_int_equal(r->id, 2);
		if (r->type == XRS_REC_SNAP_JOB && r->id == 1)
			assert_int_equal(r->arg, XRS_JOB_RUNNING);
	}
	assert_int_equal(seen[XRS_REC_ENGINE_ADD], 1);
	assert_int_equal(seen[XRS_REC_STREAM_ADD], 2);
	assert_int_equal(seen[XRS_REC_SNAP_JOB], 2);
	assert_int_equal(seen[XRS_REC_SNAP_JOB2], 2);
	assert_int_equal(seen[XRS_REC_SNAP_DEP], 1);
	assert_int_equal(seen[XRS_REC_SNAP_STREAM], 2);
	assert_int_equal(t->record[t->nr - 1].type, XRS_REC_SNAP_END);
}

/*
 * What is unseen of a layer follows its samples when the model's tables are made
 * anew; a replay does that with those of the moment that it begins at.
 */
static void tables_of_the_moment(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, two_layers(w), NULL);
	struct xrs_model *m = s->model;
	u64 before_ns;

	e->learns = XRS_LEARNS_ALWAYS;
	world_submit(w, s, 0, 0, 1000000, 0);
	before_ns = m->view[0].unseen_ns;
	world_done(w, e, 700);
	assert_int_equal(m->estimate[0].samples, 1);
	assert_int_equal(m->view[0].unseen_ns, before_ns);
	tape_start(w);
	xrs_record_snapshot(&w->core);
	assert_in_range(m->view[0].unseen_ns, 1, before_ns - 1);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(life_of_a_frame),	  WORLD_TEST(other_inputs),
	WORLD_TEST(policy_by_name),	  WORLD_TEST(refused_leaves_nothing),
	WORLD_TEST(times_as_taken),	  WORLD_TEST(tables_of_a_model),
	WORLD_TEST(state_of_a_busy_core), WORLD_TEST(tables_of_the_moment),
};

SUITE(suite_record, tests);
