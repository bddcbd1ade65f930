// SPDX-License-Identifier: GPL-2.0-only
/*
 * Limits of clients, users and devices: each holds, is given back, and keeps one
 * user from taking what others need.
 */
#define _GNU_SOURCE
#include <unistd.h>

#include "limits_fixture.h"

/* ----- where they are set ------------------------------------------------ */

TEST_F(limits, parameters)
{
	unsigned int i;

	for (i = 0; i < NR_LIMITS; i++) {
		char text[32];

		TH_LOG("%s", names[i]);
		snprintf(text, sizeof(text), "%lld", self->before[i] + 1);
		EXPECT_EQ(self->before[i], get(PARAMETERS, names[i]));
		EXPECT_EQ(0, set(PARAMETERS, names[i], text));
		EXPECT_EQ(self->before[i] + 1, get(LIMITS, names[i]));
		EXPECT_EQ(-EINVAL, set(PARAMETERS, names[i], "0"));
		EXPECT_EQ(-EINVAL, set(PARAMETERS, names[i], "4294967295"));
		EXPECT_EQ(-EINVAL, set(PARAMETERS, names[i], "many"));
		EXPECT_EQ(self->before[i] + 1, get(PARAMETERS, names[i]));
		snprintf(text, sizeof(text), "%lld", self->before[i]);
		EXPECT_EQ(0, set(PARAMETERS, names[i], text));
		EXPECT_EQ(self->before[i], get(LIMITS, names[i]));
	}
}

TEST_F(limits, attributes)
{
	unsigned int i;

	for (i = 0; i < NR_LIMITS; i++) {
		TH_LOG("%s", names[i]);
		EXPECT_EQ(0, set_limit(names[i], self->before[i] + 1));
		EXPECT_EQ(self->before[i] + 1, get(LIMITS, names[i]));
		/* One device's: those to come have what the module says. */
		EXPECT_EQ(self->before[i], get(PARAMETERS, names[i]));
		EXPECT_EQ(-ERANGE, set(LIMITS, names[i], "0"));
		EXPECT_EQ(-ERANGE, set(LIMITS, names[i], "4294967295"));
		EXPECT_EQ(-ERANGE, set(LIMITS, names[i], "4294967296"));
		EXPECT_EQ(-EINVAL, set(LIMITS, names[i], "many"));
		EXPECT_EQ(self->before[i] + 1, get(LIMITS, names[i]));
	}
}

TEST_F(limits, attributes_need_root)
{
	unsigned int i;

	ASSERT_EQ(0, become(NOBODY));
	for (i = 0; i < NR_LIMITS; i++) {
		EXPECT_EQ(self->before[i], get(LIMITS, names[i]));
		EXPECT_EQ(-EACCES, set(LIMITS, names[i], "5000"));
		EXPECT_EQ(-EACCES, set(PARAMETERS, names[i], "5000"));
	}
	EXPECT_EQ(-EACCES, set(ATTRS, "jobs", "0"));
	EXPECT_EQ(0, get(ATTRS, "jobs"));
	ASSERT_EQ(0, become_root());
}

TEST_F(limits, caps_tell)
{
	struct xrsched_caps caps;
	int fd = open_device();

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, set_limit("max_models", 3));
	EXPECT_EQ(0, set_limit("max_streams", 4));
	EXPECT_EQ(0, set_limit("max_jobs", 5));
	EXPECT_EQ(0, get_caps(fd, &caps));
	EXPECT_EQ(3, caps.max_models);
	EXPECT_EQ(4, caps.max_streams);
	EXPECT_EQ(5, caps.max_jobs);
	close(fd);
}

