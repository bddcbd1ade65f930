// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes of engine servers that are killed, at each step of their protocol:
 * the job goes on with what it has, on an engine that is left.
 *
 * That engine is a server of the test itself.  It takes nothing until it asks,
 * so the one that is killed gets every layer before, and no job is without an
 * engine at any time.  And of one that only hangs, with no other engine there.
 */
#include <sys/wait.h>

#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"

#define LAYERS	3

static const struct xrsched_server_result done = {
	.status = XRSCHED_LAYER_DONE,
	.energy_pj = LAYER_PJ,
};
static const struct xrsched_server_result error = {
	.status = XRSCHED_LAYER_ERROR,
};

static int serve(unsigned int queues, unsigned int watchdog_ms,
		 struct xrsched_server **s)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		.queues = queues,
		.watchdog_ms = watchdog_ms,
	};

	return xrsched_server_open(&opts, s);
}

static int fetch(struct xrsched_server *s, unsigned int queue)
{
	struct xrsched_server_layer layer;

	return xrsched_server_fetch(s, queue, &layer, now_ns() + 20 * SEC);
}

/* ----- how far it gets; each returns 0 if it got there ------------------- */

/* "I am ready", as nothing else can be seen from outside. */
static void tell(int fd)
{
	if (write(fd, "", 1) != 1)
		_exit(3);
}

static int opened(struct xrsched_server *s, int fd)
{
	(void)s;
	(void)fd;
	return 0;
}

static int waiting(struct xrsched_server *s, int fd)
{
	tell(fd);
	return fetch(s, 0);
}

static int armed(struct xrsched_server *s, int fd)
{
	struct xrsched_server_layer layer;

	(void)fd;
	return xrsched_server_fetch(s, 0, &layer, 1) != -EAGAIN;
}

static int owning(struct xrsched_server *s, int fd)
{
	(void)fd;
	return fetch(s, 0);
}

static int owning_two(struct xrsched_server *s, int fd)
{
	(void)fd;
	return fetch(s, 0) || fetch(s, 1);
}

static int answered(struct xrsched_server *s, int fd)
{
	return owning(s, fd) || xrsched_server_commit(s, 0, &done);
}

static int answered_and_owning(struct xrsched_server *s, int fd)
{
	struct xrsched_server_layer layer;

	return owning(s, fd) || xrsched_server_next(s, 0, &done, &layer, 0);
}

static int failed(struct xrsched_server *s, int fd)
{
	return owning(s, fd) || xrsched_server_commit(s, 0, &error);
}

static int hung(struct xrsched_server *s, int fd)
{
	return owning(s, fd) || !soon(xrsched_server_lost(s, 0));
}

static int back(struct xrsched_server *s, int fd)
{
	return hung(s, fd) || xrsched_server_commit(s, 0, &done) != -ESTALE;
}

static int through(struct xrsched_server *s, int fd)
{
	unsigned int i;

	for (i = 0; i < LAYERS; i++)
		if (answered(s, fd))
			return 1;
	return 0;
}

/* ----- the steps --------------------------------------------------------- */

FIXTURE(crash) {
	int fd;
	uint32_t stream[2];
	struct xrsched_server *spare;
};

/* When the job is submitted. */
enum when { FIRST, TOLD, KILLED };

/**
 * FIXTURE_VARIANT(crash) - A step
 * @step: how the server gets there
 * @watchdog_ms: how long it may take for a layer
 * @queues: that it has
 * @when: when the job is submitted
 * @left: layers that are left for another engine
 * @retried: of these, those that the server had been given
 */
FIXTURE_VARIANT(crash) {
	int (*step)(struct xrsched_server *s, int fd);
	unsigned int watchdog_ms;
	unsigned int queues;
	enum when when;
	unsigned int left;
	unsigned int retried;
};

#define STEP(name, ms, nr, at, rest, again)                                  \
	FIXTURE_VARIANT_ADD(crash, name) {                                   \
		.step = name, .watchdog_ms = ms, .queues = nr, .when = at,   \
		.left = rest, .retried = again,                              \
	}

