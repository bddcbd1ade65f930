// SPDX-License-Identifier: GPL-2.0-only
/*
 * One value, two ways to print it.
 */
#include "out.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "put.h"

#define REAL_PRECISION 15 /* all digits that survive a double both ways */

/* How the numbers of one column are printed. */
struct scale {
	double divisor;
	const char *suffix;
	int decimals;
};

/* From @at units on, values are divided by @divisor. */
struct step {
	double at;
	double divisor;
	const char *suffix;
};

static const struct step time_steps[] = {
	{ 1e10, 1e9, "s" },
	{ 1e6, 1e6, "ms" },
	{ 1e3, 1e3, "µs" },
	{ 0, 1, "ns" },
};

static const struct step energy_steps[] = {
	{ 1e13, 1e12, "J" }, { 1e9, 1e9, "mJ" }, { 1e6, 1e6, "µJ" },
	{ 1e3, 1e3, "nJ" },  { 0, 1, "pJ" },
};

/* So many that the largest has about @digits digits, within reason. */
static int decimals(double largest, int digits)
{
	int before = largest >= 1 ? (int)log10(largest) + 1 : 1;
	int after = digits - before;

	return after < 0 ? 0 : after;
}

static struct scale scale_step(const struct step *step, double largest)
{
	struct scale scale;

	while (largest < step->at)
		step++;
	scale.divisor = step->divisor;
	scale.suffix = step->suffix;
	scale.decimals =
		step->divisor == 1 ? 0 : decimals(largest / step->divisor, 4);
	return scale;
}

static struct scale scale_for(enum out_unit unit, double largest)
{
	switch (unit) {
	case OUT_TIME:
		return scale_step(time_steps, largest);
	case OUT_ENERGY:
		return scale_step(energy_steps, largest);
	case OUT_SHARE:
		return (struct scale){ 0.01, "%", 1 };
	case OUT_REAL:
		return (struct scale){ 1, "", decimals(largest, 5) };
	default:
		return (struct scale){ 1, "", 0 };
	}
}

static double largest_in(const json_t *rows, const char *key)
{
	double largest = 0;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		double value = fabs(get_number(row, key));

		if (value > largest)
			largest = value;
	}
	return largest;
}

