// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buffers that go along with jobs: what is taken for one, who gets to see it,
 * and when it is let go.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <linux/udmabuf.h>
#include <linux/xrsched_server.h>
#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"
#include "memory_file.h"
#include "ring_helpers.h"

#define LAYERS	2

FIXTURE(buffers) {
	int fd;			/* of the client */
	int server;
	uint32_t stream;
	const struct xrsched_server_slot *slot;
	size_t map_bytes;
	struct xrsched_job job[4];
	struct xrsched_completion done[4];
};

FIXTURE_SETUP(buffers)
{
	struct xrsched_serve s = {
		.size = sizeof(s),
		.queues = 1,
		.watchdog_ms = 20000,
	};
	unsigned int i;

	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	strcpy(s.class_name, CLASS);
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_SERVE, &s));
	self->server = s.fd;
	self->map_bytes = s.map_bytes;
	self->slot = mmap(NULL, s.map_bytes, PROT_READ, MAP_SHARED, s.fd, 0);
	ASSERT_NE(MAP_FAILED, self->slot);
	self->stream =
		stream_create(self->fd, model_create(self->fd, LAYERS, MSEC), 0);
	ASSERT_NE(0, self->stream);
	for (i = 0; i < ARRAY_SIZE(self->job); i++)
		job_init(&self->job[i], self->stream, i);
}

static void server_dies(FIXTURE_DATA(buffers) *self)
{
	if (self->server < 0)
		return;
	munmap((void *)self->slot, self->map_bytes);
	close(self->server);
	self->server = -1;
}

FIXTURE_TEARDOWN(buffers)
{
	server_dies(self);
	if (self->fd >= 0)
		close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* ----- helpers ----------------------------------------------------------- */

static int submit_with(int fd, struct xrsched_job *job, const int32_t *fds,
		       uint32_t nr)
{
	job->flags = XRSCHED_JOB_BUFFERS;
	job->buffers = (uintptr_t)fds;
	job->nr_buffers = nr;
	return submit(fd, job, 1);
}

static int next(int fd, uint32_t flags, uint64_t *seq, uint32_t status,
		int32_t *fds, uint32_t max)
{
	struct xrsched_server_args n = {
		.size = sizeof(n),
		.flags = flags,
		.status = status,
		.seq = *seq,
		.timeout_ns = now_ns() + 10 * SEC,
		.buffers = (uintptr_t)fds,
		.max_buffers = max,
	};
	int ret = call(fd, XRSCHED_IOC_SERVER_NEXT, &n);

	*seq = n.seq;
	return ret ?: (int)n.nr_buffers;
}

static int fetch(int fd, uint64_t *seq, int32_t *fds, uint32_t max)
{
	return next(fd, XRSCHED_NEXT_FETCH | XRSCHED_NEXT_BUFFERS, seq, 0, fds,
		    max);
}

static int commit(int fd, uint64_t seq, uint32_t status)
{
	return next(fd, XRSCHED_NEXT_COMMIT, &seq, status, NULL, 0);
}

static bool reads(int fd, const char *text)
{
	char got[16] = "";

	return pread(fd, got, sizeof(got) - 1, 0) == (ssize_t)strlen(text) &&
	       !strcmp(got, text);
}

/* Whether a file descriptor is free: none was left open by a call. */
static int free_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* ----- what servers get -------------------------------------------------- */

TEST_F(buffers, reach_the_server)
{
	struct memory a, b;
	int32_t fds[2], got[XRSCHED_MAX_BUFFERS];
	uint64_t seq = 0;
	unsigned int i;

	ASSERT_EQ(0, memory_open(&a, "one"));
	ASSERT_EQ(0, memory_open(&b, "two"));
	fds[0] = b.fd;
	fds[1] = a.fd;
	ASSERT_EQ(1, submit_with(self->fd, self->job, fds, 2));
	/* They are the job's now: the client need not keep them. */
	close(a.fd);
	close(b.fd);
	for (i = 0; i < LAYERS; i++) {
		ASSERT_EQ(2, fetch(self->server, &seq, got, 8));
		EXPECT_EQ(2, self->slot->nr_buffers);
		EXPECT_TRUE(reads(got[0], "two"));
		EXPECT_TRUE(reads(got[1], "one"));
		EXPECT_EQ(FD_CLOEXEC, fcntl(got[0], F_GETFD));
		close(got[0]);
		close(got[1]);
		ASSERT_EQ(0, commit(self->server, seq, XRSCHED_LAYER_DONE));
		EXPECT_EQ(i == 0, memory_held(&a) && memory_held(&b));
	}
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_TRUE(memory_let_go(&a));
	EXPECT_TRUE(memory_let_go(&b));
}

TEST_F(buffers, are_not_forced_on_a_server)
{
	struct memory m;
	uint64_t seq = 0;
	int32_t got[2] = { POISON, POISON };
	int probe;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job,
				 (int32_t []){ m.fd, m.fd }, 2));
	probe = free_fd();
	/* Not asked for; then with less room than there are. */
	ASSERT_EQ(0, next(self->server, XRSCHED_NEXT_FETCH, &seq, 0, got, 2));
	EXPECT_EQ(2, self->slot->nr_buffers);
	EXPECT_EQ(probe, free_fd());
	EXPECT_EQ(POISON, got[0]);
	ASSERT_EQ(1, next(self->server, XRSCHED_NEXT_COMMIT |
			  XRSCHED_NEXT_FETCH | XRSCHED_NEXT_BUFFERS, &seq,
			  XRSCHED_LAYER_DONE, got, 1));
	EXPECT_EQ(probe, got[0]);
	EXPECT_EQ(POISON, got[1]);
	close(got[0]);
	EXPECT_EQ(probe, free_fd());
}

