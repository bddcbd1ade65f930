// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process that does with its rings what no program should: it harms itself at
 * most. Another client works beside it, and has all its completions.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "control.h"
#include "helpers.h"
#include "ring_helpers.h"

#define ENTRIES		16
#define OTHERS		32	/* jobs of the other client */

FIXTURE(hostile) {
	int fd;
	int other;
	uint32_t stream;
	uint32_t others;
	uint64_t frame;
	struct ring ring;
	struct xrsched_completion done[OTHERS];
};

FIXTURE_SETUP(hostile)
{
	struct xrsched_job job[OTHERS];
	int i;

	ASSERT_EQ(0, device_reset("rr,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	self->other = open_device();
	self->stream = stream_create(self->fd, model_create(self->fd, 1, 1), 0);
	self->others = stream_create(self->other,
				     model_create(self->other, 1, 50 * USEC),
				     0);
	ASSERT_NE(0, self->stream);
	ASSERT_NE(0, self->others);
	ASSERT_EQ(0, ring_open(self->fd, &self->ring, ENTRIES));
	for (i = 0; i < OTHERS; i++)
		job_init(&job[i], self->others, i);
	ASSERT_EQ(OTHERS, submit(self->other, job, OTHERS));
}

FIXTURE_TEARDOWN(hostile)
{
	int i;

	EXPECT_EQ(OTHERS, wait_all(self->other, self->done, OTHERS));
	for (i = 0; i < OTHERS; i++) {
		EXPECT_EQ(i, self->done[i].frame);
		EXPECT_EQ(XRSCHED_COMPLETED, self->done[i].outcome);
	}
	ring_close(&self->ring);
	close(self->fd);
	close(self->other);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* The rings still work: @nr jobs go in and come out, in order. */
static void works(struct __test_metadata *_metadata,
		  FIXTURE_DATA(hostile) *self, int nr)
{
	struct xrsched_completion done;
	uint64_t first = self->frame;
	int i;

	for (i = 0; i < nr; i++)
		ring_add(&self->ring, self->stream, self->frame++);
	EXPECT_EQ(nr, ring_enter(&self->ring, nr, nr));
	for (i = 0; i < nr; i++) {
		ASSERT_TRUE(ring_get(&self->ring, &done));
		EXPECT_EQ(first + i, done.frame);
		EXPECT_EQ(XRSCHED_COMPLETED, done.outcome);
	}
	EXPECT_EQ(0, ring_ready(&self->ring));
}

/* ----- positions --------------------------------------------------------- */

TEST_F(hostile, tail_jumps)
{
	static const uint32_t by[] = {
		ENTRIES + 1, ENTRIES + 2, 1000, INT32_MAX, 1U << 31,
		UINT32_MAX - 1, UINT32_MAX,
	};
	unsigned int i;

	works(_metadata, self, 3);
	for (i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		uint32_t tail = RING_GET(&self->ring, sq_tail);

		RING_SET(&self->ring, sq_tail, tail + by[i]);
		EXPECT_EQ(-EINVAL, ring_enter(&self->ring, 1, 0));
		EXPECT_EQ(-EINVAL, ring_enter(&self->ring, UINT32_MAX, 1));
		EXPECT_TRUE(RING_GET(&self->ring, sq_flags) & XRSCHED_SQ_BROKEN);
		EXPECT_EQ(tail, RING_GET(&self->ring, sq_head));
		RING_SET(&self->ring, sq_tail, tail);
		works(_metadata, self, ENTRIES);
		EXPECT_FALSE(RING_GET(&self->ring, sq_flags) &
			     XRSCHED_SQ_BROKEN);
	}
}

/* What the kernel writes it does not read. */
TEST_F(hostile, kernels_words_overwritten)
{
	static const uint32_t values[] = { 0, 1, 5, ENTRIES, UINT32_MAX };
	unsigned int i;

	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint32_t tail = RING_GET(&self->ring, sq_tail), nr;

		RING_SET(&self->ring, sq_head, values[i]);
		RING_SET(&self->ring, sq_flags, values[i]);
		RING_SET(&self->ring, cq_tail, values[i]);
		RING_SET(&self->ring, cq_overflow, values[i]);
		for (nr = 0; nr < 4; nr++)
			ring_add(&self->ring, self->stream, self->frame++);
		EXPECT_EQ(4, ring_enter(&self->ring, 4, 4));
		EXPECT_EQ(tail + 4, RING_GET(&self->ring, sq_head));
		EXPECT_EQ(RING_GET(&self->ring, cq_head) + 4,
			  RING_GET(&self->ring, cq_tail));
		RING_SET(&self->ring, cq_head, RING_GET(&self->ring, cq_tail));
		works(_metadata, self, 4);
	}
}

/* A head that is wrong makes the ring full: nothing is overwritten or lost. */
TEST_F(hostile, head_jumps)
{
	static const uint32_t by[] = {
		1, 2 * ENTRIES + 1, 1000, INT32_MAX, 1U << 31, UINT32_MAX - 9,
	};
	struct xrsched_stream_stats stats;
	struct xrsched_completion done;
	unsigned int i, nr;

	for (i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		uint32_t head = RING_GET(&self->ring, cq_head);
		uint64_t first = self->frame;

		RING_SET(&self->ring, cq_head, head + by[i]);
		for (nr = 0; nr < 4; nr++)
			ring_add(&self->ring, self->stream, self->frame++);
		EXPECT_EQ(4, ring_enter(&self->ring, 4, 0));
		do {
			EXPECT_EQ(0, stream_stats(self->fd, self->stream,
						  &stats));
		} while (stats.in_flight);
		RING_SET(&self->ring, cq_head, head);
		for (nr = 0; nr < 4; nr++) {
			if (!ring_ready(&self->ring)) {
				EXPECT_EQ(0, ring_enter(&self->ring, 0, 1));
			}
			ASSERT_TRUE(ring_get(&self->ring, &done));
			EXPECT_EQ(first + nr, done.frame);
		}
		works(_metadata, self, ENTRIES);
	}
}

/* ----- entries ----------------------------------------------------------- */

/**
 * struct scribbler - Who rewrites entries while they are read
 * @ring: whose entries.
 * @stream: a stream that is there.
 * @stop: when to stop.
 */
struct scribbler {
	struct ring *ring;
	uint32_t stream;
	bool stop;
};

static void *scribble(void *arg)
{
	struct scribbler *s = arg;
	uint64_t x = 88172645463325252ULL;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		uint64_t *word = (uint64_t *)ring_job(s->ring, x >> 60);
		unsigned int at = (x >> 8) %
				  (s->ring->set.job_size / sizeof(*word));

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		/* Half of what is written is something sensible. */
		word[at] = x & 1 ? x : at ? 0 : s->stream;
	}
	return NULL;
}

/* As many completions as entries were taken, whatever was in these. */
TEST_F(hostile, entries_rewritten)
{
	struct scribbler s = { .ring = &self->ring, .stream = self->stream };
	uint64_t until = now_ns() + 2 * SEC;
	unsigned int nr = 0, ended[8] = { 0 };
	struct xrsched_completion done;
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, scribble, &s));
	while (now_ns() < until) {
		int taken, i;

		for (i = 0; i < ENTRIES; i++)
			ring_add(&self->ring, self->stream, self->frame++);
		/* Where there is one processor only, let it be the other's. */
		sched_yield();
		taken = ring_enter(&self->ring, ENTRIES, 0);
		ASSERT_EQ(ENTRIES, taken);
		/* What was accepted for ages from now is cancelled. */
		cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL);
		for (i = 0; i < taken; i++) {
			if (!ring_ready(&self->ring))
				ASSERT_EQ(0, ring_enter(&self->ring, 0, 1));
			ASSERT_TRUE(ring_get(&self->ring, &done));
			ASSERT_GT(8, done.outcome);
			ended[done.outcome]++;
		}
		nr += taken;
	}
	s.stop = true;
	pthread_join(thread, NULL);
	TH_LOG("%u entries, %u refused", nr, ended[XRSCHED_REFUSED]);
	EXPECT_LT(0, ended[XRSCHED_REFUSED]);
	EXPECT_EQ(0, ring_ready(&self->ring));
}

