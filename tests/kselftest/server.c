// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines served from userspace: the protocol, and who may.
 */
#include <pthread.h>
#include <sys/wait.h>

#include "server_fixture.h"

/* ----- the protocol ------------------------------------------------------ */

TEST_F(server, executes_layers)
{
	uint64_t seq = 0;
	unsigned int i;

	ASSERT_EQ(1, submit_one(self->fd, self->stream, 7));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	for (i = 0; i < LAYERS; i++) {
		EXPECT_EQ(seq, self->slot->seq);
		EXPECT_EQ(XRSCHED_SLOT_OWNED, self->slot->state);
		EXPECT_EQ(i, self->slot->layer);
		EXPECT_EQ(7, self->slot->frame);
		EXPECT_EQ(((uint64_t)self->stream << 32) + 7,
			  self->slot->cookie);
		EXPECT_EQ(i ? 0 : XRSCHED_SLOT_FIRST, self->slot->flags);
		EXPECT_STREQ("model", self->slot->model_name);
		EXPECT_LT(self->slot->dispatch_ns, self->slot->limit_ns);
		if (i < LAYERS - 1)
			ASSERT_EQ(0, next(self->s.fd, 0,
					  XRSCHED_NEXT_COMMIT |
					  XRSCHED_NEXT_FETCH, &seq,
					  XRSCHED_LAYER_DONE));
	}
	ASSERT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
	EXPECT_EQ(XRSCHED_SLOT_PARKED, self->slot->state);
	ASSERT_EQ(1, wait_all(self->fd, self->done, 1));
	EXPECT_EQ(XRSCHED_COMPLETED, self->done[0].outcome);
	EXPECT_EQ(JOB_PJ(LAYERS), self->done[0].energy_pj);
}

TEST_F(server, takes_nothing_before_it_asks)
{
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	sleep_ns(20 * MSEC);
	EXPECT_EQ(XRSCHED_SLOT_PARKED, self->slot->state);
	EXPECT_EQ(0, wait_none(self->fd, self->done, 1));
	/* Asked: it comes at once. */
	ASSERT_EQ(0, arm(self->s.fd, 0));
	EXPECT_EQ(XRSCHED_SLOT_OWNED, self->slot->state);
}

TEST_F(server, poll_tells_of_a_layer)
{
	struct pollfd p = { .fd = self->s.fd, .events = POLLIN };
	uint64_t seq = 0;

	EXPECT_EQ(-EAGAIN, arm(self->s.fd, 0));
	EXPECT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	EXPECT_EQ(1, poll(&p, 1, 5000));
	EXPECT_EQ(POLLIN, p.revents);
	EXPECT_EQ(XRSCHED_SLOT_READY, self->slot->state);
	EXPECT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(0, poll(&p, 1, 0));
}

TEST_F(server, waiting_ends)
{
	struct xrsched_server_args n = {
		.size = sizeof(n),
		.flags = XRSCHED_NEXT_FETCH,
		.timeout_ns = now_ns() + 5 * MSEC,
	};

	EXPECT_EQ(-ETIMEDOUT, call(self->s.fd, XRSCHED_IOC_SERVER_NEXT, &n));
	EXPECT_EQ(XRSCHED_SLOT_PARKED, self->slot->state);
}

struct waiter {
	int fd;
	int ret;
	uint64_t seq;
};

static void *wait_for_layer(void *arg)
{
	struct waiter *w = arg;

	w->ret = fetch(w->fd, &w->seq);
	return NULL;
}

/* Who is refused does not make room for a third. */
TEST_F(server, one_waits_at_a_time)
{
	struct waiter w = { .fd = self->s.fd, .ret = 1 };
	uint64_t seq = 0;
	pthread_t thread;
	unsigned int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_for_layer, &w));
	ASSERT_TRUE(becomes(self->slot, XRSCHED_SLOT_ARMED));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EBUSY, fetch(self->s.fd, &seq));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(0, pthread_join(thread, NULL));
	EXPECT_EQ(0, w.ret);
	EXPECT_EQ(-EBUSY, fetch(self->s.fd, &seq));
	EXPECT_EQ(0, commit(self->s.fd, w.seq, XRSCHED_LAYER_DONE));
}

