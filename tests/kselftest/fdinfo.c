// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/PID/fdinfo/FD of a client: what it has used, and nobody else.
 */
#define _GNU_SOURCE
#include <string.h>

#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"
#include "ring_helpers.h"

#define LAYERS		3
#define LATENCY_NS	(2 * MSEC)
#define FRAMES		5

/* Returns a key's number, or -1 if it is not there. */
static long long info(int fd, const char *key)
{
	char path[64], line[256];
	size_t len = strlen(key);
	long long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		if (!strncmp(line, key, len) && line[len] == ':')
			value = strtoll(line + len + 1, NULL, 10);
	fclose(file);
	return value;
}

FIXTURE(fdinfo) {
	int fd;
	int other;
	uint32_t stream;
	struct xrsched_completion done[16];
};

FIXTURE_SETUP(fdinfo)
{
	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	self->other = open_device();
	ASSERT_LE(0, self->fd);
	ASSERT_LE(0, self->other);
	self->stream = stream_create(self->fd,
				     model_create(self->fd, LAYERS, LATENCY_NS),
				     0);
	ASSERT_NE(0, self->stream);
}

FIXTURE_TEARDOWN(fdinfo)
{
	close(self->fd);
	close(self->other);
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(fdinfo, keys)
{
	static const char *const keys[] = {
		"drm-client-id", "xrsched-device", "drm-engine-engine0",
		"xrsched-engines-gone", "xrsched-jobs-completed",
		"xrsched-jobs-late", "xrsched-jobs-dropped",
		"xrsched-jobs-cancelled", "xrsched-jobs-failed",
		"xrsched-jobs-unread", "xrsched-layers", "xrsched-energy",
		"xrsched-queue-time", "xrsched-models", "xrsched-model-memory",
		"xrsched-streams", "xrsched-rings", "xrsched-ring-memory",
	};
	unsigned int i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		TH_LOG("%s", keys[i]);
		EXPECT_LE(0, info(self->fd, keys[i]));
	}
	EXPECT_EQ(1, info(self->fd, "xrsched-models"));
	EXPECT_EQ(1, info(self->fd, "xrsched-streams"));
	EXPECT_LT(0, info(self->fd, "xrsched-model-memory"));
	EXPECT_NE(info(self->fd, "drm-client-id"),
		  info(self->other, "drm-client-id"));
}

TEST_F(fdinfo, what_was_used)
{
	long long busy = FRAMES * LAYERS * (long long)LATENCY_NS;
	long long energy = 0, queue = 0;
	unsigned int i;

	for (i = 0; i < FRAMES; i++)
		EXPECT_EQ(1, submit_one(self->fd, self->stream, i));
	EXPECT_EQ(FRAMES, info(self->fd, "xrsched-jobs-unread"));
	ASSERT_EQ(FRAMES, wait_all(self->fd, self->done, FRAMES));
	for (i = 0; i < FRAMES; i++) {
		energy += self->done[i].energy_pj;
		queue += self->done[i].start_ns - self->done[i].release_ns;
	}
	EXPECT_EQ(0, info(self->fd, "xrsched-jobs-unread"));
	EXPECT_EQ(FRAMES, info(self->fd, "xrsched-jobs-completed"));
	EXPECT_EQ(FRAMES * LAYERS, info(self->fd, "xrsched-layers"));
	EXPECT_EQ(energy, info(self->fd, "xrsched-energy"));
	EXPECT_EQ(queue, info(self->fd, "xrsched-queue-time"));
	EXPECT_LE(busy, info(self->fd, "drm-engine-engine0"));
	/* Switches are part of it; a stalled host is not. */
	EXPECT_GE(busy + (long long)SEC, info(self->fd, "drm-engine-engine0"));
	/* And another has used nothing. */
	EXPECT_EQ(0, info(self->other, "drm-engine-engine0"));
	EXPECT_EQ(0, info(self->other, "xrsched-jobs-completed"));
	EXPECT_EQ(0, info(self->other, "xrsched-energy"));
}

TEST_F(fdinfo, grows_while_a_layer_runs)
{
	uint32_t stream = stream_create(self->other,
					model_create(self->other, 1, 100 * SEC),
					0);
	long long busy;

	EXPECT_EQ(1, submit_one(self->other, stream, 0));
	EXPECT_EQ(0, engine_busy());
	sleep_ns(10 * MSEC);
	busy = info(self->other, "drm-engine-engine0");
	EXPECT_LT(0, busy);
	sleep_ns(10 * MSEC);
	EXPECT_LT(busy, info(self->other, "drm-engine-engine0"));
	/* The engine goes: the time stays, under another key. */
	busy = info(self->other, "drm-engine-engine0");
	EXPECT_EQ(0, engine_del(0));
	EXPECT_EQ(-1, info(self->other, "drm-engine-engine0"));
	EXPECT_LE(busy, info(self->other, "xrsched-engines-gone"));
	/* And is not that of the next one of this number. */
	EXPECT_EQ(0, engine_add(CLASS_NONE));
	EXPECT_EQ(0, info(self->other, "drm-engine-engine0"));
}

