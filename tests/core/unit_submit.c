// SPDX-License-Identifier: GPL-2.0-only
/* Submission, release, the way through layers. */

#include "suite.h"

/* Fixtures: one engine "a"; a model of 1 layer, 100 ns, 10 pJ. */
static struct xrs_model *one_layer(struct world *w)
{
	return MODEL(w, 1, "a", { 100, 10 });
}

static void refused(struct world *w, struct xrs_job *job, int error)
{
	struct xrs_stream *s = job->stream;
	struct xrs_counters before = s->count;
	u64 next = s->next_frame;
	u64 last = s->last_release_ns;
	u32 in_flight = s->in_flight;

	assert_int_equal(world_try(w, job, w->core.now_ns), error);
	assert_memory_equal(&s->count, &before, sizeof(before));
	assert_int_equal(s->next_frame, next);
	assert_int_equal(s->last_release_ns, last);
	assert_int_equal(s->in_flight, in_flight);
	assert_int_equal(to_tjob(job)->finishes, 0);
	expect_quiet(w);
}

static void submit_runs(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 1000, 2000, 1000);

	expect_dispatch(w, j, e);
	assert_int_equal(j->state, XRS_JOB_RUNNING);
	assert_int_equal(j->start_ns, 1000);
	assert_ptr_equal(j->engine, e);
	assert_ptr_equal(e->job, j);
	assert_int_equal(e->since_ns, 1000);
	assert_int_equal(e->seq, 1);
	assert_int_equal(w->core.idle, 0);
	assert_int_equal(w->core.decisions, 1);
	world_done(w, e, 1100);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(j->finish_ns, 1100);
	assert_int_equal(j->layers, 1);
	assert_int_equal(j->energy_pj, 10);
	assert_int_equal(j->variant, 1);
	assert_null(e->job);
	assert_null(e->resident);
	assert_int_equal(e->busy_ns, 100);
	assert_int_equal(e->layers, 1);
	assert_int_equal(e->energy_pj, 10);
	assert_int_equal(s->count.submitted, 1);
	assert_int_equal(s->count.completed, 1);
	assert_int_equal(s->count.late, 0);
	assert_int_equal(s->count.layers, 1);
	assert_int_equal(s->in_flight, 0);
	assert_int_equal(s->response_hist.nr, 1);
	assert_int_equal(s->response_hist.sum_ns, 100);
	assert_int_equal(s->queue_hist.nr, 1);
	assert_int_equal(s->queue_hist.sum_ns, 0);
}

static void submit_future_waits(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 1000, 2000, 10);

	expect_quiet(w);
	assert_int_equal(w->wake_ns, 1000);
	assert_int_equal(s->count.released, 0);
	assert_int_equal(j->state, XRS_JOB_PENDING);
	world_run(w, 999);
	expect_quiet(w);
	world_run(w, 1000);
	expect_dispatch(w, j, e);
	assert_int_equal(s->count.released, 1);
	assert_int_equal(j->ready_ns, 1000);
}

/* A late run counts from when it came. */
static void ready_since_the_run(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 0, 1000, 2000, 10);

	world_run(w, 1300);
	expect_dispatch(w, j, e);
	assert_int_equal(j->ready_ns, 1300);
	assert_int_equal(j->release_ns, 1000);
	assert_int_equal(s->queue_hist.sum_ns, 300);
	world_done(w, e, 1400);
	assert_int_equal(s->response_hist.sum_ns, 400);
}

static void submit_event_alone_dispatches_nothing(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_job(w, s, 0, 0, 1000);

	assert_int_equal(xrs_core_submit(&w->core, j, 0), 0);
	expect_quiet(w);
	world_run(w, 0);
	expect_dispatch(w, j, e);
}

static void frame_backwards(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);

	world_engine(w, 0, "a");
	world_submit(w, s, 5, 1000, 2000, 0);
	refused(w, world_job(w, s, 5, 1000, 2000), -EINVAL);
	refused(w, world_job(w, s, 4, 1000, 2000), -EINVAL);
	world_submit(w, s, 6, 1000, 2000, 0);
	assert_int_equal(s->next_frame, 7);
}

