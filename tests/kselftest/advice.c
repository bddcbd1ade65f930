// SPDX-License-Identifier: GPL-2.0-only
/*
 * XRSCHED_IOC_ADVISE: what it says, of whom, and every way of asking wrongly.
 */
#include <errno.h>

#include "control.h"
#include "helpers.h"

#define PERIOD_NS	(100 * MSEC)
#define LAYERS		2

FIXTURE(advice) {
	int fd;
	uint32_t model;
	struct xrsched_advice arg;
};

/* Two layers of 20 ms on the only engine. */
FIXTURE_SETUP(advice)
{
	ASSERT_EQ(0, device_reset("edf"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, LAYERS, 20 * MSEC);
	ASSERT_NE(0, self->model);
	self->arg = (struct xrsched_advice){ .size = sizeof(self->arg) };
}

FIXTURE_TEARDOWN(advice)
{
	close(self->fd);
	device_reset("edf");
}

static uint32_t stream_of(int fd, uint32_t model, uint64_t period_ns)
{
	struct xrsched_stream_create s;

	stream_init(&s, model);
	s.period_ns = period_ns;
	s.deadline_ns = 0;
	return call(fd, XRSCHED_IOC_STREAM_CREATE, &s) ? 0 : s.handle;
}

static int advise(FIXTURE_DATA(advice) *self, uint32_t stream)
{
	memset(&self->arg, 0, sizeof(self->arg));
	self->arg.size = sizeof(self->arg);
	self->arg.stream = stream;
	return call(self->fd, XRSCHED_IOC_ADVISE, &self->arg);
}

TEST_F(advice, feature)
{
	struct xrsched_caps caps;

	ASSERT_EQ(0, get_caps(self->fd, &caps));
	EXPECT_TRUE(caps.features & XRSCHED_FEATURE_ADVICE);
}

/* No stream at all: nothing can be late. */
TEST_F(advice, nobody)
{
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_SURE, self->arg.verdict);
	EXPECT_EQ(0, self->arg.stream);
	EXPECT_EQ(0, self->arg.need_ns);
}

/* Stream by stream until it is too much; which one is asked for, by name. */
TEST_F(advice, until_full)
{
	uint32_t one = stream_of(self->fd, self->model, PERIOD_NS);
	uint32_t two, three;

	ASSERT_NE(0, one);
	ASSERT_EQ(0, advise(self, one));
	EXPECT_EQ(XRSCHED_VERDICT_SURE, self->arg.verdict);
	EXPECT_EQ(one, self->arg.stream);
	EXPECT_EQ(PERIOD_NS, self->arg.limit_ns);
	EXPECT_EQ(40 * MSEC, self->arg.work_ns);
	EXPECT_EQ(40 * MSEC, self->arg.need_ns);
	EXPECT_EQ(400000, self->arg.load_ppm);
	EXPECT_STREQ(CLASS, self->arg.class_name);

	two = stream_of(self->fd, self->model, 10 * PERIOD_NS);
	ASSERT_EQ(0, advise(self, two));
	EXPECT_EQ(XRSCHED_VERDICT_SURE, self->arg.verdict);
	EXPECT_EQ(two, self->arg.stream);
	EXPECT_EQ(10 * PERIOD_NS, self->arg.limit_ns);
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(one, self->arg.stream);
	EXPECT_EQ(80 * MSEC, self->arg.need_ns);

	three = stream_of(self->fd, self->model, PERIOD_NS);
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_UNKNOWN, self->arg.verdict);
	EXPECT_LT(self->arg.limit_ns, self->arg.need_ns);
	EXPECT_EQ(840000, self->arg.load_ppm);
	EXPECT_EQ(0, stream_destroy(self->fd, three));
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_SURE, self->arg.verdict);
	ASSERT_EQ(-ENOENT, advise(self, three));
}

/* The guarantee is not for a policy that may leave an engine idle. */
TEST_F(advice, policy)
{
	ASSERT_NE(0, stream_of(self->fd, self->model, PERIOD_NS));
	ASSERT_EQ(0, policy_set("lookahead"));
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_CONSERVING, self->arg.verdict);
	ASSERT_EQ(0, policy_set("edf"));
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_SURE, self->arg.verdict);
}

/* No engine, no promise. */
TEST_F(advice, no_engine)
{
	ASSERT_NE(0, stream_of(self->fd, self->model, PERIOD_NS));
	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_UNKNOWN, self->arg.verdict);
	EXPECT_EQ(UINT64_MAX, self->arg.need_ns);
	EXPECT_EQ(UINT32_MAX, self->arg.load_ppm);
}

/* Others' streams count, but nothing is told of them, nor can they be named. */
TEST_F(advice, others)
{
	uint32_t mine = stream_of(self->fd, self->model, 10 * PERIOD_NS);
	int other = open_device();
	uint32_t theirs;

	ASSERT_LE(0, other);
	theirs = stream_of(other, model_create(other, LAYERS, 20 * MSEC),
			   60 * MSEC);
	ASSERT_NE(0, theirs);
	ASSERT_EQ(0, advise(self, 0));
	EXPECT_EQ(XRSCHED_VERDICT_UNKNOWN, self->arg.verdict);
	EXPECT_EQ(0, self->arg.stream);
	EXPECT_EQ(0, self->arg.limit_ns);
	EXPECT_EQ(0, self->arg.need_ns);
	EXPECT_EQ(0, self->arg.work_ns);
	EXPECT_STREQ("", self->arg.class_name);
	EXPECT_EQ(-ENOENT, advise(self, mine + 1));
	close(other);
}

TEST_F(advice, wrong)
{
	struct xrsched_advice *arg = &self->arg, before;

	arg->flags = 1;
	before = *arg;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_ADVISE, arg));
	EXPECT_EQ(0, memcmp(&before, arg, sizeof(before)));
	arg->flags = 0;
	arg->pad = 1;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_ADVISE, arg));
	arg->pad = 0;
	arg->size = sizeof(*arg) - 1;
	EXPECT_EQ(-EINVAL, call(self->fd, XRSCHED_IOC_ADVISE, arg));
	arg->size = sizeof(*arg);
	arg->stream = UINT32_MAX;
	EXPECT_EQ(-ENOENT, call(self->fd, XRSCHED_IOC_ADVISE, arg));
	EXPECT_EQ(-EFAULT, call(self->fd, XRSCHED_IOC_ADVISE, (void *)8));
}

TEST_HARNESS_MAIN
