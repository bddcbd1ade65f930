// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRSCHED_IOC_SUBMIT, _WAIT, _CANCEL and read(): every way of being wrong, one
 * at a time, and the limits of what is right.  Needs no engine: jobs wait for a
 * release that does not come, and end by being cancelled.
 */
#include <stddef.h>

#include "helpers.h"

/* Frames 1 and 2 wait, frame 0 is cancelled and can be read. */
FIXTURE(job) {
	int fd;
	uint32_t stream;
	uint64_t late;	/* when jobs are released: long after the test */
	struct xrsched_stream_stats before;
	struct xrsched_caps caps;
	struct xrsched_job job[4];
	struct xrsched_submit submit;
	struct xrsched_completion done[4];
	struct xrsched_wait wait;
	struct xrsched_cancel cancel;
};

FIXTURE_SETUP(job)
{
	uint32_t model;
	unsigned int i;

	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	ASSERT_EQ(0, get_caps(self->fd, &self->caps));
	model = model_create(self->fd, 2, MSEC);
	ASSERT_NE(0, model);
	self->stream = stream_create(self->fd, model, 0);
	ASSERT_NE(0, self->stream);
	self->late = now_ns() + 900 * SEC;
	for (i = 0; i < 3; i++)
		ASSERT_EQ(1, submit_at(self->fd, self->stream, i, self->late));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 0, 0));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &self->before));

	for (i = 0; i < 4; i++) {
		job_init(&self->job[i], self->stream, 3 + i);
		self->job[i].release_ns = self->late;
	}
	submit_init(&self->submit, self->job, 1);
	wait_init(&self->wait, self->done, 4);
	cancel_init(&self->cancel, self->stream, 1);
}

FIXTURE_TEARDOWN(job)
{
	close(self->fd);
}

static void unchanged(struct __test_metadata *_metadata,
		      FIXTURE_DATA(job) *self)
{
	struct xrsched_completion done[3];
	struct xrsched_stream_stats after;

	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &after));
	EXPECT_EQ(0, memcmp(&after, &self->before, sizeof(after)));
	ASSERT_EQ(1, wait_none(self->fd, done, 3));
	EXPECT_EQ(0, done[0].frame);
}

/* The whole call is refused. */
static void refused(struct __test_metadata *_metadata, FIXTURE_DATA(job) *self,
		    unsigned long nr, void *arg, int error)
{
	EXPECT_EQ(-error, call(self->fd, nr, arg));
	EXPECT_EQ(POISON, self->job[0].result);
	unchanged(_metadata, self);
}

/* The first job is refused, and with it the call. */
static void job_refused(struct __test_metadata *_metadata,
			FIXTURE_DATA(job) *self, int error)
{
	struct xrsched_job before[2] = { self->job[0], self->job[1] };

	self->submit.nr = 2;
	EXPECT_EQ(-error, call(self->fd, XRSCHED_IOC_SUBMIT, &self->submit));
	before[0].result = -error;
	EXPECT_EQ(0, memcmp(before, self->job, sizeof(before)));
	unchanged(_metadata, self);
}

