// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings of engines that learn: what was learned before is in them, so that
 * a replay comes to the same decisions.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <xrsched/record.h>
#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"

#define LAYERS	 3
#define SERVERS	 2
#define FRAMES	 24	/* more than it takes until decisions follow */

FIXTURE(record_learned) {
	struct xrsched *x;
	struct xrsched_recorder *recorder;
	pid_t server[SERVERS];
	int fd;
	int file;
	uint32_t model;
	uint32_t stream[2];
	char path[64];
};

/* An engine that takes another time than the profile says. */
static void serve(uint64_t layer_ns)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		/* A machine that stalls makes no fault of it. */
		.watchdog_ms = 20000,
	};
	struct xrsched_server_result result = { .energy_pj = LAYER_PJ };
	struct xrsched_server_layer layer;
	struct xrsched_server *server;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (xrsched_server_open(&opts, &server) ||
	    xrsched_server_fetch(server, 0, &layer, 0))
		_exit(1);
	do
		sleep_ns(layer_ns);
	while (!xrsched_server_next(server, 0, &result, &layer, 0));
	_exit(1);
}

static void start_servers(FIXTURE_DATA(record_learned) *self)
{
	unsigned int i;

	for (i = 0; i < SERVERS; i++) {
		self->server[i] = fork();
		if (!self->server[i])
			serve((1 + i) * 300 * USEC);
	}
}

static int nr_engines(void)
{
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	int nr;

	if (xrsched_control_open(&control))
		return -1;
	nr = xrsched_control_engines(control, 0, &list);
	if (nr >= 0)
		xrsched_free(list);
	xrsched_control_close(control);
	return nr;
}

/* Jobs of both streams, several at a time. */
static int run_frames(FIXTURE_DATA(record_learned) *self, uint64_t first)
{
	struct xrsched_completion done[2];
	unsigned int i, k;

	for (i = 0; i < FRAMES; i++) {
		for (k = 0; k < 2; k++)
			if (submit_one(self->fd, self->stream[k],
				       first + i) != 1)
				return -1;
		if (wait_all(self->fd, done, 2) != 2)
			return -2;
	}
	return 0;
}

static int open_streams(FIXTURE_DATA(record_learned) *self)
{
	unsigned int k;

	for (k = 0; k < 2; k++) {
		self->stream[k] = stream_create(self->fd, self->model, 0);
		if (!self->stream[k])
			return -1;
	}
	return 0;
}

static int start(FIXTURE_DATA(record_learned) *self)
{
	struct xrsched_error error;

	strcpy(self->path, "/tmp/learned.XXXXXX");
	self->file = mkstemp(self->path);
	return xrsched_record_start(self->x, self->file, NULL, &self->recorder,
				    &error);
}

/* Stops, and replays; differences, or -errno. */
static int differences(FIXTURE_DATA(record_learned) *self, uint64_t *dispatches)
{
	struct xrsched_record_sum sum;
	struct xrsched_replay *replay;
	struct xrsched_error error;
	int ret = xrsched_record_stop(self->recorder, &sum);

	if (ret)
		return ret;
	ret = xrsched_replay_file(self->path, NULL, &replay, &error);
	if (ret)
		return ret;
	*dispatches = replay->compared.dispatches;
	ret = replay->differences + sum.lost;
	if (ret)
		printf("# %s\n", replay->notes[0]);
	xrsched_replay_free(replay);
	return ret;
}

FIXTURE_SETUP(record_learned)
{
	unsigned int i;

	/* Its scores have all that is known of a layer in them. */
	ASSERT_EQ(0, device_reset("dream,expired=clamp"));
	start_servers(self);
	for (i = 0; i < 500 && nr_engines() < SERVERS; i++)
		sleep_ns(20 * MSEC);
	ASSERT_EQ(SERVERS, nr_engines());
	ASSERT_EQ(0, xrsched_open("/dev/xrsched0", &self->x));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, LAYERS, 5 * MSEC);
	ASSERT_EQ(0, open_streams(self));
}

FIXTURE_TEARDOWN(record_learned)
{
	unsigned int i;

	for (i = 0; i < SERVERS; i++) {
		kill(self->server[i], SIGKILL);
		waitpid(self->server[i], NULL, 0);
	}
	close(self->fd);
	close(self->file);
	unlink(self->path);
	xrsched_close(self->x);
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(record_learned, from_the_beginning)
{
	uint64_t dispatches = 0;

	ASSERT_EQ(0, start(self));
	ASSERT_EQ(0, run_frames(self, 0));
	EXPECT_EQ(0, differences(self, &dispatches));
	EXPECT_LE(2 * FRAMES * LAYERS, dispatches);
}

TEST_F(record_learned, begun_later)
{
	struct xrsched_completion done;
	uint64_t dispatches = 0;

	ASSERT_EQ(0, run_frames(self, 0));
	/* So that there is more than decisions know of. */
	ASSERT_EQ(1, submit_one(self->fd, self->stream[0], FRAMES));
	ASSERT_EQ(0, start(self));
	ASSERT_EQ(0, run_frames(self, FRAMES + 1));
	/* One more was submitted: at the end, one is still on its way. */
	ASSERT_EQ(1, wait_all(self->fd, &done, 1));
	EXPECT_EQ(0, differences(self, &dispatches));
	EXPECT_LE(2 * FRAMES * LAYERS, dispatches);
}

/* What has no stream when the recording begins comes along with the next. */
TEST_F(record_learned, used_again)
{
	uint64_t dispatches = 0;

	ASSERT_EQ(0, run_frames(self, 0));
	ASSERT_EQ(0, stream_destroy(self->fd, self->stream[0]));
	ASSERT_EQ(0, stream_destroy(self->fd, self->stream[1]));
	ASSERT_EQ(0, start(self));
	ASSERT_EQ(0, open_streams(self));
	ASSERT_EQ(0, run_frames(self, 0));
	EXPECT_EQ(0, differences(self, &dispatches));
	EXPECT_LE(2 * FRAMES * LAYERS, dispatches);
}

TEST_HARNESS_MAIN