/* By the library: who does not answer a layer that is lost leaves no file open. */
TEST_F(buffers, of_a_lost_layer)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		.watchdog_ms = 200,
	};
	struct xrsched_server_layer layer;
	struct xrsched_server *server;
	struct memory m;
	int probe;

	/*
	 * Whether this server is back before its engine is reset, is a race; the
	 * job must not fail for want of an engine.  The other one is never idle.
	 */
	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(0, xrsched_server_open(&opts, &server));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	ASSERT_EQ(0, xrsched_server_fetch(server, 0, &layer, 0));
	ASSERT_EQ(1, layer.nr_buffers);
	probe = free_fd();
	ASSERT_TRUE(soon(xrsched_server_lost(server, 0)));
	ASSERT_EQ(0, xrsched_server_fetch(server, 0, &layer,
					  now_ns() + 10 * SEC));
	EXPECT_EQ(1, layer.nr_buffers);
	EXPECT_TRUE(reads(layer.buffer[0], "one"));
	EXPECT_EQ(probe, free_fd());
	xrsched_server_close(server);
}

/* A job without any gives the server none: neither its own nor another's. */
TEST_F(buffers, stay_with_their_job)
{
	struct memory m;
	uint64_t seq = 0;
	int32_t got[1];

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit(self->fd, self->job, 1));
	ASSERT_EQ(1, submit_with(self->fd, &self->job[1], &m.fd, 1));
	ASSERT_EQ(0, fetch(self->server, &seq, got, 1));
	EXPECT_EQ(0, self->slot->nr_buffers);
	ASSERT_EQ(0, commit(self->server, seq, XRSCHED_LAYER_DONE));
	/* Not without a layer. */
	ASSERT_EQ(0, fetch(self->server, &seq, got, 1));
	EXPECT_EQ(-EBUSY, fetch(self->server, &seq, got, 1));
}

TEST_F(buffers, nowhere_to_put_their_numbers)
{
	struct memory m;
	int32_t got[1];
	uint64_t seq = 0;
	int probe;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	probe = free_fd();
	EXPECT_EQ(-EFAULT, fetch(self->server, &seq, (void *)16, 1));
	EXPECT_EQ(probe, free_fd());
	/* The layer is to be fetched anew. */
	ASSERT_EQ(XRSCHED_SLOT_READY, self->slot->state);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	EXPECT_TRUE(reads(got[0], "one"));
	close(got[0]);
}

TEST_F(buffers, server_has_no_room)
{
	struct rlimit old, none;
	struct memory m;
	int32_t got[1];
	uint64_t seq = 0;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	none = old;
	none.rlim_cur = free_fd();
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	EXPECT_EQ(1, fetch(self->server, &seq, got, 1));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_EQ(-1, got[0]);
	EXPECT_EQ(XRSCHED_SLOT_OWNED, self->slot->state);
}

