// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Models: the JSON part, and layers and costs that are written in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wl.h"

int wl_layers_alloc(struct wl_file *file, struct wl_model *model,
		    unsigned int nr)
{
	model->layers = wl_alloc(file->arena, nr, sizeof(*model->layers));
	model->layer_names =
		wl_alloc(file->arena, nr, sizeof(*model->layer_names));
	model->shapes = wl_alloc(file->arena, nr, sizeof(*model->shapes));
	return model->layers && model->layer_names && model->shapes
		       ? 0
		       : wl_no_memory(file);
}

int wl_class_add(struct wl_file *file, struct wl_model *model, const char *name)
{
	unsigned int i;

	for (i = 0; i < model->nr_keep; i++)
		if (!strcmp(model->keep[i], name))
			break;
	if (model->keep && i == model->nr_keep)
		return -1;
	/* Measured costs take the place of the model's own. */
	for (i = 0; i < model->nr_classes; i++)
		if (!strcmp(model->classes[i].name, name))
			return i;
	if (model->nr_classes == XRSCHED_MAX_CLASSES)
		return wl_refuse(file, "has more than %d classes",
				 XRSCHED_MAX_CLASSES);
	if (!model->classes)
		model->classes = wl_alloc(file->arena, XRSCHED_MAX_CLASSES,
					  sizeof(*model->classes));
	if (!model->classes)
		return wl_no_memory(file);
	snprintf(model->classes[model->nr_classes].name, XRSCHED_NAME_LEN, "%s",
		 name);
	return model->nr_classes++;
}

/* Costs are read with room for all classes: give back what was not needed. */
static int pack_costs(struct wl_file *file, struct wl_model *model)
{
	struct xrsched_cost *packed;

	packed = wl_alloc(file->arena,
			  (size_t)model->nr_layers * model->nr_classes + 1,
			  sizeof(*packed));
	if (!packed)
		return wl_no_memory(file);
	for (unsigned int l = 0; l < model->nr_layers; l++)
		memcpy(&packed[(size_t)l * model->nr_classes],
		       &model->costs[(size_t)l * XRSCHED_MAX_CLASSES],
		       model->nr_classes * sizeof(*packed));
	model->costs = packed;
	return 0;
}

static int alloc_costs(struct wl_file *file, struct wl_model *model)
{
	model->nr_classes = 0;
	model->costs = wl_alloc(file->arena,
				(size_t)model->nr_layers * XRSCHED_MAX_CLASSES,
				sizeof(*model->costs));
	return model->costs ? 0 : wl_no_memory(file);
}

/* ----- skips and exits -------------------------------------------------- */

/* "skips" or "exits" of a variant */
static int read_marks(struct wl_file *file, json_t *object, const char *key,
		      unsigned int max, struct wl_mark **marks,
		      unsigned int *nr)
{
	static const char *const skip_fields[] = { "name", "probability",
						   NULL };
	static const char *const exit_fields[] = { "name", "layer",
						   "probability", NULL };
	bool exits = !strcmp(key, "exits");
	size_t list, at;
	json_t *array;
	int ret;

	ret = wl_array(file, object, key, false, 0, max, &array);
	if (ret || !array)
		return ret;
	*marks = wl_alloc(file->arena, json_array_size(array) + 1,
			  sizeof(**marks));
	if (!*marks)
		return wl_no_memory(file);
	list = wl_enter(file, key);
	for (size_t i = 0; i < json_array_size(array); i++) {
		json_t *element = json_array_get(array, i);
		struct wl_mark *mark = &(*marks)[i];

		at = wl_enter_index(file, i);
		ret = wl_fields(file, element,
				exits ? exit_fields : skip_fields);
		if (!ret)
			ret = wl_name(file, element, "name", true, WL_MAX_NAME,
				      &mark->name);
		if (!ret)
			ret = wl_ppm(file, element, "probability", true,
				     &mark->ppm);
		if (!ret && exits)
			ret = wl_u32(file, element, "layer", true, 0,
				     XRSCHED_MAX_LAYERS - 1, &mark->layer);
		if (ret)
			return ret;
		for (size_t j = 0; j < i; j++)
			if (!strcmp((*marks)[j].name, mark->name))
				return wl_refuse(file, "\"%s\" is there twice",
						 mark->name);
		if (exits && i && mark->layer <= (*marks)[i - 1].layer)
			return wl_refuse(file, "must come in layer order");
		wl_leave(file, at);
	}
	*nr = json_array_size(array);
	wl_leave(file, list);
	return 0;
}

