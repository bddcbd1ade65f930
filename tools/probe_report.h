/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What "xrsched probe latency" prints.
 */
#ifndef PROBE_REPORT_H
#define PROBE_REPORT_H

#include <latency.h>

#include "probe.h"

/** enum report_by - What figures are of */
enum report_by { REPORT_STREAM, REPORT_ENGINE, REPORT_CLIENT };

/**
 * struct report - What a report is about
 * @probe: the probe.
 * @reading: what it saw.
 * @names: what numbers mean.
 * @by: what figures are of.
 * @seconds: in how long a time.
 * @total: of the whole measurement, not of an interval.
 */
struct report {
	const struct xrs_latency *probe;
	const struct xrs_latency_reading *reading;
	const struct probe_names *names;
	enum report_by by;
	double seconds;
	bool total;
};

/**
 * report_name() - learn what a stream or engine is called
 * @names: the names.
 * @key: which.
 * @name: its name.
 * @kind: its model or class.
 */
void report_name(struct probe_names *names, const struct xrs_latency_key *key,
		 const char *name, const char *kind);

/**
 * report_print() - print it
 * @report: the report.
 * @out: where to.
 * @json: as one line of JSON, else for people.
 */
void report_print(const struct report *report, FILE *out, bool json);

#endif /* PROBE_REPORT_H */