#define WRONG(name, nr, member, error, change) \
TEST_F(job, name) \
{ \
	change; \
	refused(_metadata, self, nr, &self->member, error); \
}
#define WRONG_SUBMIT(name, error, change) \
	WRONG(submit_##name, XRSCHED_IOC_SUBMIT, submit, error, change)
#define WRONG_WAIT(name, error, change) \
	WRONG(wait_##name, XRSCHED_IOC_WAIT, wait, error, change)
#define WRONG_CANCEL(name, error, change) \
	WRONG(cancel_##name, XRSCHED_IOC_CANCEL, cancel, error, change)

#define WRONG_JOB(name, error, change) \
TEST_F(job, name) \
{ \
	struct xrsched_job *job = self->job; \
\
	change; \
	job_refused(_metadata, self, error); \
}

#define RIGHT_JOB(name, change) \
TEST_F(job, name) \
{ \
	struct xrsched_job *job = self->job; \
\
	change; \
	EXPECT_EQ(1, submit(self->fd, job, 1)); \
	EXPECT_EQ(0, job->result); \
	EXPECT_EQ(1, cancel(self->fd, self->stream, job->frame, 0)); \
}

#define NOWHERE 16

WRONG_SUBMIT(no_element, EINVAL, self->submit.nr = 0)
WRONG_SUBMIT(batch_over, EINVAL, self->submit.nr = self->caps.max_batch + 1)
WRONG_SUBMIT(batch_most, EINVAL, self->submit.nr = UINT32_MAX)
WRONG_SUBMIT(jobs_null, EFAULT, self->submit.jobs = 0)
WRONG_SUBMIT(jobs_nowhere, EFAULT, self->submit.jobs = NOWHERE)
WRONG_SUBMIT(jobs_kernel, EFAULT, self->submit.jobs = 0xffff888000001000ULL)
WRONG_SUBMIT(stride_none, EINVAL, self->submit.stride = 0)
WRONG_SUBMIT(stride_short, EINVAL,
	     self->submit.stride = offsetof(struct xrsched_job, in_fence) - 8)
WRONG_SUBMIT(stride_odd, EINVAL,
	     self->submit.stride = sizeof(struct xrsched_job) + 4)

TEST_F(job, submit_pad)
{
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		self->submit.pad = bit;
		EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_SUBMIT,
					&self->submit));
	}
	EXPECT_EQ(POISON, self->job[0].result);
	unchanged(_metadata, self);
}

/* Without XRSCHED_SUBMIT_WAIT nobody looks at it. */
TEST_F(job, submit_timeout_without_wait)
{
	self->submit.timeout_ns = 1;
	EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_SUBMIT, &self->submit));
	EXPECT_EQ(1, self->submit.accepted);
}

/* Jobs of a program that knows more. */
TEST_F(job, submit_stride)
{
	struct {
		struct xrsched_job job;
		uint64_t more[2];
	} longer[2] = {
		{ .job = self->job[0] },
		{ .job = self->job[1] },
	};

	submit_init(&self->submit, &longer[0].job, 2);
	self->submit.stride = sizeof(longer[0]);
	longer[0].more[1] = 1;
	EXPECT_EQ(-E2BIG, call(self->fd, XRSCHED_IOC_SUBMIT, &self->submit));
	unchanged(_metadata, self);

	longer[0].more[1] = 0;
	EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_SUBMIT, &self->submit));
	EXPECT_EQ(2, self->submit.accepted);
	EXPECT_EQ(0, longer[0].job.result);
	EXPECT_EQ(0, longer[1].job.result);
	EXPECT_EQ(2, cancel(self->fd, self->stream, 3, 0) +
		     cancel(self->fd, self->stream, 4, 0));
}

/* A result that cannot be written is a job that cannot be submitted. */
TEST_F(job, submit_read_only_jobs)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);

	ASSERT_NE(NULL, page);
	memcpy(page, self->job, sizeof(self->job[0]));
	ASSERT_EQ(0, mprotect(page, getpagesize(), PROT_READ));
	self->submit.jobs = (uintptr_t)page;
	refused(_metadata, self, XRSCHED_IOC_SUBMIT, &self->submit, EFAULT);
}

/* The second element is not all there: the first is not taken either. */
TEST_F(job, submit_cut_off)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);
	size_t size = sizeof(struct xrsched_job) * 2 - 8;
	struct xrsched_job *job;

	ASSERT_NE(NULL, page);
	job = (void *)(page + getpagesize() - size);
	memcpy(job, self->job, size);
	submit_init(&self->submit, job, 2);
	refused(_metadata, self, XRSCHED_IOC_SUBMIT, &self->submit, EFAULT);
	EXPECT_EQ(POISON, job->result);
}

TEST_F(job, submit_largest_batch)
{
	struct xrsched_job *job = calloc(self->caps.max_batch, sizeof(*job));
	uint32_t i, nr = self->caps.max_batch;

	ASSERT_NE(NULL, job);
	if (nr > self->caps.max_jobs - 3)
		nr = self->caps.max_jobs - 3;
	for (i = 0; i < nr; i++) {
		job_init(&job[i], self->stream, 3 + i);
		job[i].release_ns = self->late;
	}
	EXPECT_EQ(nr, submit(self->fd, job, nr));
	for (i = 0; i < nr; i++)
		ASSERT_EQ(0, job[i].result);
	EXPECT_EQ(nr + 2, cancel(self->fd, self->stream, 0,
				 XRSCHED_CANCEL_ALL));
	free(job);
}

