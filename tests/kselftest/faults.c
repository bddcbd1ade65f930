// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults on purpose, and the guard against all of them, over the control
 * plane: what is set is what is read and what happens.
 */
#define _GNU_SOURCE
#include <sys/stat.h>

#include <xrsched/fault.h>

#include "control.h"
#include "helpers.h"

#define FAIL_LAYER "/sys/kernel/debug/xrsched/fail_layer/"

FIXTURE(faults) {
	struct xrsched_control *control;
	struct xrsched_guard guard;
	int fd;
	int id;
	uint32_t stream;
	uint64_t frame;
};

FIXTURE_SETUP(faults)
{
	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, xrsched_control_open(&self->control));
	ASSERT_EQ(0, xrsched_control_guard_get(self->control, 0, &self->guard));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->id = engine_add(CLASS);
	ASSERT_LE(0, self->id);
	self->stream =
		stream_create(self->fd, model_create(self->fd, 1, MSEC), 0);
	ASSERT_NE(0, self->stream);
}

FIXTURE_TEARDOWN(faults)
{
	close(self->fd);
	if (!geteuid())
		EXPECT_EQ(0, xrsched_control_guard_set(self->control, 0,
						       &self->guard));
	xrsched_control_close(self->control);
	if (!geteuid())
		EXPECT_TRUE(device_quiet(0, 0));
}

static int set(FIXTURE_DATA(faults) *self, const char *text)
{
	struct xrsched_fault_plan plan;
	char which[XRSCHED_NAME_LEN];

	if (xrsched_fault_parse(text, which, &plan, NULL))
		return -1;
	return xrsched_control_fault_set(self->control, 0, self->id, &plan);
}

static int guard(FIXTURE_DATA(faults) *self, const char *text)
{
	struct xrsched_guard g = self->guard;

	if (xrsched_guard_parse(text, &g, NULL))
		return -1;
	return xrsched_control_guard_set(self->control, 0, &g);
}

/* Runs a job to its end. */
static int run(FIXTURE_DATA(faults) *self, struct xrsched_completion *done)
{
	if (submit_one(self->fd, self->stream, self->frame++) != 1)
		return -1;
	return wait_all(self->fd, done, 1) == 1 ? done->outcome : -2;
}

static int counters(FIXTURE_DATA(faults) *self,
		    struct xrsched_control_engine *engine)
{
	struct xrsched_control_engine *list;
	int nr = xrsched_control_engines(self->control, 0, &list);

	if (nr < 1)
		return -1;
	*engine = list[0];
	xrsched_free(list);
	return 0;
}

TEST_F(faults, what_is_set_is_read)
{
	static const char *const texts[] = {
		"none",
		"hang=1%,error=2%,slowx3=0.5%,wrong-seq=0.0001%,burst=9,seed=5",
		"hang@5s+1s/10s,slowx7@2ms,wrong-seq@3us/1s,burst=2,seed=1",
	};
	char text[XRSCHED_FAULT_TEXT];
	struct xrsched_fault_plan plan;
	size_t i;

	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, set(self, texts[i]));
		ASSERT_EQ(0, xrsched_control_fault_get(self->control, 0,
						       self->id, &plan));
		xrsched_fault_format(&plan, text, sizeof(text));
		EXPECT_STREQ(texts[i], text);
	}
}

TEST_F(faults, error)
{
	struct xrsched_control_engine engine;
	struct xrsched_fault_plan plan;
	struct xrsched_completion done;

	ASSERT_EQ(0, guard(self, "retries=2,strikes=16,rest=1us"));
	ASSERT_EQ(0, set(self, "error@0s"));
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
	ASSERT_EQ(0, set(self, "error=100%"));
	EXPECT_EQ(XRSCHED_FAILED, run(self, &done));
	EXPECT_EQ(XRSCHED_REASON_FAULT, done.reason);
	ASSERT_EQ(0, xrsched_control_fault_get(self->control, 0, self->id,
					       &plan));
	EXPECT_EQ(3, plan.hit[XRSCHED_FAULT_KIND_ERROR]);
	ASSERT_EQ(0, counters(self, &engine));
	EXPECT_EQ(4, engine.faults);
	EXPECT_EQ(0, engine.timeouts);
	EXPECT_LE(4 * MSEC, engine.lost_ns);
	EXPECT_EQ(4 * JOB_PJ(1), engine.lost_pj);
}

TEST_F(faults, hang)
{
	struct xrsched_control_engine engine;
	struct xrsched_completion done;

	ASSERT_EQ(0, guard(self, "floor=20ms,retries=0,rest=1us"));
	ASSERT_EQ(0, set(self, "hang=100%"));
	EXPECT_EQ(XRSCHED_FAILED, run(self, &done));
	EXPECT_EQ(XRSCHED_REASON_TIMEOUT, done.reason);
	ASSERT_EQ(0, counters(self, &engine));
	EXPECT_EQ(1, engine.timeouts);
	EXPECT_LE(20 * MSEC, engine.lost_ns);
	ASSERT_EQ(0, set(self, "none"));
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
}

