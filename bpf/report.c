// SPDX-License-Identifier: GPL-2.0-only
/*
 * What xrsched-latency prints.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include <jansson.h>
#include <linux/xrsched.h>

#include "report.h"

static const char *const time_names[XRS_LATENCY_TIMES] = {
	[XRS_LATENCY_RESPONSE] = "response",
	[XRS_LATENCY_QUEUEING] = "queueing",
	[XRS_LATENCY_SERVICE] = "service",
};

static const struct {
	const char *title;
	const char *key;
	__u32 ppm;
} quantiles[] = {
	{ "p50", "p50_ns", 500000 },	{ "p90", "p90_ns", 900000 },
	{ "p99", "p99_ns", 990000 },	{ "p99.9", "p999_ns", 999000 },
	{ "max", "max_ns", 1000000 },
};

#define QUANTILES (sizeof(quantiles) / sizeof(*quantiles))

static const char *const outcome_names[XRS_LATENCY_OUTCOMES] = {
	[XRSCHED_COMPLETED] = "completed",
	[XRSCHED_DROPPED] = "dropped",
	[XRSCHED_CANCELLED] = "cancelled",
	[XRSCHED_FAILED] = "failed",
};

static int compare(const void *a, const void *b)
{
	const struct xrs_latency_stream *const *x = a, *const *y = b;
	const struct xrs_latency_key *k = &(*x)->key, *l = &(*y)->key;

	if (k->device != l->device)
		return k->device < l->device ? -1 : 1;
	if (k->client != l->client)
		return k->client < l->client ? -1 : 1;
	return k->stream < l->stream ? -1 : k->stream > l->stream;
}

static __u64 ended(const struct xrs_latency_stream *stream)
{
	__u64 nr = 0;
	int i;

	for (i = 0; i < XRS_LATENCY_OUTCOMES; i++)
		nr += stream->ended[i];
	return nr;
}

/* The streams of which something ended, by name; NULL without memory. */
static const struct xrs_latency_stream **
sorted(const struct xrs_latency_reading *reading, size_t *nr)
{
	const struct xrs_latency_stream **list;
	size_t i;

	*nr = 0;
	list = malloc((reading->nr + 1) * sizeof(*list));
	if (!list)
		return NULL;
	for (i = 0; i < reading->nr; i++) {
		if (ended(&reading->stream[i]))
			list[(*nr)++] = &reading->stream[i];
	}
	qsort(list, *nr, sizeof(*list), compare);
	return list;
}

static void print_time(FILE *out, const struct xrs_lhist *hist, __u32 ppm)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "s ", 1e9 }, { "ms", 1e6 }, { "us", 1e3 } };
	__u64 ns = xrs_lhist_quantile(hist, ppm);
	char text[32];
	size_t i = 0;

	if (!xrs_lhist_count(hist)) {
		fprintf(out, "%11s", "-");
		return;
	}
	while (i < 2 && ns < units[i].ns)
		i++;
	snprintf(text, sizeof(text), "%.4g", ns / units[i].ns);
	fprintf(out, " %7s %s", text, units[i].unit);
}

static void print_stream(FILE *out, const struct xrs_latency_stream *stream)
{
	const struct xrs_lhist *hist;
	size_t i, j;

	fprintf(out, "device %u  client %u  stream %u:", stream->key.device,
		stream->key.client, stream->key.stream);
	fprintf(out, "  %llu completed, %llu late",
		stream->ended[XRSCHED_COMPLETED], stream->late);
	for (i = XRSCHED_COMPLETED + 1; i < XRS_LATENCY_OUTCOMES; i++) {
		if (stream->ended[i] && outcome_names[i])
			fprintf(out, ", %llu %s", stream->ended[i],
				outcome_names[i]);
	}
	fprintf(out, "\n%20s", "count");
	for (j = 0; j < QUANTILES; j++)
		fprintf(out, "%11s", quantiles[j].title);
	fputc('\n', out);
	for (i = 0; i < XRS_LATENCY_TIMES; i++) {
		hist = &stream->time[i];
		fprintf(out, "  %-8s %9llu", time_names[i],
			xrs_lhist_count(hist));
		for (j = 0; j < QUANTILES; j++)
			print_time(out, hist, quantiles[j].ppm);
		fputc('\n', out);
	}
}

