// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings, used as they are meant to be: submission, completion, waiting,
 * and what fork(), munmap(), close() and a passed-on file do to them.
 */
#include <ctype.h>
#include <dirent.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "control.h"
#include "ring_helpers.h"

#define ENTRIES		16
/* Long enough for a slow machine to do something meanwhile. */
#define LONG_NS		(100 * MSEC)

FIXTURE(rings) {
	int fd;
	uint32_t model;
	uint32_t stream;	/* of layers that take 1 ms */
	uint32_t slow;		/* … LONG_NS */
	struct ring ring;
	struct xrsched_completion done;
	uint64_t late;		/* a release that no test lives to see */
};

FIXTURE_SETUP(rings)
{
	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, 1, MSEC);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
	self->slow = stream_create(self->fd,
				   model_create(self->fd, 1, LONG_NS), 0);
	ASSERT_NE(0, self->slow);
	ASSERT_EQ(0, ring_open(self->fd, &self->ring, ENTRIES));
	self->late = now_ns() + 900 * SEC;
}

FIXTURE_TEARDOWN(rings)
{
	ring_close(&self->ring);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

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

/* A ring keeps its client; what the file's owner created is still there. */
TEST_F(rings, outlives_the_file)
{
	close(self->fd);
	ring_add(&self->ring, self->stream, 0);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 1));
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	EXPECT_TRUE(device_quiet(1, 2));
	self->fd = -1;
}

/* So does a mapping. */
TEST_F(rings, mapping_outlives_the_files)
{
	ring_add(&self->ring, self->slow, 0);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 0));
	close(self->ring.fd);
	close(self->fd);
	while (!ring_ready(&self->ring))
		sleep_ns(MSEC);
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	self->fd = -1;
}

/* What a ring had not delivered when it went, the client's queue has. */
TEST_F(rings, goes_in_flight)
{
	struct xrsched_completion done[64];
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(0, ring_open(self->fd, &ring, 2));
	for (i = 0; i < 6; i++) {
		ring_add(&ring, self->stream, i);
		ASSERT_EQ(1, ring_enter(&ring, 1, i < 4 ? i + 1 : 0));
	}
	ring_add(&ring, self->slow, 0);
	ASSERT_EQ(1, ring_enter(&ring, 1, 0));
	while (RING_GET(&ring, cq_overflow) < 2)
		sleep_ns(MSEC);
	ring_close(&ring);
	/* Four were in the mapping, two waited for room, one runs. */
	ASSERT_EQ(3, wait_all(self->fd, done, 3));
	EXPECT_EQ(4, done[0].frame);
	EXPECT_EQ(5, done[1].frame);
	EXPECT_EQ(self->slow, done[2].stream);
	EXPECT_EQ(XRSCHED_COMPLETED, done[2].outcome);
	EXPECT_EQ(0, wait_none(self->fd, done, 64));
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

/* A part of it goes: the kernel's view stays whole. */
TEST_F(rings, munmap_part)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(0, ring_open(self->fd, &ring, 256));
	ASSERT_LT(2 * getpagesize(), (int)ring.set.map_size);
	for (i = 0; i < 256; i++)
		ring_add(&ring, self->stream, i)->release_ns = self->late;
	ASSERT_EQ(0, munmap(ring.map + getpagesize(),
			    ring.set.map_size - getpagesize()));
	EXPECT_EQ(256, ring_enter(&ring, 256, 0));
	EXPECT_EQ(256, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(256, RING_GET(&ring, cq_tail));
	munmap(ring.map, getpagesize());
	close(ring.fd);
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

/* A child has the same ring, as a thread would. */
TEST_F(rings, fork)
{
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ring_add(&self->ring, self->stream, 0);
		_exit(ring_enter(&self->ring, 1, 1) != 1);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(0, self->done.frame);
	/* What the child did, the parent sees. */
	ring_add(&self->ring, self->stream, 1);
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 1));
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(1, self->done.frame);
}

/* exec() takes mapping and file away, and with the last of them the client. */
TEST_F(rings, exec)
{
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct ring ring;
		int fd = open_device();
		uint32_t stream = stream_create(fd, model_create(fd, 1, MSEC),
						0);

		if (ring_open(fd, &ring, 4))
			_exit(1);
		ring_add(&ring, stream, 0)->release_ns = self->late;
		if (ring_enter(&ring, 1, 0) != 1)
			_exit(2);
		execl("/bin/true", "true", NULL);
		_exit(3);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(device_quiet(1, 2));
}

