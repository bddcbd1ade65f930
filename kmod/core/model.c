// SPDX-License-Identifier: GPL-2.0-only
/*
 * Models: layout, validation, and the tables that decisions look into.
 */
#include "xrs_core.h"
#include "xrs_score.h"

static size_t align8(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

/**
 * xrs_model_bytes() - memory that a model's arrays take
 * @nr_variants: 1 … XRS_MAX_VARIANTS
 * @nr_layers: 1 … XRS_MAX_LAYERS
 * @nr_classes: 1 … XRS_MAX_CLASSES
 *
 * The caller has checked the ranges, so that nothing overflows (the largest
 * model takes less than 8 MiB).
 *
 * Context: any.
 */
size_t xrs_model_bytes(u32 nr_variants, u32 nr_layers, u32 nr_classes)
{
	size_t cells = (size_t)nr_layers * nr_classes;

	return nr_variants * sizeof(struct xrs_variant) +
	       align8(nr_layers * sizeof(struct xrs_layer)) +
	       nr_layers * (sizeof(struct xrs_layer_view) + 2 * sizeof(u32)) +
	       cells * (sizeof(struct xrs_cost) + sizeof(struct xrs_cell) +
			sizeof(struct xrs_estimate)) +
	       nr_classes * (size_t)XRS_NAME_LEN;
}

/**
 * xrs_model_layout() - spread a model's arrays over memory
 * @model: the model
 * @mem: xrs_model_bytes() of it, zeroed, aligned to 8; stays the caller's and
 *       must outlive the model
 * @nr_variants: as for xrs_model_bytes()
 * @nr_layers: as for xrs_model_bytes()
 * @nr_classes: as for xrs_model_bytes()
 *
 * Context: any.
 */
void xrs_model_layout(struct xrs_model *model, void *mem, u32 nr_variants,
		      u32 nr_layers, u32 nr_classes)
{
	size_t cells = (size_t)nr_layers * nr_classes;
	char *at = mem;

	memset(model, 0, sizeof(*model));
	model->nr_variants = nr_variants;
	model->nr_layers = nr_layers;
	model->nr_classes = nr_classes;

	model->variant = (struct xrs_variant *)at;
	at += nr_variants * sizeof(struct xrs_variant);
	model->view = (struct xrs_layer_view *)at;
	at += nr_layers * sizeof(struct xrs_layer_view);
	model->cost = (struct xrs_cost *)at;
	at += cells * sizeof(struct xrs_cost);
	model->cell = (struct xrs_cell *)at;
	at += cells * sizeof(struct xrs_cell);
	model->group = (u32 *)at;
	at += 2 * nr_layers * sizeof(u32);
	model->estimate = (struct xrs_estimate *)at;
	at += cells * sizeof(struct xrs_estimate);
	model->layer = (struct xrs_layer *)at;
	at += align8(nr_layers * sizeof(struct xrs_layer));
	model->class_name = (char (*)[XRS_NAME_LEN])at;
}

/**
 * xrs_name_valid() - whether a name is one
 * @name: XRS_NAME_LEN bytes
 *
 * At least one printable character, no blanks, and only zeroes from the first
 * NUL on.
 *
 * Context: any.
 */
bool xrs_name_valid(const char *name)
{
	u32 i = 0;

	while (i < XRS_NAME_LEN && name[i] > ' ' && name[i] < 0x7f)
		i++;
	if (!i || i == XRS_NAME_LEN)
		return false;
	for (; i < XRS_NAME_LEN; i++)
		if (name[i])
			return false;
	return true;
}

static bool layer_valid(const struct xrs_layer *layer)
{
	if (layer->pad || (layer->flags & ~XRS_LAYER_SIDE))
		return false;
	if (layer->skip > XRS_MAX_SKIPS || layer->skip_ppm > XRS_PPM ||
	    (!layer->skip && layer->skip_ppm))
		return false;
	if (layer->exit > XRS_MAX_EXITS || layer->exit_ppm > XRS_PPM ||
	    (!layer->exit && layer->exit_ppm))
		return false;
	return !(layer->skip && layer->exit);
}

/* Blocks are contiguous and of one probability, exits do not repeat. */
static bool chain_valid(const struct xrs_layer *layer, u32 nr)
{
	u64 blocks = 0, exits = 0;
	u32 i;

	if (layer[0].skip)
		return false;
	for (i = 0; i < nr; i++) {
		if (!layer_valid(&layer[i]))
			return false;
		if (layer[i].exit) {
			if (exits & BIT_ULL(layer[i].exit))
				return false;
			exits |= BIT_ULL(layer[i].exit);
		}
		if (!layer[i].skip)
			continue;
		if (layer[i].skip == layer[i - 1].skip) {
			if (layer[i].skip_ppm != layer[i - 1].skip_ppm)
				return false;
			continue;
		}
		if (blocks & BIT_ULL(layer[i].skip))
			return false;
		blocks |= BIT_ULL(layer[i].skip);
	}
	return true;
}

static bool classes_valid(const struct xrs_model *model)
{
	u32 i, j;

	for (i = 0; i < model->nr_classes; i++) {
		if (!xrs_name_valid(model->class_name[i]))
			return false;
		for (j = 0; j < i; j++)
			if (!strcmp(model->class_name[i], model->class_name[j]))
				return false;
	}
	return true;
}

static bool costs_valid(const struct xrs_model *model)
{
	size_t i, cells = (size_t)model->nr_layers * model->nr_classes;

	for (i = 0; i < cells; i++)
		if (!model->cost[i].latency_ns ||
		    model->cost[i].latency_ns > BIT_ULL(40) ||
		    model->cost[i].energy_pj > BIT_ULL(50))
			return false;
	return true;
}

static void estimates_begin(struct xrs_model *model)
{
	size_t i, cells = (size_t)model->nr_layers * model->nr_classes;

	for (i = 0; i < cells; i++) {
		model->estimate[i].ns = model->cost[i].latency_ns;
		model->estimate[i].profile_ns = model->cost[i].latency_ns;
	}
}

/**
 * xrs_model_seal() - check a model that was filled in
 * @model: laid out, with class names, layers, costs, and of each variant
 *         nr_layers, input_bytes and accuracy_ppm filled in; first_layer is
 *         set here
 *
 * Context: any; no lock needed before the model is published.
 * Return: 0, or -EINVAL when something is out of its range.
 */
int xrs_model_seal(struct xrs_model *model)
{
	u32 i, first = 0;

	for (i = 0; i < model->nr_variants; i++) {
		struct xrs_variant *variant = &model->variant[i];

		if (!variant->nr_layers ||
		    variant->nr_layers > model->nr_layers - first ||
		    variant->accuracy_ppm > XRS_PPM)
			return -EINVAL;
		variant->first_layer = first;
		first += variant->nr_layers;
		if (!chain_valid(model->layer + variant->first_layer,
				 variant->nr_layers))
			return -EINVAL;
	}
	if (!first || first != model->nr_layers)
		return -EINVAL;
	if (!classes_valid(model) || !costs_valid(model))
		return -EINVAL;
	estimates_begin(model);
	return 0;
}

/* How many engines that are up there are for each row. */
static u32 count_rows(const struct xrs_core *core, struct xrs_model *model,
		      u32 *count)
{
	u32 id, row, total = 0;

	model->engines = 0;
	memset(count, 0, XRS_MAX_CLASSES * sizeof(*count));
	memset(model->row, XRS_NO_ROW, sizeof(model->row));
	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		if (!core->engine[id])
			continue;
		for (row = 0; row < model->nr_classes; row++)
			if (!strcmp(model->class_name[row],
				    core->engine[id]->class_name))
				break;
		if (row == model->nr_classes)
			continue;
		model->row[id] = row;
		if (core->up & BIT_ULL(id)) {
			model->engines |= BIT_ULL(id);
			count[row]++;
			total++;
		}
	}
	return total;
}

