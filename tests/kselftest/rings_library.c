// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings as libxrsched offers them (xrsched/ring.h), on the kernel.
 */
#include <poll.h>
#include <sys/eventfd.h>

#include <xrsched/ring.h>
#include <xrsched/xrsched.h>

#include "control.h"
#include "helpers.h"

#define JOBS		8
/* Long enough for a slow machine to do something meanwhile. */
#define LONG_NS		(50 * MSEC)

FIXTURE(rings_library)
{
	struct xrsched *x;
	uint32_t stream; /* of no layer's time */
	uint32_t slow;	 /* of LONG_NS */
	struct xrsched_ring *ring;
	uint64_t frame;
};

static uint32_t make_stream(struct xrsched *x, uint64_t latency_ns)
{
	struct model m;
	struct xrsched_stream_create s;

	model_init(&m, 1, latency_ns);
	if (xrsched_model_create(x, &m.arg))
		return 0;
	stream_init(&s, m.arg.handle);
	return xrsched_stream_create(x, &s) ? 0 : s.handle;
}

static struct xrsched_ring *make_ring(struct xrsched *x, uint32_t flags)
{
	struct xrsched_ring_opts opts = {
		.size = sizeof(opts),
		.flags = flags,
		.jobs = JOBS,
		.idle_us = flags ? 2000 : 0,
	};
	struct xrsched_ring *ring;

	return xrsched_ring_create(x, &opts, &ring) ? NULL : ring;
}

FIXTURE_SETUP(rings_library)
{
	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	ASSERT_EQ(0, xrsched_open(NULL, &self->x));
	self->stream = make_stream(self->x, 1);
	ASSERT_NE(0, self->stream);
	self->slow = make_stream(self->x, LONG_NS);
	ASSERT_NE(0, self->slow);
	self->ring = make_ring(self->x, 0);
	ASSERT_NE(NULL, self->ring);
}

FIXTURE_TEARDOWN(rings_library)
{
	xrsched_ring_destroy(self->ring);
	xrsched_close(self->x);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* Prepares up to @nr jobs; returns how many. */
static unsigned int prepare(struct xrsched_ring *ring, uint32_t stream,
			    uint64_t *frame, unsigned int nr)
{
	struct xrsched_job *job;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		job = xrsched_ring_get_job(ring);
		if (!job)
			break;
		xrsched_job_prepare(job, stream, *frame, 1000 + *frame);
		++*frame;
	}
	return i;
}

/* As many rounds as take both rings around several times. */
TEST_F(rings_library, round)
{
	const struct xrsched_completion *done;
	uint64_t seen = 0;
	int i, nr;

	while (self->frame < 300) {
		ASSERT_EQ(JOBS, xrsched_ring_space(self->ring));
		ASSERT_EQ(JOBS - 1, prepare(self->ring, self->stream,
					    &self->frame, JOBS - 1));
		ASSERT_EQ(JOBS - 1,
			  xrsched_ring_submit_and_wait(self->ring, JOBS - 1,
						       now_ns() + 10 * SEC));
		ASSERT_EQ(JOBS - 1, xrsched_ring_ready(self->ring));
		while ((nr = xrsched_ring_peek(self->ring, &done, 5)) > 0) {
			for (i = 0; i < nr; i++) {
				EXPECT_EQ(1000 + seen, done[i].cookie);
				EXPECT_EQ(seen++, done[i].frame);
				EXPECT_EQ(XRSCHED_COMPLETED, done[i].outcome);
			}
			xrsched_ring_seen(self->ring, nr);
		}
	}
	EXPECT_EQ(self->frame, seen);
	EXPECT_EQ(0, xrsched_ring_overflow(self->ring));
}

TEST_F(rings_library, wait)
{
	const struct xrsched_completion *done;
	uint64_t until;

	EXPECT_EQ(0, xrsched_ring_peek(self->ring, &done, 1));
	until = now_ns() + 20 * MSEC;
	EXPECT_EQ(-ETIMEDOUT, xrsched_ring_wait(self->ring, &done, 1, until));
	EXPECT_LE(until, now_ns());
	ASSERT_EQ(1, prepare(self->ring, self->slow, &self->frame, 1));
	ASSERT_EQ(1, xrsched_ring_submit(self->ring));
	EXPECT_EQ(0, xrsched_ring_submit(self->ring));
	ASSERT_EQ(1, xrsched_ring_wait(self->ring, &done, 1, 0));
	EXPECT_EQ(self->slow, done->stream);
	/* Looked at, but not given back. */
	ASSERT_EQ(1, xrsched_ring_peek(self->ring, &done, 9));
	xrsched_ring_seen(self->ring, 1);
	EXPECT_EQ(0, xrsched_ring_peek(self->ring, &done, 9));
}

