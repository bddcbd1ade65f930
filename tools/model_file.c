// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xrsched/workload.h>

#include "model_file.h"
#include "out.h"

#define COLUMNS (2 + 2 * XRSCHED_MAX_CLASSES)

/**
 * struct join - A cost table that gets the columns of another
 * @class_name: whose columns it gets.
 * @old: the table.
 * @measured: the other: variant, layer, and the columns.
 * @made: what comes of both.
 * @drop: columns of @old that are left out, as @measured has them.
 * @line: lines of @old and @measured.
 * @room: room in these.
 */
struct join {
	const char *class_name;
	FILE *old;
	FILE *measured;
	FILE *made;
	bool drop[COLUMNS];
	char *line[2];
	size_t room[2];
};

/* 1, 0 at the end, -EINVAL if only one of both goes on. */
static int next_lines(struct join *join)
{
	ssize_t a = getline(&join->line[0], &join->room[0], join->old);
	ssize_t b = getline(&join->line[1], &join->room[1], join->measured);

	if (a < 0 && b < 0)
		return 0;
	if (a < 0 || b < 0)
		return -EINVAL;
	for (int i = 0; i < 2; i++)
		join->line[i][strcspn(join->line[i], "\n")] = '\0';
	return 1;
}

/* The columns of the class begin with its name and a dot. */
static void find_columns(struct join *join)
{
	size_t len = strlen(join->class_name);
	const char *cell = join->line[0];

	for (unsigned int i = 0; cell && i < COLUMNS; i++) {
		join->drop[i] = !strncmp(cell, join->class_name, len) &&
				cell[len] == '.';
		cell = strchr(cell, '\t');
		cell += !!cell;
	}
}

/* Both have to be of the same layer. */
static int write_line(struct join *join)
{
	char *left = join->line[0], *more = join->line[1], *cell, *other;

	for (unsigned int i = 0; (cell = strsep(&left, "\t")); i++) {
		if (i >= COLUMNS)
			return -EINVAL;
		if (i < 2) {
			other = strsep(&more, "\t");
			if (!other || strcmp(cell, other))
				return -EINVAL;
		}
		if (!join->drop[i])
			fprintf(join->made, "%s%s", i ? "\t" : "", cell);
	}
	if (!more)
		return -EINVAL;
	fprintf(join->made, "\t%s\n", more);
	return 0;
}

static int write_lines(struct join *join)
{
	int ret = next_lines(join);

	if (ret == 1)
		find_columns(join);
	while (ret == 1) {
		ret = write_line(join);
		if (!ret)
			ret = next_lines(join);
	}
	return ret;
}

/* A table beside the model, with what was measured; NULL: as it is. */
static int write_table(const char *from, const char *to, const char *class_name,
		       const char *measured)
{
	struct join join = { .class_name = class_name };
	char draft[PATH_MAX];
	int ret = -ENAMETOOLONG;

	if (snprintf(draft, sizeof(draft), "%s.part", to) >= (int)sizeof(draft))
		return fail("%s: %s", to, strerror(-ret));
	join.old = fopen(from, "re");
	join.measured = fopen(measured ? measured : "/dev/null", "re");
	join.made = fopen(draft, "we");
	if (!join.old || !join.measured || !join.made)
		ret = -errno;
	else if (measured)
		ret = write_lines(&join);
	else
		for (ret = 0; (ret = getc(join.old)) != EOF;)
			putc(ret, join.made);
	if (!measured && ret == EOF)
		ret = 0;
	if (join.old)
		fclose(join.old);
	if (join.measured)
		fclose(join.measured);
	if (join.made && fclose(join.made) && !ret)
		ret = -errno;
	if (!ret && rename(draft, to))
		ret = -errno;
	if (ret && join.made)
		remove(draft);
	free(join.line[0]);
	free(join.line[1]);
	if (ret == -EINVAL)
		return fail("%s is not of the layers that were measured", from);
	return ret ? fail("%s: %s", to, strerror(-ret)) : 0;
}

/* The same name in two directories. */
static int take_table(const char *model, const char *dir, const char *file,
		      const char *class_name, const char *measured)
{
	char from[PATH_MAX], to[PATH_MAX];
	const char *slash = strrchr(model, '/');
	int len = slash ? slash - model + 1 : 0;

	if (snprintf(from, sizeof(from), "%.*s%s", len, model, file) >=
		    (int)sizeof(from) ||
	    snprintf(to, sizeof(to), "%s/%s", dir, file) >= (int)sizeof(to))
		return fail("%s: the name is too long", file);
	return write_table(from, to, class_name, measured);
}

static int take_tables(json_t *root, const char *path, const char *dir,
		       const char *class_name, const char *measured)
{
	const char *layers, *set;
	json_t *costs, *file;
	int ret;

	if (json_unpack(root, "{s:s, s:o}", "layers", &layers, "costs", &costs))
		return fail("%s has no tables of its own", path);
	ret = take_table(path, dir, layers, class_name, NULL);
	json_object_foreach(costs, set, file)
		if (!ret)
			ret = take_table(path, dir, json_string_value(file),
					 class_name, measured);
	return ret;
}

static int write_json(json_t *root, const char *dir)
{
	const char *name = json_string_value(json_object_get(root, "name"));
	char to[PATH_MAX];

	if (snprintf(to, sizeof(to), "%s/%s.json", dir, name) >=
	    (int)sizeof(to))
		return fail("%s: the name is too long", dir);
	if (json_dump_file(root, to, JSON_INDENT(2)))
		return fail("%s: cannot be written", to);
	return 0;
}

int model_file_write(const char *name, const char *class_name,
		     const char *table, const char *dir)
{
	struct xrsched_error error;
	json_error_t why;
	json_t *root;
	char *path;
	int ret;

	if (xrsched_workload_find(XRSCHED_WORKLOAD_MODEL, name, &path, &error))
		return fail("%s", error.text);
	root = json_load_file(path, 0, &why);
	ret = root ? take_tables(root, path, dir, class_name, table)
		   : fail("%s: %s", path, why.text);
	if (!ret)
		ret = write_json(root, dir);
	json_decref(root);
	free(path);
	return ret;
}
