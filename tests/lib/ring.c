// SPDX-License-Identifier: GPL-2.0-only
/*
 * The application's side of rings against a kernel that the test plays, so that
 * it can be slow, full, asleep, and 2^32 jobs old.  Linked with the library's
 * objects, as this is no part of its interface.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#include "ring.h"

#define JOBS 4
#define COMPLETIONS 8

/**
 * struct memory - What is mapped
 */
struct memory {
	uint32_t sq_head, sq_tail, sq_flags;
	uint32_t cq_head, cq_tail, cq_overflow;
	struct xrsched_job job[JOBS];
	struct xrsched_completion done[COMPLETIONS];
};

/**
 * struct kernel - The other side
 * @ring: first, so that one is found from the other
 * @mem: the mapping
 * @calls: system calls so far
 * @last: the last one's argument
 * @takes: jobs it takes in a call at most
 * @ret: what it fails with if it takes none, 0: nothing
 * @waiting: completions it has no room for
 * @next: number of the next completion
 */
struct kernel {
	struct xrsched_ring ring;
	struct memory mem;
	unsigned int calls;
	struct xrsched_ring_enter last;
	uint32_t takes;
	int ret;
	unsigned int waiting;
	uint64_t next;
};

/* Writes completions, as many as there is room for. */
static void complete(struct kernel *k, unsigned int nr)
{
	struct memory *mem = &k->mem;

	k->waiting += nr;
	while (k->waiting && mem->cq_tail - mem->cq_head < COMPLETIONS) {
		mem->done[mem->cq_tail++ % COMPLETIONS].cookie = k->next++;
		k->waiting--;
	}
	mem->sq_flags &= ~XRSCHED_SQ_OVERFLOW;
	if (k->waiting) {
		mem->sq_flags |= XRSCHED_SQ_OVERFLOW;
		mem->cq_overflow = k->waiting;
	}
}

static int play(struct xrsched_ring *ring, const struct xrsched_ring_enter *arg)
{
	struct kernel *k = (struct kernel *)ring;
	uint32_t nr = k->mem.sq_tail - k->mem.sq_head;

	k->calls++;
	k->last = *arg;
	assert_int_equal(arg->size, sizeof(*arg));
	/* It never takes what was not handed over. */
	assert_true(nr <= JOBS);
	if (nr > arg->to_submit)
		nr = arg->to_submit;
	if (nr > k->takes)
		nr = k->takes;
	k->mem.sq_head += nr;
	if (arg->flags & XRSCHED_ENTER_WAKEUP)
		k->mem.sq_flags &= ~XRSCHED_SQ_NEED_WAKEUP;
	complete(k, 0);
	return nr ? (int)nr : k->ret;
}

/* A ring that is @age jobs and completions old. */
static void start(struct kernel *k, uint32_t age, uint32_t flags)
{
	struct xrsched_ring_setup setup = {
		.flags = flags,
		.sq_entries = JOBS,
		.cq_entries = COMPLETIONS,
		.job_size = sizeof(struct xrsched_job),
		.completion_size = sizeof(struct xrsched_completion),
		.sq_head = offsetof(struct memory, sq_head),
		.sq_tail = offsetof(struct memory, sq_tail),
		.sq_flags = offsetof(struct memory, sq_flags),
		.sq_jobs = offsetof(struct memory, job),
		.cq_head = offsetof(struct memory, cq_head),
		.cq_tail = offsetof(struct memory, cq_tail),
		.cq_overflow = offsetof(struct memory, cq_overflow),
		.cq_completions = offsetof(struct memory, done),
	};

	memset(k, 0, sizeof(*k));
	k->mem.sq_head = age;
	k->mem.sq_tail = age;
	k->mem.cq_head = age;
	k->mem.cq_tail = age;
	k->takes = JOBS;
	xrsched_ring_layout(&k->ring, &k->mem, &setup);
	k->ring.enter = play;
}

static void prepare(struct kernel *k, unsigned int nr)
{
	while (nr--) {
		struct xrsched_job *job = xrsched_ring_get_job(&k->ring);

		assert_non_null(job);
		xrsched_job_prepare(job, 1, 2, 3);
	}
}

