// SPDX-License-Identifier: GPL-2.0-only
/* Models the slow way: nothing is remembered, nothing is rounded. */

#include "naive_model.h"

/* NULL if the engine's class has no row. */
const struct xrs_cost *naive_cost(const struct xrs_model *model, u32 layer,
				  const struct naive_set *set, u32 id)
{
	u32 row;

	for (row = 0; row < model->nr_classes; row++)
		if (!strcmp(model->class_name[row], set->class_name[id]))
			return &model->cost[layer * model->nr_classes + row];
	return NULL;
}

bool naive_can(const struct xrs_model *model, const struct naive_set *set,
	       u32 id)
{
	return set->up[id] && naive_cost(model, 0, set, id);
}

u32 naive_nr_engines(const struct xrs_model *model, const struct naive_set *set)
{
	u32 nr = 0;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		nr += naive_can(model, set, id);
	return nr;
}

u64 naive_lat_sum(const struct xrs_model *model, u32 layer,
		  const struct naive_set *set)
{
	u64 sum = 0;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (naive_can(model, set, id))
			sum += naive_cost(model, layer, set, id)->latency_ns;
	return sum;
}

u64 naive_en_sum(const struct xrs_model *model, u32 layer,
		 const struct naive_set *set)
{
	u64 sum = 0;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (naive_can(model, set, id))
			sum += naive_cost(model, layer, set, id)->energy_pj;
	return sum;
}

u64 naive_lat_min(const struct xrs_model *model, u32 layer,
		  const struct naive_set *set)
{
	u64 least = U64_MAX;
	u32 id;

	for (id = 0; id < XRS_MAX_ENGINES; id++)
		if (naive_can(model, set, id))
			least = min(
				least,
				naive_cost(model, layer, set, id)->latency_ns);
	return least;
}

long double naive_mean(const struct xrs_model *model, u32 layer,
		       const struct naive_set *set)
{
	return (long double)naive_lat_sum(model, layer, set) /
	       naive_nr_engines(model, set);
}

static u32 layer_end(const struct xrs_model *model, u32 layer)
{
	u32 v = 0;

	while (layer >=
	       model->variant[v].first_layer + model->variant[v].nr_layers)
		v++;
	return model->variant[v].first_layer + model->variant[v].nr_layers;
}

/*
 * @layer runs for certain.  Each later one is weighed by the probability that
 * it is reached: the rest of @layer's own block is certain, another block
 * runs with 1 - skip, and each exit passed takes its share of the frames.
 */
long double naive_togo(const struct xrs_model *model, u32 layer,
		       const struct naive_set *set, bool fastest)
{
	u32 end = layer_end(model, layer);
	u8 own = model->layer[layer].skip;
	long double reached = 1;
	long double sum = 0;
	u32 l;

	for (l = layer; l < end; l++) {
		const struct xrs_layer *at = &model->layer[l];
		long double runs = reached;

		if (at->skip && at->skip != own)
			runs *= 1 - at->skip_ppm / 1e6L;
		sum += runs * (fastest ? naive_lat_min(model, l, set)
				       : naive_mean(model, l, set));
		if (at->exit)
			reached *= 1 - at->exit_ppm / 1e6L;
	}
	return sum;
}

/* @layer runs, and its block; other blocks are skipped; the first exit ends. */
u64 naive_rest(const struct xrs_model *model, u32 layer,
	       const struct naive_set *set)
{
	u32 end = layer_end(model, layer);
	u8 own = model->layer[layer].skip;
	u64 sum = 0;
	u32 l;

	for (l = layer; l < end; l++) {
		u8 skip = model->layer[l].skip;

		if (skip && skip != own)
			continue;
		sum += naive_lat_min(model, l, set);
		if (model->layer[l].exit)
			break;
	}
	return sum;
}

long double naive_floor(const struct xrs_model *model, u32 variant,
			const struct naive_set *set)
{
	const struct xrs_variant *v = &model->variant[variant];
	long double least = 0;
	u32 l;

	for (l = v->first_layer; l < v->first_layer + v->nr_layers; l++) {
		long double mean = naive_mean(model, l, set);

		if (l == v->first_layer || mean < least)
			least = mean;
	}
	return least;
}

