// SPDX-License-Identifier: GPL-2.0-only
/*
 * Recordings: a ring per device, filled under the device's lock and without
 * allocating, read through a file of its own.
 *
 * A recording begins with the device's state.  Its models' tables may be large
 * and are written before, in pieces and with the lock given up in between:
 * they never change, and xrs_device::config keeps new streams away meanwhile.
 * Streams that go before the state is written leave a model that nobody asks
 * for.  The rest is written in one critical section, whose length is bounded by
 * TAPE_MAX_OBJECTS.
 */
#include <linux/anon_inodes.h>
#include <linux/capability.h>
#include <linux/file.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/xrsched_record.h>

#include "device.h"
#include "ioctl.h"
#include "stream.h"
#include "tape.h"

/* Records go to userspace as they are: the core's and the uapi's are the same. */
static_assert(sizeof(struct xrs_record) == sizeof(struct xrsched_record));
static_assert(offsetof(struct xrs_record, type) ==
	      offsetof(struct xrsched_record, type));
static_assert(offsetof(struct xrs_record, id) ==
	      offsetof(struct xrsched_record, id));
static_assert(offsetof(struct xrs_record, word) ==
	      offsetof(struct xrsched_record, data));
#define SAME(type) static_assert((int)XRS_REC_##type == (int)XRSCHED_REC_##type)
SAME(NAME);
SAME(MODEL);
SAME(MODEL_DATA);
SAME(STREAM_ADD);
SAME(STREAM_REMOVE);
SAME(ENGINE_ADD);
SAME(ENGINE_UP);
SAME(ENGINE_DOWN);
SAME(ENGINE_REMOVE);
SAME(PARAM);
SAME(POLICY);
SAME(SUBMIT);
SAME(CANCEL);
SAME(LAYER_DONE);
SAME(RUN);
SAME(RESET);
SAME(LAYER_FAILED);
SAME(ENGINE_RESET);
SAME(ENGINE_PARK);
SAME(GUARD);
SAME(ENGINE_GUARD);
SAME(RELEASE);
SAME(LEARNED);
SAME(DISPATCH);
SAME(FINISH);
SAME(WAKE);
SAME(TUNED);
SAME(SNAP_CORE);
SAME(SNAP_WORDS);
SAME(SNAP_ENGINE);
SAME(SNAP_STREAM);
SAME(SNAP_JOB);
SAME(SNAP_JOB2);
SAME(SNAP_DEP);
SAME(SNAP_END);
SAME(SNAP_HEALTH);
SAME(LOST);
SAME(END);

#define TAPE_MIN_RECORDS     1024
#define TAPE_DEFAULT_RECORDS 262144

/* Streams and jobs whose state can be written with interrupts off. */
#define TAPE_MAX_OBJECTS 4096

/* Models that were recorded lately and are not recorded again. */
#define TAPE_MODELS 64

/**
 * struct xrs_tape - A recording
 * @recorder: the core's, while @rolling
 * @device: the device, with a reference; constant
 * @reader: one reads at a time
 * @wait: who waits for records
 * @ring: the records; what is between @tail and @head belongs to the reader,
 *        the rest is written under the lock
 * @mask: room less 1; constant
 * @watermark: records that a reader is woken up for; constant
 *
 * The rest is protected by xrs_device::lock:
 *
 * @rolling: the device's core is being recorded
 * @woken: a reader was woken up and has not looked since
 * @head: number of the next record
 * @tail: number of the oldest that was not read
 * @lost: records lost since the last one that was written
 * @lost_total: records lost
 * @model: numbers of models that were recorded, by their last bits
 */
struct xrs_tape {
	struct xrs_recorder recorder;
	struct xrs_device *device;
	struct mutex reader;	/* see above */
	wait_queue_head_t wait;
	struct xrs_record *ring;
	u32 mask;
	u32 watermark;

	bool rolling;
	bool woken;
	u64 head;
	u64 tail;
	u64 lost;
	u64 lost_total;
	u64 model[TAPE_MODELS];
};

/* ----- writing, with the device's lock held ------------------------------ */

static u32 tape_room(const struct xrs_tape *tape)
{
	return tape->mask + 1 - (u32)(tape->head - tape->tail);
}

static void tape_append(struct xrs_tape *tape, const struct xrs_record *record)
{
	tape->ring[tape->head++ & tape->mask] = *record;
}