TEST_F(limits, netlink)
{
	struct xrsched_control *control;
	struct xrsched_limits limits = { .max_jobs = 77 }, got;

	ASSERT_EQ(0, xrsched_control_open(&control));
	EXPECT_EQ(0, xrsched_control_limits_set(control, 0, &limits));
	EXPECT_EQ(77, get(LIMITS, "max_jobs"));
	EXPECT_EQ(0, xrsched_control_limits_get(control, 0, &got));
	EXPECT_EQ(77, got.max_jobs);
	EXPECT_EQ(self->before[0], got.max_models);
	EXPECT_EQ(self->before[NR_LIMITS - 1], got.max_device_ring_bytes);
	limits.max_jobs = UINT32_MAX;
	limits.max_models = 7;
	EXPECT_EQ(-ERANGE, xrsched_control_limits_set(control, 0, &limits));
	EXPECT_EQ(77, get(LIMITS, "max_jobs"));
	EXPECT_EQ(self->before[0], get(LIMITS, "max_models"));
	/* Bytes in 64 bits: what does not fit into 32 is not cut to what does. */
	memset(&limits, 0, sizeof(limits));
	limits.max_ring_bytes = (1ULL << 32) + 4096;
	EXPECT_EQ(-ERANGE, xrsched_control_limits_set(control, 0, &limits));
	limits.max_ring_bytes = 1 << 20;
	limits.max_device_ring_bytes = 1 << 21;
	limits.max_model_bytes = 1 << 22;
	limits.max_user_model_bytes = 1 << 23;
	EXPECT_EQ(0, xrsched_control_limits_set(control, 0, &limits));
	EXPECT_EQ(0, xrsched_control_limits_get(control, 0, &got));
	EXPECT_EQ(1 << 20, get(LIMITS, "max_ring_bytes"));
	EXPECT_EQ(1 << 20, got.max_ring_bytes);
	EXPECT_EQ(1 << 21, get(LIMITS, "max_device_ring_bytes"));
	EXPECT_EQ(1 << 21, got.max_device_ring_bytes);
	EXPECT_EQ(1 << 22, got.max_model_bytes);
	EXPECT_EQ(1 << 23, got.max_user_model_bytes);
	EXPECT_EQ(-ENODEV, xrsched_control_limits_get(control, 63, &got));
	xrsched_control_close(control);
}

/* ----- clients ----------------------------------------------------------- */

TEST_F(limits, user_clients)
{
	int fd[2], other, i;

	EXPECT_EQ(0, set_limit("max_user_clients", 2));
	for (i = 0; i < 2; i++) {
		fd[i] = open_as(NOBODY);
		ASSERT_LE(0, fd[i]);
	}
	EXPECT_EQ(-EDQUOT, open_as(NOBODY));
	EXPECT_EQ(2, get(ATTRS, "clients"));
	/* Others are not hit by it, nor is one who may exceed limits. */
	other = open_as(ANOTHER);
	EXPECT_LE(0, other);
	close(other);
	for (i = 0; i < 4; i++)
		EXPECT_LE(0, open_device());
	close(fd[0]);
	fd[0] = open_as(NOBODY);
	EXPECT_LE(0, fd[0]);
	EXPECT_EQ(-EDQUOT, open_as(NOBODY));
	closefrom(3);
}

TEST_F(limits, device_clients)
{
	int fd[2];

	EXPECT_EQ(0, set_limit("max_device_clients", 2));
	fd[0] = open_device();
	fd[1] = open_as(NOBODY);
	ASSERT_LE(0, fd[0]);
	ASSERT_LE(0, fd[1]);
	EXPECT_EQ(-1, open_device());
	EXPECT_EQ(ENOSPC, errno);
	close(fd[1]);
	fd[1] = open_as(ANOTHER);
	EXPECT_LE(0, fd[1]);
	close(fd[0]);
	close(fd[1]);
}

/* ----- models and streams ------------------------------------------------ */

TEST_F(limits, user_model_bytes)
{
	int fd[2] = { open_as(NOBODY), open_as(NOBODY) };
	int other = open_as(ANOTHER);
	unsigned int nr = 0, first;

	EXPECT_EQ(0, set_limit("max_user_model_bytes", 8192));
	while (nr < 64 && model_create(fd[0], 8, LATENCY_NS))
		nr++;
	EXPECT_EQ(EDQUOT, errno);
	EXPECT_LT(0, nr);
	EXPECT_GT(64, nr);
	EXPECT_EQ(0, model_create(fd[1], 8, LATENCY_NS));
	EXPECT_EQ(EDQUOT, errno);
	EXPECT_NE(0, model_create(other, 8, LATENCY_NS));
	/* All of it is given back with the client. */
	close(fd[0]);
	first = nr;
	for (nr = 0; nr < 64 && model_create(fd[1], 8, LATENCY_NS); nr++)
		;
	EXPECT_EQ(first, nr);
	close(fd[1]);
	close(other);
}

