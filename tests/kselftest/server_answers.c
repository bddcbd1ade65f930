// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines served from userspace: what a server may answer wrongly, or too late.
 */
#include "server_fixture.h"

TEST_F(server, answers_twice)
{
	struct xrsched_control_engine e = {};
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	ASSERT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(-ESTALE, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(1, e.layers);
	EXPECT_EQ(1, e.bad_answers);
}

TEST_F(server, answers_what_it_never_had)
{
	struct xrsched_control_engine e = {};
	uint64_t seq = 0;

	EXPECT_EQ(-EINVAL, commit(self->s.fd, 1, XRSCHED_LAYER_DONE));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(-EINVAL, commit(self->s.fd, seq + 1, XRSCHED_LAYER_DONE));
	EXPECT_EQ(-EINVAL, commit(self->s.fd, ~0ULL, XRSCHED_LAYER_DONE));
	EXPECT_EQ(-EINVAL, commit(self->s.fd, 0, XRSCHED_LAYER_DONE));
	/* It still has its layer. */
	EXPECT_EQ(XRSCHED_SLOT_OWNED, self->slot->state);
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(4, e.bad_answers);
}

/* It has the second layer, and answers the first once more. */
TEST_F(server, answers_out_of_order)
{
	struct xrsched_control_engine e = {};
	uint64_t first = 0, seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &first));
	ASSERT_EQ(0, commit(self->s.fd, first, XRSCHED_LAYER_DONE));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_LT(first, seq);
	EXPECT_EQ(-ESTALE, commit(self->s.fd, first, XRSCHED_LAYER_DONE));
	EXPECT_EQ(XRSCHED_SLOT_OWNED, self->slot->state);
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(2, e.layers);
	EXPECT_EQ(1, e.bad_answers);
}

TEST_F(server, answers_what_it_has_not_fetched)
{
	EXPECT_EQ(-EAGAIN, arm(self->s.fd, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(XRSCHED_SLOT_READY, self->slot->state);
	EXPECT_EQ(-EINVAL,
		  commit(self->s.fd, self->slot->seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(XRSCHED_SLOT_READY, self->slot->state);
}

TEST_F(server, fetches_without_answering)
{
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(-EBUSY, fetch(self->s.fd, &seq));
}

TEST_F(server, unknown_calls)
{
	struct xrsched_server_args n = { .size = sizeof(n) };
	uint64_t seq = 0;

	EXPECT_EQ(-EINVAL, call(self->s.fd, XRSCHED_IOC_SERVER_NEXT, &n));
	n.flags = XRSCHED_NEXT_FETCH | 0x100;
	EXPECT_EQ(-EINVAL, call(self->s.fd, XRSCHED_IOC_SERVER_NEXT, &n));
	n.flags = XRSCHED_NEXT_FETCH;
	n.queue = 1;
	EXPECT_EQ(-EINVAL, call(self->s.fd, XRSCHED_IOC_SERVER_NEXT, &n));
	EXPECT_EQ(-ENOTTY, call(self->s.fd, XRSCHED_IOC_CAPS, &n));
	EXPECT_EQ(-ENOTTY, call(self->fd, XRSCHED_IOC_SERVER_NEXT, &n));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(-EINVAL, commit(self->s.fd, seq, 3));
	EXPECT_EQ(XRSCHED_SLOT_OWNED, self->slot->state);
}

TEST_F(server, absurd_time_and_energy)
{
	struct xrsched_control_engine e = {};
	struct xrsched_server_args n = {
		.size = sizeof(n),
		.flags = XRSCHED_NEXT_COMMIT,
		.busy_ns = ~0ULL,
		.energy_pj = ~0ULL,
	};
	uint64_t began = now_ns(), seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	n.seq = seq;
	EXPECT_EQ(0, call(self->s.fd, XRSCHED_IOC_SERVER_NEXT, &n));
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(2, e.bad_answers);
	EXPECT_LE(e.busy_ns, now_ns() - began);
	EXPECT_LE(XRSCHED_MAX_ENERGY_PJ, e.energy_pj);
	EXPECT_GT(2 * XRSCHED_MAX_ENERGY_PJ, e.energy_pj);
}

TEST_F(server, fails_a_layer)
{
	struct xrsched_control_engine e = {};
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_ERROR));
	EXPECT_EQ(XRSCHED_COMPLETED, ends_elsewhere(self));
	EXPECT_EQ(LAYERS, self->done[0].layers);
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(1, e.faults);
	EXPECT_EQ(0, e.timeouts);
}

/* Alone, it gets the layer again, as often as it may be tried. */
TEST_F(server, fails_for_good)
{
	struct xrsched_stream_stats stats;
	uint64_t seq = 0;
	unsigned int i;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, fetch(self->s.fd, &seq));
		EXPECT_EQ(i ? XRSCHED_SLOT_FIRST | XRSCHED_SLOT_RETRY :
			      XRSCHED_SLOT_FIRST, self->slot->flags);
		/* After the third it would be down, and the job without hope. */
		if (i == 2)
			break;
		ASSERT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_ERROR));
	}
	ASSERT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_ERROR));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_NO_ENGINE, self->done[0].reason);
	ASSERT_EQ(0, stream_stats(self->fd, self->stream, &stats));
	EXPECT_EQ(3, stats.retried);
	EXPECT_TRUE(stats_add_up(&stats));
}