/*
 * Preferences and mean of one layer; returns its least latency.  Each sample
 * moves a cold estimate half the way, so that half of what was unseen remains.
 */
static u64 view_layer(struct xrs_model *model, u32 layer, const u32 *count,
		      u32 total, u64 *unseen_ns)
{
	size_t base = (size_t)layer * model->nr_classes;
	const struct xrs_cost *cost = &model->cost[base];
	struct xrs_cell *cell = &model->cell[base];
	u64 lat_sum = 0, en_sum = 0, least_ns = U64_MAX;
	u32 row;

	for (row = 0; row < model->nr_classes; row++) {
		if (!count[row])
			continue;
		lat_sum += count[row] * cost[row].latency_ns;
		en_sum += count[row] * cost[row].energy_pj;
		if (cost[row].latency_ns >= least_ns)
			continue;
		least_ns = cost[row].latency_ns;
		*unseen_ns = least_ns >>
			     min(model->estimate[base + row].samples, 63U);
	}
	for (row = 0; row < model->nr_classes; row++) {
		if (!count[row])
			continue;
		cell[row].lat_pref = xrs_ratio_q32(lat_sum, cost[row].latency_ns);
		cell[row].en_pref = xrs_ratio_q32(en_sum, cost[row].energy_pj);
	}
	model->view[layer].mean_ns = div64_u64(lat_sum, total);
	return least_ns;
}

/* The most that a layer may cost: on engines that are up, if there are any. */
static u64 worst_layer(const struct xrs_model *model, u32 layer,
		       const u32 *count, u32 total)
{
	const struct xrs_cost *cost =
		&model->cost[(size_t)layer * model->nr_classes];
	u64 worst_pj = 0;
	u32 row;

	for (row = 0; row < model->nr_classes; row++)
		if (count[row] || !total)
			worst_pj = max(worst_pj, cost[row].energy_pj);
	return worst_pj;
}

