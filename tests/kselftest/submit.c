// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRSCHED_IOC_SUBMIT: batches, order, and a queue that is full.
 */
#include <pthread.h>

#include "control.h"
#include "helpers.h"

#define LAYERS		3
#define LATENCY_NS	MSEC

FIXTURE(submit) {
	int fd;
	uint32_t model;
	uint32_t stream;
	struct xrsched_caps caps;
	struct xrsched_job job[16];
	struct xrsched_completion done[16];
};

FIXTURE_SETUP(submit)
{
	unsigned int i;

	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_caps(self->fd, &self->caps));
	self->model = model_create(self->fd, LAYERS, LATENCY_NS);
	ASSERT_NE(0, self->model);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
	for (i = 0; i < 16; i++)
		job_init(&self->job[i], self->stream, i);
}

FIXTURE_TEARDOWN(submit)
{
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(submit, caps_count_engines)
{
	struct xrsched_caps caps;

	EXPECT_EQ(1, self->caps.engines);
	ASSERT_EQ(1, engine_add(CLASS_NONE));
	ASSERT_EQ(0, get_caps(self->fd, &caps));
	EXPECT_EQ(2, caps.engines);
}

/* All that a completion says. */
TEST_F(submit, completion)
{
	struct xrsched_completion *done = self->done;
	uint64_t before, after;

	before = now_ns();
	self->job[0].cookie = 0x123456789abcdef0;
	ASSERT_EQ(1, submit(self->fd, self->job, 1));
	after = now_ns();
	EXPECT_EQ(0, self->job[0].result);
	ASSERT_EQ(1, wait_all(self->fd, done, 1));
	EXPECT_EQ(0x123456789abcdef0, done->cookie);
	EXPECT_EQ(0, done->frame);
	EXPECT_EQ(self->stream, done->stream);
	EXPECT_EQ(XRSCHED_COMPLETED, done->outcome);
	EXPECT_EQ(XRSCHED_REASON_NONE, done->reason);
	EXPECT_EQ(1, done->variant);
	EXPECT_EQ(0, done->flags);
	EXPECT_LE(before, done->release_ns);
	EXPECT_GE(after, done->release_ns);
	EXPECT_LE(done->release_ns, done->start_ns);
	EXPECT_LE(done->start_ns + LAYERS * LATENCY_NS, done->finish_ns);
	EXPECT_GE(now_ns(), done->finish_ns);
	EXPECT_EQ(done->release_ns + 1000 * SEC, done->deadline_ns);
	EXPECT_EQ(JOB_PJ(LAYERS), done->energy_pj);
	EXPECT_EQ(LAYERS, done->layers);
	EXPECT_EQ(1, done->switches);
}

TEST_F(submit, counted)
{
	struct xrsched_stream_stats stats;

	ASSERT_EQ(4, submit(self->fd, self->job, 4));
	ASSERT_EQ(4, wait_all(self->fd, self->done, 4));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_TRUE(stats_add_up(&stats));
	EXPECT_EQ(4, stats.submitted);
	EXPECT_EQ(4, stats.released);
	EXPECT_EQ(4, stats.completed);
	EXPECT_EQ(0, stats.late);
	EXPECT_EQ(0, stats.in_flight);
	EXPECT_EQ(4 * LAYERS, stats.layers);
	EXPECT_EQ(4, stats.switches);
	EXPECT_EQ(4 * JOB_PJ(LAYERS), stats.energy_pj);
	/* At worst the layers cost the same, switches are not part of it. */
	EXPECT_EQ(4 * LAYERS * LAYER_PJ, stats.worst_pj);
	EXPECT_EQ(stats.energy_pj, stats.honest_pj);
	EXPECT_LE(LAYERS * LATENCY_NS * 97 / 100, stats.response_p50_ns);
	EXPECT_LE(stats.response_p50_ns, stats.response_p99_ns);
	EXPECT_LE(4 * LAYERS * LATENCY_NS, stats.response_max_ns);
	EXPECT_LE(stats.queue_p50_ns, stats.queue_p99_ns);
	EXPECT_LE(stats.queue_p99_ns, stats.response_max_ns);
}

TEST_F(submit, times_as_given)
{
	uint64_t release = now_ns() + 20 * MSEC;

	self->job[0].release_ns = release;
	self->job[0].deadline_ns = release + 7 * SEC;
	ASSERT_EQ(1, submit(self->fd, self->job, 1));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(release, self->done[0].release_ns);
	EXPECT_LE(release, self->done[0].start_ns);
	EXPECT_EQ(release + 7 * SEC, self->done[0].deadline_ns);
}

/* Without a deadline of its own, a stream's is its period. */
TEST_F(submit, deadline_is_period)
{
	struct xrsched_stream_create s;

	stream_init(&s, self->model);
	s.period_ns = 3 * SEC;
	s.deadline_ns = 0;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_STREAM_CREATE, &s));
	ASSERT_EQ(1, submit_one(self->fd, s.handle, 0));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(self->done[0].release_ns + 3 * SEC,
		  self->done[0].deadline_ns);
}

