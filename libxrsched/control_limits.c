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
 * @offset: where it is in struct xrsched_limits
 * @size: bytes that it takes there, and in its attribute
 */
struct place {
	int attr;
	size_t offset;
	size_t size;
};

#define PLACE(attr, member)                                              \
	{                                                                \
		XRSCHED_A_LIMITS_##attr,                                 \
			offsetof(struct xrsched_limits, member),         \
			sizeof(((struct xrsched_limits *)NULL)->member), \
	}

static const struct place places[] = {
	PLACE(MAX_MODELS, max_models),
	PLACE(MAX_MODEL_BYTES, max_model_bytes),
	PLACE(MAX_STREAMS, max_streams),
	PLACE(MAX_JOBS, max_jobs),
	PLACE(MAX_RINGS, max_rings),
	PLACE(MAX_RING_BYTES, max_ring_bytes),
	PLACE(MAX_USER_CLIENTS, max_user_clients),
	PLACE(MAX_USER_MODEL_BYTES, max_user_model_bytes),
	PLACE(MAX_USER_STREAMS, max_user_streams),
	PLACE(MAX_USER_JOBS, max_user_jobs),
	PLACE(MAX_DEVICE_CLIENTS, max_device_clients),
	PLACE(MAX_DEVICE_STREAMS, max_device_streams),
	PLACE(MAX_DEVICE_JOBS, max_device_jobs),
	PLACE(MAX_DEVICE_RING_BYTES, max_device_ring_bytes),
};

static uint64_t value_at(const struct xrsched_limits *limits,
			 const struct place *place)
{
	const char *from = (const char *)limits + place->offset;

	return place->size == sizeof(uint64_t) ? *(const uint64_t *)from
					       : *(const uint32_t *)from;
}

static int put_limits(struct nl_msg *msg, const struct xrsched_limits *limits)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const struct place *place = &places[i];
		const char *from = (const char *)limits + place->offset;

		if (value_at(limits, place) &&
		    nla_put(msg, place->attr, place->size, from))
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
