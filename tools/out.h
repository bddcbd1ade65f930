/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The writer: what a command found out is built once, as a JSON value, and
 * printed either as such or, as a view of it says, as text.
 */
#ifndef OUT_H
#define OUT_H

#include <jansson.h>

#include "cmd.h"

/**
 * enum out_unit - What a value is
 * @OUT_TEXT: to the left; an array is joined with ", ".
 * @OUT_COUNT: a whole number.
 * @OUT_REAL: a number.
 * @OUT_TIME: nanoseconds, printed in the unit that suits the column.
 * @OUT_ENERGY: picojoules, the same.
 * @OUT_SHARE: 1 is 100 %.
 * @OUT_NUMBER: a number, printed as it would be typed.
 */
enum out_unit {
	OUT_TEXT,
	OUT_COUNT,
	OUT_REAL,
	OUT_TIME,
	OUT_ENERGY,
	OUT_SHARE,
	OUT_NUMBER,
};

#define OUT_IF_ANY (1U << 0) /* left out if 0 or nothing in all rows */
#define OUT_IF_SET (1U << 1) /* left out if null in all rows */

/**
 * struct out_column - A member of objects, and how it is shown
 * @key: its name in JSON.
 * @title: its name in text; the unit is added.
 * @unit: what it is.
 * @flags: OUT_*.
 */
struct out_column {
	const char *key;
	const char *title;
	enum out_unit unit;
	unsigned int flags;
};

#define OUT_LIST (1U << 0) /* an object: one line per member, not one row */

/**
 * struct out_block - A table of a view
 * @key: member that is shown, NULL: the value itself; an array of objects has
 *       a row for each, a single object one row.
 * @title: line above it, NULL: none.
 * @empty: what to print for an array without elements, NULL: nothing.
 * @columns: up to one without a key.
 * @flags: OUT_*.
 */
struct out_block {
	const char *key;
	const char *title;
	const char *empty;
	const struct out_column *columns;
	unsigned int flags;
};

/**
 * out_text() - print text
 * @value: the value.
 * @view: blocks up to one without columns; an empty line is put between them.
 */
void out_text(const json_t *value, const struct out_block *view);

/**
 * out_json() - print a line of JSON
 * @value: the value.
 */
void out_json(const json_t *value);

/**
 * out_print() - print as the user asked for
 * @app: says how.
 * @value: the value, given up here.
 * @view: as for out_text().
 */
void out_print(const struct app *app, json_t *value,
	       const struct out_block *view);

/**
 * out_close() - was all output written?
 *
 * Return: 0, or 1 after having said what went wrong.
 */
int out_close(void);

/**
 * out_of_memory() - say so and exit
 */
void out_of_memory(void) __attribute__((noreturn));

/**
 * fail() - say what went wrong
 * @fmt: as for printf(), without a newline.
 *
 * Return: 1, the exit code.
 */
int fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* OUT_H */
