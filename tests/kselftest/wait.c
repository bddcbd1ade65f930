// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRSCHED_IOC_WAIT, read() and poll(): who is told what when, and what signals
 * do to those who wait.
 */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/time.h>

#include "control.h"
#include "helpers.h"

#define LAYERS		1
#define LATENCY_NS	(5 * MSEC)
/* How much later than asked for a test accepts on a slow machine. */
#define SLACK_NS	(2 * SEC)

FIXTURE(wait) {
	int fd;
	uint32_t stream;
	struct xrsched_completion done[16];
};

FIXTURE_SETUP(wait)
{
	uint32_t model;

	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	model = model_create(self->fd, LAYERS, LATENCY_NS);
	ASSERT_NE(0, model);
	self->stream = stream_create(self->fd, model, 0);
	ASSERT_NE(0, self->stream);
}

FIXTURE_TEARDOWN(wait)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* Frames @first … @first + @nr - 1. */
static int submit_many(int fd, uint32_t stream, unsigned int first,
		       unsigned int nr)
{
	struct xrsched_job job[16];
	unsigned int i;

	for (i = 0; i < nr; i++)
		job_init(&job[i], stream, first + i);
	return submit(fd, job, nr);
}

/* Frames that have ended, without any engine's doing. */
static void end_some(struct __test_metadata *_metadata,
		     FIXTURE_DATA(wait) *self, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		ASSERT_EQ(1, submit_at(self->fd, self->stream, i,
				       now_ns() + 900 * SEC));
	ASSERT_EQ(nr, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
}

TEST_F(wait, for_none)
{
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
}

TEST_F(wait, for_some)
{
	int nr;

	ASSERT_EQ(5, submit_many(self->fd, self->stream, 0, 5));
	nr = wait_until(self->fd, self->done, 16, 3, 0);
	EXPECT_LE(3, nr);
	EXPECT_GE(5, nr);
	EXPECT_EQ(5 - nr, wait_all(self->fd, self->done, 5 - nr));
}

TEST_F(wait, at_most)
{
	unsigned int i;

	end_some(_metadata, self, 5);
	EXPECT_EQ(2, wait_until(self->fd, self->done, 2, 1, 0));
	EXPECT_EQ(3, wait_until(self->fd, &self->done[2], 14, 3, 0));
	for (i = 0; i < 5; i++)
		EXPECT_EQ(i, self->done[i].frame);
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
}

TEST_F(wait, in_vain)
{
	uint64_t deadline = now_ns() + 50 * MSEC;

	EXPECT_EQ(-ETIMEDOUT, wait_until(self->fd, self->done, 1, 1,
					 deadline));
	EXPECT_LE(deadline, now_ns());
	EXPECT_GE(deadline + SLACK_NS, now_ns());
	/* A time that is past is not waited for. */
	EXPECT_EQ(-ETIMEDOUT, wait_until(self->fd, self->done, 1, 1, 1));
}

/* Too few: what is there comes when the time is over. */
TEST_F(wait, in_vain_for_all)
{
	uint64_t deadline;

	end_some(_metadata, self, 2);
	deadline = now_ns() + 50 * MSEC;
	EXPECT_EQ(2, wait_until(self->fd, self->done, 16, 5, deadline));
	EXPECT_LE(deadline, now_ns());
}

/* What is there comes even if the time is over. */
TEST_F(wait, past_deadline)
{
	end_some(_metadata, self, 2);
	EXPECT_EQ(2, wait_until(self->fd, self->done, 16, 1, 1));
}

TEST_F(wait, not_answered_early)
{
	uint64_t begin = now_ns();

	ASSERT_EQ(3, submit_many(self->fd, self->stream, 0, 3));
	EXPECT_EQ(3, wait_until(self->fd, self->done, 16, 3,
				now_ns() + 10 * SEC));
	EXPECT_LE(3 * LAYERS * LATENCY_NS, now_ns() - begin);
}

static volatile sig_atomic_t signals;

static void count_signal(int sig)
{
	(void)sig;
	signals++;
}

/* Signals every @usec, from now on. */
static void storm(struct __test_metadata *_metadata, int flags,
		  unsigned int usec)
{
	struct sigaction action = {
		.sa_handler = count_signal, .sa_flags = flags,
	};
	struct itimerval interval = {
		.it_interval = { .tv_usec = usec },
		.it_value = { .tv_usec = usec },
	};

	signals = 0;
	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &interval, NULL));
}

