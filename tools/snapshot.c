// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the kernel says about devices, as JSON.
 */
#include "snapshot.h"

#include <math.h>

#include "names.h"
#include "out.h"
#include "put.h"
#include "trouble.h"

#define PPM 1e6

static double q48(uint64_t value)
{
	return ldexp(value, -48);
}

static double q40(uint64_t value)
{
	return ldexp(value, -40);
}

json_t *snapshot_device(const struct xrsched_control_device *device)
{
	json_t *object = put_object();

	put_count(object, "device", device->nr);
	put_count(object, "engines", device->engines);
	put_count(object, "engines_up", device->engines_up);
	put_count(object, "streams", device->streams);
	put_count(object, "clients", device->clients);
	put_text(object, "policy", device->policy);
	put_count(object, "events", device->events);
	put_count(object, "decisions", device->decisions);
	put_count(object, "policy_faults", device->policy_faults);
	put_real(object, "dlv_sum", q48(device->dlv_sum_q48));
	put_real(object, "ne_sum", q48(device->ne_sum_q48));
	put_real(object, "ne_honest_sum", q48(device->ne_honest_sum_q48));
	put_real(object, "uxcost", q40(device->uxcost_q40));
	put_real(object, "uxcost_honest", q40(device->uxcost_honest_q40));
	put_count(object, "since_reset_ns", device->now_ns - device->reset_ns);
	put_count(object, "events_lost", device->events_lost);
	put_count(object, "bad_answers", device->bad_answers);
	return object;
}

static int one_device(struct xrsched_control *control, uint32_t device,
		      json_t *array)
{
	struct xrsched_control_device info;
	int ret = xrsched_control_device_get(control, device, &info);

	if (!ret)
		put_append(array, snapshot_device(&info));
	return ret;
}

static int all_devices(struct xrsched_control *control, json_t *array)
{
	struct xrsched_control_device *list;
	int nr = xrsched_control_devices(control, &list);

	if (nr < 0)
		return nr;
	for (int i = 0; i < nr; i++)
		put_append(array, snapshot_device(&list[i]));
	xrsched_free(list);
	return 0;
}

int snapshot_devices(struct xrsched_control *control, uint32_t device,
		     json_t **array)
{
	int ret;

	*array = put_array();
	ret = device == XRSCHED_CONTROL_ALL
		      ? all_devices(control, *array)
		      : one_device(control, device, *array);
	if (!ret)
		return 0;
	json_decref(*array);
	return trouble_control(control, ret, "no device to be seen");
}

json_t *snapshot_engine(const struct xrsched_control_engine *engine)
{
	json_t *object = put_object();

	put_count(object, "device", engine->device);
	put_count(object, "id", engine->id);
	put_text(object, "name", engine->name);
	put_text(object, "class", engine->class_name);
	put_count(object, "pes", engine->pes);
	put_count(object, "bytes_per_us", engine->bytes_per_us);
	put_text(object, "kind", engine_kind_name(engine->kind));
	put_text(object, "state", engine_state_name(engine->state));
	put_bool(object, "busy", engine->busy);
	put_count(object, "busy_ns", engine->busy_ns);
	put_count(object, "layers", engine->layers);
	put_count(object, "switches", engine->switches);
	put_count(object, "lost", engine->lost);
	put_count(object, "energy_pj", engine->energy_pj);
	put_count(object, "faults", engine->faults);
	put_count(object, "timeouts", engine->timeouts);
	put_count(object, "refused", engine->refused);
	put_count(object, "bad_answers", engine->bad_answers);
	put_count(object, "strikes", engine->strikes);
	put_count(object, "lost_ns", engine->lost_ns);
	put_count(object, "lost_pj", engine->lost_pj);
	put_count(object, "predictions", engine->predictions);
	if (engine->predictions) {
		put_real(object, "error_p50", engine->error_p50_ppm / PPM);
		put_real(object, "error_p95", engine->error_p95_ppm / PPM);
	} else {
		put_null(object, "error_p50");
		put_null(object, "error_p95");
	}
	return object;
}

int snapshot_engines(struct xrsched_control *control, uint32_t device,
		     json_t **array)
{
	struct xrsched_control_engine *list;
	int nr = xrsched_control_engines(control, device, &list);

	if (nr < 0)
		return trouble_control(control, nr, "no engines to be seen");
	*array = put_array();
	for (int i = 0; i < nr; i++)
		put_append(*array, snapshot_engine(&list[i]));
	xrsched_free(list);
	return 0;
}

static void put_stream(json_t *object,
		       const struct xrsched_control_stream *stream)
{
	put_count(object, "device", stream->device);
	put_count(object, "id", stream->id);
	put_text(object, "name", stream->name);
	put_text(object, "model", stream->model);
	put_count(object, "client", stream->client);
	put_count(object, "pid", stream->pid);
	put_count(object, "period_ns", stream->period_ns);
	put_count(object, "deadline_ns", stream->deadline_ns);
	put_count(object, "weight", stream->weight);
	put_count(object, "in_flight", stream->in_flight);
	put_count(object, "overdue_ns", stream->overdue_ns);
	if (stream->upstream < 0)
		put_null(object, "upstream");
	else
		put_count(object, "upstream", stream->upstream);
}

static void put_stream_counts(json_t *object,
			      const struct xrsched_control_stream *stream)
{
	put_count(object, "submitted", stream->submitted);
	put_count(object, "released", stream->released);
	put_count(object, "completed", stream->completed);
	put_count(object, "late", stream->late);
	put_count(object, "dropped", stream->dropped);
	put_count(object, "cancelled", stream->cancelled);
	put_count(object, "failed", stream->failed);
	put_count(object, "retried", stream->retried);
	put_count(object, "full", stream->full);
	put_count(object, "layers", stream->layers);
	put_count(object, "switches", stream->switches);
	put_count(object, "energy_pj", stream->energy_pj);
	put_count(object, "worst_pj", stream->worst_pj);
	put_count(object, "honest_pj", stream->honest_pj);
}

static void put_stream_times(json_t *object,
			     const struct xrsched_control_stream *stream)
{
	put_count(object, "response_p50_ns", stream->response.p50_ns);
	put_count(object, "response_p90_ns", stream->response.p90_ns);
	put_count(object, "response_p99_ns", stream->response.p99_ns);
	put_count(object, "response_p999_ns", stream->response.p999_ns);
	put_count(object, "response_max_ns", stream->response.max_ns);
	put_count(object, "queue_p50_ns", stream->queue.p50_ns);
	put_count(object, "queue_p90_ns", stream->queue.p90_ns);
	put_count(object, "queue_p99_ns", stream->queue.p99_ns);
	put_count(object, "queue_p999_ns", stream->queue.p999_ns);
	put_count(object, "queue_max_ns", stream->queue.max_ns);
}

json_t *snapshot_stream(const struct xrsched_control_stream *stream)
{
	json_t *object = put_object();

	put_stream(object, stream);
	put_stream_counts(object, stream);
	put_stream_times(object, stream);
	return object;
}

int snapshot_streams(struct xrsched_control *control, uint32_t device,
		     json_t **array)
{
	struct xrsched_control_stream *list;
	int nr = xrsched_control_streams(control, device, &list);

	if (nr < 0)
		return nr;
	*array = put_array();
	for (int i = 0; i < nr; i++)
		put_append(*array, snapshot_stream(&list[i]));
	xrsched_free(list);
	return 0;
}
