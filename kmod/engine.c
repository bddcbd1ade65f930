// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines: how they come and go, and how their layers end.
 */
#include <linux/slab.h>
#include <linux/xrsched.h>

#include "engine.h"
#include "module.h"
#include "stream.h"
#include "xrsched_trace.h"

static const struct xrs_provider *const engine_kinds[] = {
	&xrs_engine_sim_ops,
	&xrs_engine_null_ops,
	&xrs_engine_server_ops,
	&xrs_engine_driver_ops,
};

static const struct xrs_provider *kind_find(enum xrs_engine_kind kind)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(engine_kinds); i++)
		if (engine_kinds[i]->kind == kind)
			return engine_kinds[i];
	return NULL;
}

const char *xrs_engine_kind_name(enum xrs_engine_kind kind)
{
	const struct xrs_provider *ops = kind_find(kind);

	return ops ? ops->name : NULL;
}

/* ----- layers end -------------------------------------------------------- */

static_assert(XRS_FAULT_ERROR + 1 == (int)XRSCHED_ENGINE_FAULT_ERROR);
static_assert(XRS_FAULT_DIED + 1 == (int)XRSCHED_ENGINE_FAULT_DIED);
static_assert(XRS_FAULT_NR == (int)XRSCHED_ENGINE_FAULT_DIED);

static bool is_bad_answer(enum xrs_fault_kind kind)
{
	return kind == XRS_FAULT_STALE || kind == XRS_FAULT_UNKNOWN ||
	       kind == XRS_FAULT_ABSURD;
}

void xrs_engine_blame(struct xrs_engine_dev *engine, u64 seq,
		      enum xrs_fault_kind kind, const struct xrs_job *job)
{
	lockdep_assert_held(&engine->device->lock);
	engine->count[kind]++;
	if (is_bad_answer(kind))
		engine->device->bad_answers++;
	trace_engine_fault(engine->device, &engine->core, seq, kind);
	xrs_event_engine_fault(engine, kind + 1, job);
}

/* The layer that runs is done; its client is charged for it. */
static __always_inline void layer_done(struct xrs_engine_dev *engine,
				       u64 energy_pj, u64 now_ns)
{
	struct xrs_device *dev = engine->device;
	struct xrs_engine *core = &engine->core;
	/* Its job may be gone afterwards; its client not while we have the lock. */
	struct xrs_client *client =
		to_xrs_user_stream(core->job->stream)->client;
	u64 busy_ns = core->busy_ns;

	if (trace_layer_complete_enabled())
		trace_layer_complete(dev, core, now_ns - core->since_ns,
				     energy_pj, now_ns);
	xrs_core_layer_done(&dev->core, core, energy_pj, now_ns);
	xrs_usage_layer(&client->usage, core->id, core->busy_ns - busy_ns);
}

int xrs_engine_complete_locked(struct xrs_engine_dev *engine, u64 seq,
			       enum xrs_layer_status status, u64 energy_pj,
			       u64 now_ns)
{
	struct xrs_device *dev = engine->device;
	struct xrs_engine *core = &engine->core;
	struct xrs_usage *usage;
	u64 busy_ns;

	lockdep_assert_held(&dev->lock);
	/* Of a layer that was taken away, or answered already; or of none. */
	if (!core->job || core->seq != seq) {
		bool known = seq && seq <= core->seq;

		xrs_engine_blame(engine, seq, known ? XRS_FAULT_STALE :
						      XRS_FAULT_UNKNOWN,
				 NULL);
		return known ? -ESTALE : -EINVAL;
	}
	if (energy_pj > XRSCHED_MAX_ENERGY_PJ) {
		energy_pj = XRSCHED_MAX_ENERGY_PJ;
		xrs_engine_blame(engine, seq, XRS_FAULT_ABSURD, core->job);
	}
	/* The core takes a time before its last event for that of the event. */
	now_ns = max(now_ns, dev->core.now_ns);
	if (likely(status == XRS_LAYER_DONE)) {
		layer_done(engine, energy_pj, now_ns);
		return 0;
	}
	/* Charged as there. */
	usage = &to_xrs_user_stream(core->job->stream)->client->usage;
	busy_ns = core->busy_ns;
	switch (status) {
	case XRS_LAYER_ERROR:
		xrs_core_layer_failed(&dev->core, core, XRS_REASON_FAULT,
				      energy_pj, now_ns);
		break;
	case XRS_LAYER_REFUSED:
		xrs_engine_blame(engine, seq, XRS_FAULT_REFUSED, core->job);
		xrs_core_layer_failed(&dev->core, core, XRS_REASON_REFUSED,
				      energy_pj, now_ns);
		break;
	default:
		xrs_engine_blame(engine, seq, XRS_FAULT_UNKNOWN, core->job);
		return -EINVAL;
	}
	xrs_usage_layer(usage, core->id, core->busy_ns - busy_ns);
	return 0;
}