static int send_fd(int sock, int fd)
{
	char buf[CMSG_SPACE(sizeof(int))] = {};
	struct iovec iov = { .iov_base = "r", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = buf, .msg_controllen = sizeof(buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	return sendmsg(sock, &msg, 0);
}

static int receive_fd(int sock)
{
	char buf[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = buf, .msg_controllen = sizeof(buf),
	};
	int fd = -1;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&msg))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* Whoever is given the file can use the rings, in another process too. */
TEST_F(rings, passed_on)
{
	int sock[2], status;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct ring ring = self->ring;

		/* Nothing but what comes through the socket. */
		munmap(ring.map, ring.set.map_size);
		close(ring.fd);
		close(self->fd);
		ring.fd = receive_fd(sock[1]);
		ring.map = mmap(NULL, ring.set.map_size, PROT_READ | PROT_WRITE,
				MAP_SHARED, ring.fd, 0);
		if (ring.map == MAP_FAILED)
			_exit(1);
		ring_add(&ring, self->stream, 5);
		_exit(ring_enter(&ring, 1, 1) != 1);
	}
	ASSERT_EQ(1, send_fd(sock[0], self->ring.fd));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(5, self->done.frame);
	close(sock[0]);
	close(sock[1]);
}

/* Nobody holds it but a message that nobody reads. */
TEST_F(rings, lost_in_a_socket)
{
	struct ring ring;
	int sock[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	ASSERT_EQ(0, ring_open(self->fd, &ring, 4));
	ring_add(&ring, self->slow, 0);
	ASSERT_EQ(1, ring_enter(&ring, 1, 0));
	ASSERT_EQ(1, send_fd(sock[0], ring.fd));
	ring_close(&ring);
	close(sock[0]);
	close(sock[1]);
	EXPECT_EQ(1, wait_all(self->fd, &self->done, 1));
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

/* ----- the thread -------------------------------------------------------- */

static int poll_open(int fd, struct ring *ring, uint32_t idle_us)
{
	ring_setup_init(&ring->set, ENTRIES);
	ring->set.flags = XRSCHED_RING_POLL;
	ring->set.idle_us = idle_us;
	return ring_open_as(fd, ring);
}

static bool becomes(struct ring *ring, uint32_t flag, bool on)
{
	uint64_t until = now_ns() + 10 * SEC;

	while (now_ns() < until) {
		if (!(RING_GET(ring, sq_flags) & flag) != on)
			return true;
		sleep_ns(MSEC);
	}
	return false;
}

/* Nothing is called to submit. */
TEST_F(rings, thread)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(0, poll_open(self->fd, &ring, 1000000));
	for (i = 0; i < 40; i++) {
		ring_add(&ring, self->stream, i);
		while (!ring_get(&ring, &self->done))
			sleep_ns(MSEC / 10);
		EXPECT_EQ(i, self->done.frame);
		EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	}
	EXPECT_EQ(-EINVAL, ring_enter(&ring, 1, 0));
	ring_close(&ring);
}

/* It sleeps when nothing comes, says so, and is woken. */
TEST_F(rings, thread_sleeps)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	for (i = 0; i < 5; i++) {
		ASSERT_TRUE(becomes(&ring, XRSCHED_SQ_NEED_WAKEUP, true));
		ring_add(&ring, self->stream, i);
		sleep_ns(5 * MSEC);
		EXPECT_EQ(i, RING_GET(&ring, sq_head));
		ASSERT_EQ(0, ring_enter_flags(&ring, 0, 1, XRSCHED_ENTER_WAKEUP,
					      now_ns() + 10 * SEC));
		EXPECT_TRUE(ring_get(&ring, &self->done));
	}
	EXPECT_EQ(-EINVAL, ring_enter_flags(&self->ring, 0, 0,
					    XRSCHED_ENTER_WAKEUP, 0));
	ring_close(&ring);
}

/* The barriers on both sides: no entry is ever forgotten. */
TEST_F(rings, thread_race)
{
	struct ring ring;
	unsigned int i;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	for (i = 0; i < 2000; i++) {
		ring_add(&ring, self->stream, i);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		if (RING_GET(&ring, sq_flags) & XRSCHED_SQ_NEED_WAKEUP)
			ASSERT_EQ(0, ring_enter_flags(&ring, 0, 0,
						      XRSCHED_ENTER_WAKEUP, 0));
		ASSERT_EQ(0, ring_enter(&ring, 0, 1));
		ASSERT_TRUE(ring_get(&ring, &self->done));
	}
	ring_close(&ring);
}

