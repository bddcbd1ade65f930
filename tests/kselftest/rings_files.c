// SPDX-License-Identifier: GPL-2.0-only
/*
 * Entries of rings that files belong to, while others take the room for jobs.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <linux/userfaultfd.h>

#include "rings_fixture.h"
#include "memory_file.h"

static int set_max_jobs(uint32_t max_jobs)
{
	struct xrsched_limits limits = { .max_jobs = max_jobs };
	struct xrsched_control *control;
	int ret = xrsched_control_open(&control);

	if (!ret) {
		ret = xrsched_control_limits_set(control, 0, &limits);
		xrsched_control_close(control);
	}
	return ret;
}

/* ----- memory that comes when we say so ---------------------------------- */

/**
 * struct slow - A page that whoever reads it waits for
 * @fd: userfaultfd
 * @page: it
 * @size: of it
 */
struct slow {
	int fd;
	void *page;
	size_t size;
};

static int slow_open(struct slow *slow)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };

	slow->size = getpagesize();
	slow->fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (slow->fd < 0 || ioctl(slow->fd, UFFDIO_API, &api))
		return -1;
	slow->page = mmap(NULL, slow->size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)slow->page;
	reg.range.len = slow->size;
	return ioctl(slow->fd, UFFDIO_REGISTER, &reg);
}

/* Waits until somebody does. */
static bool slow_read(const struct slow *slow)
{
	struct pollfd event = { .fd = slow->fd, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&event, 1, 10000) == 1 &&
	       read(slow->fd, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

/* Here it is: it begins with @word. */
static int slow_give(const struct slow *slow, int32_t word)
{
	struct uffdio_copy copy = {
		.dst = (uintptr_t)slow->page,
		.len = slow->size,
	};
	int32_t *from = aligned_alloc(slow->size, slow->size);
	int ret;

	memset(from, 0, slow->size);
	*from = word;
	copy.src = (uintptr_t)from;
	ret = ioctl(slow->fd, UFFDIO_COPY, &copy);
	free(from);
	return ret;
}

/* Adds an entry whose file is named where @slow is. */
static struct xrsched_job *add_slow(struct ring *ring, uint32_t stream,
				    uint64_t frame, const struct slow *slow)
{
	struct xrsched_job *job = ring_add(ring, stream, frame);

	job->flags = XRSCHED_JOB_BUFFERS;
	job->buffers = (uintptr_t)slow->page;
	job->nr_buffers = 1;
	return job;
}

/* ----- the tests --------------------------------------------------------- */

struct entering {
	struct ring *ring;
	uint32_t nr;
	int ret;
};

static void *enter(void *arg)
{
	struct entering *entering = arg;

	entering->ret = ring_enter(entering->ring, entering->nr, 0);
	return NULL;
}

/*
 * Files are got while no lock is held, so that the room that there was may be
 * another's when the entry is to be taken: then it stays, and they are let go.
 */
TEST_F(rings, files_and_no_room)
{
	struct entering entering = { .ring = &self->ring, .nr = 1 };
	struct xrsched_stream_stats stats;
	struct xrsched_caps caps;
	struct xrsched_job *job;
	struct memory m;
	struct slow slow;
	pthread_t thread;

	if (slow_open(&slow))
		SKIP(return, "no userfaultfd");
	ASSERT_EQ(0, memory_open(&m, "file"));
	ASSERT_EQ(0, get_caps(self->fd, &caps));
	ASSERT_EQ(0, set_max_jobs(1));
	job = add_slow(&self->ring, self->stream, 0, &slow);

	ASSERT_EQ(0, pthread_create(&thread, NULL, enter, &entering));
	ASSERT_TRUE(slow_read(&slow));
	ASSERT_EQ(1, submit_one(self->fd, self->slow, 0));
	ASSERT_EQ(0, slow_give(&slow, m.fd));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(-EAGAIN, entering.ret);
	EXPECT_EQ(0, RING_GET(&self->ring, sq_head));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.full);
	EXPECT_EQ(0, stats.submitted);
	close(m.fd);
	EXPECT_TRUE(memory_let_go(&m));

	/* It is taken as it is then: without flags, it needs nothing. */
	job_init(job, self->stream, 0);
	ASSERT_EQ(1, wait_all(self->fd, &self->done, 1));
	ASSERT_EQ(1, ring_enter(&self->ring, 1, 1));
	ASSERT_TRUE(ring_get(&self->ring, &self->done));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	ASSERT_EQ(0, set_max_jobs(caps.max_jobs));
	munmap(slow.page, slow.size);
	close(slow.fd);
}

/* A batch is not begun before all that its entries need is there. */
TEST_F(rings, waits_with_nothing_begun)
{
	struct entering entering = { .ring = &self->ring, .nr = 2 };
	struct xrsched_stream_stats stats;
	struct slow slow;
	pthread_t thread;
	int mem;

	if (slow_open(&slow))
		SKIP(return, "no userfaultfd");
	mem = memfd_create("file", MFD_CLOEXEC);
	ASSERT_LE(0, mem);
	ring_add(&self->ring, self->stream, 0);
	add_slow(&self->ring, self->stream, 1, &slow);

	ASSERT_EQ(0, pthread_create(&thread, NULL, enter, &entering));
	ASSERT_TRUE(slow_read(&slow));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(0, stats.submitted);
	EXPECT_EQ(0, RING_GET(&self->ring, sq_head));
	ASSERT_EQ(0, slow_give(&slow, mem));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(2, entering.ret);
	ASSERT_EQ(0, ring_enter(&self->ring, 0, 2));
	for (unsigned int i = 0; i < 2; i++) {
		ASSERT_TRUE(ring_get(&self->ring, &self->done));
		EXPECT_EQ(i, self->done.frame);
		EXPECT_EQ(XRSCHED_COMPLETED, self->done.outcome);
	}
	munmap(slow.page, slow.size);
	close(slow.fd);
	close(mem);
}

TEST_HARNESS_MAIN
