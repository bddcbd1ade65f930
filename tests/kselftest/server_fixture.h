/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client, and a server with one queue.
 */
#ifndef XRSCHED_TEST_SERVER_FIXTURE_H
#define XRSCHED_TEST_SERVER_FIXTURE_H

#include <sys/mman.h>

#include <linux/xrsched_server.h>

#include "control.h"
#include "helpers.h"

#define LAYERS	3

static inline void serve_init(struct xrsched_serve *s, unsigned int queues)
{
	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	strcpy(s->class_name, CLASS);
	s->queues = queues;
	/* Nothing that only waits for a slow machine is to look hung. */
	s->watchdog_ms = 20000;
	s->fd = -1;
}

static inline int serve(int fd, struct xrsched_serve *s)
{
	return call(fd, XRSCHED_IOC_SERVE, s);
}

static inline int next(int fd, unsigned int queue, uint32_t flags, uint64_t *seq,
		uint32_t status)
{
	struct xrsched_server_args n = {
		.size = sizeof(n),
		.flags = flags,
		.queue = queue,
		.status = status,
		.seq = *seq,
		.energy_pj = LAYER_PJ,
		.timeout_ns = now_ns() + 10 * SEC,
	};
	int ret = call(fd, XRSCHED_IOC_SERVER_NEXT, &n);

	if (!ret)
		*seq = n.seq;
	return ret;
}

static inline int fetch(int fd, uint64_t *seq)
{
	return next(fd, 0, XRSCHED_NEXT_FETCH, seq, 0);
}

static inline int arm(int fd, unsigned int queue)
{
	uint64_t seq = 0;

	return next(fd, queue, XRSCHED_NEXT_FETCH | XRSCHED_NEXT_NOWAIT, &seq,
		    0);
}

static inline int commit(int fd, uint64_t seq, uint32_t status)
{
	return next(fd, 0, XRSCHED_NEXT_COMMIT, &seq, status);
}

static inline int engine_get(unsigned int id, struct xrsched_control_engine *engine)
{
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	int ret = xrsched_control_open(&control);
	int i;

	if (ret)
		return ret;
	ret = xrsched_control_engines(control, 0, &list);
	for (i = 0; i < ret; i++)
		if (list[i].id == id)
			*engine = list[i];
	if (ret >= 0)
		xrsched_free(list);
	xrsched_control_close(control);
	return ret < 0 ? ret : 0;
}

FIXTURE(server) {
	int fd;			/* of the client */
	uint32_t stream;
	struct xrsched_serve s;
	struct xrsched_completion done[16];
	const struct xrsched_server_slot *slot;
};

FIXTURE_SETUP(server)
{
	ASSERT_EQ(0, device_reset("edf,expired=clamp"));
	self->fd = open_device();
	ASSERT_LE(0, self->fd);
	serve_init(&self->s, 1);
	ASSERT_EQ(0, serve(self->fd, &self->s));
	self->slot = mmap(NULL, self->s.map_bytes, PROT_READ, MAP_SHARED,
			  self->s.fd, 0);
	ASSERT_NE(MAP_FAILED, self->slot);
	self->stream =
		stream_create(self->fd, model_create(self->fd, LAYERS, MSEC), 0);
	ASSERT_NE(0, self->stream);
}

FIXTURE_TEARDOWN(server)
{
	if (self->s.fd >= 0) {
		munmap((void *)self->slot, self->s.map_bytes);
		close(self->s.fd);
	}
	close(self->fd);
	EXPECT_TRUE(device_quiet(0, 0));
}

/* The server goes, as it does when its process dies. */
static inline void server_dies(FIXTURE_DATA(server) *self)
{
	munmap((void *)self->slot, self->s.map_bytes);
	close(self->s.fd);
	self->s.fd = -1;
}

/* The job ends on another engine. */
static inline int ends_elsewhere(FIXTURE_DATA(server) *self)
{
	if (engine_add(CLASS) < 0)
		return -1;
	if (wait_all(self->fd, self->done, 1) != 1)
		return -2;
	return self->done[0].outcome;
}

static inline bool becomes(const struct xrsched_server_slot *slot, uint32_t state)
{
	return soon(__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) == state);
}

#endif