STEP(opened, 60000, 1, FIRST, LAYERS, 0);
STEP(waiting, 60000, 1, KILLED, LAYERS, 0);
STEP(armed, 60000, 1, TOLD, LAYERS, 1);
STEP(owning, 60000, 1, FIRST, LAYERS, 1);
STEP(owning_two, 60000, 2, FIRST, LAYERS, 1);
STEP(answered, 60000, 1, FIRST, LAYERS - 1, 0);
STEP(answered_and_owning, 60000, 1, FIRST, LAYERS - 1, 1);
STEP(failed, 60000, 1, FIRST, LAYERS, 1);
STEP(hung, 20, 1, FIRST, LAYERS, 1);
STEP(back, 20, 1, FIRST, LAYERS, 1);
STEP(through, 60000, 1, FIRST, 0, 0);

FIXTURE_SETUP(crash)
{
	unsigned int i;

	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, serve(1, 60000, &self->spare));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	for (i = 0; i < 2; i++) {
		uint32_t model = model_create(self->fd, LAYERS, MSEC);

		self->stream[i] = stream_create(self->fd, model, 0);
		ASSERT_NE(0, self->stream[i]);
	}
}

FIXTURE_TEARDOWN(crash)
{
	xrsched_server_close(self->spare);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* Executes what is left; returns how many layers that were. */
static unsigned int finish(struct xrsched_server *s, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (fetch(s, 0) || xrsched_server_commit(s, 0, &done))
			break;
	return i;
}

TEST_F(crash, job_goes_on)
{
	unsigned int i, nr = variant->queues;
	struct xrsched_completion end[2];
	struct xrsched_stream_stats stats;
	struct xrsched_control_device device;
	struct xrsched_server *s;
	int pipe_fd[2], status;
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(pipe_fd));
	for (i = 0; i < nr && variant->when == FIRST; i++)
		ASSERT_EQ(1, submit_one(self->fd, self->stream[i], 0));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(pipe_fd[0]);
		if (serve(nr, variant->watchdog_ms, &s) ||
		    variant->step(s, pipe_fd[1]))
			_exit(1);
		tell(pipe_fd[1]);
		for (;;)
			pause();
	}
	close(pipe_fd[1]);
	/* Nothing comes if it ended instead. */
	EXPECT_EQ(1, read(pipe_fd[0], &byte, 1));
	close(pipe_fd[0]);
	for (i = 0; i < nr && variant->when == TOLD; i++)
		ASSERT_EQ(1, submit_one(self->fd, self->stream[i], 0));
	if (variant->when == KILLED)
		sleep_ns(20 * MSEC);
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));

	for (i = 0; i < nr && variant->when == KILLED; i++)
		ASSERT_EQ(1, submit_one(self->fd, self->stream[i], 0));
	ASSERT_EQ(0, device_info(&device));
	EXPECT_EQ(1, device.engines);
	EXPECT_TRUE(device_consistent());
	EXPECT_EQ(nr * variant->left,
		  finish(self->spare, nr * variant->left));
	ASSERT_EQ((int)nr, wait_all(self->fd, end, nr));
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(XRSCHED_COMPLETED, end[i].outcome);
		EXPECT_EQ(LAYERS, end[i].layers);
		ASSERT_EQ(0, stream_stats(self->fd, self->stream[i], &stats));
		EXPECT_EQ(variant->retried, stats.retried);
		EXPECT_TRUE(stats_add_up(&stats));
	}
}

/* ----- it hangs, and is the only one ------------------------------------- */

/*
 * Long enough for a machine that stalls: who comes back within as much again
 * has been reset.
 */
#define IN_TIME_MS	3000
#define TOO_LATE_MS	100
/* It gets the layer when it is back, not when the time is over. */
#define SOON_MS		2000

FIXTURE(alone) {
	int fd;
	struct xrsched_server *s;
	struct xrsched_completion end;
};

/**
 * FIXTURE_VARIANT(alone) - How a server that was too late comes back
 * @watchdog_ms: how long it may take for a layer
 * @after_ms: so long after its layer was taken away: the reset that follows
 *            has been begun, or maybe not yet
 * @asks: by asking for a layer; otherwise by its answer
 * @outcome: what becomes of the job
 * @reason: and why
 */
