// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls of uapi/linux/xrsched.h: arguments in and out.
 */
#include <linux/file.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <linux/xrsched.h>
#include <linux/xrsched_record.h>

#include "abi.h"
#include "advice.h"
#include "client.h"
#include "ioctl.h"
#include "job.h"
#include "module.h"
#include "profile.h"
#include "ring.h"
#include "server.h"
#include "stream.h"
#include "tape.h"

/* Copies as much of an argument out as the caller knows. */
static int arg_put(const void *arg, size_t ksize, void __user *uarg)
{
	size_t size = min_t(size_t, *(const u32 *)arg, ksize);

	return copy_to_user(uarg, arg, size) ? -EFAULT : 0;
}

/* For calls that are not made for each job. */
static noinline int arg_get(void *arg, size_t ksize, size_t least,
			    void __user *uarg)
{
	return xrs_arg_get(arg, ksize, least, uarg);
}

#define ARG_GET(arg, least, uarg)					\
({									\
	static_assert(!(sizeof(arg) % sizeof(u64)));			\
	arg_get(&(arg), sizeof(arg), least, uarg);			\
})
#define ARG_PUT(arg, uarg) arg_put(&(arg), sizeof(arg), uarg)

static int ioctl_caps(struct xrs_client *client, void __user *uarg)
{
	struct xrs_device *dev = client->device;
	struct xrsched_caps caps;
	int ret;

	ret = ARG_GET(caps, XRS_CAPS_SIZE_VER0, uarg);
	if (ret)
		return ret;
	if (caps.flags)
		return -EINVAL;
	caps.features = XRSCHED_FEATURE_RINGS | XRSCHED_FEATURE_SERVERS |
			XRSCHED_FEATURE_RECORD | XRSCHED_FEATURE_BUFFERS |
			XRSCHED_FEATURE_ADVICE |
			XRS_FEATURE_FENCES;
	caps.device = dev->nr;
	spin_lock_irq(&dev->lock);
	caps.engines = hweight64(dev->core.up);
	spin_unlock_irq(&dev->lock);
	caps.max_models = xrs_limit(dev, XRS_LIMIT_MODELS);
	caps.max_streams = xrs_limit(dev, XRS_LIMIT_STREAMS);
	caps.max_jobs = xrs_limit(dev, XRS_LIMIT_JOBS);
	caps.max_batch = READ_ONCE(xrs_max_batch);
	return ARG_PUT(caps, uarg);
}

static int ioctl_model_create(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_model_create arg;
	int ret;

	ret = ARG_GET(arg, XRS_MODEL_CREATE_SIZE_VER0, uarg);
	if (!ret)
		ret = xrs_profile_create(client, &arg);
	if (ret)
		return ret;
	ret = ARG_PUT(arg, uarg);
	if (ret)
		xrs_profile_destroy(client, arg.handle);
	return ret;
}

static int ioctl_stream_create(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_stream_create arg;
	int ret;

	ret = ARG_GET(arg, XRS_STREAM_CREATE_SIZE_VER0, uarg);
	if (!ret)
		ret = xrs_user_stream_create(client, &arg);
	if (ret)
		return ret;
	ret = ARG_PUT(arg, uarg);
	if (ret)
		xrs_user_stream_destroy(client, arg.handle);
	return ret;
}

static int ioctl_model_destroy(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_handle arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags)
		return -EINVAL;
	return xrs_profile_destroy(client, arg.handle);
}

static int ioctl_stream_destroy(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_handle arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags)
		return -EINVAL;
	return xrs_user_stream_destroy(client, arg.handle);
}

static void stats_fill(struct xrsched_stream_stats *arg,
		       const struct xrs_stream *stream)
{
	const struct xrs_counters *count = &stream->count;

	arg->in_flight = stream->in_flight;
	arg->submitted = count->submitted;
	arg->released = count->released;
	arg->completed = count->completed;
	arg->late = count->late;
	arg->dropped = count->dropped;
	arg->cancelled = count->cancelled;
	arg->failed = count->failed;
	arg->retried = count->retried;
	arg->layers = count->layers;
	arg->switches = count->switches;
	arg->energy_pj = count->energy_pj;
	arg->worst_pj = count->worst_pj;
	arg->honest_pj = count->honest_pj;
	arg->response_p50_ns =
		xrs_hist_quantile(&stream->response_hist, 500000);
	arg->response_p99_ns =
		xrs_hist_quantile(&stream->response_hist, 990000);
	arg->response_max_ns = stream->response_hist.max_ns;
	arg->queue_p50_ns = xrs_hist_quantile(&stream->queue_hist, 500000);
	arg->queue_p99_ns = xrs_hist_quantile(&stream->queue_hist, 990000);
	arg->full = stream->count.full;
}

