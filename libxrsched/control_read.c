// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The control plane's objects: from the attributes of a message to a struct.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "control_read.h"

/* Where an attribute goes in a struct. */
enum field_type {
	FIELD_NONE,
	FIELD_U32,
	FIELD_U64,
	FIELD_INDEX,
	FIELD_FLAG,
	FIELD_STRING
};

struct field {
	enum field_type type;
	size_t offset;
	size_t size;
};

#define FIELD_OF(kind, whole, member)                                    \
	{                                                                \
		.type = FIELD_##kind, .offset = offsetof(whole, member), \
		.size = sizeof(((whole *)0)->member)                     \
	}

#define FIELD(kind, object, member) \
	FIELD_OF(kind, struct xrsched_control_##object, member)

#define EVENT(kind, member) FIELD_OF(kind, struct xrsched_event, member)

#define FAULT(kind, member) FIELD_OF(kind, struct xrsched_fault_plan, member)

static const struct field fault_fields[] = {
	[XRSCHED_A_FAULT_SEED] = FAULT(U64, seed),
	[XRSCHED_A_FAULT_HANG_PPM] = FAULT(U32, hang_ppm),
	[XRSCHED_A_FAULT_ERROR_PPM] = FAULT(U32, error_ppm),
	[XRSCHED_A_FAULT_SLOW_PPM] = FAULT(U32, slow_ppm),
	[XRSCHED_A_FAULT_WRONG_SEQ_PPM] = FAULT(U32, wrong_seq_ppm),
	[XRSCHED_A_FAULT_FACTOR] = FAULT(U32, factor),
	[XRSCHED_A_FAULT_BURST] = FAULT(U32, burst),
	[XRSCHED_A_FAULT_HANGS] = FAULT(U64, hit[XRSCHED_FAULT_KIND_HANG]),
	[XRSCHED_A_FAULT_ERRORS] = FAULT(U64, hit[XRSCHED_FAULT_KIND_ERROR]),
	[XRSCHED_A_FAULT_SLOWS] = FAULT(U64, hit[XRSCHED_FAULT_KIND_SLOW]),
	[XRSCHED_A_FAULT_WRONG_SEQS] =
		FAULT(U64, hit[XRSCHED_FAULT_KIND_WRONG_SEQ]),
};

#define STEP(kind, member) FIELD_OF(kind, struct xrsched_fault_step, member)

static const struct field step_fields[] = {
	[XRSCHED_A_FAULT_STEP_KIND] = STEP(U32, kind),
	[XRSCHED_A_FAULT_STEP_FACTOR] = STEP(U32, factor),
	[XRSCHED_A_FAULT_STEP_AT_NS] = STEP(U64, at_ns),
	[XRSCHED_A_FAULT_STEP_FOR_NS] = STEP(U64, for_ns),
	[XRSCHED_A_FAULT_STEP_EVERY_NS] = STEP(U64, every_ns),
};

#define GUARD(kind, member) FIELD_OF(kind, struct xrsched_guard, member)

static const struct field guard_fields[] = {
	[XRSCHED_A_GUARD_FLOOR_NS] = GUARD(U64, floor_ns),
	[XRSCHED_A_GUARD_FACTOR] = GUARD(U32, factor),
	[XRSCHED_A_GUARD_RETRIES] = GUARD(U32, retries),
	[XRSCHED_A_GUARD_STRIKES] = GUARD(U32, strikes),
	[XRSCHED_A_GUARD_REST_NS] = GUARD(U64, rest_ns),
	[XRSCHED_A_GUARD_REST_MAX_NS] = GUARD(U64, rest_max_ns),
};

#define LIMIT(kind, member) FIELD_OF(kind, struct xrsched_limits, member)

static const struct field limits_fields[] = {
	[XRSCHED_A_LIMITS_MAX_MODELS] = LIMIT(U32, max_models),
	[XRSCHED_A_LIMITS_MAX_MODEL_BYTES] = LIMIT(U64, max_model_bytes),
	[XRSCHED_A_LIMITS_MAX_STREAMS] = LIMIT(U32, max_streams),
	[XRSCHED_A_LIMITS_MAX_JOBS] = LIMIT(U32, max_jobs),
	[XRSCHED_A_LIMITS_MAX_RINGS] = LIMIT(U32, max_rings),
	[XRSCHED_A_LIMITS_MAX_RING_BYTES] = LIMIT(U64, max_ring_bytes),
	[XRSCHED_A_LIMITS_MAX_USER_CLIENTS] = LIMIT(U32, max_user_clients),
	[XRSCHED_A_LIMITS_MAX_USER_MODEL_BYTES] =
		LIMIT(U64, max_user_model_bytes),
	[XRSCHED_A_LIMITS_MAX_USER_STREAMS] = LIMIT(U32, max_user_streams),
	[XRSCHED_A_LIMITS_MAX_USER_JOBS] = LIMIT(U32, max_user_jobs),
	[XRSCHED_A_LIMITS_MAX_DEVICE_CLIENTS] = LIMIT(U32, max_device_clients),
	[XRSCHED_A_LIMITS_MAX_DEVICE_STREAMS] = LIMIT(U32, max_device_streams),
	[XRSCHED_A_LIMITS_MAX_DEVICE_JOBS] = LIMIT(U32, max_device_jobs),
	[XRSCHED_A_LIMITS_MAX_DEVICE_RING_BYTES] =
		LIMIT(U64, max_device_ring_bytes),
	[XRSCHED_A_LIMITS_CLIENTS] = LIMIT(U32, clients),
	[XRSCHED_A_LIMITS_STREAMS] = LIMIT(U32, streams),
	[XRSCHED_A_LIMITS_JOBS] = LIMIT(U32, jobs),
	[XRSCHED_A_LIMITS_RING_BYTES] = LIMIT(U64, ring_bytes),
};

static const struct field device_fields[] = {
	[XRSCHED_A_DEVICE_NR] = FIELD(U32, device, nr),
	[XRSCHED_A_DEVICE_ENGINES] = FIELD(U32, device, engines),
	[XRSCHED_A_DEVICE_ENGINES_UP] = FIELD(U32, device, engines_up),
	[XRSCHED_A_DEVICE_STREAMS] = FIELD(U32, device, streams),
	[XRSCHED_A_DEVICE_CLIENTS] = FIELD(U32, device, clients),
	[XRSCHED_A_DEVICE_POLICY] = FIELD(STRING, device, policy),
	[XRSCHED_A_DEVICE_EVENTS] = FIELD(U64, device, events),
	[XRSCHED_A_DEVICE_DECISIONS] = FIELD(U64, device, decisions),
	[XRSCHED_A_DEVICE_POLICY_FAULTS] = FIELD(U64, device, policy_faults),
	[XRSCHED_A_DEVICE_DLV_SUM_Q48] = FIELD(U64, device, dlv_sum_q48),
	[XRSCHED_A_DEVICE_NE_SUM_Q48] = FIELD(U64, device, ne_sum_q48),
	[XRSCHED_A_DEVICE_NE_HONEST_SUM_Q48] =
		FIELD(U64, device, ne_honest_sum_q48),
	[XRSCHED_A_DEVICE_UXCOST_Q40] = FIELD(U64, device, uxcost_q40),
	[XRSCHED_A_DEVICE_UXCOST_HONEST_Q40] =
		FIELD(U64, device, uxcost_honest_q40),
	[XRSCHED_A_DEVICE_NOW_NS] = FIELD(U64, device, now_ns),
	[XRSCHED_A_DEVICE_RESET_NS] = FIELD(U64, device, reset_ns),
	[XRSCHED_A_DEVICE_EVENTS_LOST] = FIELD(U64, device, events_lost),
	[XRSCHED_A_DEVICE_EVENTS_SEQ] = FIELD(U64, device, events_seq),
	[XRSCHED_A_DEVICE_BAD_ANSWERS] = FIELD(U64, device, bad_answers),
};

static const struct field engine_fields[] = {
	[XRSCHED_A_ENGINE_DEVICE] = FIELD(U32, engine, device),
	[XRSCHED_A_ENGINE_ID] = FIELD(U32, engine, id),
	[XRSCHED_A_ENGINE_NAME] = FIELD(STRING, engine, name),
	[XRSCHED_A_ENGINE_CLASS] = FIELD(STRING, engine, class_name),
	[XRSCHED_A_ENGINE_KIND] = FIELD(U32, engine, kind),
	[XRSCHED_A_ENGINE_STATE] = FIELD(U32, engine, state),
	[XRSCHED_A_ENGINE_BUSY] = FIELD(FLAG, engine, busy),
	[XRSCHED_A_ENGINE_BUSY_NS] = FIELD(U64, engine, busy_ns),
	[XRSCHED_A_ENGINE_LAYERS] = FIELD(U64, engine, layers),
	[XRSCHED_A_ENGINE_SWITCHES] = FIELD(U64, engine, switches),
	[XRSCHED_A_ENGINE_LOST] = FIELD(U64, engine, lost),
	[XRSCHED_A_ENGINE_ENERGY_PJ] = FIELD(U64, engine, energy_pj),
	[XRSCHED_A_ENGINE_PES] = FIELD(U32, engine, pes),
	[XRSCHED_A_ENGINE_BYTES_PER_US] = FIELD(U64, engine, bytes_per_us),
	[XRSCHED_A_ENGINE_STREAM] = FIELD(U32, engine, stream),
	[XRSCHED_A_ENGINE_FRAME] = FIELD(U64, engine, frame),
	[XRSCHED_A_ENGINE_LAYER] = FIELD(U32, engine, layer),
	[XRSCHED_A_ENGINE_FAULTS] = FIELD(U64, engine, faults),
	[XRSCHED_A_ENGINE_TIMEOUTS] = FIELD(U64, engine, timeouts),
	[XRSCHED_A_ENGINE_REFUSED] = FIELD(U64, engine, refused),
	[XRSCHED_A_ENGINE_BAD_ANSWERS] = FIELD(U64, engine, bad_answers),
	[XRSCHED_A_ENGINE_LOST_NS] = FIELD(U64, engine, lost_ns),
	[XRSCHED_A_ENGINE_LOST_PJ] = FIELD(U64, engine, lost_pj),
	[XRSCHED_A_ENGINE_STRIKES] = FIELD(U32, engine, strikes),
	[XRSCHED_A_ENGINE_PREDICTIONS] = FIELD(U64, engine, predictions),
	[XRSCHED_A_ENGINE_ERROR_P50_PPM] = FIELD(U64, engine, error_p50_ppm),
	[XRSCHED_A_ENGINE_ERROR_P95_PPM] = FIELD(U64, engine, error_p95_ppm),
};

static const struct field stream_fields[] = {
	[XRSCHED_A_STREAM_DEVICE] = FIELD(U32, stream, device),
	[XRSCHED_A_STREAM_ID] = FIELD(U32, stream, id),
	[XRSCHED_A_STREAM_NAME] = FIELD(STRING, stream, name),
	[XRSCHED_A_STREAM_MODEL] = FIELD(STRING, stream, model),
	[XRSCHED_A_STREAM_CLIENT] = FIELD(U32, stream, client),
	[XRSCHED_A_STREAM_PID] = FIELD(U32, stream, pid),
	[XRSCHED_A_STREAM_UPSTREAM] = FIELD(INDEX, stream, upstream),
	[XRSCHED_A_STREAM_PERIOD_NS] = FIELD(U64, stream, period_ns),
	[XRSCHED_A_STREAM_DEADLINE_NS] = FIELD(U64, stream, deadline_ns),
	[XRSCHED_A_STREAM_WEIGHT] = FIELD(U32, stream, weight),
	[XRSCHED_A_STREAM_IN_FLIGHT] = FIELD(U32, stream, in_flight),
	[XRSCHED_A_STREAM_SUBMITTED] = FIELD(U64, stream, submitted),
	[XRSCHED_A_STREAM_RELEASED] = FIELD(U64, stream, released),
	[XRSCHED_A_STREAM_COMPLETED] = FIELD(U64, stream, completed),
	[XRSCHED_A_STREAM_LATE] = FIELD(U64, stream, late),
	[XRSCHED_A_STREAM_DROPPED] = FIELD(U64, stream, dropped),
	[XRSCHED_A_STREAM_CANCELLED] = FIELD(U64, stream, cancelled),
	[XRSCHED_A_STREAM_FAILED] = FIELD(U64, stream, failed),
	[XRSCHED_A_STREAM_RETRIED] = FIELD(U64, stream, retried),
	[XRSCHED_A_STREAM_LAYERS] = FIELD(U64, stream, layers),
	[XRSCHED_A_STREAM_SWITCHES] = FIELD(U64, stream, switches),
	[XRSCHED_A_STREAM_ENERGY_PJ] = FIELD(U64, stream, energy_pj),
	[XRSCHED_A_STREAM_WORST_PJ] = FIELD(U64, stream, worst_pj),
	[XRSCHED_A_STREAM_HONEST_PJ] = FIELD(U64, stream, honest_pj),
	[XRSCHED_A_STREAM_FULL] = FIELD(U64, stream, full),
	[XRSCHED_A_STREAM_OVERDUE_NS] = FIELD(U64, stream, overdue_ns),
	[XRSCHED_A_STREAM_RESPONSE_P50_NS] =
		FIELD(U64, stream, response.p50_ns),
	[XRSCHED_A_STREAM_RESPONSE_P90_NS] =
		FIELD(U64, stream, response.p90_ns),
	[XRSCHED_A_STREAM_RESPONSE_P99_NS] =
		FIELD(U64, stream, response.p99_ns),
	[XRSCHED_A_STREAM_RESPONSE_P999_NS] =
		FIELD(U64, stream, response.p999_ns),
	[XRSCHED_A_STREAM_RESPONSE_MAX_NS] =
		FIELD(U64, stream, response.max_ns),
	[XRSCHED_A_STREAM_QUEUE_P50_NS] = FIELD(U64, stream, queue.p50_ns),
	[XRSCHED_A_STREAM_QUEUE_P90_NS] = FIELD(U64, stream, queue.p90_ns),
	[XRSCHED_A_STREAM_QUEUE_P99_NS] = FIELD(U64, stream, queue.p99_ns),
	[XRSCHED_A_STREAM_QUEUE_P999_NS] = FIELD(U64, stream, queue.p999_ns),
	[XRSCHED_A_STREAM_QUEUE_MAX_NS] = FIELD(U64, stream, queue.max_ns),
};

static const struct field policy_fields[] = {
	[XRSCHED_A_POLICY_DEVICE] = FIELD(U32, policy, device),
	[XRSCHED_A_POLICY_NAME] = FIELD(STRING, policy, name),
	[XRSCHED_A_POLICY_ALIAS] = FIELD(STRING, policy, alias),
	[XRSCHED_A_POLICY_DOC] = FIELD(STRING, policy, doc),
};

static const struct field param_fields[] = {
	[XRSCHED_A_PARAM_NAME] = FIELD(STRING, param, name),
	[XRSCHED_A_PARAM_VALUE] = FIELD(U64, param, value),
	[XRSCHED_A_PARAM_MIN_VALUE] = FIELD(U64, param, min),
	[XRSCHED_A_PARAM_MAX_VALUE] = FIELD(U64, param, max),
	[XRSCHED_A_PARAM_DEFAULT] = FIELD(U64, param, init),
	[XRSCHED_A_PARAM_UNIT] = FIELD(U32, param, unit),
	[XRSCHED_A_PARAM_DOC] = FIELD(STRING, param, doc),
};

static const struct field event_fields[] = {
	[XRSCHED_A_EVENT_DEVICE] = EVENT(U32, device),
	[XRSCHED_A_EVENT_TIME_NS] = EVENT(U64, time_ns),
	[XRSCHED_A_EVENT_SEQ] = EVENT(U64, seq),
	[XRSCHED_A_EVENT_CLIENT] = EVENT(U32, client),
	[XRSCHED_A_EVENT_STREAM] = EVENT(U32, stream),
	[XRSCHED_A_EVENT_FRAME] = EVENT(U64, frame),
	[XRSCHED_A_EVENT_DEADLINE_NS] = EVENT(U64, deadline_ns),
	[XRSCHED_A_EVENT_LATE_NS] = EVENT(U64, late_ns),
	[XRSCHED_A_EVENT_REASON] = EVENT(U32, reason),
	[XRSCHED_A_EVENT_ENGINE] = EVENT(U32, engine),
	[XRSCHED_A_EVENT_ENGINE_NAME] = EVENT(STRING, engine_name),
	[XRSCHED_A_EVENT_ENGINE_CLASS] = EVENT(STRING, engine_class),
	[XRSCHED_A_EVENT_STATE] = EVENT(U32, state),
	[XRSCHED_A_EVENT_LAYER] = EVENT(U32, layer),
	[XRSCHED_A_EVENT_POLICY] = EVENT(STRING, policy),
	[XRSCHED_A_EVENT_WINDOW] = EVENT(U32, window),
	[XRSCHED_A_EVENT_STEP] = EVENT(U32, step),
	[XRSCHED_A_EVENT_PROBE] = EVENT(U32, probe),
	[XRSCHED_A_EVENT_AGAIN] = EVENT(FLAG, again),
	[XRSCHED_A_EVENT_SETTLED] = EVENT(FLAG, settled),
	[XRSCHED_A_EVENT_RESTARTED] = EVENT(FLAG, restarted),
	[XRSCHED_A_EVENT_COST_Q40] = EVENT(U64, cost_q40),
	[XRSCHED_A_EVENT_ALPHA_PPM] = EVENT(U32, alpha_ppm),
	[XRSCHED_A_EVENT_BETA_PPM] = EVENT(U32, beta_ppm),
	[XRSCHED_A_EVENT_RADIUS] = EVENT(U32, radius),
	[XRSCHED_A_EVENT_LOST] = EVENT(U64, lost),
	[XRSCHED_A_EVENT_FAULT] = EVENT(U32, fault),
	[XRSCHED_A_EVENT_STREAM_NAME] = EVENT(STRING, stream_name),
};

void xrsched_read_string(char *to, size_t size, const struct nlattr *attr)
{
	size_t len = strnlen(nla_data(attr), nla_len(attr));

	if (len >= size)
		len = size - 1;
	memcpy(to, nla_data(attr), len);
	to[len] = '\0';
}

static int read_field(const struct field *field, char *object,
		      const struct nlattr *attr)
{
	void *to = object + field->offset;
	int64_t index;

	switch (field->type) {
	case FIELD_U32:
	case FIELD_U64:
		if ((size_t)nla_len(attr) != field->size)
			return -EPROTO;
		memcpy(to, nla_data(attr), field->size);
		return 0;
	case FIELD_INDEX:
		if (nla_len(attr) != sizeof(uint32_t))
			return -EPROTO;
		index = nla_get_u32(attr);
		memcpy(to, &index, sizeof(index));
		return 0;
	case FIELD_FLAG:
		*(uint32_t *)to = 1;
		return 0;
	case FIELD_STRING:
		xrsched_read_string(to, field->size, attr);
		return 0;
	case FIELD_NONE:
		break;
	}
	return 0;
}

/* What a newer kernel says beyond the table is passed over. */
static int read_fields(const struct field *table, size_t nr, void *object,
		       struct nlattr *attrs, int len)
{
	struct nlattr *attr;
	int rem, ret;

	nla_for_each_attr(attr, attrs, len, rem) {
		if ((size_t)nla_type(attr) >= nr)
			continue;
		ret = read_field(&table[nla_type(attr)], object, attr);
		if (ret)
			return ret;
	}
	return 0;
}

#define READ_FIELDS(table, object, attrs, len)                                \
	read_fields(table, sizeof(table) / sizeof((table)[0]), object, attrs, \
		    len)

int xrsched_read_device(struct xrsched_control_device *device,
			struct nlattr *attrs, int len)
{
	return READ_FIELDS(device_fields, device, attrs, len);
}

int xrsched_read_engine(struct xrsched_control_engine *engine,
			struct nlattr *attrs, int len)
{
	engine->stream = XRSCHED_CONTROL_NONE;
	return READ_FIELDS(engine_fields, engine, attrs, len);
}

int xrsched_read_stream(struct xrsched_control_stream *stream,
			struct nlattr *attrs, int len)
{
	stream->upstream = -1;
	return READ_FIELDS(stream_fields, stream, attrs, len);
}

int xrsched_read_event(struct xrsched_event *event, struct nlattr *attrs,
		       int len)
{
	event->client = XRSCHED_EVENT_NONE;
	event->stream = XRSCHED_EVENT_NONE;
	event->engine = XRSCHED_EVENT_NONE;
	return READ_FIELDS(event_fields, event, attrs, len);
}

int xrsched_read_fault(struct xrsched_fault_plan *plan, struct nlattr *attrs,
		       int len)
{
	struct nlattr *attr;
	int rem, ret;

	nla_for_each_attr(attr, attrs, len, rem) {
		if (nla_type(attr) != XRSCHED_A_FAULT_STEP)
			continue;
		if (plan->nr_steps == XRSCHED_FAULT_STEPS)
			return -EPROTO;
		ret = READ_FIELDS(step_fields, &plan->step[plan->nr_steps++],
				  nla_data(attr), nla_len(attr));
		if (ret)
			return ret;
	}
	return READ_FIELDS(fault_fields, plan, attrs, len);
}

int xrsched_read_guard(struct xrsched_guard *guard, struct nlattr *attrs,
		       int len)
{
	return READ_FIELDS(guard_fields, guard, attrs, len);
}

int xrsched_read_limits(struct xrsched_limits *limits, struct nlattr *attrs,
			int len)
{
	return READ_FIELDS(limits_fields, limits, attrs, len);
}

static int read_param(struct xrsched_control_param *param, struct nlattr *nest)
{
	struct nlattr *attr;
	bool has_value = false;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) == XRSCHED_A_PARAM_VALUE)
			has_value = true;
		if (nla_type(attr) != XRSCHED_A_PARAM_CHOICE)
			continue;
		if (param->nr_choices == XRSCHED_CONTROL_CHOICES)
			return -EPROTO;
		xrsched_read_string(param->choice[param->nr_choices++],
				    sizeof(param->choice[0]), attr);
	}
	rem = READ_FIELDS(param_fields, param, nla_data(nest), nla_len(nest));
	if (!has_value)
		param->value = param->init;
	return rem;
}

int xrsched_read_policy(struct xrsched_control_policy *policy,
			struct nlattr *attrs, int len)
{
	struct nlattr *attr;
	int rem, ret;

	policy->device = XRSCHED_CONTROL_ALL;
	nla_for_each_attr(attr, attrs, len, rem) {
		if (nla_type(attr) != XRSCHED_A_POLICY_PARAM)
			continue;
		if (policy->nr_params == XRSCHED_POLICY_PARAMS)
			return -EPROTO;
		ret = read_param(&policy->param[policy->nr_params++], attr);
		if (ret)
			return ret;
	}
	return READ_FIELDS(policy_fields, policy, attrs, len);
}