TEST_F(limits, user_streams)
{
	int fd[2] = { open_as(NOBODY), open_as(NOBODY) };
	int other = open_as(ANOTHER), root = open_device();
	uint32_t model[2], stream;
	int i;

	for (i = 0; i < 2; i++) {
		model[i] = model_create(fd[i], 1, LATENCY_NS);
		ASSERT_NE(0, model[i]);
	}
	EXPECT_EQ(0, set_limit("max_user_streams", 3));
	stream = stream_create(fd[0], model[0], 0);
	EXPECT_NE(0, stream);
	EXPECT_NE(0, stream_create(fd[0], model[0], 0));
	EXPECT_NE(0, stream_create(fd[1], model[1], 0));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(0, stream_create(fd[i], model[i], 0));
		EXPECT_EQ(EDQUOT, errno);
	}
	EXPECT_NE(0, stream_create(other, model_create(other, 1, 1), 0));
	model[0] = model_create(root, 1, LATENCY_NS);
	for (i = 0; i < 4; i++)
		EXPECT_NE(0, stream_create(root, model[0], 0));
	EXPECT_EQ(0, stream_destroy(fd[0], stream));
	EXPECT_NE(0, stream_create(fd[1], model[1], 0));
	EXPECT_EQ(0, stream_create(fd[1], model[1], 0));
	EXPECT_EQ(EDQUOT, errno);
	close(fd[0]);
	close(fd[1]);
	close(other);
	close(root);
}

/* ----- jobs -------------------------------------------------------------- */

TEST_F(limits, user_jobs)
{
	uint32_t stream[2], others;
	int fd[2], other, i, result;

	for (i = 0; i < 2; i++)
		fd[i] = client_as(NOBODY, &stream[i]);
	other = client_as(ANOTHER, &others);
	EXPECT_EQ(0, set_limit("max_user_jobs", 4));
	EXPECT_EQ(3, submit_some(fd[0], stream[0], 0, 3, 0, &result));
	EXPECT_EQ(1, submit_some(fd[1], stream[1], 0, 3, 0, &result));
	EXPECT_EQ(-EDQUOT, result);
	EXPECT_EQ(-EDQUOT, submit_one(fd[0], stream[0], 3));
	/* Nobody knows when there will be room: it is not waited for. */
	EXPECT_EQ(-EDQUOT, submit_some(fd[1], stream[1], 1, 1,
				       XRSCHED_SUBMIT_WAIT, &result));
	/* Another user is not hit by it, but by its own. */
	EXPECT_EQ(4, submit_some(other, others, 0, 5, 0, &result));
	EXPECT_EQ(4, wait_all(other, self->done, 4));
	EXPECT_EQ(4, get(ATTRS, "jobs"));
	/* That they have ended is not enough, what one client reads is. */
	EXPECT_EQ(3, wait_all(fd[0], self->done, 3));
	EXPECT_EQ(1, get(ATTRS, "jobs"));
	EXPECT_EQ(3, submit_some(fd[1], stream[1], 1, 4, 0, &result));
	EXPECT_EQ(-EDQUOT, result);
	/* Or that it is closed. */
	close(fd[1]);
	EXPECT_TRUE(device_quiet(2, 2));
	EXPECT_EQ(4, submit_some(fd[0], stream[0], 3, 5, 0, &result));
	EXPECT_EQ(-EDQUOT, result);
	close(fd[0]);
	close(other);
}

TEST_F(limits, root_exceeds_user_limits)
{
	uint32_t stream;
	int fd, result;

	fd = client_as(0, &stream);
	EXPECT_EQ(0, set_limit("max_user_jobs", 1));
	EXPECT_EQ(4, submit_some(fd, stream, 0, 4, 0, &result));
	EXPECT_EQ(4, wait_all(fd, self->done, 4));
	close(fd);
}

TEST_F(limits, device_jobs)
{
	uint32_t stream[2];
	int fd[2], result;

	fd[0] = client_as(0, &stream[0]);
	fd[1] = client_as(NOBODY, &stream[1]);
	EXPECT_EQ(0, set_limit("max_device_jobs", 3));
	EXPECT_EQ(2, submit_some(fd[0], stream[0], 0, 2, 0, &result));
	EXPECT_EQ(1, submit_some(fd[1], stream[1], 0, 2, 0, &result));
	EXPECT_EQ(-ENOSPC, result);
	EXPECT_EQ(-ENOSPC, submit_one(fd[0], stream[0], 2));
	EXPECT_EQ(1, wait_all(fd[1], self->done, 1));
	EXPECT_EQ(1, submit_one(fd[0], stream[0], 2));
	close(fd[0]);
	close(fd[1]);
}

