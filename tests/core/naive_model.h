/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What DREAM says about a model's layers, computed from its cost table
 * each time it is asked for, in long double.
 */
#ifndef XRS_TEST_NAIVE_MODEL_H
#define XRS_TEST_NAIVE_MODEL_H

#include "common.h"

/**
 * struct naive_set - Engines
 * @up: those that take layers, by id
 * @class_name: their classes, by id
 */
struct naive_set {
	bool up[XRS_MAX_ENGINES];
	char class_name[XRS_MAX_ENGINES][XRS_NAME_LEN];
};

const struct xrs_cost *naive_cost(const struct xrs_model *model, u32 layer,
				  const struct naive_set *set, u32 id);
bool naive_can(const struct xrs_model *model, const struct naive_set *set,
	       u32 id);
u32 naive_nr_engines(const struct xrs_model *model,
		     const struct naive_set *set);

u64 naive_lat_sum(const struct xrs_model *model, u32 layer,
		  const struct naive_set *set);
u64 naive_en_sum(const struct xrs_model *model, u32 layer,
		 const struct naive_set *set);
u64 naive_lat_min(const struct xrs_model *model, u32 layer,
		  const struct naive_set *set);
long double naive_mean(const struct xrs_model *model, u32 layer,
		       const struct naive_set *set);

long double naive_togo(const struct xrs_model *model, u32 layer,
		       const struct naive_set *set, bool fastest);
u64 naive_rest(const struct xrs_model *model, u32 layer,
	       const struct naive_set *set);
long double naive_floor(const struct xrs_model *model, u32 variant,
			const struct naive_set *set);
u64 naive_worst(const struct xrs_model *model, u32 variant,
		const struct naive_set *set);

struct xrs_model *model_random(struct world *w, struct rng *rng, u32 max_layers,
			       const char *classes);

#endif /* XRS_TEST_NAIVE_MODEL_H */
