// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines served from userspace: what becomes of layers when the server dies, at
 * each step of the protocol, or its engine is removed.
 */
#include <sys/wait.h>

#include "server_fixture.h"

TEST_F(server, dies_before_it_asks)
{
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	server_dies(self);
	/* Nobody is left who could run it. */
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_REASON_NO_ENGINE, self->done[0].reason);
}

TEST_F(server, dies_while_it_waits)
{
	pid_t child = fork();
	uint64_t seq = 0;
	int status;

	if (!child) {
		fetch(self->s.fd, &seq);
		_exit(0);
	}
	ASSERT_TRUE(becomes(self->slot, XRSCHED_SLOT_ARMED));
	server_dies(self);
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_LE(0, engine_add(CLASS));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

TEST_F(server, dies_before_it_fetches)
{
	ASSERT_LE(0, engine_add(CLASS_NONE));
	EXPECT_EQ(-EAGAIN, arm(self->s.fd, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(XRSCHED_SLOT_READY, self->slot->state);
	ASSERT_LE(0, engine_add(CLASS));
	server_dies(self);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

TEST_F(server, dies_with_the_layer)
{
	struct xrsched_stream_stats stats;
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	ASSERT_LE(0, engine_add(CLASS));
	server_dies(self);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(1, stats.retried);
	EXPECT_EQ(LAYERS, stats.layers);
}

TEST_F(server, dies_between_two_layers)
{
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	ASSERT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	ASSERT_LE(0, engine_add(CLASS));
	server_dies(self);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_EQ(LAYERS, self->done[0].layers);
}

TEST_F(server, dies_with_the_last_layer_answered)
{
	uint64_t seq = 0;
	unsigned int i;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	for (i = 0; i < LAYERS; i++) {
		ASSERT_EQ(0, fetch(self->s.fd, &seq));
		ASSERT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	}
	server_dies(self);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

/* Since the device exists. */
static uint64_t bad_answers_in_all(void)
{
	struct xrsched_control_device *list;
	struct xrsched_control *control;
	uint64_t nr = 0;
	int ret;

	if (xrsched_control_open(&control))
		return 0;
	ret = xrsched_control_devices(control, &list);
	if (ret > 0)
		nr = list[0].bad_answers;
	if (ret >= 0)
		xrsched_free(list);
	xrsched_control_close(control);
	return nr;
}

/* What is counted does not go with its engine, and what comes later counts. */
TEST_F(server, bad_answers_stay)
{
	uint64_t before = bad_answers_in_all(), seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(-EINVAL, commit(self->s.fd, seq + 1, XRSCHED_LAYER_DONE));
	EXPECT_EQ(before + 1, bad_answers_in_all());
	ASSERT_LE(0, engine_add(CLASS));
	ASSERT_EQ(0, engine_del(self->s.engine[0]));
	EXPECT_EQ(before + 1, bad_answers_in_all());
	EXPECT_EQ(-ENODEV, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(before + 2, bad_answers_in_all());
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
}

TEST_F(server, engine_is_removed)
{
	struct pollfd p = { .fd = self->s.fd, .events = POLLIN };
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	ASSERT_LE(0, engine_add(CLASS));
	ASSERT_EQ(0, engine_del(self->s.engine[0]));
	EXPECT_EQ(XRSCHED_SLOT_LOST, self->slot->state);
	EXPECT_EQ(-ENODEV, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(-ENODEV, fetch(self->s.fd, &seq));
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_TRUE(p.revents & POLLHUP);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
}

/* What was begun on an engine that went is begun again. */
TEST_F(server, engine_of_another_is_removed)
{
	const struct xrsched_server_slot *slot;
	struct xrsched_serve other;
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_FALSE(self->slot->flags & XRSCHED_SLOT_RETRY);
	serve_init(&other, 1);
	ASSERT_EQ(0, serve(self->fd, &other));
	slot = mmap(NULL, other.map_bytes, PROT_READ, MAP_SHARED, other.fd, 0);
	ASSERT_NE(MAP_FAILED, slot);
	ASSERT_EQ(0, engine_del(self->s.engine[0]));
	seq = 0;
	ASSERT_EQ(0, fetch(other.fd, &seq));
	EXPECT_TRUE(slot->flags & XRSCHED_SLOT_RETRY);
	ASSERT_EQ(0, next(other.fd, 0, XRSCHED_NEXT_COMMIT | XRSCHED_NEXT_FETCH,
			  &seq, XRSCHED_LAYER_DONE));
	EXPECT_FALSE(slot->flags & XRSCHED_SLOT_RETRY);
	munmap((void *)slot, other.map_bytes);
	close(other.fd);
}

TEST_F(server, client_closes_first)
{
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	close(self->fd);
	/* Its job is cancelled, and ends with the layer. */
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	self->fd = open_device();
}

TEST_HARNESS_MAIN
