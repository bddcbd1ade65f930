// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings: waiting, being told, and what several threads do at once.
 */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/time.h>

#include "rings_fixture.h"

TEST_F(rings, times_out)
{
	uint64_t deadline;

	ring_add(&self->ring, self->stream, 0)->release_ns = self->late;
	deadline = now_ns() + 30 * MSEC;
	/* What was taken is told, whatever ended the wait. */
	EXPECT_EQ(1, ring_enter_flags(&self->ring, 1, 1, 0, deadline));
	EXPECT_LE(deadline, now_ns());
	deadline = now_ns() + 30 * MSEC;
	EXPECT_EQ(-ETIMEDOUT, ring_enter_flags(&self->ring, 0, 1, 0, deadline));
	EXPECT_LE(deadline, now_ns());
	EXPECT_EQ(-ETIMEDOUT, ring_enter_flags(&self->ring, 0, 1, 0, 1));
}

static void on_signal(int nr)
{
	(void)nr;
}

static void signals_every_ms(bool on, int flags)
{
	struct itimerval timer = {};
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = flags };

	sigaction(SIGALRM, &action, NULL);
	timer.it_value.tv_usec = on ? 1000 : 0;
	timer.it_interval = timer.it_value;
	setitimer(ITIMER_REAL, &timer, NULL);
}

/* Restarted again and again, the wait still ends when it was to. */
TEST_F(rings, signals)
{
	uint64_t deadline = now_ns() + 50 * MSEC;
	int ret;

	signals_every_ms(true, SA_RESTART);
	ret = ring_enter_flags(&self->ring, 0, 1, 0, deadline);
	EXPECT_EQ(-ETIMEDOUT, ret);
	EXPECT_LE(deadline, now_ns());
	EXPECT_GT(deadline + 2 * SEC, now_ns());
	signals_every_ms(true, 0);
	EXPECT_EQ(-EINTR, ring_enter_flags(&self->ring, 0, 1, 0,
					   now_ns() + 10 * SEC));
	/* What was taken before the signal is not taken again. */
	ring_add(&self->ring, self->stream, 0)->release_ns = self->late;
	EXPECT_EQ(1, ring_enter(&self->ring, 1, 1));
	signals_every_ms(false, 0);
	EXPECT_EQ(1, RING_GET(&self->ring, sq_head));
}

TEST_F(rings, eventfd)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	uint64_t value = 0;
	unsigned int i;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ring_eventfd(&self->ring, fd, 0));
	EXPECT_EQ(-1, eventfd_read(fd, &value));
	ring_add(&self->ring, self->stream, 0);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 1));
	EXPECT_EQ(0, eventfd_read(fd, &value));
	EXPECT_EQ(1, value);
	/* By count: of every third. */
	ASSERT_EQ(0, ring_eventfd(&self->ring, fd, 3));
	for (i = 1; i <= 7; i++) {
		ring_add(&self->ring, self->stream, i);
		ASSERT_EQ(1, ring_enter(&self->ring, 1, i + 1));
		EXPECT_EQ(i % 3 ? -1 : 0, eventfd_read(fd, &value));
	}
	ASSERT_EQ(0, ring_eventfd(&self->ring, -1, 0));
	for (; i <= 10; i++) {
		ring_add(&self->ring, self->stream, i);
		ASSERT_EQ(1, ring_enter(&self->ring, 1, i + 1));
	}
	EXPECT_EQ(-1, eventfd_read(fd, &value));
	close(fd);
}

TEST_F(rings, eventfd_refused)
{
	struct xrsched_ring_eventfd arg = {
		.size = sizeof(arg), .flags = 1, .fd = -1,
	};

	EXPECT_EQ(-EINVAL, call(self->ring.fd, XRSCHED_IOC_RING_EVENTFD, &arg));
	EXPECT_EQ(-EINVAL, ring_eventfd(&self->ring, -2, 0));
	EXPECT_EQ(-EBADF, ring_eventfd(&self->ring, 12345, 0));
	/* It would never be told if nobody took what is there. */
	EXPECT_EQ(-EINVAL, ring_eventfd(&self->ring, -1, 2 * ENTRIES + 1));
	EXPECT_EQ(0, ring_eventfd(&self->ring, -1, 2 * ENTRIES));
	EXPECT_EQ(-EINVAL, ring_eventfd(&self->ring, self->fd, 0));
	EXPECT_EQ(-ENOTTY, call(self->fd, XRSCHED_IOC_RING_EVENTFD, &arg));
}