/* Says that records are missing here; there is room for it. */
static void tape_admit_loss(struct xrs_tape *tape)
{
	struct xrs_record record = {
		.at_ns = tape->device->core.now_ns,
		.type = XRS_REC_LOST,
		.word[0] = tape->lost,
	};

	tape_append(tape, &record);
	tape->lost = 0;
}

static void tape_wake(struct xrs_tape *tape)
{
	tape->woken = true;
	wake_up_interruptible_poll(&tape->wait, EPOLLIN | EPOLLRDNORM);
}

static void tape_put(struct xrs_recorder *recorder,
		     const struct xrs_record *record)
{
	struct xrs_tape *tape =
		container_of(recorder, struct xrs_tape, recorder);

	lockdep_assert_held(&tape->device->lock);
	if (tape_room(tape) < (tape->lost ? 2 : 1)) {
		tape->lost++;
		tape->lost_total++;
		return;
	}
	if (tape->lost)
		tape_admit_loss(tape);
	tape_append(tape, record);
	if (!tape->woken && tape->head - tape->tail >= tape->watermark)
		tape_wake(tape);
}

static void tape_stop(struct xrs_tape *tape)
{
	struct xrs_device *dev = tape->device;

	lockdep_assert_held(&dev->lock);
	if (dev->tape == tape) {
		dev->tape = NULL;
		dev->core.recorder = NULL;
	}
	tape->rolling = false;
	tape_wake(tape);
}

void xrs_tape_end(struct xrs_device *dev)
{
	lockdep_assert_held(&dev->lock);
	if (dev->tape)
		tape_stop(dev->tape);
}

/* ----- models ------------------------------------------------------------ */

/*
 * A piece of a model; returns true when there is none left.  The core is told
 * of the tape for this only, if it does not know it yet.
 */
static bool model_piece(struct xrs_device *dev, const struct xrs_model *model,
			u32 *next)
{
	struct xrs_core *core = &dev->core;
	struct xrs_tape *tape;
	bool done = true;

	spin_lock_irq(&dev->lock);
	tape = dev->tape;
	if (tape && (*next || tape->model[model->nr % TAPE_MODELS] != model->nr)) {
		core->recorder = &tape->recorder;
		done = xrs_record_model(core, model, next, XRS_CHUNK);
		if (!tape->rolling)
			core->recorder = NULL;
		if (done)
			tape->model[model->nr % TAPE_MODELS] = model->nr;
	}
	spin_unlock_irq(&dev->lock);
	return done;
}

/* The same of what was learned of it, for which the tape has to roll. */
static bool learned_piece(struct xrs_device *dev, const struct xrs_model *model,
			  u32 *next)
{
	bool done = true;

	spin_lock_irq(&dev->lock);
	if (dev->core.recorder)
		done = xrs_record_learned(&dev->core, model, next, XRS_CHUNK);
	spin_unlock_irq(&dev->lock);
	return done;
}

static bool tape_tables(struct xrs_device *dev, const struct xrs_model *model)
{
	u32 next = 0;

	lockdep_assert_held(&dev->config);
	while (!model_piece(dev, model, &next))
		cond_resched();
	return next;
}

void xrs_tape_model(struct xrs_device *dev, const struct xrs_model *model)
{
	u32 next = 0;

	/* A model may have learned before, and have no stream just now. */
	if (tape_tables(dev, model))
		while (!learned_piece(dev, model, &next))
			cond_resched();
}

/* The next stream from number *@id on that is not about to go, or NULL. */
static struct xrs_user_stream *next_stream(struct xrs_device *dev,
					   unsigned long *id)
{
	struct xrs_user_stream *stream;

	spin_lock_irq(&dev->lock);
	do {
		stream = xa_find(&dev->streams, id, U32_MAX, XA_PRESENT);
		++*id;
	} while (stream && !kref_get_unless_zero(&stream->ref));
	spin_unlock_irq(&dev->lock);
	return stream;
}

static void record_models(struct xrs_device *dev)
{
	struct xrs_user_stream *stream;
	unsigned long id = 0;

	while ((stream = next_stream(dev, &id))) {
		tape_tables(dev, &stream->profile->model);
		spin_lock_irq(&dev->lock);
		xrs_user_stream_put(stream);
		xrs_device_run(dev);
		spin_unlock_irq(&dev->lock);
	}
}

/* ----- starting ---------------------------------------------------------- */

