// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRSCHED_IOC_STREAM_CREATE, _DESTROY and _STATS: every way of being wrong, one
 * at a time, and the limits of what is right.  Needs no engine.
 */
#include <linux/capability.h>
#include <sys/syscall.h>

#include "helpers.h"

/* A stream that is right, and one that it may follow. */
FIXTURE(streams) {
	int fd;
	uint32_t model;
	uint32_t first;
	struct xrsched_stream_create s;
	struct xrsched_caps before;
};

FIXTURE_SETUP(streams)
{
	struct model m;

	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	model_init(&m, 4, MSEC);
	m.arg.nr_variants = 2;
	m.variant[0].nr_layers = 2;
	m.variant[1] = m.variant[0];
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	self->model = m.arg.handle;
	self->first = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->first);
	stream_init(&self->s, self->model);
	ASSERT_EQ(0, get_caps(self->fd, &self->before));
}

FIXTURE_TEARDOWN(streams)
{
	close(self->fd);
}

static int create(FIXTURE_DATA(streams) *self)
{
	return call(self->fd, XRSCHED_IOC_STREAM_CREATE, &self->s);
}

static void refused(struct __test_metadata *_metadata,
		    FIXTURE_DATA(streams) *self, int error)
{
	struct xrsched_stream_create s = self->s;
	struct xrsched_caps after;

	EXPECT_EQ(-error, create(self));
	EXPECT_EQ(0, memcmp(&s, &self->s, sizeof(s)));
	ASSERT_EQ(0, get_caps(self->fd, &after));
	EXPECT_EQ(0, memcmp(&after, &self->before, sizeof(after)));
}

/* One change that makes the stream wrong. */
#define WRONG(name, error, change) \
TEST_F(streams, name) \
{ \
	struct xrsched_stream_create *s = &self->s; \
\
	change; \
	refused(_metadata, self, error); \
}

/* One change after which it is still right. */
#define RIGHT(name, change) \
TEST_F(streams, name) \
{ \
	struct xrsched_stream_create *s = &self->s; \
\
	change; \
	EXPECT_EQ(0, create(self)); \
	EXPECT_NE(0, s->handle); \
	EXPECT_NE(POISON, s->handle); \
	EXPECT_NE(POISON, s->id); \
	EXPECT_EQ(0, stream_destroy(self->fd, s->handle)); \
}

RIGHT(as_it_is, (void)s)
RIGHT(no_early_drop, s->flags = XRSCHED_STREAM_NO_EARLY_DROP)

WRONG(name_empty, EINVAL, memset(s->name, 0, XRSCHED_NAME_LEN))
WRONG(name_without_end, EINVAL, memset(s->name, 'x', XRSCHED_NAME_LEN))
WRONG(name_control, EINVAL, s->name[1] = '\n')
WRONG(name_not_ascii, EINVAL, s->name[1] = (char)0xe9)
WRONG(name_tail, EINVAL, s->name[XRSCHED_NAME_LEN - 1] = 'x')
RIGHT(name_longest, memset(s->name, 'x', XRSCHED_NAME_LEN - 1))

WRONG(model_zero, ENOENT, s->model = 0)
WRONG(model_unknown, ENOENT, s->model = self->model + 1)
WRONG(model_most, ENOENT, s->model = UINT32_MAX)
WRONG(upstream_unknown, ENOENT, s->upstream = self->first + 1)
WRONG(upstream_most, ENOENT, s->upstream = UINT32_MAX)
RIGHT(upstream_known, s->upstream = self->first)

RIGHT(period_least, s->period_ns = 1000)
WRONG(period_under, EINVAL, s->period_ns = 999)
RIGHT(period_greatest, s->period_ns = XRSCHED_MAX_PERIOD_NS)
WRONG(period_over, EINVAL, s->period_ns = XRSCHED_MAX_PERIOD_NS + 1)
WRONG(period_most, EINVAL, s->period_ns = UINT64_MAX)
RIGHT(period_none, s->period_ns = 0)
RIGHT(deadline_none, s->deadline_ns = 0)
WRONG(period_and_deadline_none, EINVAL, s->period_ns = s->deadline_ns = 0)
RIGHT(deadline_least, s->deadline_ns = 1)

RIGHT(weight_greatest, s->weight = 1000)
WRONG(weight_over, EINVAL, s->weight = 1001)
WRONG(weight_most, EINVAL, s->weight = UINT32_MAX)