static int ioctl_stream_stats(struct xrs_client *client, void __user *uarg)
{
	struct xrs_device *dev = client->device;
	struct xrsched_stream_stats arg;
	struct xrs_user_stream *stream;
	int ret;

	ret = ARG_GET(arg, XRS_STREAM_STATS_SIZE_VER0, uarg);
	if (ret)
		return ret;
	if (arg.flags)
		return -EINVAL;
	spin_lock_irq(&dev->lock);
	stream = xa_load(&client->streams, arg.stream);
	if (stream)
		stats_fill(&arg, &stream->core);
	spin_unlock_irq(&dev->lock);
	return stream ? ARG_PUT(arg, uarg) : -ENOENT;
}

static int ioctl_submit(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_submit __user *answer = uarg;
	struct xrsched_submit arg;
	int ret;

	ret = XRS_ARG_GET(arg, XRS_SUBMIT_SIZE_VER0, uarg);
	if (ret)
		return ret;
	/* What cannot be answered is refused before anything is changed. */
	arg.accepted = 0;
	ret = put_user(arg.accepted, &answer->accepted);
	if (!ret)
		ret = xrs_user_job_submit(client, &arg);
	/* If this fails now, the jobs are in even so; their results say it. */
	if (!ret && put_user(arg.accepted, &answer->accepted))
		ret = -EFAULT;
	return ret;
}

static int ioctl_wait(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_wait __user *answer = uarg;
	struct xrsched_wait arg;
	struct xrs_reap reap;
	u32 min, nr;
	int ret;

	ret = XRS_ARG_GET(arg, XRS_WAIT_SIZE_VER0, uarg);
	if (ret)
		return ret;
	if (arg.flags || !arg.max || arg.min > arg.max ||
	    arg.max > READ_ONCE(xrs_max_batch))
		return -EINVAL;
	if (arg.stride < XRS_COMPLETION_SIZE_VER0 || arg.stride % 8)
		return -EINVAL;
	if (arg.stride > PAGE_SIZE)
		return -E2BIG;

	/* Again if others were quicker to take what was there. */
	for (min = arg.min;;) {
		ret = xrs_client_reap(client, &reap, min, arg.max);
		if (ret || reap.nr || !min)
			break;
		ret = xrs_client_wait(client, xrs_client_has_done, min,
				      arg.timeout_ns);
		if (ret == -ETIMEDOUT)
			min = 0;
		else if (ret)
			break;
	}
	if (!ret && !reap.nr && arg.min)
		ret = -ETIMEDOUT;
	if (ret)
		return ret;

	nr = xrs_client_copy(&reap, u64_to_user_ptr(arg.completions),
			     arg.stride);
	if (reap.nr && !nr)
		ret = -EFAULT;
	else
		ret = put_user(nr, &answer->nr);
	xrs_client_reaped(client, &reap, ret ? 0 : nr);
	return ret;
}

static int ioctl_cancel(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_cancel arg;
	int ret;

	ret = ARG_GET(arg, XRS_CANCEL_SIZE_VER0, uarg);
	if (ret)
		return ret;
	arg.cancelled = 0;
	ret = ARG_PUT(arg, uarg);
	if (!ret)
		ret = xrs_user_job_cancel(client, &arg);
	if (!ret)
		ret = ARG_PUT(arg, uarg);
	return ret;
}

/*
 * Gives the caller the file that was made for the reserved number @fd, unless
 * that or telling of it has failed.
 */
static int hand_over(int fd, struct file *file, int ret)
{
	if (!ret) {
		fd_install(fd, file);
		return 0;
	}
	if (file)
		fput(file);
	put_unused_fd(fd);
	return ret;
}

