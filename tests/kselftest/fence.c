// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fences in and out of jobs: with sw_sync where the kernel has it, with our own
 * out-fences as in-fences where not; without SYNC_FILE, that they are refused.
 */
#include <stddef.h>

#include <linux/sync_file.h>
#include <sys/wait.h>

#include "control.h"
#include "ring_helpers.h"

#define SW_SYNC		"/sys/kernel/debug/sync/sw_sync"
#define LATENCY_NS	(5 * MSEC)
#define MANY		200	/* more than the kernel does in one go */

/* Of drivers/dma-buf/sw_sync.c, which has no header. */
struct sw_sync_create_fence_data {
	uint32_t value;
	char name[32];
	int32_t fence;
};

#define SW_SYNC_IOC_CREATE_FENCE \
	_IOWR('W', 0, struct sw_sync_create_fence_data)
#define SW_SYNC_IOC_INC _IOW('W', 1, uint32_t)

FIXTURE(fence) {
	int fd;
	uint32_t model;
	uint32_t stream;
	struct xrsched_caps caps;
	struct xrsched_job job[MANY];
	struct xrsched_completion done[MANY];
};

FIXTURE_SETUP(fence)
{
	unsigned int i;

	ASSERT_EQ(0, device_reset("fcfs,expired=drop"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_caps(self->fd, &self->caps));
	self->model = model_create(self->fd, 1, LATENCY_NS);
	ASSERT_NE(0, self->model);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
	for (i = 0; i < MANY; i++)
		job_init(&self->job[i], self->stream, i);
}

FIXTURE_TEARDOWN(fence)
{
	if (self->fd >= 0)
		close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

#define NEED_FENCES() do { \
	if (!(self->caps.features & XRSCHED_FEATURE_FENCES)) \
		SKIP(return, "this kernel has no SYNC_FILE"); \
} while (0)

/* Submits one frame with fences; returns 1, or -errno. */
static int submit_fence(int fd, struct xrsched_job *job, int in, bool out)
{
	job->flags = (in >= 0 ? XRSCHED_JOB_IN_FENCE : 0) |
		     (out ? XRSCHED_JOB_OUT_FENCE : 0);
	job->in_fence = in >= 0 ? in : 0;
	job->out_fence = -1;
	return submit(fd, job, 1);
}

static bool signalled(int fence, int timeout_ms)
{
	struct pollfd p = { .fd = fence, .events = POLLIN };

	return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLIN);
}

/* 1 signalled, 0 not yet, else its error. */
static int fence_status(int fence, uint64_t *at_ns)
{
	struct sync_fence_info one = { 0 };
	struct sync_file_info info = {
		.num_fences = 1,
		.sync_fence_info = (uintptr_t)&one,
	};

	if (ioctl(fence, SYNC_IOC_FILE_INFO, &info))
		return -errno;
	if (at_ns)
		*at_ns = one.timestamp_ns;
	return info.status;
}

static int fence_merge(int a, int b)
{
	struct sync_merge_data merge = { .fd2 = b };

	return ioctl(a, SYNC_IOC_MERGE, &merge) ? -errno : merge.fence;
}

static int sw_fence(int timeline, uint32_t value)
{
	struct sw_sync_create_fence_data arg = { .value = value };

	return ioctl(timeline, SW_SYNC_IOC_CREATE_FENCE, &arg) ? -errno :
								 arg.fence;
}

static int sw_inc(int timeline)
{
	uint32_t by = 1;

	return ioctl(timeline, SW_SYNC_IOC_INC, &by);
}

#define NEED_SW_SYNC(timeline) do { \
	NEED_FENCES(); \
	(timeline) = open(SW_SYNC, O_RDWR | O_CLOEXEC); \
	if ((timeline) < 0) \
		SKIP(return, "this kernel has no sw_sync"); \
} while (0)

TEST_F(fence, refused_without_sync_file)
{
	if (self->caps.features & XRSCHED_FEATURE_FENCES)
		SKIP(return, "this kernel has SYNC_FILE");
	EXPECT_EQ(-EOPNOTSUPP, submit_fence(self->fd, self->job, 0, false));
	EXPECT_EQ(-EOPNOTSUPP, submit_fence(self->fd, self->job, -1, true));
	EXPECT_EQ(-EOPNOTSUPP, self->job->result);
	EXPECT_EQ(-1, self->job->out_fence);
}

