// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "xrsched probe latency" prints: a JSON object, or a view of it.
 */
#include "probe_report.h"

#include <inttypes.h>
#include <stdlib.h>

#include <linux/xrsched.h>

#include "out.h"
#include "put.h"

/* What is shorter is all the same to a histogram. */
#define SHORTEST_NS (1 << XRS_LHIST_MIN_SHIFT)

struct quantile {
	const char *title;
	const char *key;
	uint32_t ppm;
};

static const struct quantile high[] = {
	{ "p50", "p50_ns", 500000 },  { "p90", "p90_ns", 900000 },
	{ "p99", "p99_ns", 990000 },  { "p99.9", "p999_ns", 999000 },
	{ "max", "max_ns", 1000000 }, { 0 },
};

/* Of slack, little is what hurts. */
static const struct quantile low[] = {
	{ "p50", "p50_ns", 500000 }, { "p10", "p10_ns", 100000 },
	{ "p1", "p1_ns", 10000 },    { "p0.1", "p01_ns", 1000 },
	{ "min", "min_ns", 0 },	     { 0 },
};

static const struct {
	const char *title;
	const char *key;
	enum xrs_latency_time time;
} times[] = {
	{ "response", "response", XRS_LATENCY_RESPONSE },
	{ "queueing", "queueing", XRS_LATENCY_QUEUEING },
	{ "service", "service", XRS_LATENCY_SERVICE },
	{ "wake-up", "wakeup", XRS_LATENCY_WAKEUP },
};

static const char *const outcomes[XRS_LATENCY_OUTCOMES] = {
	[XRSCHED_COMPLETED] = "completed",
	[XRSCHED_DROPPED] = "dropped",
	[XRSCHED_CANCELLED] = "cancelled",
	[XRSCHED_FAILED] = "failed",
};

/* ----- which, in what order ---------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct xrs_latency_key *k =
		&((const struct xrs_latency_slot *)a)->key;
	const struct xrs_latency_key *l =
		&((const struct xrs_latency_slot *)b)->key;

	if (k->device != l->device)
		return k->device < l->device ? -1 : 1;
	if (k->client != l->client)
		return k->client < l->client ? -1 : 1;
	if (k->id != l->id)
		return k->id < l->id ? -1 : 1;
	return k->nr < l->nr ? -1 : k->nr > l->nr;
}

static bool active(const struct xrs_latency_slot *slot)
{
	for (size_t i = 0; i < XRS_LATENCY_OUTCOMES; i++)
		if (slot->ended[i])
			return true;
	for (size_t i = 0; i < XRS_LATENCY_TIMES; i++)
		if (xrs_lhist_count(&slot->time[i]))
			return true;
	return false;
}

/* Those of which something was seen, sorted; streams of a client become one. */
static struct xrs_latency_slot *collect(const struct report *report, size_t *nr)
{
	const struct xrs_latency_reading *reading = report->reading;
	struct xrs_latency_slot *slots, *last = NULL;
	size_t used = 0;

	slots = calloc(reading->nr + 1, sizeof(*slots));
	if (!slots)
		out_of_memory();
	for (size_t i = 0; i < reading->nr; i++)
		if (active(&reading->slot[i]))
			slots[used++] = reading->slot[i];
	qsort(slots, used, sizeof(*slots), compare);
	*nr = used;
	if (report->by != REPORT_CLIENT)
		return slots;
	*nr = 0;
	for (size_t i = 0; i < used; i++) {
		if (last && last->key.device == slots[i].key.device &&
		    last->key.client == slots[i].key.client) {
			xrs_latency_merge(last, &slots[i]);
		} else {
			last = &slots[(*nr)++];
			*last = slots[i];
		}
	}
	return slots;
}

/* ----- names ------------------------------------------------------------- */

static uint32_t client_of(const struct xrs_latency_key *key)
{
	return key->client == XRS_LATENCY_ENGINE ? 0 : key->client;
}

void report_name(struct probe_names *names, const struct xrs_latency_key *key,
		 const char *name, const char *kind)
{
	probe_names_set(names, key->device, client_of(key),
			probe_engine(key->id, key->nr), name, kind);
}

/* ----- JSON -------------------------------------------------------------- */

static void put_signed(json_t *object, const char *key, int64_t value)
{
	put(object, key, json_integer(value));
}