/* The first version of the struct, from a program that knows no other. */
TEST_F(job, submit_first_stride)
{
	self->submit.stride = offsetof(struct xrsched_job, in_fence);
	/* What follows is not the kernel's business. */
	self->job[0].in_fence = POISON;
	EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_SUBMIT, &self->submit));
	EXPECT_EQ(1, self->submit.accepted);
	EXPECT_EQ(POISON, self->job[0].in_fence);
}

WRONG_JOB(in_fence_unwanted, EINVAL, job->in_fence = 1)
WRONG_JOB(stream_zero, ENOENT, job->stream = 0)
WRONG_JOB(stream_unknown, ENOENT, job->stream = self->stream + 1)
WRONG_JOB(stream_most, ENOENT, job->stream = UINT32_MAX)
WRONG_JOB(frame_again, EINVAL, job->frame = 2)
WRONG_JOB(frame_backwards, EINVAL, job->frame = 0)
WRONG_JOB(frame_most, EINVAL, job->frame = UINT64_MAX)
RIGHT_JOB(frame_skipped, job->frame = 1000)
WRONG_JOB(release_backwards, EINVAL, job->release_ns = self->late - 1)
WRONG_JOB(release_now_backwards, EINVAL, job->release_ns = 0)
RIGHT_JOB(release_same, job->release_ns = self->late)
RIGHT_JOB(release_later, job->release_ns = self->late + 1)
WRONG_JOB(release_never, EINVAL, job->release_ns = UINT64_MAX)
WRONG_JOB(release_overflow, EINVAL, job->release_ns = UINT64_MAX - SEC)
WRONG_JOB(deadline_at_release, EINVAL, job->deadline_ns = job->release_ns)
WRONG_JOB(deadline_before, EINVAL, job->deadline_ns = job->release_ns - 1)
WRONG_JOB(deadline_first, EINVAL, job->deadline_ns = 1)
RIGHT_JOB(deadline_tight, job->deadline_ns = job->release_ns + 1)
RIGHT_JOB(times_last, {
	job->release_ns = UINT64_MAX - 1;
	job->deadline_ns = UINT64_MAX;
})
RIGHT_JOB(skip_all, job->skip_mask = UINT64_MAX)
RIGHT_JOB(exit_last, job->exit = XRSCHED_MAX_EXITS)
WRONG_JOB(exit_over, EINVAL, job->exit = XRSCHED_MAX_EXITS + 1)
WRONG_JOB(exit_most, EINVAL, job->exit = UINT8_MAX)
RIGHT_JOB(variant_last, job->variant = 1)
WRONG_JOB(variant_over, EINVAL, job->variant = 2)
WRONG_JOB(variant_most, EINVAL, job->variant = UINT8_MAX)
RIGHT_JOB(cookie_most, job->cookie = UINT64_MAX)

TEST_F(job, job_flags)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		if (XRSCHED_JOB_FLAGS & (1U << bit))
			continue;
		self->job[0].flags = 1U << bit;
		EXPECT_EQ(-EINVAL, submit(self->fd, self->job, 1));
		EXPECT_EQ(-EINVAL, self->job[0].result);
	}
	unchanged(_metadata, self);
}

TEST_F(job, job_pad)
{
	unsigned int bit;

	for (bit = 0; bit < 16; bit++) {
		self->job[0].pad = 1U << bit;
		EXPECT_EQ(-EINVAL, submit(self->fd, self->job, 1));
		EXPECT_EQ(-EINVAL, self->job[0].result);
	}
	unchanged(_metadata, self);
}

WRONG_WAIT(no_room, EINVAL, self->wait.max = 0)
WRONG_WAIT(batch_over, EINVAL, self->wait.max = self->caps.max_batch + 1)
WRONG_WAIT(batch_most, EINVAL, self->wait.max = UINT32_MAX)
WRONG_WAIT(min_over, EINVAL, self->wait.min = 5)
WRONG_WAIT(stride_none, EINVAL, self->wait.stride = 0)
WRONG_WAIT(stride_short, EINVAL,
	   self->wait.stride = sizeof(struct xrsched_completion) - 8)