TEST_F(server, map_is_read_only)
{
	static const int more[] = { PROT_WRITE, PROT_EXEC };
	size_t bytes = self->s.map_bytes;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		EXPECT_EQ(MAP_FAILED, mmap(NULL, bytes, PROT_READ | more[i],
					   MAP_SHARED, self->s.fd, 0));
		EXPECT_EQ(EPERM, errno);
		EXPECT_EQ(-1, mprotect((void *)self->slot, bytes,
				       PROT_READ | more[i]));
	}
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * bytes, PROT_READ, MAP_SHARED,
				   self->s.fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(server, queues_are_engines)
{
	struct xrsched_serve two;
	uint64_t seq[2] = { 0, 0 };
	uint32_t other;

	serve_init(&two, 2);
	strcpy(two.name, "pair");
	server_dies(self);
	ASSERT_EQ(0, serve(self->fd, &two));
	EXPECT_NE(two.engine[0], two.engine[1]);
	other = stream_create(self->fd, model_create(self->fd, 1, MSEC), 0);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 0));
	ASSERT_EQ(1, submit_one(self->fd, other, 0));
	EXPECT_EQ(0, next(two.fd, 0, XRSCHED_NEXT_FETCH, &seq[0], 0));
	EXPECT_EQ(0, next(two.fd, 1, XRSCHED_NEXT_FETCH, &seq[1], 0));
	/* A name that is taken: neither of the two is there then. */
	serve_init(&self->s, 2);
	strcpy(self->s.name, "pair");
	EXPECT_EQ(-EEXIST, serve(self->fd, &self->s));
	self->s.fd = -1;
	close(two.fd);
}

/* ----- who may, and with what -------------------------------------------- */

TEST_F(server, arguments)
{
	struct xrsched_serve s;

	serve_init(&s, 0);
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
	serve_init(&s, XRSCHED_SERVER_MAX_QUEUES + 1);
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
	serve_init(&s, 1);
	s.flags = 1;
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
	serve_init(&s, 1);
	s.class_name[0] = 0;
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
	serve_init(&s, 1);
	strcpy(s.name, "twenty-eight-bytes-are-too-m");
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
	serve_init(&s, 1);
	s.watchdog_ms = XRSCHED_SERVER_MAX_WATCHDOG_MS + 1;
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
	serve_init(&s, 1);
	s.size = 4;
	EXPECT_EQ(-EINVAL, serve(self->fd, &s));
}

TEST_F(server, needs_privilege)
{
	pid_t child = fork();
	int status;

	if (!child) {
		struct xrsched_serve s;

		serve_init(&s, 1);
		if (setreuid(1, 1))
			_exit(2);
		_exit(serve(self->fd, &s) != -EPERM);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(server, no_room_for_its_answer)
{
	struct xrsched_control_device before, after;
	char *page = page_before_hole(PROT_READ | PROT_WRITE);
	struct xrsched_serve *s =
		(void *)(page + getpagesize() - sizeof(*s));
	int probe;

	ASSERT_EQ(0, device_info(&before));
	serve_init(s, 1);
	ASSERT_EQ(0, mprotect(page, getpagesize(), PROT_READ));
	probe = dup(0);
	close(probe);
	EXPECT_EQ(-EFAULT, serve(self->fd, s));
	/* Neither an engine nor a file is left of it. */
	ASSERT_EQ(0, device_info(&after));
	EXPECT_EQ(before.engines, after.engines);
	EXPECT_EQ(probe, dup(0));
	close(probe);
}

/* ----- estimates --------------------------------------------------------- */

/* The profile says 1 ms, a layer takes about none: that is learned. */
TEST_F(server, estimates_follow)
{
	struct xrsched_control_engine e = {};
	uint64_t first = 0, seq = 0;
	unsigned int i, k;

	for (i = 0; i < 16; i++) {
		ASSERT_EQ(1, submit_one(self->fd, self->stream, i));
		for (k = 0; k < LAYERS; k++) {
			ASSERT_EQ(0, fetch(self->s.fd, &seq));
			if (!i && !k)
				first = self->slot->expected_ns;
			sleep_ns(k ? 0 : 8 * MSEC);
			ASSERT_EQ(0, commit(self->s.fd, seq,
					    XRSCHED_LAYER_DONE));
		}
	}
	EXPECT_EQ(MSEC, first);
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 16));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_LT(4 * MSEC, self->slot->expected_ns);
	ASSERT_EQ(0, engine_get(self->s.engine[0], &e));
	EXPECT_EQ(16 * LAYERS, e.predictions);
	EXPECT_LT(0, e.error_p95_ppm);
	EXPECT_LE(e.error_p50_ppm, e.error_p95_ppm);
}

TEST_HARNESS_MAIN