/* ----- counts ------------------------------------------------------------ */

TEST_F(hostile, counts)
{
	struct xrsched_ring_setup set;
	struct xrsched_submit s;
	struct xrsched_wait w;
	struct xrsched_job job;
	struct model m;
	int i;

	for (i = 0; i < 4; i++)
		ring_add(&self->ring, self->stream, self->frame++);
	EXPECT_EQ(-EINVAL, ring_enter(&self->ring, 0, UINT32_MAX));
	EXPECT_EQ(4, ring_enter(&self->ring, UINT32_MAX, 4));
	RING_SET(&self->ring, cq_head, RING_GET(&self->ring, cq_tail));

	ring_setup_init(&set, UINT32_MAX);
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_RING_SETUP, &set));
	ring_setup_init(&set, 4);
	set.cq_entries = UINT32_MAX;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_RING_SETUP, &set));
	ring_setup_init(&set, 4);
	set.job_size = UINT32_MAX - 7;
	EXPECT_EQ(-E2BIG, call(self->fd, XRSCHED_IOC_RING_SETUP, &set));

	job_init(&job, self->stream, self->frame);
	submit_init(&s, &job, UINT32_MAX);
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
	submit_init(&s, &job, 1);
	s.stride = UINT32_MAX - 7;
	EXPECT_EQ(-E2BIG, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
	wait_init(&w, self->done, UINT32_MAX);
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_WAIT, &w));
	wait_init(&w, self->done, 1);
	w.min = UINT32_MAX;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_WAIT, &w));

	model_init(&m, 1, 1);
	m.arg.nr_layers = UINT32_MAX;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	model_init(&m, 1, 1);
	m.arg.nr_classes = UINT32_MAX;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	model_init(&m, 1, 1);
	m.variant[0].nr_layers = UINT32_MAX;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	works(_metadata, self, ENTRIES);
}

