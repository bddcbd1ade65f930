// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of the data path, on the simulator: what they do, and when.
 */
#include <errno.h>
#include <string.h>

#include <xrsched/policy.h>

#include "suite.h"
#include "simulator.h"

/* ----- what happens ----------------------------------------------------- */

static void test_one_job(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done;
	struct xrsched_stream_stats stats;

	(void)state;
	assert_int_equal(submit(stream, 7, 0, 0), 1);
	assert_int_equal(xrsched_now(x), START_NS);
	done = wait_one();
	assert_int_equal(xrsched_now(x), START_NS + 6 * MS);
	assert_int_equal(done.cookie, 1007);
	assert_int_equal(done.frame, 7);
	assert_int_equal(done.stream, stream);
	assert_int_equal(done.outcome, XRSCHED_COMPLETED);
	assert_int_equal(done.reason, XRSCHED_REASON_NONE);
	assert_int_equal(done.variant, 1);
	assert_int_equal(done.flags, 0);
	assert_int_equal(done.release_ns, START_NS);
	assert_int_equal(done.start_ns, START_NS);
	assert_int_equal(done.finish_ns, START_NS + 6 * MS);
	assert_int_equal(done.deadline_ns, START_NS + 20 * MS);
	assert_int_equal(done.layers, 3);
	assert_int_equal(done.switches, 1);
	/* Three layers, and ten bytes of input to be fetched at 216 pJ. */
	assert_int_equal(done.energy_pj, 600 + 10 * 216);

	assert_int_equal(xrsched_stream_stats(x, stream, &stats), 0);
	assert_int_equal(stats.submitted, 1);
	assert_int_equal(stats.released, 1);
	assert_int_equal(stats.completed, 1);
	assert_int_equal(stats.in_flight, 0);
	assert_int_equal(stats.layers, 3);
	assert_int_equal(stats.energy_pj, done.energy_pj);
	assert_int_equal(stats.worst_pj, 600);
	assert_int_equal(stats.response_max_ns, 6 * MS);
}

/* What a layer takes beyond its latency. */
static void test_overhead(void **state)
{
	struct xrsched_sim_opts opts = { .size = sizeof(opts),
					 .overhead_ns = 1000 };
	struct xrsched_error error;

	(void)state;
	xrsched_close(x);
	assert_int_equal(xrsched_open_sim(&opts, &x), 0);
	assert_int_equal(xrsched_engine_add(x, "e0", "k", 1, 0, &error), 0);
	assert_int_equal(submit(new_stream(), 0, 0, 0), 1);
	assert_int_equal(wait_one().finish_ns, START_NS + 6 * MS + 3000);
	opts.overhead_ns = 1000000001;
	xrsched_close(x);
	assert_int_equal(xrsched_open_sim(&opts, &x), -EINVAL);
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
}

static void test_skipped_block(void **state)
{
	struct xrsched_job job = { .stream = new_stream(), .skip_mask = 1 };
	struct xrsched_completion done;

	(void)state;
	assert_int_equal(xrsched_submit(x, &job, 1, 0, 0), 1);
	done = wait_one();
	assert_int_equal(done.layers, 2);
	assert_int_equal(done.finish_ns, START_NS + 4 * MS);
}

static void test_release_ahead(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done;

	(void)state;
	assert_int_equal(submit(stream, 0, START_NS + 50 * MS, 0), 1);
	done = wait_one();
	assert_int_equal(done.start_ns, START_NS + 50 * MS);
	assert_int_equal(done.deadline_ns, START_NS + 70 * MS);
}

static void test_late(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done;

	(void)state;
	set_policy("edf");
	/* Past its deadline within its last layer: not dropped, but late. */
	assert_int_equal(submit(stream, 0, 0, START_NS + 5 * MS), 1);
	done = wait_one();
	assert_int_equal(done.outcome, XRSCHED_COMPLETED);
	assert_int_equal(done.flags, XRSCHED_COMPLETION_LATE);
	/* Completed at its deadline: in time. */
	assert_int_equal(submit(stream, 1, 0, xrsched_now(x) + 6 * MS), 1);
	done = wait_one();
	assert_int_equal(done.flags, 0);
}

static void test_dropped(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done;

	(void)state;
	set_policy("edf,expired=drop");
	assert_int_equal(submit(stream, 0, 0, START_NS + 2 * MS), 1);
	done = wait_one();
	assert_int_equal(done.outcome, XRSCHED_DROPPED);
	assert_int_equal(done.reason, XRSCHED_REASON_EXPIRED);
	/* At the boundary of its second layer. */
	assert_int_equal(done.finish_ns, START_NS + 3 * MS);
	assert_int_equal(done.layers, 2);
}