static void calm(void)
{
	struct itimerval off = {};

	setitimer(ITIMER_REAL, &off, NULL);
}

TEST_F(wait, interrupted)
{
	storm(_metadata, 0, 20000);
	EXPECT_EQ(-EINTR, wait_until(self->fd, self->done, 1, 1, 0));
	EXPECT_EQ(-1, read(self->fd, self->done, sizeof(self->done)));
	EXPECT_EQ(EINTR, errno);
	calm();
}

/* Restarted again and again, the deadline stays where it is. */
TEST_F(wait, restarted_without_drift)
{
	uint64_t deadline = now_ns() + 300 * MSEC;

	storm(_metadata, SA_RESTART, 3000);
	EXPECT_EQ(-ETIMEDOUT, wait_until(self->fd, self->done, 1, 1,
					 deadline));
	calm();
	EXPECT_LE(deadline, now_ns());
	EXPECT_GE(deadline + SLACK_NS, now_ns());
	EXPECT_LT(3, signals);
}

TEST_F(wait, restarted_until_there)
{
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 300 * MSEC));
	storm(_metadata, SA_RESTART, 3000);
	EXPECT_EQ(1, wait_until(self->fd, self->done, 1, 1,
				now_ns() + 10 * SEC));
	calm();
	EXPECT_LT(3, signals);
}

TEST_F(wait, read_restarted)
{
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 300 * MSEC));
	storm(_metadata, SA_RESTART, 3000);
	EXPECT_EQ(sizeof(self->done[0]),
		  read(self->fd, self->done, sizeof(self->done)));
	calm();
	EXPECT_LT(3, signals);
}

/* A full queue, and one place that comes free amid the signals. */
TEST_F(wait, submit_interrupted)
{
	long limit = param_set(PARAMETERS "max_jobs", 1);
	struct xrsched_job job[2];
	uint64_t deadline;

	ASSERT_LT(0, limit);
	job_init(&job[0], self->stream, 0);
	job_init(&job[1], self->stream, 1);
	job[0].release_ns = job[1].release_ns = now_ns() + 900 * SEC;
	ASSERT_EQ(1, submit(self->fd, &job[0], 1));

	storm(_metadata, 0, 20000);
	EXPECT_EQ(-EINTR, submit_flags(self->fd, &job[1], 1,
				       XRSCHED_SUBMIT_WAIT, 0));
	storm(_metadata, SA_RESTART, 3000);
	deadline = now_ns() + 300 * MSEC;
	EXPECT_EQ(-ETIMEDOUT, submit_flags(self->fd, &job[1], 1,
					   XRSCHED_SUBMIT_WAIT, deadline));
	EXPECT_LE(deadline, now_ns());
	EXPECT_GE(deadline + SLACK_NS, now_ns());
	EXPECT_LT(3, signals);
	calm();
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	ASSERT_EQ(1, wait_none(self->fd, self->done, 1));
	EXPECT_EQ(1, submit_flags(self->fd, &job[1], 1, XRSCHED_SUBMIT_WAIT,
				  0));
	EXPECT_EQ(1, param_set(PARAMETERS "max_jobs", limit));
}

TEST_F(wait, read_takes_whole_ones)
{
	const size_t size = sizeof(struct xrsched_completion);
	unsigned int i;

	end_some(_metadata, self, 6);
	EXPECT_EQ(size, read(self->fd, self->done, size));
	EXPECT_EQ(size, read(self->fd, &self->done[1], size + size / 2));
	EXPECT_EQ(2 * size, read(self->fd, &self->done[2], 3 * size - 1));
	EXPECT_EQ(2 * size, read(self->fd, &self->done[4], 10 * size));
	for (i = 0; i < 6; i++)
		EXPECT_EQ(i, self->done[i].frame);
}