/* What tables and inline layers must have in common with the variant. */
static int check_chain(struct wl_file *file, const struct wl_model *model,
		       unsigned int v)
{
	const struct wl_variant *variant = &model->variant[v];
	const struct xrsched_layer *layer = &model->layers[variant->first];
	unsigned int nr = model->variants[v].nr_layers;
	unsigned int highest = 0;
	size_t mark;

	for (unsigned int i = 0; i < nr; i++) {
		unsigned int skip = layer[i].skip;

		if (!skip || (i && layer[i - 1].skip == skip))
			continue;
		mark = wl_enter(file, "skips");
		if (skip <= highest)
			return wl_refuse(
				file,
				"\"%s\": its layers must follow one another, "
				"blocks in the order of this list",
				variant->skips[skip - 1].name);
		wl_leave(file, mark);
		highest = skip;
	}
	mark = wl_enter(file, "exits");
	if (variant->nr_exits &&
	    variant->exits[variant->nr_exits - 1].layer + 1 >= nr)
		return wl_refuse(file, "\"%s\" must come before the last layer",
				 variant->exits[variant->nr_exits - 1].name);
	for (unsigned int i = 0; i < variant->nr_exits; i++)
		if (!variant->exits[i].seen)
			return wl_refuse(file,
					 "\"%s\": layer %u does not name it",
					 variant->exits[i].name,
					 variant->exits[i].layer);
	wl_leave(file, mark);
	mark = wl_enter(file, "skips");
	for (unsigned int i = 0; i < variant->nr_skips; i++)
		if (!variant->skips[i].seen)
			return wl_refuse(file, "\"%s\": no layer belongs to it",
					 variant->skips[i].name);
	wl_leave(file, mark);
	return 0;
}

/* ----- inline layers ---------------------------------------------------- */

/* "skip" or "exit" of an inline layer: its number, 0 if absent. */
static int read_mark_use(struct wl_file *file, json_t *object, const char *key,
			 struct wl_mark *marks, unsigned int nr,
			 unsigned int *number)
{
	const char *name = NULL;
	int ret = wl_name(file, object, key, false, WL_MAX_NAME, &name);

	if (ret || !name)
		return ret;
	for (unsigned int i = 0; i < nr; i++) {
		if (strcmp(marks[i].name, name))
			continue;
		marks[i].seen = true;
		*number = i + 1;
		return 0;
	}
	wl_enter(file, key);
	return wl_refuse(file, "\"%s\" is not among the variant's %ss", name,
			 key);
}

static int read_inline_layer(struct wl_file *file, json_t *element,
			     struct wl_model *model, struct wl_variant *variant,
			     unsigned int index)
{
	static const char *const fields[] = { "name", "out_bytes", "skip",
					      "side", "exit",	   NULL };
	struct xrsched_layer *layer = &model->layers[model->nr_layers];
	unsigned int skip = 0, exit = 0;
	uint32_t side = 0;
	int ret;

	ret = wl_fields(file, element, fields);
	if (!ret)
		ret = wl_name(file, element, "name", true, WL_MAX_NAME,
			      &model->layer_names[model->nr_layers]);
	if (!ret)
		ret = wl_u32(file, element, "out_bytes", true, 1, WL_MAX_U32,
			     &layer->out_bytes);
	if (!ret)
		ret = wl_u32(file, element, "side", false, 0, 1, &side);
	if (!ret)
		ret = read_mark_use(file, element, "skip", variant->skips,
				    variant->nr_skips, &skip);
	if (!ret)
		ret = read_mark_use(file, element, "exit", variant->exits,
				    variant->nr_exits, &exit);
	if (ret)
		return ret;
	if (skip && (exit || !index))
		return wl_refuse(file, "neither a first layer nor one with an "
				       "exit can be skipped");
	if (exit && variant->exits[exit - 1].layer != index)
		return wl_refuse(
			file,
			"the list of exits says that \"%s\" follows layer %u",
			variant->exits[exit - 1].name,
			variant->exits[exit - 1].layer);
	layer->flags = side ? XRSCHED_LAYER_SIDE : 0;
	layer->skip = skip;
	layer->skip_ppm = skip ? variant->skips[skip - 1].ppm : 0;
	layer->exit = exit;
	layer->exit_ppm = exit ? variant->exits[exit - 1].ppm : 0;
	model->nr_layers++;
	return 0;
}