FIXTURE_VARIANT(alone) {
	unsigned int watchdog_ms;
	unsigned int after_ms;
	bool asks;
	unsigned int outcome;
	unsigned int reason;
};

#define IN_TIME(after, how)                                              \
	{ .watchdog_ms = IN_TIME_MS, .after_ms = after, .asks = how,     \
	  .outcome = XRSCHED_COMPLETED }
#define TOO_LATE(how)                                                    \
	{ .watchdog_ms = TOO_LATE_MS, .asks = how,                       \
	  .outcome = XRSCHED_FAILED, .reason = XRSCHED_REASON_NO_ENGINE }

FIXTURE_VARIANT_ADD(alone, answers_at_once) IN_TIME(0, false);
FIXTURE_VARIANT_ADD(alone, asks_later) IN_TIME(200, true);
FIXTURE_VARIANT_ADD(alone, answers_too_late) TOO_LATE(false);
FIXTURE_VARIANT_ADD(alone, asks_too_late) TOO_LATE(true);

FIXTURE_SETUP(alone)
{
	uint32_t stream;

	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	ASSERT_EQ(0, serve(1, variant->watchdog_ms, &self->s));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	stream = stream_create(self->fd, model_create(self->fd, 1, USEC), 0);
	ASSERT_NE(0, stream);
	ASSERT_EQ(1, submit_one(self->fd, stream, 0));
}

FIXTURE_TEARDOWN(alone)
{
	xrsched_server_close(self->s);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* The only engine's state and strikes. */
static int only_engine(uint32_t *state, uint32_t *strikes)
{
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	int nr = xrsched_control_open(&control);

	if (nr)
		return nr;
	nr = xrsched_control_engines(control, 0, &list);
	if (nr == 1) {
		*state = list[0].state;
		*strikes = list[0].strikes;
	}
	if (nr >= 0)
		xrsched_free(list);
	xrsched_control_close(control);
	return nr == 1 ? 0 : -ENOENT;
}

static bool is_up(void)
{
	uint32_t state, strikes;

	return !only_engine(&state, &strikes) &&
	       state == XRSCHED_ENGINE_STATE_UP;
}

/*
 * In time, the job waits for it, whether the reset was looked at before or
 * after; too late, the job has been without an engine for a while.
 */
TEST_F(alone, comes_back)
{
	struct xrsched_server_layer layer;
	uint32_t state, strikes;
	uint64_t begin = now_ns();

	ASSERT_EQ(0, hung(self->s, -1));
	if (variant->outcome == XRSCHED_FAILED) {
		ASSERT_EQ(1, wait_all(self->fd, &self->end, 1));
		EXPECT_LE(2 * TOO_LATE_MS * MSEC, now_ns() - begin);
		/* Quarantined, or its next reset, after its rest, is tried. */
		ASSERT_EQ(0, only_engine(&state, &strikes));
		EXPECT_NE(XRSCHED_ENGINE_STATE_UP, state);
	}
	sleep_ns(variant->after_ms * MSEC);
	if (!variant->asks)
		EXPECT_EQ(-ESTALE, xrsched_server_commit(self->s, 0, &done));
	begin = now_ns();
	if (variant->outcome == XRSCHED_COMPLETED) {
		EXPECT_EQ(1, finish(self->s, 1));
		EXPECT_GT(SOON_MS * MSEC, now_ns() - begin);
		ASSERT_EQ(1, wait_all(self->fd, &self->end, 1));
		ASSERT_EQ(0, only_engine(&state, &strikes));
		EXPECT_EQ(1, strikes);
	} else if (variant->asks) {
		EXPECT_EQ(-EAGAIN, xrsched_server_fetch(self->s, 0, &layer, 1));
	}
	EXPECT_EQ(variant->outcome, self->end.outcome);
	EXPECT_EQ(variant->reason, self->end.reason);
	EXPECT_TRUE(soon(is_up()));
}

TEST_HARNESS_MAIN