TEST_F(rings, epoll)
{
	struct epoll_event event = { .events = EPOLLIN };
	int fd = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, epoll_ctl(fd, EPOLL_CTL_ADD, self->ring.fd, &event));
	EXPECT_EQ(0, epoll_wait(fd, &event, 1, 0));
	ring_add(&self->ring, self->slow, 0);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 0));
	ASSERT_EQ(1, epoll_wait(fd, &event, 1, 10000));
	EXPECT_TRUE(event.events & EPOLLIN);
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(0, epoll_wait(fd, &event, 1, 0));
	/* Edges: one for each completion, not for what is there. */
	event.events = EPOLLIN | EPOLLET;
	ASSERT_EQ(0, epoll_ctl(fd, EPOLL_CTL_MOD, self->ring.fd, &event));
	ring_add(&self->ring, self->stream, 1);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 1));
	EXPECT_EQ(1, epoll_wait(fd, &event, 1, 10000));
	EXPECT_EQ(0, epoll_wait(fd, &event, 1, 0));
	close(fd);
}

TEST_F(rings, poll_out)
{
	struct pollfd pfd = { .fd = self->ring.fd, .events = POLLOUT };
	unsigned int i;

	EXPECT_EQ(1, poll(&pfd, 1, 0));
	for (i = 0; i < ENTRIES; i++)
		ring_add(&self->ring, self->stream, i)->release_ns = self->late;
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	EXPECT_EQ(1, ring_enter(&self->ring, 1, 0));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
}

struct waiter {
	struct ring *ring;
	uint32_t min;
	int ret;
};

static void *wait_thread(void *arg)
{
	struct waiter *w = arg;

	w->ret = ring_enter(w->ring, 0, w->min);
	return NULL;
}

/* The mapping goes while somebody waits; the wait does not care. */
TEST_F(rings, munmap_while_waiting)
{
	struct waiter w = { .ring = &self->ring, .min = 1 };
	pthread_t thread;

	ring_add(&self->ring, self->slow, 0);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_thread, &w));
	sleep_ns(10 * MSEC);
	ASSERT_EQ(0, munmap(self->ring.map, self->ring.set.map_size));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, w.ret);
	/* It can be mapped again and has all that was there. */
	self->ring.map = mmap(NULL, self->ring.set.map_size,
			      PROT_READ | PROT_WRITE, MAP_SHARED,
			      self->ring.fd, 0);
	ASSERT_NE(MAP_FAILED, self->ring.map);
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(self->slow, self->done.stream);
}

/* The file is closed by another thread while one waits. */
TEST_F(rings, close_while_waiting)
{
	struct waiter w = { .min = 1 };
	struct ring ring;
	pthread_t thread;

	ASSERT_EQ(0, ring_open(self->fd, &ring, 4));
	w.ring = &ring;
	ring_add(&ring, self->slow, 0);
	ASSERT_EQ(1, ring_enter(&ring, 1, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_thread, &w));
	sleep_ns(10 * MSEC);
	close(ring.fd);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, w.ret);
	EXPECT_EQ(1, ring_ready(&ring));
	munmap(ring.map, ring.set.map_size);
}

/* Everybody who waits has what he waits for. */
TEST_F(rings, several_wait)
{
	struct waiter w[3];
	pthread_t thread[3];
	unsigned int i;

	for (i = 0; i < 3; i++) {
		w[i] = (struct waiter){ .ring = &self->ring, .min = i + 1 };
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, wait_thread,
					    &w[i]));
	}
	for (i = 0; i < 3; i++) {
		ring_add(&self->ring, self->stream, i);
		ASSERT_EQ(1, ring_enter(&self->ring, 1, i + 1));
	}
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
		EXPECT_EQ(0, w[i].ret);
	}
}

struct taker {
	struct ring *ring;
	uint32_t stream;
	unsigned int nr;
	unsigned int failed;
};

/* Submits one at a time and takes each as soon as it is there. */
static void *take_thread(void *arg)
{
	struct taker *t = arg;
	struct xrsched_completion done;
	unsigned int i;

	for (i = 0; i < t->nr; i++) {
		ring_add(t->ring, t->stream, i);
		t->failed += ring_enter(t->ring, 1, 0) != 1;
		while (!ring_get(t->ring, &done))
			sched_yield();
	}
	return NULL;
}

/*
 * Who waited for what another has taken is told that it came, and not that the
 * device has gone.
 */
TEST_F(rings, taken_by_another)
{
	struct taker t = { .ring = &self->ring, .nr = 3000 };
	pthread_t thread;
	int ret;

	ASSERT_LE(0, engine_add_null(CLASS));
	t.stream = stream_create(self->fd, self->model, 0);
	ASSERT_EQ(0, pthread_create(&thread, NULL, take_thread, &t));
	do {
		ret = ring_enter_flags(&self->ring, 0, 1, 0,
				       now_ns() + LONG_NS);
	} while (!ret);
	/* None came for long: it is done, or stalls. */
	EXPECT_EQ(-ETIMEDOUT, ret);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, t.failed);
}

TEST_HARNESS_MAIN
