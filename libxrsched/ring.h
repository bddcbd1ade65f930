/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Inside of a pair of rings, for ring.c and its test, which plays the kernel.
 */
#ifndef XRSCHED_RING_PRIVATE_H
#define XRSCHED_RING_PRIVATE_H

#include <stddef.h>

#include <xrsched/ring.h>

/**
 * struct xrsched_ring - A pair of rings
 * @sq_tail: jobs that were prepared, handed over or not
 * @sq_entries: room for jobs, a power of two
 * @sq_head: word of the mapping: jobs that the kernel has taken
 * @sq_shared: word: jobs that were handed over
 * @sq_flags: word: XRSCHED_SQ_*
 * @jobs: the jobs
 * @job_size: bytes from one to the next, as the application knows them
 * @cq_head: completions that were given back
 * @cq_entries: room for completions, a power of two
 * @cq_shared: word: the same for the kernel
 * @cq_tail: word: completions that there are
 * @cq_overflow: word: completions that found no room
 * @completions: the completions
 * @completion_size: bytes from one to the next, likewise
 * @flags: XRSCHED_RING_*
 * @fd: the file
 * @map: the mapping
 * @map_size: its size
 * @enter: the system call; returns as XRSCHED_IOC_RING_ENTER, or -errno
 */
struct xrsched_ring {
	uint32_t sq_tail;
	uint32_t sq_entries;
	uint32_t *sq_head;
	uint32_t *sq_shared;
	uint32_t *sq_flags;
	char *jobs;
	size_t job_size;
	uint32_t cq_head;
	uint32_t cq_entries;
	uint32_t *cq_shared;
	uint32_t *cq_tail;
	uint32_t *cq_overflow;
	char *completions;
	size_t completion_size;
	uint32_t flags;
	int fd;
	void *map;
	size_t map_size;
	int (*enter)(struct xrsched_ring *ring,
		     const struct xrsched_ring_enter *arg);
};

/* Fills in where everything is. */
void xrsched_ring_layout(struct xrsched_ring *ring, void *map,
			 const struct xrsched_ring_setup *setup);

#endif /* XRSCHED_RING_PRIVATE_H */
