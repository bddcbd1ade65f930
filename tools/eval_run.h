/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of an evaluation, and many of them on all processors.
 */
#ifndef EVAL_RUN_H
#define EVAL_RUN_H

#include <stdbool.h>

#include <xrsched/workload.h>

#include "eval_record.h"

/**
 * struct eval_task - A run that is to be done
 * @record: what is to be run.
 * @workload: its files.
 */
struct eval_task {
	struct eval_record *record;
	const struct xrsched_workload *workload;
};

/**
 * eval_run() - do one run
 * @task: what is to be done.
 *
 * Return: a line of JSON, to be freed; NULL after having said what is wrong.
 */
char *eval_run(const struct eval_task *task);

/**
 * eval_pool() - do all runs in processes of their own
 * @tasks: the runs; their records get their lines.
 * @nr: how many.
 * @jobs: processes at a time.
 * @done: called for each run, in the order of @tasks.
 * @arg: of @done.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int eval_pool(struct eval_task *tasks, size_t nr, unsigned int jobs,
	      void (*done)(void *arg, const struct eval_record *record),
	      void *arg);

#endif /* EVAL_RUN_H */
