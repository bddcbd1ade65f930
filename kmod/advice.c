// SPDX-License-Identifier: GPL-2.0-only
/*
 * Admission advice: the streams are written down under the device's lock, and
 * looked at without it.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/xrsched.h>

#include "advice.h"
#include "module.h"
#include "stream.h"
#include "xrs_admission.h"

/**
 * struct subject - The stream that more is to be said of
 * @index: its index among those that were written down
 * @handle: its handle, 0 if it is another client's
 */
struct subject {
	u32 index;
	u32 handle;
};

/* What may be looked at, in layers, while others wait for the lock. */
#define LOOK_LAYERS	2048

/*
 * Brings the models' tables up to date, a few at a time, so that gather() finds
 * nothing to do: the first one after the engines have changed may do it all.
 */
static void look(struct xrs_device *dev)
{
	struct xrs_user_stream *stream;
	unsigned long id = 0;
	u32 layers;

	do {
		layers = 0;
		spin_lock_irq(&dev->lock);
		xa_for_each_start(&dev->streams, id, stream, id) {
			struct xrs_model *model = stream->core.model;

			layers++;
			if (model->view_gen != dev->core.engine_gen)
				layers += model->nr_layers;
			xrs_model_view(&dev->core, model);
			if (layers >= LOOK_LAYERS)
				break;
		}
		spin_unlock_irq(&dev->lock);
		id++;
		cond_resched();
	} while (layers >= LOOK_LAYERS);
}

/* Writes down all streams, and which of them @handle is. */
static int gather(struct xrs_client *client, struct xrs_admission *a,
		  u32 handle, struct subject *subject)
{
	struct xrs_device *dev = client->device;
	struct xrs_user_stream *stream;
	int ret;

	spin_lock_irq(&dev->lock);
	ret = dev->gone ? -ENODEV : xrs_admission_gather(&dev->core, a);
	if (!ret && handle) {
		/* An entry stays valid while the lock is held. */
		stream = xa_load(&client->streams, handle);
		if (stream && !stream->closing)
			subject->index = stream->core.place;
		else
			ret = -ENOENT;
	}
	spin_unlock_irq(&dev->lock);
	subject->handle = handle;
	return ret;
}

static int think(struct xrs_admission *a)
{
	xrs_admission_begin(a);
	while (xrs_admission_step(a)) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return 0;
}

/*
 * The caller's handle of a stream with this id, 0: it has none.  One that has
 * come to the id of a stream that went meanwhile is taken for that.
 */
static u32 own_handle(struct xrs_client *client, u32 id)
{
	struct xrs_user_stream *stream;
	u32 handle = 0;

	mutex_lock(&client->lock);
	spin_lock_irq(&client->device->lock);
	list_for_each_entry(stream, &client->stream_list, mine)
		if (stream->core.id == id) {
			handle = stream->handle;
			break;
		}
	spin_unlock_irq(&client->device->lock);
	mutex_unlock(&client->lock);
	return handle;
}

static void tell(const struct xrs_admission *a, const struct subject *subject,
		 struct xrsched_advice *arg)
{
	const struct xrs_admission_stream *s = &a->stream[subject->index];

	arg->load_ppm = xrs_admission_load_ppm(a, subject->index);
	arg->stream = subject->handle;
	if (!subject->handle)
		return;
	arg->limit_ns = s->limit_ns;
	arg->need_ns = s->need_ns;
	arg->work_ns = s->path_ns;
	memcpy(arg->class_name, s->class_name, XRS_NAME_LEN);
}

static int advise(struct xrs_client *client, struct xrs_admission *a,
		  struct xrsched_advice *arg)
{
	u32 size = arg->size, handle = arg->stream;
	struct subject subject = {};
	int ret;

	look(client->device);
	ret = gather(client, a, handle, &subject);
	if (!ret)
		ret = think(a);
	if (ret)
		return ret;
	memset(arg, 0, sizeof(*arg));
	arg->size = size;
	arg->verdict = !xrs_admission_sure(a) ? XRSCHED_VERDICT_UNKNOWN :
		       a->conserving ? XRSCHED_VERDICT_SURE :
				       XRSCHED_VERDICT_CONSERVING;
	if (!a->nr)
		return 0;
	if (!handle) {
		subject.index = xrs_admission_bottleneck(a);
		subject.handle = own_handle(client, a->stream[subject.index].id);
	}
	tell(a, &subject, arg);
	return 0;
}

int xrs_advise(struct xrs_client *client, struct xrsched_advice *arg)
{
	struct xrs_admission a = { .max = XRS_ADMISSION_STREAMS };
	int ret;

	if (arg->flags || arg->pad)
		return -EINVAL;
	a.stream = kvmalloc_array(a.max, sizeof(*a.stream), GFP_KERNEL_ACCOUNT);
	if (!a.stream)
		return -ENOMEM;
	ret = advise(client, &a, arg);
	kvfree(a.stream);
	return ret;
}
