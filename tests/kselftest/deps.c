// SPDX-License-Identifier: GPL-2.0-only
/*
 * Streams that follow others, and frames that do not run all layers.
 */
#include "control.h"
#include "helpers.h"

#define LAYERS		2
#define LATENCY_NS	(2 * MSEC)

/* A chain of three: a, then b, then c. */
FIXTURE(deps) {
	int fd;
	uint32_t model;
	uint32_t a, b, c;
	uint64_t late;	/* a release that no test lives to see */
	struct xrsched_completion done[64];
};

FIXTURE_SETUP(deps)
{
	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	ASSERT_EQ(1, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, LAYERS, LATENCY_NS);
	ASSERT_NE(0, self->model);
	self->a = stream_create(self->fd, self->model, 0);
	self->b = stream_create(self->fd, self->model, self->a);
	self->c = stream_create(self->fd, self->model, self->b);
	ASSERT_NE(0, self->c);
	self->late = now_ns() + 900 * SEC;
}

FIXTURE_TEARDOWN(deps)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* The frame ended without having run, and is counted. */
static void expect_dropped(struct __test_metadata *_metadata,
			   FIXTURE_DATA(deps) *self,
			   const struct xrsched_completion *done,
			   uint32_t stream)
{
	struct xrsched_stream_stats stats;

	ASSERT_NE(NULL, done);
	EXPECT_EQ(XRSCHED_DROPPED, done->outcome);
	EXPECT_EQ(XRSCHED_REASON_UPSTREAM, done->reason);
	EXPECT_EQ(0, done->variant);
	EXPECT_EQ(0, done->start_ns);
	EXPECT_EQ(0, done->layers);
	EXPECT_EQ(0, done->energy_pj);
	ASSERT_EQ(0, stream_stats(self->fd, stream, &stats));
	EXPECT_TRUE(stats_add_up(&stats));
	EXPECT_EQ(1, stats.dropped);
	EXPECT_EQ(1, stats.released);
	EXPECT_EQ(LAYERS * LAYER_PJ, stats.honest_pj);
}

TEST_F(deps, one_after_the_other)
{
	struct xrsched_completion *a, *b, *c;
	struct xrsched_job job[3];

	job_init(&job[0], self->a, 0);
	job_init(&job[1], self->b, 0);
	job_init(&job[2], self->c, 0);
	ASSERT_EQ(3, submit(self->fd, job, 3));
	ASSERT_EQ(3, wait_all(self->fd, self->done, 3));
	a = find_done(self->done, 3, self->a, 0);
	b = find_done(self->done, 3, self->b, 0);
	c = find_done(self->done, 3, self->c, 0);
	ASSERT_NE(NULL, a);
	ASSERT_NE(NULL, b);
	ASSERT_NE(NULL, c);
	EXPECT_EQ(XRSCHED_COMPLETED, c->outcome);
	/* A frame comes into being when the one before it ends. */
	EXPECT_EQ(a->finish_ns, b->release_ns);
	EXPECT_LE(b->release_ns, b->start_ns);
	EXPECT_EQ(b->finish_ns, c->release_ns);
	EXPECT_LE(c->release_ns, c->start_ns);
}

/* The deadline counts from the release that was asked for. */
TEST_F(deps, deadline_stays)
{
	struct xrsched_job job[2];
	uint64_t release = now_ns();

	job_init(&job[0], self->a, 0);
	job_init(&job[1], self->b, 0);
	job[0].release_ns = job[1].release_ns = release;
	ASSERT_EQ(2, submit(self->fd, job, 2));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(self->b, self->done[1].stream);
	EXPECT_EQ(release + 1000 * SEC, self->done[1].deadline_ns);
}

TEST_F(deps, own_release_is_later)
{
	uint64_t release = now_ns() + 300 * MSEC;

	ASSERT_EQ(1, submit_one(self->fd, self->a, 0));
	ASSERT_EQ(1, submit_at(self->fd, self->b, 0, release));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(self->b, self->done[1].stream);
	EXPECT_GT(release, self->done[0].finish_ns);
	EXPECT_EQ(release, self->done[1].release_ns);
	EXPECT_LE(release, self->done[1].start_ns);
}