static int ioctl_ring_setup(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_ring_setup arg;
	struct file *file = NULL;
	int ret;

	ret = ARG_GET(arg, XRS_RING_SETUP_SIZE_VER0, uarg);
	if (ret)
		return ret;
	arg.fd = get_unused_fd_flags(O_CLOEXEC);
	if (arg.fd < 0)
		return arg.fd;
	ret = xrs_ring_create(client, &arg, &file);
	if (!ret)
		ret = ARG_PUT(arg, uarg);
	return hand_over(arg.fd, file, ret);
}

static int ioctl_record_start(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_record_args arg;
	struct file *file = NULL;
	int ret;

	ret = ARG_GET(arg, XRS_RECORD_START_SIZE_VER0, uarg);
	if (ret)
		return ret;
	arg.fd = get_unused_fd_flags(O_CLOEXEC);
	if (arg.fd < 0)
		return arg.fd;
	ret = xrs_tape_start(client, &arg, &file);
	if (!ret)
		ret = ARG_PUT(arg, uarg);
	return hand_over(arg.fd, file, ret);
}

int xrs_record_stats_get(struct xrsched_record_stats *arg, void __user *uarg)
{
	return ARG_GET(*arg, XRS_RECORD_STATS_SIZE_VER0, uarg);
}

int xrs_record_stats_put(const struct xrsched_record_stats *arg,
			 void __user *uarg)
{
	return ARG_PUT(*arg, uarg);
}

static int ioctl_serve(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_serve arg;
	int ret;

	ret = ARG_GET(arg, XRS_SERVE_SIZE_VER0, uarg);
	if (!ret)
		ret = xrs_server_create(client, &arg, uarg);
	return ret;
}

static int ioctl_advise(struct xrs_client *client, void __user *uarg)
{
	struct xrsched_advice arg;
	int ret;

	ret = ARG_GET(arg, XRS_ADVICE_SIZE_VER0, uarg);
	if (!ret)
		ret = xrs_advise(client, &arg);
	return ret ? ret : ARG_PUT(arg, uarg);
}

/**
 * struct call - One of the calls
 * @cmd: its number
 * @when_gone: works on a device that was removed
 * @fixed: its argument does not say its size, and will never have another
 * @fn: does it
 */
struct call {
	unsigned int cmd;
	bool when_gone;
	bool fixed;
	int (*fn)(struct xrs_client *client, void __user *uarg);
};

/* By _IOC_NR() of their numbers. */
#define CALL(name, fn_, ...) \
	[_IOC_NR(XRSCHED_IOC_##name)] = \
		{ .cmd = XRSCHED_IOC_##name, .fn = fn_, ##__VA_ARGS__ }

static const struct call calls[] = {
	CALL(CAPS, ioctl_caps),
	CALL(MODEL_CREATE, ioctl_model_create),
	CALL(MODEL_DESTROY, ioctl_model_destroy, .fixed = true),
	CALL(STREAM_CREATE, ioctl_stream_create),
	CALL(STREAM_DESTROY, ioctl_stream_destroy, .fixed = true),
	CALL(STREAM_STATS, ioctl_stream_stats),
	CALL(SUBMIT, ioctl_submit),
	CALL(WAIT, ioctl_wait, .when_gone = true),
	CALL(CANCEL, ioctl_cancel),
	CALL(RING_SETUP, ioctl_ring_setup),
	CALL(RECORD_START, ioctl_record_start),
	CALL(SERVE, ioctl_serve),
	CALL(ADVISE, ioctl_advise),
};

/*
 * Which call it is, its number says; which version of its argument, the
 * argument says itself, so that the size within the number does not matter
 * where there is one.
 */
long xrs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const unsigned int size_mask = _IOC_SIZEMASK << _IOC_SIZESHIFT;
	struct xrs_client *client = file->private_data;
	unsigned int nr = _IOC_NR(cmd);
	const struct call *call;

	if (nr >= ARRAY_SIZE(calls))
		return -ENOTTY;
	call = &calls[array_index_nospec(nr, ARRAY_SIZE(calls))];
	if ((cmd ^ call->cmd) & (call->fixed ? ~0U : ~size_mask))
		return -ENOTTY;
	/*
	 * Only a quick way out: calls that change something look again, with
	 * the lock held.
	 */
	if (READ_ONCE(client->device->gone) && !call->when_gone)
		return -ENODEV;
	return call->fn(client, (void __user *)arg);
}
