// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all calls have in common: layout of the structs, numbers of the calls,
 * sizes that differ from the kernel's, pointers to nowhere.  Needs no engine,
 * and is built for 32 bits, too.
 */
#include <stddef.h>

#include "helpers.h"

/*
 * The layout is the ABI: the same figures for 64 and 32 bits, for ever.
 */
#define SIZE(type, bytes) \
	_Static_assert(sizeof(struct type) == (bytes), #type " changed")
#define AT(type, member, bytes) \
	_Static_assert(offsetof(struct type, member) == (bytes), \
		       #type "." #member " moved")

SIZE(xrsched_caps, 40);
SIZE(xrsched_class, 32);
SIZE(xrsched_variant, 16);
SIZE(xrsched_layer, 16);
SIZE(xrsched_cost, 16);
SIZE(xrsched_model_create, 88);
SIZE(xrsched_handle, 8);
SIZE(xrsched_stream_create, 88);
SIZE(xrsched_advice, 80);
SIZE(xrsched_job, 80);
SIZE(xrsched_submit, 40);
SIZE(xrsched_completion, 72);
SIZE(xrsched_wait, 40);
SIZE(xrsched_cancel, 24);
SIZE(xrsched_stream_stats, 168);
AT(xrsched_caps, features, 8);
AT(xrsched_caps, max_batch, 36);
AT(xrsched_layer, skip, 12);
AT(xrsched_model_create, variants, 40);
AT(xrsched_model_create, handle, 84);
AT(xrsched_stream_create, period_ns, 48);
AT(xrsched_stream_create, drop_max, 72);
AT(xrsched_stream_create, id, 84);
AT(xrsched_job, skip_mask, 40);
AT(xrsched_job, result, 52);
AT(xrsched_job, in_fence, 56);
AT(xrsched_job, out_fence, 60);
AT(xrsched_job, buffers, 64);
AT(xrsched_job, nr_buffers, 72);
AT(xrsched_submit, timeout_ns, 24);
AT(xrsched_submit, accepted, 32);
AT(xrsched_completion, stream, 16);
AT(xrsched_completion, release_ns, 24);
AT(xrsched_completion, switches, 68);
AT(xrsched_wait, timeout_ns, 24);
AT(xrsched_wait, nr, 36);
AT(xrsched_cancel, cancelled, 20);
AT(xrsched_stream_stats, in_flight, 12);
AT(xrsched_stream_stats, queue_p99_ns, 152);
AT(xrsched_stream_stats, full, 160);

FIXTURE(basic) {
	int fd;
};

FIXTURE_SETUP(basic)
{
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
}

FIXTURE_TEARDOWN(basic)
{
	close(self->fd);
}

TEST_F(basic, caps)
{
	struct xrsched_caps caps;

	ASSERT_EQ(0, get_caps(self->fd, &caps));
	EXPECT_EQ(sizeof(caps), caps.size);
	EXPECT_EQ(0, caps.flags);
	EXPECT_TRUE(caps.features & XRSCHED_FEATURE_RECORD);
	EXPECT_EQ(0, caps.device);
	EXPECT_LE(1, caps.max_models);
	EXPECT_LE(1, caps.max_streams);
	EXPECT_LE(1, caps.max_jobs);
	EXPECT_LE(1, caps.max_batch);
}

/* Those below are taken, or are kept for what is to come. */
TEST_F(basic, unknown_numbers)
{
	struct xrsched_stream_stats arg = { .size = sizeof(arg) };
	unsigned int nr;

	for (nr = 0x30; nr < 256; nr++)
		EXPECT_EQ(-ENOTTY, call(self->fd,
					_IOWR(XRSCHED_IOC_MAGIC, nr,
					      struct xrsched_stream_stats),
					&arg));
}

TEST_F(basic, wrong_type)
{
	struct xrsched_caps arg = { .size = sizeof(arg) };
	unsigned int type;

	for (type = 0; type < 256; type++) {
		/* 'T' and 'f' hold numbers that all files know. */
		if (type == XRSCHED_IOC_MAGIC || type == 'T' || type == 'f')
			continue;
		EXPECT_EQ(-ENOTTY, call(self->fd, _IOWR(type, 0,
							struct xrsched_caps),
					&arg));
	}
}

TEST_F(basic, wrong_direction)
{
	struct xrsched_caps arg = { .size = sizeof(arg) };
	struct xrsched_handle handle = { .handle = 1 };

	EXPECT_EQ(-ENOTTY, call(self->fd, _IO(XRSCHED_IOC_MAGIC, 0), &arg));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IOR(XRSCHED_IOC_MAGIC, 0,
					       struct xrsched_caps), &arg));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IOW(XRSCHED_IOC_MAGIC, 0,
					       struct xrsched_caps), &arg));
	EXPECT_EQ(-ENOTTY, call(self->fd, _IOWR(XRSCHED_IOC_MAGIC, 2,
						struct xrsched_handle),
				&handle));
}

