// SPDX-License-Identifier: GPL-2.0-only
/*
 * Summaries of an evaluation for people: a table per load.
 */
#include "eval_text.h"

#include <stdio.h>

#include "out.h"
#include "put.h"

static const struct out_column columns[] = {
	{ "policy", "policy", OUT_TEXT, 0 },
	{ "reduction_vs", "dream-full's reduction", OUT_SHARE, 0 },
	{ "low", "from", OUT_SHARE, 0 },
	{ "high", "to", OUT_SHARE, 0 },
	{ "reduction_vs_honest", "honest", OUT_SHARE, 0 },
	{ "default_reduction_vs", "the default's", OUT_SHARE, 0 },
	{ "dlv_sum", "DLV", OUT_REAL, 0 },
	{ "ne_sum", "NE", OUT_REAL, 0 },
	{ "missed", "missed", OUT_SHARE, 0 },
	{ "accuracy", "accuracy", OUT_REAL, 0 },
	{ 0 },
};

static const struct out_block view[] = {
	{ .columns = columns },
	{ 0 },
};

/* What a summary has of a policy in one of its members. */
static void take(json_t *row, const json_t *summary, const char *key,
		 const char *policy)
{
	json_t *value = json_object_get(json_object_get(summary, key), policy);

	if (value)
		put(row, key, json_incref(value));
}

static json_t *row_of(const json_t *summary, const char *policy)
{
	static const char *const keys[] = {
		"reduction_vs",
		"reduction_vs_honest",
		"default_reduction_vs",
		"dlv_sum",
		"ne_sum",
		"missed",
		"accuracy",
	};
	json_t *ci =
		json_object_get(json_object_get(summary, "ci95_cells"), policy);
	json_t *row = put_object();

	put_text(row, "policy", policy);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		take(row, summary, keys[i], policy);
	if (json_array_size(ci) == 2) {
		put(row, "low", json_incref(json_array_get(ci, 0)));
		put(row, "high", json_incref(json_array_get(ci, 1)));
	}
	return row;
}

static void print_summary(const json_t *summary)
{
	json_t *missed = json_object_get(summary, "missed"), *value;
	json_t *rows = put_array();
	const char *policy;

	printf("load %s, %s phases, expired frames: %s, cascade: %s; %g s, "
	       "%g cells, %g seeds\n",
	       get_text(summary, "load"), get_text(summary, "phase"),
	       get_text(summary, "expired"), get_text(summary, "cascade"),
	       get_number(summary, "seconds"), get_number(summary, "cells"),
	       get_number(summary, "seeds"));
	json_object_foreach(missed, policy, value)
		put_append(rows, row_of(summary, policy));
	out_text(rows, view);
	json_decref(rows);
}

void eval_text(const json_t *summaries)
{
	json_t *summary;
	size_t i;

	json_array_foreach(summaries, i, summary) {
		if (i)
			putchar('\n');
		print_summary(summary);
	}
}
