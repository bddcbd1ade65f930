/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics in the formats of other programs.
 */
#ifndef STATS_EXPORT_H
#define STATS_EXPORT_H

#include <jansson.h>

/**
 * stats_prometheus() - print in Prometheus' text exposition format 0.0.4
 * @devices: array of device objects.
 * @engines: array of engine objects.
 * @streams: array of stream objects, null: not to be seen.
 */
void stats_prometheus(const json_t *devices, const json_t *engines,
		      const json_t *streams);

/**
 * stats_csv() - print a table as RFC 4180 says, with a line of names
 * @rows: array of objects that have the same members.
 * @like: an object that has them, for the names where there is no row.
 */
void stats_csv(const json_t *rows, const json_t *like);

#endif /* STATS_EXPORT_H */