static int read_inline_layers(struct wl_file *file, json_t *object,
			      struct wl_model *model, unsigned int v)
{
	struct wl_variant *variant = &model->variant[v];
	size_t mark, at;
	json_t *array;
	int ret;

	ret = wl_array(file, object, "layers", true, 1,
		       XRSCHED_MAX_LAYERS - model->nr_layers, &array);
	if (ret)
		return ret;
	variant->first = model->nr_layers;
	model->variants[v].nr_layers = json_array_size(array);
	mark = wl_enter(file, "layers");
	for (size_t i = 0; i < json_array_size(array); i++) {
		at = wl_enter_index(file, i);
		ret = read_inline_layer(file, json_array_get(array, i), model,
					variant, i);
		if (ret)
			return ret;
		wl_leave(file, at);
	}
	wl_leave(file, mark);
	return 0;
}

/* "latency_ns" or "energy_pj" of a class; costs of -1 are checked only. */
static int read_inline_numbers(struct wl_file *file, json_t *object,
			       const char *key, struct wl_model *model,
			       unsigned int v, int row)
{
	bool energy = !strcmp(key, "energy_pj");
	unsigned int nr = model->variants[v].nr_layers;
	size_t mark, at;
	json_t *array;
	int ret;

	ret = wl_array(file, object, key, true, nr, nr, &array);
	if (ret)
		return ret;
	mark = wl_enter(file, key);
	for (unsigned int i = 0; i < nr; i++) {
		unsigned int l = model->variant[v].first + i;
		uint64_t value;

		at = wl_enter_index(file, i);
		ret = wl_integer_value(
			file, json_array_get(array, i), energy ? 0 : 1,
			energy ? XRSCHED_MAX_ENERGY_PJ : XRSCHED_MAX_LATENCY_NS,
			&value);
		if (ret)
			return ret;
		wl_leave(file, at);
		if (row < 0)
			continue;
		if (energy)
			model->costs[l * XRSCHED_MAX_CLASSES + row].energy_pj =
				value;
		else
			model->costs[l * XRSCHED_MAX_CLASSES + row].latency_ns =
				value;
	}
	wl_leave(file, mark);
	return 0;
}

/* Row of a class in the model; new ones only by the first variant. */
static int inline_row(struct wl_file *file, struct wl_model *model,
		      unsigned int v, const char *name)
{
	for (unsigned int i = 0; i < model->nr_classes; i++)
		if (!strcmp(model->classes[i].name, name))
			return i;
	return v ? -1 : wl_class_add(file, model, name);
}

/* The costs of one variant in one set */
static int read_inline_costs(struct wl_file *file, json_t *set,
			     struct wl_model *model, unsigned int v,
			     size_t nr_classes)
{
	static const char *const fields[] = { "latency_ns", "energy_pj", NULL };
	const char *name;
	json_t *value;
	size_t at;
	int ret, row;

	if (json_object_size(set) < 1 ||
	    json_object_size(set) > XRSCHED_MAX_CLASSES)
		return wl_refuse(file, "must have 1..%d classes",
				 XRSCHED_MAX_CLASSES);
	if (json_object_size(set) != nr_classes)
		return wl_refuse(file,
				 "must have the classes of the first variant");
	json_object_foreach(set, name, value) {
		at = wl_enter(file, name);
		if (!wl_name_valid(name, XRSCHED_NAME_LEN - 1))
			return wl_refuse(file, "is no name of a class");
		row = inline_row(file, model, v, name);
		if (row < -1)
			return row;
		ret = wl_fields(file, value, fields);
		if (!ret)
			ret = read_inline_numbers(file, value, "latency_ns",
						  model, v, row);
		if (!ret)
			ret = read_inline_numbers(file, value, "energy_pj",
						  model, v, row);
		if (ret)
			return ret;
		wl_leave(file, at);
	}
	return 0;
}

