// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings: how entries are taken, and who waits.
 */
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/string.h>

#include "abi.h"
#include "buffer.h"
#include "job_submit.h"
#include "ring.h"

u32 xrs_ring_sq_ready(const struct xrs_ring *ring)
{
	/* Pairs with the application's release: the entries are written. */
	return smp_load_acquire(&ring->shared->sq_tail) -
	       READ_ONCE(ring->sq_head);
}

/* Copies an entry of an application that is older or younger than this. */
static int entry_copy_other(const u64 *from, u32 words,
			    struct xrsched_job *elem)
{
	u64 *to = (u64 *)elem;
	u64 unknown = 0;
	u32 i;

	for (i = 0; i < sizeof(*elem) / sizeof(u64); i++)
		to[i] = i < words ? READ_ONCE(from[i]) : 0;
	for (; i < words; i++)
		unknown |= READ_ONCE(from[i]);
	return unknown ? -E2BIG : 0;
}

/* Where entry number @at lies; the application may write there. */
static const void *entry_at(const struct xrs_ring *ring, u32 at)
{
	return ring->jobs +
	       (size_t)(at & (ring->sq_entries - 1)) * ring->job_size;
}

/*
 * Copies entry number @at, each word of it once: what is judged is what is
 * used.  Words that this kernel does not know must be zero.
 */
static int entry_copy(const struct xrs_ring *ring, u32 at,
		      struct xrsched_job *elem)
{
	const void *from = entry_at(ring, at);

	BUILD_BUG_ON(sizeof(*elem) % sizeof(u64));
	BUILD_BUG_ON(XRS_JOB_SIZE_VER0 % sizeof(u64));
	if (unlikely(ring->job_size != sizeof(*elem)))
		return entry_copy_other(from, ring->job_size / sizeof(u64),
					elem);
	memcpy(elem, from, sizeof(*elem));
	/* The application may write there: whoever looks, looks at the copy. */
	barrier();
	return 0;
}

/*
 * An entry has nowhere to say an out-fence, and a thread has no files: neither
 * in-fences nor buffers.
 */
static int entry_attach(struct xrs_ring *ring, struct xrs_user_job *job,
			const struct xrsched_job *elem)
{
	int ret = 0;

	if (ring->thread)
		return -EINVAL;
	if (elem->flags & XRSCHED_JOB_BUFFERS)
		ret = xrs_buffers_attach(ring->client, job, elem);
	if (ret || !(elem->flags & XRSCHED_JOB_FENCES))
		return ret;
	return xrs_fence_attach(ring->client, job, elem, NULL, NULL, 0);
}

/**
 * enum take_next - How a call that takes entries goes on
 * @TAKE_DONE: not at all
 * @TAKE_TURN: once others have had the device
 * @TAKE_PREPARE: once the next entries have what may sleep: memory for their
 *                jobs, and what belongs to their flags
 */
enum take_next {
	TAKE_DONE,
	TAKE_TURN,
	TAKE_PREPARE,
};

/**
 * struct take - A call that takes entries
 * @max: how many at most
 * @nr: how many were taken
 * @next: how it goes on
 * @nr_jobs: how many of the next entries were made jobs of
 * @done: how many of these were taken
 * @jobs: their jobs
 */
struct take {
	u32 max;
	u32 nr;
	enum take_next next;
	u32 nr_jobs;
	u32 done;
	struct xrs_user_job *jobs[XRS_CHUNK];
};

/*
 * Makes jobs of the next entries, whatever they need, for as many as one section
 * takes, so that they are seen as one batch.  0, or why the call ends.
 */
static int take_prepare(struct xrs_ring *ring, struct take *take)
{
	u32 ready = xrs_ring_sq_ready(ring);
	u32 nr, i;

	lockdep_assert_held(&ring->submit);
	nr = min3(ready, take->max - take->nr, (u32)XRS_CHUNK);
	/* What the application says has changed: it is looked at again. */
	if (!nr || ready > ring->sq_entries)
		return 0;
	take->nr_jobs = xrs_user_job_take(ring->client, take->jobs, nr);
	take->done = 0;
	for (i = 0; i < take->nr_jobs; i++) {
		struct xrs_user_job *job = take->jobs[i];
		struct xrsched_job elem __uninitialized;
		int ret;

		ret = entry_copy(ring, ring->sq_head + i, &elem);
		job->refused = xrs_user_job_fill(job, &elem, ring->job_size) ?:
			       ret;
		job->ring = ring;
		if (elem.flags && !job->refused)
			job->refused = entry_attach(ring, job, &elem);
	}
	return take->nr_jobs ? 0 : -ENOMEM;
}

