// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics in the formats of other programs.
 */
#include "stats_export.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "put.h"

/**
 * struct metric - A member of objects, as Prometheus is to know it
 * @key: the member.
 * @name: name of the metric, in base units.
 * @help: one line about it.
 * @type: "counter" or "gauge".
 * @scale: what the member is multiplied by.
 */
struct metric {
	const char *key;
	const char *name;
	const char *help;
	const char *type;
	double scale;
};

#define COUNTER "counter"
#define GAUGE "gauge"
#define NS 1e-9
#define PJ 1e-12

static const struct metric device_metrics[] = {
	{ "clients", "xrsched_clients", "Open files.", GAUGE, 1 },
	{ "streams", "xrsched_streams", "Streams of all clients.", GAUGE, 1 },
	{ "engines", "xrsched_engines", "Engines.", GAUGE, 1 },
	{ "engines_up", "xrsched_engines_up", "Engines that take layers.",
	  GAUGE, 1 },
	{ "events", "xrsched_core_events_total",
	  "Events that the scheduler saw.", COUNTER, 1 },
	{ "decisions", "xrsched_decisions_total", "Layers dispatched.", COUNTER,
	  1 },
	{ "policy_faults", "xrsched_policy_faults_total",
	  "Choices of the policy that were replaced.", COUNTER, 1 },
	{ "bad_answers", "xrsched_bad_answers_total",
	  "Answers of engines' providers that were refused or cut.", COUNTER,
	  1 },
	{ "events_lost", "xrsched_events_lost_total",
	  "Netlink events that nobody was told of.", COUNTER, 1 },
	{ "dlv_sum", "xrsched_dlv", "Violated share of frames, over streams.",
	  GAUGE, 1 },
	{ "ne_sum", "xrsched_ne", "Energy over worst energy, over streams.",
	  GAUGE, 1 },
	{ "uxcost", "xrsched_uxcost", "DLV times NE; less is better.", GAUGE,
	  1 },
	{ "uxcost_honest", "xrsched_uxcost_honest",
	  "UXCost, violated frames charged at their worst.", GAUGE, 1 },
	{ "since_reset_ns", "xrsched_statistics_seconds",
	  "Time since the statistics were reset.", GAUGE, NS },
	{ 0 },
};

static const struct metric engine_metrics[] = {
	{ "busy_ns", "xrsched_engine_busy_seconds_total",
	  "Time that layers ran.", COUNTER, NS },
	{ "layers", "xrsched_engine_layers_total", "Layers finished.", COUNTER,
	  1 },
	{ "switches", "xrsched_engine_switches_total",
	  "Dispatches that moved activations.", COUNTER, 1 },
	{ "lost", "xrsched_engine_lost_layers_total",
	  "Layers begun and not finished here.", COUNTER, 1 },
	{ "faults", "xrsched_engine_faults_total",
	  "Layers it failed or did not finish in time.", COUNTER, 1 },
	{ "timeouts", "xrsched_engine_timeouts_total",
	  "Layers that took too long.", COUNTER, 1 },
	{ "refused", "xrsched_engine_refused_layers_total",
	  "Layers it could not run for what was passed along.", COUNTER, 1 },
	{ "energy_pj", "xrsched_engine_energy_joules_total",
	  "Energy used, switches included.", COUNTER, PJ },
	{ 0 },
};

static const struct metric stream_metrics[] = {
	{ "in_flight", "xrsched_stream_in_flight",
	  "Frames submitted and not ended.", GAUGE, 1 },
	{ "overdue_ns", "xrsched_stream_overdue_seconds",
	  "For how long the first of these is past its deadline.", GAUGE, NS },
	{ "period_ns", "xrsched_stream_period_seconds",
	  "Time between frames, 0: sporadic.", GAUGE, NS },
	{ "submitted", "xrsched_stream_submitted_total", "Frames accepted.",
	  COUNTER, 1 },
	{ "released", "xrsched_stream_released_total",
	  "Frames whose release came.", COUNTER, 1 },
	{ "completed", "xrsched_stream_completed_total",
	  "Frames that ran to their end.", COUNTER, 1 },
	{ "late", "xrsched_stream_late_total",
	  "Completed frames after their deadline.", COUNTER, 1 },
	{ "dropped", "xrsched_stream_dropped_total",
	  "Frames that the scheduler gave up.", COUNTER, 1 },
	{ "cancelled", "xrsched_stream_cancelled_total",
	  "Frames that their owner gave up.", COUNTER, 1 },
	{ "failed", "xrsched_stream_failed_total",
	  "Frames that could not be run.", COUNTER, 1 },
	{ "retried", "xrsched_stream_retried_layers_total",
	  "Layers that had to be repeated.", COUNTER, 1 },
	{ "layers", "xrsched_stream_layers_total", "Layers finished.", COUNTER,
	  1 },
	{ "energy_pj", "xrsched_stream_energy_joules_total",
	  "Energy of ended frames.", COUNTER, PJ },
	{ "worst_pj", "xrsched_stream_worst_energy_joules_total",
	  "What the same frames cost at worst.", COUNTER, PJ },
	{ 0 },
};

/* In quotes, with what the format wants escaped. */
static void print_value(const char *text)
{
	putchar('"');
	for (; text && *text; text++) {
		if (*text == '\\' || *text == '"')
			putchar('\\');
		if (*text == '\n')
			fputs("\\n", stdout);
		else
			putchar(*text);
	}
	putchar('"');
}