TEST_F(submit, sporadic)
{
	struct xrsched_stream_create s;
	uint64_t frame;

	stream_init(&s, self->model);
	s.period_ns = 0;
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_STREAM_CREATE, &s));
	for (frame = 7; frame < 1000; frame *= 5) {
		ASSERT_EQ(1, submit_one(self->fd, s.handle, frame));
		ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
		EXPECT_EQ(frame, self->done[0].frame);
		EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	}
}

TEST_F(submit, late)
{
	struct xrsched_stream_stats stats;

	self->job[0].release_ns = now_ns();
	self->job[0].deadline_ns = self->job[0].release_ns + LATENCY_NS;
	ASSERT_EQ(1, submit(self->fd, self->job, 1));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_COMPLETION_LATE, self->done[0].flags);
	EXPECT_LT(self->done[0].deadline_ns, self->done[0].finish_ns);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.completed);
	EXPECT_EQ(1, stats.late);
	/* It is charged at its worst, or what it took if that is more. */
	EXPECT_EQ(JOB_PJ(LAYERS), stats.honest_pj);
}

/* Frames of a stream run one after the other, in order. */
TEST_F(submit, in_order)
{
	struct xrsched_completion *done = self->done;
	unsigned int i;

	ASSERT_EQ(1, engine_add(CLASS));
	ASSERT_EQ(8, submit(self->fd, self->job, 8));
	ASSERT_EQ(8, wait_all(self->fd, done, 8));
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(0, self->job[i].result);
		EXPECT_EQ(i, done[i].frame);
		EXPECT_EQ(self->job[i].cookie, done[i].cookie);
		EXPECT_EQ(XRSCHED_COMPLETED, done[i].outcome);
		EXPECT_LE(done[i].start_ns, done[i].finish_ns);
		if (i)
			EXPECT_LE(done[i - 1].finish_ns, done[i].start_ns);
	}
}

/* A batch of more streams than one; two engines. */
TEST_F(submit, two_streams)
{
	uint32_t other = stream_create(self->fd, self->model, 0);
	struct xrsched_completion *a, *b;
	unsigned int i;

	ASSERT_NE(0, other);
	ASSERT_EQ(1, engine_add(CLASS));
	for (i = 0; i < 8; i++)
		job_init(&self->job[i], i % 2 ? other : self->stream, i / 2);
	ASSERT_EQ(8, submit(self->fd, self->job, 8));
	ASSERT_EQ(8, wait_all(self->fd, self->done, 8));
	for (i = 0; i < 4; i++) {
		a = find_done(self->done, 8, self->stream, i);
		b = find_done(self->done, 8, other, i);
		ASSERT_NE(NULL, a);
		ASSERT_NE(NULL, b);
	}
	/* Both engines were used at once. */
	a = find_done(self->done, 8, self->stream, 0);
	b = find_done(self->done, 8, other, 0);
	EXPECT_LT(a->start_ns, b->finish_ns);
	EXPECT_LT(b->start_ns, a->finish_ns);
}

/* An element in the middle is refused: those before it run. */
TEST_F(submit, part_of_a_batch)
{
	self->job[2].pad = 1;
	EXPECT_EQ(2, submit(self->fd, self->job, 4));
	EXPECT_EQ(0, self->job[0].result);
	EXPECT_EQ(0, self->job[1].result);
	EXPECT_EQ(-EINVAL, self->job[2].result);
	EXPECT_EQ(POISON, self->job[3].result);
	ASSERT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(0, self->done[0].frame);
	EXPECT_EQ(1, self->done[1].frame);
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
}

/* The same for one whose fault only the scheduler sees. */
TEST_F(submit, part_by_frame_number)
{
	self->job[2].frame = 1;
	EXPECT_EQ(2, submit(self->fd, self->job, 4));
	EXPECT_EQ(0, self->job[1].result);
	EXPECT_EQ(-EINVAL, self->job[2].result);
	EXPECT_EQ(POISON, self->job[3].result);
	/* Nothing of the rest counts as submitted. */
	EXPECT_EQ(1, submit(self->fd, &self->job[3], 1));
	ASSERT_EQ(3, wait_all(self->fd, self->done, 3));
	EXPECT_EQ(3, self->done[2].frame);
}

