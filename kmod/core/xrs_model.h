/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models: immutable profiles of networks, and what the scheduler derives from
 * them for the engines that are up.
 */
#ifndef XRS_MODEL_H
#define XRS_MODEL_H

#include "xrs_shim.h"

#define XRS_NAME_LEN	 32
#define XRS_MAX_ENGINES	 64
#define XRS_MAX_LAYERS	 4096
#define XRS_MAX_VARIANTS 8
#define XRS_MAX_CLASSES	 32
#define XRS_MAX_SKIPS	 63
#define XRS_MAX_EXITS	 7
#define XRS_PPM		 1000000U
#define XRS_NO_ROW	 0xff

struct xrs_core;

/** define XRS_LAYER_SIDE - The layer's output is not a main-path activation. */
#define XRS_LAYER_SIDE 0x01

/**
 * struct xrs_layer - The stretch of a model between two preemption points
 * @out_bytes: activations it leaves behind
 * @skip_ppm: probability that its block is skipped
 * @exit_ppm: probability that a frame which got here ends here
 * @skip: 0, or the number (from 1) of the skippable block it belongs to
 * @exit: 0, or the number (from 1) of the early exit behind it
 * @flags: XRS_LAYER_*
 * @pad: 0
 *
 * Laid out as struct xrsched_layer of the uapi, so that both sides may copy.
 */
struct xrs_layer {
	u32 out_bytes;
	u32 skip_ppm;
	u32 exit_ppm;
	u8 skip;
	u8 exit;
	u8 flags;
	u8 pad;
};

/**
 * struct xrs_cost - What a layer costs on one class of engines
 * @latency_ns: run time, 1 … 2^40
 * @energy_pj: energy, 0 … 2^50
 */
struct xrs_cost {
	u64 latency_ns;
	u64 energy_pj;
};

/**
 * struct xrs_estimate - What a layer is seen to take on a class of engines
 * @ns: estimate; begins with what the profile says
 * @profile_ns: what the profile says
 * @samples: how often it was seen
 * @pad: 0
 */
struct xrs_estimate {
	u64 ns;
	u64 profile_ns;
	u32 samples;
	u32 pad;
};

/**
 * struct xrs_variant - One way to run a model
 * @first_layer: index of its first layer among those of the model
 * @nr_layers: how many it has
 * @input_bytes: activations that its first layer reads
 * @accuracy_ppm: its accuracy, 0 if unknown
 * @floor_ns: derived: smallest mean latency of its layers, the least slack
 *            that a score divides by (DREAM)
 * @worst_pj: derived: every layer on its most expensive engine (UXCost)
 * @worst_ns: derived: every layer on its slowest engine (admission advice)
 * @most_bytes: derived: most activations that a switch may have to move
 */
struct xrs_variant {
	u32 first_layer;
	u32 nr_layers;
	u32 input_bytes;
	u32 accuracy_ppm;
	u64 floor_ns;
	u64 worst_pj;
	u64 worst_ns;
	u32 most_bytes;
};

/**
 * struct xrs_layer_view - A layer seen from the engines that are up; derived
 * @mean_ns: mean latency over the engines that can run it
 * @togo_mean_ns: expected time of the rest of the frame from this layer on,
 *                given that this layer runs: mean latencies, each weighed by
 *                the probability that the layer is reached
 * @togo_min_ns: the same with the fastest engine for each layer
 * @all_ns: the same of all of the rest: nothing skipped, no exit taken
 * @rest_ns: shortest possible rest: fastest engines, all skips, first exit
 * @unseen_ns: part of that which is no more than the profile's word: an estimate
 *             counts half as much with each sample
 */
struct xrs_layer_view {
	u64 mean_ns;
	u64 togo_mean_ns;
	u64 togo_min_ns;
	u64 all_ns;
	u64 rest_ns;
	u64 unseen_ns;
};

/**
 * struct xrs_cell - A layer on a class of engines; derived
 * @lat_pref: LatPref of MapScore, Q32: sum of latencies / this latency
 * @en_pref: EnPref of MapScore, Q32: sum of energies / this energy
 * @togo_ns: expected time of the rest of the frame from this layer on, if all
 *           of it runs on engines of this class
 */
struct xrs_cell {
	u64 lat_pref;
	u64 en_pref;
	u64 togo_ns;
};

/**
 * struct xrs_model - A chain of layers and what they cost
 * @name: name, for policies that go by it; set before xrs_model_seal()
 * @nr: set by the caller: what recordings call it; no two models of a device
 *      have the same
 * @nr_variants: number of @variant
 * @nr_layers: number of @layer, over all variants
 * @nr_classes: rows of the cost table
 * @class_name: classes that can run the model
 * @variant: heaviest first
 * @layer: variant by variant
 * @cost: [layer * nr_classes + row]: what decisions look at; the latencies
 *        follow @estimate, see xrs_core_observe()
 * @estimate: indexed as @cost
 * @view: derived, by layer
 * @cell: derived, indexed as @cost
 * @group: the ready sets' own: number from 1 of the group of jobs at a layer, 0
 *         where there is none; [set * nr_layers + layer]
 * @engines: derived: mask of engines that are up and can run the model
 * @row: derived: row of @cost for an engine, XRS_NO_ROW if it cannot run it
 * @view_gen: generation of the engine set that the derived parts are for
 * @samples: what was learned since @cost was brought up to date, in samples
 * @nr_learned: number of @estimate that have samples
 * @noted: who goes through models by their streams has seen it
 *
 * The caller allocates xrs_model_bytes() for the arrays, zeroed, hands them to
 * xrs_model_layout(), fills in the first part and calls xrs_model_seal().
 * After that only the core writes, and only the derived parts, estimates and
 * the latencies that follow them, under the device's lock.
 */
struct xrs_model {
	char name[XRS_NAME_LEN];
	u64 nr;
	u32 nr_variants;
	u32 nr_layers;
	u32 nr_classes;
	char (*class_name)[XRS_NAME_LEN];
	struct xrs_variant *variant;
	struct xrs_layer *layer;
	struct xrs_cost *cost;
	struct xrs_estimate *estimate;

	struct xrs_layer_view *view;
	struct xrs_cell *cell;
	u32 *group;
	u64 engines;
	u8 row[XRS_MAX_ENGINES];
	u64 view_gen;
	u32 samples;
	u32 nr_learned;
	bool noted;
};

size_t xrs_model_bytes(u32 nr_variants, u32 nr_layers, u32 nr_classes);
void xrs_model_layout(struct xrs_model *model, void *mem, u32 nr_variants,
		      u32 nr_layers, u32 nr_classes);
int xrs_model_seal(struct xrs_model *model);
void xrs_model_view_anew(const struct xrs_core *core, struct xrs_model *model);
bool xrs_name_valid(const char *name);

#endif /* XRS_MODEL_H */
