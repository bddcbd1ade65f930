// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs of an evaluation, in memory and in files.
 */
#include "eval_record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"
#include "put.h"

const char *const eval_metric_name[EVAL_METRICS] = {
	[EVAL_UXCOST] = "uxcost",
	[EVAL_HONEST] = "uxcost_honest",
	[EVAL_FEASIBLE] = "uxcost_feasible",
	[EVAL_FEASIBLE_HONEST] = "uxcost_feasible_honest",
	[EVAL_DLV] = "dlv_sum",
	[EVAL_NE] = "ne_sum",
	[EVAL_MISSED] = "missed",
	[EVAL_LATE] = "late_share",
	[EVAL_DROPPED] = "dropped_share",
	[EVAL_ACCURACY] = "accuracy",
	[EVAL_XRBENCH] = "xrbench",
};

static int compare_number(double a, double b)
{
	return (a > b) - (a < b);
}

/* Words come before numbers: loads are "asis", "natural", "0.6" and up. */
static int compare_value(const char *a, const char *b)
{
	char *end_a, *end_b;
	double x = strtod(a, &end_a), y = strtod(b, &end_b);
	bool word_a = *end_a, word_b = *end_b;

	if (word_a && word_b)
		return strcmp(a, b);
	if (word_a != word_b)
		return word_a ? -1 : 1;
	return compare_number(x, y);
}

static int compare_group(const struct eval_key *a, const struct eval_key *b)
{
	int ret = compare_number(a->seconds, b->seconds);

	if (!ret)
		ret = compare_value(a->load, b->load);
	if (!ret)
		ret = strcmp(a->phase, b->phase);
	if (!ret)
		ret = strcmp(a->expired, b->expired);
	if (!ret)
		ret = compare_value(a->cascade, b->cascade);
	return ret ? ret : compare_value(a->error, b->error);
}

static int compare_cell(const struct eval_key *a, const struct eval_key *b)
{
	int ret = strcmp(a->scenario, b->scenario);

	return ret ? ret : strcmp(a->hw, b->hw);
}

int eval_compare(const struct eval_key *a, const struct eval_key *b)
{
	int ret = compare_group(a, b);

	if (!ret)
		ret = compare_cell(a, b);
	if (!ret)
		ret = (a->seed > b->seed) - (a->seed < b->seed);
	return ret ? ret : strcmp(a->policy, b->policy);
}

bool eval_same_group(const struct eval_key *a, const struct eval_key *b)
{
	return !compare_group(a, b);
}

bool eval_same_cell(const struct eval_key *a, const struct eval_key *b)
{
	return !compare_cell(a, b);
}

struct eval_record *eval_set_add(struct eval_set *set,
				 const struct eval_key *key)
{
	struct eval_record *record;

	if (set->nr == set->room) {
		set->room = set->room ? set->room * 2 : 1024;
		set->record =
			realloc(set->record, set->room * sizeof(*set->record));
		if (!set->record)
			out_of_memory();
	}
	record = &set->record[set->nr++];
	memset(record, 0, sizeof(*record));
	record->key = *key;
	return record;
}

/* Among equal keys, runs that have a result come first. */
static int compare_record(const void *a, const void *b)
{
	const struct eval_record *x = a, *y = b;
	int ret = eval_compare(&x->key, &y->key);

	return ret ? ret : !x->line - !y->line;
}

void eval_set_sort(struct eval_set *set)
{
	size_t kept = 0;

	if (set->nr)
		qsort(set->record, set->nr, sizeof(*set->record),
		      compare_record);
	for (size_t i = 0; i < set->nr; i++) {
		struct eval_record *record = &set->record[i];

		if (kept &&
		    !eval_compare(&set->record[kept - 1].key, &record->key))
			free(record->line);
		else
			set->record[kept++] = *record;
	}
	set->nr = kept;
}

void eval_set_free(struct eval_set *set)
{
	for (size_t i = 0; i < set->nr; i++)
		free(set->record[i].line);
	free(set->record);
	memset(set, 0, sizeof(*set));
}

static bool take_text(const json_t *object, const char *key, char *to,
		      size_t size)
{
	const char *text = get_text(object, key);

	return text && (size_t)snprintf(to, size, "%s", text) < size;
}

static bool take_key(const json_t *object, struct eval_key *key)
{
	memset(key, 0, sizeof(*key));
	key->seconds = get_number(object, "seconds");
	key->seed = json_integer_value(json_object_get(object, "seed"));
	/* Not in files of before there were any. */
	if (!take_text(object, "estimate_error", key->error, EVAL_NAME))
		strcpy(key->error, "0");
	return take_text(object, "load", key->load, EVAL_NAME) &&
	       take_text(object, "phase", key->phase, EVAL_NAME) &&
	       take_text(object, "expired", key->expired, EVAL_NAME) &&
	       take_text(object, "cascade", key->cascade, EVAL_NAME) &&
	       take_text(object, "scenario", key->scenario, EVAL_NAME) &&
	       take_text(object, "hw", key->hw, EVAL_NAME) &&
	       take_text(object, "policy", key->policy, EVAL_POLICY);
}

static void take_metrics(const json_t *object, double *metric)
{
	for (unsigned int i = 0; i < EVAL_METRICS; i++) {
		json_t *value = json_object_get(object, eval_metric_name[i]);

		metric[i] =
			json_is_number(value) ? json_number_value(value) : NAN;
	}
}

bool eval_record_line(struct eval_record *record, char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	bool good = take_key(object, &record->key);

	take_metrics(object, record->metric);
	json_decref(object);
	record->line = line;
	return good;
}

static int read_line(struct eval_set *set, const char *path, char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	bool summary = json_is_true(json_object_get(object, "summary"));
	bool is_object = json_is_object(object);
	struct eval_key key;
	char *copy;

	json_decref(object);
	if (summary || !is_object)
		return summary ? 0 : fail("%s: not JSON: %.40s", path, line);
	memset(&key, 0, sizeof(key));
	copy = strdup(line);
	if (!copy)
		out_of_memory();
	if (!eval_record_line(eval_set_add(set, &key), copy))
		return fail("%s: not a run: %.40s", path, line);
	return 0;
}

int eval_set_read(struct eval_set *set, const char *path)
{
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int ret = 0;

	if (!file)
		return fail("%s: %s", path, strerror(errno));
	while (!ret && (length = getline(&line, &room, file)) > 0) {
		if (line[length - 1] != '\n')
			break; /* torn: the writer was interrupted */
		line[length - 1] = '\0';
		ret = read_line(set, path, line);
	}
	if (ferror(file))
		ret = fail("%s: %s", path, strerror(errno));
	free(line);
	fclose(file);
	return ret;
}