/* One set of costs of all variants */
static int read_inline_set(struct wl_file *file, json_t *variants,
			   const char *set, struct wl_model *model)
{
	json_t *first = NULL;
	size_t list, at, in, mark;
	json_t *costs, *mine;
	int ret;

	ret = alloc_costs(file, model);
	if (ret)
		return ret;
	list = wl_enter(file, "variants");
	for (unsigned int v = 0; v < model->nr_variants; v++) {
		at = wl_enter_index(file, v);
		ret = wl_object(file, json_array_get(variants, v), "costs",
				true, &costs);
		if (ret)
			return ret;
		in = wl_enter(file, "costs");
		ret = wl_object(file, costs, set, true, &mine);
		if (ret)
			return ret;
		mark = wl_enter(file, set);
		if (!first)
			first = mine;
		/* Same classes: as many, and each one of the first's. */
		for (void *i = json_object_iter(mine); i;
		     i = json_object_iter_next(mine, i))
			if (!json_object_get(first, json_object_iter_key(i)))
				return wl_refuse(file,
						 "has class \"%.63s\", which "
						 "the first variant has not",
						 json_object_iter_key(i));
		ret = read_inline_costs(file, mine, model, v,
					json_object_size(first));
		if (ret)
			return ret;
		wl_leave(file, mark);
		wl_leave(file, in);
		wl_leave(file, at);
	}
	wl_leave(file, list);
	ret = wl_read_profile(file, model);
	return ret ? ret : pack_costs(file, model);
}

/* ----- the model -------------------------------------------------------- */

static int read_variant(struct wl_file *file, json_t *element,
			struct wl_model *model, unsigned int v, bool tables)
{
	static const char *const with_tables[] = { "name",     "description",
						   "accuracy", "input_bytes",
						   "skips",    "exits",
						   NULL };
	static const char *const all_inline[] = {
		"name",	 "description", "accuracy", "input_bytes", "skips",
		"exits", "layers",	"costs",    NULL
	};
	struct xrsched_variant *uapi = &model->variants[v];
	struct wl_variant *variant = &model->variant[v];
	const char *text = NULL;
	int ret;

	ret = wl_fields(file, element, tables ? with_tables : all_inline);
	if (!ret)
		ret = wl_name(file, element, "name", true, WL_MAX_NAME,
			      &variant->name);
	if (!ret)
		ret = wl_string(file, element, "description", false, &text);
	if (!ret)
		ret = wl_ppm(file, element, "accuracy", false,
			     &uapi->accuracy_ppm);
	if (!ret)
		ret = wl_u32(file, element, "input_bytes", true, 0, WL_MAX_U32,
			     &uapi->input_bytes);
	if (!ret)
		ret = read_marks(file, element, "skips", XRSCHED_MAX_SKIPS,
				 &variant->skips, &variant->nr_skips);
	if (!ret)
		ret = read_marks(file, element, "exits", XRSCHED_MAX_EXITS,
				 &variant->exits, &variant->nr_exits);
	if (!ret && !tables)
		ret = read_inline_layers(file, element, model, v);
	if (ret)
		return ret;
	model->variant_names[v] = variant->name;
	for (unsigned int i = 0; i < v; i++)
		if (!strcmp(model->variant[i].name, variant->name))
			return wl_refuse(file, "\"%s\" is there twice",
					 variant->name);
	return 0;
}

static int read_variants(struct wl_file *file, json_t *array,
			 struct wl_model *model, const char *table)
{
	size_t list, at;
	int ret = 0;

	model->nr_variants = json_array_size(array);
	if (!table)
		ret = wl_layers_alloc(file, model, XRSCHED_MAX_LAYERS);
	list = wl_enter(file, "variants");
	for (unsigned int v = 0; v < model->nr_variants && !ret; v++) {
		at = wl_enter_index(file, v);
		ret = read_variant(file, json_array_get(array, v), model, v,
				   table);
		if (!ret)
			wl_leave(file, at);
	}
	if (ret)
		return ret;
	wl_leave(file, list);
	if (table)
		ret = wl_read_layer_table(file, table, model);
	list = wl_enter(file, "variants");
	for (unsigned int v = 0; v < model->nr_variants && !ret; v++) {
		at = wl_enter_index(file, v);
		ret = check_chain(file, model, v);
		if (!ret)
			wl_leave(file, at);
	}
	if (!ret)
		wl_leave(file, list);
	return ret;
}