TEST_F(buffers, memfd)
{
	int mem = memfd_create("buffer", MFD_CLOEXEC);
	int32_t got[1];
	uint64_t seq = 0;

	ASSERT_EQ(5, write(mem, "memfd", 5));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &mem, 1));
	close(mem);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	EXPECT_TRUE(reads(got[0], "memfd"));
	close(got[0]);
}

TEST_F(buffers, dma_buf)
{
	struct udmabuf_create create = { .size = getpagesize() };
	int mem = memfd_create("buffer", MFD_ALLOW_SEALING);
	int dev = open("/dev/udmabuf", O_RDWR);
	int32_t got[1], buf;
	uint64_t seq = 0;

	if (dev < 0)
		SKIP(return, "no udmabuf in this kernel");
	ASSERT_EQ(0, ftruncate(mem, getpagesize()));
	ASSERT_EQ(0, fcntl(mem, F_ADD_SEALS, F_SEAL_SHRINK));
	create.memfd = mem;
	buf = ioctl(dev, UDMABUF_CREATE, &create);
	ASSERT_LE(0, buf);
	ASSERT_EQ(1, submit_with(self->fd, self->job, &buf, 1));
	close(buf);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	EXPECT_EQ(getpagesize(), lseek(got[0], 0, SEEK_END));
	close(got[0]);
	close(dev);
	close(mem);
}

/* ----- what is none ------------------------------------------------------ */

/* The job fails, and nothing else does: the next one is taken. */
static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(buffers) *self, int32_t fd, int error)
{
	int32_t fds[2] = { self->server, fd };
	struct xrsched_stream_stats stats;
	struct memory m;

	ASSERT_EQ(0, memory_open(&m, "one"));
	fds[0] = m.fd;
	EXPECT_EQ(-error, submit_with(self->fd, self->job, fds, 2)) {
		TH_LOG("fd %d", fd);
	}
	EXPECT_EQ(-error, self->job->result);
	close(m.fd);
	/* Also that which came before it has been let go. */
	EXPECT_TRUE(memory_let_go(&m));
	close(m.again);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(0, stats.submitted);
}

TEST_F(buffers, of_the_wrong_kind)
{
	int sock[2], fds[2], file;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	ASSERT_EQ(0, pipe(fds));
	/* A number that none of the files opened here gets. */
	refused(_metadata, self, 900, EBADF);
	refused(_metadata, self, -1, EBADF);
	refused(_metadata, self, INT32_MAX, EBADF);
	refused(_metadata, self, sock[0], EINVAL);
	refused(_metadata, self, fds[0], EINVAL);
	/* Files of ours, which would hold themselves. */
	refused(_metadata, self, self->fd, EINVAL);
	refused(_metadata, self, self->server, EINVAL);
	file = open("/dev/null", O_RDWR);
	refused(_metadata, self, file, EINVAL);
	close(file);
	file = open("/proc/self/exe", O_RDONLY);
	refused(_metadata, self, file, EINVAL);
	close(file);
	file = open("/dev/shm", O_PATH);
	refused(_metadata, self, file, EBADF);
	/* Now one that is right. */
	self->job->flags = 0;
	self->job->buffers = 0;
	self->job->nr_buffers = 0;
	EXPECT_EQ(1, submit(self->fd, self->job, 1));
}