int xrs_engine_complete(struct xrs_engine_dev *engine, u64 seq,
			enum xrs_layer_status status, u64 energy_pj)
{
	struct xrs_device *dev = engine->device;
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&dev->lock, flags);
	ret = xrs_engine_complete_locked(engine, seq, status, energy_pj,
					 ktime_get_ns());
	xrs_device_run(dev);
	spin_unlock_irqrestore(&dev->lock, flags);
	return ret;
}
EXPORT_SYMBOL_GPL(xrs_engine_complete);

/* ----- engines fail ------------------------------------------------------ */

u32 xrs_engine_state(const struct xrs_engine_dev *engine)
{
	if (engine->core.health == XRS_HEALTH_QUARANTINED)
		return XRSCHED_ENGINE_STATE_QUARANTINED;
	if (engine->core.health != XRS_HEALTH_GOOD || !engine->core.up)
		return XRSCHED_ENGINE_STATE_FAULTED;
	return XRSCHED_ENGINE_STATE_UP;
}

void xrs_engine_health_changed(struct xrs_engine_dev *engine)
{
	u32 state = xrs_engine_state(engine);

	lockdep_assert_held(&engine->device->lock);
	trace_engine_state(engine->device, &engine->core);
	/*
	 * That it is being reset and rests, its fault has told; and that
	 * another reset within a quarantine failed is nothing new.
	 */
	if (state == engine->told)
		return;
	if (state == XRSCHED_ENGINE_STATE_FAULTED) {
		if (engine->told == XRSCHED_ENGINE_STATE_UP)
			engine->told = state;
		return;
	}
	engine->told = state;
	xrs_event_engine_state(engine, state);
}

void xrs_engine_begin_reset(struct xrs_engine_dev *engine)
{
	struct xrs_device *dev = engine->device;

	lockdep_assert_held(&dev->lock);
	if (engine->ops->abort)
		engine->ops->abort(engine);
	dev->instant &= ~BIT_ULL(engine->core.id);
	if (engine->ops->begin_reset)
		engine->ops->begin_reset(engine);
	else if (engine->ops->reset)
		queue_work(xrs_workqueue, &engine->reset_work);
	else
		xrs_core_engine_reset(&dev->core, &engine->core, true,
				      dev->core.now_ns);
}

/* On an engine that is about to go, engine_detach() waits for it. */
static void engine_reset(struct work_struct *work)
{
	struct xrs_engine_dev *engine =
		container_of(work, struct xrs_engine_dev, reset_work);
	struct xrs_device *dev = engine->device;
	/* Its layer's job may have a fence: what a reset may do is checked. */
	bool cookie = xrs_signalling_begin();
	int ret = engine->ops->reset(engine);

	spin_lock_irq(&dev->lock);
	if (xrs_engine_present(engine)) {
		if (ret)
			xrs_engine_blame(engine, engine->core.seq,
					 XRS_FAULT_RESET, NULL);
		xrs_core_engine_reset(&dev->core, &engine->core, !ret,
				      ktime_get_ns());
		xrs_device_run(dev);
	}
	spin_unlock_irq(&dev->lock);
	xrs_signalling_end(cookie);
}

void xrs_engine_recovered(struct xrs_engine_dev *engine)
{
	struct xrs_device *dev = engine->device;
	unsigned long flags;

	spin_lock_irqsave(&dev->lock, flags);
	if (xrs_engine_present(engine) &&
	    engine->core.health == XRS_HEALTH_QUARANTINED) {
		xrs_core_engine_reset(&dev->core, &engine->core, true,
				      ktime_get_ns());
		xrs_device_run(dev);
	}
	spin_unlock_irqrestore(&dev->lock, flags);
}
EXPORT_SYMBOL_GPL(xrs_engine_recovered);

/* ----- layers that take no time ------------------------------------------ */

void xrs_engine_run_instant(struct xrs_device *dev, u64 now_ns)
{
	u32 nr = 0;
	u64 mask;

	lockdep_assert_held(&dev->lock);
	now_ns = max(now_ns, dev->core.now_ns);
	/*
	 * Layers that take no time would keep this going for as long as there
	 * are jobs, with interrupts off.  What is left is for a worker, which
	 * can be scheduled away.  As they take none, they end when they began.
	 */
	while (dev->instant && nr < XRS_CHUNK) {
		mask = dev->instant;
		/* Whoever takes a layer away takes its bit away, too. */
		dev->instant = 0;
		for (; mask; mask &= mask - 1, nr++) {
			struct xrs_engine_dev *engine =
				dev->engine[__ffs64(mask)];

			layer_done(engine, engine->instant_pj, now_ns);
		}
		xrs_core_run(&dev->core, now_ns);
	}
}