/* More completions than there is room for: all come, in order. */
TEST_F(rings_library, overflow)
{
	const struct xrsched_completion *done;
	uint64_t seen = 0;
	int i, nr;

	while (self->frame < 4 * JOBS) {
		ASSERT_EQ(JOBS, prepare(self->ring, self->stream, &self->frame,
					JOBS));
		ASSERT_EQ(JOBS, xrsched_ring_submit(self->ring));
	}
	/* Half of them fit into the ring. */
	for (i = 0; i < 500 && xrsched_ring_overflow(self->ring) < 2 * JOBS;
	     i++)
		sleep_ns(10 * MSEC);
	EXPECT_EQ(2 * JOBS, xrsched_ring_overflow(self->ring));
	while (seen < self->frame) {
		nr = xrsched_ring_wait(self->ring, &done, 1,
				       now_ns() + 10 * SEC);
		ASSERT_LT(0, nr);
		for (i = 0; i < nr; i++)
			EXPECT_EQ(seen++, done[i].frame);
		xrsched_ring_seen(self->ring, nr);
	}
}

/* What would be refused completes so, where its cookie says which it was. */
TEST_F(rings_library, refused)
{
	const struct xrsched_completion *done;
	struct xrsched_job *job = xrsched_ring_get_job(self->ring);

	xrsched_job_prepare(job, 12345, 0, 77);
	ASSERT_EQ(1, xrsched_ring_submit_and_wait(self->ring, 1, 0));
	ASSERT_EQ(1, xrsched_ring_peek(self->ring, &done, 9));
	EXPECT_EQ(77, done->cookie);
	EXPECT_EQ(XRSCHED_REFUSED, done->outcome);
	EXPECT_EQ(XRSCHED_REASON_NOT_FOUND, done->reason);
	xrsched_ring_seen(self->ring, 1);
}

/* A thread of the kernel's takes jobs, also after it has slept. */
TEST_F(rings_library, poll_thread)
{
	struct xrsched_ring *ring = make_ring(self->x, XRSCHED_RING_POLL);
	const struct xrsched_completion *done;
	int i, round;

	ASSERT_NE(NULL, ring);
	for (round = 0; round < 3; round++) {
		ASSERT_EQ(2, prepare(ring, self->stream, &self->frame, 2));
		ASSERT_EQ(2, xrsched_ring_submit(ring));
		for (i = 0; i < 2; i++) {
			ASSERT_LE(1, xrsched_ring_wait(ring, &done, 1,
						       now_ns() + 10 * SEC));
			xrsched_ring_seen(ring, 1);
		}
		for (i = 0; i < 500 && !xrsched_ring_need_wakeup(ring); i++)
			sleep_ns(10 * MSEC);
		EXPECT_TRUE(xrsched_ring_need_wakeup(ring));
	}
	xrsched_ring_destroy(ring);
}

TEST_F(rings_library, files)
{
	const struct xrsched_completion *done;
	int efd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	struct pollfd pfd[] = {
		{ .fd = xrsched_ring_fd(self->ring), .events = POLLIN },
		{ .fd = efd, .events = POLLIN },
	};
	uint64_t count = 0;

	EXPECT_EQ(-EBADF, xrsched_ring_set_eventfd(self->ring, 999, 0));
	ASSERT_EQ(0, xrsched_ring_set_eventfd(self->ring, efd, 2));
	EXPECT_EQ(0, poll(pfd, 2, 0));
	ASSERT_EQ(2, prepare(self->ring, self->stream, &self->frame, 2));
	ASSERT_EQ(2, xrsched_ring_submit(self->ring));
	ASSERT_EQ(1, poll(pfd + 1, 1, 10000));
	ASSERT_EQ(1, poll(pfd, 1, 10000));
	ASSERT_EQ((ssize_t)sizeof(count), read(efd, &count, sizeof(count)));
	EXPECT_EQ(1, count);
	ASSERT_EQ(2, xrsched_ring_peek(self->ring, &done, 9));
	xrsched_ring_seen(self->ring, 2);
	ASSERT_EQ(0, xrsched_ring_set_eventfd(self->ring, -1, 0));
	close(efd);
}

