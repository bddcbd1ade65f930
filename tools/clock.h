/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler's clock.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

/** define NS - Nanoseconds in a second. */
#define NS UINT64_C(1000000000)

/** now_ns() - what CLOCK_MONOTONIC says, as all of the scheduler's times do */
static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS + now.tv_nsec;
}

#endif /* CLOCK_H */