/* As asprintf(), but never fails. */
static char *print_text(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

static char *print_text(const char *fmt, ...)
{
	va_list args;
	char *text;
	int ret;

	va_start(args, fmt);
	ret = vasprintf(&text, fmt, args);
	va_end(args);
	if (ret < 0)
		out_of_memory();
	return text;
}

static char *join(const json_t *array)
{
	char *text = print_text("%s", "");
	json_t *item;
	size_t i;

	json_array_foreach(array, i, item) {
		char *longer = print_text("%s%s%s", text, i ? ", " : "",
					  json_string_value(item));

		free(text);
		text = longer;
	}
	return text;
}

/* The text of a cell, to be freed. */
static char *format(const json_t *value, enum out_unit unit,
		    const struct scale *scale)
{
	if (json_is_string(value))
		return print_text("%s", json_string_value(value));
	if (json_array_size(value))
		return join(value);
	if (json_is_boolean(value))
		return print_text("%s", json_is_true(value) ? "yes" : "no");
	if (!json_is_number(value))
		return print_text("-");
	if (unit == OUT_NUMBER || unit == OUT_TEXT)
		return print_text("%g", json_number_value(value));
	if (json_is_integer(value) && scale->divisor == 1)
		return print_text("%" JSON_INTEGER_FORMAT,
				  json_integer_value(value));
	return print_text("%.*f", scale->decimals,
			  json_number_value(value) / scale->divisor);
}

/* Columns that UTF-8 text takes: bytes that begin a character. */
static int width(const char *text)
{
	int columns = 0;

	for (; *text; text++)
		columns += (*text & 0xc0) != 0x80;
	return columns;
}

static void pad(int columns)
{
	printf("%*s", columns > 0 ? columns : 0, "");
}

/* Is there something other than 0, "", [], false or null? */
static bool is_something(const json_t *value)
{
	return json_number_value(value) != 0 || json_string_length(value) ||
	       json_array_size(value) || json_is_true(value);
}

static bool left_out(const json_t *rows, const struct out_column *spec)
{
	json_t *row;
	size_t i;

	if (!spec->flags)
		return false;
	json_array_foreach(rows, i, row) {
		const json_t *value = json_object_get(row, spec->key);

		if (is_something(value) || ((spec->flags & OUT_IF_SET) &&
					    value && !json_is_null(value)))
			return false;
	}
	return true;
}

/* A column while its table is printed: a title and a text for every row. */
struct column {
	const struct out_column *spec;
	struct scale scale;
	char *title;
	char **cells;
	int width;
};

static void column_fill(struct column *column, const json_t *rows)
{
	const struct out_column *spec = column->spec;
	json_t *row;
	size_t i;

	column->scale = scale_for(spec->unit, largest_in(rows, spec->key));
	column->title = print_text("%s%s%s", spec->title,
				   *column->scale.suffix ? " " : "",
				   column->scale.suffix);
	column->width = width(column->title);
	column->cells = calloc(json_array_size(rows) + 1, sizeof(char *));
	if (!column->cells)
		out_of_memory();
	json_array_foreach(rows, i, row) {
		column->cells[i] = format(json_object_get(row, spec->key),
					  spec->unit, &column->scale);
		if (width(column->cells[i]) > column->width)
			column->width = width(column->cells[i]);
	}
}

static void column_free(struct column *column)
{
	for (char **cell = column->cells; *cell; cell++)
		free(*cell);
	free(column->cells);
	free(column->title);
}

static void cell_print(const struct column *column, const char *text, bool last)
{
	int missing = column->width - width(text);
	bool left = column->spec->unit == OUT_TEXT;

	if (!left)
		pad(missing);
	fputs(text, stdout);
	if (last) {
		putchar('\n');
		return;
	}
	pad((left ? missing : 0) + 2);
}

static void table(const json_t *rows, const struct out_column *specs)
{
	struct column *columns;
	size_t nr = 0, size = 0;

	while (specs[size].key)
		size++;
	columns = calloc(size + 1, sizeof(*columns));
	if (!columns)
		out_of_memory();
	for (size_t i = 0; i < size; i++) {
		if (left_out(rows, &specs[i]))
			continue;
		columns[nr].spec = &specs[i];
		column_fill(&columns[nr++], rows);
	}
	for (size_t i = 0; i < nr; i++)
		cell_print(&columns[i], columns[i].title, i + 1 == nr);
	for (size_t row = 0; row < json_array_size(rows); row++)
		for (size_t i = 0; i < nr; i++)
			cell_print(&columns[i], columns[i].cells[row],
				   i + 1 == nr);
	for (size_t i = 0; i < nr; i++)
		column_free(&columns[i]);
	free(columns);
}

static void list(const json_t *object, const struct out_column *specs)
{
	const struct out_column *spec;
	int widest = 0;

	for (spec = specs; spec->key; spec++)
		if (width(spec->title) > widest)
			widest = width(spec->title);
	for (spec = specs; spec->key; spec++) {
		const json_t *value = json_object_get(object, spec->key);
		struct scale scale =
			scale_for(spec->unit, fabs(json_number_value(value)));
		char *text = format(value, spec->unit, &scale);

		fputs(spec->title, stdout);
		pad(widest - width(spec->title) + 2);
		printf("%s%s%s\n", text,
		       json_is_number(value) && *scale.suffix ? " " : "",
		       json_is_number(value) ? scale.suffix : "");
		free(text);
	}
}

static void block_print(const json_t *value, const struct out_block *block)
{
	const json_t *shown =
		block->key ? json_object_get(value, block->key) : value;
	json_t *rows;

	if (block->title)
		puts(block->title);
	if (json_is_array(shown) && json_array_size(shown)) {
		table(shown, block->columns);
	} else if (json_is_array(shown)) {
		if (block->empty)
			puts(block->empty);
	} else if (block->flags & OUT_LIST) {
		list(shown, block->columns);
	} else if (json_is_object(shown)) {
		rows = put_array();
		put_append(rows, json_incref((json_t *)shown));
		table(rows, block->columns);
		json_decref(rows);
	}
}

void out_text(const json_t *value, const struct out_block *view)
{
	const struct out_block *block;

	for (block = view; block->columns; block++) {
		if (block != view)
			putchar('\n');
		block_print(value, block);
	}
}

void out_json(const json_t *value)
{
	if (!json_dumpf(value, stdout,
			JSON_ENCODE_ANY | JSON_REAL_PRECISION(REAL_PRECISION)))
		putchar('\n');
	else if (!ferror(stdout)) /* which out_close() reports */
		out_of_memory();
}

void out_print(const struct app *app, json_t *value,
	       const struct out_block *view)
{
	if (app->json)
		out_json(value);
	else
		out_text(value, view);
	json_decref(value);
}

int out_close(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	return fail("output could not be written: %s",
		    strerror(errno ? errno : EIO));
}

void out_of_memory(void)
{
	fail("out of memory");
	exit(EXIT_FAILURE);
}

int fail(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("xrsched: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILURE;
}
