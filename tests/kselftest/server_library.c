// SPDX-License-Identifier: GPL-2.0-only
/*
 * libxrsched's side of serving: programs that were compiled with structs of
 * another size, and flags that say nothing.
 */
#include <stddef.h>

#include <xrsched/server.h>

#include "control.h"
#include "helpers.h"

FIXTURE(server_library)
{
	struct xrsched_server *server;
	int fd;
	uint32_t stream;
};

FIXTURE_SETUP(server_library)
{
	const struct xrsched_server_opts opts = {
		.size = sizeof(opts),
		.class_name = CLASS,
		/* Nothing that only waits for a slow machine is to look hung. */
		.watchdog_ms = 20000,
	};

	if (geteuid())
		SKIP(return, "needs root");
	ASSERT_EQ(0, device_reset("edf"));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->stream = stream_create(self->fd,
				     model_create(self->fd, 2, MSEC), 0);
	ASSERT_NE(0, self->stream);
	ASSERT_EQ(0, xrsched_server_open(&opts, &self->server));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
}

FIXTURE_TEARDOWN(server_library)
{
	xrsched_server_close(self->server);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* An older program has smaller structs, a newer one larger ones. */
TEST_F(server_library, other_sizes)
{
	struct {
		struct xrsched_server_layer layer;
		uint64_t news;
	} next = { .news = 1 };
	struct {
		struct xrsched_server_result result;
		uint64_t news;
	} answer = { .news = 1 };
	struct xrsched_server_layer first;

	memset(&first, 0x55, sizeof(first));
	ASSERT_EQ(0, xrsched_server_fetch_sized(self->server, 0, &first, 0,
						offsetof(typeof(first),
							 client)));
	EXPECT_NE(0x5555555555555555, first.seq);
	EXPECT_EQ(0x55555555, first.client);
	/* We know nothing of what it asks for. */
	EXPECT_EQ(-E2BIG,
		  xrsched_server_next_sized(self->server, 0, &answer.result,
					    sizeof(answer), &next.layer,
					    sizeof(next), 0));
	answer.news = 0;
	ASSERT_EQ(0, xrsched_server_next_sized(self->server, 0, &answer.result,
					       sizeof(answer), &next.layer,
					       sizeof(next), 0));
	EXPECT_EQ(1, next.layer.layer);
	EXPECT_EQ(0, next.news);
	/* Energy did not exist then. */
	memset(&answer.result.energy_pj, 0x55, 8);
	ASSERT_EQ(0, xrsched_server_commit_sized(
			     self->server, 0, &answer.result,
			     offsetof(struct xrsched_server_result,
				      energy_pj)));
}

/* What belongs to waiting is refused where nobody waits. */
TEST_F(server_library, flags_of_waiting)
{
	const struct xrsched_server_result result = {};
	struct xrsched_server_layer layer;
	struct xrsched_server_args arg = { .size = sizeof(arg) };
	int fd = xrsched_server_fd(self->server);

	ASSERT_EQ(0, xrsched_server_fetch(self->server, 0, &layer, 0));
	arg.seq = layer.seq;
	arg.flags = XRSCHED_NEXT_COMMIT | XRSCHED_NEXT_NOWAIT;
	EXPECT_EQ(-EINVAL, call(fd, XRSCHED_IOC_SERVER_NEXT, &arg));
	arg.flags = XRSCHED_NEXT_COMMIT | XRSCHED_NEXT_BUFFERS;
	EXPECT_EQ(-EINVAL, call(fd, XRSCHED_IOC_SERVER_NEXT, &arg));
	/* It is still to be answered. */
	EXPECT_EQ(0, xrsched_server_commit(self->server, 0, &result));
}

TEST_HARNESS_MAIN