TEST_F(fence, out_tells_of_the_end)
{
	uint64_t at_ns;
	int out;

	NEED_FENCES();
	/* Late enough that it cannot have ended when it is looked at. */
	self->job->release_ns = now_ns() + SEC;
	ASSERT_EQ(1, submit_fence(self->fd, self->job, -1, true));
	out = self->job->out_fence;
	ASSERT_LE(0, out);
	EXPECT_EQ(FD_CLOEXEC, fcntl(out, F_GETFD));
	EXPECT_FALSE(signalled(out, 0));
	EXPECT_EQ(0, fence_status(out, NULL));
	EXPECT_TRUE(signalled(out, 10000));
	EXPECT_EQ(1, fence_status(out, &at_ns));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(self->done->finish_ns, at_ns);
	close(out);
}

/* A pipeline over two streams, with no word from us in between. */
TEST_F(fence, out_is_another_ones_in)
{
	struct xrsched_completion *a, *b;
	uint32_t other;
	int out;

	NEED_FENCES();
	ASSERT_EQ(1, engine_add(CLASS));
	other = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, other);
	ASSERT_EQ(1, submit_fence(self->fd, self->job, -1, true));
	out = self->job->out_fence;
	self->job[1].stream = other;
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[1], out, false));
	/* It is the kernel's affair now. */
	close(out);
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	a = find_done(self->done, 2, self->stream, 0);
	b = find_done(self->done, 2, other, 1);
	ASSERT_NE(NULL, a);
	ASSERT_NE(NULL, b);
	EXPECT_EQ(XRSCHED_COMPLETED, b->outcome);
	EXPECT_LE(a->finish_ns, b->release_ns);
	EXPECT_LE(a->finish_ns, b->start_ns);
}

TEST_F(fence, in_signalled_before)
{
	int out;

	NEED_FENCES();
	ASSERT_EQ(1, submit_fence(self->fd, self->job, -1, true));
	out = self->job->out_fence;
	ASSERT_TRUE(signalled(out, 10000));
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[1], out, false));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[1].outcome);
	close(out);
}

/* Cancelled, and what waits for that: both end, each with its error. */
TEST_F(fence, errors_are_passed_on)
{
	int first, second;

	NEED_FENCES();
	self->job[0].release_ns = now_ns() + 9 * SEC;
	self->job[1].stream = stream_create(self->fd, self->model, 0);
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[0], -1, true));
	first = self->job[0].out_fence;
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[1], first, true));
	second = self->job[1].out_fence;
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	EXPECT_TRUE(signalled(first, 10000));
	EXPECT_TRUE(signalled(second, 10000));
	EXPECT_EQ(-ECANCELED, fence_status(first, NULL));
	EXPECT_EQ(-ECANCELED, fence_status(second, NULL));
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(XRSCHED_DROPPED, self->done[1].outcome);
	EXPECT_EQ(XRSCHED_REASON_FENCE, self->done[1].reason);
	close(first);
	close(second);
}

TEST_F(fence, expired)
{
	int out;

	NEED_FENCES();
	/* Released later, or a slow machine would submit what has expired. */
	self->job->release_ns = now_ns() + SEC;
	self->job->deadline_ns = self->job->release_ns + 1;
	ASSERT_EQ(1, submit_fence(self->fd, self->job, -1, true));
	out = self->job->out_fence;
	EXPECT_TRUE(signalled(out, 10000));
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
	/* It ran before that, and late; or it was dropped. */
	EXPECT_EQ(self->done->outcome == XRSCHED_COMPLETED ? 1 : -ETIME,
		  fence_status(out, NULL));
	close(out);
}

/* Others do not wait for ever: the fence is over, the job is not. */
TEST_F(fence, takes_too_long)
{
	uint64_t began_ns = now_ns(), at_ns = 0;
	int out;

	NEED_FENCES();
	self->job->stream = stream_create(
		self->fd, model_create(self->fd, 1, 15 * SEC), 0);
	self->job->release_ns = began_ns + 900 * SEC;
	EXPECT_EQ(-EINVAL, submit_fence(self->fd, self->job, -1, true));
	self->job->release_ns = 0;
	ASSERT_EQ(1, submit_fence(self->fd, self->job, -1, true));
	out = self->job->out_fence;
	EXPECT_TRUE(signalled(out, 14000));
	EXPECT_EQ(-ETIME, fence_status(out, &at_ns));
	EXPECT_LE(began_ns + XRSCHED_OUT_FENCE_NS, at_ns);
	EXPECT_EQ(0, wait_none(self->fd, self->done, 1));
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done->outcome);
	close(out);
}