u64 naive_worst(const struct xrs_model *model, u32 variant,
		const struct naive_set *set)
{
	const struct xrs_variant *v = &model->variant[variant];
	u64 sum = 0;
	u32 l, id;

	for (l = v->first_layer; l < v->first_layer + v->nr_layers; l++) {
		u64 most = 0;

		for (id = 0; id < XRS_MAX_ENGINES; id++)
			if (naive_can(model, set, id))
				most = max(most, naive_cost(model, l, set, id)
							 ->energy_pj);
		sum += most;
	}
	return sum;
}

/* Marks layers first … end - 1 as belonging to blocks, exits or neither. */
static void variant_random(struct rng *rng, struct xrs_model *model, u32 first,
			   u32 end)
{
	u8 nr_skips = 0;
	u8 nr_exits = 0;
	u32 l = first + 1;

	while (l < end) {
		if (rng_chance(rng, 25) && nr_skips < XRS_MAX_SKIPS) {
			u32 last = (u32)rng_range(rng, l, min(l + 3, end - 1));
			u32 ppm = (u32)rng_below(rng, XRS_PPM + 1);

			nr_skips++;
			for (; l <= last; l++) {
				model->layer[l].skip = nr_skips;
				model->layer[l].skip_ppm = ppm;
			}
			continue;
		}
		if (rng_chance(rng, 15) && nr_exits < XRS_MAX_EXITS) {
			model->layer[l].exit = ++nr_exits;
			model->layer[l].exit_ppm =
				(u32)rng_below(rng, XRS_PPM + 1);
		}
		l++;
	}
}

static struct xrs_cost cost_random(struct rng *rng)
{
	return (struct xrs_cost){
		/* Steps of 1/4 ms: moments coincide, means are seldom odd. */
		.latency_ns = rng_range(rng, 1, 40) * (MS / 4),
		.energy_pj =
			rng_chance(rng, 3) ? 0 : rng_log(rng, 1, 1ULL << 36),
	};
}

/*
 * A sealed model of 1 … 3 variants of 1 … @max_layers layers that runs on a
 * random, non-empty part of @classes.
 */
struct xrs_model *model_random(struct world *w, struct rng *rng, u32 max_layers,
			       const char *classes)
{
	u32 nr_variants = (u32)rng_range(rng, 1, 3);
	u32 nr_layers[3];
	char rows[XRS_MAX_CLASSES + 1];
	struct xrs_cost *cost;
	struct xrs_model *model;
	u32 nr_rows = 0;
	u32 sum = 0;
	u32 i;

	for (i = 0; classes[i]; i++)
		if (rng_chance(rng, 65))
			rows[nr_rows++] = classes[i];
	if (!nr_rows)
		rows[nr_rows++] = classes[rng_below(rng, strlen(classes))];
	rows[nr_rows] = '\0';

	for (i = 0; i < nr_variants; i++) {
		nr_layers[i] = (u32)rng_range(rng, 1, max_layers);
		sum += nr_layers[i];
	}
	cost = world_alloc(w, sizeof(*cost) * sum * nr_rows);
	for (i = 0; i < sum * nr_rows; i++)
		cost[i] = cost_random(rng);

	model = model_new(w, nr_variants, nr_layers, rows, cost);
	for (i = 0; i < nr_variants; i++) {
		struct xrs_variant *v = &model->variant[i];

		v->input_bytes = (u32)rng_log(rng, 0, 1 << 20);
		variant_random(rng, model, v->first_layer,
			       v->first_layer + v->nr_layers);
	}
	for (i = 0; i < sum; i++) {
		model->layer[i].out_bytes = (u32)rng_log(rng, 0, 1 << 20);
		if (rng_chance(rng, 20))
			model->layer[i].flags |= XRS_LAYER_SIDE;
	}
	model_seal(model);
	return model;
}