static void test_submit(void **state)
{
	struct xrsched_job *job;
	struct kernel k;
	unsigned int i;

	(void)state;
	/* Through the end of the counters. */
	start(&k, -5U, 0);
	for (i = 0; i < 20; i++) {
		assert_int_equal(xrsched_ring_space(&k.ring), JOBS);
		/* What the last round left there is gone. */
		memset(k.mem.job, 0xff, sizeof(k.mem.job));
		job = xrsched_ring_get_job(&k.ring);
		assert_ptr_equal(job, &k.mem.job[(i * 3 - 5U) % JOBS]);
		assert_int_equal(job->deadline_ns, 0);
		assert_int_equal(job->result, 0);
		xrsched_job_prepare(job, 7, i, 9);
		assert_int_equal(job->stream, 7);
		assert_int_equal(job->frame, i);
		assert_int_equal(job->cookie, 9);
		prepare(&k, 2);
		assert_int_equal(xrsched_ring_space(&k.ring), JOBS - 3);
		/* Nothing is seen of them before. */
		assert_int_equal(k.mem.sq_tail, k.mem.sq_head);
		assert_int_equal(xrsched_ring_submit(&k.ring), 3);
		assert_int_equal(k.calls, i + 1);
		assert_int_equal(k.last.to_submit, 3);
		assert_int_equal(k.last.min_complete, 0);
		assert_int_equal(k.last.flags, 0);
	}
	assert_int_equal(xrsched_ring_submit(&k.ring), 0);
	assert_int_equal(k.calls, 20);
}

/* What is not taken stays, in order, and takes up room. */
static void test_submit_part(void **state)
{
	struct kernel k;

	(void)state;
	start(&k, -2U, 0);
	k.takes = 1;
	prepare(&k, 4);
	assert_null(xrsched_ring_get_job(&k.ring));
	assert_int_equal(xrsched_ring_submit(&k.ring), 1);
	assert_int_equal(xrsched_ring_space(&k.ring), 1);
	prepare(&k, 1);
	assert_null(xrsched_ring_get_job(&k.ring));
	k.takes = 0;
	k.ret = -EAGAIN;
	assert_int_equal(xrsched_ring_submit(&k.ring), -EAGAIN);
	assert_int_equal(k.last.to_submit, 4);
	assert_null(xrsched_ring_get_job(&k.ring));
	k.takes = JOBS;
	assert_int_equal(xrsched_ring_submit(&k.ring), 4);
	assert_int_equal(xrsched_ring_space(&k.ring), 4);
}

static void test_submit_and_wait(void **state)
{
	struct kernel k;

	(void)state;
	start(&k, 0, 0);
	prepare(&k, 2);
	assert_int_equal(xrsched_ring_submit_and_wait(&k.ring, 2, 77), 2);
	assert_int_equal(k.calls, 1);
	assert_int_equal(k.last.to_submit, 2);
	assert_int_equal(k.last.min_complete, 2);
	assert_int_equal(k.last.timeout_ns, 77);
	/* None to submit: a call only if there is something to wait for. */
	k.ret = -ETIMEDOUT;
	assert_int_equal(xrsched_ring_submit_and_wait(&k.ring, 2, 77),
			 -ETIMEDOUT);
	complete(&k, 2);
	k.calls = 0;
	assert_int_equal(xrsched_ring_submit_and_wait(&k.ring, 2, 77), 0);
	assert_int_equal(k.calls, 0);
	assert_int_equal(xrsched_ring_submit_and_wait(&k.ring, COMPLETIONS + 1,
						      77),
			 -EINVAL);
}

/* A thread takes them: no call, unless it sleeps. */
static void test_poll(void **state)
{
	struct kernel k;

	(void)state;
	start(&k, -1U, XRSCHED_RING_POLL);
	prepare(&k, 2);
	assert_false(xrsched_ring_need_wakeup(&k.ring));
	assert_int_equal(xrsched_ring_submit(&k.ring), 2);
	assert_int_equal(k.calls, 0);
	assert_int_equal(k.mem.sq_tail, 1);
	k.mem.sq_flags = XRSCHED_SQ_NEED_WAKEUP;
	assert_true(xrsched_ring_need_wakeup(&k.ring));
	/* It fell asleep over what it was given. */
	assert_int_equal(xrsched_ring_submit(&k.ring), 0);
	assert_int_equal(k.calls, 1);
	assert_int_equal(k.last.flags, XRSCHED_ENTER_WAKEUP);
	assert_int_equal(k.last.to_submit, 0);
	/* Nothing for it to do: let it sleep. */
	k.mem.sq_head = k.mem.sq_tail;
	k.mem.sq_flags = XRSCHED_SQ_NEED_WAKEUP;
	assert_int_equal(xrsched_ring_submit(&k.ring), 0);
	assert_int_equal(k.calls, 1);
	/* Waking and waiting are one call. */
	prepare(&k, 1);
	assert_int_equal(xrsched_ring_submit_and_wait(&k.ring, 1, 5), 1);
	assert_int_equal(k.calls, 2);
	assert_int_equal(k.last.flags, XRSCHED_ENTER_WAKEUP);
	assert_int_equal(k.last.min_complete, 1);
}

