/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What xrsched-latency prints.
 */
#ifndef XRS_REPORT_H
#define XRS_REPORT_H

#include <stdio.h>

#include "latency.h"

/**
 * struct xrs_report - What a report is about
 * @probe: the probe
 * @reading: what it saw
 * @seconds: in how long a time
 * @total: of the whole measurement, not of an interval
 */
struct xrs_report {
	const struct xrs_latency *probe;
	const struct xrs_latency_reading *reading;
	double seconds;
	bool total;
};

/** xrs_report_text() - print it for people; 0 or -ENOMEM */
int xrs_report_text(const struct xrs_report *report, FILE *out);

/** xrs_report_json() - print it as one line of JSON; 0 or -ENOMEM */
int xrs_report_json(const struct xrs_report *report, FILE *out);

#endif /* XRS_REPORT_H */