/* Makes the tape the device's, so that it can take the models. */
static int tape_claim(struct xrs_tape *tape)
{
	struct xrs_device *dev = tape->device;
	int ret = 0;

	spin_lock_irq(&dev->lock);
	if (dev->gone)
		ret = -ENODEV;
	else if (dev->tape)
		ret = -EBUSY;
	else if (xrs_record_snapshot_size(&dev->core) > TAPE_MAX_OBJECTS)
		ret = -EAGAIN;
	else
		dev->tape = tape;
	spin_unlock_irq(&dev->lock);
	return ret;
}

/* Writes the state down and lets it roll. */
static int tape_roll(struct xrs_tape *tape)
{
	struct xrs_device *dev = tape->device;
	int ret = 0;

	spin_lock_irq(&dev->lock);
	/* Streams without a model on the tape go, here. */
	xrs_device_run(dev);
	if (dev->gone) {
		ret = -ENODEV;
	} else if (xrs_record_snapshot_size(&dev->core) > TAPE_MAX_OBJECTS) {
		ret = -EAGAIN;
	} else {
		dev->core.recorder = &tape->recorder;
		xrs_record_snapshot(&dev->core);
		if (tape->lost)
			ret = -ENOSPC;
		else
			tape->rolling = true;
	}
	if (ret)
		tape_stop(tape);
	spin_unlock_irq(&dev->lock);
	return ret;
}

static int tape_begin(struct xrs_tape *tape)
{
	struct xrs_device *dev = tape->device;
	int ret;

	mutex_lock(&dev->config);
	ret = tape_claim(tape);
	if (!ret) {
		record_models(dev);
		ret = tape_roll(tape);
	}
	mutex_unlock(&dev->config);
	return ret;
}

static void tape_free(struct xrs_tape *tape)
{
	xrs_device_put(tape->device);
	mutex_destroy(&tape->reader);
	kvfree(tape->ring);
	kfree(tape);
}

static struct xrs_tape *tape_alloc(struct xrs_device *dev, u32 records,
				   u32 watermark)
{
	struct xrs_tape *tape = kzalloc(sizeof(*tape), GFP_KERNEL_ACCOUNT);

	if (!tape)
		return NULL;
	tape->ring = kvcalloc(records, sizeof(*tape->ring), GFP_KERNEL_ACCOUNT);
	if (!tape->ring) {
		kfree(tape);
		return NULL;
	}
	tape->recorder.put = tape_put;
	tape->mask = records - 1;
	tape->watermark = watermark;
	tape->device = dev;
	get_device(&dev->dev);
	mutex_init(&tape->reader);
	init_waitqueue_head(&tape->wait);
	return tape;
}

static const struct file_operations tape_fops;

int xrs_tape_start(struct xrs_client *client,
		   const struct xrsched_record_args *arg, struct file **filep)
{
	u32 records = arg->records ?: TAPE_DEFAULT_RECORDS;
	struct xrs_tape *tape;
	struct file *file;
	int ret;

	if (arg->flags || arg->pad || records < TAPE_MIN_RECORDS ||
	    records > XRSCHED_RECORD_MAX || arg->watermark > records)
		return -EINVAL;
	if (!perfmon_capable())
		return -EPERM;
	records = roundup_pow_of_two(records);
	tape = tape_alloc(client->device, records,
			  arg->watermark ?: records / 8);
	if (!tape)
		return -ENOMEM;
	file = anon_inode_getfile("[xrsched-record]", &tape_fops, tape,
				  O_RDONLY | O_CLOEXEC);
	if (IS_ERR(file)) {
		tape_free(tape);
		return PTR_ERR(file);
	}
	/* From here on the file's release frees it. */
	ret = tape_begin(tape);
	if (ret)
		fput(file);
	else
		*filep = file;
	return ret;
}

/* ----- reading ----------------------------------------------------------- */

/**
 * tape_look() - what is there to be read
 * @tape: recording
 * @first: out: number of the oldest record
 * @nr: out: how many
 *
 * Return: true if there will be no more.
 */
static bool tape_look(struct xrs_tape *tape, u64 *first, u32 *nr)
{
	struct xrs_device *dev = tape->device;
	bool over;

	spin_lock_irq(&dev->lock);
	tape->woken = false;
	if (tape->lost && tape_room(tape))
		tape_admit_loss(tape);
	*first = tape->tail;
	*nr = tape->head - tape->tail;
	over = !tape->rolling;
	spin_unlock_irq(&dev->lock);
	return over;
}

