// SPDX-License-Identifier: GPL-2.0-only
/* The heap of timers against searching and sorting. */

#include "suite.h"
#include "xrs_heap.h"

#define NR_TIMERS 500

struct bench {
	struct xrs_heap heap;
	struct xrs_timer timer[NR_TIMERS];
	struct xrs_timer *slot[NR_TIMERS];
};

static int by_time(const void *a, const void *b)
{
	const struct xrs_timer *x = *(struct xrs_timer *const *)a;
	const struct xrs_timer *y = *(struct xrs_timer *const *)b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static int bench_setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	u32 i;

	if (!b)
		return -1;
	b->heap.slot = b->slot;
	for (i = 0; i < NR_TIMERS; i++) {
		b->timer[i].id = i;
		b->timer[i].slot = XRS_TIMER_IDLE;
	}
	*state = b;
	return 0;
}

static int bench_teardown(void **state)
{
	free(*state);
	return 0;
}

/* Every timer knows its slot; the first is the earliest; none is lost. */
static void check_heap(struct bench *b, u32 nr_set)
{
	struct xrs_timer *first = NULL;
	u32 i;

	assert_int_equal(b->heap.nr, nr_set);
	for (i = 0; i < NR_TIMERS; i++) {
		struct xrs_timer *timer = &b->timer[i];

		if (timer->slot == XRS_TIMER_IDLE)
			continue;
		assert_true(timer->slot < b->heap.nr);
		assert_ptr_equal(b->heap.slot[timer->slot], timer);
		if (!first || by_time(&timer, &first) < 0)
			first = timer;
	}
	assert_ptr_equal(xrs_heap_first(&b->heap), first);
}

/* Set, move earlier or later, clear (also what is not set), take the first. */
static void heap_random(void **state)
{
	struct bench *b = *state;
	struct rng rng = { oracle_seed + 60 };
	u32 nr_set = 0;
	u32 i;

	for (i = 0; i < 30000; i++) {
		struct xrs_timer *timer = &b->timer[rng_below(&rng, NR_TIMERS)];
		bool set = timer->slot != XRS_TIMER_IDLE;

		if (rng_chance(&rng, 60)) {
			u64 at = rng_below(&rng, 200);

			xrs_heap_set(&b->heap, timer, at);
			assert_int_equal(timer->at_ns, at);
			nr_set += !set;
		} else if (rng_chance(&rng, 50)) {
			xrs_heap_clear(&b->heap, timer);
			assert_int_equal(timer->slot, XRS_TIMER_IDLE);
			nr_set -= set;
		} else if (nr_set) {
			xrs_heap_clear(&b->heap, xrs_heap_first(&b->heap));
			nr_set--;
		}
		check_heap(b, nr_set);
	}
}

static void heap_sorts(void **state)
{
	struct bench *b = *state;
	struct rng rng = { oracle_seed + 61 };
	struct xrs_timer *sorted[NR_TIMERS];
	u32 round, i;

	for (round = 0; round < 20; round++) {
		u64 spread = rng_log(&rng, 1, U64_MAX);

		for (i = 0; i < NR_TIMERS; i++) {
			sorted[i] = &b->timer[i];
			xrs_heap_set(&b->heap, sorted[i],
				     rng_below(&rng, spread));
		}
		qsort(sorted, NR_TIMERS, sizeof(sorted[0]), by_time);
		for (i = 0; i < NR_TIMERS; i++) {
			assert_ptr_equal(xrs_heap_first(&b->heap), sorted[i]);
			xrs_heap_clear(&b->heap, sorted[i]);
		}
		assert_null(xrs_heap_first(&b->heap));
	}
}

static void heap_empty(void **state)
{
	struct bench *b = *state;

	assert_null(xrs_heap_first(&b->heap));
	xrs_heap_clear(&b->heap, &b->timer[0]);
	assert_int_equal(b->heap.nr, 0);
	xrs_heap_set(&b->heap, &b->timer[0], U64_MAX);
	xrs_heap_set(&b->heap, &b->timer[0], U64_MAX);
	check_heap(b, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(heap_random, bench_setup,
					bench_teardown),
	cmocka_unit_test_setup_teardown(heap_sorts, bench_setup,
					bench_teardown),
	cmocka_unit_test_setup_teardown(heap_empty, bench_setup,
					bench_teardown),
};

SUITE(suite_heap, tests);