/* ----- engines come ------------------------------------------------------ */

static void engine_free(struct kref *ref)
{
	struct xrs_engine_dev *engine =
		container_of(ref, struct xrs_engine_dev, ref);

	xrs_device_put(engine->device);
	kfree(engine);
}

void xrs_engine_put(struct xrs_engine_dev *engine)
{
	kref_put(&engine->ref, engine_free);
}

/* An id and a name that nobody has. */
static int engine_name(struct xrs_device *dev, struct xrs_engine_dev *engine)
{
	u32 id, free = XRS_MAX_ENGINES;

	lockdep_assert_held(&dev->config);
	for (id = XRS_MAX_ENGINES; id-- > 0;)
		if (!dev->engine[id])
			free = id;
	if (free == XRS_MAX_ENGINES)
		return -ENOSPC;
	engine->core.id = free;
	if (!engine->name[0])
		snprintf(engine->name, sizeof(engine->name), "engine%u", free);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (dev->engine[id] &&
		    !strcmp(dev->engine[id]->name, engine->name))
			return -EEXIST;
	return 0;
}

/* Makes a new engine part of the device; the device's reference is @engine's */
static int engine_attach(struct xrs_device *dev, struct xrs_engine_dev *engine)
{
	int ret = -ENODEV;

	lockdep_assert_held(&dev->config);
	spin_lock_irq(&dev->lock);
	if (dev->gone)
		goto unlock;
	ret = xrs_core_engine_add(&dev->core, &engine->core, ktime_get_ns());
	if (ret)
		goto unlock;
	dev->engine[engine->core.id] = engine;
	dev->gen++;
	trace_engine_state(dev, &engine->core);
	engine->told = XRSCHED_ENGINE_STATE_UP;
	xrs_event_engine_state(engine, engine->told);
	xrs_device_run(dev);
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}

int xrs_engine_create(struct xrs_device *dev,
		      const struct xrs_engine_params *params,
		      struct xrs_engine_dev **enginep)
{
	const struct xrs_provider *ops = kind_find(params->kind);
	struct xrs_engine_dev *engine;
	int ret;

	if (!ops || !xrs_name_valid(params->class_name) ||
	    (params->name[0] && !xrs_name_valid(params->name)))
		return -EINVAL;
	engine = kzalloc(ops->size, GFP_KERNEL_ACCOUNT);
	if (!engine)
		return -ENOMEM;
	kref_init(&engine->ref);
	engine->ops = ops;
	engine->device = dev;
	get_device(&dev->dev);
	memcpy(engine->name, params->name, XRS_NAME_LEN);
	memcpy(engine->core.class_name, params->class_name, XRS_NAME_LEN);
	engine->core.pes = params->pes ?: 1;
	engine->core.bytes_per_us = params->bytes_per_us;
	engine->core.label = engine->name;
	engine->core.guarded = params->guarded;
	engine->core.learns = params->learns;
	engine->core.parked = params->parked;
	engine->core.floor_ns = params->floor_ns;
	engine->arg = params->arg;
	INIT_WORK(&engine->reset_work, engine_reset);

	mutex_lock(&dev->config);
	ret = engine_name(dev, engine);
	if (ret)
		goto err_unlock;
	if (ops->init)
		ret = ops->init(engine);
	engine->arg = NULL;
	if (ret)
		goto err_unlock;
	/* Once it is attached, others may destroy it. */
	kref_get(&engine->ref);
	ret = engine_attach(dev, engine);
	if (ret)
		goto err_exit;
	ret = engine->core.id;
	mutex_unlock(&dev->config);
	if (enginep)
		*enginep = engine;
	else
		xrs_engine_put(engine);
	return ret;

err_exit:
	if (ops->exit)
		ops->exit(engine);
	xrs_engine_put(engine);
err_unlock:
	mutex_unlock(&dev->config);
	xrs_engine_put(engine);
	return ret;
}

/* ----- engines go -------------------------------------------------------- */

/* What ran on it, with the layer that is lost now, is another's no more. */
static void usage_detach(struct xrs_engine_dev *engine)
{
	struct xrs_engine *core = &engine->core;

	if (core->job)
		xrs_usage_layer(&to_xrs_user_stream(core->job->stream)->client->usage,
				core->id, ktime_get_ns() - core->since_ns);
	xrs_usage_engine_gone(engine->device, core->id);
}

