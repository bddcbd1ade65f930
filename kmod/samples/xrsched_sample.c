// SPDX-License-Identifier: GPL-2.0-only
/*
 * A driver of an accelerator that is a timer: registers an engine, and answers
 * each layer from the timer's interrupt, after the time that is expected of it.
 * What a real driver does in its place: write registers, and wait for its
 * interrupt.
 */
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include "xrsched_engine.h"

static unsigned int device;
module_param(device, uint, 0444);
MODULE_PARM_DESC(device, "number of the xrsched device (default 0)");

static char *class_name = "sample";
module_param(class_name, charp, 0444);
MODULE_PARM_DESC(class_name, "class of the engine (default sample)");

/**
 * struct sample - The accelerator
 * @engine: what it is to xrsched
 * @timer: its interrupt
 * @lock: protects the rest
 * @seq: layer that runs
 * @energy_pj: what it takes
 * @busy: one does
 */
struct sample {
	struct xrs_engine_dev *engine;
	struct hrtimer timer;
	spinlock_t lock;	/* see above */
	u64 seq;
	u64 energy_pj;
	bool busy;
};

static struct sample sample;

static enum hrtimer_restart sample_interrupt(struct hrtimer *timer)
{
	struct sample *s = container_of(timer, struct sample, timer);
	struct xrs_engine_dev *engine = READ_ONCE(s->engine);
	unsigned long flags;
	u64 seq, energy_pj;
	bool busy;

	/* A layer that came, and ended, before we knew what we are. */
	if (!engine) {
		hrtimer_forward_now(timer, ms_to_ktime(1));
		return HRTIMER_RESTART;
	}

	spin_lock_irqsave(&s->lock, flags);
	seq = s->seq;
	energy_pj = s->energy_pj;
	busy = s->busy;
	s->busy = false;
	spin_unlock_irqrestore(&s->lock, flags);
	/* Without our lock: the next layer may be dispatched from within. */
	if (busy)
		xrs_engine_complete(engine, seq, XRS_LAYER_DONE, energy_pj);
	return HRTIMER_NORESTART;
}

static void sample_dispatch(void *priv, const struct xrs_layer_info *layer)
{
	struct sample *s = priv;

	spin_lock(&s->lock);
	s->seq = layer->seq;
	s->energy_pj = layer->energy_pj;
	s->busy = true;
	spin_unlock(&s->lock);
	hrtimer_start(&s->timer, ns_to_ktime(layer->profile_ns),
		      HRTIMER_MODE_REL);
}

static void sample_abort(void *priv)
{
	struct sample *s = priv;

	spin_lock(&s->lock);
	s->busy = false;
	spin_unlock(&s->lock);
}

/* A real one would be told to stop, too. No interrupt comes after this. */
static int sample_reset(void *priv)
{
	struct sample *s = priv;

	hrtimer_cancel(&s->timer);
	return 0;
}

static const struct xrs_engine_ops sample_ops = {
	.dispatch = sample_dispatch,
	.abort = sample_abort,
	.reset = sample_reset,
};

static int __init sample_init(void)
{
	const struct xrs_engine_desc desc = {
		.device = device,
		.class_name = class_name,
		.ops = &sample_ops,
		.priv = &sample,
	};
	struct xrs_engine_dev *engine;

	spin_lock_init(&sample.lock);
	hrtimer_init(&sample.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	sample.timer.function = sample_interrupt;
	engine = xrs_engine_register(&desc);
	if (IS_ERR(engine))
		return PTR_ERR(engine);
	WRITE_ONCE(sample.engine, engine);
	return 0;
}

static void __exit sample_exit(void)
{
	xrs_engine_unregister(sample.engine);
}

module_init(sample_init);
module_exit(sample_exit);

MODULE_DESCRIPTION("Sample engine driver for xrsched");
MODULE_AUTHOR("The xrsched authors");
MODULE_LICENSE("GPL");
