/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workload files as JSON.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include <jansson.h>

#include <xrsched/workload.h>

#include "cmd.h"

/**
 * workload_list() - the files of a kind, with what is worth knowing of each
 * @kind: which.
 * @list: set to an array of objects.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int workload_list(enum xrsched_workload_kind kind, json_t **list);

/**
 * workload_sniff() - what kind of file is it?
 * @path: the file.
 * @kind: set to what its field "format" says.
 *
 * A file that cannot be read as JSON is taken for a scenario, so that checking
 * it says what is wrong.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int workload_sniff(const char *path, enum xrsched_workload_kind *kind);

/**
 * workload_show_scenario() - print a scenario
 * @app: how to print.
 * @name: name or path.
 * @costs: cost set, NULL: the scenario's.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int workload_show_scenario(const struct app *app, const char *name,
			   const char *costs);

/**
 * workload_show_hardware() - print a hardware
 * @app: how to print.
 * @name: name or path.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int workload_show_hardware(const struct app *app, const char *name);

/**
 * struct advice_opts - What "workload check" is asked about a scenario
 * @hardware: on what, NULL: nothing is asked.
 * @costs: cost set, NULL: the scenario's.
 * @policy: under what, NULL: the policy that a device begins with.
 * @load: latencies are stretched to this load, 0: they are not.
 */
struct advice_opts {
	const char *hardware;
	const char *costs;
	const char *policy;
	double load;
};

/**
 * workload_advise() - are all frames of a scenario sure to be on time?
 * @app: how to print.
 * @name: the scenario, name or path.
 * @opts: what is asked.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int workload_advise(const struct app *app, const char *name,
		    const struct advice_opts *opts);

#endif /* WORKLOAD_H */