TEST_F(submit, first_refused)
{
	struct xrsched_submit arg;

	self->job[0].stream = 0;
	submit_init(&arg, self->job, 4);
	EXPECT_EQ(-ENOENT, call(self->fd, XRSCHED_IOC_SUBMIT, &arg));
	EXPECT_EQ(-ENOENT, self->job[0].result);
	EXPECT_EQ(POISON, self->job[1].result);
	EXPECT_EQ(0, wait_none(self->fd, self->done, 16));
}

/* Fills the client's queue up with frames that are not released yet. */
static void fill(struct __test_metadata *_metadata, FIXTURE_DATA(submit) *self,
		 unsigned int leave)
{
	unsigned int nr = self->caps.max_jobs - leave, chunk, i, at = 0;
	uint64_t release = now_ns() + 900 * SEC;
	struct xrsched_job *job = calloc(nr, sizeof(*job));

	ASSERT_NE(NULL, job);
	for (i = 0; i < nr; i++) {
		job_init(&job[i], self->stream, i);
		job[i].release_ns = release;
	}
	for (at = 0; at < nr; at += chunk) {
		chunk = nr - at;
		if (chunk > self->caps.max_batch)
			chunk = self->caps.max_batch;
		ASSERT_EQ(chunk, submit(self->fd, &job[at], chunk));
	}
	free(job);
	/* What comes next is later. */
	for (i = 0; i < 16; i++) {
		self->job[i].frame = nr + i;
		self->job[i].release_ns = release;
	}
}

TEST_F(submit, full)
{
	struct pollfd pfd = { .fd = self->fd, .events = POLLOUT };
	struct xrsched_stream_stats stats;

	fill(_metadata, self, 0);
	EXPECT_EQ(-EAGAIN, submit(self->fd, self->job, 4));
	EXPECT_EQ(-EAGAIN, self->job[0].result);
	EXPECT_EQ(POISON, self->job[1].result);
	EXPECT_EQ(0, poll(&pfd, 1, 0));

	/* A job that ended takes its place until it is read. */
	ASSERT_EQ(1, cancel(self->fd, self->stream, 3, 0));
	EXPECT_EQ(-EAGAIN, submit(self->fd, self->job, 4));
	EXPECT_EQ(0, poll(&pfd, 1, 0));
	ASSERT_EQ(1, wait_none(self->fd, self->done, 16));
	EXPECT_EQ(1, poll(&pfd, 1, 0));
	EXPECT_EQ(POLLOUT, pfd.revents);
	EXPECT_EQ(1, submit(self->fd, self->job, 4));
	EXPECT_EQ(0, self->job[0].result);
	EXPECT_EQ(-EAGAIN, self->job[1].result);
	EXPECT_EQ(POISON, self->job[2].result);

	/* Each of these is counted, those who had room are not. */
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(3, stats.full);
}

/* A completion that could not be copied was not read. */
TEST_F(submit, full_of_what_was_not_read)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);
	struct xrsched_completion *done;

	ASSERT_NE(NULL, page);
	done = (void *)(page + getpagesize());
	fill(_metadata, self, 0);
	ASSERT_EQ(2, cancel(self->fd, self->stream, 0, 0) +
		     cancel(self->fd, self->stream, 1, 0));
	EXPECT_EQ(-EFAULT, wait_none(self->fd, done, 2));
	EXPECT_EQ(-EAGAIN, submit(self->fd, self->job, 1));
	/* One of the two. */
	EXPECT_EQ(1, wait_none(self->fd, done - 1, 2));
	EXPECT_EQ(1, submit(self->fd, self->job, 2));
	EXPECT_TRUE(device_consistent());
}

/* One client's full queue is not another's. */
TEST_F(submit, full_for_one)
{
	int other = open_device();
	uint32_t stream;

	ASSERT_LE(0, other);
	fill(_metadata, self, 0);
	stream = stream_create(other, model_create(other, 1, MSEC), 0);
	ASSERT_NE(0, stream);
	EXPECT_EQ(1, submit_one(other, stream, 0));
	EXPECT_EQ(1, wait_all(other, self->done, 1));
	close(other);
}

