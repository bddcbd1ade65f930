/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading arguments.  What is wrong is said with what would be right, and the
 * program exits with EXIT_USAGE.
 */
#ifndef ARGS_H
#define ARGS_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include <xrsched/workload.h>

/**
 * arg_real() - read a decimal number
 * @state: for the message.
 * @option: what is read ("--load").
 * @text: what was typed.
 * @min: least value.
 * @max: greatest value.
 *
 * Return: the number.
 */
double arg_real(const struct argp_state *state, const char *option,
		const char *text, double min, double max);

/**
 * arg_u64() - read a whole number
 * @state: for the message.
 * @option: what is read ("--seed").
 * @text: what was typed.
 * @min: least value.
 * @max: greatest value.
 *
 * Return: the number.
 */
uint64_t arg_u64(const struct argp_state *state, const char *option,
		 const char *text, uint64_t min, uint64_t max);

/**
 * arg_choice() - read one of several words
 * @state: for the message.
 * @option: what is read ("--phase").
 * @text: what was typed.
 * @choices: the words, NULL-terminated.
 *
 * Return: index of the word.
 */
unsigned int arg_choice(const struct argp_state *state, const char *option,
			const char *text, const char *const *choices);

/**
 * arg_is_path() - is it a path rather than a name in the workload directory?
 * @text: what was typed.
 *
 * Return: true for a path.
 */
bool arg_is_path(const char *text);

/**
 * workload_unknown() - say that a name is none, and which there are
 * @kind: what it should name.
 * @name: what was typed.
 *
 * The names that look most alike come first and on their own line.
 */
void workload_unknown(enum xrsched_workload_kind kind, const char *name);

/**
 * workload_suggest() - print the names that look most like what was typed
 * @kind: what it should name.
 * @name: what was typed.
 */
void workload_suggest(enum xrsched_workload_kind kind, const char *name);

/**
 * workload_named() - is there a file of that name?
 * @kind: what it should name.
 * @name: name or path.
 *
 * Return: true if there is; if not, that was said on stderr.
 */
bool workload_named(enum xrsched_workload_kind kind, const char *name);

#endif /* ARGS_H */
