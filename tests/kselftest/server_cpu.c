// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched-engine-cpu when it is told to go: it answers for the layer that it
 * executes, takes no other one, and ends well.
 *
 * What it leaves is for a server of the test itself, which takes nothing until
 * it asks.
 */
#include <libgen.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"

/* Its first layer keeps plain loops busy for a fifth of a second or more. */
#define MODEL		"PD_Plane_RCNN_Quarter"
#define SCALE		"0.5"

FIXTURE(told_to_go) {
	int fd;
	uint32_t stream;
	pid_t engine;
	struct xrsched_server *spare;
	struct xrsched_completion done[2];
	const char *skip;
};

/* Of the same build as this program. */
static pid_t start_engine(void)
{
	char self[PATH_MAX] = "", program[PATH_MAX + 32];
	pid_t pid;

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return -1;
	snprintf(program, sizeof(program), "%s/../../bin/xrsched-engine-cpu",
		 dirname(self));
	if (access(program, X_OK))
		return 0;
	pid = fork();
	if (!pid) {
		/* It does not outlive a test that fails. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(program, program, "--class", CLASS, "--backend", "ref",
		      "--scale", SCALE, "--quiet", NULL);
		_exit(127);
	}
	return pid;
}

FIXTURE_SETUP(told_to_go)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
	};
	struct model m;

	/* A test would be run all the same if it were skipped from here. */
	self->fd = -1;
	if (!access("/sys/kernel/debug/kmemleak", F_OK))
		self->skip = "a debug kernel computes too slowly";
	if (self->skip)
		return;
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	self->engine = start_engine();
	if (!self->engine)
		self->skip = "xrsched-engine-cpu was not built";
	if (self->skip)
		return;
	ASSERT_LT(0, self->engine);
	ASSERT_EQ(0, xrsched_server_open(&opts, &self->spare));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	/* So long that the watchdog never barks. */
	model_init(&m, 1, 60 * SEC);
	strcpy(m.arg.name, MODEL);
	ASSERT_EQ(0, call(self->fd, XRSCHED_IOC_MODEL_CREATE, &m.arg));
	self->stream = stream_create(self->fd, m.arg.handle, 0);
	ASSERT_NE(0, self->stream);
}

FIXTURE_TEARDOWN(told_to_go)
{
	if (self->skip)
		return;
	xrsched_server_close(self->spare);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* Tells it to go; returns with what status it went, -1 if it did not. */
static int tell_to_go(pid_t engine)
{
	int status;

	kill(engine, SIGTERM);
	if (soon(waitpid(engine, &status, WNOHANG) == engine))
		return status;
	kill(engine, SIGKILL);
	waitpid(engine, &status, 0);
	return -1;
}

TEST_F(told_to_go, while_it_executes)
{
	const struct xrsched_server_result result = {
		.status = XRSCHED_LAYER_DONE,
		.energy_pj = LAYER_PJ,
	};
	struct xrsched_server_layer layer;
	struct xrsched_stream_stats stats;

	if (self->skip)
		SKIP(return, "%s", self->skip);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 1));
	ASSERT_TRUE(soon(engine_busy() >= 0));
	/* Busy from when the layer is there: now it has taken it. */
	sleep_ns(20 * MSEC);
	EXPECT_EQ(0, tell_to_go(self->engine));
	/* What it executed is done; what came next was left alone. */
	ASSERT_EQ(1, wait_none(self->fd, self->done, 2));
	EXPECT_EQ(0, self->done[0].frame);
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_EQ(1, self->done[0].layers);
	ASSERT_EQ(0, xrsched_server_fetch(self->spare, 0, &layer,
					  now_ns() + 10 * SEC));
	EXPECT_EQ(1, layer.frame);
	ASSERT_EQ(0, xrsched_server_commit(self->spare, 0, &result));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(0, stats.retried);
	EXPECT_EQ(2, stats.layers);
}

TEST_F(told_to_go, while_it_waits)
{
	struct xrsched_control_device info;

	if (self->skip)
		SKIP(return, "%s", self->skip);
	ASSERT_TRUE(soon(!device_info(&info) && info.engines == 2));
	/* It is there before it waits. */
	sleep_ns(100 * MSEC);
	EXPECT_EQ(0, tell_to_go(self->engine));
	ASSERT_EQ(0, device_info(&info));
	EXPECT_EQ(1, info.engines);
}

TEST_HARNESS_MAIN
