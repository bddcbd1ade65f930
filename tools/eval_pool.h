/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work on all processors: many independent runs, each of which makes a line.
 */
#ifndef EVAL_POOL_H
#define EVAL_POOL_H

#include <stddef.h>

/**
 * eval_pool() - do all runs in processes of their own
 * @nr: how many.
 * @jobs: processes at a time, 0: one per processor.
 * @run: does one of them, in one of the processes; returns its line, from
 *       malloc(), or NULL after having said what is wrong.
 * @done: called in the calling process for each run in turn, in their order;
 *        the line is its own.
 * @arg: first argument of both.
 *
 * Tells on standard error how far it is and how long it will take.
 *
 * Return: 0, or 1 after having said what is wrong.
 */
int eval_pool(size_t nr, unsigned int jobs,
	      char *(*run)(void *arg, size_t index),
	      void (*done)(void *arg, size_t index, char *line), void *arg);

#endif /* EVAL_POOL_H */