/* ----- memory ------------------------------------------------------------ */

TEST_F(hostile, unaligned)
{
	char memory[512];
	unsigned int off;

	for (off = 1; off < 8; off++) {
		struct xrsched_job *job = (void *)(memory + off);
		struct xrsched_completion *done = (void *)(memory + 256 + off);
		struct xrsched_completion copy;
		struct xrsched_submit s;

		memset(job, 0, sizeof(*job));
		memcpy((char *)job + offsetof(struct xrsched_job, stream),
		       &self->stream, sizeof(self->stream));
		memcpy((char *)job + offsetof(struct xrsched_job, frame),
		       &self->frame, sizeof(self->frame));
		submit_init(&s, job, 1);
		EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
		EXPECT_EQ(1, wait_all(self->fd, done, 1));
		memcpy(&copy, done, sizeof(copy));
		EXPECT_EQ(self->frame++, copy.frame);
		EXPECT_EQ(XRSCHED_COMPLETED, copy.outcome);
	}
}

TEST_F(hostile, read_only)
{
	size_t page = getpagesize();
	char *memory = mmap(NULL, page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct xrsched_job *job = (struct xrsched_job *)memory;
	struct xrsched_stream_stats stats;
	struct xrsched_submit s;

	ASSERT_NE(MAP_FAILED, memory);
	job_init(job, self->stream, self->frame);
	ASSERT_EQ(0, mprotect(memory, page, PROT_READ));
	submit_init(&s, job, 1);
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_SUBMIT, &s));
	EXPECT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(0, stats.submitted);
	/* Completions that cannot be told stay. */
	EXPECT_EQ(1, submit_one(self->fd, self->stream, self->frame++));
	EXPECT_EQ(-EFAULT, wait_all(self->fd, (void *)memory, 1));
	EXPECT_EQ(-1, read(self->fd, memory, page));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
	munmap(memory, page);
}

/* All of it, from its start: nothing else. */
TEST_F(hostile, mmap_sizes_and_offsets)
{
	size_t page = getpagesize(), at, pages, n;
	struct ring ring;
	void *map;

	ASSERT_EQ(0, ring_open(self->fd, &ring, 64));
	n = ring.set.map_size / page;
	ASSERT_LT(2, n);
	for (at = 0; at <= n + 1; at++)
		for (pages = 0; pages <= n + 2; pages++) {
			map = mmap(NULL, pages * page, PROT_READ | PROT_WRITE,
				   MAP_SHARED, ring.fd, at * page);
			if (!at && pages == n) {
				EXPECT_NE(MAP_FAILED, map);
				EXPECT_EQ(-1, (long)mremap(map, n * page,
							   (n + 1) * page,
							   MREMAP_MAYMOVE));
				EXPECT_EQ(EFAULT, errno);
				EXPECT_EQ(-1, mprotect(map, n * page,
						       PROT_READ | PROT_EXEC));
				EXPECT_EQ(EACCES, errno);
				munmap(map, n * page);
				continue;
			}
			EXPECT_EQ(MAP_FAILED, map);
			EXPECT_EQ(EINVAL, errno);
		}
	map = mmap(NULL, n * page, PROT_READ, MAP_SHARED, ring.fd,
		   1ULL << 62);
	EXPECT_EQ(MAP_FAILED, map);
	map = mmap(NULL, n * page, PROT_READ, MAP_PRIVATE, ring.fd, 0);
	EXPECT_EQ(MAP_FAILED, map);
	EXPECT_EQ(EINVAL, errno);
	map = mmap(NULL, n * page, PROT_READ | PROT_EXEC, MAP_SHARED, ring.fd,
		   0);
	EXPECT_EQ(MAP_FAILED, map);
	EXPECT_EQ(EPERM, errno);
	/* To look at only is allowed; the first mapping still serves. */
	map = mmap(NULL, n * page, PROT_READ, MAP_SHARED, ring.fd, 0);
	EXPECT_NE(MAP_FAILED, map);
	ring_add(&ring, self->stream, self->frame++);
	EXPECT_EQ(1, ring_enter(&ring, 1, 1));
	EXPECT_EQ(1, *(uint32_t *)((char *)map + ring.set.cq_tail));
	munmap(map, n * page);
	ring_close(&ring);
	/* The client's own file has no memory. */
	map = mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, 0);
	EXPECT_EQ(MAP_FAILED, map);
	EXPECT_EQ(ENODEV, errno);
	works(_metadata, self, 4);
}

TEST_HARNESS_MAIN