/*
 * The second frame ends before the first: a merge of the two still waits for
 * the first.
 */
TEST_F(fence, merge_keeps_both)
{
	int a, b, both;

	NEED_FENCES();
	self->job[0].release_ns = now_ns() + 9 * SEC;
	self->job[1].release_ns = self->job[0].release_ns;
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[0], -1, true));
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[1], -1, true));
	a = self->job[0].out_fence;
	b = self->job[1].out_fence;
	both = fence_merge(a, b);
	ASSERT_LE(0, both);
	ASSERT_EQ(1, cancel(self->fd, self->stream, 1, 0));
	EXPECT_TRUE(signalled(b, 10000));
	EXPECT_FALSE(signalled(both, 20));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	EXPECT_TRUE(signalled(both, 10000));
	close(a);
	close(b);
	close(both);
}

/* Ours merged with somebody else's, either way round, and waited for by a frame. */
TEST_F(fence, merge_with_anothers)
{
	int timeline, other, out, both[2];

	NEED_SW_SYNC(timeline);
	other = sw_fence(timeline, 1);
	ASSERT_LE(0, other);
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[0], -1, true));
	out = self->job[0].out_fence;
	both[0] = fence_merge(out, other);
	both[1] = fence_merge(other, out);
	ASSERT_LE(0, both[0]);
	ASSERT_LE(0, both[1]);
	ASSERT_EQ(1, submit_fence(self->fd, &self->job[1], both[0], true));
	/* The first frame's end is not enough. */
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_TRUE(signalled(out, 10000));
	EXPECT_FALSE(signalled(both[1], 20));
	EXPECT_EQ(0, wait_none(self->fd, self->done, 1));
	ASSERT_EQ(0, sw_inc(timeline));
	EXPECT_TRUE(signalled(both[1], 10000));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done->outcome);
	EXPECT_TRUE(signalled(self->job[1].out_fence, 10000));
	close(self->job[1].out_fence);
	close(both[0]);
	close(both[1]);
	close(out);
	close(other);
	close(timeline);
}

/* What is refused leaves no file behind, and what was there before. */
TEST_F(fence, refused)
{
	int before = dup(0), after;

	NEED_FENCES();
	close(before);
	EXPECT_EQ(-EINVAL, submit_fence(self->fd, self->job, self->fd, true));
	EXPECT_EQ(-EINVAL, submit_fence(self->fd, self->job, 999, true));
	EXPECT_EQ(-1, self->job->out_fence);
	self->job->exit = XRSCHED_MAX_EXITS + 1;
	EXPECT_EQ(-EINVAL, submit_fence(self->fd, self->job, -1, true));
	EXPECT_EQ(-1, self->job->out_fence);
	after = dup(0);
	EXPECT_EQ(before, after);
	close(after);
}

TEST_F(fence, refused_with_an_in_fence)
{
	int timeline, in;

	NEED_SW_SYNC(timeline);
	in = sw_fence(timeline, 1);
	ASSERT_LE(0, in);
	self->job->exit = XRSCHED_MAX_EXITS + 1;
	EXPECT_EQ(-EINVAL, submit_fence(self->fd, self->job, in, true));
	ASSERT_EQ(0, sw_inc(timeline));
	self->job->exit = 0;
	EXPECT_EQ(1, submit_fence(self->fd, self->job, in, false));
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
	close(in);
	close(timeline);
}

TEST_F(fence, in_holds)
{
	int timeline, in;

	NEED_SW_SYNC(timeline);
	in = sw_fence(timeline, 1);
	ASSERT_LE(0, in);
	ASSERT_EQ(1, submit_fence(self->fd, self->job, in, false));
	sleep_ns(30 * MSEC);
	EXPECT_EQ(0, wait_none(self->fd, self->done, 1));
	ASSERT_EQ(0, sw_inc(timeline));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done->outcome);
	close(in);
	close(timeline);
}

