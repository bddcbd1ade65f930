// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A model's layers and costs from tables.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wl.h"

#define MAX_MACS (1ULL << 50)
#define MAX_WEIGHT_BYTES (1ULL << 40)
#define LATENCY ".latency_ns"
#define ENERGY ".energy_pj"

enum {
	COL_VARIANT,
	COL_LAYER,
	COL_NAME,
	COL_TYPE,
	COL_MACS,
	COL_OUT_BYTES,
	COL_WEIGHT_BYTES,
	COL_SKIP,
	COL_SIDE,
	COL_EXIT,
	COL_SHAPE, /* this and all that follow */
	COL_NR = COL_SHAPE + 12,
};

static const char *const layer_columns[COL_NR] = {
	"variant",
	"layer",
	"name",
	"type",
	"macs",
	"out_bytes",
	"weight_bytes",
	"skip",
	"side",
	"exit",
	"K",
	"C",
	"Y",
	"X",
	"R",
	"S",
	"stride",
	"groups",
	"out_y",
	"out_x",
	"repeat",
	"batch",
};

/* Columns that the scheduler ignores, and engines that compute do not. */
static int read_shape(const struct wl_table *table,
		      struct xrsched_layer_shape *shape)
{
	static const char *const types[] = { "CONV", "DSCONV", "CONV1D",
					     "GEMM" };
	uint32_t *const fields[] = {
		&shape->k,     &shape->c,     &shape->y,      &shape->x,
		&shape->r,     &shape->s,     &shape->stride, &shape->groups,
		&shape->out_y, &shape->out_x, &shape->repeat, &shape->batch
	};
	uint64_t value;
	unsigned int i;
	int ret;

	for (i = 0; i < ELEMENTS(types); i++)
		if (!strcmp(table->cell[COL_TYPE], types[i]))
			break;
	if (i == ELEMENTS(types))
		return wl_table_refuse(
			table, COL_TYPE,
			"\"%.40s\" must be CONV, DSCONV, CONV1D or GEMM",
			table->cell[COL_TYPE]);
	shape->op = XRSCHED_OP_CONV + i;
	ret = wl_table_integer(table, COL_MACS, 0, MAX_MACS, &value);
	if (!ret)
		ret = wl_table_integer(table, COL_WEIGHT_BYTES, 0,
				       MAX_WEIGHT_BYTES, &value);
	for (i = 0; i < ELEMENTS(fields) && !ret; i++) {
		ret = wl_table_integer(table, COL_SHAPE + i, 1, WL_MAX_U32,
				       &value);
		*fields[i] = value;
	}
	return ret;
}

/* Number, from 1, of the block or exit in a cell; 0 for "-". */
static int find_mark(const struct wl_table *table, unsigned int column,
		     struct wl_mark *marks, unsigned int nr)
{
	const char *name = table->cell[column];

	if (!strcmp(name, "-"))
		return 0;
	for (unsigned int i = 0; i < nr; i++) {
		if (strcmp(marks[i].name, name))
			continue;
		marks[i].seen = true;
		return i + 1;
	}
	return wl_table_refuse(table, column,
			       "\"%.63s\" is not among the variant's %s", name,
			       column == COL_SKIP ? "skips" : "exits");
}

