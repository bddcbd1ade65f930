// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of jobs: cancelled, closed, failed, moved between engines; and
 * what they cost.
 */
#include "control.h"
#include "helpers.h"

#define LAYERS		3
/*
 * Long enough for a slow machine to do something meanwhile: a virtual machine
 * whose host is busy was seen to stand still for 100 ms between two calls.
 */
#define LATENCY_NS	(400 * MSEC)
/* So long that what does not wait for it ends before. */
#define LONG_NS		(5 * SEC)

FIXTURE(jobs) {
	int fd;
	uint32_t model;
	uint32_t stream;
	uint64_t late;	/* a release that no test lives to see */
	struct xrsched_completion done[16];
};

FIXTURE_SETUP(jobs)
{
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, LAYERS, LATENCY_NS);
	ASSERT_NE(0, self->model);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
	self->late = now_ns() + 900 * SEC;
}

FIXTURE_TEARDOWN(jobs)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(jobs, cancel_pending)
{
	struct xrsched_stream_stats stats;
	uint64_t before = now_ns();

	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0, self->late));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	ASSERT_EQ(1, wait_none(self->fd, self->done, 16));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_CANCEL, self->done[0].reason);
	EXPECT_EQ(0, self->done[0].variant);
	EXPECT_EQ(0, self->done[0].start_ns);
	EXPECT_LE(before, self->done[0].finish_ns);
	EXPECT_EQ(0, self->done[0].layers);
	EXPECT_EQ(0, self->done[0].energy_pj);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.cancelled);
	EXPECT_EQ(0, stats.released);
	EXPECT_EQ(0, stats.worst_pj);
}

/* The layer that runs is not cut off, the next does not run. */
TEST_F(jobs, cancel_running)
{
	struct xrsched_stream_stats stats;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.in_flight);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(1, self->done[0].layers);
	EXPECT_EQ(JOB_PJ(1), self->done[0].energy_pj);
	EXPECT_LE(self->done[0].start_ns + LATENCY_NS,
		  self->done[0].finish_ns);
	/* Cancelled jobs are no part of what UXCost is computed from. */
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.cancelled);
	EXPECT_EQ(0, stats.energy_pj);
	EXPECT_EQ(0, stats.honest_pj);
	EXPECT_EQ(1, stats.layers);
}

/* The last layer of a cancelled job is a cancelled job's, too. */
TEST_F(jobs, cancel_last_layer)
{
	uint32_t model = model_create(self->fd, 1, LATENCY_NS);
	uint32_t stream = stream_create(self->fd, model, 0);

	ASSERT_NE(0, stream);
	ASSERT_EQ(1, submit_one(self->fd, stream, 0));
	ASSERT_EQ(1, cancel(self->fd, stream, 0, 0));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(1, self->done[0].layers);
}

TEST_F(jobs, cancel_all)
{
	unsigned int i;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	for (i = 1; i < 10; i++)
		ASSERT_EQ(1, submit_at(self->fd, self->stream, i, self->late));
	ASSERT_EQ(10, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	ASSERT_EQ(10, wait_all(self->fd, self->done, 10));
	for (i = 0; i < 10; i++)
		EXPECT_EQ(XRSCHED_CANCELLED, self->done[i].outcome);
	/* The one that ran is the last to end. */
	EXPECT_EQ(0, self->done[9].frame);
	/* The stream goes on. */
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 10, self->late));
}

TEST_F(jobs, cancel_makes_way)
{
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 200 * MSEC));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 1,
			       now_ns() + 200 * MSEC));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(1, self->done[1].frame);
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[1].outcome);
}

/* Each job of a stream that goes gets its completion. */
TEST_F(jobs, stream_destroyed)
{
	unsigned int i;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	for (i = 1; i < 6; i++)
		ASSERT_EQ(1, submit_at(self->fd, self->stream, i, self->late));
	ASSERT_EQ(0, stream_destroy(self->fd, self->stream));
	ASSERT_EQ(6, wait_all(self->fd, self->done, 6));
	for (i = 0; i < 6; i++) {
		EXPECT_EQ(self->stream, self->done[i].stream);
		EXPECT_EQ(XRSCHED_CANCELLED, self->done[i].outcome);
		EXPECT_EQ(XRSCHED_REASON_CLOSE, self->done[i].reason);
	}
	EXPECT_EQ(1, find_done(self->done, 6, self->stream, 0)->layers);
	EXPECT_TRUE(device_quiet(1, 0));
}

