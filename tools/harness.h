/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * XRBench's own programs, rebuilt: running them and showing what came of it.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <jansson.h>
#include <stdint.h>

#include <xrsched/xrbench.h>

#include "cmd.h"

/**
 * harness() - run a workload as XRBench does and print what came of it
 * @app: how to print.
 * @workload: with scenario and hardware.
 * @seed: of the draws.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int harness(const struct app *app, const struct xrsched_workload *workload,
	    uint32_t seed);

/**
 * harness_scores() - add scores and counts to a JSON object
 * @object: rt, en, qoe, overall, logged, dropped, late are added to it.
 * @result: what came of a run.
 */
void harness_scores(json_t *object,
		    const struct xrsched_xrbench_result *result);

#endif /* HARNESS_H */
