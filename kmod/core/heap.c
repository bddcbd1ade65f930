// SPDX-License-Identifier: GPL-2.0-only
/*
 * A binary heap of timers that know their place.
 */
#include "xrs_heap.h"

static bool timer_before(const struct xrs_timer *a, const struct xrs_timer *b)
{
	return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->id < b->id);
}

static void heap_place(struct xrs_heap *heap, u32 slot, struct xrs_timer *timer)
{
	heap->slot[slot] = timer;
	timer->slot = slot;
}

static void heap_sift(struct xrs_heap *heap, struct xrs_timer *timer, u32 slot)
{
	while (slot > 0) {
		u32 up = (slot - 1) / 2;

		if (!timer_before(timer, heap->slot[up]))
			break;
		heap_place(heap, slot, heap->slot[up]);
		slot = up;
	}
	for (;;) {
		u32 down = 2 * slot + 1;

		if (down >= heap->nr)
			break;
		if (down + 1 < heap->nr &&
		    timer_before(heap->slot[down + 1], heap->slot[down]))
			down++;
		if (!timer_before(heap->slot[down], timer))
			break;
		heap_place(heap, slot, heap->slot[down]);
		slot = down;
	}
	heap_place(heap, slot, timer);
}

/**
 * xrs_heap_place() - xrs_heap_set() where there are others
 * @heap: the heap
 * @timer: the timer
 * @at_ns: when
 *
 * Context: caller's lock.  O(log n).
 */
void xrs_heap_place(struct xrs_heap *heap, struct xrs_timer *timer, u64 at_ns)
{
	u32 slot = timer->slot;

	if (slot == XRS_TIMER_IDLE)
		slot = heap->nr++;
	else if (timer->at_ns == at_ns)
		return;
	timer->at_ns = at_ns;
	heap_sift(heap, timer, slot);
}

/**
 * xrs_heap_clear() - take a timer out; harmless if it is not set
 * @heap: the heap
 * @timer: the timer
 *
 * Context: caller's lock.  O(log n).
 */
void xrs_heap_clear(struct xrs_heap *heap, struct xrs_timer *timer)
{
	struct xrs_timer *last;
	u32 slot = timer->slot;

	if (slot == XRS_TIMER_IDLE)
		return;
	last = heap->slot[--heap->nr];
	if (last != timer)
		heap_sift(heap, last, slot);
	timer->slot = XRS_TIMER_IDLE;
}
