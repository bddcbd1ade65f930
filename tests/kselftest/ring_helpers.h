/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pair of rings, by the ABI alone and without the library: tests want to be
 * able to do everything wrong.
 */
#ifndef XRSCHED_TEST_RING_HELPERS_H
#define XRSCHED_TEST_RING_HELPERS_H

#include <sys/mman.h>

#include "helpers.h"

/**
 * struct ring - A pair of rings
 * @set: what the kernel said.
 * @fd: their file.
 * @map: their memory.
 */
struct ring {
	struct xrsched_ring_setup set;
	int fd;
	char *map;
};

static inline void ring_setup_init(struct xrsched_ring_setup *set,
				   unsigned int entries)
{
	memset(set, 0, sizeof(*set));
	set->size = sizeof(*set);
	set->sq_entries = entries;
	set->job_size = sizeof(struct xrsched_job);
	set->completion_size = sizeof(struct xrsched_completion);
	set->fd = POISON;
}

/* Sets up what @ring->set asks for and maps it; returns 0 or -errno. */
static inline int ring_open_as(int fd, struct ring *ring)
{
	int ret = call(fd, XRSCHED_IOC_RING_SETUP, &ring->set);

	if (ret)
		return ret;
	ring->fd = ring->set.fd;
	ring->map = mmap(NULL, ring->set.map_size, PROT_READ | PROT_WRITE,
			 MAP_SHARED, ring->fd, 0);
	return ring->map == MAP_FAILED ? -errno : 0;
}

static inline int ring_open(int fd, struct ring *ring, unsigned int entries)
{
	ring_setup_init(&ring->set, entries);
	return ring_open_as(fd, ring);
}

static inline void ring_close(struct ring *ring)
{
	munmap(ring->map, ring->set.map_size);
	close(ring->fd);
}

static inline uint32_t *ring_word(const struct ring *ring, uint32_t at)
{
	return (uint32_t *)(ring->map + at);
}

#define RING_GET(ring, word) \
	__atomic_load_n(ring_word(ring, (ring)->set.word), __ATOMIC_ACQUIRE)
#define RING_SET(ring, word, value) \
	__atomic_store_n(ring_word(ring, (ring)->set.word), value, \
			 __ATOMIC_RELEASE)

static inline struct xrsched_job *ring_job(const struct ring *ring, uint32_t at)
{
	return (struct xrsched_job *)(ring->map + ring->set.sq_jobs +
				      (size_t)(at % ring->set.sq_entries) *
					      ring->set.job_size);
}

static inline struct xrsched_completion *ring_done(const struct ring *ring,
						   uint32_t at)
{
	return (struct xrsched_completion
			*)(ring->map + ring->set.cq_completions +
			   (size_t)(at % ring->set.cq_entries) *
				   ring->set.completion_size);
}

/* Adds an entry; there must be room for it. */
static inline struct xrsched_job *ring_add(struct ring *ring, uint32_t stream,
					   uint64_t frame)
{
	uint32_t tail = RING_GET(ring, sq_tail);
	struct xrsched_job *job = ring_job(ring, tail);

	job_init(job, stream, frame);
	RING_SET(ring, sq_tail, tail + 1);
	return job;
}

static inline int ring_enter_flags(const struct ring *ring,
				   uint32_t to_submit, uint32_t min_complete,
				   uint32_t flags, uint64_t timeout_ns)
{
	struct xrsched_ring_enter arg = {
		.size = sizeof(arg),
		.flags = flags,
		.to_submit = to_submit,
		.min_complete = min_complete,
		.timeout_ns = timeout_ns,
	};

	return call(ring->fd, XRSCHED_IOC_RING_ENTER, &arg);
}

/* Submits and waits, but not for ever. */
static inline int ring_enter(const struct ring *ring, uint32_t to_submit,
			     uint32_t min_complete)
{
	return ring_enter_flags(ring, to_submit, min_complete, 0,
				now_ns() + 10 * SEC);
}

/* Completions that can be taken. */
static inline uint32_t ring_ready(const struct ring *ring)
{
	return RING_GET(ring, cq_tail) - RING_GET(ring, cq_head);
}

/* Takes one; false if there is none. */
static inline bool ring_get(struct ring *ring, struct xrsched_completion *done)
{
	uint32_t head = RING_GET(ring, cq_head);

	if (RING_GET(ring, cq_tail) == head)
		return false;
	*done = *ring_done(ring, head);
	RING_SET(ring, cq_head, head + 1);
	return true;
}

/* Sets the eventfd, or none (-1). */
static inline int ring_eventfd(const struct ring *ring, int fd, uint32_t count)
{
	struct xrsched_ring_eventfd arg = {
		.size = sizeof(arg),
		.fd = fd,
		.count = count,
	};

	return call(ring->fd, XRSCHED_IOC_RING_EVENTFD, &arg);
}

#endif /* XRSCHED_TEST_RING_HELPERS_H */