WRONG_WAIT(stride_odd, EINVAL,
	   self->wait.stride = sizeof(struct xrsched_completion) + 4)
WRONG_WAIT(completions_null, EFAULT, self->wait.completions = 0)
WRONG_WAIT(completions_nowhere, EFAULT, self->wait.completions = NOWHERE)
WRONG_WAIT(completions_kernel, EFAULT,
	   self->wait.completions = 0xffff888000001000ULL)

TEST_F(job, wait_read_only)
{
	char *page = page_before_hole(PROT_READ);

	ASSERT_NE(NULL, page);
	self->wait.completions = (uintptr_t)page;
	refused(_metadata, self, XRSCHED_IOC_WAIT, &self->wait, EFAULT);
}

/* Completions for a program that knows more. */
TEST_F(job, wait_stride)
{
	struct {
		struct xrsched_completion done;
		char more[24];
	} longer[2];
	unsigned int i;

	memset(longer, 0xff, sizeof(longer));
	self->wait.completions = (uintptr_t)longer;
	self->wait.max = 2;
	self->wait.stride = sizeof(longer[0]);
	ASSERT_EQ(1, cancel(self->fd, self->stream, 1, 0));
	EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_WAIT, &self->wait));
	EXPECT_EQ(2, self->wait.nr);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(i, longer[i].done.frame);
		EXPECT_EQ(XRSCHED_CANCELLED, longer[i].done.outcome);
		EXPECT_EQ(0, longer[i].more[0]);
		EXPECT_EQ(0, memcmp(longer[i].more, longer[i].more + 1, 23));
	}
}

/* Room for one and a half of three: none is lost, none comes twice. */
TEST_F(job, wait_cut_off)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);
	size_t size = sizeof(struct xrsched_completion) * 3 / 2;
	struct xrsched_completion *done;

	ASSERT_NE(NULL, page);
	ASSERT_EQ(2, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	done = (void *)(page + getpagesize() - size);
	self->wait.completions = (uintptr_t)done;
	EXPECT_EQ(0, call(self->fd, XRSCHED_IOC_WAIT, &self->wait));
	EXPECT_EQ(1, self->wait.nr);
	EXPECT_EQ(0, done->frame);
	ASSERT_EQ(2, wait_none(self->fd, self->done, 4));
	EXPECT_EQ(1, self->done[0].frame);
	EXPECT_EQ(2, self->done[1].frame);
}

TEST_F(job, wait_nothing_there)
{
	ASSERT_EQ(1, wait_none(self->fd, self->done, 4));
	EXPECT_EQ(0, wait_none(self->fd, self->done, 4));
}

WRONG_CANCEL(stream_zero, ENOENT, self->cancel.stream = 0)
WRONG_CANCEL(stream_unknown, ENOENT, self->cancel.stream = self->stream + 1)
WRONG_CANCEL(frame_ended, ENOENT, self->cancel.frame = 0)
WRONG_CANCEL(frame_to_come, ENOENT, self->cancel.frame = 3)
WRONG_CANCEL(frame_most, ENOENT, self->cancel.frame = UINT64_MAX)
WRONG_CANCEL(all_but_frame, EINVAL,
	     self->cancel.flags = XRSCHED_CANCEL_ALL)

TEST_F(job, cancel_right)
{
	EXPECT_EQ(1, cancel(self->fd, self->stream, 2, 0));
	EXPECT_EQ(-ENOENT, cancel(self->fd, self->stream, 2, 0));
	EXPECT_EQ(1, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(0, cancel(self->fd, self->stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(3, wait_none(self->fd, self->done, 4));
}

TEST_F(job, read_too_small)
{
	EXPECT_EQ(-1, read(self->fd, self->done, sizeof(self->done[0]) - 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, read(self->fd, self->done, 0));
	EXPECT_EQ(EINVAL, errno);
	unchanged(_metadata, self);
}

TEST_F(job, read_nowhere)
{
	char *page = page_before_hole(PROT_READ);

	ASSERT_NE(NULL, page);
	EXPECT_EQ(-1, read(self->fd, page, sizeof(self->done)));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, read(self->fd, page + getpagesize(),
			   sizeof(self->done)));
	EXPECT_EQ(EFAULT, errno);
	unchanged(_metadata, self);
}

TEST_HARNESS_MAIN
