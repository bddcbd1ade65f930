/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recording a device while a command runs.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd.h"

/**
 * struct record - What to record
 * @path: where to.
 * @seconds: how long, 0: not said.
 * @ring: room in the kernel, 0: its default.
 * @command: NULL-terminated, NULL: none.
 * @quiet: say nothing unless records were lost.
 */
struct record {
	const char *path;
	double seconds;
	uint32_t ring;
	char **command;
	bool quiet;
};

/**
 * record_live() - record the device that --device says
 * @app: says which, and how to print.
 * @record: what.
 *
 * Return: 0, or the exit code after having said what is wrong.
 */
int record_live(struct app *app, const struct record *record);

#endif /* RECORD_H */