/* Its handle goes at once, though its job still runs. */
TEST_F(jobs, stream_destroyed_running)
{
	struct xrsched_stream_stats stats;
	uint32_t other;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, stream_destroy(self->fd, self->stream));
	EXPECT_EQ(-ENOENT, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(-ENOENT, submit_one(self->fd, self->stream, 1));
	EXPECT_EQ(-ENOENT, stream_destroy(self->fd, self->stream));
	EXPECT_EQ(0, model_destroy(self->fd, self->model));
	other = stream_create(self->fd, model_create(self->fd, 1, MSEC), 0);
	ASSERT_NE(0, other);
	EXPECT_NE(self->stream, other);
	ASSERT_EQ(1, submit_one(self->fd, other, 0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[1].outcome);
}

/* The downstream one first; its frames do not fall with the upstream's. */
TEST_F(jobs, streams_destroyed)
{
	uint32_t down = stream_create(self->fd, self->model, self->stream);

	ASSERT_NE(0, down);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, submit_one(self->fd, down, 0));
	EXPECT_EQ(-EBUSY, stream_destroy(self->fd, self->stream));
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
	EXPECT_EQ(0, stream_destroy(self->fd, down));
	EXPECT_EQ(0, stream_destroy(self->fd, self->stream));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(down, self->done[0].stream);
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_CLOSE, self->done[0].reason);
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[1].outcome);
}

TEST_F(jobs, no_engine)
{
	struct xrsched_stream_stats stats;
	uint64_t release = now_ns() + 200 * MSEC;

	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0, release));
	/* Until it is released one may come. */
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_NO_ENGINE, self->done[0].reason);
	EXPECT_LE(release, self->done[0].finish_ns);
	EXPECT_EQ(0, self->done[0].start_ns);
	EXPECT_EQ(0, self->done[0].layers);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_TRUE(stats_add_up(&stats));
	EXPECT_EQ(1, stats.failed);
	EXPECT_EQ(LAYERS * LAYER_PJ, stats.honest_pj);
}

TEST_F(jobs, no_engine_of_its_class)
{
	struct model m;
	uint32_t stream;

	model_init(&m, 1, MSEC);
	strcpy(m.class[0].name, CLASS_NONE);
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	stream = stream_create(self->fd, m.arg.handle, 0);
	ASSERT_NE(0, stream);
	ASSERT_EQ(1, submit_one(self->fd, stream, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(stream, self->done[0].stream);
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[1].outcome);
}

TEST_F(jobs, engine_comes_in_time)
{
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 500 * MSEC));
	ASSERT_EQ(0, engine_add(CLASS));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

/* A frame, and a more urgent one that is released amid its first layer. */
static int submit_and_urgent(int fd, uint32_t stream, uint32_t urgent)
{
	struct xrsched_job job[2];

	job_init(&job[0], stream, 0);
	job_init(&job[1], urgent, 0);
	job[1].release_ns = now_ns() + LATENCY_NS / 2;
	job[1].deadline_ns = job[1].release_ns + 500 * SEC;
	return submit(fd, job, 2);
}

/*
 * A frame that is more urgent comes between two layers: its own activations
 * are fetched and the other's are saved, then the other's are fetched again.
 */
TEST_F(jobs, preempted)
{
	uint32_t urgent = stream_create(self->fd, self->model, 0);
	struct xrsched_completion *a, *b;

	ASSERT_NE(0, urgent);
	ASSERT_EQ(2, submit_and_urgent(self->fd, self->stream, urgent));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	b = &self->done[0];
	a = &self->done[1];
	EXPECT_EQ(urgent, b->stream);
	EXPECT_EQ(LAYERS, b->layers);
	EXPECT_EQ(1, b->switches);
	EXPECT_EQ(LAYERS * LAYER_PJ +
		  (INPUT_BYTES + OUT_BYTES) * PJ_PER_BYTE, b->energy_pj);
	EXPECT_LT(a->start_ns, b->start_ns);
	EXPECT_EQ(LAYERS, a->layers);
	EXPECT_EQ(2, a->switches);
	EXPECT_EQ(LAYERS * LAYER_PJ +
		  (INPUT_BYTES + OUT_BYTES) * PJ_PER_BYTE, a->energy_pj);
}