/*
 * The same for the next @nr entries if these need nothing that may sleep.  One
 * that is not plain may be changed yet: it is to be copied, and none is made a
 * job of here.
 */
static bool take_plain(struct xrs_ring *ring, struct take *take, u32 nr)
{
	struct xrs_client *client = ring->client;
	const struct xrsched_job *entries = ring->jobs;
	u32 mask = ring->sq_entries - 1, head = ring->sq_head;
	struct xrs_user_job **pool;
	u32 i;

	nr = min_t(u32, nr, XRS_CHUNK);
	if (ring->job_size != sizeof(*entries) || client->nr_pool < nr)
		return false;
	pool = &client->pool[client->nr_pool - nr];
	for (i = 0; i < nr; i++) {
		struct xrs_user_job *job = pool[i];

		if (!xrs_user_job_set(job, &entries[(head + i) & mask]))
			return false;
		job->ring = ring;
		take->jobs[i] = job;
	}
	client->nr_pool -= nr;
	take->nr_jobs = nr;
	take->done = 0;
	return true;
}

/* There can be no more jobs: why, which the next one's owner is told, too. */
static int take_full(struct xrs_ring *ring)
{
	struct xrs_client *client = ring->client;
	const struct xrsched_job *entry = entry_at(ring, ring->sq_head);
	int ret = xrs_client_admit(client);

	if (ret == -EAGAIN)
		xrs_user_job_no_room(client, READ_ONCE(entry->stream));
	return ret;
}

/* What would have been refused by XRSCHED_IOC_SUBMIT completes at once. */
static void entry_refuse(struct xrs_ring *ring, struct xrs_user_job *job,
			 u64 now_ns)
{
	job->core.outcome = XRSCHED_REFUSED;
	job->core.reason = job->refused == -ENOENT ? XRSCHED_REASON_NOT_FOUND :
						     XRSCHED_REASON_INVALID;
	job->core.finish_ns = now_ns;
	xrs_user_job_forget(ring->client, job);
	xrs_ring_post(ring, job);
}

static void entry_submit(struct xrs_ring *ring, struct xrs_user_job *job,
			 u32 *events, u64 now_ns)
{
	/* It may complete before this returns. */
	ring->in_flight++;
	if (job->refused)
		++*events;
	else
		job->refused = xrs_user_job_submit_one(ring->client, job,
						       events, now_ns);
	if (job->refused)
		entry_refuse(ring, job, now_ns);
}

/* Takes of the @ready entries what it can, in one section. */
static int take_submit(struct xrs_ring *ring, struct take *take, u32 ready,
		       u64 now_ns)
{
	struct xrs_device *dev = ring->device;
	u32 left = min(ready, take->max - take->nr);
	u32 room, first, events = 0;

	lockdep_assert_held(&dev->lock);
	take->next = TAKE_DONE;
	if (!left)
		return 0;
	if (dev->gone)
		return -ENODEV;
	/* No more are made ready than there is room for. */
	room = xrs_client_room(ring->client);
	if (!room && xrs_client_forget_unread(ring->client))
		room = xrs_client_room(ring->client);
	if (!room)
		return take_full(ring);
	left = min(left, room);
	if (!take->nr_jobs && !take_plain(ring, take, left)) {
		take->next = TAKE_PREPARE;
		return 0;
	}
	left = min(left, take->nr_jobs - take->done);
	first = take->done;
	for (; left && events < XRS_CHUNK; left--)
		entry_submit(ring, take->jobs[take->done++], &events, now_ns);
	if (take->done == take->nr_jobs)
		take->nr_jobs = 0;
	WRITE_ONCE(ring->sq_head, ring->sq_head + take->done - first);
	take->nr += take->done - first;
	if (take->nr < take->max && ready > take->done - first)
		take->next = TAKE_TURN;
	return 0;
}

/* @nr entries were taken, and there is room again; @full: there was none. */
static void take_advance(struct xrs_ring *ring, u32 nr, bool full)
{
	xrs_client_charge(ring->client, nr);
	/* Some may have ended already. */
	xrs_ring_settle(ring);
	/* The application may write there again: we have read it. */
	smp_store_release(&ring->shared->sq_head, ring->sq_head);
	/* Those who begin to wait look at the ring with the lock held. */
	if (full && waitqueue_active(&ring->wait))
		wake_up_poll(&ring->wait, EPOLLOUT | EPOLLWRNORM);
}