static void test_reap(void **state)
{
	const struct xrsched_completion *done;
	uint64_t next = 0;
	struct kernel k;

	(void)state;
	start(&k, -3U, 0);
	assert_int_equal(xrsched_ring_peek(&k.ring, &done, 99), 0);
	assert_int_equal(k.calls, 0);
	for (unsigned int round = 0; round < 10; round++) {
		unsigned int left = 5;

		complete(&k, 5);
		assert_int_equal(xrsched_ring_ready(&k.ring), 5);
		while (left) {
			unsigned int nr = xrsched_ring_peek(&k.ring, &done, 3);

			assert_in_range(nr, 1, 3);
			for (unsigned int i = 0; i < nr; i++)
				assert_int_equal(done[i].cookie, next++);
			xrsched_ring_seen(&k.ring, nr);
			left -= nr;
			assert_int_equal(xrsched_ring_ready(&k.ring), left);
			assert_int_equal(k.mem.cq_tail - k.mem.cq_head, left);
		}
	}
	assert_int_equal(k.calls, 0);
}

/* Those that wait in the kernel are asked for, and come in order. */
static void test_overflow(void **state)
{
	const struct xrsched_completion *done;
	uint64_t next = 0;
	struct kernel k;

	(void)state;
	start(&k, 0, 0);
	complete(&k, COMPLETIONS + 3);
	assert_int_equal(xrsched_ring_overflow(&k.ring), 3);
	while (next < COMPLETIONS + 3) {
		unsigned int nr = xrsched_ring_peek(&k.ring, &done, 99);

		assert_true(nr);
		for (unsigned int i = 0; i < nr; i++)
			assert_int_equal(done[i].cookie, next++);
		xrsched_ring_seen(&k.ring, nr);
	}
	assert_int_equal(k.calls, 1);
	assert_int_equal(xrsched_ring_peek(&k.ring, &done, 99), 0);
	assert_int_equal(k.calls, 1);
}

static void test_wait(void **state)
{
	const struct xrsched_completion *done;
	struct kernel k;

	(void)state;
	start(&k, 0, 0);
	assert_int_equal(xrsched_ring_wait(&k.ring, &done, 0, 0), -EINVAL);
	assert_int_equal(xrsched_ring_wait(&k.ring, &done, COMPLETIONS + 1, 0),
			 -EINVAL);
	assert_int_equal(k.calls, 0);
	k.ret = -ETIMEDOUT;
	assert_int_equal(xrsched_ring_wait(&k.ring, &done, 2, 9), -ETIMEDOUT);
	assert_int_equal(k.last.to_submit, 0);
	assert_int_equal(k.last.min_complete, 2);
	assert_int_equal(k.last.timeout_ns, 9);
	complete(&k, 2);
	assert_int_equal(xrsched_ring_wait(&k.ring, &done, 2, 9), 2);
	assert_int_equal(k.calls, 1);
	assert_ptr_equal(done, k.mem.done);
}

static void test_create(void **state)
{
	struct xrsched_ring_opts opts = { .size = sizeof(opts) };
	struct xrsched_ring *ring;
	struct xrsched *x;

	(void)state;
	assert_int_equal(xrsched_open_sim(NULL, &x), 0);
	assert_int_equal(xrsched_ring_create(x, &opts, &ring), -ENODEV);
	xrsched_close(x);
	xrsched_ring_destroy(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submit),
		cmocka_unit_test(test_submit_part),
		cmocka_unit_test(test_submit_and_wait),
		cmocka_unit_test(test_poll),
		cmocka_unit_test(test_reap),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_create),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
