/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs of an evaluation: what was run, and what came of it.
 */
#ifndef EVAL_RECORD_H
#define EVAL_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define EVAL_NAME 64
#define EVAL_POLICY 256

/**
 * struct eval_key - What tells one run from another
 * @seconds: length.
 * @load: "asis", "natural" or a number.
 * @phase: "aligned" or "random".
 * @expired: what becomes of expired frames.
 * @cascade: "scenario" or a probability.
 * @error: "0", or how far estimates are off.
 * @scenario: its name.
 * @hw: name of the hardware.
 * @seed: seed of all draws.
 * @policy: the policy, without @expired.
 *
 * In the order that runs are printed in.  Those that differ in @scenario or
 * later belong to one summary; those that differ in @seed or later to one cell.
 */
struct eval_key {
	double seconds;
	char load[EVAL_NAME];
	char phase[EVAL_NAME];
	char expired[EVAL_NAME];
	char cascade[EVAL_NAME];
	char error[EVAL_NAME];
	char scenario[EVAL_NAME];
	char hw[EVAL_NAME];
	uint64_t seed;
	char policy[EVAL_POLICY];
};

/**
 * enum eval_metric - Figures of a run that summaries are made of
 * @EVAL_UXCOST: UXCost.
 * @EVAL_HONEST: the same, lost and late frames at their worst-case energy.
 * @EVAL_FEASIBLE: UXCost without hopeless streams.
 * @EVAL_FEASIBLE_HONEST: both.
 * @EVAL_DLV: sum of the streams' shares of violated frames.
 * @EVAL_NE: sum of their normalised energies.
 * @EVAL_MISSED: share of all frames that were late or lost.
 * @EVAL_LATE: share that was late.
 * @EVAL_DROPPED: share that was lost.
 * @EVAL_ACCURACY: mean over the streams that have one.
 * @EVAL_XRBENCH: overall score of XRBench.
 * @EVAL_METRICS: how many there are.
 */
enum eval_metric {
	EVAL_UXCOST,
	EVAL_HONEST,
	EVAL_FEASIBLE,
	EVAL_FEASIBLE_HONEST,
	EVAL_DLV,
	EVAL_NE,
	EVAL_MISSED,
	EVAL_LATE,
	EVAL_DROPPED,
	EVAL_ACCURACY,
	EVAL_XRBENCH,
	EVAL_METRICS,
};

/** eval_metric_name - Members of a line that hold them */
extern const char *const eval_metric_name[EVAL_METRICS];

/**
 * struct eval_record - A run
 * @key: what was run.
 * @line: what came of it, as JSON; NULL: not yet run.
 * @metric: the same, as far as summaries need it; NaN: has none.
 */
struct eval_record {
	struct eval_key key;
	char *line;
	double metric[EVAL_METRICS];
};

/**
 * struct eval_set - Runs
 * @nr: how many.
 * @room: how many there is room for.
 * @record: the runs.
 */
struct eval_set {
	size_t nr;
	size_t room;
	struct eval_record *record;
};

/**
 * eval_compare() - the order of runs
 * @a: one.
 * @b: another.
 *
 * Return: below, at or above 0.
 */
int eval_compare(const struct eval_key *a, const struct eval_key *b);

/**
 * eval_same_group() - do two runs belong to one summary?
 * @a: one.
 * @b: another.
 *
 * Return: true if they do.
 */
bool eval_same_group(const struct eval_key *a, const struct eval_key *b);

/**
 * eval_same_cell() - are two runs of one scenario on one hardware?
 * @a: one of a group.
 * @b: another of it.
 *
 * Return: true if they are.
 */
bool eval_same_cell(const struct eval_key *a, const struct eval_key *b);

/**
 * eval_set_add() - add a run
 * @set: where to.
 * @key: what is run.
 *
 * Return: the run, until the next is added.
 */
struct eval_record *eval_set_add(struct eval_set *set,
				 const struct eval_key *key);

/**
 * eval_set_sort() - bring runs into order; of equal ones the first with a
 * result is kept
 * @set: the runs.
 */
void eval_set_sort(struct eval_set *set);

/**
 * eval_set_free() - give up runs
 * @set: the runs.
 */
void eval_set_free(struct eval_set *set);

/**
 * eval_record_line() - take what came of a run
 * @record: has its key.
 * @line: JSON text, given up here.
 *
 * Return: whether it is the line of a run.
 */
bool eval_record_line(struct eval_record *record, char *line);

/**
 * eval_set_read() - add the runs of a file
 * @set: where to.
 * @path: the file, lines of JSON; summaries and a torn last line are left out.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int eval_set_read(struct eval_set *set, const char *path);

/**
 * eval_summaries() - what the runs amount to
 * @set: in order.
 *
 * Return: an array of objects, one for each load (and phase and so on).
 */
json_t *eval_summaries(const struct eval_set *set);

#endif /* EVAL_RECORD_H */
