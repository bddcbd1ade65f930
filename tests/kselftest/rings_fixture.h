/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client with an engine, two streams and a pair of rings.
 */
#ifndef XRSCHED_TEST_RINGS_FIXTURE_H
#define XRSCHED_TEST_RINGS_FIXTURE_H

#include "control.h"
#include "ring_helpers.h"

#define ENTRIES		16
/* Long enough for a slow machine to do something meanwhile. */
#define LONG_NS		(100 * MSEC)

FIXTURE(rings) {
	int fd;
	uint32_t model;
	uint32_t stream;	/* of layers that take 1 ms */
	uint32_t slow;		/* … LONG_NS */
	struct ring ring;
	struct xrsched_completion done;
	uint64_t late;		/* a release that no test lives to see */
};

FIXTURE_SETUP(rings)
{
	ASSERT_EQ(0, device_reset("fcfs,expired=clamp"));
	ASSERT_EQ(0, engine_add(CLASS));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	self->model = model_create(self->fd, 1, MSEC);
	self->stream = stream_create(self->fd, self->model, 0);
	ASSERT_NE(0, self->stream);
	self->slow = stream_create(self->fd,
				   model_create(self->fd, 1, LONG_NS), 0);
	ASSERT_NE(0, self->slow);
	ASSERT_EQ(0, ring_open(self->fd, &self->ring, ENTRIES));
	self->late = now_ns() + 900 * SEC;
}

FIXTURE_TEARDOWN(rings)
{
	ring_close(&self->ring);
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

#endif
