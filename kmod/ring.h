/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pairs of rings: jobs in by one, completions out by the other, without a
 * system call for each.
 */

/**
 * DOC: Rings
 *
 * The application writes entries and moves the submission ring's tail; the
 * kernel takes them (xrs_ring_enter(), in the application's own system call or
 * in the ring's thread) and moves its head.  The kernel writes completions from
 * wherever a job ends, with xrs_device::lock held, and moves the completion
 * ring's tail; the application moves its head.
 *
 * The memory is the application's as much as ours, so nothing in it is trusted:
 * our own positions and masks are kept in struct xrs_ring, and the application's
 * position is only used as a distance that is compared with the size of the
 * ring.  Of an entry each field is read once, into the job that it becomes; one
 * with flags is copied as a whole and judged by the copy, whatever was seen of
 * it before.
 *
 * Order of memory accesses: each side stores what it has written before it
 * stores its position (release) and loads the other's position before what it
 * reads (acquire).  The flag XRSCHED_SQ_NEED_WAKEUP is the other way round:
 * the thread stores the flag, then looks at the tail again; the application
 * stores the tail, then looks at the flag; each with a full barrier between
 * the two, so that at least one sees the other's.
 */
#ifndef XRS_RING_H
#define XRS_RING_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include <linux/xrsched.h>

#include "client.h"
#include "ring_mem.h"

struct eventfd_ctx;
struct task_struct;
struct xrs_user_job;

/**
 * struct xrs_ring_shared - What lies at the start of the mapping
 * @sq_head: entries taken; we write
 * @sq_tail: entries there are; the application writes
 * @sq_flags: XRSCHED_SQ_*; we write
 * @cq_head: completions taken; the application writes
 * @cq_tail: completions there are; we write
 * @cq_overflow: completions that found no room; we write
 *
 * Each on its own cache line.
 */
struct xrs_ring_shared {
	u32 sq_head __aligned(64);
	u32 sq_tail __aligned(64);
	u32 sq_flags __aligned(64);
	u32 cq_head __aligned(64);
	u32 cq_tail __aligned(64);
	u32 cq_overflow __aligned(64);
};

/**
 * struct xrs_ring - A pair of rings
 * @client: whose; valid as long as @file is used
 * @device: its device; constant
 * @file: the client's file, which the rings keep open
 * @mem: the memory; gone once @closed
 * @shared: its head; constant
 * @jobs: the entries; constant
 * @completions: the completions; constant
 * @sq_entries: size of the submission ring, a power of two; constant
 * @cq_entries: size of the completion ring, likewise; constant
 * @job_size: bytes from entry to entry; constant
 * @completion_size: bytes from completion to completion; constant
 * @idle_ns: how long @thread looks in vain; constant
 * @thread: takes entries by itself, or NULL; constant; in the control groups,
 *          and of the niceness, of who made it
 *
 * @submit: who takes entries
 * @sq_head: entries taken; written under @submit and xrs_device::lock
 *
 * The rest is protected by xrs_device::lock:
 *
 * @closed: the file is closed: completions go to the client's queue
 * @sq_flags: our copy of what is in @shared
 * @cq_tail: completions written; may be read without the lock as a hint
 * @cq_overflow: how many found no room so far
 * @in_flight: jobs that will complete here
 * @overflow: ended jobs that wait for room, oldest first, xrs_user_job::link
 * @nr_done: jobs whose completions were written, and that are still counted
 *           against limits: there may be many in a run
 * @nr_new: completions since @eventfd was last told
 * @every: tell @eventfd of so many at once
 * @eventfd: to be told, or NULL
 * @link: in xrs_device::rings
 * @kick: in xrs_device::kicked_rings
 * @wait: who waits for completions or for room
 */
struct xrs_ring {
	struct xrs_client *client;
	struct xrs_device *device;
	struct file *file;
	struct xrs_ring_mem mem;
	struct xrs_ring_shared *shared;
	void *jobs;
	void *completions;
	u32 sq_entries;
	u32 cq_entries;
	u32 job_size;
	u32 completion_size;
	u64 idle_ns;
	struct task_struct *thread;