/* After 16 strikes it does not come back by itself: taking the faults away helps. */
TEST_F(faults, forgiven)
{
	struct xrsched_control_engine engine = {};
	struct xrsched_completion done;
	unsigned int i;

	ASSERT_EQ(0, guard(self, "retries=0,strikes=1,rest=1us,rest-max=1ms"));
	ASSERT_EQ(0, set(self, "error=100%"));
	for (i = 0; i < 2000 && engine.strikes < 16; i++) {
		ASSERT_EQ(XRSCHED_FAILED, run(self, &done));
		sleep_ns(MSEC);
		ASSERT_EQ(0, counters(self, &engine));
	}
	EXPECT_EQ(16, engine.strikes);
	sleep_ns(50 * MSEC);
	ASSERT_EQ(0, counters(self, &engine));
	EXPECT_EQ(XRSCHED_ENGINE_STATE_QUARANTINED, engine.state);
	ASSERT_EQ(0, set(self, "none"));
	for (i = 0; i < 500 && engine.state != XRSCHED_ENGINE_STATE_UP; i++) {
		sleep_ns(10 * MSEC);
		ASSERT_EQ(0, counters(self, &engine));
	}
	EXPECT_EQ(XRSCHED_ENGINE_STATE_UP, engine.state);
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
}

/* The answer counts as a bad one; what it was for runs out of time. */
TEST_F(faults, wrong_number)
{
	struct xrsched_control_engine engine;
	struct xrsched_completion done;

	ASSERT_EQ(0, guard(self, "floor=20ms,retries=1,rest=1us"));
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
	ASSERT_EQ(0, set(self, "wrong-seq@0s"));
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
	ASSERT_EQ(0, counters(self, &engine));
	EXPECT_EQ(1, engine.timeouts);
	EXPECT_EQ(1, engine.bad_answers);
	EXPECT_EQ(2, engine.layers);
}

TEST_F(faults, slow)
{
	struct xrsched_completion done;

	ASSERT_EQ(0, guard(self, "floor=10s"));
	ASSERT_EQ(0, set(self, "slowx30@0s"));
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
	EXPECT_LE(30 * MSEC, done.finish_ns - done.start_ns);
	EXPECT_EQ(JOB_PJ(1), done.energy_pj);
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
	EXPECT_GT(25 * MSEC, done.finish_ns - done.start_ns);
}

TEST_F(faults, refused)
{
	struct xrsched_fault_plan plan = { .burst = 1001 };
	struct xrsched_guard g = self->guard;
	int null;

	EXPECT_EQ(-ERANGE, set(self, "slowx1=1%"));
	EXPECT_EQ(-ERANGE, set(self, "hang=60%,error=60%"));
	EXPECT_EQ(-ERANGE, set(self, "hang@1s+2s/1s"));
	EXPECT_EQ(-ERANGE, xrsched_control_fault_set(self->control, 0, self->id,
						     &plan));
	plan.burst = 0;
	EXPECT_EQ(-ENOENT, xrsched_control_fault_set(self->control, 0, 17,
						     &plan));
	EXPECT_EQ(-ENODEV, xrsched_control_fault_set(self->control, 77, 0,
						     &plan));
	null = engine_add_null(CLASS);
	ASSERT_LE(0, null);
	EXPECT_EQ(-EOPNOTSUPP, xrsched_control_fault_set(self->control, 0, null,
							 &plan));
	EXPECT_EQ(-EOPNOTSUPP, xrsched_control_fault_get(self->control, 0, null,
							 &plan));
	g.floor_ns = 999;
	EXPECT_EQ(-ERANGE, xrsched_control_guard_set(self->control, 0, &g));
	g = self->guard;
	g.rest_max_ns = g.rest_ns - 1;
	EXPECT_EQ(-ERANGE, xrsched_control_guard_set(self->control, 0, &g));
	EXPECT_EQ(-ENODEV, xrsched_control_guard_get(self->control, 77, &g));
	ASSERT_EQ(0, xrsched_control_guard_get(self->control, 0, &g));
	EXPECT_EQ(0, memcmp(&g, &self->guard, sizeof(g)));
}

TEST_F(faults, needs_capability)
{
	struct xrsched_fault_plan plan = {};

	ASSERT_EQ(0, setresgid(65534, 65534, 65534));
	ASSERT_EQ(0, setresuid(65534, 65534, 65534));
	EXPECT_EQ(-EPERM, xrsched_control_fault_set(self->control, 0, self->id,
						    &plan));
	EXPECT_EQ(-EPERM, xrsched_control_guard_set(self->control, 0,
						    &self->guard));
	EXPECT_EQ(0, xrsched_control_guard_get(self->control, 0, &self->guard));
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret = fd < 0 ? -1 : (int)write(fd, text, strlen(text));

	close(fd);
	return ret;
}

/* The kernel's own fault injection, where there is one. */
TEST_F(faults, fail_layer)
{
	struct xrsched_completion done;

	if (access(FAIL_LAYER "probability", W_OK))
		SKIP(return, "this kernel has no fault injection");
	ASSERT_EQ(0, guard(self, "retries=0,rest=1us"));
	EXPECT_LT(0, write_file(FAIL_LAYER "verbose", "0"));
	EXPECT_LT(0, write_file(FAIL_LAYER "times", "1"));
	EXPECT_LT(0, write_file(FAIL_LAYER "probability", "100"));
	EXPECT_EQ(XRSCHED_FAILED, run(self, &done));
	EXPECT_EQ(XRSCHED_REASON_FAULT, done.reason);
	EXPECT_EQ(XRSCHED_COMPLETED, run(self, &done));
	EXPECT_LT(0, write_file(FAIL_LAYER "probability", "0"));
}

TEST_HARNESS_MAIN