static json_t *time_json(const struct xrs_lhist *hist)
{
	uint64_t count = xrs_lhist_count(hist);
	json_t *object = put_object();

	put_count(object, "count", count);
	for (const struct quantile *q = high; q->title; q++) {
		if (count)
			put_count(object, q->key,
				  xrs_lhist_quantile(hist, q->ppm));
		else
			put_null(object, q->key);
	}
	return object;
}

static json_t *slack_json(const struct xrs_latency_slot *slot)
{
	const struct xrs_lhist *below = &slot->time[XRS_LATENCY_OVERDUE];
	const struct xrs_lhist *above = &slot->time[XRS_LATENCY_SLACK];
	uint64_t overdue = xrs_lhist_count(below);
	uint64_t count = overdue + xrs_lhist_count(above);
	static const struct quantile *const both[] = { high, low };
	json_t *object = put_object();

	put_count(object, "count", count);
	put_count(object, "overdue", overdue);
	for (size_t i = 0; i < ELEMENTS(both); i++) {
		for (const struct quantile *q = both[i]; q->title; q++) {
			if (count)
				put_signed(object, q->key,
					   xrs_lhist_signed_quantile(
						   below, above, q->ppm));
			else
				put_null(object, q->key);
		}
	}
	return object;
}

static void put_key(json_t *object, const struct report *report,
		    const struct xrs_latency_key *key)
{
	uint64_t id = probe_engine(key->id, key->nr);
	const char *name =
		probe_names_get(report->names, key->device, client_of(key), id);
	const char *kind = probe_names_kind(report->names, key->device,
					    client_of(key), id);

	put_count(object, "device", key->device);
	switch (report->by) {
	case REPORT_ENGINE:
		put_count(object, "engine", key->id);
		put_text(object, "name", name);
		put_text(object, "class", kind);
		break;
	case REPORT_CLIENT:
		put_count(object, "client", key->client);
		break;
	case REPORT_STREAM:
		put_count(object, "client", key->client);
		put_count(object, "stream", key->id);
		put_text(object, "name", name);
		put_text(object, "model", kind);
		break;
	}
}

static json_t *slot_json(const struct report *report,
			 const struct xrs_latency_slot *slot)
{
	json_t *object = put_object();

	put_key(object, report, &slot->key);
	if (report->by == REPORT_ENGINE) {
		put_count(object, "layers", slot->ended[XRSCHED_COMPLETED]);
		put_count(object, "lost", slot->lost);
	} else {
		for (size_t i = 0; i < XRS_LATENCY_OUTCOMES; i++)
			if (outcomes[i])
				put_count(object, outcomes[i], slot->ended[i]);
		put_count(object, "late", slot->late);
	}
	put_count(object, "odd", slot->odd);
	for (size_t i = 0; i < ELEMENTS(times); i++) {
		if (report->by == REPORT_ENGINE &&
		    times[i].time == XRS_LATENCY_WAKEUP)
			continue;
		put(object, times[i].key,
		    time_json(&slot->time[times[i].time]));
	}
	put(object, "slack", slack_json(slot));
	return object;
}

static const char *const by_names[] = {
	[REPORT_STREAM] = "streams",
	[REPORT_ENGINE] = "engines",
	[REPORT_CLIENT] = "clients",
};

static json_t *report_json(const struct report *report)
{
	json_t *object = put_object(), *array = put_array();
	struct xrs_latency_slot *slots;
	size_t nr;

	put_text(object, "kind", report->total ? "total" : "interval");
	put_text(object, "attached", xrs_latency_attached(report->probe));
	put_text(object, "why", xrs_latency_why_event(report->probe));
	put_real(object, "seconds", report->seconds);
	put_count(object, "untracked", report->reading->untracked);
	put_count(object, "missed", report->reading->missed);
	slots = collect(report, &nr);
	for (size_t i = 0; i < nr; i++)
		put_append(array, slot_json(report, &slots[i]));
	free(slots);
	put(object, by_names[report->by], array);
	return object;
}

/* ----- text -------------------------------------------------------------- */

static uint64_t count_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_heading(FILE *out, const char *title,
			  const struct quantile *q)
{
	fprintf(out, "  %-8s %9s", title, "count");
	for (; q->title; q++)
		fprintf(out, "%11s", q->title);
	fputc('\n', out);
}

