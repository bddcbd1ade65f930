// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings: what goes in, what comes out, what finds no room.
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include "rings_fixture.h"

TEST_F(rings, offered)
{
	struct xrsched_caps caps;

	ASSERT_EQ(0, get_caps(self->fd, &caps));
	EXPECT_TRUE(caps.features & XRSCHED_FEATURE_RINGS);
	EXPECT_EQ(ENTRIES, self->ring.set.sq_entries);
	EXPECT_EQ(2 * ENTRIES, self->ring.set.cq_entries);
	EXPECT_EQ(0, self->ring.set.map_size % getpagesize());
	EXPECT_TRUE(fcntl(self->ring.fd, F_GETFD) & FD_CLOEXEC);
}

/* All that a completion says, as by the other way. */
TEST_F(rings, completion)
{
	struct xrsched_completion *done = &self->done;
	struct xrsched_stream_stats stats;
	uint64_t before = now_ns();

	ring_add(&self->ring, self->stream, 7)->cookie = 0x123456789abcdef0;
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 1));
	ASSERT_TRUE(ring_get(&self->ring, done));
	EXPECT_EQ(0x123456789abcdef0, done->cookie);
	EXPECT_EQ(7, done->frame);
	EXPECT_EQ(self->stream, done->stream);
	EXPECT_EQ(XRSCHED_COMPLETED, done->outcome);
	EXPECT_EQ(XRSCHED_REASON_NONE, done->reason);
	EXPECT_EQ(1, done->variant);
	EXPECT_EQ(0, done->flags);
	EXPECT_LE(before, done->release_ns);
	EXPECT_LE(done->start_ns + MSEC, done->finish_ns);
	EXPECT_EQ(done->release_ns + 1000 * SEC, done->deadline_ns);
	EXPECT_EQ(JOB_PJ(1), done->energy_pj);
	EXPECT_EQ(1, done->layers);
	EXPECT_EQ(1, done->switches);
	EXPECT_FALSE(ring_get(&self->ring, done));
	EXPECT_EQ(1, RING_GET(&self->ring, sq_head));
	/* Nothing is left anywhere else. */
	EXPECT_EQ(0, wait_none(self->fd, done, 1));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_TRUE(stats_add_up(&stats));
	EXPECT_EQ(1, stats.completed);
}

/* Many times around both rings, in order, through the wrap of the counters. */
TEST_F(rings, round)
{
	unsigned int frame = 0, seen = 0, i;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	while (frame < 500) {
		for (i = 0; i < 11; i++)
			ring_add(&self->ring, self->stream, frame++);
		ASSERT_EQ(11, ring_enter(&self->ring, 11, 11));
		while (ring_get(&self->ring, &self->done)) {
			EXPECT_EQ(seen, self->done.frame);
			EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
			seen++;
		}
	}
	EXPECT_EQ(frame, seen);
	EXPECT_EQ(0, RING_GET(&self->ring, cq_overflow));
}

/* Only as many as are asked for, only as many as there are. */
TEST_F(rings, to_submit)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		ring_add(&self->ring, self->stream, i)->release_ns = self->late;
	EXPECT_EQ(0, ring_enter(&self->ring, 0, 0));
	EXPECT_EQ(2, ring_enter(&self->ring, 2, 0));
	EXPECT_EQ(2, RING_GET(&self->ring, sq_head));
	EXPECT_EQ(3, ring_enter(&self->ring, 100, 0));
	EXPECT_EQ(5, RING_GET(&self->ring, sq_head));
	EXPECT_EQ(0, ring_enter(&self->ring, 100, 0));
	EXPECT_EQ(0, ring_ready(&self->ring));
	EXPECT_EQ(5, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(5, ring_ready(&self->ring));
}

/* More than one critical section's worth. */
TEST_F(rings, large)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, ring_open(self->fd, &ring, 1000));
	EXPECT_EQ(1024, ring.set.sq_entries);
	for (i = 0; i < 1024; i++)
		ring_add(&ring, self->stream, i);
	ASSERT_EQ(1024, ring_enter(&ring, UINT32_MAX, 1024));
	for (i = 0; ring_get(&ring, &self->done); i++)
		EXPECT_EQ(i, self->done.frame);
	EXPECT_EQ(1024, i);
	ring_close(&ring);
}

