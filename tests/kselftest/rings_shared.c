// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings: what close(), munmap(), fork(), exec() and a passed-on file do
 * to them.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include "rings_fixture.h"

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
	ASSERT_TRUE(soon(ring_ready(&self->ring)));
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
	ASSERT_TRUE(soon(RING_GET(&ring, cq_overflow) >= 2));
	ring_close(&ring);
	/* Four were in the mapping, two waited for room, one runs. */
	ASSERT_EQ(3, wait_all(self->fd, done, 3));
	EXPECT_EQ(4, done[0].frame);
	EXPECT_EQ(5, done[1].frame);
	EXPECT_EQ(self->slow, done[2].stream);
	EXPECT_EQ(XRSCHED_COMPLETED, done[2].outcome);
	EXPECT_EQ(0, wait_none(self->fd, done, 64));
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

TEST_HARNESS_MAIN
