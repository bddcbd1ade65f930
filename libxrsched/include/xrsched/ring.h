/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rings: many jobs in and many completions out, by one system call or none,
 * without copying.
 *
 * DOC: Use
 *
 * A struct xrsched_ring is a pair of rings that the process shares with the
 * kernel.  What is submitted by it completes on it, and nowhere else; models
 * and streams are the handle's, as ever.
 *
 *	struct xrsched_ring *ring;
 *	const struct xrsched_completion *done;
 *	int ret = xrsched_ring_create(x, NULL, &ring);
 *
 *	while ((job = xrsched_ring_get_job(ring)) != NULL)
 *		xrsched_job_prepare(job, stream, frame++, cookie);
 *	ret = xrsched_ring_submit(ring);
 *	ret = xrsched_ring_wait(ring, &done, 1, 0);
 *	for (i = 0; i < ret; i++)
 *		…done[i]…
 *	xrsched_ring_seen(ring, ret);
 *	xrsched_ring_destroy(ring);
 *
 * Jobs are written, and completions read, where the kernel has them: a pointer
 * from xrsched_ring_get_job() is good until the next submission, one from
 * xrsched_ring_peek() or xrsched_ring_wait() until xrsched_ring_seen().
 *
 * A job that xrsched_submit() would refuse completes as XRSCHED_REFUSED.
 *
 * DOC: Threads
 *
 * One thread at a time prepares and submits, one at a time takes completions;
 * these may be two.  Several rings of one handle are independent.  After fork()
 * parent and child share a ring as two threads would.
 *
 * DOC: Lifetime
 *
 * A ring does not need its handle: xrsched_close() may come first.  Completions
 * that are in the ring when it is destroyed are lost; those of jobs still in
 * flight come out of xrsched_wait().
 */
#ifndef XRSCHED_RING_H
#define XRSCHED_RING_H

#include <xrsched/xrsched.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct xrsched_ring - A pair of rings (opaque) */
struct xrsched_ring;

/**
 * struct xrsched_ring_opts - What a pair of rings is like
 * @size: sizeof(struct xrsched_ring_opts).
 * @flags: XRSCHED_RING_POLL: a thread of the kernel takes jobs by itself, so
 *         that submitting needs no system call while it is awake.
 * @jobs: room for jobs, 1 … XRSCHED_MAX_SQ_ENTRIES; 0: 64.  Rounded up to a
 *        power of two.
 * @completions: room for completions, @jobs … XRSCHED_MAX_CQ_ENTRIES; 0: twice
 *               @jobs.  Rounded up likewise.
 * @idle_us: with XRSCHED_RING_POLL: how long the thread looks in vain before it
 *           sleeps; 0: 1000.
 * @pad: must be 0.
 */
struct xrsched_ring_opts {
	uint32_t size;
	uint32_t flags;
	uint32_t jobs;
	uint32_t completions;
	uint32_t idle_us;
	uint32_t pad;
};

/**
 * xrsched_ring_create_sized() - xrsched_ring_create() with jobs of @job_size and
 *                               completions of @completion_size bytes
 */
int xrsched_ring_create_sized(struct xrsched *x,
			      const struct xrsched_ring_opts *opts,
			      struct xrsched_ring **ring, size_t job_size,
			      size_t completion_size);

/**
 * xrsched_ring_create() - make a pair of rings
 * @x: a device's handle.
 * @opts: what it is like, NULL: all defaults.
 * @ring: set to the ring.
 *
 * Return: 0, -ENODEV (a simulator has none), -EINVAL, -E2BIG (@opts has fields
 * set that this library does not know), -ENOMEM, or what
 * XRSCHED_IOC_RING_SETUP says.
 */
static inline int xrsched_ring_create(struct xrsched *x,
				      const struct xrsched_ring_opts *opts,
				      struct xrsched_ring **ring)
{
	return xrsched_ring_create_sized(x, opts, ring,
					 sizeof(struct xrsched_job),
					 sizeof(struct xrsched_completion));
}

/**
 * xrsched_ring_destroy() - give up a pair of rings
 * @ring: the ring, or NULL.
 */
void xrsched_ring_destroy(struct xrsched_ring *ring);

/**
 * xrsched_ring_fd() - the file behind a ring, to be polled
 * @ring: the ring.
 *
 * POLLIN: there are completions; POLLOUT: there is room for a job; POLLHUP: the
 * device is gone.  It belongs to the ring.
 *
 * Return: the file descriptor.
 */
int xrsched_ring_fd(const struct xrsched_ring *ring);

/**
 * xrsched_ring_get_job() - the next job to be filled in
 * @ring: the ring.
 *
 * The job is all zero.  It goes with the next submission, so fill it in before.
 *
 * Return: the job, or NULL: there is no room before the kernel has taken some
 * (xrsched_ring_submit()).
 */
struct xrsched_job *xrsched_ring_get_job(struct xrsched_ring *ring);

/**
 * xrsched_job_prepare() - fill in what every job has
 * @job: from xrsched_ring_get_job(), or any that is all zero.
 * @stream: handle of the stream.
 * @frame: its number, above that of the stream's last job.
 * @cookie: comes back in the completion.
 *
 * It is to be released at once, with the stream's deadline.
 */