/* One fence for many: more than are let go of in one go. */
TEST_F(fence, in_of_many)
{
	int timeline, in;
	unsigned int i;

	NEED_SW_SYNC(timeline);
	in = sw_fence(timeline, 1);
	for (i = 0; i < MANY; i++) {
		self->job[i].flags = XRSCHED_JOB_IN_FENCE;
		self->job[i].in_fence = in;
	}
	ASSERT_EQ(0, device_reset("fcfs,expired=drop"));
	ASSERT_EQ(0, engine_add_null(CLASS));
	ASSERT_EQ(MANY, submit(self->fd, self->job, MANY));
	ASSERT_EQ(0, wait_none(self->fd, self->done, 1));
	ASSERT_EQ(0, sw_inc(timeline));
	ASSERT_EQ(MANY, wait_all(self->fd, self->done, MANY));
	for (i = 0; i < MANY; i++)
		ASSERT_EQ(XRSCHED_COMPLETED, self->done[i].outcome);
	close(in);
	close(timeline);
}

/* Its owner is gone before it came to signal. */
TEST_F(fence, in_fails)
{
	int timeline, in;

	NEED_SW_SYNC(timeline);
	in = sw_fence(timeline, 1);
	ASSERT_EQ(1, submit_fence(self->fd, self->job, in, true));
	close(timeline);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_DROPPED, self->done->outcome);
	EXPECT_EQ(XRSCHED_REASON_FENCE, self->done->reason);
	EXPECT_TRUE(signalled(self->job->out_fence, 10000));
	EXPECT_EQ(-ENOENT, fence_status(self->job->out_fence, NULL));
	close(self->job->out_fence);
	close(in);
}

TEST_F(fence, in_and_cancelled)
{
	int timeline, in;

	NEED_SW_SYNC(timeline);
	in = sw_fence(timeline, 1);
	ASSERT_EQ(1, submit_fence(self->fd, self->job, in, false));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	ASSERT_EQ(0, sw_inc(timeline));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_CANCELLED, self->done->outcome);
	close(in);
	close(timeline);
}

/* Fences outlive whom they were for. */
TEST_F(fence, closed_while_waiting)
{
	int timeline, in;

	NEED_SW_SYNC(timeline);
	in = sw_fence(timeline, 1);
	ASSERT_EQ(1, submit_fence(self->fd, self->job, in, true));
	close(self->fd);
	self->fd = -1;
	EXPECT_TRUE(signalled(self->job->out_fence, 10000));
	EXPECT_EQ(-ECANCELED, fence_status(self->job->out_fence, NULL));
	EXPECT_TRUE(device_quiet(0, 0));
	EXPECT_EQ(0, sw_inc(timeline));
	close(self->job->out_fence);
	close(in);
	close(timeline);
}

/* Fired by one, cancelled by the other, at once. */
TEST_F(fence, race)
{
	int timeline, in, child;
	unsigned int i;

	NEED_SW_SYNC(timeline);
	for (i = 0; i < MANY; i++) {
		in = sw_fence(timeline, i + 1);
		ASSERT_LE(0, in);
		ASSERT_EQ(1, submit_fence(self->fd, &self->job[i], in, false));
		close(in);
	}
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		for (i = 0; i < MANY; i++)
			sw_inc(timeline);
		_exit(0);
	}
	for (i = 0; i < MANY; i++)
		cancel(self->fd, self->stream, i, 0);
	EXPECT_EQ(child, waitpid(child, NULL, 0));
	EXPECT_EQ(MANY, wait_all(self->fd, self->done, MANY));
	close(timeline);
}

TEST_F(fence, rings)
{
	struct xrsched_job *job;
	struct ring ring;
	int out;

	NEED_FENCES();
	ASSERT_EQ(1, submit_fence(self->fd, self->job, -1, true));
	out = self->job->out_fence;
	ASSERT_EQ(0, ring_open(self->fd, &ring, 4));
	job = ring_add(&ring, self->stream, 1);
	job->flags = XRSCHED_JOB_IN_FENCE;
	job->in_fence = out;
	ASSERT_EQ(1, ring_enter(&ring, 1, 1));
	ASSERT_TRUE(ring_get(&ring, self->done));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done->outcome);
	EXPECT_TRUE(signalled(out, 0));
	job = ring_add(&ring, self->stream, 2);
	job->flags = XRSCHED_JOB_OUT_FENCE;
	ASSERT_EQ(1, ring_enter(&ring, 1, 1));
	ASSERT_TRUE(ring_get(&ring, self->done));
	EXPECT_EQ(XRSCHED_REFUSED, self->done->outcome);
	EXPECT_EQ(XRSCHED_REASON_INVALID, self->done->reason);
	ring_close(&ring);
	close(out);
}

TEST_HARNESS_MAIN