TEST_F(fdinfo, outcomes)
{
	uint32_t other = stream_create(self->fd,
				       model_create(self->fd, 1, LATENCY_NS),
				       0);
	struct xrsched_job job;

	EXPECT_EQ(1, submit_at(self->fd, other, 0, now_ns() + 1000 * SEC));
	EXPECT_EQ(1, cancel(self->fd, other, 0, 0));
	EXPECT_EQ(1, info(self->fd, "xrsched-jobs-cancelled"));
	job_init(&job, self->stream, 1);
	job.release_ns = now_ns();
	job.deadline_ns = job.release_ns + USEC;
	EXPECT_EQ(1, submit(self->fd, &job, 1));
	EXPECT_EQ(2, wait_all(self->fd, self->done, 2));
	EXPECT_EQ(1, info(self->fd, "xrsched-jobs-late"));
	EXPECT_EQ(1, info(self->fd, "xrsched-jobs-completed"));
	EXPECT_EQ(0, policy_set("fcfs,expired=drop"));
	job_init(&job, self->stream, 2);
	job.release_ns = now_ns();
	job.deadline_ns = job.release_ns + USEC;
	EXPECT_EQ(1, submit(self->fd, &job, 1));
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(1, info(self->fd, "xrsched-jobs-dropped"));
}

TEST_F(fdinfo, not_reset_with_statistics)
{
	struct xrsched_control *control;

	EXPECT_EQ(1, submit_one(self->fd, self->stream, 0));
	EXPECT_EQ(1, wait_all(self->fd, self->done, 1));
	ASSERT_EQ(0, xrsched_control_open(&control));
	EXPECT_EQ(0, xrsched_control_stats_reset(control, 0));
	xrsched_control_close(control);
	EXPECT_EQ(1, info(self->fd, "xrsched-jobs-completed"));
	EXPECT_LT(0, info(self->fd, "drm-engine-engine0"));
}

TEST_F(fdinfo, rings)
{
	struct ring ring;

	ASSERT_EQ(0, ring_open(self->fd, &ring, 8));
	EXPECT_EQ(1, info(self->fd, "xrsched-rings"));
	EXPECT_EQ(ring.set.map_size / 1024,
		  info(self->fd, "xrsched-ring-memory"));
	ring_add(&ring, self->stream, 0);
	EXPECT_EQ(1, ring_enter(&ring, 1, 1));
	EXPECT_EQ(1, info(self->fd, "xrsched-jobs-completed"));
	ring_close(&ring);
	EXPECT_EQ(0, info(self->fd, "xrsched-rings"));
	EXPECT_EQ(0, info(self->fd, "xrsched-ring-memory"));
}

/* What a layer took until its server died was taken. */
TEST_F(fdinfo, a_server_dies)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		.watchdog_ms = 20000,
	};
	struct xrsched_server_layer layer;
	struct xrsched_server *server;

	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, xrsched_server_open(&opts, &server));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, xrsched_server_fetch(server, 0, &layer, 0));
	sleep_ns(50 * MSEC);
	xrsched_server_close(server);
	EXPECT_LE(50LL * MSEC, info(self->fd, "xrsched-engines-gone"));
}

/* A server may say that a layer took less than passed: nothing goes back. */
TEST_F(fdinfo, a_server_takes_less)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		.name = "serves",
		.watchdog_ms = 20000,
	};
	struct xrsched_control_engine *engines;
	struct xrsched_server_layer layer;
	struct xrsched_control *control;
	struct xrsched_server *server;
	struct xrsched_server_result result = { .busy_ns = 1000 };
	uint64_t running;
	long long busy;

	ASSERT_EQ(0, engine_del(0));
	ASSERT_EQ(0, xrsched_control_open(&control));
	ASSERT_EQ(0, xrsched_server_open(&opts, &server));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, xrsched_server_fetch(server, 0, &layer, 0));
	sleep_ns(20 * MSEC);
	busy = info(self->fd, "drm-engine-serves");
	EXPECT_LE(0, busy);
	ASSERT_EQ(1, xrsched_control_engines(control, 0, &engines));
	running = engines[0].busy_ns;
	xrsched_free(engines);
	EXPECT_EQ(0, xrsched_server_commit(server, 0, &result));
	EXPECT_LE(busy, info(self->fd, "drm-engine-serves"));
	ASSERT_EQ(1, xrsched_control_engines(control, 0, &engines));
	EXPECT_LE(running, engines[0].busy_ns);
	EXPECT_LT(0, engines[0].busy_ns);
	xrsched_free(engines);
	xrsched_server_close(server);
	xrsched_control_close(control);
}

TEST_HARNESS_MAIN
