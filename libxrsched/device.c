// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kernel device: one ioctl a call, netlink for engines and policy.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include <xrsched/control.h>

#include "internal.h"

#define DEFAULT_PATH "/dev/xrsched0"

/**
 * struct device - A client of a kernel device
 * @base: handle
 * @fd: its file
 * @number: number of the device
 */
struct device {
	struct xrsched base;
	int fd;
	uint32_t number;
};

static struct device *to_device(struct xrsched *x)
{
	return (struct device *)x;
}

static int call(struct xrsched *x, unsigned long request, void *arg)
{
	return ioctl(to_device(x)->fd, request, arg) < 0 ? -errno : 0;
}

static void device_close(struct xrsched *x)
{
	close(to_device(x)->fd);
	free(x);
}

static int device_fd(const struct xrsched *x)
{
	return ((const struct device *)x)->fd;
}

static uint64_t device_now(struct xrsched *x)
{
	struct timespec now;

	(void)x;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static int device_get_caps(struct xrsched *x, struct xrsched_caps *caps,
			   size_t size)
{
	if (size < sizeof(caps->size))
		return -EINVAL;
	memset(caps, 0, size);
	caps->size = size;
	return call(x, XRSCHED_IOC_CAPS, caps);
}

static int device_model_create(struct xrsched *x,
			       struct xrsched_model_create *model, size_t size)
{
	(void)size; /* it is in there */
	return call(x, XRSCHED_IOC_MODEL_CREATE, model);
}

static int device_model_destroy(struct xrsched *x, uint32_t model)
{
	struct xrsched_handle arg = { .handle = model };

	return call(x, XRSCHED_IOC_MODEL_DESTROY, &arg);
}

static int device_stream_create(struct xrsched *x,
				struct xrsched_stream_create *stream,
				size_t size)
{
	(void)size; /* it is in there */
	return call(x, XRSCHED_IOC_STREAM_CREATE, stream);
}

static int device_stream_destroy(struct xrsched *x, uint32_t stream)
{
	struct xrsched_handle arg = { .handle = stream };

	return call(x, XRSCHED_IOC_STREAM_DESTROY, &arg);
}

static int device_stream_stats(struct xrsched *x, uint32_t stream,
			       struct xrsched_stream_stats *stats, size_t size)
{
	if (size < offsetof(struct xrsched_stream_stats, in_flight))
		return -EINVAL;
	memset(stats, 0, size);
	stats->size = size;
	stats->stream = stream;
	return call(x, XRSCHED_IOC_STREAM_STATS, stats);
}

static int device_advise(struct xrsched *x, struct xrsched_advice *advice)
{
	return call(x, XRSCHED_IOC_ADVISE, advice);
}

static int device_submit(struct xrsched *x, struct xrsched_job *jobs,
			 unsigned int nr, unsigned int flags,
			 uint64_t timeout_ns, size_t size)
{
	struct xrsched_submit arg = {
		.size = sizeof(arg),
		.flags = flags,
		.jobs = (uintptr_t)jobs,
		.nr = nr,
		.stride = size,
		.timeout_ns = timeout_ns,
	};
	int ret = call(x, XRSCHED_IOC_SUBMIT, &arg);

	return ret ? ret : (int)arg.accepted;
}

static int device_wait(struct xrsched *x,
		       struct xrsched_completion *completions, unsigned int max,
		       unsigned int min, uint64_t timeout_ns, size_t size)
{
	struct xrsched_wait arg = {
		.size = sizeof(arg),
		.completions = (uintptr_t)completions,
		.max = max,
		.min = min,
		.timeout_ns = timeout_ns,
		.stride = size,
	};
	int ret = call(x, XRSCHED_IOC_WAIT, &arg);

	return ret ? ret : (int)arg.nr;
}

static int device_cancel(struct xrsched *x, uint32_t stream, uint64_t frame,
			 unsigned int flags)
{
	struct xrsched_cancel arg = {
		.size = sizeof(arg),
		.flags = flags,
		.frame = frame,
		.stream = stream,
	};
	int ret = call(x, XRSCHED_IOC_CANCEL, &arg);

	return ret ? ret : (int)arg.cancelled;
}

/*
 * The device as a whole.  Each call has a connection of its own, so that
 * threads do not get in each other's way.
 */
static int control_open(struct xrsched_control **control,
			struct xrsched_error *error)
{
	int ret = xrsched_control_open(control);

	if (ret)
		return xrsched_fail(error, ret,
				    "cannot reach the control plane: %s",
				    strerror(-ret));
	return 0;
}

/* Ends a connection; what it said last goes to @error if @ret is one. */
static int control_close(struct xrsched_control *control, int ret,
			 struct xrsched_error *error)
{
	const char *why = xrsched_control_error(control);

	if (ret < 0)
		xrsched_fail(error, ret, "%s", *why ? why : strerror(-ret));
	xrsched_control_close(control);
	return ret;
}

static int device_engine_add(struct xrsched *x, const char *name,
			     const char *class_name, uint32_t pes,
			     uint64_t bytes_per_us, struct xrsched_error *error)
{
	struct xrsched_control *control;
	int ret = control_open(&control, error);

	if (ret)
		return ret;
	ret = xrsched_control_engine_new(control, to_device(x)->number,
					 XRSCHED_ENGINE_KIND_SIM, class_name,
					 name, pes, bytes_per_us);
	return control_close(control, ret, error);
}

static int device_engine_remove(struct xrsched *x, uint32_t id,
				struct xrsched_error *error)
{
	struct xrsched_control *control;
	int ret = control_open(&control, error);

	if (ret)
		return ret;
	ret = xrsched_control_engine_del(control, to_device(x)->number, id);
	return control_close(control, ret, error);
}

static void fill_engine(struct xrsched_engine *to,
			const struct xrsched_control_engine *from)
{
	memset(to, 0, sizeof(*to));
	to->id = from->id;
	to->up = from->state == XRSCHED_ENGINE_STATE_UP;
	memcpy(to->name, from->name, sizeof(to->name));
	memcpy(to->class_name, from->class_name, sizeof(to->class_name));
	to->pes = from->pes;
	to->busy_ns = from->busy_ns;
	to->layers = from->layers;
	to->switches = from->switches;
	to->lost = from->lost;
	to->energy_pj = from->energy_pj;
	to->faults = from->faults;
	to->timeouts = from->timeouts;
	to->lost_ns = from->lost_ns;
	to->lost_pj = from->lost_pj;
}

static int device_engines_get(struct xrsched *x, struct xrsched_engine *engines,
			      unsigned int max)
{
	struct xrsched_control_engine *list;
	struct xrsched_control *control;
	int ret = control_open(&control, NULL);

	if (ret)
		return ret;
	ret = xrsched_control_engines(control, to_device(x)->number, &list);
	for (int i = 0; i < ret && i < (int)max; i++)
		fill_engine(&engines[i], &list[i]);
	if (ret >= 0)
		xrsched_free(list);
	return control_close(control, ret, NULL);
}

static int device_policy_set(struct xrsched *x,
			     const struct xrsched_policy_spec *spec,
			     struct xrsched_error *error)
{
	struct xrsched_control *control;
	int ret = control_open(&control, error);

	if (ret)
		return ret;
	ret = xrsched_control_policy_set(control, to_device(x)->number, spec);
	return control_close(control, ret, error);
}

static int device_policy_get(struct xrsched *x,
			     struct xrsched_policy_spec *spec)
{
	struct xrsched_control_policy info;
	struct xrsched_control *control;
	int ret = control_open(&control, NULL);

	if (ret)
		return ret;
	ret = xrsched_control_policy_get(control, to_device(x)->number, &info);
	if (!ret) {
		memset(spec, 0, sizeof(*spec));
		memcpy(spec->name, info.name, sizeof(spec->name));
		spec->nr = info.nr_params;
		for (uint32_t i = 0; i < info.nr_params; i++) {
			memcpy(spec->param[i].name, info.param[i].name,
			       sizeof(spec->param[i].name));
			spec->param[i].value = info.param[i].value;
		}
	}
	return control_close(control, ret, NULL);
}

static int device_stats(struct xrsched *x, struct xrsched_device_stats *stats)
{
	struct xrsched_control_device info;
	struct xrsched_control *control;
	int ret = control_open(&control, NULL);

	if (ret)
		return ret;
	ret = xrsched_control_device_get(control, to_device(x)->number, &info);
	if (!ret) {
		stats->events = info.events;
		stats->decisions = info.decisions;
		stats->policy_faults = info.policy_faults;
	}
	return control_close(control, ret, NULL);
}

const struct xrsched_ops xrsched_device_ops = {
	.close = device_close,
	.fd = device_fd,
	.now = device_now,
	.get_caps = device_get_caps,
	.model_create = device_model_create,
	.model_destroy = device_model_destroy,
	.stream_create = device_stream_create,
	.stream_destroy = device_stream_destroy,
	.stream_stats = device_stream_stats,
	.advise = device_advise,
	.submit = device_submit,
	.wait = device_wait,
	.cancel = device_cancel,
	.engine_add = device_engine_add,
	.engine_remove = device_engine_remove,
	.engines_get = device_engines_get,
	.policy_set = device_policy_set,
	.policy_get = device_policy_get,
	.device_stats = device_stats,
};

XRSCHED_API int xrsched_open(const char *path, struct xrsched **x)
{
	struct xrsched_caps caps;
	struct device *device;
	int ret;

	device = calloc(1, sizeof(*device));
	if (!device)
		return -ENOMEM;
	device->base.ops = &xrsched_device_ops;
	device->fd = open(path ? path : DEFAULT_PATH, O_RDWR | O_CLOEXEC);
	if (device->fd < 0) {
		ret = -errno;
		goto err_free_device;
	}
	ret = device_get_caps(&device->base, &caps, sizeof(caps));
	if (ret)
		goto err_close_file;
	device->number = caps.device;
	*x = &device->base;
	return 0;

err_close_file:
	close(device->fd);
err_free_device:
	free(device);
	return ret;
}
