// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * TSV tables: one header line, one line a row, a tab between cells.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "wl.h"

static int refuse_line(const struct wl_table *table, const char *why)
{
	return xrsched_fail(table->error, -EINVAL, "%s: line %u: %s",
			    table->path, table->number, why);
}

int wl_table_refuse(const struct wl_table *table, unsigned int column,
		    const char *fmt, ...)
{
	char why[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return xrsched_fail(table->error, -EINVAL,
			    "%s: line %u, column %.64s: %s", table->path,
			    table->number, table->column[column], why);
}

/* Splits a line at its tabs; the number of cells, at most one too many. */
static unsigned int split(char *line, char **cell)
{
	unsigned int nr = 0;
	char *part;

	line[strcspn(line, "\n")] = '\0';
	while ((part = strsep(&line, "\t"))) {
		if (nr < WL_MAX_COLUMNS)
			cell[nr] = part;
		if (++nr > WL_MAX_COLUMNS)
			break;
	}
	return nr;
}

int wl_table_open(struct wl_table *table, const struct wl_file *file,
		  const char *name)
{
	size_t room = 0;
	int ret;

	memset(table, 0, sizeof(*table));
	table->error = file->error;
	if (asprintf(&table->path, "%.*s%s", (int)file->dir, file->path, name) <
	    0) {
		table->path = NULL;
		return -ENOMEM;
	}
	table->stream = fopen(table->path, "re");
	if (!table->stream) {
		ret = xrsched_fail(table->error, -errno, "%s: %s", table->path,
				   strerror(errno));
		goto err_close_table;
	}
	table->number = 1;
	if (getline(&table->header, &room, table->stream) < 0) {
		ret = refuse_line(table, "has no header line");
		goto err_close_table;
	}
	table->nr = split(table->header, table->column);
	if (table->nr > WL_MAX_COLUMNS) {
		ret = refuse_line(table, "has too many columns");
		goto err_close_table;
	}
	return 0;

err_close_table:
	wl_table_close(table);
	return ret;
}

void wl_table_close(struct wl_table *table)
{
	if (table->stream)
		fclose(table->stream);
	free(table->path);
	free(table->header);
	free(table->line);
}

int wl_table_next(struct wl_table *table)
{
	ssize_t len = getline(&table->line, &table->room, table->stream);
	unsigned int nr;
	char why[64];

	if (len < 0)
		return ferror(table->stream) ? -EIO : 0;
	table->number++;
	if (strlen(table->line) != (size_t)len)
		return refuse_line(table, "holds a NUL character");
	nr = split(table->line, table->cell);
	if (nr != table->nr) {
		snprintf(why, sizeof(why), "has %s%u columns, the header %u",
			 nr > WL_MAX_COLUMNS ? "at least " : "", nr, table->nr);
		return refuse_line(table, why);
	}
	return 1;
}

int wl_table_integer(const struct wl_table *table, unsigned int column,
		     uint64_t min, uint64_t max, uint64_t *out)
{
	const char *cell = table->cell[column];
	unsigned long long value = 0;
	char *end = NULL;

	errno = 0;
	/* strtoull() takes blanks and signs, a table does not. */
	if (isdigit((unsigned char)*cell))
		value = strtoull(cell, &end, 10);
	if (!end || *end)
		return wl_table_refuse(table, column,
				       "\"%.40s\" is no whole number", cell);
	if (errno || value < min || value > max)
		return wl_table_refuse(table, column,
				       "%.40s is out of range %" PRIu64
				       "..%" PRIu64,
				       cell, min, max);
	*out = value;
	return 0;
}