static inline void xrsched_job_prepare(struct xrsched_job *job, uint32_t stream,
				       uint64_t frame, uint64_t cookie)
{
	job->stream = stream;
	job->frame = frame;
	job->cookie = cookie;
}

/**
 * xrsched_ring_space() - how many more jobs can be prepared?
 * @ring: the ring.
 *
 * Return: number of calls of xrsched_ring_get_job() that will succeed.
 */
unsigned int xrsched_ring_space(const struct xrsched_ring *ring);

/**
 * xrsched_ring_submit() - hand over all jobs that were prepared
 * @ring: the ring.
 *
 * Jobs that the kernel does not take, as the client's queue is full, stay in
 * the ring and go with the next call.  With XRSCHED_RING_POLL there is no
 * system call unless the kernel's thread has to be woken.
 *
 * Return: jobs that were taken (XRSCHED_RING_POLL: handed over), 0 if there
 * were none; -EAGAIN (the client's queue is full), -EDQUOT, -ENOSPC (its user,
 * all users of the device have as many jobs as they may), -ENOMEM, -ENODEV (the
 * device is gone).  With XRSCHED_RING_POLL -ENODEV only: the rest is tried again
 * by the thread.
 */
int xrsched_ring_submit(struct xrsched_ring *ring);

/**
 * xrsched_ring_submit_and_wait() - the same, and wait for completions
 * @ring: the ring.
 * @min: until so many completions can be taken; at most there is room for.
 * @timeout_ns: no longer than until then, on the device's clock
 *              (xrsched_now()); 0: for ever.
 *
 * Both by one system call, or by none if jobs need none and @min are there.
 *
 * Return: as xrsched_ring_submit(); if no job was taken also -ETIMEDOUT,
 * -EINTR (a signal came whose handler does not restart system calls), -EINVAL
 * (@min).  A wait that ends early is no failure if jobs were taken: look at
 * xrsched_ring_ready().
 */
int xrsched_ring_submit_and_wait(struct xrsched_ring *ring, unsigned int min,
				 uint64_t timeout_ns);

/**
 * xrsched_ring_need_wakeup() - does the kernel's thread sleep?
 * @ring: the ring.
 *
 * xrsched_ring_submit() looks by itself.  Exact only after it has returned.
 *
 * Return: true if it has to be woken to take jobs.
 */
bool xrsched_ring_need_wakeup(const struct xrsched_ring *ring);

/**
 * xrsched_ring_ready() - how many completions can be taken?
 * @ring: the ring.
 *
 * Return: their number; more may come at any moment.
 */
unsigned int xrsched_ring_ready(const struct xrsched_ring *ring);

/**
 * xrsched_ring_peek() - look at completions, without waiting
 * @ring: the ring.
 * @done: set to the first; the others follow it in memory.
 * @max: no more than this.
 *
 * As they lie in the ring, they may be fewer than there are: where the ring's
 * memory ends.  The next call, after xrsched_ring_seen(), has the rest.
 *
 * Return: how many, 0: there are none.
 */
unsigned int xrsched_ring_peek(struct xrsched_ring *ring,
			       const struct xrsched_completion **done,
			       unsigned int max);

/**
 * xrsched_ring_wait() - wait for completions, and look at them
 * @ring: the ring.
 * @done: as for xrsched_ring_peek().
 * @min: wait until so many can be taken, 1 … as there is room for.
 * @timeout_ns: no longer than until then, on the device's clock; 0: for ever.
 *
 * Return: how many lie at @done, at least 1, perhaps fewer than @min (see
 * xrsched_ring_peek()); -ETIMEDOUT, -EINTR, -EINVAL, -ENODEV (the device is
 * gone, and there are none).  If it fails, there may be some all the same.
 */
int xrsched_ring_wait(struct xrsched_ring *ring,
		      const struct xrsched_completion **done, unsigned int min,
		      uint64_t timeout_ns);

/**
 * xrsched_ring_seen() - give completions back
 * @ring: the ring.
 * @nr: how many, from the oldest; no more than were looked at.
 *
 * What was got of them by xrsched_ring_peek() must not be read any more.
 */
void xrsched_ring_seen(struct xrsched_ring *ring, unsigned int nr);

/**
 * xrsched_ring_overflow() - completions that found no room
 * @ring: the ring.
 *
 * None is lost: they wait in the kernel and come in, in order, as others are
 * given back.  A number that grows says that the ring is too small, or read too
 * seldom.
 *
 * Return: how many so far, modulo 2^32.
 */
uint32_t xrsched_ring_overflow(const struct xrsched_ring *ring);

/**
 * xrsched_ring_set_eventfd() - be told of completions by an eventfd
 * @ring: the ring.
 * @fd: the eventfd, in place of the one before; -1: none any more.
 * @count: each time that so many have come; 0: 1.
 *
 * Return: 0, -EBADF (@fd is not open), -EINVAL (it is no eventfd, or @count is
 * more than there is room for), -ENODEV (the device is gone).
 */
int xrsched_ring_set_eventfd(struct xrsched_ring *ring, int fd,
			     unsigned int count);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_RING_H */
