// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits where jobs are submitted by rings, and what the rings themselves take.
 */
#define _GNU_SOURCE
#include <sys/resource.h>

#include "limits_fixture.h"
#include "ring_helpers.h"

static void reap(struct __test_metadata *_metadata, struct ring *ring,
		 unsigned int nr)
{
	struct xrsched_completion done;

	while (nr--) {
		EXPECT_EQ(0, ring_enter(ring, 0, 1));
		EXPECT_TRUE(ring_get(ring, &done));
		EXPECT_EQ(XRSCHED_COMPLETED, done.outcome);
	}
}

TEST_F(limits, ring_jobs)
{
	struct ring ring;
	uint32_t stream;
	int fd, i;

	fd = client_as(NOBODY, &stream);
	/* None ends before the next call, on a machine that stalls, too. */
	stream = stream_create(fd, model_create(fd, 1, 700 * MSEC), 0);
	ASSERT_EQ(0, ring_open(fd, &ring, 8));
	EXPECT_EQ(0, set_limit("max_user_jobs", 2));
	for (i = 0; i < 4; i++)
		ring_add(&ring, stream, i);
	EXPECT_EQ(2, ring_enter(&ring, 4, 0));
	EXPECT_EQ(-EDQUOT, ring_enter(&ring, 2, 0));
	EXPECT_EQ(2, RING_GET(&ring, sq_head));
	reap(_metadata, &ring, 2);
	EXPECT_EQ(2, ring_enter(&ring, 2, 0));
	reap(_metadata, &ring, 2);
	ring_close(&ring);
	close(fd);
}

/*
 * What a ring leaves behind when nobody can read the queue any more is nobody's,
 * and does not count against those that are left, whichever went first.
 */
static void unread(struct __test_metadata *_metadata, bool first)
{
	struct ring left, gone;
	uint32_t stream;
	int fd, i;

	fd = client_as(NOBODY, &stream);
	stream = stream_create(fd, model_create(fd, 1, 50 * MSEC), 0);
	ASSERT_EQ(0, ring_open(fd, &left, 8));
	ASSERT_EQ(0, ring_open(fd, &gone, 2));
	EXPECT_EQ(0, set_limit("max_jobs", 4));
	for (i = 0; i < 2; i++) {
		ring_add(&gone, stream, i);
		EXPECT_EQ(1, ring_enter(&gone, 1, 0));
	}
	if (first)
		close(fd);
	ring_close(&gone);
	if (first) {
		for (i = 0; i < 10000 && get(ATTRS, "jobs"); i++)
			sleep_ns(MSEC);
		EXPECT_EQ(0, get(ATTRS, "jobs"));
	} else {
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };
		struct xrsched_stream_stats stats = {};

		for (i = 0; i < 10000 && stats.completed < 2; i++) {
			sleep_ns(MSEC);
			EXPECT_EQ(0, stream_stats(fd, stream, &stats));
		}
		EXPECT_EQ(1, poll(&pfd, 1, 0));
		EXPECT_EQ(2, get(ATTRS, "jobs"));
		close(fd);
	}
	for (i = 0; i < 4; i++)
		ring_add(&left, stream, i + 2);
	EXPECT_EQ(4, ring_enter(&left, 4, 4));
	ring_close(&left);
}

TEST_F(limits, ring_jobs_unread_after_the_file)
{
	unread(_metadata, true);
}

TEST_F(limits, ring_jobs_unread_before_the_file)
{
	unread(_metadata, false);
}

/* The thread tries again by itself, though nobody tells it. */
TEST_F(limits, ring_jobs_by_thread)
{
	struct ring ring;
	uint32_t stream, others;
	int fd, other;

	fd = client_as(NOBODY, &stream);
	other = client_as(NOBODY, &others);
	ring_setup_init(&ring.set, 8);
	ring.set.flags = XRSCHED_RING_POLL;
	ASSERT_EQ(0, ring_open_as(fd, &ring));
	EXPECT_EQ(0, set_limit("max_user_jobs", 1));
	EXPECT_EQ(1, submit_one(other, others, 0));
	ring_add(&ring, stream, 0);
	if (RING_GET(&ring, sq_flags) & XRSCHED_SQ_NEED_WAKEUP)
		ring_enter_flags(&ring, 0, 0, XRSCHED_ENTER_WAKEUP, 0);
	sleep_ns(200 * MSEC);
	EXPECT_EQ(0, RING_GET(&ring, sq_head));
	EXPECT_EQ(1, wait_all(other, self->done, 1));
	reap(_metadata, &ring, 1);
	ring_close(&ring);
	close(fd);
	close(other);
}

TEST_F(limits, ring_bytes)
{
	struct ring ring[3];
	uint32_t bytes;
	int fd, other;

	fd = open_device();
	other = open_device();
	ASSERT_EQ(0, ring_open(fd, &ring[0], 64));
	bytes = ring[0].set.map_size;
	EXPECT_EQ(bytes, get(ATTRS, "ring_bytes"));
	EXPECT_EQ(0, set_limit("max_ring_bytes", 2 * bytes - 1));
	EXPECT_EQ(-ENOSPC, ring_open(fd, &ring[1], 64));
	EXPECT_EQ(0, ring_open(other, &ring[1], 64));
	EXPECT_EQ(2 * bytes, get(ATTRS, "ring_bytes"));
	EXPECT_EQ(0, set_limit("max_ring_bytes", 4 * bytes));
	EXPECT_EQ(0, set_limit("max_device_ring_bytes", 3 * bytes - 1));
	EXPECT_EQ(-ENOSPC, ring_open(fd, &ring[2], 64));
	ring_close(&ring[1]);
	EXPECT_EQ(bytes, get(ATTRS, "ring_bytes"));
	EXPECT_EQ(0, ring_open(fd, &ring[2], 64));
	EXPECT_EQ(-ENOSPC, ring_open(other, &ring[1], 64));
	ring_close(&ring[2]);
	ring_close(&ring[0]);
	close(fd);
	close(other);
}

/* Charged to the user, however many files and rings it is spread over. */
TEST_F(limits, ring_memlock)
{
	struct rlimit limit = { 256 << 10, 256 << 10 };
	struct ring ring[8];
	int fd[8], nr;

	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &limit));
	ASSERT_EQ(0, become(NOBODY));
	for (nr = 0; nr < 8; nr++) {
		fd[nr] = open_device();
		ASSERT_LE(0, fd[nr]);
		if (ring_open(fd[nr], &ring[nr], 256))
			break;
	}
	EXPECT_EQ(limit.rlim_cur / ring[0].set.map_size, nr);
	EXPECT_EQ(-ENOMEM, ring_open(fd[0], &ring[nr], 256));
	ASSERT_EQ(0, become_root());
	ASSERT_EQ(0, become(ANOTHER));
	EXPECT_EQ(0, ring_open(fd[0], &ring[nr], 256));
	ASSERT_EQ(0, become_root());
	for (; nr >= 0; nr--)
		ring_close(&ring[nr]);
	closefrom(3);
}

TEST_HARNESS_MAIN