static void test_cascade(void **state)
{
	struct xrsched_stream_create child = good_stream();
	struct xrsched_completion done;
	struct xrsched_job jobs[2];
	uint32_t parent = new_stream();

	(void)state;
	child.upstream = parent;
	child.trigger_ppm = 500000;
	assert_int_equal(xrsched_stream_create(x, &child), 0);
	memset(jobs, 0, sizeof(jobs));
	jobs[0].stream = parent;
	jobs[1].stream = child.handle;
	assert_int_equal(xrsched_submit(x, jobs, 2, 0, 0), 2);
	done = wait_one();
	assert_int_equal(done.stream, parent);
	done = wait_one();
	assert_int_equal(done.stream, child.handle);
	assert_int_equal(done.release_ns, START_NS + 6 * MS);
	assert_int_equal(done.finish_ns, START_NS + 12 * MS);
	/* The upstream does not know the frame. */
	assert_int_equal(submit(child.handle, 5, 0, 0), -ENOENT);
	assert_int_equal(xrsched_stream_destroy(x, parent), -EBUSY);
	assert_int_equal(xrsched_stream_destroy(x, child.handle), 0);
	assert_int_equal(xrsched_stream_destroy(x, parent), 0);
}

/* Two streams of 6 ms every 20 ms fit on one engine, four do not. */
static void test_advice(void **state)
{
	struct xrsched_advice advice = { 0 };
	struct xrsched_policy_spec spec;
	struct xrsched_caps caps;
	uint32_t one, two;

	(void)state;
	assert_int_equal(xrsched_get_caps(x, &caps), 0);
	assert_true(caps.features & XRSCHED_FEATURE_ADVICE);
	assert_int_equal(xrsched_policy_parse("edf", &spec, NULL), 0);
	assert_int_equal(xrsched_policy_set(x, &spec, NULL), 0);
	one = new_stream();
	two = new_stream();
	advice.stream = two;
	assert_int_equal(xrsched_advise(x, &advice), 0);
	assert_int_equal(advice.verdict, XRSCHED_VERDICT_SURE);
	assert_int_equal(advice.stream, two);
	assert_int_equal(advice.work_ns, 6 * MS);
	assert_int_equal(advice.need_ns, 18 * MS);
	assert_int_equal(advice.limit_ns, 20 * MS);
	assert_int_equal(advice.load_ppm, 600000);
	assert_string_equal(advice.class_name, "k");
	assert_int_equal(xrsched_policy_parse("lookahead", &spec, NULL), 0);
	assert_int_equal(xrsched_policy_set(x, &spec, NULL), 0);
	assert_int_equal(xrsched_advise(x, &advice), 0);
	assert_int_equal(advice.verdict, XRSCHED_VERDICT_CONSERVING);
	new_stream();
	new_stream();
	advice.stream = 0;
	assert_int_equal(xrsched_advise(x, &advice), 0);
	assert_int_equal(advice.verdict, XRSCHED_VERDICT_UNKNOWN);
	assert_int_equal(advice.stream, one);
	advice.stream = 77;
	assert_int_equal(xrsched_advise(x, &advice), -ENOENT);
}

static void test_two_engines(void **state)
{
	uint32_t a = new_stream(), b = new_stream();
	struct xrsched_engine engines[4];
	struct xrsched_completion done[2];
	struct xrsched_error error;

	(void)state;
	assert_int_equal(xrsched_engine_add(x, "e1", "slow", 1, 0, &error), 1);
	assert_int_equal(submit(a, 0, 0, 0), 1);
	assert_int_equal(submit(b, 0, 0, 0), 1);
	assert_int_equal(xrsched_wait(x, done, 2, 2, 0), 2);
	assert_int_equal(xrsched_engines_get(x, engines, 4), 2);
	assert_string_equal(engines[1].name, "e1");
	assert_string_equal(engines[1].class_name, "slow");
	assert_true(engines[0].up && engines[1].up);
	assert_int_equal(engines[0].layers + engines[1].layers, 6);
	assert_int_equal(engines[0].energy_pj + engines[1].energy_pj,
			 done[0].energy_pj + done[1].energy_pj);
	assert_int_equal(xrsched_engines_get(x, NULL, 0), 2);
}