TEST_F(buffers, fields)
{
	struct memory m;
	int32_t fds[XRSCHED_MAX_BUFFERS + 1];
	unsigned int i;

	ASSERT_EQ(0, memory_open(&m, "one"));
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = m.fd;
	EXPECT_EQ(-EINVAL, submit_with(self->fd, self->job, fds, 0));
	EXPECT_EQ(-EINVAL, submit_with(self->fd, self->job, fds,
				       XRSCHED_MAX_BUFFERS + 1));
	EXPECT_EQ(-EINVAL, submit_with(self->fd, self->job, fds, UINT32_MAX));
	EXPECT_EQ(-EFAULT, submit_with(self->fd, self->job, NULL, 1));
	EXPECT_EQ(-EFAULT, submit_with(self->fd, self->job, (void *)16, 8));
	/* Fields without the flag. */
	self->job->flags = 0;
	self->job->buffers = 0;
	self->job->nr_buffers = 1;
	EXPECT_EQ(-EINVAL, submit(self->fd, self->job, 1));
	self->job->buffers = (uintptr_t)fds;
	self->job->nr_buffers = 0;
	EXPECT_EQ(-EINVAL, submit(self->fd, self->job, 1));
	self->job->buffers = 0;
	self->job->pad2 = 1;
	EXPECT_EQ(-EINVAL, submit(self->fd, self->job, 1));
	self->job->pad2 = 0;
	EXPECT_EQ(1, submit_with(self->fd, self->job, fds,
				 XRSCHED_MAX_BUFFERS));
}

/* Structs of before there were buffers, and of before there were fences. */
TEST_F(buffers, shorter_structs)
{
	struct xrsched_submit s;

	submit_init(&s, self->job, 1);
	s.stride = offsetof(struct xrsched_job, buffers);
	self->job->buffers = POISON;	/* not looked at */
	EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
	submit_init(&s, &self->job[1], 1);
	s.stride = offsetof(struct xrsched_job, buffers);
	self->job[1].flags = XRSCHED_JOB_BUFFERS;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
	s.stride = offsetof(struct xrsched_job, in_fence);
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
}

/* ----- limits ------------------------------------------------------------ */

/* Closing one's own does not get around RLIMIT_NOFILE. */
TEST_F(buffers, no_more_than_files)
{
	struct rlimit old, few;
	struct memory m;
	int32_t fds[XRSCHED_MAX_BUFFERS];
	unsigned int i;

	ASSERT_EQ(0, memory_open(&m, "one"));
	for (i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = m.fd;
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	few = old;
	few.rlim_cur = 20;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &few));
	EXPECT_EQ(1, submit_with(self->fd, &self->job[0], fds, 8));
	EXPECT_EQ(1, submit_with(self->fd, &self->job[1], fds, 8));
	EXPECT_EQ(-EMFILE, submit_with(self->fd, &self->job[2], fds, 8));
	EXPECT_EQ(1, submit_with(self->fd, &self->job[2], fds, 4));
	EXPECT_EQ(-EMFILE, submit_with(self->fd, &self->job[3], fds, 1));
	/* What has ended counts no more, and what was refused never did. */
	EXPECT_EQ(1, cancel(self->fd, self->stream, 1, 0));
	EXPECT_EQ(1, submit_with(self->fd, &self->job[3], fds, 8));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
}

/* ----- ends of a job ----------------------------------------------------- */

TEST_F(buffers, let_go_when_cancelled)
{
	struct memory m;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	close(m.fd);
	EXPECT_TRUE(memory_held(&m));
	EXPECT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	/* Before its completion is taken. */
	EXPECT_TRUE(memory_let_go(&m));
}

TEST_F(buffers, let_go_when_refused_by_the_server)
{
	struct memory m;
	uint64_t seq = 0;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	ASSERT_EQ(1, submit(self->fd, &self->job[1], 1));
	close(m.fd);
	ASSERT_EQ(0, next(self->server, XRSCHED_NEXT_FETCH, &seq, 0, NULL, 0));
	ASSERT_EQ(0, commit(self->server, seq, XRSCHED_LAYER_REFUSED));
	EXPECT_TRUE(memory_let_go(&m));
	/* The job fails, nothing else. */
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_REFUSED, self->done[0].reason);
	ASSERT_EQ(0, next(self->server, XRSCHED_NEXT_FETCH, &seq, 0, NULL, 0));
	EXPECT_EQ(1, self->slot->frame);
}

/* The client goes while its job is with a server, whose files stay. */
TEST_F(buffers, client_closes)
{
	struct memory m;
	int32_t got[1];
	uint64_t seq = 0;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	ASSERT_EQ(1, submit_with(self->fd, &self->job[1], &m.fd, 1));
	close(m.fd);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	close(self->fd);
	self->fd = -1;
	ASSERT_EQ(0, commit(self->server, seq, XRSCHED_LAYER_DONE));
	EXPECT_TRUE(reads(got[0], "one"));
	EXPECT_TRUE(memory_held(&m));
	close(got[0]);
	EXPECT_TRUE(memory_let_go(&m));
}

