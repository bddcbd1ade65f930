// SPDX-License-Identifier: GPL-2.0-only
/*
 * An event, as a line of text or as JSON.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "clock.h"
#include "cmd.h"
#include "events.h"
#include "names.h"
#include "put.h"

#define PPM 1e6
#define MS 1e6

static double q40(uint64_t value)
{
	return ldexp(value, -40);
}

static void put_job(json_t *object, const struct xrsched_event *event)
{
	put_count(object, "client", event->client);
	put_count(object, "stream", event->stream);
	put_text(object, "stream_name", event->stream_name);
	put_count(object, "frame", event->frame);
}

static void put_end(json_t *object, const struct xrsched_event *event)
{
	put_count(object, "deadline_ns", event->deadline_ns);
	put_count(object, "late_ns", event->late_ns);
}

static void put_engine(json_t *object, const struct xrsched_event *event)
{
	put_count(object, "engine", event->engine);
	put_text(object, "engine_name", event->engine_name);
	put_text(object, "engine_class", event->engine_class);
	put_text(object, "state", engine_state_name(event->state));
}

static void put_tuner(json_t *object, const struct xrsched_event *event)
{
	put_count(object, "window", event->window);
	put_count(object, "step", event->step);
	put_count(object, "probe", event->probe);
	put_bool(object, "again", event->again);
	put_bool(object, "settled", event->settled);
	put_bool(object, "restarted", event->restarted);
	put_real(object, "cost", q40(event->cost_q40));
	put_real(object, "alpha", event->alpha_ppm / PPM);
	put_real(object, "beta", event->beta_ppm / PPM);
	put_real(object, "radius", event->radius / 65536.0);
}

json_t *events_json(const struct xrsched_event *event)
{
	json_t *object = put_object();

	put_text(object, "kind", xrsched_event_name(event->kind));
	put_count(object, "device", event->device);
	put_count(object, "time_ns", event->time_ns);
	put_count(object, "seq", event->seq);
	if (event->engine != XRSCHED_EVENT_NONE)
		put_engine(object, event);
	if (event->stream != XRSCHED_EVENT_NONE)
		put_job(object, event);
	switch (event->kind) {
	case XRSCHED_CMD_DEADLINE_MISS_NTF:
	case XRSCHED_CMD_DROP_NTF:
		put_end(object, event);
		put_text(object, "reason", reason_name(event->reason));
		break;
	case XRSCHED_CMD_ENGINE_FAULT_NTF:
		if (event->stream != XRSCHED_EVENT_NONE)
			put_count(object, "layer", event->layer);
		put_text(object, "fault", xrsched_fault_name(event->fault));
		put_text(object, "reason", reason_name(event->reason));
		break;
	case XRSCHED_CMD_POLICY_CHANGE_NTF:
		put_text(object, "policy", event->policy);
		break;
	case XRSCHED_CMD_TUNER_STEP_NTF:
		put_tuner(object, event);
		break;
	case XRSCHED_CMD_LOST_NTF:
		put_count(object, "lost", event->lost);
		break;
	}
	return object;
}

/* "gaze (stream 0) frame 7" */
static void print_frame(const struct xrsched_event *event)
{
	if (*event->stream_name)
		printf("%s (stream %" PRIu32 ")", event->stream_name,
		       event->stream);
	else
		printf("stream %" PRIu32, event->stream);
	printf(" frame %" PRIu64, event->frame);
}

/* "ws0 (engine 0, ws-2k)" */
static void print_engine(const struct xrsched_event *event)
{
	if (*event->engine_name)
		printf("%s (engine %" PRIu32 ", %s)", event->engine_name,
		       event->engine, event->engine_class);
	else
		printf("engine %" PRIu32 " (%s)", event->engine,
		       event->engine_class);
}

static void print_miss(const struct xrsched_event *event)
{
	const char *reason = reason_name(event->reason);

	print_frame(event);
	if (reason)
		printf(": given up, %s", reason);
	if (event->late_ns)
		printf("%s %.3f ms %s", reason ? "," : ":", event->late_ns / MS,
		       reason ? "after its deadline" : "late");
}

static void print_fault(const struct xrsched_event *event)
{
	const char *fault = xrsched_fault_name(event->fault);

	print_engine(event);
	printf(": %s", fault ? fault : "fault");
	if (event->stream == XRSCHED_EVENT_NONE)
		return;
	printf(" at layer %" PRIu32 " of ", event->layer);
	print_frame(event);
}

static void print_tuner(const struct xrsched_event *event)
{
	printf("window %" PRIu32 ": UXCost %.4g; next alpha %.4g beta %.4g",
	       event->window, q40(event->cost_q40), event->alpha_ppm / PPM,
	       event->beta_ppm / PPM);
	if (event->settled)
		printf(", settled");
	else
		printf(", step %" PRIu32 " probe %" PRIu32 "%s", event->step,
		       event->probe, event->again ? " again" : "");
	if (event->restarted)
		printf(", begun anew");
}

void events_heading(void)
{
	printf("%14s  %3s  %-13s\n", "TIME s", "DEV", "EVENT");
}

void events_text(const struct xrsched_event *event)
{
	printf("%7" PRIu64 ".%06" PRIu64 "  %3" PRIu32 "  %-13s  ",
	       event->time_ns / NS, event->time_ns % NS / 1000, event->device,
	       xrsched_event_name(event->kind));
	switch (event->kind) {
	case XRSCHED_CMD_DEADLINE_MISS_NTF:
		print_miss(event);
		break;
	case XRSCHED_CMD_DROP_NTF:
		print_frame(event);
		printf(": %s", reason_name(event->reason)
				       ? reason_name(event->reason)
				       : "no reason given");
		break;
	case XRSCHED_CMD_ENGINE_UP_NTF:
		print_engine(event);
		break;
	case XRSCHED_CMD_ENGINE_DOWN_NTF:
		print_engine(event);
		printf(": %s", engine_state_name(event->state));
		break;
	case XRSCHED_CMD_ENGINE_FAULT_NTF:
		print_fault(event);
		break;
	case XRSCHED_CMD_POLICY_CHANGE_NTF:
		printf("%s", event->policy);
		break;
	case XRSCHED_CMD_TUNER_STEP_NTF:
		print_tuner(event);
		break;
	case XRSCHED_CMD_LOST_NTF:
		printf("%" PRIu64 " events are missing here", event->lost);
		break;
	}
	putchar('\n');
}