static int read_layer(struct wl_table *table, struct wl_file *file,
		      struct wl_model *model, struct wl_variant *variant,
		      unsigned int index)
{
	struct xrsched_layer *layer = &model->layers[variant->first + index];
	uint64_t bytes, side;
	int skip, exit;
	char *name;
	int ret;

	ret = read_shape(table, &model->shapes[variant->first + index]);
	if (!ret)
		ret = wl_table_integer(table, COL_OUT_BYTES, 1, WL_MAX_U32,
				       &bytes);
	if (!ret)
		ret = wl_table_integer(table, COL_SIDE, 0, 1, &side);
	if (ret)
		return ret;
	if (!wl_name_valid(table->cell[COL_NAME], WL_MAX_NAME))
		return wl_table_refuse(table, COL_NAME, "\"%.80s\" is no name",
				       table->cell[COL_NAME]);
	skip = find_mark(table, COL_SKIP, variant->skips, variant->nr_skips);
	if (skip < 0)
		return skip;
	exit = find_mark(table, COL_EXIT, variant->exits, variant->nr_exits);
	if (exit < 0)
		return exit;
	if (skip && (exit || !index))
		return wl_table_refuse(table, COL_SKIP,
				       "neither a first layer nor one with an "
				       "exit can be skipped");
	if (exit && variant->exits[exit - 1].layer != index)
		return wl_table_refuse(
			table, COL_EXIT,
			"the model says that it follows layer %u",
			variant->exits[exit - 1].layer);
	name = wl_strdup(file->arena, table->cell[COL_NAME]);
	if (!name)
		return wl_no_memory(file);
	model->layer_names[variant->first + index] = name;
	layer->out_bytes = bytes;
	layer->flags = side ? XRSCHED_LAYER_SIDE : 0;
	layer->skip = skip;
	layer->skip_ppm = skip ? variant->skips[skip - 1].ppm : 0;
	layer->exit = exit;
	layer->exit_ppm = exit ? variant->exits[exit - 1].ppm : 0;
	return 0;
}

/* The line's variant and layer must be what comes next. */
static int check_order(const struct wl_table *table, const char *variant,
		       unsigned int index)
{
	uint64_t layer;
	int ret;

	if (strcmp(table->cell[COL_VARIANT], variant))
		return wl_table_refuse(table, COL_VARIANT,
				       "is \"%.63s\", next comes \"%s\"",
				       table->cell[COL_VARIANT], variant);
	ret = wl_table_integer(table, COL_LAYER, 0, XRSCHED_MAX_LAYERS, &layer);
	if (ret)
		return ret;
	if (layer != index)
		return wl_table_refuse(table, COL_LAYER, "is %s, next comes %u",
				       table->cell[COL_LAYER], index);
	return 0;
}

static int check_layer_header(struct wl_table *table)
{
	if (table->nr != COL_NR)
		return xrsched_fail(table->error, -EINVAL,
				    "%s: line 1: has %u columns, must have %d",
				    table->path, table->nr, COL_NR);
	for (unsigned int i = 0; i < COL_NR; i++)
		if (strcmp(table->column[i], layer_columns[i]))
			return xrsched_fail(table->error, -EINVAL,
					    "%s: line 1: column %u is "
					    "\"%.40s\", must be \"%s\"",
					    table->path, i + 1,
					    table->column[i], layer_columns[i]);
	return 0;
}

static int read_layer_rows(struct wl_table *table, struct wl_file *file,
			   struct wl_model *model)
{
	unsigned int v = 0, total = 0, index = 0;
	int ret;

	while ((ret = wl_table_next(table)) > 0) {
		if (total == XRSCHED_MAX_LAYERS)
			return wl_table_refuse(table, COL_LAYER,
					       "a model has at most %d layers",
					       XRSCHED_MAX_LAYERS);
		/* The first row of the next variant ends this one. */
		if (index && v + 1 < model->nr_variants &&
		    !strcmp(table->cell[COL_VARIANT],
			    model->variant[v + 1].name)) {
			model->variant[++v].first = total;
			index = 0;
		}
		ret = check_order(table, model->variant[v].name, index);
		if (!ret)
			ret = read_layer(table, file, model, &model->variant[v],
					 index);
		if (ret)
			return ret;
		model->variants[v].nr_layers = ++index;
		model->nr_layers = ++total;
	}
	if (ret)
		return ret;
	if (v + 1 < model->nr_variants || !index)
		return xrsched_fail(
			table->error, -EINVAL,
			"%s: line %u: ends before a layer of variant \"%s\"",
			table->path, table->number,
			model->variant[index ? v + 1 : v].name);
	return 0;
}

int wl_read_layer_table(struct wl_file *file, const char *name,
			struct wl_model *model)
{
	struct wl_table table;
	int ret;

	ret = wl_layers_alloc(file, model, XRSCHED_MAX_LAYERS);
	if (ret)
		return ret;
	ret = wl_table_open(&table, file, name);
	if (ret)
		return ret;
	ret = check_layer_header(&table);
	if (!ret)
		ret = read_layer_rows(&table, file, model);
	wl_table_close(&table);
	return ret;
}