TEST_F(wait, read_blocks)
{
	const size_t size = sizeof(struct xrsched_completion);

	ASSERT_EQ(1, submit_many(self->fd, self->stream, 0, 1));
	EXPECT_EQ(size, read(self->fd, self->done, 10 * size));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

TEST_F(wait, read_does_not_block)
{
	const size_t size = sizeof(struct xrsched_completion);

	ASSERT_EQ(0, fcntl(self->fd, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-1, read(self->fd, self->done, size));
	EXPECT_EQ(EAGAIN, errno);
	end_some(_metadata, self, 1);
	EXPECT_EQ(size, read(self->fd, self->done, 10 * size));
	EXPECT_EQ(-1, read(self->fd, self->done, size));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_F(wait, poll_events)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN | POLLOUT };

	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLOUT, pfd.revents);
	end_some(_metadata, self, 2);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLIN | POLLOUT, pfd.revents);
	ASSERT_EQ(1, wait_none(self->fd, self->done, 1));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLIN | POLLOUT, pfd.revents);
	ASSERT_EQ(1, wait_none(self->fd, self->done, 1));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLOUT, pfd.revents);
}

TEST_F(wait, poll_wakes)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN };

	EXPECT_EQ(0, poll(&pfd, 1, 20));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 30 * MSEC));
	EXPECT_EQ(1, poll(&pfd, 1, 10000));
	EXPECT_EQ(POLLIN, pfd.revents);
	EXPECT_EQ(1, wait_none(self->fd, self->done, 1));
}

/* One event for each completion, though none is read. */
TEST_F(wait, epoll_edge)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(EPOLL_CLOEXEC);
	unsigned int i;

	ASSERT_LE(0, ep);
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->fd, &event));
	EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(1, submit_many(self->fd, self->stream, i, 1));
		EXPECT_EQ(1, epoll_wait(ep, &event, 1, 10000));
		EXPECT_EQ(0, epoll_wait(ep, &event, 1, 0));
	}
	EXPECT_EQ(3, wait_none(self->fd, self->done, 16));
	close(ep);
}

/* Threads that wait for the same completions. */
#define READERS		4
#define FRAMES		48

struct reader {
	int fd;
	unsigned int nr;
	struct xrsched_completion done[FRAMES];
};

static void *read_all(void *arg)
{
	struct reader *r = arg;
	int nr;

	while (r->nr < FRAMES) {
		nr = wait_until(r->fd, &r->done[r->nr], FRAMES - r->nr, 1,
				now_ns() + 500 * MSEC);
		if (nr < 0)
			break;
		r->nr += nr;
	}
	return NULL;
}

TEST_F(wait, readers_share)
{
	struct reader *r = calloc(READERS, sizeof(*r));
	unsigned int seen[FRAMES] = {}, i, k, total = 0;
	pthread_t thread[READERS];

	ASSERT_NE(NULL, r);
	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	for (i = 0; i < READERS; i++) {
		r[i].fd = self->fd;
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, read_all, &r[i]));
	}
	for (i = 0; i < FRAMES; i += 2) {
		ASSERT_EQ(2, submit_many(self->fd, self->stream, i, 2));
		sleep_ns(100 * USEC);
	}
	for (i = 0; i < READERS; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
		for (k = 0; k < r[i].nr; k++)
			seen[r[i].done[k].frame]++;
		total += r[i].nr;
	}
	EXPECT_EQ(FRAMES, total);
	for (i = 0; i < FRAMES; i++)
		EXPECT_EQ(1, seen[i]);
	free(r);
}

/* Who waits for many is not robbed: it gets them all, or waits on. */
static void *wait_for_four(void *arg)
{
	struct reader *r = arg;

	r->nr = wait_until(r->fd, r->done, 4, 4, now_ns() + 10 * SEC);
	return NULL;
}

TEST_F(wait, all_at_once)
{
	struct reader r[2] = { { .fd = self->fd }, { .fd = self->fd } };
	pthread_t thread[2];
	unsigned int i;

	for (i = 0; i < 2; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, wait_for_four,
					    &r[i]));
	for (i = 0; i < 8; i++)
		ASSERT_EQ(1, submit_many(self->fd, self->stream, i, 1));
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
		EXPECT_EQ(4, r[i].nr);
	}
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
}

TEST_HARNESS_MAIN