/* A layer on a side branch leaves the main path's activations where they are */
TEST_F(jobs, side_layer)
{
	uint32_t urgent = stream_create(self->fd, self->model, 0);
	struct model m;

	ASSERT_NE(0, urgent);
	model_init(&m, LAYERS, LATENCY_NS);
	m.layer[0].flags = XRSCHED_LAYER_SIDE;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	self->stream = stream_create(self->fd, m.arg.handle, 0);
	ASSERT_NE(0, self->stream);
	ASSERT_EQ(2, submit_and_urgent(self->fd, self->stream, urgent));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(urgent, self->done[0].stream);
	EXPECT_EQ(LAYERS * LAYER_PJ + 2 * INPUT_BYTES * PJ_PER_BYTE,
		  self->done[0].energy_pj);
	EXPECT_EQ(LAYERS * LAYER_PJ + 2 * INPUT_BYTES * PJ_PER_BYTE,
		  self->done[1].energy_pj);
}

/* Its engine is taken away: the layer is repeated on another one. */
TEST_F(jobs, engine_removed)
{
	struct xrsched_stream_stats stats;
	int busy;

	ASSERT_EQ(1, engine_add(CLASS));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	busy = engine_busy();
	ASSERT_LE(0, busy);
	ASSERT_EQ(0, engine_del(busy));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_EQ(2, self->done[0].switches);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.retried);
	EXPECT_EQ(LAYERS, stats.layers);
	EXPECT_EQ(1, stats.completed);
}

TEST_F(jobs, last_engine_removed)
{
	uint32_t model = model_create(self->fd, LAYERS, LONG_NS);
	struct xrsched_stream_stats stats;

	self->stream = stream_create(self->fd, model, 0);
	ASSERT_NE(0, self->stream);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 1));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 2, self->late));
	ASSERT_EQ(0, engine_busy());
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_NO_ENGINE, self->done[0].reason);
	EXPECT_NE(0, self->done[0].start_ns);
	EXPECT_EQ(XRSCHED_FAILED, self->done[1].outcome);
	EXPECT_EQ(0, self->done[1].start_ns);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(2, stats.failed);
	EXPECT_EQ(1, stats.in_flight);
	EXPECT_TRUE(stats_add_up(&stats));
}

/* A cancelled job whose engine goes is cancelled, at once. */
TEST_F(jobs, engine_removed_under_cancelled)
{
	uint32_t model = model_create(self->fd, LAYERS, LONG_NS);
	uint32_t stream = stream_create(self->fd, model, 0);

	ASSERT_NE(0, stream);
	ASSERT_EQ(1, engine_add(CLASS));
	ASSERT_EQ(1, submit_one(self->fd, stream, 0));
	ASSERT_EQ(1, cancel(self->fd, stream, 0, 0));
	ASSERT_EQ(0, engine_del(engine_busy()));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_GT(self->done[0].start_ns + LONG_NS, self->done[0].finish_ns);
	EXPECT_EQ(0, self->done[0].layers);
}

/* Engines come and go amid a stream of jobs: none of these is lost. */
TEST_F(jobs, engines_come_and_go)
{
	uint32_t model = model_create(self->fd, 4, 200 * USEC);
	uint32_t stream = stream_create(self->fd, model, 0);
	struct xrsched_stream_stats stats;
	unsigned int round, i, done = 0;
	struct xrsched_job job[8];
	int id = 0, next, nr;

	ASSERT_NE(0, stream);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < 8; i++)
			job_init(&job[i], stream, 8 * round + i);
		ASSERT_EQ(8, submit(self->fd, job, 8));
		next = engine_add(CLASS);
		ASSERT_LE(0, next);
		ASSERT_EQ(0, engine_del(id));
		id = next;
	}
	while (done < 160) {
		nr = wait_until(self->fd, self->done, 16, 1,
				now_ns() + 10 * SEC);
		ASSERT_LT(0, nr);
		for (i = 0; i < (unsigned int)nr; i++)
			EXPECT_EQ(XRSCHED_COMPLETED, self->done[i].outcome);
		done += nr;
	}
	ASSERT_EQ(0, stream_stats(self->fd, stream, &stats));
	EXPECT_EQ(160, stats.completed);
	EXPECT_EQ(160 * 4, stats.layers);
}

TEST_HARNESS_MAIN