static void engine_detach(struct xrs_device *dev, struct xrs_engine_dev *engine)
{
	lockdep_assert_held(&dev->config);
	spin_lock_irq(&dev->lock);
	if (engine->core.job && engine->ops->abort)
		engine->ops->abort(engine);
	dev->instant &= ~BIT_ULL(engine->core.id);
	usage_detach(engine);
	xrs_core_engine_remove(&dev->core, &engine->core, ktime_get_ns());
	dev->engine[engine->core.id] = NULL;
	dev->gen++;
	trace_engine_state(dev, &engine->core);
	xrs_event_engine_state(engine, XRSCHED_ENGINE_STATE_GONE);
	xrs_device_run(dev);
	spin_unlock_irq(&dev->lock);

	cancel_work_sync(&engine->reset_work);
	if (engine->ops->exit)
		engine->ops->exit(engine);
	xrs_engine_put(engine);
}

int xrs_engine_destroy(struct xrs_device *dev, u32 id)
{
	int ret = 0;

	mutex_lock(&dev->config);
	if (dev->gone)
		ret = -ENODEV;
	else if (id >= XRS_MAX_ENGINES || !dev->engine[id])
		ret = -ENOENT;
	else
		engine_detach(dev, dev->engine[id]);
	mutex_unlock(&dev->config);
	return ret;
}

void xrs_engine_destroy_one(struct xrs_engine_dev *engine)
{
	struct xrs_device *dev = engine->device;

	mutex_lock(&dev->config);
	if (xrs_engine_present(engine))
		engine_detach(dev, engine);
	mutex_unlock(&dev->config);
}

void xrs_engine_destroy_all(struct xrs_device *dev)
{
	u32 id;

	lockdep_assert_held(&dev->config);
	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (dev->engine[id])
			engine_detach(dev, dev->engine[id]);
}

/* ----- looking at them --------------------------------------------------- */

u64 xrs_engine_running_ns(const struct xrs_engine_dev *engine, u64 now_ns)
{
	const struct xrs_engine *core = &engine->core;

	if (engine->ops->kind == XRS_ENGINE_SERVER)
		return 0;
	return min(now_ns - core->since_ns,
		   xrs_job_cost(core->job, core)->latency_ns);
}

static void engine_describe(const struct xrs_engine_dev *engine,
			    struct xrs_engine_info *info)
{
	const struct xrs_engine *core = &engine->core;
	u32 kind;

	memset(info, 0, sizeof(*info));
	info->gen = engine->device->gen;
	info->id = core->id;
	info->kind = engine->ops->kind;
	info->state = xrs_engine_state(engine);
	memcpy(info->name, engine->name, XRS_NAME_LEN);
	memcpy(info->class_name, core->class_name, XRS_NAME_LEN);
	info->pes = core->pes;
	info->bytes_per_us = core->bytes_per_us;
	info->busy_ns = core->busy_ns;
	if (core->job) {
		info->busy = true;
		info->stream = core->job->stream->id;
		info->frame = core->job->frame;
		info->layer = core->job->layer;
		info->busy_ns += xrs_engine_running_ns(engine, ktime_get_ns());
	}
	info->layers = core->layers;
	info->switches = core->switches;
	info->lost = core->lost;
	info->energy_pj = core->energy_pj;
	info->faults = core->faults;
	info->timeouts = core->timeouts;
	info->refused = core->refused;
	for (kind = 0; kind < XRS_FAULT_NR; kind++)
		if (is_bad_answer(kind))
			info->bad_answers += engine->count[kind];
	info->lost_ns = core->lost_ns;
	info->lost_pj = core->lost_pj;
	info->strikes = core->strikes;
	info->predictions = core->error_hist.nr;
	info->error_p50_ppm = xrs_hist_quantile(&core->error_hist, 500000);
	info->error_p95_ppm = xrs_hist_quantile(&core->error_hist, 950000);
}

int xrs_engine_next(struct xrs_device *dev, u32 *id,
		    struct xrs_engine_info *info)
{
	int ret = -ENOENT;
	u32 i;

	spin_lock_irq(&dev->lock);
	if (dev->gone) {
		ret = -ENODEV;
		goto unlock;
	}
	for (i = *id; i < XRS_MAX_ENGINES; i++) {
		if (!dev->engine[i])
			continue;
		engine_describe(dev->engine[i], info);
		*id = i;
		ret = 0;
		break;
	}
unlock:
	spin_unlock_irq(&dev->lock);
	return ret;
}