/* There is no frame behind the last. */
static void frame_numbers_end(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);

	world_engine(w, 0, "a");
	world_try(w, world_job(w, s, U64_MAX, 1000, 2000), 0);
	if (s->in_flight)
		refused(w, world_job(w, s, 0, 1000, 2000), -EINVAL);
	else
		world_submit(w, s, 0, 1000, 2000, 0);
}

static void release_backwards(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);

	world_engine(w, 0, "a");
	world_submit(w, s, 0, 1000, 2000, 0);
	refused(w, world_job(w, s, 1, 999, 2000), -EINVAL);
	world_submit(w, s, 1, 1000, 2000, 0);
}

static void deadline_not_after_release(void **state)
{
	struct world *w = *state;
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);

	world_engine(w, 0, "a");
	refused(w, world_job(w, s, 0, 1000, 1000), -EINVAL);
	refused(w, world_job(w, s, 0, 1000, 999), -EINVAL);
	world_submit(w, s, 0, 1000, 1001, 0);
}

static void variant_and_exit_out_of_range(void **state)
{
	struct world *w = *state;
	const u32 nr[] = { 1, 1 };
	const struct xrs_cost cost[] = { { 100, 10 }, { 60, 5 } };
	struct xrs_model *m = model_new(w, 2, nr, "a", cost);
	struct xrs_stream *s;
	struct xrs_job *j;

	model_seal(m);
	world_engine(w, 0, "a");
	s = world_stream(w, 1, m, NULL);
	j = world_job(w, s, 0, 1000, 2000);
	j->variant = 3;
	refused(w, j, -EINVAL);
	j->variant = 2;
	j->exit = XRS_MAX_EXITS + 1;
	refused(w, j, -EINVAL);
	j->exit = XRS_MAX_EXITS;
	assert_int_equal(world_try(w, j, 0), 0);
}

static void variant_given_runs(void **state)
{
	struct world *w = *state;
	const u32 nr[] = { 1, 2 };
	const struct xrs_cost cost[] = { { 100, 10 }, { 60, 5 }, { 70, 6 } };
	struct xrs_model *m = model_new(w, 2, nr, "a", cost);
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j;

	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	j = world_job(w, s, 0, 0, 2000);
	j->variant = 2;
	assert_int_equal(world_try(w, j, 0), 0);
	expect_dispatch(w, j, e);
	assert_int_equal(j->layer, 1);
	world_done(w, e, 60);
	expect_dispatch(w, j, e);
	assert_int_equal(j->layer, 2);
	world_done(w, e, 130);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(j->variant, 2);
	assert_int_equal(j->energy_pj, 11);
	/* nobody chose: the heaviest */
	j = world_submit(w, s, 1, 130, 2000, 130);
	expect_dispatch(w, j, e);
	assert_int_equal(j->layer, 0);
	assert_int_equal(j->variant, 1);
}

/* Frames behind the first wait for it, however free the engines are. */
static void frames_one_at_a_time(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j, *k;

	world_engine(w, 1, "a");
	s = world_stream(w, 1, one_layer(w), NULL);
	j = world_submit(w, s, 0, 0, 2000, 0);
	k = world_submit(w, s, 1, 0, 1000, 0);
	expect_dispatch(w, j, e);
	expect_quiet(w);
	assert_int_equal(k->state, XRS_JOB_PENDING);
	world_done(w, e, 100);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	expect_dispatch(w, k, e);
	assert_int_equal(k->ready_ns, 100);
}

