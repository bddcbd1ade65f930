// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engines of kernel drivers; see xrsched_engine.h.
 */
#include <linux/err.h>
#include <linux/export.h>

#include "engine.h"
#include "job.h"
#include "profile.h"

/**
 * struct driver_engine - A driver's engine
 * @engine: engine
 * @ops: the driver's; constant
 * @priv: the driver's; constant
 */
struct driver_engine {
	struct xrs_engine_dev engine;
	const struct xrs_engine_ops *ops;
	void *priv;
};

static struct driver_engine *to_driver(struct xrs_engine_dev *engine)
{
	return container_of(engine, struct driver_engine, engine);
}

static int drv_init(struct xrs_engine_dev *engine)
{
	const struct xrs_engine_desc *desc = engine->arg;
	struct driver_engine *driver = to_driver(engine);

	driver->ops = desc->ops;
	driver->priv = desc->priv;
	return 0;
}

static void drv_dispatch(struct xrs_engine_dev *engine,
			 const struct xrs_job *job, u64 now_ns)
{
	struct driver_engine *driver = to_driver(engine);
	const struct xrs_user_stream *stream = to_xrs_user_stream(job->stream);
	const struct xrs_cost *cost = xrs_job_cost(job, &engine->core);
	const struct xrs_user_job *user =
		container_of(job, struct xrs_user_job, core);
	const struct xrs_layer_info layer = {
		.seq = engine->core.seq,
		.model = stream->profile->name,
		.client = stream->client->nr,
		.handle = stream->profile->handle,
		.stream = job->stream->id,
		.frame = job->frame,
		.cookie = user->done.cookie,
		.layer = job->layer,
		.variant = job->variant,
		.profile_ns =
			xrs_job_estimate(job, &engine->core)->profile_ns,
		.expected_ns = cost->latency_ns,
		.energy_pj = cost->energy_pj,
		.deadline_ns = job->deadline_ns,
	};

	driver->ops->dispatch(driver->priv, &layer);
}

static void drv_abort(struct xrs_engine_dev *engine)
{
	struct driver_engine *driver = to_driver(engine);

	if (driver->ops->abort)
		driver->ops->abort(driver->priv);
}

static int drv_reset(struct xrs_engine_dev *engine)
{
	struct driver_engine *driver = to_driver(engine);

	return driver->ops->reset ? driver->ops->reset(driver->priv) : 0;
}

/* The last reset: no interrupt of the driver's needs the handle after it. */
static void drv_exit(struct xrs_engine_dev *engine)
{
	drv_reset(engine);
}

const struct xrs_provider xrs_engine_driver_ops = {
	.kind = XRS_ENGINE_DRIVER,
	.name = "driver",
	.size = sizeof(struct driver_engine),
	.init = drv_init,
	.dispatch = drv_dispatch,
	.abort = drv_abort,
	.reset = drv_reset,
	.exit = drv_exit,
};

/* Into a zeroed name. */
static int fill_name(char *name, const char *text)
{
	return strscpy(name, text, XRS_NAME_LEN) < 0 ? -EINVAL : 0;
}

struct xrs_engine_dev *xrs_engine_register(const struct xrs_engine_desc *desc)
{
	struct xrs_engine_params params = {
		.kind = XRS_ENGINE_DRIVER,
		.pes = desc->pes,
		.guarded = true,
		.learns = true,
		.floor_ns = desc->watchdog_ns,
		.arg = desc,
	};
	struct xrs_engine_dev *engine;
	struct xrs_device *dev;
	int ret;

	if (!desc->ops || !desc->ops->dispatch || !desc->class_name ||
	    desc->watchdog_ns > BIT_ULL(40) ||
	    fill_name(params.class_name, desc->class_name) ||
	    (desc->name && fill_name(params.name, desc->name)))
		return ERR_PTR(-EINVAL);
	dev = xrs_device_get(desc->device);
	if (!dev)
		return ERR_PTR(-ENODEV);
	ret = xrs_engine_create(dev, &params, &engine);
	xrs_device_put(dev);
	return ret < 0 ? ERR_PTR(ret) : engine;
}
EXPORT_SYMBOL_GPL(xrs_engine_register);

void xrs_engine_unregister(struct xrs_engine_dev *engine)
{
	xrs_engine_destroy_one(engine);
	xrs_engine_put(engine);
}
EXPORT_SYMBOL_GPL(xrs_engine_unregister);
