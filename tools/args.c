// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading arguments, and helping with those that cannot be read.
 */
#include "args.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/xrsched.h>

#define NAME_MAX_LEN 64 /* longer words resemble nothing */
#define NEAREST 4 /* names proposed */

double arg_real(const struct argp_state *state, const char *option,
		const char *text, double min, double max)
{
	char *end;
	double value = strtod(text, &end);

	/* Also refuses NaN, and the blanks that strtod() would skip. */
	if (end == text || *end || isspace((unsigned char)*text) ||
	    !(value >= min && value <= max))
		argp_error(state,
			   "%s \"%s\": must be a number from %.10g to %.10g",
			   option, text, min, max);
	return value;
}

uint64_t arg_u64(const struct argp_state *state, const char *option,
		 const char *text, uint64_t min, uint64_t max)
{
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end || errno || value < min ||
	    value > max)
		argp_error(state,
			   "%s \"%s\": must be a whole number from %" PRIu64
			   " to %" PRIu64,
			   option, text, min, max);
	return value;
}

unsigned int arg_choice(const struct argp_state *state, const char *option,
			const char *text, const char *const *choices)
{
	char all[256] = "";
	size_t used = 0;

	for (unsigned int i = 0; choices[i]; i++)
		if (!strcmp(choices[i], text))
			return i;
	for (unsigned int i = 0; choices[i] && used < sizeof(all); i++)
		used += snprintf(all + used, sizeof(all) - used, "%s%s",
				 i ? ", " : "", choices[i]);
	argp_error(state, "%s \"%s\": must be one of %s", option, text, all);
	return 0;
}

bool arg_is_path(const char *text)
{
	size_t length = strlen(text);

	return strchr(text, '/') ||
	       (length > 5 && !strcmp(text + length - 5, ".json"));
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

/*
 * How far a name is from what was typed: letters to change, to add or to take
 * away; a name that contains the word is near whatever else it has.
 */
static unsigned int distance(const char *word, const char *name)
{
	unsigned int row[NAME_MAX_LEN + 1];
	size_t length = strlen(name);

	if (length > NAME_MAX_LEN)
		return NAME_MAX_LEN;
	if (*word && strcasestr(name, word))
		return 1;
	for (size_t i = 0; i <= length; i++)
		row[i] = i;
	for (; *word; word++) {
		unsigned int diagonal = row[0]++;

		for (size_t i = 1; i <= length; i++) {
			unsigned int differs =
				tolower((unsigned char)*word) !=
				tolower((unsigned char)name[i - 1]);
			unsigned int best = min3(row[i] + 1, row[i - 1] + 1,
						 diagonal + differs);

			diagonal = row[i];
			row[i] = best;
		}
	}
	return row[length];
}

static void print_nearest(const char *word, char **names)
{
	const char *separator = "  did you mean: ";
	unsigned int bound = strlen(word) / 2 + 1;
	unsigned int printed = 0;

	for (unsigned int d = 0; d <= bound; d++)
		for (char **name = names; *name && printed < NEAREST; name++)
			if (distance(word, *name) == d) {
				fprintf(stderr, "%s%s", separator, *name);
				separator = ", ";
				printed++;
			}
	if (printed)
		fputs("?\n", stderr);
}

static void print_all(char **names)
{
	size_t column = fprintf(stderr, "  there are:");

	for (char **name = names; *name; name++) {
		const char *comma = name[1] ? "," : "\n";

		if (column + strlen(*name) + 2 > 79)
			column = fprintf(stderr, "\n   ") - 1;
		column += fprintf(stderr, " %s%s", *name, comma);
	}
}

static const char *const kind_names[] = {
	[XRSCHED_WORKLOAD_SCENARIO] = "scenario",
	[XRSCHED_WORKLOAD_HARDWARE] = "hardware",
	[XRSCHED_WORKLOAD_MODEL] = "model",
};

void workload_unknown(enum xrsched_workload_kind kind, const char *name)
{
	struct xrsched_error error;
	char **names;

	fprintf(stderr, "xrsched: no %s \"%s\"\n", kind_names[kind], name);
	if (xrsched_workload_list(kind, &names, &error) < 0) {
		fprintf(stderr, "  %s\n", error.text);
		return;
	}
	print_nearest(name, names);
	print_all(names);
	fputs("  or the path of a file, with \"/\" or \".json\" in it\n",
	      stderr);
	xrsched_workload_list_free(names);
}

void workload_suggest(enum xrsched_workload_kind kind, const char *name)
{
	char **names;

	if (xrsched_workload_list(kind, &names, NULL) < 0)
		return;
	print_nearest(name, names);
	xrsched_workload_list_free(names);
}

bool workload_named(enum xrsched_workload_kind kind, const char *name)
{
	struct xrsched_error error;
	char *path;
	int ret = xrsched_workload_find(kind, name, &path, &error);

	if (!ret) {
		free(path);
		return true;
	}
	if (ret == -ENOENT && !arg_is_path(name))
		workload_unknown(kind, name);
	else
		fprintf(stderr, "xrsched: %s\n", error.text);
	return false;
}