/* An entry that finds no room is taken when there is, by itself. */
TEST_F(rings, thread_no_room)
{
	struct ring ring;
	unsigned int i;
	long limit;

	limit = param_set(PARAMETERS "max_jobs", 2);
	ASSERT_LT(0, limit);
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	ASSERT_TRUE(becomes(&ring, XRSCHED_SQ_NEED_WAKEUP, true));
	for (i = 0; i < 9; i++)
		ring_add(&ring, self->stream, i);
	ASSERT_EQ(0, ring_enter_flags(&ring, 0, 9, XRSCHED_ENTER_WAKEUP,
				      now_ns() + 10 * SEC));
	EXPECT_EQ(9, ring_ready(&ring));
	ring_close(&ring);
	EXPECT_EQ(2, param_set(PARAMETERS "max_jobs", limit));
}

/* The kernel's thread of a ring of ours, by its name; 0: there is none. */
static pid_t find_thread(void)
{
	char path[64], name[32];
	struct dirent *entry;
	pid_t found = 0;
	DIR *proc = opendir("/proc");
	FILE *comm;

	while (proc && (entry = readdir(proc))) {
		snprintf(path, sizeof(path), "/proc/%.20s/comm", entry->d_name);
		comm = isdigit(entry->d_name[0]) ? fopen(path, "r") : NULL;
		if (!comm)
			continue;
		if (fgets(name, sizeof(name), comm) &&
		    !strncmp(name, "xrsched-sq/", 11))
			found = atoi(entry->d_name);
		fclose(comm);
	}
	if (proc)
		closedir(proc);
	return found;
}

/* Whether a line of its /proc/PID/cgroup ends with @group. */
static bool in_group(pid_t pid, const char *group)
{
	char path[64], line[256] = "";
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/cgroup", pid);
	file = fopen(path, "r");
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		found |= strlen(line) >= strlen(group) &&
			 !strcmp(line + strlen(line) - strlen(group), group);
	}
	if (file)
		fclose(file);
	return found;
}

#define GROUP_DIR "/tmp/xrsched-cgroup"

/* A process of less importance, in a group of its own; 0, or what is wrong. */
static int poll_in_group(int fd)
{
	struct ring ring;
	pid_t thread;
	FILE *procs = fopen(GROUP_DIR "/xrtest/cgroup.procs", "w");

	if (!procs || fprintf(procs, "0") < 0 || fclose(procs))
		return 1;
	if (nice(5) != 5)
		return 2;
	if (poll_open(fd, &ring, 1000))
		return 3;
	thread = find_thread();
	if (!thread)
		return 4;
	if (!in_group(thread, "/xrtest"))
		return 5;
	return getpriority(PRIO_PROCESS, thread) == 5 ? 0 : 6;
}

/* Who has a thread look for entries pays for it, see ring_start_thread(). */
TEST_F(rings, thread_is_charged)
{
	int status;
	pid_t pid;

	mkdir(GROUP_DIR, 0755);
	if (mount("none", GROUP_DIR, "cgroup2", 0, NULL))
		SKIP(return, "no cgroup2");
	mkdir(GROUP_DIR "/xrtest", 0755);
	pid = fork();
	if (!pid)
		_exit(poll_in_group(self->fd));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	/* The thread goes with the ring, a moment later. */
	for (status = 0; status < 100 && rmdir(GROUP_DIR "/xrtest"); status++)
		sleep_ns(20 * MSEC);
	umount(GROUP_DIR);
	rmdir(GROUP_DIR);
}

/* A thread that sleeps, and one that does not, go with the file. */
TEST_F(rings, thread_goes)
{
	struct ring ring;

	ASSERT_EQ(0, poll_open(self->fd, &ring, 1));
	ASSERT_TRUE(becomes(&ring, XRSCHED_SQ_NEED_WAKEUP, true));
	ring_close(&ring);
	ASSERT_EQ(0, poll_open(self->fd, &ring, 1000000));
	ring_close(&ring);
	EXPECT_TRUE(device_quiet(1, 2));
}

/* ----- memory ------------------------------------------------------------ */

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