/* A limit that is lowered is one for what comes after. */
TEST_F(submit, limit_lowered)
{
	struct xrsched_caps caps;
	long limit;

	ASSERT_EQ(4, submit(self->fd, self->job, 4));
	limit = param_set(PARAMETERS "max_jobs", 2);
	ASSERT_LT(0, limit);
	EXPECT_EQ(0, get_caps(self->fd, &caps));
	EXPECT_EQ(2, caps.max_jobs);
	EXPECT_EQ(-EAGAIN, submit(self->fd, &self->job[4], 1));
	EXPECT_EQ(4, wait_all(self->fd, self->done, 4));
	EXPECT_EQ(2, submit(self->fd, &self->job[5], 4));
	EXPECT_EQ(2, param_set(PARAMETERS "max_jobs", limit));
}

struct reader {
	int fd;
	uint64_t after_ns;
	struct xrsched_completion *done;
	int ret;
};

static void *read_later(void *arg)
{
	struct reader *r = arg;

	sleep_ns(r->after_ns);
	r->ret = wait_none(r->fd, r->done, 16);
	return NULL;
}

TEST_F(submit, waits_for_room)
{
	struct reader r = {
		.fd = self->fd, .after_ns = 50 * MSEC, .done = self->done,
	};
	uint64_t begin = now_ns();
	pthread_t thread;
	unsigned int i;

	fill(_metadata, self, 2);
	for (i = 0; i < 3; i++)
		ASSERT_EQ(1, cancel(self->fd, self->stream, i, 0));
	ASSERT_EQ(0, pthread_create(&thread, NULL, read_later, &r));
	/* Two at once, three more when the others have been read. */
	EXPECT_EQ(5, submit_flags(self->fd, self->job, 5,
				  XRSCHED_SUBMIT_WAIT, now_ns() + 10 * SEC));
	EXPECT_LE(50 * MSEC, now_ns() - begin);
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(3, r.ret);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(0, self->job[i].result);
}

TEST_F(submit, waits_in_vain)
{
	uint64_t deadline;

	fill(_metadata, self, 0);
	deadline = now_ns() + 40 * MSEC;
	EXPECT_EQ(-ETIMEDOUT, submit_flags(self->fd, self->job, 2,
					   XRSCHED_SUBMIT_WAIT, deadline));
	EXPECT_LE(deadline, now_ns());
	/* A time that is past is not waited for. */
	EXPECT_EQ(-ETIMEDOUT, submit_flags(self->fd, self->job, 2,
					   XRSCHED_SUBMIT_WAIT, 1));
}

/* What had room is in, even so. */
TEST_F(submit, waits_in_vain_for_part)
{
	uint64_t deadline;

	fill(_metadata, self, 2);
	deadline = now_ns() + 40 * MSEC;
	EXPECT_EQ(2, submit_flags(self->fd, self->job, 4, XRSCHED_SUBMIT_WAIT,
				  deadline));
	EXPECT_LE(deadline, now_ns());
	EXPECT_EQ(0, self->job[0].result);
	EXPECT_EQ(0, self->job[1].result);
}

/* Readers and writers at once, through a queue of a few places. */
static void *submit_many(void *arg)
{
	FIXTURE_DATA(submit) *self = arg;
	unsigned int frame = 0;
	int ret;

	while (frame < 400) {
		unsigned int i;

		for (i = 0; i < 16; i++)
			job_init(&self->job[i], self->stream, frame + i);
		ret = submit_flags(self->fd, self->job, 16,
				   XRSCHED_SUBMIT_WAIT, now_ns() + 10 * SEC);
		if (ret < 0)
			return (void *)(intptr_t)ret;
		frame += ret;
	}
	return NULL;
}

TEST_F(submit, flow)
{
	unsigned int frame = 0;
	pthread_t thread;
	void *result;
	long limit;
	int nr, i;

	ASSERT_EQ(1, engine_add_null(CLASS));
	ASSERT_EQ(0, engine_del(0));
	limit = param_set(PARAMETERS "max_jobs", 5);
	ASSERT_LT(0, limit);
	ASSERT_EQ(0, pthread_create(&thread, NULL, submit_many, self));
	while (frame < 400) {
		nr = wait_until(self->fd, self->done, 3, 1,
				now_ns() + 10 * SEC);
		if (nr <= 0)
			break;
		for (i = 0; i < nr; i++)
			EXPECT_EQ(frame++, self->done[i].frame);
	}
	ASSERT_EQ(0, pthread_join(thread, &result));
	EXPECT_EQ(NULL, result);
	EXPECT_EQ(400, frame);
	EXPECT_EQ(5, param_set(PARAMETERS "max_jobs", limit));
}

TEST_HARNESS_MAIN