TEST_F(deps, upstream_ended_before)
{
	ASSERT_EQ(1, submit_one(self->fd, self->a, 0));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 0));
	ASSERT_EQ(1, wait_all(self->fd, &self->done[1], 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[1].outcome);
	EXPECT_LT(self->done[0].finish_ns, self->done[1].release_ns);
}

/* Frames without a follower, and one that follows later ones. */
TEST_F(deps, not_every_frame)
{
	ASSERT_EQ(1, submit_one(self->fd, self->a, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->a, 1));
	ASSERT_EQ(1, submit_one(self->fd, self->a, 2));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 1));
	ASSERT_EQ(4, wait_all(self->fd, self->done, 4));
	EXPECT_LE(find_done(self->done, 4, self->a, 1)->finish_ns,
		  find_done(self->done, 4, self->b, 1)->start_ns);
}

TEST_F(deps, upstream_unknown)
{
	struct xrsched_job job;

	ASSERT_EQ(1, submit_one(self->fd, self->a, 1));
	job_init(&job, self->b, 2);
	EXPECT_EQ(-ENOENT, submit(self->fd, &job, 1));
	EXPECT_EQ(-ENOENT, job.result);
	job_init(&job, self->b, 0);
	EXPECT_EQ(-ENOENT, submit(self->fd, &job, 1));
	job_init(&job, self->b, 1);
	EXPECT_EQ(1, submit(self->fd, &job, 1));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
}

/* Sixteen finished frames are remembered, no more. */
TEST_F(deps, upstream_forgotten)
{
	unsigned int frame;

	for (frame = 0; frame < 20; frame++)
		ASSERT_EQ(1, submit_at(self->fd, self->a, frame, self->late));
	ASSERT_EQ(20, cancel(self->fd, self->a, 0, XRSCHED_CANCEL_ALL));
	for (frame = 0; frame < 4; frame++)
		EXPECT_EQ(-ENOENT, submit_one(self->fd, self->b, frame));
	for (frame = 4; frame < 20; frame++)
		EXPECT_EQ(1, submit_one(self->fd, self->b, frame));
	EXPECT_EQ(36, wait_all(self->fd, self->done, 36));
}

/* What was cancelled takes those that wait for it along, however far. */
TEST_F(deps, upstream_cancelled)
{
	ASSERT_EQ(1, submit_at(self->fd, self->a, 0, self->late));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->c, 0));
	EXPECT_EQ(1, cancel(self->fd, self->a, 0, 0));
	ASSERT_EQ(3, wait_none(self->fd, self->done, 4));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_CANCEL, self->done[0].reason);
	expect_dropped(_metadata, self,
		       find_done(self->done, 3, self->b, 0), self->b);
	expect_dropped(_metadata, self,
		       find_done(self->done, 3, self->c, 0), self->c);
}

TEST_F(deps, upstream_cancelled_before)
{
	ASSERT_EQ(1, submit_at(self->fd, self->a, 0, self->late));
	ASSERT_EQ(1, cancel(self->fd, self->a, 0, 0));
	EXPECT_EQ(1, submit_one(self->fd, self->b, 0));
	ASSERT_EQ(2, wait_none(self->fd, self->done, 4));
	expect_dropped(_metadata, self, &self->done[1], self->b);
}

/* A cancelled frame that runs ends with its layer; until then they wait. */
TEST_F(deps, upstream_cancelled_running)
{
	uint32_t a = stream_create(self->fd, model_create(self->fd, LAYERS,
							  200 * MSEC), 0);
	uint32_t b = stream_create(self->fd, self->model, a);

	ASSERT_NE(0, b);
	ASSERT_EQ(1, submit_one(self->fd, a, 0));
	ASSERT_EQ(1, submit_one(self->fd, b, 0));
	ASSERT_EQ(1, cancel(self->fd, a, 0, 0));
	EXPECT_EQ(0, wait_none(self->fd, self->done, 2));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done[0].outcome);
	EXPECT_EQ(1, self->done[0].layers);
	expect_dropped(_metadata, self, &self->done[1], b);
	EXPECT_EQ(self->done[0].finish_ns, self->done[1].finish_ns);
}