static void print_lost(FILE *out, const struct xrs_latency_reading *reading)
{
	if (reading->untracked)
		fprintf(out,
			"%llu jobs NOT counted: too many streams, see --max-streams\n",
			reading->untracked);
	if (reading->missed)
		fprintf(out,
			"%llu jobs NOT counted: the kernel skipped the probe\n",
			reading->missed);
}

int xrs_report_text(const struct xrs_report *report, FILE *out)
{
	const struct xrs_latency_stream **list;
	size_t nr, i;

	list = sorted(report->reading, &nr);
	if (!list)
		return -ENOMEM;
	if (report->total) {
		const char *why = xrs_latency_why_event(report->probe);

		fprintf(out, "in all %.2f s, by %s%s%s%s\n", report->seconds,
			xrs_latency_attached(report->probe), why ? " (" : "",
			why ? why : "", why ? ")" : "");
	} else {
		fprintf(out, "%.2f s\n", report->seconds);
	}
	for (i = 0; i < nr; i++)
		print_stream(out, list[i]);
	if (!nr)
		fputs("no job ended\n", out);
	print_lost(out, report->reading);
	free(list);
	return 0;
}

static json_t *time_json(const struct xrs_lhist *hist)
{
	__u64 count = xrs_lhist_count(hist);
	json_t *json = json_object(), *ns;
	size_t i;

	json_object_set_new(json, "count", json_integer(count));
	for (i = 0; i < QUANTILES; i++) {
		if (count)
			ns = json_integer(xrs_lhist_quantile(hist,
							     quantiles[i].ppm));
		else
			ns = json_null();
		json_object_set_new(json, quantiles[i].key, ns);
	}
	return json;
}

static json_t *stream_json(const struct xrs_latency_stream *stream)
{
	json_t *json = json_object();
	int i;

	json_object_set_new(json, "device", json_integer(stream->key.device));
	json_object_set_new(json, "client", json_integer(stream->key.client));
	json_object_set_new(json, "stream", json_integer(stream->key.stream));
	for (i = 0; i < XRS_LATENCY_OUTCOMES; i++) {
		if (outcome_names[i])
			json_object_set_new(json, outcome_names[i],
					    json_integer(stream->ended[i]));
	}
	json_object_set_new(json, "late", json_integer(stream->late));
	for (i = 0; i < XRS_LATENCY_TIMES; i++)
		json_object_set_new(json, time_names[i],
				    time_json(&stream->time[i]));
	return json;
}

static json_t *report_json(const struct xrs_report *report)
{
	const char *why = xrs_latency_why_event(report->probe);

	return json_pack("{s:s, s:s, s:s?, s:f, s:I, s:I}", "kind",
			 report->total ? "total" : "interval", "attached",
			 xrs_latency_attached(report->probe), "why", why,
			 "seconds", report->seconds, "untracked",
			 (json_int_t)report->reading->untracked, "missed",
			 (json_int_t)report->reading->missed);
}

int xrs_report_json(const struct xrs_report *report, FILE *out)
{
	const struct xrs_latency_stream **list;
	json_t *json, *streams;
	size_t nr, i;
	int ret = 0;

	list = sorted(report->reading, &nr);
	if (!list)
		return -ENOMEM;
	json = report_json(report);
	streams = json_array();
	for (i = 0; i < nr; i++)
		ret |= json_array_append_new(streams, stream_json(list[i]));
	ret |= json_object_set_new(json, "streams", streams);
	if (!ret)
		ret = json_dumpf(json, out,
				 JSON_COMPACT | JSON_REAL_PRECISION(9));
	fputc('\n', out);
	json_decref(json);
	free(list);
	return ret ? -ENOMEM : 0;
}
