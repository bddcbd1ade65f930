/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Engines that are processes: "xrsched run" measures with them, starts as many
 * as it needs and ends them.  The program for class CLASS is
 * xrsched-engine-CLASS, beside this one.
 */
#ifndef SERVED_H
#define SERVED_H

#include <stdbool.h>
#include <sys/types.h>

#include <xrsched/workload.h>

#include "cmd.h"

#define SERVED_MAX 64

/**
 * struct served - Engines that are processes
 * @engines: what was asked for, "cpu:2"; NULL: none.
 * @profiles: directory with measured costs; NULL: they are measured now.
 * @scale: channels are multiplied by it, as it was typed; NULL: "1".
 * @models: names of the scenario's models, separated by commas.
 * @scratch: directory of our own for measured costs, "" if there is none.
 * @pid: processes.
 * @nr: how many.
 */
struct served {
	const char *engines;
	const char *profiles;
	const char *scale;
	char *models;
	char scratch[64];
	pid_t pid[SERVED_MAX];
	unsigned int nr;
};

/**
 * served_measure() - find out what the scenario's models cost on these engines
 * @served: its engines are set; @profiles and @models are filled in.
 * @scenario: the scenario.
 * @costs: cost set, NULL: the scenario's.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int served_measure(struct served *served, const char *scenario,
		   const char *costs);

/**
 * served_profile() - measure what models cost on a class of engine
 * @models: their names, separated by commas.
 * @class_name: the class.
 * @scale: channels are multiplied by it, as it was typed.
 * @dir: directory for the tables, MODEL.tsv each.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int served_profile(const char *models, const char *class_name,
		   const char *scale, const char *dir);

/**
 * served_start() - start a process for each served engine of a workload
 * @served: as served_measure() left it.
 * @x: the device.
 * @device: its number.
 * @workload: the workload.
 *
 * Returns when the device has all of them.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int served_start(struct served *served, struct xrsched *x, unsigned int device,
		 const struct xrsched_workload *workload);

/** served_stop() - end all processes, remove what was measured for them */
void served_stop(struct served *served);

#endif /* SERVED_H */