/* Jobs that were prepared and are not to be: their entries stay. */
static void take_undo(struct xrs_ring *ring, struct take *take)
{
	for (; take->done < take->nr_jobs; take->done++) {
		xrs_user_job_forget(ring->client, take->jobs[take->done]);
		xrs_user_job_recycle(ring->client, take->jobs[take->done]);
	}
}

/*
 * Takes up to XRS_CHUNK entries and has the device decide if these are the
 * last, or if the next ones may have to be waited for.  @ret: an error that has
 * ended the call already, or 0.
 */
static int take_chunk(struct xrs_ring *ring, struct take *take, int ret)
{
	struct xrs_device *dev = ring->device;
	u32 ready, was = ring->sq_head;
	u64 now_ns;

	spin_lock_irq(&dev->lock);
	now_ns = ktime_get_ns();
	ready = xrs_ring_sq_ready(ring);
	if (unlikely(ready > ring->sq_entries)) {
		xrs_ring_flag(ring, XRSCHED_SQ_BROKEN, true);
		ret = -EINVAL;
	} else if (unlikely(ring->sq_flags & XRSCHED_SQ_BROKEN)) {
		xrs_ring_flag(ring, XRSCHED_SQ_BROKEN, false);
	}
	if (!ret)
		ret = take_submit(ring, take, ready, now_ns);
	if (ret)
		take->next = TAKE_DONE;
	if (ring->sq_head != was)
		take_advance(ring, ring->sq_head - was,
			     ready == ring->sq_entries);
	if (take->next == TAKE_DONE)
		take_undo(ring, take);
	if (take->next != TAKE_TURN &&
	    (take->nr || !list_empty(&dev->orphans)))
		xrs_device_run_at(dev, now_ns);
	spin_unlock_irq(&dev->lock);
	return ret;
}

/*
 * Takes up to @max entries, of which the scheduler sees nothing before the last
 * unless a timer, an engine or what may sleep comes between two chunks.
 * Returns how many, or why there are none.
 */
static int ring_take(struct xrs_ring *ring, u32 max)
{
	/* Larger than what is mostly used of it: not to be cleared each time. */
	struct take take __uninitialized;
	int ret;

	/* Others may hold it for as long as their memory takes to come. */
	if (mutex_lock_interruptible(&ring->submit))
		return -ERESTARTSYS;
	/* No more than there can be, or we might never be done. */
	take.max = min(max, ring->sq_entries);
	take.nr = 0;
	take.nr_jobs = 0;
	take.done = 0;
	ret = take_chunk(ring, &take, 0);
	while (take.next != TAKE_DONE) {
		cond_resched_tasks_rcu_qs();
		if (take.next == TAKE_PREPARE)
			ret = take_prepare(ring, &take);
		ret = take_chunk(ring, &take, ret);
	}
	mutex_unlock(&ring->submit);
	return take.nr ? take.nr : ret;
}

/* ----- waiting ----------------------------------------------------------- */

/**
 * struct ring_waiter - Who waits for completions
 * @entry: in xrs_ring::wait
 * @ring: ring
 * @min: how many they shall be
 */
struct ring_waiter {
	struct wait_queue_entry entry;
	struct xrs_ring *ring;
	u32 min;
};

/* Called with xrs_device::lock held; does not wake who would wait again. */
static int ring_wake(struct wait_queue_entry *entry, unsigned int mode,
		     int sync, void *key)
{
	struct ring_waiter *waiter =
		container_of(entry, struct ring_waiter, entry);

	if (!waiter->ring->device->ended &&
	    xrs_ring_ready(waiter->ring) < waiter->min)
		return 0;
	return autoremove_wake_function(entry, mode, sync, key);
}

/*
 * Also moves in what waits for room, a chunk each time.  Returns true when
 * there is nothing to wait for: -ENODEV in @ret if nothing will come any more,
 * else 0.  Others may take what there is as soon as the lock is free.
 */
static bool ring_check(struct xrs_ring *ring, u32 min, int *ret)
{
	struct xrs_device *dev = ring->device;
	u32 ready;
	bool done;

	spin_lock_irq(&dev->lock);
	if (!list_empty(&ring->overflow)) {
		xrs_ring_flush(ring, XRS_CHUNK);
		xrs_device_run(dev);
	}
	ready = xrs_ring_ready(ring);
	done = dev->ended || ready >= min;
	if (done)
		*ret = dev->ended && !ready ? -ENODEV : 0;
	spin_unlock_irq(&dev->lock);
	return done;
}