/* The struct says how large it is, the number only what it was once. */
TEST_F(basic, size_in_number)
{
	struct xrsched_caps arg = { .size = sizeof(arg) };

	EXPECT_EQ(0, call(self->fd, _IOC(_IOC_READ | _IOC_WRITE,
					 XRSCHED_IOC_MAGIC, 0,
					 sizeof(arg) + 8), &arg));
	EXPECT_EQ(0, call(self->fd, _IOC(_IOC_READ | _IOC_WRITE,
					 XRSCHED_IOC_MAGIC, 0, 8), &arg));
}

/* The node is for root and a group; without udev's help, for root's. */
TEST_F(basic, not_for_everybody)
{
	pid_t pid = fork();
	int status;

	ASSERT_LE(0, pid);
	if (!pid)
		_exit(setgid(65534) || setuid(65534) || open_device() >= 0 ||
		      errno != EACCES);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(basic, no_mmap)
{
	void *at = mmap(NULL, getpagesize(), PROT_READ, MAP_SHARED, self->fd,
			0);

	EXPECT_EQ(MAP_FAILED, at);
	EXPECT_EQ(ENODEV, errno);
}

TEST_F(basic, no_write)
{
	char byte = 0;

	EXPECT_EQ(-1, write(self->fd, &byte, 1));
	EXPECT_EQ(EINVAL, errno);
}

/*
 * Every call whose struct carries its size, with an argument that is right.
 */
FIXTURE(sized) {
	int fd;
	uint32_t stream;
	struct model model;
	struct xrsched_job job;
	struct xrsched_completion done[2];
	struct xrsched_stream_stats before;
	/* The argument, and room for one that is too long. */
	union {
		uint32_t size;
		uint32_t word[64];
		char bytes[8192];
		struct xrsched_caps caps;
		struct xrsched_model_create model;
		struct xrsched_stream_create stream;
		struct xrsched_stream_stats stats;
		struct xrsched_submit submit;
		struct xrsched_wait wait;
		struct xrsched_cancel cancel;
	} arg, valid;
};

FIXTURE_VARIANT(sized) {
	unsigned long nr;
	size_t size;
	uint32_t flags;
};

FIXTURE_VARIANT_ADD(sized, caps) {
	.nr = XRSCHED_IOC_CAPS,
	.size = sizeof(struct xrsched_caps),
};

FIXTURE_VARIANT_ADD(sized, model_create) {
	.nr = XRSCHED_IOC_MODEL_CREATE,
	.size = sizeof(struct xrsched_model_create),
};

FIXTURE_VARIANT_ADD(sized, stream_create) {
	.nr = XRSCHED_IOC_STREAM_CREATE,
	.size = sizeof(struct xrsched_stream_create),
	.flags = XRSCHED_STREAM_FLAGS,
};

FIXTURE_VARIANT_ADD(sized, stream_stats) {
	.nr = XRSCHED_IOC_STREAM_STATS,
	.size = sizeof(struct xrsched_stream_stats),
};

FIXTURE_VARIANT_ADD(sized, submit) {
	.nr = XRSCHED_IOC_SUBMIT,
	.size = sizeof(struct xrsched_submit),
	.flags = XRSCHED_SUBMIT_FLAGS,
};

FIXTURE_VARIANT_ADD(sized, wait) {
	.nr = XRSCHED_IOC_WAIT,
	.size = sizeof(struct xrsched_wait),
};

FIXTURE_VARIANT_ADD(sized, cancel) {
	.nr = XRSCHED_IOC_CANCEL,
	.size = sizeof(struct xrsched_cancel),
	.flags = XRSCHED_CANCEL_FLAGS,
};

/* A client with a frame that waits, one that was cancelled, and the call. */
FIXTURE_SETUP(sized)
{
	uint32_t model;

	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	model_init(&self->model, 2, MSEC);
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_MODEL_CREATE,
			  &self->model.arg));
	model = self->model.arg.handle;
	self->model.arg.handle = POISON;
	self->stream = stream_create(self->fd, model, 0);
	ASSERT_NE(0, self->stream);
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 1, now_ns() + 900 * SEC));
	ASSERT_EQ(1, submit_at(self->fd, self->stream, 2, now_ns() + 900 * SEC));
	ASSERT_EQ(1, cancel(self->fd, self->stream, 1, 0));
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &self->before));

	switch (variant->nr) {
	case XRSCHED_IOC_CAPS:
		self->valid.size = variant->size;
		break;
	case XRSCHED_IOC_MODEL_CREATE:
		self->valid.model = self->model.arg;
		break;
	case XRSCHED_IOC_STREAM_CREATE:
		stream_init(&self->valid.stream, model);
		break;
	case XRSCHED_IOC_STREAM_STATS:
		self->valid.size = variant->size;
		self->valid.stats.stream = self->stream;
		break;
	case XRSCHED_IOC_SUBMIT:
		job_init(&self->job, self->stream, 3);
		self->job.release_ns = now_ns() + 900 * SEC;
		submit_init(&self->valid.submit, &self->job, 1);
		break;
	case XRSCHED_IOC_WAIT:
		wait_init(&self->valid.wait, self->done, 2);
		break;
	case XRSCHED_IOC_CANCEL:
		cancel_init(&self->valid.cancel, self->stream, 2);
		break;
	}
	self->arg = self->valid;
}