/* The engine that a layer runs on goes away: the layer is repeated. */
static void test_engine_removed(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done;
	struct xrsched_stream_stats stats;
	struct xrsched_error error;

	(void)state;
	assert_int_equal(submit(stream, 0, 0, 0), 1);
	assert_int_equal(xrsched_engine_add(x, "e1", "slow", 1, 0, &error), 1);
	assert_int_equal(xrsched_wait(x, &done, 1, 1, START_NS + MS / 2),
			 -ETIMEDOUT);
	assert_int_equal(xrsched_engine_remove(x, 0, &error), 0);
	assert_int_equal(xrsched_engine_remove(x, 0, &error), -ENOENT);
	done = wait_one();
	assert_int_equal(done.outcome, XRSCHED_COMPLETED);
	assert_int_equal(done.finish_ns, START_NS + MS / 2 + 12 * MS);
	assert_int_equal(xrsched_stream_stats(x, stream, &stats), 0);
	assert_int_equal(stats.retried, 1);
	/* And nobody is left. */
	assert_int_equal(submit(stream, 1, 0, 0), 1);
	assert_int_equal(xrsched_engine_remove(x, 1, &error), 0);
	done = wait_one();
	assert_int_equal(done.outcome, XRSCHED_FAILED);
	assert_int_equal(done.reason, XRSCHED_REASON_NO_ENGINE);
}

static void test_cancel(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(submit(stream, i, 0, START_NS + 100 * MS), 1);
	assert_int_equal(xrsched_cancel(x, stream, 1, 0), 1);
	assert_int_equal(xrsched_wait(x, done, 3, 0, 0), 1);
	assert_int_equal(done[0].frame, 1);
	assert_int_equal(done[0].outcome, XRSCHED_CANCELLED);
	assert_int_equal(done[0].reason, XRSCHED_REASON_CANCEL);
	assert_int_equal(done[0].start_ns, 0);
	assert_int_equal(done[0].variant, 0);
	assert_int_equal(xrsched_cancel(x, stream, 1, 0), -ENOENT);
	/* The one that runs ends with its layer. */
	assert_int_equal(xrsched_cancel(x, stream, 0, XRSCHED_CANCEL_ALL), 2);
	assert_int_equal(xrsched_wait(x, done, 3, 2, 0), 2);
	assert_int_equal(done[1].frame, 0);
	assert_int_equal(done[1].finish_ns, START_NS + MS);
	assert_int_equal(xrsched_cancel(x, stream, 0, XRSCHED_CANCEL_ALL), 0);
	assert_int_equal(xrsched_cancel(x, stream, 1, XRSCHED_CANCEL_ALL),
			 -EINVAL);
	assert_int_equal(xrsched_cancel(x, stream, 0, 2), -EINVAL);
	assert_int_equal(xrsched_cancel(x, 99, 0, 0), -ENOENT);
}

/* A stream goes with its jobs, each of which still completes. */
static void test_stream_destroy(void **state)
{
	uint32_t stream = new_stream(), again;
	struct xrsched_completion done[2];
	struct xrsched_stream_stats stats;

	(void)state;
	assert_int_equal(submit(stream, 0, 0, 0), 1);
	assert_int_equal(submit(stream, 1, 0, 0), 1);
	assert_int_equal(xrsched_stream_destroy(x, stream), 0);
	assert_int_equal(xrsched_stream_destroy(x, stream), -ENOENT);
	assert_int_equal(xrsched_stream_stats(x, stream, &stats), -ENOENT);
	assert_int_equal(submit(stream, 2, 0, 0), -ENOENT);
	assert_int_equal(xrsched_wait(x, done, 2, 2, 0), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(done[i].stream, stream);
		assert_int_equal(done[i].outcome, XRSCHED_CANCELLED);
		assert_int_equal(done[i].reason, XRSCHED_REASON_CLOSE);
	}
	again = new_stream();
	assert_int_equal(submit(again, 0, 0, 0), 1);
	assert_int_equal(wait_one().outcome, XRSCHED_COMPLETED);
}

/* What is destroyed is gone: room and handles come back. */
static void test_stream_churn(void **state)
{
	struct xrsched_stream_create stream = good_stream();
	struct xrsched_caps caps;

	(void)state;
	assert_int_equal(xrsched_get_caps(x, &caps), 0);
	for (uint32_t i = 0; i < caps.max_streams + 10; i++) {
		assert_int_equal(xrsched_stream_create(x, &stream), 0);
		assert_int_equal(xrsched_stream_destroy(x, stream.handle), 0);
	}
}