static int tape_wait(struct xrs_tape *tape)
{
	DEFINE_WAIT(wait);
	int ret = 0;
	u64 first;
	u32 nr;

	for (;;) {
		prepare_to_wait(&tape->wait, &wait, TASK_INTERRUPTIBLE);
		if (tape_look(tape, &first, &nr) || nr >= tape->watermark) {
			ret = 0;
			break;
		}
		if (ret)
			break;
		ret = xrs_sleep(0);
	}
	finish_wait(&tape->wait, &wait);
	return ret;
}

/* Copies records, which may go round the end of the ring; how many it could. */
static u32 tape_copy(const struct xrs_tape *tape, char __user *buf, u64 first,
		     u32 nr)
{
	u32 done = 0;

	while (done < nr) {
		u32 at = (first + done) & tape->mask;
		u32 chunk = min(nr - done, tape->mask + 1 - at);
		size_t left;

		left = copy_to_user(buf + done * sizeof(struct xrs_record),
				    &tape->ring[at],
				    chunk * sizeof(struct xrs_record));
		if (left) {
			left = DIV_ROUND_UP(left, sizeof(struct xrs_record));
			return done + chunk - left;
		}
		done += chunk;
	}
	return done;
}

static ssize_t tape_read(struct file *file, char __user *buf, size_t count,
			 loff_t *pos)
{
	struct xrs_tape *tape = file->private_data;
	u32 max = min_t(size_t, count / sizeof(struct xrs_record),
			XRSCHED_RECORD_MAX);
	ssize_t ret;
	bool over;
	u64 first;
	u32 nr;

	if (!max)
		return -EINVAL;
	if (file->f_flags & O_NONBLOCK) {
		if (!mutex_trylock(&tape->reader))
			return -EAGAIN;
	} else {
		ret = mutex_lock_interruptible(&tape->reader);
		if (ret)
			return ret;
		ret = tape_wait(tape);
		if (ret)
			goto unlock;
	}
	over = tape_look(tape, &first, &nr);
	if (!nr) {
		ret = over ? 0 : -EAGAIN;
		goto unlock;
	}
	nr = tape_copy(tape, buf, first, min(nr, max));
	spin_lock_irq(&tape->device->lock);
	tape->tail += nr;
	spin_unlock_irq(&tape->device->lock);
	ret = nr ? nr * sizeof(struct xrs_record) : -EFAULT;
unlock:
	mutex_unlock(&tape->reader);
	return ret;
}

static __poll_t tape_poll(struct file *file, poll_table *wait)
{
	struct xrs_tape *tape = file->private_data;
	bool over;
	u64 first;
	u32 nr;

	poll_wait(file, &tape->wait, wait);
	over = tape_look(tape, &first, &nr);
	return over || nr >= tape->watermark ? EPOLLIN | EPOLLRDNORM : 0;
}

static int tape_stats(struct xrs_tape *tape, void __user *uarg)
{
	struct xrsched_record_stats stats;
	int ret;

	ret = xrs_record_stats_get(&stats, uarg);
	if (ret)
		return ret;
	if (stats.flags)
		return -EINVAL;
	spin_lock_irq(&tape->device->lock);
	stats.written = tape->head;
	stats.lost = tape->lost_total;
	stats.unread = tape->head - tape->tail;
	spin_unlock_irq(&tape->device->lock);
	stats.records = tape->mask + 1;
	return xrs_record_stats_put(&stats, uarg);
}

static long tape_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const unsigned int size_mask = _IOC_SIZEMASK << _IOC_SIZESHIFT;
	struct xrs_tape *tape = file->private_data;

	if (cmd == XRSCHED_IOC_RECORD_STOP) {
		spin_lock_irq(&tape->device->lock);
		tape_stop(tape);
		spin_unlock_irq(&tape->device->lock);
		return 0;
	}
	if (!((cmd ^ XRSCHED_IOC_RECORD_STATS) & ~size_mask))
		return tape_stats(tape, (void __user *)arg);
	return -ENOTTY;
}

static int tape_release(struct inode *inode, struct file *file)
{
	struct xrs_tape *tape = file->private_data;

	spin_lock_irq(&tape->device->lock);
	tape_stop(tape);
	spin_unlock_irq(&tape->device->lock);
	tape_free(tape);
	return 0;
}

static const struct file_operations tape_fops = {
	.owner = THIS_MODULE,
	.read = tape_read,
	.poll = tape_poll,
	.unlocked_ioctl = tape_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.release = tape_release,
	.llseek = noop_llseek,
};