/* What would be refused completes as refused; the others go on. */
TEST_F(rings, refused)
{
	const uint8_t reason[] = {
		XRSCHED_REASON_INVALID, XRSCHED_REASON_INVALID,
		XRSCHED_REASON_NOT_FOUND, XRSCHED_REASON_INVALID,
	};
	struct xrsched_stream_stats stats;
	unsigned int i;

	ring_add(&self->ring, self->stream, 0)->flags = 1U << 31;
	ring_add(&self->ring, self->stream, 0)->pad = 1;
	ring_add(&self->ring, self->stream + 77, 0);
	ring_add(&self->ring, self->stream, 0)->variant = 9;
	ring_add(&self->ring, self->stream, 0);
	ASSERT_EQ(5, ring_enter(&self->ring, 5, 5));
	for (i = 0; i < 4; i++) {
		ASSERT_TRUE(ring_get(&self->ring, &self->done));
		EXPECT_EQ(XRSCHED_REFUSED, self->done.outcome);
		EXPECT_EQ(reason[i], self->done.reason);
		EXPECT_EQ(0, self->done.layers);
		EXPECT_EQ(0, self->done.start_ns);
	}
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	/* The kernel never writes to an entry. */
	EXPECT_EQ(POISON, ring_job(&self->ring, 0)->result);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.submitted);
}

/* Entries that find no room stay, and go when there is. */
TEST_F(rings, no_room)
{
	struct xrsched_stream_stats stats;
	unsigned int i;
	long limit;

	limit = param_set(PARAMETERS "max_jobs", 3);
	ASSERT_LT(0, limit);
	for (i = 0; i < 5; i++)
		ring_add(&self->ring, self->stream, i)->release_ns = self->late;
	EXPECT_EQ(3, ring_enter(&self->ring, 5, 0));
	EXPECT_EQ(3, RING_GET(&self->ring, sq_head));
	EXPECT_EQ(-EAGAIN, ring_enter(&self->ring, 5, 0));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(2, stats.full);
	/* A completion in the ring is the application's, read or not. */
	EXPECT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	EXPECT_EQ(1, ring_enter(&self->ring, 5, 0));
	EXPECT_EQ(3, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(1, ring_enter(&self->ring, 5, 0));
	EXPECT_EQ(3, param_set(PARAMETERS "max_jobs", limit));
}

/* Completions that find the ring full wait, count, and come in order. */
TEST_F(rings, overflow)
{
	struct ring *ring = &self->ring;
	unsigned int i, seen = 0;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	for (i = 0; i < 80; i++) {
		ring_add(ring, self->stream, i);
		ASSERT_EQ(1, ring_enter(ring, 1, 0));
	}
	EXPECT_EQ(32, ring_ready(ring));
	EXPECT_EQ(48, RING_GET(ring, cq_overflow));
	EXPECT_TRUE(RING_GET(ring, sq_flags) & XRSCHED_SQ_OVERFLOW);
	while (seen < 32 && ring_get(ring, &self->done))
		EXPECT_EQ(seen++, self->done.frame);
	EXPECT_EQ(32, seen);
	ASSERT_EQ(0, ring_enter(ring, 0, 32));
	EXPECT_EQ(32, ring_ready(ring));
	/* By themselves, too, as others complete: two for one. */
	while (ring_get(ring, &self->done))
		EXPECT_EQ(seen++, self->done.frame);
	EXPECT_EQ(64, seen);
	ring_add(ring, self->stream, 80);
	ASSERT_EQ(1, ring_enter(ring, 1, 17));
	EXPECT_EQ(17, ring_ready(ring));
	EXPECT_FALSE(RING_GET(ring, sq_flags) & XRSCHED_SQ_OVERFLOW);
	while (ring_get(ring, &self->done))
		EXPECT_EQ(seen++, self->done.frame);
	EXPECT_EQ(81, seen);
}

/* A queue of waiting completions is told of by poll() and comes in with it. */
TEST_F(rings, overflow_poll)
{
	struct pollfd pfd = { .fd = self->ring.fd, .events = POLLIN };
	unsigned int i;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	for (i = 0; i < 40; i++) {
		ring_add(&self->ring, self->stream, i);
		ASSERT_EQ(1, ring_enter(&self->ring, 1, 0));
	}
	for (i = 0; i < 32; i++)
		ASSERT_TRUE(ring_get(&self->ring, &self->done));
	ASSERT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(8, ring_ready(&self->ring));
	while (ring_get(&self->ring, &self->done))
		;
	EXPECT_EQ(0, poll(&pfd, 1, 0));
}

/* Several rings; each has what came by it, in order. */
TEST_F(rings, several)
{
	struct ring other;
	unsigned int i;

	ASSERT_EQ(0, ring_open(self->fd, &other, 4));
	ring_add(&self->ring, self->stream, 0);
	ring_add(&other, self->stream, 1);
	ring_add(&self->ring, self->stream, 2);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 0));
	ASSERT_EQ(1, ring_enter(&other, 1, 0));
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 0));
	/* And the queue has what came by neither. */
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 3));
	ASSERT_EQ(1, wait_all(self->fd, &self->done, 1));
	EXPECT_EQ(3, self->done.frame);
	for (i = 0; i < 4; i += 2) {
		ASSERT_TRUE(ring_get(&self->ring, &self->done));
		EXPECT_EQ(i, self->done.frame);
	}
	ASSERT_TRUE(ring_get(&other, &self->done));
	EXPECT_EQ(1, self->done.frame);
	ring_close(&other);
}

