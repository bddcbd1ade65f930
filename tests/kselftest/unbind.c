// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device is taken away from under its clients, and comes back.
 */
#include <pthread.h>

#include <sys/eventfd.h>

#include "control.h"
#include "ring_helpers.h"

#define DRIVER		"/sys/bus/platform/drivers/xrsched"
#define LAYERS		2
#define LONG_NS		(20 * SEC)

static int write_name(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, "xrsched.0", 9) == 9 ? 0 : -errno;
	close(fd);
	return ret;
}

static int unbind(void)
{
	return write_name(DRIVER "/unbind");
}

static int bind_again(void)
{
	return write_name(DRIVER "/bind");
}

static bool is_bound(void)
{
	return !access(DRIVER "/xrsched.0", F_OK);
}

FIXTURE(unbind) {
	int fd;
	uint32_t model;
	uint32_t stream;
	struct xrsched_completion done[16];
};

FIXTURE_SETUP(unbind)
{
	if (!is_bound())
		ASSERT_EQ(0, bind_again());
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, LAYERS, LONG_NS);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
}

/* The next one begins with a device that knows nothing of this one. */
FIXTURE_TEARDOWN(unbind)
{
	close(self->fd);
	if (!is_bound())
		EXPECT_EQ(0, bind_again());
	EXPECT_TRUE(device_quiet(0, 0));
}

/* One that runs, one behind it, some that are not released yet. */
static int submit_some(FIXTURE_DATA(unbind) *self)
{
	struct xrsched_job job[6];
	unsigned int i;

	for (i = 0; i < 6; i++) {
		job_init(&job[i], self->stream, i);
		if (i >= 2)
			job[i].release_ns = now_ns() + 900 * SEC;
	}
	return submit(self->fd, job, 6);
}

static void expect_all_cancelled(struct __test_metadata *_metadata,
				 FIXTURE_DATA(unbind) *self,
				 const struct xrsched_completion *done,
				 unsigned int nr)
{
	unsigned int seen = 0, i;

	for (i = 0; i < nr; i++) {
		EXPECT_EQ(self->stream, done[i].stream);
		EXPECT_EQ(XRSCHED_CANCELLED, done[i].outcome);
		EXPECT_EQ(XRSCHED_REASON_DEVICE, done[i].reason);
		seen |= 1U << done[i].frame;
	}
	EXPECT_EQ((1U << nr) - 1, seen);
}

/* Every call says so; what was to be read can still be read. */
TEST_F(unbind, calls)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLIN | POLLOUT };
	struct xrsched_stream_stats stats;
	struct xrsched_caps caps;

	ASSERT_EQ(6, submit_some(self));
	ASSERT_EQ(0, unbind());
	EXPECT_EQ(-ENODEV, get_caps(self->fd, &caps));
	EXPECT_EQ(0, model_create(self->fd, 1, MSEC));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENODEV, model_destroy(self->fd, self->model));
	EXPECT_EQ(0, stream_create(self->fd, self->model, 0));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(-ENODEV, stream_destroy(self->fd, self->stream));
	EXPECT_EQ(-ENODEV, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(-ENODEV, submit_one(self->fd, self->stream, 6));
	EXPECT_EQ(-ENODEV, cancel(self->fd, self->stream, 0,
				  XRSCHED_CANCEL_ALL));

	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLIN | POLLHUP, pfd.revents & (POLLIN | POLLOUT | POLLHUP));
	ASSERT_EQ(2, wait_until(self->fd, self->done, 2, 1, 0));
	ASSERT_EQ(4, wait_all(self->fd, &self->done[2], 4));
	expect_all_cancelled(_metadata, self, self->done, 6);
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLHUP, pfd.revents & (POLLIN | POLLOUT | POLLHUP));
	EXPECT_EQ(-ENODEV, wait_until(self->fd, self->done, 2, 1, 0));
	EXPECT_EQ(-ENODEV, wait_none(self->fd, self->done, 2));
	EXPECT_EQ(-1, read(self->fd, self->done, sizeof(self->done)));
	EXPECT_EQ(ENODEV, errno);
}

/* Fewer than were waited for are all there will ever be. */
TEST_F(unbind, fewer_than_min)
{
	ASSERT_EQ(6, submit_some(self));
	ASSERT_EQ(0, unbind());
	EXPECT_EQ(6, wait_until(self->fd, self->done, 16, 10, 0));
	EXPECT_EQ(-ENODEV, wait_until(self->fd, self->done, 16, 10, 0));
}

