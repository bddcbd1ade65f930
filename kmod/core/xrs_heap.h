/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers of the core: a binary heap of embedded nodes over an array that the
 * caller provides, so that nothing is allocated when a timer is set.
 */
#ifndef XRS_HEAP_H
#define XRS_HEAP_H

#include "xrs_shim.h"

/** define XRS_TIMER_IDLE - Slot of a timer that is not set. */
#define XRS_TIMER_IDLE (~0U)

/**
 * struct xrs_timer - A moment something waits for
 * @at_ns: when
 * @id: breaks ties, the lower one first
 * @slot: place in the heap, XRS_TIMER_IDLE if in none
 */
struct xrs_timer {
	u64 at_ns;
	u32 id;
	u32 slot;
};

/**
 * struct xrs_heap - Timers by (at_ns, id)
 * @slot: memory for as many pointers as timers may be set at once
 * @nr: timers set
 */
struct xrs_heap {
	struct xrs_timer **slot;
	u32 nr;
};

void xrs_heap_place(struct xrs_heap *heap, struct xrs_timer *timer, u64 at_ns);
void xrs_heap_clear(struct xrs_heap *heap, struct xrs_timer *timer);

/**
 * xrs_heap_set() - set a timer, or move one that is set
 * @heap: the heap; its memory has room for every timer that may be set
 * @timer: the timer; its slot is XRS_TIMER_IDLE or was set by this function
 * @at_ns: when
 *
 * Context: caller's lock.  O(log n).
 */
static inline void xrs_heap_set(struct xrs_heap *heap, struct xrs_timer *timer,
				u64 at_ns)
{
	/* The only one stays where it is. */
	if (heap->nr == 1 && !timer->slot)
		timer->at_ns = at_ns;
	else
		xrs_heap_place(heap, timer, at_ns);
}

/** xrs_heap_first() - the timer that is due first, NULL if none is set */
static inline struct xrs_timer *xrs_heap_first(const struct xrs_heap *heap)
{
	return heap->nr ? heap->slot[0] : NULL;
}

#endif /* XRS_HEAP_H */
