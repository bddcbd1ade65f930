// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The public calls that both back ends share: from the handle to its ops.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

int xrsched_fail(struct xrsched_error *error, int ret, const char *fmt, ...)
{
	va_list ap;

	if (error) {
		va_start(ap, fmt);
		vsnprintf(error->text, sizeof(error->text), fmt, ap);
		va_end(ap);
	}
	return ret;
}

/*
 * An extensible struct begins with its size.  What the caller's has beyond ours
 * must be zero; what ours has beyond the caller's becomes zero.
 */
int xrsched_copy_opts(void *ours, size_t our_size, const void *theirs)
{
	uint32_t size;

	memset(ours, 0, our_size);
	if (!theirs)
		return 0;
	memcpy(&size, theirs, sizeof(size));
	if (size < sizeof(size))
		return -EINVAL;
	return xrsched_copy_sized(ours, our_size, theirs, size);
}

int xrsched_copy_sized(void *ours, size_t our_size, const void *theirs,
		       size_t size)
{
	const unsigned char *from = theirs;

	for (size_t i = our_size; i < size; i++)
		if (from[i])
			return -E2BIG;
	if (size < our_size)
		memset(ours, 0, our_size);
	memcpy(ours, theirs, size < our_size ? size : our_size);
	return 0;
}

void xrsched_give_sized(void *theirs, size_t size, const void *ours,
			size_t our_size)
{
	if (size > our_size)
		memset(theirs, 0, size);
	memcpy(theirs, ours, size < our_size ? size : our_size);
}

XRSCHED_API const char *xrsched_version(void)
{
	return XRSCHED_VERSION;
}

XRSCHED_API void xrsched_close(struct xrsched *x)
{
	if (x)
		x->ops->close(x);
}

XRSCHED_API bool xrsched_is_sim(const struct xrsched *x)
{
	return x->ops == &xrsched_sim_ops;
}

XRSCHED_API int xrsched_fd(const struct xrsched *x)
{
	return x->ops->fd(x);
}

XRSCHED_API int xrsched_get_caps_sized(struct xrsched *x,
				       struct xrsched_caps *caps, size_t size)
{
	return x->ops->get_caps(x, caps, size);
}

XRSCHED_API uint64_t xrsched_now(struct xrsched *x)
{
	return x->ops->now(x);
}

XRSCHED_API int xrsched_model_create_sized(struct xrsched *x,
					   struct xrsched_model_create *model,
					   size_t size)
{
	model->size = size;
	return x->ops->model_create(x, model, size);
}

XRSCHED_API int xrsched_model_destroy(struct xrsched *x, uint32_t model)
{
	return x->ops->model_destroy(x, model);
}

XRSCHED_API int
xrsched_stream_create_sized(struct xrsched *x,
			    struct xrsched_stream_create *stream, size_t size)
{
	stream->size = size;
	return x->ops->stream_create(x, stream, size);
}

XRSCHED_API int xrsched_stream_destroy(struct xrsched *x, uint32_t stream)
{
	return x->ops->stream_destroy(x, stream);
}

XRSCHED_API int xrsched_stream_stats_sized(struct xrsched *x, uint32_t stream,
					   struct xrsched_stream_stats *stats,
					   size_t size)
{
	return x->ops->stream_stats(x, stream, stats, size);
}

XRSCHED_API int xrsched_advise_sized(struct xrsched *x,
				     struct xrsched_advice *advice, size_t size)
{
	uint32_t stream = advice->stream;

	if (size < ADVICE_SIZE_VER0)
		return -EINVAL;
	memset(advice, 0, size);
	advice->size = size;
	advice->stream = stream;
	return x->ops->advise(x, advice);
}

XRSCHED_API int xrsched_submit_sized(struct xrsched *x,
				     struct xrsched_job *jobs, unsigned int nr,
				     unsigned int flags, uint64_t timeout_ns,
				     size_t size)
{
	return x->ops->submit(x, jobs, nr, flags, timeout_ns, size);
}

XRSCHED_API int xrsched_wait_sized(struct xrsched *x,
				   struct xrsched_completion *completions,
				   unsigned int max, unsigned int min,
				   uint64_t timeout_ns, size_t size)
{
	return x->ops->wait(x, completions, max, min, timeout_ns, size);
}

XRSCHED_API int xrsched_cancel(struct xrsched *x, uint32_t stream,
			       uint64_t frame, unsigned int flags)
{
	return x->ops->cancel(x, stream, frame, flags);
}

XRSCHED_API int xrsched_engine_add(struct xrsched *x, const char *name,
				   const char *class_name, uint32_t pes,
				   uint64_t bytes_per_us,
				   struct xrsched_error *error)
{
	return x->ops->engine_add(x, name, class_name, pes, bytes_per_us,
				  error);
}

XRSCHED_API int xrsched_engine_remove(struct xrsched *x, uint32_t id,
				      struct xrsched_error *error)
{
	return x->ops->engine_remove(x, id, error);
}

XRSCHED_API int xrsched_engines_get(struct xrsched *x,
				    struct xrsched_engine *engines,
				    unsigned int max)
{
	return x->ops->engines_get(x, engines, max);
}

XRSCHED_API int xrsched_policy_set(struct xrsched *x,
				   const struct xrsched_policy_spec *spec,
				   struct xrsched_error *error)
{
	return x->ops->policy_set(x, spec, error);
}

XRSCHED_API int xrsched_policy_get(struct xrsched *x,
				   struct xrsched_policy_spec *spec)
{
	return x->ops->policy_get(x, spec);
}

XRSCHED_API int xrsched_device_stats(struct xrsched *x,
				     struct xrsched_device_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	return x->ops->device_stats(x, stats);
}