/* A limit that is raised lets those go on who wait for it. */
TEST_F(limits, raised_while_waiting)
{
	uint32_t stream;
	int fd, result;
	pid_t child;

	fd = client_as(0, &stream);
	EXPECT_EQ(0, set_limit("max_jobs", 1));
	EXPECT_EQ(1, submit_one(fd, stream, 0));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		sleep_ns(100 * MSEC);
		_exit(set_limit("max_jobs", 2) ? 1 : 0);
	}
	EXPECT_EQ(1, submit_some(fd, stream, 1, 1, XRSCHED_SUBMIT_WAIT,
				 &result));
	EXPECT_EQ(child, waitpid(child, &result, 0));
	EXPECT_EQ(0, result);
	EXPECT_EQ(2, wait_all(fd, self->done, 2));
	close(fd);
}

/* ----- one user and another ---------------------------------------------- */

/* All that a user can take, it takes: another's frames run even so. */
TEST_F(limits, cannot_starve_others)
{
	static int fd[64];
	uint32_t stream, others;
	int other, i, nr, result, jobs = 0;

	EXPECT_EQ(0, set_limit("max_user_clients", 16));
	EXPECT_EQ(0, set_limit("max_user_streams", 24));
	EXPECT_EQ(0, set_limit("max_user_jobs", 128));
	for (nr = 0; nr < 64; nr++) {
		fd[nr] = open_as(NOBODY);
		if (fd[nr] < 0)
			break;
	}
	EXPECT_EQ(16, nr);
	EXPECT_EQ(-EDQUOT, fd[nr]);
	for (i = 0; i < nr; i++) {
		uint32_t model = model_create(fd[i], 1, LATENCY_NS);

		while ((stream = stream_create(fd[i], model, 0))) {
			int got = submit_some(fd[i], stream, 0, 16, 0,
					      &result);

			jobs += got > 0 ? got : 0;
		}
		EXPECT_EQ(EDQUOT, errno);
	}
	EXPECT_EQ(24, get(ATTRS, "streams"));
	EXPECT_EQ(128, jobs);

	other = client_as(ANOTHER, &others);
	ASSERT_LE(0, other);
	ASSERT_NE(0, others);
	for (i = 0; i < 8; i++) {
		EXPECT_EQ(1, submit_one(other, others, i));
		EXPECT_EQ(1, wait_all(other, self->done, 1));
		EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	}
	closefrom(3);
}

TEST_F(limits, cannot_see_others)
{
	struct xrsched_stream_stats stats;
	uint32_t stream;
	int fd, other;

	fd = client_as(ANOTHER, &stream);
	EXPECT_EQ(1, submit_at(fd, stream, 0, now_ns() + 1000 * SEC));
	ASSERT_EQ(0, become(NOBODY));
	other = open_device();
	ASSERT_LE(0, other);
	EXPECT_EQ(-ENOENT, stream_stats(other, stream, &stats));
	EXPECT_EQ(-ENOENT, cancel(other, stream, 0, 0));
	EXPECT_EQ(-ENOENT, cancel(other, stream, 0, XRSCHED_CANCEL_ALL));
	EXPECT_EQ(-ENOENT, stream_destroy(other, stream));
	EXPECT_EQ(-ENOENT, submit_one(other, stream, 1));
	EXPECT_EQ(0, wait_none(other, self->done, 64));
	ASSERT_EQ(0, become_root());
	EXPECT_EQ(1, cancel(fd, stream, 0, 0));
	EXPECT_EQ(1, wait_none(fd, self->done, 64));
	close(fd);
	close(other);
}

TEST_F(limits, priority_needs_capability)
{
	struct xrsched_stream_create arg;
	uint32_t prio;
	int fd;

	ASSERT_EQ(0, become(NOBODY));
	fd = open_device();
	stream_init(&arg, model_create(fd, 1, LATENCY_NS));
	for (prio = 1; prio <= 3; prio++) {
		arg.priority = prio;
		EXPECT_EQ(-EPERM, call(fd, XRSCHED_IOC_STREAM_CREATE, &arg));
	}
	arg.priority = 0;
	EXPECT_EQ(0, call(fd, XRSCHED_IOC_STREAM_CREATE, &arg));
	ASSERT_EQ(0, become_root());
	/* What it is called with counts, not who has opened the file. */
	arg.priority = 3;
	EXPECT_EQ(0, call(fd, XRSCHED_IOC_STREAM_CREATE, &arg));
	close(fd);
}

TEST_HARNESS_MAIN