TEST_F(deps, upstream_dropped)
{
	struct xrsched_job job;

	ASSERT_EQ(0, policy_set("fcfs,expired=drop"));
	job_init(&job, self->a, 0);
	job.release_ns = now_ns();
	job.deadline_ns = job.release_ns + 1;
	ASSERT_EQ(1, submit(self->fd, &job, 1));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_DROPPED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_EXPIRED, self->done[0].reason);
	expect_dropped(_metadata, self, &self->done[1], self->b);
}

TEST_F(deps, upstream_failed)
{
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, engine_del(1));
	ASSERT_EQ(1, submit_at(self->fd, self->a, 0, now_ns() + 100 * MSEC));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 0));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_NO_ENGINE, self->done[0].reason);
	expect_dropped(_metadata, self, &self->done[1], self->b);
}

/* A frame that waits for its upstream holds up those behind it. */
TEST_F(deps, waiting_head)
{
	uint64_t release = now_ns() + 40 * MSEC;

	ASSERT_EQ(1, submit_one(self->fd, self->a, 0));
	ASSERT_EQ(1, submit_at(self->fd, self->a, 1, release));
	ASSERT_EQ(1, submit_at(self->fd, self->a, 2, release));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 1));
	ASSERT_EQ(1, submit_one(self->fd, self->b, 2));
	ASSERT_EQ(5, wait_all(self->fd, self->done, 5));
	EXPECT_LE(find_done(self->done, 5, self->a, 1)->finish_ns,
		  find_done(self->done, 5, self->b, 1)->start_ns);
	EXPECT_LE(find_done(self->done, 5, self->b, 1)->finish_ns,
		  find_done(self->done, 5, self->b, 2)->start_ns);
}

/*
 * A model with a heavy variant and a light one:
 *
 *	heavy	0, 1 and 2 of block 1, 3 with exit 1, 4 of block 2, 5
 *	light	6, 7
 */
FIXTURE(path) {
	int fd;
	uint32_t stream;
	struct xrsched_job job;
	struct xrsched_completion done;
};

FIXTURE_SETUP(path)
{
	struct model m;

	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	model_init(&m, 8, MSEC / 2);
	m.arg.nr_variants = 2;
	m.variant[0].nr_layers = 6;
	m.variant[1].nr_layers = 2;
	m.variant[1].input_bytes = INPUT_BYTES;
	m.layer[1].skip = 1;
	m.layer[2].skip = 1;
	m.layer[3].exit = 1;
	m.layer[4].skip = 2;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	self->stream = stream_create(self->fd, m.arg.handle, 0);
	ASSERT_NE(0, self->stream);
	job_init(&self->job, self->stream, 0);
}

FIXTURE_TEARDOWN(path)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

static void expect_layers(struct __test_metadata *_metadata,
			  FIXTURE_DATA(path) *self, unsigned int layers,
			  unsigned int number)
{
	ASSERT_EQ(1, submit(self->fd, &self->job, 1));
	ASSERT_EQ(1, wait_all(self->fd, &self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	EXPECT_EQ(layers, self->done.layers);
	EXPECT_EQ(JOB_PJ(layers), self->done.energy_pj);
	EXPECT_EQ(number, self->done.variant);
	EXPECT_LE(self->done.start_ns + layers * MSEC / 2,
		  self->done.finish_ns);
}

#define PATH(name, layers, number, change) \
TEST_F(path, name) \
{ \
	change; \
	expect_layers(_metadata, self, layers, number); \
}

PATH(whole, 6, 1, (void)self)
PATH(skip_first, 4, 1, self->job.skip_mask = 1)
PATH(skip_second, 5, 1, self->job.skip_mask = 2)
PATH(skip_both, 3, 1, self->job.skip_mask = 3)
PATH(skip_what_is_not_there, 6, 1, self->job.skip_mask = ~3ULL)
PATH(exit_early, 4, 1, self->job.exit = 1)
PATH(exit_what_is_not_there, 6, 1, self->job.exit = 2)
PATH(skip_and_exit, 2, 1, {
	self->job.skip_mask = 1;
	self->job.exit = 1;
})
PATH(heavy, 6, 1, self->job.variant = 1)
PATH(light, 2, 2, self->job.variant = 2)
PATH(light_has_no_exit, 2, 2, {
	self->job.variant = 2;
	self->job.exit = 1;
	self->job.skip_mask = 3;
})

TEST_HARNESS_MAIN
