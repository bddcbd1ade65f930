// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pairs of rings: how entries are taken, and who waits.
 */
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "abi.h"
#include "buffer.h"
#include "job.h"
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

static const void *entry_next(const struct xrs_ring *ring)
{
	return ring->jobs + (size_t)(ring->sq_head & (ring->sq_entries - 1)) *
				    ring->job_size;
}

/*
 * Copies the next entry, each word of it once: what is judged is what is used.
 * Words that this kernel does not know must be zero.
 */
static int entry_copy(const struct xrs_ring *ring, struct xrsched_job *elem)
{
	const void *from = entry_next(ring);

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
 * Makes a job of the next entry; false if it is not of the usual size or not
 * plain, and has to be copied to be judged.
 */
static bool entry_plain(const struct xrs_ring *ring, struct xrs_user_job *job)
{
	return ring->job_size == sizeof(struct xrsched_job) &&
	       xrs_user_job_set(job, entry_next(ring));
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
 * enum wants - What a call needs before it can take more entries
 * @NOTHING: it is done, or none of these would help
 * @TURN: to let others have the device
 * @MEMORY: jobs
 * @FILES: what belongs to an entry's flags
 */
enum wants {
	NOTHING,
	TURN,
	MEMORY,
	FILES,
};

/* Jobs that are allocated at a time. */
#define NR_SPARE 16

/**
 * struct take - A call that takes entries
 * @max: how many at most
 * @nr: how many were taken
 * @wants: enum wants
 * @job: made of the next entry, with what belongs to its flags; or NULL
 * @elem: that entry
 * @nr_spare: how many are in @spare
 * @spare: jobs to be used once the client has none
 */
struct take {
	u32 max;
	u32 nr;
	enum wants wants;
	struct xrs_user_job *job;
	struct xrsched_job elem;
	u32 nr_spare;
	struct xrs_user_job *spare[NR_SPARE];
};

/*
 * A job made of the next entry.  NULL if that needs what may sleep, as
 * @take->wants says.
 */
static struct xrs_user_job *take_job(struct xrs_ring *ring, struct take *take)
{
	struct xrs_client *client = ring->client;
	struct xrs_user_job *job = take->job;
	int ret;

	take->job = NULL;
	if (unlikely(job))
		return job;
	if (likely(client->nr_pool)) {
		job = client->pool[--client->nr_pool];
	} else if (take->nr_spare) {
		job = take->spare[--take->nr_spare];
	} else {
		take->wants = MEMORY;
		return NULL;
	}
	if (likely(entry_plain(ring, job))) {
		job->ring = ring;
		return job;
	}
	ret = entry_copy(ring, &take->elem);
	job->refused = xrs_user_job_fill(job, &take->elem, ring->job_size) ?:
		       ret;
	job->ring = ring;
	if (job->refused || !take->elem.flags)
		return job;
	take->job = job;
	take->wants = FILES;
	return NULL;
}

/* Gets what take_job() needed; 0, or why the call ends. */
static int take_prepare(struct xrs_ring *ring, struct take *take)
{
	if (take->wants == FILES) {
		take->job->refused = entry_attach(ring, take->job, &take->elem);
	} else if (take->wants == MEMORY) {
		take->nr_spare = xrs_user_job_alloc(take->spare,
						    min(take->max - take->nr,
							(u32)NR_SPARE));
		if (!take->nr_spare)
			return -ENOMEM;
	}
	return 0;
}

/* May there be another?  If not, its stream's owner is told. */
static int take_admit(struct xrs_ring *ring)
{
	struct xrs_client *client = ring->client;
	const struct xrsched_job *entry = entry_next(ring);
	int ret = xrs_client_admit(client);

	if (ret == -EAGAIN && xrs_client_forget_unread(client))
		ret = xrs_client_admit(client);
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
	xrs_client_charge(ring->client, 1);
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

/* Takes what there is of @ready entries, until it needs something. */
static int take_submit(struct xrs_ring *ring, struct take *take, u32 ready,
		       u64 now_ns)
{
	struct xrs_device *dev = ring->device;
	u32 left = min(ready, take->max - take->nr);
	u32 events = 0;

	lockdep_assert_held(&dev->lock);
	take->wants = NOTHING;
	if (left && dev->gone)
		return -ENODEV;
	for (; left; left--) {
		struct xrs_user_job *job;
		int ret;

		if (events >= XRS_CHUNK) {
			take->wants = TURN;
			break;
		}
		ret = take_admit(ring);
		if (ret)
			return ret;
		job = take_job(ring, take);
		if (!job)
			break;
		entry_submit(ring, job, &events, now_ns);
		WRITE_ONCE(ring->sq_head, ring->sq_head + 1);
		take->nr++;
	}
	return 0;
}

/* There is room for entries again; @full: there was none. */
static void take_advance(struct xrs_ring *ring, bool full)
{
	/* The application may write there again: we have read it. */
	smp_store_release(&ring->shared->sq_head, ring->sq_head);
	/* Those who begin to wait look at the ring with the lock held. */
	if (full && waitqueue_active(&ring->wait))
		wake_up_poll(&ring->wait, EPOLLOUT | EPOLLWRNORM);
}

/* A job that was made and is not to be: the entry stays. */
static void take_undo(struct xrs_ring *ring, struct xrs_user_job *job)
{
	xrs_user_job_forget(ring->client, job);
	xrs_user_job_recycle(ring->client, job);
}

/*
 * Takes up to XRS_CHUNK entries and, if these are the last, has the device
 * decide.  @ret: why the call ends, if it does not go on by what @take->wants.
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
	if (ret)
		take->wants = NOTHING;
	else
		ret = take_submit(ring, take, ready, now_ns);
	if (ring->sq_head != was)
		take_advance(ring, ready == ring->sq_entries);
	if (take->wants == NOTHING) {
		if (take->job)
			take_undo(ring, take->job);
		while (take->nr_spare)
			xrs_user_job_recycle(ring->client,
					     take->spare[--take->nr_spare]);
		if (take->nr)
			xrs_device_run_at(dev, now_ns);
	}
	spin_unlock_irq(&dev->lock);
	return ret;
}

/*
 * Takes up to @max entries, of which the scheduler sees nothing before the last
 * unless a timer or an engine comes between two chunks.  Returns how many, or
 * why there are none.
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
	take.job = NULL;
	take.nr_spare = 0;
	ret = take_chunk(ring, &take, 0);
	while (take.wants != NOTHING) {
		cond_resched_tasks_rcu_qs();
		ret = take_chunk(ring, &take, take_prepare(ring, &take));
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

static int ring_sleep(ktime_t *expires, u64 timeout_ns)
{
	if (signal_pending(current))
		return -ERESTARTSYS;
	if (!timeout_ns)
		schedule();
	else if (!schedule_hrtimeout_range(expires, current->timer_slack_ns,
					   HRTIMER_MODE_ABS))
		return -ETIMEDOUT;
	return 0;
}

static int ring_wait(struct xrs_ring *ring, u32 min, u64 timeout_ns)
{
	ktime_t expires = ns_to_ktime(min_t(u64, timeout_ns, KTIME_MAX));
	struct ring_waiter waiter = { .ring = ring, .min = min };
	int ret = 0;

	init_wait(&waiter.entry);
	waiter.entry.func = ring_wake;
	for (;;) {
		prepare_to_wait(&ring->wait, &waiter.entry, TASK_INTERRUPTIBLE);
		if (ring_check(ring, min, &ret) || ret)
			break;
		ret = ring_sleep(&expires, timeout_ns);
		if (ret == -ERESTARTSYS)
			break;
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