static void print_times(FILE *out, const char *title, const json_t *object,
			const struct quantile *q)
{
	char text[32];

	fprintf(out, "  %-8s %9" PRIu64, title, count_of(object, "count"));
	for (; q->title; q++) {
		const json_t *ns = json_object_get(object, q->key);
		json_int_t value = json_integer_value(ns);

		if (!json_is_integer(ns))
			snprintf(text, sizeof(text), "-");
		else if (value > 0 && value < SHORTEST_NS)
			snprintf(text, sizeof(text), "<1 us");
		else
			probe_time(text, sizeof(text), value);
		fprintf(out, "%11s", text);
	}
	fputc('\n', out);
}

static void print_title(FILE *out, enum report_by by, const json_t *object)
{
	const char *name = get_text(object, "name");

	if (name)
		fprintf(out, "%s (", name);
	fprintf(out, "device %" PRIu64, count_of(object, "device"));
	if (by == REPORT_ENGINE)
		fprintf(out, ", engine %" PRIu64, count_of(object, "engine"));
	else
		fprintf(out, ", client %" PRIu64, count_of(object, "client"));
	if (by == REPORT_STREAM)
		fprintf(out, ", stream %" PRIu64, count_of(object, "stream"));
	fputs(name ? "): " : ": ", out);
}

static void print_counts(FILE *out, enum report_by by, const json_t *object)
{
	if (by == REPORT_ENGINE) {
		fprintf(out, "%" PRIu64 " layers", count_of(object, "layers"));
	} else {
		fprintf(out, "%" PRIu64 " completed, %" PRIu64 " late",
			count_of(object, "completed"),
			count_of(object, "late"));
		for (size_t i = XRSCHED_COMPLETED + 1; i < XRS_LATENCY_OUTCOMES;
		     i++)
			if (outcomes[i] && count_of(object, outcomes[i]))
				fprintf(out, ", %" PRIu64 " %s",
					count_of(object, outcomes[i]),
					outcomes[i]);
	}
	if (count_of(object, "lost"))
		fprintf(out, ", %" PRIu64 " NOT seen",
			count_of(object, "lost"));
	if (count_of(object, "odd"))
		fprintf(out, ", %" PRIu64 " with impossible times NOT counted",
			count_of(object, "odd"));
	fputc('\n', out);
}

static void print_slot(FILE *out, enum report_by by, const json_t *object)
{
	const json_t *slack = json_object_get(object, "slack");
	uint64_t overdue = count_of(slack, "overdue");

	print_title(out, by, object);
	print_counts(out, by, object);
	print_heading(out, "", high);
	for (size_t i = 0; i < ELEMENTS(times); i++) {
		const json_t *time = json_object_get(object, times[i].key);

		/* Who polls, or has a ring, never sleeps. */
		if (times[i].time != XRS_LATENCY_WAKEUP ||
		    count_of(time, "count"))
			print_times(out, times[i].title, time, high);
	}
	print_heading(out, "", low);
	print_times(out, "slack", slack, low);
	if (overdue)
		fprintf(out,
			"  %" PRIu64
			" began after their deadline (slack below 0)\n",
			overdue);
}

static void print_text(const struct report *report, FILE *out,
		       const json_t *object)
{
	const json_t *array = json_object_get(object, by_names[report->by]);
	const char *why = get_text(object, "why");
	const json_t *slot;
	size_t i;

	if (report->total)
		fprintf(out, "in all %.2f s, by %s%s%s%s\n", report->seconds,
			get_text(object, "attached"), why ? " (" : "",
			why ? why : "", why ? ")" : "");
	else
		fprintf(out, "%.2f s\n", report->seconds);
	json_array_foreach(array, i, slot)
		print_slot(out, report->by, slot);
	if (!json_array_size(array))
		fputs("nothing happened\n", out);
	if (count_of(object, "untracked"))
		fprintf(out,
			"%" PRIu64 " events NOT counted: too many streams, see "
			"--max-streams\n",
			count_of(object, "untracked"));
	if (count_of(object, "missed"))
		fprintf(out,
			"%" PRIu64
			" events NOT counted: the kernel skipped the probe\n",
			count_of(object, "missed"));
}

void report_print(const struct report *report, FILE *out, bool json)
{
	json_t *object = report_json(report);

	if (json) {
		if (json_dumpf(object, out,
			       JSON_COMPACT | JSON_REAL_PRECISION(9)))
			out_of_memory();
		fputc('\n', out);
	} else {
		print_text(report, out, object);
	}
	json_decref(object);
}