TEST_F(buffers, client_is_killed)
{
	struct memory m;
	pid_t child;
	int status;

	ASSERT_EQ(0, memory_open(&m, "one"));
	child = fork();
	if (!child) {
		int fd = open_device();
		uint32_t stream = stream_create(fd, model_create(fd, 1, MSEC),
						0);

		job_init(self->job, stream, 0);
		if (submit_with(fd, self->job, &m.fd, 1) != 1)
			_exit(1);
		kill(getpid(), SIGKILL);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	close(m.fd);
	EXPECT_TRUE(memory_let_go(&m));
}

/* The next engine gets them as well: they are the job's, not a server's. */
TEST_F(buffers, server_dies_with_the_layer)
{
	struct memory m;
	int32_t got[1];
	uint64_t seq = 0;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(1, submit_with(self->fd, self->job, &m.fd, 1));
	close(m.fd);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	close(got[0]);
	ASSERT_LE(0, engine_add(CLASS));
	EXPECT_TRUE(memory_held(&m));
	server_dies(self);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_TRUE(memory_let_go(&m));
}

/* ----- fork and rings ---------------------------------------------------- */

/* File descriptors are those of who submits, not of who opened the device. */
TEST_F(buffers, of_the_process_that_submits)
{
	int gate[2], status;
	uint64_t seq = 0;
	int32_t got[1];
	pid_t child;

	ASSERT_EQ(0, pipe(gate));
	child = fork();
	if (!child) {
		struct memory m;

		if (memory_open(&m, "child"))
			_exit(1);
		_exit(submit_with(self->fd, self->job, &m.fd, 1) != 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_EQ(0, status);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	EXPECT_TRUE(reads(got[0], "child"));
	close(got[0]);
}

TEST_F(buffers, by_a_ring)
{
	struct xrsched_job *job;
	struct memory m;
	struct ring ring;
	int32_t got[1];
	uint64_t seq = 0;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ASSERT_EQ(0, ring_open(self->fd, &ring, 4));
	job = ring_add(&ring, self->stream, 0);
	job->flags = XRSCHED_JOB_BUFFERS;
	job->buffers = (uintptr_t)&m.fd;
	job->nr_buffers = 1;
	/* One that is wrong, in the middle; then one that has none. */
	job = ring_add(&ring, self->stream, 1);
	job->flags = XRSCHED_JOB_BUFFERS;
	job->buffers = (uintptr_t)&self->server;
	job->nr_buffers = 1;
	ring_add(&ring, self->stream, 2);
	ASSERT_EQ(3, ring_enter(&ring, 3, 0));
	close(m.fd);
	ASSERT_TRUE(ring_get(&ring, self->done));
	EXPECT_EQ(XRSCHED_REFUSED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_INVALID, self->done[0].reason);
	EXPECT_EQ(1, self->done[0].frame);
	ASSERT_EQ(1, fetch(self->server, &seq, got, 1));
	EXPECT_TRUE(reads(got[0], "one"));
	close(got[0]);
	ASSERT_EQ(0, commit(self->server, seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(2, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_TRUE(memory_let_go(&m));
	ring_close(&ring);
}

/* A thread of the kernel's has no files. */
TEST_F(buffers, by_a_polled_ring)
{
	struct xrsched_job *job;
	struct memory m;
	struct ring ring;

	ASSERT_EQ(0, memory_open(&m, "one"));
	ring_setup_init(&ring.set, 4);
	ring.set.flags = XRSCHED_RING_POLL;
	ASSERT_EQ(0, ring_open_as(self->fd, &ring));
	job = ring_add(&ring, self->stream, 0);
	job->flags = XRSCHED_JOB_BUFFERS;
	job->buffers = (uintptr_t)&m.fd;
	job->nr_buffers = 1;
	ring_enter_flags(&ring, 0, 0, XRSCHED_ENTER_WAKEUP, 0);
	EXPECT_TRUE(soon(ring_get(&ring, self->done)));
	EXPECT_EQ(XRSCHED_REFUSED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_INVALID, self->done[0].reason);
	ring_close(&ring);
}

TEST_HARNESS_MAIN
