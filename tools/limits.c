// SPDX-License-Identifier: GPL-2.0-only
/*
 * xrsched device limits: how much there may be on a device.
 */
#include "limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/control.h>

#include "args.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

/**
 * struct limit - A limit
 * @name: as it is typed.
 * @offset: where it is in struct xrsched_limits.
 * @size: bytes that it takes there.
 */
struct limit {
	const char *name;
	size_t offset;
	size_t size;
};

#define LIMIT(member)                                                \
	{                                                            \
#member, offsetof(struct xrsched_limits, member),    \
			sizeof(((struct xrsched_limits *)0)->member) \
	}

static const struct limit limits[] = {
	LIMIT(max_models),	   LIMIT(max_model_bytes),
	LIMIT(max_streams),	   LIMIT(max_jobs),
	LIMIT(max_rings),	   LIMIT(max_ring_bytes),
	LIMIT(max_user_clients),   LIMIT(max_user_model_bytes),
	LIMIT(max_user_streams),   LIMIT(max_user_jobs),
	LIMIT(max_device_clients), LIMIT(max_device_streams),
	LIMIT(max_device_jobs),	   LIMIT(max_device_ring_bytes),
};

#define NR_LIMITS (sizeof(limits) / sizeof(limits[0]))

static bool is_wide(size_t i)
{
	return limits[i].size == sizeof(uint64_t);
}

static uint64_t get_limit(const struct xrsched_limits *values, size_t i)
{
	const char *from = (const char *)values + limits[i].offset;

	return is_wide(i) ? *(const uint64_t *)from : *(const uint32_t *)from;
}

static void set_limit(struct xrsched_limits *values, size_t i, uint64_t value)
{
	char *to = (char *)values + limits[i].offset;

	if (is_wide(i))
		*(uint64_t *)to = value;
	else
		*(uint32_t *)to = value;
}

error_t device_limits_parse(int key, char *arg, struct argp_state *state)
{
	struct device_limits_opts *opts = state->input;
	const char *value = arg ? strchr(arg, '=') : NULL;

	if (key != ARGP_KEY_ARG)
		return ARGP_ERR_UNKNOWN;
	for (size_t i = 0; value && i < NR_LIMITS; i++) {
		if (strlen(limits[i].name) != (size_t)(value - arg) ||
		    strncmp(limits[i].name, arg, value - arg))
			continue;
		set_limit(&opts->set, i,
			  arg_u64(state, limits[i].name, value + 1, 1,
				  is_wide(i) ? UINT64_MAX : UINT32_MAX));
		opts->any = true;
		return 0;
	}
	argp_error(state,
		   "\"%s\" is no LIMIT=NUMBER; LIMIT is one of those that "
		   "are shown without arguments, as --json names them",
		   arg);
	return 0;
}

/* What is, then what may be. */
static const struct out_column limits_columns[] = {
	{ "clients", "clients", OUT_COUNT, 0 },
	{ "streams", "streams", OUT_COUNT, 0 },
	{ "jobs", "unread jobs", OUT_COUNT, 0 },
	{ "ring_bytes", "bytes of rings", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_column limit_columns[] = {
	{ "limit", "limit", OUT_TEXT, 0 },
	{ "value", "value", OUT_COUNT, 0 },
	{ 0 },
};

static const struct out_block limits_view[] = {
	{ .columns = limits_columns, .flags = OUT_LIST },
	{ .key = "limits", .columns = limit_columns },
	{ 0 },
};

static void show(struct app *app, struct xrsched_limits *values)
{
	json_t *object = put_object(), *array = put_array();

	put_count(object, "clients", values->clients);
	put_count(object, "streams", values->streams);
	put_count(object, "jobs", values->jobs);
	put_count(object, "ring_bytes", values->ring_bytes);
	for (size_t i = 0; i < NR_LIMITS; i++) {
		json_t *limit = put_object();

		put_text(limit, "limit", limits[i].name);
		put_count(limit, "value", get_limit(values, i));
		put_append(array, limit);
	}
	put(object, "limits", array);
	out_print(app, object, limits_view);
}

int device_limits_run(struct app *app, void *opts_)
{
	const struct device_limits_opts *opts = opts_;
	uint32_t device = device_number(app);
	struct xrsched_control *control;
	struct xrsched_limits values;
	int ret = control_connect(&control);

	if (ret)
		return ret;
	if (opts->any) {
		ret = xrsched_control_limits_set(control, device, &opts->set);
		if (ret)
			ret = trouble_control(control, ret,
					      "the limits were not set");
	}
	if (!ret) {
		ret = xrsched_control_limits_get(control, device, &values);
		if (ret)
			ret = trouble_control(control, ret,
					      "no limits to be seen");
		else
			show(app, &values);
	}
	xrsched_control_close(control);
	return ret;
}