/* ----- waiting ---------------------------------------------------------- */

static void test_wait(void **state)
{
	uint32_t stream = new_stream();
	struct xrsched_completion done[4];

	(void)state;
	assert_int_equal(xrsched_wait(x, done, 1, 0, 0), 0);
	assert_int_equal(xrsched_wait(x, done, 1, 1, 0), -EDEADLK);
	assert_int_equal(xrsched_wait(x, done, 1, 1, START_NS + MS),
			 -ETIMEDOUT);
	assert_int_equal(xrsched_now(x), START_NS + MS);
	assert_int_equal(xrsched_wait(x, done, 0, 0, 0), -EINVAL);
	assert_int_equal(xrsched_wait(x, done, 1, 2, 0), -EINVAL);
	assert_int_equal(xrsched_wait(x, done, 1U << 20, 1, 0), -EINVAL);
	for (int i = 0; i < 3; i++)
		assert_int_equal(submit(stream, i, 0, START_NS + 100 * MS), 1);
	/* Fewer than @min when time is up. */
	assert_int_equal(xrsched_wait(x, done, 4, 3, START_NS + 14 * MS), 2);
	assert_int_equal(xrsched_now(x), START_NS + 14 * MS);
	/* More than @min if they are there. */
	assert_int_equal(xrsched_wait(x, done, 4, 2, 0), 1);
}

static void test_room(void **state)
{
	struct xrsched_sim_opts opts = { .size = sizeof(opts), .max_jobs = 2 };
	struct xrsched_completion done;
	struct xrsched_job jobs[3];
	struct xrsched_error error;
	uint32_t stream;

	(void)state;
	xrsched_close(x);
	assert_int_equal(xrsched_open_sim(&opts, &x), 0);
	assert_int_equal(xrsched_engine_add(x, "e0", "k", 1, 0, &error), 0);
	stream = new_stream();
	memset(jobs, 0, sizeof(jobs));
	for (int i = 0; i < 3; i++) {
		jobs[i].stream = stream;
		jobs[i].frame = i;
		jobs[i].result = 77;
	}
	assert_int_equal(xrsched_submit(x, jobs, 3, 0, 0), 2);
	assert_int_equal(jobs[1].result, 0);
	assert_int_equal(jobs[2].result, -EAGAIN);
	assert_int_equal(xrsched_submit(x, jobs + 2, 1, XRSCHED_SUBMIT_WAIT, 0),
			 -EAGAIN);
	/* Done is not enough: it has to be taken. */
	assert_int_equal(xrsched_wait(x, &done, 1, 1, 0), 1);
	assert_int_equal(xrsched_submit(x, jobs + 2, 1, 0, 0), 1);
}

/* More jobs than the pool and the ring begin with. */
static void test_many(void **state)
{
	struct xrsched_completion done[64];
	uint32_t stream = new_stream();
	uint64_t next = 0;
	int nr;

	(void)state;
	for (uint64_t i = 0; i < 5000; i++)
		assert_int_equal(submit(stream, i, 0, START_NS + 1000000 * MS),
				 1);
	while ((nr = xrsched_wait(x, done, 64, 1, 0)) > 0)
		for (int i = 0; i < nr; i++)
			assert_int_equal(done[i].frame, next++);
	assert_int_equal(nr, -EDEADLK);
	assert_int_equal(next, 5000);
	assert_int_equal(xrsched_now(x), START_NS + 5000 * 6 * MS);
}

/* Closing with everything in use leaks nothing (under ASan). */
static void test_close_busy(void **state)
{
	uint32_t stream = new_stream();

	(void)state;
	for (int i = 0; i < 600; i++)
		assert_int_equal(submit(stream, i, 0, 0), 1);
	xrsched_stream_destroy(x, stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(test_one_job),	      SIM_TEST(test_overhead),
		SIM_TEST(test_skipped_block), SIM_TEST(test_release_ahead),
		SIM_TEST(test_late),	      SIM_TEST(test_dropped),
		SIM_TEST(test_cascade),	      SIM_TEST(test_advice),
		SIM_TEST(test_two_engines),   SIM_TEST(test_engine_removed),
		SIM_TEST(test_cancel),	      SIM_TEST(test_stream_destroy),
		SIM_TEST(test_stream_churn),  SIM_TEST(test_wait),
		SIM_TEST(test_room),	      SIM_TEST(test_many),
		SIM_TEST(test_close_busy),
	};

	return cmocka_run_group_tests_name("sim", tests, NULL, NULL);
}