/* ----- costs ------------------------------------------------------------ */

/* Length of the class in a column's title, 0 if it does not end in @suffix. */
static size_t class_length(const char *title, const char *suffix)
{
	size_t len = strlen(title), tail = strlen(suffix);

	return len > tail && !strcmp(title + len - tail, suffix) ? len - tail
								 : 0;
}

/* Which of the model's classes a pair of columns is for, -1: one not kept. */
static int read_cost_header(struct wl_table *table, struct wl_file *file,
			    struct wl_model *model, int *row)
{
	unsigned int i, j;

	if (table->nr < 4 || table->nr % 2 ||
	    strcmp(table->column[COL_VARIANT], "variant") ||
	    strcmp(table->column[COL_LAYER], "layer"))
		return xrsched_fail(table->error, -EINVAL,
				    "%s: line 1: columns must be variant, "
				    "layer, then CLASS" LATENCY
				    " and CLASS" ENERGY " for each class",
				    table->path);
	for (i = 2; i < table->nr; i += 2) {
		size_t len = class_length(table->column[i], LATENCY);
		char name[WL_MAX_NAME + 1] = "";

		if (!len || len > WL_MAX_NAME ||
		    class_length(table->column[i + 1], ENERGY) != len ||
		    strncmp(table->column[i], table->column[i + 1], len))
			return wl_table_refuse(
				table, i,
				"must be a class with \"" LATENCY
				"\", and be followed by the same with \"" ENERGY
				"\"");
		memcpy(name, table->column[i], len);
		if (!wl_name_valid(name, XRSCHED_NAME_LEN - 1))
			return wl_table_refuse(
				table, i,
				"\"%s\" is no name of a class: at most %d of "
				"A-Z a-z 0-9 . _ + -",
				name, XRSCHED_NAME_LEN - 1);
		for (j = 2; j < i; j += 2)
			if (!strcmp(table->column[j], table->column[i]))
				return wl_table_refuse(table, i,
						       "is there twice");
		row[i] = wl_class_add(file, model, name);
		if (row[i] < -1)
			return row[i];
	}
	return 0;
}

static int read_costs(struct wl_table *table, struct wl_model *model,
		      const int *row, unsigned int layer)
{
	unsigned int i;
	int ret;

	for (i = 2; i < table->nr; i += 2) {
		struct xrsched_cost cost;
		uint64_t value;

		ret = wl_table_integer(table, i, 1, XRSCHED_MAX_LATENCY_NS,
				       &value);
		if (ret)
			return ret;
		cost.latency_ns = value;
		ret = wl_table_integer(table, i + 1, 0, XRSCHED_MAX_ENERGY_PJ,
				       &value);
		if (ret)
			return ret;
		cost.energy_pj = value;
		if (row[i] >= 0)
			model->costs[layer * XRSCHED_MAX_CLASSES + row[i]] =
				cost;
	}
	return 0;
}

int wl_read_cost_table(struct wl_file *file, const char *name,
		       struct wl_model *model)
{
	unsigned int layer = 0, v = 0;
	int row[WL_MAX_COLUMNS];
	struct wl_table table;
	int ret;

	ret = wl_table_open(&table, file, name);
	if (ret)
		return ret;
	ret = read_cost_header(&table, file, model, row);
	while (!ret && (ret = wl_table_next(&table)) > 0) {
		if (layer == model->nr_layers) {
			ret = wl_table_refuse(&table, COL_LAYER,
					      "the model has no more layers");
			break;
		}
		if (v + 1 < model->nr_variants &&
		    layer == model->variant[v + 1].first)
			v++;
		ret = check_order(&table, model->variant[v].name,
				  layer - model->variant[v].first);
		if (!ret)
			ret = read_costs(&table, model, row, layer++);
	}
	if (!ret && layer < model->nr_layers)
		ret = xrsched_fail(table.error, -EINVAL,
				   "%s: line %u: ends after %u of %u layers",
				   table.path, table.number, layer,
				   model->nr_layers);
	wl_table_close(&table);
	return ret;
}