WRONG(trigger_without_upstream, EINVAL, s->trigger_ppm = 1)
RIGHT(trigger_certain, {
	s->upstream = self->first;
	s->trigger_ppm = XRSCHED_PPM;
})
WRONG(trigger_over, EINVAL, {
	s->upstream = self->first;
	s->trigger_ppm = XRSCHED_PPM + 1;
})

RIGHT(drop_none_of_some, s->drop_window = 10)
RIGHT(drop_all, s->drop_max = s->drop_window = 64)
WRONG(drop_window_over, EINVAL, s->drop_window = 65)
WRONG(drop_more_than_window, EINVAL, {
	s->drop_window = 4;
	s->drop_max = 5;
})
WRONG(drop_without_window, EINVAL, s->drop_max = 1)

RIGHT(variant_lightest, s->lightest_variant = 2)
WRONG(variant_over, EINVAL, s->lightest_variant = 3)

RIGHT(priority_highest, s->priority = 3)
WRONG(priority_over, EINVAL, s->priority = 4)

TEST_F(streams, pad)
{
	unsigned int bit;

	for (bit = 0; bit < 8; bit++) {
		self->s.pad[0] = 1U << bit;
		refused(_metadata, self, EINVAL);
		self->s.pad[0] = 0;
		self->s.pad[1] = 1U << bit;
		refused(_metadata, self, EINVAL);
		self->s.pad[1] = 0;
	}
}

/* Priority is for those who may also set that of processes. */
TEST_F(streams, priority_needs_capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	ASSERT_EQ(0, syscall(SYS_capget, &header, data));
	data[0].effective &= ~(1U << CAP_SYS_NICE);
	ASSERT_EQ(0, syscall(SYS_capset, &header, data));
	for (self->s.priority = 1; self->s.priority <= 3; self->s.priority++)
		refused(_metadata, self, EPERM);
	self->s.priority = 0;
	EXPECT_EQ(0, create(self));
}

TEST_F(streams, model_destroyed)
{
	ASSERT_EQ(0, model_destroy(self->fd, self->model));
	refused(_metadata, self, ENOENT);
}

TEST_F(streams, upstream_destroyed)
{
	ASSERT_EQ(0, stream_destroy(self->fd, self->first));
	self->s.upstream = self->first;
	refused(_metadata, self, ENOENT);
}

TEST_F(streams, chain)
{
	unsigned int depth;

	self->s.upstream = self->first;
	for (depth = 2; depth <= 8; depth++) {
		ASSERT_EQ(0, create(self));
		self->s.upstream = self->s.handle;
	}
	self->s.handle = POISON;
	self->s.id = POISON;
	refused(_metadata, self, ELOOP);
}

/* Many may follow the same one. */
TEST_F(streams, fan)
{
	uint32_t handle[20];
	unsigned int i;

	self->s.upstream = self->first;
	for (i = 0; i < 20; i++) {
		ASSERT_EQ(0, create(self));
		handle[i] = self->s.handle;
	}
	EXPECT_EQ(-EBUSY, stream_destroy(self->fd, self->first));
	for (i = 0; i < 20; i++)
		EXPECT_EQ(0, stream_destroy(self->fd, handle[i]));
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
}

TEST_F(streams, most)
{
	uint32_t nr;

	for (nr = 1; nr < self->before.max_streams; nr++)
		ASSERT_EQ(0, create(self));
	self->s.handle = POISON;
	self->s.id = POISON;
	refused(_metadata, self, ENOSPC);
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
	EXPECT_EQ(0, create(self));
	self->s.handle = POISON;
	self->s.id = POISON;
	refused(_metadata, self, ENOSPC);
}

/* Others' streams take room on the device, too. */
TEST_F(streams, most_on_device)
{
	const char *path = PARAMETERS "max_device_streams";
	long limit = param_set(path, 5);
	int other = open_device();
	uint32_t model, i;

	ASSERT_LT(5, limit);
	ASSERT_LE(0, other);
	model = model_create(other, 1, MSEC);
	ASSERT_NE(0, model);
	for (i = 0; i < 4; i++)
		EXPECT_NE(0, stream_create(other, model, 0));
	refused(_metadata, self, ENOSPC);
	close(other);
	EXPECT_EQ(5, param_set(path, limit));
	EXPECT_EQ(0, create(self));
}

/* What was refused at the very end has not used up anything either. */
TEST_F(streams, refusals_cost_nothing)
{
	struct xrsched_stream_create *arg;
	uint32_t i;

	arg = (void *)page_before_hole(PROT_READ | PROT_WRITE);
	ASSERT_NE(NULL, arg);
	*arg = self->s;
	ASSERT_EQ(0, mprotect(arg, getpagesize(), PROT_READ));
	for (i = 0; i <= self->before.max_streams; i++)
		ASSERT_EQ(-EFAULT,
			  call(self->fd, XRSCHED_IOC_STREAM_CREATE, arg));
	for (i = 1; i < self->before.max_streams; i++)
		ASSERT_EQ(0, create(self));
}

