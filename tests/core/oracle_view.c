// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables derived from random models and engine sets against long double.
 * Times are whole ns, so a mean may be off by one and a sum of means by one a
 * layer.
 */

#include <math.h>

#include "naive_model.h"
#include "suite.h"

static const char classes[] = "abcd";

static void check_near(const char *what, u32 layer, u64 got, long double exact,
		       long double slop)
{
	if (fabsl(got - exact) <= 1e-6L * exact + slop)
		return;
	fail_msg("layer %u: %s %llu, exact %.12Lg", layer, what,
		 (unsigned long long)got, exact);
}

static void check_layer(const struct xrs_model *model, u32 l,
			const struct naive_set *set)
{
	const struct xrs_layer_view *view = &model->view[l];
	const long double one = 4294967296.0L;
	u32 id;

	check_near("mean_ns", l, view->mean_ns, naive_mean(model, l, set), 1);
	check_near("togo_mean_ns", l, view->togo_mean_ns,
		   naive_togo(model, l, set, false), model->nr_layers);
	check_near("togo_min_ns", l, view->togo_min_ns,
		   naive_togo(model, l, set, true), model->nr_layers);
	assert_int_equal(view->rest_ns, naive_rest(model, l, set));

	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		const struct xrs_cost *cost;
		const struct xrs_cell *cell;
		long double en;

		if (!naive_can(model, set, id))
			continue;
		cost = naive_cost(model, l, set, id);
		cell = &model->cell[l * model->nr_classes + model->row[id]];
		en = cost->energy_pj ? cost->energy_pj : 1;
		check_near("lat_pref", l, cell->lat_pref,
			   fminl(naive_lat_sum(model, l, set) * one /
					 cost->latency_ns,
				 0x1p52L),
			   1);
		check_near("en_pref", l, cell->en_pref,
			   fminl(naive_en_sum(model, l, set) * one / en,
				 0x1p52L),
			   1);
	}
}

static void check_view(struct world *w, struct xrs_model *model,
		       const struct naive_set *set)
{
	u32 id, l, v;

	xrs_model_view(&w->core, model);
	for (id = 0; id < XRS_MAX_ENGINES; id++) {
		bool can = naive_can(model, set, id);

		assert_int_equal(!!(model->engines & BIT_ULL(id)), can);
		if (!can)
			continue;
		assert_ptr_equal(&model->cost[model->row[id]],
				 naive_cost(model, 0, set, id));
	}
	if (!naive_nr_engines(model, set))
		return;
	for (l = 0; l < model->nr_layers; l++)
		check_layer(model, l, set);
	for (v = 0; v < model->nr_variants; v++) {
		assert_int_equal(model->variant[v].worst_pj,
				 naive_worst(model, v, set));
		check_near("floor_ns", v, model->variant[v].floor_ns,
			   naive_floor(model, v, set), 1);
	}
}

static void view_random(void **state)
{
	struct world *w = *state;
	struct rng rng = { oracle_seed + 80 };
	struct naive_set set = { 0 };
	struct xrs_engine *engine[8];
	struct xrs_model *model[40];
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(model); i++)
		model[i] = model_random(w, &rng, 12, classes);
	for (i = 0; i < ARRAY_SIZE(engine); i++) {
		u32 id = (u32)(i * 9);
		char name[2] = { classes[rng_below(&rng, 4)] };

		engine[i] = world_engine(w, id, name);
		strcpy(set.class_name[id], name);
		set.up[id] = true;
	}
	for (k = 0; k < 150; k++) {
		u32 which = (u32)rng_below(&rng, ARRAY_SIZE(engine));
		u32 id = engine[which]->id;

		if (set.up[id])
			xrs_core_engine_down(&w->core, engine[which], k);
		else
			xrs_core_engine_up(&w->core, engine[which], k);
		set.up[id] = !set.up[id];
		for (i = 0; i < ARRAY_SIZE(model); i++)
			check_view(w, model[i], &set);
	}
}

/* The largest numbers that a model may hold. */
static void view_extremes(void **state)
{
	struct world *w = *state;
	struct naive_set set = { 0 };
	u32 nr = XRS_MAX_LAYERS;
	struct xrs_cost *cost = world_alloc(w, sizeof(*cost) * nr * 2);
	struct xrs_model *model;
	u32 i;

	for (i = 0; i < nr; i++) {
		cost[2 * i] = (struct xrs_cost){ 1ULL << 40, 1ULL << 50 };
		cost[2 * i + 1] = (struct xrs_cost){ 1, i % 2 };
	}
	model = model_new(w, 1, &nr, "ab", cost);
	model_seal(model);
	for (i = 0; i < XRS_MAX_ENGINES; i++) {
		world_engine(w, i, i % 8 ? "a" : "b");
		strcpy(set.class_name[i], i % 8 ? "a" : "b");
		set.up[i] = true;
	}
	xrs_model_view(&w->core, model);
	assert_int_equal(model->variant[0].worst_pj, 1ULL << 62);
	assert_int_equal(model->view[0].rest_ns, nr);
	assert_int_equal(model->view[0].togo_min_ns, nr);
	for (i = 0; i < nr; i += 97)
		check_layer(model, i, &set);
	check_layer(model, nr - 1, &set);
}

static const struct CMUnitTest tests[] = {
	WORLD_TEST(view_random),
	WORLD_TEST(view_extremes),
};

SUITE(suite_view, tests);
