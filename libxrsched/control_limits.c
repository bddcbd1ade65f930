// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The control plane's part about limits.
 */
#include <errno.h>
#include <stddef.h>

#include <netlink/netlink.h>

#include "control_call.h"
#include "control_read.h"
#include "internal.h"

/**
 * struct place - A limit
 * @attr: its attribute
 * @offset: where it is in struct xrsched_limits, an uint32_t
 */
struct place {
	int attr;
	size_t offset;
};

static const struct place places[] = {
	{ XRSCHED_A_LIMITS_MAX_MODELS,
	  offsetof(struct xrsched_limits, max_models) },
	{ XRSCHED_A_LIMITS_MAX_MODEL_BYTES,
	  offsetof(struct xrsched_limits, max_model_bytes) },
	{ XRSCHED_A_LIMITS_MAX_STREAMS,
	  offsetof(struct xrsched_limits, max_streams) },
	{ XRSCHED_A_LIMITS_MAX_JOBS,
	  offsetof(struct xrsched_limits, max_jobs) },
	{ XRSCHED_A_LIMITS_MAX_RINGS,
	  offsetof(struct xrsched_limits, max_rings) },
	{ XRSCHED_A_LIMITS_MAX_RING_BYTES,
	  offsetof(struct xrsched_limits, max_ring_bytes) },
	{ XRSCHED_A_LIMITS_MAX_USER_CLIENTS,
	  offsetof(struct xrsched_limits, max_user_clients) },
	{ XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES,
	  offsetof(struct xrsched_limits, max_user_model_bytes) },
	{ XRSCHED_A_LIMITS_MAX_USER_STREAMS,
	  offsetof(struct xrsched_limits, max_user_streams) },
	{ XRSCHED_A_LIMITS_MAX_USER_JOBS,
	  offsetof(struct xrsched_limits, max_user_jobs) },
	{ XRSCHED_A_LIMITS_MAX_DEVICE_CLIENTS,
	  offsetof(struct xrsched_limits, max_device_clients) },
	{ XRSCHED_A_LIMITS_MAX_DEVICE_STREAMS,
	  offsetof(struct xrsched_limits, max_device_streams) },
	{ XRSCHED_A_LIMITS_MAX_DEVICE_JOBS,
	  offsetof(struct xrsched_limits, max_device_jobs) },
	{ XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES,
	  offsetof(struct xrsched_limits, max_device_ring_bytes) },
};

static int put_limits(struct nl_msg *msg, const struct xrsched_limits *limits)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *from = (const char *)limits + places[i].offset;
		uint32_t value = *(const uint32_t *)from;

		if (value && nla_put_u32(msg, places[i].attr, value))
			return -ENOMEM;
	}
	return 0;
}

XRSCHED_API int xrsched_control_limits_set(struct xrsched_control *control,
					   uint32_t device,
					   const struct xrsched_limits *limits)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_LIMITS_SET, 0,
					     XRSCHED_A_LIMITS_DEVICE, device);

	if (!msg || put_limits(msg, limits))
		return control_no_memory(control, msg);
	control_expect(control, 0, NULL);
	return control_transact(control, msg);
}

static int take_limits(struct xrsched_control *control, struct nlattr *attrs,
		       int len)
{
	struct xrsched_limits *limits = control_list_add(control);

	return limits ? xrsched_read_limits(limits, attrs, len) : -ENOMEM;
}

XRSCHED_API int xrsched_control_limits_get(struct xrsched_control *control,
					   uint32_t device,
					   struct xrsched_limits *limits)
{
	struct nl_msg *msg = control_request(control, XRSCHED_CMD_LIMITS_GET, 0,
					     XRSCHED_A_LIMITS_DEVICE, device);

	if (!msg)
		return control_no_memory(control, NULL);
	control_expect(control, sizeof(*limits), take_limits);
	return control_get_one(control, msg, limits);
}