TEST_F(server, refuses_a_layer)
{
	struct xrsched_control_engine e = {};
	uint64_t seq = 0;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_REFUSED));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_FAILED, self->done[0].outcome);
	EXPECT_EQ(XRSCHED_REASON_REFUSED, self->done[0].reason);
	/* The engine is not blamed: it takes the next one at once. */
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(0, e.faults);
	EXPECT_EQ(1, e.refused);
	EXPECT_EQ(XRSCHED_ENGINE_STATE_UP, e.state);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 1));
	EXPECT_EQ(0, arm(self->s.fd, 0));
}

/* ----- too late ---------------------------------------------------------- */

FIXTURE(hung) {
	int fd;
	uint32_t stream;
	struct xrsched_serve s;
	struct xrsched_completion done[4];
	const struct xrsched_server_slot *slot;
};

FIXTURE_SETUP(hung)
{
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	serve_init(&self->s, 1);
	/* Longer than a busy host lets a virtual machine stand still. */
	self->s.watchdog_ms = 400;
	ASSERT_EQ(0, serve(self->fd, &self->s));
	self->slot = mmap(NULL, self->s.map_bytes, PROT_READ, MAP_SHARED,
			  self->s.fd, 0);
	ASSERT_NE(MAP_FAILED, self->slot);
	self->stream =
		stream_create(self->fd, model_create(self->fd, 1, USEC), 0);
	ASSERT_NE(0, self->stream);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, arm(self->s.fd, 0));
}

FIXTURE_TEARDOWN(hung)
{
	munmap((void *)self->slot, self->s.map_bytes);
	close(self->s.fd);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

TEST_F(hung, layer_is_taken_away)
{
	struct xrsched_control_engine e = {};
	uint64_t seq = self->slot->seq;

	ASSERT_LE(0, engine_add(CLASS));
	ASSERT_TRUE(becomes(self->slot, XRSCHED_SLOT_LOST));
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(1, e.timeouts);
	EXPECT_LE(400 * MSEC, e.lost_ns);
	/* It does not get anything before it comes back. */
	EXPECT_NE(XRSCHED_ENGINE_STATE_UP, e.state);
	EXPECT_EQ(-ESTALE, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(XRSCHED_SLOT_PARKED, self->slot->state);
	/* The answer that came too late has changed nothing. */
	EXPECT_EQ(0, wait_none(self->fd, self->done, 1));
}

static bool engine_is_up(unsigned int id)
{
	struct xrsched_control_engine e = {};

	return !engine_get(id, &e) && e.state == XRSCHED_ENGINE_STATE_UP;
}

TEST_F(hung, server_comes_back)
{
	uint64_t seq = 0;
	int ret;

	ASSERT_TRUE(becomes(self->slot, XRSCHED_SLOT_LOST));
	/* By asking for the next one: it is up again after its rest. */
	ret = next(self->s.fd, 0, XRSCHED_NEXT_FETCH | XRSCHED_NEXT_NOWAIT,
		   &seq, 0);
	/* Over already, if the machine stood still: the layer is here again. */
	if (!ret) {
		EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	} else {
		EXPECT_EQ(-EAGAIN, ret);
	}
	ASSERT_TRUE(soon(engine_is_up(self->s.engine[0])));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 1));
	seq = 0;
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
}

TEST_HARNESS_MAIN