/* Name of a file beside the model's. */
static int table_name(struct wl_file *file, json_t *object, const char *key,
		      const char **name)
{
	int ret = wl_string(file, object, key, true, name);

	if (!ret && (strchr(*name, '/') || !**name)) {
		wl_enter(file, key);
		return wl_refuse(
			file, "\"%.80s\" is no name of a file beside this one",
			*name);
	}
	return ret;
}

static int read_set(struct wl_file *file, json_t *sets, json_t *variants,
		    const char *set, bool tables, struct wl_model *model)
{
	const char *table = NULL;
	size_t mark;
	int ret;

	if (!wl_name_valid(set, WL_MAX_NAME)) {
		wl_enter(file, "costs");
		return wl_refuse(file, "\"%.80s\" is no name", set);
	}
	if (!tables)
		return read_inline_set(file, variants, set, model);
	mark = wl_enter(file, "costs");
	ret = table_name(file, sets, set, &table);
	wl_leave(file, mark);
	if (!ret)
		ret = alloc_costs(file, model);
	if (!ret)
		ret = wl_read_cost_table(file, table, model);
	if (!ret)
		ret = wl_read_profile(file, model);
	return ret ? ret : pack_costs(file, model);
}

/* The set that was asked for, else "default", else all of them in turn. */
static int read_costs(struct wl_file *file, json_t *sets, json_t *variants,
		      const char *wanted, bool tables, struct wl_model *model)
{
	char list[200] = "";
	const char *set;
	json_t *value;
	int ret;

	if (wanted && !json_object_get(sets, wanted))
		wanted = json_object_get(sets, "default") ? "default" : wanted;
	json_object_foreach(sets, set, value) {
		snprintf(list + strlen(list), sizeof(list) - strlen(list),
			 "%s%.63s", *list ? ", " : "", set);
		if (wanted && strcmp(set, wanted))
			continue;
		ret = read_set(file, sets, variants, set, tables, model);
		if (ret || wanted)
			return ret;
	}
	if (!wanted)
		return 0;
	wl_enter(file, tables ? "costs" : "variants[0].costs");
	return wl_refuse(file, "has no set \"%.63s\"; it has: %s", wanted,
			 list);
}

int wl_read_model(struct wl_file *file, const char *costs,
		  struct wl_model *model)
{
	static const char *const fields[] = {
		"format", "version", "name",	 "description", "source",
		"layers", "costs",   "variants", NULL
	};
	json_t *root = file->root, *sets, *variants;
	const char *source = NULL, *table = NULL;
	int ret;

	model->description = "";
	ret = wl_fields(file, root, fields);
	if (!ret)
		ret = wl_name(file, root, "name", true, XRSCHED_NAME_LEN - 1,
			      &model->name);
	if (!ret)
		ret = wl_string(file, root, "description", false,
				&model->description);
	if (!ret)
		ret = wl_string(file, root, "source", false, &source);
	if (!ret && json_object_get(root, "layers"))
		ret = table_name(file, root, "layers", &table);
	if (!ret)
		ret = wl_object(file, root, "costs", table, &sets);
	if (!ret && sets && !table) {
		wl_enter(file, "costs");
		ret = wl_refuse(file, "must come with \"layers\"");
	}
	if (!ret)
		ret = wl_array(file, root, "variants", true, 1,
			       XRSCHED_MAX_VARIANTS, &variants);
	if (!ret)
		ret = read_variants(file, variants, model, table);
	if (ret)
		return ret;
	if (!table)
		sets = json_object_get(json_array_get(variants, 0), "costs");
	if (!json_is_object(sets) || !json_object_size(sets)) {
		wl_enter(file, table ? "costs" : "variants[0].costs");
		return wl_refuse(file,
				 "must be an object with 1 or more cost sets");
	}
	return read_costs(file, sets, variants, costs, table, model);
}
