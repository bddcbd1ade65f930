// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that are shared, passed on, closed amid everything, and processes that
 * are killed.  Nothing may be left of them.
 */
#include <pthread.h>
#include <sys/socket.h>

#include "control.h"
#include "helpers.h"

#define LAYERS		2
#define LATENCY_NS	(3 * MSEC)

FIXTURE(lifetime) {
	int fd;
	uint32_t stream;
	struct xrsched_completion done[16];
};

/* A client with a stream; returns the file, or -1. */
static int client_open(uint32_t *stream)
{
	int fd = open_device();
	uint32_t model;

	if (fd < 0)
		return fd;
	model = model_create(fd, LAYERS, LATENCY_NS);
	*stream = stream_create(fd, model, 0);
	return *stream ? fd : -1;
}

FIXTURE_SETUP(lifetime)
{
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = client_open(&self->stream);
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(lifetime)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* One that runs, one behind it, and some that are not released yet. */
static int submit_some(int fd, uint32_t stream)
{
	struct xrsched_job job[6];
	unsigned int i;

	for (i = 0; i < 6; i++) {
		job_init(&job[i], stream, i);
		if (i >= 2)
			job[i].release_ns = now_ns() + 900 * SEC;
	}
	return submit(fd, job, 6);
}

/* Exit code of a child, -1 if it ended otherwise. */
static int child_code(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

TEST_F(lifetime, closed_in_flight)
{
	uint32_t down = stream_create(self->fd, model_create(self->fd, 1, MSEC),
				      self->stream);

	ASSERT_NE(0, down);
	ASSERT_EQ(6, submit_some(self->fd, self->stream));
	ASSERT_EQ(6, submit_some(self->fd, down));
	ASSERT_EQ(0, close(self->fd));
	EXPECT_TRUE(device_quiet(0, 0));
	/* The device goes on. */
	self->fd = client_open(&self->stream);
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

/* What runs takes its time, unless its engine goes. */
TEST_F(lifetime, closed_in_long_layer)
{
	uint32_t model = model_create(self->fd, 1, 100 * SEC);
	uint32_t stream = stream_create(self->fd, model, 0);

	ASSERT_NE(0, stream);
	ASSERT_EQ(1, submit_one(self->fd, stream, 0));
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	EXPECT_TRUE(device_quiet(0, 1));
	ASSERT_EQ(0, engine_del(0));
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(lifetime, closed_unread)
{
	ASSERT_EQ(6, submit_some(self->fd, self->stream));
	ASSERT_LE(4, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	ASSERT_EQ(0, close(self->fd));
	EXPECT_TRUE(device_quiet(0, 0));
	self->fd = -1;
}

/* Many at once, each with jobs, opened and closed in another order. */
TEST_F(lifetime, many_files)
{
	uint32_t stream;
	int fd[64];
	unsigned int i;

	for (i = 0; i < 64; i++) {
		fd[i] = client_open(&stream);
		ASSERT_LE(0, fd[i]);
		ASSERT_EQ(6, submit_some(fd[i], stream));
	}
	for (i = 0; i < 64; i++)
		close(fd[i * 37 % 64]);
	EXPECT_TRUE(device_quiet(1, 1));
}

TEST_F(lifetime, shared_by_fork)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		int ret = submit_one(self->fd, self->stream, 0);

		close(self->fd);
		_exit(ret != 1);
	}
	EXPECT_EQ(0, child_code(pid));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_EQ(1, submit_one(self->fd, self->stream, 1));
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
}

/* The parent's goes, the child's stays. */
TEST_F(lifetime, outlives_parent)
{
	int pipefd[2];
	pid_t pid;
	char byte;

	ASSERT_EQ(0, pipe(pipefd));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(pipefd[1]);
		/* Until the parent has closed its file. */
		if (read(pipefd[0], &byte, 1) != 1)
			_exit(2);
		_exit(submit_one(self->fd, self->stream, 0) != 1 ||
		      wait_all(self->fd, self->done, 1) != 1 ||
		      self->done[0].outcome != XRSCHED_COMPLETED);
	}
	close(pipefd[0]);
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	EXPECT_TRUE(device_quiet(1, 1));
	ASSERT_EQ(1, write(pipefd[1], "", 1));
	EXPECT_EQ(0, child_code(pid));
}

TEST_F(lifetime, dup)
{
	int copy = dup(self->fd);

	ASSERT_LE(0, copy);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, close(self->fd));
	self->fd = copy;
	ASSERT_EQ(1, wait_all(copy, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

static int send_fd(int sock, int fd)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u = {};
	struct iovec iov = { .iov_base = "", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = u.buf, .msg_controllen = sizeof(u.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	return sendmsg(sock, &msg, 0) == 1 ? 0 : -1;
}

static int receive_fd(int sock)
{
	union {
		char buf[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} u;
	char byte;
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = u.buf, .msg_controllen = sizeof(u.buf),
	};
	int fd;

	if (recvmsg(sock, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

TEST_F(lifetime, passed_on)
{
	int sock[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(sock[0]);
		close(self->fd);
		fd = receive_fd(sock[1]);
		_exit(fd < 0 || submit_one(fd, self->stream, 0) != 1 ||
		      wait_all(fd, self->done, 1) != 1 ||
		      self->done[0].outcome != XRSCHED_COMPLETED);
	}
	close(sock[1]);
	ASSERT_EQ(0, send_fd(sock[0], self->fd));
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	EXPECT_EQ(0, child_code(pid));
}

/* On its way in a socket that nobody reads any more. */
TEST_F(lifetime, lost_on_its_way)
{
	int sock[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	ASSERT_EQ(6, submit_some(self->fd, self->stream));
	ASSERT_EQ(0, send_fd(sock[0], self->fd));
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	EXPECT_TRUE(device_quiet(1, 1));
	close(sock[0]);
	close(sock[1]);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* A program that was started with the file open reads from it. */
static int exec_reader(int fd, bool keep)
{
	char script[64];
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? -1 : child_code(pid);
	if (keep && fcntl(fd, F_SETFD, 0))
		_exit(126);
	snprintf(script, sizeof(script),
		 "exec 2>/dev/null; test $(head -c %zu <&%d | wc -c) = %zu",
		 sizeof(struct xrsched_completion), fd,
		 sizeof(struct xrsched_completion));
	execl("/bin/sh", "sh", "-c", script, NULL);
	_exit(127);
}

TEST_F(lifetime, kept_by_exec)
{
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	EXPECT_EQ(0, exec_reader(self->fd, true));
}

TEST_F(lifetime, closed_by_exec)
{
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	EXPECT_EQ(1, exec_reader(self->fd, false));
}

/* Closed by one thread while another waits: who waits still holds it. */
struct waiter {
	int fd;
	uint64_t timeout_ns;
	int ret;
	struct xrsched_completion done;
};

static void *wait_for_one(void *arg)
{
	struct waiter *w = arg;

	w->ret = wait_until(w->fd, &w->done, 1, 1, w->timeout_ns);
	return NULL;
}

TEST_F(lifetime, closed_while_waiting)
{
	struct waiter w = {
		.fd = self->fd, .timeout_ns = now_ns() + 400 * MSEC,
	};
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_one, &w));
	sleep_ns(100 * MSEC);
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(-ETIMEDOUT, w.ret);
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(lifetime, closed_while_one_comes)
{
	struct waiter w = {
		.fd = self->fd, .timeout_ns = now_ns() + 10 * SEC,
	};
	pthread_t thread;

	ASSERT_EQ(1, submit_at(self->fd, self->stream, 0,
			       now_ns() + 400 * MSEC));
	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_one, &w));
	sleep_ns(100 * MSEC);
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(1, w.ret);
	EXPECT_EQ(XRSCHED_COMPLETED, w.done.outcome);
}

/* Threads use the file while it is closed under them. */
static void *use(void *arg)
{
	struct waiter *w = arg;
	uint64_t frame;
	uint32_t stream;
	int fd = w->fd;

	stream = stream_create(fd, model_create(fd, 1, 50 * USEC), 0);
	for (frame = 0; frame < 200; frame++) {
		submit_one(fd, stream, frame);
		cancel(fd, stream, frame, 0);
		wait_none(fd, &w->done, 1);
	}
	return NULL;
}

TEST_F(lifetime, closed_while_used)
{
	struct waiter w[4];
	pthread_t thread[4];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		w[i].fd = self->fd;
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, use, &w[i]));
	}
	sleep_ns(15 * MSEC);
	ASSERT_EQ(0, close(self->fd));
	self->fd = -1;
	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_join(thread[i], NULL));
	EXPECT_TRUE(device_quiet(0, 0));
}

/* A process is killed, whatever it does at that moment. */
static pid_t start_victim(void (*run)(int fd, uint32_t stream))
{
	pid_t pid = fork();
	uint32_t stream;
	int fd;

	if (pid)
		return pid;
	fd = client_open(&stream);
	if (fd >= 0)
		run(fd, stream);
	_exit(1);
}

static void killed(struct __test_metadata *_metadata, pid_t pid)
{
	int status;

	ASSERT_EQ(0, kill(pid, SIGKILL));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
}

static void victim_waits(int fd, uint32_t stream)
{
	struct xrsched_completion done[6];

	submit_some(fd, stream);
	wait_until(fd, done, 6, 6, 0);
}

TEST_F(lifetime, killed_waiting)
{
	pid_t pid = start_victim(victim_waits);

	ASSERT_LT(0, pid);
	EXPECT_TRUE(device_quiet(2, 2));
	killed(_metadata, pid);
	EXPECT_TRUE(device_quiet(1, 1));
}

static void victim_submits(int fd, uint32_t stream)
{
	struct xrsched_completion done[16];
	uint64_t frame;

	for (frame = 0;; frame++) {
		submit_one(fd, stream, frame);
		if (frame % 3 == 0)
			cancel(fd, stream, frame, 0);
		wait_none(fd, done, 16);
	}
}

TEST_F(lifetime, killed_submitting)
{
	unsigned int i;
	pid_t pid[4];

	for (i = 0; i < 4; i++)
		pid[i] = start_victim(victim_submits);
	for (i = 0; i < 12; i++) {
		sleep_ns(5 * MSEC);
		killed(_metadata, pid[i % 4]);
		pid[i % 4] = start_victim(victim_submits);
	}
	for (i = 0; i < 4; i++)
		killed(_metadata, pid[i]);
	EXPECT_TRUE(device_quiet(1, 1));
}

static void victim_builds(int fd, uint32_t stream)
{
	for (;;) {
		uint32_t model = model_create(fd, MAX_LAYERS, MSEC);
		uint32_t down = stream_create(fd, model, stream);

		submit_at(fd, down, 0, now_ns() + 900 * SEC);
		stream_destroy(fd, down);
		model_destroy(fd, model);
	}
}

TEST_F(lifetime, killed_building)
{
	unsigned int i;
	pid_t pid;

	for (i = 0; i < 12; i++) {
		pid = start_victim(victim_builds);
		ASSERT_LT(0, pid);
		sleep_ns((1 + i) * MSEC);
		killed(_metadata, pid);
	}
	EXPECT_TRUE(device_quiet(1, 1));
}

TEST_HARNESS_MAIN