/* Skipped blocks, by their bits; the rest in order. */
static void skips(void **state)
{
	struct world *w = *state;
	struct xrs_model *m = CHAIN(w, 6, "a", { 10, 1 }, { 10, 2 }, { 10, 4 },
				    { 10, 8 }, { 10, 16 }, { 10, 32 });
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j;
	u64 t = 0;

	m->layer[1].skip = 1;
	m->layer[2].skip = 1;
	m->layer[3].skip = 2;
	m->layer[5].skip = 3;
	model_seal(m);
	s = world_stream(w, 1, m, NULL);

	j = world_job(w, s, 0, 0, 10000);
	j->skip_mask = BIT_ULL(0) | BIT_ULL(2); /* blocks 1 and 3 */
	assert_int_equal(world_try(w, j, t), 0);
	while (j->state == XRS_JOB_RUNNING)
		world_done(w, e, t += 10);
	expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
	assert_int_equal(j->energy_pj, 1 + 8 + 16);
	assert_int_equal(j->layers, 3);

	j = world_job(w, s, 1, t, 10000);
	j->skip_mask = BIT_ULL(1);
	assert_int_equal(world_try(w, j, t), 0);
	while (j->state == XRS_JOB_RUNNING)
		world_done(w, e, t += 10);
	assert_int_equal(j->energy_pj, 1 + 2 + 4 + 16 + 32);
	/* bits of blocks that do not exist do nothing */
	j = world_job(w, s, 2, t, 10000);
	j->skip_mask = ~7ULL;
	assert_int_equal(world_try(w, j, t), 0);
	while (j->state == XRS_JOB_RUNNING)
		world_done(w, e, t += 10);
	assert_int_equal(j->layers, 6);
}

static void exits(void **state)
{
	struct world *w = *state;
	struct xrs_model *m =
		CHAIN(w, 4, "a", { 10, 1 }, { 10, 2 }, { 10, 4 }, { 10, 8 });
	static const u32 layers[] = { 4, 2, 4, 3 };
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s;
	struct xrs_job *j;
	u64 t = 0;
	u8 i;

	m->layer[1].exit = 1;
	m->layer[2].exit = 3;
	model_seal(m);
	s = world_stream(w, 1, m, NULL);
	for (i = 0; i < ARRAY_SIZE(layers); i++) {
		j = world_job(w, s, i, t, 10000);
		j->exit = i;
		assert_int_equal(world_try(w, j, t), 0);
		while (j->state == XRS_JOB_RUNNING)
			world_done(w, e, t += 10);
		expect_end(w, j, XRS_COMPLETED, XRS_REASON_NONE);
		assert_int_equal(j->layers, layers[i]);
	}
}

static void find(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j = world_submit(w, s, 3, 0, 5000, 0);
	struct xrs_job *k = world_submit(w, s, 7, 0, 5000, 0);

	assert_ptr_equal(xrs_core_find(s, 3), j);
	assert_ptr_equal(xrs_core_find(s, 7), k);
	assert_null(xrs_core_find(s, 4));
	world_done(w, e, 100);
	assert_null(xrs_core_find(s, 3));
	assert_ptr_equal(xrs_core_find(s, 7), k);
}

/* Time is never taken back. */
static void now_backwards(void **state)
{
	struct world *w = *state;
	struct xrs_engine *e = world_engine(w, 0, "a");
	struct xrs_stream *s = world_stream(w, 1, one_layer(w), NULL);
	struct xrs_job *j;

	world_run(w, 1000);
	j = world_submit(w, s, 0, 500, 5000, 400);
	expect_dispatch(w, j, e);
	assert_int_equal(j->start_ns, 1000);
	assert_int_equal(w->core.now_ns, 1000);
	world_done(w, e, 900);
	assert_int_equal(j->finish_ns, 1000);
	assert_int_equal(e->busy_ns, 0);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(submit_runs),
	WORLD_TEST(submit_future_waits),
	WORLD_TEST(ready_since_the_run),
	WORLD_TEST(submit_event_alone_dispatches_nothing),
	WORLD_TEST(frame_backwards),
	WORLD_TEST(frame_numbers_end),
	WORLD_TEST(release_backwards),
	WORLD_TEST(deadline_not_after_release),
	WORLD_TEST(variant_and_exit_out_of_range),
	WORLD_TEST(variant_given_runs),
	WORLD_TEST(frames_one_at_a_time),
	WORLD_TEST(skips),
	WORLD_TEST(exits),
	WORLD_TEST(find),
	WORLD_TEST(now_backwards),
};

SUITE(suite_submit, tests);