/* {device="0",engine="ws0",…}; @more is a label as it stands, or NULL. */
static void print_labels(const json_t *object, const char *const *keys,
			 const char *more)
{
	const char *comma = "{";

	for (; *keys; keys++) {
		const json_t *value = json_object_get(object, *keys);

		printf("%s%s=", comma, *keys);
		if (json_is_string(value))
			print_value(json_string_value(value));
		else
			printf("\"%" JSON_INTEGER_FORMAT "\"",
			       json_integer_value(value));
		comma = ",";
	}
	printf("%s%s}", more ? comma : "", more ? more : "");
}

static void print_head(const char *name, const char *help, const char *type)
{
	printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_metrics(const json_t *objects, const char *const *labels,
			  const struct metric *metric)
{
	json_t *object;
	size_t i;

	for (; metric->key; metric++) {
		if (json_array_size(objects))
			print_head(metric->name, metric->help, metric->type);
		json_array_foreach(objects, i, object) {
			fputs(metric->name, stdout);
			print_labels(object, labels, NULL);
			printf(" %.15g\n",
			       get_number(object, metric->key) * metric->scale);
		}
	}
}

/* What is a text is the label of something that is always 1. */
static void print_info(const json_t *objects, const char *const *labels,
		       const char *name, const char *help)
{
	json_t *object;
	size_t i;

	if (json_array_size(objects))
		print_head(name, help, GAUGE);
	json_array_foreach(objects, i, object) {
		fputs(name, stdout);
		print_labels(object, labels, NULL);
		puts(" 1");
	}
}

static void print_up(const json_t *engines, const char *const *labels)
{
	json_t *engine;
	size_t i;

	if (json_array_size(engines))
		print_head("xrsched_engine_up", "Whether it takes layers.",
			   GAUGE);
	json_array_foreach(engines, i, engine) {
		fputs("xrsched_engine_up", stdout);
		print_labels(engine, labels, NULL);
		printf(" %d\n", !strcmp(get_text(engine, "state"), "up"));
	}
}

/*
 * A distribution: quantiles and, if a member tells it, their count; there is no
 * sum of times.
 */
static void print_times(const json_t *streams, const char *const *labels,
			const char *name, const char *help, const char *prefix,
			const char *count)
{
	static const char *const quantiles[][2] = {
		{ "p50", "quantile=\"0.5\"" },
		{ "p90", "quantile=\"0.9\"" },
		{ "p99", "quantile=\"0.99\"" },
		{ "p999", "quantile=\"0.999\"" },
		{ "max", "quantile=\"1\"" },
	};
	json_t *stream;
	char key[32];
	size_t i;

	if (json_array_size(streams))
		print_head(name, help, "summary");
	json_array_foreach(streams, i, stream) {
		bool any = get_number(stream, "completed") > 0;

		/* Frames that are dropped later have waited, too. */
		snprintf(key, sizeof(key), "%s_max_ns", prefix);
		any |= get_number(stream, key) > 0;
		for (size_t q = 0; q < ELEMENTS(quantiles); q++) {
			snprintf(key, sizeof(key), "%s_%s_ns", prefix,
				 quantiles[q][0]);
			fputs(name, stdout);
			print_labels(stream, labels, quantiles[q][1]);
			if (any)
				printf(" %.15g\n",
				       get_number(stream, key) * NS);
			else
				puts(" NaN");
		}
		if (!count)
			continue;
		printf("%s_count", name);
		print_labels(stream, labels, NULL);
		printf(" %.15g\n", get_number(stream, count));
	}
}

void stats_prometheus(const json_t *devices, const json_t *engines,
		      const json_t *streams)
{
	static const char *const device[] = { "device", NULL };
	static const char *const device_info[] = { "device", "policy", NULL };
	static const char *const engine[] = { "device", "id", "name", NULL };
	static const char *const engine_info[] = { "device", "id",   "name",
						   "class",  "kind", NULL };
	static const char *const stream[] = { "device", "id",  "name", "model",
					      "client", "pid", NULL };

	print_info(devices, device_info, "xrsched_device_info",
		   "The policy of a device.");
	print_metrics(devices, device, device_metrics);
	print_info(engines, engine_info, "xrsched_engine_info",
		   "What an engine is.");
	print_up(engines, engine);
	print_metrics(engines, engine, engine_metrics);
	print_metrics(streams, stream, stream_metrics);
	print_times(streams, stream, "xrsched_stream_response_seconds",
		    "Time from release to finish of completed frames.",
		    "response", "completed");
	print_times(streams, stream, "xrsched_stream_queue_seconds",
		    "Time from release to first dispatch.", "queue", NULL);
}

/* ----- CSV ---------------------------------------------------------------- */

static void print_quoted(const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void print_cell(const json_t *value)
{
	if (json_is_string(value))
		print_quoted(json_string_value(value));
	else if (json_is_integer(value))
		printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		printf("%.15g", json_real_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "true" : "false", stdout);
}

void stats_csv(const json_t *rows, const json_t *like)
{
	const char *key, *comma = "";
	json_t *value, *row;
	size_t i;

	json_object_foreach((json_t *)like, key, value) {
		printf("%s%s", comma, key);
		comma = ",";
	}
	fputs("\r\n", stdout);
	json_array_foreach(rows, i, row) {
		comma = "";
		json_object_foreach((json_t *)like, key, value) {
			fputs(comma, stdout);
			print_cell(json_object_get(row, key));
			comma = ",";
		}
		fputs("\r\n", stdout);
	}
}