FIXTURE_TEARDOWN(sized)
{
	close(self->fd);
}

/* The client is as it was: one frame waits, one completion is to be read. */
static void unchanged(struct __test_metadata *_metadata,
		      FIXTURE_DATA(sized) *self)
{
	struct xrsched_completion done[3];
	struct xrsched_stream_stats after;

	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &after));
	EXPECT_EQ(0, memcmp(&after, &self->before, sizeof(after)));
	ASSERT_EQ(1, wait_none(self->fd, done, 3));
	EXPECT_EQ(1, done[0].frame);
}

static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(sized) *self,
		    const FIXTURE_VARIANT(sized) *variant, int error)
{
	EXPECT_EQ(-error, call(self->fd, variant->nr, &self->arg));
}

TEST_F(sized, accepted)
{
	EXPECT_EQ(0, call(self->fd, variant->nr, &self->arg));
}

TEST_F(sized, too_short)
{
	uint32_t size;

	for (size = 0; size < variant->size; size++) {
		self->arg.size = size;
		refused(_metadata, self, variant, EINVAL);
	}
	unchanged(_metadata, self);
}

/* From a program that knows more, but wants nothing of it. */
TEST_F(sized, longer_with_zeroes)
{
	self->arg.size = variant->size + 24;
	EXPECT_EQ(0, call(self->fd, variant->nr, &self->arg));
}

TEST_F(sized, longer_by_a_byte)
{
	self->arg.size = variant->size + 1;
	EXPECT_EQ(0, call(self->fd, variant->nr, &self->arg));
}

TEST_F(sized, as_long_as_a_page)
{
	self->arg.size = getpagesize();
	EXPECT_EQ(0, call(self->fd, variant->nr, &self->arg));
}

TEST_F(sized, longer_than_a_page)
{
	self->arg.size = getpagesize() + 1;
	refused(_metadata, self, variant, E2BIG);
	self->arg.size = UINT32_MAX;
	refused(_metadata, self, variant, E2BIG);
	unchanged(_metadata, self);
}

/* From a program that wants what this kernel does not know. */
TEST_F(sized, longer_with_contents)
{
	uint32_t at;

	self->arg.size = variant->size + 24;
	for (at = 0; at < 24; at++) {
		self->arg.bytes[variant->size + at] = 1;
		refused(_metadata, self, variant, E2BIG);
		self->arg.bytes[variant->size + at] = 0;
	}
	unchanged(_metadata, self);
}

/* The second word of each. */
TEST_F(sized, unknown_flags)
{
	uint32_t bit;

	for (bit = 1; bit; bit <<= 1) {
		if (bit & variant->flags)
			continue;
		self->arg.word[1] = self->valid.word[1] | bit;
		refused(_metadata, self, variant, EINVAL);
	}
	unchanged(_metadata, self);
}

TEST_F(sized, null)
{
	EXPECT_EQ(-EFAULT, call(self->fd, variant->nr, NULL));
	unchanged(_metadata, self);
}

TEST_F(sized, kernel_address)
{
	EXPECT_EQ(-EFAULT, call(self->fd, variant->nr,
				(void *)(uintptr_t)0xffff888000001000ULL));
	unchanged(_metadata, self);
}

/* It ends where there is no memory any more. */
TEST_F(sized, cut_off)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);
	char *arg;
	size_t left;

	ASSERT_NE(NULL, page);
	for (left = 0; left < variant->size; left += 4) {
		arg = page + getpagesize() - left;
		memcpy(arg, &self->arg, left);
		EXPECT_EQ(-EFAULT, call(self->fd, variant->nr, arg));
	}
	unchanged(_metadata, self);
}

/* All is well until the answer is to be written. */
TEST_F(sized, read_only)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);

	ASSERT_NE(NULL, page);
	memcpy(page, &self->arg, variant->size);
	ASSERT_EQ(0, mprotect(page, getpagesize(), PROT_READ));
	EXPECT_EQ(-EFAULT, call(self->fd, variant->nr, page));
	unchanged(_metadata, self);
}

TEST_HARNESS_MAIN
