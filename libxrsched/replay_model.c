// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From records to models: their tables, and what was learned of them.
 */
#include <search.h>
#include <stdlib.h>

#include "replay.h"

static int model_order(const void *a, const void *b)
{
	const struct replay_model *x = a, *y = b;

	return (x->core.nr > y->core.nr) - (x->core.nr < y->core.nr);
}

struct replay_model *replay_model_get(struct replay_world *world, u64 nr)
{
	struct replay_model key = { .core.nr = nr };
	void **node = tfind(&key, &world->models, model_order);

	return node ? *node : NULL;
}

void replay_model_free(void *object)
{
	struct replay_model *model = object;

	if (!model)
		return;
	free(model->mem);
	free(model);
}

static u64 model_units(const struct xrs_model *model)
{
	return 2 * (u64)model->nr_classes + model->nr_variants +
	       model->nr_layers + (u64)model->nr_layers * model->nr_classes;
}

static void *unit_of(struct xrs_model *model, u64 i)
{
	if (i < 2 * model->nr_classes)
		return (char *)model->class_name + 16 * i;
	i -= 2 * model->nr_classes;
	if (i < model->nr_variants)
		return &model->variant[i];
	i -= model->nr_variants;
	if (i < model->nr_layers)
		return &model->layer[i];
	return &model->cost[i - model->nr_layers];
}

static int feed_model(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_model *model;

	if (world->building)
		return replay_bad(world, "a model within another");
	if (!r->model.nr_variants || r->model.nr_variants > XRS_MAX_VARIANTS ||
	    !r->model.nr_layers || r->model.nr_layers > XRS_MAX_LAYERS ||
	    !r->model.nr_classes || r->model.nr_classes > XRS_MAX_CLASSES ||
	    !r->model.nr)
		return replay_bad(world, "a model of impossible size");
	model = calloc(1, sizeof(*model));
	if (!model)
		return replay_no_memory(world);
	model->mem = calloc(1, xrs_model_bytes(r->model.nr_variants,
					       r->model.nr_layers,
					       r->model.nr_classes));
	if (!model->mem) {
		free(model);
		return replay_no_memory(world);
	}
	xrs_model_layout(&model->core, model->mem, r->model.nr_variants,
			 r->model.nr_layers, r->model.nr_classes);
	memcpy(model->core.name, r->model.name, XRS_NAME_LEN);
	model->core.nr = r->model.nr;
	world->building = model;
	world->units = 0;
	return 0;
}

static int model_complete(struct replay_world *world)
{
	struct replay_model *model = world->building;

	world->building = NULL;
	if (!xrs_name_valid(model->core.name) || xrs_model_seal(&model->core)) {
		replay_model_free(model);
		return replay_bad(world, "a model that is none");
	}
	if (replay_model_get(world, model->core.nr)) {
		/* Written again by a recorder that had forgotten it. */
		replay_model_free(model);
		return 0;
	}
	if (!tsearch(model, &world->models, model_order)) {
		replay_model_free(model);
		return replay_no_memory(world);
	}
	return 0;
}

static int feed_model_data(struct replay_world *world,
			   const struct xrs_record *r)
{
	struct replay_model *model = world->building;

	if (!model || r->arg < 1 || r->arg > 3 ||
	    world->units != 3ULL * r->id ||
	    world->units + r->arg > model_units(&model->core))
		return replay_bad(world, "a piece of a model out of place");
	for (u32 i = 0; i < r->arg; i++)
		memcpy(unit_of(&model->core, world->units++), &r->word[2 * i],
		       16);
	if (world->units == model_units(&model->core))
		return model_complete(world);
	if (r->arg < 3)
		return replay_bad(world, "a piece of a model that is short");
	return 0;
}

static bool valid_ns(u64 ns)
{
	return ns && ns <= XRSCHED_MAX_LATENCY_NS;
}

static bool in_use(const struct replay_world *world,
		   const struct xrs_model *model)
{
	const struct xrs_stream *stream;

	list_for_each_entry(stream, &world->core.streams, link)
		if (stream->model == model)
			return true;
	return false;
}

static int feed_learned(struct replay_world *world, const struct xrs_record *r)
{
	struct replay_model *replayed =
		replay_model_get(world, r->learned.model);
	struct xrs_model *model = replayed ? &replayed->core : NULL;
	struct xrs_estimate *estimate;

	if (!model || r->learned.cell >= model->nr_layers * model->nr_classes)
		return replay_bad(world, "an estimate of no layer");
	if (!valid_ns(r->learned.ns) || !valid_ns(r->learned.cost_ns) ||
	    !valid_ns(r->learned.profile_ns) || !r->learned.samples)
		return replay_bad(world, "an estimate that cannot be");
	/* Written again with its model; what is here has learned as much. */
	if (in_use(world, model))
		return 0;
	estimate = &model->estimate[r->learned.cell];
	if (!estimate->samples)
		model->nr_learned++;
	estimate->ns = r->learned.ns;
	estimate->profile_ns = r->learned.profile_ns;
	estimate->samples = r->learned.samples;
	model->cost[r->learned.cell].latency_ns = r->learned.cost_ns;
	model->samples = r->learned.model_samples;
	/* What was derived of it is derived anew. */
	model->view_gen = 0;
	return 0;
}

/**
 * replay_feed_model() - take a piece of a model
 * @world: the core and its objects
 * @r: XRS_REC_MODEL, _MODEL_DATA or _LEARNED
 *
 * Return: 0, or -errno for one that cannot be.
 */
int replay_feed_model(struct replay_world *world, const struct xrs_record *r)
{
	if (r->type == XRS_REC_MODEL)
		return feed_model(world, r);
	if (r->type == XRS_REC_MODEL_DATA)
		return feed_model_data(world, r);
	return feed_learned(world, r);
}