/* The client's limit, and that a ring that went makes room. */
TEST_F(rings, max_rings)
{
	struct ring other[2];
	long limit;

	limit = param_set(PARAMETERS "max_rings", 2);
	ASSERT_LT(0, limit);
	ASSERT_EQ(0, ring_open(self->fd, &other[0], 4));
	EXPECT_EQ(-ENOSPC, ring_open(self->fd, &other[1], 4));
	EXPECT_EQ(POISON, other[1].set.fd);
	ring_close(&other[0]);
	ASSERT_EQ(0, ring_open(self->fd, &other[0], 4));
	ring_close(&other[0]);
	EXPECT_EQ(2, param_set(PARAMETERS "max_rings", limit));
}

/* An entry longer than this kernel knows, and a completion likewise. */
TEST_F(rings, strides)
{
	struct ring ring;
	uint64_t *more;

	ring_setup_init(&ring.set, 4);
	ring.set.job_size = sizeof(struct xrsched_job) + 40;
	ring.set.completion_size = sizeof(struct xrsched_completion) + 24;
	ASSERT_EQ(0, ring_open_as(self->fd, &ring));
	EXPECT_EQ(0, ring_enter(&ring, 1, 0));
	memset(ring_done(&ring, 0), 0xff, ring.set.completion_size);
	ring_add(&ring, self->stream, 0);
	ASSERT_EQ(1, ring_enter(&ring, 1, 1));
	more = (uint64_t *)(ring_done(&ring, 0) + 1);
	EXPECT_EQ(0, more[0]);
	EXPECT_EQ(0, more[2]);
	ASSERT_TRUE(ring_get(&ring, &self->done));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	more = (uint64_t *)(ring_add(&ring, self->stream, 1) + 1);
	more[4] = 1;
	ASSERT_EQ(1, ring_enter(&ring, 1, 1));
	ASSERT_TRUE(ring_get(&ring, &self->done));
	EXPECT_EQ(XRSCHED_REFUSED, self->done.outcome);
	ring_close(&ring);
}

/* Nothing to take, where entries have to be prepared: the call is over. */
TEST_F(rings, none_of_another_size)
{
	struct ring ring;

	ring_setup_init(&ring.set, 4);
	ring.set.job_size = sizeof(struct xrsched_job) + 8;
	ASSERT_EQ(0, ring_open_as(self->fd, &ring));
	EXPECT_EQ(0, ring_enter(&ring, 1, 0));
	ring_add(&ring, self->stream, 0);
	EXPECT_EQ(1, ring_enter(&ring, 4, 1));
	EXPECT_EQ(0, ring_enter(&ring, 4, 0));
	ring_close(&ring);
}

/* Another user, who is nobody to CAP_IPC_LOCK, pays for what he takes. */
TEST_F(rings, memlock)
{
	struct rlimit limit = { .rlim_cur = 64 << 10, .rlim_max = 64 << 10 };
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct ring a, b;

		if (setrlimit(RLIMIT_MEMLOCK, &limit) || setgid(54321) ||
		    setuid(54321))
			_exit(1);
		if (ring_open(self->fd, &a, 128))
			_exit(2);
		if (a.set.map_size > 64 << 10)
			_exit(3);
		if (ring_open(self->fd, &b, 256) != -ENOMEM)
			_exit(4);
		if (ring_open(self->fd, &b, 128) != 0 &&
		    2 * a.set.map_size <= 64 << 10)
			_exit(5);
		ring_close(&a);
		if (ring_open(self->fd, &a, 128))
			_exit(6);
		_exit(0);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));
}

TEST_HARNESS_MAIN