TEST_F(unbind, read_what_is_left)
{
	const size_t size = sizeof(struct xrsched_completion);

	ASSERT_EQ(6, submit_some(self));
	ASSERT_EQ(0, unbind());
	EXPECT_EQ(6 * size, read(self->fd, self->done, sizeof(self->done)));
	expect_all_cancelled(_metadata, self, self->done, 6);
	EXPECT_EQ(-1, read(self->fd, self->done, sizeof(self->done)));
	EXPECT_EQ(ENODEV, errno);
}

TEST_F(unbind, node_goes_and_comes)
{
	struct xrsched_caps caps;
	int fd;

	ASSERT_EQ(0, unbind());
	EXPECT_EQ(-1, open_device());
	EXPECT_EQ(ENOENT, errno);
	ASSERT_EQ(0, bind_again());
	fd = open_device();
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, get_caps(fd, &caps));
	/* It is a new one, with nothing of the old one's. */
	EXPECT_EQ(0, caps.engines);
	EXPECT_EQ(0, caps.device);
	/* The old file stays with the old device. */
	EXPECT_EQ(-ENODEV, get_caps(self->fd, &caps));
	EXPECT_EQ(0, engine_add(CLASS));
	self->stream = stream_create(fd, model_create(fd, 1, MSEC), 0);
	ASSERT_EQ(1, submit_one(fd, self->stream, 0));
	EXPECT_EQ(1, wait_all(fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	close(fd);
}

/*
 * Those who wait are woken up.
 */
struct waiter {
	int fd;
	uint32_t stream;
	int ret;
	struct xrsched_completion done[16];
};

static void *do_wait(void *arg)
{
	struct waiter *w = arg;

	w->ret = wait_until(w->fd, w->done, 16, 1, 0);
	return NULL;
}

static void *do_wait_for_many(void *arg)
{
	struct waiter *w = arg;

	w->ret = wait_until(w->fd, w->done, 16, 16, 0);
	return NULL;
}

static void *do_read(void *arg)
{
	struct waiter *w = arg;

	w->ret = read(w->fd, w->done, sizeof(w->done));
	if (w->ret < 0)
		w->ret = -errno;
	return NULL;
}

static void *do_poll(void *arg)
{
	struct waiter *w = arg;
	struct pollfd pfd = { .fd = w->fd };

	w->ret = poll(&pfd, 1, 20000) == 1 ? pfd.revents & POLLHUP : -1;
	return NULL;
}

static void *do_submit(void *arg)
{
	struct waiter *w = arg;
	struct xrsched_job job;

	job_init(&job, w->stream, 6);
	job.release_ns = now_ns() + 901 * SEC;
	w->ret = submit_flags(w->fd, &job, 1, XRSCHED_SUBMIT_WAIT, 0);
	return NULL;
}

static int wake_up(FIXTURE_DATA(unbind) *self, struct waiter *w,
		   void *(*wait)(void *arg))
{
	pthread_t thread;
	int ret;

	w->fd = self->fd;
	w->stream = self->stream;
	if (pthread_create(&thread, NULL, wait, w))
		return -1;
	sleep_ns(100 * MSEC);
	ret = unbind();
	pthread_join(thread, NULL);
	return ret;
}

TEST_F(unbind, wakes_waiter)
{
	struct waiter w = {};

	ASSERT_EQ(0, wake_up(self, &w, do_wait));
	EXPECT_EQ(-ENODEV, w.ret);
}

TEST_F(unbind, wakes_waiter_with_jobs)
{
	struct waiter w = {};

	ASSERT_EQ(6, submit_some(self));
	ASSERT_EQ(0, wake_up(self, &w, do_wait_for_many));
	EXPECT_EQ(6, w.ret);
	expect_all_cancelled(_metadata, self, w.done, 6);
}

TEST_F(unbind, wakes_reader)
{
	struct waiter w = {};

	ASSERT_EQ(0, wake_up(self, &w, do_read));
	EXPECT_EQ(-ENODEV, w.ret);
}

TEST_F(unbind, wakes_poll)
{
	struct waiter w = {};

	ASSERT_EQ(0, wake_up(self, &w, do_poll));
	EXPECT_EQ(POLLHUP, w.ret);
}

TEST_F(unbind, wakes_submitter)
{
	struct waiter w = {};
	long limit;

	ASSERT_EQ(6, submit_some(self));
	limit = param_set(PARAMETERS "max_jobs", 6);
	ASSERT_LT(0, limit);
	EXPECT_EQ(0, wake_up(self, &w, do_submit));
	EXPECT_EQ(-ENODEV, w.ret);
	EXPECT_EQ(6, param_set(PARAMETERS "max_jobs", limit));
}

/* Jobs of streams that follow others are cancelled, too, not dropped. */
TEST_F(unbind, downstream)
{
	uint32_t down = stream_create(self->fd, self->model, self->stream);
	unsigned int i;

	ASSERT_NE(0, down);
	ASSERT_EQ(6, submit_some(self));
	for (i = 0; i < 6; i++)
		ASSERT_EQ(1, submit_one(self->fd, down, i));
	ASSERT_EQ(0, unbind());
	ASSERT_EQ(12, wait_until(self->fd, self->done, 16, 12, 0));
	for (i = 0; i < 12; i++) {
		EXPECT_EQ(XRSCHED_CANCELLED, self->done[i].outcome);
		EXPECT_EQ(XRSCHED_REASON_DEVICE, self->done[i].reason);
	}
}

/* Closed after the device has gone, with completions unread. */
TEST_F(unbind, close_after)
{
	int other = open_device();

	ASSERT_LE(0, other);
	ASSERT_EQ(6, submit_some(self));
	ASSERT_EQ(0, unbind());
	ASSERT_EQ(0, close(self->fd));
	ASSERT_EQ(0, bind_again());
	EXPECT_TRUE(device_quiet(0, 0));
	self->fd = other;
}

/* Who would be told by an eventfd that it went is told by the call. */
TEST_F(unbind, ring_eventfd)
{
	struct xrsched_ring_eventfd arg = { .size = sizeof(arg), .fd = -1 };
	struct ring ring;

	ASSERT_EQ(0, ring_open(self->fd, &ring, 4));
	arg.fd = eventfd(0, EFD_CLOEXEC);
	ASSERT_LE(0, arg.fd);
	ASSERT_EQ(0, unbind());
	EXPECT_EQ(-ENODEV, call(ring.fd, XRSCHED_IOC_RING_EVENTFD, &arg));
	close(arg.fd);
	ring_close(&ring);
}

/* The device comes and goes while others open, use and close it. */
static void user(void)
{
	struct xrsched_completion done[16];
	uint32_t stream;
	unsigned int i;
	int fd;

	for (;;) {
		fd = open_device();
		if (fd < 0)
			continue;
		stream = stream_create(fd, model_create(fd, 2, 50 * USEC), 0);
		for (i = 0; i < 20; i++) {
			if (submit_one(fd, stream, i) != 1)
				break;
			wait_until(fd, done, 16, i % 2, now_ns() + 5 * MSEC);
		}
		close(fd);
	}
}

TEST_F(unbind, again_and_again)
{
	pid_t pid[3];
	unsigned int i;

	close(self->fd);
	self->fd = -1;
	for (i = 0; i < 3; i++) {
		pid[i] = fork();
		ASSERT_LE(0, pid[i]);
		if (!pid[i])
			user();
	}
	for (i = 0; i < 10; i++) {
		sleep_ns(20 * MSEC);
		EXPECT_EQ(0, unbind());
		EXPECT_EQ(0, bind_again());
		EXPECT_EQ(0, engine_add(CLASS));
	}
	for (i = 0; i < 3; i++) {
		kill(pid[i], SIGKILL);
		EXPECT_EQ(pid[i], waitpid(pid[i], NULL, 0));
	}
}

/* Policies and engines are set while the device comes and goes. */
static void *control(void *arg)
{
	bool *stop = arg;

	while (!__atomic_load_n(stop, __ATOMIC_ACQUIRE)) {
		int id = engine_add(CLASS);

		policy_set("edf");
		if (id >= 0)
			engine_del(id);
	}
	return NULL;
}

/* Whoever looks at its state sees all of it, or that it is gone. */
static void *look(void *arg)
{
	struct waiter *w = arg;
	char buf[4096];
	ssize_t len;
	int fd;

	while (!__atomic_load_n(&w->ret, __ATOMIC_ACQUIRE)) {
		fd = open("/sys/kernel/debug/xrsched/0/state", O_RDONLY);
		if (fd < 0)
			continue;
		len = read(fd, buf, sizeof(buf));
		if (len > 0 && memcmp(buf, "device 0", 8))
			w->stream++;
		close(fd);
	}
	return NULL;
}

TEST_F(unbind, under_observation)
{
	struct waiter w = {};
	pthread_t thread;
	unsigned int i;

	ASSERT_EQ(6, submit_some(self));
	ASSERT_EQ(0, pthread_create(&thread, NULL, look, &w));
	for (i = 0; i < 10; i++) {
		sleep_ns(10 * MSEC);
		EXPECT_EQ(0, unbind());
		EXPECT_EQ(0, bind_again());
	}
	__atomic_store_n(&w.ret, 1, __ATOMIC_RELEASE);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, w.stream);
}

TEST_F(unbind, under_control)
{
	bool stop = false;
	pthread_t thread;
	unsigned int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, control, &stop));
	for (i = 0; i < 10; i++) {
		sleep_ns(10 * MSEC);
		EXPECT_EQ(0, unbind());
		EXPECT_EQ(0, bind_again());
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

TEST_HARNESS_MAIN
