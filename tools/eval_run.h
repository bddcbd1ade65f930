/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of an evaluation.
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

#endif /* EVAL_RUN_H */