static int ring_wait(struct xrs_ring *ring, u32 min, u64 timeout_ns)
{
	struct ring_waiter waiter = { .ring = ring, .min = min };
	int ret = 0;

	init_wait(&waiter.entry);
	waiter.entry.func = ring_wake;
	for (;;) {
		prepare_to_wait(&ring->wait, &waiter.entry, TASK_INTERRUPTIBLE);
		if (ring_check(ring, min, &ret) || ret)
			break;
		ret = xrs_sleep(timeout_ns);
	}
	finish_wait(&ring->wait, &waiter.entry);
	return ret;
}

int xrs_ring_enter(struct xrs_ring *ring, const struct xrsched_ring_enter *arg)
{
	int taken = 0, ret = 0;

	if (arg->flags & ~XRSCHED_ENTER_FLAGS ||
	    arg->min_complete > ring->cq_entries)
		return -EINVAL;
	if (ring->thread) {
		if (arg->to_submit)
			return -EINVAL;
		if (arg->flags & XRSCHED_ENTER_WAKEUP)
			wake_up_process(ring->thread);
	} else if (arg->flags & XRSCHED_ENTER_WAKEUP) {
		return -EINVAL;
	}
	if (READ_ONCE(ring->sq_flags) & XRSCHED_SQ_OVERFLOW)
		ring_check(ring, 0, &ret);
	if (arg->to_submit)
		taken = ring_take(ring, arg->to_submit);
	if (taken < 0)
		return taken;
	if (xrs_ring_ready(ring) < arg->min_complete)
		ret = ring_wait(ring, arg->min_complete, arg->timeout_ns);
	return taken ? taken : ret;
}

/* ----- the thread -------------------------------------------------------- */

/* Nobody tells when there is memory, or when others have fewer jobs. */
static bool try_later(int ret)
{
	return ret == -ENOMEM || ret == -EDQUOT || ret == -ENOSPC;
}

/*
 * Whether there is nothing to be done, given what came of the last try: an
 * entry that found no room is there, but not to be taken.
 */
static bool thread_idle(struct xrs_ring *ring, int ret, bool room)
{
	u32 ready = xrs_ring_sq_ready(ring);

	if (kthread_should_stop())
		return false;
	if (ret == -EAGAIN)
		return !room;
	return ret == -ENODEV || try_later(ret) || !ready ||
	       ready > ring->sq_entries;
}

/* Sleeps until it is woken; the client's wait queue is told of room. */
static void thread_sleep(struct xrs_ring *ring, int ret)
{
	struct xrs_client *client = ring->client;
	struct xrs_device *dev = ring->device;
	DEFINE_WAIT(wait);
	bool room;

	prepare_to_wait(&client->wait, &wait, TASK_INTERRUPTIBLE);
	spin_lock_irq(&dev->lock);
	xrs_ring_flag(ring, XRSCHED_SQ_NEED_WAKEUP, true);
	room = xrs_client_has_room(client, 1);
	spin_unlock_irq(&dev->lock);
	/* The flag before the tail; the application: the tail before the flag. */
	smp_mb();
	if (thread_idle(ring, ret, room))
		schedule_timeout(try_later(ret) ? HZ / 10 :
						  MAX_SCHEDULE_TIMEOUT);
	finish_wait(&client->wait, &wait);
	spin_lock_irq(&dev->lock);
	xrs_ring_flag(ring, XRSCHED_SQ_NEED_WAKEUP, false);
	spin_unlock_irq(&dev->lock);
}

int xrs_ring_thread(void *arg)
{
	struct xrs_ring *ring = arg;
	u64 until_ns = ktime_get_ns() + ring->idle_ns;

	while (!kthread_should_stop()) {
		int ret = 0;

		if (xrs_ring_sq_ready(ring))
			ret = ring_take(ring, ring->sq_entries);
		if (ret > 0)
			until_ns = ktime_get_ns() + ring->idle_ns;
		else if (ret < 0 || ktime_get_ns() >= until_ns)
			thread_sleep(ring, ret);
		/* To others it must not look as if it never left the module. */
		cond_resched_tasks_rcu_qs();
		cpu_relax();
	}
	return 0;
}