	struct mutex submit;	/* see above */
	u32 sq_head;

	bool closed;
	u32 sq_flags;
	u32 cq_tail;
	u32 cq_overflow;
	u32 in_flight;
	struct list_head overflow;
	u32 nr_done;
	u32 nr_new;
	u32 every;
	struct eventfd_ctx *eventfd;
	struct list_head link;
	struct list_head kick;
	wait_queue_head_t wait;
};

/**
 * xrs_ring_create() - XRSCHED_IOC_RING_SETUP
 * @client: client, whose file is in use
 * @arg: the call; all but @arg->size is checked here, the rest filled in
 * @filep: out: the file of the rings, which the caller installs as @arg->fd
 *         or gives back to both fput() and put_unused_fd()
 *
 * Return: 0, or as struct xrsched_ring_setup says.
 */
int xrs_ring_create(struct xrs_client *client, struct xrsched_ring_setup *arg,
		    struct file **filep);

/**
 * xrs_ring_post() - put an ended job's completion into the ring
 * @ring: the job's ring
 * @job: job that has ended or was refused; counts against the client's limit
 *       until xrs_ring_settle()
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 */
void xrs_ring_post(struct xrs_ring *ring, struct xrs_user_job *job);

/**
 * xrs_ring_settle() - jobs whose completions were written count no more
 * @ring: ring
 *
 * Context: any; xrs_device::lock held; xrs_device_run() does it for all rings
 * with news.
 */
void xrs_ring_settle(struct xrs_ring *ring);

/**
 * xrs_ring_flag() - set or clear a flag that the application sees
 * @ring: ring
 * @flag: XRSCHED_SQ_*
 * @on: set it
 *
 * Context: any; xrs_device::lock held.
 */
void xrs_ring_flag(struct xrs_ring *ring, u32 flag, bool on);

/**
 * xrs_ring_flush() - move completions that waited for room into the ring
 * @ring: ring
 * @max: this many at most
 *
 * Context: any; xrs_device::lock held; xrs_device_run() follows.
 */
void xrs_ring_flush(struct xrs_ring *ring, u32 max);

/**
 * xrs_ring_ready() - completions in the ring that were not taken
 * @ring: ring
 *
 * Context: any; exact with xrs_device::lock held, as far as the application
 * keeps to the rules.
 * Return: 0 … @ring->cq_entries.
 */
u32 xrs_ring_ready(const struct xrs_ring *ring);

/**
 * xrs_ring_notify_all() - tell those who wait for rings with news
 * @dev: device
 *
 * Context: any; @dev->lock held.
 */
void xrs_ring_notify_all(struct xrs_device *dev);

/**
 * xrs_ring_end_waits() - the device has gone: nobody waits any more
 * @dev: device
 *
 * Context: any; @dev->lock held.
 */
void xrs_ring_end_waits(struct xrs_device *dev);

/**
 * xrs_ring_enter() - XRSCHED_IOC_RING_ENTER
 * @ring: ring
 * @arg: the call; all but @arg->size is checked here
 *
 * Context: process, may sleep.
 * Return: entries taken, or as struct xrsched_ring_enter says.
 */
int xrs_ring_enter(struct xrs_ring *ring, const struct xrsched_ring_enter *arg);

/**
 * xrs_ring_sq_ready() - entries that were not taken
 * @ring: ring
 *
 * Context: any; only a hint without @ring->submit.
 * Return: what the application says: more than @ring->sq_entries if it is wrong.
 */
u32 xrs_ring_sq_ready(const struct xrs_ring *ring);

/**
 * xrs_ring_thread() - what a ring with XRSCHED_RING_POLL has running
 * @arg: the struct xrs_ring
 *
 * Return: 0, when told to stop.
 */
int xrs_ring_thread(void *arg);

#endif /* XRS_RING_H */