/* The number on the device is one of its own, for each. */
TEST_F(streams, ids_differ)
{
	int other = open_device();
	struct xrsched_stream_create s;
	uint32_t model;

	ASSERT_LE(0, other);
	model = model_create(other, 1, MSEC);
	ASSERT_NE(0, model);
	stream_init(&s, model);
	ASSERT_EQ(0, create(self));
	ASSERT_EQ(0, call(other, XRSCHED_IOC_STREAM_CREATE, &s));
	EXPECT_NE(s.id, self->s.id);
	close(other);
}

TEST_F(streams, of_another_client)
{
	struct xrsched_stream_stats stats;
	int other = open_device();

	ASSERT_LE(0, other);
	EXPECT_EQ(-ENOENT, stream_destroy(other, self->first));
	EXPECT_EQ(-ENOENT, stream_stats(other, self->first, &stats));
	EXPECT_EQ(-ENOENT, submit_one(other, self->first, 0));
	EXPECT_EQ(-ENOENT, cancel(other, self->first, 0, XRSCHED_CANCEL_ALL));
	close(other);
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
}

TEST_F(streams, destroy)
{
	struct xrsched_stream_stats stats;

	EXPECT_EQ(-ENOENT, stream_destroy(self->fd, 0));
	EXPECT_EQ(-ENOENT, stream_destroy(self->fd, self->first + 1));
	EXPECT_EQ(-ENOENT, stream_destroy(self->fd, UINT32_MAX));
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
	EXPECT_EQ(-ENOENT, stream_destroy(self->fd, self->first));
	EXPECT_EQ(-ENOENT, stream_stats(self->fd, self->first, &stats));
	EXPECT_EQ(-ENOENT, submit_one(self->fd, self->first, 0));
	EXPECT_EQ(-ENOENT, cancel(self->fd, self->first, 0, 0));
}

TEST_F(streams, destroy_busy)
{
	struct xrsched_stream_stats before, after;

	ASSERT_EQ(1, submit_at(self->fd, self->first, 0,
			       now_ns() + 900 * SEC));
	ASSERT_EQ(0, stream_stats(self->fd, self->first, &before));
	self->s.upstream = self->first;
	ASSERT_EQ(0, create(self));
	EXPECT_EQ(-EBUSY, stream_destroy(self->fd, self->first));
	ASSERT_EQ(0, stream_stats(self->fd, self->first, &after));
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(after)));
	EXPECT_EQ(0, stream_destroy(self->fd, self->s.handle));
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
}

TEST_F(streams, destroy_flags)
{
	struct xrsched_handle arg = { .handle = self->first };
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		arg.flags = 1U << bit;
		EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_STREAM_DESTROY,
					&arg));
	}
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
}

/* The argument does not say how long it is, so the call's number has to. */
TEST_F(streams, destroy_longer)
{
	struct {
		struct xrsched_handle handle;
		uint64_t more;
	} arg = {};

	EXPECT_EQ(-ENOTTY, call(self->fd, _IOC(_IOC_WRITE, XRSCHED_IOC_MAGIC,
					_IOC_NR(XRSCHED_IOC_STREAM_DESTROY),
					sizeof(arg)), &arg));
}

TEST_F(streams, destroy_nowhere)
{
	char *page = page_before_hole(PROT_READ | PROT_WRITE);

	ASSERT_NE(NULL, page);
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_STREAM_DESTROY, NULL));
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_STREAM_DESTROY,
				page + getpagesize() - 4));
	EXPECT_EQ(0, stream_destroy(self->fd, self->first));
}

TEST_F(streams, stats_of_new)
{
	struct xrsched_stream_stats stats, zero = {
		.size = sizeof(zero),
		.stream = self->first,
	};

	ASSERT_EQ(0, stream_stats(self->fd, self->first, &stats));
	EXPECT_EQ(0, memcmp(&stats, &zero, sizeof(stats)));
}

TEST_F(streams, stats_unknown)
{
	struct xrsched_stream_stats stats;

	EXPECT_EQ(-ENOENT, stream_stats(self->fd, 0, &stats));
	EXPECT_EQ(-ENOENT, stream_stats(self->fd, self->first + 1, &stats));
	EXPECT_EQ(-ENOENT, stream_stats(self->fd, UINT32_MAX, &stats));
}

TEST_HARNESS_MAIN
