// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rings, the application's side of XRSCHED_IOC_RING_SETUP.
 *
 * What we store for the kernel is stored with release after what it is about,
 * and what the kernel stores is loaded with acquire before it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "internal.h"
#include "ring.h"

#define DEFAULT_JOBS 64

static uint32_t load(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(uint32_t *word, uint32_t value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static uint32_t min_of(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* ----- coming and going -------------------------------------------------- */

static int enter_call(struct xrsched_ring *ring,
		      const struct xrsched_ring_enter *arg)
{
	int ret = ioctl(ring->fd, XRSCHED_IOC_RING_ENTER, arg);

	return ret < 0 ? -errno : ret;
}

void xrsched_ring_layout(struct xrsched_ring *ring, void *map,
			 const struct xrsched_ring_setup *setup)
{
	char *at = map;

	ring->map = map;
	ring->map_size = setup->map_size;
	ring->flags = setup->flags;
	ring->fd = setup->fd;
	ring->sq_entries = setup->sq_entries;
	ring->cq_entries = setup->cq_entries;
	ring->sq_head = (uint32_t *)(at + setup->sq_head);
	ring->sq_shared = (uint32_t *)(at + setup->sq_tail);
	ring->sq_flags = (uint32_t *)(at + setup->sq_flags);
	ring->jobs = at + setup->sq_jobs;
	ring->job_size = setup->job_size;
	ring->cq_shared = (uint32_t *)(at + setup->cq_head);
	ring->cq_tail = (uint32_t *)(at + setup->cq_tail);
	ring->cq_overflow = (uint32_t *)(at + setup->cq_overflow);
	ring->completions = at + setup->cq_completions;
	ring->completion_size = setup->completion_size;
	ring->sq_tail = load(ring->sq_shared);
	ring->cq_head = load(ring->cq_shared);
	ring->enter = enter_call;
}

static int set_up(struct xrsched_ring *ring, int fd,
		  const struct xrsched_ring_opts *o, size_t job_size,
		  size_t completion_size)
{
	struct xrsched_ring_setup setup = {
		.size = sizeof(setup),
		.flags = o->flags,
		.sq_entries = o->jobs ? o->jobs : DEFAULT_JOBS,
		.cq_entries = o->completions,
		.job_size = job_size,
		.completion_size = completion_size,
		.idle_us = o->idle_us,
	};
	void *map;
	int ret;

	if (ioctl(fd, XRSCHED_IOC_RING_SETUP, &setup) < 0)
		return -errno;
	map = mmap(NULL, setup.map_size, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, setup.fd, 0);
	if (map == MAP_FAILED) {
		ret = -errno;
		close(setup.fd);
		return ret;
	}
	xrsched_ring_layout(ring, map, &setup);
	return 0;
}

XRSCHED_API int xrsched_ring_create_sized(struct xrsched *x,
					  const struct xrsched_ring_opts *opts,
					  struct xrsched_ring **ring,
					  size_t job_size,
					  size_t completion_size)
{
	struct xrsched_ring_opts o;
	struct xrsched_ring *r;
	int fd = xrsched_fd(x);
	int ret;

	if (fd < 0)
		return fd;
	ret = xrsched_copy_opts(&o, sizeof(o), opts);
	if (ret)
		return ret;
	if (o.pad)
		return -EINVAL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	ret = set_up(r, fd, &o, job_size, completion_size);
	if (ret) {
		free(r);
		return ret;
	}
	*ring = r;
	return 0;
}

XRSCHED_API void xrsched_ring_destroy(struct xrsched_ring *ring)
{
	if (!ring)
		return;
	munmap(ring->map, ring->map_size);
	close(ring->fd);
	free(ring);
}

XRSCHED_API int xrsched_ring_fd(const struct xrsched_ring *ring)
{
	return ring->fd;
}

XRSCHED_API int xrsched_ring_set_eventfd(struct xrsched_ring *ring, int fd,
					 unsigned int count)
{
	struct xrsched_ring_eventfd arg = {
		.size = sizeof(arg),
		.fd = fd,
		.count = count,
	};

	return ioctl(ring->fd, XRSCHED_IOC_RING_EVENTFD, &arg) < 0 ? -errno : 0;
}

/* ----- jobs in ----------------------------------------------------------- */

XRSCHED_API unsigned int xrsched_ring_space(const struct xrsched_ring *ring)
{
	return ring->sq_entries - (ring->sq_tail - load(ring->sq_head));
}

XRSCHED_API struct xrsched_job *xrsched_ring_get_job(struct xrsched_ring *ring)
{
	struct xrsched_job *job;
	uint32_t at;

	/* The kernel has read what was there, so it may be written. */
	if (ring->sq_tail - load(ring->sq_head) >= ring->sq_entries)
		return NULL;
	at = ring->sq_tail++ & (ring->sq_entries - 1);
	job = (struct xrsched_job *)(ring->jobs + at * ring->job_size);
	/* The usual size, which the compiler knows how to clear at once. */
	if (ring->job_size == sizeof(*job))
		memset(job, 0, sizeof(*job));
	else
		memset(job, 0, ring->job_size);
	return job;
}

static int enter(struct xrsched_ring *ring, uint32_t to_submit, uint32_t min,
		 uint32_t flags, uint64_t timeout_ns)
{
	struct xrsched_ring_enter arg = {
		.size = sizeof(arg),
		.flags = flags,
		.to_submit = to_submit,
		.min_complete = min,
		.timeout_ns = timeout_ns,
	};

	return ring->enter(ring, &arg);
}

/* Hands over to a thread that looks by itself; 0, or how to wake it. */
static uint32_t hand_over(struct xrsched_ring *ring)
{
	store(ring->sq_shared, ring->sq_tail);
	/* The tail before the flag; the thread: the flag before the tail. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	/* Also for those that it could not take when it fell asleep. */
	return ring->sq_tail != load(ring->sq_head) &&
			       xrsched_ring_need_wakeup(ring)
		       ? XRSCHED_ENTER_WAKEUP
		       : 0;
}

static int poll_submit(struct xrsched_ring *ring, unsigned int min,
		       uint64_t timeout_ns)
{
	uint32_t nr = ring->sq_tail - *ring->sq_shared;
	uint32_t wake = hand_over(ring);
	int ret = 0;

	if (wake || xrsched_ring_ready(ring) < min)
		ret = enter(ring, 0, min, wake, timeout_ns);
	return nr ? (int)nr : ret;
}

XRSCHED_API int xrsched_ring_submit_and_wait(struct xrsched_ring *ring,
					     unsigned int min,
					     uint64_t timeout_ns)
{
	uint32_t nr;

	if (min > ring->cq_entries)
		return -EINVAL;
	if (ring->flags & XRSCHED_RING_POLL)
		return poll_submit(ring, min, timeout_ns);
	store(ring->sq_shared, ring->sq_tail);
	nr = ring->sq_tail - load(ring->sq_head);
	if (!nr && xrsched_ring_ready(ring) >= min)
		return 0;
	return enter(ring, nr, min, 0, timeout_ns);
}

XRSCHED_API int xrsched_ring_submit(struct xrsched_ring *ring)
{
	return xrsched_ring_submit_and_wait(ring, 0, 0);
}

XRSCHED_API bool xrsched_ring_need_wakeup(const struct xrsched_ring *ring)
{
	return load(ring->sq_flags) & XRSCHED_SQ_NEED_WAKEUP;
}

/* ----- completions out --------------------------------------------------- */

XRSCHED_API unsigned int xrsched_ring_ready(const struct xrsched_ring *ring)
{
	return load(ring->cq_tail) - ring->cq_head;
}

XRSCHED_API uint32_t xrsched_ring_overflow(const struct xrsched_ring *ring)
{
	return load(ring->cq_overflow);
}

XRSCHED_API unsigned int
xrsched_ring_peek(struct xrsched_ring *ring,
		  const struct xrsched_completion **done, unsigned int max)
{
	uint32_t at = ring->cq_head & (ring->cq_entries - 1);
	uint32_t ready = xrsched_ring_ready(ring);

	/* Those that found no room come in when the kernel is asked to. */
	if (!ready && load(ring->sq_flags) & XRSCHED_SQ_OVERFLOW) {
		enter(ring, 0, 0, 0, 0);
		ready = xrsched_ring_ready(ring);
	}
	*done = (const void *)(ring->completions + at * ring->completion_size);
	return min_of(min_of(ready, max), ring->cq_entries - at);
}

XRSCHED_API int xrsched_ring_wait(struct xrsched_ring *ring,
				  const struct xrsched_completion **done,
				  unsigned int min, uint64_t timeout_ns)
{
	int ret;

	if (!min || min > ring->cq_entries)
		return -EINVAL;
	if (xrsched_ring_ready(ring) < min) {
		ret = enter(ring, 0, min, 0, timeout_ns);
		if (ret < 0)
			return ret;
	}
	return xrsched_ring_peek(ring, done, ring->cq_entries);
}

XRSCHED_API void xrsched_ring_seen(struct xrsched_ring *ring, unsigned int nr)
{
	ring->cq_head += nr;
	/* We have read them: the kernel may write there. */
	store(ring->cq_shared, ring->cq_head);
}