TEST_F(rings_library, bad_options)
{
	struct xrsched_ring_opts opts = { .size = sizeof(opts) };
	struct {
		struct xrsched_ring_opts opts;
		uint64_t more;
	} longer = { .opts.size = sizeof(longer), .more = 1 };
	struct xrsched_ring *ring;

	opts.flags = 0x80;
	EXPECT_EQ(-EINVAL, xrsched_ring_create(self->x, &opts, &ring));
	opts.flags = 0;
	opts.pad = 1;
	EXPECT_EQ(-EINVAL, xrsched_ring_create(self->x, &opts, &ring));
	opts.pad = 0;
	opts.jobs = XRSCHED_MAX_SQ_ENTRIES + 1;
	EXPECT_GT(0, xrsched_ring_create(self->x, &opts, &ring));
	EXPECT_EQ(-E2BIG, xrsched_ring_create(self->x, &longer.opts, &ring));
	longer.more = 0;
	ASSERT_EQ(0, xrsched_ring_create(self->x, &longer.opts, &ring));
	EXPECT_EQ(64, xrsched_ring_space(ring));
	xrsched_ring_destroy(ring);
}

/* The handle may go first; jobs in flight complete all the same. */
/*
 * An application that knows larger jobs and completions than this library: they
 * lie as far apart in the rings as it believes.
 */
TEST_F(rings_library, of_another_size)
{
	struct more_job {
		struct xrsched_job job;
		uint64_t more[2];
	} *job;
	const struct more_done {
		struct xrsched_completion done;
		uint64_t more;
	} *done;
	const struct xrsched_completion *first;
	struct more_job *at[JOBS];
	struct xrsched_ring *ring;
	int i;

	ASSERT_EQ(0, xrsched_ring_create_sized(self->x, NULL, &ring,
					       sizeof(*job), sizeof(*done)));
	for (i = 0; i < JOBS; i++) {
		job = (void *)xrsched_ring_get_job(ring);
		ASSERT_NE(NULL, job);
		EXPECT_EQ(0, job->more[0] | job->more[1]);
		xrsched_job_prepare(&job->job, self->stream, i, 100 + i);
		at[i] = job;
	}
	for (i = 1; i < JOBS; i++)
		EXPECT_EQ(at[0] + i, at[i]);
	ASSERT_EQ(JOBS, xrsched_ring_submit_and_wait(ring, JOBS,
						     now_ns() + 10 * SEC));
	ASSERT_EQ(JOBS, xrsched_ring_peek(ring, &first, JOBS));
	done = (const void *)first;
	for (i = 0; i < JOBS; i++) {
		EXPECT_EQ(100 + i, done[i].done.cookie);
		EXPECT_EQ(XRSCHED_COMPLETED, done[i].done.outcome);
		EXPECT_EQ(0, done[i].more);
	}
	xrsched_ring_seen(ring, JOBS);

	/* What the kernel does not know has to be zero. */
	job = (void *)xrsched_ring_get_job(ring);
	xrsched_job_prepare(&job->job, self->stream, JOBS, 0);
	job->more[1] = 1;
	ASSERT_EQ(1, xrsched_ring_submit_and_wait(ring, 1,
						  now_ns() + 10 * SEC));
	ASSERT_EQ(1, xrsched_ring_peek(ring, &first, 1));
	EXPECT_EQ(XRSCHED_REFUSED, first->outcome);
	EXPECT_EQ(XRSCHED_REASON_INVALID, first->reason);
	xrsched_ring_destroy(ring);
}

/* The same without rings. */
TEST_F(rings_library, batch_of_another_size)
{
	struct {
		struct xrsched_job job;
		uint64_t more[2];
	} jobs[4] = {};
	struct {
		struct xrsched_completion done;
		uint64_t more;
	} done[4];
	int i;

	memset(done, 0xff, sizeof(done));
	for (i = 0; i < 4; i++)
		xrsched_job_prepare(&jobs[i].job, self->stream, i, 100 + i);
	ASSERT_EQ(4, xrsched_submit_sized(self->x, &jobs[0].job, 4, 0, 0,
					  sizeof(jobs[0])));
	ASSERT_EQ(4, xrsched_wait_sized(self->x, &done[0].done, 4, 4,
					now_ns() + 10 * SEC, sizeof(done[0])));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(100 + i, done[i].done.cookie);
		EXPECT_EQ(0, done[i].more);
	}
}

TEST_F(rings_library, handle_closed)
{
	const struct xrsched_completion *done;

	ASSERT_EQ(1, prepare(self->ring, self->slow, &self->frame, 1));
	ASSERT_EQ(1, xrsched_ring_submit(self->ring));
	xrsched_close(self->x);
	self->x = NULL;
	ASSERT_EQ(1, xrsched_ring_wait(self->ring, &done, 1,
				       now_ns() + 10 * SEC));
	EXPECT_EQ(XRSCHED_COMPLETED, done->outcome);
	xrsched_ring_seen(self->ring, 1);
}

TEST_HARNESS_MAIN
