/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xrsched eval: suites that measure the scheduler against others.
 */
#ifndef EVAL_H
#define EVAL_H

#include <stdbool.h>
#include <stdint.h>

#include <xrsched/policy.h>

#include "cmd.h"

#define EVAL_VALUES 64 /* of an option that takes several */

/**
 * struct eval_list - What an option that takes several values was given
 * @nr: how many.
 * @text: the values.
 */
struct eval_list {
	unsigned int nr;
	const char *text[EVAL_VALUES];
};

/**
 * struct eval_options - What "xrsched eval" was asked for
 * @app: how to print.
 * @suite: --suite.
 * @scenario: --scenario, the first, NULL: all of the suite.
 * @size: --size, "4K" or "8K", NULL: both; xrbench-compat only.
 * @seed: --seed, of scenarios with draws; xrbench-compat only.
 * @scenarios: --scenario.
 * @hardware: --hw.
 * @loads: --load: "asis", "natural" or a number.
 * @phases: --phase: "aligned", "random".
 * @expired: --expired: "drop", "demote", "clamp".
 * @cascades: --cascade: "scenario" or a probability.
 * @errors: --estimate-error: "0" or how far estimates are off.
 * @policies: --policy, as xrsched_policy_format() writes them.
 * @nr_seeds: --seeds.
 * @first_seed: --first-seed.
 * @seconds: --seconds.
 * @shard: --shard, from 0, less than @nr_shards.
 * @nr_shards: --shard.
 * @jobs: --jobs, 0: as many as there are processors.
 * @out: --out or --resume, NULL: none.
 * @resume: keep what the file has.
 * @merge: --merge: the arguments are files.
 * @files: those.
 * @given: options that were typed, by their place in the table of options.
 */
struct eval_options {
	const struct app *app;
	const char *suite;
	const char *scenario;
	const char *size;
	uint64_t seed;
	struct eval_list scenarios;
	struct eval_list hardware;
	struct eval_list loads;
	struct eval_list phases;
	struct eval_list expired;
	struct eval_list cascades;
	struct eval_list errors;
	struct eval_list policies;
	unsigned int nr_seeds;
	uint64_t first_seed;
	double seconds;
	unsigned int shard;
	unsigned int nr_shards;
	unsigned int jobs;
	const char *out;
	bool resume;
	bool merge;
	struct eval_list files;
	uint32_t given;
};

/**
 * eval_xrbench() - suite xrbench-compat: the XRBench harness, rebuilt
 * @options: what was asked for.
 *
 * Prints a line per scenario, size and letter of the accelerator, as JSON or as
 * a table.
 *
 * Return: the exit code.
 */
int eval_xrbench(const struct eval_options *options);

/**
 * eval_dream() - suite dream: policies on scenarios, hardware and loads
 * @options: what was asked for, complete.
 *
 * Return: the exit code.
 */
int eval_dream(const struct eval_options *options);

/**
 * eval_tuner() - suite tuner: the search for alpha and beta against a grid
 * @options: what was asked for, complete; the first policy counts.
 *
 * Return: the exit code.
 */
int eval_tuner(const struct eval_options *options);

/**
 * eval_merge() - put the files of several calls together
 * @options: with @files.
 *
 * Return: the exit code.
 */
int eval_merge(const struct eval_options *options);

#endif /* EVAL_H */