/* The longest that a layer may take on engines that are up. */
static u64 slowest_layer(const struct xrs_model *model, u32 layer,
			 const u32 *count)
{
	const struct xrs_cost *cost =
		&model->cost[(size_t)layer * model->nr_classes];
	u64 worst_ns = 0;
	u32 row;

	for (row = 0; row < model->nr_classes; row++)
		if (count[row])
			worst_ns = max(worst_ns, cost[row].latency_ns);
	return worst_ns;
}

static u64 weigh(u64 ns, u32 ppm)
{
	return xrs_muldiv(ns, ppm, XRS_PPM, U64_MAX);
}

/**
 * struct ahead - What lies behind a layer, seen while walking backwards
 * @undecided: from the next layer on, before it is known whether it runs
 * @decided: from the next layer on, given that it runs
 * @behind_block: from behind the block on that the next layer belongs to
 */
struct ahead {
	u64 undecided;
	u64 decided;
	u64 behind_block;
};

/*
 * One step backwards of an expectation over the ways a frame may go: @ns for
 * the layer itself, then what follows unless the exit is taken.  Inside a
 * block the next layer runs for certain; at its first layer it is not yet
 * known whether the block is skipped.
 */
static u64 step_back(struct ahead *a, const struct xrs_layer *layer,
		     const struct xrs_layer *prev, const struct xrs_layer *next,
		     u64 ns, u32 skip_ppm, u32 exit_ppm)
{
	bool inside = next && next->skip && next->skip == layer->skip;
	u64 here;

	if (layer->skip && !inside)
		a->behind_block = a->undecided;
	here = ns + weigh(inside ? a->decided : a->undecided,
			  XRS_PPM - exit_ppm);
	a->decided = here;
	if (!layer->skip)
		a->undecided = here;
	else if (!prev || prev->skip != layer->skip)
		a->undecided = weigh(here, XRS_PPM - skip_ppm) +
			       weigh(a->behind_block, skip_ppm);
	return here;
}

static void view_variant(struct xrs_model *model, struct xrs_variant *variant,
			 const u32 *count, u32 total)
{
	struct ahead mean = {}, least = {}, all = {}, rest = {}, unseen = {};
	struct ahead alone[XRS_MAX_CLASSES] = {};
	u32 i, row, first = variant->first_layer;

	variant->worst_pj = 0;
	variant->worst_ns = 0;
	variant->most_bytes = variant->input_bytes;
	variant->floor_ns = U64_MAX;
	for (i = first + variant->nr_layers; i-- > first;) {
		const struct xrs_layer *layer = &model->layer[i];
		const struct xrs_layer *prev = i > first ? layer - 1 : NULL;
		const struct xrs_layer *next =
			i + 1 < first + variant->nr_layers ? layer + 1 : NULL;
		struct xrs_layer_view *view = &model->view[i];
		u64 least_ns, unseen_ns = 0;

		variant->worst_pj += worst_layer(model, i, count, total);
		variant->worst_ns += slowest_layer(model, i, count);
		variant->most_bytes = max(variant->most_bytes,
					  layer->out_bytes);
		if (!total)
			continue;
		least_ns = view_layer(model, i, count, total, &unseen_ns);
		variant->floor_ns = min(variant->floor_ns, view->mean_ns);
		view->togo_mean_ns = step_back(&mean, layer, prev, next,
					       view->mean_ns, layer->skip_ppm,
					       layer->exit_ppm);
		view->togo_min_ns = step_back(&least, layer, prev, next,
					      least_ns, layer->skip_ppm,
					      layer->exit_ppm);
		view->all_ns = step_back(&all, layer, prev, next, least_ns, 0,
					 0);
		view->rest_ns = step_back(&rest, layer, prev, next, least_ns,
					  XRS_PPM, layer->exit ? XRS_PPM : 0);
		view->unseen_ns = step_back(&unseen, layer, prev, next,
					    unseen_ns, XRS_PPM,
					    layer->exit ? XRS_PPM : 0);
		for (row = 0; row < model->nr_classes; row++) {
			size_t at = (size_t)i * model->nr_classes + row;

			if (count[row])
				model->cell[at].togo_ns =
					step_back(&alone[row], layer, prev,
						  next,
						  model->cost[at].latency_ns,
						  layer->skip_ppm,
						  layer->exit_ppm);
		}
	}
}

/**
 * xrs_model_view_anew() - make a model's derived tables
 * @core: the device
 * @model: a sealed model
 *
 * Context: caller's lock.  O(layers * classes that are present).
 */
void xrs_model_view_anew(const struct xrs_core *core, struct xrs_model *model)
{
	u32 count[XRS_MAX_CLASSES];
	u32 i, total;

	total = count_rows(core, model, count);
	for (i = 0; i < model->nr_variants; i++)
		view_variant(model, &model->variant[i], count, total);
	model->view_gen = core->engine_gen;
}
