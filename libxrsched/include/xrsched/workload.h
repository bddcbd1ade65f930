/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Workload files: a scenario, its models and the hardware it runs on, as
 * Documentation/workload-format.md describes them.
 *
 * A loaded workload never changes: any number of threads may use it at once.
 */
#ifndef XRSCHED_WORKLOAD_H
#define XRSCHED_WORKLOAD_H

#include <stdint.h>

#include <xrsched/xrsched.h>

#ifdef __cplusplus
extern "C" {
#endif

/** struct xrsched_workload - Loaded and validated files (opaque) */
struct xrsched_workload;

/**
 * enum xrsched_workload_kind - Kinds of workload files
 * @XRSCHED_WORKLOAD_SCENARIO: streams.
 * @XRSCHED_WORKLOAD_HARDWARE: engines.
 * @XRSCHED_WORKLOAD_MODEL: layers and costs.
 */
enum xrsched_workload_kind {
	XRSCHED_WORKLOAD_SCENARIO = 0,
	XRSCHED_WORKLOAD_HARDWARE = 1,
	XRSCHED_WORKLOAD_MODEL = 2,
};

/**
 * struct xrsched_workload_args - What to load
 * @size: sizeof(struct xrsched_workload_args).
 * @flags: must be 0.
 * @scenario: name or path (with '/' or ending in ".json"); NULL: none, for
 *            those who want the engines alone.
 * @hardware: name or path; NULL: none, for those who want to look at a
 *            scenario only.
 * @costs: cost set, NULL: the scenario's.
 * @model: name or path of a single model, instead of @scenario and @hardware.
 * @engines: engines that servers provide (see xrsched/server.h), besides those
 *           of @hardware or instead of them: "CLASS" or "CLASS:NUMBER",
 *           separated by commas; NULL: none.
 * @profiles: directory with measured costs of models, MODEL.tsv each in the
 *            format of cost tables, that are added to the models' own; NULL:
 *            none.
 */
struct xrsched_workload_args {
	uint32_t size;
	uint32_t flags;
	const char *scenario;
	const char *hardware;
	const char *costs;
	const char *model;
	const char *engines;
	const char *profiles;
};

/**
 * struct xrsched_workload_info - A workload as a whole
 * @scenario: name of the scenario, "" if none.
 * @hardware: name of the hardware, "" if none.
 * @costs: cost set in use, "" without scenario.
 * @description: of the scenario, else of the hardware; may be "".
 * @nr_streams: streams.
 * @nr_models: different models that they use.
 * @nr_engines: engines.
 * @load: least possible utilisation of the busiest class of engines when the
 *        work is split in the best way, see xrsched_workload_load_factor();
 *        0 without scenario or hardware.
 */
struct xrsched_workload_info {
	const char *scenario;
	const char *hardware;
	const char *costs;
	const char *description;
	uint32_t nr_streams;
	uint32_t nr_models;
	uint32_t nr_engines;
	double load;
};

/**
 * struct xrsched_workload_stream - A stream of a scenario
 * @name: its name.
 * @model: its model's name.
 * @model_index: its model, for xrsched_workload_get_model().
 * @upstream: index of the stream that triggers it, -1: none.
 * @fps: frames per second.
 * @period_ns: time between frames, rounded down.
 * @deadline_ns: relative deadline; 0: the release of the next frame.
 * @phase_ns: release of frame 0.
 * @weight: importance.
 * @trigger_ppm: probability of being triggered; 0 without @upstream.
 * @no_early_drop: 1: never dropped early.
 * @drop_max: bound of early drops, 0 with @drop_window 0: the policy's.
 * @drop_window: frames that @drop_max is counted over.
 * @lightest_variant: number, from 1, of the lightest variant that a policy may
 *                    choose, by the scenario's own word or its accuracy floor;
 *                    0: any.
 */
struct xrsched_workload_stream {
	const char *name;
	const char *model;
	uint32_t model_index;
	int32_t upstream;
	double fps;
	uint64_t period_ns;
	uint64_t deadline_ns;
	uint64_t phase_ns;
	uint32_t weight;
	uint32_t trigger_ppm;
	uint32_t no_early_drop;
	uint32_t drop_max;
	uint32_t drop_window;
	uint32_t lightest_variant;
};

/**
 * struct xrsched_workload_engine - An engine of the hardware
 * @name: its name.
 * @class_name: its class.
 * @pes: processing elements.
 * @bytes_per_us: bandwidth for activations, 0: unlimited.
 * @served: 1: a server provides it, xrsched_run_setup() does not make it on a
 *          kernel device.
 */
struct xrsched_workload_engine {
	const char *name;
	const char *class_name;
	uint32_t pes;
	uint64_t bytes_per_us;
	uint32_t served;
};

/**
 * enum xrsched_op - What a layer computes
 * @XRSCHED_OP_UNKNOWN: the file does not say.
 * @XRSCHED_OP_CONV: convolution.
 * @XRSCHED_OP_DSCONV: depthwise convolution: @groups = @c = @k.
 * @XRSCHED_OP_CONV1D: convolution over @y alone.
 * @XRSCHED_OP_GEMM: matrix product: @k outputs of @c inputs for each of @y rows.
 */
enum xrsched_op {
	XRSCHED_OP_UNKNOWN = 0,
	XRSCHED_OP_CONV = 1,
	XRSCHED_OP_DSCONV = 2,
	XRSCHED_OP_CONV1D = 3,
	XRSCHED_OP_GEMM = 4,
};

/**
 * struct xrsched_layer_shape - A layer's computation, for engines that do it
 * @op: enum xrsched_op; with XRSCHED_OP_UNKNOWN the rest is 0.
 * @k: output channels.
 * @c: input channels.
 * @y: rows of the input, without padding.
 * @x: columns of the input.
 * @r: rows of the filter.
 * @s: columns of the filter.
 * @stride: of the filter, in both directions.
 * @groups: groups of channels.
 * @out_y: rows of the output.
 * @out_x: columns of the output.
 * @repeat: times that it is done, one after the other (time steps).
 * @batch: inputs that are done at once.
 */
struct xrsched_layer_shape {
	uint32_t op;
	uint32_t k;
	uint32_t c;
	uint32_t y;
	uint32_t x;
	uint32_t r;
	uint32_t s;
	uint32_t stride;
	uint32_t groups;
	uint32_t out_y;
	uint32_t out_x;
	uint32_t repeat;
	uint32_t batch;
};

/**
 * struct xrsched_workload_model - A model
 * @name: its name.
 * @description: may be "".
 * @nr_variants: variants, heaviest first.
 * @nr_layers: layers over all variants.
 * @nr_classes: classes in its cost table, restricted to those the hardware has
 *              if there is one.
 * @variants: @nr_variants of them.
 * @layers: @nr_layers of them.
 * @classes: @nr_classes of them.
 * @costs: by layer, classes in the order of @classes.
 * @variant_names: @nr_variants names.
 * @layer_names: @nr_layers names.
 * @shapes: @nr_layers of them.
 *
 * The first four arrays are as XRSCHED_IOC_MODEL_CREATE takes them.
 */
struct xrsched_workload_model {
	const char *name;
	const char *description;
	uint32_t nr_variants;
	uint32_t nr_layers;
	uint32_t nr_classes;
	const struct xrsched_variant *variants;
	const struct xrsched_layer *layers;
	const struct xrsched_class *classes;
	const struct xrsched_cost *costs;
	const char *const *variant_names;
	const char *const *layer_names;
	const struct xrsched_layer_shape *shapes;
};

/**
 * xrsched_workload_load() - load and validate a workload
 * @args: what.
 * @workload: set to the workload.
 * @error: NULL or place for what is wrong: file, place in it, reason.
 *
 * Return: 0, -ENOENT (no such file or name), -EINVAL (something in a file is
 * wrong), -E2BIG (as for xrsched_open_sim()), -ENOMEM, or what reading said.
 */
int xrsched_workload_load(const struct xrsched_workload_args *args,
			  struct xrsched_workload **workload,
			  struct xrsched_error *error);

/**
 * xrsched_workload_free() - give up a workload
 * @workload: the workload, or NULL.
 */
void xrsched_workload_free(struct xrsched_workload *workload);

/**
 * xrsched_workload_get_info() - look at a workload as a whole
 * @workload: the workload.
 * @info: filled in; strings live as long as the workload.
 */
void xrsched_workload_get_info(const struct xrsched_workload *workload,
			       struct xrsched_workload_info *info);

/**
 * xrsched_workload_get_stream() - look at a stream
 * @workload: the workload.
 * @index: 0 … nr_streams - 1.
 * @stream: filled in; strings live as long as the workload.
 *
 * Return: 0, or -ENOENT beyond the last.
 */
int xrsched_workload_get_stream(const struct xrsched_workload *workload,
				unsigned int index,
				struct xrsched_workload_stream *stream);

/**
 * xrsched_workload_get_engine() - look at an engine
 * @workload: the workload.
 * @index: 0 … nr_engines - 1.
 * @engine: filled in; strings live as long as the workload.
 *
 * Return: 0, or -ENOENT beyond the last.
 */
int xrsched_workload_get_engine(const struct xrsched_workload *workload,
				unsigned int index,
				struct xrsched_workload_engine *engine);

/**
 * xrsched_workload_get_model() - look at a model
 * @workload: the workload.
 * @index: 0 … nr_models - 1.
 * @model: filled in; what it points to lives as long as the workload.
 *
 * Return: 0, or -ENOENT beyond the last.
 */
int xrsched_workload_get_model(const struct xrsched_workload *workload,
			       unsigned int index,
			       struct xrsched_workload_model *model);

/**
 * xrsched_workload_load_factor() - least possible utilisation
 * @workload: the workload.
 *
 * The smallest, over all ways to split every layer between the classes of
 * engines, of the greatest utilisation of a class; every stream at its rate,
 * every triggered frame happening, no block skipped, no exit taken, heaviest
 * variants.  Above 1 some frames must be late or lost.
 *
 * Return: the utilisation, 0 without scenario or hardware.
 */
double xrsched_workload_load_factor(const struct xrsched_workload *workload);

/**
 * xrsched_workload_check() - validate one file by itself
 * @kind: what it is.
 * @name: name or path.
 * @error: NULL or place for what is wrong.
 *
 * A scenario is checked with the models it names.
 *
 * Return: as xrsched_workload_load().
 */
int xrsched_workload_check(enum xrsched_workload_kind kind, const char *name,
			   struct xrsched_error *error);

/**
 * xrsched_workload_list() - what files are there?
 * @kind: which.
 * @names: set to a NULL-terminated array of names, sorted; to be given back
 *         with xrsched_workload_list_free().
 * @error: NULL or place for what is wrong.
 *
 * Return: how many, or -errno (-ENOENT: no workload directory was found).
 */
int xrsched_workload_list(enum xrsched_workload_kind kind, char ***names,
			  struct xrsched_error *error);

/**
 * xrsched_workload_list_free() - give back what xrsched_workload_list() gave
 * @names: the array, or NULL.
 */
void xrsched_workload_list_free(char **names);

/**
 * xrsched_workload_find() - where is a file?
 * @kind: what it is.
 * @name: name or path.
 * @path: set to its path; to be freed with free().
 * @error: NULL or place for what is wrong.
 *
 * Names are looked up in $XRSCHED_DATADIR, then in ../share/xrsched beside the
 * directory of the running program, then where the library was installed to
 * find them.
 *
 * Return: 0, -ENOENT or -ENOMEM.
 */
int xrsched_workload_find(enum xrsched_workload_kind kind, const char *name,
			  char **path, struct xrsched_error *error);

#ifdef __cplusplus
}
#endif

#endif /* XRSCHED_WORKLOAD_H */
