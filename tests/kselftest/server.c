// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines served from userspace: the protocol, what a server may do wrong, and
 * what becomes of layers when it dies, at each step.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <linux/xrsched_server.h>

#include "control.h"
#include "helpers.h"

#define LAYERS	3

static void serve_init(struct xrsched_serve *s, unsigned int queues)
{
	memset(s, 0, sizeof(*s));
	s->size = sizeof(*s);
	strcpy(s->class_name, CLASS);
	s->queues = queues;
	/* Nothing that only waits for a slow machine is to look hung. */
	s->watchdog_ms = 20000;
	s->fd = -1;
}

static int serve(int fd, struct xrsched_serve *s)
{
	return call(fd, XRSCHED_IOC_SERVE, s);
}

static int next(int fd, unsigned int queue, uint32_t flags, uint64_t *seq,
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

static int fetch(int fd, uint64_t *seq)
{
	return next(fd, 0, XRSCHED_NEXT_FETCH, seq, 0);
}

static int arm(int fd, unsigned int queue)
{
	uint64_t seq = 0;

	return next(fd, queue, XRSCHED_NEXT_FETCH | XRSCHED_NEXT_NOWAIT, &seq,
		    0);
}

static int commit(int fd, uint64_t seq, uint32_t status)
{
	return next(fd, 0, XRSCHED_NEXT_COMMIT, &seq, status);
}

static int engine_get(unsigned int id, struct xrsched_control_engine *engine)
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
static void server_dies(FIXTURE_DATA(server) *self)
{
	munmap((void *)self->slot, self->s.map_bytes);
	close(self->s.fd);
	self->s.fd = -1;
}

/* The job ends on another engine. */
static int ends_elsewhere(FIXTURE_DATA(server) *self)
{
	if (engine_add(CLASS) < 0)
		return -1;
	if (wait_all(self->fd, self->done, 1) != 1)
		return -2;
	return self->done[0].outcome;
}

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
	while (self->slot->state != XRSCHED_SLOT_ARMED)
		sleep_ns(MSEC);
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
	void *map = mmap(NULL, self->s.map_bytes, PROT_READ | PROT_WRITE,
			 MAP_SHARED, self->s.fd, 0);

	EXPECT_EQ(MAP_FAILED, map);
	EXPECT_EQ(-1, mprotect((void *)self->slot, self->s.map_bytes,
			       PROT_READ | PROT_WRITE));
	/* The mapping holds the file: its layers are not lost by close(). */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * self->s.map_bytes, PROT_READ,
				   MAP_SHARED, self->s.fd, 0));
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

/* ----- bad answers ------------------------------------------------------- */


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

static bool becomes(const struct xrsched_server_slot *slot, uint32_t state)
{
	uint64_t until = now_ns() + 10 * SEC;

	while (__atomic_load_n(&slot->state, __ATOMIC_ACQUIRE) != state)
		if (now_ns() > until)
			return false;
		else
			sleep_ns(MSEC);
	return true;
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
	uint64_t until = now_ns() + 10 * SEC;
	struct xrsched_control_engine e = {};

	while (!engine_get(id, &e) && e.state != XRSCHED_ENGINE_STATE_UP)
		if (now_ns() > until)
			return false;
		else
			sleep_ns(MSEC);
	return e.state == XRSCHED_ENGINE_STATE_UP;
}

TEST_F(hung, server_comes_back)
{
	uint64_t seq = 0;

	ASSERT_TRUE(becomes(self->slot, XRSCHED_SLOT_LOST));
	/* By asking for the next one: it is up again after its rest. */
	EXPECT_EQ(-EAGAIN, arm(self->s.fd, 0));
	ASSERT_TRUE(engine_is_up(self->s.engine[0]));
	ASSERT_EQ(1, submit_one(self->fd, self->stream, 1));
	ASSERT_EQ(0, fetch(self->s.fd, &seq));
	EXPECT_EQ(0, commit(self->s.fd, seq, XRSCHED_LAYER_DONE));
}

/* ----- the server dies, at each step of the protocol --------------------- */

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
