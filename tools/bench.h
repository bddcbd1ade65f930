/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What "sim" and "run" have in common: options, the loop over policies, and
 * the tables.
 */
#ifndef BENCH_H
#define BENCH_H

#include <argp.h>
#include <jansson.h>
#include <signal.h>
#include <stdint.h>

#include <xrsched/run.h>
#include <xrsched/xrsched.h>

#include "cmd.h"

#define BENCH_POLICIES 16 /* in one call */

/* Arguments of both commands, for struct cmd. */
#define BENCH_ARGS "SCENARIO"

/**
 * struct bench - A comparison of policies, from its options to its end
 * @app: how to print.
 * @scenario: name or path.
 * @hardware: name or path; NULL: @engines alone.
 * @costs: cost set, NULL: the scenario's.
 * @engines: engines of servers ("cpu:2"), NULL: none.
 * @profiles: directory with measured costs, NULL: none.
 * @run: options of a single run.
 * @seed_given: the seed was typed.
 * @given: an option that was typed and is about policies, NULL: none.
 * @default_policy: no policy was typed.
 * @policies: what is compared.
 * @nr_policies: how many.
 * @workload: the files, once bench_load() has read them.
 * @results: a JSON object for each policy that has run.
 */
struct bench {
	const struct app *app;
	const char *scenario;
	const char *hardware;
	const char *costs;
	const char *engines;
	const char *profiles;
	struct xrsched_run_opts run;
	bool seed_given;
	const char *given;
	bool default_policy;
	struct xrsched_policy_spec policies[BENCH_POLICIES];
	unsigned int nr_policies;
	struct xrsched_workload *workload;
	json_t *results;
};

extern const struct argp_option bench_options[];

/**
 * bench_interrupted - set in a signal handler, ends the run that is under way
 */
extern volatile sig_atomic_t bench_interrupted;

/**
 * bench_parse() - argp parser of the options; the input is a struct bench
 * @key: as argp says.
 * @arg: as argp says.
 * @state: as argp says.
 *
 * Return: as argp wants.
 */
error_t bench_parse(int key, char *arg, struct argp_state *state);

/**
 * bench_load() - read the files
 * @bench: with its options.
 * @app: how to print.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int bench_load(struct bench *bench, const struct app *app);

/**
 * bench_policy() - run the workload under one policy and print what came of it
 * @bench: the comparison.
 * @x: where; has its engines.
 * @index: which policy.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int bench_policy(struct bench *bench, struct xrsched *x, unsigned int index);

/**
 * bench_end() - compare the policies, if there were several, and clean up
 * @bench: the comparison.
 */
void bench_end(struct bench *bench);

/**
 * bench_result() - a result as JSON
 * @bench: the comparison.
 * @result: what came of a run.
 * @policy: the policy as it was asked for.
 *
 * Return: the object.
 */
json_t *bench_result(const struct bench *bench,
		     const struct xrsched_result *result,
		     const struct xrsched_policy_spec *policy);

/**
 * bench_text() - print a result
 * @result: what bench_result() built.
 */
void bench_text(const json_t *result);

/**
 * bench_compare() - print the policies side by side
 * @results: array of what bench_result() built.
 */
void bench_compare(const json_t *results);

#endif /* BENCH_H */
